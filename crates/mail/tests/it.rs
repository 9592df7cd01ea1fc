//! The tests of the mail crate, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

#[cfg(feature = "eml-files")]
mod eml_files;
mod hostile_templates;
mod hostile_values;
mod messages;
#[cfg(feature = "mime")]
mod mime;
mod renders;
mod replace;
#[cfg(feature = "mime")]
mod sizes;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "smtp")]
mod smtp_exchange;
#[cfg(feature = "smtp")]
mod smtp_tls;
