//! The guards of a host's own pages.

use crate::support::{Browser, LOGIN, PASSWORD, Service};
use axum::Router;
use axum::routing::get;
use slotwerk_axum::{MaybeSignedIn, RecentSecondFactor, SignedIn, Web};

fn own(_: &Web) -> Router<Web> {
    let open = |person: MaybeSignedIn| async move { format!("{}", person.session.is_some()) };
    let files = |person: SignedIn| async move { person.session.account().id.clone() };
    let pay = |_: RecentSecondFactor| async { "paid" };
    Router::new()
        .route("/{tenant}/open", get(open))
        .route("/{tenant}/files", get(files).post(files))
        .route("/{tenant}/pay", get(pay))
}

#[tokio::test]
async fn person_returns_after_signing_in() {
    let service = Service::beside(|web| web, own);
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    browser.send("sign-out", &[]).await;
    assert_eq!(browser.open("open").await.text, "false");

    let answer = browser.open("files?page=2").await;
    assert_eq!(answer.location(), "/test/sign-in");
    let answer = service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_eq!(answer.location(), "/test/files?page=2");
    assert_eq!(browser.open("files?page=2").await.text, "1");
    assert_eq!(browser.open("open").await.text, "true");

    // Signing out would forget the address anyway.
    let answer = service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_eq!(answer.location(), "/test/", "the address was used");
}

#[tokio::test]
async fn first_sign_in_returns_too() {
    let service = Service::beside(|web| web, own);
    let mut browser = service.browser();
    assert_eq!(
        browser.open("files?page=2").await.location(),
        "/test/sign-in"
    );
    service.enrol(&mut browser, LOGIN).await;
    assert_eq!(
        browser.open("continue").await.location(),
        "/test/files?page=2"
    );
    assert_eq!(browser.open("continue").await.location(), "/test/");
}

#[tokio::test]
async fn form_is_not_returned_to() {
    let service = Service::beside(|web| web, own);
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    browser.send("sign-out", &[]).await;
    assert_eq!(browser.send("files", &[]).await.location(), "/test/sign-in");
    let answer = service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_eq!(answer.location(), "/test/");
}

#[tokio::test]
async fn recent_second_factor_is_needed() {
    let service = Service::beside(|web| web, own);
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    assert_eq!(browser.open("pay").await.text, "paid");
    service.test.clock.advance(20 * 60);
    assert_eq!(browser.open("pay").await.location(), "/test/step-up");
    assert_eq!(browser.open("files").await.text, "1", "still signed in");

    let answer = browser.send("step-up", &[("password", PASSWORD)]).await;
    assert_eq!(answer.location(), "/test/second-factor/verify");
    assert_eq!(browser.open("pay").await.location(), "/test/step-up");
    let code = service.code(&secret);
    let answer = browser
        .send("second-factor/verify", &[("code", &code)])
        .await;
    assert_eq!(answer.location(), "/test/pay");
    assert_eq!(browser.open("pay").await.text, "paid");
}

/// Somebody who is signed in by the password alone.
async fn signed_in_by_password(service: &Service) -> Browser {
    service.require_no_second_factor();
    let mut browser = service.browser();
    service.set_password(&mut browser, LOGIN).await;
    let fields = [("login", LOGIN), ("password", PASSWORD)];
    assert_eq!(browser.send("sign-in", &fields).await.location(), "/test/");
    browser
}

#[tokio::test]
async fn missing_second_factor_is_set_up() {
    let service = Service::beside(|web| web, own);
    let mut browser = signed_in_by_password(&service).await;
    assert!(!browser.open("").await.text.contains("Recovery codes"));

    let answer = browser.open("pay").await;
    assert_eq!(answer.location(), "/test/authenticators?notice=needed");
    let list = browser.open("authenticators?notice=needed").await.text;
    assert!(list.contains("needs two-step verification"), "{list}");
    assert!(list.contains("no authenticator app yet") && !list.contains("ecovery codes"));

    let answer = browser.send("authenticators/add/begin", &[]).await;
    assert_eq!(answer.location(), "/test/second-factor");
    let (_, codes) = service.set_up_app(&mut browser).await;
    assert_eq!(codes.text.matches("<code>").count(), 10);
    assert_eq!(browser.open("continue").await.location(), "/test/pay");
    assert_eq!(browser.open("pay").await.text, "paid");
}

#[tokio::test]
async fn old_password_is_asked_again() {
    let service = Service::beside(|web| web, own);
    let mut browser = signed_in_by_password(&service).await;
    service.test.clock.advance(20 * 60);
    let answer = browser.send("authenticators/add/begin", &[]).await;
    assert_eq!(answer.location(), "/test/step-up");
    let answer = browser.send("step-up", &[("password", PASSWORD)]).await;
    assert_eq!(answer.location(), "/test/authenticators/add");
    let answer = browser.open("authenticators/add").await;
    assert_eq!(answer.location(), "/test/second-factor");
    service.set_up_app(&mut browser).await;
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn first_app_ends_other_sessions() {
    let service = Service::beside(|web| web, own);
    let mut browser = signed_in_by_password(&service).await;
    let mut other = browser.another();
    let fields = [("login", LOGIN), ("password", PASSWORD)];
    other.send("sign-in", &fields).await;
    assert!(other.is_signed_in().await);
    browser.send("authenticators/add/begin", &[]).await;
    let (secret, _) = service.set_up_app(&mut browser).await;
    assert!(!other.is_signed_in().await);
    let answer = service.sign_in_again(&mut other, LOGIN, &secret).await;
    assert_eq!(answer.location(), "/test/");
}
