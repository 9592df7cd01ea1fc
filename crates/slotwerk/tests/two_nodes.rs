//! One code, two nodes of a service over one SQLite file, two threads: one acceptance, at every second of the
//! window and whichever of them is asked first.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::throttle::Budget;
use slotwerk::{
    CodeOutcome, ConfirmOutcome, Limits, ManageOutcome, NewAuthenticator, RemoveOutcome,
};
use slotwerk_sqlx::SqlStore;
use std::sync::Arc;
use std::time::Duration;
use support::{Enrolled, NOON, Phone, World, answered};
use tempfile::TempDir;

/// Two nodes with a connection pool each, over one file.
async fn two_nodes(home: &TempDir) -> (Arc<World>, Arc<World>) {
    let address = format!("sqlite://{}", home.path().join("slotwerk.db").display());
    let left = SqlStore::connect(&address).await.unwrap();
    left.migrate().await.unwrap();
    let right = SqlStore::connect(&address).await.unwrap();
    // Nothing here is to be refused because of how often it was tried.
    let mut limits = Limits::default();
    limits.code_attempts = Budget::new(200, Duration::from_secs(900)).unwrap().into();
    limits.code_guess_probability_per_year = 0.999;
    let world = World::with(Arc::new(left), limits);
    let other = world.node_on(Arc::new(right));
    (Arc::new(world), Arc::new(other))
}

/// Both nodes are given the same code at once, in sign-ins of their own. How many accepted it.
async fn accepted(nodes: &[Arc<World>; 2], code: &str) -> usize {
    let mut tries = tokio::task::JoinSet::new();
    for node in nodes {
        let ticket = node.verify_ticket("zuid", "demo").await;
        let (node, code) = (node.clone(), code.to_owned());
        tries.spawn(async move {
            let verified = node.auth.verify_code("zuid", &ticket, &code).await;
            matches!(answered(verified), Some(CodeOutcome::SignedIn { .. }))
        });
    }
    let tries = tries.join_all().await;
    tries.into_iter().filter(|won| *won).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_accepted_by_one_of_two_nodes_at_every_second_of_its_window() {
    let home = TempDir::new().unwrap();
    let (left, right) = two_nodes(&home).await;
    let Enrolled { phone, .. } = left.enrolled("demo").await;
    let nodes = [left, right];
    // A code of step T is good from the step before on, until the end of the step after.
    let mut start = NOON + 10 * 60;
    for second in 0..90 {
        nodes[0].clock.set(start + second);
        let code = phone.code(start + 30);
        assert_eq!(
            accepted(&nodes, &code).await,
            1,
            "second {second} of the window"
        );
        for later in [0, 1, 30, 89 - second] {
            nodes[0].clock.set(start + second + later);
            assert_eq!(
                accepted(&nodes, &code).await,
                0,
                "{later} seconds after second {second}"
            );
        }
        // Out of reach of what this round has used.
        start += 86_400;
    }
    // A step farther off than the drift that the rounds have taught.
    nodes[0].clock.set(start - 61);
    let early = phone.code(start + 30);
    assert_eq!(accepted(&nodes, &early).await, 0, "before its window");
    nodes[0].clock.set(start + 121);
    assert_eq!(accepted(&nodes, &early).await, 0, "after its window");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_codes_in_a_row_are_accepted_by_one_of_two_nodes() {
    let home = TempDir::new().unwrap();
    let (left, right) = two_nodes(&home).await;
    let Enrolled { phone, .. } = left.enrolled("demo").await;
    let ahead = left.clock.seconds() + 300;
    let (first, second) = (phone.code(ahead), phone.code(ahead + 30));
    let mut tries = tokio::task::JoinSet::new();
    for node in [&left, &right] {
        let ticket = node.verify_ticket("zuid", "demo").await;
        let (node, first, second) = (node.clone(), first.clone(), second.clone());
        tries.spawn(async move {
            let verified = node.auth.resynchronise("zuid", &ticket, &first, &second);
            matches!(answered(verified.await), Some(CodeOutcome::SignedIn { .. }))
        });
    }
    let won = tries.join_all().await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
    assert_eq!(left.deliver().await.len(), 1, "one notice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_nodes_removes_or_replaces_while_one_is_left() {
    let home = TempDir::new().unwrap();
    let (left, right) = two_nodes(&home).await;
    let Enrolled { grant, .. } = left.enrolled("demo").await;
    let open = async |node: &World| match node.auth.manage(&grant).await.unwrap().unwrap() {
        ManageOutcome::Open(ticket) => ticket.ticket().expose().to_owned(),
        other => panic!("expected to manage, got {other:?}"),
    };
    let ticket = open(&left).await;
    let begun = left.auth.begin_enrolment("zuid", &ticket).await.unwrap();
    let slotwerk::EnrolmentOutcome::OnScreen(material) = begun else {
        panic!("expected material");
    };
    let code = Phone::scan(material.uri.expose()).code(left.clock.seconds());
    // The same code of a set-up, on both nodes at once: one authenticator.
    let mut tries = tokio::task::JoinSet::new();
    for node in [&left, &right] {
        let (node, ticket, code) = (node.clone(), ticket.clone(), code.clone());
        tries.spawn(async move {
            let new = NewAuthenticator::default();
            let confirmed = node.auth.confirm_enrolment("zuid", &ticket, &code, &new);
            matches!(answered(confirmed.await), Some(ConfirmOutcome::Added))
        });
    }
    let added = tries.join_all().await;
    assert_eq!(added.into_iter().filter(|added| *added).count(), 1);
    let both = left.auth.second_factor("zuid", grant.account()).await;
    let both = both.unwrap().authenticators;
    assert_eq!(both.len(), 2);
    // Each node removes another one: one is left.
    let mut tries = tokio::task::JoinSet::new();
    for (node, one) in [(&left, &both[0]), (&right, &both[1])] {
        let (ticket, node, id) = (open(node).await, node.clone(), one.id);
        tries.spawn(async move {
            let removed = node.auth.remove_authenticator("zuid", &ticket, id).await;
            matches!(answered(removed), Some(RemoveOutcome::Removed { .. }))
        });
    }
    let removed = tries.join_all().await;
    assert_eq!(removed.into_iter().filter(|removed| *removed).count(), 1);
    let left_over = right.auth.second_factor("zuid", grant.account()).await;
    assert_eq!(left_over.unwrap().authenticators.len(), 1);
}
