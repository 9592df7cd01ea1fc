//! The transport over HTTP, against a server on this machine that behaves and misbehaves.
#![cfg(feature = "http")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use slotwerk_breach::{
    BreachCheck as _, BreachFault, HttpConfigError, HttpTransport, MAX_RESPONSE, RangeClient,
    RangeTransport as _, TransportError,
};

/// SHA-1 of "abc", from the examples of FIPS 180-4.
const PREFIX: &str = "A9993";
const SUFFIX: &str = "E364706816ABA3E25717850C26C9CD0D89D";

/// Short enough not to be waited for long, where a test wants the time to run out.
const SHORT: Duration = Duration::from_millis(200);

/// Serves each connection by `serve`, which gets the head of a request. Hands out the heads.
fn server(serve: impl Fn(&str, &mut TcpStream) + Send + 'static) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/range", listener.local_addr().unwrap());
    let (heads, seen) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            while let Some(head) = head(&stream) {
                serve(&head, &mut stream);
                let _ = heads.send(head);
            }
        }
    });
    (base, seen)
}

/// The lines of a request up to the empty one. `None` when the client has gone.
fn head(stream: impl Read) -> Option<String> {
    // One byte at a time, so that nothing of the next request is taken.
    let mut lines = BufReader::with_capacity(1, stream).lines();
    let mut head = String::new();
    loop {
        let line = lines.next()?.ok()?;
        if line.is_empty() {
            return Some(head);
        }
        head.push_str(&line);
        head.push('\n');
    }
}

fn respond(stream: &mut impl Write, status: &str, body: &str) {
    let length = body.len();
    let response = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
    let _ = stream.write_all(response.as_bytes());
}

fn transport(base: &str) -> HttpTransport {
    HttpTransport::new(base, "breach-test/1").unwrap()
}

/// What comes of a server that writes these bytes and closes.
async fn after(response: impl Into<Vec<u8>>) -> Result<bool, BreachFault> {
    let response = response.into();
    let (base, _seen) = server(move |_, stream| {
        let _ = stream.write_all(&response);
        let _ = stream.shutdown(std::net::Shutdown::Both);
    });
    RangeClient::new(transport(&base)).is_breached("abc").await
}

fn fault(error: TransportError) -> Result<bool, BreachFault> {
    Err(BreachFault::Unavailable(error))
}

#[tokio::test]
async fn a_range_is_asked_for_with_padding_and_nothing_else() {
    let padded = format!(
        "{}:0\r\n{SUFFIX}:52\r\n{}:0\r\n",
        "0".repeat(35),
        "F".repeat(35)
    );
    let (base, seen) = server(move |_, stream| respond(stream, "200 OK", &padded));
    let client = RangeClient::new(transport(&base));
    assert_eq!(client.is_breached("abc").await, Ok(true));
    let request = seen.recv().unwrap().to_lowercase();
    let mut lines: Vec<&str> = request.lines().collect();
    lines[1..].sort_unstable();
    let host = base
        .strip_prefix("http://")
        .unwrap()
        .strip_suffix("/range")
        .unwrap();
    let expected = [
        "get /range/a9993 http/1.1",
        "add-padding: true",
        &format!("host: {host}"),
        "user-agent: breach-test/1",
    ];
    assert_eq!(lines, expected);

    assert_eq!(client.is_breached("abd").await, Ok(false));
    seen.recv().unwrap();
    // A row of padding that happens to fit.
    assert_eq!(
        client.clone().minimum_count(53).is_breached("abc").await,
        Ok(false)
    );
    seen.recv().unwrap();
    let client = client.padding(false);
    assert_eq!(client.is_breached("abc").await, Ok(true));
    assert!(!seen.recv().unwrap().to_lowercase().contains("padding"));
}

#[tokio::test]
async fn chunked_responses_are_read() {
    let row = format!("{SUFFIX}:1\r\n");
    let (one, two) = row.split_at(10);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
        one.len(),
        two.len()
    );
    assert_eq!(after(chunked.clone()).await, Ok(true));
    let cut = chunked.strip_suffix("0\r\n\r\n").unwrap();
    assert_eq!(after(cut).await, fault(TransportError::Interrupted));
}

#[tokio::test]
async fn other_statuses_are_faults_even_with_rows() {
    for status in [204, 301, 302, 307, 400, 401, 404, 429, 500, 503] {
        let response = format!(
            "HTTP/1.1 {status} x\r\nLocation: /elsewhere\r\nContent-Length: 39\r\n\r\n{SUFFIX}:1\r\n"
        );
        assert_eq!(after(response).await, fault(TransportError::Status(status)));
    }
}

