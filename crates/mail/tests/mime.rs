//! The bytes of a message: headers, structure, size.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use std::time::Duration;

use base64ct::{Base64, Encoding as _};
use common::{added_to, all, authenticator_added, brand, compose, renamed, reset_link, set_up};
use proptest::prelude::*;
use slotwerk_mail::{
    Address, Brand, ComposeError, Composer, Mail, Message, MimeError, ReportLink, Sender,
};

/// 3 March 2026, 14:05:00 UTC.
const DATE: u64 = 1_772_546_700;
/// Gmail cuts a message off at about 102 kB.
const LIMIT: usize = 100_000;

/// What every message has, and all that it has besides an address for replies.
const HEADERS: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
];

/// Line ends, the signs of headers, and text.
const HOSTILE: &str = "([ -~é]|\r\n|\r|\n|\0|\u{85}|\u{2028}|\u{202e}|Bcc: a@b\\.nl|<|>|,|=\\?utf-8\\?q\\?=0D=0A\\?=){1,3}";

fn sender() -> Sender {
    Sender::new("no-reply@noord.example").unwrap()
}

fn mime(mail: &Mail) -> String {
    String::from_utf8(mail.to_mime(&sender(), Some("a1"), DATE).unwrap()).unwrap()
}

/// The header lines, folded ones joined.
fn headers(message: &str) -> Vec<String> {
    let head = message.split("\r\n\r\n").next().unwrap();
    let mut lines: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            lines.last_mut().unwrap().push_str(line);
        } else {
            lines.push(line.to_owned());
        }
    }
    lines
}

#[test]
fn headers_are_those_of_an_automatic_mail() {
    let message = mime(&compose(&reset_link(), "nl"));
    let headers = headers(&message);
    for line in [
        "From: \"Arbodienst Noord\" <no-reply@noord.example>",
        "To: anna@example.nl",
        "Reply-To: hulp@noord.example",
        "Subject: Kies een nieuw wachtwoord voor Arbodienst Noord",
        "Date: Tue, 03 Mar 2026 14:05:00 +0000",
        "Message-ID: <a1@noord.example>",
        "Auto-Submitted: auto-generated",
        "Content-Language: nl",
        "MIME-Version: 1.0",
    ] {
        assert!(headers.iter().any(|h| h == line), "{line} in {headers:?}");
    }
    let bcc = headers
        .iter()
        .any(|h| h.to_ascii_lowercase().starts_with("bcc"));
    assert!(!bcc);
}

#[test]
fn parts_nest_as_alternative_and_related() {
    let plain = mime(&compose(&reset_link(), "nl"));
    assert!(plain.contains("multipart/alternative") && !plain.contains("multipart/related"));
    let with_picture = mime(&compose(&set_up(), "nl"));
    let at = |needle: &str| {
        with_picture
            .find(needle)
            .unwrap_or_else(|| panic!("{needle}"))
    };
    assert!(at("multipart/alternative") < at("text/plain"));
    assert!(at("text/plain") < at("multipart/related"));
    assert!(at("multipart/related") < at("text/html"));
    assert!(at("text/html") < at("image/png"));
    assert!(with_picture.contains("Content-ID: <qr-"));
    assert!(with_picture.contains("Content-Disposition: inline"));
}

#[test]
fn every_line_fits_and_is_seven_bit() {
    for mail in all() {
        let message = mime(&mail);
        assert!(message.is_ascii());
        for line in message.split("\r\n") {
            assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']));
        }
    }
}

#[test]
fn a_name_may_hold_a_comma_and_is_still_one_mailbox() {
    let brand = Brand::new("Arbo, Zorg & Co", "#0b6e4f").unwrap();
    let mail = Composer::new()
        .unwrap()
        .compose(&reset_link(), &brand, "nl", common::RECIPIENT)
        .unwrap();
    // The base64 of `Arbo, Zorg & Co`.
    let from = "From: =?utf-8?b?QXJibywgWm9yZyAmIENv?= <no-reply@noord.example>";
    let headers = headers(&mime(&mail));
    assert!(headers.iter().any(|h| h == from), "{headers:?}");
}

/// The decoded words of a header, as RFC 2047 says; the base64 that our writer uses is enough.
fn decoded(header: &str) -> String {
    let mut text = String::new();
    let mut after_word = false;
    for part in header.split(' ') {
        let word = part
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="));
        match word {
            Some(word) => {
                let bytes = Base64::decode_vec(word).unwrap();
                text.push_str(&String::from_utf8(bytes).unwrap());
            }
            None => {
                assert!(!after_word && !part.contains("=?"), "{header}");
                text.push_str(part);
                text.push(' ');
            }
        }
        after_word = word.is_some();
    }
    text.trim_end().to_owned()
}

