//! Sessions that the store keeps: limits, new ids, and what ends them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::store::{AccountKey, ErrorKind, MemoryStore, Store, TOUCH_INTERVAL};
use slotwerk::{
    AccountSessionId, Auth, BeginSessionOutcome, BuildError, ChangePasswordOutcome, Code,
    CodeOutcome, Fault, Grant, HostData, Limits, ManageOutcome, NewAndCurrent, OpenSession,
    OpenSessionOutcome, RotateSessionOutcome, SessionToken,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::Arc;
use std::time::Duration;
use support::{Enrolled, GOOD, NOBODY, OTHER, World, password, ring, side_by_side};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

fn data(text: &str) -> HostData {
    HostData::new(text).unwrap()
}

async fn begin_with(world: &World, grant: &Grant, data: HostData) -> Option<SessionToken> {
    let tenant = world.auth.tenant("zuid").await.unwrap();
    match tenant.sessions().begin(grant, data).await.unwrap() {
        BeginSessionOutcome::Begun(token) => Some(token),
        BeginSessionOutcome::Over => None,
    }
}

async fn begin(world: &World, grant: &Grant) -> SessionToken {
    let begun = begin_with(world, grant, data("csrf")).await;
    begun.expect("a session")
}

async fn open_at(world: &World, tenant: &str, token: &SessionToken) -> Option<OpenSession> {
    let tenant = world.auth.tenant(tenant).await.unwrap();
    match tenant.sessions().open(token).await.unwrap() {
        OpenSessionOutcome::Valid(open) => Some(open),
        OpenSessionOutcome::Ended => None,
    }
}

async fn open(world: &World, token: &SessionToken) -> Option<OpenSession> {
    open_at(world, "zuid", token).await
}

async fn is_open(world: &World, token: &SessionToken) -> bool {
    open(world, token).await.is_some()
}

async fn rotate(open: &OpenSession, grant: &Grant) -> Option<SessionToken> {
    match open.kept.rotate(grant, data("rotated")).await.unwrap() {
        RotateSessionOutcome::Rotated(token) => Some(token),
        RotateSessionOutcome::Over => None,
    }
}

async fn renew_id(open: &OpenSession) -> Option<SessionToken> {
    match open.kept.renew_id(data("renewed")).await.unwrap() {
        RotateSessionOutcome::Rotated(token) => Some(token),
        RotateSessionOutcome::Over => None,
    }
}

async fn end(world: &World, token: &SessionToken) -> Result<(), Fault> {
    let tenant = world.auth.tenant("zuid").await.unwrap();
    tenant.sessions().end(token).await
}

/// The grant after a change of password in this session.
async fn changed_password(open: &OpenSession) -> Grant {
    let passwords = NewAndCurrent {
        current: password(GOOD),
        new: password(OTHER),
    };
    let changed = open.session.change_password(passwords, &NOBODY).await;
    match changed.unwrap() {
        ChangePasswordOutcome::Changed { grant, .. } => grant,
        other => panic!("{other:?}"),
    }
}

/// A signed-in person and the token of their session.
async fn signed_in(world: &World) -> (Enrolled, SessionToken) {
    let enrolled = world.enrolled("demo").await;
    let token = begin(world, &enrolled.grant).await;
    (enrolled, token)
}

fn with_limits(change: fn(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

#[tokio::test]
async fn begun_session_opens() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    let open = open(&world, &token).await.expect("a session");
    assert_eq!(open.session.account().id, "id-demo");
    let state = open.session.state();
    assert!(*state == slotwerk::SessionState::begin(&enrolled.grant));
    assert_eq!(open.data.as_bytes(), b"csrf");
    let managed = open.session.manage().await.unwrap();
    assert!(matches!(managed, ManageOutcome::Open(_)), "{managed:?}");
}

#[tokio::test]
async fn tokens_differ_and_are_not_stored() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let (enrolled, token) = signed_in(&world).await;
    let other = begin(&world, &enrolled.grant).await;
    assert_ne!(token.expose(), other.expose());
    let account = AccountKey::new("zuid", "id-demo").unwrap();
    let now = world.clock.seconds();
    let rows = store.list_sessions(&account, now).await.unwrap();
    assert_eq!(rows.len(), 2);
    for token in [token, other] {
        // Without the key id, the random part alone.
        let random = &token.expose()[4..];
        assert!(!format!("{rows:?}").contains(random));
        let kept = rows.iter().any(|row| {
            let stored = String::from_utf8_lossy(row.data.as_bytes());
            stored.contains(random)
        });
        assert!(!kept);
    }
}

#[tokio::test]
async fn odd_texts_are_no_sessions() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    let (_, token) = signed_in(&world).await;
    let text = token.expose().to_owned();
    let unknown_key = format!("ffff{}", &text[4..]);
    let odd = [
        String::new(),
        "x".into(),
        "0".repeat(67),
        "g".repeat(68),
        "é".repeat(34),
        format!("+{}", &text[1..]),
        text.to_uppercase(),
        format!("{text} "),
        "0".repeat(1 << 20),
        unknown_key,
    ];
    let before = store.calls();
    for odd in odd {
        let token = SessionToken::from_text(&odd);
        assert!(!is_open(&world, &token).await, "{odd:?}");
    }
    assert_eq!(store.calls(), before, "no look-up for any of them");
    let other = format!("{}0", &text[..67]);
    let same = text.ends_with('0');
    assert_eq!(
        is_open(&world, &SessionToken::from_text(&other)).await,
        same
    );
    assert!(is_open(&world, &SessionToken::from_text(&text)).await);
}

