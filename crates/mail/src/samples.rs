//! Mails that a composer writes when it is built, to see what its templates make of them.

use std::time::Duration;

use crate::brand::{Brand, BrandError};
use crate::message::Message;
use crate::report::ReportLink;

pub(crate) const RECIPIENT: &str = "sample@mail.example";
pub(crate) const NOT_ME: ReportLink<'static> = ReportLink {
    link: "https://mail.example/not-me?a=AAECAwQF&b=Bg",
    valid_for: Duration::from_secs(7 * 24 * 3600),
};

const LINK: &str = "https://mail.example/reset?a=AQABAGkZ&b=Ag";
/// Breaks out of any place where it stands unescaped: an attribute, an element, a template, a text.
const NAME: &str = "x onclick=x '\"><script>&lt;{{ link }}{ $tenant }";
const CODE: &str = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";
const URI: &str = "otpauth://totp/Sample:x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Sample";

/// With a contact that is a mail address, one that is no link, and none.
pub(crate) fn brands() -> Result<[Brand; 3], BrandError> {
    let plain = Brand::new(NAME, "#0b6e4f")?;
    Ok([
        plain.clone().with_support("help@mail.example")?,
        plain.clone().with_support("+31 20 555 01 23 <b>")?,
        plain,
    ])
}

/// Each message, with everything it can tell, or with nothing that can be left out.
pub(crate) fn messages(full: bool) -> Vec<Message<'static>> {
    let account_name = NAME;
    let authenticator = full.then_some(NAME);
    let valid_for = Duration::from_secs(if full { 1800 } else { 1 });
    let when = full.then_some(1_772_546_700);
    let added = |first| Message::AuthenticatorAdded {
        account_name,
        authenticator,
        first,
        when,
    };
    let removed = |last| Message::AuthenticatorRemoved {
        account_name,
        authenticator,
        last,
        when,
    };
    let used = |remaining| Message::RecoveryCodeUsed {
        account_name,
        remaining,
        when,
    };
    vec![
        Message::ResetLink {
            link: LINK,
            valid_for,
            account_name,
        },
        Message::Invitation {
            link: LINK,
            valid_for,
            account_name,
        },
        Message::SetUp {
            account_name,
            issuer: NAME,
            secret_grouped: CODE,
            otpauth_uri: URI,
            valid_for,
        },
        Message::PasswordChanged { account_name, when },
        added(true),
        added(false),
        Message::AuthenticatorReplaced {
            account_name,
            authenticator,
            when,
        },
        removed(true),
        removed(false),
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
        used(0),
        used(1),
        used(7),
    ]
}
