//! Messages and a brand that the tests share.
#![allow(dead_code)]

use std::time::Duration;

use slotwerk_mail::{Brand, Composer, Mail, Message};

pub(crate) const LINK: &str =
    "https://noord.example/reset/AQABAGkZ2mQAAAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
pub(crate) const NOT_ME: &str =
    "https://noord.example/not-me/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd/AQABAGkVpVAAAAA";
pub(crate) const CODE: &str = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";
pub(crate) const URI: &str = "otpauth://totp/Arbodienst%20Noord:anna.devries?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Arbodienst%20Noord";
pub(crate) const ACCOUNT: &str = "anna.devries";
pub(crate) const RECIPIENT: &str = "anna@example.nl";

pub(crate) fn brand() -> Brand {
    Brand::new("Arbodienst Noord", "#0b6e4f")
        .unwrap()
        .with_support("hulp@noord.example")
        .unwrap()
}

pub(crate) fn reset_link() -> Message<'static> {
    Message::ResetLink {
        link: LINK,
        valid_for: Duration::from_secs(1800),
        account_name: ACCOUNT,
    }
}

pub(crate) fn set_up() -> Message<'static> {
    Message::SetUp {
        account_name: ACCOUNT,
        issuer: "Arbodienst Noord",
        secret_grouped: CODE,
        otpauth_uri: URI,
    }
}

pub(crate) fn messages() -> [Message<'static>; 5] {
    [
        reset_link(),
        set_up(),
        Message::PasswordChanged {
            account_name: ACCOUNT,
            when: Some(1_772_546_700),
        },
        Message::AuthenticatorAdded {
            account_name: ACCOUNT,
        },
        Message::RecoveryCodeUsed {
            account_name: ACCOUNT,
            remaining: 3,
        },
    ]
}

pub(crate) fn compose(message: &Message<'_>, language: &str) -> Mail {
    Composer::new()
        .unwrap()
        .compose(message, &brand(), language, RECIPIENT)
        .unwrap()
}

pub(crate) fn compose_reportable(message: &Message<'_>, language: &str) -> Mail {
    Composer::new()
        .unwrap()
        .compose_reportable(message, &brand(), language, RECIPIENT, NOT_ME)
        .unwrap()
}

/// Every message in every language, with and without the link to report it.
pub(crate) fn all() -> Vec<Mail> {
    ["nl", "en"]
        .into_iter()
        .flat_map(|language| {
            messages().map(|message| {
                [
                    compose(&message, language),
                    compose_reportable(&message, language),
                ]
            })
        })
        .flatten()
        .collect()
}
