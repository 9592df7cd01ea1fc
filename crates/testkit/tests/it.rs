//! The tests of the test kit, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

mod account_controls;
mod attempt_controls;
mod charge_controls;
mod checkpoint_controls;
mod factor_controls;
mod fakes;
mod negative_controls;
mod password_controls;
mod revocation_controls;
mod sealed_controls;
mod session_controls;