#[tokio::test]
async fn unused_session_ends() {
    let world = World::new();
    let (_, token) = signed_in(&world).await;
    for _ in 0..3 {
        world.advance(30 * MINUTE - 1);
        assert!(is_open(&world, &token).await, "used meanwhile");
    }
    world.advance(30 * MINUTE);
    assert!(!is_open(&world, &token).await);
}

#[tokio::test]
async fn busy_session_ends() {
    let world = World::new();
    let (enrolled, mut token) = signed_in(&world).await;
    let began = world.clock.seconds();
    for n in 1..36 {
        world.advance(20 * MINUTE);
        let open = open(&world, &token).await.expect("in use");
        if n % 12 == 0 {
            // A new id does not lengthen its life.
            token = rotate(&open, &enrolled.grant).await.unwrap();
        }
    }
    world.clock.set(began + 12 * HOUR - 1);
    assert!(is_open(&world, &token).await);
    world.advance(1);
    assert!(!is_open(&world, &token).await);
}

/// A host that shortens its limits need not wait for the old ones to run out.
#[tokio::test]
async fn shorter_limits_hold_at_once() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let (_, token) = signed_in(&world).await;
    world.advance(10 * MINUTE);
    let minutes = |minutes| Duration::from_secs(minutes * MINUTE);
    for (idle, lifetime, goes_on) in [(10, 60, false), (9, 10, false), (11, 11, true)] {
        let mut limits = Limits::default();
        limits.session_idle = minutes(idle);
        limits.session_lifetime = minutes(lifetime);
        let node = World::with(store.clone(), limits);
        node.clock.set(world.clock.seconds());
        assert_eq!(is_open(&node, &token).await, goes_on, "{idle} {lifetime}");
    }
}

#[tokio::test]
async fn changed_password_keeps_its_session() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    let elsewhere = begin(&world, &enrolled.grant).await;
    let here = open(&world, &token).await.unwrap();
    let grant = changed_password(&here).await;
    assert!(!is_open(&world, &token).await, "before the rotation");
    let rotated = rotate(&here, &grant).await.expect("a new id");
    assert!(!is_open(&world, &token).await, "the old id");
    assert!(!is_open(&world, &elsewhere).await, "the others");
    let after = open(&world, &rotated).await.expect("the new id");
    assert_eq!(after.data.as_bytes(), b"rotated");
    // A change of password is no step-up.
    let (old, new) = (here.session.state(), after.session.state());
    assert_eq!(old.second_factor_at(), new.second_factor_at());
    assert_eq!(old.password_at(), new.password_at());
}

