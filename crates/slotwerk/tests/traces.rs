//! Spans and events of `tracing`: each call has its span, and no secret and no readable name is in any.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::secrets::{Printed, known_from_the_start, walk, world};
use crate::support;

use slotwerk::store::{ErrorKind, MemoryStore};
use slotwerk_testkit::{FaultyStore, Strike};
use std::collections::BTreeSet;
use std::sync::Arc;
use support::scene::{STEPS, Scene};
use support::traces::Traces;
use support::{GOOD, LONG_NAME, NOBODY, OTHER, World, login, password, side_by_side};
use tracing::Level;

/// The id of the account with the long name. Many hosts have ids that name somebody.
const ACCOUNT: &str = "k7f3";

#[tokio::test]
async fn traces_hold_no_secret() {
    let traces = Traces::begin();
    let mut printed = Printed::default();
    known_from_the_start(&mut printed);
    for tenant in ["noord", "zuid"] {
        let world = world();
        walk(&world, tenant, &mut printed).await;
    }
    printed.secrets.push(("account", ACCOUNT.to_owned()));
    let seen = traces.seen();
    assert!(seen.entered.is_empty(), "a span was left open");
    assert!(seen.texts.len() > 150, "{}", seen.texts.len());
    printed.texts = seen
        .texts
        .iter()
        .map(|text| ("trace".to_owned(), text.clone()))
        .collect();
    printed.assert_nothing_leaks();

    let spans: BTreeSet<&str> = seen.spans.iter().map(|span| span.name).collect();
    let due = BTreeSet::from([
        "admin_audit_trail",
        "admin_export_account",
        "admin_invite",
        "admin_require_new_password",
        "admin_revoke_access",
        "admin_second_factor",
        "admin_second_factors",
        "admin_set_password",
        "admin_why_no_sign_in",
        "code",
        "enrolment_begin",
        "enrolment_confirm",
        "enrolment_resend",
        "manage",
        "outbox_job",
        "recovery_code",
        "recovery_codes_renew",
        "reset_complete",
        "reset_open",
        "reset_request",
        "resume",
        "session_check",
        "sign_in",
        "two_codes",
    ]);
    assert_eq!(spans, due);
    for span in &seen.spans {
        let tenant = span.get("tenant").expect("every span has its tenant");
        assert!(["noord", "zuid"].contains(&tenant), "{span:?}");
    }
    let pseudonyms = seen.spans.iter().filter_map(|span| span.get("account"));
    let pseudonyms: BTreeSet<&str> = pseudonyms.collect();
    assert_eq!(pseudonyms.len(), 2, "one for each tenant: {pseudonyms:?}");
}

#[tokio::test]
async fn every_step_has_a_span() {
    for (step, _) in STEPS {
        let scene = Scene::before(step).await;
        let traces = Traces::begin();
        assert!(scene.take(step).await.unwrap(), "{step:?}");
        let seen = traces.seen();
        assert!(!seen.spans.is_empty(), "{step:?}");
        for text in &seen.texts {
            for secret in [GOOD, OTHER, "demo"] {
                assert!(!text.contains(secret), "{step:?}: {text}");
            }
        }
    }
}

/// A negative control: careless traces are found.
#[tokio::test]
async fn careless_traces_are_found() {
    let traces = Traces::begin();
    let mut printed = Printed::default();
    known_from_the_start(&mut printed);
    printed.secrets.push(("account", ACCOUNT.to_owned()));
    let span = tracing::info_span!("careless", login = LONG_NAME, later = tracing::field::Empty);
    span.record("later", GOOD);
    tracing::warn!(password = ?OTHER, "of {ACCOUNT}");
    printed.texts = traces
        .seen()
        .texts
        .iter()
        .map(|text| ("trace".to_owned(), text.clone()))
        .collect();
    let leaks = printed.hide_nothing().join("\n");
    for kind in ["login name", "password", "new password", "account"] {
        assert!(leaks.contains(&format!("shows the {kind}:")), "{kind}");
    }
}

/// Two calls take turns on one thread, and each event is in the span of its call.
#[tokio::test]
async fn spans_follow_their_call() {
    let world = World::on(side_by_side());
    let traces = Traces::begin();
    let (auth, demo) = (&world.auth, login("demo"));
    let sign_in = |tenant| auth.sign_in(tenant, &demo, password(GOOD), &NOBODY);
    let (noord, zuid) = tokio::join!(sign_in("noord"), sign_in("zuid"));
    noord.unwrap();
    zuid.unwrap();
    let seen = traces.seen();
    assert_eq!(seen.spans.len(), 2);
    let rejected: Vec<_> = seen
        .events
        .iter()
        .filter(|(event, _)| event.get("event") == Some("sign_in_rejected"))
        .collect();
    assert_eq!(rejected.len(), 2);
    for (event, within) in rejected {
        let [span] = within.as_slice() else {
            panic!("{within:?}")
        };
        assert_eq!(span.get("tenant"), event.get("tenant"));
        assert_eq!(event.get("reason"), Some("no_password"));
        assert_eq!(event.level, Level::INFO);
    }
    assert!(seen.entered.is_empty());
}

#[tokio::test]
async fn faults_are_warnings() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    let traces = Traces::begin();
    // The credential is read, and then the attempt is charged.
    store.fail_call(2, Strike::Before, ErrorKind::Unavailable);
    let demo = login("demo");
    let fault = world.auth.sign_in("zuid", &demo, password(GOOD), &NOBODY);
    assert!(fault.await.is_err());
    let seen = traces.seen();
    let [(event, within)] = seen.events.as_slice() else {
        panic!("{:?}", seen.events)
    };
    assert_eq!(event.get("event"), Some("budgets_unreachable"));
    assert_eq!((event.level, event.get("tenant")), (Level::WARN, None));
    assert_eq!(within.len(), 1, "in the span of its call");
}
