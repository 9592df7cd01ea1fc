//! A mail server on loopback, and a browser.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

pub(crate) const JSON: &str = "Content-Type: application/json\r\n";

/// A mail server that keeps what it gets.
pub(crate) struct MailServer {
    pub(crate) address: String,
    mails: Receiver<String>,
}

impl MailServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, mails) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                thread::spawn(move || serve(&stream, &sender));
            }
        });
        Self { address, mails }
    }

    /// The token of the next mailed link.
    pub(crate) fn reset_token(&self) -> String {
        loop {
            let mail = self.mails.recv_timeout(Duration::from_secs(60)).unwrap();
            // Quoted-printable breaks long lines.
            let text = mail.replace("=\r\n", "");
            if let Some((_, rest)) = text.split_once("/reset/") {
                let is_part = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
                return rest.chars().take_while(is_part).collect();
            }
        }
    }
}

/// One connection (RFC 5321).
fn serve(stream: &TcpStream, mails: &Sender<String>) {
    let mut out = stream;
    let mut lines = BufReader::new(stream);
    let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).is_ok();
    let mut line = String::new();
    let mut next = |line: &mut String| {
        line.clear();
        lines.read_line(line).is_ok_and(|read| read > 0)
    };
    say("220 mail.example");
    while next(&mut line) {
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let goes_on = match word.as_str() {
            "DATA" => {
                say("354 go on");
                let mut mail = String::new();
                while next(&mut line) && line != ".\r\n" {
                    mail.push_str(&line);
                }
                let _ = mails.send(mail);
                say("250 kept")
            }
            "QUIT" => {
                say("221 bye");
                false
            }
            _ => say("250 ok"),
        };
        if !goes_on {
            return;
        }
    }
}

/// A browser with the single-page app of the service.
pub(crate) struct Browser {
    address: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

/// One answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) json: Value,
}

impl Reply {
    /// The next step of a call that went well.
    #[track_caller]
    pub(crate) fn next(&self) -> &str {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json["next"].as_str().unwrap_or_default()
    }

    /// The status and code of a problem.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, &str) {
        let is_problem = self.head.contains("application/problem+json");
        assert!(is_problem, "{} {}", self.head, self.json);
        assert_eq!(self.json["status"], self.status);
        (self.status, self.json["code"].as_str().unwrap())
    }
}

impl Browser {
    pub(crate) fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    pub(crate) fn call(&mut self, call: Value) -> Reply {
        let own = "X-Requested-With: app\r\nSec-Fetch-Site: same-origin\r\n";
        self.post(&format!("{JSON}{own}"), &call)
    }

    /// A call with these headers in place of the app's.
    pub(crate) fn post(&mut self, headers: &str, call: &Value) -> Reply {
        let body = call.to_string();
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST /api HTTP/1.1\r\nHost: login.example\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Length: {}\r\n{headers}\r\n{body}",
            cookies.join("; "),
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let words = head.split(' ');
        let reply = Reply {
            status: words.clone().nth(1).unwrap().parse().unwrap(),
            head: head.to_ascii_lowercase(),
            json: serde_json::from_str(body).unwrap_or_default(),
        };
        let cookies = head
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "));
        for cookie in cookies {
            let (name, rest) = cookie.split_once('=').unwrap();
            match rest.split(';').next().unwrap() {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        reply
    }
}
