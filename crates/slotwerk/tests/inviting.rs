//! A help desk invites the owner of a new account to set a first password.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::AddressError;
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{ErrorKind, MemoryStore, Store};
use slotwerk::throttle::Budget;
use slotwerk::{
    AuditKind, AuditReason, By, CompleteOutcome, EventKind, Fault, InviteOutcome, Limits,
    MailProblem, OpenOutcome, SignInOutcome, Throttled, TrailQuery, TrailSubject,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::Arc;
use std::time::Duration;
use support::{GOOD, NOBODY, World, login, noord_with, password, report_in, token_in};

const DAY: u64 = 86_400;

fn by() -> By {
    let reason = AuditReason::new("starts on Monday").unwrap();
    By::new("desk-17").unwrap().because(reason)
}

fn with(limits: Limits) -> World {
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    let tenant = noord_with(PolicyDraft::new());
    world.auth.put_tenant(tenant).unwrap();
    world
}

async fn invite(world: &World, account: &str) -> InviteOutcome {
    let tenant = world.auth.tenant("noord").await.unwrap();
    let admin = world.auth.admin(&tenant);
    admin.invite(account, &by()).await.unwrap()
}

async fn opens(world: &World, token: &str) -> bool {
    let link = world.auth.inspect_reset("noord", token).await.unwrap();
    matches!(link, OpenOutcome::Open(_))
}

#[tokio::test]
async fn invitation_sets_the_first_password() {
    let world = with(Limits::default());
    assert_eq!(invite(&world, "id-demo").await, InviteOutcome::Queued);
    assert_eq!(world.count(EventKind::Invited), 1);
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].kind(), mails[0].language()), ("invitation", "nl"));
    let token = token_in(&mails[0]);
    let done = world.auth.complete_reset("noord", &token, password(GOOD));
    let done = done.await.unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }), "{done:?}");
    let name = login("demo");
    let answer = world.auth.sign_in("noord", &name, password(GOOD), &NOBODY);
    assert!(matches!(answer.await.unwrap(), SignInOutcome::SignedIn(_)));
    assert!(!opens(&world, &token).await, "used");
}

#[tokio::test]
async fn invitation_ends_with_its_day() {
    let world = with(Limits::default());
    invite(&world, "id-demo").await;
    world.advance(DAY);
    let token = token_in(&world.deliver().await[0]);
    world.advance(DAY - 1);
    assert!(opens(&world, &token).await, "in its last second");
    world.advance(1);
    assert!(!opens(&world, &token).await, "a day after it was sent");
    let mut limits = Limits::default();
    limits.invitation_lifetime = Duration::from_secs(DAY + 1);
    let refused = support::without_tenants()
        .tenant(support::noord())
        .limits(limits)
        .build();
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("invitation_lifetime"), "{refused}");
}

#[tokio::test]
async fn invitation_is_told_with_its_actor() {
    let world = with(Limits::default());
    invite(&world, "id-demo").await;
    world.mailer.fail_transiently(1);
    for _ in 0..2 {
        world.deliver().await;
        world.advance(60);
    }
    let tenant = world.auth.tenant("noord").await.unwrap();
    let query = TrailQuery {
        about: Some("id-demo"),
        actors: &["desk-17"],
        limit: 10,
        ..TrailQuery::default()
    };
    let page = world.auth.admin(&tenant).audit_trail(&query).await.unwrap();
    assert_eq!(page.rows.len(), 1, "one row for two attempts at the mail");
    let row = &page.rows[0];
    assert_eq!(row.kind, AuditKind::Invited);
    let actor = TrailSubject::Actor("desk-17".to_owned());
    assert_eq!(row.actor, Some(actor));
    assert_eq!(row.reason.as_ref().unwrap().as_str(), "starts on Monday");
}

#[tokio::test]
async fn problems_are_answered() {
    let world = with(Limits::default());
    for account in ["id-nobody", "id-disabled"] {
        let answer = invite(&world, account).await;
        assert_eq!(answer, InviteOutcome::NoAccount, "{account}");
    }
    world.with_password("noord", "other").await;
    let answer = invite(&world, "id-other").await;
    assert_eq!(answer, InviteOutcome::HasPassword);
    world.people.share_mail("josé@noord.example");
    let answer = invite(&world, "id-demo").await;
    let problem = AddressError::LocalPartNotAscii;
    assert_eq!(answer, InviteOutcome::AddressRefused(problem));
    assert!(world.deliver().await.is_empty());
    let tenant = world.auth.tenant("noord").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
    let charged = report.budgets;
    let charged = charged.iter().find(|one| one.failures > 0);
    let of_tenant = slotwerk::ReportedBudget::TenantMails;
    assert!(
        charged.is_none_or(|one| one.budget == of_tenant),
        "{charged:?}"
    );
}

