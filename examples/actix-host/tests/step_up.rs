//! A change of the second factor needs a recent code: with a clock that the test moves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use actix_host::{Host, routes};
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, Error, rt::System, web::Data};
use serde_json::{Value, json};
use slotwerk::password::Password;
use slotwerk::*;

const PASSWORD: &str = "elf blauwe fietsen";

/// Calls the service, and keeps its cookies.
async fn call<S, B>(service: &S, cookies: &mut Vec<(String, String)>, call: Value) -> (u16, Value)
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let pairs: Vec<_> = cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let request = TestRequest::post()
        .uri("/api")
        .insert_header(("X-Requested-With", "app"))
        .insert_header(("Cookie", pairs.join("; ")))
        .set_json(call);
    let answer = call_service(service, request.to_request()).await;
    for cookie in answer.response().cookies() {
        cookies.retain(|(name, _)| name != cookie.name());
        if !cookie.value().is_empty() {
            cookies.push((cookie.name().to_owned(), cookie.value().to_owned()));
        }
    }
    let status = answer.status().as_u16();
    let body = actix_web::test::read_body(answer).await;
    (status, serde_json::from_slice(&body).unwrap())
}

/// Sets a password by a mailed link.
async fn set_password(test: &TestAuth, tenant: &TenantAuth) {
    let login = Login::parse("demo").unwrap();
    let recovery = tenant.recovery();
    let _ = recovery.request(&login, &Client::unknown()).await.unwrap();
    let mails = test.deliver().await.unwrap();
    let (_, rest) = mails[0].text().split_once("/reset/").unwrap();
    let token = ResetToken::from_text(rest.split_whitespace().next().unwrap());
    let OpenOutcome::Open(link) = recovery.open(&token).await.unwrap() else {
        panic!("the link is invalid")
    };
    let outcome = link.complete(Password::new(PASSWORD).unwrap()).await;
    assert!(matches!(outcome, Ok(CompleteOutcome::Changed { .. })));
}

fn code(test: &TestAuth, secret: &str) -> String {
    use slotwerk::totp::{Parameters, Secret, code_at};
    let secret = Secret::from_base32(secret).unwrap();
    let step = Parameters::ISSUED.step_at(test.clock.seconds());
    code_at(&secret, &Parameters::ISSUED, step).to_string()
}

/// Adds an authenticator through the facade, for a person with this session token.
async fn add_authenticator(test: &TestAuth, tenant: &TenantAuth, token: &str) {
    let token = SessionToken::from_text(token);
    let opened = tenant.sessions().open(&token).await.unwrap();
    let OpenSessionOutcome::Valid(open) = opened else {
        panic!("the session is over")
    };
    let ManageOutcome::Open(managing) = open.session.manage().await.unwrap() else {
        panic!("a step-up is needed")
    };
    let step = managing.set_up();
    let EnrolmentOutcome::OnScreen(material) = step.begin().await.unwrap() else {
        panic!("nothing on screen")
    };
    let code = test.code(&material).unwrap();
    let outcome = step.confirm(&code, &NewAuthenticator::default()).await;
    assert!(matches!(outcome, Ok(ConfirmOutcome::Added)), "{outcome:?}");
}

async fn walk() {
    let test = Auth::for_tests().unwrap();
    test.people
        .add(Account::new("1", "demo", "demo@host.example"));
    let tenant = test.auth.tenant(TestAuth::TENANT).await.unwrap();
    set_password(&test, &tenant).await;
    let host = Data::new(Host(test.auth.clone(), TestAuth::TENANT, false));
    let service = init_service(App::new().app_data(host).configure(routes)).await;
    let mut jar = Vec::new();
    let jar = &mut jar;

    let sign_in = json!({ "call": "sign_in", "login": "demo", "password": PASSWORD });
    call(&service, jar, sign_in).await;
    let (_, set_up) = call(&service, jar, json!({ "call": "set_up" })).await;
    let secret = set_up["secret"].as_str().unwrap();
    let confirm = json!({ "call": "confirm", "code": code(&test, secret) });
    assert_eq!(call(&service, jar, confirm).await.0, 200);
    let (_, listed) = call(&service, jar, json!({ "call": "authenticators" })).await;
    let rename = json!({ "call": "rename", "id": listed[0]["id"], "name": "Work" });
    assert_eq!(call(&service, jar, rename.clone()).await.0, 200);

    test.clock.advance(20 * 60);
    let (status, problem) = call(&service, jar, rename.clone()).await;
    assert_eq!((status, &problem["code"]), (403, &json!("step_up_needed")));
    let shown = code(&test, secret);
    let wrong = if shown == "000000" {
        "000001"
    } else {
        "000000"
    };
    let step_up = |code: &str| json!({ "call": "step_up", "code": code });
    let (status, problem) = call(&service, jar, step_up(wrong)).await;
    assert_eq!((status, &problem["code"]), (422, &json!("code_rejected")));
    let before = jar.clone();
    assert_eq!(call(&service, jar, step_up(&shown)).await.0, 200);
    assert_ne!(*jar, before, "the session has a new id");
    assert_eq!(call(&service, jar, rename).await.0, 200);

    let (_, token) = jar.iter().find(|(name, _)| name == "session").unwrap();
    add_authenticator(&test, &tenant, token).await;
    let remove = json!({ "call": "remove", "id": listed[0]["id"] });
    assert_eq!(call(&service, jar, remove).await.0, 200);
    let (_, left) = call(&service, jar, json!({ "call": "authenticators" })).await;
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_ne!(left[0]["id"], listed[0]["id"]);
}

#[test]
fn old_factor_needs_a_step_up() {
    System::new().block_on(walk());
}
