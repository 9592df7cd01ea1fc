//! One test per conformance case.

/// Writes one `#[test]` per conformance case, each named for its case.
///
/// The argument is the path of an `async fn() -> Nodes` that opens a fresh, empty store. See
/// [`conformance`](crate::conformance).
#[macro_export]
macro_rules! conformance_tests {
    ($open:path) => {
        $crate::conformance_tests!(@cases tests $open);
    };
    (@names) => {
        $crate::conformance_tests!(@cases names)
    };
    (@cases $kind:ident $($open:path)?) => {
        $crate::conformance_tests! { @$kind $($open)? :
            a_job_waits_until_its_time,
            a_job_is_given_as_it_was_added,
            a_full_tenant_is_refused_and_others_are_not,
            a_job_added_twice_waits_once,
            a_finished_job_frees_its_place,
            leases_come_oldest_first_and_within_the_limit,
            a_crowd_of_one_tenant_delays_no_other,
            one_lease_goes_round_the_tenants,
            a_turn_passes_to_the_next_tenant_and_around,
            a_tenant_with_nothing_ready_is_passed_over,
            a_lease_hides_a_job_until_it_runs_out,
            a_lost_lease_neither_finishes_nor_postpones,
            a_postponed_job_comes_back_at_its_time,
            a_postponed_job_comes_back_as_it_is_now,
            racing_workers_share_no_job,
            racing_finishers_have_one_winner,
            requests_in_flight_may_exceed_capacity,
            backlog_counts_what_waits,

            far_start_is_disbelieved,
            far_lease_is_disbelieved,
            future_creation_becomes_now,
            waits_are_counted_apart,
            skipped_tenant_keeps_its_jobs,
            mail_state_follows_the_job,

            an_unknown_account_has_no_hash_and_version_zero,
            a_password_is_set_once_for_a_version,
            a_changed_password_is_told_of_and_noticed,
            a_stale_version_changes_nothing,
            a_changed_password_kills_links_and_tickets_of_that_account_only,
            a_stronger_hash_leaves_the_version_links_and_tickets,
            a_hash_that_moved_on_is_not_replaced,
            a_revocation_kills_what_was_issued_and_keeps_what_is_set,
            racing_password_changes_have_one_winner,
            racing_rehashes_have_one_winner,
            racing_revocations_count_each,

            a_guarded_revocation_needs_the_version,
            a_revocation_is_noticed,
            revocation_names_the_actor,
            a_forgotten_password_is_gone_with_what_was_issued,
            a_forgotten_password_is_remembered_whatever_the_rule,
            a_forgotten_password_keeps_the_history_within_its_bound,
            a_password_is_forgotten_once,
            a_link_sets_a_password_where_one_was_forgotten,
            a_forgotten_second_factor_is_gone_and_the_password_stays,
            racing_guarded_revocations_have_one_winner,
            racing_revocation_and_change_have_one_winner,

            a_password_tells_when_it_was_set,
            a_mark_is_what_the_last_change_says,
            a_stronger_hash_leaves_age_and_mark,
            a_revocation_leaves_age_and_mark,
            a_mark_is_cleared_once_and_for_its_version_only,
            racing_clearances_have_one_winner,
            racing_clearance_and_change_leave_the_new_mark,

            a_replaced_password_is_remembered_with_the_second_it_was_retired,
            a_password_replaced_by_link_is_remembered_likewise,
            a_first_password_adds_nothing_to_the_history,
            a_refused_change_remembers_and_forgets_nothing,
            a_history_is_read_from_the_newest_within_the_limit,
            a_history_is_of_its_own_account_only,
            a_stronger_hash_is_not_a_past_password,
            a_revocation_leaves_the_history,
            a_purge_leaves_the_history,
            racing_changes_remember_one_password,
            racing_use_and_change_remember_one_password,
            racing_rehash_and_change_retire_the_hash_that_stood,

            what_is_neither_among_the_newest_nor_young_is_forgotten,
            a_change_that_keeps_nothing_forgets_everything,
            a_clock_that_was_set_back_changes_no_rank,
            no_more_past_passwords_than_the_bound_are_kept,
            a_history_follows_the_rule_of_what_is_kept,

            a_link_is_found_as_issued_until_its_second,
            a_link_is_found_in_its_own_tenant_only,
            finding_a_link_changes_nothing,
            a_used_link_sets_the_password_and_is_told_of_and_noticed,
            a_used_link_kills_the_links_and_tickets_of_that_account_only,
            a_link_with_a_failing_guard_changes_nothing,
            a_link_is_dead_exactly_at_its_second,
            a_link_dies_with_the_version_it_was_issued_under,
            a_link_for_a_version_that_moved_on_is_stale,
            a_link_beyond_the_allowance_is_refused_and_the_older_live,
            links_of_one_job_count_once_and_both_live,
            an_expired_link_frees_its_place,
            invitation_names_the_actor,
            racing_uses_of_one_link_have_one_winner,
            racing_uses_of_sibling_links_have_one_winner,
            racing_use_and_password_change_have_one_winner,
            racing_issues_keep_the_allowance,

            revoked_links_are_dead_and_nothing_else_is,
            a_revocation_of_links_needs_the_version,
            a_revocation_without_links_happens_in_silence,
            a_revoked_link_frees_its_place,
            racing_revocations_of_links_count_each_once,

            a_ticket_is_found_as_opened_until_its_second,
            a_ticket_carries_what_was_learned_of_the_password,
            a_ticket_is_found_in_its_own_tenant_only,
            a_ticket_dies_with_the_version_it_was_opened_under,
            a_ticket_of_another_version_is_never_live,
            tickets_beyond_the_allowance_push_out_the_oldest,
            an_opened_ticket_always_stays,
            tickets_go_by_time_and_token,
            the_ticket_of_a_set_up_stays,
            racing_sign_ins_keep_the_allowance,

            an_enrolment_begins_once_and_is_mailed_once,
            an_enrolment_is_pending_until_its_second,
            an_expired_enrolment_gives_way_to_a_new_one,
            an_enrolment_needs_a_live_ticket,
            a_new_password_ends_a_pending_enrolment,
            an_offer_that_may_not_resume_takes_the_place_of_another,
            an_enrolment_is_refused_beside_an_active_authenticator,
            an_expiry_beyond_its_bound_is_disbelieved,
            racing_offers_are_taken_once,

            a_confirmed_enrolment_is_active_told_of_and_noticed,
            a_first_authenticator_can_end_what_was_issued_before,
            a_confirmation_needs_a_live_ticket,
            a_confirmation_of_another_enrolment_leaves_the_ticket,
            a_confirmation_at_the_expiry_is_too_late,
            a_confirmation_is_refused_beside_an_active_authenticator,
            racing_confirmations_have_one_winner,
            racing_confirmations_by_two_tickets_have_one_winner,

            an_authenticator_is_added_beside_another,
            an_addition_is_resumed_under_its_ticket,
            authenticators_differ_in_their_ordinals,
            an_addition_beyond_the_limit_is_refused,
            an_addition_at_sign_in_is_refused_whatever_the_limit,
            an_addition_needs_a_live_ticket,
            an_enrolment_of_another_account_is_not_confirmed,
            codes_that_come_with_an_authenticator_replace_the_old,
            a_pass_is_not_spent_by_use,
            a_pass_dies_with_its_version_and_its_second,
            racing_additions_keep_the_limit,

            a_replaced_authenticator_is_gone_with_what_was_issued,
            a_replacement_counts_the_others_only,
            a_replacement_keeps_or_renews_the_codes_as_it_says,
            a_replacement_needs_something_to_replace,
            racing_replacements_have_one_winner,

            an_authenticator_is_called_what_it_was_named_last,
            a_name_outlives_a_sign_in,
            a_rename_of_another_authenticator_is_refused,
            a_rename_needs_a_live_ticket,
            a_step_is_of_one_authenticator_only,
            a_resynchronisation_is_told_of_and_noticed,
            authenticators_go_by_time_and_ordinal,

            a_removed_authenticator_is_gone_with_what_was_issued,
            a_removed_authenticator_does_not_come_back,
            the_last_authenticator_stays_unless_it_may_go,
            a_removal_of_another_authenticator_is_refused,
            a_removal_needs_a_live_ticket,
            racing_removals_leave_one,
            racing_removal_and_steps_agree,

            a_later_step_is_accepted_and_ends_the_sign_in,
            a_replayed_step_leaves_the_ticket,
            a_step_of_another_authenticator_is_refused,
            a_dead_ticket_leaves_the_watermark,
            racing_uses_of_one_step_have_one_winner,
            racing_steps_under_one_ticket_have_one_winner,
            a_watermark_moves_from_the_one_read,
            a_disbelieved_step_is_never_accepted,
            racing_watermark_moves_have_one_winner,
            racing_moves_and_steps_lose_no_step,

            a_recovery_code_is_spent_once_told_of_and_noticed,
            a_recovery_code_is_found_under_any_of_its_digests,
            code_hashing_belongs_to_its_set,
            an_unknown_recovery_code_leaves_the_ticket,
            a_recovery_code_of_another_account_is_unknown,
            a_dead_ticket_leaves_the_recovery_code,
            racing_uses_of_one_recovery_code_have_one_winner,
            racing_recovery_codes_under_one_ticket_have_one_winner,

            renewed_codes_take_the_place_of_the_old,
            a_renewal_needs_a_live_ticket,
            racing_renewals_leave_one_set,
            racing_renewals_of_one_set_have_one_winner,

            sealed_values_are_paged,
            sealed_pages_are_bounded,
            replaced_secret_keeps_its_row,
            replaced_set_up_can_be_confirmed,
            replacement_needs_the_value_read,
            advanced_step_outlasts_a_replacement,
            held_job_stays_held,
            postponed_payload_is_not_replaced,
            confirmed_set_up_is_met_again,
            racing_resealers_have_one_winner,
            racing_postponement_keeps_its_payload,

            a_burst_is_granted_and_the_next_waits,
            a_hard_stop_ends_only_with_a_settlement,
            a_settlement_gives_one_attempt_back,
            a_settlement_leaves_later_attempts,
            a_time_from_a_wrong_clock_is_corrected,
            counts_outlast_a_wrong_clock,
            cleared_budgets_are_whole,
            a_clearing_is_told_once,
            clearing_names_the_actor,
            budgets_are_read_in_their_order,
            budgets_do_not_share_attempts,
            an_instant_beyond_the_last_is_denied,
            charges_follow_the_arithmetic_of_the_throttle,
            racing_attempts_spend_no_more_than_the_burst,
            racing_attempts_stop_at_the_hard_stop,

            charges_keep_the_given_order,
            a_denial_keeps_earlier_charges,
            a_denial_may_be_passed_over,
            a_repeated_budget_is_charged_twice,
            sixteen_budgets_fit,
            racing_decisions_keep_every_budget,
            racing_opposite_orders_do_not_deadlock,

            a_success_changes_its_budgets,
            a_rejection_changes_no_budget,
            a_settled_budget_may_be_lifted,
            racing_successes_settle_once,

            each_failure_in_a_row_waits_longer,
            the_first_failure_may_have_to_wait,
            a_recovery_ends_the_delays,
            a_success_leaves_the_delays,
            time_ends_the_delays,
            a_delay_beyond_the_last_instant_is_denied,
            a_lifetime_outlives_successes,
            a_success_counts_against_no_lifetime,
            a_recovery_gives_back_all_but_the_lifetime,
            what_was_never_charged_has_nothing_to_give_back,
            a_changed_allowance_holds_at_once,
            racing_failures_wait_for_the_first_of_them,
            racing_attempts_end_at_the_lifetime,

            a_row_says_what_when_and_to_whom,
            a_trail_is_read_in_pages,
            a_trail_holds_its_own_tenant_only,

            a_purge_takes_what_has_expired_and_counts_it,
            a_purge_takes_nothing_that_lives,
            a_purge_keeps_what_is_set_waits_or_is_told,
            a_purge_lifts_no_refusal,
            a_purge_leaves_delays_and_lifetimes,
            a_purge_goes_by_the_last_charge,
            a_purge_takes_budgets_that_say_nothing_any_more,
            a_purge_keeps_no_far_budget_for_ever,
            purge_keeps_its_batch,
            purge_of_sessions_keeps_its_batch,
            purge_of_budgets_keeps_its_batch,

            a_far_link_is_invalid,
            a_far_link_frees_its_place,
            a_far_link_counts_as_none,
            a_far_ticket_is_invalid,
            a_far_ticket_frees_its_place,
            a_far_enrolment_gives_way,
            a_purge_takes_far_rows,

            session_is_found_as_created,
            session_ends_at_its_limits,
            session_data_is_kept_whole,
            session_of_another_tenant_is_unknown,
            session_needs_the_current_epoch,
            session_ends_with_its_epoch,
            oldest_session_is_pushed_out,
            over_sessions_do_not_count,
            touch_waits_a_minute,
            touch_keeps_the_absolute_end,
            touch_needs_the_account,
            far_session_is_invalid,
            far_session_is_deleted,
            sessions_are_listed_by_age,
            racing_sessions_keep_the_limit,
            racing_touches_count_once,
            ended_session_is_gone,
            ending_all_spares_one,
            purge_takes_ended_sessions,
            racing_ends_count_once,

            rotation_replaces_the_id,
            rotation_outlives_the_bump,
            rotation_needs_both_epochs,
            rotation_needs_a_live_session,
            rotation_after_two_bumps_fails,
            purge_takes_superseded_sessions,
            racing_rotations_have_one_winner,
            racing_rotation_and_change_agree,

            new_password_is_required_once,
            mark_needs_a_password,
            mark_leaves_the_epoch,
            mark_ends_with_the_password,
            racing_marks_are_told_once,

            erased_account_has_nothing_left,
            erasure_ends_what_was_issued,
            erasure_takes_its_budgets,
            erasure_leaves_other_accounts,
            erasure_names_the_actor,
            erased_account_can_begin_anew,
            export_gives_everything_but_secrets,
            racing_erasures_move_the_epoch,
            racing_erasure_and_sessions_agree,

            audit_ids_differ,
            audit_pages_leave_nothing_out,
            audit_page_is_of_its_subjects,
            audit_page_is_of_its_tenant,
            audit_page_keeps_its_bounds,

            second_factors_are_counted,
            second_factors_are_paged,

            unsealed_rows_come_oldest_first,
            record_is_the_row_as_stored,
            sealed_rows_are_covered_once,
            sealed_pages_leave_nothing_out,
            checkpoint_is_kept_as_made,
            stale_chain_seals_nothing,
            only_own_rows_are_sealed,
            audit_tenants_are_listed,
            removal_follows_the_last_checkpoint,
            racing_seals_have_one_winner
        }
    };
    (@tests $open:path : $($case:ident),*) => {
        $(
            #[test]
            fn $case() {
                $crate::conformance::assert_case(stringify!($case), $open);
            }
        )*
    };
    (@names : $($case:ident),*) => {
        [$(stringify!($case)),*]
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_macro_lists_every_case() {
        let listed: Vec<&str> = conformance_tests!(@names).to_vec();
        let cases: Vec<&str> = crate::conformance::cases().iter().map(|c| c.name).collect();
        assert_eq!(listed, cases);
    }
}
