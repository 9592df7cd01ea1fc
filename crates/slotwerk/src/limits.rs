//! Every number of the flow that a host may set, with its default and its bounds.

use crate::build_error::BuildError;
use slotwerk_reset::Lifetime;
use slotwerk_store::{LONGEST_SESSION, TOUCH_INTERVAL};
use slotwerk_throttle::{Allowance, Backoff, Budget};
use slotwerk_totp::{Search, Window};
use std::time::Duration;

/// How long things live and how often they may be tried.
///
/// [`Limits::default`] is what we would run ourselves; [`AuthBuilder::build`](crate::AuthBuilder::build)
/// refuses values outside the bounds named here.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Validity of a mailed link, from the moment of sending. Default 30 minutes; 1 second to 24 hours.
    pub reset_lifetime: Duration,
    /// Validity of the link in an [invitation](crate::Admin::invite), from the moment of sending. Default 24 hours; 1
    /// second to 24 hours.
    pub invitation_lifetime: Duration,
    /// Links of one account that may be live at once. Default 3; 1 to 10.
    pub live_links: u32,
    /// Validity of a sign-in between password and second factor. Default 15 minutes; 1 second to 24 hours.
    pub ticket_lifetime: Duration,
    /// Sign-ins of one account that may be in flight at once, and as many that may change its second factor.
    /// Default 20; 1 to 1000.
    pub live_tickets: u32,
    /// How long a new authenticator waits for its first code. Default 24 hours; 1 minute to 24 hours.
    pub enrolment_lifetime: Duration,
    /// Authenticators that an account may have. A guess is one at each of them. Default 5; 1 to 20.
    pub authenticators: u32,
    /// For how long after a sign-in with a second factor it may be [changed](crate::Session::manage). Default 15
    /// minutes; 1 second to 24 hours.
    pub step_up_lifetime: Duration,
    /// How long a [kept session](crate::Sessions) lasts without use. Default 30 minutes; 2 minutes to
    /// [`session_lifetime`](Self::session_lifetime), in whole seconds. Its use is noted once a minute.
    pub session_idle: Duration,
    /// How long a [kept session](crate::Sessions) lasts after the sign-in, however busy it is. Default 12 hours; 2
    /// minutes to 31 days, in whole seconds.
    pub session_lifetime: Duration,
    /// [Kept sessions](crate::Sessions) that an account may have at once; the oldest end first. Default 20; 1 to
    /// 1000.
    pub live_sessions: u32,
    /// How far off a phone's clock may be for [two codes in a row](crate::Verification::two_codes) to find it.
    /// Default 20 steps either side, 10 minutes.
    pub resynchronisation: Search,
    /// Mails that a worker sends at a time. Default 8; 1 to 64. A tenant takes at most half of those that the
    /// others leave free.
    pub mail_senders: u32,
    /// How long after its request the work for a reset link begins, at a whole second of the clock. Default 2
    /// seconds: a request of any part of a second then waits 1 to 2. Whole seconds, up to 60. Without a delay
    /// the answers to the next requests can tell whether an account exists.
    pub reset_delay: Duration,
    /// Jobs of one tenant that may wait in the outbox. Default 10 000; 1 to 1 000 000.
    pub outbox_capacity: u32,
    /// Password attempts per account. Default 5 at once; after the fifth failure a wait of 30 seconds that
    /// doubles with each further one, up to 15 minutes; hard stop at 100 in a row.
    ///
    /// A right password gives back its own attempt and starts the count towards the hard stop afresh. The waits
    /// start afresh by time alone, two and a half hours after the budget is whole again
    /// ([`Budget::forgotten_after_ms`]): otherwise a stranger would see that the owner has signed in.
    pub password_attempts: Budget,
    /// Comparisons of a new password with earlier ones, per account. Each costs a hash for every password
    /// remembered, and tells whoever holds a link or a session whether a guess was one of them. No hard
    /// stop: nothing would ever lift it. Default 10 at once, 1 more each 5 minutes.
    pub reuse_checks: Budget,
    /// Code attempts per authenticator. Default 5 at once, 1 more each 15 minutes, hard stop at 100 in a
    /// row, and 300 failures in its whole life: then another authenticator has to be set up.
    ///
    /// A recovery code lifts the hard stop. A mailed link does so only where there is an end to the failures
    /// of a whole life: who reads the mailbox could otherwise guess without end.
    ///
    /// First codes of mailed set-ups are counted per account as well, however many set-ups are begun, and stop
    /// at the hard stop or at those failures, whichever is less, 100 at most. A mailed link or a help desk lifts
    /// that stop.
    pub code_attempts: Allowance,
    /// Recovery-code attempts per account. Default 5 at once, 1 more each 15 minutes, hard stop at 100.
    pub recovery_attempts: Budget,
    /// Reset mails and invitations per account. Default 5 at once, 1 more each 15 minutes.
    pub reset_mails: Budget,
    /// Set-up mails per account, and as many pending set-ups that a page of another sign-in may replace. Default 4
    /// at once, 1 more each 5 minutes; no hard stop.
    pub setup_mails: Budget,
    /// Mails with a link that leave for one tenant, whoever asks for them. Beyond it they wait like mails
    /// that a mail server does not take yet. Default 1000 at once, 1 more each second; no hard stop.
    pub tenant_mails: Budget,
    /// Reset requests per login name as typed, whether or not somebody has it. Default 10 at once, 1 more
    /// each 5 minutes; no hard stop.
    pub name_requests: Budget,
    /// Reset requests per client address. Default 30 at once, 1 more each 20 seconds; no hard stop.
    pub client_requests: Budget,
    /// Sign-ins per client address, known browsers aside: somebody who tries one password on many accounts
    /// stays within every account's budget. Many people may share an address. Default 300 at once, 1 more
    /// each second; no hard stop.
    pub client_sign_ins: Budget,
    /// How long a browser stays [known](crate::TenantAuth::known_browser). Default 90 days; 1 second to 400
    /// days.
    pub known_browser_lifetime: Duration,
    /// How long the "this was not me" of a notice works. Default 7 days; 1 second to 400 days.
    pub report_lifetime: Duration,
    /// The most that a year of guessing at one authenticator may succeed with, if its owner signs in once a
    /// day. Each sign-in is counted as a recovery, which hands out a fresh budget. Default 0.002, which the
    /// 300 failures of a whole life keep to. Each guess is one at every authenticator of an account: one that has several sums them.
    pub code_guess_probability_per_year: f64,
    /// How long settings hold that a [source](crate::TenantSource) gave. Default 1 minute; 1 second to 1 day.
    pub tenant_refresh: Duration,
    /// How many tenants of a [source](crate::TenantSource) a node keeps; the one that was loaded longest ago goes
    /// first. Default 10,000; 1 to 1,000,000.
    pub loaded_tenants: u32,
}

