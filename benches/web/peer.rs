//! Bare axum handlers: one reads a session from the same store, one renders the same template with the same values.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Html;
use axum::routing::get;
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, State as Rendering, Value, context};
use sha2::{Digest as _, Sha256};
use slotwerk::store::{AccountKey, CreateSession, SessionData, Store as _, TokenHash};
use slotwerk_sqlx::SqlStore;
use slotwerk_words::Languages;
use tokio::net::TcpListener;

/// The cookie of the session that [`begin_session`] begins.
pub(crate) const COOKIE: &str =
    "session=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[derive(Clone)]
struct Peer {
    store: Arc<SqlStore>,
    now: u64,
    pages: Arc<Environment<'static>>,
    languages: Vec<Value>,
}

pub(crate) async fn serve(store: Arc<SqlStore>, now: u64) -> SocketAddr {
    let words = Arc::new(Languages::pages().expect("texts"));
    let choice = |words: &Arc<slotwerk_words::Words>| {
        let name = words.text("language-name", &[]).expect("a text");
        context! { tag => words.tag(), name }
    };
    let peer = Peer {
        store,
        now,
        languages: words.iter().map(choice).collect(),
        pages: Arc::new(pages(&words)),
    };
    let router = Router::new()
        .route("/session", get(session))
        .route("/page", get(page))
        .with_state(peer);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// The templates of the crate. They get texts as the crate gives them.
fn pages(words: &Arc<Languages>) -> Environment<'static> {
    let mut environment = Environment::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/axum/templates");
    for entry in std::fs::read_dir(folder).expect("templates") {
        let entry = entry.expect("a file");
        // The pages of the help desk are not compared.
        if entry.path().is_dir() {
            continue;
        }
        let source = std::fs::read_to_string(entry.path()).expect("a template");
        let name = entry.file_name().into_string().expect("a name");
        let added = environment.add_template_owned(name, source);
        added.expect("a good template");
    }
    let words = words.clone();
    environment.add_function("t", move |state: &Rendering, name: &str, _: Kwargs| {
        let lang = state.lookup("lang");
        let lang = lang.as_ref().and_then(Value::as_str).unwrap_or_default();
        let words = words.iter().find(|words| words.tag() == lang);
        let text = words.and_then(|words| words.text(name, &[]).ok());
        text.ok_or_else(|| Error::new(ErrorKind::UndefinedError, "text"))
    });
    environment.add_function("moment", || "");
    environment.add_function("date", || "");
    environment
}

fn token(cookie: &str) -> TokenHash {
    TokenHash(Sha256::digest(cookie).into())
}

pub(crate) async fn begin_session(store: &SqlStore, now: u64) {
    let (_, cookie) = COOKIE.split_once('=').expect("a cookie");
    let command = CreateSession {
        token: token(cookie),
        account: AccountKey::new("test", "bare").expect("an id"),
        epoch: 0,
        data: SessionData::new(vec![b'x'; 300]).expect("short"),
        expires_at: now + 86_400,
        idle_secs: 1_800,
        max_live: 1,
        now,
    };
    let _ = store.create_session(&command).await.expect("a session");
}

async fn session(State(peer): State<Peer>, headers: HeaderMap) -> Result<String, StatusCode> {
    let cookie = headers.get("cookie").and_then(|value| value.to_str().ok());
    let mut pairs = cookie.unwrap_or_default().split("; ");
    let found = pairs.find_map(|pair| pair.strip_prefix("session="));
    let token = token(found.ok_or(StatusCode::UNAUTHORIZED)?);
    match peer.store.find_session("test", token, peer.now).await {
        Ok(Some(session)) => Ok(session.account.account().to_owned()),
        Ok(None) => Err(StatusCode::UNAUTHORIZED),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn page(State(peer): State<Peer>) -> Result<Html<String>, StatusCode> {
    let tenant = context! { id => "test", name => "Test", support => (), support_by_mail => false };
    let values = context! {
        lang => "en",
        languages => peer.languages.clone(),
        tenant,
        base => Value::from_safe_string("/test".to_owned()),
        home => Value::from_safe_string("/test/".to_owned()),
        front => Value::from_safe_string("/test/".to_owned()),
        csrf => "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        stepping_up => false,
        login => "",
        problem => (),
        wait_seconds => 0,
        notice => (),
    };
    let page = peer
        .pages
        .get_template("sign_in.html")
        .and_then(|template| template.render(values));
    page.map(Html)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
