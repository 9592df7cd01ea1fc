//! The suite fails on each store that is wrong about revoking access or links.
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
fn an_ignored_guard_is_found() {
    fails_exactly(
        Flaw::IgnoresRevocationGuard,
        &[
            "a_guarded_revocation_needs_the_version",
            "a_revocation_of_links_needs_the_version",
            "racing_guarded_revocations_have_one_winner",
            "racing_revocation_and_change_have_one_winner",
        ],
    );
}

#[test]
fn a_password_that_stays_is_found() {
    fails_exactly(
        Flaw::KeepsForgottenPassword,
        &[
            "a_forgotten_password_is_gone_with_what_was_issued",
            "a_forgotten_password_is_remembered_whatever_the_rule",
            "a_forgotten_password_keeps_the_history_within_its_bound",
            "a_password_is_forgotten_once",
            "racing_guarded_revocations_have_one_winner",
            "mark_needs_a_password",
            "mark_ends_with_the_password",
        ],
    );
}

#[test]
fn a_second_factor_that_stays_is_found() {
    fails_exactly(
        Flaw::KeepsForgottenSecondFactor,
        &["a_forgotten_second_factor_is_gone_and_the_password_stays"],
    );
}

#[test]
fn a_password_that_nobody_remembers_is_found() {
    fails_exactly(
        Flaw::ForgetsForGood,
        &[
            "a_forgotten_password_is_remembered_whatever_the_rule",
            "a_forgotten_password_keeps_the_history_within_its_bound",
            "a_password_is_forgotten_once",
            "racing_guarded_revocations_have_one_winner",
        ],
    );
}

#[test]
fn a_revocation_of_links_that_ends_everything_is_found() {
    fails_exactly(
        Flaw::RevokesTooMuch,
        &[
            "a_success_changes_its_budgets",
            "a_revocation_without_links_happens_in_silence",
            "a_revoked_link_frees_its_place",
            "revoked_links_are_dead_and_nothing_else_is",
            "a_pass_is_not_spent_by_use",
            "a_pass_dies_with_its_version_and_its_second",
            "an_authenticator_is_called_what_it_was_named_last",
            "a_name_outlives_a_sign_in",
            "renewed_codes_take_the_place_of_the_old",
            "racing_renewals_leave_one_set",
            "racing_renewals_of_one_set_have_one_winner",
            "code_hashing_belongs_to_its_set",
        ],
    );
}