impl Default for Limits {
    fn default() -> Self {
        const PASSWORD_ATTEMPTS: Budget = rising(stopping_at_100(budget(5, 15)));
        const RECOVERY_ATTEMPTS: Budget = stopping_at_100(budget(5, 15 * 60));
        const CODE_ATTEMPTS: Allowance = for_life(stopping_at_100(budget(5, 15 * 60)), 300);
        const REUSE_CHECKS: Budget = budget(10, 5 * 60);
        const RESET_MAILS: Budget = budget(5, 15 * 60);
        const SETUP_MAILS: Budget = budget(4, 5 * 60);
        const TENANT_MAILS: Budget = budget(1_000, 1);
        const NAME_REQUESTS: Budget = budget(10, 5 * 60);
        const CLIENT_REQUESTS: Budget = budget(30, 20);
        const CLIENT_SIGN_INS: Budget = budget(300, 1);
        Self {
            reset_lifetime: Duration::from_secs(30 * 60),
            invitation_lifetime: DAY,
            live_links: 3,
            ticket_lifetime: Duration::from_secs(15 * 60),
            live_tickets: 20,
            enrolment_lifetime: DAY,
            authenticators: 5,
            step_up_lifetime: Duration::from_secs(15 * 60),
            session_idle: Duration::from_secs(30 * 60),
            session_lifetime: DAY / 2,
            live_sessions: 20,
            resynchronisation: Search::default(),
            mail_senders: 8,
            reset_delay: Duration::from_secs(2),
            outbox_capacity: 10_000,
            password_attempts: PASSWORD_ATTEMPTS,
            reuse_checks: REUSE_CHECKS,
            code_attempts: CODE_ATTEMPTS,
            recovery_attempts: RECOVERY_ATTEMPTS,
            reset_mails: RESET_MAILS,
            setup_mails: SETUP_MAILS,
            tenant_mails: TENANT_MAILS,
            name_requests: NAME_REQUESTS,
            client_requests: CLIENT_REQUESTS,
            client_sign_ins: CLIENT_SIGN_INS,
            known_browser_lifetime: 90 * DAY,
            report_lifetime: 7 * DAY,
            tenant_refresh: Duration::from_secs(60),
            loaded_tenants: 10_000,
            code_guess_probability_per_year: 0.002,
        }
    }
}

