//! Tests of the portal's tables on each database. Those that need a server fail when the environment names none.

use crate::database;
use crate::mailbox::LocalMailbox;
use crate::users::Users;
use slotwerk::mail::{Brand, Composer, Mailer, Message, Sender};
use slotwerk::{Directory, Login};
use slotwerk_sqlx::{Connect, HostConnections};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn sqlite_holds_the_portals_tables() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("portal.sqlite");
    // The first start makes the file; on one machine nobody starts two at once.
    let url = format!("sqlite:{}", file.display());
    Connect::to(&url).open().await.unwrap();
    hold_everything(&url).await;
}

#[tokio::test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
async fn postgres_holds_the_portals_tables() {
    let server = address("SLOTWERK_POSTGRES_URL");
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let (drop, create) = statements("WITH (FORCE)");
    connection.execute(AssertSqlSafe(drop)).await.unwrap();
    connection.execute(AssertSqlSafe(create)).await.unwrap();
    hold_everything(&on(&server)).await;
}

#[tokio::test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
async fn mariadb_holds_the_portals_tables() {
    let server = address("SLOTWERK_MARIADB_URL");
    let mut connection = MySqlConnection::connect(&server).await.unwrap();
    let (drop, create) = statements("");
    connection.execute(AssertSqlSafe(drop)).await.unwrap();
    connection.execute(AssertSqlSafe(create)).await.unwrap();
    hold_everything(&on(&server)).await;
}

const DATABASE: &str = "slotwerk_portal_tables";

fn address(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} must name a server"))
}

fn statements(force: &str) -> (String, String) {
    let drop = format!("DROP DATABASE IF EXISTS {DATABASE} {force}");
    (drop, format!("CREATE DATABASE {DATABASE}"))
}

fn on(server: &str) -> String {
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{DATABASE}")
}

async fn hold_everything(url: &str) {
    let nodes = start_at_once(url).await;
    ids_are_compared_by_bytes(&nodes).await;
    mail_is_shared(&nodes).await;
}

/// Four portals that start at the same moment on an empty database.
async fn start_at_once(url: &str) -> Vec<HostConnections> {
    let starting: Vec<_> = (0..4)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move {
                let pool = Connect::to(&url).open().await.unwrap().host;
                database::create(&pool).await.unwrap();
                let users = Users::new(pool.clone());
                users.add_people("noord", "nl").await.unwrap();
                pool
            })
        })
        .collect();
    let mut nodes = Vec::new();
    for node in starting {
        nodes.push(node.await.unwrap());
    }
    nodes
}

async fn ids_are_compared_by_bytes(nodes: &[HostConnections]) {
    let users = Users::new(nodes[0].clone());
    let found = users.by_id("noord", "noord-demo").await.unwrap().unwrap();
    assert_eq!(found.login, "demo");
    assert!(found.enabled);
    assert_eq!(found.attributes, ["demo"]);
    for id in ["noord-DEMO", "noord-demo ", "noord-dem\u{f6}", ""] {
        assert!(users.by_id("noord", id).await.unwrap().is_none(), "{id:?}");
    }
    assert!(users.by_id("Noord", "noord-demo").await.unwrap().is_none());
    let login = Login::parse("disabled").unwrap();
    let found = users.find("noord", &login).await.unwrap().unwrap();
    assert!(!found.enabled);
}

async fn mail_is_shared(nodes: &[HostConnections]) {
    let brand = Brand::new("Noord", "#0b5c8a").unwrap();
    let message = Message::PasswordChanged {
        account_name: "demo",
        when: None,
    };
    let composer = Composer::new().unwrap();
    let mail = composer.compose(&message, &brand, "nl", "demo@noord.example");
    let mail = mail.unwrap();
    let sender = Sender::new("no-reply@portal.example").unwrap();
    let mailbox = |node: usize, at: u64| {
        let clock = Arc::new(move || Duration::from_secs(at));
        LocalMailbox::new(nodes[node].clone(), sender.clone(), clock)
    };
    for at in [5, 6] {
        mailbox(0, at).send(&mail).await.unwrap();
    }
    let mailbox = mailbox(1, 7);
    let listed = mailbox.list().await.unwrap();
    let times: Vec<_> = listed.iter().map(|entry| entry.received_at).collect();
    assert_eq!(times, [6, 5]);
    let id = listed[0].id;
    let kept = mailbox.mail(id).await.unwrap().unwrap();
    assert_eq!(kept.entry.subject, mail.subject());
    assert_eq!((&*kept.text, &*kept.html), (mail.text(), mail.html()));
    assert_eq!(kept.eml, *mail.to_mime(&sender, None, 6).unwrap());
    assert!(mailbox.image(id, "none").await.unwrap().is_none());
    assert!(mailbox.mail(0).await.unwrap().is_none());
}
