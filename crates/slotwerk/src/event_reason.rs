//! The reasons of events in logs and metrics.

use crate::directory::{AccountProblem, LoginError};
use crate::event::{EventKind, Factor, InvalidLink, RejectedCode, RejectedSignIn, StoredTime};
use crate::mail_problem::MailProblem;
use crate::not_me::NotMeEffect;
use slotwerk_mail::{AddressError, SendProblem};
use slotwerk_reset::Reason;

impl EventKind {
    /// The content of this kind, for logs and metrics: lowercase letters, underscores and dots. `None` where
    /// [`name`](Self::name) says all. There are fewer than a hundred, none with a text of a person.
    ///
    /// ```
    /// use slotwerk::{EventKind, MailProblem, RejectedSignIn, SendProblem};
    /// let kind = EventKind::SignInRejected(RejectedSignIn::WrongPassword);
    /// assert_eq!(kind.reason(), Some("wrong_password"));
    /// let kind = EventKind::MailPostponed(MailProblem::NotSent(SendProblem::TimedOut));
    /// assert_eq!(kind.reason(), Some("not_sent.timed_out"));
    /// assert_eq!(EventKind::MailSent.reason(), None);
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        Some(match self {
            Self::MailPostponed(problem) | Self::MailAbandoned(problem) => mail(*problem),
            Self::AccountUnfit(problem) => account(*problem),
            Self::ResetLinkInvalid(why) => link(*why),
            Self::NotMe(effect) => match effect {
                NotMeEffect::LinksEnd => "links_end",
                NotMeEffect::AccountLocks => "account_locks",
            },
            Self::SignInRejected(why) => sign_in(*why),
            Self::SignedIn(factor) => self::factor(*factor),
            Self::CodeRejected(why) => code(*why),
            Self::PasswordStanding(standing) => standing.as_str(),
            Self::ClockRanAhead(time) => stored_time(*time),
            _ => return None,
        })
    }
}

fn sign_in(why: RejectedSignIn) -> &'static str {
    match why {
        RejectedSignIn::UnknownAccount => "unknown_account",
        RejectedSignIn::Disabled => "disabled",
        RejectedSignIn::NoPassword => "no_password",
        RejectedSignIn::WrongPassword => "wrong_password",
        RejectedSignIn::Throttled => "throttled",
        RejectedSignIn::ClientThrottled => "client_throttled",
    }
}

fn code(why: RejectedCode) -> &'static str {
    match why {
        RejectedCode::Wrong => "wrong",
        RejectedCode::Stale => "stale",
        RejectedCode::Throttled => "throttled",
        RejectedCode::Spent => "spent",
    }
}

fn factor(factor: Factor) -> &'static str {
    match factor {
        Factor::PasswordOnly => "password_only",
        Factor::Totp => "totp",
        Factor::TotpResynchronised => "totp_resynchronised",
        Factor::TotpEnrolment => "totp_enrolment",
        Factor::RecoveryCode => "recovery_code",
        Factor::TrustedBrowser => "trusted_browser",
    }
}

fn link(why: InvalidLink) -> &'static str {
    match why {
        InvalidLink::Token(Reason::Malformed) => "token.malformed",
        InvalidLink::Token(Reason::UnknownKey) => "token.unknown_key",
        InvalidLink::Token(Reason::RevokedKey) => "token.revoked_key",
        InvalidLink::Token(Reason::Forged) => "token.forged",
        InvalidLink::Token(Reason::Expired) => "token.expired",
        InvalidLink::Token(Reason::ExpiryTooFar) => "token.expiry_too_far",
        InvalidLink::Token(_) => "token",
        InvalidLink::NotLive => "not_live",
        InvalidLink::Account => "account",
    }
}

fn stored_time(time: StoredTime) -> &'static str {
    match time {
        StoredTime::Budget => "budget",
        StoredTime::CodeStep => "code_step",
        StoredTime::Link => "link",
        StoredTime::Ticket => "ticket",
        StoredTime::Enrolment => "enrolment",
        StoredTime::Job => "job",
        StoredTime::KnownBrowser => "known_browser",
        StoredTime::TrustedBrowser => "trusted_browser",
        StoredTime::Report => "report",
        StoredTime::Session => "session",
    }
}

