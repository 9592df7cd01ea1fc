//! Contests: one command that many requests try at once, and what must be left of it.

use crate::fixture::{NOW, STEP, Who};
use slotwerk_store::{
    AttemptKey, AuditKind, AuthenticatorRemoved, ChargeAttempts, Charged, EnrolmentConfirmed,
    NewJob, RecoveryCodeSpent, RecoveryCodesRenewed, ResetConsumed, ResetIssued, Result,
    SessionCreated, Stage, StepAdvanced, Store,
};
use slotwerk_throttle::Budget;
use std::fmt::Debug;
use std::time::Duration;

/// How many requests take part.
pub(super) const REQUESTS: u64 = 100;

/// How many attempts the budget allows.
const BURST: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contest {
    /// The same link is used.
    Link,
    /// The same code under the same ticket.
    Step,
    /// The same code, each under a ticket of its own.
    StepAgain,
    /// The same recovery code under the same ticket.
    Code,
    /// The same recovery code, each under a ticket of its own.
    CodeAgain,
    /// The same ticket, by codes and by recovery codes that all differ.
    Ticket,
    /// The same enrolment is confirmed.
    Enrolment,
    /// Each of the last two authenticators is removed.
    Removal,
    /// The recovery codes are renewed, each time with another set.
    Renewal,
    /// Attempts are charged to one budget.
    Budget,
    /// Links are issued, each for another mail, of which three may be live.
    Links,
    /// Sessions begin, of which five may be live.
    Sessions,
}

/// The verdict on one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Won,
    Lost,
    /// A verdict that this contest cannot have.
    Wrong(String),
}

fn judge(outcome: &dyn Debug, has_won: bool, has_lost: bool) -> Verdict {
    match (has_won, has_lost) {
        (true, _) => Verdict::Won,
        (_, true) => Verdict::Lost,
        _ => Verdict::Wrong(format!("{outcome:?}")),
    }
}

impl Contest {
    pub(super) const ALL: [Self; 12] = [
        Self::Link,
        Self::Step,
        Self::StepAgain,
        Self::Code,
        Self::CodeAgain,
        Self::Ticket,
        Self::Enrolment,
        Self::Removal,
        Self::Renewal,
        Self::Budget,
        Self::Links,
        Self::Sessions,
    ];

    /// The account of a round.
    pub(super) fn account(self, round: u64) -> Who {
        Who(round * 100 + self as u64)
    }

    /// Stores what the requests of a round need. Leaves no notice.
    pub(super) async fn prepare(self, store: &dyn Store, who: Who) {
        match self {
            Self::Link => who.issue(store, 1, 0).await,
            Self::Step | Self::Code | Self::Ticket => {
                who.enrol(store).await;
                who.open(store, 0, Stage::Verify).await;
            }
            Self::StepAgain | Self::CodeAgain => {
                who.enrol(store).await;
                for n in 0..REQUESTS {
                    who.open(store, 100 + n, Stage::Verify).await;
                }
            }
            Self::Enrolment => {
                who.open(store, 1, Stage::Enrol).await;
                who.pend(store, 1, Stage::Enrol).await;
            }
            Self::Removal => {
                who.enrol(store).await;
                who.enrol_another(store).await;
            }
            Self::Renewal => {
                who.enrol(store).await;
                who.open(store, 2, Stage::Manage).await;
            }
            Self::Budget | Self::Links | Self::Sessions => {}
        }
    }

