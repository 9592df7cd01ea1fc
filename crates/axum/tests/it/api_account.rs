//! Sessions, password, authenticators and step-up over the JSON API.

use crate::support::{Api, LOGIN, PASSWORD, Service};
use serde_json::{Value, json};

const OTHER: &str = "twaalf groene treinen";
const SESSION: &str = "slotwerk-session-test";

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let service = Service::with_api().await;
    let mut api = Api::browser(&service).await;
    let secret = service.enrol_by_api(&mut api).await;
    let mut others = [Api::app(&service).await, Api::app(&service).await];
    for other in &mut others {
        assert_eq!(
            service.sign_in_by_api(other, &secret).await.next(),
            "signed_in"
        );
    }
    let listed = api.get("sessions").await;
    let sessions = listed.json["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions[0]["is_current"], true);
    let current = json!({"id": sessions[0]["id"]});
    assert_eq!(
        api.post("sessions/end", current).await.problem(),
        (404, "unknown_session")
    );
    let chosen = json!({"id": sessions[1]["id"]});
    assert_eq!(
        api.post("sessions/end", chosen.clone()).await.json["ended"],
        1
    );
    assert_eq!(
        api.post("sessions/end", chosen).await.problem(),
        (404, "unknown_session")
    );
    assert_eq!(
        api.post("sessions/end-others", json!({})).await.json["ended"],
        1
    );
    for other in &mut others {
        assert_eq!(other.get("session").await.problem(), (401, "session_ended"));
    }
    assert_eq!(api.get("session").await.status, 200);
}

#[tokio::test]
async fn password_change_renews_the_session() {
    for is_app in [false, true] {
        let service = Service::with_api().await;
        let mut api = either_mode(&service, is_app).await;
        service.enrol_by_api(&mut api).await;
        let wrong = json!({"current": OTHER, "new": OTHER});
        let reply = api.post("password/change", wrong).await;
        assert_eq!(reply.problem(), (422, "current_password_rejected"));
        let poor = json!({"current": PASSWORD, "new": "abc"});
        let reply = api.post("password/change", poor).await;
        assert_eq!(reply.problem(), (422, "requirements_unmet"));
        let unmet = reply.json["requirements"].as_array().unwrap();
        assert!(unmet.iter().any(|one| one["state"] == "unmet"), "{unmet:?}");

        let token = |api: &Api| (api.session.clone(), api.jar.get(SESSION).cloned());
        let before = token(&api);
        let change = json!({"current": PASSWORD, "new": OTHER});
        assert_eq!(
            api.post("password/change", change).await.next(),
            "signed_in"
        );
        assert_ne!(token(&api), before);
        assert_eq!(api.get("session").await.status, 200);
    }
}

async fn either_mode(service: &Service, is_app: bool) -> Api {
    if is_app {
        Api::app(service).await
    } else {
        Api::browser(service).await
    }
}

#[tokio::test]
async fn requirements_equal_those_of_the_page() {
    let service = Service::with_api().await;
    let link = service.mailed_link(LOGIN).await;
    let token = link.split_once("/reset/").unwrap().1;
    let page = service.browser().open(&format!("reset/{token}")).await;
    let mut api = Api::app(&service).await;
    let inspected = api
        .post("password-reset/inspect", json!({"token": token}))
        .await;
    service.enrol_by_api(&mut api).await;
    let own = api.get("password/requirements").await;
    assert_eq!(own.json["requirements"], inspected.json["requirements"]);
    assert_eq!(own.json["browser_rules"], inspected.json["browser_rules"]);

    let requirements = inspected.json["requirements"].as_array().unwrap();
    let codes: Vec<&str> = requirements
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    let on_page = page.text.matches("data-rule=\"").count();
    assert_eq!(codes.len(), on_page, "{}", page.text);
    for one in requirements {
        let text = one["text"].as_str().unwrap();
        let code = one["code"].as_str().unwrap();
        assert!(
            page.text.contains(&format!("data-rule=\"{code}\"")),
            "{code}"
        );
        assert!(page.text.contains(text), "{text}");
    }
}

