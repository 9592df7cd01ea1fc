//! Budgets while the clock is wrong, and after it was put right: one attempt at once, then the normal
//! pace.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use slotwerk::policy::PolicyDraft;
use slotwerk::store::MemoryStore;
use slotwerk::throttle::Budget;
use slotwerk::{
    ChangePasswordOutcome, Client, CodeOutcome, ConfirmOutcome, EnrolmentOutcome, EventKind,
    Limits, RecoveryCodeOutcome, SignInOutcome, StoredTime, Throttled,
};
use slotwerk_sqlx::SqlStore;
use std::sync::Arc;
use std::time::Duration;
use support::{Enrolled, GOOD, NOBODY, NOON, World, login, noord_with, password};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
/// How far the clock is ahead in each test.
const STEPS: [u64; 3] = [HOUR, DAY, 365 * DAY];

const AHEAD: EventKind = EventKind::ClockRanAhead(StoredTime::Budget);

/// An answer as far as budgets go.
#[derive(Debug, PartialEq)]
enum Seen {
    LookedAt,
    Waits(u64),
}
use Seen::{LookedAt, Waits};

fn waits(throttled: Throttled) -> Seen {
    match throttled {
        Throttled::Wait(wait) => Waits(wait.as_secs()),
        other => panic!("waiting does not help: {other:?}"),
    }
}

/// A world whose clock is ahead.
fn ahead(world: &World, by: u64) {
    world.clock.set(world.clock.seconds() + by);
}

fn put_right(world: &World, by: u64) {
    world.clock.set(world.clock.seconds() - by);
}

/// Attempts until one has to wait; how many were looked at, and the wait.
async fn exhaust(mut attempt: impl AsyncFnMut() -> Seen) -> (u32, u64) {
    for looked_at in 0..1_000 {
        if let Waits(wait) = attempt().await {
            return (looked_at, wait);
        }
    }
    panic!("no attempt has to wait");
}

/// With the clock right again: one attempt, then a wait of at most `pace`, and then the next one.
async fn heals(world: &World, pace: u64, mut attempt: impl AsyncFnMut() -> Seen) {
    let (looked_at, wait) = exhaust(&mut attempt).await;
    assert_eq!(looked_at, 1, "attempts at once");
    assert!(wait <= pace, "a wait of {wait} s, not {pace}");
    world.advance(wait + 1);
    assert_eq!(attempt().await, LookedAt, "after the wait");
}

async fn sign_in(world: &World, name: &str, text: &str, client: &Client) -> SignInOutcome {
    let name = login(name);
    let answer = world.auth.sign_in("noord", &name, password(text), client);
    answer.await.unwrap()
}

async fn guess(world: &World, name: &str, client: &Client) -> Seen {
    match sign_in(world, name, "guess", client).await {
        SignInOutcome::Rejected => LookedAt,
        SignInOutcome::Throttled(throttled) => waits(throttled),
        other => panic!("{other:?}"),
    }
}

async fn peopled(limits: Limits) -> World {
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    world.with_password("noord", "demo").await;
    world
}

