//! A mail server over TLS, with a certificate that no public authority has issued, and the probe at start.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender as Tell, channel};
use std::thread;

use base64ct::{Base64, Encoding as _};
use common::{compose, reset_link};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use slotwerk_mail::{Mailer as _, Sender, SmtpConfigError, SmtpFault, SmtpMailer};

/// When the server begins to encrypt.
#[derive(Clone, Copy, PartialEq)]
enum Begins {
    Never,
    WithStartTls,
    FromTheStart,
}

/// A mail server on this machine that knows one password.
struct Peer {
    address: SocketAddr,
    /// Its authority's certificate, as a file holds it.
    pem: String,
    /// Each command that it has understood.
    commands: Receiver<String>,
}

impl Peer {
    fn start(at: &str, begins: Begins) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().to_vec().into()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind(at).unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, commands) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (config, tell) = (Arc::clone(&config), tell.clone());
                thread::spawn(move || attend(stream.unwrap(), &config, begins, &tell));
            }
        });
        Self {
            address,
            pem: pem(authority.as_ref().der()),
            commands,
        }
    }

    fn heard(&self) -> Vec<String> {
        self.commands.try_iter().collect()
    }
}

fn pem(der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

fn attend(stream: TcpStream, config: &Arc<ServerConfig>, begins: Begins, tell: &Tell<String>) {
    let encrypt = |stream| {
        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
        StreamOwned::new(connection, stream)
    };
    if begins == Begins::FromTheStart {
        converse(encrypt(stream), true, false, tell);
        return;
    }
    let offers = begins == Begins::WithStartTls;
    if converse(stream.try_clone().unwrap(), true, offers, tell) {
        converse(encrypt(stream), false, false, tell);
    }
}

/// Answers commands until the client leaves, and returns whether it went on to STARTTLS.
fn converse<S: Read + Write>(stream: S, greets: bool, offers: bool, tell: &Tell<String>) -> bool {
    let mut stream = BufReader::new(stream);
    let say = |stream: &mut BufReader<S>, text: &str| {
        let _ = stream.get_mut().write_all(text.as_bytes());
        let _ = stream.get_mut().flush();
    };
    if greets {
        say(&mut stream, "220 sink.example\r\n");
    }
    let mut in_data = false;
    let mut line = String::new();
    while stream.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let command = std::mem::take(&mut line).trim_end().to_owned();
        if in_data {
            if command == "." {
                in_data = false;
                say(&mut stream, "250 kept\r\n");
            }
            continue;
        }
        let _ = tell.send(command.clone());
        match command.get(..4).unwrap_or_default() {
            "EHLO" if offers => say(&mut stream, "250-sink.example\r\n250 STARTTLS\r\n"),
            "EHLO" => say(&mut stream, "250-sink.example\r\n250 AUTH PLAIN\r\n"),
            "STAR" => {
                say(&mut stream, "220 go on\r\n");
                return true;
            }
            // NUL, user, NUL, p@ss#/?%: of RFC 4616.
            "AUTH" if command.ends_with(&Base64::encode_string(b"\0user\0p@ss#/?%:")) => {
                say(&mut stream, "235 welcome\r\n");
            }
            "AUTH" => say(&mut stream, "535 5.7.8 user is not known by that\r\n"),
            "DATA" => {
                in_data = true;
                say(&mut stream, "354 go on\r\n");
            }
            _ => say(&mut stream, "250 ok\r\n"),
        }
    }
    false
}

/// `p@ss#/?%:`, percent-encoded.
const PASSWORD: &str = "p%40ss%23%2F%3F%25%3A";

fn mailer(url: &str, pem: Option<&str>) -> SmtpMailer {
    let sender = Sender::new("no-reply@noord.example").unwrap();
    let mut builder = SmtpMailer::builder(url, sender).unwrap();
    if let Some(pem) = pem {
        builder = builder.root_certificates(pem.as_bytes()).unwrap();
    }
    builder.build().unwrap()
}

