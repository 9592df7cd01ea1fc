//! Forgot password, seen from the host: what is promised to people, and what is refused to others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::breach::OnFailure;
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{MemoryStore, Store};
use slotwerk::{
    BuildError, Client, CompleteOutcome, EventKind, Fault, InvalidLink, Limits, MailProblem,
    OpenOutcome, SendProblem, SetPasswordOutcome, SignInOutcome, Throttled,
};
use slotwerk_testkit::FaultyStore;
use std::sync::Arc;
use std::time::Duration;
use support::{
    AllTogether, GOOD, NOBODY, OTHER, World, epoch_of, login, noord_with, password, token_in,
};

async fn is_open(world: &World, tenant: &str, token: &str) -> bool {
    matches!(
        world.auth.inspect_reset(tenant, token).await.unwrap(),
        OpenOutcome::Open(_)
    )
}

#[tokio::test]
async fn a_link_sets_a_password_once() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    assert!(is_open(&world, "noord", &token).await);
    let done = world
        .auth
        .complete_reset("noord", &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
    let again = world
        .auth
        .complete_reset("noord", &token, password(OTHER))
        .await
        .unwrap();
    assert!(matches!(again, CompleteOutcome::Invalid));
    assert!(matches!(
        world
            .auth
            .sign_in("noord", &login("demo"), password(OTHER), &NOBODY)
            .await
            .unwrap(),
        SignInOutcome::Rejected
    ));
    assert!(matches!(
        world
            .auth
            .sign_in("noord", &login("demo"), password(GOOD), &NOBODY)
            .await
            .unwrap(),
        SignInOutcome::Enrol(_)
    ));
}

#[tokio::test]
async fn only_an_enabled_account_gets_mail_and_the_answer_is_the_same() {
    let world = World::new();
    for name in ["demo", "nobody", "disabled"] {
        let answer = world
            .auth
            .request_reset("noord", &login(name), &Client::unknown())
            .await
            .unwrap();
        assert_eq!(format!("{answer:?}"), "RequestAccepted");
    }
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to().as_str(), "demo@noord.example");
    assert_eq!(world.count(EventKind::ResetNoAccount), 2);
}

/// The calls are counted: a look-up whose answer is ignored would be seen by nothing else.
#[tokio::test]
async fn the_request_itself_does_not_look_anybody_up() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    let address = Client::at([192, 0, 2, 1].into());
    for (client, calls) in [(&Client::unknown(), 2), (&address, 2)] {
        for name in ["demo", "nobody", "disabled", "other"] {
            let (before, login) = (store.calls(), login(name));
            let asked = world.auth.request_reset("noord", &login, client);
            asked.await.unwrap();
            let made = store.calls() - before;
            assert_eq!(made, calls, "budgets and the queue, for {name}");
        }
    }
    assert_eq!(world.people.look_ups(), 0);
    world.deliver().await;
    assert!(
        world.people.look_ups() >= 8,
        "a negative control: the worker"
    );
}

#[tokio::test]
async fn validity_starts_at_sending() {
    let world = World::new();
    world.request("noord", "demo").await;
    world.advance(3 * 60 * 60);
    let token = token_in(&world.deliver().await[0]);
    world.advance(30 * 60 - 1);
    assert!(is_open(&world, "noord", &token).await);
    world.advance(1);
    assert!(!is_open(&world, "noord", &token).await);
    assert!(
        world
            .kinds()
            .contains(&EventKind::ResetLinkInvalid(InvalidLink::Token(
                slotwerk::reset::Reason::Expired
            )))
    );
}

#[tokio::test]
async fn opening_a_link_fifty_times_does_not_use_it() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    for _ in 0..50 {
        assert!(is_open(&world, "noord", &token).await);
    }
    let done = world
        .auth
        .complete_reset("noord", &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
}

