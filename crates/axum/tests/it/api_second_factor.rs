//! The rarer ways of the second factor over the JSON API: two codes in a row, and a set-up by mail.

use crate::support::{Api, LOGIN, PASSWORD, Service};
use serde_json::{Value, json};
use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;
use slotwerk::{EnrolmentDelivery, Tenant, TestAuth};

const VERIFY_TWO: &str = "second-factor/verify-two";
const ADD: &str = "authenticators/add/begin";
const RESEND: &str = "second-factor/set-up/resend";

async fn both_modes(service: &Service) -> [Api; 2] {
    [Api::browser(service).await, Api::app(service).await]
}

async fn sign_in(api: &mut Api) -> String {
    let credentials = json!({"login": LOGIN, "password": PASSWORD});
    api.post("sign-in", credentials).await.next().to_owned()
}

/// Two codes in a row of a phone whose clock is ahead. The person waits for the second one.
fn codes_ahead(service: &Service, secret: &str, seconds: u64) -> Value {
    let clock = &service.test.clock;
    let now = clock.seconds();
    let [first, second] = [0, 30].map(|later| {
        clock.set(now + seconds + later);
        service.code(secret)
    });
    clock.set(now + 30);
    json!({"first": first, "second": second})
}

#[tokio::test]
async fn two_codes_repair_the_clock() {
    for is_app in [false, true] {
        let service = Service::with_api().await;
        let [browser, app] = both_modes(&service).await;
        let mut api = if is_app { app } else { browser };
        let secret = service.enrol_by_api(&mut api).await;
        service.test.clock.advance(3600);
        assert_eq!(sign_in(&mut api).await, "verify");
        let codes = codes_ahead(&service, &secret, 300);
        let alone = json!({"code": codes["first"]});
        let reply = api.post("second-factor/verify", alone).await;
        assert_eq!(reply.problem(), (422, "code_rejected"));

        let malformed = json!({"first": codes["first"], "second": "12345"});
        let reply = api.post(VERIFY_TWO, malformed).await;
        assert_eq!(reply.problem(), (422, "code_malformed"));
        let swapped = json!({"first": codes["second"], "second": codes["first"]});
        let reply = api.post(VERIFY_TWO, swapped).await;
        assert_eq!(reply.problem(), (422, "code_rejected"));
        let reply = api.post(VERIFY_TWO, codes.clone()).await;
        assert_eq!(reply.next(), "signed_in");
        assert_eq!(reply.json["clock_minutes_ahead"], 5);
        assert_eq!(api.get("session").await.status, 200);

        let mut thief = Api::app(&service).await;
        assert_eq!(sign_in(&mut thief).await, "verify");
        let reply = thief.post(VERIFY_TWO, codes).await;
        assert_eq!(reply.status, 422, "used codes: {}", reply.json);
        let reply = thief.post("second-factor/verify", json!({})).await;
        assert_eq!(reply.problem(), (400, "invalid_body"));
    }
}

#[tokio::test]
async fn two_codes_need_a_sign_in() {
    let service = Service::with_api().await;
    let codes = json!({"first": "123456", "second": "654321"});
    for mut api in both_modes(&service).await {
        let reply = api.post(VERIFY_TWO, codes.clone()).await;
        assert_eq!(reply.problem(), (401, "ticket_invalid"));
        assert_eq!(sign_in(&mut api).await, "enrol");
        let reply = api.post(VERIFY_TWO, codes.clone()).await;
        assert_eq!(reply.problem(), (409, "other_step"));
    }
}

#[tokio::test]
async fn signed_in_person_enrols_later() {
    for is_app in [false, true] {
        let service = Service::with_api().await;
        service.require_no_second_factor();
        let [browser, app] = both_modes(&service).await;
        let mut api = if is_app { app } else { browser };
        assert_eq!(sign_in(&mut api).await, "signed_in");
        service.test.clock.advance(20 * 60);
        let reply = api.post(ADD, json!({})).await;
        assert_eq!(reply.problem(), (403, "step_up_needed"));
        let password = json!({"password": PASSWORD});
        let reply = api.post("step-up/begin", password).await;
        assert_eq!(reply.next(), "signed_in");

        assert_eq!(api.post(ADD, json!({})).await.next(), "enrol");
        let begun = api.post("second-factor/set-up/begin", json!({})).await;
        let secret = begun.json["set_up"]["secret"].as_str().unwrap();
        let code = json!({"code": service.code(&secret.replace(' ', ""))});
        let confirmed = api.post("second-factor/set-up/confirm", code).await;
        assert_eq!(confirmed.next(), "signed_in");
        let codes = confirmed.json["recovery_codes"].as_array().unwrap();
        assert_eq!(codes.len(), 10);
        let another = api.post(ADD, json!({})).await;
        assert_eq!(another.next(), "confirm", "the first one exists now");
    }
}

