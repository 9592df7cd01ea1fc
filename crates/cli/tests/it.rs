//! The tests of the command line tool, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

mod arguments;
mod audit;
mod blocklist;
mod budgets;
mod calibrate;
mod database;
mod errors;
mod hostile;
mod keys;
mod lint_and_generate;
mod password;
mod pepper;
mod pipes;
mod plain_text;
mod policy;
mod readme;
mod reseal;
mod rewrap;
mod shell;
mod terminal;
mod throttle;
