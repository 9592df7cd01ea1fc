//! A policy as JSON for the evaluator.

use crate::class::Class;
use crate::keyboard::rows;
use crate::policy::{MAX_BYTES, Policy};
use crate::rule::Rule;
use crate::skeleton::{needle, skeleton};
use crate::subject::Subject;
use serde_json::{Map, Value, json};

/// The version of the JSON. A new code does not change it, because an evaluator that does not know a code
/// leaves it pending; a new field or value of a known code does.
const VERSION: u16 = 1;

/// What is replaced when leet speak is undone. The letters that come in its place are not written down
/// here: [`skeleton`] gives them, so that server and page cannot have two tables.
const LEET: &str = "0123456789!|l€@$+";

impl Policy {
    /// The rules as JSON for [`EVALUATOR`](crate::EVALUATOR).
    ///
    /// What only the server can decide is in it as pending, without its data: the blocklist, breaches,
    /// the estimated strength, the history, ages and the user's attributes. The words of
    /// [`Rule::WithoutWords`] are in it, because the page can only look for words that it has (without
    /// case distinctions and with leet speak undone, which hides nothing). Whoever sees the page can
    /// read them: do not put a word into that rule that may not be read; put it into the blocklist.
    ///
    /// The text holds no `<`, `>` or `&`, so it can stand in a `<script type="application/json">`
    /// element as it is. In an attribute, escape its quotation marks.
    #[must_use]
    pub fn browser_rules(&self) -> String {
        self.rules_as_json(None)
    }

    /// As [`browser_rules`](Self::browser_rules), with the words of `subject` that the password must
    /// not contain, so that the page can judge that rule too.
    ///
    /// This puts the user's names into the page. Who holds a stolen reset link would read them there.
    #[must_use]
    pub fn browser_rules_for(&self, subject: &Subject) -> String {
        self.rules_as_json(Some(subject))
    }

    fn rules_as_json(&self, subject: Option<&Subject>) -> String {
        let rules: Vec<Value> = self
            .lines()
            .map(|rule| Value::Object(rule_as_json(rule, subject)))
            .collect();
        let document = json!({
            "version": VERSION,
            "ceiling": MAX_BYTES,
            "leet": [LEET, skeleton(LEET).as_str()],
            "rules": rules,
        });
        escaped_for_html(&document.to_string())
    }
}

fn rule_as_json(rule: &Rule, subject: Option<&Subject>) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("code", rule.code().as_str().into());
    if rule.is_demand() {
        set("demand", true.into());
    }
    match rule {
        Rule::MinimumLength { characters }
        | Rule::MaximumLength { characters }
        | Rule::MinimumDistinct { characters }
        | Rule::MaximumRun { characters } => {
            set("characters", (*characters).into());
        }
        Rule::MinimumOfClass {
            class,
            characters,
            below,
        } => {
            set("class", class.as_str().into());
            set("characters", (*characters).into());
            below.map(|below| set("below", below.into()));
        }
        Rule::ClassesPresent {
            classes,
            at_least,
            below,
        } => {
            set("classes", classes.iter().map(Class::as_str).collect());
            set("atLeast", (*at_least).into());
            below.map(|below| set("below", below.into()));
        }
        Rule::AllowedCharacters { set: allowed } => {
            set("printableAscii", allowed.printable_ascii.into());
            set(
                "classes",
                allowed.classes.iter().map(Class::as_str).collect(),
            );
            set("characters", allowed.characters.as_str().into());
        }
        Rule::ForbiddenCharacters { characters } => {
            set("characters", characters.as_str().into());
        }
        Rule::WhiteSpace { allowed } => {
            set("allowed", json!(allowed));
        }
        Rule::WithoutRepeatedBlock { shortest } => {
            set("shortest", (*shortest).into());
        }
        Rule::MaximumSequence { kind, characters } => {
            set("characters", (*characters).into());
            set("rows", json!(rows(*kind)));
        }
        Rule::WithoutWords { words } => {
            let needles = words.iter().map(|word| needle(word).to_string());
            set("words", needles.collect());
        }
        Rule::WithoutAttributes { shortest_part } => match subject {
            Some(subject) => {
                set("words", subject.words(*shortest_part).into());
            }
            None => {
                set("pending", true.into());
            }
        },
        Rule::NotBlocklisted { .. }
        | Rule::NotBreached {}
        | Rule::MinimumStrength { .. }
        | Rule::NotReused { .. }
        | Rule::MinimumAge { .. }
        | Rule::MaximumAge { .. } => {
            set("pending", true.into());
        }
    }
    fields
}

/// In JSON these characters can only stand inside a string, where the escape means the same. The user's
/// own name may be `</script>…`; the last two ended a line in older JavaScript.
fn escaped_for_html(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_undoes_leet_speak_for_every_code_point_that_the_server_does() {
        for c in '\0'..=char::MAX {
            let is_replaced = skeleton(c.encode_utf8(&mut [0; 4])).chars().ne([c]);
            assert_eq!(is_replaced, LEET.contains(c), "{c:?}");
        }
        assert_eq!(skeleton(LEET).chars().count(), LEET.chars().count());
    }
}
