//! The suite passes on a store that is right, and fails on each that is wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{fails_exactly, report};
use slotwerk_store::MemoryStore;
use slotwerk_testkit::broken::Flaw;
use slotwerk_testkit::conformance::{self, Nodes};
use std::sync::Arc;

#[test]
fn a_right_store_passes() {
    let passed = conformance::block_on(conformance::run(|| async {
        Nodes::one(Arc::new(MemoryStore::new()))
    }))
    .into_result();
    assert_eq!(passed.unwrap(), conformance::cases().len());
}

#[test]
fn the_wrapper_itself_is_right() {
    fails_exactly(Flaw::None, &[]);
}

#[test]
fn get_then_put_is_found_by_every_race_and_by_nothing_else() {
    let races: Vec<&str> = conformance::cases()
        .iter()
        .map(|case| case.name)
        .filter(|name| name.starts_with("racing_"))
        .collect();
    assert!(races.len() >= 30, "only {} races", races.len());
    fails_exactly(Flaw::GetThenPut, &races);
}

#[test]
fn an_ignored_ticket_is_found() {
    fails_exactly(
        Flaw::IgnoresTicket,
        &[
            "a_rejection_changes_no_budget",
            "an_enrolment_needs_a_live_ticket",
            "a_confirmed_enrolment_is_active_told_of_and_noticed",
            "a_confirmation_needs_a_live_ticket",
            "a_later_step_is_accepted_and_ends_the_sign_in",
            "a_dead_ticket_leaves_the_watermark",
            "a_dead_ticket_leaves_the_recovery_code",
            "racing_recovery_codes_under_one_ticket_have_one_winner",
            "racing_steps_under_one_ticket_have_one_winner",
            "an_addition_needs_a_live_ticket",
            "a_pass_dies_with_its_version_and_its_second",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "racing_replacements_have_one_winner",
            "a_rename_needs_a_live_ticket",
            "a_resynchronisation_is_told_of_and_noticed",
            "a_removal_needs_a_live_ticket",
            "a_renewal_needs_a_live_ticket",
        ],
    );
}

#[test]
fn believed_far_expiries_are_found() {
    fails_exactly(
        Flaw::BelievesAnyExpiry,
        &[
            "far_session_is_invalid",
            "a_far_link_is_invalid",
            "a_far_ticket_is_invalid",
            "an_enrolment_needs_a_live_ticket",
            "a_confirmation_needs_a_live_ticket",
            "a_dead_ticket_leaves_the_watermark",
            "a_dead_ticket_leaves_the_recovery_code",
            "an_addition_needs_a_live_ticket",
            "a_rename_needs_a_live_ticket",
            "a_removal_needs_a_live_ticket",
            "a_renewal_needs_a_live_ticket",
        ],
    );
}

#[test]
fn kept_far_rows_are_found() {
    fails_exactly(
        Flaw::KeepsFarRows,
        &[
            "a_far_link_frees_its_place",
            "a_far_ticket_frees_its_place",
            "a_purge_takes_far_rows",
            "far_session_is_deleted",
        ],
    );
}

#[test]
fn tickets_pushed_out_by_another_stage_are_found() {
    fails_exactly(
        Flaw::PushesOutOtherStages,
        &["tickets_beyond_the_allowance_push_out_the_oldest"],
    );
}

#[test]
fn ignored_row_counts_are_found() {
    let report = report(Flaw::IgnoresAffectedRows);
    for case in [
        "a_full_tenant_is_refused_and_others_are_not",
        "a_lost_lease_neither_finishes_nor_postpones",
        "a_stale_version_changes_nothing",
        "a_guarded_revocation_needs_the_version",
        "a_revocation_of_links_needs_the_version",
        "a_hash_that_moved_on_is_not_replaced",
        "a_mark_is_cleared_once_and_for_its_version_only",
        "racing_clearances_have_one_winner",
        "a_refused_change_remembers_and_forgets_nothing",
        "racing_changes_remember_one_password",
        "a_link_with_a_failing_guard_changes_nothing",
        "a_link_for_a_version_that_moved_on_is_stale",
        "a_link_beyond_the_allowance_is_refused_and_the_older_live",
        "racing_uses_of_one_link_have_one_winner",
        "an_enrolment_needs_a_live_ticket",
        "a_confirmation_of_another_enrolment_leaves_the_ticket",
        "an_addition_beyond_the_limit_is_refused",
        "a_replacement_needs_something_to_replace",
        "a_rename_of_another_authenticator_is_refused",
        "a_removal_of_another_authenticator_is_refused",
        "the_last_authenticator_stays_unless_it_may_go",
        "a_renewal_needs_a_live_ticket",
        "a_replayed_step_leaves_the_ticket",
        "racing_uses_of_one_step_have_one_winner",
        "an_unknown_recovery_code_leaves_the_ticket",
        "racing_uses_of_one_recovery_code_have_one_winner",
        "replacement_needs_the_value_read",
        "confirmed_set_up_is_met_again",
        "charges_follow_the_arithmetic_of_the_throttle",
        "racing_attempts_spend_no_more_than_the_burst",
    ] {
        assert!(report.names(case), "not found by {case}: {report}");
    }
}

