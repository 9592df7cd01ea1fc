//! Requests that the JSON API rejects before it looks at what they ask for.

use crate::support::{Api, LOGIN, PASSWORD, Service};
use serde_json::json;
use slotwerk_axum::TenantFrom;

#[tokio::test]
async fn missing_or_foreign_csrf_token() {
    let service = Service::with_api().await;
    let mut api = Api::browser(&service).await;
    let own = api.csrf.clone();
    let foreign = Api::browser(&service).await.csrf;
    let credentials = json!({"login": LOGIN, "password": PASSWORD});
    for token in ["", foreign.as_str()] {
        token.clone_into(&mut api.csrf);
        let reply = api.post("sign-in", credentials.clone()).await;
        assert_eq!(reply.problem(), (403, "csrf_token_invalid"), "{token:?}");
    }
    api.csrf = own;
    assert_eq!(api.post("sign-in", credentials).await.next(), "enrol");
}

#[tokio::test]
async fn cross_site_request() {
    let service = Service::with_api().await;
    let credentials = json!({"login": LOGIN, "password": PASSWORD});
    for (site, status) in [("cross-site", 403), ("same-origin", 200), ("none", 200)] {
        let mut api = Api::browser(&service).await;
        api.headers
            .push(("sec-fetch-site".to_owned(), site.to_owned()));
        let reply = api.post("sign-in", credentials.clone()).await;
        assert_eq!(reply.status, status, "{site}");
        assert!(status == 200 || reply.problem().1 == "cross_site");
    }
}

#[tokio::test]
async fn unknown_or_repeated_field() {
    let service = Service::with_api().await;
    let mut api = Api::browser(&service).await;
    let password = PASSWORD;
    for body in [
        format!(r#"{{"login":"demo","password":"{password}","remember":true}}"#),
        format!(r#"{{"login":"demo","login":"demo","password":"{password}"}}"#),
        format!(r#"{{"login":"demo","password":["{password}"]}}"#),
        r#"{"login":"demo"}"#.to_owned(),
        format!(r#"["demo","{password}"]"#),
        format!(r#"{{"login":"demo","password":"{password}"}} {{}}"#),
        String::new(),
    ] {
        let reply = api.post_text("sign-in", &body).await;
        assert_eq!(reply.problem(), (400, "invalid_body"), "{body}");
        assert!(!reply.json.to_string().contains(password));
    }
}

#[tokio::test]
async fn too_large_body() {
    let service = Service::with_api().await;
    let mut api = Api::browser(&service).await;
    let body = |length: usize| {
        let rest = json!({"login": "demo", "password": ""}).to_string().len();
        json!({"login": "demo", "password": "x".repeat(length - rest)})
    };
    let most = api.post("sign-in", body(32 * 1024)).await;
    assert_eq!(most.problem(), (422, "password_too_long"));
    let more = api.post("sign-in", body(32 * 1024 + 1)).await;
    assert_eq!(more.problem(), (413, "body_too_large"));
}

#[tokio::test]
async fn other_content_type() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    let reply = api.post_as("sign-in", "text/plain", "{}").await;
    assert_eq!(reply.problem(), (415, "unsupported_media_type"));
}

#[tokio::test]
async fn unknown_address_and_method() {
    let service = Service::with_api().await;
    let mut api = Api::browser(&service).await;
    api.csrf.clear();
    assert_eq!(api.get("nothing").await.problem(), (404, "not_found"));
    let sent = api.post("nothing", json!({})).await;
    assert_eq!(sent.problem(), (404, "not_found"));
    assert_eq!(
        api.get("sign-in").await.problem(),
        (405, "method_not_allowed")
    );
}

#[tokio::test]
async fn code_that_is_no_guess() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    let secret = service.enrol_by_api(&mut api).await;
    service.test.clock.advance(30);
    api.post("sign-in", json!({"login": LOGIN, "password": PASSWORD}))
        .await;
    for typed in ["", "12345", "abcdef"] {
        for _ in 0..10 {
            let reply = api
                .post("second-factor/verify", json!({"code": typed}))
                .await;
            assert_eq!(reply.problem(), (422, "code_malformed"), "{typed}");
        }
    }
    let code = json!({"code": service.code(&secret)});
    assert_eq!(
        api.post("second-factor/verify", code).await.next(),
        "signed_in"
    );
}

#[tokio::test]
async fn throttled_answer_says_when() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    let wrong = json!({"login": LOGIN, "password": "not the password"});
    let mut last = api.post("sign-in", wrong.clone()).await;
    for _ in 0..50 {
        if last.status == 429 {
            break;
        }
        last = api.post("sign-in", wrong.clone()).await;
    }
    assert_eq!(last.problem(), (429, "throttled"));
    let wait = last.json["retry_after_seconds"].as_u64().unwrap();
    assert_eq!(last.headers["retry-after"], wait.to_string());
}

#[tokio::test]
async fn title_in_the_persons_language() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    let wrong = json!({"login": LOGIN, "password": "not the password"});
    let mut title = async |language: &str| {
        api.headers = vec![("accept-language".to_owned(), language.to_owned())];
        let reply = api.post("sign-in", wrong.clone()).await;
        reply.json["title"].as_str().unwrap().to_owned()
    };
    assert!(title("en").await.starts_with("Incorrect user name"));
    assert!(title("nl").await.starts_with("Onjuiste gebruikersnaam"));
}

#[tokio::test]
async fn unknown_tenant() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    api.base = "/nobody".to_owned();
    for operation in ["session", "csrf", "openapi.json"] {
        let reply = api.get(operation).await;
        assert_eq!(reply.problem(), (404, "unknown_tenant"), "{operation}");
    }
    let reply = api
        .post("sign-in", json!({"login": LOGIN, "password": PASSWORD}))
        .await;
    assert_eq!(reply.problem(), (404, "unknown_tenant"));
}

#[tokio::test]
async fn fixed_tenant_has_short_addresses() {
    let fixed = TenantFrom::Fixed("test".to_owned());
    let service = Service::with(|web| web.json_api(true).tenant_from(fixed));
    let mut api = Api::at(&service, "").await;
    assert_eq!(api.document()["servers"][0]["url"], "/api/v1");
    let sent = api
        .post("password-reset/request", json!({"login": LOGIN}))
        .await;
    assert_eq!(sent.next(), "check_mail");
}
