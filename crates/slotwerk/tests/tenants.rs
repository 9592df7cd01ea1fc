//! One person with one login name, one account id, one mailbox and one password, at two tenants.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::Mail;
use slotwerk::{
    BuildError, CodeOutcome, CompleteOutcome, ConfirmOutcome, EnrolmentOutcome, EventKind, Fault,
    OpenOutcome, RecoveryCodeOutcome, RejectedSignIn, SignInOutcome, StepError,
};
use support::{GOOD, NOBODY, OTHER, Phone, World, epoch_of, login, password, tenant_of, token_in};

const TENANTS: [&str; 2] = ["noord", "zuid"];
const MAILBOX: &str = "demo@home.example";

fn world() -> World {
    let world = World::new();
    world.people.share_mail(MAILBOX);
    world
}

async fn is_open(world: &World, tenant: &str, token: &str) -> bool {
    let seen = world.auth.inspect_reset(tenant, token).await.unwrap();
    matches!(seen, OpenOutcome::Open(_))
}

fn other(tenant: &str) -> &'static str {
    if tenant == "noord" { "zuid" } else { "noord" }
}

fn setup_code(mail: &Mail) -> String {
    let line = mail
        .text()
        .lines()
        .map(|line| line.rsplit(": ").next().unwrap_or_default())
        .find(|text| text.len() == 39 && text.split(' ').all(|group| group.len() == 4));
    line.expect("a set-up code in the mail").to_owned()
}

#[tokio::test]
async fn a_request_at_one_tenant_mails_that_tenants_link_in_its_name() {
    let world = world();
    for tenant in TENANTS {
        world.request(tenant, "demo").await;
        let mails = world.deliver().await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to().as_str(), MAILBOX);
        let (mine, theirs) = if tenant == "noord" {
            ("Arbodienst Noord", "Zuid")
        } else {
            ("Arbodienst Zuid", "Noord")
        };
        for text in [mails[0].subject(), mails[0].text(), mails[0].html()] {
            assert!(text.contains(mine), "{text}");
            assert!(!text.contains(theirs), "{text}");
        }
        let token = token_in(&mails[0]);
        assert!(is_open(&world, tenant, &token).await);
        assert!(!is_open(&world, other(tenant), &token).await);
    }
}

#[tokio::test]
async fn a_link_of_one_tenant_sets_no_password_at_the_other_and_is_not_used_up_by_trying() {
    let world = world();
    let token = world.mailed_token("noord", "demo").await;
    let refused = world
        .auth
        .complete_reset("zuid", &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(refused, CompleteOutcome::Invalid));
    let done = world
        .auth
        .complete_reset("noord", &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
    let answer = world
        .auth
        .sign_in("zuid", &login("demo"), password(GOOD), &NOBODY)
        .await
        .unwrap();
    assert!(matches!(answer, SignInOutcome::Rejected));
    let no_password = EventKind::SignInRejected(RejectedSignIn::NoPassword);
    assert_eq!(world.count(no_password), 1);
}

#[tokio::test]
async fn a_new_password_ends_links_tickets_and_sessions_at_its_own_tenant_only() {
    let world = world();
    let demo = world.enrolled("demo").await; // at zuid
    let link = world.mailed_token("zuid", "demo").await;
    let ticket = world.verify_ticket("zuid", "demo").await;
    let token = world.mailed_token("noord", "demo").await;
    let done = world
        .auth
        .complete_reset("noord", &token, password(OTHER))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
    world.auth.revoke_access("noord", "id-demo").await.unwrap();
    assert!(is_open(&world, "zuid", &link).await);
    let seen = world.auth.inspect_ticket("zuid", &ticket).await.unwrap();
    assert!(seen.is_some());
    let stands = world
        .auth
        .session_stands("zuid", "id-demo", epoch_of(&demo.grant));
    assert!(stands.await.unwrap());
    // A negative control: the same done here ends them.
    world.auth.revoke_access("zuid", "id-demo").await.unwrap();
    assert!(!is_open(&world, "zuid", &link).await);
}

#[tokio::test]
async fn each_tenant_has_its_own_authenticator_and_ticket() {
    let world = world();
    let zuid = world.enrolled("demo").await;
    world.with_password("noord", "demo").await;
    // The authenticator of zuid is none at noord: there it is set up afresh, with another secret.
    let ticket = world.enrol_ticket("noord", "demo").await;
    let begun = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed));
    let mails = world.deliver().await;
    let noord = Phone::type_in(&setup_code(&mails[0]));
    assert_ne!(noord.secret().expose(), zuid.phone.secret().expose());
    let now = world.clock.seconds();
    let wrong = world
        .auth
        .confirm_enrolment("noord", &ticket, &zuid.phone.code(now), &Default::default())
        .await
        .unwrap();
    assert!(matches!(wrong, ConfirmOutcome::Rejected(_)));
    // Nor does the ticket go across.
    let theirs = world
        .auth
        .confirm_enrolment("zuid", &ticket, &noord.code(now), &Default::default())
        .await;
    assert!(matches!(theirs, Err(StepError::TicketInvalid)));
    let theirs = world.auth.resend_enrolment("zuid", &ticket).await;
    assert!(matches!(theirs, Err(StepError::TicketInvalid)));
    let done = world
        .auth
        .confirm_enrolment("noord", &ticket, &noord.code(now), &Default::default())
        .await
        .unwrap();
    let ConfirmOutcome::SignedIn {
        grant,
        recovery_codes,
    } = done
    else {
        panic!("{done:?}")
    };
    assert_eq!(
        (tenant_of(&grant).as_str(), grant.account()),
        ("noord", "id-demo")
    );
    // And then neither code, nor recovery code, nor ticket of one serves at the other.
    world.advance(60);
    let now = world.clock.seconds();
    let at_zuid = world.verify_ticket("zuid", "demo").await;
    let crossed = world
        .auth
        .verify_code("noord", &at_zuid, &zuid.phone.code(now))
        .await;
    assert!(matches!(crossed, Err(StepError::TicketInvalid)));
    let crossed = world
        .auth
        .verify_code("zuid", &at_zuid, &noord.code(now))
        .await
        .unwrap();
    assert!(matches!(crossed, CodeOutcome::Rejected { .. }));
    let crossed = world
        .auth
        .redeem_recovery_code("zuid", &at_zuid, recovery_codes.codes()[0].expose())
        .await
        .unwrap();
    assert!(matches!(crossed, RecoveryCodeOutcome::Rejected));
    let own = world
        .auth
        .verify_code("zuid", &at_zuid, &zuid.phone.code(now))
        .await
        .unwrap();
    assert!(matches!(own, CodeOutcome::SignedIn { .. }));
}

