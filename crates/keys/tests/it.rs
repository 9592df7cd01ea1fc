//! The tests of the key ring, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

mod files;
mod known_answers;
mod life;
mod reseal;
mod ring;
mod seal;
mod secrecy;
mod separation;
mod text;
