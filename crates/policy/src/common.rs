//! The common passwords that this crate brings along, searched where they lie.
//!
//! `data/README.md` says which they are and where they come from.

use std::cmp::Ordering;

/// The words, folded and in ascending order, each ended by a line feed. They are searched as they are: to
/// index them first would cost time and memory in every process, also in one that never asks.
const WORDS: &str = include_str!("../data/common-passwords.txt");

/// Where the words of each [`place`] begin, as little-endian `u32`, and where the last ones end. Made
/// together with the words; it spares half of the steps, those that would miss the processor's cache.
const STARTS: &[u8] = include_bytes!("../data/common-passwords.starts");
const KINDS: usize = 39;

/// How many words there are. Written out, because the compiler would take seconds to count them; a test
/// does.
pub(crate) const COUNT: usize = 107_613;

/// Whether `folded`, the whole of a password after folding, is one of the words.
pub(crate) fn contains(folded: &str) -> bool {
    let range = place(folded.as_bytes()).and_then(|at| Some((start(at)?, start(at + 1)?)));
    let Some((from, to)) = range else {
        return false;
    };
    let lines = WORDS.as_bytes().get(from..to).unwrap_or_default();
    find(lines, folded.as_bytes())
}

/// The group of words that `word` belongs to: by the kinds of its first two bytes, or of the first alone if
/// that kind is of several bytes, because then the second bytes are in no order. No word is shorter.
fn place(word: &[u8]) -> Option<usize> {
    let &[first, second, ..] = word else {
        return None;
    };
    let second = if first.is_ascii_alphanumeric() {
        kind(second)
    } else {
        0
    };
    Some(kind(first) * KINDS + second)
}

/// The kind of a byte; kinds are in the order of the bytes.
fn kind(byte: u8) -> usize {
    usize::from(match byte {
        ..b'0' => 0,
        b'0'..=b'9' => 1 + byte - b'0',
        b':'..b'a' => 11,
        b'a'..=b'z' => 12 + byte - b'a',
        _ => 38,
    })
}

fn start(place: usize) -> Option<usize> {
    let bytes = STARTS.get(place * 4..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// Binary search over `lines` by byte position. UTF-8 is in the same order by bytes as by code points, and
/// a `word` with a line feed equals no line.
fn find(lines: &[u8], word: &[u8]) -> bool {
    // Both are always the start of a line, or the end of the text.
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let Some((start, end)) = line_around(lines, low, middle) else {
            return false;
        };
        match lines.get(start..end).unwrap_or_default().cmp(word) {
            Ordering::Equal => return true,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    false
}

/// The start, not before `from`, and the line feed of the line that has the byte at `inside`.
fn line_around(lines: &[u8], from: usize, inside: usize) -> Option<(usize, usize)> {
    let is_end = |&byte: &u8| byte == b'\n';
    let before = lines.get(from..inside)?;
    let start = before
        .iter()
        .rposition(is_end)
        .map_or(from, |at| from + at + 1);
    let end = lines.get(inside..)?.iter().position(is_end)?;
    Some((start, inside + end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Lines of words over a small alphabet in many selections, searched for all its words.
    #[test]
    fn exactly_the_lines_are_found() {
        let letters = ["", "a", "b", "é"];
        let words: BTreeSet<String> = (0..64)
            .map(|n| {
                [n / 16, n / 4 % 4, n % 4]
                    .map(|at| letters.get(at).copied().unwrap())
                    .concat()
            })
            .collect();
        for step in 1..words.len() {
            for first in 0..step {
                let listed: Vec<&str> = words
                    .iter()
                    .map(String::as_str)
                    .skip(first)
                    .step_by(step)
                    .collect();
                let text = listed.join("\n") + "\n";
                for word in &words {
                    let expected = listed.contains(&word.as_str());
                    let found = find(text.as_bytes(), word.as_bytes());
                    assert_eq!(found, expected, "{word} {text:?}");
                }
                for stranger in ["\n", "a\n", "\na", "a\nb", "c", "\u{10ffff}"] {
                    assert!(!find(text.as_bytes(), stranger.as_bytes()), "{stranger:?}");
                }
            }
        }
        assert!(!find(b"", b""));
        assert!(!find(b"", b"a"));
    }

    #[test]
    fn the_starts_are_those_of_these_words() {
        assert_eq!(STARTS.len(), (KINDS * KINDS + 1) * 4);
        let kinds: Vec<usize> = (0..=255).map(kind).collect();
        assert!(kinds.is_sorted() && kinds.last() == Some(&(KINDS - 1)));
        let mut counted = 0;
        for at in 0..KINDS * KINDS {
            let (from, to) = (start(at).unwrap(), start(at + 1).unwrap());
            let lines = WORDS.get(from..to).unwrap();
            assert!(lines.is_empty() || lines.ends_with('\n'));
            for line in lines.lines() {
                assert_eq!(place(line.as_bytes()), Some(at), "{line}");
                counted += 1;
            }
        }
        assert_eq!(start(KINDS * KINDS), Some(WORDS.len()));
        assert_eq!(counted, COUNT);
    }

    #[test]
    fn the_count_is_the_number_of_lines() {
        assert_eq!(COUNT, WORDS.lines().count());
        assert!(WORDS.ends_with('\n'));
    }
}
