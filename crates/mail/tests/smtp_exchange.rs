//! Every mail sent to a real mail server, and read back by Python's `email` package.
//!
//! The interpreter is `python3`, or what `SLOTWERK_PYTHON` names; it needs aiosmtpd.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use common::{NOT_ME, RECIPIENT, messages};
use serde_json::Value;
use slotwerk_mail::{Brand, Composer, Mail, Mailer as _, Sender, SmtpMailer};

/// 3 March 2026, 14:05:00 UTC.
const DATE: u64 = 1_772_546_700;

/// The mail server, ended with the test.
struct Sink {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Sink {
    fn start() -> Self {
        let python = std::env::var("SLOTWERK_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peer/smtp_sink.py");
        let mut process = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 must be installed");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    fn line(&mut self) -> String {
        let line = self.lines.next().expect("aiosmtpd must be installed");
        line.unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn check(mail: &Mail, seen: &Value) {
    assert_eq!(seen["mail_from"], "no-reply@noord.example");
    assert_eq!(seen["rcpt_tos"], serde_json::json!([RECIPIENT]));
    assert_eq!(seen["to"], serde_json::json!([RECIPIENT]));
    assert_eq!(seen["from_name"], mail.sender_name());
    assert_eq!(seen["from_address"], "no-reply@noord.example");
    assert_eq!(seen["defects"], 0);
    assert_eq!(seen["date"], DATE);
    assert!(seen["size"].as_u64().unwrap() < 100_000);

    let headers = &seen["headers"];
    assert_eq!(seen["header_count"], headers.as_object().unwrap().len());
    assert_eq!(headers["subject"], mail.subject());
    assert_eq!(headers["auto-submitted"], "auto-generated");
    // Nobody has subscribed to these.
    assert!(headers["list-unsubscribe"].is_null() && headers["list-id"].is_null());
    assert_eq!(headers["content-language"], mail.language());
    let id = headers["message-id"].as_str().unwrap();
    assert!(
        id.starts_with('<') && id.ends_with("@noord.example>"),
        "{id}"
    );

    assert_eq!(seen["text"], mail.text());
    assert_eq!(seen["html"], mail.html());
    assert_eq!(seen["charsets"], serde_json::json!(["utf-8", "utf-8"]));
    let images = seen["images"].as_array().unwrap();
    let structure = if mail.kind() == "set_up" {
        assert_eq!(images.len(), 1);
        check_image(mail, &images[0]);
        "multipart/alternative(text/plain,multipart/related(text/html,image/png))"
    } else {
        assert!(images.is_empty());
        "multipart/alternative(text/plain,text/html)"
    };
    assert_eq!(seen["structure"], structure);
}

fn check_image(mail: &Mail, seen: &Value) {
    let image = &mail.inline_images()[0];
    let hex = image.png().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    assert_eq!(seen["content_id"], format!("<{}>", image.content_id()));
    assert_eq!(seen["disposition"], "inline");
    assert_eq!(seen["png"], hex);
}

#[tokio::test]
#[ignore = "needs python3 with aiosmtpd"]
async fn every_mail_arrives_as_it_was_written() {
    let mut sink = Sink::start();
    let url = format!("smtp://127.0.0.1:{}", sink.line());
    let sender = Sender::new("no-reply@noord.example").unwrap();
    let builder = SmtpMailer::builder(&url, sender).unwrap();
    let mailer = builder.clock(Arc::new(|| DATE)).build().unwrap();
    let composer = Composer::new().unwrap();

    let mut ids = std::collections::HashSet::new();
    // The second name needs encoding in a header, and entities in HTML. The last ones hold encoded words.
    let names = [
        "Arbodienst Noord",
        "Zórg, \"Noord\" & Cö",
        "=?utf-8?q?Eve?= & Zoon",
        "Zórg =?utf-8?B?RXZl?=",
    ];
    for name in names {
        let brand = Brand::new(name, "#0b6e4f")
            .unwrap()
            .with_support("hulp@noord.example")
            .unwrap();
        for language in ["nl", "en"] {
            for message in messages() {
                let mail = composer
                    .compose_reportable(&message, &brand, language, RECIPIENT, NOT_ME)
                    .unwrap();
                mailer.send(&mail).await.unwrap();
                let seen: Value = serde_json::from_str(&sink.line()).unwrap();
                check(&mail, &seen);
                ids.insert(seen["headers"]["message-id"].to_string());
            }
        }
    }
    assert_eq!(
        ids.len(),
        names.len() * 2 * messages().len(),
        "each message has a name of its own"
    );
}
