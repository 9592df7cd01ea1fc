#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
//! The list that ships with the crate: what is in it, and that exactly that is found.

use slotwerk_policy::Blocklist;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization as _;

const WORDS: &str = include_str!("../data/common-passwords.txt");
const README: &str = include_str!("../data/README.md");

fn counts() -> Vec<(usize, usize)> {
    let lengths: Vec<usize> = WORDS.lines().map(|word| word.chars().count()).collect();
    (8..=15)
        .map(|least| (least, lengths.iter().filter(|&&n| n >= least).count()))
        .collect()
}

/// The row of the README's table for this many code points, without thousands separators.
fn documented(least: usize) -> Vec<usize> {
    let start = format!("| ≥ {least} |");
    let row = README.lines().find_map(|line| line.strip_prefix(&start));
    row.unwrap_or_else(|| panic!("no row for {least}"))
        .trim_end_matches('|')
        .split('|')
        .map(|cell| cell.trim().replace(',', "").parse().unwrap())
        .collect()
}

#[test]
fn every_word_is_found_however_it_is_written() {
    let list = Blocklist::common();
    for word in WORDS.lines() {
        assert!(list.contains(word), "{word}");
        assert!(list.contains(&word.to_uppercase()), "{word}");
        assert!(list.contains(&word.nfd().collect::<String>()), "{word}");
    }
    assert_eq!(list.len(), WORDS.lines().count());
    assert!(!list.is_empty());
}

#[test]
fn what_is_not_a_word_is_not_found() {
    let list = Blocklist::common();
    let words: HashSet<&str> = WORDS.lines().collect();
    let mut strangers = 0;
    for word in WORDS.lines() {
        let last = word.char_indices().next_back().unwrap().0;
        let first = word.chars().next().unwrap().len_utf8();
        let neighbours = [
            word[..last].to_owned(),
            word[first..].to_owned(),
            format!("{word}a"),
            format!("{word}0"),
            format!("{word}é"),
            format!("a{word}"),
            format!("{word} "),
            format!("{word}\n"),
            format!("\n{word}"),
        ];
        for neighbour in neighbours {
            let listed = words.contains(neighbour.as_str());
            assert_eq!(list.contains(&neighbour), listed, "{neighbour:?}");
            strangers += usize::from(!listed);
        }
    }
    assert!(strangers > 8 * words.len());
    for pair in WORDS.lines().collect::<Vec<_>>().windows(2) {
        assert!(!list.contains(&pair.join("\n")), "{pair:?}");
    }
    for stranger in ["", "\n", "\u{10ffff}", "\0"] {
        assert!(!list.contains(stranger), "{stranger:?}");
    }
}

#[test]
fn the_words_are_sorted_folded_and_each_once() {
    assert!(WORDS.ends_with('\n') && !WORDS.contains('\r'));
    let words: Vec<&str> = WORDS.lines().collect();
    for pair in words.windows(2) {
        assert!(pair[0].as_bytes() < pair[1].as_bytes(), "{pair:?}");
    }
    for word in words {
        let folded: String = word
            .nfc()
            .flat_map(char::to_lowercase)
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .nfc()
            .collect();
        assert_eq!(word, folded);
        assert!(
            !word.is_empty() && !word.chars().any(char::is_control),
            "{word:?}"
        );
        assert_eq!(word, word.trim());
    }
}

/// ASVS 5.0, 6.2.4: at least the top 3,000 passwords that the policy would let through.
#[test]
fn three_thousand_match_every_minimum_length() {
    for (least, count) in counts() {
        let row = documented(least);
        assert_eq!(count, row[1], "with the Dutch words, at {least}");
        // Dictionary words are no substitute for passwords that people had: those alone suffice.
        assert!(
            (3_000..=count).contains(&row[0]),
            "passwords alone, at {least}"
        );
    }
}

#[test]
fn an_entry_can_match() {
    for word in WORDS.lines() {
        let length = word.chars().count();
        let is_core = length >= 4
            && word.starts_with(char::is_alphabetic)
            && word.ends_with(char::is_alphabetic);
        assert!(length >= 8 || is_core, "{word}");
    }
}

#[test]
fn dutch_passwords_and_words_are_in() {
    let list = Blocklist::common();
    for word in [
        "welkom",
        "welkom01",
        "wachtwoord",
        "geheim",
        "zomer",
        "winter",
        "lente",
        "herfst",
        "voetbal",
        "feyenoord",
        "amsterdam",
        "nederland",
        "hallo123",
        "azertyuiop",
        "januari",
        "vrijdag",
        "gezondheid",
        "ziekenhuis",
        "appeltaart",
        "sinterklaas",
        "koningin",
        "chocolade",
        "vakantie",
        "kerstmis",
        "olifant",
        "vlinder",
        "sanne",
        "thomas",
    ] {
        assert!(list.contains(word), "{word}");
    }
    for word in [
        "correct paard batterij nietje",
        "Vrk8#kLw0!qZ",
        "trein-vlieger-mosterd",
    ] {
        assert!(!list.contains(word), "{word}");
    }
}

#[test]
fn no_mail_address_is_in() {
    for word in WORDS.lines() {
        let domain = word
            .split_once('@')
            .and_then(|(_, rest)| rest.split_once('.'));
        assert!(
            domain.is_none_or(|(_, end)| !end.chars().all(char::is_alphabetic)),
            "{word}"
        );
        for part in [
            "http:", "https:", "www.", ".com", ".org", "hotmail", "gmail",
        ] {
            assert!(!word.contains(part), "{word}");
        }
    }
}
