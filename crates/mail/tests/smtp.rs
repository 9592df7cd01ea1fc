//! Settings that are refused, and faults told apart, against a server of a few lines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use std::error::Error as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use common::{RECIPIENT, compose, reset_link};
use slotwerk_mail::{Mailer as _, SendError, Sender, SmtpConfigError, SmtpMailer};

fn sender() -> Sender {
    Sender::new("no-reply@noord.example").unwrap()
}

fn build(url: &str) -> Result<SmtpMailer, SmtpConfigError> {
    SmtpMailer::builder(url, sender())?.build()
}

/// A server for one connection that answers RCPT with the given line; returns its address.
fn serve(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut out = stream.try_clone().unwrap();
        out.write_all(b"220 ready\r\n").unwrap();
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let reply = match line.get(..4).unwrap_or_default() {
                "EHLO" => "250 hello",
                "RCPT" => answer,
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            if out.write_all(format!("{reply}\r\n").as_bytes()).is_err() {
                break;
            }
        }
    });
    address
}

async fn send_to(address: &str) -> SendError {
    let mailer = build(&format!("smtp://{address}")).unwrap();
    let mail = compose(&reset_link(), "nl");
    mailer.send(&mail).await.unwrap_err()
}

fn cause(error: &SendError) -> String {
    error.source().unwrap().to_string()
}

#[tokio::test]
async fn a_refused_address_is_permanent() {
    let error = send_to(&serve("550 5.1.1 <anna@example.nl> unknown")).await;
    assert!(matches!(error, SendError::Permanent { .. }));
    assert_eq!(cause(&error), "the mail server answered 550");
}

#[tokio::test]
async fn a_busy_server_is_transient() {
    let error = send_to(&serve("451 4.3.0 <anna@example.nl> later")).await;
    assert!(matches!(error, SendError::Transient { .. }));
    assert_eq!(cause(&error), "the mail server answered 451");
}

/// Our own credentials, not this mail: it must not be thrown away.
#[tokio::test]
async fn a_server_that_wants_another_sign_in_is_transient() {
    let error = send_to(&serve("530 5.7.0 sign in first")).await;
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_server_that_is_away_is_transient() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let error = send_to(&address).await;
    assert!(error.is_transient());
    assert_eq!(cause(&error), "the connection to the mail server failed");
}

#[tokio::test]
async fn a_server_that_says_nothing_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let builder = SmtpMailer::builder(&url, sender()).unwrap();
    let mailer = builder.timeout(Duration::from_secs(1)).build().unwrap();
    let error = mailer
        .send(&compose(&reset_link(), "nl"))
        .await
        .unwrap_err();
    assert!(error.is_transient());
    assert_eq!(cause(&error), "the mail server took too long");
}

/// STARTTLS is required and not offered: nothing is sent in the clear.
#[tokio::test]
async fn without_the_required_encryption_no_mail_leaves() {
    let url = format!("smtp://{}?tls=required", serve("250 ok"));
    let mailer = build(&url).unwrap();
    let error = mailer
        .send(&compose(&reset_link(), "nl"))
        .await
        .unwrap_err();
    assert!(error.is_transient());
}

