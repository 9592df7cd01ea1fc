//! The guards of the help desk.

use crate::support::{ALL_ACTS, Answer, Office, PASSWORD, Service};
use slotwerk::Tenant;
use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;
use slotwerk_axum::DeskAct;

/// Each page that is only read, with its act.
const READING: [(&str, DeskAct); 4] = [
    ("desk", DeskAct::Find),
    ("desk/second-factors", DeskAct::ListSecondFactors),
    ("desk/trail", DeskAct::ReadTrail),
    ("desk/rules", DeskAct::SeeRules),
];

/// Each form about an account, with its act.
const CHANGING: [(&str, DeskAct); 5] = [
    ("unlock", DeskAct::Unlock),
    ("end-sessions", DeskAct::EndSessions),
    ("require-password", DeskAct::RequireNewPassword),
    ("invite", DeskAct::Invite),
    ("reset", DeskAct::ResetSecondFactor),
];

/// A page without what differs each time.
fn plain(answer: &Answer) -> String {
    match answer.text.contains("name=\"csrf\"") {
        true => answer
            .text
            .replace(answer.between("name=\"csrf\" value=\"", "\""), ""),
        false => answer.text.clone(),
    }
}

#[tokio::test]
async fn without_gate_there_is_no_desk() {
    let service = Service::new();
    let mut browser = service.browser();
    for (page, _) in READING {
        assert_eq!(browser.open(page).await.status, 404, "{page}");
    }
    for (form, _) in CHANGING {
        let answer = browser.send(&format!("desk/account/x/{form}"), &[]).await;
        assert_eq!(answer.status, 404, "{form}");
    }
}

#[tokio::test]
async fn signed_out_person_signs_in_first() {
    let mut office = Office::new().await;
    let account = office.find().await;
    let mut stranger = office.admin.another();
    for page in [
        "desk",
        "desk/second-factors",
        "desk/trail",
        "desk/rules",
        &account,
    ] {
        assert_eq!(
            stranger.open(page).await.location(),
            "/test/sign-in",
            "{page}"
        );
    }
    for (form, _) in CHANGING {
        let answer = stranger
            .send(&format!("{account}/{form}"), &[("reason", "x")])
            .await;
        assert_eq!(answer.location(), "/test/sign-in", "{form}");
    }
    for (page, fields) in [
        ("desk", [("login", "anna"), ("reason", "")]),
        ("desk/rules", [("group", ""), ("password", "x")]),
    ] {
        let answer = stranger.send(page, &fields).await;
        assert_eq!(answer.location(), "/test/sign-in", "{page}");
    }
    assert!(office.trail().await.is_empty());
}

#[tokio::test]
async fn person_without_role_sees_nothing() {
    let mut office = Office::new().await;
    let mut person = office.enrol_person().await;
    let account = office.find().await;
    for page in [
        "desk",
        "desk/second-factors",
        "desk/trail",
        "desk/rules",
        &account,
    ] {
        let answer = person.open(page).await;
        assert_eq!(answer.status, 403, "{page}");
        assert!(!answer.text.contains("anna"), "{page}");
    }
    for (form, _) in CHANGING {
        let answer = person
            .send(&format!("{account}/{form}"), &[("reason", "x")])
            .await;
        assert_eq!(answer.status, 403, "{form}");
    }
    let approval = person.send("desk/approve/x", &[]).await;
    assert_eq!(approval.status, 403);
    assert!(office.trail().await.is_empty());
}

#[tokio::test]
async fn each_act_needs_its_permission() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let account = office.find().await;
    for (page, own) in READING {
        office.gate.refuse(&[own]);
        let refused = office.admin.open(page).await;
        match own {
            DeskAct::Find => assert_eq!(refused.location(), "/test/desk/second-factors"),
            _ => assert_eq!(refused.status, 403, "{page}"),
        }
        let others: Vec<_> = ALL_ACTS.into_iter().filter(|act| *act != own).collect();
        office.gate.refuse(&others);
        assert_eq!(office.admin.open(page).await.status, 200, "{page}");
    }
    office.gate.refuse(&[DeskAct::Find]);
    let search = office.admin.send("desk", &[("login", "anna")]).await;
    assert_eq!(search.status, 403);
    assert_eq!(office.admin.open(&account).await.status, 403);
    for (form, own) in CHANGING {
        office.gate.refuse(&[own]);
        let known = office
            .admin
            .send(&format!("{account}/{form}"), &[("reason", "x")])
            .await;
        let unknown = office
            .admin
            .send(&format!("desk/account/none/{form}"), &[])
            .await;
        assert_eq!((known.status, unknown.status), (403, 403), "{form}");
        assert_eq!(plain(&known), plain(&unknown), "{form}");
    }
    assert!(office.trail().await.is_empty());
    // A page about an account shows the buttons of the acts that are allowed.
    office
        .gate
        .refuse(&[DeskAct::Unlock, DeskAct::ResetSecondFactor]);
    let shown = office.admin.open(&account).await;
    assert!(!shown.text.contains("/unlock\"") && !shown.text.contains("/reset\""));
    assert!(shown.text.contains("/end-sessions\""));
}