#[tokio::test]
async fn account_budget_bounds_invitations() {
    let mut limits = Limits::default();
    limits.reset_mails = Budget::new(2, Duration::from_secs(600)).unwrap();
    let world = with(limits);
    for _ in 0..2 {
        assert_eq!(invite(&world, "id-demo").await, InviteOutcome::Queued);
    }
    let wait = Throttled::Wait(Duration::from_secs(600));
    let third = invite(&world, "id-demo").await;
    assert_eq!(third, InviteOutcome::Throttled(wait));
    let other = invite(&world, "id-other").await;
    assert_eq!(other, InviteOutcome::Queued, "another account");
    assert_eq!(world.deliver().await.len(), 3);
}

#[tokio::test]
async fn full_outbox_gives_the_attempt_back() {
    let mut limits = Limits::default();
    limits.outbox_capacity = 1;
    limits.reset_mails = Budget::new(1, Duration::from_secs(600)).unwrap();
    let world = with(limits);
    assert_eq!(invite(&world, "id-other").await, InviteOutcome::Queued);
    assert_eq!(invite(&world, "id-demo").await, InviteOutcome::OutboxFull);
    world.deliver().await;
    assert_eq!(invite(&world, "id-demo").await, InviteOutcome::Queued);
}

#[tokio::test]
async fn tenant_budget_delays_invitations() {
    let mut limits = Limits::default();
    limits.tenant_mails = Budget::new(1, Duration::from_secs(600)).unwrap();
    let world = with(limits);
    for account in ["id-demo", "id-other"] {
        invite(&world, account).await;
    }
    assert_eq!(world.deliver().await.len(), 1);
    assert_eq!(world.postponed(), [MailProblem::TenantBudget]);
    world.advance(601);
    assert_eq!(world.deliver().await.len(), 1, "later");
    assert_eq!(world.abandoned(), []);
}

#[tokio::test]
async fn outdated_invitation_is_not_sent() {
    let world = with(Limits::default());
    invite(&world, "id-demo").await;
    let set = world.auth.set_password("noord", "id-demo", password(GOOD));
    set.await.unwrap();
    let kinds: Vec<_> = world
        .deliver()
        .await
        .iter()
        .map(|mail| mail.kind())
        .collect();
    assert_eq!(kinds, ["password_changed"]);
    assert_eq!(world.abandoned(), [MailProblem::AccountChanged]);
    invite(&world, "id-other").await;
    let mut limits = Limits::default();
    limits.live_links = 1;
    let world = with(limits);
    for _ in 0..2 {
        invite(&world, "id-demo").await;
    }
    assert_eq!(world.deliver().await.len(), 1);
    assert_eq!(world.abandoned(), [MailProblem::TooManyLinks]);
}

#[tokio::test]
async fn invitation_can_be_reported() {
    let world = with(Limits::default());
    invite(&world, "id-demo").await;
    let mail = &world.deliver().await[0];
    let (handle, token) = report_in(mail);
    assert!(opens(&world, &token_in(mail)).await);
    let reported = world.auth.report_not_me("noord", &handle, &token).await;
    reported.unwrap();
    assert!(!opens(&world, &token_in(mail)).await, "every link ends");
}

#[tokio::test]
async fn store_faults_mail_nothing() {
    for n in 1..=3 {
        let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
        let world = World::on(faulty.clone());
        let tenant = world.auth.tenant("noord").await.unwrap();
        let admin = world.auth.admin(&tenant);
        faulty.fail_call(n, Strike::Before, ErrorKind::Unavailable);
        let answer = admin.invite("id-demo", &by()).await;
        assert!(matches!(answer, Err(Fault::Store(_))), "{n}: {answer:?}");
        assert!(world.deliver().await.is_empty(), "call {n}");
        assert_eq!(world.count(EventKind::Invited), 0);
        let answer = admin.invite("id-demo", &by()).await;
        assert_eq!(answer.unwrap(), InviteOutcome::Queued, "call {n}");
    }
}

/// The host named the account. The job names it too, so it must be sealed like every other.
#[tokio::test]
async fn queued_invitation_names_nobody() {
    let store = Arc::new(MemoryStore::new());
    let world = World::with(store.clone(), Limits::default());
    let tenant = noord_with(PolicyDraft::new());
    world.auth.put_tenant(tenant).unwrap();
    invite(&world, "id-demo").await;
    let now = world.clock.seconds();
    let jobs = store.lease_jobs(&support::lease(now, now + 60, 9)).await;
    let jobs = jobs.unwrap();
    assert_eq!(jobs.len(), 1);
    for name in ["id-demo", "desk-17", "Monday"] {
        let plain = jobs[0].payload.windows(name.len());
        let mut plain = plain.filter(|bytes| *bytes == name.as_bytes());
        assert!(plain.next().is_none(), "{name}");
    }
}