#[tokio::test]
async fn every_budget_is_per_tenant() {
    let world = world();
    for tenant in TENANTS {
        world.with_password(tenant, "demo").await;
    }
    // Passwords.
    for _ in 0..6 {
        let _ = world
            .auth
            .sign_in("noord", &login("demo"), password("guess"), &NOBODY)
            .await
            .unwrap();
    }
    world.enrol_ticket("zuid", "demo").await;
    // Mails: the allowance of three live links.
    for _ in 0..4 {
        world.request("noord", "demo").await;
    }
    assert_eq!(world.deliver().await.len(), 3);
    world.request("zuid", "demo").await;
    assert_eq!(world.deliver().await.len(), 1);
    // Requests of one client.
    let client = slotwerk::Client::at([192, 0, 2, 1].into());
    for tenant in ["noord"; 31].into_iter().chain(["zuid"]) {
        world
            .auth
            .request_reset(tenant, &login("nobody"), &client)
            .await
            .unwrap();
    }
    assert_eq!(world.count(EventKind::ResetDroppedClient), 1);
}

#[tokio::test]
async fn the_authenticator_app_keeps_both_entries_apart() {
    let world = world();
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let EnrolmentOutcome::OnScreen(material) =
        world.auth.begin_enrolment("zuid", &ticket).await.unwrap()
    else {
        panic!()
    };
    assert!(
        material
            .uri
            .expose()
            .starts_with("otpauth://totp/Zuid:demo?")
    );
    assert!(material.uri.expose().contains("issuer=Zuid"));
}

#[tokio::test]
async fn a_tenant_that_shares_an_id_or_an_issuer_is_refused_at_build_and_while_running() {
    let clash = |error: BuildError| matches!(error, BuildError::TenantClash(_));
    let mut namesake = support::zuid();
    namesake.issuer = "Noord".to_owned();
    for twice in [support::noord(), namesake.clone()] {
        let built = slotwerk::Auth::builder()
            .tenant(support::noord())
            .tenant(twice)
            .build();
        assert!(clash(built.unwrap_err()));
    }
    let world = world();
    assert!(
        world.auth.put_tenant(support::zuid()).is_ok(),
        "the same tenant again replaces its settings"
    );
    let put = world.auth.put_tenant(namesake);
    assert!(clash(put.expect_err("the issuer is taken by noord")));
}

#[tokio::test]
async fn a_session_of_an_unregistered_tenant_is_a_fault_and_never_stands() {
    let world = world();
    let answer = world.auth.session_stands("west", "id-demo", 0).await;
    assert!(matches!(answer, Err(slotwerk::Fault::UnknownTenant)));
}

#[test]
fn an_issuer_that_no_app_can_show_is_refused_at_build() {
    for issuer in ["", " Noord", "Noord ", "No:ord", "No\nord", "No\u{7}ord"] {
        let mut tenant = support::noord();
        tenant.issuer = issuer.to_owned();
        let built = slotwerk::Auth::builder().tenant(tenant).build();
        let refused = BuildError::Tenant {
            tenant: "noord".to_owned(),
            field: "issuer",
        };
        let found = built.expect_err("something is refused").to_string();
        assert_eq!(found, refused.to_string(), "{issuer:?}");
    }
}

#[tokio::test]
async fn a_tenant_that_was_never_registered_has_nothing() {
    let world = world();
    let token = world.mailed_token("noord", "demo").await;
    for tenant in ["", "NOORD", "noord ", "noord/../zuid"] {
        let fault = world.auth.inspect_reset(tenant, &token).await.unwrap_err();
        assert!(matches!(fault, Fault::UnknownTenant), "{tenant}");
    }
}