#[tokio::test]
async fn other_tenants_administrator_is_a_stranger() {
    let mut office = Office::new().await;
    let brand = Brand::new("Other", "#1f5f8b").unwrap();
    let policy = PolicyDraft::new().minimum_length(15).build().unwrap();
    let other = Tenant::builder("other", brand, policy, "Other").build();
    office.service.test.auth.put_tenant(other.unwrap()).unwrap();
    let account = office.find().await;
    let session = office.admin.jar["slotwerk-session-test"].clone();
    let jar = &mut office.admin.jar;
    jar.insert("slotwerk-session-other".to_owned(), session);
    for page in [
        "desk",
        "desk/second-factors",
        "desk/trail",
        "desk/rules",
        &account,
    ] {
        let answer = office.admin.open(&format!("/other/{page}")).await;
        assert_eq!(answer.location(), "/other/sign-in", "{page}");
    }
    for (form, _) in CHANGING {
        let form = format!("/other/{account}/{form}");
        let answer = office.admin.send(&form, &[("reason", "x")]).await;
        assert_eq!(answer.location(), "/other/sign-in", "{form}");
    }
}

#[tokio::test]
async fn foreign_reference_is_unknown() {
    let mut office = Office::new().await;
    let auth = &office.service.test.auth;
    let brand = Brand::new("Other", "#1f5f8b").unwrap();
    let policy = PolicyDraft::new().minimum_length(15).build().unwrap();
    let other = Tenant::builder("other", brand, policy, "Other").build();
    auth.put_tenant(other.unwrap()).unwrap();
    let other = auth.tenant("other").await.unwrap();
    let foreign = other.seal_host_value("desk-account", b"3").unwrap();
    for reference in [foreign.as_str(), "3", "none"] {
        let answer = office
            .admin
            .open(&format!("desk/account/{reference}"))
            .await;
        assert_eq!(answer.status, 404, "{reference}");
    }
}

#[tokio::test]
async fn change_needs_a_recent_second_factor() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let account = office.find().await;
    office.service.test.clock.advance(20 * 60);
    for (form, _) in CHANGING {
        let answer = office
            .admin
            .send(&format!("{account}/{form}"), &[("reason", "x")])
            .await;
        assert_eq!(answer.location(), "/test/step-up", "{form}");
    }
    for page in [format!("{account}/reset"), "desk/approve/x".to_owned()] {
        assert_eq!(office.admin.open(&page).await.location(), "/test/step-up");
    }
    assert!(office.trail().await.is_empty());
    assert_eq!(office.admin.open(&account).await.status, 200, "reading");

    office
        .admin
        .send(&format!("{account}/unlock"), &[("reason", "x")])
        .await;
    office
        .admin
        .send("step-up", &[("password", PASSWORD)])
        .await;
    let code = office.service.code(&office.secret);
    let verify = "second-factor/verify";
    let answer = office.admin.send(verify, &[("code", &code)]).await;
    assert_eq!(answer.location(), format!("/test/{account}"), "back");
    let answer = office
        .admin
        .send(&format!("{account}/end-sessions"), &[("reason", "")])
        .await;
    assert!(
        answer.location().contains("?notice="),
        "{}",
        answer.location()
    );
}

#[tokio::test]
async fn forged_form_changes_nothing() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let account = office.find().await;
    office.admin.csrf = "forged".to_owned();
    for (form, _) in CHANGING {
        let form = format!("{account}/{form}");
        let answer = office.admin.send(&form, &[("reason", "x")]).await;
        assert_eq!(answer.status, 403, "{form}");
        assert!(answer.text.contains("This page was no longer valid"));
        office.admin.csrf = "forged".to_owned();
    }
    assert!(office.trail().await.is_empty());
    assert!(office.mailed().await.is_empty());
}

#[tokio::test]
async fn gate_that_fails_is_a_fault() {
    let mut office = Office::new().await;
    let account = office.find().await;
    office.gate.set_away(true);
    for (page, _) in READING {
        assert_eq!(office.admin.open(page).await.status, 503, "{page}");
    }
    for (form, _) in CHANGING {
        let answer = office
            .admin
            .send(&format!("{account}/{form}"), &[("reason", "x")])
            .await;
        assert_eq!(answer.status, 503, "{form}");
    }
    assert!(office.trail().await.is_empty());
    office.gate.set_away(false);
    assert_eq!(office.admin.open("desk").await.status, 200, "a control");
}

#[tokio::test]
async fn administrator_without_app_adds_one() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let account = office.find().await;
    office.service.require_no_second_factor();
    let mut colleague = office.service.browser();
    office
        .service
        .set_password(&mut colleague, "colleague")
        .await;
    let fields = [("login", "colleague"), ("password", PASSWORD)];
    colleague.send("sign-in", &fields).await;
    assert_eq!(colleague.open(&account).await.status, 200, "reading");
    for (form, _) in CHANGING {
        let answer = colleague
            .send(&format!("{account}/{form}"), &[("reason", "x")])
            .await;
        assert_eq!(
            answer.location(),
            "/test/authenticators?notice=needed",
            "{form}"
        );
    }
    assert!(office.trail().await.is_empty());
    let answer = colleague.send("authenticators/add/begin", &[]).await;
    assert_eq!(answer.location(), "/test/second-factor");
}
