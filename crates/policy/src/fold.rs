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

/// `text` without its case distinctions: every code point lowercased, uppercased and lowercased again.
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
            .flat_map(char::to_lowercase)
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase),
    ))
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
            ("\u{390}ωραίος", "\u{399}\u{308}\u{301}ΩΡΑΊΟΣ"),
            ("j\u{30c}\u{323}abc", "J\u{30c}\u{323}ABC"),
        ] {
            assert_eq!(*fold(&nfc(one)), *fold(&nfc(other)), "{one} {other}");
        }
        for (one, other) in [("é", "e"), ("0", "o"), ("ｗ", "w")] {
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
