//! Data files with one case a line, columns separated by blanks, and rings to try them on.
#![allow(dead_code)]

use slotwerk_keys::{KeyId, KeyRing, MasterKey};

/// The columns of every line that is no comment.
pub(crate) fn rows<const COLUMNS: usize>(text: &str) -> Vec<[&str; COLUMNS]> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<&str> = line.split(' ').collect();
            columns.try_into().expect("the number of columns")
        })
        .collect()
}

/// Hexadecimal, with `-` for nothing.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    if text == "-" {
        return Vec::new();
    }
    assert_eq!(text.len() % 2, 0, "odd hex");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex"))
        .collect()
}

pub(crate) fn text(hexadecimal: &str) -> String {
    String::from_utf8(hex(hexadecimal)).expect("UTF-8")
}

pub(crate) fn array<const N: usize>(hexadecimal: &str) -> [u8; N] {
    hex(hexadecimal).try_into().expect("the length")
}

pub(crate) fn key(fill: u8) -> MasterKey {
    MasterKey::from_bytes([fill; 32])
}

pub(crate) fn id(id: u16) -> KeyId {
    KeyId::new(id)
}

/// A ring with key `id`, active, of bytes `fill`.
pub(crate) fn ring(number: u16, fill: u8) -> KeyRing {
    KeyRing::new(id(number), key(fill))
}