/// Brands that hold what RFC 2047 gives a meaning to. Readers showed another text than the tenant's name.
const ENCODED_WORDS: [&str; 8] = [
    "=?utf-8?q?Eve?=",
    "=?utf-8?Q?Bank_of_Eve?= Noord",
    "Noord =?utf-8?B?RXZl?=",
    "Zórg =?utf-8?q?Eve?=",
    "=?iso-8859-1?q?=E9?= =?iso-8859-1?q?=E9?=",
    "=?utf-8?q?Eve?= & Zoon, \"Noord\"",
    "Noord=?utf-8?q?Eve?=Zuid",
    "=?=?=? =?utf-8?x?y?= ?=",
];

#[test]
fn encoded_words_in_names_stay_text() {
    for name in ENCODED_WORDS {
        let brand = Brand::new(name, "#0b6e4f").unwrap();
        let composer = Composer::new().unwrap();
        for language in ["nl", "en"] {
            let mail = composer.compose(&reset_link(), &brand, language, common::RECIPIENT);
            let mail = mail.unwrap();
            let headers = headers(&mime(&mail));
            let header = |name: &str| headers.iter().find_map(|line| line.strip_prefix(name));
            assert_eq!(decoded(header("Subject: ").unwrap()), mail.subject());
            let from = header("From: ").unwrap();
            let from = from.strip_suffix(" <no-reply@noord.example>").unwrap();
            assert_eq!(decoded(from), name);
        }
    }
}

#[test]
fn underscore_domains_can_be_written() {
    let sender = Sender::new("no-reply@sub_domain.noord.example").unwrap();
    let composer = Composer::new().unwrap();
    let to = "jan@sub_domain.example.nl";
    let mail = composer.compose(&reset_link(), &brand(), "nl", to).unwrap();
    let bytes = mail.to_mime(&sender, Some("a1"), DATE).unwrap();
    let headers = headers(&String::from_utf8(bytes).unwrap());
    assert!(headers.contains(&format!("To: {to}")), "{headers:?}");
    let from = "From: \"Arbodienst Noord\" <no-reply@sub_domain.noord.example>";
    assert!(headers.contains(&from.to_owned()), "{headers:?}");
}

#[test]
fn message_ids_and_dates_out_of_range_are_refused() {
    let mail = compose(&reset_link(), "nl");
    for name in [
        "",
        "a@b",
        "a b",
        "a\r\nBcc: x",
        "a>",
        ".a",
        "a..b",
        "é",
        &"a".repeat(65),
    ] {
        let outcome = mail.to_mime(&sender(), Some(name), DATE);
        assert_eq!(outcome, Err(MimeError::MessageId), "{name}");
    }
    assert!(mail.to_mime(&sender(), Some("a-1_b.C"), DATE).is_ok());
    for date in [253_370_764_800, u64::MAX] {
        assert_eq!(mail.to_mime(&sender(), None, date), Err(MimeError::Date));
    }
    for date in [0, 253_370_764_799] {
        assert!(mail.to_mime(&sender(), None, date).is_ok());
    }
}

#[test]
fn the_same_mail_gives_the_same_bytes() {
    for mail in all() {
        assert_eq!(mime(&mail), mime(&mail));
    }
}

#[test]
fn a_derived_message_id_follows_the_mail_and_the_date() {
    let id = |mail: &Mail, date| {
        let message = mail.to_mime(&sender(), None, date).unwrap();
        let message = String::from_utf8(message).unwrap();
        headers(&message)
            .into_iter()
            .find(|h| h.starts_with("Message-ID: <"))
            .unwrap()
    };
    let mail = compose(&reset_link(), "nl");
    assert_eq!(id(&mail, DATE), id(&mail, DATE));
    assert_ne!(id(&mail, DATE), id(&mail, DATE + 1));
    assert_ne!(id(&mail, DATE), id(&compose(&reset_link(), "en"), DATE));
    assert!(id(&mail, DATE).ends_with("@noord.example>"));
}

#[test]
fn ordinary_mails_are_small() {
    for mail in all() {
        let bytes = mime(&mail).len();
        let limit = if mail.kind() == "set_up" {
            45_000
        } else {
            10_000
        };
        assert!(bytes < limit, "{} is {bytes} bytes", mail.kind());
    }
}

