//! The suite fails on each store that is wrong about authenticators and what allows changing them.
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
fn an_ignored_stage_is_found() {
    fails_exactly(
        Flaw::IgnoresStage,
        &[
            "an_enrolment_needs_a_live_ticket",
            "a_confirmation_needs_a_live_ticket",
            "an_addition_needs_a_live_ticket",
            "a_rename_needs_a_live_ticket",
            "a_resynchronisation_is_told_of_and_noticed",
            "a_removal_needs_a_live_ticket",
            "a_dead_ticket_leaves_the_watermark",
            "a_dead_ticket_leaves_the_recovery_code",
            "a_renewal_needs_a_live_ticket",
        ],
    );
}

#[test]
fn tickets_in_order_of_arrival() {
    let case = "tickets_go_by_time_and_token";
    fails_exactly(Flaw::OrdersTicketsByArrival, &[case]);
}

#[test]
fn authenticators_in_order_of_arrival() {
    let case = "authenticators_go_by_time_and_ordinal";
    fails_exactly(Flaw::OrdersFactorsByArrival, &[case]);
}

#[test]
fn lost_kind_is_found() {
    fails_exactly(
        Flaw::LosesKind,
        &[
            "a_confirmed_enrolment_is_active_told_of_and_noticed",
            "a_step_is_of_one_authenticator_only",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "an_authenticator_is_added_beside_another",
        ],
    );
}

#[test]
fn a_pass_that_is_spent_by_use_is_found() {
    fails_exactly(
        Flaw::SpendsPass,
        &[
            "authenticators_go_by_time_and_ordinal",
            "an_authenticator_is_added_beside_another",
            "an_addition_is_resumed_under_its_ticket",
            "an_addition_beyond_the_limit_is_refused",
            "an_addition_at_sign_in_is_refused_whatever_the_limit",
            "an_addition_needs_a_live_ticket",
            "codes_that_come_with_an_authenticator_replace_the_old",
            "a_pass_is_not_spent_by_use",
            "a_pass_dies_with_its_version_and_its_second",
            "racing_additions_keep_the_limit",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "a_replacement_counts_the_others_only",
            "a_replacement_keeps_or_renews_the_codes_as_it_says",
            "a_replacement_needs_something_to_replace",
            "racing_replacements_have_one_winner",
            "an_authenticator_is_called_what_it_was_named_last",
            "a_rename_of_another_authenticator_is_refused",
            "a_rename_needs_a_live_ticket",
            "a_step_is_of_one_authenticator_only",
            "a_removed_authenticator_is_gone_with_what_was_issued",
            "a_removed_authenticator_does_not_come_back",
            "the_last_authenticator_stays_unless_it_may_go",
            "a_removal_of_another_authenticator_is_refused",
            "a_removal_needs_a_live_ticket",
            "racing_removals_leave_one",
            "racing_removal_and_steps_agree",
            "renewed_codes_take_the_place_of_the_old",
            "racing_renewals_of_one_set_have_one_winner",
            "a_purge_keeps_what_is_set_waits_or_is_told",
            "authenticators_differ_in_their_ordinals",
            "erased_account_has_nothing_left",
            "erasure_leaves_other_accounts",
            "export_gives_everything_but_secrets",
        ],
    );
}

#[test]
fn a_ticket_that_outlives_its_sign_in_is_found() {
    fails_exactly(
        Flaw::KeepsTicket,
        &[
            "a_confirmed_enrolment_is_active_told_of_and_noticed",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "a_later_step_is_accepted_and_ends_the_sign_in",
            "racing_uses_of_one_step_have_one_winner",
            "racing_steps_under_one_ticket_have_one_winner",
            "a_recovery_code_is_spent_once_told_of_and_noticed",
            "racing_uses_of_one_recovery_code_have_one_winner",
            "racing_recovery_codes_under_one_ticket_have_one_winner",
        ],
    );
}

#[test]
fn a_pass_that_outlives_the_password_is_found() {
    let case = "a_pass_dies_with_its_version_and_its_second";
    fails_exactly(Flaw::PassOutlivesVersion, &[case]);
}

#[test]
fn an_ignored_limit_is_found() {
    fails_exactly(
        Flaw::IgnoresLimit,
        &[
            "an_enrolment_is_refused_beside_an_active_authenticator",
            "a_confirmation_is_refused_beside_an_active_authenticator",
            "an_addition_beyond_the_limit_is_refused",
            "an_addition_at_sign_in_is_refused_whatever_the_limit",
            "a_replacement_counts_the_others_only",
        ],
    );
}

#[test]
fn a_limit_that_holds_without_a_second_factor_is_found() {
    let case = "an_addition_at_sign_in_is_refused_whatever_the_limit";
    fails_exactly(Flaw::TrustsLimitAtSignIn, &[case]);
}

