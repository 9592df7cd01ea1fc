//! Trusted browsers: where a tenant allows it, a right password is enough in them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::reset::{Credential, Lifetime, Purpose, TokenScope, issue_storeless};
use slotwerk::store::{AccountKey, MemoryStore, Store};
use slotwerk::{
    CheckOutcome, Client, Code, CodeOutcome, ConfirmOutcome, EnrolmentDelivery, EnrolmentOutcome,
    EventKind, Factor, Fault, Grant, ManageOutcome, RemoveOutcome, ReportOutcome, SecondFactor,
    Session, SessionState, SignInOutcome, StoredTime, Tenant, TenantError, Throttled,
};
use slotwerk_testkit::FaultyStore;
use std::sync::Arc;
use std::time::Duration;
use support::managing::{active, added, granted, open};
use support::{
    Enrolled, GOOD, NOBODY, OTHER, Phone, With, World, epoch_of, login, noord, password, report_in,
    ring, zuid,
};

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

fn trusting(seconds: u64) -> Tenant {
    zuid().with(|tenant| tenant.trusted_browser(Duration::from_secs(seconds)))
}

/// A tenant that trusts browsers for a week, and somebody who has just signed in there with a code.
async fn world() -> (World, Enrolled) {
    let world = World::new();
    world.auth.put_tenant(trusting(WEEK)).unwrap();
    let enrolled = world.enrolled("demo").await;
    (world, enrolled)
}

async fn trust(world: &World, grant: &Grant) -> Option<Client> {
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let token = tenant.trust_browser(grant).unwrap()?;
    Some(Client::unknown().with_trusted_browser(token.expose()))
}

async fn sign_in_at(world: &World, tenant: &str, text: &str, client: &Client) -> SignInOutcome {
    let demo = login("demo");
    let answer = world.auth.sign_in(tenant, &demo, password(text), client);
    answer.await.unwrap()
}

async fn sign_in(world: &World, text: &str, client: &Client) -> SignInOutcome {
    sign_in_at(world, "zuid", text, client).await
}

async fn is_trusted(world: &World, client: &Client) -> bool {
    match sign_in(world, GOOD, client).await {
        SignInOutcome::SignedIn(_) => true,
        SignInOutcome::Verify(_) => false,
        other => panic!("{other:?}"),
    }
}

async fn session(world: &World, grant: &Grant) -> Session {
    let tenant = world.auth.tenant("zuid").await.unwrap();
    match tenant.check(&SessionState::begin(grant)).await.unwrap() {
        CheckOutcome::Valid(session) => session,
        CheckOutcome::Ended => panic!("a session"),
    }
}

/// A token as a node with these keys and this clock would give it.
fn made(account: &str, epoch: u64, setting: u64, now: u64, lifetime: u64) -> Client {
    let subject = format!("{setting} {account}");
    let credential = Credential {
        account: &subject,
        epoch,
    };
    let scope = TokenScope::new(Purpose::TRUSTED_BROWSER, "zuid");
    let lifetime = Lifetime::lasting(Duration::from_secs(lifetime)).unwrap();
    let issued = issue_storeless(&ring(), &scope, &credential, now, lifetime, [5; 16]);
    Client::unknown().with_trusted_browser(issued.unwrap().token.expose())
}

#[tokio::test]
async fn trusted_browser_needs_no_code() {
    let (world, enrolled) = world().await;
    assert!(!is_trusted(&world, &NOBODY).await, "a control");
    let browser = trust(&world, &enrolled.grant).await.expect("a token");
    let SignInOutcome::SignedIn(grant) = sign_in(&world, GOOD, &browser).await else {
        panic!("the password is enough");
    };
    assert!(!grant.second_factor());
    assert_eq!(grant.account(), "id-demo");
    let kind = EventKind::SignedIn(Factor::TrustedBrowser);
    assert_eq!(world.count(kind), 1);
    assert!(is_trusted(&world, &browser).await, "more than once");
}

#[tokio::test]
async fn second_factor_still_takes_a_code() {
    let (world, Enrolled { grant, phone, .. }) = world().await;
    let browser = trust(&world, &grant).await.unwrap();
    let SignInOutcome::SignedIn(grant) = sign_in(&world, GOOD, &browser).await else {
        panic!("the password is enough");
    };
    // Nor does trust prolong itself.
    assert!(trust(&world, &grant).await.is_none());
    let managed = session(&world, &grant).await.manage().await.unwrap();
    let ManageOutcome::StepUp(step_up) = managed else {
        panic!("{managed:?}");
    };
    let step = step_up.by_code().await.unwrap().expect("an authenticator");
    let code = Code::parse(&phone.code(world.clock.seconds())).unwrap();
    let CodeOutcome::SignedIn { grant, .. } = step.code(&code).await.unwrap() else {
        panic!("a right code");
    };
    let managed = session(&world, &grant).await.manage().await.unwrap();
    assert!(matches!(managed, ManageOutcome::Open(_)), "{managed:?}");
    assert!(trust(&world, &grant).await.is_some());
}

