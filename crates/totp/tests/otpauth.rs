//! The otpauth URI, written and read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use core::time::Duration;
use proptest::prelude::*;
use slotwerk_totp::{
    Algorithm, Label, MAX_URI_BYTES, OtpauthUri, Parameters, Secret, UriError,
    is_forbidden_in_labels,
};
use support::{algorithm, lines, parameters, secrets};

const VECTORS: &str = include_str!("vectors/otpauth.txt");

fn secret() -> Secret {
    Secret::from_bytes(b"abcdefghijklmnopqrst").unwrap()
}

fn rows(kind: &str) -> Vec<Vec<&str>> {
    let rows: Vec<Vec<&str>> = lines(VECTORS)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|row| row[0] == kind)
        .collect();
    assert!(rows.len() > 4, "{kind}");
    rows
}

#[test]
fn written_as_the_vectors_say() {
    for row in rows("ok") {
        let period = Duration::from_secs(row[5].parse().unwrap());
        let params = Parameters::new(algorithm(row[3]), row[4].parse().unwrap(), period).unwrap();
        let uri = OtpauthUri::new(&secret(), &params, row[1], row[2]).unwrap();
        assert_eq!(uri.expose(), row[6]);
    }
}

#[test]
fn read_as_the_vectors_say() {
    for row in rows("ok").into_iter().chain(rows("read")) {
        let parsed = OtpauthUri::parse(row[6]).unwrap_or_else(|error| panic!("{error}: {row:?}"));
        assert_eq!(parsed.issuer().unwrap_or("-"), row[1]);
        assert_eq!(parsed.account(), row[2]);
        assert_eq!(parsed.parameters().algorithm().name(), row[3]);
        assert_eq!(parsed.parameters().digits().to_string(), row[4]);
        assert_eq!(parsed.parameters().period().as_secs().to_string(), row[5]);
        assert_eq!(parsed.into_secret().expose(), secret().expose());
    }
}

#[test]
fn refused_as_the_vectors_say() {
    for row in rows("bad") {
        let error = OtpauthUri::parse(row[2]).unwrap_err();
        assert_eq!(format!("{error:?}"), row[1], "{}", row[2]);
    }
    // What a line of a file cannot hold.
    let tab = "otpauth://totp/ja\tn?secret=MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";
    assert_eq!(OtpauthUri::parse(tab).unwrap_err(), UriError::Malformed);
    let spaced = " otpauth://totp/jan?secret=MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";
    assert_eq!(OtpauthUri::parse(spaced).unwrap_err(), UriError::Malformed);
    assert_eq!(OtpauthUri::parse("").unwrap_err(), UriError::Malformed);
    for length in [2_049, 1_000_000] {
        let long = format!("otpauth://totp/{}", "a".repeat(length - 15));
        assert_eq!(OtpauthUri::parse(&long).unwrap_err(), UriError::TooLong);
    }
}

#[test]
fn labels_that_apps_would_misread_are_refused() {
    let new = |issuer: &str, account: &str| {
        OtpauthUri::new(&secret(), &Parameters::ISSUED, issuer, account)
            .map(|_| ())
            .unwrap_err()
    };
    let (issuer, account) = ("i".repeat(129), "a".repeat(255));
    assert_eq!(new("", "jan"), UriError::EmptyLabel(Label::Issuer));
    assert_eq!(new("Noord", ""), UriError::EmptyLabel(Label::Account));
    assert_eq!(new("No:ord", "jan"), UriError::Colon(Label::Issuer));
    assert_eq!(new("Noord", "jan:2"), UriError::Colon(Label::Account));
    assert_eq!(new(&issuer, "jan"), UriError::LabelTooLong(Label::Issuer));
    assert_eq!(
        new("Noord", &account),
        UriError::LabelTooLong(Label::Account)
    );
    for bad in [
        " jan",
        "jan ",
        "j\nan",
        "jan\0",
        "\u{a0}jan",
        "ja\u{7f}n",
        "ja\u{85}n",
    ] {
        assert_eq!(new(bad, "jan"), UriError::LabelCharacter(Label::Issuer));
        assert_eq!(new("Noord", bad), UriError::LabelCharacter(Label::Account));
    }
}