#[tokio::test]
async fn step_up_goes_into_the_session() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    world.advance(20 * MINUTE);
    let OpenSession { session, kept, .. } = open(&world, &token).await.unwrap();
    let signed_in_at = session.state().password_at();
    let ManageOutcome::StepUp(step_up) = session.manage().await.unwrap() else {
        panic!("the second factor was shown too long ago");
    };
    let step = step_up.by_code().await.unwrap().expect("an authenticator");
    let code = Code::parse(&enrolled.phone.code(world.clock.seconds())).unwrap();
    let CodeOutcome::SignedIn { grant, .. } = step.code(&code).await.unwrap() else {
        panic!("a right code");
    };
    let rotated = kept.rotate(&grant, data("")).await.unwrap();
    let RotateSessionOutcome::Rotated(rotated) = rotated else {
        panic!("{rotated:?}");
    };
    let after = open(&world, &rotated).await.unwrap();
    let state = after.session.state();
    assert_eq!(state.password_at(), signed_in_at);
    assert_eq!(state.second_factor_at(), Some(world.clock.seconds()));
    let managed = after.session.manage().await.unwrap();
    assert!(matches!(managed, ManageOutcome::Open(_)), "{managed:?}");
}

#[tokio::test]
async fn two_nodes_one_new_id() {
    let world = World::on(side_by_side());
    let (enrolled, token) = signed_in(&world).await;
    let node = world.node_with(ring());
    let (left, right) = (open(&world, &token).await, open(&node, &token).await);
    let (left, right) = (left.unwrap(), right.unwrap());
    let (one, other) = tokio::join!(
        rotate(&left, &enrolled.grant),
        rotate(&right, &enrolled.grant)
    );
    let won: Vec<SessionToken> = one.into_iter().chain(other).collect();
    assert_eq!(won.len(), 1);
    assert!(is_open(&node, &won[0]).await);
    assert!(!is_open(&node, &token).await);
}

#[tokio::test]
async fn renewed_id_keeps_the_session() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    let began = world.clock.seconds();
    let elsewhere = begin(&world, &enrolled.grant).await;
    world.advance(20 * MINUTE);
    let before = open(&world, &token).await.unwrap();
    let renewed = renew_id(&before).await.expect("a new id");
    assert_ne!(renewed.expose(), token.expose());
    assert!(!is_open(&world, &token).await, "the old id");
    assert!(is_open(&world, &elsewhere).await, "another session");
    let after = open(&world, &renewed).await.expect("the new id");
    assert_eq!(after.data.as_bytes(), b"renewed");
    // The state holds the times of password and second factor, and the epoch.
    assert!(after.session.state() == before.session.state());
    assert_eq!(after.session.account().id, "id-demo");
    let listed = after.kept.list().await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0].began_at, began);
    assert!(renew_id(&before).await.is_none(), "the id was used");
}

/// The new id does not lengthen the life of the session.
#[tokio::test]
async fn renewed_session_ends_in_time() {
    let world = World::new();
    let (_, mut token) = signed_in(&world).await;
    let began = world.clock.seconds();
    for _ in 1..36 {
        world.advance(20 * MINUTE);
        let open = open(&world, &token).await.expect("in use");
        token = renew_id(&open).await.unwrap();
    }
    world.clock.set(began + 12 * HOUR - 1);
    assert!(is_open(&world, &token).await);
    world.advance(1);
    assert!(!is_open(&world, &token).await);
}

#[tokio::test]
async fn two_nodes_one_renewal() {
    let world = World::on(side_by_side());
    let (_, token) = signed_in(&world).await;
    let node = world.node_with(ring());
    let (left, right) = (open(&world, &token).await, open(&node, &token).await);
    let (left, right) = (left.unwrap(), right.unwrap());
    let (one, other) = tokio::join!(renew_id(&left), renew_id(&right));
    let won: Vec<SessionToken> = one.into_iter().chain(other).collect();
    assert_eq!(won.len(), 1);
    assert!(is_open(&node, &won[0]).await);
    assert!(!is_open(&node, &token).await);
}

