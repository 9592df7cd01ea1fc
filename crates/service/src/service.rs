//! The parts of a service, from options to a running server and its orderly end.

use crate::database::{self, Opened};
use crate::mail;
use crate::options::ServiceOptions;
use crate::start_error::StartError;
use axum::Router;
use slotwerk::breach::{Filter, OnFailure};
use slotwerk::keys::{KeyFileCheck, KeyRing};
use slotwerk::mail::{Mailer, Sender};
use slotwerk::password::Hasher;
use slotwerk::sqlx::{Connected, HostConnections, Probe};
use slotwerk::store::Store;
use slotwerk::{Auth, AuthBuilder};
use slotwerk_axum::{EventLog, Health, Watch, Web, WebBuilder, stop_signal};
use slotwerk_redis::{RedisSettings, RedisStore};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Time since 1970.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// A service that has opened its database and its keys, and is not running yet.
///
/// The order of use: [`open`](Self::open), [`smtp`](Self::smtp) or [`mailer`](Self::mailer), [`web`](Self::web),
/// [`run`](Self::run).
pub struct Service {
    name: &'static str,
    options: ServiceOptions,
    clock: Clock,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    database: Connected,
    place: String,
    new_keys: bool,
    key_file: KeyFileCheck,
    mail_server: Option<Watch>,
}

impl Service {
    /// Binds the addresses, opens the key file and the database, and checks that they fit. `name` begins each line of the
    /// log. Call it inside a tokio runtime.
    ///
    /// The builder has store, keys, hashing pool, public address, event log and breach check. Add the mailer, the
    /// directory and the tenants.
    ///
    /// # Errors
    ///
    /// A [`StartError`] with the option that is in the way.
    pub async fn open(
        name: &'static str,
        options: &ServiceOptions,
    ) -> Result<(Self, AuthBuilder), StartError> {
        Self::open_at(name, options, Arc::new(system_time)).await
    }

