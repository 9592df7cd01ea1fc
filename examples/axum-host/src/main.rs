//! A small service: its users are in SQLite, and `slotwerk-axum` brings the pages of password and second factor.
#![allow(clippy::print_stdout, reason = "it prints its address")]

use axum::{response::Html, routing::get};
use slotwerk::mail::{Brand, Sender, SmtpMailer};
use slotwerk::policy::{Blocklist, PolicyDraft};
use slotwerk::{Account, Auth, Directory, DirectoryError, Login, Tenant, async_trait};
use slotwerk::{keys::KeyRing, password::Hasher, sqlx::SqlStore};
use slotwerk_axum::{EventLog, SignedIn, TenantFrom, Web, stop_signal};
use sqlx::SqlitePool;
use std::{env, error::Error, net::TcpListener, sync::Arc};

/// The user table of the service. Slotwerk reads it, and keeps passwords and secrets elsewhere, under the id given here.
struct Users(SqlitePool);

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, login TEXT UNIQUE, mail TEXT)";

impl Users {
    async fn one(&self, text: &'static str, key: &str) -> Result<Option<Account>, DirectoryError> {
        let row: Option<(i64, String, String)> = sqlx::query_as(text)
            .bind(key)
            .fetch_optional(&self.0)
            .await?;
        Ok(row.map(|(id, login, mail)| Account::new(id.to_string(), login, mail)))
    }
}

#[async_trait]
impl Directory for Users {
    async fn find(&self, _: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        let text = "SELECT id, login, mail FROM users WHERE login = ?";
        self.one(text, login.folded()).await
    }
    async fn get(&self, _: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        let text = "SELECT id, login, mail FROM users WHERE id = CAST(? AS INTEGER)";
        self.one(text, id).await
    }
}

/// A page of the service. A person who is not signed in goes to the sign-in page first, and comes back.
async fn dashboard(person: SignedIn) -> Html<String> {
    let id = &person.session.account().id;
    Html(format!(
        "<h1>Dashboard</h1><p>You are user {id}.</p><a href=/account>Account</a>"
    ))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let setting = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let (database, address) = (
        setting("DATABASE", "host.sqlite"),
        setting("LISTEN", "127.0.0.1:8080"),
    );
    let url = setting("PUBLIC_URL", &format!("http://{address}"));
    let store = SqlStore::connect(&database).await?;
    let users = SqlitePool::connect(&format!("sqlite:{database}")).await?;
    sqlx::query(TABLE).execute(&users).await?;
    sqlx::query("INSERT OR IGNORE INTO users (login, mail) VALUES ('demo', 'demo@host.example')")
        .execute(&users)
        .await?;

    // Made at the first start. Keep the file as safe as the database, and apart from it.
    let path = setting("KEYS", "host.keys");
    let keys = match KeyRing::find_file(&path)? {
        Some(keys) => keys,
        None => KeyRing::generate_file(&path)?,
    };
    let policy = PolicyDraft::recommended()
        .blocklist(Blocklist::common())
        .build()?;
    let tenant = Tenant::builder("host", Brand::new("Example", "#1f5f8b")?, policy, "Example");
    let mailer = SmtpMailer::builder(
        &setting("SMTP", "smtp://127.0.0.1:1025"),
        Sender::new("no-reply@host.example")?,
    )?;
    let auth = Auth::builder()
        .store(Arc::new(store))
        .directory(Arc::new(Users(users)))
        .mailer(Arc::new(mailer.build()?))
        .events(Arc::new(EventLog::new("host", &keys)))
        .keys(keys)
        .hasher(Hasher::builder().workers(2).build()?)
        .tenant(tenant.public_url(&url).build()?)
        .build()?;
    let web = Web::builder(auth)
        .tenant_from(TenantFrom::Fixed("host".to_owned()))
        .https(url.starts_with("https:"))
        .home("/")
        .build()?;
    let own = axum::Router::new().route("/", get(dashboard));
    let app = web.guard(own.merge(web.routes()).with_state(web.clone()));
    let listener = TcpListener::bind(address)?;
    println!("Listening on http://{}/", listener.local_addr()?);
    Ok(web.serve(listener, app, stop_signal()).await?)
}
