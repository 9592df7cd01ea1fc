//! Normalisation and case folding, without leaving copies of a password behind.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// `text` in Unicode Normalization Form C.
pub(crate) fn nfc(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        return Zeroizing::new(text.to_owned());
    }
    collect(text.nfc())
}

/// `text` without its case distinctions, for comparing only: every code point lowercased, uppercased and
/// lowercased again; full-width forms as the ASCII characters that they are forms of, and nothing of what is
/// not seen.
///
/// One pass of lowercasing keeps `ß` apart from `SS` and `ς` from `σ`; the three passes join them, use
/// nothing but the standard library, and can be repeated exactly in JavaScript. A code point whose
/// other case is several of them comes back decomposed, hence NFC once more at the end.
pub(crate) fn fold(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        return Zeroizing::new(text.to_ascii_lowercase());
    }
    nfc(&collect(
        text.chars()
            .filter(|&c| !is_ignorable(c))
            .map(narrow)
            .flat_map(char::to_lowercase)
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase),
    ))
}

/// Unicode `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt of Unicode 16.0), unassigned ones included:
/// hyphens that do not show, joiners, variation selectors. The browser's evaluator has the same list.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The ASCII character that `c` is a full-width form of, or `c`.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

// A string that grows leaves its earlier, smaller buffers in freed memory. Counting first costs one
// more pass over at most a few kilobytes.
fn collect(chars: impl Iterator<Item = char> + Clone) -> Zeroizing<String> {
    let bytes = chars.clone().map(char::len_utf8).sum();
    let mut text = Zeroizing::new(String::with_capacity(bytes));
    text.extend(chars);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_joins_what_only_case_tells_apart() {
        for (one, other) in [
            ("Geheim", "gEHEIM"),
            ("STRASSE", "straße"),
            ("STRAẞE", "strasse"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("İ", "i\u{307}"),
            ("\u{212a}elvin", "KELVIN"),
            ("ǰ", "J\u{30c}"),
            ("ｗｅｌｋｏｍ０１！", "WELKOM01!"),
            ("wel\u{200b}k\u{ad}om", "welkom\u{fe0f}"),
            ("e\u{200d}\u{301}", "é"),
            ("\u{feff}\u{2060}\u{200c}\u{3164}\u{e0001}", ""),
            ("\u{390}ωραίος", "\u{399}\u{308}\u{301}ΩΡΑΊΟΣ"),
            ("j\u{30c}\u{323}abc", "J\u{30c}\u{323}ABC"),
        ] {
            assert_eq!(*fold(&nfc(one)), *fold(&nfc(other)), "{one} {other}");
        }
        for (one, other) in [("é", "e"), ("0", "o"), ("ª", "a"), ("a b", "ab")] {
            assert_ne!(*fold(&nfc(one)), *fold(&nfc(other)), "{one} {other}");
        }
    }

    #[test]
    fn nothing_is_reallocated_while_collecting() {
        for text in [
            "",
            "geheim",
            "ΐΐΐΐ",
            "\u{1d160}\u{1d160}",
            "e\u{301}e\u{301}",
        ] {
            for result in [nfc(text), fold(text)] {
                assert_eq!(result.capacity(), result.len(), "{text:?}");
            }
        }
    }
}
