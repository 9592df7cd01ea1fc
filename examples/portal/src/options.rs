//! The options, each also an environment variable.

use crate::event_log::LogFormat;
use clap::builder::BoolishValueParser;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};
use slotwerk::{NotANetwork, TrustedProxies};
use std::net::SocketAddr;
use std::path::PathBuf;

/// A demonstration service: password reset and two-factor sign-in for two tenants.
#[derive(Parser)]
#[command(name = "portal", version, max_term_width = 100)]
pub(crate) struct Options {
    /// Address and port to listen on.
    #[arg(
        long,
        env = "PORTAL_LISTEN",
        default_value = "127.0.0.1:8080",
        hide_env_values = true
    )]
    pub(crate) listen: SocketAddr,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// The database: sqlite://FILE, postgres://USER:PASSWORD@HOST/DATABASE, mysql://USER:PASSWORD@HOST/DATABASE, or
    /// sqlite::memory: for one that ends with the portal. Portals that share a server's database need the same key
    /// file.
    #[arg(
        long,
        global = true,
        env = "PORTAL_DATABASE_URL",
        default_value = "sqlite://portal-data/portal.sqlite",
        hide_env_values = true
    )]
    pub(crate) database_url: String,

    /// Begins with an empty database if there is none, although the key file shows an earlier run. Without it,
    /// that is an error. An existing database is kept.
    #[arg(
        long,
        env = "PORTAL_NEW_DATABASE",
        hide_env_values = true,
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) new_database: bool,

    /// A Redis server, such as redis://USER:PASSWORD@HOST/0, for the attempt budgets that may be lost. Without it, and
    /// while it does not answer, they are in the database.
    #[arg(long, env = "PORTAL_REDIS_URL", hide_env_values = true)]
    pub(crate) redis_url: Option<String>,

    /// The mail server, such as smtp://127.0.0.1:25 or smtps://user:password@host. Without it, mail
    /// lands in the local mailbox.
    #[arg(long, env = "PORTAL_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,

    /// A file with root certificates in PEM form, for a mail server whose certificate is not from a public
    /// authority.
    #[arg(long, env = "PORTAL_SMTP_CA", hide_env_values = true)]
    pub(crate) smtp_ca: Option<PathBuf>,

    /// A directory in which each mail is kept as an .eml file, too.
    #[arg(long, env = "PORTAL_OUTBOX_DIR", hide_env_values = true)]
    pub(crate) outbox_dir: Option<PathBuf>,

    /// The address under which people reach the portal: the only source of links in mail. Without it,
    /// http:// and the address to listen on.
    #[arg(long, env = "PORTAL_PUBLIC_URL", hide_env_values = true)]
    pub(crate) public_url: Option<String>,

    /// The networks of your own proxies, such as 10.0.0.0/8,::1: their X-Forwarded-For is believed, nobody
    /// else's is.
    #[arg(
        long,
        env = "PORTAL_TRUSTED_PROXIES",
        default_value = "",
        hide_default_value = true,
        hide_env_values = true,
        value_parser = networks
    )]
    pub(crate) trusted_proxies: TrustedProxies,

    /// Connections that may be open at once. Further ones are closed.
    #[arg(
        long,
        env = "PORTAL_MAX_CONNECTIONS",
        default_value_t = 1_000,
        hide_env_values = true,
        value_parser = connections
    )]
    pub(crate) max_connections: usize,

    /// Connections that one client may have open at once: an IPv4 address, or an IPv6 network of 64 bits. Many
    /// people may share one. Your own proxies have no such limit.
    #[arg(
        long,
        env = "PORTAL_MAX_CLIENT_CONNECTIONS",
        default_value_t = 256,
        hide_env_values = true,
        value_parser = connections
    )]
    pub(crate) max_client_connections: usize,

    /// A filter of breached passwords, as "slotwerk blocklist build" makes it. With it, Zuid refuses those
    /// passwords.
    #[arg(long, env = "PORTAL_BREACH_FILTER", hide_env_values = true)]
    pub(crate) breach_filter: Option<PathBuf>,

    /// The key file. Made, with a warning, if there is none.
    #[arg(
        long,
        env = "PORTAL_KEYS",
        default_value = "portal-data/keys.txt",
        hide_env_values = true
    )]
    pub(crate) keys: PathBuf,

    /// How events are logged on standard error, one line each.
    #[arg(
        long,
        env = "PORTAL_LOG_FORMAT",
        default_value = "text",
        hide_env_values = true,
        value_enum
    )]
    pub(crate) log_format: LogFormat,

    /// For tests: a file that holds the time, in whole seconds since 1970, read at every use.
    #[arg(
        long,
        env = "PORTAL_CLOCK_FILE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub(crate) clock_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Adds a tenant to the database, or changes one that was added. Running portals need no restart.
    AddTenant(AddTenant),
}

#[derive(Args)]
pub(crate) struct AddTenant {
    /// The id, as in the addresses of its pages: lowercase letters, digits, - and _.
    pub(crate) id: String,

    /// The name, as people see it.
    #[arg(long)]
    pub(crate) name: String,

    /// The colour of its mails, such as #2e6b3f.
    #[arg(long, default_value = "#34495a")]
    pub(crate) colour: String,

    /// The language of its pages and mails: nl or en.
    #[arg(long, default_value = "nl", value_parser = ["nl", "en"])]
    pub(crate) language: String,

    /// A policy file with its password rules, on top of the platform's.
    #[arg(long)]
    pub(crate) rules: PathBuf,

    /// Mails the secret of a new authenticator, as Noord does. Both factors are then in one mailbox.
    #[arg(long)]
    pub(crate) mail_set_ups: bool,
}

pub(crate) enum Parsed {
    Run(Box<Options>),
    /// `--help` and `--version`.
    Print(String),
    /// One line.
    Wrong(String),
}

impl Options {
    pub(crate) fn read() -> Parsed {
        match Self::try_parse() {
            Ok(options) => Parsed::Run(Box::new(options)),
            Err(error) => match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    Parsed::Print(error.to_string())
                }
                _ => Parsed::Wrong(one_line(&error)),
            },
        }
    }

    pub(crate) fn public_url(&self) -> String {
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

fn networks(text: &str) -> Result<TrustedProxies, NotANetwork> {
    TrustedProxies::parse(text.split(',').filter(|network| !network.trim().is_empty()))
}

fn connections(text: &str) -> Result<usize, &'static str> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (1..=100_000).contains(number));
    number.ok_or("a whole number from 1 to 100000 is needed")
}

/// The first sentence of clap's message; the rest is usage, which `--help` shows.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let name = Options::command().get_name().to_owned();
    format!(
        "{} (see {name} --help)",
        first.trim_start_matches("error: ")
    )
}
