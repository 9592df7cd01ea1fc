//! Every public type crosses threads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_totp::*;

/// Does not compile for a type that stays on one thread or borrows.
fn crosses_threads<T: Send + Sync + 'static>() {}

#[test]
fn every_public_type_is_send_sync_and_static() {
    crosses_threads::<Accepted>();
    crosses_threads::<Algorithm>();
    crosses_threads::<Confirmation>();
    crosses_threads::<EnrolmentError>();
    crosses_threads::<EnrolmentId>();
    crosses_threads::<Hint>();
    crosses_threads::<ClockHint>();
    crosses_threads::<Label>();
    crosses_threads::<OtpauthUri>();
    crosses_threads::<Parameters>();
    crosses_threads::<ParametersError>();
    crosses_threads::<Parsed>();
    crosses_threads::<PendingEnrolment>();
    crosses_threads::<Progress>();
    crosses_threads::<Search>();
    crosses_threads::<SearchError>();
    crosses_threads::<Secret>();
    crosses_threads::<SecretError>();
    crosses_threads::<UriError>();
    crosses_threads::<Verdict>();
    crosses_threads::<Window>();
    crosses_threads::<WindowError>();
}

#[cfg(feature = "rand")]
#[test]
fn the_entropy_error_crosses_threads() {
    crosses_threads::<EntropyError>();
}

#[cfg(feature = "migration")]
#[test]
fn the_types_of_an_export_cross_threads() {
    crosses_threads::<Export>();
    crosses_threads::<ExportError>();
    crosses_threads::<Refusal>();
    crosses_threads::<Refused>();
}