fn mail(problem: MailProblem) -> &'static str {
    match problem {
        MailProblem::UnregisteredTenant => "unregistered_tenant",
        MailProblem::TenantSourceFault => "tenant_source_fault",
        MailProblem::TenantBudget => "tenant_budget",
        MailProblem::AccountGone => "account_gone",
        MailProblem::SetUpOver => "set_up_over",
        MailProblem::TooManyLinks => "too_many_links",
        MailProblem::AccountChanged => "account_changed",
        MailProblem::AddressRefused => "address_refused",
        MailProblem::AccountNameRefused => "account_name_refused",
        MailProblem::IssuerRefused => "issuer_refused",
        MailProblem::Unwritable => "unwritable",
        MailProblem::Unfit => "unfit",
        MailProblem::NotSent(problem) => not_sent(problem),
        MailProblem::Unreadable => "unreadable",
        MailProblem::KeyMissing => "key_missing",
        MailProblem::StoreFault => "store_fault",
        MailProblem::DirectoryFault => "directory_fault",
        MailProblem::NoEntropy => "no_entropy",
        MailProblem::Unusable => "unusable",
        MailProblem::LeaseLost => "lease_lost",
        MailProblem::WorkerGone => "worker_gone",
    }
}

/// The code of the mail server is left out: codes are numbers without a bound.
fn not_sent(problem: SendProblem) -> &'static str {
    match problem {
        SendProblem::Answered(_) => "not_sent.answered",
        SendProblem::TimedOut => "not_sent.timed_out",
        SendProblem::Tls => "not_sent.tls",
        SendProblem::Connection => "not_sent.connection",
        SendProblem::Protocol => "not_sent.protocol",
        SendProblem::Address => "not_sent.address",
        SendProblem::Message => "not_sent.message",
        _ => "not_sent.other",
    }
}

fn account(problem: AccountProblem) -> &'static str {
    match problem {
        AccountProblem::Id => "id",
        AccountProblem::Login(LoginError::Empty) => "login.empty",
        AccountProblem::Login(LoginError::TooLong) => "login.too_long",
        AccountProblem::Login(LoginError::ControlCharacter) => "login.control_character",
        AccountProblem::Login(LoginError::OnlyColons) => "login.only_colons",
        AccountProblem::Login(LoginError::Invisible) => "login.invisible",
        AccountProblem::Mail(AddressError::TooLong) => "mail.too_long",
        AccountProblem::Mail(AddressError::NoSingleAt) => "mail.no_single_at",
        AccountProblem::Mail(AddressError::LocalPart) => "mail.local_part",
        AccountProblem::Mail(AddressError::LocalPartNotAscii) => "mail.local_part_not_ascii",
        AccountProblem::Mail(AddressError::Domain) => "mail.domain",
        AccountProblem::Mail(_) => "mail",
        AccountProblem::TooManyNoticeAddresses => "too_many_notice_addresses",
        AccountProblem::NoticeAddress(_) => "notice_address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counters::SLOTS;

    /// A kind that carries something has a reason, so that no count lumps its reasons together.
    #[test]
    fn carrying_kinds_have_reasons() {
        let kinds = include_str!("event.rs")
            .split("pub enum EventKind {")
            .nth(1)
            .and_then(|rest| rest.split("\n}").next())
            .unwrap_or_default();
        let carrying = kinds.lines().map(str::trim).filter_map(|line| {
            let (name, _) = line.split_once('(')?;
            name.chars().all(char::is_alphanumeric).then_some(name)
        });
        let here = include_str!("event_reason.rs");
        let mut found = 0;
        for name in carrying {
            assert!(here.contains(&format!("Self::{name}(")), "{name}");
            found += 1;
        }
        assert!(found >= 10, "{found}");
    }

    /// Reasons are plain words, as the portal's log writes them.
    #[test]
    fn reasons_are_those_of_the_variants() {
        for kind in [
            EventKind::ResetLinkInvalid(InvalidLink::Token(Reason::ExpiryTooFar)),
            EventKind::AccountUnfit(AccountProblem::Mail(AddressError::LocalPartNotAscii)),
            EventKind::CodeRejected(RejectedCode::Stale),
            EventKind::ClockRanAhead(StoredTime::KnownBrowser),
            EventKind::MailAbandoned(MailProblem::WorkerGone),
            EventKind::SignedIn(Factor::TotpEnrolment),
        ] {
            let debug = format!("{kind:?}");
            let carried = debug.split_once('(').map_or("", |(_, rest)| rest);
            let mut words = String::new();
            for c in carried.trim_end_matches(')').chars() {
                match c {
                    '(' => words.push('.'),
                    c if c.is_ascii_uppercase() => {
                        if !words.is_empty() && !words.ends_with('.') {
                            words.push('_');
                        }
                        words.push(c.to_ascii_lowercase());
                    }
                    c => words.push(c),
                }
            }
            assert_eq!(kind.reason(), Some(words.as_str()));
        }
    }

    #[test]
    fn every_label_has_a_slot() {
        let labels = |source: &str| source.matches("=> \"").count();
        let names = labels(include_str!("event_name.rs"));
        let reasons = labels(include_str!("event_reason.rs"));
        // The reasons of mails belong to two kinds.
        let most = names + 2 * reasons;
        assert!(names >= 39 && reasons >= 60, "{names} {reasons}");
        assert!(most <= SLOTS, "{most}");
    }
}