#[tokio::test]
async fn wrong_passwords_are_limited_as_ever() {
    let (world, enrolled) = world().await;
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    for _ in 0..5 {
        let answer = sign_in(&world, OTHER, &browser).await;
        assert!(matches!(answer, SignInOutcome::Rejected), "{answer:?}");
    }
    let answer = sign_in(&world, GOOD, &browser).await;
    assert!(
        matches!(answer, SignInOutcome::Throttled(Throttled::Wait(_))),
        "{answer:?}"
    );
    world.advance(HOUR);
    world.people.disable_demo();
    let answer = sign_in(&world, GOOD, &browser).await;
    assert!(matches!(answer, SignInOutcome::Rejected), "{answer:?}");
}

#[tokio::test]
async fn trust_is_off_by_default() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    assert_eq!(zuid().trusted_browser(), None);
    assert!(trust(&world, &grant).await.is_none());
    // A node that has the setting already gives a token; this one does not take it.
    let browser = made(
        "id-demo",
        epoch_of(&grant),
        WEEK,
        world.clock.seconds(),
        WEEK,
    );
    assert!(!is_trusted(&world, &browser).await);
    world.auth.put_tenant(trusting(WEEK)).unwrap();
    assert!(is_trusted(&world, &browser).await, "a control");
}

#[tokio::test]
async fn switched_off_trust_ends_at_once() {
    let (world, enrolled) = world().await;
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    world.auth.put_tenant(zuid()).unwrap();
    assert!(!is_trusted(&world, &browser).await);
}

#[tokio::test]
async fn shorter_setting_ends_longer_trust() {
    let (world, _) = world().await;
    world.auth.put_tenant(trusting(30 * DAY)).unwrap();
    world.advance(DAY);
    let browser = {
        let enrolled = world.enrolled("other").await;
        trust(&world, &enrolled.grant).await.unwrap()
    };
    let other = login("other");
    let trusted = async || {
        let answer = world.auth.sign_in("zuid", &other, password(GOOD), &browser);
        matches!(answer.await.unwrap(), SignInOutcome::SignedIn(_))
    };
    assert!(trusted().await, "a control");
    world.auth.put_tenant(trusting(WEEK)).unwrap();
    assert!(!trusted().await);
    world.advance(28 * DAY);
    assert!(!trusted().await, "also near its end");
}

#[tokio::test]
async fn trust_ends_after_its_time() {
    let (world, enrolled) = world().await;
    let shown_at = SessionState::begin(&enrolled.grant).second_factor_at();
    world.advance(HOUR);
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    world.clock.set(shown_at.unwrap() + WEEK - 1);
    assert!(is_trusted(&world, &browser).await);
    assert!(trust(&world, &enrolled.grant).await.is_some());
    world.advance(1);
    assert!(!is_trusted(&world, &browser).await);
    assert!(
        trust(&world, &enrolled.grant).await.is_none(),
        "too long ago"
    );
}

#[tokio::test]
async fn trust_is_for_one_account() {
    let (world, _) = world().await;
    let other = world.enrolled("other").await;
    let browser = trust(&world, &other.grant).await.unwrap();
    let answer = world
        .auth
        .sign_in("zuid", &login("other"), password(GOOD), &browser)
        .await;
    assert!(
        matches!(answer, Ok(SignInOutcome::SignedIn(_))),
        "a control"
    );
    assert!(!is_trusted(&world, &browser).await);
}

#[tokio::test]
async fn trust_is_for_one_tenant() {
    let (world, enrolled) = world().await;
    let settings = noord().with(|tenant| {
        tenant
            .enrolment_delivery(EnrolmentDelivery::OnScreen)
            .trusted_browser(Duration::from_secs(WEEK))
    });
    world.auth.put_tenant(settings).unwrap();
    let here = enrolled_at_noord(&world).await;
    assert_eq!(epoch_of(&here), epoch_of(&enrolled.grant), "the same epoch");
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    let answer = sign_in_at(&world, "noord", GOOD, &browser).await;
    assert!(matches!(answer, SignInOutcome::Verify(_)), "{answer:?}");
    assert!(trust(&world, &here).await.is_none(), "a grant of noord");
}