#[tokio::test]
async fn private_authority_is_trusted_when_named() {
    for (scheme, query, begins) in [
        ("smtps", "", Begins::FromTheStart),
        ("smtp", "?tls=required", Begins::WithStartTls),
        ("smtp", "?tls=opportunistic", Begins::WithStartTls),
    ] {
        for at in ["127.0.0.1:0", "[::1]:0"] {
            let peer = Peer::start(at, begins);
            let port = peer.address.port();
            for host in [peer.address.ip().to_string(), "localhost".to_owned()] {
                if host == "localhost" && at.starts_with('[') {
                    continue;
                }
                let host = if host.contains(':') {
                    format!("[{host}]")
                } else {
                    host
                };
                let url = format!("{scheme}://user:{PASSWORD}@{host}:{port}{query}");
                let unknown = mailer(&url, None);
                assert_eq!(unknown.probe().await, Err(SmtpFault::Tls), "{url}");
                let known = mailer(&url, Some(&peer.pem));
                assert_eq!(known.probe().await, Ok(()), "{url}");
                known.send(&compose(&reset_link(), "nl")).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn another_authority_is_not_trusted() {
    let [peer, other] = [(); 2].map(|()| Peer::start("127.0.0.1:0", Begins::FromTheStart));
    let url = format!("smtps://{}", peer.address);
    let mailer = mailer(&url, Some(&other.pem));
    assert_eq!(mailer.probe().await, Err(SmtpFault::Tls));
    let error = mailer
        .send(&compose(&reset_link(), "nl"))
        .await
        .unwrap_err();
    assert!(error.is_transient());
}

#[tokio::test]
async fn ipv6_literals_reach_the_server() {
    let peer = Peer::start("[::1]:0", Begins::Never);
    let mailer = mailer(&format!("smtp://{}", peer.address), None);
    mailer.send(&compose(&reset_link(), "nl")).await.unwrap();
    assert!(peer.heard().contains(&"DATA".to_owned()));
}

#[tokio::test]
async fn probe_sends_no_mail() {
    let peer = Peer::start("127.0.0.1:0", Begins::Never);
    let url = format!("smtp://user:{PASSWORD}@{}", peer.address);
    assert_eq!(mailer(&url, None).probe().await, Ok(()));
    let heard = peer.heard();
    assert!(heard.iter().any(|command| command.starts_with("AUTH")));
    let mails = ["MAIL", "RCPT", "DATA"];
    assert!(!heard.iter().any(|c| mails.iter().any(|m| c.starts_with(m))));
}

#[tokio::test]
async fn probe_names_the_fault() {
    let peer = Peer::start("127.0.0.1:0", Begins::Never);
    let address = peer.address;
    for (url, fault) in [
        (
            format!("smtp://user:wrong@{address}"),
            SmtpFault::Answered(535),
        ),
        (
            format!("smtp://{address}?tls=required"),
            SmtpFault::Protocol,
        ),
        (format!("smtps://{address}"), SmtpFault::Tls),
        ("smtp://127.0.0.1:1".to_owned(), SmtpFault::Connection),
        ("smtp://[::1]:1".to_owned(), SmtpFault::Connection),
    ] {
        let outcome = mailer(&url, None).probe().await;
        assert_eq!(outcome, Err(fault), "{url}");
        let told = outcome.unwrap_err().to_string();
        assert!(!told.contains("user") && !told.contains("wrong"), "{told}");
    }
}

#[test]
fn files_without_certificates_are_rejected() {
    let peer = Peer::start("127.0.0.1:0", Begins::Never);
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let torn = peer.pem.replace("-----END", "-----");
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (text, is_good) in [
        (peer.pem.clone(), true),
        (format!("{0}{0}", peer.pem), true),
        (peer.pem.replace('\n', "\r\n"), true),
        (format!("\u{feff}{}", peer.pem), true),
        (format!("# our authority\n{}", peer.pem), true),
        (String::new(), false),
        ("no certificate".to_owned(), false),
        (key.to_owned(), false),
        (torn, false),
        (garbage.to_owned(), false),
    ] {
        let sender = Sender::new("no-reply@noord.example").unwrap();
        let builder = SmtpMailer::builder("smtps://localhost", sender).unwrap();
        let built = builder
            .root_certificates(text.as_bytes())
            .and_then(|builder| builder.build().map(drop));
        let expected = if is_good {
            Ok(())
        } else {
            Err(SmtpConfigError::Certificates)
        };
        assert_eq!(built, expected, "{text}");
    }
}
