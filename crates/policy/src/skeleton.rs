//! Leet speak undone: `W3lk0m` and `welkom` have the same skeleton.

use zeroize::Zeroizing;

/// `folded` with every character that commonly stands for a letter replaced by that letter. Some stand for
/// two (`1` for `i` and `l`); then both letters become one, so skeletons are only good for comparing
/// with skeletons.
pub(crate) fn skeleton(folded: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(folded.len()));
    // None of the replacements is longer than what it replaces, so the text is never reallocated.
    text.extend(folded.chars().map(plain));
    text
}

/// What is looked for, so that a folded word is found in whatever disguise: its skeleton. A word without any
/// letter is looked for as it is: there is nothing to disguise, and as letters it would be found in other words
/// (`123` in `organize`, as `ize`).
///
/// No skeleton has a character in it that stands for a letter. So a needle that is a skeleton occurs in a folded
/// text only where it occurs in the skeleton of that text, and one that is not occurs in no skeleton, unless
/// none of its characters stands for a letter, which makes both the same. To look in both texts is to look in the
/// right one.
pub(crate) fn needle(folded: &str) -> Zeroizing<String> {
    if is_literal(folded) {
        Zeroizing::new(folded.to_owned())
    } else {
        skeleton(folded)
    }
}

/// Whether a needle is a word without letters, as it is.
pub(crate) fn is_literal(needle: &str) -> bool {
    !needle.contains(char::is_alphabetic)
}

/// What a character stands for. The browser's evaluator has the same table.
fn plain(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '2' => 'z',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '6' | '9' => 'g',
        '7' | '+' => 't',
        '8' => 'b',
        other => other,
    }
}

/// `folded` with leet speak undone for a look-up among real words: nothing if there is no leet speak in
/// it, and two texts, one with `i` and one with `l`, if there is something that may be either.
pub(crate) fn unleet(folded: &str) -> Vec<Zeroizing<String>> {
    let is_either = |c| matches!(c, '1' | '!' | '|');
    let is_leet = |c| is_either(c) || (c != 'l' && plain(c) != c);
    let readings: &[char] = match (folded.contains(is_leet), folded.contains(is_either)) {
        (false, _) => &[],
        (true, false) => &['i'],
        (true, true) => &['i', 'l'],
    };
    let read = |&either: &char| {
        let mut text = Zeroizing::new(String::with_capacity(folded.len()));
        text.extend(folded.chars().map(|c| match c {
            'l' => 'l',
            c if is_either(c) => either,
            other => plain(other),
        }));
        text
    };
    readings.iter().map(read).collect()
}

/// `text` without the digits and symbols at its ends.
pub(crate) fn core(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leet_speak_and_the_word_have_one_skeleton() {
        for (leet, word) in [
            ("w3lk0m", "welkom"),
            ("n00r", "noor"),
            ("@rbod!enst", "arbodienst"),
            ("v€rzu|m", "verzuim"),
            ("m1lj03n", "miljoen"),
            ("7$8+9", "tsbtg"),
        ] {
            assert_eq!(skeleton(leet), skeleton(word), "{leet}");
        }
        assert_ne!(skeleton("noor"), skeleton("nor"));
        let readings =
            |text| -> Vec<String> { unleet(text).iter().map(|t| t.to_string()).collect() };
        assert_eq!(readings("m1l!0en"), ["milioen", "mllloen"]);
        assert_eq!(readings("g3l00f"), ["geloof"]);
        assert_eq!(readings("geloof"), [""; 0]);
        assert_eq!(core("2026!welkom_01"), "welkom");
        assert_eq!(core("2026"), "");
    }

    #[test]
    fn nothing_is_reallocated() {
        for text in ["", "welkom", "€€€€", "3é0"] {
            assert_eq!(skeleton(text).capacity(), text.len());
        }
    }
}
