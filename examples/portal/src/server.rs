//! From options to a running server, and its orderly end.

use crate::added_tenants::{AddError, AddedTenants, TenantRow};
use crate::clock::{Clock, ClockFileError, clock};
use crate::connections::{self, ConnectionLimit};
use crate::cookies;
use crate::database::{self, DatabaseError, Start};
use crate::database_watch::{DatabaseWatch, answer_for_faults};
use crate::deadline::in_time;
use crate::event_log::EventLog;
use crate::health::{self, Health, KeysInUse, MailState};
use crate::key_check::{self, KeyCheckError};
use crate::key_file::{self, KeysError};
use crate::mailbox::LocalMailbox;
use crate::mailers::{self, AlsoToFiles, SENDER, SmtpError, ToMailbox};
use crate::options::{AddTenant, Command, Options};
use crate::page::Pages;
use crate::pages::{
    self, change, choose_factor, enrol, forgot, front, home, mail, not_me, recovery, reset, set_up,
    sign_in, statics, verify,
};
use crate::plain_page::PlainPages;
use crate::portal::{self, Portal};
use crate::refusal;
use crate::renewals::Renewals;
use crate::sessions::{SessionLifetime, TableSessions};
use crate::suggestions::Suggestions;
use crate::tenants::{self, DemoError};
use crate::texts::Texts;
use crate::users::Users;
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use slotwerk::breach::{Filter, FilterError, OnFailure};
use slotwerk::mail::{Mailer, Sender};
use slotwerk::password::Hasher;
use slotwerk::store::Store;
use slotwerk::{Auth, BuildError, Limits};
use slotwerk_redis::{RedisSettings, RedisStore, SettingsError};
use slotwerk_sqlx::SqlStore;
use slotwerk_words::LanguageError;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

/// Everything a page may do: its own style, its own script, its own forms, and a frame for a mail.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A session ends after half an hour without a request, and twelve hours after it began.
const SESSION_LIFETIME: SessionLifetime = SessionLifetime {
    idle: time::Duration::minutes(30),
    absolute: time::Duration::hours(12),
};