#[test]
fn a_replacement_that_counts_twice_is_found() {
    let case = "a_replacement_counts_the_others_only";
    fails_exactly(Flaw::CountsReplaced, &[case]);
}

#[test]
fn a_first_authenticator_that_ends_nothing_is_found() {
    fails_exactly(
        Flaw::FirstEndsNothing,
        &["a_first_authenticator_can_end_what_was_issued_before"],
    );
}

#[test]
fn a_secret_resumed_for_anybody_is_found() {
    fails_exactly(
        Flaw::ResumesForAnybody,
        &[
            "an_offer_that_may_not_resume_takes_the_place_of_another",
            "an_addition_is_resumed_under_its_ticket",
        ],
    );
}

#[test]
fn a_replaced_authenticator_that_stays_is_found() {
    fails_exactly(
        Flaw::KeepsReplaced,
        &[
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "a_replacement_counts_the_others_only",
            "a_replacement_keeps_or_renews_the_codes_as_it_says",
            "a_replacement_needs_something_to_replace",
            "racing_replacements_have_one_winner",
        ],
    );
}

#[test]
fn a_replacement_of_nothing_is_found() {
    fails_exactly(
        Flaw::ReplacesNothing,
        &[
            "a_replacement_needs_something_to_replace",
            "a_removed_authenticator_does_not_come_back",
        ],
    );
}

#[test]
fn a_replacement_that_keeps_its_place_is_found() {
    let case = "a_replacement_counts_the_others_only";
    fails_exactly(Flaw::ReplacesInPlace, &[case]);
}

#[test]
fn access_that_outlives_an_authenticator_is_found() {
    fails_exactly(
        Flaw::KeepsAccess,
        &[
            "a_first_authenticator_can_end_what_was_issued_before",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "racing_replacements_have_one_winner",
            "a_removed_authenticator_is_gone_with_what_was_issued",
            "racing_removal_and_steps_agree",
        ],
    );
}

#[test]
fn a_version_that_stays_is_found() {
    fails_exactly(
        Flaw::KeepsVersion,
        &[
            "a_first_authenticator_can_end_what_was_issued_before",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "a_replacement_counts_the_others_only",
            "a_replacement_keeps_or_renews_the_codes_as_it_says",
            "a_replacement_needs_something_to_replace",
            "racing_replacements_have_one_winner",
            "a_removed_authenticator_is_gone_with_what_was_issued",
            "the_last_authenticator_stays_unless_it_may_go",
            "racing_removals_leave_one",
            "racing_removal_and_steps_agree",
            "authenticators_differ_in_their_ordinals",
        ],
    );
}

#[test]
fn a_removal_of_the_last_is_found() {
    let case = "the_last_authenticator_stays_unless_it_may_go";
    fails_exactly(Flaw::RemovesTheLast, &[case]);
}

#[test]
fn orphaned_codes_are_found() {
    let case = "the_last_authenticator_stays_unless_it_may_go";
    fails_exactly(Flaw::KeepsOrphanedCodes, &[case]);
}

#[test]
fn a_revived_authenticator_is_found() {
    fails_exactly(
        Flaw::RevivesRemoved,
        &[
            "a_removed_authenticator_does_not_come_back",
            "racing_removal_and_steps_agree",
        ],
    );
}

#[test]
fn an_ignored_account_is_found() {
    fails_exactly(
        Flaw::FindsByIdAlone,
        &[
            "an_enrolment_of_another_account_is_not_confirmed",
            "a_replacement_needs_something_to_replace",
            "a_rename_of_another_authenticator_is_refused",
            "a_removed_authenticator_does_not_come_back",
            "a_removal_of_another_authenticator_is_refused",
            "a_step_of_another_authenticator_is_refused",
            "a_watermark_moves_from_the_one_read",
            "replacement_needs_the_value_read",
        ],
    );
}

#[test]
fn cleared_codes_are_found() {
    fails_exactly(
        Flaw::ClearsCodes,
        &[
            "an_authenticator_is_added_beside_another",
            "codes_that_come_with_an_authenticator_replace_the_old",
            "a_replacement_keeps_or_renews_the_codes_as_it_says",
            "a_removed_authenticator_is_gone_with_what_was_issued",
            "a_purge_keeps_what_is_set_waits_or_is_told",
        ],
    );
}

#[test]
fn old_codes_that_stay_are_found() {
    fails_exactly(
        Flaw::KeepsOldCodes,
        &[
            "codes_that_come_with_an_authenticator_replace_the_old",
            "a_replacement_keeps_or_renews_the_codes_as_it_says",
            "renewed_codes_take_the_place_of_the_old",
            "racing_renewals_leave_one_set",
            "racing_renewals_of_one_set_have_one_winner",
            "code_hashing_belongs_to_its_set",
        ],
    );
}

#[test]
fn kept_code_hashing_is_found() {
    fails_exactly(
        Flaw::KeepsCodeHashing,
        &[
            "code_hashing_belongs_to_its_set",
            "racing_renewals_leave_one_set",
            "racing_renewals_of_one_set_have_one_winner",
        ],
    );
}