async fn enrolled_at_noord(world: &World) -> Grant {
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let begun = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    let EnrolmentOutcome::OnScreen(material) = begun else {
        panic!("{begun:?}");
    };
    let code = Phone::scan(material.uri.expose()).code(world.clock.seconds());
    let new = Default::default();
    let done = world
        .auth
        .confirm_enrolment("noord", &ticket, &code, &new)
        .await;
    match done.unwrap() {
        ConfirmOutcome::SignedIn { grant, .. } => grant,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn changed_password_ends_trust() {
    let (world, enrolled) = world().await;
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    let changed =
        world
            .auth
            .change_password("zuid", "id-demo", password(GOOD), password(OTHER), &NOBODY);
    changed.await.unwrap();
    let answer = sign_in(&world, OTHER, &browser).await;
    assert!(matches!(answer, SignInOutcome::Verify(_)), "{answer:?}");
}

#[tokio::test]
async fn reset_ends_trust() {
    let (world, enrolled) = world().await;
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    world.with_password("zuid", "demo").await;
    assert!(!is_trusted(&world, &browser).await);
}

#[tokio::test]
async fn revocation_ends_trust() {
    let (world, enrolled) = world().await;
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    world.auth.revoke_access("zuid", "id-demo").await.unwrap();
    assert!(!is_trusted(&world, &browser).await);
}

#[tokio::test]
async fn report_ends_trust() {
    let (world, enrolled) = world().await;
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    let ticket = open(&world, &enrolled.grant).await;
    let renewed = world.auth.renew_recovery_codes("zuid", &ticket).await;
    renewed.unwrap();
    let mails = world.deliver().await;
    assert!(is_trusted(&world, &browser).await, "a control");
    let (handle, token) = report_in(&mails[0]);
    let reported = world.auth.report_not_me("zuid", &handle, &token).await;
    assert!(
        matches!(reported, Ok(ReportOutcome::Done(_))),
        "{reported:?}"
    );
    let answer = sign_in(&world, GOOD, &browser).await;
    assert!(matches!(answer, SignInOutcome::Rejected), "{answer:?}");
    world.with_password("zuid", "demo").await;
    assert!(!is_trusted(&world, &browser).await);
}

#[tokio::test]
async fn removed_authenticator_ends_trust() {
    let (world, enrolled) = world().await;
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    let ticket = open(&world, &enrolled.grant).await;
    added(&world, &ticket, "tablet").await;
    assert!(is_trusted(&world, &browser).await, "a control");
    let tablet = active(&world, "id-demo").await[1].id;
    let removed = world
        .auth
        .remove_authenticator("zuid", &ticket, tablet)
        .await;
    assert!(matches!(removed, Ok(RemoveOutcome::Removed { .. })));
    assert!(!is_trusted(&world, &browser).await);
}

#[tokio::test]
async fn known_browser_is_not_trusted() {
    let (world, Enrolled { grant, phone, .. }) = world().await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let known = tenant.known_browser(&grant).unwrap();
    let client = Client::unknown().with_trusted_browser(known.expose());
    assert!(!is_trusted(&world, &client).await);
    // A trusted browser is not a known one: it has no separate budget.
    let trusted = tenant.trust_browser(&grant).unwrap().unwrap();
    for _ in 0..5 {
        sign_in(&world, OTHER, &NOBODY).await;
    }
    let client = Client::unknown().with_known_browser(trusted.expose());
    let answer = sign_in(&world, GOOD, &client).await;
    assert!(matches!(answer, SignInOutcome::Throttled(_)), "{answer:?}");
    // Both together give both.
    let client = Client::unknown()
        .with_known_browser(known.expose())
        .with_trusted_browser(trusted.expose());
    assert!(is_trusted(&world, &client).await);
    world.advance(HOUR);
    assert!(granted(&world, &phone).await.second_factor());
}

#[tokio::test]
async fn trust_spares_no_set_up() {
    for second_factor in [SecondFactor::Required, SecondFactor::WhenEnrolled] {
        let store = Arc::new(MemoryStore::new());
        let world = World::on(store.clone());
        let settings = trusting(WEEK).with(|tenant| tenant.second_factor(second_factor));
        world.auth.put_tenant(settings).unwrap();
        world.with_password("zuid", "demo").await;
        let key = AccountKey::new("zuid", "id-demo").unwrap();
        let epoch = store.credential(&key).await.unwrap().epoch;
        let now = world.clock.seconds();
        let browser = made("id-demo", epoch, WEEK, now, WEEK);
        let answer = sign_in(&world, GOOD, &browser).await;
        match second_factor {
            SecondFactor::Required => {
                assert!(matches!(answer, SignInOutcome::Enrol(_)), "{answer:?}")
            }
            _ => assert!(matches!(answer, SignInOutcome::SignedIn(_)), "{answer:?}"),
        }
        let kind = EventKind::SignedIn(Factor::TrustedBrowser);
        assert_eq!(world.count(kind), 0);
    }
}

/// The token itself could say more than the tenant's setting allows.
#[tokio::test]
async fn trust_from_a_clock_ahead() {
    for (ahead, trusted) in [
        (60, true),
        (61, false),
        (20 * DAY, false),
        (90 * DAY, false),
    ] {
        let (world, enrolled) = world().await;
        let epoch = epoch_of(&enrolled.grant);
        let now = world.clock.seconds() + ahead;
        let browser = made("id-demo", epoch, WEEK, now, WEEK);
        assert_eq!(is_trusted(&world, &browser).await, trusted, "{ahead}");
        let kind = EventKind::ClockRanAhead(StoredTime::TrustedBrowser);
        assert_eq!(world.count(kind), usize::from(!trusted), "{ahead}");
    }
}

#[tokio::test]
async fn grant_from_a_clock_ahead() {
    let (world, Enrolled { phone, .. }) = world().await;
    let now = world.clock.seconds();
    world.advance(HOUR);
    let grant = granted(&world, &phone).await;
    assert!(trust(&world, &grant).await.is_some(), "a control");
    world.clock.set(now);
    assert!(trust(&world, &grant).await.is_none());
    let kind = EventKind::ClockRanAhead(StoredTime::Session);
    assert_eq!(world.count(kind), 1);
}

#[tokio::test]
async fn settings_of_trust_are_bounded() {
    let world = World::new();
    let seconds = Duration::from_secs;
    for lifetime in [seconds(HOUR), seconds(30 * DAY)] {
        let settings = zuid().with(|tenant| tenant.trusted_browser(lifetime));
        assert!(world.auth.put_tenant(settings).is_ok(), "{lifetime:?}");
    }
    for lifetime in [
        seconds(0),
        seconds(HOUR - 1),
        seconds(30 * DAY + 1),
        Duration::from_millis(HOUR * 1_000 + 500),
    ] {
        let refused = zuid().into_builder().trusted_browser(lifetime).build();
        assert!(
            matches!(refused, Err(TenantError::TrustedBrowser)),
            "{lifetime:?}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn odd_texts_are_not_trusted() {
    let (world, enrolled) = world().await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let token = tenant.trust_browser(&enrolled.grant).unwrap().unwrap();
    let cut = &token.expose()[1..];
    for odd in [
        "",
        "x",
        cut,
        &format!("A{cut}B"),
        &"A".repeat(75),
        &"A".repeat(1 << 20),
    ] {
        let client = Client::unknown().with_trusted_browser(odd);
        assert!(!is_trusted(&world, &client).await, "{odd:?}");
        world.advance(60);
    }
}

#[tokio::test]
async fn debug_shows_no_token() {
    let (world, enrolled) = world().await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let token = tenant.trust_browser(&enrolled.grant).unwrap().unwrap();
    let client = Client::unknown().with_trusted_browser(token.expose());
    let printed = format!("{token:?} {client:?}");
    assert!(!printed.contains(token.expose()), "{printed}");
    assert!(printed.contains("has_trusted_browser: true"), "{printed}");
}

#[tokio::test]
async fn entropy_is_needed_for_trust() {
    let (world, enrolled) = world().await;
    world.entropy.fail(true);
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let refused = tenant.trust_browser(&enrolled.grant);
    assert!(matches!(refused, Err(Fault::Entropy(_))), "{refused:?}");
}

#[tokio::test]
async fn trusted_sign_in_writes_twice() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    world.auth.put_tenant(trusting(WEEK)).unwrap();
    let enrolled = world.enrolled("demo").await;
    let browser = trust(&world, &enrolled.grant).await.unwrap();
    let before = (store.calls(), store.writes());
    assert!(is_trusted(&world, &browser).await);
    let made = (store.calls() - before.0, store.writes() - before.1);
    assert_eq!(made, (4, 2), "charge and settle");
}
