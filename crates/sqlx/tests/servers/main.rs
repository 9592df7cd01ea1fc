//! The tests that need a database server. They fail, and do not skip, when the environment names none:
//! `SLOTWERK_POSTGRES_URL`, `SLOTWERK_MARIADB_URL`, and `SLOTWERK_GALERA_URLS` with the addresses of three nodes.
//! `SLOTWERK_TEST_SUFFIX` is appended to the names of the databases, for several runs on one server at the same time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod conformance;
mod figures;
mod fixture;
mod grants;
mod leases;
mod opening;
mod prepared;
mod races;
mod schema;
mod server;
mod within;
