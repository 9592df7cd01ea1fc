//! Each mail in a browser: with pictures, without, in a dark theme, and on a narrow telephone.
//!
//! The browser is `chromium`, or what `SLOTWERK_CHROMIUM` names. All mails of a way to show them are on one
//! page, each in a frame of its own; `renders/measure.js` measures them there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use std::io::Read as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::{ACCOUNT, CODE, NOT_ME, RECIPIENT, URI, WHEN, messages};
use serde_json::Value;
use slotwerk_mail::{AppLinks, Brand, Composer, Mail, Message};

/// How mails are shown.
#[derive(Clone, Copy, Debug)]
struct Show {
    width: usize,
    pictures: bool,
    dark: bool,
}

const SHOWS: [Show; 4] = [
    Show {
        width: 640,
        pictures: true,
        dark: false,
    },
    Show {
        width: 640,
        pictures: false,
        dark: false,
    },
    Show {
        width: 640,
        pictures: true,
        dark: true,
    },
    Show {
        width: 320,
        pictures: true,
        dark: false,
    },
];

/// Taller than any mail on the narrowest screen.
const HEIGHT: usize = 3200;

/// What is left of a browser's requests: a proxy that answers none, and tells of each.
struct Trap {
    address: String,
    seen: mpsc::Receiver<String>,
}

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (tell, seen) = mpsc::channel();
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
                let mut start = [0; 200];
                let length = stream.read(&mut start).unwrap_or(0);
                let start = String::from_utf8_lossy(&start[..length]).into_owned();
                // Before the connection closes, and the browser goes on.
                if length > 0 && tell.send(start).is_err() {
                    return;
                }
            }
        });
        Self { address, seen }
    }
}

/// Where pages lie while a test runs.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("slotwerk-mail-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the browser over a page with these mails side by side.
fn browse(
    folder: &Folder,
    mails: &[(String, String)],
    show: Show,
    proxy: &str,
    does: &str,
) -> Output {
    let browser = std::env::var("SLOTWERK_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let page = folder.0.join("page.html");
    std::fs::write(&page, page_of(mails, show.width)).unwrap();
    let width = show.width * mails.len();
    let scheme = usize::from(!show.dark);
    Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
        ])
        .args([
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
        ])
        .args([
            "--disable-sync",
            "--disable-default-apps",
            "--disable-domain-reliability",
        ])
        .arg(format!("--proxy-server={proxy}"))
        .arg(format!("--window-size={width},{HEIGHT}"))
        .arg(format!(
            "--blink-settings=imagesEnabled={},preferredColorScheme={scheme}",
            show.pictures
        ))
        .arg(format!(
            "--user-data-dir={}",
            folder.0.join("profile").display()
        ))
        .arg(does)
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium must be installed")
}

fn page_of(mails: &[(String, String)], width: usize) -> String {
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><style>:root{color-scheme:light dark}body{margin:0}\
         iframe{position:absolute;top:0;border:0}pre{display:none}</style><pre id=report></pre>",
    );
    for (at, (name, html)) in mails.iter().enumerate() {
        let (left, html) = (
            at * width,
            html.replace('&', "&amp;").replace('"', "&quot;"),
        );
        page.push_str(&format!(
            "<iframe title=\"{name}\" style=\"left:{left}px;width:{width}px;height:{HEIGHT}px\" srcdoc=\"{html}\"></iframe>"
        ));
    }
    page + "<script>" + include_str!("renders/measure.js") + "</script>"
}

/// The HTML of a mail with its pictures in it, as a client puts them there.
fn shown(mail: &Mail) -> String {
    let mut html = mail.html().to_owned();
    for image in mail.inline_images() {
        let id = format!("cid:{}", image.content_id());
        html = html.replace(
            &id,
            &format!("data:image/png;base64,{}", base64(image.png())),
        );
    }
    html
}

/// RFC 4648, section 4; three octets at a time.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() {
                sign.into()
            } else {
                '='
            });
        }
    }
    out
}

/// Each message in each language, once as usual and once with all that makes it wide.
fn all_mails() -> Vec<(String, String)> {
    let composer = Composer::builder()
        .language("de", include_str!("texts/de.ftl"))
        .build()
        .unwrap();
    // Another app than the default, whose address names the maker of the browser: see below.
    let store = "https://store.example/app";
    let app = AppLinks::new("Sleutelbos", store, store).unwrap();
    let brand = common::brand().with_authenticator_app(app);
    let address = format!("{store}/{}", "a".repeat(90));
    let app = AppLinks::new(&"Sleutelbos".repeat(3), &address, &address).unwrap();
    let long = Brand::new(&"Arbodienstverlening".repeat(5), "#ffc53d")
        .unwrap()
        .with_authenticator_app(app)
        .with_support(&format!("{}@noord.example", "hulp".repeat(15)))
        .unwrap();
    let account_name = &"annadevries".repeat(20);
    let authenticator = Some("T".repeat(64));
    let link = format!("https://noord.example/reset/{}", "A".repeat(500));
    let code = ["GEZD"; 13].join(" ");
    let wide = [
        Message::ResetLink {
            link: &link,
            valid_for: Duration::from_secs(1800),
            account_name,
        },
        Message::Invitation {
            link: &link,
            valid_for: Duration::from_secs(24 * 3600),
            account_name,
        },
        Message::SetUp {
            account_name,
            issuer: account_name,
            secret_grouped: &code,
            otpauth_uri: URI,
            valid_for: Duration::from_secs(1800),
            page: None,
        },
        Message::AuthenticatorReplaced {
            account_name,
            authenticator: authenticator.as_deref(),
            when: WHEN,
        },
    ];
    let mut mails = Vec::new();
    for language in ["nl", "en", "de"] {
        let usual = messages();
        let all = usual.iter().map(|message| (message, &brand, ""));
        let all = all.chain(wide.iter().map(|message| (message, &long, ", wide")));
        for (at, (message, brand, note)) in all.enumerate() {
            let mail = composer
                .compose_reportable(message, brand, language, RECIPIENT, NOT_ME)
                .unwrap();
            let name = format!("{at} {} {language}{note}", mail.kind());
            mails.push((name, shown(&mail)));
        }
    }
    mails
}

