//! Sessions as a host stores them: checks, step-up by code, and what ends them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::policy::PolicyDraft;
use slotwerk::{
    ChangePasswordOutcome, CheckOutcome, Code, CodeOutcome, EventKind, Fault, Grant, ManageOutcome,
    NewAndCurrent, Session, SessionState, SignInOutcome, StepError, StoredTime, Throttled,
};
use support::{Enrolled, GOOD, NOBODY, OTHER, World, login, noord_with, password};

/// A moment after which the second factor has to be shown again.
const LATER: u64 = 15 * 60;

async fn check(world: &World, tenant: &str, state: &SessionState) -> Option<Session> {
    let tenant = world.auth.tenant(tenant).await.unwrap();
    match tenant.check(state).await.unwrap() {
        CheckOutcome::Valid(session) => Some(session),
        CheckOutcome::Ended => None,
    }
}

/// Somebody at `noord` who has signed in with the password alone.
async fn by_password(world: &World) -> Grant {
    let rules = noord_with(PolicyDraft::new());
    world.auth.put_tenant(rules).unwrap();
    world.with_password("noord", "demo").await;
    sign_in_by_password(world).await
}

async fn sign_in_by_password(world: &World) -> Grant {
    let demo = login("demo");
    let answer = world.auth.sign_in("noord", &demo, password(GOOD), &NOBODY);
    match answer.await.unwrap() {
        SignInOutcome::SignedIn(grant) => grant,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn session_state_survives_storage() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let state = SessionState::begin(&grant);
    assert_eq!(state.account(), "id-demo");
    assert_eq!(state.second_factor_at(), Some(state.password_at()));
    let stored = serde_json::to_string(&state).unwrap();
    let read: SessionState = serde_json::from_str(&stored).unwrap();
    assert!(read == state);
    assert!(check(&world, "zuid", &read).await.is_some());
    assert_eq!(format!("{state:?}"), "SessionState(..)");
}

#[tokio::test]
async fn unknown_form_is_no_session() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let stored = serde_json::to_value(SessionState::begin(&grant)).unwrap();
    for (field, value) in [
        ("version", 2.into()),
        ("account", "".into()),
        ("standing", "splendid".into()),
        ("epoch", "1".into()),
    ] {
        let mut altered = stored.clone();
        altered[field] = value;
        let read = serde_json::from_value::<SessionState>(altered);
        assert!(read.is_err(), "{field}");
    }
}

#[tokio::test]
async fn other_tenants_session_is_ended() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    // The same account id and epoch exist there.
    world.with_password("noord", "demo").await;
    let state = SessionState::begin(&grant);
    assert!(check(&world, "zuid", &state).await.is_some(), "a control");
    assert!(check(&world, "noord", &state).await.is_none());
}

#[tokio::test]
async fn step_up_by_code_reopens_management() {
    let world = World::new();
    let Enrolled { grant, phone, .. } = world.enrolled("demo").await;
    let state = SessionState::begin(&grant);
    world.advance(LATER);
    let session = check(&world, "zuid", &state).await.unwrap();
    let ManageOutcome::StepUp(step_up) = session.manage().await.unwrap() else {
        panic!("the second factor was shown too long ago");
    };
    let step = step_up.by_code().await.unwrap().expect("an authenticator");
    let code = Code::parse(&phone.code(world.clock.seconds())).unwrap();
    let CodeOutcome::SignedIn { grant, .. } = step.code(&code).await.unwrap() else {
        panic!("a right code");
    };
    let after = state.clone().stepped_up(&grant);
    assert_eq!(after.password_at(), state.password_at());
    assert_eq!(after.second_factor_at(), Some(world.clock.seconds()));
    let session = check(&world, "zuid", &after).await.unwrap();
    let managed = session.manage().await.unwrap();
    assert!(matches!(managed, ManageOutcome::Open(_)), "{managed:?}");
}

/// A clock that ran ahead at the sign-in must not leave the second factor open for as long.
#[tokio::test]
async fn times_ahead_need_a_step_up() {
    for (ahead, opens) in [(60, true), (61, false), (86_400, false)] {
        let world = World::new();
        let Enrolled { grant, .. } = world.enrolled("demo").await;
        let mut stored = serde_json::to_value(SessionState::begin(&grant)).unwrap();
        let ahead = world.clock.seconds() + ahead;
        stored["second_factor_at"] = ahead.into();
        let state: SessionState = serde_json::from_value(stored).unwrap();
        let session = check(&world, "zuid", &state).await.unwrap();
        let managed = session.manage().await.unwrap();
        assert_eq!(
            matches!(managed, ManageOutcome::Open(_)),
            opens,
            "{managed:?}"
        );
        let kind = EventKind::ClockRanAhead(StoredTime::Session);
        assert_eq!(world.count(kind), usize::from(!opens));
    }
}

