//! A demonstration of `slotwerk-service`: two tenants, their people, and a local mailbox. See `README.md` beside this crate.

mod added_tenants;
mod announce;
mod clock;
mod database;
mod desk;
mod mailbox;
mod options;
mod pages;
mod portal;
mod server;
mod tenants;
#[cfg(test)]
#[path = "../tests/unit/mod.rs"]
mod unit;
mod users;

use std::process::ExitCode;

fn main() -> ExitCode {
    slotwerk_service::main("portal", server::run)
}
