//! What there is to say, and which values are fit to say it with.

use std::fmt;
use std::time::Duration;

use crate::brand::{check_name, is_forbidden};
use crate::compose::ComposeError;

/// Longest link in bytes.
const MAX_LINK: usize = 2048;
/// Longest account name and issuer in bytes of UTF-8. A mail address fits.
const MAX_ACCOUNT: usize = 254;
/// Longest set-up code in bytes: a secret of 64 bytes in groups of four.
const MAX_CODE: usize = 160;
/// Longest otpauth URI in bytes, so that the whole mail stays below 100 kB.
const MAX_URI: usize = 400;
/// The last second of the year 9999.
pub(crate) const LAST_SECOND: u64 = 253_402_300_799;

/// One of the mails, with the values it names.
///
/// `Debug` tells the kind only: links, set-up codes and names are left out.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Message<'a> {
    /// The link to choose a new password.
    ResetLink {
        /// The link: https, or http to this machine; at most 2048 bytes. Secret.
        link: &'a str,
        /// How long the link works, from the moment of sending: 1 s to 7 days. Shown in whole hours,
        /// minutes or seconds, rounded down.
        valid_for: Duration,
        /// The name of the account, as its owner types it at sign-in.
        account_name: &'a str,
    },
    /// The QR symbol and set-up code for an authenticator app.
    ///
    /// This puts the second factor's secret in the mailbox. Show it on the page instead where you can.
    SetUp {
        /// The account's name as the app will show it.
        account_name: &'a str,
        /// Who issues it, as the app will show it.
        issuer: &'a str,
        /// The secret in Base32, in groups divided by spaces, for typing by hand. Secret.
        secret_grouped: &'a str,
        /// The `otpauth://totp/…` URI of the same secret; at most 400 bytes. Secret.
        otpauth_uri: &'a str,
    },
    /// The password was changed.
    PasswordChanged {
        /// The name of the account.
        account_name: &'a str,
        /// When, in seconds since the Unix epoch. Shown in UTC, and not at all if absent.
        when: Option<u64>,
    },
    /// An authenticator app was added.
    AuthenticatorAdded {
        /// The name of the account.
        account_name: &'a str,
    },
    /// A recovery code was used to sign in.
    RecoveryCodeUsed {
        /// The name of the account.
        account_name: &'a str,
        /// How many codes are left.
        remaining: u32,
    },
}

impl Message<'_> {
    /// The kind of mail: `reset_link`, `set_up`, `password_changed`, `authenticator_added` or
    /// `recovery_code_used`. For logs and metrics.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ResetLink { .. } => "reset_link",
            Self::SetUp { .. } => "set_up",
            Self::PasswordChanged { .. } => "password_changed",
            Self::AuthenticatorAdded { .. } => "authenticator_added",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
        }
    }

    /// What the link "this was not me" does, for the text above it.
    pub(crate) fn not_me_text(&self) -> &'static str {
        match self {
            Self::ResetLink { .. } => "not-me-stops",
            _ => "not-me-locks",
        }
    }

    /// The prefix of this mail's texts.
    pub(crate) fn text_prefix(&self) -> &'static str {
        match self {
            Self::ResetLink { .. } => "reset",
            Self::SetUp { .. } => "setup",
            Self::PasswordChanged { .. } => "changed",
            Self::AuthenticatorAdded { .. } => "added",
            Self::RecoveryCodeUsed { .. } => "recovery",
        }
    }

    pub(crate) fn account_name(&self) -> &str {
        match self {
            Self::ResetLink { account_name, .. }
            | Self::SetUp { account_name, .. }
            | Self::PasswordChanged { account_name, .. }
            | Self::AuthenticatorAdded { account_name }
            | Self::RecoveryCodeUsed { account_name, .. } => account_name,
        }
    }

    pub(crate) fn check(&self) -> Result<(), ComposeError> {
        check_name(self.account_name(), MAX_ACCOUNT).map_err(ComposeError::AccountName)?;
        match *self {
            Self::ResetLink {
                link, valid_for, ..
            } => {
                check_link(link)?;
                let week = Duration::from_secs(7 * 24 * 3600);
                if !(Duration::from_secs(1)..=week).contains(&valid_for) {
                    return Err(ComposeError::ValidFor);
                }
            }
            Self::SetUp {
                issuer,
                secret_grouped,
                otpauth_uri,
                ..
            } => {
                check_name(issuer, MAX_ACCOUNT).map_err(ComposeError::Issuer)?;
                check_code(secret_grouped)?;
                check_uri(otpauth_uri)?;
            }
            Self::PasswordChanged { when, .. } => {
                if when.is_some_and(|when| when > LAST_SECOND) {
                    return Err(ComposeError::When);
                }
            }
            Self::AuthenticatorAdded { .. } | Self::RecoveryCodeUsed { .. } => {}
        }
        Ok(())
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({})", self.kind())
    }
}

/// Only what a person may safely click: no script, no other scheme, nothing that ends the line.
pub(crate) fn check_link(link: &str) -> Result<(), ComposeError> {
    let rest = match (link.strip_prefix("https://"), link.strip_prefix("http://")) {
        (Some(rest), _) => rest,
        (None, Some(rest)) if is_loopback(host(rest)) => rest,
        _ => return Err(ComposeError::Link),
    };
    let fits = link.len() <= MAX_LINK
        && link.bytes().all(|b| b.is_ascii_graphic())
        && !link.contains(['"', '<', '>', '\\', '^', '`', '{', '|', '}'])
        && !host(rest).is_empty();
    if fits {
        Ok(())
    } else {
        Err(ComposeError::Link)
    }
}

/// The host of `authority/path?query#fragment`, without the port.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        // User information: who reads the link is meant to mistake it for the host.
        return "";
    }
    match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

pub(crate) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn check_code(code: &str) -> Result<(), ComposeError> {
    let is_base32 = |b: u8| matches!(b, b'A'..=b'Z' | b'2'..=b'7');
    let groups_fit = code
        .split(' ')
        .all(|group| !group.is_empty() && group.bytes().all(is_base32));
    if code.len() <= MAX_CODE && groups_fit {
        Ok(())
    } else {
        Err(ComposeError::SetUpCode)
    }
}

fn check_uri(uri: &str) -> Result<(), ComposeError> {
    let fits = uri.len() <= MAX_URI
        && uri.starts_with("otpauth://totp/")
        && !uri.chars().any(|c| c.is_whitespace() || is_forbidden(c));
    if fits {
        Ok(())
    } else {
        Err(ComposeError::OtpauthUri)
    }
}
