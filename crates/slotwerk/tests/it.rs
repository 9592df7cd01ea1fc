//! The tests of the facade, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

mod changing;
mod clocks;
mod delays;
mod directions;
mod faults;
mod flow;
mod groups;
mod guessed_on;
mod hashing;
mod importing;
mod lanes;
mod locked_out;
mod mailed_set_ups;
mod mails;
mod managing;
mod not_me;
mod notices;
mod password_only;
mod password_rules;
mod peppered;
mod recovering;
mod recovery_codes;
mod replacing;
mod reuse;
mod rotation;
mod second_factor;
mod secrets;
mod signing_in;
mod spent;
mod taken_away;
mod tenants;
mod threats;
mod tokens;
mod turns;
mod two_nodes;
