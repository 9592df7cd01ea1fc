//! The first code of a new authenticator: it becomes active.

use crate::auth::Auth;
use crate::authenticator::{AuthenticatorId, AuthenticatorName};
use crate::enrol::{SETTING_UP, delivery};
use crate::event::{EventKind, Factor};
use crate::fault::Fault;
use crate::guess::{Guess, wait};
use crate::jobs::Notice;
use crate::label::account_name;
use crate::recovery_code::NewCodes;
use crate::scopes::Guarded;
use crate::tenant::EnrolmentDelivery;
use crate::ticket::{Grant, LiveTicket};
use crate::verify::rejected;
use slotwerk_recovery::CodeSet;
use slotwerk_store::{
    BudgetChanges, ConfirmEnrolment, EnrolmentConfirmed, PendingEnrolment, Stage,
};
use slotwerk_throttle::Allowance;
use slotwerk_totp::{Accepted, Code, Hint, Parameters, Progress, Verdict, Window};
use std::time::Duration;

/// What a new authenticator is to be. The [`Default`] has no name and replaces none.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct NewAuthenticator {
    /// What the person calls it.
    pub name: Option<AuthenticatorName>,
    /// The one that it takes the place of, with a ticket from [`Auth::manage`]: when a phone is replaced. The
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
#[non_exhaustive]
pub enum EnrolmentConfirmation {
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
    /// Not six digits: an error of the form, which costs no attempt. See [`Code`] for what is read.
    Malformed,
    /// The budget is used up; the code was not looked at.
    Throttled {
        /// How long to wait; `None` if waiting does not help: a new password by mail does, or a help desk.
        retry_after: Option<Duration>,
    },
    /// Too many passwords and codes are being hashed. Nothing has changed: ask to enter the code again.
    Busy,
    /// Nothing is pending: it expired, or another page finished it. Begin again.
    Gone,
    /// The account has as many authenticators as it may have. Remove or replace one.
    TooMany,
    /// The one to replace is not there any more. Nothing has changed.
    NothingToReplace,
    /// The ticket is over; sign in again.
    TicketDead,
}

/// A set-up whose first code is right.
struct Confirming<'a> {
    live: &'a LiveTicket,
    pending: &'a PendingEnrolment,
    accepted: &'a Accepted,
    new: &'a NewAuthenticator,
    /// With the first authenticator.
    codes: Option<NewCodes>,
    now: u64,
}