/// Whether the guard of a host's page lets a session pass whose second factor was shown at this time.
async fn passes_the_guard(world: &World, grant: &Grant, shown_at: Option<u64>) -> bool {
    let mut stored = serde_json::to_value(SessionState::begin(grant)).unwrap();
    stored["second_factor_at"] = shown_at.into();
    let state: SessionState = serde_json::from_value(stored).unwrap();
    let session = check(world, "zuid", &state).await.unwrap();
    session.has_recent_second_factor()
}

#[tokio::test]
async fn recent_second_factor_has_edges() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let now = world.clock.seconds();
    for (age, is_recent) in [
        (0, true),
        (LATER - 1, true),
        (LATER, false),
        (LATER + 1, false),
    ] {
        let passes = passes_the_guard(&world, &grant, Some(now - age)).await;
        assert_eq!(passes, is_recent, "{age}");
    }
    assert!(
        !passes_the_guard(&world, &grant, None).await,
        "password only"
    );
}

#[tokio::test]
async fn guard_disbelieves_times_ahead() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let now = world.clock.seconds();
    for (ahead, is_recent) in [(1, true), (60, true), (61, false), (86_400, false)] {
        let passes = passes_the_guard(&world, &grant, Some(now + ahead)).await;
        assert_eq!(passes, is_recent, "{ahead}");
    }
    assert!(!passes_the_guard(&world, &grant, Some(u64::MAX)).await);
}

/// The guard and the way to change the second factor close at the same moment.
#[tokio::test]
async fn guard_agrees_with_managing() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let state = SessionState::begin(&grant);
    let shown_at = state.second_factor_at().unwrap();
    for age in [LATER - 1, LATER] {
        world.clock.set(shown_at + age);
        let session = check(&world, "zuid", &state).await.unwrap();
        let is_recent = session.has_recent_second_factor();
        let managed = session.manage().await.unwrap();
        assert_eq!(is_recent, age < LATER);
        assert_eq!(matches!(managed, ManageOutcome::Open(_)), is_recent);
    }
}

/// A page can greet the person, or speak their language, at each step.
#[tokio::test]
async fn each_step_names_its_account() {
    let world = World::new();
    world.with_password("zuid", "other").await;
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let sign_in = async |name: &str| {
        let login = login(name);
        let password = password(GOOD);
        tenant.sign_in(&login, password, &NOBODY).await
    };
    match sign_in("other").await.unwrap() {
        SignInOutcome::Enrol(set_up) => assert_eq!(set_up.account().id, "id-other"),
        step => panic!("{step:?}"),
    }
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    match sign_in("demo").await.unwrap() {
        SignInOutcome::Verify(step) => assert_eq!(step.account().id, "id-demo"),
        step => panic!("{step:?}"),
    }
    let session = check(&world, "zuid", &SessionState::begin(&grant)).await;
    match session.unwrap().manage().await.unwrap() {
        ManageOutcome::Open(managing) => assert_eq!(managing.account().id, "id-demo"),
        step => panic!("{step:?}"),
    }
}

/// A text of a megabyte is no token, and no copy of it is kept.
#[tokio::test]
async fn long_texts_are_no_tokens() {
    let world = World::new();
    let long = "A".repeat(1 << 20);
    assert_eq!(slotwerk::Ticket::from_text(&long).expose(), "");
    let seen = world.auth.inspect_reset("zuid", &long).await.unwrap();
    assert!(matches!(seen, slotwerk::OpenOutcome::Invalid));
    let seen = world.auth.inspect_not_me("zuid", &long, &long).await;
    assert!(matches!(seen.unwrap(), slotwerk::OpenNotMeOutcome::Invalid));
}

