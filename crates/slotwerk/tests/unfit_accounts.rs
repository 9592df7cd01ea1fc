//! Accounts of the directory that mail cannot reach, or whose name cannot be shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::AddressError;
use slotwerk::{AccountProblem, EnrolmentOutcome, EventKind, LoginError};
use support::{Phone, World};

#[tokio::test]
async fn addresses_are_mailed_as_meant() {
    for (stored, mailed) in [
        ("anna@exämple.nl", "anna@xn--exmple-cua.nl"),
        ("anna@example.nl ", "anna@example.nl"),
        ("\u{200b}anna@example.nl", "anna@example.nl"),
        ("jan@sub_domain.example.nl", "jan@sub_domain.example.nl"),
        (
            "info@παράδειγμα.δοκιμή",
            "info@xn--hxajbheg2az3al.xn--jxalpdlp",
        ),
        ("info@例え。テスト", "info@xn--r8jz45g.xn--zckzah"),
    ] {
        let world = World::new();
        world.people.move_mail_to(stored);
        world.request("noord", "demo").await;
        let mails = world.deliver().await;
        assert_eq!(mails.len(), 1, "{stored}");
        assert_eq!(mails[0].to().as_str(), mailed);
        assert!(!world.events_as_text().contains("Unfit"), "{stored}");
    }
}

#[tokio::test]
async fn addresses_beyond_reach_are_reported() {
    for (stored, error) in [
        ("josé@example.com", AddressError::LocalPartNotAscii),
        ("иван@example.ru", AddressError::LocalPartNotAscii),
        ("anna@example.nl.", AddressError::Domain),
        ("anna@[192.0.2.1]", AddressError::Domain),
        ("Anna <anna@example.nl>", AddressError::LocalPart),
        ("\"anna\"@example.nl", AddressError::LocalPart),
        ("anna", AddressError::NoSingleAt),
        ("", AddressError::NoSingleAt),
    ] {
        let world = World::new();
        world.people.move_mail_to(stored);
        world.request("noord", "demo").await;
        assert!(world.deliver().await.is_empty());
        let unfit = EventKind::AccountUnfit(AccountProblem::Mail(error));
        assert_eq!(world.count(unfit), 1, "{stored}");
        let told = world.events_as_text();
        assert!(stored.is_empty() || !told.contains(stored), "{told}");
    }
}

/// Names that no mail can show were dropped with their mails, and `:` was a fault.
#[tokio::test]
async fn names_keep_no_mail_back() {
    for (stored, problem) in [
        ("a".repeat(255), Some(LoginError::TooLong)),
        ("a".repeat(320), Some(LoginError::TooLong)),
        ("é".repeat(160), Some(LoginError::TooLong)),
        ("demo\u{202e}nl".to_owned(), Some(LoginError::Invisible)),
        (
            "\u{2066}demo\u{2069}".to_owned(),
            Some(LoginError::Invisible),
        ),
        ("de\u{200b}mo".to_owned(), Some(LoginError::Invisible)),
        (
            "de\u{2028}mo".to_owned(),
            Some(LoginError::ControlCharacter),
        ),
        ("de\0mo".to_owned(), Some(LoginError::ControlCharacter)),
        (":".to_owned(), Some(LoginError::OnlyColons)),
        (" : ".to_owned(), Some(LoginError::OnlyColons)),
        ("\u{200b}".to_owned(), Some(LoginError::Empty)),
        (String::new(), Some(LoginError::Empty)),
        ("noord:demo".to_owned(), None),
        ("👩\u{200d}🔬".to_owned(), Some(LoginError::Invisible)),
        ("&".repeat(254), None),
    ] {
        let world = World::new();
        world.people.rename_demo(&stored);
        world.with_password("noord", "demo").await;
        let ticket = world.enrol_ticket("noord", "demo").await;
        let begun = world.auth.begin_enrolment("noord", &ticket).await;
        assert!(matches!(begun, Ok(EnrolmentOutcome::Mailed)), "{stored:?}");
        let mails = world.deliver().await;
        assert_eq!(mails.len(), 1, "{stored:?}: {}", world.events_as_text());
        assert_eq!(mails[0].kind(), "set_up");
        let _ = Phone::mailed(&mails[0]);
        world.with_password("zuid", "demo").await;
        let ticket = world.enrol_ticket("zuid", "demo").await;
        let begun = world.auth.begin_enrolment("zuid", &ticket).await;
        assert!(
            matches!(begun, Ok(EnrolmentOutcome::OnScreen(_))),
            "{stored:?}"
        );
        let unfit = |kind: &EventKind| match kind {
            EventKind::AccountUnfit(AccountProblem::Login(error)) => Some(*error),
            _ => None,
        };
        assert_eq!(world.kinds().iter().find_map(unfit), problem, "{stored:?}");
    }
}
