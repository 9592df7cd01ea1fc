//! Messages and a brand that the tests share.
#![allow(dead_code)]

use std::time::Duration;

use slotwerk_mail::{Brand, Composer, Mail, Message, ReportLink};

pub(crate) const LINK: &str =
    "https://noord.example/reset/AQABAGkZ2mQAAAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
pub(crate) const NOT_ME: ReportLink<'static> = ReportLink {
    link: "https://noord.example/not-me/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd/AQABAGkVpVAAAAA",
    valid_for: Duration::from_secs(7 * 24 * 3600),
};
pub(crate) const CODE: &str = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";
pub(crate) const URI: &str = "otpauth://totp/Arbodienst%20Noord:anna.devries?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Arbodienst%20Noord";
pub(crate) const ACCOUNT: &str = "anna.devries";
pub(crate) const RECIPIENT: &str = "anna@example.nl";

pub(crate) fn brand() -> Brand {
    Brand::new("Arbodienst Noord", "#0b6e4f")
        .unwrap()
        .with_support("hulp@noord.example")
        .unwrap()
        .with_time_zone("Europe/Amsterdam")
        .unwrap()
}

pub(crate) fn reset_link() -> Message<'static> {
    Message::ResetLink {
        link: LINK,
        valid_for: Duration::from_secs(1800),
        account_name: ACCOUNT,
    }
}

pub(crate) fn invitation() -> Message<'static> {
    Message::Invitation {
        link: LINK,
        valid_for: Duration::from_secs(24 * 3600),
        account_name: ACCOUNT,
    }
}

pub(crate) fn set_up() -> Message<'static> {
    Message::SetUp {
        account_name: ACCOUNT,
        issuer: "Arbodienst Noord",
        secret_grouped: CODE,
        otpauth_uri: URI,
        valid_for: Duration::from_secs(24 * 3600),
    }
}

pub(crate) const PHONE: &str = "Telefoon van <Anna>";
pub(crate) const WHEN: Option<u64> = Some(1_772_546_700);

pub(crate) fn authenticator_added() -> Message<'static> {
    added_to(ACCOUNT)
}

pub(crate) fn added_to(account_name: &str) -> Message<'_> {
    Message::AuthenticatorAdded {
        account_name,
        authenticator: Some(PHONE),
        first: true,
        when: WHEN,
    }
}

pub(crate) fn messages() -> [Message<'static>; 16] {
    let (account_name, authenticator, when) = (ACCOUNT, Some(PHONE), WHEN);
    [
        reset_link(),
        set_up(),
        Message::PasswordChanged { account_name, when },
        authenticator_added(),
        Message::AuthenticatorAdded {
            account_name,
            authenticator,
            first: false,
            when,
        },
        Message::AuthenticatorReplaced {
            account_name,
            authenticator,
            when,
        },
        Message::AuthenticatorRemoved {
            account_name,
            authenticator,
            last: false,
            when,
        },
        Message::AuthenticatorRemoved {
            account_name,
            authenticator,
            last: true,
            when,
        },
        Message::SecondFactorForgotten { account_name, when },
        Message::AccountUnlocked { account_name, when },
        Message::SessionsEnded { account_name, when },
        Message::NewPasswordRequired { account_name, when },
        Message::AuthenticatorResynchronised {
            account_name,
            authenticator,
            when,
        },
        Message::RecoveryCodesRenewed { account_name, when },
        Message::RecoveryCodeUsed {
            account_name,
            remaining: 3,
            when,
        },
        invitation(),
    ]
}

/// The same about an authenticator of another name; nothing if the message names none.
pub(crate) fn renamed<'a>(message: Message<'a>, name: Option<&'a str>) -> Option<Message<'a>> {
    let mut message = message;
    match &mut message {
        Message::AuthenticatorAdded { authenticator, .. }
        | Message::AuthenticatorReplaced { authenticator, .. }
        | Message::AuthenticatorRemoved { authenticator, .. }
        | Message::AuthenticatorResynchronised { authenticator, .. } => *authenticator = name,
        _ => return None,
    }
    Some(message)
}

/// The same at another moment; nothing if the message names none.
pub(crate) fn dated(message: Message<'_>, at: u64) -> Option<Message<'_>> {
    let mut message = message;
    match &mut message {
        Message::PasswordChanged { when, .. }
        | Message::AuthenticatorAdded { when, .. }
        | Message::AuthenticatorReplaced { when, .. }
        | Message::AuthenticatorRemoved { when, .. }
        | Message::SecondFactorForgotten { when, .. }
        | Message::AccountUnlocked { when, .. }
        | Message::SessionsEnded { when, .. }
        | Message::NewPasswordRequired { when, .. }
        | Message::AuthenticatorResynchronised { when, .. }
        | Message::RecoveryCodesRenewed { when, .. }
        | Message::RecoveryCodeUsed { when, .. } => *when = Some(at),
        _ => return None,
    }
    Some(message)
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
