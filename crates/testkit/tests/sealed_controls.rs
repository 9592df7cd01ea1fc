//! The suite fails on each store that is wrong about sealed values.
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
fn unread_jobs_are_found() {
    fails_exactly(
        Flaw::ReadsNoJobs,
        &[
            "sealed_values_are_paged",
            "sealed_pages_are_bounded",
            "replacement_needs_the_value_read",
            "postponed_payload_is_not_replaced",
            "racing_postponement_keeps_its_payload",
        ],
    );
}

#[test]
fn late_set_ups_are_found() {
    fails_exactly(
        Flaw::ReadsSetUpsLast,
        &["sealed_values_are_paged", "confirmed_set_up_is_met_again"],
    );
}

#[test]
fn endless_pages_are_found() {
    fails_exactly(
        Flaw::ReadsSealedAtOnce,
        &["sealed_values_are_paged", "sealed_pages_are_bounded"],
    );
}

#[test]
fn missing_guard_is_found() {
    fails_exactly(
        Flaw::ReplacesAnySealed,
        &[
            "replacement_needs_the_value_read",
            "postponed_payload_is_not_replaced",
            "racing_resealers_have_one_winner",
            "racing_postponement_keeps_its_payload",
        ],
    );
}

#[test]
fn reset_watermark_is_found() {
    fails_exactly(
        Flaw::ResealsFromTheStart,
        &[
            "replaced_secret_keeps_its_row",
            "advanced_step_outlasts_a_replacement",
        ],
    );
}

#[test]
fn freed_job_is_found() {
    fails_exactly(Flaw::ResealFreesJob, &["held_job_stays_held"]);
}
