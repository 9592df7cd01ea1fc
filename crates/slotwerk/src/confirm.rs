//! The first code of a new authenticator: it becomes active.

use crate::authenticator::{AuthenticatorId, AuthenticatorName};
use crate::code::Code;
use crate::enrol::SetUp;
use crate::event::{EventKind, Factor};
use crate::grant::Grant;
use crate::guess::{Charge, ChargingAll, budget, settling};
use crate::jobs::Notice;
use crate::label::account_name;
use crate::recovery_code::NewCodes;
use crate::rejection::{Rejection, RejectionCode};
use crate::scopes::Guarded;
use crate::tenant::EnrolmentDelivery;
use crate::throttled::Throttled;
use crate::ticket::StepError;
use crate::verify::rejected;
use slotwerk_recovery::CodeSet;
use slotwerk_store::{
    AttemptKey, BudgetChanges, ConfirmEnrolment, EnrolmentConfirmed, PendingEnrolment, Stage,
};
use slotwerk_totp::{Accepted, Hint, Parameters, Progress, Verdict, Window};

/// What a new authenticator is to be. The [`Default`] has no name and replaces none.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct NewAuthenticator {
    /// What the person calls it.
    pub name: Option<AuthenticatorName>,
    /// The one that it takes the place of, in a step of [`Session::manage`](crate::Session::manage): when a phone is replaced. The
    /// old one stays active until the first code of the new one is right.
    pub replaces: Option<AuthenticatorId>,
}

impl NewAuthenticator {
    /// Gives it a name.
    #[must_use]
    pub fn named(mut self, name: AuthenticatorName) -> Self {
        self.name = Some(name);
        self
    }

    /// Puts it in the place of another one.
    #[must_use]
    pub fn replacing(mut self, old: AuthenticatorId) -> Self {
        self.replaces = Some(old);
        self
    }
}

/// The answer to the first code of a new authenticator.
#[derive(Debug)]
pub enum ConfirmOutcome {
    /// The authenticator is active, the account's first, and the person is signed in.
    SignedIn {
        /// What the host turns into its session.
        grant: Grant,
        /// To be shown once; only digests are kept.
        recovery_codes: CodeSet,
    },
    /// The authenticator is active, beside the others.
    Added,
    /// The authenticator is active, and the old one is gone; links, tickets and sessions from before are
    /// over, this one too: start it again with the grant. Recovery codes stay.
    Replaced {
        /// What the host turns into its session. It is as old as the sign-in that the ticket came from.
        grant: Grant,
    },
    /// Not a code of now. The set-up goes on as it was.
    Rejected(Hint),
    /// The attempts are used up; the code was not looked at.
    Throttled(Throttled),
    /// Too many passwords and codes are being hashed. Nothing has changed: ask to enter the code again.
    Busy,
    /// Nothing is pending: it expired, or another page finished it. Begin again.
    Gone,
    /// The account has as many authenticators as it may have. Remove or replace one.
    TooMany,
    /// The one to replace is not there any more. Nothing has changed.
    NothingToReplace,
}

impl ConfirmOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::SignedIn { .. } | Self::Added | Self::Replaced { .. } => None,
            Self::Rejected(Hint::WaitForNext) => Some(RejectionCode::CodeUsed.into()),
            Self::Rejected(_) => Some(RejectionCode::CodeRejected.into()),
            Self::Throttled(why) => Some((*why).into()),
            Self::Busy => Some(RejectionCode::Busy.into()),
            Self::Gone => Some(RejectionCode::SetUpOver.into()),
            Self::TooMany => Some(RejectionCode::TooManyAuthenticators.into()),
            Self::NothingToReplace => Some(RejectionCode::UnknownAuthenticator.into()),
        }
    }
}

/// A set-up whose first code is right.
struct Confirming<'a> {
    pending: &'a PendingEnrolment,
    accepted: &'a Accepted,
    new: &'a NewAuthenticator,
    /// With the first authenticator.
    codes: Option<NewCodes>,
    charges: Vec<Charge>,
    now: u64,
}