    /// As [`open`](Self::open), with another clock than the system's.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_at(
        name: &'static str,
        options: &ServiceOptions,
        clock: Clock,
    ) -> Result<(Self, AuthBuilder), StartError> {
        let listener = bind("--listen", options.listen)?;
        let metrics = options.metrics_listen;
        let metrics = metrics.map(|address| bind("--metrics-listen", address));
        let metrics = metrics.transpose()?;
        let Opened {
            database,
            place,
            keys,
            new_keys,
        } = database::open(options).await?;
        let service = Self {
            name,
            options: options.clone(),
            clock,
            listener,
            metrics,
            database,
            place,
            new_keys,
            key_file: KeyFileCheck::new(&options.keys, &keys),
            mail_server: None,
        };
        let builder = service.auth(keys).await?;
        Ok((service, builder))
    }

    /// Connections to a database that a service has used already, for a command beside the running service.
    ///
    /// # Errors
    ///
    /// A [`StartError`] if the database cannot be opened, or nobody has used it.
    pub async fn open_tables(options: &ServiceOptions) -> Result<HostConnections, StartError> {
        Ok(database::open_existing(options).await?.host)
    }

    /// Connections for the host's own tables.
    #[must_use]
    pub fn tables(&self) -> &HostConnections {
        &self.database.host
    }

    /// Whether the options name a mail server.
    #[must_use]
    pub fn has_mail_server(&self) -> bool {
        self.options.smtp_url.is_some()
    }

    /// Whether the options name a filter of breached passwords, so that rules may reject them.
    #[must_use]
    pub fn knows_breaches(&self) -> bool {
        self.options.breach_filter.is_some()
    }

    /// The mailer for the mail server of the options, which is tried at the start and from then on. With `--outbox-dir`
    /// it keeps each mail as a file besides.
    ///
    /// # Errors
    ///
    /// A [`StartError`] with the option that cannot be used, also if the options name no mail server.
    pub fn smtp(&mut self, sender: &Sender) -> Result<Arc<dyn Mailer>, StartError> {
        let mailer = Arc::new(mail::smtp(&self.options, sender, &self.clock)?);
        self.mail_server = Some(mail::watch(&mailer));
        self.kept(mailer, sender)
    }

    /// The host's own mailer in place of a mail server. With `--outbox-dir` it keeps each mail as a file besides.
    ///
    /// # Errors
    ///
    /// A [`StartError`] with the option that cannot be used.
    pub fn mailer(
        &self,
        mailer: Arc<dyn Mailer>,
        sender: &Sender,
    ) -> Result<Arc<dyn Mailer>, StartError> {
        if self.options.smtp_ca.is_some() {
            let how = "name the mail server with --smtp-url, too";
            return Err(StartError::usage("--smtp-ca")(how));
        }
        self.kept(mailer, sender)
    }

    fn kept(
        &self,
        mailer: Arc<dyn Mailer>,
        sender: &Sender,
    ) -> Result<Arc<dyn Mailer>, StartError> {
        match &self.options.outbox_dir {
            Some(folder) => mail::with_files(folder, mailer, sender, &self.clock),
            None => Ok(mailer),
        }
    }

    /// Begins the pages: with the cookies' names, trusted proxies and limits of connections.
    #[must_use]
    pub fn web(&self, auth: Auth) -> WebBuilder {
        let options = &self.options;
        Web::builder(auth)
            .https(options.public_url().starts_with("https:"))
            .cookie_prefix(self.name)
            .trusted_proxies(options.trusted_proxies.clone())
            .database_comes_back(!self.database.probe.is_cheap())
            .connections(options.max_connections, options.max_client_connections)
    }

    /// Serves until SIGTERM or Ctrl-C; then finishes the requests and the mail in hand. `pages` holds the pages of the flow and of
    /// the host. The files of the pages, `/healthz` and `/readyz` come with them.
    ///
    /// # Errors
    ///
    /// A [`StartError`] if the listener cannot be used.
    pub async fn run(self, web: &Web, pages: Router) -> Result<(), StartError> {
        let database = watch(self.database.probe.clone(), &self.place);
        let app = self.app(web, pages, &database);
        if self.new_keys {
            tracing::warn!(
                "made new keys in {}; keep that file as safe as the database, and apart from it",
                self.options.keys.display()
            );
        }
        for watch in self.mail_server.into_iter().chain([database]) {
            tokio::spawn(watch.run());
        }
        if let Some(listener) = self.metrics {
            let inside = tokio::net::TcpListener::from_std(listener);
            let inside = inside.map_err(StartError::failed("--metrics-listen"))?;
            tokio::spawn(axum::serve(inside, web.metrics_router()).into_future());
        }
        let served = web.serve(self.listener, app, stop_signal()).await;
        served.map_err(StartError::failed("the server stopped"))
    }

    fn app(&self, web: &Web, pages: Router, database: &Watch) -> Router {
        let routes = web.watched(pages, database);
        let routes = routes.merge(web.assets().with_state(web.clone()));
        web.guard(routes.merge(self.health(database).routes()))
    }

    fn health(&self, database: &Watch) -> Health {
        let (store, doubted) = (self.database.store.clone(), database.clone());
        let ready = move || {
            let (store, watch) = (store.clone(), doubted.clone());
            async move {
                let ready = store.check_ready(SystemTime::now()).await;
                ready.inspect_err(|_| watch.doubt())
            }
        };
        let key_file = self.key_file.clone();
        let keys = move || {
            let keys = key_file.clone();
            async move { keys.run() }
        };
        let health = Health::new()
            .watch("database: away", database)
            .check("database: no answer, or its clock differs", ready)
            .check("key file: unreadable, or without the key in use", keys);
        match &self.mail_server {
            Some(watch) => health.watch("mail server: cannot be used", watch),
            None => health,
        }
    }

    async fn auth(&self, keys: KeyRing) -> Result<AuthBuilder, StartError> {
        let hasher = Hasher::builder().workers(2).queue(64).build();
        let hasher = hasher.map_err(StartError::failed("the hashing pool was not built"))?;
        let (clock, log_clock) = (self.clock.clone(), self.clock.clone());
        let log = EventLog::new(self.name, &keys)
            .format(self.options.log_format)
            .clock(move || log_clock());
        let builder = Auth::builder()
            .store(self.store().await?)
            .keys(keys)
            .hasher(hasher)
            .public_url(self.options.public_url())
            .clock(move || clock())
            .events(Arc::new(log));
        let Some(path) = &self.options.breach_filter else {
            return Ok(builder);
        };
        let option = format!("--breach-filter {}", path.display());
        let filter = Filter::open(path).map_err(StartError::failed(option))?;
        // The filter lies on this machine: it answers at once, and if it cannot, something is wrong.
        Ok(builder
            .breach_check(Arc::new(filter), OnFailure::Refuse)
            .breach_check_at_every_sign_in())
    }

    /// The store, with the budgets that may be lost in Redis if there is one. The service starts without it, too.
    async fn store(&self) -> Result<Arc<dyn Store>, StartError> {
        let store: Arc<dyn Store> = Arc::new(self.database.store.clone());
        let Some(url) = &self.options.redis_url else {
            return Ok(store);
        };
        let store = RedisStore::open(url, store, RedisSettings::default());
        let store = store.map_err(StartError::usage("--redis-url"))?;
        if store.check().await.is_err() {
            tracing::warn!(
                "--redis-url: the server cannot be used; the database counts until it can"
            );
        }
        Ok(Arc::new(store))
    }
}

/// Looks at a file with each request, and asks a server once a second.
fn watch(probe: Probe, place: &str) -> Watch {
    let is_file = probe.is_cheap();
    let ask = move || {
        let probe = probe.clone();
        async move { probe.ask().await }
    };
    let watch = Watch::builder(format!("the database {place}"), ask);
    let meanwhile = "every page answers 503 until it is back";
    if is_file {
        let watch = watch.at_each_request().when_back("the file is back");
        let meanwhile = format!("{meanwhile} (after a restore, restart the service)");
        return watch.meanwhile(meanwhile).build();
    }
    let watch = watch.every(Duration::from_secs(1));
    watch.meanwhile(meanwhile).build()
}

/// For the server of tokio, which needs a listener that does not block.
fn bind(option: &str, address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind(address);
    let bound = bound.and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    bound.map_err(StartError::failed(format!("{option} {address}")))
}

fn system_time() -> Duration {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default()
}