#[tokio::test]
async fn a_refused_password_names_the_unmet_rules_and_leaves_the_link_alive() {
    let world = World::new();
    let token = world.mailed_token("zuid", "demo").await;
    let refused = world
        .auth
        .complete_reset("zuid", &token, password("kort"))
        .await
        .unwrap();
    let CompleteOutcome::RulesUnmet(requirements) = refused else {
        panic!("{refused:?}")
    };
    let unmet = requirements
        .iter()
        .filter(|r| r.state() == slotwerk::policy::State::Unmet)
        .count();
    assert_eq!(unmet, 2, "too short, and no digit");
    assert!(is_open(&world, "zuid", &token).await);
    let done = world
        .auth
        .complete_reset("zuid", &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
}

#[tokio::test]
async fn requests_keep_earlier_links_alive_up_to_three_and_success_kills_all() {
    let world = World::new();
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(world.mailed_token("noord", "demo").await);
    }
    world.request("noord", "demo").await;
    assert!(
        world.deliver().await.is_empty(),
        "a fourth link is not mailed"
    );
    assert_eq!(world.count(EventKind::ResetDroppedAccount), 1);
    for token in &tokens {
        assert!(is_open(&world, "noord", token).await);
    }
    let done = world
        .auth
        .complete_reset("noord", &tokens[1], password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
    for token in &tokens {
        assert!(!is_open(&world, "noord", token).await);
    }
}

#[tokio::test]
async fn a_link_dies_with_the_mail_address_the_account_and_revocation() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    world.people.move_mail_to("elsewhere@noord.example");
    assert!(!is_open(&world, "noord", &token).await);
    assert!(
        world
            .kinds()
            .contains(&EventKind::ResetLinkInvalid(InvalidLink::Account))
    );

    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    world.people.disable_demo();
    let done = world
        .auth
        .complete_reset("noord", &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Invalid));

    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    world.auth.revoke_access("noord", "id-demo").await.unwrap();
    assert!(!is_open(&world, "noord", &token).await);
}

#[tokio::test]
async fn a_link_dies_when_the_password_is_changed_otherwise() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    let set = world
        .auth
        .set_password("noord", "id-demo", password(GOOD))
        .await
        .unwrap();
    assert!(matches!(set, SetPasswordOutcome::Changed { epoch: 1 }));
    assert!(!is_open(&world, "noord", &token).await);
}

#[tokio::test]
async fn a_token_of_another_tenant_or_purpose_opens_nothing() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    assert!(!is_open(&world, "zuid", &token).await);
    assert!(
        world
            .auth
            .inspect_ticket("noord", &token)
            .await
            .unwrap()
            .is_none(),
        "a link is not a ticket"
    );
    world.with_password("noord", "other").await;
    let ticket = world.enrol_ticket("noord", "other").await;
    assert!(
        !is_open(&world, "noord", &ticket).await,
        "a ticket is not a link"
    );
    assert!(
        world
            .auth
            .inspect_ticket("zuid", &ticket)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_hundred_parallel_completions_change_the_password_once() {
    // Each has found the link before the first one uses it.
    let check = Arc::new(AllTogether::new(100));
    let world = World::asking_on(Arc::new(MemoryStore::new()), check, OnFailure::Refuse);
    let rules = PolicyDraft::new().not_breached();
    world.auth.put_tenant(noord_with(rules)).unwrap();
    let world = Arc::new(world);
    let token = world.mailed_token("noord", "demo").await;
    let mut attempts = tokio::task::JoinSet::new();
    for n in 0..100 {
        let (world, token) = (world.clone(), token.clone());
        attempts.spawn(async move {
            let new = password(&format!("wachtwoord nummer {n}"));
            matches!(
                world
                    .auth
                    .complete_reset("noord", &token, new)
                    .await
                    .unwrap(),
                CompleteOutcome::Changed { .. }
            )
        });
    }
    let winners = attempts
        .join_all()
        .await
        .into_iter()
        .filter(|won| *won)
        .count();
    assert_eq!(winners, 1);
    assert_eq!(world.count(EventKind::PasswordReset), 1);
    assert_eq!(world.deliver().await.len(), 1, "one notice");
}

#[tokio::test]
async fn success_ends_sessions_signs_nobody_in_and_notifies() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    let stands = |epoch| world.auth.session_stands("zuid", "id-demo", epoch);
    assert!(stands(epoch_of(&enrolled.grant)).await.unwrap());
    let token = world.mailed_token("zuid", "demo").await;
    assert!(
        stands(epoch_of(&enrolled.grant)).await.unwrap(),
        "a request alone ends nothing"
    );
    let done = world
        .auth
        .complete_reset("zuid", &token, password(OTHER))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
    assert!(!stands(epoch_of(&enrolled.grant)).await.unwrap());
    let notices = world.deliver().await;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].to().as_str(), "demo@zuid.example");
    // The second factor is still asked for: a mailbox is not enough.
    let next = world
        .auth
        .sign_in("zuid", &login("demo"), password(OTHER), &NOBODY)
        .await
        .unwrap();
    assert!(matches!(next, SignInOutcome::Verify(_)), "{next:?}");
}

#[tokio::test]
async fn a_reset_lets_a_locked_out_person_in_again() {
    let world = World::new();
    world.with_password("noord", "demo").await;
    let mut last = None;
    for _ in 0..200 {
        last = Some(
            world
                .auth
                .sign_in("noord", &login("demo"), password("guess"), &NOBODY)
                .await
                .unwrap(),
        );
        world.advance(900);
    }
    assert!(
        matches!(last, Some(SignInOutcome::Throttled(Throttled::Locked))),
        "{last:?}"
    );
    let token = world.mailed_token("noord", "demo").await;
    let done = world
        .auth
        .complete_reset("noord", &token, password(OTHER))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
    assert!(matches!(
        world
            .auth
            .sign_in("noord", &login("demo"), password(OTHER), &NOBODY)
            .await
            .unwrap(),
        SignInOutcome::Enrol(_)
    ));
}

