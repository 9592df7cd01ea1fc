//! The suite fails on each store that is wrong about the charges of one decision, and what gives them back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::fails_exactly;
use slotwerk_testkit::broken::Flaw;

#[test]
fn charges_in_key_order() {
    fails_exactly(
        Flaw::ChargesInKeyOrder,
        &[
            "charges_keep_the_given_order",
            "a_repeated_budget_is_charged_twice",
        ],
    );
}

#[test]
fn charges_after_a_denial() {
    fails_exactly(
        Flaw::ChargesAfterDenial,
        &[
            "charges_keep_the_given_order",
            "a_denial_keeps_earlier_charges",
        ],
    );
}

#[test]
fn denial_that_always_stops() {
    fails_exactly(
        Flaw::StopsAtAnyDenial,
        &[
            "a_denial_may_be_passed_over",
            "racing_decisions_keep_every_budget",
            "racing_opposite_orders_do_not_deadlock",
        ],
    );
}

#[test]
fn denial_that_undoes_charges() {
    fails_exactly(
        Flaw::UndoesEarlierCharges,
        &[
            "a_denial_keeps_earlier_charges",
            "a_denial_may_be_passed_over",
            "a_repeated_budget_is_charged_twice",
            "racing_decisions_keep_every_budget",
            "racing_opposite_orders_do_not_deadlock",
        ],
    );
}

#[test]
fn repeated_budget_charged_once() {
    let case = "a_repeated_budget_is_charged_twice";
    fails_exactly(Flaw::ChargesKeyOnce, &[case]);
}

#[test]
fn locks_in_given_order() {
    let case = "racing_opposite_orders_do_not_deadlock";
    fails_exactly(Flaw::LocksInGivenOrder, &[case]);
}

#[test]
fn forgotten_settling() {
    fails_exactly(
        Flaw::ForgetsSettling,
        &[
            "a_success_changes_its_budgets",
            "racing_successes_settle_once",
        ],
    );
}

#[test]
fn forgotten_lifting() {
    fails_exactly(
        Flaw::ForgetsLifting,
        &[
            "a_success_changes_its_budgets",
            "a_settled_budget_may_be_lifted",
        ],
    );
}

#[test]
fn settled_rejections() {
    fails_exactly(
        Flaw::SettlesRejections,
        &[
            "a_rejection_changes_no_budget",
            "racing_successes_settle_once",
        ],
    );
}
