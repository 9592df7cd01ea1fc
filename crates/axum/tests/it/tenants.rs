//! How a request names its tenant.

use crate::support::{Browser, LOGIN, PASSWORD, Service};
use slotwerk_axum::TenantFrom;
use std::sync::Arc;

#[tokio::test]
async fn fixed_tenant_has_short_addresses() {
    let service = Service::with(|web| web.tenant_from(TenantFrom::Fixed("test".to_owned())));
    let mut browser = Browser::new(service.router.clone(), "");
    let page = browser.open("/sign-in").await;
    assert!(page.text.contains("action=\"/sign-in\"") && page.text.contains("href=\"/forgot\""));
    let answer = browser
        .send("/sign-in", &[("login", LOGIN), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.status, 422, "nobody has a password yet");
    assert_eq!(browser.open("/account").await.location(), "/sign-in");
    assert_eq!(browser.open("/test/sign-in").await.status, 404);
}

#[tokio::test]
async fn host_name_names_the_tenant() {
    let find = |host: &str| host.strip_suffix(".example").map(str::to_owned);
    let service = Service::with(|web| web.tenant_from(TenantFrom::Host(Arc::new(find))));
    let browser = Browser::new(service.router.clone(), "");
    let mut known = browser.clone().with_header("host", "test.example:8080");
    assert_eq!(known.open("/sign-in").await.status, 200);
    for host in ["other.example", "test.example.attacker.test", ""] {
        let mut unknown = browser.clone().with_header("host", host);
        assert_eq!(unknown.open("/sign-in").await.status, 404, "{host}");
    }
}

#[tokio::test]
async fn host_chooses_the_home_page() {
    let service = Service::with(|web| web.home("/app"));
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    browser.send("sign-out", &[]).await;
    let answer = service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_eq!(answer.location(), "/app");
}

#[tokio::test]
async fn unknown_tenant_is_not_found() {
    let service = Service::new();
    let mut browser = service.browser();
    for page in ["/nobody/sign-in", "/nobody/", "/TEST/sign-in"] {
        assert_eq!(browser.open(page).await.status, 404, "{page}");
    }
}

#[test]
fn foreign_home_page_is_rejected() {
    for home in ["https://other.example/", "//other.example", "app", ""] {
        let test = slotwerk::Auth::for_tests().unwrap();
        let web = slotwerk_axum::Web::builder(test.auth.clone()).home(home);
        assert!(web.build().is_err(), "{home}");
    }
}
