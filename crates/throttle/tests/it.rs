//! The tests of the attempt budgets, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod allowance;
mod backoff;
mod bounds;
mod chart;
mod disbelief;
mod gcra;
mod guessing;
mod settling;
mod threats;
mod vectors;
