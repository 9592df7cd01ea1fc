//! The second factor: a code of the app, or two in a row of a phone whose clock is far off.

use crate::code::Code;
use crate::directory::Account;
use crate::event::{EventKind, Factor, RejectedCode, StoredTime};
use crate::fault::Fault;
use crate::grant::Grant;
use crate::guess::{Charge, Charging, budget, settling};
use crate::jobs::Notice;
use crate::label::account_name;
use crate::rejection::{Rejection, RejectionCode};
use crate::throttled::Throttled;
use crate::ticket::{LiveTicket, StepError, Ticket};
use slotwerk_store::{
    AdvanceTotpStep, Authenticator, AuthenticatorKind, BudgetChanges, StepAdvanced,
};
use slotwerk_store::{MoveWatermark, WatermarkMoved};
use slotwerk_throttle::Refusal;
use slotwerk_totp::{
    Accepted, ClockHint, Hint, Parameters, Progress, Search, Secret, Verdict, Window,
};
use std::time::Duration;

/// The step of a sign-in in which the person shows the second factor. A verified ticket stands behind it; only
/// [`TenantAuth::sign_in`](crate::TenantAuth::sign_in), [`TenantAuth::resume`](crate::TenantAuth::resume) and
/// [`StepUp::by_code`](crate::StepUp::by_code) make one.
#[derive(Debug)]
pub struct Verification {
    pub(crate) live: LiveTicket,
}

/// The answer to a code of an authenticator app.
#[derive(Debug)]
pub enum CodeOutcome {
    /// The person is signed in. The code is used.
    SignedIn {
        /// What the host turns into its session.
        grant: Grant,
        /// How far the phone's clock is off, if it is worth saying. Codes are accepted all the same.
        clock: Option<ClockHint>,
    },
    /// Not a code that is accepted now.
    Rejected {
        /// Whether the next one may be. To any other, say that the phone's clock may be off, and offer
        /// [two codes in a row](Verification::two_codes).
        hint: Hint,
        /// With [`Hint::WaitForNext`], how long until a phone whose clock is right shows a code that was not
        /// used yet; zero if it does so already.
        next_code_in: Duration,
        /// Why codes of others of the account's authenticators were not looked at, if there are such: what
        /// is overcome soonest.
        ///
        /// It depends on the attempts alone, never on the code. Who knows the password learns that the account
        /// has several.
        withheld: Option<Throttled>,
    },
    /// The attempts at every authenticator are used up; the code was not looked at.
    Throttled(Throttled),
}

impl CodeOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::SignedIn { .. } => None,
            Self::Rejected {
                hint: Hint::WaitForNext,
                next_code_in,
                ..
            } => Some(Rejection::from(RejectionCode::CodeUsed).after(*next_code_in)),
            Self::Rejected { .. } => Some(RejectionCode::CodeRejected.into()),
            Self::Throttled(why) => Some((*why).into()),
        }
    }
}

impl Verification {
    /// The ticket behind the step, to keep until the next request.
    #[must_use]
    pub fn ticket(&self) -> &Ticket {
        &self.live.ticket
    }

