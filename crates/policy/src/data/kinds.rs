//! The names of rules, fields and values in data.

use crate::class::Class;
use crate::rule::{SequenceKind, WhiteSpace};

/// The kinds of rules, each with its fields.
pub(super) const KINDS: [(&str, &[&str]); 19] = [
    ("minimum-length", &["characters"]),
    ("maximum-length", &["characters"]),
    ("minimum-of-class", &["class", "characters", "below"]),
    ("classes-present", &["classes", "at_least", "below"]),
    ("minimum-distinct", &["characters"]),
    (
        "allowed-characters",
        &["printable_ascii", "classes", "characters"],
    ),
    ("forbidden-characters", &["characters"]),
    ("white-space", &["allowed"]),
    ("maximum-run", &["characters"]),
    ("without-repeated-block", &["shortest"]),
    ("maximum-sequence", &["kind", "characters"]),
    ("without-attributes", &["shortest_part"]),
    ("without-words", &["words"]),
    ("not-blocklisted", &["variants"]),
    ("not-breached", &[]),
    ("minimum-strength", &["score"]),
    ("not-reused", &["last", "days"]),
    ("minimum-age", &["hours"]),
    ("maximum-age", &["days"]),
];

/// A value that is one of a few names.
pub(super) trait Named: Copy + 'static {
    /// What it is, for a message.
    const WHAT: &'static str;
    fn all() -> &'static [(&'static str, Self)];
}

impl Named for Class {
    const WHAT: &'static str = "class";
    fn all() -> &'static [(&'static str, Self)] {
        &[
            ("uppercase", Self::Uppercase),
            ("lowercase", Self::Lowercase),
            ("letter", Self::Letter),
            ("digit", Self::Digit),
            ("symbol", Self::Symbol),
        ]
    }
}

impl Named for SequenceKind {
    const WHAT: &'static str = "kind of sequence";
    fn all() -> &'static [(&'static str, Self)] {
        &[
            ("alphabetical", Self::Alphabetical),
            ("numerical", Self::Numerical),
            ("qwerty", Self::Qwerty),
            ("azerty", Self::Azerty),
            ("qwertz", Self::Qwertz),
        ]
    }
}

impl Named for WhiteSpace {
    const WHAT: &'static str = "place for white space";
    fn all() -> &'static [(&'static str, Self)] {
        &[("inside", Self::Inside), ("nowhere", Self::Nowhere)]
    }
}

/// "`a`, `b` and `c`".
pub(super) fn listed(names: impl IntoIterator<Item = &'static str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The name that `written` was probably meant to be: one that takes the fewest strokes to get to, and few.
pub(super) fn meant(
    written: &str,
    names: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    const FEW: usize = 3;
    // Longer than any name by more than that: do not even look.
    if written.len() > 40 {
        return None;
    }
    let distances = names
        .into_iter()
        .map(|name| (distance(written, name), name));
    let (strokes, name) = distances.min_by_key(|&(strokes, _)| strokes)?;
    (strokes <= FEW).then_some(name)
}

/// Levenshtein's: how many characters have to be put in, taken out or replaced.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, c) in one.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (&d, cell) in other.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(c != d);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_the_name() {
        let names = || KINDS.iter().map(|(name, _)| *name);
        for (written, expected) in [
            ("maximum-runs", Some("maximum-run")),
            ("Minimum-length", Some("minimum-length")),
            ("not-blacklisted", Some("not-blocklisted")),
            ("whitespace", Some("white-space")),
            ("pattern", None),
            ("", None),
        ] {
            assert_eq!(meant(written, names()), expected, "{written}");
        }
        for (one, other, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("kat", "kast", 1),
            ("abc", "xyz", 3),
        ] {
            assert_eq!(distance(one, other), expected);
            assert_eq!(distance(other, one), expected);
        }
    }

    #[test]
    fn the_names_are_those_that_are_written() {
        for (name, class) in Class::all() {
            assert_eq!(*name, class.as_str());
        }
        assert_eq!(Class::all().len(), Class::ALL.len());
        assert_eq!(SequenceKind::all().len(), SequenceKind::ALL.len());
    }
}
