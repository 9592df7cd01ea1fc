//! Links, tickets, known browsers and reports that were issued while the clock ran ahead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::Mail;
use slotwerk::policy::PolicyDraft;
use slotwerk::store::MemoryStore;
use slotwerk::throttle::Budget;
use slotwerk::{
    Client, CompleteOutcome, EventKind, Limits, NotMeEffect, OpenNotMeOutcome, OpenOutcome,
    ReportOutcome, SignInOutcome, StoredTime,
};
use std::sync::Arc;
use std::time::Duration;
use support::{
    GOOD, NOBODY, NOON, NextStep, OTHER, World, login, noord_with, password, report_in, token_in,
};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
/// How far the clock runs ahead, and whether what it issued for half an hour is disbelieved afterwards.
const STEPS: [(u64, bool); 4] = [
    (HOUR, false),
    (DAY, true),
    (365 * DAY, true),
    (3_650 * DAY, true),
];

/// Budgets that the clock cannot use up, since they are not what this file is about.
fn roomy() -> Limits {
    let most = || Budget::new(Budget::MAX_BURST, Budget::MAX_REFILL).unwrap();
    let mut limits = Limits::default();
    for budget in [
        &mut limits.password_attempts,
        &mut limits.reset_mails,
        &mut limits.tenant_mails,
        &mut limits.name_requests,
        &mut limits.client_requests,
        &mut limits.client_sign_ins,
    ] {
        *budget = most();
    }
    limits
}

async fn world() -> World {
    let world = World::with(Arc::new(MemoryStore::new()), roomy());
    let rules = noord_with(PolicyDraft::new());
    world.auth.put_tenant(rules).unwrap();
    world.with_password("noord", "demo").await;
    world
}

impl World {
    fn ran_ahead(&self, what: StoredTime) -> usize {
        self.count(EventKind::ClockRanAhead(what))
    }

    async fn link_opens(&self, token: &str) -> bool {
        let seen = self.auth.inspect_reset("noord", token).await.unwrap();
        matches!(seen, OpenOutcome::Open(_))
    }

    async fn link_sets_password(&self, token: &str, text: &str) -> bool {
        let done = self.auth.complete_reset("noord", token, password(text));
        matches!(done.await.unwrap(), CompleteOutcome::Changed { .. })
    }

    async fn mails(&self) -> Vec<Mail> {
        self.request("noord", "demo").await;
        self.deliver().await
    }
}

#[tokio::test]
async fn link_of_a_clock_ahead() {
    for (ahead, disbelieved) in STEPS {
        let world = world().await;
        let right = world.clock.seconds();
        world.clock.set(right + ahead);
        let token = world.mailed_token("noord", "demo").await;
        world.clock.set(right);
        assert_eq!(world.link_opens(&token).await, !disbelieved, "{ahead}");
        assert_eq!(world.ran_ahead(StoredTime::Link), usize::from(disbelieved));
        if !disbelieved {
            assert!(world.link_sets_password(&token, OTHER).await);
            continue;
        }
        assert!(!world.link_sets_password(&token, OTHER).await, "{ahead}");
        // The person asks again, and the new link works.
        let new = world.mailed_token("noord", "demo").await;
        assert!(world.link_opens(&new).await, "{ahead}");
        // The first one has no day on which it works, neither the last one nor its own.
        for day in [ahead - DAY / 2, ahead - 1, ahead, ahead + 60] {
            world.clock.set(right + day);
            assert!(!world.link_opens(&token).await, "{ahead}, {day}");
        }
        world.clock.set(right + 60);
        assert!(world.link_sets_password(&new, OTHER).await, "{ahead}");
    }
}

