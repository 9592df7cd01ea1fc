//! Several budgets charged by one command: their order, denials, and races.

use super::attempt::{Answer, NOW_MS, answer, budget, charge, denied};
use super::macros::{cases, ensure_eq};
use super::race::{TASKS, race, race_on_one_node};
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::{
    AttemptKey, BudgetCharge, BudgetCharges, ChargeAttempts, OnDenial, Result, Store,
};
use slotwerk_throttle::Allowance;

cases!(Attempt:
    charges_keep_the_given_order,
    a_denial_keeps_earlier_charges,
    a_denial_may_be_passed_over,
    a_repeated_budget_is_charged_twice,
    sixteen_budgets_fit,
    racing_decisions_keep_every_budget,
    racing_opposite_orders_do_not_deadlock,
);

/// Budgets by their key, each with its burst. None of them refills while a case runs.
fn decision(
    budgets: &[(u8, u32)],
    on_denial: OnDenial,
) -> std::result::Result<ChargeAttempts, Mismatch> {
    let charges: std::result::Result<Vec<_>, Mismatch> = budgets
        .iter()
        .map(|(key, burst)| {
            Ok(BudgetCharge {
                key: AttemptKey::durable([*key; 32]),
                allowance: allowance(*burst)?,
            })
        })
        .collect();
    Ok(ChargeAttempts {
        charges: BudgetCharges::new(charges?).map_err(|e| Mismatch(e.to_string()))?,
        on_denial,
        now_ms: NOW_MS,
    })
}

fn allowance(burst: u32) -> std::result::Result<Allowance, Mismatch> {
    Ok(budget(burst, 86_400_000)?.into())
}

async fn answers(store: &dyn Store, command: &ChargeAttempts) -> Result<Vec<Answer>> {
    let answers = store.charge_attempts(command).await?;
    Ok(answers.into_iter().map(Answer::from).collect())
}

/// The answer to one more charge: its count of failures says what was charged before.
async fn next(store: &dyn Store, key: u8) -> std::result::Result<Answer, Mismatch> {
    Ok(answer(store, &charge(key, allowance(100)?, NOW_MS)).await?)
}

const FIRST: Answer = Answer::Granted { failures: 1 };
const SECOND: Answer = Answer::Granted { failures: 2 };
const THIRD: Answer = Answer::Granted { failures: 3 };
const DENIED_FOR_A_DAY: Answer = denied(86_400_000);

async fn charges_keep_the_given_order(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    ensure_eq!(next(store, 9).await?, FIRST, "budget 9 is used once");
    // The highest key first, and the one between them last.
    let three = decision(&[(9, 5), (1, 5), (5, 0x10)], OnDenial::Stop)?;
    let seen = answers(nodes.second(), &three).await?;
    ensure_eq!(seen, [SECOND, FIRST, FIRST], "each answer in its place");
    let ends = decision(&[(9, 2), (1, 5)], OnDenial::Stop)?;
    let seen = answers(store, &ends).await?;
    ensure_eq!(seen, [DENIED_FOR_A_DAY], "the exhausted budget comes first");
    ensure_eq!(next(store, 1).await?, SECOND, "the budget after it");
    Ok(())
}

async fn a_denial_keeps_earlier_charges(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let one = decision(&[(2, 1)], OnDenial::Stop)?;
    ensure_eq!(answers(store, &one).await?, [FIRST], "budget 2 is used up");
    let three = decision(&[(1, 5), (2, 1), (3, 5)], OnDenial::Stop)?;
    let seen = answers(nodes.second(), &three).await?;
    ensure_eq!(seen, [FIRST, DENIED_FOR_A_DAY], "the answers end there");
    ensure_eq!(
        next(store, 1).await?,
        SECOND,
        "the charge before the denial"
    );
    ensure_eq!(next(store, 2).await?, SECOND, "the denial itself");
    ensure_eq!(next(store, 3).await?, FIRST, "the budget after the denial");
    Ok(())
}

