//! Keyboard layouts, as far as straight lines of keys go.

use crate::rule::SequenceKind;

/// Four rows from the top, each without and with Shift. A column holds the keys below one another, as
/// a hand runs down them (`1qaz`); a space stands where there is no key.
type Rows = [[&'static str; 2]; 4];

/// US.
const QWERTY: Rows = [
    ["`1234567890-=", "~!@#$%^&*()_+"],
    [" qwertyuiop[]\\", " QWERTYUIOP{}|"],
    [" asdfghjkl;'", " ASDFGHJKL:\""],
    [" zxcvbnm,./", " ZXCVBNM<>?"],
];

/// Belgium; France has its letters and digits in the same places.
const AZERTY: Rows = [
    ["²&é\"'(§è!çà)-", "³1234567890°_"],
    [" azertyuiop^$", " AZERTYUIOP¨*"],
    [" qsdfghjklmùµ", " QSDFGHJKLM%£"],
    ["<wxcvbn,;:=", ">WXCVBN?./+"],
];

/// Germany.
const QWERTZ: Rows = [
    ["^1234567890ß´", "°!\"§$%&/()=?`"],
    [" qwertzuiopü+", " QWERTZUIOPÜ*"],
    [" asdfghjklöä#", " ASDFGHJKLÖÄ'"],
    ["<yxcvbnm,.-", ">YXCVBNM;:_"],
];

/// The letters and the digits in order are a keyboard of one row.
const ALPHABET: Rows = [
    ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    ["", ""],
    ["", ""],
    ["", ""],
];
const DIGITS: Rows = [["0123456789", ""], ["", ""], ["", ""], ["", ""]];

/// The rows of a kind of sequence, for a browser as well.
pub(crate) fn rows(kind: SequenceKind) -> &'static Rows {
    match kind {
        SequenceKind::Alphabetical => &ALPHABET,
        SequenceKind::Numerical => &DIGITS,
        SequenceKind::Qwerty => &QWERTY,
        SequenceKind::Azerty => &AZERTY,
        SequenceKind::Qwertz => &QWERTZ,
    }
}

/// Where a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    row: i8,
    column: i8,
}

/// A layout with its keys ready to be looked up.
#[derive(Debug)]
pub(crate) struct Layout {
    ascii: [Option<Key>; 128],
    others: Vec<(char, Key)>,
}

impl Layout {
    pub(crate) fn of(kind: SequenceKind) -> Self {
        let mut layout = Self {
            ascii: [None; 128],
            others: Vec::new(),
        };
        for (row, shifts) in (0..).zip(rows(kind)) {
            for keys in shifts {
                for (column, c) in (0..).zip(keys.chars()).filter(|&(_, c)| c != ' ') {
                    let key = Key { row, column };
                    match layout.ascii.get_mut(c as usize) {
                        Some(place) => *place = Some(key),
                        None => layout.others.push((c, key)),
                    }
                }
            }
        }
        layout
    }

    fn key(&self, c: char) -> Option<Key> {
        match self.ascii.get(c as usize) {
            Some(key) => *key,
            None => self
                .others
                .iter()
                .find_map(|&(other, key)| (other == c).then_some(key)),
        }
    }

    /// The greatest number of characters in `text` whose keys lie side by side on one straight line, all in
    /// one direction. A single character is a sequence of 1.
    pub(crate) fn longest_sequence(&self, text: &[char]) -> usize {
        let (mut longest, mut run) = (usize::from(!text.is_empty()), 1);
        let (mut previous, mut direction) = (None, None);
        for &c in text {
            let key = self.key(c);
            let step = previous.zip(key).and_then(|(from, to)| step(from, to));
            run = match step {
                Some(_) if step == direction => run + 1,
                Some(_) => 2,
                None => 1,
            };
            longest = longest.max(run);
            (previous, direction) = (key, step);
        }
        longest
    }
}

/// The step from one key to the next, if they touch in a row or in a column.
fn step(from: Key, to: Key) -> Option<(i8, i8)> {
    let step = (to.row - from.row, to.column - from.column);
    matches!(step, (0, 1 | -1) | (1 | -1, 0)).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(kind: SequenceKind, text: &str) -> usize {
        let characters: Vec<char> = text.chars().collect();
        Layout::of(kind).longest_sequence(&characters)
    }

    #[test]
    fn sequences_go_up_and_down_and_across_and_end_where_the_direction_changes() {
        use SequenceKind::{Alphabetical, Azerty, Numerical, Qwerty, Qwertz};
        for (kind, text, expected) in [
            (Alphabetical, "", 0),
            (Alphabetical, "x", 1),
            (Alphabetical, "abcd", 4),
            (Alphabetical, "dcBA", 4),
            (Alphabetical, "abcba", 3),
            (Alphabetical, "aabbcc", 2),
            (Alphabetical, "xyzab", 3),
            (Alphabetical, "1234", 1),
            (Numerical, "a3456b", 4),
            (Numerical, "7890", 3),
            (Numerical, "٣٤٥", 1),
            (Qwerty, "qwErty", 6),
            (Qwerty, "1qaz2wsx", 4),
            (Qwerty, "!@#$", 4),
            (Qwerty, "1@3$", 4),
            (Qwerty, "7890-=", 6),
            (Qwerty, "azerty", 4),
            (Qwerty, "qa", 2),
            (Qwerty, "qs", 1),
            (Qwerty, "ytrewq", 6),
            (Azerty, "azerty", 6),
            (Azerty, "&é\"'(", 5),
            (Azerty, "poiuy", 5),
            (Azerty, "lmù%", 3),
            (Qwertz, "qwertz", 6),
            (Qwertz, "öä#", 3),
            (Qwertz, "yxcv", 4),
            (Qwertz, "qwerty", 5),
        ] {
            assert_eq!(longest(kind, text), expected, "{kind:?} {text}");
        }
    }

    #[test]
    fn no_key_stands_twice_in_a_layout() {
        for kind in SequenceKind::ALL {
            let keys = || rows(kind).iter().flatten().flat_map(|row| row.chars());
            let keys: Vec<char> = keys().filter(|&c| c != ' ').collect();
            for (i, key) in keys.iter().enumerate() {
                assert!(!keys[..i].contains(key), "{kind:?} {key}");
            }
        }
    }
}
