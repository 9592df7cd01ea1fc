//! Tests of the portal's tables on each database. Those that need a server fail when the environment names none.

use crate::database::{self, Start};
use crate::key_check;
use crate::mailbox::LocalMailbox;
use crate::pool::Pool;
use crate::renewals::Renewals;
use crate::sessions::{SessionLifetime, TableSessions};
use crate::users::Users;
use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::mail::{Brand, Composer, Message, Sender};
use slotwerk::{Directory, Login};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use time::Duration;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

#[tokio::test]
async fn sqlite_holds_the_portals_tables() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("portal.sqlite");
    // The first start makes the file; on one machine nobody starts two at once.
    let url = format!("sqlite:{}", file.display());
    database::open(&url, Start::New).await.unwrap();
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
    one_claim_counts(&nodes).await;
    sessions_are_shared(&nodes).await;
    mail_is_shared(&nodes).await;
    keys_are_checked(&nodes).await;
}

/// Four portals that start at the same moment on an empty database.
async fn start_at_once(url: &str) -> Vec<Pool> {
    let starting: Vec<_> = (0..4)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move {
                let (_, pool) = database::open(&url, Start::New).await.unwrap();
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

async fn ids_are_compared_by_bytes(nodes: &[Pool]) {
    let users = Users::new(nodes[0].clone());
    let found = users.by_id("noord", "noord-demo").await.unwrap().unwrap();
    assert_eq!(found.login, "demo");
    assert!(found.enabled);
    assert_eq!(found.attributes, ["Demo"]);
    for id in ["noord-DEMO", "noord-demo ", "noord-dem\u{f6}", ""] {
        assert!(users.by_id("noord", id).await.unwrap().is_none(), "{id:?}");
    }
    assert!(users.by_id("Noord", "noord-demo").await.unwrap().is_none());
    let login = Login::parse("disabled").unwrap();
    let found = users.find("noord", &login).await.unwrap().unwrap();
    assert!(!found.enabled);
}

async fn one_claim_counts(nodes: &[Pool]) {
    let nodes: Vec<_> = nodes.iter().cloned().map(Renewals::new).collect();
    for _ in 0..10 {
        let asked: Vec<_> = (0..8)
            .map(|n| {
                let node = nodes[n % nodes.len()].clone();
                tokio::spawn(async move { node.ask("noord", "somebody").await.unwrap() })
            })
            .collect();
        let mut all = Vec::new();
        for one in asked {
            all.push(one.await.unwrap());
        }
        let once = all[0].clone();
        assert!(all.iter().all(|other| *other == once), "{all:?}");
        let claims: Vec<_> = (0..8)
            .map(|n| {
                let (node, once) = (nodes[n % nodes.len()].clone(), once.clone());
                tokio::spawn(async move { node.claim("noord", "somebody", &once).await })
            })
            .collect();
        let mut counted = 0;
        for claim in claims {
            counted += usize::from(claim.await.unwrap().unwrap());
        }
        assert_eq!(counted, 1);
    }
}

async fn sessions_are_shared(nodes: &[Pool]) {
    let lifetime = SessionLifetime {
        idle: Duration::hours(1),
        absolute: Duration::hours(12),
    };
    let nodes: Vec<_> = nodes
        .iter()
        .map(|pool| TableSessions::new(pool.clone(), lifetime))
        .collect();
    let mut record = Record {
        id: Id(7),
        data: Default::default(),
        expiry_date: time::OffsetDateTime::now_utc() + Duration::hours(1),
    };
    record.data.insert("noord".to_owned(), "\u{1f511}".into());
    nodes[0].create(&mut record).await.unwrap();
    let mut taken = record.clone();
    nodes[1].create(&mut taken).await.unwrap();
    assert_ne!(taken.id, record.id);
    record.data.insert("zuid".to_owned(), "somebody".into());
    nodes[1].save(&record).await.unwrap();
    let found = nodes[0].load(&record.id).await.unwrap().unwrap();
    assert_eq!(found.data, record.data);
    nodes[0].delete_expired().await.unwrap();
    nodes[2].delete(&record.id).await.unwrap();
    nodes[0].save(&record).await.unwrap();
    assert!(nodes[0].load(&record.id).await.unwrap().is_none());
    assert!(nodes[0].load(&taken.id).await.unwrap().is_some());
}

async fn mail_is_shared(nodes: &[Pool]) {
    let brand = Brand::new("Noord", "#0b5c8a").unwrap();
    let message = Message::PasswordChanged {
        account_name: "demo",
        when: None,
    };
    let composer = Composer::new().unwrap();
    let mail = composer.compose(&message, &brand, "nl", "demo@noord.example");
    let (mail, sender) = (
        mail.unwrap(),
        Sender::new("no-reply@portal.example").unwrap(),
    );
    let eml = [0, 1, 255, b'\n'];
    for at in [5, 6] {
        let mailbox = LocalMailbox::new(nodes[0].clone());
        mailbox.keep(&mail, &sender, &eml, at).await.unwrap();
    }
    let mailbox = LocalMailbox::new(nodes[1].clone());
    let listed = mailbox.list().await.unwrap();
    let times: Vec<_> = listed.iter().map(|entry| entry.received_at).collect();
    assert_eq!(times, [6, 5]);
    let id = listed[0].id;
    assert_eq!(
        mailbox.entry(id).await.unwrap().unwrap().subject,
        mail.subject()
    );
    assert_eq!(mailbox.text(id).await.unwrap().unwrap(), mail.text());
    assert_eq!(mailbox.html(id).await.unwrap().unwrap(), mail.html());
    assert_eq!(mailbox.eml(id).await.unwrap().unwrap(), eml);
    assert!(mailbox.image(id, "none").await.unwrap().is_none());
    assert!(mailbox.entry(0).await.unwrap().is_none());
}

async fn keys_are_checked(nodes: &[Pool]) {
    let ring = |byte| KeyRing::new(KeyId::new(1), MasterKey::from_bytes([byte; 32]));
    key_check::check(&ring(1), &nodes[0]).await.unwrap();
    key_check::check(&ring(1), &nodes[1]).await.unwrap();
    assert!(key_check::check(&ring(2), &nodes[1]).await.is_err());
}
