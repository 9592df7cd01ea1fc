//! The suite fails on each store that is wrong about delays, lifetimes and what gives them back.
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
fn a_forgotten_delay_is_found() {
    fails_exactly(
        Flaw::ForgetsDelays,
        &[
            "a_changed_allowance_holds_at_once",
            "a_delay_beyond_the_last_instant_is_denied",
            "a_purge_leaves_delays_and_lifetimes",
            "a_recovery_ends_the_delays",
            "a_success_leaves_the_delays",
            "charges_follow_the_arithmetic_of_the_throttle",
            "each_failure_in_a_row_waits_longer",
            "racing_failures_wait_for_the_first_of_them",
            "the_first_failure_may_have_to_wait",
            "time_ends_the_delays",
        ],
    );
}

#[test]
fn a_first_failure_without_its_delay_is_found() {
    fails_exactly(
        Flaw::DelaysFromTheSecond,
        &[
            "a_delay_beyond_the_last_instant_is_denied",
            "charges_follow_the_arithmetic_of_the_throttle",
            "racing_failures_wait_for_the_first_of_them",
            "the_first_failure_may_have_to_wait",
        ],
    );
}

#[test]
fn a_forgotten_lifetime_is_found() {
    fails_exactly(
        Flaw::ForgetsLifetime,
        &[
            "a_changed_allowance_holds_at_once",
            "a_lifetime_outlives_successes",
            "a_purge_leaves_delays_and_lifetimes",
            "a_purge_lifts_no_refusal",
            "a_recovery_gives_back_all_but_the_lifetime",
            "charges_follow_the_arithmetic_of_the_throttle",
            "cleared_budgets_are_whole",
            "counts_outlast_a_wrong_clock",
            "racing_attempts_end_at_the_lifetime",
            "what_was_never_charged_has_nothing_to_give_back",
        ],
    );
}

#[test]
fn a_lifetime_that_a_success_renews_is_found() {
    fails_exactly(
        Flaw::RenewsLifetime,
        &[
            "a_lifetime_outlives_successes",
            "a_purge_leaves_delays_and_lifetimes",
            "charges_follow_the_arithmetic_of_the_throttle",
        ],
    );
}

#[test]
fn a_recovery_taken_for_a_success_is_found() {
    fails_exactly(
        Flaw::LiftsAsSettled,
        &[
            "a_purge_leaves_delays_and_lifetimes",
            "a_recovery_gives_back_all_but_the_lifetime",
            "charges_follow_the_arithmetic_of_the_throttle",
        ],
    );
}

#[test]
fn a_success_that_counts_as_a_failure_is_found() {
    fails_exactly(
        Flaw::SettlesAsLifted,
        &[
            "a_lifetime_outlives_successes",
            "a_purge_leaves_delays_and_lifetimes",
            "a_success_counts_against_no_lifetime",
            "charges_follow_the_arithmetic_of_the_throttle",
        ],
    );
}

#[test]
fn a_purge_of_failures_is_found() {
    fails_exactly(
        Flaw::PurgesFailures,
        &[
            "a_purge_leaves_delays_and_lifetimes",
            "a_purge_lifts_no_refusal",
            "a_purge_goes_by_the_last_charge",
        ],
    );
}

#[test]
fn whole_budget_after_success_is_found() {
    fails_exactly(
        Flaw::SettlesEverything,
        &[
            "a_success_changes_its_budgets",
            "racing_successes_settle_once",
            "a_settlement_gives_one_attempt_back",
            "a_settlement_leaves_later_attempts",
            "a_success_leaves_the_delays",
            "charges_follow_the_arithmetic_of_the_throttle",
        ],
    );
}

#[test]
fn others_attempts_given_back_are_found() {
    fails_exactly(
        Flaw::SettlesOthers,
        &[
            "a_success_changes_its_budgets",
            "racing_successes_settle_once",
            "a_hard_stop_ends_only_with_a_settlement",
            "a_lifetime_outlives_successes",
            "a_purge_leaves_delays_and_lifetimes",
            "a_settlement_gives_one_attempt_back",
            "a_settlement_leaves_later_attempts",
            "a_success_leaves_the_delays",
            "charges_follow_the_arithmetic_of_the_throttle",
        ],
    );
}

#[test]
fn believed_wrong_clock_is_found() {
    fails_exactly(
        Flaw::BelievesAnyTime,
        &[
            "a_purge_keeps_no_far_budget_for_ever",
            "a_time_from_a_wrong_clock_is_corrected",
            "charges_follow_the_arithmetic_of_the_throttle",
            "counts_outlast_a_wrong_clock",
        ],
    );
}

#[test]
fn delays_never_forgotten_are_found() {
    fails_exactly(
        Flaw::NeverForgetsDelays,
        &[
            "charges_follow_the_arithmetic_of_the_throttle",
            "time_ends_the_delays",
        ],
    );
}

#[test]
fn cleared_lifetime_is_found() {
    fails_exactly(Flaw::ClearsLifetimes, &["cleared_budgets_are_whole"]);
}

#[test]
fn budgets_left_out_are_found() {
    fails_exactly(Flaw::ReadsRowsOnly, &["budgets_are_read_in_their_order"]);
}

#[test]
fn failures_kept_by_success_are_found() {
    fails_exactly(
        Flaw::SettleKeepsFailures,
        &[
            "a_hard_stop_ends_only_with_a_settlement",
            "a_lifetime_outlives_successes",
            "a_purge_leaves_delays_and_lifetimes",
            "a_settlement_gives_one_attempt_back",
            "a_success_leaves_the_delays",
            "charges_follow_the_arithmetic_of_the_throttle",
        ],
    );
}
