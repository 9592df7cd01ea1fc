//! The second factor: a code of the app, or two in a row of a phone whose clock is far off.

use crate::auth::Auth;
use crate::event::{EventKind, Factor, RejectedCode, StoredTime};
use crate::fault::Fault;
use crate::guess::{Charge, Guess, wait};
use crate::jobs::Notice;
use crate::label::account_name;
use crate::ticket::{Grant, LiveTicket};
use slotwerk_store::{
    AdvanceTotpStep, Authenticator, AuthenticatorKind, BudgetChanges, Stage, StepAdvanced,
};
use slotwerk_store::{MoveWatermark, WatermarkMoved};
use slotwerk_throttle::Refusal;
use slotwerk_totp::{
    Accepted, ClockHint, Code, Hint, Parameters, Progress, Search, Secret, Verdict, Window,
};
use std::time::Duration;

/// The answer to a code of an authenticator app.
#[derive(Debug)]
#[non_exhaustive]
pub enum CodeVerification {
    /// The person is signed in. The code is burnt.
    SignedIn {
        /// What the host turns into its session.
        grant: Grant,
        /// How far the phone's clock is off, if it is worth saying. Codes are accepted all the same.
        clock: Option<ClockHint>,
    },
    /// Not a code that is accepted now.
    Rejected {
        /// Whether the next one may be. To any other, say that the phone's clock may be off, and offer
        /// [two codes in a row](Auth::resynchronise).
        hint: Hint,
        /// With [`Hint::WaitForNext`], how long until a phone whose clock is right shows a code that was not
        /// used yet; zero if it does so already.
        next_code_in: Duration,
        /// Why codes of others of the account's authenticators were not looked at, if there are such: what
        /// is overcome soonest. With [`Refusal::Spent`] say what [`Spent`](Self::Spent) calls for.
        ///
        /// It depends on the attempts alone, never on the code. Who knows the password learns that the account
        /// has several.
        withheld: Option<Refusal>,
    },
    /// Not six digits: an error of the form, which costs no attempt. See [`Code`] for what is read.
    Malformed,
    /// The budget of every authenticator is used up; the code was not looked at.
    Throttled {
        /// How long to wait; `None` if waiting does not help: a recovery code does, or a new password by
        /// mail ([`Limits::code_attempts`](crate::Limits::code_attempts)).
        retry_after: Option<Duration>,
    },
    /// Every authenticator has had the failures of its whole life
    /// ([`Limits::code_attempts`](crate::Limits::code_attempts)); the code was not looked at. Neither time nor
    /// a new password helps: let the person sign in with a recovery code and replace the app.
    Spent,
    /// The ticket is over; sign in again.
    TicketDead,
}

impl Auth {
    /// Checks a code of an active authenticator and finishes the sign-in.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys. With several authenticators, one whose secret cannot be
    /// opened does not keep the others' codes out; a code that none of those accepts is a fault then.
    pub async fn verify_code(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
    ) -> Result<CodeVerification, Fault> {
        let presented = Code::parse(code, &Parameters::ISSUED).map(Presented::Code);
        self.verify(tenant, ticket, presented.ok()).await
    }

    /// Finishes the sign-in of somebody whose phone's clock is far off, by two codes that it showed one
    /// after the other (RFC 4226 §7.4). From then on single codes of that phone work. A notice goes to the
    /// person.
    ///
    /// It is charged to the same budget as a code, as one attempt, and is far harder to guess: see
    /// [`slotwerk_totp::resynchronise`]. Both codes are burnt.
    ///
    /// # Errors
    ///
    /// As [`verify_code`](Self::verify_code), and a [`Fault`] of entropy.
    pub async fn resynchronise(
        &self,
        tenant: &str,
        ticket: &str,
        first: &str,
        second: &str,
    ) -> Result<CodeVerification, Fault> {
        let read = |text| Code::parse(text, &Parameters::ISSUED).ok();
        let presented = read(first)
            .zip(read(second))
            .map(|(first, second)| Presented::InARow {
                first,
                second,
                search: self.inner.limits.resynchronisation,
            });
        self.verify(tenant, ticket, presented).await
    }