fn report(folder: &Folder, mails: &[(String, String)], show: Show, proxy: &str) -> Vec<Value> {
    let output = browse(folder, mails, show, proxy, "--dump-dom");
    let page = String::from_utf8(output.stdout).unwrap();
    let report = page.split("<pre id=\"report\">").nth(1).expect("a report");
    let report = report.split("</pre>").next().unwrap();
    serde_json::from_str(report).unwrap()
}

#[test]
#[ignore = "needs chromium"]
fn every_mail_fits_its_screen_can_be_read_and_loads_nothing() {
    let folder = Folder::new("fits");
    let mails = all_mails();
    let trap = Trap::set();
    for show in SHOWS {
        let report = report(&folder, &mails, show, &trap.address);
        assert_eq!(report.len(), mails.len());
        for mail in report {
            let name = format!("{} in {show:?}", mail["name"]);
            let right = mail["right"].as_f64().unwrap();
            assert!(
                right <= show.width as f64 + 0.5,
                "{name} reaches to {right}"
            );
            let contrast = mail["contrast"].as_f64().unwrap();
            assert!(contrast >= 4.5, "{name} has a contrast of {contrast}");
            let is_set_up = mail["name"].as_str().unwrap().contains("set_up");
            assert_eq!(mail["pictures"] == 1, is_set_up && show.pictures, "{name}");
            assert_eq!(mail["loaded"], 0, "{name}");
            // A control: what is called dark is dark.
            assert_eq!(mail["ground"].as_f64().unwrap() < 0.1, show.dark, "{name}");
        }
    }
    // The browser asks its maker for updates, and no mail names that.
    assert!(mails.iter().all(|(_, html)| !html.contains("google")));
    let of_mails = |request: &String| !request.lines().next().unwrap_or("").contains("google");
    let requests: Vec<String> = trap.seen.try_iter().filter(of_mails).collect();
    assert!(requests.is_empty(), "{requests:?}");
}

/// Controls of the test above: it notices a wide element, pale words, and a picture from elsewhere.
#[test]
#[ignore = "needs chromium"]
fn a_bad_mail_is_noticed() {
    let folder = Folder::new("controls");
    let trap = Trap::set();
    let bad = [
        "<div style=\"overflow:hidden;width:100px\"><p style=\"width:400px\">x</p></div>",
        "<p style=\"color:#999999;background:#ffffff\">x</p>",
        "<img src=\"http://elsewhere.example/pixel.png\">",
    ]
    .map(|html| (String::from("x"), html.to_owned()));
    let report = report(&folder, &bad, SHOWS[3], &trap.address);
    assert!(report[0]["right"].as_f64().unwrap() >= 400.0);
    assert!(report[1]["contrast"].as_f64().unwrap() < 4.5);
    assert_eq!(report[2]["loaded"], 1);
    let seen: Vec<String> = trap.seen.try_iter().collect();
    assert!(
        seen.iter()
            .any(|request| request.contains("elsewhere.example")),
        "{seen:?}"
    );
}

fn scan(picture: &Path) -> Vec<String> {
    let output = Command::new("zbarimg")
        .args(["-q", "--raw", "-Sdisable", "-Sqrcode.enable"])
        .arg(picture)
        .output()
        .expect("zbarimg must be installed (Debian: zbar-tools)");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// One symbol is in view: the picture, or the table where pictures are blocked.
#[test]
#[ignore = "needs chromium and zbarimg"]
fn one_symbol_is_in_view() {
    let folder = Folder::new("scans");
    // Another secret for each language and form, to tell what was read.
    let uri = |language: &str, form: &str| format!("{URI}&image={language}{form}");
    let set_up = |language: &str, form: &str| {
        let message = Message::SetUp {
            account_name: ACCOUNT,
            issuer: "Arbodienst Noord",
            secret_grouped: CODE,
            otpauth_uri: &uri(language, form),
            valid_for: Duration::from_secs(1800),
            page: None,
        };
        common::compose(&message, language)
    };
    for show in SHOWS {
        let mut mails = Vec::new();
        let mut expected = Vec::new();
        for language in ["nl", "en"] {
            let (mail, other) = (set_up(language, "table"), set_up(language, "picture"));
            let id = format!("cid:{}", mail.inline_images()[0].content_id());
            let other_id = format!("cid:{}", other.inline_images()[0].content_id());
            // The table of the one, and the picture of the other.
            let html = mail.html().replace(&id, &other_id);
            let png = base64(other.inline_images()[0].png());
            let html = html.replace(&other_id, &format!("data:image/png;base64,{png}"));
            mails.push((language.to_owned(), html));
            let form = if show.pictures { "picture" } else { "table" };
            expected.push(uri(language, form));
        }
        let picture = folder.0.join("picture.png");
        let shoot = format!("--screenshot={}", picture.display());
        browse(&folder, &mails, show, "127.0.0.1:9", &shoot);
        expected.sort();
        assert_eq!(scan(&picture), expected, "{show:?}");
    }
}
