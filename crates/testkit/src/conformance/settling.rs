//! What a command gives back with its success: in the same transaction, and only then.

use super::attempt::{
    Answer, NOW_MS, SingleCharge, answer, budget, charge, denied, receipt, settlement,
};
use super::fixture::{
    STEP, advance, ann, begin, change, confirm, consume, enrolled, id, issued, link, spend, ticket,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::renewing;
use super::race::{TASKS, race};
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::{
    AccountKey, AdvanceTotpStep, AttemptKey, BudgetChanges, ChangePassword, ConfirmEnrolment,
    ConsumeReset, EnrolmentBegun, EnrolmentConfirmed, IssueReset, OpenTicket, PasswordChanged,
    RecoveryCodeSpent, RecoveryCodesRenewed, RenewRecoveryCodes, ResetConsumed, SpendRecoveryCode,
    Stage, StepAdvanced, Store,
};

cases!(Attempt:
    a_success_changes_its_budgets,
    a_rejection_changes_no_budget,
    a_settled_budget_may_be_lifted,
    racing_successes_settle_once,
);

/// Two attempts of an ample budget, of which the first is to be settled.
async fn used_twice(store: &dyn Store, key: u8) -> Result<BudgetChanges, Mismatch> {
    let charge = ample(key)?;
    let first = receipt(store, &charge).await?;
    receipt(store, &charge).await?;
    Ok(BudgetChanges {
        settle: vec![settlement(&charge, first)],
        lift: Vec::new(),
    })
}

fn ample(key: u8) -> Result<SingleCharge, Mismatch> {
    Ok(charge(key, budget(1000, 86_400_000)?, NOW_MS))
}

/// Budget `key` to settle, budget `key + 1` to lift, and two budgets that have no row.
async fn changes(store: &dyn Store, key: u8) -> Result<BudgetChanges, Mismatch> {
    let mut changes = used_twice(store, key).await?;
    used_twice(store, key + 1).await?;
    let mut absent = changes.settle.clone();
    for settle in &mut absent {
        settle.key = AttemptKey::durable([key + 2; 32]);
    }
    changes.settle.extend(absent);
    changes.lift = vec![
        AttemptKey::durable([key + 3; 32]),
        AttemptKey::durable([key + 1; 32]),
    ];
    Ok(changes)
}

/// How many failures each budget of [`changes`] counts with one more charge.
async fn counts(store: &dyn Store, key: u8) -> Result<Vec<Answer>, Mismatch> {
    let mut counts = Vec::new();
    for key in key..key + 4 {
        counts.push(answer(store, &ample(key)?).await?);
    }
    Ok(counts)
}

fn failures(due: [u32; 4]) -> Vec<Answer> {
    let granted = |failures| Answer::Granted { failures };
    due.into_iter().map(granted).collect()
}

/// The keys of [`changes`], by command.
const COMMANDS: [(&str, u8); 7] = [
    ("open_ticket", 10),
    ("confirm_enrolment", 20),
    ("advance_totp_step", 30),
    ("spend_recovery_code", 40),
    ("renew_recovery_codes", 50),
    ("change_password", 60),
    ("consume_reset", 70),
];

async fn a_success_changes_its_budgets(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let open = OpenTicket {
        budgets: changes(store, 10).await?,
        ..ticket(&ann, 1, Stage::Enrol)
    };
    store.open_ticket(&open).await?;
    enrol(store, &ann, changes(store, 20).await?).await?;
    let outcome = advance_with(store, &ann, STEP + 1, changes(store, 30).await?).await?;
    ensure_eq!(outcome, StepAdvanced::Advanced { epoch: 0 }, "a step");
    let outcome = spend_with(store, &ann, 1, changes(store, 40).await?).await?;
    let due = RecoveryCodeSpent::Spent {
        remaining: 9,
        epoch: 0,
    };
    ensure_eq!(outcome, due, "a code");
    let pass = ticket(&ann, 5, Stage::Manage);
    store.open_ticket(&pass).await?;
    let renew = RenewRecoveryCodes {
        ticket: pass.token,
        notice: None,
        budgets: changes(store, 50).await?,
        ..renewing(&ann, &[11, 12])
    };
    let outcome = store.renew_recovery_codes(&renew).await?;
    ensure_eq!(outcome, RecoveryCodesRenewed::Renewed, "new codes");
    let change = ChangePassword {
        budgets: changes(store, 60).await?,
        ..change(&ann, 0, "chosen")
    };
    let outcome = store.change_password(&change).await?;
    ensure_eq!(outcome, PasswordChanged::Changed { epoch: 1 }, "a password");
    let issue = IssueReset {
        epoch: 1,
        ..link(&ann, 6)
    };
    issued(store, &issue).await?;
    let consume = ConsumeReset {
        notice: None,
        budgets: changes(store, 70).await?,
        ..consume(&ann, 6)
    };
    let outcome = store.consume_reset(&consume).await?;
    ensure_eq!(outcome, ResetConsumed::Consumed { epoch: 2 }, "a link");
    for (command, key) in COMMANDS {
        let seen = counts(nodes.second(), key).await?;
        let due = failures([2, 1, 1, 1]);
        ensure_eq!(seen, due, "settled, lifted and absent after {command}");
    }
    Ok(())
}

/// Confirms enrolment 1 under ticket 1, with ten codes.
async fn enrol(store: &dyn Store, ann: &AccountKey, budgets: BudgetChanges) -> CaseResult {
    let mut begin = begin(ann, 1, 1);
    begin.mail = None;
    let begun = store.begin_enrolment(&begin).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(begin.offer), "an enrolment");
    let command = ConfirmEnrolment {
        notice: None,
        budgets,
        ..confirm(ann, 1, 1)
    };
    let outcome = store.confirm_enrolment(&command).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 0 };
    ensure_eq!(outcome, due, "a confirmation");
    Ok(())
}