/// The longest values that are accepted, and of the kind that grows most on the way.
#[test]
fn the_largest_mails_stay_below_the_limit_of_gmail() {
    let name = "é".repeat(127);
    let phone = "𝒜".repeat(64);
    let brand = Brand::new(&"é".repeat(64), "#ffc53d")
        .unwrap()
        .with_support(&"é".repeat(100))
        .unwrap();
    let code = ["ABCD"; 32].join(" ");
    // Characters of which no run packs tightly, as the secret's capitals would.
    let uri = format!("otpauth://totp/{}", "aB%".repeat(300))
        .chars()
        .take(644)
        .collect::<String>();
    let link = format!("https://noord.example/{}", "&".repeat(2026));
    let reset = Message::ResetLink {
        link: &link,
        valid_for: Duration::from_secs(1800),
        account_name: &name,
    };
    let longest_set_up = Message::SetUp {
        account_name: &name,
        issuer: &name,
        secret_grouped: &code,
        otpauth_uri: &uri,
        valid_for: Duration::from_secs(1800),
        page: None,
    };
    let added = renamed(added_to(&name), Some(&phone)).unwrap();
    let bytes = |message: &Message<'_>, language: &str, link: &str| {
        let valid_for = Duration::from_secs(400 * 24 * 3600);
        let not_me = ReportLink { link, valid_for };
        let mail = Composer::new().unwrap().compose_reportable(
            message,
            &brand,
            language,
            common::RECIPIENT,
            not_me,
        );
        mail.map(|mail| mime(&mail).len())
    };
    // A longest link makes the table of the symbol quoted-printable; the largest symbol is refused with it.
    let shorter =
        ["&".repeat(175), "=".repeat(878)].map(|end| format!("https://noord.example/{end}"));
    for language in ["nl", "en"] {
        for message in [&reset, &added, &set_up()] {
            let bytes = bytes(message, language, &link).unwrap();
            assert!(bytes < LIMIT, "{message:?} is {bytes} bytes");
        }
        for link in &shorter {
            let bytes = bytes(&longest_set_up, language, link).unwrap();
            assert!(bytes < LIMIT, "the longest set-up is {bytes} bytes");
        }
        let refused = bytes(&longest_set_up, language, &link).unwrap_err();
        let is_too_large = matches!(refused, ComposeError::TooLarge { kind: "set_up", .. });
        assert!(is_too_large, "{refused}");
    }
}

#[test]
fn senders_are_addresses() {
    assert!(Sender::new("Noord <no-reply@noord.example>").is_err());
    assert!(Sender::new("no-reply@noord.example\r\n").is_err());
    assert_eq!(sender().address().domain(), "noord.example");
    fn check<T: Send + Sync + 'static>() {}
    check::<Sender>();
    check::<MimeError>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever reaches a header, the header lines are the same ones, or it was refused before.
    #[test]
    fn names_add_no_header(which in 0..6_usize, hostile in HOSTILE) {
        let value = |at, plain| if at == which { hostile.as_str() } else { plain };
        let subject = format!("reset-subject = {{ $tenant }} {}", value(0, "x"));
        let brand = Brand::new(value(1, "Noord"), "#0b6e4f")
            .and_then(|brand| brand.with_sender_name(value(2, "Noord")))
            .and_then(|brand| brand.with_support(value(3, "hulp@noord.example")));
        let (language, id) = (value(4, "nl"), value(5, "a1"));
        let composer = match which {
            0 => Composer::builder().texts("en", &subject).texts("nl", &subject).build(),
            _ => Composer::new(),
        };
        let (Ok(brand), Ok(composer)) = (brand, composer) else {
            return Ok(());
        };
        let mail = composer.compose(&reset_link(), &brand, language, common::RECIPIENT).unwrap();
        let Ok(message) = mail.to_mime(&sender(), Some(id), DATE) else {
            return Ok(());
        };
        let message = String::from_utf8(message).unwrap();
        let names: Vec<_> = headers(&message)
            .iter()
            .map(|line| line.split(':').next().unwrap().to_owned())
            .filter(|name| name != "Reply-To")
            .collect();
        prop_assert_eq!(names, HEADERS);
    }

    /// The writer knows every address that this crate accepts.
    #[test]
    fn accepted_addresses_can_be_written(local in "[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", domain in "[a-z0-9-]{1,20}(\\.[a-z][a-z0-9-]{0,10}){1,3}") {
        let text = format!("{local}@{domain}");
        prop_assume!(Address::parse(&text).is_ok());
        let message = authenticator_added();
        let mail = Composer::new().unwrap().compose(&message, &brand(), "nl", &text).unwrap();
        prop_assert!(mail.to_mime(&sender(), None, DATE).is_ok());
    }
}
