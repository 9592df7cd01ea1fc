//! The whole flow against the running program and a mail server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use serde_json::json;
use slotwerk::totp::{OtpauthUri, Parameters, Secret, code_at};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;
use support::{Browser, JSON, MailServer, Reply};
use tempfile::TempDir;

const OLD: &str = "elf blauwe fietsen";
const NEW: &str = "twaalf groene stoelen";

struct Program {
    child: Child,
    address: String,
    mails: MailServer,
    _folder: TempDir,
}

impl Program {
    /// Starts the program in an empty folder, as behind a proxy with TLS.
    fn start() -> Self {
        let (folder, mails) = (TempDir::new().unwrap(), MailServer::start());
        let mut child = Command::new(env!("CARGO_BIN_EXE_actix-host"))
            .env_clear()
            .env("LISTEN", "127.0.0.1:0")
            .env("PUBLIC_URL", "https://login.example")
            .env("SMTP", format!("smtp://{}", mails.address))
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        Self {
            child,
            address: line.split('/').nth(2).expect("an address").to_owned(),
            mails,
            _folder: folder,
        }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.address)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An authenticator app.
struct Phone {
    secret: Secret,
    shown: u64,
}

impl Phone {
    fn scan(set_up: &Reply) -> Self {
        let uri = set_up.json["otpauth_uri"].as_str().unwrap();
        Self {
            secret: OtpauthUri::parse(uri).unwrap().into_secret(),
            shown: 0,
        }
    }

    /// The code of now, or the one after the last. The service accepts the code of the next step, too.
    fn code(&mut self) -> String {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() / 30;
        self.shown = now.max(self.shown + 1);
        self.at(self.shown)
    }

