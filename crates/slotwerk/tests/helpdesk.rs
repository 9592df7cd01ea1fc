//! A help desk finds out why somebody cannot sign in, and asks for a new password.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::policy::{PolicyDraft, Rule};
use slotwerk::throttle::Budget;
use slotwerk::{
    AccountStatus, BudgetReport, BudgetsOf, ChangePasswordOutcome, Client, CodeOutcome, EventKind,
    ForgetSecondFactorOutcome, Grant, Limits, MailState, NewPasswordRequired, PasswordStanding,
    ReportedBudget, SignInOutcome, SignInReport, Throttled, UnlockOutcome,
};
use std::time::Duration;
use support::{
    Enrolled, GOOD, NOBODY, OTHER, World, desk, keep_session, login, noord_with, password, small,
};

async fn sign_in(world: &World, tenant: &str, typed: &str) -> SignInOutcome {
    let name = login("demo");
    let answer = world.auth.sign_in(tenant, &name, password(typed), &NOBODY);
    answer.await.unwrap()
}

async fn grant(world: &World, typed: &str) -> Grant {
    match sign_in(world, "noord", typed).await {
        SignInOutcome::SignedIn(grant) => grant,
        other => panic!("{other:?}"),
    }
}

fn reported(report: &SignInReport, budget: ReportedBudget) -> BudgetReport {
    let mut found = report.budgets.iter().filter(|one| one.budget == budget);
    *found.next().expect("the budget is reported")
}

#[tokio::test]
async fn account_states_are_told_apart() {
    let (world, tenant) = small(Limits::default()).await;
    let admin = world.auth.admin(&tenant);
    for (account, status) in [
        ("id-nobody", AccountStatus::Unknown),
        ("id-disabled", AccountStatus::Disabled),
        ("id-other", AccountStatus::Enabled),
    ] {
        let report = admin.why_no_sign_in(account, None).await.unwrap();
        assert_eq!(report.account, status);
        assert!(!report.has_password);
        assert_eq!(report.throttled().count(), 0, "{report:?}");
    }
    world.with_password("noord", "demo").await;
    let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert!(report.has_password && !report.must_change_password);
    let required = admin.require_new_password("id-demo", &desk()).await;
    assert_eq!(required.unwrap(), NewPasswordRequired::Required);
    let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert!(report.must_change_password);
}

