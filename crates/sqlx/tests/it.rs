//! The tests of the SQL store, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![cfg(feature = "sqlite")]

mod common;

mod atomicity;
mod attempts;
mod conformance;
mod crash;
mod faults;
mod history;
mod managing;
mod opening;
mod unstretched_codes;
mod versions;