#[tokio::test]
async fn ended_session_gets_no_id() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    let signed_out = open(&world, &token).await.unwrap();
    end(&world, &token).await.unwrap();
    assert!(renew_id(&signed_out).await.is_none());
    let token = begin(&world, &enrolled.grant).await;
    let revoked = open(&world, &token).await.unwrap();
    world.auth.revoke_access("zuid", "id-demo").await.unwrap();
    assert!(renew_id(&revoked).await.is_none());
}

#[tokio::test]
async fn listed_sessions_have_ids() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    world.advance(1);
    let other = begin(&world, &enrolled.grant).await;
    let here = open(&world, &token).await.unwrap();
    let listed = here.kept.list().await.unwrap();
    let ids: Vec<String> = listed.iter().map(|one| one.id().to_string()).collect();
    assert_ne!(ids[0], ids[1]);
    for (id, token) in ids.iter().zip([&token, &other]) {
        let is_known = SessionToken::from_text(id);
        assert!(!is_open(&world, &is_known).await, "an id signs nobody in");
        assert!(!id.contains(&token.expose()[4..]));
    }
    let again = here.kept.list().await.unwrap();
    let id = ids[1].parse::<AccountSessionId>().unwrap();
    let found = again.iter().find(|one| one.id() == id).unwrap();
    assert!(here.kept.end_listed(found).await.unwrap());
    assert!(!is_open(&world, &other).await);
    assert!(is_open(&world, &token).await);

    // The help desk knows a session by the same id.
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let admin = world.auth.admin(&tenant);
    let shown = admin.sessions("id-demo").await.unwrap();
    assert_eq!(shown[0].id, listed[0].id());
}

#[tokio::test]
async fn other_nodes_open_it() {
    let world = World::new();
    let (_, token) = signed_in(&world).await;
    assert!(is_open(&world.node_with(ring()), &token).await);
}

#[tokio::test]
async fn other_tenants_token_is_ended() {
    let world = World::new();
    let (_, token) = signed_in(&world).await;
    // The same account id and epoch exist there.
    world.with_password("noord", "demo").await;
    assert!(open_at(&world, "zuid", &token).await.is_some(), "a control");
    assert!(open_at(&world, "noord", &token).await.is_none());
    let noord = world.auth.tenant("noord").await.unwrap();
    noord.sessions().end(&token).await.unwrap();
    assert!(open_at(&world, "zuid", &token).await.is_some());
}

#[tokio::test]
async fn other_peoples_grants_are_over() {
    let world = World::new();
    let (_, token) = signed_in(&world).await;
    let other = world.enrolled("other").await.grant;
    let open = open(&world, &token).await.unwrap();
    assert!(rotate(&open, &other).await.is_none());
    assert!(is_open(&world, &token).await);
    let noord = world.auth.tenant("noord").await.unwrap();
    let begun = noord.sessions().begin(&other, data("")).await.unwrap();
    assert!(matches!(begun, BeginSessionOutcome::Over), "{begun:?}");
}

#[tokio::test]
async fn revocation_ends_the_session() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    let opened = open(&world, &token).await.unwrap();
    world.auth.revoke_access("zuid", "id-demo").await.unwrap();
    assert!(!is_open(&world, &token).await);
    assert!(rotate(&opened, &enrolled.grant).await.is_none());
    let begun = begin_with(&world, &enrolled.grant, data("")).await;
    assert!(begun.is_none(), "the grant is as old");
}

#[tokio::test]
async fn disabled_account_has_no_session() {
    let world = World::new();
    let (_, token) = signed_in(&world).await;
    world.people.disable_demo();
    assert!(!is_open(&world, &token).await);
    // A directory that is away is a fault and no verdict.
    world.people.break_down();
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let opened = tenant.sessions().open(&token).await;
    assert!(matches!(opened, Err(Fault::Directory(_))), "{opened:?}");
}

#[tokio::test]
async fn signed_out_session_is_ended() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    let elsewhere = begin(&world, &enrolled.grant).await;
    end(&world, &token).await.unwrap();
    assert!(!is_open(&world, &token).await);
    assert!(is_open(&world, &elsewhere).await, "the other one goes on");
    end(&world, &token).await.unwrap();
}

