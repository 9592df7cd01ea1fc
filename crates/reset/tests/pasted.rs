//! Links as mail programs and people bring them back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{NOW, SCOPE, issued, reason, ring};
use proptest::prelude::*;
use slotwerk_reset::*;

fn token() -> String {
    issued(&ring()).token.expose().to_owned()
}

fn read(presented: &str) -> Option<String> {
    let token = Token::from_pasted(presented).ok()?;
    Some(token.expose().to_owned())
}

/// The link of the mail, with what a mail program made of it.
#[test]
fn mangled_link_still_verifies() {
    let token = token();
    for after in [
        ".", ")", ">", ",", "=", "%20", "/", ";", "!", "'", "\"", "]", "\u{bb}", "\u{200b}",
    ] {
        let opened = Token::from_pasted(&format!("{token}{after}")).unwrap();
        let verified = inspect(&ring(), &SCOPE, opened.expose(), NOW);
        assert!(verified.is_ok(), "{after:?}");
    }
}

/// Only links are read leniently: a token elsewhere, in a cookie say, has one spelling.
#[test]
fn inspection_stays_strict() {
    let token = token();
    for after in [".", "=", " ", "/", "\u{200b}"] {
        let presented = format!("{token}{after}");
        let refused = reason(inspect(&ring(), &SCOPE, &presented, NOW));
        assert_eq!(refused, Some(Reason::Malformed), "{after:?}");
    }
}

#[test]
fn handle_loses_its_line_breaks() {
    let scope = TokenScope::new(Purpose::NOT_ME, "tenant-a");
    let longest = "a".repeat(MAX_ACCOUNT);
    for account in ["account-7", "", &longest] {
        let sealed = seal_account(&ring(), &scope, account, [0x5a; 24]).unwrap();
        let text = sealed.as_str();
        let broken = |by: &str| format!("{}{by}{}", &text[..31], &text[31..]);
        for presented in [
            text.to_owned(),
            broken("=\r\n"),
            broken("%3D%0D%0A"),
            broken("\u{200b}"),
        ] {
            let read = AccountHandle::from_pasted(&presented).unwrap();
            let opened = open_account(&ring(), &scope, read.as_str());
            assert_eq!(opened.unwrap(), account, "{presented}");
        }
        for presented in [
            broken("."),
            broken("/"),
            broken("+"),
            format!("{text}."),
            "A".repeat(MAX_HANDLE + 1),
        ] {
            let refused = AccountHandle::from_pasted(&presented).unwrap_err();
            assert_eq!(refused.reason(), Reason::Malformed, "{presented}");
        }
    }
}

#[test]
fn long_text_is_not_read() {
    let token = token();
    let most = format!("{token}{}", ".".repeat(MAX_PASTED - TOKEN_LENGTH));
    assert_eq!(read(&most), Some(token));
    for long in [
        format!("{most}."),
        "=".repeat(MAX_PASTED + 1),
        ".".repeat(1 << 20),
    ] {
        assert_eq!(read(&long), None);
        assert!(AccountHandle::from_pasted(&long).is_err());
    }
}

proptest! {
    #[test]
    fn token_reads_as_itself(one in "[A-Za-z0-9_-]{75}", other in "[A-Za-z0-9_-]{75}") {
        prop_assert_eq!(read(&one), Some(one.clone()));
        prop_assert_eq!(read(&one) == read(&other), one == other);
    }

    #[test]
    fn reading_twice_changes_nothing(text in "[A-Za-z0-9_-]{70,80}[=. %\u{200b}]{0,3}.{0,20}") {
        if let Some(token) = read(&text) {
            prop_assert_eq!(token.len(), TOKEN_LENGTH);
            prop_assert_eq!(read(&token), Some(token.clone()));
            prop_assert!(text.starts_with(&token[..70]));
        }
    }

    #[test]
    fn what_follows_is_ignored(token in "[A-Za-z0-9_-]{75}", after in "[^A-Za-z0-9%].{0,60}") {
        prop_assert_eq!(read(&format!("{token}{after}")), Some(token));
    }

    #[test]
    fn random_text_is_bounded(text in ".{0,600}") {
        prop_assert!(read(&text).is_none_or(|token| token.len() == TOKEN_LENGTH));
        let handle = AccountHandle::from_pasted(&text);
        prop_assert!(handle.is_err() || text.len() <= MAX_PASTED);
    }
}