#[tokio::test]
async fn a_mail_server_that_is_down_delays_the_mail_and_loses_nothing() {
    let world = World::new();
    world.mailer.fail_transiently(3);
    world.request("noord", "demo").await;
    assert!(world.deliver().await.is_empty());
    for pause in [5, 10, 20] {
        world.advance(pause - 1);
        assert!(world.deliver().await.is_empty(), "not before its time");
        world.advance(1);
        let _ = world.auth.work_outbox().await.unwrap();
    }
    assert_eq!(world.mailer.sent().len(), 1);
    let problem = MailProblem::NotSent(SendProblem::Other);
    assert_eq!(world.postponed(), [problem; 3]);
    let token = token_in(&world.mailer.sent()[0]);
    assert!(is_open(&world, "noord", &token).await);
    // The attempts that failed have not used up the allowance of three.
    world.mailed_token("noord", "demo").await;
    world.mailed_token("noord", "demo").await;
}

#[tokio::test]
async fn a_flood_for_one_victim_is_a_bounded_number_of_mails() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    for n in 0..500u32 {
        let client = Client::at(std::net::Ipv4Addr::from(0x0a00_0000 + n).into());
        world
            .auth
            .request_reset("noord", &login("demo"), &client)
            .await
            .unwrap();
    }
    assert!(world.deliver().await.len() <= 2);
    assert!(is_open(&world, "noord", &token).await);
}

#[tokio::test]
async fn a_mail_is_charged_once_whatever_fails_before_and_after() {
    let mut limits = Limits::default();
    limits.live_links = 10;
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    for _ in 0..10 {
        world.request("noord", "demo").await;
    }
    // Before anybody is found there is nobody to charge.
    world.people.break_down();
    assert!(world.deliver().await.is_empty());
    world.people.recover();
    world.advance(5);
    // And then a mail that is tried again is the same mail.
    world.mailer.fail_transiently(4);
    assert_eq!(world.deliver().await.len(), 1);
    world.advance(10);
    assert_eq!(world.deliver().await.len(), 4, "five in all");
    assert_eq!(world.count(EventKind::ResetDroppedAccount), 5);
}

#[tokio::test]
async fn one_client_cannot_fill_the_outbox() {
    let world = World::new();
    let client = Client::at([192, 0, 2, 1].into());
    for n in 0..100 {
        world
            .auth
            .request_reset("noord", &login(&format!("name{n}")), &client)
            .await
            .unwrap();
    }
    assert_eq!(world.count(EventKind::ResetRequested), 30);
    assert_eq!(world.count(EventKind::ResetDroppedClient), 70);
}

#[tokio::test]
async fn a_full_outbox_drops_silently_and_other_tenants_go_on() {
    let mut limits = Limits::default();
    limits.outbox_capacity = 2;
    let world = World::with(Arc::new(slotwerk::store::MemoryStore::new()), limits);
    for name in ["a", "b", "c"] {
        world.request("noord", name).await;
    }
    assert_eq!(world.count(EventKind::ResetDroppedOutboxFull), 1);
    let token = world.mailed_token("zuid", "demo").await;
    assert!(is_open(&world, "zuid", &token).await);
}

#[tokio::test]
async fn a_job_that_never_comes_back_is_given_up() {
    let store = Arc::new(slotwerk::store::MemoryStore::new());
    let world = World::on(store.clone());
    world.request("noord", "demo").await;
    // A worker that dies in the midst of the job, thirteen times.
    for _ in 0..13 {
        let now = world.clock.seconds();
        let leased = store
            .lease_jobs(&support::lease(now, now + 1, 1))
            .await
            .unwrap();
        assert_eq!(leased.len(), 1);
        world.advance(1);
    }
    assert!(world.deliver().await.is_empty());
    assert_eq!(world.abandoned(), [MailProblem::WorkerGone]);
    world.advance(24 * 60 * 60);
    assert!(world.deliver().await.is_empty(), "it is gone");
    assert_eq!(world.abandoned().len(), 1);
}