/// As it was found: mailed with the clock 200 days ahead, used on day 199.
#[tokio::test]
async fn link_of_day_two_hundred() {
    let world = world().await;
    world.clock.set(NOON + 200 * DAY);
    let token = world.mailed_token("noord", "demo").await;
    world.clock.set(NOON);
    assert!(!world.link_opens(&token).await);
    // The host's housekeeping deletes what the right clock cannot have written.
    assert!(world.auth.purge().await.unwrap() > 0);
    for hours in [0, 12, 23, 24, 25] {
        world.clock.set(NOON + 199 * DAY + hours * HOUR);
        assert!(!world.link_sets_password(&token, OTHER).await, "{hours}");
    }
}

/// Three links of the wrong clock must not use up the links that an account may have at once.
#[tokio::test]
async fn disbelieved_links_do_not_count() {
    let world = world().await;
    world.clock.set(NOON + 365 * DAY);
    for _ in 0..3 {
        assert_eq!(world.mails().await.len(), 1);
    }
    assert!(world.mails().await.is_empty(), "three links are the limit");
    world.clock.set(NOON);
    let mails = world.mails().await;
    assert!(world.link_sets_password(&token_in(&mails[0]), OTHER).await);
}

#[tokio::test]
async fn ticket_of_a_clock_ahead() {
    for (ahead, disbelieved) in STEPS {
        let world = World::with(Arc::new(MemoryStore::new()), roomy());
        world.enrolled("demo").await;
        let right = world.clock.seconds();
        world.clock.set(right + ahead);
        let ticket = world.verify_ticket("zuid", "demo").await;
        world.clock.set(right);
        let step = world.auth.inspect_ticket("zuid", &ticket).await.unwrap();
        let expected = (!disbelieved).then_some(NextStep::Verify);
        assert_eq!(step, expected, "{ahead}");
        assert_eq!(
            world.ran_ahead(StoredTime::Ticket),
            usize::from(disbelieved)
        );
        // The person signs in again, and that ticket works.
        let again = world.verify_ticket("zuid", "demo").await;
        let step = world.auth.inspect_ticket("zuid", &again).await.unwrap();
        assert_eq!(step, Some(NextStep::Verify), "{ahead}");
        if disbelieved {
            world.clock.set(right + ahead);
            let step = world.auth.inspect_ticket("zuid", &ticket).await.unwrap();
            assert_eq!(step, None, "{ahead}: its row is gone");
        }
    }
}

/// A set-up begun by the wrong clock gives way to another one.
#[tokio::test]
async fn set_up_of_a_clock_ahead() {
    for (ahead, _) in STEPS {
        let world = World::with(Arc::new(MemoryStore::new()), roomy());
        world.with_password("zuid", "demo").await;
        let right = world.clock.seconds();
        world.clock.set(right + ahead);
        let ticket = world.enrol_ticket("zuid", "demo").await;
        let begun = world.auth.begin_enrolment("zuid", &ticket).await.unwrap();
        let slotwerk::EnrolmentOutcome::OnScreen(first) = begun else {
            panic!("{begun:?}");
        };
        world.clock.set(right);
        let ticket = world.enrol_ticket("zuid", "demo").await;
        let begun = world.auth.begin_enrolment("zuid", &ticket).await.unwrap();
        let slotwerk::EnrolmentOutcome::OnScreen(second) = begun else {
            panic!("{begun:?}");
        };
        assert_ne!(first.uri.expose(), second.uri.expose(), "{ahead}");
        let phone = support::Phone::scan(second.uri.expose());
        let code = phone.code(world.clock.seconds());
        let names = Default::default();
        let done = world.auth.confirm_enrolment("zuid", &ticket, &code, &names);
        let done = done.await.unwrap();
        let finished = matches!(done, slotwerk::ConfirmOutcome::SignedIn { .. });
        assert!(finished, "{ahead}: {done:?}");
    }
}