/// The field's own report: one correct sign-in a day ahead, then the clock is put right.
#[tokio::test]
async fn one_sign_in_ahead_costs_nothing() {
    for by in STEPS {
        let world = peopled(Limits::default()).await;
        for client in [NOBODY.clone(), Client::at([192, 0, 2, 7].into())] {
            ahead(&world, by);
            let answer = sign_in(&world, "demo", GOOD, &client).await;
            assert!(matches!(answer, SignInOutcome::SignedIn(_)), "{answer:?}");
            put_right(&world, by);
            let answer = sign_in(&world, "demo", GOOD, &client).await;
            assert!(matches!(answer, SignInOutcome::SignedIn(_)), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn sign_in_heals() {
    for by in STEPS {
        for name in ["demo", "nobody"] {
            let world = peopled(Limits::default()).await;
            ahead(&world, by);
            exhaust(async || guess(&world, name, &NOBODY).await).await;
            put_right(&world, by);
            heals(&world, 900, async || guess(&world, name, &NOBODY).await).await;
            assert_eq!(world.count(AHEAD), 1, "{name}, {by} s ahead");
        }
    }
}

#[tokio::test]
async fn known_browser_heals() {
    for by in [HOUR, DAY] {
        let world = peopled(Limits::default()).await;
        ahead(&world, by);
        let SignInOutcome::SignedIn(grant) = sign_in(&world, "demo", GOOD, &NOBODY).await else {
            panic!("expected to be signed in");
        };
        put_right(&world, by);
        let device = world.auth.known_browser(&grant).await.unwrap();
        let browser = Client::unknown().with_known_browser(device.expose());
        ahead(&world, by);
        exhaust(async || guess(&world, "demo", &browser).await).await;
        put_right(&world, by);
        heals(&world, 900, async || guess(&world, "demo", &browser).await).await;
    }
}

#[tokio::test]
async fn client_address_heals() {
    let mut limits = Limits::default();
    limits.client_sign_ins = Budget::new(4, Duration::from_secs(60)).unwrap();
    for by in STEPS {
        let world = peopled(limits.clone()).await;
        let office = Client::at([198, 51, 100, 4].into());
        let mut name = 0;
        // Another name each time, so that only the address counts.
        let mut attempt = async || {
            name += 1;
            guess(&world, &format!("name{name}"), &office).await
        };
        ahead(&world, by);
        exhaust(&mut attempt).await;
        put_right(&world, by);
        heals(&world, 60, &mut attempt).await;
    }
}

/// Requests for a link until one is dropped; how many were accepted.
async fn requests(world: &World, client: &Client, mut name: impl FnMut() -> String) -> usize {
    let accepted = EventKind::ResetRequested;
    let before = world.count(accepted);
    for _ in 0..100 {
        let heard = world.count(accepted);
        let name = login(&name());
        let asked = world.auth.request_reset("noord", &name, client);
        asked.await.unwrap();
        if world.count(accepted) == heard {
            break;
        }
    }
    world.count(accepted) - before
}

#[tokio::test]
async fn requests_heal() {
    for by in STEPS {
        let world = World::new();
        let office = Client::at([198, 51, 100, 4].into());
        ahead(&world, by);
        let name = || "demo".to_owned();
        assert_eq!(requests(&world, &NOBODY, name).await, 10, "of one name");
        let mut serial = 0;
        let mut names = || {
            serial += 1;
            format!("name{serial}")
        };
        let all = requests(&world, &office, &mut names).await;
        assert_eq!(all, 30, "of one address");
        put_right(&world, by);
        for (client, pace) in [(&NOBODY, 300), (&office, 20)] {
            for _ in 0..2 {
                let granted = if pace == 300 {
                    requests(&world, client, name).await
                } else {
                    requests(&world, client, &mut names).await
                };
                assert_eq!(granted, 1, "each {pace} s, {by} s ahead");
                world.advance(pace);
            }
        }
    }
}

/// Mails of one account and of a whole tenant.
#[tokio::test]
async fn mails_heal() {
    let mut limits = Limits::default();
    limits.live_links = 10;
    limits.name_requests = Budget::new(100, Duration::from_secs(1)).unwrap();
    limits.reset_mails = Budget::new(3, Duration::from_secs(900)).unwrap();
    for by in STEPS {
        let world = World::with(Arc::new(MemoryStore::new()), limits.clone());
        ahead(&world, by);
        for _ in 0..5 {
            world.request("noord", "demo").await;
        }
        assert_eq!(world.deliver().await.len(), 3, "while it is ahead");
        put_right(&world, by);
        for round in 0..2 {
            for _ in 0..3 {
                world.request("noord", "demo").await;
            }
            let mails = world.deliver().await.len();
            assert_eq!(mails, 1, "round {round}, {by} s ahead");
            world.advance(900);
        }
    }
    limits.reset_mails = Budget::new(100, Duration::from_secs(1)).unwrap();
    limits.tenant_mails = Budget::new(2, Duration::from_secs(600)).unwrap();
    for by in STEPS {
        let world = World::with(Arc::new(MemoryStore::new()), limits.clone());
        ahead(&world, by);
        for name in ["demo", "other"] {
            world.request("noord", name).await;
        }
        assert_eq!(world.deliver().await.len(), 2, "while it is ahead");
        put_right(&world, by);
        world.request("noord", "demo").await;
        let mails = world.deliver().await.len();
        assert_eq!(mails, 1, "the tenant's, {by} s ahead");
    }
}

#[tokio::test]
async fn codes_heal() {
    for by in STEPS {
        let world = World::new();
        let Enrolled { phone, .. } = world.enrolled("demo").await;
        let attempt = async || {
            let ticket = world.verify_ticket("zuid", "demo").await;
            let wrong = phone.code(world.clock.seconds() + 40 * DAY);
            let answer = world.auth.verify_code("zuid", &ticket, &wrong).await;
            match answer.unwrap() {
                CodeOutcome::Rejected { .. } => LookedAt,
                CodeOutcome::Throttled(throttled) => waits(throttled),
                other => panic!("{other:?}"),
            }
        };
        ahead(&world, by);
        exhaust(attempt).await;
        put_right(&world, by);
        heals(&world, 900, attempt).await;
        world.advance(900);
        let ticket = world.verify_ticket("zuid", "demo").await;
        let right = phone.code(world.clock.seconds());
        let answer = world.auth.verify_code("zuid", &ticket, &right).await;
        let answer = answer.unwrap();
        assert!(matches!(answer, CodeOutcome::SignedIn { .. }), "{answer:?}");
    }
}

#[tokio::test]
async fn recovery_codes_heal() {
    for by in STEPS {
        let world = World::new();
        let others = world.enrolled("other").await.recovery_codes;
        let Enrolled { recovery_codes, .. } = world.enrolled("demo").await;
        let redeem = async |code: &str| {
            let ticket = world.verify_ticket("zuid", "demo").await;
            let answer = world.auth.redeem_recovery_code("zuid", &ticket, code);
            answer.await.unwrap()
        };
        let attempt = async || match redeem(&others[0]).await {
            RecoveryCodeOutcome::Rejected => LookedAt,
            RecoveryCodeOutcome::Throttled(throttled) => waits(throttled),
            other => panic!("{other:?}"),
        };
        ahead(&world, by);
        exhaust(attempt).await;
        put_right(&world, by);
        heals(&world, 900, attempt).await;
        world.advance(900);
        let right = redeem(&recovery_codes[0]).await;
        assert!(
            matches!(right, RecoveryCodeOutcome::SignedIn { .. }),
            "{right:?}"
        );
    }
}

/// First codes of mailed set-ups, which are counted for the account.
#[tokio::test]
async fn mailed_set_up_heals() {
    for by in STEPS {
        let world = World::new();
        world.with_password("noord", "demo").await;
        let begun = async || {
            let ticket = world.enrol_ticket("noord", "demo").await;
            world.auth.begin_enrolment("noord", &ticket).await.unwrap();
            ticket
        };
        let guess = async |ticket: &str| {
            let new = Default::default();
            let answer = world
                .auth
                .confirm_enrolment("noord", ticket, "000000", &new);
            match answer.await.unwrap() {
                ConfirmOutcome::Rejected(_) => LookedAt,
                ConfirmOutcome::Throttled(throttled) => waits(throttled),
                other => panic!("{other:?}"),
            }
        };
        ahead(&world, by);
        let ticket = begun().await;
        exhaust(async || guess(&ticket).await).await;
        put_right(&world, by);
        let ticket = begun().await;
        let (looked_at, wait) = exhaust(async || guess(&ticket).await).await;
        assert_eq!(looked_at, 1, "attempts at once");
        assert!(wait <= 900, "a wait of {wait} s");
        world.advance(wait + 1);
        let ticket = begun().await;
        assert_eq!(guess(&ticket).await, LookedAt, "after the wait");
    }
}

/// First codes of a set-up on the page.
#[tokio::test]
async fn shown_set_up_heals() {
    for by in STEPS {
        let world = World::new();
        world.with_password("zuid", "demo").await;
        let begun = async || {
            let ticket = world.enrol_ticket("zuid", "demo").await;
            let begun = world.auth.begin_enrolment("zuid", &ticket).await;
            let EnrolmentOutcome::OnScreen(material) = begun.unwrap() else {
                panic!("expected material");
            };
            (ticket, support::Phone::scan(material.uri.expose()))
        };
        let confirm = async |ticket: &str, code: &str| {
            let new = Default::default();
            let auth = &world.auth;
            let answer = auth.confirm_enrolment("zuid", ticket, code, &new).await;
            answer.unwrap()
        };
        ahead(&world, by);
        let (ticket, _) = begun().await;
        let guess = async || match confirm(&ticket, "000000").await {
            ConfirmOutcome::Rejected(_) => LookedAt,
            ConfirmOutcome::Throttled(throttled) => waits(throttled),
            other => panic!("{other:?}"),
        };
        exhaust(guess).await;
        put_right(&world, by);
        let (ticket, phone) = begun().await;
        let answer = confirm(&ticket, &phone.code(world.clock.seconds())).await;
        let signed_in = matches!(answer, ConfirmOutcome::SignedIn { .. });
        assert!(signed_in, "{answer:?}");
    }
}

/// Comparisons with earlier passwords.
#[tokio::test]
async fn reuse_checks_heal() {
    for by in STEPS {
        let world = World::new();
        let rule = PolicyDraft::new().not_reused(3, 0);
        world.auth.put_tenant(noord_with(rule)).unwrap();
        world.with_password("noord", "demo").await;
        let attempt = async || {
            let (from, to) = (password(GOOD), password(GOOD));
            let auth = &world.auth;
            let answer = auth.change_password("noord", "id-demo", from, to, &NOBODY);
            match answer.await.unwrap() {
                ChangePasswordOutcome::RulesUnmet(_) => LookedAt,
                ChangePasswordOutcome::Throttled(throttled) => waits(throttled),
                other => panic!("{other:?}"),
            }
        };
        ahead(&world, by);
        assert_eq!(exhaust(attempt).await.0, 10);
        put_right(&world, by);
        heals(&world, 300, attempt).await;
    }
}

/// A wrong clock does not reset the failures in a row.
#[tokio::test]
async fn hard_stop_outlasts_wrong_clock() {
    let world = peopled(Limits::default()).await;
    for _ in 0..50 {
        guess(&world, "demo", &NOBODY).await;
        ahead(&world, DAY);
        guess(&world, "demo", &NOBODY).await;
        put_right(&world, DAY);
        world.advance(900);
    }
    let stopped = sign_in(&world, "demo", GOOD, &NOBODY).await;
    assert!(
        matches!(stopped, SignInOutcome::Throttled(Throttled::Locked)),
        "{stopped:?}"
    );
}

/// Two nodes over one file, with clocks 60 s apart. How many guesses of a pattern they look at together.
async fn together(pattern: &[(u64, bool)], limits: &Limits) -> (u64, u64) {
    let home = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}", home.path().join("slotwerk.db").display());
    let left = SqlStore::connect(&address).await.unwrap();
    let right = SqlStore::connect(&address).await.unwrap();
    let left = World::with(Arc::new(left), limits.clone());
    let right = left.node_on(Arc::new(right));
    let (mut now, mut looked_at) = (NOON, 0);
    for (gap, is_ahead) in pattern {
        now += gap;
        // Both worlds have the same clock, which is set for each call.
        let node = if *is_ahead { &right } else { &left };
        node.clock.set(if *is_ahead { now + 60 } else { now });
        if guess(node, "nobody", &NOBODY).await == LookedAt {
            looked_at += 1;
        }
    }
    assert_eq!(left.count(AHEAD), 0, "both clocks are believed");
    (looked_at, now - NOON)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn nodes_a_minute_apart_share_budget(
        pattern in proptest::collection::vec((prop_oneof![3 => Just(0u64), 2 => 0u64..40], any::<bool>()), 5..40),
        delayed: bool,
    ) {
        let mut limits = Limits::default();
        if !delayed {
            limits.password_attempts = Budget::new(5, Duration::from_secs(15)).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (looked_at, seconds) = runtime.block_on(together(&pattern, &limits));
        let budget = limits.password_attempts;
        let bound = budget.most_tries(Duration::from_secs(seconds + 60), 0);
        prop_assert!(looked_at <= bound, "{looked_at} of {bound} in {seconds} s");
        prop_assert!(looked_at <= 5 + (seconds + 60) / 15);
    }
}
