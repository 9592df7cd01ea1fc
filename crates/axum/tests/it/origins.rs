//! Notices name the device, the place and the network of the client.

use crate::support::{Browser, LOGIN, PASSWORD, Service};
use slotwerk::TrustedProxies;
use slotwerk_axum::Hooks;
use std::net::IpAddr;
use std::sync::Arc;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";

/// Knows the place of one network.
struct Places;

impl Hooks for Places {
    fn place(&self, address: IpAddr) -> Option<String> {
        let is_known = address.to_string().starts_with("203.0.113.");
        is_known.then(|| "Utrecht, NL".to_owned())
    }
}

/// The lines of the last notice, by label, after a change of the password.
async fn notice(service: &Service, browser: Browser) -> Vec<String> {
    let mut browser = browser;
    service.enrol(&mut browser, LOGIN).await;
    service.test.deliver().await.unwrap();
    let fields = [("current", PASSWORD), ("password", "twaalf groene treinen")];
    browser.send("password", &fields).await;
    let mails = service.test.deliver().await.unwrap();
    let mail = mails.iter().find(|mail| mail.kind() == "password_changed");
    let labels = ["Device:", "Place:", "Network:"];
    let lines = mail.unwrap().text().lines();
    let told = lines.filter(|line| labels.iter().any(|label| line.starts_with(label)));
    told.map(str::to_owned).collect()
}

#[tokio::test]
async fn notice_names_the_device() {
    let service = Service::new();
    let browser = service.browser().with_header("user-agent", FIREFOX);
    assert_eq!(
        notice(&service, browser).await,
        ["Device: Firefox on Linux"]
    );
}

/// Without a header that names a known browser there is nothing to tell.
#[tokio::test]
async fn words_of_a_stranger_stay_out() {
    let service = Service::new();
    let agent = "Call 0900-1234 at once: https://evil.example";
    let browser = service.browser().with_header("user-agent", agent);
    let told = notice(&service, browser).await;
    assert!(told.is_empty(), "{told:?}");
    let mails = service.test.mailbox.mails();
    assert!(
        mails
            .iter()
            .all(|mail| !mail.text().contains("0900") && !mail.html().contains("0900"))
    );
}

#[tokio::test]
async fn notice_names_place_and_network() {
    let proxies = TrustedProxies::parse(["127.0.0.1"]).unwrap();
    let service = Service::with(|web| web.trusted_proxies(proxies).hooks(Arc::new(Places)));
    let browser = service
        .browser()
        .with_peer([127, 0, 0, 1].into())
        .with_header("user-agent", FIREFOX)
        .with_header("x-forwarded-for", "203.0.113.77");
    let told = notice(&service, browser).await;
    assert_eq!(
        told,
        [
            "Device: Firefox on Linux",
            "Place: Utrecht, NL",
            "Network: 203.0.113.x"
        ]
    );
    let mails = service.test.mailbox.mails();
    assert!(
        mails
            .iter()
            .all(|mail| !mail.text().contains("203.0.113.77"))
    );
}
