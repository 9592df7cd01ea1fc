//! Nobody's attempts are used up by somebody else: known devices, client addresses, tenants.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::policy::PolicyDraft;
use slotwerk::store::{ErrorKind, MemoryStore};
use slotwerk::throttle::Budget;
use slotwerk::{
    BuildError, Client, EventKind, Fault, Grant, Limits, RejectedSignIn, SecondFactor,
    SignInOutcome, Throttled,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use support::{GOOD, NOBODY, OTHER, World, login, noord_with, password, report_in, token_in, zuid};

const DAY: u64 = 86_400;

/// `demo` and `other` of `noord` have the good password, and sign in with it alone.
async fn peopled(world: World) -> World {
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    for name in ["demo", "other"] {
        world.with_password("noord", name).await;
    }
    world
}

async fn sign_in(world: &World, name: &str, text: &str, client: &Client) -> SignInOutcome {
    let name = login(name);
    let answer = world.auth.sign_in("noord", &name, password(text), client);
    answer.await.unwrap()
}

async fn grant(world: &World, name: &str) -> Grant {
    match sign_in(world, name, GOOD, &NOBODY).await {
        SignInOutcome::SignedIn(grant) => grant,
        other => panic!("expected to be signed in, got {other:?}"),
    }
}

/// A browser of this person's, which has signed in before.
async fn browser(world: &World, name: &str) -> Client {
    let token = world
        .auth
        .known_browser(&grant(world, name).await)
        .await
        .unwrap();
    Client::unknown().with_known_browser(token.expose())
}

fn rejected(why: RejectedSignIn) -> EventKind {
    EventKind::SignInRejected(why)
}

async fn is_let_in(world: &World, name: &str, client: &Client) -> bool {
    matches!(
        sign_in(world, name, GOOD, client).await,
        SignInOutcome::SignedIn(_)
    )
}

#[tokio::test]
async fn a_known_device_signs_in_while_a_stranger_uses_up_the_accounts_attempts() {
    let world = peopled(World::new()).await;
    let browser = browser(&world, "demo").await;
    // Patiently, up to the hard stop.
    for _ in 0..100 {
        sign_in(&world, "demo", "guess", &NOBODY).await;
        world.advance(900);
    }
    assert!(matches!(
        sign_in(&world, "demo", GOOD, &NOBODY).await,
        SignInOutcome::Throttled(Throttled::Locked)
    ));
    assert!(is_let_in(&world, "demo", &browser).await);
    // That success is no gift to the stranger.
    assert!(matches!(
        sign_in(&world, "demo", "guess", &NOBODY).await,
        SignInOutcome::Throttled(Throttled::Locked)
    ));
}

#[tokio::test]
async fn guesses_from_a_known_device_are_limited_like_any_others() {
    let world = peopled(World::new()).await;
    let browser = browser(&world, "demo").await;
    for n in 0..20 {
        let answer = sign_in(&world, "demo", "guess", &browser).await;
        let looked_at = matches!(answer, SignInOutcome::Rejected);
        assert_eq!(looked_at, n < 5, "{n}: {answer:?}");
    }
    assert_eq!(world.count(rejected(RejectedSignIn::WrongPassword)), 5);
    // Its lane is its own: the account's is as it was.
    assert!(is_let_in(&world, "demo", &NOBODY).await);
    for _ in 0..95 {
        world.advance(900);
        sign_in(&world, "demo", "guess", &browser).await;
    }
    world.advance(DAY);
    assert!(matches!(
        sign_in(&world, "demo", GOOD, &browser).await,
        SignInOutcome::Throttled(Throttled::Locked)
    ));
}

#[tokio::test]
async fn two_devices_are_two_lanes() {
    let world = peopled(World::new()).await;
    let (first, second) = (browser(&world, "demo").await, browser(&world, "demo").await);
    for _ in 0..6 {
        sign_in(&world, "demo", "guess", &first).await;
    }
    assert!(!is_let_in(&world, "demo", &first).await);
    assert!(is_let_in(&world, "demo", &second).await);
}

#[tokio::test]
async fn a_device_token_is_for_its_account_its_tenant_its_password_and_its_time() {
    let world = peopled(World::new()).await;
    let browser = browser(&world, "demo").await;
    let own_lane = async |name: &str, client: &Client| {
        // With the account's own lane used up, only another one lets its owner in.
        for _ in 0..5 {
            sign_in(&world, name, "guess", &NOBODY).await;
        }
        let inside = is_let_in(&world, name, client).await;
        world.advance(900);
        inside
    };
    assert!(own_lane("demo", &browser).await, "the control");
    assert!(!own_lane("other", &browser).await, "somebody else's");
    for odd in ["", "x", &"A".repeat(75), &"A".repeat(10_000)] {
        assert!(!own_lane("demo", &Client::unknown().with_known_browser(odd)).await);
    }
    // The other tenant's account has the same id and epoch.
    let rules = PolicyDraft::new().minimum_length(10).build().unwrap();
    let mut elsewhere = zuid();
    elsewhere.policy = rules;
    elsewhere.second_factor = SecondFactor::WhenEnrolled;
    world.auth.put_tenant(elsewhere).unwrap();
    world.with_password("zuid", "demo").await;
    let at_zuid = async |text: &str, client: &Client| {
        let name = login("demo");
        let answer = world.auth.sign_in("zuid", &name, password(text), client);
        answer.await.unwrap()
    };
    for _ in 0..5 {
        at_zuid("guess", &NOBODY).await;
    }
    let answer = at_zuid(GOOD, &browser).await;
    assert!(
        matches!(answer, SignInOutcome::Throttled(_)),
        "at another tenant: {answer:?}"
    );

    world.advance(90 * DAY);
    assert!(!own_lane("demo", &browser).await, "after ninety days");

    let browser = self::browser(&world, "demo").await;
    let changed =
        world
            .auth
            .change_password("noord", "id-demo", password(GOOD), password(OTHER), &NOBODY);
    changed.await.unwrap();
    let back =
        world
            .auth
            .change_password("noord", "id-demo", password(OTHER), password(GOOD), &NOBODY);
    back.await.unwrap();
    assert!(
        !own_lane("demo", &browser).await,
        "after a change of password"
    );

    let browser = self::browser(&world, "demo").await;
    world.auth.revoke_access("noord", "id-demo").await.unwrap();
    assert!(!own_lane("demo", &browser).await, "after a revocation");
}

#[tokio::test]
async fn a_device_token_opens_nothing_and_nothing_else_is_one() {
    let world = peopled(World::new()).await;
    let device = world
        .auth
        .known_browser(&grant(&world, "demo").await)
        .await
        .unwrap();
    assert!(
        world
            .auth
            .inspect_ticket("noord", device.expose())
            .await
            .unwrap()
            .is_none()
    );
    let opened = world
        .auth
        .inspect_reset("noord", device.expose())
        .await
        .unwrap();
    assert!(matches!(opened, slotwerk::OpenOutcome::Invalid));
    world.request("noord", "demo").await;
    let mail = world.deliver().await.remove(0);
    let (_, report) = report_in(&mail);
    for _ in 0..5 {
        sign_in(&world, "demo", "guess", &NOBODY).await;
    }
    for other in [token_in(&mail), report] {
        let client = Client::unknown().with_known_browser(&other);
        assert!(!is_let_in(&world, "demo", &client).await);
    }
}

#[tokio::test]
async fn a_device_token_in_print_is_redacted() {
    let world = peopled(World::new()).await;
    let device = world
        .auth
        .known_browser(&grant(&world, "demo").await)
        .await
        .unwrap();
    assert_eq!(format!("{device:?}"), "KnownBrowser(..)");
}

#[tokio::test]
async fn one_password_tried_on_many_accounts_stops_at_the_clients_budget() {
    let world = peopled(World::new()).await;
    let sprayer = Client::at([198, 51, 100, 4].into());
    for n in 0..400 {
        let name = if n == 350 {
            "demo".to_owned()
        } else {
            format!("name{n}")
        };
        sign_in(&world, &name, GOOD, &sprayer).await;
    }
    assert_eq!(world.count(rejected(RejectedSignIn::UnknownAccount)), 300);
    assert_eq!(world.count(rejected(RejectedSignIn::ClientThrottled)), 100);
    // It says when to come back, whoever is asked for.
    for name in ["demo", "disabled", "nobody"] {
        match sign_in(&world, name, GOOD, &sprayer).await {
            SignInOutcome::Throttled(Throttled::Wait(wait)) => {
                assert_eq!(wait, Duration::from_secs(1))
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    // The same network of IPv6 is one client; others go on.
    let elsewhere = Client::at(Ipv4Addr::new(198, 51, 100, 5).into());
    assert!(is_let_in(&world, "demo", &elsewhere).await);
}

#[tokio::test]
async fn a_known_device_behind_an_address_that_is_used_up_is_let_in() {
    let world = peopled(World::new()).await;
    let token = world
        .auth
        .known_browser(&grant(&world, "demo").await)
        .await
        .unwrap();
    let office = Client::at([198, 51, 100, 4].into());
    for n in 0..300 {
        sign_in(&world, &format!("name{n}"), "guess", &office).await;
    }
    assert!(!is_let_in(&world, "other", &office).await);
    assert!(is_let_in(&world, "demo", &office.with_known_browser(token.expose())).await);
}

#[tokio::test]
async fn many_people_behind_one_address_sign_in_at_the_same_time() {
    let world = Arc::new(peopled(World::new()).await);
    let mut people = tokio::task::JoinSet::new();
    for n in 0..100 {
        let world = world.clone();
        people.spawn(async move {
            let office = Client::at([198, 51, 100, 4].into());
            let name = if n % 2 == 0 { "demo" } else { "other" };
            // At most five of one account are under way at once, which is its burst.
            is_let_in(&world, name, &office).await
        });
        if n % 8 == 7 {
            while people.join_next().await.is_some_and(|inside| {
                assert!(inside.unwrap());
                true
            }) {}
        }
    }
    assert!(people.join_all().await.into_iter().all(|inside| inside));
}

#[tokio::test]
async fn one_name_asked_for_again_and_again_does_not_fill_the_queue() {
    let world = World::new();
    for n in 0..200_u8 {
        let (name, client) = (login("demo"), Client::at([192, 0, 2, n].into()));
        world
            .auth
            .request_reset("noord", &name, &client)
            .await
            .unwrap();
    }
    for _ in 0..20 {
        world.request("noord", "Nobody").await;
        world.request("noord", "nobody").await;
    }
    // The same for a name that nobody has, however it is spelt.
    assert_eq!(world.count(EventKind::ResetRequested), 10 + 10);
    assert_eq!(world.count(EventKind::ResetDroppedName), 190 + 30);
    world.request("noord", "other").await;
    world.request("zuid", "demo").await;
    assert_eq!(world.count(EventKind::ResetRequested), 22);
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_looked_at_and_the_operator_hears_of_it() {
    let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = peopled(World::on(faulty.clone())).await;
    // The credential is read, and then the charge fails.
    faulty.fail_call(2, Strike::Before, ErrorKind::Unavailable);
    let (name, client) = (login("demo"), Client::at([192, 0, 2, 1].into()));
    let answer = world.auth.sign_in("noord", &name, password(GOOD), &client);
    assert!(matches!(answer.await, Err(Fault::Store(_))));
    assert_eq!(world.count(EventKind::PasswordAccepted), 0);
    faulty.fail_call(1, Strike::Before, ErrorKind::Unavailable);
    let asked = world.auth.request_reset("noord", &name, &client).await;
    assert!(matches!(asked, Err(Fault::Store(_))));
    assert!(world.deliver().await.is_empty());
    assert_eq!(world.count(EventKind::BudgetsUnreachable), 2);
}

#[tokio::test]
async fn mails_beyond_a_tenants_budget_wait_and_are_not_lost() {
    let mut limits = Limits::default();
    limits.tenant_mails = Budget::new(1, Duration::from_secs(60)).unwrap();
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    for name in ["demo", "other"] {
        world.request("noord", name).await;
        world.request("zuid", name).await;
    }
    let at_once = world.deliver().await;
    let tenants: Vec<_> = at_once
        .iter()
        .map(|mail| mail.sender_name().to_owned())
        .collect();
    assert_eq!(tenants.len(), 2, "one each: {tenants:?}");
    assert_ne!(tenants[0], tenants[1]);
    assert_eq!(world.count(EventKind::ResetDelayedTenant), 2);
    // It comes when the budget does, and its link counts from then.
    for _ in 0..8 {
        world.advance(20);
        world.deliver().await;
    }
    assert_eq!(world.mailer.sent().len(), 4);
    assert_eq!(world.abandoned(), []);
}

#[test]
fn budgets_that_nothing_would_ever_lift_are_refused_at_build() {
    let build = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        slotwerk::Auth::builder()
            .limits(limits)
            .build()
            .expect_err("refused")
    };
    for (change, name) in [
        (
            (|l: &mut Limits| l.client_sign_ins = l.client_sign_ins.with_hard_stop(9).unwrap())
                as fn(&mut Limits),
            "client_sign_ins",
        ),
        (
            |l| l.client_requests = l.client_requests.with_hard_stop(9).unwrap(),
            "client_requests",
        ),
        (
            |l| l.name_requests = l.name_requests.with_hard_stop(9).unwrap(),
            "name_requests",
        ),
        (
            |l| l.tenant_mails = l.tenant_mails.with_hard_stop(9).unwrap(),
            "tenant_mails",
        ),
        (
            |l| l.known_browser_lifetime = Duration::ZERO,
            "known_browser_lifetime",
        ),
        (
            |l| l.known_browser_lifetime = Duration::from_hours(401 * 24),
            "known_browser_lifetime",
        ),
    ] {
        assert!(
            matches!(build(change), BuildError::Limit(found) if found == name),
            "{name}"
        );
    }
}