#[test]
fn a_missing_rollback_is_found() {
    fails_exactly(
        Flaw::NoRollback,
        &[
            "a_far_enrolment_gives_way",
            "a_confirmation_of_another_enrolment_leaves_the_ticket",
            "a_confirmation_at_the_expiry_is_too_late",
            "a_replayed_step_leaves_the_ticket",
            "a_step_of_another_authenticator_is_refused",
            "an_unknown_recovery_code_leaves_the_ticket",
            "racing_uses_of_one_step_have_one_winner",
            "racing_uses_of_one_recovery_code_have_one_winner",
            "a_confirmation_is_refused_beside_an_active_authenticator",
            "an_addition_is_resumed_under_its_ticket",
            "an_addition_beyond_the_limit_is_refused",
            "an_addition_at_sign_in_is_refused_whatever_the_limit",
            "racing_additions_keep_the_limit",
            "a_replacement_counts_the_others_only",
            "a_replacement_keeps_or_renews_the_codes_as_it_says",
            "a_replacement_needs_something_to_replace",
            "a_rename_of_another_authenticator_is_refused",
            "a_resynchronisation_is_told_of_and_noticed",
            "a_removed_authenticator_does_not_come_back",
            "the_last_authenticator_stays_unless_it_may_go",
            "a_removal_of_another_authenticator_is_refused",
            "racing_removal_and_steps_agree",
            "renewed_codes_take_the_place_of_the_old",
            "racing_renewals_leave_one_set",
            "a_disbelieved_step_is_never_accepted",
            "an_expiry_beyond_its_bound_is_disbelieved",
        ],
    );
}

#[test]
fn a_forgotten_notice_is_found() {
    fails_exactly(
        Flaw::ForgetsNotice,
        &[
            "a_changed_password_is_told_of_and_noticed",
            "a_used_link_sets_the_password_and_is_told_of_and_noticed",
            "an_enrolment_begins_once_and_is_mailed_once",
            "an_offer_that_may_not_resume_takes_the_place_of_another",
            "a_confirmed_enrolment_is_active_told_of_and_noticed",
            "a_recovery_code_is_spent_once_told_of_and_noticed",
            "racing_uses_of_one_link_have_one_winner",
            "racing_uses_of_sibling_links_have_one_winner",
            "racing_offers_are_taken_once",
            "racing_confirmations_have_one_winner",
            "racing_confirmations_by_two_tickets_have_one_winner",
            "racing_uses_of_one_recovery_code_have_one_winner",
            "a_forgotten_password_is_gone_with_what_was_issued",
            "a_forgotten_second_factor_is_gone_and_the_password_stays",
            "a_revocation_is_noticed",
            "racing_guarded_revocations_have_one_winner",
            "an_authenticator_is_added_beside_another",
            "racing_additions_keep_the_limit",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "racing_replacements_have_one_winner",
            "a_resynchronisation_is_told_of_and_noticed",
            "a_removed_authenticator_is_gone_with_what_was_issued",
            "racing_removals_leave_one",
            "renewed_codes_take_the_place_of_the_old",
            "a_clearing_is_told_once",
            "ending_all_spares_one",
            "new_password_is_required_once",
        ],
    );
}

