//! The tests of the recovery codes, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod codes;
mod digests;
mod lifecycle;
mod types;