#[test]
fn a_lost_name_is_found() {
    fails_exactly(
        Flaw::LosesName,
        &[
            "a_confirmed_enrolment_is_active_told_of_and_noticed",
            "an_authenticator_is_added_beside_another",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "an_authenticator_is_called_what_it_was_named_last",
            "a_name_outlives_a_sign_in",
            "a_rename_of_another_authenticator_is_refused",
            "a_step_is_of_one_authenticator_only",
        ],
    );
}

#[test]
fn a_name_forgotten_at_use_is_found() {
    fails_exactly(
        Flaw::ForgetsNameAtUse,
        &[
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "a_name_outlives_a_sign_in",
            "a_step_is_of_one_authenticator_only",
            "a_row_says_what_when_and_to_whom",
        ],
    );
}

#[test]
fn a_lost_use_is_found() {
    let case = "a_step_is_of_one_authenticator_only";
    fails_exactly(Flaw::LosesUse, &[case]);
}

#[test]
fn a_moved_addition_is_found() {
    let case = "a_step_is_of_one_authenticator_only";
    fails_exactly(Flaw::MovesAddition, &[case]);
}

#[test]
fn a_shared_watermark_is_found() {
    fails_exactly(
        Flaw::SharesWatermark,
        &[
            "an_authenticator_is_added_beside_another",
            "a_step_is_of_one_authenticator_only",
        ],
    );
}

#[test]
fn a_resynchronisation_told_of_as_a_code_is_found() {
    let case = "a_resynchronisation_is_told_of_and_noticed";
    fails_exactly(Flaw::TellsResyncAsCode, &[case]);
}

#[test]
fn a_noticed_refusal_is_found() {
    fails_exactly(
        Flaw::NoticesRefusals,
        &[
            "an_enrolment_needs_a_live_ticket",
            "an_enrolment_is_refused_beside_an_active_authenticator",
            "a_confirmation_needs_a_live_ticket",
            "a_confirmation_is_refused_beside_an_active_authenticator",
            "racing_confirmations_have_one_winner",
            "racing_confirmations_by_two_tickets_have_one_winner",
            "an_addition_beyond_the_limit_is_refused",
            "an_addition_at_sign_in_is_refused_whatever_the_limit",
            "an_addition_needs_a_live_ticket",
            "racing_additions_keep_the_limit",
            "a_replacement_needs_something_to_replace",
            "racing_replacements_have_one_winner",
            "a_resynchronisation_is_told_of_and_noticed",
            "a_removed_authenticator_does_not_come_back",
            "the_last_authenticator_stays_unless_it_may_go",
            "a_removal_needs_a_live_ticket",
            "racing_removals_leave_one",
            "an_unknown_recovery_code_leaves_the_ticket",
            "a_dead_ticket_leaves_the_recovery_code",
            "racing_uses_of_one_recovery_code_have_one_winner",
            "a_renewal_needs_a_live_ticket",
        ],
    );
}

#[test]
fn purged_authenticators_are_found() {
    let case = "a_purge_keeps_what_is_set_waits_or_is_told";
    fails_exactly(Flaw::PurgesAuthenticators, &[case]);
}

#[test]
fn a_pass_that_no_purge_takes_is_found() {
    let case = "a_purge_takes_what_has_expired_and_counts_it";
    fails_exactly(Flaw::PurgesNoPass, &[case]);
}

#[test]
fn accepted_disbelieved_step_is_found() {
    let case = "a_disbelieved_step_is_never_accepted";
    fails_exactly(Flaw::AcceptsDisbelieved, &[case]);
}

#[test]
fn blindly_moved_watermark_is_found() {
    fails_exactly(
        Flaw::MovesAnyWatermark,
        &[
            "a_watermark_moves_from_the_one_read",
            "racing_watermark_moves_have_one_winner",
            "racing_moves_and_steps_lose_no_step",
        ],
    );
}

#[test]
fn shared_ordinals_are_found() {
    fails_exactly(
        Flaw::SharesOrdinals,
        &[
            "an_authenticator_is_added_beside_another",
            "an_addition_is_resumed_under_its_ticket",
            "an_addition_beyond_the_limit_is_refused",
            "authenticators_differ_in_their_ordinals",
            "a_replaced_authenticator_is_gone_with_what_was_issued",
            "a_step_is_of_one_authenticator_only",
        ],
    );
}

#[test]
fn believed_late_expiry_is_found() {
    fails_exactly(
        Flaw::BelievesLateExpiry,
        &[
            "an_expiry_beyond_its_bound_is_disbelieved",
            "a_far_enrolment_gives_way",
        ],
    );
}

#[test]
fn pushed_out_set_up_is_found() {
    fails_exactly(Flaw::PushesOutSetUps, &["the_ticket_of_a_set_up_stays"]);
}