#[tokio::test]
async fn oldest_session_goes_first() {
    let limits = with_limits(|limits| limits.live_sessions = 2);
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    let (enrolled, first) = signed_in(&world).await;
    let mut tokens = vec![first];
    for _ in 0..2 {
        world.advance(1);
        tokens.push(begin(&world, &enrolled.grant).await);
    }
    let mut live = Vec::new();
    for token in &tokens {
        live.push(is_open(&world, token).await);
    }
    assert_eq!(live, [false, true, true]);
}

#[tokio::test]
async fn person_ends_other_sessions() {
    let world = World::new();
    let (enrolled, phone) = signed_in(&world).await;
    let began = world.clock.seconds();
    let mut tokens = vec![phone];
    for browser in ["laptop", "library", "work"] {
        world.advance(MINUTE);
        let begun = begin_with(&world, &enrolled.grant, data(browser)).await;
        tokens.push(begun.unwrap());
    }
    let here = open(&world, &tokens[1]).await.unwrap();
    let listed = here.kept.list().await.unwrap();
    let seen = |n: usize| {
        let one = &listed[n];
        (one.began_at - began, one.data.as_bytes(), one.is_current)
    };
    assert_eq!(listed.len(), 4);
    assert_eq!(seen(0), (0, &b"csrf"[..], false));
    assert_eq!(seen(1), (MINUTE, &b"laptop"[..], true));
    assert_eq!(seen(2), (2 * MINUTE, &b"library"[..], false));
    assert_eq!(listed[1].used_at, world.clock.seconds());
    assert_eq!(listed[1].ends_at, world.clock.seconds() + 30 * MINUTE);
    assert!(here.kept.end_listed(&listed[2]).await.unwrap());
    assert!(!here.kept.end_listed(&listed[2]).await.unwrap());
    assert!(!is_open(&world, &tokens[2]).await);
    assert_eq!(here.kept.end_others().await.unwrap(), 2);
    let mut live = Vec::new();
    for token in &tokens {
        live.push(is_open(&world, token).await);
    }
    assert_eq!(live, [false, true, false, false]);
}

#[tokio::test]
async fn other_accounts_session_is_not_ended() {
    let world = World::new();
    let (_, token) = signed_in(&world).await;
    let other = world.enrolled("other").await;
    let others = begin(&world, &other.grant).await;
    let here = open(&world, &token).await.unwrap();
    let there = open(&world, &others).await.unwrap();
    assert_eq!(here.kept.list().await.unwrap().len(), 1);
    let listed = there.kept.list().await.unwrap();
    assert!(!here.kept.end_listed(&listed[0]).await.unwrap());
    assert_eq!(here.kept.end_others().await.unwrap(), 0);
    assert!(is_open(&world, &others).await);
}

#[tokio::test]
async fn calls_of_the_store_are_few() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    let (enrolled, token) = signed_in(&world).await;
    let mark = || (store.calls(), store.writes());
    let since = |(calls, writes)| (store.calls() - calls, store.writes() - writes);

    let begun = mark();
    begin(&world, &enrolled.grant).await;
    assert_eq!(since(begun), (1, 1), "begin");
    let opened = mark();
    let look_ups = world.people.look_ups();
    let here = open(&world, &token).await.unwrap();
    assert_eq!(since(opened), (1, 0), "open");
    assert_eq!(world.people.look_ups() - look_ups, 1);
    world.advance(TOUCH_INTERVAL - 1);
    let again = mark();
    assert!(is_open(&world, &token).await);
    assert_eq!(since(again), (1, 0), "open within the minute");
    world.advance(1);
    let touched = mark();
    assert!(is_open(&world, &token).await);
    assert_eq!(since(touched), (2, 1), "open after a minute");
    let once = mark();
    assert!(is_open(&world, &token).await);
    assert_eq!(since(once), (1, 0), "touched once");
    let listed = mark();
    here.kept.list().await.unwrap();
    assert_eq!(since(listed), (1, 0), "list");
    let rotated = mark();
    let token = rotate(&here, &enrolled.grant).await.unwrap();
    assert_eq!(since(rotated), (1, 1), "rotate");
    let ended = mark();
    end(&world, &token).await.unwrap();
    assert_eq!(since(ended), (2, 1), "end");
}