#[test]
fn a_forgotten_audit_row_is_found() {
    fails_exactly(
        Flaw::ForgetsAudit,
        &[
            "a_changed_password_is_told_of_and_noticed",
            "a_clearing_is_told_once",
            "clearing_names_the_actor",
            "revocation_names_the_actor",
            "invitation_names_the_actor",
            "a_confirmation_is_refused_beside_an_active_authenticator",
            "a_confirmed_enrolment_is_active_told_of_and_noticed",
            "a_first_authenticator_can_end_what_was_issued_before",
            "a_forgotten_password_is_gone_with_what_was_issued",
            "a_forgotten_second_factor_is_gone_and_the_password_stays",
            "a_later_step_is_accepted_and_ends_the_sign_in",
            "a_recovery_code_is_spent_once_told_of_and_noticed",
            "a_removed_authenticator_is_gone_with_what_was_issued",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "a_resynchronisation_is_told_of_and_noticed",
            "a_revocation_kills_what_was_issued_and_keeps_what_is_set",
            "a_row_says_what_when_and_to_whom",
            "a_stale_version_changes_nothing",
            "a_trail_is_read_in_pages",
            "a_used_link_sets_the_password_and_is_told_of_and_noticed",
            "an_authenticator_is_added_beside_another",
            "an_authenticator_is_called_what_it_was_named_last",
            "racing_confirmations_by_two_tickets_have_one_winner",
            "racing_confirmations_have_one_winner",
            "racing_guarded_revocations_have_one_winner",
            "racing_password_changes_have_one_winner",
            "racing_removal_and_steps_agree",
            "racing_removals_leave_one",
            "racing_revocations_count_each",
            "racing_revocations_of_links_count_each_once",
            "racing_use_and_password_change_have_one_winner",
            "racing_uses_of_one_link_have_one_winner",
            "racing_uses_of_one_recovery_code_have_one_winner",
            "racing_uses_of_one_step_have_one_winner",
            "renewed_codes_take_the_place_of_the_old",
            "revoked_links_are_dead_and_nothing_else_is",
            "ending_all_spares_one",
            "racing_ends_count_once",
            "new_password_is_required_once",
            "racing_marks_are_told_once",
            "erasure_names_the_actor",
            "export_gives_everything_but_secrets",
            "racing_erasures_move_the_epoch",
            "audit_ids_differ",
            "audit_pages_leave_nothing_out",
            "audit_page_is_of_its_subjects",
            "audit_page_is_of_its_tenant",
            "audit_page_keeps_its_bounds",
            "record_is_the_row_as_stored",
        ],
    );
}

#[test]
fn forgotten_actor_is_found() {
    fails_exactly(
        Flaw::ForgetsActor,
        &[
            "clearing_names_the_actor",
            "revocation_names_the_actor",
            "invitation_names_the_actor",
            "new_password_is_required_once",
            "erasure_names_the_actor",
            "ending_all_spares_one",
            "record_is_the_row_as_stored",
        ],
    );
}

#[test]
fn a_late_expiry_is_found() {
    fails_exactly(
        Flaw::ExpiresLate,
        &[
            "a_far_link_is_invalid",
            "a_far_ticket_is_invalid",
            "a_password_tells_when_it_was_set",
            "a_password_replaced_by_link_is_remembered_likewise",
            "a_refused_change_remembers_and_forgets_nothing",
            "a_link_is_found_as_issued_until_its_second",
            "a_link_with_a_failing_guard_changes_nothing",
            "a_link_is_dead_exactly_at_its_second",
            "a_ticket_is_found_as_opened_until_its_second",
            "an_enrolment_is_pending_until_its_second",
            "a_confirmed_enrolment_is_active_told_of_and_noticed",
            "a_confirmation_needs_a_live_ticket",
            "a_confirmation_at_the_expiry_is_too_late",
            "a_dead_ticket_leaves_the_watermark",
            "a_dead_ticket_leaves_the_recovery_code",
            "a_row_says_what_when_and_to_whom",
            "a_purge_takes_what_has_expired_and_counts_it",
            "a_purge_takes_budgets_that_say_nothing_any_more",
            "an_authenticator_is_added_beside_another",
            "an_addition_needs_a_live_ticket",
            "a_pass_dies_with_its_version_and_its_second",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "a_rename_needs_a_live_ticket",
            "a_step_is_of_one_authenticator_only",
            "a_removal_needs_a_live_ticket",
            "a_renewal_needs_a_live_ticket",
            "an_expiry_beyond_its_bound_is_disbelieved",
            "session_ends_at_its_limits",
            "touch_waits_a_minute",
            "touch_keeps_the_absolute_end",
            "far_session_is_invalid",
            "sessions_are_listed_by_age",
            "purge_takes_ended_sessions",
            "export_gives_everything_but_secrets",
        ],
    );
}