    fn at(&self, step: u64) -> String {
        code_at(&self.secret, &Parameters::ISSUED, step).to_string()
    }
}

fn sign_in(browser: &mut Browser, password: &str) -> Reply {
    browser.call(json!({ "call": "sign_in", "login": "demo", "password": password }))
}

/// Gets the person a password and an authenticator, and leaves the browser signed in. The recovery codes come back.
fn enrol(program: &Program, browser: &mut Browser) -> (Phone, Vec<String>) {
    let asked = browser.call(json!({ "call": "forgot", "login": "demo" }));
    assert_eq!(asked.next(), "check_mail");
    let token = program.mails.reset_token();

    let rules = browser.call(json!({ "call": "reset_rules", "token": token }));
    let first = &rules.json["requirements"][0];
    assert_eq!(first["code"], "minimum-length", "{}", rules.json);
    assert!(first["parameters"]["characters"].is_u64(), "{first}");
    let unmet = browser.call(json!({ "call": "reset", "token": token, "new": "fietsen" }));
    assert_eq!(unmet.problem(), (422, "requirements_unmet"));
    let states = unmet.json["requirements"].as_array().unwrap().iter();
    assert!(states.clone().any(|one| one["state"] == "unmet"));
    let reset = browser.call(json!({ "call": "reset", "token": token, "new": OLD }));
    assert_eq!(reset.next(), "sign_in");
    let used = browser.call(json!({ "call": "reset", "token": token, "new": NEW }));
    assert_eq!(used.problem(), (410, "link_invalid"));

    let wrong = sign_in(browser, NEW);
    assert_eq!(wrong.problem(), (422, "sign_in_rejected"));
    assert_eq!(sign_in(browser, OLD).next(), "set_up");
    let set_up = browser.call(json!({ "call": "set_up" }));
    assert!(set_up.json["qr_svg"].as_str().unwrap().starts_with("<svg"));
    let again = browser.call(json!({ "call": "set_up" }));
    assert_eq!(again.json["secret"], set_up.json["secret"]);
    let mut phone = Phone::scan(&set_up);
    let malformed = browser.call(json!({ "call": "confirm", "code": "12345" }));
    assert_eq!(malformed.problem(), (422, "malformed"));
    let confirmed = browser.call(json!({ "call": "confirm", "code": phone.code() }));
    assert_eq!(confirmed.next(), "signed_in");
    let codes = confirmed.json["recovery_codes"].as_array().unwrap();
    let codes: Vec<_> = codes
        .iter()
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    (phone, codes)
}

#[test]
fn whole_flow() {
    let program = Program::start();
    let mut browser = program.browser();
    let (mut phone, codes) = enrol(&program, &mut browser);
    let session = browser.call(json!({ "call": "session" }));
    assert_eq!(session.json["login"], "demo", "{}", session.json);
    assert_eq!(
        browser.call(json!({ "call": "sign_out" })).next(),
        "sign_in"
    );
    let over = browser.call(json!({ "call": "session" }));
    assert_eq!(over.problem(), (401, "session_ended"));

    // The next sign-in, and its code once more.
    assert_eq!(sign_in(&mut browser, OLD).next(), "verify");
    let code = json!({ "call": "verify", "code": phone.code() });
    assert_eq!(browser.call(code.clone()).next(), "signed_in");
    let mut other = program.browser();
    assert_eq!(sign_in(&mut other, OLD).next(), "verify");
    assert_eq!(other.call(code).problem(), (422, "code_used"));
    let recovery = json!({ "call": "recovery_code", "code": codes[0] });
    assert_eq!(other.call(recovery.clone()).next(), "signed_in");
    assert_eq!(sign_in(&mut other, OLD).next(), "verify");
    assert_eq!(
        other.call(recovery).problem(),
        (422, "recovery_code_rejected")
    );
    let other_step = other.call(json!({ "call": "set_up" }));
    assert_eq!(other_step.problem(), (409, "other_step"));

    // The clock of the phone is five minutes ahead.
    phone.shown += 10;
    let (first, second) = (phone.at(phone.shown), phone.at(phone.shown + 1));
    let two = json!({ "call": "verify_two", "code": first, "second": second });
    assert_eq!(other.call(two).next(), "signed_in");
}

#[test]
fn forged_call_is_rejected() {
    let program = Program::start();
    let mut browser = program.browser();
    let call = json!({ "call": "forgot", "login": "demo" });
    let no_header = "Sec-Fetch-Site: same-origin\r\n";
    let foreign = "X-Requested-With: app\r\nSec-Fetch-Site: cross-site\r\n";
    for headers in [no_header, foreign] {
        let reply = browser.post(&format!("{JSON}{headers}"), &call);
        assert_eq!(reply.problem(), (403, "forged"));
    }
    let text = "X-Requested-With: app\r\nContent-Type: text/plain\r\n";
    assert_eq!(browser.post(text, &call).problem(), (400, "body_invalid"));
    assert_eq!(browser.call(call).next(), "check_mail");
}

#[test]
fn parser_repeats_no_password() {
    let program = Program::start();
    let call = json!({ "call": "sign_in", "login": "demo", "password": [OLD] });
    let reply = program.browser().call(call);
    assert_eq!(reply.problem(), (400, "body_invalid"));
    assert!(!reply.json.to_string().contains(OLD), "{}", reply.json);
}

#[test]
fn cookies_belong_to_the_host() {
    let program = Program::start();
    let mut browser = program.browser();
    let token = {
        browser.call(json!({ "call": "forgot", "login": "demo" }));
        program.mails.reset_token()
    };
    browser.call(json!({ "call": "reset", "token": token, "new": OLD }));
    let reply = sign_in(&mut browser, OLD);
    assert_eq!(reply.next(), "set_up");
    let cookie = reply
        .head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "));
    let (pair, attributes) = cookie.unwrap().split_once("; ").unwrap();
    assert!(pair.starts_with("__host-ticket="), "{pair}");
    assert_eq!(attributes, "path=/; httponly; samesite=lax; secure");
    assert!(
        reply.head.contains("cache-control: no-store"),
        "{}",
        reply.head
    );
}