#[tokio::test]
async fn step_up_is_announced_and_done() {
    for is_app in [false, true] {
        let service = Service::with_api().await;
        let mut api = either_mode(&service, is_app).await;
        let secret = service.enrol_by_api(&mut api).await;
        let status = api.post("step-up/status", json!({})).await;
        assert_eq!(status.json["is_needed"], false);
        service.test.clock.advance(25 * 60);
        let status = api.post("step-up/status", json!({})).await;
        assert_eq!(status.json["is_needed"], true);
        assert_eq!(status.json["has_recent_second_factor"], false);
        let refused = api.post("recovery-codes/renew", json!({})).await;
        assert_eq!(refused.problem(), (403, "step_up_needed"));

        let wrong = api.post("step-up/begin", json!({"password": OTHER})).await;
        assert_eq!(wrong.problem(), (422, "sign_in_rejected"));
        let begun = api
            .post("step-up/begin", json!({"password": PASSWORD}))
            .await;
        assert_eq!(begun.next(), "verify");
        assert_eq!(
            api.get("session").await.status,
            200,
            "the session stays as it was"
        );
        let code = json!({"code": service.code(&secret)});
        assert_eq!(
            api.post("second-factor/verify", code).await.next(),
            "signed_in"
        );
        assert_eq!(
            api.post("step-up/status", json!({})).await.json["is_needed"],
            false
        );
        let renewed = api.post("recovery-codes/renew", json!({})).await;
        assert_eq!(renewed.json["recovery_codes"].as_array().unwrap().len(), 10);
    }
}

/// Adds another authenticator, and returns its secret.
async fn add(service: &Service, api: &mut Api, name: &str) -> String {
    let begun = api.post("authenticators/add/begin", json!({})).await;
    let secret = begun.json["set_up"]["secret"]
        .as_str()
        .unwrap()
        .replace(' ', "");
    let body = json!({"code": service.code(&secret), "name": name});
    assert_eq!(
        api.post("authenticators/add/confirm", body).await.next(),
        "signed_in"
    );
    secret
}

fn ids(list: &Value) -> Vec<Value> {
    let list = list["authenticators"].as_array().unwrap();
    list.iter().map(|one| one["id"].clone()).collect()
}

#[tokio::test]
async fn authenticators_are_managed() {
    for is_app in [false, true] {
        let service = Service::with_api().await;
        let mut api = either_mode(&service, is_app).await;
        service.enrol_by_api(&mut api).await;
        let listed = api.get("authenticators").await;
        let first = ids(&listed.json)[0].clone();
        let last = api
            .post("authenticators/remove", json!({"id": first}))
            .await;
        assert_eq!(last.problem(), (409, "last_authenticator"));

        add(&service, &mut api, "tablet").await;
        let rename = json!({"id": first, "name": "work phone"});
        let renamed = api.post("authenticators/rename", rename).await;
        let names = renamed.json["authenticators"].to_string();
        assert!(
            names.contains("work phone") && names.contains("tablet"),
            "{names}"
        );
        let odd = json!({"id": first, "name": ""});
        let reply = api.post("authenticators/rename", odd).await;
        assert_eq!(reply.problem(), (422, "name_invalid"));

        let begun = api
            .post("authenticators/replace/begin", json!({"id": first}))
            .await;
        let secret = begun.json["set_up"]["secret"]
            .as_str()
            .unwrap()
            .replace(' ', "");
        let token = |api: &Api| (api.session.clone(), api.jar.get(SESSION).cloned());
        let before = token(&api);
        let body = json!({"id": first, "code": service.code(&secret)});
        let replaced = api.post("authenticators/replace/confirm", body).await;
        assert_eq!(replaced.next(), "signed_in");
        assert_ne!(token(&api), before);
        let unknown = api
            .post("authenticators/remove", json!({"id": first}))
            .await;
        assert_eq!(unknown.problem(), (404, "unknown_authenticator"));

        let left = ids(&api.get("authenticators").await.json);
        assert_eq!(left.len(), 2);
        let removed = api
            .post("authenticators/remove", json!({"id": left[0]}))
            .await;
        assert_eq!(removed.next(), "signed_in");
        assert_eq!(ids(&api.get("authenticators").await.json).len(), 1);
    }
}
