//! The tests of the Redis layer, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

mod access;
mod arithmetic;
mod charging;
mod clearing;
mod conformance;
mod outages;
mod settings;
mod settling;
#[cfg(feature = "tls")]
mod tls;