#[tokio::test]
async fn faults_name_no_address_link_or_password() {
    let address = serve("550 5.1.1 <anna@example.nl> unknown");
    let url = format!("smtp://user:hunter2@{address}");
    let mailer = build(&url).unwrap();
    let mail = compose(&reset_link(), "nl");
    let mut shown = format!(
        "{mailer:?}{:?}",
        SmtpMailer::builder(&url, sender()).unwrap()
    );
    let plain = send_to(&serve("550 5.1.1 <anna@example.nl> unknown")).await;
    for error in [mailer.send(&mail).await.unwrap_err(), plain] {
        let cause = error.source().unwrap();
        shown.push_str(&format!("{error} {error:?} {cause} {cause:?}"));
    }
    for secret in [RECIPIENT, "hunter2", "user", "reset/", "no-reply"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn urls_that_are_not_a_mail_server_are_refused() {
    for url in [
        "",
        "noord.example",
        "http://noord.example",
        "smtp://",
        "smtps:noord.example",
        "smtp://noord.example?tls=none",
        "smtp://noord.example?tls=requird",
        "smtp://noord.example?tls=required&tls=opportunistic",
        "smtps://noord.example?tls=required",
        "smtps://noord.example#x",
        "smtp://[::1",
        "smtp://[::g]",
        "smtps://noord example",
        "smtps://noord.example:99999",
        "smtps://user:pass@",
    ] {
        assert_eq!(build(url).unwrap_err(), SmtpConfigError::Url, "{url}");
    }
    for url in ["smtps://user@noord.example", "smtps://:pass@noord.example"] {
        assert_eq!(
            build(url).unwrap_err(),
            SmtpConfigError::Credentials,
            "{url}"
        );
    }
}

/// A password is copied into the URL as it stands. The message names the character and never the password.
#[test]
fn unencoded_characters_are_named() {
    let in_password = |character, code| {
        let shown = character;
        format!("encode `{shown}` in the password as `%{code}`")
    };
    for (url, message) in [
        (
            "smtps://user:hunt#2er@noord.example",
            in_password("#", "23"),
        ),
        (
            "smtps://user:hunt/2er@noord.example",
            in_password("/", "2F"),
        ),
        (
            "smtps://user:hunt?2er@noord.example",
            in_password("?", "3F"),
        ),
        // Was read as port 12 of the host "user".
        ("smtp://user:12/hunt@localhost:25", in_password("/", "2F")),
        ("smtp://user:12#hunt@localhost", in_password("#", "23")),
        (
            "smtps://user:hunt\t2er@noord.example",
            in_password("\\t", "09"),
        ),
        (
            "smtps://user:hunt\n2er@noord.example",
            in_password("\\n", "0A"),
        ),
        (
            "smtps://user:hunt%ff2er@noord.example",
            in_password("%", "25"),
        ),
        (
            "smtps://user:p@ss/2er@noord.example?tls=x",
            in_password("/", "2F"),
        ),
        (
            "smtps://us#er:hunt2er@noord.example",
            "encode `#` in the user name as `%23`".to_owned(),
        ),
        (
            "smtps://us/er:hunt2er@noord.example",
            "encode `/` in the user name as `%2F`".to_owned(),
        ),
        (
            "smtps://u%fer:hunt2er@noord.example",
            "encode `%` in the user name as `%25`".to_owned(),
        ),
    ] {
        let error = build(url).unwrap_err();
        assert_eq!(error.to_string(), message, "{url:?}");
        assert!(!format!("{error:?}").contains("hunt"), "{error:?}");
    }
}

#[test]
fn mail_in_the_clear_stays_on_this_machine() {
    for url in [
        "smtp://noord.example",
        "smtp://noord.example?tls=opportunistic",
        "smtp://user:pass@10.0.0.1:25",
        "smtp://localhost.noord.example",
    ] {
        assert_eq!(build(url).unwrap_err(), SmtpConfigError::Plaintext, "{url}");
        let builder = SmtpMailer::builder(url, sender()).unwrap();
        assert!(builder.danger_allow_plaintext().build().is_ok(), "{url}");
    }
}

#[tokio::test]
async fn ordinary_urls_are_accepted() {
    for url in [
        "smtps://user:p%40ss@noord.example",
        "smtps://noord.example:2465/host.noord.example",
        "smtp://user:pass@noord.example?tls=required",
        "smtp://localhost:2525",
        "smtp://127.0.0.1",
        "smtp://[::1]:2525",
        "smtps://[2001:db8::25]",
        "smtp://localhost?tls=opportunistic",
        // These characters need no encoding, or mean the same without it.
        "smtps://anna@noord.example:p@ss:w0rd$&+,;=|^{}'()*!~@noord.example",
        "smtps://user:wachtwoord één@noord.example",
        "smtps://user:100%@noord.example",
        "smtps://mail.exämple.nl",
        "smtps://mail_1.noord.example",
    ] {
        assert!(build(url).is_ok(), "{url}");
    }
}

#[test]
fn times_outside_the_range_are_refused() {
    for timeout in [Duration::ZERO, Duration::from_secs(301), Duration::MAX] {
        let builder = SmtpMailer::builder("smtp://localhost", sender()).unwrap();
        let outcome = builder.timeout(timeout).build();
        assert_eq!(outcome.unwrap_err(), SmtpConfigError::Timeout);
    }
}

/// The pool of connections wants a runtime; a mailer outlives one all the same.
#[test]
fn a_mailer_may_be_made_and_dropped_outside_the_runtime() {
    let mailer = build(&format!("smtp://{}", serve("550 no"))).unwrap();
    let mail = compose(&reset_link(), "nl");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let error = runtime.block_on(mailer.send(&mail)).unwrap_err();
    assert_eq!(cause(&error), "the mail server answered 550");
    drop(runtime);
    drop(mailer);
}

#[test]
fn public_types_are_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<SmtpMailer>();
    check::<slotwerk_mail::SmtpMailerBuilder>();
    check::<slotwerk_mail::SmtpFault>();
    check::<SmtpConfigError>();
}
