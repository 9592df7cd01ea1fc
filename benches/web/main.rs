//! The cost of the web layer beside bare axum handlers, over HTTP with kept connections: a check of the session, and a
//! page. In turns, one of each in every round. Then the memory of 10,000 sessions that nobody uses, and whether a client
//! is served beside 1,000 connections with half a request each.

mod http;
mod peer;

#[allow(dead_code)]
mod support;

use std::future::pending;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use slotwerk::store::{AccountKey, CreateSession, SessionData, Store, TokenHash};
use slotwerk::{Account, Auth, TestAuth};
use slotwerk_axum::{SignedIn, Web};
use slotwerk_benches::{measuring, median, percentile};
use slotwerk_sqlx::SqlStore;
use support::{Browser, LOGIN, Service};
use tokio::runtime::Runtime;

/// One side of a comparison.
struct Side {
    address: SocketAddr,
    request: String,
    rates: Vec<f64>,
}

fn main() {
    raise_open_files();
    let runtime = Runtime::new().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("web.sqlite").display().to_string();
    runtime.block_on(async {
        let store = Arc::new(SqlStore::connect(&file).await.expect("a database"));
        let mut test = Auth::for_tests().expect("threads");
        test.auth = test.auth.with_store(store.clone());
        compare(&store, test).await;
    });
}

/// The server's and the client's ends of 1,000 connections are in this process.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).expect("within the maximum");
}

async fn whole(person: SignedIn) -> String {
    person.session.account().id.clone()
}

async fn compare(store: &Arc<SqlStore>, test: TestAuth) {
    test.people
        .add(Account::new("1", LOGIN, "demo@host.example"));
    // All connections come from one address here.
    let web = Web::builder(test.auth.clone()).connections(10_000, 10_000);
    let web = web.build().expect("good settings");
    let own = Router::new().route("/{tenant}/own", get(whole));
    let router = web.guard(own.merge(web.routes()).with_state(web.clone()));
    let service = Service {
        test,
        router: router.clone(),
    };
    let now = service.test.clock.seconds();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    let cookies = cookies(&browser);

    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let ours = listener.local_addr().expect("an address");
    tokio::spawn(async move { web.serve(listener, router, pending()).await });
    let bare = peer::serve(store.clone(), now).await;
    peer::begin_session(store, now).await;
    let stranger = {
        let mut browser = service.browser();
        browser.open("sign-in").await;
        self::cookies(&browser)
    };
    race(
        "session check",
        side(ours, "/test/own", &cookies),
        side(bare, "/session", peer::COOKIE),
    )
    .await;
    race(
        "sign-in page",
        side(ours, "/test/sign-in", &stranger),
        side(bare, "/page", &stranger),
    )
    .await;
    idle_sessions(store, now).await;
    half_open(ours).await;
}

fn cookies(browser: &Browser) -> String {
    let pairs = browser.jar.iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

fn side(address: SocketAddr, path: &str, cookies: &str) -> Side {
    Side {
        address,
        request: format!(
            "GET {path} HTTP/1.1\r\nHost: login.example\r\nAccept-Language: en\r\nCookie: {cookies}\r\n\r\n"
        ),
        rates: Vec::new(),
    }
}

/// Requests a second of both, in turns that change places.
async fn race(name: &str, mut ours: Side, mut bare: Side) {
    let (rounds, time) = if measuring() {
        (30, Duration::from_millis(500))
    } else {
        (1, Duration::from_millis(20))
    };
    for round in 0..=rounds {
        let mut sides = [&mut ours, &mut bare];
        if round % 2 == 1 {
            sides.reverse();
        }
        for side in sides {
            let rate = http::rate(side.address, &side.request, time).await;
            // The first round warms up.
            if round > 0 {
                side.rates.push(rate);
            }
        }
    }
    let ratios: Vec<f64> = ours
        .rates
        .iter()
        .zip(&bare.rates)
        .map(|(ours, bare)| ours / bare)
        .collect();
    println!(
        "web/{name}: {:.0} requests a second, bare {:.0}; ratio {:.2} (10 % to 90 % of {rounds} rounds: {:.2} to {:.2})",
        median(&ours.rates),
        median(&bare.rates),
        median(&ratios),
        percentile(&ratios, 10.0),
        percentile(&ratios, 90.0),
    );
}

async fn idle_sessions(store: &SqlStore, now: u64) {
    let count: u32 = if measuring() { 10_000 } else { 10 };
    let before = resident();
    for n in 0..count {
        let mut token = [7; 32];
        token[..4].copy_from_slice(&n.to_be_bytes());
        let command = CreateSession {
            token: TokenHash(token),
            account: AccountKey::new("test", format!("idle-{n}")).expect("an id"),
            epoch: 0,
            data: SessionData::new(vec![b'x'; 400]).expect("short"),
            expires_at: now + 86_400,
            idle_secs: 1_800,
            max_live: 1,
            now,
        };
        let created = store.create_session(&command).await;
        let _ = created.expect("a session");
    }
    println!(
        "web/memory: {before} KiB, {} KiB with {count} idle sessions",
        resident()
    );
}

async fn half_open(address: SocketAddr) {
    let count = if measuring() { 1_000 } else { 10 };
    let before = resident();
    let open: Vec<TcpStream> = (0..count)
        .map(|_| {
            let mut stream = TcpStream::connect(address).expect("a connection");
            let half = "GET /test/sign-in HTTP/1.1\r\nHost: login.example\r\nCookie: a";
            stream.write_all(half.as_bytes()).expect("half a request");
            stream
        })
        .collect();
    let request = side(address, "/test/sign-in", "").request;
    let began = Instant::now();
    let rate = http::rate(address, &request, Duration::from_millis(200)).await;
    println!(
        "web/half-open: {} connections, {before} KiB before and {} KiB with them; another client gets {rate:.0} answers a \
         second meanwhile, for {:.0?}",
        open.len(),
        resident(),
        began.elapsed()
    );
    assert!(rate > 0.0);
}

/// The resident set of this process, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let words = line.and_then(|line| line.split_whitespace().nth(1));
    words.and_then(|kib| kib.parse().ok()).expect("a number")
}