/// A service whose tenant sends the set-up by mail.
async fn mailing_service() -> Service {
    let service = Service::with_api().await;
    let policy = PolicyDraft::new().minimum_length(15).build().unwrap();
    let brand = Brand::new("Test", "#1f5f8b").unwrap();
    let tenant = Tenant::builder(TestAuth::TENANT, brand, policy, "Test")
        .enrolment_delivery(EnrolmentDelivery::MailedBothFactorsInOneMailbox)
        .build();
    service.test.auth.put_tenant(tenant.unwrap()).unwrap();
    // The notices of the new password.
    service.test.deliver().await.unwrap();
    service
}

/// The secrets of the mails that leave now.
async fn mailed_secrets(service: &Service) -> Vec<String> {
    let mails = service.test.deliver().await.unwrap();
    let lines = mails.iter().flat_map(|mail| mail.text().lines());
    lines
        .filter_map(|line| line.trim().strip_prefix("Set-up code: "))
        .map(|secret| secret.replace(' ', ""))
        .collect()
}

#[tokio::test]
async fn set_up_by_mail() {
    for is_app in [false, true] {
        let service = mailing_service().await;
        let [browser, app] = both_modes(&service).await;
        let mut api = if is_app { app } else { browser };
        assert_eq!(sign_in(&mut api).await, "enrol");
        let begun = api.post("second-factor/set-up/begin", json!({})).await;
        assert_eq!(begun.next(), "confirm");
        let set_up = &begun.json["set_up"];
        assert_eq!(
            (&set_up["delivery"], &set_up["mail"]),
            (&json!("mailed"), &json!("queued"))
        );
        for field in ["secret", "otpauth_uri", "account_name"] {
            assert_eq!(set_up.get(field), None, "{field} is in the mail only");
        }
        let first = mailed_secrets(&service).await;
        assert_eq!(first.len(), 1, "one secret in one mail");

        let state = api.post("second-factor/state", json!({})).await;
        assert_eq!(state.json["set_up"]["mail"], "sent");
        let again = api.post(RESEND, json!({})).await;
        assert_eq!(again.next(), "confirm");
        assert_eq!(again.json["set_up"]["delivery"], "mailed");
        assert_eq!(mailed_secrets(&service).await, first, "the same set-up");

        let code = json!({"code": service.code(&first[0])});
        let confirmed = api.post("second-factor/set-up/confirm", code).await;
        assert_eq!(confirmed.next(), "signed_in");
        let late = api.post(RESEND, json!({})).await;
        assert_eq!(late.problem(), (401, "ticket_invalid"));
    }
}

#[tokio::test]
async fn resending_is_throttled() {
    let service = mailing_service().await;
    let mut api = Api::app(&service).await;
    sign_in(&mut api).await;
    api.post("second-factor/set-up/begin", json!({})).await;
    let mut sent = 0;
    let refused = loop {
        let reply = api.post(RESEND, json!({})).await;
        if reply.status != 200 {
            break reply;
        }
        sent += 1;
        assert!(sent < 10, "mails without end");
    };
    assert_eq!(refused.problem(), (429, "throttled"));
    assert!(refused.json["retry_after_seconds"].as_u64() > Some(0));
    assert_eq!(mailed_secrets(&service).await.len(), sent + 1);
}

#[tokio::test]
async fn resend_shows_set_up_on_screen() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    sign_in(&mut api).await;
    let begun = api.post("second-factor/set-up/begin", json!({})).await;
    let again = api.post(RESEND, json!({})).await;
    assert_eq!(again.json["set_up"], begun.json["set_up"]);
}
