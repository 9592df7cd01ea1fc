//! The options of every service, and the portal's own. Each is also an environment variable.

use crate::added_tenants::TenantRow;
use clap::{Args, Parser, Subcommand};
use slotwerk_service::ServiceOptions;
use std::path::PathBuf;

/// A demonstration service: password reset and two-factor sign-in for two tenants. Without a mail server, mail lands in
/// the local mailbox.
#[derive(Parser)]
#[command(name = "portal", version, max_term_width = 100)]
#[command(mut_arg("database_url", |arg| arg.default_value("sqlite://portal-data/portal.sqlite")))]
#[command(mut_arg("keys", |arg| arg.default_value("portal-data/keys.txt")))]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) service: ServiceOptions,

    /// For tests: a file that holds the time, in whole seconds since 1970, read at every use.
    #[arg(long, hide_short_help = true)]
    pub(crate) clock_file: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Adds a tenant to the database, or changes one that was added. Running portals need no restart.
    AddTenant(AddTenant),
}

#[derive(Args)]
pub(crate) struct AddTenant {
    #[command(flatten)]
    pub(crate) row: TenantRow,

    /// A policy file with its password rules, on top of the platform's.
    #[arg(long)]
    pub(crate) rules: PathBuf,
}
