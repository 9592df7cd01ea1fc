//! The suite fails on each store that is wrong about accounts: marks, erasures, exports and pages.
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
fn forgotten_mark_is_found() {
    fails_exactly(
        Flaw::ForgetsMark,
        &["new_password_is_required_once", "mark_leaves_the_epoch"],
    );
}

#[test]
fn kept_mark_is_found() {
    fails_exactly(Flaw::KeepsMark, &["mark_ends_with_the_password"]);
}

#[test]
fn mark_that_revokes_is_found() {
    fails_exactly(
        Flaw::MarkRevokesAccess,
        &[
            "mark_leaves_the_epoch",
            "mark_ends_with_the_password",
            "erased_account_has_nothing_left",
            "erased_account_can_begin_anew",
            "export_gives_everything_but_secrets",
        ],
    );
}

#[test]
fn kept_erased_password_is_found() {
    fails_exactly(
        Flaw::KeepsErasedPassword,
        &[
            "erased_account_has_nothing_left",
            "erasure_names_the_actor",
            "erased_account_can_begin_anew",
        ],
    );
}

#[test]
fn kept_erased_sessions_are_found() {
    fails_exactly(
        Flaw::KeepsErasedSessions,
        &[
            "erased_account_has_nothing_left",
            "erasure_ends_what_was_issued",
            "racing_erasure_and_sessions_agree",
        ],
    );
}

#[test]
fn kept_erased_budgets_are_found() {
    fails_exactly(Flaw::KeepsErasedBudgets, &["erasure_takes_its_budgets"]);
}

#[test]
fn forgotten_erased_epoch_is_found() {
    fails_exactly(
        Flaw::ForgetsErasedEpoch,
        &[
            "erased_account_has_nothing_left",
            "erasure_ends_what_was_issued",
            "erased_account_can_begin_anew",
        ],
    );
}

#[test]
fn export_without_sessions_is_found() {
    fails_exactly(
        Flaw::ExportsNoSession,
        &["export_gives_everything_but_secrets"],
    );
}

#[test]
fn ignored_subjects_are_found() {
    fails_exactly(Flaw::IgnoresSubjects, &["audit_page_is_of_its_subjects"]);
}

#[test]
fn pages_by_time_are_found() {
    fails_exactly(Flaw::PagesByTime, &["audit_pages_leave_nothing_out"]);
}

#[test]
fn first_page_again_is_found() {
    fails_exactly(
        Flaw::PagesFromTheFirst,
        &["second_factors_are_paged", "sealed_values_are_paged"],
    );
}
