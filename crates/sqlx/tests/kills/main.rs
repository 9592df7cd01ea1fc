//! Servers that are killed under load, and primaries whose standby takes over.
//!
//! A program of its own, since other tests need the servers alive. It kills only servers that `.ci/servers` of this
//! repository has started (`SLOTWERK_SERVERS` names another script). `SLOTWERK_KILLS` and `SLOTWERK_FAILOVERS` set how
//! often (1 without them).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![allow(dead_code)]

mod failover;
#[path = "../servers/figures.rs"]
mod figures;
#[path = "../servers/fixture.rs"]
mod fixture;
mod killed;
mod load;
mod script;
#[path = "../servers/server.rs"]
mod server;
