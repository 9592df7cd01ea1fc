//! The audit trail: whom a host recognises in it, and whom it does not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::keys::{KeyId, MasterKey};
use slotwerk::{
    Admin, AuditKind, BudgetsOf, By, InvalidActor, Limits, NewPasswordRequired, NotATrailPosition,
    TrailPage, TrailPosition, TrailQuery, TrailSubject,
};
use support::{NOBODY, World, desk, keep_session, login, password, ring, small};

fn known(query: TrailQuery<'_>) -> TrailQuery<'_> {
    TrailQuery {
        accounts: &["id-demo", "id-other"],
        actors: &["desk-17"],
        limit: 100,
        ..query
    }
}

async fn newest(admin: Admin<'_>) -> TrailPage {
    let query = known(TrailQuery::default());
    admin.audit_trail(&query).await.unwrap()
}

#[tokio::test]
async fn every_call_names_its_actor() {
    let world = World::new();
    world.enrolled("demo").await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let mut due = Vec::new();
    keep_session(&world, "zuid", "id-demo", 2, 7).await;
    assert_eq!(admin.end_sessions("id-demo", &desk()).await.unwrap(), 1);
    due.push(AuditKind::SessionsEnded);
    let required = admin.require_new_password("id-demo", &desk()).await;
    assert_eq!(required.unwrap(), NewPasswordRequired::Required);
    due.push(AuditKind::NewPasswordRequired);
    admin.revoke_access("id-demo", &desk()).await.unwrap();
    due.push(AuditKind::AccessRevoked);
    admin
        .forget_second_factor("id-demo", &desk())
        .await
        .unwrap();
    due.push(AuditKind::SecondFactorForgotten);
    let name = login("demo");
    let guess = world
        .auth
        .sign_in("zuid", &name, password("guess"), &NOBODY);
    guess.await.unwrap();
    let whose = BudgetsOf::Account("id-demo");
    assert!(admin.clear_budgets(whose, &desk()).await.unwrap() > 0);
    due.push(AuditKind::BudgetsCleared);
    admin.erase_account("id-demo", &desk()).await.unwrap();
    due.push(AuditKind::AccountErased);
    let page = newest(admin).await;
    let mut found: Vec<_> = page.rows.iter().filter(|row| row.actor.is_some()).collect();
    // Rows of one second come in the order of their ids.
    found.sort_by_key(|row| due.iter().position(|kind| *kind == row.kind));
    let kinds: Vec<_> = found.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, due);
    for row in found {
        let account = TrailSubject::Account("id-demo".to_owned());
        assert_eq!(row.about, account, "{:?}", row.kind);
        let actor = TrailSubject::Actor("desk-17".to_owned());
        assert_eq!(row.actor, Some(actor), "{:?}", row.kind);
        assert_eq!(row.reason.as_ref().unwrap().as_str(), "ticket 4711");
    }
}

#[tokio::test]
async fn unnamed_people_stay_hashes() {
    let (world, tenant) = small(Limits::default()).await;
    let admin = world.auth.admin(&tenant);
    admin.revoke_access("id-demo", &desk()).await.unwrap();
    let query = TrailQuery {
        accounts: &["id-other", "desk-17"],
        actors: &["desk-18", "id-demo"],
        limit: 10,
        ..TrailQuery::default()
    };
    let page = admin.audit_trail(&query).await.unwrap();
    let is_hash = |subject: &TrailSubject| matches!(subject, TrailSubject::Unrecognised(_));
    assert!(is_hash(&page.rows[0].about), "{page:?}");
    assert!(is_hash(page.rows[0].actor.as_ref().unwrap()), "{page:?}");
    assert!(!format!("{page:?}").contains("id-demo"));
    assert!(!format!("{page:?}").contains("ticket 4711"), "the reason");
}

#[tokio::test]
async fn actor_is_no_account() {
    let (world, tenant) = small(Limits::default()).await;
    let admin = world.auth.admin(&tenant);
    let same = By::new("id-demo").unwrap();
    admin.revoke_access("id-other", &same).await.unwrap();
    let query = TrailQuery {
        accounts: &["id-demo", "id-other"],
        limit: 10,
        ..TrailQuery::default()
    };
    let page = admin.audit_trail(&query).await.unwrap();
    let other = TrailSubject::Account("id-other".to_owned());
    assert_eq!(page.rows[0].about, other);
    let actor = page.rows[0].actor.clone();
    let is_hash = matches!(actor, Some(TrailSubject::Unrecognised(_)));
    assert!(is_hash, "the account of that id did nothing: {actor:?}");
}

#[tokio::test]
async fn pages_leave_nothing_out() {
    let (world, tenant) = small(Limits::default()).await;
    let admin = world.auth.admin(&tenant);
    for n in 0..7 {
        let account = if n % 2 == 0 { "id-demo" } else { "id-other" };
        admin.revoke_access(account, &desk()).await.unwrap();
        world.advance(n / 3);
    }
    let whole = newest(admin).await;
    assert_eq!((whole.rows.len(), whole.next), (7, None));
    let (mut rows, mut before) = (Vec::new(), None);
    loop {
        let query = TrailQuery {
            before,
            limit: 2,
            ..known(TrailQuery::default())
        };
        let page = admin.audit_trail(&query).await.unwrap();
        rows.extend(page.rows);
        let Some(next) = page.next else { break };
        let text = next.to_string();
        assert_eq!(text.parse(), Ok(next), "{text}");
        assert_eq!(text.to_uppercase().parse::<TrailPosition>().is_ok(), {
            text == text.to_uppercase()
        });
        before = Some(next);
    }
    assert_eq!(rows, whole.rows);
    for text in [
        "",
        "1",
        "1-",
        "-1",
        "1-2",
        "+1-00000000000000000000000000000002",
    ] {
        assert_eq!(
            text.parse::<TrailPosition>(),
            Err(NotATrailPosition),
            "{text}"
        );
    }
    let query = TrailQuery {
        about: Some("id-other"),
        ..known(TrailQuery::default())
    };
    let own = admin.audit_trail(&query).await.unwrap();
    let of_other = TrailSubject::Account("id-other".to_owned());
    assert_eq!(own.rows.len(), 3);
    assert!(own.rows.iter().all(|row| row.about == of_other));
}

#[tokio::test]
async fn rotated_keys_recognise_older_rows() {
    let (world, tenant) = small(Limits::default()).await;
    let admin = world.auth.admin(&tenant);
    admin.revoke_access("id-demo", &desk()).await.unwrap();
    let key = MasterKey::from_bytes([7; 32]);
    let node = world.node_with(ring().rotate(KeyId::new(2), key).unwrap());
    let tenant = node.auth.tenant("noord").await.unwrap();
    let page = newest(node.auth.admin(&tenant)).await;
    let account = TrailSubject::Account("id-demo".to_owned());
    let actor = TrailSubject::Actor("desk-17".to_owned());
    assert_eq!(page.rows[0].about, account);
    assert_eq!(page.rows[0].actor, Some(actor));
}

#[test]
fn actors_have_bounds() {
    for text in ["", "a\nb", &"x".repeat(129)] {
        assert_eq!(By::new(text), Err(InvalidActor), "{text:?}");
    }
    assert_eq!(By::new("x".repeat(128)).unwrap().actor().len(), 128);
    let shown = format!("{:?}", desk());
    assert!(!shown.contains("4711"), "{shown}");
}