#[test]
fn an_ignored_tenant_is_found() {
    fails_exactly(
        Flaw::IgnoresTenant,
        &[
            "a_history_is_of_its_own_account_only",
            "a_link_is_found_in_its_own_tenant_only",
            "a_ticket_is_found_in_its_own_tenant_only",
            "session_of_another_tenant_is_unknown",
        ],
    );
}

#[test]
fn an_allowance_that_counts_every_link_is_found() {
    fails_exactly(
        Flaw::CountsEveryLink,
        &[
            "links_of_one_job_count_once_and_both_live",
            "invitation_names_the_actor",
        ],
    );
}

#[test]
fn a_regenerated_secret_is_found() {
    fails_exactly(
        Flaw::RegeneratesEnrolment,
        &[
            "an_enrolment_begins_once_and_is_mailed_once",
            "an_expired_enrolment_gives_way_to_a_new_one",
            "an_offer_that_may_not_resume_takes_the_place_of_another",
            "racing_offers_are_taken_once",
            "an_addition_is_resumed_under_its_ticket",
            "an_expiry_beyond_its_bound_is_disbelieved",
            "authenticators_differ_in_their_ordinals",
        ],
    );
}

#[test]
fn an_ignored_lease_is_found() {
    fails_exactly(
        Flaw::IgnoresLease,
        &[
            "a_lost_lease_neither_finishes_nor_postpones",
            "far_lease_is_disbelieved",
            "mail_state_follows_the_job",
        ],
    );
}

#[test]
fn a_job_that_is_put_back_as_it_was_added_is_found() {
    fails_exactly(
        Flaw::KeepsPayload,
        &[
            "a_postponed_job_comes_back_as_it_is_now",
            "postponed_payload_is_not_replaced",
            "racing_postponement_keeps_its_payload",
        ],
    );
}

#[test]
fn a_forgotten_turn_is_found() {
    fails_exactly(
        Flaw::ForgetsTurns,
        &[
            "a_crowd_of_one_tenant_delays_no_other",
            "one_lease_goes_round_the_tenants",
            "a_turn_passes_to_the_next_tenant_and_around",
            "a_tenant_with_nothing_ready_is_passed_over",
            "skipped_tenant_keeps_its_jobs",
        ],
    );
}

#[test]
fn a_lease_that_works_off_one_tenant_first_is_found() {
    let case = "one_lease_goes_round_the_tenants";
    fails_exactly(Flaw::LeasesByTenant, &[case]);
}

#[test]
fn trusted_job_times_are_found() {
    fails_exactly(
        Flaw::TrustsJobTimes,
        &[
            "far_start_is_disbelieved",
            "far_lease_is_disbelieved",
            "future_creation_becomes_now",
        ],
    );
}

#[test]
fn hidden_clocks_are_found() {
    fails_exactly(
        Flaw::HidesClocks,
        &[
            "far_start_is_disbelieved",
            "far_lease_is_disbelieved",
            "future_creation_becomes_now",
        ],
    );
}

#[test]
fn forgotten_waits_are_found() {
    fails_exactly(Flaw::ForgetsWaits, &["waits_are_counted_apart"]);
}

#[test]
fn a_lost_creation_is_found() {
    fails_exactly(Flaw::LosesCreation, &["future_creation_becomes_now"]);
}

#[test]
fn a_served_skipped_tenant_is_found() {
    fails_exactly(Flaw::ServesSkipped, &["skipped_tenant_keeps_its_jobs"]);
}

#[test]
fn a_forgotten_mail_state_is_found() {
    fails_exactly(Flaw::ForgetsMailState, &["mail_state_follows_the_job"]);
}

#[test]
fn held_jobs_in_backlog_are_found() {
    fails_exactly(Flaw::CountsHeldJobs, &["backlog_counts_what_waits"]);
}

#[test]
fn purge_without_a_limit_is_found() {
    fails_exactly(
        Flaw::PurgesAtOnce,
        &[
            "purge_keeps_its_batch",
            "purge_of_sessions_keeps_its_batch",
            "purge_of_budgets_keeps_its_batch",
        ],
    );
}

#[test]
fn every_flaw_is_found() {
    for flaw in Flaw::ALL {
        assert!(!report(flaw).failed.is_empty(), "{flaw:?} passes");
    }
}
