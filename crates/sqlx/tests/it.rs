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
#[allow(dead_code)]
#[path = "servers/server.rs"]
mod server;

mod after_fault;
mod atomicity;
mod attempts;
mod conformance;
mod connecting;
mod crash;
mod disks;
mod epochs;
mod erasing;
mod faults;
mod file_changes;
mod history;
mod host_pool;
mod kinds;
mod locks;
mod lost_answers;
mod managing;
mod opening;
mod operating;
mod restored;
mod sessions;
mod settling;
mod unstretched_codes;
mod upgrading;
mod within;