#[tokio::test]
async fn known_browser_of_a_clock_ahead() {
    // Tokens of known browsers live for 90 days here, and for 400 at most.
    for (ahead, disbelieved) in [(HOUR, false), (DAY, false), (365 * DAY, true)] {
        let world = world().await;
        let right = world.clock.seconds();
        let grant = signed_in(&world, &NOBODY).await;
        world.clock.set(right + ahead);
        let device = world.auth.known_browser(&grant).await.unwrap();
        world.clock.set(right);
        let browser = Client::unknown().with_known_browser(device.expose());
        // The password still signs in; a disbelieved browser is only counted with everybody.
        let grant = signed_in(&world, &browser).await;
        let told = world.ran_ahead(StoredTime::KnownBrowser);
        assert_eq!(told > 0, disbelieved, "{ahead}");
        let device = world.auth.known_browser(&grant).await.unwrap();
        let browser = Client::unknown().with_known_browser(device.expose());
        signed_in(&world, &browser).await;
        assert_eq!(
            world.ran_ahead(StoredTime::KnownBrowser),
            told,
            "{ahead}: a new one"
        );
    }
}

async fn signed_in(world: &World, client: &Client) -> slotwerk::Grant {
    let name = login("demo");
    let answer = world.auth.sign_in("noord", &name, password(GOOD), client);
    match answer.await.unwrap() {
        SignInOutcome::SignedIn(grant) => grant,
        other => panic!("expected to be signed in, got {other:?}"),
    }
}

#[tokio::test]
async fn report_of_a_clock_ahead() {
    // The link under a notice lives for 7 days here, and for 400 at most.
    for (ahead, disbelieved) in [
        (HOUR, false),
        (DAY, false),
        (365 * DAY, false),
        (394 * DAY, true),
    ] {
        let world = world().await;
        let right = world.clock.seconds();
        world.clock.set(right + ahead);
        let mails = world.mails().await;
        assert!(world.link_sets_password(&token_in(&mails[0]), OTHER).await);
        let notice = world.deliver().await.remove(0);
        let (handle, token) = report_in(&notice);
        world.clock.set(right);
        let seen = world.auth.inspect_not_me("noord", &handle, &token).await;
        let opens = matches!(seen.unwrap(), OpenNotMeOutcome::Open(_));
        assert_eq!(opens, !disbelieved, "{ahead}");
        assert_eq!(
            world.ran_ahead(StoredTime::Report),
            usize::from(disbelieved)
        );
        let report = world.auth.report_not_me("noord", &handle, &token).await;
        let expected = if disbelieved {
            ReportOutcome::Invalid
        } else {
            ReportOutcome::Done(NotMeEffect::AccountLocks)
        };
        assert_eq!(report.unwrap(), expected, "{ahead}");
        // A new link always works.
        let mails = world.mails().await;
        assert!(world.link_sets_password(&token_in(&mails[0]), GOOD).await);
    }
}

/// Under a mail with a link, the report lives as long as the link: a day ahead is too far.
#[tokio::test]
async fn link_report_of_a_clock_ahead() {
    for (ahead, disbelieved) in STEPS {
        let world = world().await;
        let right = world.clock.seconds();
        world.clock.set(right + ahead);
        let (handle, token) = report_in(&world.mails().await[0]);
        world.clock.set(right);
        let report = world.auth.report_not_me("noord", &handle, &token).await;
        let expected = if disbelieved {
            ReportOutcome::Invalid
        } else {
            ReportOutcome::Done(NotMeEffect::LinksEnd)
        };
        assert_eq!(report.unwrap(), expected, "{ahead}");
        assert_eq!(
            world.ran_ahead(StoredTime::Report),
            usize::from(disbelieved)
        );
    }
}

/// Clocks of two nodes that are a minute apart are no reason to disbelieve anything.
#[tokio::test]
async fn nodes_a_minute_apart() {
    let mut limits = roomy();
    limits.reset_lifetime = Duration::from_secs(DAY);
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    let right = world.clock.seconds();
    world.clock.set(right + 60);
    let token = world.mailed_token("noord", "demo").await;
    world.clock.set(right);
    assert!(world.link_opens(&token).await);
    assert!(world.link_sets_password(&token, GOOD).await);
    assert_eq!(world.ran_ahead(StoredTime::Link), 0);
}
