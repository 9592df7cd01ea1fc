//! The address that password managers look for.

use crate::support::{Browser, LOGIN, Service};
use slotwerk_axum::TenantFrom;
use std::sync::Arc;

const CHANGE: &str = "/.well-known/change-password";
/// A manager asks for it to learn whether a service answers 200 to everything.
const NOTHING: &str =
    "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";

#[tokio::test]
async fn each_tenant_has_the_address() {
    let service = Service::new();
    let mut browser = service.browser();
    let answer = browser.open(&format!("/test{CHANGE}")).await;
    assert_eq!((answer.status, answer.location()), (303, "/test/sign-in"));
    for path in [
        format!("/nobody{CHANGE}"),
        CHANGE.to_owned(),
        format!("/test{NOTHING}"),
    ] {
        assert_eq!(browser.open(&path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn tenant_with_its_own_host() {
    let find = |host: &str| host.strip_suffix(".example").map(str::to_owned);
    for tenants in [
        TenantFrom::Fixed("test".to_owned()),
        TenantFrom::Host(Arc::new(find)),
    ] {
        let service = Service::with(|web| web.tenant_from(tenants));
        let browser = Browser::new(service.router.clone(), "");
        let mut browser = browser.with_header("host", "test.example");
        let answer = browser.open(CHANGE).await;
        assert_eq!((answer.status, answer.location()), (303, "/sign-in"));
        assert_eq!(browser.open(NOTHING).await.status, 404);
    }
}

#[tokio::test]
async fn address_leads_to_the_page() {
    let service = Service::new();
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    let address = format!("/test{CHANGE}");
    assert_eq!(browser.open(&address).await.location(), "/test/password");
    browser.send("sign-out", &[]).await;
    assert_eq!(browser.open(&address).await.location(), "/test/sign-in");
    let answer = service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_eq!(answer.location(), address);
}

#[tokio::test]
async fn password_field_names_its_rules() {
    let service = Service::new();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    let page = browser.open("password").await;
    let rules = page.between("passwordrules=\"", "\"");
    assert!(rules.contains("minlength: 15"), "{rules}");
}