#[tokio::test]
async fn a_password_that_the_host_sets_lets_a_locked_out_person_in() {
    let (world, demo) = (World::new(), login("demo"));
    world.with_password("noord", "demo").await;
    for _ in 0..100 {
        let guess = password("guess");
        let _ = world.auth.sign_in("noord", &demo, guess, &NOBODY).await;
        world.advance(900);
    }
    let locked = world.auth.sign_in("noord", &demo, password(GOOD), &NOBODY);
    assert!(matches!(
        locked.await.unwrap(),
        SignInOutcome::Throttled(Throttled::Locked)
    ));
    let set = world.auth.set_password("noord", "id-demo", password(OTHER));
    assert!(matches!(
        set.await.unwrap(),
        SetPasswordOutcome::Changed { .. }
    ));
    let inside = world.auth.sign_in("noord", &demo, password(OTHER), &NOBODY);
    assert!(matches!(inside.await.unwrap(), SignInOutcome::Enrol(_)));
}

#[tokio::test]
async fn without_entropy_no_link_leaves() {
    let world = World::new();
    world.entropy.fail(true);
    let answer = world
        .auth
        .request_reset("noord", &login("demo"), &Client::unknown())
        .await;
    assert!(matches!(answer, Err(Fault::Entropy(_))));
    world.entropy.fail(false);
    world.request("noord", "demo").await;
    world.entropy.fail(true);
    assert!(world.deliver().await.is_empty());
    world.entropy.fail(false);
    world.advance(5);
    assert_eq!(world.deliver().await.len(), 1);
}

#[tokio::test]
async fn events_and_debug_texts_hold_no_token_no_address_and_no_password() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    let inspection = format!(
        "{:?}",
        world.auth.inspect_reset("noord", &token).await.unwrap()
    );
    let done = world
        .auth
        .complete_reset("noord", &token, password(GOOD))
        .await
        .unwrap();
    let _ = world
        .auth
        .sign_in("noord", &login("demo"), password("guess"), &NOBODY)
        .await
        .unwrap();
    let signed = world
        .auth
        .sign_in("noord", &login("demo"), password(GOOD), &NOBODY)
        .await
        .unwrap();
    let texts = format!(
        "{inspection} {done:?} {signed:?} {:?} {}",
        world.auth,
        world.events_as_text()
    );
    for secret in [token.as_str(), GOOD, "guess", "@noord.example"] {
        assert!(!texts.contains(secret), "{secret} shows in {texts}");
    }
    if let SignInOutcome::Enrol(ticket) = signed {
        assert!(!texts.contains(ticket.ticket().expose()));
    }
}

#[tokio::test]
async fn an_unknown_tenant_is_a_fault_of_the_host() {
    let world = World::new();
    let answer = world
        .auth
        .request_reset("west", &login("demo"), &Client::unknown())
        .await;
    assert!(matches!(answer, Err(Fault::UnknownTenant)));
}

#[test]
fn limits_out_of_bounds_are_refused_at_build() {
    let build = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        slotwerk::Auth::builder()
            .limits(limits)
            .build()
            .expect_err("refused")
    };
    assert!(matches!(
        build(|l| l.reset_lifetime = Duration::ZERO),
        BuildError::Limit("reset_lifetime")
    ));
    assert!(matches!(
        build(|l| l.reset_lifetime = Duration::from_secs(86_401)),
        BuildError::Limit("reset_lifetime")
    ));
    assert!(matches!(
        build(|l| l.live_links = 0),
        BuildError::Limit("live_links")
    ));
    assert!(matches!(
        build(|l| l.enrolment_lifetime = Duration::ZERO),
        BuildError::Limit("enrolment_lifetime")
    ));
    assert!(matches!(
        build(
            |l| l.code_attempts = slotwerk::throttle::Budget::new(5, Duration::from_secs(180))
                .unwrap()
                .into()
        ),
        BuildError::CodesTooEasilyGuessed(_)
    ));
    assert!(matches!(
        build(|l| l.reuse_checks = l.reuse_checks.with_hard_stop(100).unwrap()),
        BuildError::Limit("reuse_checks")
    ));
    assert!(matches!(
        build(|l| l.setup_mails = l.setup_mails.with_hard_stop(100).unwrap()),
        BuildError::Limit("setup_mails")
    ));
    // Nothing succeeds against it, so that nothing would ever end the delays.
    assert!(matches!(
        build(|l| {
            let delays = slotwerk::throttle::Backoff::new(
                4,
                Duration::from_secs(30),
                Duration::from_secs(3_600),
            );
            l.client_requests = l.client_requests.with_backoff(delays.unwrap());
        }),
        BuildError::Limit("client_requests")
    ));
    assert!(matches!(
        build(|l| l.mail_senders = 0),
        BuildError::Limit("mail_senders")
    ));
    for delay in [Duration::from_secs(61), Duration::from_millis(1_500)] {
        let mut limits = Limits::default();
        limits.reset_delay = delay;
        let refused = slotwerk::Auth::builder().limits(limits).build();
        assert!(matches!(refused, Err(BuildError::Limit("reset_delay"))));
    }
    // A negative control: the defaults get as far as the missing parts.
    assert!(matches!(build(|_| {}), BuildError::Missing(_)));
}
