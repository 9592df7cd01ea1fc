//! Counters in the text format of Prometheus, through the standard library alone.
//!
//! `cargo run -p slotwerk --example prometheus` serves them at <http://127.0.0.1:9464/metrics>. Keep the port inside:
//! the counts tell when accounts are attacked.
#![allow(clippy::print_stdout, reason = "the terminal is this example's page")]

use slotwerk::{Auth, Backlog, Client, Counters, Login, TestAuth, password::Password};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;
use tokio::runtime::Handle;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let test = Auth::for_tests()?;
    something_happens(&test).await?;
    let listener = TcpListener::bind(("127.0.0.1", 9464))?;
    println!("http://{}/metrics", listener.local_addr()?);
    // A separate thread, so that a slow scraper holds up no request of the service.
    let (auth, runtime) = (test.auth.clone(), Handle::current());
    let served = tokio::task::spawn_blocking(move || -> io::Result<()> {
        for stream in listener.incoming() {
            // A scraper that went away is no reason to stop.
            let _ = answer(&stream?, &auth, &runtime);
        }
        Ok(())
    });
    Ok(served.await??)
}

/// A wrong password, so that there is something to see.
async fn something_happens(test: &TestAuth) -> Result<(), Box<dyn Error>> {
    let tenant = test.auth.tenant(TestAuth::TENANT).await?;
    let (login, client) = (Login::parse("anna")?, Client::unknown());
    let wrong = tenant.sign_in(&login, Password::new("guess")?, &client);
    println!("{:?}", wrong.await?);
    Ok(())
}

/// Answers one request with the counts of now.
pub(crate) fn answer(mut stream: &TcpStream, auth: &Auth, runtime: &Handle) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    // There is one page, so the request is read for politeness only.
    let _ = stream.read(&mut [0; 1024])?;
    // A store that is out of reach must not hide the counts of this process.
    let backlog = runtime.block_on(auth.worker().backlog()).ok();
    let body = exposition(&auth.counters(), backlog);
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The counters as Prometheus reads them. Names and reasons hold lowercase letters, underscores and dots, so there
/// is nothing to escape.
pub(crate) fn exposition(counters: &Counters, backlog: Option<Backlog>) -> String {
    let mut text = String::from("# TYPE slotwerk_events_total counter\n");
    for event in &counters.events {
        let (name, reason, count) = (event.name, event.reason.unwrap_or_default(), event.count);
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "slotwerk_events_total{{event=\"{name}\",reason=\"{reason}\"}} {count}"
        );
    }
    let hashing = &counters.hashing;
    let mut add = |name: &str, kind: &str, value: f64| {
        let _ = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
    };
    add("slotwerk_hashes_total", "counter", hashing.computed as f64);
    let seconds = hashing.computing.as_secs_f64();
    add("slotwerk_hashing_seconds_total", "counter", seconds);
    add("slotwerk_hashes_waiting", "gauge", hashing.waiting as f64);
    if let Some(backlog) = backlog {
        add("slotwerk_outbox_waiting", "gauge", backlog.waiting as f64);
        // Prometheus knows the time: `time() - slotwerk_outbox_oldest_ready_seconds` is the age.
        if let Some(at) = backlog.oldest_ready_at {
            add("slotwerk_outbox_oldest_ready_seconds", "gauge", at as f64);
        }
    }
    text
}