impl Limits {
    /// First codes of mailed set-ups, per account: however many set-ups there are, one is as good to guess at as
    /// another. An account has no end like an authenticator, so what would be the end of its life is a stop here.
    pub(crate) fn set_up_attempts(&self) -> Budget {
        let budget = self.code_attempts.budget();
        let Some(failures) = self.code_attempts.lifetime() else {
            return budget;
        };
        let stop = budget.hard_stop().unwrap_or(Budget::MAX_HARD_STOP);
        // Both are within the bounds of a hard stop, so it is never refused.
        budget.with_hard_stop(stop.min(failures)).unwrap_or(budget)
    }

    /// Refuses what is outside the documented bounds, or lets codes be guessed too easily.
    pub(crate) fn check(&self) -> Result<Checked, BuildError> {
        let within = |name, value: u32, most| {
            if (1..=most).contains(&value) {
                Ok(())
            } else {
                Err(BuildError::Limit(name))
            }
        };
        within("live_links", self.live_links, 10)?;
        within("live_tickets", self.live_tickets, 1_000)?;
        within("live_sessions", self.live_sessions, 1_000)?;
        within("authenticators", self.authenticators, 20)?;
        within("mail_senders", self.mail_senders, 64)?;
        within("outbox_capacity", self.outbox_capacity, 1_000_000)?;
        within("loaded_tenants", self.loaded_tenants, 1_000_000)?;
        if !(Duration::from_secs(1)..=DAY).contains(&self.tenant_refresh) {
            return Err(BuildError::Limit("tenant_refresh"));
        }
        if !(Duration::from_secs(60)..=DAY).contains(&self.enrolment_lifetime) {
            return Err(BuildError::Limit("enrolment_lifetime"));
        }
        let longest_session = Duration::from_secs(LONGEST_SESSION);
        for (name, duration, longest) in [
            ("session_lifetime", self.session_lifetime, longest_session),
            ("session_idle", self.session_idle, self.session_lifetime),
        ] {
            let fits = (SHORTEST_SESSION..=longest).contains(&duration);
            if !fits || duration.subsec_nanos() > 0 {
                return Err(BuildError::Limit(name));
            }
        }
        if self.reset_delay > LONGEST_RESET_DELAY || self.reset_delay.subsec_nanos() > 0 {
            return Err(BuildError::Limit("reset_delay"));
        }
        // Nothing ever succeeds against these, so that a delay would rise with every use.
        for (name, budget) in [
            ("reuse_checks", self.reuse_checks),
            ("reset_mails", self.reset_mails),
            ("setup_mails", self.setup_mails),
            ("tenant_mails", self.tenant_mails),
            ("name_requests", self.name_requests),
            ("client_requests", self.client_requests),
            ("client_sign_ins", self.client_sign_ins),
        ] {
            if budget.backoff().is_some() {
                return Err(BuildError::Limit(name));
            }
        }
        // Nothing would ever lift it.
        for (name, budget) in [
            ("reuse_checks", self.reuse_checks),
            ("setup_mails", self.setup_mails),
            ("tenant_mails", self.tenant_mails),
            ("name_requests", self.name_requests),
            ("client_requests", self.client_requests),
            ("client_sign_ins", self.client_sign_ins),
        ] {
            if budget.hard_stop().is_some() {
                return Err(BuildError::Limit(name));
            }
        }
        let lifetime =
            |name, duration| Lifetime::new(duration).map_err(|_| BuildError::Limit(name));
        let lasting =
            |name, duration| Lifetime::lasting(duration).map_err(|_| BuildError::Limit(name));
        self.code_attempts
            .within(
                self.code_guess_probability_per_year,
                SIGN_INS_A_YEAR,
                Window::default().accepted_at_once(),
                CODE_SPACE,
            )
            .map_err(BuildError::CodesTooEasilyGuessed)?;
        lifetime("step_up_lifetime", self.step_up_lifetime)?;
        Ok(Checked {
            reset_lifetime: lifetime("reset_lifetime", self.reset_lifetime)?,
            invitation_lifetime: lifetime("invitation_lifetime", self.invitation_lifetime)?,
            ticket_lifetime: lifetime("ticket_lifetime", self.ticket_lifetime)?,
            known_browser_lifetime: lasting("known_browser_lifetime", self.known_browser_lifetime)?,
            report_lifetime: lasting("report_lifetime", self.report_lifetime)?,
        })
    }
}

