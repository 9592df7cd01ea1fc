//! The tests of the words crate, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod built_in;
mod languages;
mod sources;
mod text;
