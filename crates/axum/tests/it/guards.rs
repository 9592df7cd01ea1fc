//! The guards of a host's own pages.

use crate::support::{LOGIN, PASSWORD, Service};
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