/// What [`Limits::check`] has turned into the leaves' own types.
pub(crate) struct Checked {
    pub(crate) reset_lifetime: Lifetime,
    pub(crate) invitation_lifetime: Lifetime,
    pub(crate) ticket_lifetime: Lifetime,
    pub(crate) known_browser_lifetime: Lifetime,
    pub(crate) report_lifetime: Lifetime,
}

const DAY: Duration = Duration::from_hours(24);

/// A session in use is noted once a minute, so that a shorter one would end under its person's hands.
const SHORTEST_SESSION: Duration = Duration::from_secs(2 * TOUCH_INTERVAL);

const LONGEST_RESET_DELAY: Duration = Duration::from_secs(60);

/// Once a day.
const SIGN_INS_A_YEAR: u32 = 366;

/// Codes of six digits.
const CODE_SPACE: u64 = 1_000_000;

#[expect(
    clippy::panic,
    reason = "evaluated while compiling: a wrong default does not build"
)]
const fn budget(burst: u32, refill_secs: u64) -> Budget {
    match Budget::new(burst, Duration::from_secs(refill_secs)) {
        Ok(budget) => budget,
        Err(_) => panic!("a default budget is out of bounds"),
    }
}

#[expect(
    clippy::panic,
    reason = "evaluated while compiling: a wrong default does not build"
)]
const fn stopping_at_100(budget: Budget) -> Budget {
    match budget.with_hard_stop(100) {
        Ok(budget) => budget,
        Err(_) => panic!("a default hard stop is out of bounds"),
    }
}

#[expect(
    clippy::panic,
    reason = "evaluated while compiling: a wrong default does not build"
)]
const fn rising(budget: Budget) -> Budget {
    match Backoff::new(4, Duration::from_secs(30), Duration::from_secs(15 * 60)) {
        Ok(backoff) => budget.with_backoff(backoff),
        Err(_) => panic!("a default delay is out of bounds"),
    }
}

#[expect(
    clippy::panic,
    reason = "evaluated while compiling: a wrong default does not build"
)]
const fn for_life(budget: Budget, failures: u32) -> Allowance {
    match Allowance::new(budget).with_lifetime(failures) {
        Ok(allowance) => allowance,
        Err(_) => panic!("a default lifetime is out of bounds"),
    }
}