impl Auth {
    /// Activates the pending authenticator with its first code, which is burnt. A notice goes to the person.
    ///
    /// With the ticket of a sign-in it is the account's first one and finishes the sign-in, and every other session
    /// ends; with a ticket from [`Auth::manage`] it comes beside the others, or in the place of one.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    pub async fn confirm_enrolment(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
        new: &NewAuthenticator,
    ) -> Result<EnrolmentConfirmation, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let Some(live) = self.guessing(tenant, ticket, &SETTING_UP).await? else {
            return Ok(EnrolmentConfirmation::TicketDead);
        };
        let Ok(code) = Code::parse(code, &Parameters::ISSUED) else {
            return Ok(EnrolmentConfirmation::Malformed);
        };
        let now = inner.now();
        let Some(pending) = self.pending(&settings, &live).await? else {
            return Ok(EnrolmentConfirmation::Gone);
        };
        let mut budgets: Vec<(_, Allowance)> = vec![(
            inner.authenticator_budget(&live.key, pending.id),
            inner.limits.code_attempts,
        )];
        let mailed = delivery(&settings, &live) == EnrolmentDelivery::MailedBothFactorsInOneMailbox;
        let all = inner.account_budget(Guarded::Enrolment, &live.key);
        if mailed {
            // Somebody who has not seen the mail guesses, and another set-up must not be another budget.
            budgets.insert(0, (all, inner.limits.set_up_attempts().into()));
        }
        let mut charges = Vec::new();
        for (budget, allowance) in budgets {
            match self.charge_guess(&live, budget, allowance).await? {
                Guess::Charged(charge) => charges.push(charge),
                Guess::Refused(refusal) => {
                    return Ok(EnrolmentConfirmation::Throttled {
                        retry_after: wait(refusal),
                    });
                }
            }
        }
        let secret = self.pending_secret(&live, &pending)?;
        let verdict = slotwerk_totp::verify(
            &secret,
            &Parameters::ISSUED,
            Window::default(),
            &Progress::default(),
            &code,
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
            let kind = EventKind::CodeRejected(rejected(hint));
            inner.tell(tenant, Some(live.key.account()), kind);
            return Ok(EnrolmentConfirmation::Rejected(hint));
        };
        let codes = if live.stage == Stage::Enrol {
            // Before the transaction: hashing ten codes takes a while.
            let Some(codes) = self.new_recovery_codes(&settings, &live.key).await? else {
                // The code was right: the crowd at the pool must not cost an attempt.
                for charge in charges {
                    self.settle_quietly(charge).await;
                }
                return Ok(EnrolmentConfirmation::Busy);
            };
            Some(codes)
        } else {
            None
        };
        let confirming = Confirming {
            live: &live,
            pending: &pending,
            accepted: &accepted,
            new,
            codes,
            now,
        };
        let confirmed = self.activate(confirming).await?;
        if let EnrolmentConfirmation::SignedIn { .. }
        | EnrolmentConfirmation::Added
        | EnrolmentConfirmation::Replaced { .. } = confirmed
        {
            self.wake_outbox();
            for charge in charges {
                self.settle_quietly(charge).await;
            }
            if mailed {
                // The code came by mail: that proves the mailbox, as a mailed link does.
                self.lift_quietly(all).await;
            }
        }
        if let EnrolmentConfirmation::SignedIn { .. } = confirmed {
            // They are new: nobody has guessed at them.
            self.lift_quietly(inner.account_budget(Guarded::RecoveryCode, &live.key))
                .await;
        }
        Ok(confirmed)
    }

    async fn activate(&self, confirming: Confirming<'_>) -> Result<EnrolmentConfirmation, Fault> {
        let inner = &self.inner;
        let Confirming {
            live,
            pending,
            accepted,
            new,
            codes,
            now,
        } = confirming;
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
        let settings = self.require_tenant(live.key.tenant())?;
        let label = || account_name(&settings.issuer, &live.account.login, pending.ordinal);
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
            notice: Some(inner.notice(&live.key, notice)?),
            subject: inner.subject(&live.key),
            now,
            budgets: BudgetChanges::default(),
        };
        let epoch = match inner.store.confirm_enrolment(&command).await? {
            EnrolmentConfirmed::Confirmed { epoch } => epoch,
            EnrolmentConfirmed::Gone => return Ok(EnrolmentConfirmation::Gone),
            // The sign-in asked for a first one, and there is one meanwhile.
            EnrolmentConfirmed::TooMany if first => return Ok(EnrolmentConfirmation::TicketDead),
            EnrolmentConfirmed::TooMany => return Ok(EnrolmentConfirmation::TooMany),
            EnrolmentConfirmed::NothingToReplace => {
                return Ok(EnrolmentConfirmation::NothingToReplace);
            }
            EnrolmentConfirmed::TicketDead => return Ok(EnrolmentConfirmation::TicketDead),
        };
        let (tenant, who) = (live.key.tenant(), Some(live.key.account()));
        if let Some(recovery_codes) = shown {
            inner.tell(tenant, who, EventKind::AuthenticatorAdded);
            inner.tell(tenant, who, EventKind::SignedIn(Factor::TotpEnrolment));
            return Ok(EnrolmentConfirmation::SignedIn {
                grant: live.grant(epoch, now),
                recovery_codes,
            });
        }
        if replaces.is_none() {
            inner.tell(tenant, who, EventKind::AuthenticatorAdded);
            return Ok(EnrolmentConfirmation::Added);
        }
        inner.tell(tenant, who, EventKind::AuthenticatorReplaced);
        Ok(EnrolmentConfirmation::Replaced {
            grant: live.grant_again(epoch, inner.limits.step_up_lifetime),
        })
    }
}
