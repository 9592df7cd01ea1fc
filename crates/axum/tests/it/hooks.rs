//! The host's own work after a step.

use crate::support::{LOGIN, PASSWORD, Service};
use slotwerk::{Account, async_trait};
use slotwerk_axum::Hooks;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn note(&self, what: &str, tenant: &str, account: &Account) {
        let line = format!("{what} {tenant} {}", account.id);
        self.0.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Hooks for Heard {
    async fn signed_in(&self, tenant: &str, account: &Account) {
        self.note("in", tenant, account);
    }

    async fn signed_out(&self, tenant: &str, account: &Account) {
        self.note("out", tenant, account);
    }

    async fn new_password(&self, tenant: &str, account: &Account) {
        self.note("password", tenant, account);
    }
}

#[tokio::test]
async fn each_step_calls_its_hook_once() {
    let heard = Heard::default();
    let service = Service::with(|web| web.hooks(Arc::new(heard.clone())));
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    assert_eq!(heard.take(), ["password test 1", "in test 1"]);
    browser.send("sign-out", &[]).await;
    assert_eq!(heard.take(), ["out test 1"]);
    browser.send("sign-out", &[]).await;
    assert!(heard.take().is_empty(), "nobody was signed in");

    service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_eq!(heard.take(), ["in test 1"]);
    let fields = [("current", PASSWORD), ("password", "twaalf groene treinen")];
    browser.send("password", &fields).await;
    assert_eq!(heard.take(), ["password test 1"]);
}

#[tokio::test]
async fn refusals_call_no_hook() {
    let heard = Heard::default();
    let service = Service::with(|web| web.hooks(Arc::new(heard.clone())));
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    heard.take();
    let fields = [("current", "wrong"), ("password", "twaalf groene treinen")];
    browser.send("password", &fields).await;
    browser.another().sign_in(LOGIN).await;
    let mut other = browser.another();
    other.sign_in(LOGIN).await;
    other
        .send("second-factor/verify", &[("code", "000000")])
        .await;
    assert!(heard.take().is_empty());
}
