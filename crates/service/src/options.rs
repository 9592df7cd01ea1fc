//! The options of a service.

use clap::Args;
use clap::builder::BoolishValueParser;
use slotwerk::{NotANetwork, TrustedProxies};
use slotwerk_axum::LogFormat;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The options of a service. Flatten them into the host's own.
///
/// A host changes a default with [`clap::Command::mut_arg`] in the attribute `command` of its options:
///
/// ```
/// # use slotwerk_service::{ServiceOptions, clap::{self, Parser}};
/// #[derive(Parser)]
/// #[command(mut_arg("keys", |arg| arg.default_value("/etc/portal/keys.txt")))]
/// struct Options {
///     #[command(flatten)]
///     service: ServiceOptions,
/// }
/// ```
// No `Debug`: the URLs hold passwords.
#[derive(Args, Clone)]
pub struct ServiceOptions {
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Address and port of the counters for Prometheus, under /metrics. Only your monitoring should reach it. Without
    /// it, there are none.
    #[arg(long)]
    pub metrics_listen: Option<SocketAddr>,

    /// The database: sqlite://FILE, postgres://USER:PASSWORD@HOST/DATABASE, mysql://USER:PASSWORD@HOST/DATABASE, or
    /// sqlite::memory: for one that ends with the process. Processes that share a server's database need the same key
    /// file.
    #[arg(long, global = true, default_value = "sqlite://data/service.sqlite")]
    pub database_url: String,

    /// Begins with an empty database if there is none, although the key file shows an earlier run. Without it,
    /// that is an error. An existing database is kept.
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub new_database: bool,

    /// A Redis server, such as redis://USER:PASSWORD@HOST/0, for the attempt budgets that may be lost. Without it, and
    /// while it does not answer, they are in the database.
    #[arg(long)]
    pub redis_url: Option<String>,

    /// The mail server, such as smtp://127.0.0.1:25 or smtps://user:password@host.
    #[arg(long)]
    pub smtp_url: Option<String>,

    /// A file with root certificates in PEM form, for a mail server whose certificate is not from a public
    /// authority.
    #[arg(long)]
    pub smtp_ca: Option<PathBuf>,

    /// A directory in which each mail is kept as an .eml file, too.
    #[arg(long)]
    pub outbox_dir: Option<PathBuf>,

    /// The address under which people reach the service: the only source of links in mail. Without it,
    /// http:// and the address to listen on.
    #[arg(long)]
    pub public_url: Option<String>,

    /// The networks of your own proxies, such as 10.0.0.0/8,::1: their X-Forwarded-For is believed, nobody
    /// else's is.
    #[arg(long, default_value = "", hide_default_value = true, value_parser = networks)]
    pub trusted_proxies: TrustedProxies,

    /// Connections that may be open at once. Further ones are closed.
    #[arg(long, default_value_t = 1_000, value_parser = connections)]
    pub max_connections: usize,

    /// Connections that one client may have open at once: an IPv4 address, or an IPv6 network of 64 bits. Many
    /// people may share one. Your own proxies have no such limit.
    #[arg(long, default_value_t = 256, value_parser = connections)]
    pub max_client_connections: usize,

    /// A filter of breached passwords, as "slotwerk blocklist build" makes it, for rules that reject
    /// them.
    #[arg(long)]
    pub breach_filter: Option<PathBuf>,

    /// The key file. Made, with a warning, if there is none.
    #[arg(long, default_value = "data/keys.txt")]
    pub keys: PathBuf,

    /// How events are logged on standard error, one line each: text or json.
    #[arg(long, default_value = "text")]
    pub log_format: LogFormat,
}

impl ServiceOptions {
    /// The address under which people reach the service.
    #[must_use]
    pub fn public_url(&self) -> String {
        let own = || format!("http://{}", self.listen);
        self.public_url.clone().unwrap_or_else(own)
    }
}

fn networks(text: &str) -> Result<TrustedProxies, NotANetwork> {
    TrustedProxies::parse(text.split(',').filter(|network| !network.trim().is_empty()))
}

fn connections(text: &str) -> Result<usize, &'static str> {
    let number = text.parse().ok();
    let number = number.filter(|number| (1..=100_000).contains(number));
    number.ok_or("a whole number from 1 to 100000 is needed")
}