#[tokio::test]
async fn password_report_is_the_next_answer() {
    let (world, tenant) = small(Limits::default()).await;
    world.with_password("noord", "demo").await;
    let admin = world.auth.admin(&tenant);
    let mut failures = 0;
    loop {
        let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
        let budget = reported(&report, ReportedBudget::Password);
        assert_eq!(budget.failures, failures);
        match sign_in(&world, "noord", "wrong").await {
            SignInOutcome::Rejected => {
                assert_eq!(budget.throttled, None);
                failures += 1;
            }
            SignInOutcome::Throttled(throttled) => {
                assert_eq!(budget.throttled, Some(throttled));
                assert_eq!(report.throttled().count(), 1, "{report:?}");
                if throttled == Throttled::Locked {
                    break;
                }
                world.advance(450);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(failures, 100);
    let whose = BudgetsOf::Account("id-demo");
    admin.clear_budgets(whose, &desk()).await.unwrap();
    let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert_eq!(report.throttled().count(), 0, "unlocked: {report:?}");
    grant(&world, GOOD).await;
}

#[tokio::test]
async fn exhausted_authenticator_is_reported() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let of_codes = |report: &SignInReport| {
        let is_code = |one: &&BudgetReport| matches!(one.budget, ReportedBudget::Codes(_));
        let mut codes = report.budgets.iter().filter(is_code);
        codes.next().expect("a budget of codes").throttled
    };
    loop {
        let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
        let ticket = world.verify_ticket("zuid", "demo").await;
        let code = phone.code(world.clock.seconds() + 40 * 86_400);
        let answer = world.auth.verify_code("zuid", &ticket, &code).await;
        match answer.unwrap() {
            CodeOutcome::Rejected { .. } => assert_eq!(of_codes(&report), None),
            CodeOutcome::Throttled(throttled) => {
                assert_eq!(of_codes(&report), Some(throttled));
                if throttled == Throttled::Exhausted {
                    break;
                }
                let whose = BudgetsOf::Account("id-demo");
                admin.clear_budgets(whose, &desk()).await.unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
    let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert_eq!((report.authenticators, report.recovery_codes_left), (1, 10));
    assert!(report.tickets > 0);
}

#[tokio::test]
async fn mails_and_requests_are_reported() {
    let mut limits = Limits::default();
    limits.reset_mails = Budget::new(1, Duration::from_secs(3_600)).unwrap();
    limits.name_requests = Budget::new(2, Duration::from_secs(3_600)).unwrap();
    limits.tenant_mails = Budget::new(1, Duration::from_secs(3_600)).unwrap();
    limits.client_requests = Budget::new(2, Duration::from_secs(3_600)).unwrap();
    let (world, tenant) = small(limits).await;
    let admin = world.auth.admin(&tenant);
    let address = "192.0.2.7".parse().unwrap();
    for _ in 0..2 {
        let (name, client) = (login("demo"), Client::at(address));
        let asked = world.auth.request_reset("noord", &name, &client);
        asked.await.unwrap();
    }
    world.deliver().await;
    let report = admin
        .why_no_sign_in("id-demo", Some(address))
        .await
        .unwrap();
    let waiting: Vec<_> = report.throttled().map(|one| one.budget).collect();
    let due = [
        ReportedBudget::ResetMails,
        ReportedBudget::LoginRequests,
        ReportedBudget::TenantMails,
        ReportedBudget::ClientRequests,
    ];
    assert_eq!(waiting, due);
    assert_eq!(report.links, 1);
    let without = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert_eq!(without.budgets.len() + 2, report.budgets.len());
    world.advance(86_400);
    let later = admin
        .why_no_sign_in("id-demo", Some(address))
        .await
        .unwrap();
    assert_eq!((later.throttled().count(), later.links), (0, 0));
}

#[tokio::test]
async fn set_up_is_reported() {
    let world = World::new();
    let tenant = world.auth.tenant("noord").await.unwrap();
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let admin = world.auth.admin(&tenant);
    let before = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert_eq!((before.set_up, before.tickets), (None, 1));
    world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    for state in [MailState::Queued, MailState::Sent] {
        let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
        let set_up = report.set_up.expect("a pending set-up");
        assert_eq!(set_up.mail, state);
        assert_eq!(set_up.expires_at, world.clock.seconds() + 86_400);
        world.deliver().await;
    }
    world.advance(86_400);
    let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert_eq!((report.set_up, report.tickets), (None, 0), "expired");
}

#[tokio::test]
async fn reading_charges_nothing() {
    let (world, tenant) = small(Limits::default()).await;
    world.with_password("noord", "demo").await;
    let admin = world.auth.admin(&tenant);
    let first = admin.why_no_sign_in("id-demo", None).await.unwrap();
    for _ in 0..20 {
        let again = admin.why_no_sign_in("id-demo", None).await.unwrap();
        assert_eq!(again, first);
    }
    for _ in 0..5 {
        let answer = sign_in(&world, "noord", "wrong").await;
        assert!(matches!(answer, SignInOutcome::Rejected), "{answer:?}");
    }
}

async fn changed(world: &World, to: &str) -> ChangePasswordOutcome {
    let change =
        world
            .auth
            .change_password("noord", "id-demo", password(GOOD), password(to), &NOBODY);
    change.await.unwrap()
}

#[tokio::test]
async fn next_sign_in_calls_for_it() {
    let (world, tenant) = small(Limits::default()).await;
    world.with_password("noord", "demo").await;
    assert_eq!(grant(&world, GOOD).await.standing(), PasswordStanding::Good);
    let admin = world.auth.admin(&tenant);
    for due in [NewPasswordRequired::Required, NewPasswordRequired::Already] {
        let outcome = admin
            .require_new_password("id-demo", &desk())
            .await
            .unwrap();
        assert_eq!(outcome, due);
    }
    assert_eq!(world.count(EventKind::NewPasswordRequired), 1);
    let signed_in = grant(&world, GOOD).await;
    assert_eq!(signed_in.standing(), PasswordStanding::MustChange);
    let ChangePasswordOutcome::Changed { grant: after, .. } = changed(&world, OTHER).await else {
        panic!("the rules accept it");
    };
    assert_eq!(after.standing(), PasswordStanding::Good);
    assert_eq!(
        grant(&world, OTHER).await.standing(),
        PasswordStanding::Good
    );
    let nobody = admin
        .require_new_password("id-other", &desk())
        .await
        .unwrap();
    assert_eq!(nobody, NewPasswordRequired::NoPassword);
}

#[tokio::test]
async fn minimum_age_is_no_obstacle() {
    let (world, tenant) = small(Limits::default()).await;
    let rules = PolicyDraft::new().rule(Rule::MinimumAge { hours: 24 });
    world.auth.put_tenant(noord_with(rules)).unwrap();
    world.with_password("noord", "demo").await;
    let refused = changed(&world, OTHER).await;
    assert!(
        matches!(refused, ChangePasswordOutcome::RulesUnmet(_)),
        "{refused:?}"
    );
    let admin = world.auth.admin(&tenant);
    let required = admin.require_new_password("id-demo", &desk()).await;
    assert_eq!(required.unwrap(), NewPasswordRequired::Required);
    let accepted = changed(&world, OTHER).await;
    assert!(matches!(accepted, ChangePasswordOutcome::Changed { .. }));
}

#[tokio::test]
async fn second_factor_keeps_the_standing() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let required = admin.require_new_password("id-demo", &desk()).await;
    assert_eq!(required.unwrap(), NewPasswordRequired::Required);
    let ticket = world.verify_ticket("zuid", "demo").await;
    let code = phone.code(world.clock.seconds());
    let answer = world.auth.verify_code("zuid", &ticket, &code).await;
    let CodeOutcome::SignedIn { grant, .. } = answer.unwrap() else {
        panic!("the code is right");
    };
    assert_eq!(grant.standing(), PasswordStanding::MustChange);
}

#[tokio::test]
async fn acts_are_noticed_once() {
    let (world, tenant) = small(Limits::default()).await;
    world.with_password("noord", "demo").await;
    world.deliver().await;
    let admin = world.auth.admin(&tenant);
    let by = desk();
    let unlocked = || async { admin.unlock("id-demo", &by).await.unwrap() };
    assert_eq!(unlocked().await, UnlockOutcome::NotLocked);
    while !matches!(
        sign_in(&world, "noord", "wrong").await,
        SignInOutcome::Throttled(_)
    ) {}
    assert_eq!(unlocked().await, UnlockOutcome::Unlocked);
    grant(&world, GOOD).await;
    assert_eq!(kinds(&world).await, ["account_unlocked"]);
    assert_eq!(unlocked().await, UnlockOutcome::NotLocked);

    let epoch = admin.why_no_sign_in("id-demo", None).await.unwrap().epoch;
    keep_session(&world, "noord", "id-demo", epoch, 7).await;
    assert_eq!(admin.end_sessions("id-demo", &desk()).await.unwrap(), 1);
    assert_eq!(kinds(&world).await, ["sessions_ended"]);
    assert_eq!(admin.end_sessions("id-demo", &desk()).await.unwrap(), 0);

    let required = admin.require_new_password("id-demo", &desk()).await;
    assert_eq!(required.unwrap(), NewPasswordRequired::Required);
    assert_eq!(kinds(&world).await, ["new_password_required"]);
    let again = admin.require_new_password("id-demo", &desk()).await;
    assert_eq!(again.unwrap(), NewPasswordRequired::Already);
    let nothing: [&str; 0] = [];
    assert_eq!(kinds(&world).await, nothing);
}

/// The kinds of the mails that left since.
async fn kinds(world: &World) -> Vec<&'static str> {
    let mails = world.deliver().await;
    mails.iter().map(|mail| mail.kind()).collect()
}

#[tokio::test]
async fn requested_reset_works_once() {
    let world = World::new();
    world.enrolled("demo").await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let epoch = admin.why_no_sign_in("id-demo", None).await.unwrap().epoch;
    world.deliver().await;
    let by = desk();
    let early = admin.forget_second_factor_of("id-demo", epoch - 1, &by);
    assert_eq!(early.await.unwrap(), ForgetSecondFactorOutcome::Stale);
    let reset = || admin.forget_second_factor_of("id-demo", epoch, &by);
    let forgotten = reset().await.unwrap();
    let due = ForgetSecondFactorOutcome::Forgotten { epoch: epoch + 1 };
    assert_eq!(forgotten, due);
    assert_eq!(reset().await.unwrap(), ForgetSecondFactorOutcome::Stale);
    assert_eq!(kinds(&world).await, ["second_factor_forgotten"]);
    let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert_eq!((report.authenticators, report.epoch), (0, epoch + 1));
}

#[tokio::test]
async fn disabled_accounts_are_found() {
    let (world, tenant) = small(Limits::default()).await;
    let admin = world.auth.admin(&tenant);
    let id = |found: Option<slotwerk::Account>| found.map(|account| account.id);
    for name in ["demo", "disabled"] {
        let found = admin.find(&login(name)).await.unwrap();
        let due = Some(format!("id-{name}"));
        assert_eq!(id(found), due);
        let same = admin.account(&format!("id-{name}")).await.unwrap();
        assert_eq!(id(same), due);
    }
    assert!(admin.find(&login("nobody")).await.unwrap().is_none());
    for unknown in ["id-nobody", "", &"x".repeat(129)] {
        assert!(admin.account(unknown).await.unwrap().is_none(), "{unknown}");
    }
}
