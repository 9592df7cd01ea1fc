//! The page about one's sessions.

use crate::support::{Api, LOGIN, Service};
use serde_json::json;

const CLEAR_SITE_DATA: &str = "clear-site-data";

const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0";

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let service = Service::new();
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    let mut other = service.browser().with_header("user-agent", FIREFOX);
    service.sign_in_again(&mut other, LOGIN, &secret).await;

    let page = browser.open("sessions").await;
    assert!(page.text.contains("Firefox on Windows"), "{}", page.text);
    assert_eq!(page.text.matches("<li class=\"app\">").count(), 2);
    let id = page.between("name=\"id\" value=\"", "\"").to_owned();
    let answer = browser.send("sessions/end", &[("id", &id)]).await;
    assert_eq!(answer.location(), "/test/sessions?notice=ended");
    assert!(!other.is_signed_in().await);
    assert!(browser.is_signed_in().await);
    let again = browser.send("sessions/end", &[("id", &id)]).await;
    assert_eq!(again.location(), "/test/sessions?notice=over");
}

#[tokio::test]
async fn all_other_sessions_end() {
    let service = Service::new();
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    let mut others = [browser.another(), browser.another()];
    for other in &mut others {
        service.sign_in_again(other, LOGIN, &secret).await;
    }
    let answer = browser.send("sessions/end-others", &[]).await;
    assert_eq!(answer.location(), "/test/sessions?notice=ended-all");
    for other in &mut others {
        assert!(!other.is_signed_in().await);
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn signing_in_gives_a_new_id() {
    let service = Service::new();
    let mut browser = service.browser();
    let secret = service.enrol(&mut browser, LOGIN).await;
    let before = browser.jar["slotwerk-session-test"].clone();
    service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_ne!(browser.jar["slotwerk-session-test"], before);
    let mut thief = browser.another();
    thief.jar.insert("slotwerk-session-test".to_owned(), before);
    assert!(!thief.is_signed_in().await, "the earlier session is over");
}

#[tokio::test]
async fn sign_out_ends_the_session() {
    let service = Service::new();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    let mut thief = browser.another();
    thief.jar = browser.jar.clone();
    assert!(thief.is_signed_in().await, "a control");
    browser.send("sign-out", &[]).await;
    assert!(!thief.is_signed_in().await);
}

#[tokio::test]
async fn unused_session_ends() {
    let service = Service::new();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    for _ in 0..20 {
        service.test.clock.advance(29 * 60);
        assert!(browser.is_signed_in().await);
    }
    service.test.clock.advance(31 * 60);
    assert!(!browser.is_signed_in().await);
}

/// The login name moves to another account while somebody steps up.
#[tokio::test]
async fn session_is_not_carried_over() {
    let service = Service::new();
    let mut other = service.browser();
    let mallory = slotwerk::Account::new("2", "mallory", "mallory@host.example");
    service.test.people.add(mallory);
    let secret = service.enrol(&mut other, "mallory").await;
    service.test.clock.advance(30);
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    service.test.clock.advance(20 * 60);
    browser.open("authenticators/add").await;
    // The directory finds the first account of a name, and that is now the other one.
    let renamed = slotwerk::Account::new("1", "MALLORY", "demo@host.example");
    service.test.people.add(renamed);
    let answer = browser
        .send("step-up", &[("password", crate::support::PASSWORD)])
        .await;
    assert_eq!(answer.location(), "/test/second-factor/verify");
    let code = service.code(&secret);
    let answer = browser
        .send("second-factor/verify", &[("code", &code)])
        .await;
    assert_eq!(answer.location(), "/test/sign-in?notice=over");
    assert!(!browser.is_signed_in().await);
}

/// The cookies of other tenants stay, and so does the one that knows the browser.
#[tokio::test]
async fn sign_out_clears_site_data() {
    let service = Service::with_api().await;
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    let answer = browser.send("sign-out", &[]).await;
    assert_eq!(answer.headers[CLEAR_SITE_DATA], "\"cache\", \"storage\"");
    let mut api = Api::browser(&service).await;
    let reply = api.post("sign-out", json!({})).await;
    assert_eq!(reply.headers[CLEAR_SITE_DATA], "\"cache\", \"storage\"");
    let mut app = Api::app(&service).await;
    let reply = app.post("sign-out", json!({})).await;
    assert!(
        !reply.headers.contains_key(CLEAR_SITE_DATA),
        "an app has none"
    );
}
