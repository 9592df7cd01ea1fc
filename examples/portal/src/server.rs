//! From options to a running server, and its orderly end.

use crate::added_tenants::{AddError, AddedTenants, TenantRow};
use crate::clock::{Clock, ClockFileError, clock};
use crate::database::{self, DatabaseError, Start};
use crate::database_watch::{DatabaseWatch, answer_for_faults};
use crate::event_log::EventLog;
use crate::health::{self, Health, KeysInUse, MailState};
use crate::key_check::{self, KeyCheckError};
use crate::key_file::{self, KeysError};
use crate::mailbox::LocalMailbox;
use crate::mailers::{self, AlsoToFiles, SENDER, SmtpError, ToMailbox};
use crate::options::{AddTenant, Command, Options};
use crate::pages::{front, mail};
use crate::portal::Portal;
use crate::tenants::{self, DemoError};
use crate::users::Users;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use slotwerk::breach::{Filter, FilterError, OnFailure};
use slotwerk::mail::{Mailer, Sender};
use slotwerk::password::Hasher;
use slotwerk::store::Store;
use slotwerk::{Auth, BuildError, Limits};
use slotwerk_axum::words::{LanguageError, Languages};
use slotwerk_axum::{Web, WebError, stop_signal};
use slotwerk_redis::{RedisSettings, RedisStore, SettingsError};
use slotwerk_sqlx::SqlStore;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Why the portal does not run. Each is one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("--listen {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("--redis-url: {0}")]
    Redis(#[from] SettingsError),
    #[error("--database-url: {0}")]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    ClockFile(#[from] ClockFileError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("--keys {}: {source}", path.display())]
    KeyCheck {
        path: PathBuf,
        source: KeyCheckError,
    },
    #[error("--rules {}: {source}", path.display())]
    Rules { path: PathBuf, source: io::Error },
    #[error("add-tenant: {0}")]
    AddTenant(#[from] AddError),
    #[error("--breach-filter {}: {source}", path.display())]
    BreachFilter { path: PathBuf, source: FilterError },
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    #[error("--outbox-dir {}: {source}", path.display())]
    Outbox { path: PathBuf, source: io::Error },
    #[error("--public-url: {0}")]
    PublicUrl(slotwerk::reset::LinkError),
    #[error("the demonstration tenants: {0}")]
    Tenants(#[from] DemoError),
    #[error("the texts: {0}")]
    Texts(#[from] LanguageError),
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("the facade was not built: {0}")]
    Auth(BuildError),
    #[error("the hashing pool was not built: {0}")]
    Hasher(#[from] slotwerk::password::BuildError),
    #[error("the portal's own address is refused: {0}")]
    Sender(#[from] slotwerk::mail::AddressError),
    #[error("the demonstration people could not be stored: {0}")]
    Users(#[from] sqlx::Error),
    #[error("the server stopped: {0}")]
    Serve(#[source] io::Error),
}

impl StartError {
    /// Whether the value of an option is wrong in itself, on any machine.
    pub(crate) fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Redis(_)
                | Self::Database(DatabaseError::Scheme)
                | Self::Smtp(_)
                | Self::PublicUrl(_)
        )
    }
}

impl From<BuildError> for StartError {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::PublicUrl(error) => Self::PublicUrl(error),
            error => Self::Auth(error),
        }
    }
}

/// Runs until SIGTERM or SIGINT; then finishes the requests and the mail in hand. Or runs one command.
pub(crate) async fn run(options: Options) -> Result<(), StartError> {
    match &options.command {
        Some(Command::AddTenant(tenant)) => add_tenant(&options, tenant).await,
        None => serve(options).await,
    }
}

/// Adds a tenant to a database that is there.
async fn add_tenant(options: &Options, tenant: &AddTenant) -> Result<(), StartError> {
    let rules = std::fs::read_to_string(&tenant.rules).map_err(|source| StartError::Rules {
        path: tenant.rules.clone(),
        source,
    })?;
    let opened = database::open(&options.database_url, Start::Again).await;
    let (_, pool) = opened.map_err(|error| match error {
        DatabaseError::Missing { place } => DatabaseError::Unused { place },
        error => error,
    })?;
    let row = TenantRow {
        id: tenant.id.clone(),
        name: tenant.name.clone(),
        colour: tenant.colour.clone(),
        language: tenant.language.clone(),
        rules,
        mailed: tenant.mail_set_ups,
    };
    row.check()?;
    // People first: the tenant's pages are there with the row.
    let users = Users::new(pool.clone());
    users.add_people(&row.id, &row.language).await?;
    row.store(&pool).await?;
    let _ = crate::say(&format!("added {}: {}", row.id, row.name));
    Ok(())
}

async fn serve(options: Options) -> Result<(), StartError> {
    let listener = TcpListener::bind(options.listen).map_err(|source| StartError::Listen {
        address: options.listen,
        source,
    })?;
    let clock = clock(options.clock_file.clone())?;
    let found_keys = key_file::open(&options.keys)?;
    // Keys without a database: it is lost. A first start that is cut off makes the database first.
    let start = if found_keys.is_some() && !options.new_database {
        Start::Again
    } else {
        Start::New
    };
    let (store, pool) = database::open(&options.database_url, start).await?;
    let (keys, new_keys) = match found_keys {
        Some(keys) => (keys, false),
        None => (key_file::make(&options.keys)?, true),
    };
    key_check::check(&keys, &pool)
        .await
        .map_err(|source| StartError::KeyCheck {
            path: options.keys.clone(),
            source,
        })?;
    let users = Users::new(pool.clone());
    for (tenant, language) in [("noord", "nl"), ("zuid", "en")] {
        users.add_people(tenant, language).await?;
    }
    let sender = Sender::new(SENDER)?;
    let mailbox = options
        .smtp_url
        .is_none()
        .then(|| LocalMailbox::new(pool.clone()));
    let mail = MailState::default();
    let mailer = mailer(&options, &sender, &clock, mailbox.as_ref(), &mail)?;
    let https = options.public_url().starts_with("https:");
    let facade_clock = clock.clone();
    let log = EventLog::new(options.log_format, clock.clone(), &keys);
    let breaches = breach_filter(&options)?;
    let keys_in_use = KeysInUse::new(options.keys.clone(), &keys);
    let [noord, zuid] = [tenants::noord()?, tenants::zuid(breaches.is_some())?];
    let fixed = [noord.clone(), zuid.clone()];
    let added_tenants = AddedTenants::new(pool.clone());
    let mut builder = Auth::builder();
    if let Some(filter) = breaches {
        // The filter lies on this machine: it answers at once, and if it cannot, something is wrong.
        builder = builder
            .breach_check(Arc::new(filter), OnFailure::Refuse)
            .breach_check_at_every_sign_in();
    }
    let auth = builder
        .store(with_redis(store.clone(), options.redis_url.as_deref()).await?)
        .directory(Arc::new(users.clone()))
        .mailer(mailer)
        .keys(keys)
        .hasher(Hasher::builder().workers(2).queue(64).build()?)
        .public_url(options.public_url())
        .tenant(noord)
        .tenant(zuid)
        .tenant_source(Arc::new(added_tenants.clone()))
        .clock(move || facade_clock())
        .limits(limits(&options))
        .events(Arc::new(log))
        .build()?;
    let watch = DatabaseWatch::new(
        store.clone(),
        database::watch_pool(&options.database_url),
        &database::place(&options.database_url),
    );
    let web = Web::builder(auth.clone())
        .https(https)
        .cookie_prefix("portal")
        .trusted_proxies(options.trusted_proxies.clone())
        .database_comes_back(watch.asks_a_server())
        .connections(options.max_connections, options.max_client_connections)
        .languages(languages()?)
        .style(include_str!("../static/portal.css"))
        .global("mailbox", mailbox.is_some())
        .template("footer.html", include_str!("../templates/footer.html"))
        .template("front.html", include_str!("../templates/front.html"))
        .template("mail.html", include_str!("../templates/mail.html"))
        .template("mailbox.html", include_str!("../templates/mailbox.html"))
        .build()?;
    for tenant in &fixed {
        web.plain_pages().learn(tenant);
    }
    let portal = Portal {
        web: web.clone(),
        added_tenants,
        mailbox,
    };
    let health = Health {
        store,
        watch: watch.clone(),
        keys: keys_in_use,
        mail,
    };
    let app = app(portal, watch.clone(), health);

    announce(&options, new_keys);
    tokio::spawn(watch.keep_looking());
    let served = web.serve(listener, app, stop_signal()).await;
    served.map_err(StartError::Serve)
}

/// The store, with the budgets that may be lost in Redis if there is one. The portal starts without it, too.
async fn with_redis(store: SqlStore, url: Option<&str>) -> Result<Arc<dyn Store>, StartError> {
    let store: Arc<dyn Store> = Arc::new(store);
    let Some(url) = url else {
        return Ok(store);
    };
    let store = RedisStore::open(url, store, RedisSettings::default())?;
    if store.check().await.is_err() {
        crate::complain(
            "warning: --redis-url: the server cannot be used; the database counts until it can",
        );
    }
    Ok(Arc::new(store))
}

/// The defaults. In a clock file time stands still, so that reset jobs start at once there.
fn limits(options: &Options) -> Limits {
    let mut limits = Limits::default();
    if options.clock_file.is_some() {
        limits.reset_delay = Duration::ZERO;
    }
    limits
}

fn breach_filter(options: &Options) -> Result<Option<Filter>, StartError> {
    let Some(path) = &options.breach_filter else {
        return Ok(None);
    };
    let filter = Filter::open(path).map_err(|source| StartError::BreachFilter {
        path: path.clone(),
        source,
    })?;
    Ok(Some(filter))
}

fn mailer(
    options: &Options,
    sender: &Sender,
    clock: &Clock,
    mailbox: Option<&LocalMailbox>,
    state: &MailState,
) -> Result<Arc<dyn Mailer>, StartError> {
    let (sender, clock) = (sender.clone(), clock.clone());
    if options.smtp_ca.is_some() && options.smtp_url.is_none() {
        return Err(SmtpError::CaAlone.into());
    }
    let main: Arc<dyn Mailer> = match (&options.smtp_url, mailbox) {
        (None, Some(mailbox)) => Arc::new(ToMailbox {
            mailbox: mailbox.clone(),
            sender: sender.clone(),
            clock: clock.clone(),
        }),
        (url, _) => {
            let url = url.as_deref().unwrap_or_default();
            let ca = options.smtp_ca.as_deref();
            let mailer = Arc::new(mailers::smtp(url, ca, sender.clone(), clock.clone())?);
            tokio::spawn(mailers::keep_probing(mailer.clone(), state.clone()));
            mailer
        }
    };
    let Some(directory) = options.outbox_dir.clone() else {
        return Ok(main);
    };
    std::fs::create_dir_all(&directory).map_err(|source| StartError::Outbox {
        path: directory.clone(),
        source,
    })?;
    Ok(Arc::new(AlsoToFiles {
        directory,
        sender,
        clock,
        next: main,
    }))
}

/// The texts of the pages, with the portal's own.
fn languages() -> Result<Languages, LanguageError> {
    let own = Languages::new("en", include_str!("../texts/en.ftl"))?;
    let own = own.add("nl", include_str!("../texts/nl.ftl"))?;
    let english = "home-text = You have come all the way. In a real service, your own pages would begin here.\n\
        portal-name = Slotwerk demonstration";
    let dutch = "home-text = Je hebt de hele weg afgelegd. In een echte dienst begint hier je eigen omgeving.\n\
        portal-name = Slotwerk-demonstratie";
    let pages = Languages::pages()?
        .replace("en", english)?
        .replace("nl", dutch)?;
    pages.join(&own)
}

fn app(portal: Portal, watch: DatabaseWatch, health: Health) -> Router {
    let web = portal.web.clone();
    let pages = Router::new()
        .route("/", get(front::show))
        .route("/mailbox", get(mail::list))
        .route("/mailbox/{id}", get(mail::show))
        .route("/mailbox/{id}/html", get(mail::html))
        .route("/mailbox/{id}/inline/{content_id}", get(mail::inline))
        .route("/mailbox/{id}/mail.eml", get(mail::eml))
        .merge(web.flow())
        .with_state(portal)
        .layer(from_fn_with_state((watch, web.clone()), answer_for_faults))
        .merge(web.assets().with_state(web.clone()))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz).with_state(health));
    web.guard(pages)
}

fn announce(options: &Options, new_keys: bool) {
    if new_keys {
        crate::complain(&format!(
            "warning: made new keys in {}; keep that file as safe as the database, and apart from it",
            options.keys.display()
        ));
    }
    if options.smtp_url.is_none() && !options.listen.ip().is_loopback() {
        crate::complain(
            "warning: the local mailbox shows every mail to everybody who can reach this address",
        );
    }
    let url = options.public_url();
    let url = url.trim_end_matches('/');
    let mail = match &options.smtp_url {
        None => format!("{url}/mailbox"),
        Some(_) => "the mail server of --smtp-url".to_owned(),
    };
    // Where nobody reads it, the portal runs all the same.
    let _ = crate::say(&format!(
        "Slotwerk portal\n  \
         listening     {}\n  \
         Noord (nl)    {url}/noord/sign-in   set-up of the app by mail\n  \
         Zuid (en)     {url}/zuid/sign-in    set-up of the app on the page\n  \
         user names    demo, extra1 to extra8 (no passwords yet: start with \"forgot password\"); disabled\n  \
         mail          {mail}",
        options.listen
    ));
}
