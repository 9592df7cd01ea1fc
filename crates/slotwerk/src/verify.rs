//! The second factor: a code of the app, or a recovery code.

use crate::auth::Auth;
use crate::enrol::rejected;
use crate::event::{EventKind, Factor, RejectedCode};
use crate::fault::Fault;
use crate::guess::Guess;
use crate::jobs::Notice;
use crate::scopes::Guarded;
use crate::ticket::Grant;
use slotwerk_recovery::RecoveryCode;
use slotwerk_store::{
    AdvanceTotpStep, Authenticator, CodeDigest, RecoveryCodeSpent, SpendRecoveryCode, Stage,
    StepAdvanced,
};
use slotwerk_totp::{Hint, Parameters, Progress, Secret, Verdict, Window};
use std::time::Duration;

/// The answer to a code of an authenticator app.
#[derive(Debug)]
#[non_exhaustive]
pub enum CodeVerification {
    /// The person is signed in. The code is burnt.
    SignedIn(Grant),
    /// Not a code that is accepted now; the hint says whether the next one may be.
    Rejected(Hint),
    /// The budget is used up; the code was not looked at.
    Throttled {
        /// How long to wait; `None` if waiting does not help: use a recovery code.
        retry_after: Option<Duration>,
    },
    /// The ticket is over; sign in again.
    TicketDead,
}

/// The answer to a recovery code.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecoveryCodeRedemption {
    /// The person is signed in. The code is spent.
    SignedIn {
        /// What the host turns into its session.
        grant: Grant,
        /// How many codes are left.
        remaining: u32,
    },
    /// No such code, or it was spent before.
    Rejected,
    /// The budget is used up; the code was not looked at.
    Throttled {
        /// How long to wait; `None` if waiting does not help.
        retry_after: Option<Duration>,
    },
    /// The ticket is over; sign in again.
    TicketDead,
}

impl Auth {
    /// Checks a code of an active authenticator and finishes the sign-in.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    pub async fn verify_code(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
    ) -> Result<CodeVerification, Fault> {
        let inner = &self.inner;
        let Some(live) = self.guessing(tenant, ticket, Stage::Verify).await? else {
            return Ok(CodeVerification::TicketDead);
        };
        let who = Some(live.key.account());
        let now = inner.now();
        // A guess is one at every authenticator, and each keeps count of its own.
        let (mut open, mut waits) = (Vec::new(), Vec::new());
        for authenticator in inner.store.authenticators(&live.key).await? {
            let budget = inner.authenticator_budget(&live.key, authenticator.id);
            match self
                .charge_guess(&live, budget, inner.limits.code_attempts)
                .await?
            {
                Guess::Charged(budget) => open.push((authenticator, budget)),
                Guess::Throttled { retry_after } => waits.push(retry_after),
            }
        }
        if open.is_empty() && !waits.is_empty() {
            let retry_after = waits.into_iter().flatten().min();
            return Ok(CodeVerification::Throttled { retry_after });
        }
        let mut hint = Hint::None;
        for (authenticator, _) in &open {
            let plain = inner.open_secret(&live.key, authenticator.id, &authenticator.sealed)?;
            let secret =
                Secret::from_bytes(&plain).map_err(|_| Fault::Unusable("a stored secret"))?;
            match check(&secret, authenticator, code, now) {
                Verdict::Rejected(Hint::WaitForNext) => hint = Hint::WaitForNext,
                Verdict::Accepted(accepted) => {
                    let command = AdvanceTotpStep {
                        ticket: live.token,
                        account: live.key.clone(),
                        authenticator: authenticator.id,
                        step: accepted.step(),
                        drift: accepted.drift(),
                        subject: inner.subject(&live.key),
                        now,
                    };
                    match inner.store.advance_totp_step(&command).await? {
                        StepAdvanced::Advanced { version } => {
                            for (_, budget) in &open {
                                self.settle_quietly(*budget).await;
                            }
                            inner.tell(tenant, who, EventKind::SignedIn(Factor::Totp));
                            return Ok(CodeVerification::SignedIn(Grant::new(
                                &live.key,
                                version,
                                live.standing,
                            )));
                        }
                        // Another request was faster with the same code.
                        StepAdvanced::Replayed => hint = Hint::WaitForNext,
                        StepAdvanced::TicketDead => return Ok(CodeVerification::TicketDead),
                    }
                }
                _ => {}
            }
        }
        inner.tell(tenant, who, EventKind::CodeRejected(rejected(hint)));
        Ok(CodeVerification::Rejected(hint))
    }

    /// Spends a recovery code and finishes the sign-in. A notice goes to the person.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy; nothing has changed then.
    pub async fn redeem_recovery_code(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
    ) -> Result<RecoveryCodeRedemption, Fault> {
        let inner = &self.inner;
        let Some(live) = self.guessing(tenant, ticket, Stage::Verify).await? else {
            return Ok(RecoveryCodeRedemption::TicketDead);
        };
        let budget = inner.account_budget(Guarded::RecoveryCode, &live.key);
        let guess = self.charge_guess(&live, budget, inner.limits.recovery_attempts);
        if let Guess::Throttled { retry_after } = guess.await? {
            return Ok(RecoveryCodeRedemption::Throttled { retry_after });
        }
        let who = Some(live.key.account());
        let Ok(code) = RecoveryCode::parse(code) else {
            inner.tell(tenant, who, EventKind::CodeRejected(RejectedCode::Wrong));
            return Ok(RecoveryCodeRedemption::Rejected);
        };
        let digests = code.digests(&inner.keys, tenant, live.key.account());
        let command = SpendRecoveryCode {
            ticket: live.token,
            account: live.key.clone(),
            digests: digests
                .iter()
                .map(|digest| CodeDigest(*digest.as_bytes()))
                .collect(),
            notice: Some(inner.notice(&live.key, Notice::RecoveryCodeUsed)?),
            subject: inner.subject(&live.key),
            now: inner.now(),
        };
        match inner.store.spend_recovery_code(&command).await? {
            RecoveryCodeSpent::Spent { remaining, version } => {
                self.wake_outbox();
                // The way in after a hard stop on codes: both counters start afresh.
                self.settle_quietly(budget).await;
                self.lift_authenticators_quietly(&live.key).await;
                inner.tell(tenant, who, EventKind::SignedIn(Factor::RecoveryCode));
                Ok(RecoveryCodeRedemption::SignedIn {
                    grant: Grant::new(&live.key, version, live.standing),
                    remaining,
                })
            }
            RecoveryCodeSpent::Unknown => {
                inner.tell(tenant, who, EventKind::CodeRejected(RejectedCode::Wrong));
                Ok(RecoveryCodeRedemption::Rejected)
            }
            RecoveryCodeSpent::TicketDead => Ok(RecoveryCodeRedemption::TicketDead),
        }
    }
}

fn check(secret: &Secret, authenticator: &Authenticator, code: &str, now: u64) -> Verdict {
    let progress = Progress {
        watermark: Some(authenticator.watermark),
        drift: authenticator.drift,
    };
    slotwerk_totp::verify(
        secret,
        &Parameters::ISSUED,
        Window::default(),
        &progress,
        code,
        now,
    )
}
