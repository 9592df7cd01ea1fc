//! What there is to say, and which values are fit to say it with.

use std::fmt;
use std::time::Duration;

use slotwerk_words::is_forbidden;

use crate::brand::{NameError, check_name};
use crate::compose::ComposeError;

/// Longest link in bytes.
const MAX_LINK: usize = 2048;
/// Longest account name and issuer of a mail, in bytes of UTF-8. A mail address fits.
pub const MAX_ACCOUNT_NAME_BYTES: usize = 254;
/// Longest name of an authenticator, in characters.
const MAX_AUTHENTICATOR: usize = 64;
/// Longest set-up code in bytes: a secret of 64 bytes in groups of four.
const MAX_CODE: usize = 160;
/// Longest validity: a week.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// The last second of the year 9998: no clock anywhere shows a year of five digits then.
pub(crate) const LAST_SECOND: u64 = 253_370_764_799;

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
        /// How long the link works, from the moment of sending: 1 s to 7 days. Shown in days, hours, minutes
        /// or seconds, rounded down.
        valid_for: Duration,
        /// The name of the account, as its owner types it at sign-in: 1 to 254 bytes of UTF-8,
        /// without characters that are [forbidden in names](crate::is_forbidden_in_names).
        account_name: &'a str,
    },
    /// The link to set the first password of a new account.
    Invitation {
        /// The link, as of a [`ResetLink`](Self::ResetLink). Secret.
        link: &'a str,
        /// How long the link works, from the moment of sending: 1 s to 7 days. Shown in days, hours, minutes
        /// or seconds, rounded down.
        valid_for: Duration,
        /// The name of the account, as its owner types it at sign-in: 1 to 254 bytes.
        account_name: &'a str,
    },
    /// The QR symbol and set-up code for an authenticator app.
    ///
    /// This puts the second factor's secret in the mailbox. Show it on the page instead where you can.
    SetUp {
        /// The account's name as the app will show it: 1 to 254 bytes.
        account_name: &'a str,
        /// Who issues it, as the app will show it: 1 to 254 bytes.
        issuer: &'a str,
        /// The secret in Base32, in groups divided by single spaces, for typing by hand: 1 to 160 bytes.
        /// Secret.
        secret_grouped: &'a str,
        /// The `otpauth://totp/…` URI of the same secret. Its symbol has at most
        /// [`MAX_SYMBOL_MODULES`](crate::MAX_SYMBOL_MODULES) modules along one side. Secret.
        otpauth_uri: &'a str,
        /// How long symbol and code can still be used to set up with, from the moment of sending: 1 s to 7
        /// days. Shown in days, hours, minutes or seconds, rounded down.
        valid_for: Duration,
    },
    /// The password was changed.
    PasswordChanged {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// An authenticator app was added to an account.
    AuthenticatorAdded {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// What the person called it: 1 to 64 characters. Left out if absent.
        authenticator: Option<&'a str>,
        /// Whether it is the account's only one, so that codes are asked for from now on.
        first: bool,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// An authenticator app took the place of another.
    AuthenticatorReplaced {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// What the person called the new one: 1 to 64 characters. Left out if absent.
        authenticator: Option<&'a str>,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// An authenticator app was taken away.
    AuthenticatorRemoved {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// What the person had called it: 1 to 64 characters. Left out if absent.
        authenticator: Option<&'a str>,
        /// Whether it was the account's last one, so that no code is asked for any more.
        last: bool,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// Every authenticator app and recovery code of an account was taken away, by a help desk say. The mail
    /// tells that nobody is signed in any more: see to that, too.
    SecondFactorForgotten {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// A help desk cleared the counts of failed attempts, so that the person can sign in again.
    AccountUnlocked {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// A help desk signed the person out everywhere.
    SessionsEnded {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// A help desk requires a new password at the next sign-in.
    NewPasswordRequired {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// Two codes in a row of a phone whose clock is off were accepted, and its codes work again.
    AuthenticatorResynchronised {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// What the person calls it: 1 to 64 characters. Left out if absent.
        authenticator: Option<&'a str>,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// New recovery codes took the place of the earlier ones.
    RecoveryCodesRenewed {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
    /// A recovery code was used to sign in.
    RecoveryCodeUsed {
        /// The name of the account: 1 to 254 bytes.
        account_name: &'a str,
        /// How many codes are left.
        remaining: u32,
        /// When, in seconds since the Unix epoch. Shown by the tenant's clock, and not at all if absent.
        when: Option<u64>,
    },
}

impl Message<'_> {
    /// The kind of mail, for logs and metrics: `reset_link`, `invitation`, `set_up`,
    /// `password_changed`, `authenticator_added`, `authenticator_replaced`, `authenticator_removed`, `second_factor_forgotten`,
    /// `account_unlocked`, `sessions_ended`, `new_password_required`, `authenticator_resynchronised`, `recovery_codes_renewed` or `recovery_code_used`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ResetLink { .. } => "reset_link",
            Self::Invitation { .. } => "invitation",
            Self::SetUp { .. } => "set_up",
            Self::PasswordChanged { .. } => "password_changed",
            Self::AuthenticatorAdded { .. } => "authenticator_added",
            Self::AuthenticatorReplaced { .. } => "authenticator_replaced",
            Self::AuthenticatorRemoved { .. } => "authenticator_removed",
            Self::SecondFactorForgotten { .. } => "second_factor_forgotten",
            Self::AccountUnlocked { .. } => "account_unlocked",
            Self::SessionsEnded { .. } => "sessions_ended",
            Self::NewPasswordRequired { .. } => "new_password_required",
            Self::AuthenticatorResynchronised { .. } => "authenticator_resynchronised",
            Self::RecoveryCodesRenewed { .. } => "recovery_codes_renewed",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
        }
    }

    /// What the link "this was not me" does, for the text above it.
    pub(crate) fn not_me_text(&self) -> &'static str {
        match self {
            Self::ResetLink { .. } | Self::Invitation { .. } => "not-me-stops",
            _ => "not-me-locks",
        }
    }

    /// The prefix of this mail's texts.
    pub(crate) fn text_prefix(&self) -> &'static str {
        match self {
            Self::ResetLink { .. } => "reset",
            Self::Invitation { .. } => "invite",
            Self::SetUp { .. } => "setup",
            Self::PasswordChanged { .. } => "changed",
            Self::AuthenticatorAdded { first: true, .. } => "added",
            Self::AuthenticatorAdded { first: false, .. } => "another",
            Self::AuthenticatorReplaced { .. } => "replaced",
            Self::AuthenticatorRemoved { .. } => "removed",
            Self::SecondFactorForgotten { .. } => "forgotten",
            Self::AccountUnlocked { .. } => "unlocked",
            Self::SessionsEnded { .. } => "ended",
            Self::NewPasswordRequired { .. } => "asked",
            Self::AuthenticatorResynchronised { .. } => "resync",
            Self::RecoveryCodesRenewed { .. } => "renewed",
            Self::RecoveryCodeUsed { .. } => "recovery",
        }
    }

    /// The same without the authenticator's name, if it has one: for a notice whose name is
    /// [refused](crate::ComposeError::Authenticator). That it is read matters more than the name.
    #[must_use]
    pub fn without_authenticator(mut self) -> Self {
        match &mut self {
            Self::AuthenticatorAdded { authenticator, .. }
            | Self::AuthenticatorReplaced { authenticator, .. }
            | Self::AuthenticatorRemoved { authenticator, .. }
            | Self::AuthenticatorResynchronised { authenticator, .. } => *authenticator = None,
            _ => {}
        }
        self
    }

    pub(crate) fn account_name(&self) -> &str {
        match self {
            Self::ResetLink { account_name, .. }
            | Self::Invitation { account_name, .. }
            | Self::SetUp { account_name, .. }
            | Self::PasswordChanged { account_name, .. }
            | Self::AuthenticatorAdded { account_name, .. }
            | Self::AuthenticatorReplaced { account_name, .. }
            | Self::AuthenticatorRemoved { account_name, .. }
            | Self::SecondFactorForgotten { account_name, .. }
            | Self::AccountUnlocked { account_name, .. }
            | Self::SessionsEnded { account_name, .. }
            | Self::NewPasswordRequired { account_name, .. }
            | Self::AuthenticatorResynchronised { account_name, .. }
            | Self::RecoveryCodesRenewed { account_name, .. }
            | Self::RecoveryCodeUsed { account_name, .. } => account_name,
        }
    }

    /// The name of the authenticator that a notice is about.
    pub(crate) fn authenticator(&self) -> Option<&str> {
        match *self {
            Self::AuthenticatorAdded { authenticator, .. }
            | Self::AuthenticatorReplaced { authenticator, .. }
            | Self::AuthenticatorRemoved { authenticator, .. }
            | Self::AuthenticatorResynchronised { authenticator, .. } => authenticator,
            _ => None,
        }
    }

    /// When that which a notice tells of happened.
    pub(crate) fn when(&self) -> Option<u64> {
        match *self {
            Self::ResetLink { .. } | Self::Invitation { .. } | Self::SetUp { .. } => None,
            Self::PasswordChanged { when, .. }
            | Self::AuthenticatorAdded { when, .. }
            | Self::AuthenticatorReplaced { when, .. }
            | Self::AuthenticatorRemoved { when, .. }
            | Self::SecondFactorForgotten { when, .. }
            | Self::AccountUnlocked { when, .. }
            | Self::SessionsEnded { when, .. }
            | Self::NewPasswordRequired { when, .. }
            | Self::AuthenticatorResynchronised { when, .. }
            | Self::RecoveryCodesRenewed { when, .. }
            | Self::RecoveryCodeUsed { when, .. } => when,
        }
    }

    pub(crate) fn check(&self) -> Result<(), ComposeError> {
        check_name(self.account_name(), MAX_ACCOUNT_NAME_BYTES)
            .map_err(ComposeError::AccountName)?;
        if let Some(name) = self.authenticator() {
            check_authenticator(name).map_err(ComposeError::Authenticator)?;
        }
        if self.when().is_some_and(|when| when > LAST_SECOND) {
            return Err(ComposeError::When);
        }
        match *self {
            Self::ResetLink {
                link, valid_for, ..
            }
            | Self::Invitation {
                link, valid_for, ..
            } => {
                check_link(link)?;
                check_valid_for(valid_for)
            }
            Self::SetUp {
                issuer,
                secret_grouped,
                otpauth_uri,
                valid_for,
                ..
            } => {
                check_name(issuer, MAX_ACCOUNT_NAME_BYTES).map_err(ComposeError::Issuer)?;
                check_code(secret_grouped)?;
                check_uri(otpauth_uri)?;
                check_valid_for(valid_for)
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({})", self.kind())
    }
}

fn check_valid_for(valid_for: Duration) -> Result<(), ComposeError> {
    if (Duration::from_secs(1)..=LONGEST).contains(&valid_for) {
        Ok(())
    } else {
        Err(ComposeError::ValidFor)
    }
}

/// Characters are counted, and not bytes, because that is what the person who chose it was told.
fn check_authenticator(name: &str) -> Result<(), NameError> {
    if name.chars().count() > MAX_AUTHENTICATOR {
        return Err(NameError::TooManyCharacters {
            max: MAX_AUTHENTICATOR,
        });
    }
    check_name(name, 4 * MAX_AUTHENTICATOR)
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
    let fits = uri.starts_with("otpauth://totp/")
        && !uri.chars().any(|c| c.is_whitespace() || is_forbidden(c));
    if fits {
        Ok(())
    } else {
        Err(ComposeError::OtpauthUri)
    }
}
