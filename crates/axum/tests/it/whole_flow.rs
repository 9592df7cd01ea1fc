//! From a forgotten password to the second sign-in.

use crate::support::{LOGIN, PASSWORD, Service};

#[tokio::test]
async fn both_empty_fields_are_reported() {
    let service = Service::new();
    let mut browser = service.browser();
    let fields = [("login", " "), ("password", "")];
    let page = browser.send("sign-in", &fields).await.text;
    for line in [
        "<a href=\"#login\">Enter your user name.</a>",
        "<a href=\"#password\">Enter your password.</a>",
    ] {
        assert!(page.contains(line), "{line}");
    }
    assert_eq!(page.matches("aria-invalid").count(), 2);
}

#[tokio::test]
async fn sign_in_page_leads_home() {
    let service = Service::new();
    let mut browser = service.browser();
    assert_eq!(browser.open("sign-in").await.status, 200);
    service.enrol(&mut browser, LOGIN).await;
    assert_eq!(browser.open("sign-in").await.location(), "/test/");
}

#[tokio::test]
async fn person_comes_back_with_two_factors() {
    let service = Service::new();
    let mut browser = service.browser();
    let sent = browser.send("forgot", &[("login", LOGIN)]).await;
    assert!(
        sent.status == 200 && sent.text.contains("sent"),
        "{}",
        sent.text
    );
    assert_eq!(service.test.deliver().await.unwrap().len(), 1);

    let secret = service.enrol(&mut browser, LOGIN).await;
    assert!(browser.is_signed_in().await);
    let home = browser.open("").await;
    assert!(home.text.contains("Signed in") && home.text.contains(LOGIN));

    let left = browser.send("sign-out", &[]).await;
    assert_eq!(left.location(), "/test/sign-in?notice=signed-out");
    assert!(!browser.is_signed_in().await);

    let answer = service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_eq!(answer.location(), "/test/");
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn used_code_signs_nobody_in() {
    let service = Service::new();
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    let mut thief = browser.another();
    thief.sign_in(LOGIN).await;
    let code = service.code(&secret);
    let answer = thief.send("second-factor/verify", &[("code", &code)]).await;
    assert_eq!(answer.status, 422);
    assert!(!thief.is_signed_in().await);
}

#[tokio::test]
async fn new_password_ends_other_sessions() {
    let service = Service::new();
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    let mut other = browser.another();
    service.sign_in_again(&mut other, LOGIN, &secret).await;
    let fields = [("current", PASSWORD), ("password", "twaalf groene treinen")];
    let answer = browser.send("password", &fields).await;
    assert_eq!(answer.location(), "/test/?notice=changed");
    assert!(browser.is_signed_in().await, "this session goes on");
    assert!(!other.is_signed_in().await, "the other one is over");
}

#[tokio::test]
async fn recovery_sign_in_offers_another_app() {
    let service = Service::new();
    let mut browser = service.browser();
    service.set_password(&mut browser, LOGIN).await;
    browser.sign_in(LOGIN).await;
    let (_, codes) = service.set_up_app(&mut browser).await;
    let code = codes.between("<code>", "</code>").to_owned();

    let mut other = browser.another();
    other.sign_in(LOGIN).await;
    let answer = other
        .send("second-factor/recovery", &[("code", &code)])
        .await;
    assert_eq!(answer.location(), "/test/?notice=recovered");
    let home = other.open("?notice=recovered").await.text;
    assert!(home.contains("signed in with a recovery code"));
    assert!(home.contains("<a href=\"/test/authenticators\">Set up the app on another phone</a>"));
}