    async fn verify(
        &self,
        tenant: &str,
        ticket: &str,
        presented: Option<Presented>,
    ) -> Result<CodeVerification, Fault> {
        let inner = &self.inner;
        let Some(live) = self.guessing(tenant, ticket, &[Stage::Verify]).await? else {
            return Ok(CodeVerification::TicketDead);
        };
        let Some(presented) = presented else {
            return Ok(CodeVerification::Malformed);
        };
        let who = Some(live.key.account());
        let now = inner.now();
        let Charged { open, withheld } = self.charge_authenticators(&live).await?;
        if let (true, Some(refusal)) = (open.is_empty(), withheld) {
            return Ok(match refusal {
                Refusal::Spent => CodeVerification::Spent,
                _ => CodeVerification::Throttled {
                    retry_after: wait(refusal),
                },
            });
        }
        let (mut next_code_in, mut unreadable) = (None, None);
        for (authenticator, _) in &open {
            let secret = match self.open_authenticator(&live, authenticator) {
                Ok(secret) => secret,
                Err(fault) => {
                    inner.tell(tenant, who, EventKind::AuthenticatorUnreadable);
                    unreadable = Some(fault);
                    continue;
                }
            };
            let progress = self.progress(&live, authenticator, now).await?;
            let seen = match presented.check(&secret, &progress, now) {
                Verdict::Accepted(accepted) => {
                    match self
                        .accept(&live, authenticator, &accepted, &presented, now)
                        .await?
                    {
                        StepAdvanced::Advanced { epoch } => {
                            for (_, charge) in &open {
                                self.settle_quietly(*charge).await;
                            }
                            inner.tell(tenant, who, EventKind::SignedIn(presented.factor()));
                            return Ok(CodeVerification::SignedIn {
                                grant: live.grant(epoch, now),
                                clock: accepted.clock_hint(&Parameters::ISSUED),
                            });
                        }
                        // Another request was faster with the same code.
                        StepAdvanced::Replayed => accepted.progress(),
                        StepAdvanced::TicketDead => return Ok(CodeVerification::TicketDead),
                    }
                }
                Verdict::RolledOver(rolled) => {
                    let used = rolled.progress();
                    match self
                        .move_watermark(&live, authenticator, &progress, &used)
                        .await?
                    {
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
            return Err(fault);
        }
        let hint = match next_code_in {
            Some(_) => Hint::WaitForNext,
            None => Hint::None,
        };
        inner.tell(tenant, who, EventKind::CodeRejected(rejected(hint)));
        Ok(CodeVerification::Rejected {
            hint,
            next_code_in: Duration::from_secs(next_code_in.unwrap_or(0)),
            withheld,
        })
    }

    /// A guess is one at every authenticator, and each keeps count of its own.
    async fn charge_authenticators(&self, live: &LiveTicket) -> Result<Charged, Fault> {
        let inner = &self.inner;
        let (mut open, mut refusals) = (Vec::new(), Vec::new());
        for authenticator in inner.store.authenticators(&live.key).await? {
            if authenticator.kind != Ok(AuthenticatorKind::Totp) {
                continue;
            }
            let budget = inner.authenticator_budget(&live.key, authenticator.id);
            let guess = self.charge_guess(live, budget, inner.limits.code_attempts);
            match guess.await? {
                Guess::Charged(charge) => open.push((authenticator, charge)),
                Guess::Refused(refusal) => refusals.push(refusal),
            }
        }
        let withheld = refusals.into_iter().min_by_key(what_it_takes);
        Ok(Charged { open, withheld })
    }

    /// Reads the progress of an authenticator. Corrects a watermark that no honest clock wrote in the store
    /// first, or no later code would ever be above it.
    async fn progress(
        &self,
        live: &LiveTicket,
        authenticator: &Authenticator,
        now: u64,
    ) -> Result<Progress, Fault> {
        let stored = Progress {
            watermark: Some(authenticator.watermark),
            drift: authenticator.drift,
            disbelieved: authenticator.disbelieved,
        };
        let Some(corrected) = stored.corrected(&Parameters::ISSUED, Window::default(), now) else {
            return Ok(stored);
        };
        let moved = self.move_watermark(live, authenticator, &stored, &corrected);
        // Otherwise another request has corrected it, or has accepted a code; the guard of the step decides.
        if moved.await? == WatermarkMoved::Moved {
            let kind = EventKind::ClockRanAhead(StoredTime::CodeStep);
            self.inner
                .tell(live.key.tenant(), Some(live.key.account()), kind);
        }
        Ok(corrected)
    }

    async fn move_watermark(
        &self,
        live: &LiveTicket,
        authenticator: &Authenticator,
        from: &Progress,
        to: &Progress,
    ) -> Result<WatermarkMoved, Fault> {
        let (Some(expected), Some(watermark)) = (from.watermark, to.watermark) else {
            return Ok(WatermarkMoved::Stale);
        };
        let command = MoveWatermark {
            account: live.key.clone(),
            authenticator: authenticator.id,
            expected,
            watermark,
            disbelieved: to.disbelieved,
        };
        Ok(self.inner.store.move_watermark(&command).await?)
    }

    fn open_authenticator(
        &self,
        live: &LiveTicket,
        authenticator: &Authenticator,
    ) -> Result<Secret, Fault> {
        let plain = self
            .inner
            .open_secret(&live.key, authenticator.id, &authenticator.sealed)?;
        Secret::from_bytes(&plain).map_err(|_| Fault::Unusable("a stored secret"))
    }

    async fn accept(
        &self,
        live: &LiveTicket,
        authenticator: &Authenticator,
        accepted: &Accepted,
        presented: &Presented,
        now: u64,
    ) -> Result<StepAdvanced, Fault> {
        let inner = &self.inner;
        let resynchronised = matches!(presented, Presented::InARow { .. });
        let notice = if resynchronised {
            // A mail about one of several says which one it is.
            let settings = self.require_tenant(live.key.tenant())?;
            let (login, ordinal) = (&live.account.login, authenticator.ordinal);
            let label = account_name(&settings.issuer, login, ordinal);
            let label = Some(label).filter(|_| authenticator.ordinal > 1);
            let name = authenticator.name.clone().or(label);
            Some(inner.notice(&live.key, Notice::AuthenticatorResynchronised { name })?)
        } else {
            None
        };
        let command = AdvanceTotpStep {
            ticket: live.token,
            account: live.key.clone(),
            authenticator: authenticator.id,
            step: accepted.step(),
            drift: accepted.drift(),
            resynchronised,
            notice,
            subject: inner.subject(&live.key),
            now,
            budgets: BudgetChanges::default(),
        };
        let advanced = inner.store.advance_totp_step(&command).await?;
        if resynchronised {
            self.wake_outbox();
        }
        Ok(advanced)
    }
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
enum Presented {
    Code(Code),
    InARow {
        first: Code,
        second: Code,
        search: Search,
    },
}

impl Presented {
    fn check(&self, secret: &Secret, progress: &Progress, now: u64) -> Verdict {
        let params = &Parameters::ISSUED;
        match self {
            Self::Code(code) => {
                slotwerk_totp::verify(secret, params, Window::default(), progress, code, now)
            }
            Self::InARow {
                first,
                second,
                search,
            } => {
                slotwerk_totp::resynchronise(secret, params, *search, progress, first, second, now)
                    .map_or(Verdict::Rejected(Hint::None), Verdict::Accepted)
            }
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