impl SetUp {
    /// Activates the pending authenticator with its first code, which is used then. A notice goes to the person.
    ///
    /// In a sign-in it is the account's first one and finishes the sign-in, and every other session ends; in a step
    /// of [`Session::manage`](crate::Session::manage) it comes beside the others, or in the place of one.
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`](crate::Fault) of store, directory, keys, entropy or hashing;
    /// nothing has changed then.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "enrolment_confirm",
            skip_all,
            fields(
                tenant = self.live.key.tenant(),
                account = %self.live.inner().pseudonym(&self.live.key),
            )
        )
    )]
    pub async fn confirm(
        &self,
        code: &Code,
        new: &NewAuthenticator,
    ) -> Result<ConfirmOutcome, StepError> {
        let live = &self.live;
        let (inner, key) = (live.inner(), &live.key);
        let now = inner.now();
        let Some(pending) = self.own_pending().await? else {
            return Ok(ConfirmOutcome::Gone);
        };
        let mut budgets = Vec::with_capacity(2);
        if self.is_mailed() {
            // Somebody who has not seen the mail guesses, and another set-up must not be another budget.
            let all = inner.account_budget(Guarded::Enrolment, key);
            budgets.push(budget(all, inner.limits.set_up_attempts()));
        }
        let own = inner.authenticator_budget(key, pending.id);
        budgets.push(budget(own, inner.limits.code_attempts));
        let charges = match inner.charge_guess(key, budgets).await? {
            ChargingAll::Granted(charges) => charges,
            ChargingAll::Denied { refusal, .. } => {
                return Ok(ConfirmOutcome::Throttled(refusal.into()));
            }
        };
        let secret = self.secret(&pending)?;
        let verdict = slotwerk_totp::verify(
            &secret,
            &Parameters::ISSUED,
            Window::default(),
            &Progress::default(),
            &code.0,
            now,
        );
        let hint = match verdict {
            Verdict::Accepted(_) => Hint::None,
            // The first watermark will be above it, so there is nothing to store.
            Verdict::RolledOver(_) => Hint::WaitForNext,
            Verdict::Rejected(hint) => hint,
            _ => Hint::None,
        };
        let Some(accepted) = verdict.accepted() else {
            live.emit(EventKind::CodeRejected(rejected(hint)));
            return Ok(ConfirmOutcome::Rejected(hint));
        };
        let codes = if live.stage == Stage::Enrol {
            // Before the transaction: hashing ten codes takes a while.
            let settings = &live.tenant.settings;
            let Some(codes) = inner.new_recovery_codes(settings, key).await? else {
                // The code was right: the crowd at the pool must not cost an attempt.
                for charge in charges {
                    inner.settle_quietly(charge).await;
                }
                return Ok(ConfirmOutcome::Busy);
            };
            Some(codes)
        } else {
            None
        };
        let confirming = Confirming {
            pending: &pending,
            accepted: &accepted,
            new,
            codes,
            charges,
            now,
        };
        self.activate(confirming).await
    }

    /// The budgets that come back with the first right code.
    fn proven_budgets(&self, first: bool) -> Vec<AttemptKey> {
        let (inner, key) = (self.live.inner(), &self.live.key);
        let mut budgets = Vec::new();
        if self.is_mailed() {
            // The code came by mail: that proves the mailbox, as a mailed link does.
            budgets.push(inner.account_budget(Guarded::Enrolment, key));
        }
        if first {
            // The recovery codes are new: nobody has guessed at them.
            budgets.push(inner.account_budget(Guarded::RecoveryCode, key));
        }
        budgets
    }

    fn is_mailed(&self) -> bool {
        self.delivery() == EnrolmentDelivery::MailedBothFactorsInOneMailbox
    }

    async fn activate(&self, confirming: Confirming<'_>) -> Result<ConfirmOutcome, StepError> {
        let Confirming {
            pending,
            accepted,
            new,
            codes,
            charges,
            now,
        } = confirming;
        let live = &self.live;
        let inner = live.inner();
        let name = new.name.as_ref().map(|name| name.as_str().to_owned());
        let first = live.stage == Stage::Enrol;
        let (shown, stored) = codes.map(|codes| (codes.shown, codes.stored)).unzip();
        let (most_active, replaces) = if first {
            (0, None)
        } else {
            let room_for_one = inner.limits.authenticators.saturating_sub(1);
            (room_for_one, new.replaces.map(|old| old.0))
        };
        // A mail about one of several says which one it is.
        let issuer = &live.tenant.settings.issuer;
        let label = || account_name(issuer, &live.account.login, pending.ordinal);
        let called = name.clone().or_else(|| (!first).then(label));
        let notice = match replaces {
            Some(_) => Notice::AuthenticatorReplaced { name: called },
            None => Notice::AuthenticatorAdded {
                name: called,
                first,
            },
        };
        let command = ConfirmEnrolment {
            ticket: live.token,
            stage: live.stage,
            account: live.key.clone(),
            enrolment: pending.id,
            name,
            most_active,
            replaces,
            // Whoever had the password alone is signed out.
            revokes: first,
            step: accepted.step(),
            drift: accepted.drift(),
            recovery_codes: stored,
            notice: Some(live.tenant.notice(&live.key, notice)?),
            subject: inner.subject(&live.key),
            now,
            budgets: BudgetChanges {
                lift: self.proven_budgets(first),
                ..settling(charges)
            },
        };
        let epoch = match inner.store.confirm_enrolment(&command).await? {
            EnrolmentConfirmed::Confirmed { epoch } => epoch,
            EnrolmentConfirmed::Gone => return Ok(ConfirmOutcome::Gone),
            // The sign-in asked for a first one, and there is one meanwhile.
            EnrolmentConfirmed::TooMany if first => return live.over(),
            EnrolmentConfirmed::TooMany => return Ok(ConfirmOutcome::TooMany),
            EnrolmentConfirmed::NothingToReplace => {
                return Ok(ConfirmOutcome::NothingToReplace);
            }
            EnrolmentConfirmed::TicketInvalid => return live.over(),
        };
        inner.wake_outbox();
        if let Some(recovery_codes) = shown {
            live.emit(EventKind::AuthenticatorAdded);
            live.emit(EventKind::SignedIn(Factor::TotpEnrolment));
            return Ok(ConfirmOutcome::SignedIn {
                grant: live.grant(epoch, now),
                recovery_codes,
            });
        }
        if replaces.is_none() {
            live.emit(EventKind::AuthenticatorAdded);
            return Ok(ConfirmOutcome::Added);
        }
        live.emit(EventKind::AuthenticatorReplaced);
        Ok(ConfirmOutcome::Replaced {
            grant: live.grant_again(epoch),
        })
    }
}