/// Under ticket 3, which is opened first.
async fn advance_with(
    store: &dyn Store,
    ann: &AccountKey,
    step: u64,
    budgets: BudgetChanges,
) -> Result<StepAdvanced, Mismatch> {
    store.open_ticket(&ticket(ann, 3, Stage::Verify)).await?;
    let command = AdvanceTotpStep {
        budgets,
        ..advance(ann, 3, step)
    };
    Ok(store.advance_totp_step(&command).await?)
}

/// Under ticket 4, which is opened first.
async fn spend_with(
    store: &dyn Store,
    ann: &AccountKey,
    code: u8,
    budgets: BudgetChanges,
) -> Result<RecoveryCodeSpent, Mismatch> {
    store.open_ticket(&ticket(ann, 4, Stage::Verify)).await?;
    let command = SpendRecoveryCode {
        notice: None,
        budgets,
        ..spend(ann, 4, code)
    };
    Ok(store.spend_recovery_code(&command).await?)
}

async fn a_rejection_changes_no_budget(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    enrolled(store, &ann).await?;
    store.open_ticket(&ticket(&ann, 1, Stage::Enrol)).await?;
    let command = ConfirmEnrolment {
        notice: None,
        enrolment: id(9),
        budgets: changes(store, 20).await?,
        ..confirm(&ann, 1, 1)
    };
    let outcome = store.confirm_enrolment(&command).await?;
    let confirmed = matches!(outcome, EnrolmentConfirmed::Confirmed { .. });
    ensure!(!confirmed, "an unknown enrolment, beside an authenticator");
    let outcome = advance_with(store, &ann, STEP, changes(store, 30).await?).await?;
    ensure_eq!(outcome, StepAdvanced::Replayed, "a used step");
    let outcome = spend_with(store, &ann, 99, changes(store, 40).await?).await?;
    ensure_eq!(outcome, RecoveryCodeSpent::Unknown, "an unknown code");
    let renew = RenewRecoveryCodes {
        notice: None,
        budgets: changes(store, 50).await?,
        ..renewing(&ann, &[11, 12])
    };
    let outcome = store.renew_recovery_codes(&renew).await?;
    ensure_eq!(
        outcome,
        RecoveryCodesRenewed::TicketInvalid,
        "without a pass"
    );
    let change = ChangePassword {
        budgets: changes(store, 60).await?,
        ..change(&ann, 7, "chosen")
    };
    let outcome = store.change_password(&change).await?;
    ensure_eq!(outcome, PasswordChanged::Stale, "another epoch");
    let consume = ConsumeReset {
        notice: None,
        budgets: changes(store, 70).await?,
        ..consume(&ann, 6)
    };
    let outcome = store.consume_reset(&consume).await?;
    ensure_eq!(outcome, ResetConsumed::Invalid, "an unknown link");
    // A ticket is never rejected.
    for (command, key) in COMMANDS.into_iter().skip(1) {
        let seen = counts(nodes.second(), key).await?;
        ensure_eq!(seen, failures([3, 3, 1, 1]), "as charged after {command}");
    }
    Ok(())
}

async fn a_settled_budget_may_be_lifted(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let mut budgets = used_twice(store, 1).await?;
    budgets.lift = vec![AttemptKey::durable([1; 32])];
    let open = OpenTicket {
        budgets,
        ..ticket(&ann, 1, Stage::Verify)
    };
    store.open_ticket(&open).await?;
    let seen = answer(nodes.second(), &ample(1)?).await?;
    ensure_eq!(
        seen,
        Answer::Granted { failures: 1 },
        "the first of a whole budget"
    );
    Ok(())
}

/// The attempts of all tasks use the budget up. One task succeeds, and gives the first of them back.
async fn racing_successes_settle_once(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    enrolled(store, &ann).await?;
    let mut commands = Vec::new();
    let burst = u32::try_from(TASKS).unwrap_or(u32::MAX);
    let charge = charge(1, budget(burst, 86_400_000)?, NOW_MS);
    let first = receipt(store, &charge).await?;
    for _ in 1..TASKS {
        receipt(store, &charge).await?;
    }
    for n in (1..).take(TASKS) {
        store.open_ticket(&ticket(&ann, n, Stage::Verify)).await?;
        commands.push(AdvanceTotpStep {
            budgets: BudgetChanges {
                settle: vec![settlement(&charge, first)],
                lift: Vec::new(),
            },
            ..advance(&ann, n, STEP + 1)
        });
    }
    race(&nodes, move |store, number| {
        let command = commands.get(usize::from(number)).cloned();
        async move {
            match command {
                Some(command) => store.advance_totp_step(&command).await.map(drop),
                None => Ok(()),
            }
        }
    })
    .await?;
    let given_back = answer(nodes.second(), &charge).await?;
    let is_granted = matches!(given_back, Answer::Granted { .. });
    ensure!(is_granted, "the attempt of the winner: {given_back:?}");
    let seen = answer(nodes.second(), &charge).await?;
    ensure_eq!(seen, denied(86_400_000), "the attempts of the others");
    Ok(())
}
