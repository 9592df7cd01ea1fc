//! The suite fails on each store that is wrong about past passwords, age, mark or standing.
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
use slotwerk_testkit::conformance::{self, Area};

#[test]
fn a_forgotten_history_is_found() {
    let unshaken = "a_first_password_adds_nothing_to_the_history";
    let mut cases: Vec<&str> = conformance::cases()
        .iter()
        .filter(|case| case.area == Area::History && case.name != unshaken)
        .map(|case| case.name)
        .collect();
    assert_eq!(cases.len(), 16);
    cases.extend([
        "a_forgotten_password_is_remembered_whatever_the_rule",
        "a_forgotten_password_keeps_the_history_within_its_bound",
        "erased_account_has_nothing_left",
        "export_gives_everything_but_secrets",
    ]);
    fails_exactly(Flaw::ForgetsHistory, &cases);
}

#[test]
fn a_history_of_refused_changes_is_found() {
    fails_exactly(
        Flaw::RemembersRefusedChanges,
        &[
            "a_refused_change_remembers_and_forgets_nothing",
            "racing_changes_remember_one_password",
            "racing_use_and_change_remember_one_password",
            "racing_rehash_and_change_retire_the_hash_that_stood",
        ],
    );
}

#[test]
fn a_rehash_that_counts_as_a_change_is_found() {
    fails_exactly(
        Flaw::TakesRehashForChange,
        &[
            "a_stronger_hash_leaves_age_and_mark",
            "a_stronger_hash_is_not_a_past_password",
            "racing_rehash_and_change_retire_the_hash_that_stood",
        ],
    );
}

#[test]
fn a_history_kept_by_count_only_is_found() {
    fails_exactly(
        Flaw::KeepsByCountOnly,
        &[
            "what_is_neither_among_the_newest_nor_young_is_forgotten",
            "a_clock_that_was_set_back_changes_no_rank",
            "a_history_follows_the_rule_of_what_is_kept",
        ],
    );
}

#[test]
fn a_history_kept_by_age_only_is_found() {
    fails_exactly(
        Flaw::KeepsByAgeOnly,
        &[
            "a_replaced_password_is_remembered_with_the_second_it_was_retired",
            "a_password_replaced_by_link_is_remembered_likewise",
            "a_refused_change_remembers_and_forgets_nothing",
            "what_is_neither_among_the_newest_nor_young_is_forgotten",
            "a_clock_that_was_set_back_changes_no_rank",
            "a_history_is_read_from_the_newest_within_the_limit",
            "a_history_is_of_its_own_account_only",
            "a_history_follows_the_rule_of_what_is_kept",
            "a_stronger_hash_is_not_a_past_password",
            "a_revocation_leaves_the_history",
            "a_purge_leaves_the_history",
            "a_forgotten_password_is_remembered_whatever_the_rule",
            "a_forgotten_password_keeps_the_history_within_its_bound",
        ],
    );
}

#[test]
fn a_history_that_is_never_forgotten_is_found() {
    fails_exactly(
        Flaw::NeverForgetsHistory,
        &[
            "a_password_replaced_by_link_is_remembered_likewise",
            "what_is_neither_among_the_newest_nor_young_is_forgotten",
            "a_change_that_keeps_nothing_forgets_everything",
            "a_clock_that_was_set_back_changes_no_rank",
            "a_history_is_of_its_own_account_only",
            "a_history_follows_the_rule_of_what_is_kept",
            "a_forgotten_password_is_remembered_whatever_the_rule",
        ],
    );
}

#[test]
fn a_history_without_a_bound_is_found() {
    let case = "no_more_past_passwords_than_the_bound_are_kept";
    let taken = "a_forgotten_password_keeps_the_history_within_its_bound";
    let erased = "erased_account_has_nothing_left";
    fails_exactly(Flaw::UnboundedHistory, &[case, taken, erased]);
}

#[test]
fn a_history_in_the_order_of_the_clock_is_found() {
    fails_exactly(
        Flaw::OrdersHistoryByTime,
        &[
            "a_clock_that_was_set_back_changes_no_rank",
            "a_history_follows_the_rule_of_what_is_kept",
        ],
    );
}

#[test]
fn an_ignored_limit_is_found() {
    let case = "a_history_is_read_from_the_newest_within_the_limit";
    fails_exactly(Flaw::IgnoresHistoryLimit, &[case]);
}

#[test]
fn a_revocation_that_forgets_is_found() {
    fails_exactly(
        Flaw::ForgetsAtRevocation,
        &[
            "a_revocation_leaves_age_and_mark",
            "a_revocation_leaves_the_history",
        ],
    );
}

#[test]
fn a_purged_history_is_found() {
    let case = "a_purge_leaves_the_history";
    fails_exactly(Flaw::PurgesHistory, &[case]);
}

#[test]
fn a_lost_age_is_found() {
    fails_exactly(
        Flaw::LosesSetAt,
        &[
            "a_password_tells_when_it_was_set",
            "a_stronger_hash_leaves_age_and_mark",
            "a_revocation_leaves_age_and_mark",
            "a_mark_is_cleared_once_and_for_its_version_only",
            "a_refused_change_remembers_and_forgets_nothing",
            "racing_changes_remember_one_password",
        ],
    );
}

#[test]
fn a_forgotten_mark_is_found() {
    fails_exactly(
        Flaw::ForgetsRecheck,
        &[
            "a_mark_is_what_the_last_change_says",
            "a_stronger_hash_leaves_age_and_mark",
            "a_revocation_leaves_age_and_mark",
            "a_mark_is_cleared_once_and_for_its_version_only",
            "racing_clearances_have_one_winner",
            "racing_clearance_and_change_leave_the_new_mark",
        ],
    );
}

#[test]
fn a_mark_cleared_for_another_version_is_found() {
    fails_exactly(
        Flaw::ClearsAnyRecheck,
        &[
            "a_mark_is_cleared_once_and_for_its_version_only",
            "racing_clearance_and_change_leave_the_new_mark",
        ],
    );
}

#[test]
fn a_lost_standing_is_found() {
    let case = "a_ticket_carries_what_was_learned_of_the_password";
    fails_exactly(Flaw::LosesStanding, &[case]);
}
