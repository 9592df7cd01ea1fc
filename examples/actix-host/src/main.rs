//! Starts the service: its settings, its keys, its mails, and its HTTP server.
#![allow(clippy::print_stdout, reason = "it prints its address")]

use actix_host::{Host, Users, routes};
use actix_web::{App, HttpServer, middleware::DefaultHeaders, web::Data};
use slotwerk::mail::{Brand, Sender, SmtpMailer};
use slotwerk::policy::{Blocklist, PolicyDraft};
use slotwerk::{Account, Auth, Tenant, keys::KeyRing, password::Hasher, sqlx::SqlStore};
use std::{env, error::Error, sync::Arc};
use tokio::{sync::oneshot, time::sleep};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let setting = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let database = setting("DATABASE", "host.sqlite");
    let address = setting("LISTEN", "127.0.0.1:8080");
    let url = setting("PUBLIC_URL", &format!("http://{address}"));
    let policy = PolicyDraft::recommended().blocklist(Blocklist::common());
    let brand = Brand::new("Example", "#1f5f8b")?;
    let tenant = Tenant::builder("host", brand, policy.build()?, "Example").public_url(&url);
    let smtp = setting("SMTP", "smtp://127.0.0.1:1025");
    let mailer = SmtpMailer::builder(&smtp, Sender::new("no-reply@host.example")?)?;
    // Made at the first start. Keep the file as safe as the database, and apart from it.
    let path = setting("KEYS", "host.keys");
    let keys = match KeyRing::find_file(&path)? {
        Some(keys) => keys,
        None => KeyRing::generate_file(&path)?,
    };
    let demo = Account::new("1", "demo", "demo@host.example");
    let auth = Auth::builder()
        .store(Arc::new(SqlStore::connect(&database).await?))
        .directory(Arc::new(Users(vec![demo])))
        .mailer(Arc::new(mailer.build()?))
        .keys(keys)
        .hasher(Hasher::builder().workers(2).build()?)
        .tenant(tenant.build()?)
        .build()?;
    let host = Data::new(Host(auth.clone(), "host", url.starts_with("https:")));

    // Sends the mails that requests have queued, until the server has stopped.
    let (stop, stopped) = oneshot::channel::<()>();
    let mails = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        auth.worker().run(sleep, stopped).await;
    });
    let server = HttpServer::new(move || {
        let headers = DefaultHeaders::new().add(("Cache-Control", "no-store"));
        let app = App::new().wrap(headers).app_data(host.clone());
        app.configure(routes)
    });
    let server = server.workers(2).bind(address)?;
    for address in server.addrs() {
        println!("Listening on http://{address}/");
    }
    server.run().await?;
    drop(stop);
    Ok(mails.await?)
}