/// How often rows that can no longer matter are removed.
const HOUSEKEEPING: Duration = Duration::from_secs(600);

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
    #[error("{0}")]
    Texts(#[from] LanguageError),
    #[error("the pages cannot be used: {0}")]
    Pages(#[from] minijinja::Error),
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
    let (limit, warning) = ConnectionLimit::new(
        options.max_connections,
        options.max_client_connections,
        options.trusted_proxies.clone(),
    );
    if let Some(warning) = warning {
        crate::complain(&warning);
    }
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
    let csrf = portal::csrf(&keys, https);
    let facade_clock = clock.clone();
    let log = EventLog::new(options.log_format, clock.clone(), &keys);
    let breaches = breach_filter(&options)?;
    let keys_in_use = KeysInUse::new(options.keys.clone(), &keys);
    let [noord, zuid] = [tenants::noord()?, tenants::zuid(breaches.is_some())?];
    let pages = Pages::load(Texts::load()?, mailbox.is_some())?;
    let plain = PlainPages::new(pages.clone(), &[noord.clone(), zuid.clone()]);
    let added_tenants = AddedTenants::new(pool.clone(), plain.clone());
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
    let sessions = TableSessions::new(pool.clone(), SESSION_LIFETIME);
    let watch = DatabaseWatch::new(
        store.clone(),
        database::watch_pool(&options.database_url),
        &database::place(&options.database_url),
        plain.clone(),
    );
    let app = app(
        Portal {
            auth: auth.clone(),
            pages,
            users,
            added_tenants,
            renewals: Renewals::new(pool),
            mailbox,
            csrf,
            clock,
            suggestions: Suggestions::default(),
            proxies: options.trusted_proxies.clone(),
            unnamed_proxy: Arc::default(),
            database_is_a_server: watch.asks_a_server(),
            https,
        },
        sessions.clone(),
        watch.clone(),
        plain,
        Health {
            store,
            watch: watch.clone(),
            keys: keys_in_use,
            mail,
        },
    );

    announce(&options, new_keys);
    let (stop, stopped) = watch::channel(false);
    let outbox = tokio::spawn({
        let (auth, stopped) = (auth.clone(), wait_for(stopped.clone()));
        async move { auth.worker().run(tokio::time::sleep, stopped).await }
    });
    tokio::spawn(housekeeping(auth, sessions));
    tokio::spawn(watch.keep_looking());
    let served = connections::serve(
        listener,
        app,
        limit,
        answer_headers(https),
        end_of_service(stop),
    )
    .await;
    // The mail in hand is finished if the mail server lets it; what waits goes on in the next process.
    let _ = tokio::time::timeout(connections::DRAIN, outbox).await;
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

fn app(
    portal: Portal,
    sessions: TableSessions,
    watch: DatabaseWatch,
    plain: PlainPages,
    health: Health,
) -> Router {
    let https = portal.https;
    let session_cookie = if https {
        "__Host-portal-session"
    } else {
        "portal-session"
    };
    let session_layer = SessionManagerLayer::new(sessions)
        .with_name(session_cookie)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(https)
        // The cookie's end is the browser's; how long a session lasts without a request, the store says.
        .with_expiry(Expiry::OnSessionEnd)
        .with_always_save(true);
    let router = Router::new()
        .route("/", get(front::show))
        .route("/mailbox", get(mail::list))
        .route("/mailbox/{id}", get(mail::show))
        .route("/mailbox/{id}/html", get(mail::html))
        .route("/mailbox/{id}/inline/{content_id}", get(mail::inline))
        .route("/mailbox/{id}/mail.eml", get(mail::eml))
        .route("/{tenant}", get(home::show))
        .route("/{tenant}/", get(home::show))
        .route(
            "/{tenant}/sign-in",
            get(sign_in::show).post(sign_in::submit),
        )
        .route("/{tenant}/sign-out", post(home::sign_out))
        .route("/{tenant}/forgot", get(forgot::show).post(forgot::submit))
        .route(
            "/{tenant}/reset/{token}",
            get(reset::show).post(reset::submit),
        )
        .route(
            "/{tenant}/not-me/{handle}/{token}",
            get(not_me::show).post(not_me::submit),
        )
        // Some mail programs add a slash to the links that they show.
        .route(
            "/{tenant}/reset/{token}/",
            get(reset::show).post(reset::submit),
        )
        .route(
            "/{tenant}/not-me/{handle}/{token}/",
            get(not_me::show).post(not_me::submit),
        )
        .route("/{tenant}/password", get(change::show).post(change::submit))
        .route(
            "/{tenant}/second-factor",
            get(choose_factor::show).post(choose_factor::submit),
        )
        .route(
            "/{tenant}/second-factor/enrol",
            get(enrol::show).post(enrol::submit),
        )
        .route(
            "/{tenant}/second-factor/enrol/new-code",
            post(enrol::new_code),
        )
        .route(
            "/{tenant}/second-factor/verify",
            get(verify::show).post(verify::submit),
        )
        .route(
            "/{tenant}/second-factor/clock",
            get(pages::clock::show).post(pages::clock::submit),
        )
        .route(
            "/{tenant}/step-up",
            get(pages::step_up::show).post(pages::step_up::submit),
        )
        .route("/{tenant}/authenticators", get(pages::authenticators::show))
        .route(
            "/{tenant}/authenticators/add",
            get(set_up::show_add).post(set_up::submit_add),
        )
        .route(
            "/{tenant}/authenticators/add/begin",
            post(set_up::begin_add),
        )
        .route(
            "/{tenant}/authenticators/{id}/replace",
            get(set_up::show_replace).post(set_up::submit_replace),
        )
        .route(
            "/{tenant}/authenticators/{id}/replace/begin",
            post(set_up::begin_replace),
        )
        .route(
            "/{tenant}/authenticators/{id}/rename",
            get(pages::rename::show).post(pages::rename::submit),
        )
        .route(
            "/{tenant}/authenticators/{id}/remove",
            get(pages::remove::show).post(pages::remove::submit),
        )
        .route(
            "/{tenant}/recovery-codes",
            get(pages::renew_codes::show).post(pages::renew_codes::submit),
        )
        .route(
            "/{tenant}/recovery-codes/file",
            post(pages::recovery_codes::download),
        )
        .route(
            "/{tenant}/second-factor/recovery",
            get(recovery::show).post(recovery::submit),
        )
        .fallback(refusal::no_page)
        .method_not_allowed_fallback(refusal::no_method)
        .layer(session_layer)
        .layer(from_fn_with_state(
            session_cookie,
            cookies::new_sessions_only,
        ))
        .layer(from_fn_with_state(watch, answer_for_faults))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz).with_state(health))
        .route("/static/portal.css", get(statics::style))
        .route("/static/password.js", get(statics::password))
        .route("/static/once.js", get(statics::once))
        .route("/static/print.js", get(statics::print))
        .route("/static/copy.js", get(statics::copy))
        .route("/static/evaluator.js", get(statics::evaluator));
    let mut router = in_time(router, plain);
    for (name, value) in page_headers(https) {
        let value = HeaderValue::from_static(value);
        router = router.layer(if name == CONTENT_SECURITY_POLICY {
            // A mail in its frame has a stricter policy.
            SetResponseHeaderLayer::if_not_present(name, value)
        } else {
            SetResponseHeaderLayer::overriding(name, value)
        });
    }
    router.with_state(portal)
}

/// The headers of every answer.
fn page_headers(https: bool) -> impl Iterator<Item = (HeaderName, &'static str)> {
    let all = [
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let encrypted = https.then_some((STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    all.into_iter().chain(encrypted)
}

/// The same headers as lines, for answers that never reach the router.
fn answer_headers(https: bool) -> Arc<str> {
    let lines = page_headers(https).map(|(name, value)| format!("{name}: {value}\r\n"));
    lines.collect::<String>().into()
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

async fn wait_for(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn end_of_service(stop: watch::Sender<bool>) {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    let _ = stop.send(true);
}

async fn housekeeping(auth: Auth, sessions: TableSessions) {
    loop {
        tokio::time::sleep(HOUSEKEEPING).await;
        if auth.worker().purge().await.is_err() || sessions.delete_expired().await.is_err() {
            crate::complain("housekeeping failed; it will be tried again");
        }
    }
}
