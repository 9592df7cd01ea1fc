//! The two modes of the JSON API, and credentials of the wrong one.

use crate::support::{Api, LOGIN, PASSWORD, Service};
use serde_json::json;

#[tokio::test]
async fn cookie_in_app_mode_is_rejected() {
    let service = Service::with_api().await;
    let mut browser = Api::browser(&service).await;
    service.enrol_by_api(&mut browser).await;
    for cookie in ["slotwerk-session-test", "slotwerk-flow-test"] {
        let mut app = Api::app(&service).await;
        app.jar
            .insert(cookie.to_owned(), browser.jar[cookie].clone());
        assert_eq!(
            app.get("session").await.problem(),
            (400, "cookie_in_app_mode")
        );
    }
    let mut app = Api::app(&service).await;
    app.jar.insert("other".to_owned(), "1".to_owned());
    assert_eq!(app.get("session").await.problem(), (401, "session_ended"));
}

#[tokio::test]
async fn bearer_in_browser_mode_is_rejected() {
    let service = Service::with_api().await;
    let mut app = Api::app(&service).await;
    service.enrol_by_api(&mut app).await;
    let mut browser = Api::browser(&service).await;
    browser.session = app.session.clone();
    assert_eq!(
        browser.get("session").await.problem(),
        (400, "bearer_in_browser_mode")
    );
}

#[tokio::test]
async fn state_in_browser_mode_is_rejected() {
    let service = Service::with_api().await;
    let mut browser = Api::browser(&service).await;
    for field in ["state", "known_browser"] {
        let body = json!({"login": LOGIN, "password": PASSWORD, field: "x"});
        let reply = browser.post("sign-in", body).await;
        assert_eq!(reply.problem(), (400, "state_in_browser_mode"), "{field}");
    }
}

#[tokio::test]
async fn unknown_mode_is_rejected() {
    let service = Service::with_api().await;
    let mut api = Api::browser(&service).await;
    api.headers
        .push(("x-slotwerk-mode".to_owned(), "apps".to_owned()));
    assert_eq!(api.get("session").await.problem(), (400, "unknown_mode"));
}

#[tokio::test]
async fn session_token_comes_once() {
    let service = Service::with_api().await;
    let mut app = Api::app(&service).await;
    let secret = service.enrol_by_api(&mut app).await;
    for operation in ["session", "sessions", "authenticators"] {
        let reply = app.get(operation).await;
        assert!(reply.json.get("session").is_none(), "{operation}");
    }
    let first = app.session.clone();
    let reply = service.sign_in_by_api(&mut app, &secret).await;
    assert_ne!(app.session, first);
    assert!(reply.json["session"].is_string() && reply.json["known_browser"].is_string());
    app.session = first;
    assert_eq!(app.get("session").await.problem(), (401, "session_ended"));
}

#[tokio::test]
async fn csrf_token_is_for_browsers() {
    let service = Service::with_api().await;
    let mut app = Api::app(&service).await;
    assert_eq!(app.get("csrf").await.problem(), (400, "browser_mode_only"));
}

#[tokio::test]
async fn known_device_is_not_kept_out() {
    let service = Service::with_api().await;
    let mut app = Api::app(&service).await;
    let secret = service.enrol_by_api(&mut app).await;
    let signed_in = service.sign_in_by_api(&mut app, &secret).await;
    let device = signed_in.json["known_browser"].clone();
    let mut stranger = Api::app(&service).await;
    let wrong = json!({"login": LOGIN, "password": "not the password"});
    while stranger.post("sign-in", wrong.clone()).await.status != 429 {}
    let mut credentials = json!({"login": LOGIN, "password": PASSWORD});
    let reply = stranger.post("sign-in", credentials.clone()).await;
    assert_eq!(reply.problem(), (429, "throttled"));
    credentials["known_browser"] = device;
    assert_eq!(app.post("sign-in", credentials).await.next(), "verify");
}

#[tokio::test]
async fn state_of_another_account() {
    let service = Service::with_api().await;
    let other = slotwerk::Account::new("2", "other", "other@host.example");
    service.test.people.add(other);
    service.set_password(&mut service.browser(), "other").await;
    let mut app = Api::app(&service).await;
    service.enrol_by_api(&mut app).await;
    let mut attacker = Api::app(&service).await;
    service.enrol_person_by_api(&mut attacker, "other").await;
    app.state = attacker.state.clone();
    let reply = app.post("recovery-codes/renew", json!({})).await;
    assert_eq!(reply.problem(), (403, "step_up_needed"));
}
