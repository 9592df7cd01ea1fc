//! Requests that somebody else has made up.

use crate::support::{LOGIN, PASSWORD, Service};
use axum::Router;
use axum::routing::get;
use slotwerk::Account;
use slotwerk_axum::{SignedIn, Web};

#[tokio::test]
async fn form_needs_its_hidden_field() {
    let service = Service::new();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    for token in ["", "made-up"] {
        browser.csrf = token.to_owned();
        if token.is_empty() {
            browser.csrf = " ".to_owned();
        }
        assert_eq!(browser.send("sign-out", &[]).await.status, 403);
        assert_eq!(
            browser.send("forgot", &[("login", LOGIN)]).await.status,
            403
        );
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn lost_token_keeps_the_user_name() {
    let service = Service::new();
    let mut browser = service.browser();
    service.set_password(&mut browser, LOGIN).await;
    for (page, heading) in [("sign-in", "Sign in"), ("forgot", "new password")] {
        browser.jar.clear();
        let fields = [("login", LOGIN), ("password", PASSWORD)];
        let answer = browser.send(page, &fields).await;
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains(heading) && answer.text.contains("role=\"alert\""));
        assert!(
            answer.text.contains(&format!("value=\"{LOGIN}\"")),
            "{page}"
        );
        assert!(!answer.text.contains(PASSWORD), "{page}");
    }
    // The page brought a token that works.
    browser.sign_in(LOGIN).await;
}

#[tokio::test]
async fn token_of_another_browser_is_rejected() {
    let service = Service::new();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    let mut attacker = browser.another();
    attacker.open("sign-in").await;
    browser.csrf = attacker.csrf;
    assert_eq!(browser.send("sign-out", &[]).await.status, 403);
}

/// An attacker who can set a cookie plants the flow of an own sign-in: the way to change the attacker's second factor.
#[tokio::test]
async fn planted_flow_changes_no_other_account() {
    let service = Service::new();
    let other = Account::new("2", "mallory", "mallory@host.example");
    service.test.people.add(other);
    let mut attacker = service.browser();
    service.enrol(&mut attacker, "mallory").await;
    service.test.clock.advance(30);
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;

    let own = browser.open("authenticators/add").await;
    assert_eq!(
        own.location(),
        "/test/authenticators?notice=over",
        "the way is open"
    );
    let planted = attacker.jar["slotwerk-flow-test"].clone();
    browser.jar.insert("slotwerk-flow-test".to_owned(), planted);
    let answer = browser.send("authenticators/add/begin", &[]).await;
    assert_eq!(answer.location(), "/test/step-up");
}

/// The end of the flow is the address for after the sign-in. Its ticket is whole, so only the seal can reject the flow.
#[tokio::test]
async fn altered_flow_is_ignored() {
    let files = |_: &Web| Router::new().route("/{tenant}/files", get(async |_: SignedIn| ()));
    let service = Service::beside(|web| web, files);
    let mut browser = service.browser();
    service.set_password(&mut browser, LOGIN).await;
    browser.open("files?page=200000000").await;
    browser.sign_in(LOGIN).await;
    assert_eq!(browser.open("second-factor").await.status, 200);
    let flow = browser.jar["slotwerk-flow-test"].clone();
    for at in flow.len() - 16..flow.len() {
        let mut altered = flow.clone().into_bytes();
        altered[at] = match altered[at] {
            b'A' => b'B',
            b'B'..=b'Z' | b'b'..=b'z' | b'1'..=b'9' => altered[at] - 1,
            _ => b'A',
        };
        let altered = String::from_utf8(altered).unwrap();
        browser.jar.insert("slotwerk-flow-test".to_owned(), altered);
        let answer = browser.open("second-factor").await;
        assert_eq!(answer.location(), "/test/sign-in?notice=over", "{at}");
    }
}

#[tokio::test]
async fn made_up_sessions_sign_nobody_in() {
    let service = Service::new();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    let token = browser.jar["slotwerk-session-test"].clone();
    let (cut, longer, upper) = (&token[1..], format!("{token}0"), token.to_uppercase());
    for made_up in ["", "0", cut, &longer, &upper, &"0".repeat(68)] {
        let mut thief = browser.another();
        thief
            .jar
            .insert("slotwerk-session-test".to_owned(), made_up.to_owned());
        assert!(!thief.is_signed_in().await, "{made_up}");
    }
    let mut control = browser.another();
    control
        .jar
        .insert("slotwerk-session-test".to_owned(), token);
    assert!(control.is_signed_in().await);
}
