//! What a mail tells besides its message: an app to download, the page to go back to, and who did something from where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{NOT_ME, PAGE, RECIPIENT, brand, messages, reset_link, set_up};
use slotwerk_mail::{
    AppLinks, Brand, ComposeError, Composer, Details, Mail, Message, NameError, Origin,
};

fn write(message: &Message<'_>, brand: &Brand, language: &str, details: &Details<'_>) -> Mail {
    let composer = Composer::new().unwrap();
    let mail = composer.compose_with(message, brand, language, RECIPIENT, details);
    mail.unwrap()
}

#[test]
fn set_up_leads_to_both_stores() {
    let own = AppLinks::new(
        "Sleutelbos",
        "https://store.example/apple?a=1",
        "https://store.example/google",
    );
    let own = brand().with_authenticator_app(own.unwrap());
    for brand in [brand(), own] {
        let app = brand.authenticator_app().unwrap();
        let mail = write(&set_up(), &brand, "nl", &Details::default());
        for address in [app.app_store(), app.google_play()] {
            assert!(mail.text().split_whitespace().any(|word| word == address));
            let href = format!("href=\"{}\"", address);
            assert!(mail.html().contains(&href), "{href}");
        }
        assert!(mail.text().contains(app.name()));
        let other = write(&reset_link(), &brand, "nl", &Details::default());
        assert!(!other.html().contains(app.app_store()));
    }
}

#[test]
fn no_app_no_links() {
    let brand = brand().without_authenticator_app();
    for (language, words) in [
        ("nl", "uit de App Store of Google Play"),
        ("en", "from the App Store or Google Play"),
    ] {
        let mail = write(&set_up(), &brand, language, &Details::default());
        assert!(mail.text().contains(words));
        for part in [mail.text(), mail.html()] {
            assert!(!part.contains("apple.com") && !part.contains("play.google.com"));
        }
    }
}

#[test]
fn set_up_leads_back() {
    let mail = write(&set_up(), &brand(), "nl", &Details::default());
    assert!(mail.html().contains(&format!("href=\"{PAGE}\"")));
    assert!(mail.text().lines().any(|line| line == PAGE));
}

/// Outlook for Windows ignores the padding of a link, and the button would be as small as its words.
#[test]
fn button_padding_is_on_the_cell() {
    let mail = write(&reset_link(), &brand(), "nl", &Details::default());
    let (_, button) = mail.html().split_once("class=\"button\"").unwrap();
    let (cell, link) = button.split_once("<a ").unwrap();
    let (link, _) = link.split_once('>').unwrap();
    assert!(cell.contains("padding:13px 24px"), "{cell}");
    assert!(!link.contains("padding"), "{link}");
}

fn origin() -> Origin<'static> {
    Origin::default()
        .device(Some("Firefox"), Some("Windows"))
        .place(Some("Utrecht, NL"))
        .network(Some("203.0.113.x"))
}

#[test]
fn notice_tells_where_it_was_done() {
    let details = Details::default().origin(origin());
    for message in messages() {
        let is_notice = !["reset_link", "invitation", "set_up"].contains(&message.kind());
        for (language, lines) in [
            (
                "nl",
                [
                    "Apparaat: Firefox op Windows",
                    "Plaats: Utrecht, NL",
                    "Netwerk: 203.0.113.x",
                ],
            ),
            (
                "en",
                [
                    "Device: Firefox on Windows",
                    "Place: Utrecht, NL",
                    "Network: 203.0.113.x",
                ],
            ),
        ] {
            let mail = write(&message, &brand(), language, &details);
            for line in lines {
                let told = mail.text().lines().any(|one| one == line);
                assert_eq!(told, is_notice, "{} {line}", message.kind());
                let (_, value) = line.split_once(": ").unwrap();
                assert_eq!(mail.html().contains(value), is_notice, "{value}");
            }
        }
    }
}

#[test]
fn unknown_parts_are_left_out() {
    let message = Message::PasswordChanged {
        account_name: "anna",
        when: None,
    };
    let told = |origin| {
        let details = Details::default().not_me(NOT_ME).origin(origin);
        let mail = write(&message, &brand(), "en", &details);
        let lines = mail.text().lines().filter(|line| {
            ["Device:", "Place:", "Network:"]
                .iter()
                .any(|label| line.starts_with(label))
        });
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(told(Origin::default()).is_empty());
    let system = Origin::default().device(None, Some("Linux"));
    assert_eq!(told(system), ["Device: Linux"]);
    let network = Origin::default().network(Some("2001:db8:7:x"));
    assert_eq!(told(network), ["Network: 2001:db8:7:x"]);
}

#[test]
fn hostile_origin_is_rejected() {
    let composer = Composer::new().unwrap();
    let message = Message::PasswordChanged {
        account_name: "anna",
        when: None,
    };
    let long = "a".repeat(65);
    for (part, why) in [
        ("Utrecht\r\nBcc: x", NameError::Forbidden),
        ("\u{202e}NL", NameError::Forbidden),
        ("", NameError::Empty),
        (&long, NameError::TooLong { max: 64 }),
    ] {
        let of = [
            Origin::default().place(Some(part)),
            Origin::default().network(Some(part)),
            Origin::default().device(Some(part), None),
            Origin::default().device(None, Some(part)),
        ];
        for origin in of {
            let details = Details::default().origin(origin);
            let mail = composer.compose_with(&message, &brand(), "en", RECIPIENT, &details);
            assert_eq!(mail.unwrap_err(), ComposeError::Origin(why));
        }
    }
    let marked = Origin::default().place(Some("<b>Utrecht</b>"));
    let mail = write(&message, &brand(), "en", &Details::default().origin(marked));
    assert!(!mail.html().contains("<b>Utrecht"));
}
