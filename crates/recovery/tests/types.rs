//! Every public type crosses threads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_recovery::*;

/// Does not compile for a type that stays on one thread or borrows.
fn crosses_threads<T: Send + Sync + 'static>() {}

#[test]
fn every_public_type_is_send_sync_and_static() {
    crosses_threads::<CodeSet>();
    crosses_threads::<Digest>();
    crosses_threads::<DuplicateCode>();
    crosses_threads::<Malformed>();
    crosses_threads::<RecoveryCode>();
    crosses_threads::<StretchedCode>();
    #[cfg(feature = "rand")]
    crosses_threads::<GenerateError>();
}