    /// The account that the step is for. Its password was right.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.live.account
    }

    /// Checks a code of an active authenticator and finishes the sign-in.
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`] of store, directory or keys. With several authenticators, one
    /// whose secret cannot be opened does not keep the others' codes out; a code that none of those accepts is a
    /// fault then.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "code",
            skip_all,
            fields(
                tenant = self.live.key.tenant(),
                account = %self.live.inner().pseudonym(&self.live.key),
            )
        )
    )]
    pub async fn code(&self, code: &Code) -> Result<CodeOutcome, StepError> {
        self.check(&Presented::Code(code)).await
    }

    /// Finishes the sign-in of somebody whose phone's clock is far off, by two codes that it showed one
    /// after the other (RFC 4226 section 7.4). From then on single codes of that phone work. A notice goes to the
    /// person.
    ///
    /// It is charged to the same budget as a code, as one attempt, and is far harder to guess: see
    /// [`slotwerk_totp::resynchronise`]. Both codes are used.
    ///
    /// # Errors
    ///
    /// As [`code`](Self::code), and a [`Fault`] of entropy.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "two_codes",
            skip_all,
            fields(
                tenant = self.live.key.tenant(),
                account = %self.live.inner().pseudonym(&self.live.key),
            )
        )
    )]
    pub async fn two_codes(&self, first: &Code, second: &Code) -> Result<CodeOutcome, StepError> {
        let search = self.live.inner().limits.resynchronisation;
        self.check(&Presented::InARow {
            first,
            second,
            search,
        })
        .await
    }

    async fn check(&self, presented: &Presented<'_>) -> Result<CodeOutcome, StepError> {
        let live = &self.live;
        let now = live.inner().now();
        let Charged { open, withheld } = live.charge_authenticators().await?;
        if let (true, Some(refusal)) = (open.is_empty(), withheld) {
            return Ok(CodeOutcome::Throttled(refusal.into()));
        }
        let (mut next_code_in, mut unreadable) = (None, None);
        for (authenticator, _) in &open {
            let secret = match live.open_authenticator(authenticator) {
                Ok(secret) => secret,
                Err(fault) => {
                    live.emit(EventKind::AuthenticatorUnreadable);
                    unreadable = Some(fault);
                    continue;
                }
            };
            let progress = live.progress(authenticator, now).await?;
            let seen = match presented.check(&secret, &progress, now) {
                Verdict::Accepted(accepted) => {
                    // The guess was charged to each, so each gets it back.
                    let charges = open.iter().map(|(_, charge)| *charge);
                    let accepting = Accepting {
                        accepted: &accepted,
                        presented,
                        budgets: settling(charges),
                        now,
                    };
                    match live.accept(authenticator, accepting).await? {
                        StepAdvanced::Advanced { epoch } => {
                            live.emit(EventKind::SignedIn(presented.factor()));
                            return Ok(CodeOutcome::SignedIn {
                                grant: live.grant(epoch, now),
                                clock: accepted.clock_hint(&Parameters::ISSUED),
                            });
                        }
                        // Another request was faster with the same code.
                        StepAdvanced::Replayed => accepted.progress(),
                        StepAdvanced::TicketInvalid => return live.over(),
                    }
                }
                Verdict::RolledOver(rolled) => {
                    let used = rolled.progress();
                    match live.move_watermark(authenticator, &progress, &used).await? {
                        WatermarkMoved::Moved => used,
                        // Not used up by this request, so nobody hears that it was right.
                        WatermarkMoved::Stale => continue,
                    }
                }
                Verdict::Rejected(Hint::WaitForNext) => progress,
                _ => continue,
            };
            let wait = seen.next_code_from(&Parameters::ISSUED).saturating_sub(now);
            next_code_in = Some(next_code_in.map_or(wait, |least: u64| least.min(wait)));
        }
        if let (Some(fault), None) = (unreadable, next_code_in) {
            return Err(fault.into());
        }
        let hint = match next_code_in {
            Some(_) => Hint::WaitForNext,
            None => Hint::None,
        };
        live.emit(EventKind::CodeRejected(rejected(hint)));
        Ok(CodeOutcome::Rejected {
            hint,
            next_code_in: Duration::from_secs(next_code_in.unwrap_or(0)),
            withheld: withheld.map(Throttled::from),
        })
    }
}

impl LiveTicket {
    /// A guess is one at every authenticator, and each keeps count of its own.
    async fn charge_authenticators(&self) -> Result<Charged, Fault> {
        let inner = self.inner();
        let mut found = inner.store.authenticators(&self.key).await?;
        found.retain(|authenticator| authenticator.kind == Ok(AuthenticatorKind::Totp));
        let budget_of = |authenticator: &Authenticator| {
            let key = inner.authenticator_budget(&self.key, authenticator.id);
            budget(key, inner.limits.code_attempts)
        };
        let budgets: Vec<_> = found.iter().map(budget_of).collect();
        let answers = inner.charge_each_guess(&self.key, &budgets).await?;
        let (mut open, mut refusals) = (Vec::new(), Vec::new());
        for (authenticator, answer) in found.into_iter().zip(answers) {
            match answer {
                Charging::Granted(charge) => open.push((authenticator, charge)),
                Charging::Denied(refusal) => refusals.push(refusal),
            }
        }
        let withheld = refusals.into_iter().min_by_key(what_it_takes);
        Ok(Charged { open, withheld })
    }

    /// Reads the progress of an authenticator. Corrects a watermark that no honest clock wrote in the store
    /// first, or no later code would ever be above it.
    async fn progress(&self, authenticator: &Authenticator, now: u64) -> Result<Progress, Fault> {
        let stored = Progress {
            watermark: Some(authenticator.watermark),
            drift: authenticator.drift,
            disbelieved: authenticator.disbelieved,
        };
        let Some(corrected) = stored.corrected(&Parameters::ISSUED, Window::default(), now) else {
            return Ok(stored);
        };
        let moved = self.move_watermark(authenticator, &stored, &corrected);
        // Otherwise another request has corrected it, or has accepted a code; the guard of the step decides.
        if moved.await? == WatermarkMoved::Moved {
            self.emit(EventKind::ClockRanAhead(StoredTime::CodeStep));
        }
        Ok(corrected)
    }

    async fn move_watermark(
        &self,
        authenticator: &Authenticator,
        from: &Progress,
        to: &Progress,
    ) -> Result<WatermarkMoved, Fault> {
        let (Some(expected), Some(watermark)) = (from.watermark, to.watermark) else {
            return Ok(WatermarkMoved::Stale);
        };
        let command = MoveWatermark {
            account: self.key.clone(),
            authenticator: authenticator.id,
            expected,
            watermark,
            disbelieved: to.disbelieved,
        };
        Ok(self.inner().store.move_watermark(&command).await?)
    }

    fn open_authenticator(&self, authenticator: &Authenticator) -> Result<Secret, Fault> {
        let inner = self.inner();
        let plain = inner.open_secret(&self.key, authenticator.id, &authenticator.sealed)?;
        Secret::from_bytes(&plain).map_err(|_| Fault::Unusable("a stored secret"))
    }

    async fn accept(
        &self,
        authenticator: &Authenticator,
        accepting: Accepting<'_>,
    ) -> Result<StepAdvanced, Fault> {
        let inner = self.inner();
        let Accepting {
            accepted,
            presented,
            budgets,
            now,
        } = accepting;
        let resynchronised = matches!(presented, Presented::InARow { .. });
        let notice = if resynchronised {
            // A mail about one of several says which one it is.
            let (issuer, ordinal) = (&self.tenant.settings.issuer, authenticator.ordinal);
            let label = account_name(issuer, &self.account.login, ordinal);
            let label = Some(label).filter(|_| ordinal > 1);
            let name = authenticator.name.clone().or(label);
            Some(
                self.tenant
                    .notice(&self.key, Notice::AuthenticatorResynchronised { name })?,
            )
        } else {
            None
        };
        let command = AdvanceTotpStep {
            ticket: self.token,
            account: self.key.clone(),
            authenticator: authenticator.id,
            step: accepted.step(),
            drift: accepted.drift(),
            resynchronised,
            notice,
            subject: inner.subject(&self.key),
            now,
            budgets,
        };
        let advanced = inner.store.advance_totp_step(&command).await?;
        if resynchronised {
            inner.wake_outbox();
        }
        Ok(advanced)
    }
}

/// A code that is accepted, before the store decides.
struct Accepting<'a> {
    accepted: &'a Accepted,
    presented: &'a Presented<'a>,
    budgets: BudgetChanges,
    now: u64,
}

/// What became of a guess at the authenticators of an account.
struct Charged {
    /// Those that it was charged to, and so is looked at.
    open: Vec<(Authenticator, Charge)>,
    /// What keeps it from the others, if there are any: what is overcome soonest.
    withheld: Option<Refusal>,
}

/// Time is less than a recovery, and a recovery less than another authenticator.
fn what_it_takes(refusal: &Refusal) -> (u8, Duration) {
    match refusal {
        Refusal::Wait(wait) => (0, *wait),
        Refusal::Stopped => (1, Duration::ZERO),
        _ => (2, Duration::ZERO),
    }
}

/// What a person shows of an authenticator.
enum Presented<'a> {
    Code(&'a Code),
    InARow {
        first: &'a Code,
        second: &'a Code,
        search: Search,
    },
}

impl Presented<'_> {
    fn check(&self, secret: &Secret, progress: &Progress, now: u64) -> Verdict {
        let params = &Parameters::ISSUED;
        match self {
            Self::Code(code) => {
                slotwerk_totp::verify(secret, params, Window::default(), progress, &code.0, now)
            }
            Self::InARow {
                first,
                second,
                search,
            } => slotwerk_totp::resynchronise(
                secret, params, *search, progress, &first.0, &second.0, now,
            )
            .map_or(Verdict::Rejected(Hint::None), Verdict::Accepted),
        }
    }

    fn factor(&self) -> Factor {
        match self {
            Self::Code(_) => Factor::Totp,
            Self::InARow { .. } => Factor::TotpResynchronised,
        }
    }
}

pub(crate) fn rejected(hint: Hint) -> RejectedCode {
    match hint {
        Hint::WaitForNext => RejectedCode::Stale,
        _ => RejectedCode::Wrong,
    }
}
