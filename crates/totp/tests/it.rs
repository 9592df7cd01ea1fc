//! The tests of the TOTP crate, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

mod codes;
mod drift;
mod drift_simulation;
mod enrolment;
mod input;
mod known_answers;
mod migration;
mod otpauth;
mod peers;
mod peers_simulated;
mod replay;
mod resync;
mod secret;
mod server_clock;
mod types;