    /// Request `n`. Its notice has an id that no other has: a second winner must not fail by its notice.
    pub(super) async fn attempt(self, store: &dyn Store, who: Who, n: u64) -> Result<Verdict> {
        use {AuthenticatorRemoved as Removed, EnrolmentConfirmed as Confirmed};
        match self {
            Self::Link => {
                let mut command = who.consume(1);
                command.notice = notice(who, n);
                let outcome = store.consume_reset(&command).await?;
                let has_won = outcome == ResetConsumed::Consumed { epoch: 1 };
                let has_lost = outcome == ResetConsumed::Invalid;
                Ok(judge(&outcome, has_won, has_lost))
            }
            Self::Step => advance(store, who, n, 0, STEP + 1, StepAdvanced::TicketInvalid).await,
            Self::StepAgain => {
                advance(store, who, n, 100 + n, STEP + 1, StepAdvanced::Replayed).await
            }
            Self::Code => spend(store, who, n, 0, 3, RecoveryCodeSpent::TicketInvalid).await,
            Self::CodeAgain => spend(store, who, n, 100 + n, 3, RecoveryCodeSpent::Unknown).await,
            Self::Ticket if n.is_multiple_of(2) => {
                advance(store, who, n, 0, STEP + 1 + n, StepAdvanced::TicketInvalid).await
            }
            Self::Ticket => spend(store, who, n, 0, n % 10, RecoveryCodeSpent::TicketInvalid).await,
            Self::Enrolment => {
                let mut command = who.confirm(1, 1, Stage::Enrol);
                command.notice = notice(who, n);
                let outcome = store.confirm_enrolment(&command).await?;
                let has_won = outcome == Confirmed::Confirmed { epoch: 0 };
                let has_lost = matches!(outcome, Confirmed::TicketInvalid | Confirmed::Gone);
                Ok(judge(&outcome, has_won, has_lost))
            }
            Self::Removal => {
                let mut command = who.remove(2, 1 + n % 2);
                command.notice = notice(who, n);
                let outcome = store.remove_authenticator(&command).await?;
                let has_won = outcome == Removed::Removed { left: 1, epoch: 1 };
                let has_lost = matches!(outcome, Removed::TicketInvalid | Removed::Last);
                Ok(judge(&outcome, has_won, has_lost))
            }
            Self::Renewal => {
                let mut command = who.renew(2, n);
                command.notice = notice(who, n);
                let outcome = store.renew_recovery_codes(&command).await?;
                let has_won = outcome == RecoveryCodesRenewed::Renewed;
                Ok(judge(&outcome, has_won, false))
            }
            Self::Budget => {
                let outcome = store.charge_attempts(&charge(who)).await?;
                let has_won = matches!(outcome[..], [Charged::Granted { .. }]);
                let has_lost = matches!(outcome[..], [Charged::Denied { .. }]);
                Ok(judge(&outcome, has_won, has_lost))
            }
            Self::Links => {
                let outcome = store.issue_reset(&who.link(n, 0)).await?;
                let has_won = outcome == ResetIssued::Issued;
                let has_lost = outcome == ResetIssued::TooMany;
                Ok(judge(&outcome, has_won, has_lost))
            }
            Self::Sessions => {
                let outcome = store.create_session(&who.session(n)).await?;
                let has_won = matches!(outcome, SessionCreated::Created { .. });
                Ok(judge(&outcome, has_won, false))
            }
        }
    }

    /// How many requests must have won, when so many lost and the others met a conflict.
    pub(super) fn assert_winners(self, won: u64, lost: u64) {
        match self {
            Self::Renewal | Self::Sessions => assert!(won > 0 && lost == 0, "{self:?}: {won}"),
            Self::Links => assert_eq!(won, 3, "links"),
            // A charge is denied only when the budget is used up.
            Self::Budget if lost == 0 => assert!(won <= BURST.into(), "{won} charges"),
            Self::Budget => assert_eq!(won, u64::from(BURST), "charges"),
            _ => assert_eq!(won, 1, "winners of {self:?}"),
        }
    }

