//! The data of one account: listed, given out, ended, erased.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::{AccountKey, ErrorKind, MemoryStore};
use slotwerk::{
    AccountSessionId, EventKind, Fault, Limits, NotASessionId, ReportedBudget, SignInOutcome,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::Arc;
use support::{Enrolled, GOOD, NOBODY, World, desk, keep_session, login, password, small};

async fn sign_in(world: &World, typed: &str) -> SignInOutcome {
    let name = login("demo");
    let answer = world.auth.sign_in("noord", &name, password(typed), &NOBODY);
    answer.await.unwrap()
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let (world, tenant) = small(Limits::default()).await;
    world.with_password("noord", "demo").await;
    for n in 1..=3 {
        keep_session(&world, "noord", "id-demo", 1, n).await;
        world.advance(60);
    }
    keep_session(&world, "noord", "id-other", 0, 9).await;
    let admin = world.auth.admin(&tenant);
    let found = admin.sessions("id-demo").await.unwrap();
    let ages: Vec<_> = found.iter().map(|one| one.created_at).collect();
    let first = world.clock.seconds() - 180;
    assert_eq!(ages, [first, first + 60, first + 120]);
    assert_eq!(found[0].ends_at, first + 3_600);
    assert_eq!(found[0].expires_at, first + 86_400);

    let id = found[1].id;
    assert_eq!(id.to_string().parse(), Ok(id));
    assert!(
        !admin.end_session("id-other", id).await.unwrap(),
        "not theirs"
    );
    assert!(admin.end_session("id-demo", id).await.unwrap());
    assert!(!admin.end_session("id-demo", id).await.unwrap(), "ended");
    assert_eq!(world.count(EventKind::SessionEnded), 1);
    assert_eq!(admin.sessions("id-demo").await.unwrap().len(), 2);

    assert_eq!(admin.end_sessions("id-demo", &desk()).await.unwrap(), 2);
    assert_eq!(admin.end_sessions("id-demo", &desk()).await.unwrap(), 0);
    assert_eq!(world.count(EventKind::SessionsEnded), 1);
    assert_eq!(admin.sessions("id-demo").await.unwrap(), []);
    assert_eq!(admin.sessions("id-other").await.unwrap().len(), 1);
}

#[test]
fn session_ids_come_back() {
    let text: String = (0..32).map(|n| format!("{:02x}", n * 7)).collect();
    let id: AccountSessionId = text.parse().unwrap();
    assert_eq!(id.to_string(), text);
    for wrong in [
        "",
        &text[1..],
        &text.to_uppercase(),
        &format!("+{}", &text[1..]),
    ] {
        assert_eq!(wrong.parse::<AccountSessionId>(), Err(NotASessionId));
    }
    assert!("é".repeat(32).parse::<AccountSessionId>().is_err());
}

#[tokio::test]
async fn export_holds_no_secret() {
    let world = World::new();
    let Enrolled {
        phone,
        recovery_codes,
        ..
    } = world.enrolled("demo").await;
    let token = world.mailed_token("zuid", "demo").await;
    let ticket = world.verify_ticket("zuid", "demo").await;
    keep_session(&world, "zuid", "id-demo", 2, 7).await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let data = admin.export_account("id-demo").await.unwrap();
    assert_eq!((&*data.tenant, &*data.account), ("zuid", "id-demo"));
    assert_eq!((data.has_password, data.epoch), (true, 2));
    assert_eq!((data.links.len(), data.sign_ins.len()), (1, 1));
    assert_eq!((data.authenticators.len(), data.recovery_codes), (1, 10));
    assert_eq!(data.sessions.len(), 1);
    assert!(data.history.len() >= 2, "{data:?}");
    assert_eq!(world.count(EventKind::AccountExported), 1);

    let key = AccountKey::new("zuid", "id-demo").unwrap();
    let hash = world.auth.store.credential(&key).await.unwrap().hash;
    let text = serde_json::to_string(&data).unwrap();
    let base32 = phone.secret().to_base32();
    let secrets = [&*hash.unwrap(), &*token, &*ticket, &*base32, "secret of"];
    for secret in secrets
        .into_iter()
        .chain(recovery_codes.iter().map(|code| &**code))
    {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(text.contains(r#""kind":"password-reset""#), "{text}");
}

#[tokio::test]
async fn export_has_the_whole_history() {
    let (world, tenant) = small(Limits::default()).await;
    let admin = world.auth.admin(&tenant);
    for n in 0..1_001 {
        let account = if n == 500 { "id-other" } else { "id-demo" };
        admin.revoke_access(account, &desk()).await.unwrap();
    }
    let data = admin.export_account("id-demo").await.unwrap();
    assert_eq!(data.history.len(), 1_000);
    assert!(data.history.iter().all(|act| act.by_somebody_else));
    assert_eq!(data.history[0].reason.as_deref(), Some("ticket 4711"));
}

#[tokio::test]
async fn erased_account_begins_anew() {
    let (world, tenant) = small(Limits::default()).await;
    let admin = world.auth.admin(&tenant);
    world.with_password("noord", "demo").await;
    let SignInOutcome::SignedIn(signed_in) = sign_in(&world, GOOD).await else {
        panic!("the password is right");
    };
    while !matches!(sign_in(&world, "wrong").await, SignInOutcome::Throttled(_)) {}
    let erased = admin.erase_account("id-demo", &desk()).await.unwrap();
    assert_eq!(erased.epoch, 2);
    assert_eq!(world.count(EventKind::AccountErased), 1);
    let report = admin.why_no_sign_in("id-demo", None).await.unwrap();
    assert!(!report.has_password);
    let left: u32 = report.budgets.iter().map(|one| one.failures).sum();
    let tenants = report.budgets.iter();
    let tenants = tenants.filter(|one| one.budget == ReportedBudget::TenantMails);
    let tenants: u32 = tenants.map(|one| one.failures).sum();
    assert_eq!(left, tenants, "attempts of the person: {report:?}");
    let epoch = support::epoch_of(&signed_in);
    let stands = world.auth.session_stands("noord", "id-demo", epoch);
    assert!(!stands.await.unwrap(), "the session is over");
    let answer = sign_in(&world, GOOD).await;
    assert!(matches!(answer, SignInOutcome::Rejected), "{answer:?}");
    world.with_password("noord", "demo").await;
    let answer = sign_in(&world, GOOD).await;
    assert!(matches!(answer, SignInOutcome::SignedIn(_)), "{answer:?}");
}

#[tokio::test]
async fn failed_erasure_changes_nothing() {
    let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(faulty.clone());
    world.enrolled("demo").await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let before = admin.export_account("id-demo").await.unwrap();
    for n in 1..=3 {
        faulty.fail_call(n, Strike::Before, ErrorKind::Unavailable);
        let answer = admin.erase_account("id-demo", &desk()).await;
        assert!(matches!(answer, Err(Fault::Store(_))), "{n}: {answer:?}");
        assert_eq!(admin.export_account("id-demo").await.unwrap(), before);
    }
    world.people.break_down();
    let answer = admin.erase_account("id-demo", &desk()).await;
    assert!(matches!(answer, Err(Fault::Directory(_))), "{answer:?}");
    assert_eq!(world.count(EventKind::AccountErased), 0);
}

#[tokio::test]
async fn second_factors_are_listed_in_pages() {
    let world = World::new();
    for name in ["demo", "other"] {
        world.enrolled(name).await;
    }
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let first = admin.second_factors(None, 1).await.unwrap();
    assert_eq!((first.total_accounts, first.total_authenticators), (2, 2));
    assert_eq!(first.accounts[0].account, "id-demo");
    assert_eq!(first.accounts[0].recovery_codes, 10);
    let second = admin.second_factors(Some("id-demo"), 1).await.unwrap();
    assert_eq!(second.accounts[0].account, "id-other");
    let third = admin.second_factors(Some("id-other"), 1).await.unwrap();
    assert_eq!(third.accounts, []);
    let noord = world.auth.tenant("noord").await.unwrap();
    let none = world.auth.admin(&noord).second_factors(None, 9).await;
    assert_eq!(none.unwrap().total_accounts, 0, "another tenant");
}
