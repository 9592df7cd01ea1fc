//! The suite fails on each store that is wrong about the charges of one decision.
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
