//! The JSON API from a forgotten password to the second sign-in, in both modes.

use crate::support::{Api, LOGIN, PASSWORD, Service};
use serde_json::json;

#[tokio::test]
async fn api_is_off_by_default() {
    let service = Service::new();
    let mut browser = service.browser();
    let page = browser.open("api/v1/csrf").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("<html"), "{}", page.text);
}

async fn both_modes(service: &Service) -> [Api; 2] {
    [Api::browser(service).await, Api::app(service).await]
}

#[tokio::test]
async fn whole_flow_in_both_modes() {
    for is_app in [false, true] {
        let service = Service::with(|web| web.json_api(true));
        let [browser, app] = both_modes(&service).await;
        let mut api = if is_app { app } else { browser };
        let asked = api
            .post("password-reset/request", json!({"login": LOGIN}))
            .await;
        assert_eq!(asked.next(), "check_mail");
        assert_eq!(service.test.deliver().await.unwrap().len(), 1);

        let link = service.mailed_link(LOGIN).await;
        let token = link.split_once("/reset/").unwrap().1;
        let inspected = api
            .post("password-reset/inspect", json!({"token": token}))
            .await;
        assert_eq!(inspected.json["login"], LOGIN);
        let new = json!({"token": token, "password": PASSWORD});
        let completed = api.post("password-reset/complete", new.clone()).await;
        assert_eq!(completed.next(), "sign_in");
        let again = api.post("password-reset/complete", new).await;
        assert_eq!(again.problem(), (410, "link_invalid"));

        let secret = service.enrol_by_api(&mut api).await;
        let session = api.get("session").await;
        assert_eq!(session.json["login"], LOGIN);
        assert_eq!(session.json["has_recent_second_factor"], true);
        assert_eq!(session.json["password_standing"], "good");

        assert_eq!(api.post("sign-out", json!({})).await.next(), "sign_in");
        assert_eq!(api.get("session").await.problem(), (401, "session_ended"));
        api.session = None;
        assert_eq!(
            service.sign_in_by_api(&mut api, &secret).await.next(),
            "signed_in"
        );
        assert_eq!(api.get("session").await.status, 200);
        assert_eq!(api.session.is_some(), is_app);
        assert_eq!(api.jar.contains_key("slotwerk-session-test"), !is_app);
    }
}

#[tokio::test]
async fn unknown_account_gets_same_answer() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    let known = api
        .post("password-reset/request", json!({"login": LOGIN}))
        .await;
    let unknown = api
        .post("password-reset/request", json!({"login": "nobody"}))
        .await;
    assert_eq!((known.status, &known.json), (unknown.status, &unknown.json));
    let problem = |login: &'static str| json!({"login": login, "password": "not the password"});
    let wrong = api.post("sign-in", problem(LOGIN)).await;
    let unknown = api.post("sign-in", problem("nobody")).await;
    assert_eq!(wrong.problem(), (422, "sign_in_rejected"));
    assert_eq!((wrong.status, &wrong.json), (unknown.status, &unknown.json));
}

#[tokio::test]
async fn replayed_code_is_rejected() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    let secret = service.enrol_by_api(&mut api).await;
    let mut thief = Api::app(&service).await;
    let credentials = json!({"login": LOGIN, "password": PASSWORD});
    assert_eq!(thief.post("sign-in", credentials).await.next(), "verify");
    let code = json!({"code": service.code(&secret)});
    let reply = thief.post("second-factor/verify", code).await;
    assert_eq!(reply.problem(), (422, "code_used"));
    assert!(reply.json["retry_after_seconds"].as_u64().is_some());
    assert_eq!(thief.get("session").await.problem(), (401, "session_ended"));
}

#[tokio::test]
async fn state_names_the_next_step() {
    let service = Service::with_api().await;
    for mut api in both_modes(&service).await {
        let state = "second-factor/state";
        assert_eq!(api.post(state, json!({})).await.next(), "sign_in");
        let credentials = json!({"login": LOGIN, "password": PASSWORD});
        api.post("sign-in", credentials).await;
        assert_eq!(api.post(state, json!({})).await.next(), "enrol");
        let early = api
            .post("second-factor/verify", json!({"code": "123456"}))
            .await;
        assert_eq!(early.problem(), (409, "other_step"));
        let begun = api.post("second-factor/set-up/begin", json!({})).await;
        let seen = api.post(state, json!({})).await;
        assert_eq!(seen.json["set_up"], begun.json["set_up"]);
        assert_eq!(seen.json["set_up"]["account_name"], LOGIN);
    }
}

#[tokio::test]
async fn recovery_code_signs_in_once() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    service.enrol_by_api(&mut api).await;
    let renewed = api.post("recovery-codes/renew", json!({})).await;
    let code = json!({"code": renewed.json["recovery_codes"][0]});
    let credentials = json!({"login": LOGIN, "password": PASSWORD});
    let mut other = Api::app(&service).await;
    other.post("sign-in", credentials.clone()).await;
    let reply = other
        .post("second-factor/recovery-code", code.clone())
        .await;
    assert_eq!(
        (reply.next(), &reply.json["recovery_codes_left"]),
        ("signed_in", &json!(9))
    );
    let mut thief = Api::app(&service).await;
    thief.post("sign-in", credentials).await;
    let reply = thief.post("second-factor/recovery-code", code).await;
    assert_eq!(reply.problem(), (422, "recovery_code_rejected"));
}
