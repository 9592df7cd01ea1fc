//! Changing the second factor of somebody who has just shown it: rename, remove, new recovery codes, and a
//! set-up to add or replace one.

use crate::authenticator::{AuthenticatorId, AuthenticatorName};
use crate::directory::Account;
use crate::enrol::SetUp;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::grant::Grant;
use crate::guess::lifting;
use crate::jobs::Notice;
use crate::label::account_name;
use crate::rejection::{Rejection, RejectionCode};
use crate::scopes::Guarded;
use crate::tenant::SecondFactor;
use crate::ticket::{LiveTicket, StepError, Ticket};
use slotwerk_recovery::CodeSet;
use slotwerk_store::{
    AuthenticatorRemoved, AuthenticatorRenamed, RecoveryCodesRenewed, RemoveAuthenticator,
    RenameAuthenticator, RenewRecoveryCodes, ReplacedCodes,
};

/// The step in which a person changes their second factor: they have shown it lately. Only
/// [`Session::manage`](crate::Session::manage) and [`TenantAuth::resume`](crate::TenantAuth::resume) make one.
///
/// A session alone is not enough (ASVS 5.0 7.5.1, NIST SP 800-63B-4 section 4.1.2.1): anybody at a computer
/// that was left open could otherwise add an authenticator.
///
/// ```compile_fail
/// # async fn run(session: slotwerk::Session) -> Result<(), slotwerk::StepError> {
/// session.renew_recovery_codes().await?; // a session has no such call: it goes through `manage`
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Managing {
    pub(crate) live: LiveTicket,
}

/// The answer to another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameOutcome {
    /// It has the name.
    Renamed,
    /// No such authenticator; it may have been removed meanwhile.
    Unknown,
}

impl RenameOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::Renamed => None,
            Self::Unknown => Some(RejectionCode::UnknownAuthenticator.into()),
        }
    }
}

/// The answer to the removal of an authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoveOutcome {
    /// It is gone; links, tickets and sessions from before are over, this one too: start it again with
    /// the grant.
    Removed {
        /// What the host turns into its session. It is as old as the sign-in that the ticket came from.
        grant: Grant,
        /// How many are left.
        left: u32,
    },
    /// It is the last one, and this tenant asks for a second factor: replace it instead.
    Last,
    /// No such authenticator; it may have been removed meanwhile.
    Unknown,
}

impl RemoveOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::Removed { .. } => None,
            Self::Last => Some(RejectionCode::LastAuthenticator.into()),
            Self::Unknown => Some(RejectionCode::UnknownAuthenticator.into()),
        }
    }
}

/// The answer to the wish for new recovery codes.
#[derive(Debug)]
pub enum RenewOutcome {
    /// To be shown once; only digests are kept. No earlier code works any more.
    Renewed(CodeSet),
    /// The account has other codes than the form was about: it was sent before, here or elsewhere. Nothing has changed.
    OtherCodes,
    /// Too many passwords and codes are being hashed. Nothing has changed; ask to try again.
    Busy,
}

impl RenewOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::Renewed(_) => None,
            Self::OtherCodes => Some(RejectionCode::CodesAlreadyRenewed.into()),
            Self::Busy => Some(RejectionCode::Busy.into()),
        }
    }
}

impl Managing {
    /// The ticket behind the step, to keep until the next request. It lasts as long as
    /// [`Limits::step_up_lifetime`](crate::Limits::step_up_lifetime) after the sign-in.
    #[must_use]
    pub fn ticket(&self) -> &Ticket {
        &self.live.ticket
    }