async fn a_denial_may_be_passed_over(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let one = decision(&[(2, 1)], OnDenial::Continue)?;
    ensure_eq!(answers(store, &one).await?, [FIRST], "budget 2 is used up");
    let three = decision(&[(1, 5), (2, 1), (3, 5)], OnDenial::Continue)?;
    let seen = answers(nodes.second(), &three).await?;
    ensure_eq!(
        seen,
        [FIRST, DENIED_FOR_A_DAY, FIRST],
        "every budget answers"
    );
    for key in [1, 2, 3] {
        ensure_eq!(next(store, key).await?, SECOND, "budget {key} afterwards");
    }
    Ok(())
}

async fn a_repeated_budget_is_charged_twice(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let twice = decision(&[(1, 2), (2, 5), (1, 2), (1, 2)], OnDenial::Stop)?;
    let seen = answers(store, &twice).await?;
    let due = [FIRST, FIRST, SECOND, DENIED_FOR_A_DAY];
    ensure_eq!(seen, due, "one after the other");
    ensure_eq!(next(nodes.second(), 1).await?, THIRD, "both are stored");
    Ok(())
}

async fn sixteen_budgets_fit(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let nothing = decision(&[], OnDenial::Stop)?;
    ensure_eq!(answers(store, &nothing).await?, [], "no charge, no answer");
    let budgets: Vec<(u8, u32)> = (1..=16).rev().map(|key| (key, 5)).collect();
    let all = decision(&budgets, OnDenial::Stop)?;
    let seen = answers(nodes.second(), &all).await?;
    ensure_eq!(seen, [FIRST; BudgetCharges::MAX], "as many as fit");
    for (key, _) in budgets {
        ensure_eq!(next(store, key).await?, SECOND, "budget {key} afterwards");
    }
    Ok(())
}

/// Half the tasks charge two budgets in one order, half in the other. How many charges were granted.
async fn charge_both(store: &dyn Store, number: u8, keys: [u8; 2]) -> Result<usize> {
    let [one, other] = keys.map(|key| (key, if key % 2 == 0 { 2 } else { 9 }));
    // Tasks of both orders run through each node.
    let budgets = if number & 2 == 0 {
        [one, other]
    } else {
        [other, one]
    };
    let command = decision(&budgets, OnDenial::Continue).unwrap_or_else(|_| empty());
    let answers = answers(store, &command).await?;
    let is_granted = |answer: &&Answer| matches!(answer, Answer::Granted { .. });
    Ok(answers.iter().filter(is_granted).count())
}

/// Budget 2 has room for two charges, budget 7 for nine.
async fn racing_decisions_keep_every_budget(nodes: Nodes) -> CaseResult {
    let granted = race(&nodes, |store, number| async move {
        charge_both(&*store, number, [7, 2]).await
    })
    .await?;
    ensure_eq!(granted.iter().sum::<usize>(), 11, "charges granted");
    let store = nodes.second();
    ensure_eq!(next(store, 2).await?, THIRD, "the smaller budget");
    let due = Answer::Granted { failures: 10 };
    ensure_eq!(next(store, 7).await?, due, "the larger budget");
    Ok(())
}

async fn racing_opposite_orders_do_not_deadlock(nodes: Nodes) -> CaseResult {
    for round in 0..10 {
        let keys = [2 * round + 1, 2 * round + 2];
        let granted = race_on_one_node(&nodes, move |store, number| async move {
            charge_both(&*store, number, keys).await
        })
        .await?;
        ensure_eq!(granted.len(), TASKS, "commands that end in round {round}");
        let granted: usize = granted.iter().sum();
        ensure_eq!(granted, 11, "charges granted in round {round}");
    }
    Ok(())
}

fn empty() -> ChargeAttempts {
    ChargeAttempts {
        charges: BudgetCharges::default(),
        on_denial: OnDenial::Stop,
        now_ms: NOW_MS,
    }
}
