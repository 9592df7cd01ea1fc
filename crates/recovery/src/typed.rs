//! Reads a code as people type and paste it.

use crate::code::{ALPHABET, Malformed, SYMBOLS};
use zeroize::Zeroizing;

/// Longer texts are rejected unread: sixteen symbols with generous space around them.
const MAX_BYTES: usize = 128;

/// A list number has at most two digits: a set has ten codes.
const LONGEST_NUMBER: usize = 2;

/// The sixteen symbols of a typed code, in uppercase. [`RecoveryCode::parse`](crate::RecoveryCode::parse)
/// documents the rules.
pub(crate) fn read(text: &str) -> Result<Zeroizing<[u8; SYMBOLS]>, Malformed> {
    if text.len() > MAX_BYTES {
        return Err(Malformed);
    }
    // Folding makes no character longer, so this allocation never grows and leaves no copy behind.
    let mut folded = Zeroizing::new(String::with_capacity(text.len()));
    folded.extend(text.chars().filter(|c| !is_invisible(*c)).map(half_width));

    let mut symbols = Zeroizing::new([0; SYMBOLS]);
    let mut free = symbols.iter_mut();
    let code = without_number(folded.trim_matches(is_around));
    for character in code.chars().filter(|c| !is_separator(*c)) {
        *free.next().ok_or(Malformed)? = symbol(character).ok_or(Malformed)?;
    }
    match free.next() {
        Some(_) => Err(Malformed),
        None => Ok(symbols),
    }
}

/// Drops a list number: one or two digits with a mark after them, such as `3.` or `(3)`.
///
/// Without the mark the digits belong to the code. So no text has two readings: a mark inside a code is
/// malformed.
fn without_number(text: &str) -> &str {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - after.len();
    let has_mark = after.starts_with(['.', ')', ']', '}', ':', '\u{3001}']);
    if has_mark && (1..=LONGEST_NUMBER).contains(&digits) {
        after.trim_start_matches(is_around)
    } else {
        text
    }
}

/// Characters that people do not see and that programs add: soft hyphen, zero-width characters, marks of
/// the writing direction, byte order mark.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fe0e}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

/// The ASCII character of a full-width one.
fn half_width(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => u32::from(character)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(character),
        _ => character,
    }
}

/// Characters that may stand before and after a code: white space, hyphens, quotes, brackets, bullets, and
/// punctuation.
fn is_around(character: char) -> bool {
    is_separator(character)
        || matches!(
            character,
            '"' | '\'' | '`' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}'
                | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '|' | '\u{3008}'..='\u{3011}'
                | '.' | ',' | ';' | ':' | '!' | '\u{3001}' | '\u{3002}'
                | '*' | '_' | '~' | '+' | '#' | '\u{b7}' | '\u{2022}' | '\u{2023}' | '\u{2219}'
                | '\u{25a0}'..='\u{25ff}' | '\u{2610}'..='\u{2612}' | '\u{2713}' | '\u{2714}'
        )
}

/// Characters that may stand between the symbols: white space, hyphens, and the dashes that word processors and
/// keyboards make of hyphens.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '\u{2010}'
                ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}'
        )
}

fn symbol(character: char) -> Option<u8> {
    let plain = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let byte = u8::try_from(plain).ok()?;
    ALPHABET.contains(&byte).then_some(byte)
}
