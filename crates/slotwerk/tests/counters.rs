//! The counters that a host exports, and the example that exports them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::{ErrorKind, MemoryStore};
use slotwerk::{Auth, Backlog, EventCount};
use slotwerk_testkit::{FaultyStore, Strike};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use support::{GOOD, NOBODY, NOON, World, login, password};
use tokio::runtime::Handle;

#[allow(dead_code, unreachable_pub)]
#[path = "../examples/prometheus.rs"]
mod prometheus;

async fn wrong_sign_in(world: &World, name: &str) {
    let guess = password("guess-in-the-dark");
    let name = login(name);
    let answer = world.auth.sign_in("zuid", &name, guess, &NOBODY);
    answer.await.unwrap();
}

fn count(auth: &Auth, name: &str, reason: Option<&str>) -> u64 {
    let is_it = |count: &&EventCount| count.name == name && count.reason == reason;
    let counters = auth.counters();
    let found = counters.events.iter().find(is_it);
    found.map_or(0, |found| found.count)
}

#[tokio::test]
async fn events_are_counted_by_reason() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let auth = &world.auth.auth;
    let before = auth.counters().hashing;
    for _ in 0..3 {
        wrong_sign_in(&world, "demo").await;
    }
    wrong_sign_in(&world, "nobody").await;
    for (reason, due) in [("wrong_password", 3), ("unknown_account", 1)] {
        let seen = count(auth, "sign_in_rejected", Some(reason));
        assert_eq!(seen, due, "{reason}");
    }
    assert_eq!(count(auth, "mail_sent", None), 2, "the link and the notice");
    let all: u64 = auth.counters().events.iter().map(|event| event.count).sum();
    assert_eq!(all, world.kinds().len() as u64, "as the sink heard them");
    let hashing = auth.counters().hashing;
    assert_eq!(hashing.computed - before.computed, 4);
    assert!(hashing.computing > before.computing);
    assert_eq!((hashing.waiting, hashing.in_flight), (0, 0));
}

#[tokio::test]
async fn backlog_is_read_from_the_store() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    let backlog = || async { world.auth.auth.worker().backlog().await };
    assert_eq!(backlog().await.unwrap(), Backlog::default());
    world.request("zuid", "demo").await;
    world.request("noord", "demo").await;
    let writes = store.writes();
    let due = Backlog {
        waiting: 2,
        oldest_ready_at: Some(NOON),
    };
    assert_eq!(backlog().await.unwrap(), due);
    assert_eq!(store.writes(), writes, "it changes nothing");
    store.fail_call(1, Strike::Before, ErrorKind::Unavailable);
    assert!(backlog().await.unwrap_err().is_worth_retrying());
    world.deliver().await;
    assert_eq!(backlog().await.unwrap(), Backlog::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn example_answers_a_scrape() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let demo = login("demo");
    let right = world.auth.sign_in("zuid", &demo, password(GOOD), &NOBODY);
    right.await.unwrap();
    wrong_sign_in(&world, "nobody").await;
    world.request("zuid", "demo").await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (auth, runtime) = (world.auth.auth.clone(), Handle::current());
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        prometheus::answer(&stream, &auth, &runtime).unwrap();
    });
    let mut answer = String::new();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
    stream.read_to_string(&mut answer).unwrap();
    server.join().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    for line in [
        "slotwerk_events_total{event=\"sign_in_rejected\",reason=\"unknown_account\"} 1",
        "slotwerk_events_total{event=\"password_accepted\",reason=\"\"} 1",
        "slotwerk_outbox_waiting 1",
        "slotwerk_hashes_waiting 0",
    ] {
        assert!(body.lines().any(|found| found == line), "{line}\n{body}");
    }
    for line in body.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("slotwerk_"), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    let oldest = format!("slotwerk_outbox_oldest_ready_seconds {NOON}");
    assert!(body.contains(&oldest), "{body}");
}
