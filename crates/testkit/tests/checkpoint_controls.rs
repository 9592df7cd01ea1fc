//! The suite fails on each store that is wrong about checkpoints over the audit trail.
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
fn listed_sealed_tenants_are_found() {
    fails_exactly(Flaw::ListsSealedTenants, &["audit_tenants_are_listed"]);
}

#[test]
fn order_of_arrival_is_found() {
    fails_exactly(
        Flaw::OrdersAuditByArrival,
        &[
            "unsealed_rows_come_oldest_first",
            "sealed_pages_leave_nothing_out",
        ],
    );
}

#[test]
fn lost_reason_is_found() {
    fails_exactly(Flaw::RecordsNoReason, &["record_is_the_row_as_stored"]);
}

#[test]
fn pages_by_checkpoint_are_found() {
    fails_exactly(Flaw::PagesByCheckpoint, &["sealed_pages_leave_nothing_out"]);
}

#[test]
fn lost_removal_is_found() {
    fails_exactly(
        Flaw::LosesRemoval,
        &[
            "checkpoint_is_kept_as_made",
            "removal_follows_the_last_checkpoint",
        ],
    );
}

#[test]
fn seal_behind_anything_is_found() {
    fails_exactly(Flaw::SealsBehindAnything, &["stale_chain_seals_nothing"]);
}

#[test]
fn seal_of_covered_rows_is_found() {
    fails_exactly(
        Flaw::SealsWhatIsOpen,
        &["sealed_rows_are_covered_once", "only_own_rows_are_sealed"],
    );
}

#[test]
fn kept_removed_rows_are_found() {
    fails_exactly(
        Flaw::KeepsRemovedAudit,
        &["removal_follows_the_last_checkpoint"],
    );
}

#[test]
fn removal_at_once_is_found() {
    fails_exactly(
        Flaw::RemovesAuditAtOnce,
        &["removal_follows_the_last_checkpoint"],
    );
}
