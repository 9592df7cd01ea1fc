//! Links as mail programs bring them back: with punctuation, blanks and line breaks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::policy::PolicyDraft;
use slotwerk::store::MemoryStore;
use slotwerk::{Client, CompleteOutcome, OpenNotMeOutcome, OpenOutcome, ReportOutcome};
use slotwerk_testkit::FaultyStore;
use std::sync::Arc;
use support::{GOOD, OTHER, World, noord_with, password, report_in, token_in};

/// Text that mail programs add behind the token.
const AFTER: [&str; 24] = [
    ".",
    ")",
    ">",
    ",",
    "=",
    "%20",
    "/",
    ";",
    "!",
    "'",
    "\"",
    "]",
    "}",
    "\u{bb}",
    "\u{201d}",
    "\u{200b}",
    "\u{feff}",
    " ",
    "\r\n",
    "%3E",
    "%E2%80%8B",
    ").",
    "?utm_source=mail",
    "_",
];

fn broken(text: &str, by: &str) -> String {
    format!("{}{by}{}", &text[..40], &text[40..])
}

#[tokio::test]
async fn mangled_reset_link_opens() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    let mut mangled: Vec<String> = AFTER.iter().map(|by| format!("{token}{by}")).collect();
    for by in ["=", "=\r\n", "\u{200b}", "\n", "%3D%0D%0A", "\u{ad}"] {
        mangled.push(broken(&token, by));
    }
    for text in &mangled {
        let seen = world.auth.inspect_reset("noord", text).await.unwrap();
        assert!(matches!(seen, OpenOutcome::Open(_)), "{text:?}");
    }
    let done = world
        .auth
        .complete_reset("noord", &mangled[0], password(GOOD));
    assert!(matches!(
        done.await.unwrap(),
        CompleteOutcome::Changed { .. }
    ));
    // However it is spelled, it is one link.
    for text in mangled.iter().chain([&token]) {
        let done = world.auth.complete_reset("noord", text, password(OTHER));
        assert!(
            matches!(done.await.unwrap(), CompleteOutcome::Invalid),
            "{text:?}"
        );
    }
}

#[tokio::test]
async fn mangled_report_link_opens() {
    let world = World::new();
    world
        .auth
        .put_tenant(noord_with(PolicyDraft::new()))
        .unwrap();
    world.request("noord", "demo").await;
    let mail = world.deliver().await.remove(0);
    let (handle, token) = report_in(&mail);
    let tokens = AFTER
        .iter()
        .map(|by| (handle.clone(), format!("{token}{by}")));
    let broken = ["=", "=\r\n", "\u{200b}"].map(|by| (broken(&handle, by), broken(&token, by)));
    for (handle, token) in tokens.chain(broken) {
        let seen = world.auth.inspect_not_me("noord", &handle, &token).await;
        assert!(
            matches!(seen.unwrap(), OpenNotMeOutcome::Open(_)),
            "{token:?}"
        );
    }
    let mangled = format!("{token}).");
    let report = world.auth.report_not_me("noord", &handle, &mangled);
    assert!(matches!(report.await.unwrap(), ReportOutcome::Done(_)));
    let seen = world
        .auth
        .inspect_reset("noord", &token_in(&mail))
        .await
        .unwrap();
    assert!(matches!(seen, OpenOutcome::Invalid));
}

/// Text that is no token costs neither a look-up nor a verification.
#[tokio::test]
async fn garbage_is_not_looked_up() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    let token = world.mailed_token("noord", "demo").await;
    world.people.break_down();
    let before = store.calls();
    for text in [
        "",
        ".",
        "=",
        &token[1..],
        &format!("{token}A"),
        &format!("{token}{token}"),
        &format!("({token}"),
        &broken(&token, "."),
        &broken(&token, "/"),
        &"=".repeat(1 << 20),
        &format!("{token}{}", ".".repeat(1 << 20)),
    ] {
        let seen = world.auth.inspect_reset("noord", text).await.unwrap();
        assert!(matches!(seen, OpenOutcome::Invalid), "{:?}", text.len());
        let seen = world
            .auth
            .inspect_not_me("noord", text, text)
            .await
            .unwrap();
        assert!(
            matches!(seen, OpenNotMeOutcome::Invalid),
            "{:?}",
            text.len()
        );
    }
    assert_eq!(store.calls(), before);
}

/// A cookie has one spelling. Otherwise each spelling would have a separate budget.
#[tokio::test]
async fn known_browser_has_one_spelling() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    let done = world.auth.complete_reset("noord", &token, password(GOOD));
    let CompleteOutcome::Changed {
        browser: Some(device),
    } = done.await.unwrap()
    else {
        panic!("expected a known browser");
    };
    let plain = format!(
        "{:?}",
        Client::unknown().with_known_browser(device.expose())
    );
    for by in [".", "=", " ", "/", "\u{200b}"] {
        let spelled = Client::unknown().with_known_browser(&format!("{}{by}", device.expose()));
        assert_eq!(
            format!("{spelled:?}"),
            format!("{:?}", Client::unknown()),
            "{by:?}"
        );
    }
    assert_ne!(plain, format!("{:?}", Client::unknown()), "a control");
}