#[test]
fn unseen_characters_in_labels() {
    let refused = |text: &str| {
        let secret = secret();
        let issuer = OtpauthUri::new(&secret, &Parameters::ISSUED, text, "jan");
        let account = OtpauthUri::new(&secret, &Parameters::ISSUED, "Noord", text);
        [issuer.err(), account.err()]
    };
    let ranges = [
        '\u{202a}'..='\u{202e}',   // embeddings and overrides
        '\u{2066}'..='\u{206f}',   // isolates, and deprecated format characters
        '\u{200b}'..='\u{200f}',   // zero width, direction marks
        '\u{2060}'..='\u{2064}',   // word joiner, invisible operators
        '\u{2028}'..='\u{2029}',   // line and paragraph separator
        '\u{61c}'..='\u{61c}',     // Arabic letter mark
        '\u{ad}'..='\u{ad}',       // soft hyphen
        '\u{180e}'..='\u{180e}',   // Mongolian vowel separator
        '\u{feff}'..='\u{feff}',   // byte order mark
        '\u{fff9}'..='\u{fffb}',   // interlinear annotation
        '\u{3164}'..='\u{3164}',   // Hangul filler
        '\u{e0001}'..='\u{e007f}', // tags
    ];
    for character in ranges.into_iter().flatten() {
        let named = u32::from(character);
        assert!(is_forbidden_in_labels(character), "{named:x}");
        let expected = [Label::Issuer, Label::Account].map(|l| Some(UriError::LabelCharacter(l)));
        assert_eq!(refused(&format!("No{character}ord")), expected, "{named:x}");
    }
    // Controls: what people write stays.
    for text in [
        "Ζωή",
        "Здоровье",
        "שלום",
        "مرحبا",
        "健康",
        "Zoë’s",
        "A·B",
        "nº 1",
        "👍",
    ] {
        assert_eq!(refused(text), [None, None], "{text}");
    }
}

#[test]
fn seven_digits_are_not_written() {
    for digits in 6..=8 {
        let params = Parameters::new(Algorithm::Sha1, digits, Duration::from_secs(30)).unwrap();
        let written = OtpauthUri::new(&secret(), &params, "Noord", "jan").map(|_| ());
        let expected = if digits == 7 {
            Err(UriError::Digits { digits })
        } else {
            Ok(())
        };
        assert_eq!(written, expected);
    }
}

#[test]
fn the_longest_labels_still_fit() {
    let longest = Secret::from_bytes(&[255; 64]).unwrap();
    let params = Parameters::new(algorithm("SHA512"), 8, Duration::from_secs(120)).unwrap();
    let (issuer, account) = ("€".repeat(42), "é".repeat(127));
    let uri = OtpauthUri::new(&longest, &params, &issuer, &account).unwrap();
    assert!(uri.expose().len() <= MAX_URI_BYTES);
    assert_eq!(OtpauthUri::parse(uri.expose()).unwrap().account(), account);
}

#[test]
fn a_space_is_never_a_plus() {
    let uri = OtpauthUri::new(&secret(), &Parameters::ISSUED, "A B", "c d+e").unwrap();
    assert!(!uri.expose().contains('+'));
    assert!(uri.expose().contains("/A%20B:c%20d%2Be?"));
    assert!(uri.expose().ends_with("&issuer=A%20B"));
}

/// Anything that `new` accepts, drawn from a hostile alphabet.
fn label() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[ -~]{1,40}",
        "\\PC{1,30}",
        "[.%/?#&=+@\\\\\"<> é日😀]{1,20}"
    ];
    text.prop_map(|text| {
        let fits = |c: &char| *c != ':' && !is_forbidden_in_labels(*c);
        let text: String = text.chars().filter(fits).collect();
        text.trim().to_owned()
    })
    .prop_filter("neither empty nor too long", |text| {
        (1..=128).contains(&text.len())
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        (secret, params, issuer, account) in (secrets(), parameters(), label(), label()),
    ) {
        prop_assume!(params.digits() != 7);
        let uri = OtpauthUri::new(&secret, &params, &issuer, &account).unwrap();
        prop_assert!(uri.expose().is_ascii());
        let parsed = OtpauthUri::parse(uri.expose()).unwrap();
        prop_assert_eq!(parsed.issuer(), Some(issuer.as_str()));
        prop_assert_eq!(parsed.account(), account);
        prop_assert_eq!(parsed.parameters(), &params);
        prop_assert_eq!(parsed.secret().expose(), secret.expose());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "otpauth://totp/[ -~]{0,80}|\\PC{0,80}") {
        if let Ok(parsed) = OtpauthUri::parse(&text) {
            prop_assert!(!parsed.account().is_empty());
        }
    }
}
