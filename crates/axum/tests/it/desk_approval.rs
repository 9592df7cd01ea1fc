//! A second administrator approves the reset of a second factor.

use crate::support::{Browser, Office, row};
use slotwerk::Tenant;
use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;

const REASON: &str = "lost phone";

/// The first administrator asks for the reset. Returns the page of the request.
async fn request(office: &mut Office) -> String {
    office.gate.ask_for_approval();
    let page = office.find().await;
    let reset = format!("{page}/reset");
    let answer = office.admin.send(&reset, &[("reason", REASON)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let sealed = answer.between("/test/desk/approve/", "\"");
    format!("desk/approve/{sealed}")
}

async fn approve(browser: &mut Browser, page: &str) -> u16 {
    browser.send(page, &[]).await.status
}

#[tokio::test]
async fn colleague_approves_once() {
    let mut office = Office::new().await;
    let mut person = office.enrol_person().await;
    let mut colleague = office.colleague().await;
    let page = request(&mut office).await;
    assert_eq!(office.authenticators().await, 1, "nothing has changed yet");
    assert!(office.mailed().await.is_empty());

    let shown = colleague.open(&page).await;
    for text in ["anna", "demo", REASON] {
        assert!(shown.text.contains(text), "{text}: {}", shown.text);
    }
    let answer = colleague.send(&page, &[]).await;
    assert!(answer.location().ends_with("?notice=reset"));
    assert_eq!(office.authenticators().await, 0);
    assert!(!person.is_signed_in().await);
    let reason = "lost phone (requested by 1)";
    let due = row("second-factor-forgotten", "2", reason);
    assert_eq!(office.trail().await, [due]);
    assert_eq!(office.mailed().await, ["second_factor_forgotten"]);

    assert_eq!(approve(&mut colleague, &page).await, 410, "used");
    assert_eq!(colleague.open(&page).await.status, 410);
    assert_eq!(office.trail().await.len(), 1);
}

#[tokio::test]
async fn requester_cannot_approve() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let page = request(&mut office).await;
    assert_eq!(office.admin.open(&page).await.status, 403);
    assert_eq!(approve(&mut office.admin, &page).await, 403);
    assert_eq!(office.authenticators().await, 1);
}

#[tokio::test]
async fn person_cannot_approve() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let mut colleague = office.colleague().await;
    office.gate.ask_for_approval();
    let answer = office.admin.send("desk", &[("login", "colleague")]).await;
    let page = answer.location().strip_prefix("/test/").unwrap().to_owned();
    let reset = format!("{page}/reset");
    let answer = office.admin.send(&reset, &[("reason", REASON)]).await;
    let page = format!(
        "desk/approve/{}",
        answer.between("/test/desk/approve/", "\"")
    );
    assert_eq!(colleague.open(&page).await.status, 403);
    assert_eq!(approve(&mut colleague, &page).await, 403);
    assert!(colleague.is_signed_in().await);
}

#[tokio::test]
async fn request_ends_after_an_hour() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let page = request(&mut office).await;
    office.service.test.clock.advance(3_590);
    let mut colleague = office.colleague().await;
    assert_eq!(colleague.open(&page).await.status, 200);
    office.service.test.clock.advance(10);
    assert_eq!(approve(&mut colleague, &page).await, 410);
    assert_eq!(office.authenticators().await, 1);
}

#[tokio::test]
async fn request_ends_with_the_epoch() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let mut colleague = office.colleague().await;
    let page = request(&mut office).await;
    let mut browser = office.service.browser();
    office.service.set_password(&mut browser, "anna").await;
    assert_eq!(approve(&mut colleague, &page).await, 410);
    assert_eq!(office.authenticators().await, 1);
}

#[tokio::test]
async fn dismissed_requester_counts_no_more() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let mut colleague = office.colleague().await;
    let page = request(&mut office).await;
    office.gate.dismiss("1");
    assert_eq!(approve(&mut colleague, &page).await, 410);
    assert_eq!(office.authenticators().await, 1);
}

#[tokio::test]
async fn request_of_another_tenant_is_invalid() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let mut colleague = office.colleague().await;
    let page = request(&mut office).await;
    let brand = Brand::new("Other", "#1f5f8b").unwrap();
    let policy = PolicyDraft::new().minimum_length(15).build().unwrap();
    let other = Tenant::builder("other", brand, policy, "Other").build();
    let auth = &office.service.test.auth;
    auth.put_tenant(other.unwrap()).unwrap();
    // The same content, sealed for the other tenant.
    let (here, there) = (auth.tenant("test").await, auth.tenant("other").await);
    let sealed = page.strip_prefix("desk/approve/").unwrap();
    let content = here.unwrap().open_host_value("desk-approval", sealed);
    let foreign = there.unwrap();
    let foreign = foreign.seal_host_value("desk-approval", &content.unwrap());
    let foreign = format!("desk/approve/{}", foreign.unwrap());
    assert_eq!(approve(&mut colleague, &foreign).await, 410);
    assert_eq!(approve(&mut colleague, "desk/approve/x").await, 410);
    assert_eq!(office.authenticators().await, 1);
    assert_eq!(approve(&mut colleague, &page).await, 303, "a control");
}

#[tokio::test]
async fn long_reason_leaves_no_room() {
    let mut office = Office::new().await;
    office.gate.ask_for_approval();
    let page = office.find().await;
    let reset = format!("{page}/reset");
    let long = "x".repeat(190);
    let answer = office.admin.send(&reset, &[("reason", &long)]).await;
    assert_eq!(answer.status, 422);
}