    /// The account that the step is for. Its password was right.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.live.account
    }

    /// Goes on to the set-up of a further authenticator, or of one that replaces another.
    #[must_use]
    pub fn set_up(self) -> SetUp {
        SetUp { live: self.live }
    }

    /// Gives an authenticator another name.
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`](crate::Fault) of store, directory or keys; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "authenticator_rename", skip_all, fields(tenant = self.live.key.tenant(), account = %self.live.inner().pseudonym(&self.live.key))))]
    pub async fn rename(
        &self,
        authenticator: AuthenticatorId,
        name: &AuthenticatorName,
    ) -> Result<RenameOutcome, StepError> {
        let live = &self.live;
        let inner = live.inner();
        let command = RenameAuthenticator {
            ticket: live.token,
            subject: inner.subject(&live.key),
            authenticator: authenticator.0,
            name: Some(name.as_str().to_owned()),
            now: inner.now(),
            account: live.key.clone(),
        };
        match inner.store.rename_authenticator(&command).await? {
            AuthenticatorRenamed::Renamed => {
                live.emit(EventKind::AuthenticatorRenamed);
                Ok(RenameOutcome::Renamed)
            }
            AuthenticatorRenamed::Unknown => Ok(RenameOutcome::Unknown),
            AuthenticatorRenamed::TicketInvalid => live.over(),
        }
    }

    /// Removes an authenticator and ends every session. A notice goes to the person.
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`](crate::Fault) of store, directory, keys or entropy; nothing has
    /// changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "authenticator_remove", skip_all, fields(tenant = self.live.key.tenant(), account = %self.live.inner().pseudonym(&self.live.key))))]
    pub async fn remove(&self, authenticator: AuthenticatorId) -> Result<RemoveOutcome, StepError> {
        let live = &self.live;
        let (inner, settings) = (live.inner(), &live.tenant.settings);
        let active = inner.store.authenticators(&live.key).await?;
        let last = active.len() == 1;
        let Some(found) = active.into_iter().find(|one| one.id == authenticator.0) else {
            return Ok(RemoveOutcome::Unknown);
        };
        // Where there are others, the mail says which one it was.
        let label =
            (!last).then(|| account_name(&settings.issuer, &live.account.login, found.ordinal));
        let notice = Notice::AuthenticatorRemoved {
            name: found.name.or(label),
            last,
        };
        let command = RemoveAuthenticator {
            ticket: live.token,
            account: live.key.clone(),
            authenticator: authenticator.0,
            last_may_go: settings.second_factor == SecondFactor::WhenEnrolled,
            notice: Some(live.tenant.notice(&live.key, notice)?),
            subject: inner.subject(&live.key),
            now: inner.now(),
        };
        match inner.store.remove_authenticator(&command).await? {
            AuthenticatorRemoved::Removed { left, epoch } => {
                inner.wake_outbox();
                live.emit(EventKind::AuthenticatorRemoved);
                Ok(RemoveOutcome::Removed {
                    grant: live.grant_again(epoch),
                    left,
                })
            }
            AuthenticatorRemoved::Last => Ok(RemoveOutcome::Last),
            AuthenticatorRemoved::Unknown => Ok(RemoveOutcome::Unknown),
            AuthenticatorRemoved::TicketInvalid => live.over(),
        }
    }

    /// Makes ten new recovery codes; the earlier ones stop working. A notice goes to the person.
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`](crate::Fault) of store, directory, keys, entropy or hashing;
    /// nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "recovery_codes_renew", skip_all, fields(tenant = self.live.key.tenant(), account = %self.live.inner().pseudonym(&self.live.key))))]
    pub async fn renew_recovery_codes(&self) -> Result<RenewOutcome, StepError> {
        self.renew(ReplacedCodes::Any).await
    }

    /// A mark of the recovery codes that the account has, for the form that asks for new ones. The next set has another
    /// mark. It tells nothing about the codes.
    ///
    /// # Errors
    ///
    /// A [`Fault`](crate::Fault) of the store.
    pub async fn recovery_codes_mark(&self) -> Result<String, Fault> {
        let hashing = self.hashing().await?;
        Ok(self.mark(hashing.as_deref()))
    }

    /// As [`renew_recovery_codes`](Self::renew_recovery_codes), if the account still has the codes of this
    /// [mark](Self::recovery_codes_mark). Of several forms that were sent at once, or of one that is loaded again, one makes
    /// new codes. Otherwise the last one would make the codes of the others invalid before anybody has written them down.
    ///
    /// # Errors
    ///
    /// As for [`renew_recovery_codes`](Self::renew_recovery_codes).
    pub async fn renew_recovery_codes_of(&self, mark: &str) -> Result<RenewOutcome, StepError> {
        let hashing = self.hashing().await?;
        // A mark is no secret, and who presents it has the way to change the second factor.
        if self.mark(hashing.as_deref()) != mark {
            return Ok(RenewOutcome::OtherCodes);
        }
        self.renew(ReplacedCodes::Set(hashing)).await
    }

    async fn hashing(&self) -> Result<Option<String>, Fault> {
        let live = &self.live;
        let store = &live.inner().store;
        Ok(store.recovery_code_hashing(&live.key).await?)
    }

    fn mark(&self, hashing: Option<&str>) -> String {
        let live = &self.live;
        live.inner().codes_mark(&live.key, hashing)
    }

    async fn renew(&self, replaces: ReplacedCodes) -> Result<RenewOutcome, StepError> {
        let live = &self.live;
        let inner = live.inner();
        let settings = &live.tenant.settings;
        let Some(codes) = inner.new_recovery_codes(settings, &live.key).await? else {
            return Ok(RenewOutcome::Busy);
        };
        let command = RenewRecoveryCodes {
            ticket: live.token,
            account: live.key.clone(),
            replaces,
            recovery_codes: codes.stored,
            notice: Some(
                live.tenant
                    .notice(&live.key, Notice::RecoveryCodesRenewed)?,
            ),
            subject: inner.subject(&live.key),
            now: inner.now(),
            // They are new: nobody has guessed at them.
            budgets: lifting([inner.account_budget(Guarded::RecoveryCode, &live.key)]),
        };
        match inner.store.renew_recovery_codes(&command).await? {
            RecoveryCodesRenewed::Renewed => {
                inner.wake_outbox();
                live.emit(EventKind::RecoveryCodesRenewed);
                Ok(RenewOutcome::Renewed(codes.shown))
            }
            RecoveryCodesRenewed::OtherSet => Ok(RenewOutcome::OtherCodes),
            RecoveryCodesRenewed::TicketInvalid => live.over(),
        }
    }
}
