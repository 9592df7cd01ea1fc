//! The tests of the reset tokens, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

mod forgery;
mod handle;
mod link;
mod pasted;
mod peer;
mod scope;
mod secrecy;
mod time;
mod vectors;
