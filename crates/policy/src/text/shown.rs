//! Lists of a tenant's words and characters, cut to the length of a line.

use crate::characters::{CharacterSet, Characters};
use crate::rule::Rule;
use crate::words::Words;

/// How a language ends a list.
pub(super) struct Ending {
    /// Before the last of several.
    pub(super) and: &'static str,
    /// After a number of items that are not shown: one, and more.
    pub(super) other: (&'static str, &'static str),
}

/// `before` with the words behind it in quotes, as many as fit. `None` if none of them can be shown.
pub(super) fn words(before: &str, words: &Words, ending: &Ending) -> Option<String> {
    let seen: Vec<&str> = words.iter().filter(|word| is_visible(word)).collect();
    let quoted: Vec<String> = seen.iter().map(|word| format!("“{word}”")).collect();
    let hidden = words.len() - seen.len();
    let joined = |shown: &[String], others: usize| match (shown.split_last(), others) {
        (Some((last, [])), 0) => last.clone(),
        (Some((last, rest)), 0) => format!("{} {} {last}", rest.join(", "), ending.and),
        _ => format!("{} {}", shown.join(", "), ending.others(others)),
    };
    longest(before, &quoted, hidden, joined).or_else(|| {
        // Not even one fits whole.
        let others = words.len() - 1;
        let tail = if others == 0 {
            String::new()
        } else {
            format!(" {}", ending.others(others))
        };
        let room = Rule::MAX_TEXT_CHARACTERS
            .checked_sub(before.chars().count() + tail.chars().count() + "“…”".chars().count())?;
        let start: String = seen.first()?.chars().take(room).collect();
        Some(format!("{before}“{start}…”{tail}"))
    })
}

/// `before` with the characters behind it, as many as fit and spaced out so that each can be told from its
/// neighbours. `None` if none of them can be shown.
pub(super) fn characters(
    before: &str,
    characters: &Characters,
    space: &str,
    ending: &Ending,
) -> Option<String> {
    let all = characters.as_str();
    let seen: Vec<String> = all
        .chars()
        .filter_map(|c| match c {
            ' ' => Some(space.to_owned()),
            c if is_graphic(c) => Some(c.to_string()),
            _ => None,
        })
        .collect();
    let hidden = characters.len() - seen.len();
    longest(before, &seen, hidden, |shown, others| match others {
        0 => shown.join(" "),
        _ => format!("{} {}", shown.join(" "), ending.others(others)),
    })
}

/// The characters that a set names and that its other parts do not hold already.
pub(super) fn beyond(set: &CharacterSet) -> Characters {
    let rest = CharacterSet {
        characters: Characters::default(),
        ..set.clone()
    };
    let named = set.characters.as_str().chars();
    Characters::new(&named.filter(|&c| !rest.contains(c)).collect::<String>())
}

impl Ending {
    fn others(&self, n: usize) -> String {
        let (one, more) = self.other;
        format!("{} {n} {}", self.and, if n == 1 { one } else { more })
    }
}

/// The text with the most items in it that fits on a line.
fn longest(
    before: &str,
    items: &[String],
    hidden: usize,
    joined: impl Fn(&[String], usize) -> String,
) -> Option<String> {
    (1..=items.len()).rev().find_map(|n| {
        let (shown, left_out) = items.split_at_checked(n)?;
        let text = format!("{before}{}", joined(shown, left_out.len() + hidden));
        (text.chars().count() <= Rule::MAX_TEXT_CHARACTERS).then_some(text)
    })
}

/// Whether a reader sees all of it, and in this order: no control, formatting or bidirectional characters.
fn is_visible(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(is_graphic)
        && characters.all(|c| c == ' ' || is_graphic(c) || is_mark(c))
}

/// What `Debug` would not escape, beside its quotes. That leaves out white space and whatever has no glyph of
/// its own.
fn is_graphic(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || (c != ' ' && c.escape_debug().count() == 1)
}

/// A mark that joins the letter before it. `Debug` escapes it only where it would join the opening quote.
fn is_mark(c: char) -> bool {
    let text = format!("a{c}");
    text.escape_debug().count() == text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDING: Ending = Ending {
        and: "en",
        other: ("ander", "andere"),
    };

    fn of_words(list: &[&str]) -> Option<String> {
        words("Zonder ", &list.iter().collect(), &ENDING)
    }

    #[test]
    fn as_many_words_are_shown_as_fit() {
        assert_eq!(of_words(&["arbo"]).unwrap(), "Zonder “arbo”");
        assert_eq!(
            of_words(&["arbo", "zorg"]).unwrap(),
            "Zonder “arbo” en “zorg”"
        );
        let three = of_words(&["arbo", "noord", "zorg"]).unwrap();
        assert_eq!(three, "Zonder “arbo”, “noord” en “zorg”");

        let many: Vec<String> = (0..256).map(|n| format!("woord{n:03}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(
            of_words(&many).unwrap(),
            "Zonder “woord000”, “woord001”, “woord002”, “woord003”, “woord004” en 251 andere"
        );
        let long = "a".repeat(64);
        assert_eq!(of_words(&[&long]).unwrap(), format!("Zonder “{long}”"));
        let two = of_words(&[&long, "zorg"]).unwrap();
        assert_eq!(two, format!("Zonder “{}…” en 1 ander", "a".repeat(59)));
        assert_eq!(two.chars().count(), 80);
    }

    #[test]
    fn what_cannot_be_seen_is_counted_and_not_shown() {
        assert_eq!(of_words(&["ab\u{7}c"]), None);
        assert_eq!(
            of_words(&["ab\u{7f}c", "zorg"]).unwrap(),
            "Zonder “zorg” en 1 ander"
        );
        assert_eq!(
            of_words(&["a\u{0}b", "हिन्दी"]).unwrap(),
            "Zonder “हिन्दी” en 1 ander"
        );

        let of = |text: &str| characters("Zonder ", &Characters::new(text), "spatie", &ENDING);
        assert_eq!(of("!\"'\\é 😀").unwrap(), "Zonder spatie ! \" ' \\ é 😀");
        assert_eq!(of("!\u{a0}\u{7}").unwrap(), "Zonder ! en 2 andere");
        assert_eq!(of("\u{202e}\u{301}"), None);
        let letters: String = ('a'..='z').chain('A'..='Z').collect();
        let text = of(&letters).unwrap();
        assert_eq!(text.chars().count(), 79, "{text}");
        assert!(text.ends_with(" en 22 andere"), "{text}");
    }
}