#[tokio::test]
async fn step_up_codes_are_charged() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let state = SessionState::begin(&grant);
    world.advance(LATER);
    let wrong = Code::parse("000000").unwrap();
    let mut last = None;
    for _ in 0..6 {
        let session = check(&world, "zuid", &state).await.unwrap();
        let ManageOutcome::StepUp(step_up) = session.manage().await.unwrap() else {
            panic!("no second factor was shown");
        };
        let step = step_up.by_code().await.unwrap().unwrap();
        last = Some(step.code(&wrong).await.unwrap());
    }
    assert!(
        matches!(last, Some(CodeOutcome::Throttled(Throttled::Wait(_)))),
        "another ticket is no other budget: {last:?}"
    );
}

#[tokio::test]
async fn revocation_ends_a_step_up() {
    let world = World::new();
    let Enrolled { grant, phone, .. } = world.enrolled("demo").await;
    let state = SessionState::begin(&grant);
    world.advance(LATER);
    let session = check(&world, "zuid", &state).await.unwrap();
    let ManageOutcome::StepUp(step_up) = session.manage().await.unwrap() else {
        panic!("the second factor was shown too long ago");
    };
    let step = step_up.by_code().await.unwrap().unwrap();
    world.auth.revoke_access("zuid", "id-demo").await.unwrap();
    let code = Code::parse(&phone.code(world.clock.seconds())).unwrap();
    let answer = step.code(&code).await;
    assert!(
        matches!(answer, Err(StepError::TicketInvalid)),
        "{answer:?}"
    );
    assert!(check(&world, "zuid", &state).await.is_none());
}

#[tokio::test]
async fn step_up_without_authenticator_needs_password() {
    let world = World::new();
    let grant = by_password(&world).await;
    let state = SessionState::begin(&grant);
    let session = check(&world, "noord", &state).await.unwrap();
    let opted_in = session.manage().await.unwrap();
    assert!(matches!(opted_in, ManageOutcome::Enrol(_)), "{opted_in:?}");
    world.advance(LATER);
    let session = check(&world, "noord", &state).await.unwrap();
    let ManageOutcome::StepUp(step_up) = session.manage().await.unwrap() else {
        panic!("the password was shown too long ago");
    };
    assert!(step_up.by_code().await.unwrap().is_none());

    let again = sign_in_by_password(&world).await;
    let after = state.stepped_up(&again);
    assert_eq!(after.password_at(), world.clock.seconds());
    let session = check(&world, "noord", &after).await.unwrap();
    let opted_in = session.manage().await.unwrap();
    assert!(matches!(opted_in, ManageOutcome::Enrol(_)), "{opted_in:?}");
}

#[tokio::test]
async fn changed_password_keeps_one_session() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let state = SessionState::begin(&grant);
    world.advance(60);
    let session = check(&world, "zuid", &state).await.unwrap();
    let passwords = NewAndCurrent {
        current: password(GOOD),
        new: password(OTHER),
    };
    let changed = session.change_password(passwords, &NOBODY).await.unwrap();
    let ChangePasswordOutcome::Changed { grant, .. } = changed else {
        panic!("{changed:?}");
    };
    assert!(check(&world, "zuid", &state).await.is_none(), "the others");
    let after = SessionState::begin(&grant);
    assert!(check(&world, "zuid", &after).await.is_some());
    // A change of password is no step-up.
    assert_eq!(after.second_factor_at(), state.second_factor_at());
    assert_eq!(after.password_at(), state.password_at());
}

#[tokio::test]
async fn ended_session_changes_no_password() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let state = SessionState::begin(&grant);
    let session = check(&world, "zuid", &state).await.unwrap();
    // Between the check and the change.
    world.auth.revoke_access("zuid", "id-demo").await.unwrap();
    let passwords = NewAndCurrent {
        current: password(GOOD),
        new: password(OTHER),
    };
    let changed = session.change_password(passwords, &NOBODY).await.unwrap();
    assert!(
        matches!(changed, ChangePasswordOutcome::Conflict),
        "{changed:?}"
    );
    let demo = login("demo");
    let old = world.auth.sign_in("zuid", &demo, password(GOOD), &NOBODY);
    assert!(matches!(old.await.unwrap(), SignInOutcome::Verify(_)));
}

#[tokio::test]
async fn removed_tenant_is_unknown() {
    let world = World::new();
    assert!(world.auth.remove_tenant("zuid"));
    assert!(!world.auth.remove_tenant("zuid"));
    let gone = world.auth.tenant("zuid").await;
    assert!(matches!(gone, Err(Fault::UnknownTenant)), "{gone:?}");
    assert!(world.auth.tenant("noord").await.is_ok());
}
