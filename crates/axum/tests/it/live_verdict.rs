//! The verdict on a new password while the person types.

use crate::app_links::tenant;
use crate::support::{LOGIN, PASSWORD, Service};
use slotwerk::mail::Brand;
use slotwerk::policy::{PolicyDraft, Rule};
use slotwerk_axum::words::{Languages, PAGES_ENGLISH};

const WEAK: &str = "passwordpassword";

fn with_strength() -> Service {
    let service = Service::new();
    let policy = PolicyDraft::new()
        .minimum_length(15)
        .rule(Rule::MinimumStrength { score: 3 })
        .build();
    let brand = Brand::new("Test", "#1f5f8b").unwrap();
    let own = tenant(brand).policy(policy.unwrap()).build().unwrap();
    service.test.auth.put_tenant(own).unwrap();
    service
}

#[tokio::test]
async fn strength_is_judged_while_typing() {
    let service = with_strength();
    let mut browser = service.browser();
    let link = service.mailed_link(LOGIN).await;
    let path = link.split_once("/test/").unwrap().1;
    let page = browser.open(path).await;
    assert!(page.text.contains(" data-live"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("connect-src 'self'"), "{policy}");
    for (typed, states) in [
        (WEAK, "true true false"),
        (PASSWORD, "true true true"),
        ("te kort", "false true false"),
    ] {
        let fields = [("password", typed), ("judge", "1")];
        let verdict = browser.send(path, &fields).await;
        assert_eq!(
            (verdict.status, verdict.text.as_str()),
            (200, states),
            "{typed}"
        );
    }
    // It used nothing up, and saved nothing.
    let answer = browser.send(path, &[("password", PASSWORD)]).await;
    assert_eq!(answer.location(), "/test/sign-in?notice=changed");
    let late = browser
        .send(path, &[("password", WEAK), ("judge", "1")])
        .await;
    assert_eq!(late.status, 410);
}

#[tokio::test]
async fn signed_in_person_gets_a_verdict() {
    let service = with_strength();
    let mut browser = service.browser();
    let fields = [("password", WEAK), ("judge", "1")];
    let stranger = browser.send("password", &fields).await;
    assert_eq!(stranger.location(), "/test/sign-in?notice=over");
    service.enrol(&mut browser, LOGIN).await;
    assert_eq!(
        browser.send("password", &fields).await.text,
        "true true false"
    );
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn verdict_needs_the_form_token() {
    let service = with_strength();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    browser.csrf = "forged".to_owned();
    let answer = browser
        .send("password", &[("password", WEAK), ("judge", "1")])
        .await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn other_policies_answer_nothing() {
    let service = Service::new();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    let page = browser.open("password").await;
    assert!(!page.text.contains(" data-live"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("connect-src"), "{policy}");
    let answer = browser
        .send("password", &[("password", WEAK), ("judge", "1")])
        .await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}

#[tokio::test]
async fn third_language_has_its_requirements() {
    let german = PAGES_ENGLISH.replace(
        "At least { $count } characters",
        "Mindestens { $count } Zeichen",
    );
    let languages = Languages::pages().unwrap().add("de", &german).unwrap();
    let service = Service::with(|web| web.languages(languages));
    let mut browser = service.browser().with_header("accept-language", "de");
    let link = service.mailed_link(LOGIN).await;
    let path = link.split_once("/test/").unwrap().1;
    let page = browser.open(path).await.text;
    assert!(
        page.contains("lang=\"de\"") && page.contains("Mindestens 15 Zeichen"),
        "{page}"
    );
    assert!(!page.contains("At least 15"));
}