#[tokio::test]
async fn responses_that_break_off_are_faults() {
    // At the end of a row, where the rows themselves show nothing.
    let row = format!("{}:1\r\n", "0".repeat(35));
    let complete = format!("HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\n{row}");
    assert_eq!(after(complete).await, Ok(false));
    let early = format!("HTTP/1.1 200 OK\r\nContent-Length: 78\r\n\r\n{row}");
    assert_eq!(after(early).await, fault(TransportError::Interrupted));
    // Its end is nothing but the end of the connection: not to be told from the former.
    for head in [
        "HTTP/1.1 200 OK\r\nConnection: close",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip",
        "HTTP/1.0 200 OK",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked",
    ] {
        let unframed = format!("{head}\r\n\r\n{row}");
        assert_eq!(
            after(unframed).await,
            fault(TransportError::Interrupted),
            "{head}"
        );
    }
    for response in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\n",
    ] {
        assert_eq!(
            after(response).await,
            fault(TransportError::Interrupted),
            "{response:?}"
        );
    }
}

#[tokio::test]
async fn responses_in_no_known_form_are_faults() {
    for body in [
        "<html>captive portal</html>",
        SUFFIX,
        &format!("{PREFIX}{SUFFIX}:1"),
    ] {
        let length = body.len();
        let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        assert_eq!(after(response).await, Err(BreachFault::Malformed));
    }
    let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(after(empty).await, Err(BreachFault::Malformed));
    assert_eq!(
        after("SSH-2.0-x\r\n").await,
        fault(TransportError::Interrupted)
    );
}

#[tokio::test]
async fn responses_without_end_are_cut_at_a_mebibyte() {
    let row = format!("{SUFFIX}:1\r\n");
    let (base, _seen) = server(move |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = format!("{:x}\r\n{row}\r\n", row.len());
        // Until the client has had enough.
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    let answer = RangeClient::new(transport(&base)).is_breached("abc").await;
    assert_eq!(answer, fault(TransportError::TooLong));

    let announced = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
        MAX_RESPONSE + 1
    );
    let mut response = announced.into_bytes();
    response.resize(response.len() + MAX_RESPONSE + 1, b'0');
    assert_eq!(after(response).await, fault(TransportError::TooLong));
}

#[tokio::test]
async fn a_server_that_stays_silent_is_given_up() {
    for beginning in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\n0",
    ] {
        let (base, _seen) = server(move |_, stream| {
            let _ = stream.write_all(beginning.as_bytes());
            // Returns when the client closes, and not before.
            let _ = stream.read(&mut [0]);
        });
        let transport = transport(&base).timeout(SHORT).unwrap();
        let answer = RangeClient::new(transport).is_breached("abc").await;
        assert_eq!(answer, fault(TransportError::Timeout), "{beginning:?}");
    }
}

#[tokio::test]
async fn nobody_at_home_is_a_fault() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let answer = transport(&format!("http://{port}"))
        .fetch(PREFIX, true)
        .await;
    assert_eq!(answer, Err(TransportError::Unreachable));
}

/// A server with a certificate for `name` that it signed itself. Hands out the certificate.
fn tls_server(name: &str) -> (String, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let certificate = made.cert.der().to_vec();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone().into()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}/range", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            while head(&mut stream).is_some() {
                respond(&mut stream, "200 OK", &format!("{SUFFIX}:1"));
            }
        }
    });
    (base, certificate)
}

#[tokio::test]
async fn only_trusted_servers_of_the_right_name_are_asked() {
    let (base, certificate) = tls_server("127.0.0.1");
    let plain = transport(&base);
    assert_eq!(
        plain.fetch(PREFIX, true).await,
        Err(TransportError::Unreachable)
    );
    let trusting = plain.trust(&certificate).unwrap();
    assert_eq!(
        RangeClient::new(trusting).is_breached("abc").await,
        Ok(true)
    );

    let (base, certificate) = tls_server("ranges.example");
    let trusting = transport(&base).trust(&certificate).unwrap();
    assert_eq!(
        trusting.fetch(PREFIX, true).await,
        Err(TransportError::Unreachable)
    );
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let new = |base, agent| HttpTransport::new(base, agent).map(|_| ());
    let base = "https://ranges.example/range/";
    assert_eq!(new(base, "x"), Ok(()));
    assert_eq!(
        new("http://ranges.example/range/", "x"),
        Err(HttpConfigError::Insecure)
    );
    assert_eq!(new("ranges.example", "x"), Err(HttpConfigError::Address));
    for agent in ["", " ", "a\r\nX: y", "\u{1}"] {
        assert_eq!(
            new(base, agent),
            Err(HttpConfigError::UserAgent),
            "{agent:?}"
        );
    }
    let transport = || HttpTransport::new(base, "x").unwrap();
    let zero = transport().timeout(Duration::ZERO).map(|_| ());
    assert_eq!(zero, Err(HttpConfigError::Timeout));
    let none = transport().trust(b"no certificate").map(|_| ());
    assert_eq!(none, Err(HttpConfigError::Certificate));
}
