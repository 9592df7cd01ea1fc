//! A policy as JSON for the evaluator.

use crate::policy::{MAX_BYTES, Policy};
use crate::rule::Rule;
use crate::subject::Subject;
use serde_json::{Map, Value, json};

impl Policy {
    /// The rules as JSON for [`EVALUATOR`](crate::EVALUATOR). What only the server can decide (the
    /// blocklist, the user's attributes) is in it as pending, without its data.
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
            .rules()
            .iter()
            .map(|rule| Value::Object(rule_as_json(rule, subject)))
            .collect();
        let text = json!({"version": 1, "ceiling": MAX_BYTES, "rules": rules}).to_string();
        escaped_for_html(&text)
    }
}

fn rule_as_json(rule: &Rule, subject: Option<&Subject>) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("code", rule.code().as_str().into());
    match rule {
        Rule::MinimumLength { characters }
        | Rule::MaximumLength { characters }
        | Rule::MinimumDistinct { characters }
        | Rule::MaximumRun { characters } => {
            set("characters", (*characters).into());
        }
        Rule::MinimumOfClass { class, characters } => {
            set("class", class.as_str().into());
            set("characters", (*characters).into());
        }
        Rule::ClassesPresent { classes, at_least } => {
            set("classes", classes.iter().map(|k| k.as_str()).collect());
            set("atLeast", (*at_least).into());
        }
        Rule::WithoutAttributes { shortest_part } => match subject {
            Some(subject) => {
                set("words", subject.words(*shortest_part).into());
            }
            None => {
                set("pending", true.into());
            }
        },
        Rule::NotBlocklisted {} => {
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