/// A right clock disbelieves the times of a clock that ran ahead.
#[tokio::test]
async fn sessions_from_a_clock_ahead() {
    for (ahead, is_live) in [(60, true), (61, false), (86_400, false)] {
        let world = World::new();
        let enrolled = world.enrolled("demo").await;
        let now = world.clock.seconds();
        world.clock.set(now + ahead);
        let token = begin(&world, &enrolled.grant).await;
        world.clock.set(now);
        assert_eq!(is_open(&world, &token).await, is_live, "{ahead}");
    }
}

/// A node whose clock runs ahead must not keep an unused session alive for the others.
#[tokio::test]
async fn use_under_a_clock_ahead() {
    let world = World::new();
    let (_, token) = signed_in(&world).await;
    let now = world.clock.seconds();
    world.clock.set(now + 20 * MINUTE);
    assert!(is_open(&world, &token).await);
    world.clock.set(now);
    assert!(!is_open(&world, &token).await);
}

#[tokio::test]
async fn host_data_is_bounded() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    assert_eq!(HostData::MAX_BYTES, 3 * 1024);
    let longest = HostData::new(vec![0xa5; HostData::MAX_BYTES]).unwrap();
    let token = begin_with(&world, &grant, longest.clone()).await.unwrap();
    assert!(open(&world, &token).await.unwrap().data == longest);
    let refused = HostData::new(vec![0; HostData::MAX_BYTES + 1]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "session data has 3073 bytes; at most 3072 fit"
    );
}

#[tokio::test]
async fn debug_shows_nothing() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    let begun = begin_with(&world, &enrolled.grant, data("csrf-secret")).await;
    let token = begun.unwrap();
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let mut printed = format!("{token:?} {:?}", tenant.sessions());
    let opened = tenant.sessions().open(&token).await.unwrap();
    printed += &format!("{opened:?}");
    let OpenSessionOutcome::Valid(open) = opened else {
        panic!("a session");
    };
    printed += &format!("{:?} {:?}", open.kept, open.kept.list().await.unwrap());
    let rotated = open.kept.rotate(&enrolled.grant, open.data).await.unwrap();
    printed += &format!("{rotated:?}");
    let RotateSessionOutcome::Rotated(new) = rotated else {
        panic!("a new id");
    };
    for secret in [
        &token.expose()[4..],
        &new.expose()[4..],
        "csrf-secret",
        "demo@",
    ] {
        assert!(!printed.contains(secret), "{secret}: {printed}");
    }
    // Neither the token's text nor the bytes of its hash.
    let digits = |word: &str| word.len() > 40 && word.chars().all(|c| c.is_ascii_hexdigit());
    let mut words = printed.split(|c: char| !c.is_ascii_alphanumeric());
    assert!(!words.any(digits), "{printed}");
}

#[tokio::test]
async fn faults_are_no_verdicts() {
    for kind in [ErrorKind::Unavailable, ErrorKind::InDoubt] {
        let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
        let world = World::on(store.clone());
        let (enrolled, token) = signed_in(&world).await;
        let tenant = world.auth.tenant("zuid").await.unwrap();
        let sessions = tenant.sessions();
        let here = open(&world, &token).await.unwrap();
        let fail = |nth| store.fail_call(nth, Strike::Before, kind);

        fail(1);
        let begun = sessions.begin(&enrolled.grant, data("")).await;
        assert!(matches!(begun, Err(Fault::Store(_))), "{begun:?}");
        fail(1);
        let opened = sessions.open(&token).await;
        assert!(matches!(opened, Err(Fault::Store(_))), "{opened:?}");
        fail(1);
        let rotated = here.kept.rotate(&enrolled.grant, data("")).await;
        assert!(matches!(rotated, Err(Fault::Store(_))), "{rotated:?}");
        fail(1);
        let renewed = here.kept.renew_id(data("")).await;
        assert!(matches!(renewed, Err(Fault::Store(_))), "{renewed:?}");
        for nth in [1, 2] {
            fail(nth);
            let ended = sessions.end(&token).await;
            assert!(matches!(ended, Err(Fault::Store(_))), "{ended:?}");
        }
        fail(1);
        assert!(matches!(here.kept.list().await, Err(Fault::Store(_))));
        fail(1);
        assert!(matches!(here.kept.end_others().await, Err(Fault::Store(_))));
        store.heal();
        assert!(is_open(&world, &token).await, "nothing has changed");
        assert!(rotate(&here, &enrolled.grant).await.is_some());
    }
}

