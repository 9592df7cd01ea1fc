//! The suite fails on each store that is wrong about sessions.
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
fn session_that_outlives_its_epoch_is_found() {
    fails_exactly(
        Flaw::SessionOutlivesEpoch,
        &[
            "session_needs_the_current_epoch",
            "session_ends_with_its_epoch",
            "erasure_ends_what_was_issued",
            "racing_erasure_and_sessions_agree",
        ],
    );
}

#[test]
fn forgotten_idle_limit_is_found() {
    fails_exactly(
        Flaw::ForgetsIdleLimit,
        &[
            "session_ends_at_its_limits",
            "over_sessions_do_not_count",
            "touch_waits_a_minute",
            "sessions_are_listed_by_age",
            "purge_takes_ended_sessions",
            "rotation_needs_a_live_session",
        ],
    );
}

#[test]
fn touch_at_once_is_found() {
    fails_exactly(
        Flaw::TouchesAtOnce,
        &["touch_waits_a_minute", "racing_touches_count_once"],
    );
}

#[test]
fn lost_touch_data_is_found() {
    fails_exactly(Flaw::LosesTouchedData, &["touch_waits_a_minute"]);
}

#[test]
fn touch_for_anybody_is_found() {
    fails_exactly(Flaw::TouchesForAnybody, &["touch_needs_the_account"]);
}

#[test]
fn pushed_out_newest_session_is_found() {
    fails_exactly(
        Flaw::PushesOutNewestSession,
        &["oldest_session_is_pushed_out"],
    );
}

#[test]
fn kept_session_id_is_found() {
    fails_exactly(
        Flaw::KeepsOldSessionId,
        &[
            "rotation_replaces_the_id",
            "racing_rotations_have_one_winner",
        ],
    );
}

#[test]
fn revived_session_is_found() {
    fails_exactly(
        Flaw::RevivesSessions,
        &[
            "rotation_replaces_the_id",
            "rotation_outlives_the_bump",
            "rotation_needs_both_epochs",
            "rotation_needs_a_live_session",
            "rotation_after_two_bumps_fails",
            "racing_rotations_have_one_winner",
        ],
    );
}

#[test]
fn ended_spared_session_is_found() {
    fails_exactly(Flaw::EndsEverySession, &["ending_all_spares_one"]);
}

#[test]
fn unpurged_session_is_found() {
    fails_exactly(
        Flaw::PurgesNoSession,
        &[
            "purge_takes_ended_sessions",
            "purge_of_sessions_keeps_its_batch",
        ],
    );
}