    /// Looks at what a round with so many winners has left.
    pub(super) async fn check(self, store: &dyn Store, who: Who, won: u64) {
        let account = who.account();
        let kinds: &[AuditKind] = match self {
            Self::Link => &[AuditKind::PasswordReset],
            Self::Step | Self::StepAgain => &[AuditKind::CodeAccepted],
            Self::Code | Self::CodeAgain => &[AuditKind::RecoveryCodeSpent],
            Self::Ticket => &[AuditKind::CodeAccepted, AuditKind::RecoveryCodeSpent],
            Self::Enrolment => &[AuditKind::AuthenticatorAdded],
            Self::Removal => &[AuditKind::AuthenticatorRemoved],
            Self::Renewal => &[AuditKind::RecoveryCodesRenewed],
            Self::Budget | Self::Links | Self::Sessions => &[],
        };
        let mut audited = 0;
        for kind in kinds {
            audited += who.audited(store, *kind).await as u64;
        }
        if !kinds.is_empty() {
            assert_eq!(audited, won, "audit rows of {self:?}");
        }
        let epoch = store.credential(&account).await.unwrap().epoch;
        let bumps = matches!(self, Self::Link | Self::Removal);
        assert_eq!(epoch, u64::from(bumps), "epoch after {self:?}");
        let active = store.authenticators(&account).await.unwrap();
        let codes = store.recovery_codes_left(&account).await.unwrap();
        match self {
            Self::Step | Self::StepAgain => assert_eq!(active[0].watermark, STEP + 1),
            Self::Code | Self::CodeAgain => assert_eq!(codes, 9),
            Self::Ticket => {
                let advanced = active[0].watermark > STEP;
                assert_ne!(advanced, codes == 9, "the ticket served once");
            }
            Self::Enrolment => assert_eq!((active.len(), codes), (1, 10)),
            Self::Removal => assert_eq!((active.len(), codes), (1, 10)),
            Self::Renewal => one_whole_set(store, who).await,
            Self::Budget => {
                let tally = store.budgets(&[key(who)]).await.unwrap()[0].unwrap();
                assert_eq!(u64::from(tally.spent), won, "charges stored");
            }
            Self::Sessions => {
                let live = store.list_sessions(&account, NOW).await.unwrap();
                assert_eq!(live.len(), 5, "live sessions");
            }
            Self::Link | Self::Links => {}
        }
    }

    /// How many notices a round with so many winners leaves.
    pub(super) fn notices(self, won: u64) -> u64 {
        match self {
            Self::Budget | Self::Links | Self::Sessions => 0,
            _ => won,
        }
    }
}

async fn advance(
    store: &dyn Store,
    who: Who,
    n: u64,
    ticket: u64,
    step: u64,
    lost: StepAdvanced,
) -> Result<Verdict> {
    let mut command = who.advance(ticket, step);
    command.notice = notice(who, n);
    let outcome = store.advance_totp_step(&command).await?;
    let has_won = outcome == StepAdvanced::Advanced { epoch: 0 };
    let has_lost = outcome == lost;
    Ok(judge(&outcome, has_won, has_lost))
}

async fn spend(
    store: &dyn Store,
    who: Who,
    n: u64,
    ticket: u64,
    code: u64,
    lost: RecoveryCodeSpent,
) -> Result<Verdict> {
    let mut command = who.spend(ticket, code);
    command.notice = notice(who, n);
    let outcome = store.spend_recovery_code(&command).await?;
    let due = RecoveryCodeSpent::Spent {
        remaining: 9,
        epoch: 0,
    };
    let (has_won, has_lost) = (outcome == due, outcome == lost);
    Ok(judge(&outcome, has_won, has_lost))
}

fn notice(who: Who, n: u64) -> Option<NewJob> {
    Some(who.notice(1000 + n))
}

fn key(who: Who) -> AttemptKey {
    AttemptKey::durable(who.token(0).0)
}

fn charge(who: Who) -> ChargeAttempts {
    let budget = Budget::new(BURST, Duration::from_secs(86_400)).unwrap();
    ChargeAttempts::one(key(who), budget, NOW * 1000)
}

/// Uses all ten codes of the set that the account is said to have.
async fn one_whole_set(store: &dyn Store, who: Who) {
    let hashing = store.recovery_code_hashing(&who.account()).await.unwrap();
    let set: u64 = hashing
        .unwrap()
        .strip_prefix("set ")
        .unwrap()
        .parse()
        .unwrap();
    for code in 0..10 {
        who.open(store, 300 + code, Stage::Verify).await;
        let command = who.spend(300 + code, set * 10 + code);
        let remaining = 9 - u32::try_from(code).unwrap();
        let outcome = store.spend_recovery_code(&command).await.unwrap();
        let due = RecoveryCodeSpent::Spent {
            remaining,
            epoch: 0,
        };
        assert_eq!(outcome, due, "code {code} of set {set}");
    }
}