/// A store that cannot note the use of a session shortens its life, but signs nobody out.
#[tokio::test]
async fn lost_touch_is_no_verdict() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    let (_, token) = signed_in(&world).await;
    world.advance(20 * MINUTE);
    store.fail_call(2, Strike::Before, ErrorKind::Unavailable);
    assert!(is_open(&world, &token).await);
    world.advance(10 * MINUTE);
    assert!(!is_open(&world, &token).await, "as if it had not been used");
}

#[tokio::test]
async fn entropy_is_needed_for_ids() {
    let world = World::new();
    let (enrolled, token) = signed_in(&world).await;
    let here = open(&world, &token).await.unwrap();
    world.entropy.fail(true);
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let begun = tenant.sessions().begin(&enrolled.grant, data("")).await;
    assert!(matches!(begun, Err(Fault::Entropy(_))), "{begun:?}");
    let rotated = here.kept.rotate(&enrolled.grant, data("")).await;
    assert!(matches!(rotated, Err(Fault::Entropy(_))), "{rotated:?}");
    let renewed = here.kept.renew_id(data("")).await;
    assert!(matches!(renewed, Err(Fault::Entropy(_))), "{renewed:?}");
    assert!(is_open(&world, &token).await);
}

#[tokio::test]
async fn revoked_key_ends_its_sessions() {
    let rotated = || ring().rotate(KeyId::new(2), MasterKey::from_bytes([8; 32]));
    let world = World::new();
    let (_, token) = signed_in(&world).await;
    let node = |keys: KeyRing| world.node_with(keys);
    assert!(is_open(&node(rotated().unwrap()), &token).await, "retired");
    let revoked = rotated().unwrap().revoke(KeyId::new(1)).unwrap();
    assert!(!is_open(&node(revoked), &token).await);
}

#[test]
fn limits_of_sessions_are_bounded() {
    let refused = |change: fn(&mut Limits)| {
        let built = Auth::builder().limits(with_limits(change)).build();
        match built.expect_err("parts are missing") {
            BuildError::Limit(name) => Some(name),
            _ => None,
        }
    };
    const DAY: u64 = 24 * HOUR;
    let secs = Duration::from_secs;
    assert_eq!(secs(30 * MINUTE), Limits::default().session_idle);
    assert_eq!(secs(12 * HOUR), Limits::default().session_lifetime);
    assert_eq!(Limits::default().live_sessions, 20);
    assert_eq!(
        refused(|l| l.session_lifetime = 31 * Duration::from_secs(DAY)),
        None
    );
    assert_eq!(refused(|l| l.session_idle = l.session_lifetime), None);
    for change in [
        (|l| l.session_idle = Duration::from_secs(119)) as fn(&mut Limits),
        |l| l.session_idle = l.session_lifetime + Duration::from_secs(1),
        |l| l.session_idle = Duration::from_millis(120_500),
    ] {
        assert_eq!(refused(change), Some("session_idle"));
    }
    for change in [
        (|l| l.session_lifetime = Duration::from_secs(119)) as fn(&mut Limits),
        |l| l.session_lifetime = Duration::from_secs(31 * DAY + 1),
        |l| l.session_lifetime = Duration::from_millis(3_600_500),
    ] {
        assert_eq!(refused(change), Some("session_lifetime"));
    }
    for change in [(|l| l.live_sessions = 0) as fn(&mut Limits), |l| {
        l.live_sessions = 1_001
    }] {
        assert_eq!(refused(change), Some("live_sessions"));
    }
}
