//! Sealing stored values again, so that an old key can be revoked without a loss.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::keys::{KeyFault, KeyId, KeyRing, MasterKey, OpenError, ResealError};
use slotwerk::mail::{Mail, Mailer, SendError};
use slotwerk::store::{
    ErrorKind, MAX_SEALED_PAGE, MemoryStore, ReplaceSealed, SealedPage, SealedRow, SealedValue,
    Store,
};
use slotwerk::{
    CodeOutcome, ConfirmOutcome, EnrolmentOutcome, Fault, Resealing, SealedCounts, SealedKeys,
    async_trait,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use support::{Enrolled, Phone, World, fault_of, ring, side_by_side};
use tokio::sync::Barrier;

const OLD: KeyId = KeyId::new(1);
const NEW: KeyId = KeyId::new(2);

fn rotated() -> KeyRing {
    ring().rotate(NEW, MasterKey::from_bytes([5; 32])).unwrap()
}

fn revoked() -> KeyRing {
    rotated().revoke(OLD).unwrap()
}

/// How many values a whole run sealed again.
async fn reseal(world: &World) -> u64 {
    let mut resealing = world.auth.reseal();
    let mut resealed = 0;
    while let Some(batch) = resealing.next_batch().await.unwrap() {
        assert_eq!(batch.unreadable.len(), 0, "{:?}", batch.unreadable);
        resealed += batch.resealed;
    }
    resealed
}

async fn left(world: &World) -> u64 {
    world.auth.sealed_keys().await.unwrap().under(OLD).total()
}

async fn values(store: &dyn Store) -> Vec<SealedValue> {
    let all = SealedPage {
        after: None,
        limit: MAX_SEALED_PAGE,
    };
    store.sealed_page(&all).await.unwrap()
}

async fn verify(node: &World, phone: &Phone) -> CodeOutcome {
    let ticket = node.verify_ticket("zuid", "demo").await;
    let code = phone.code(node.clock.seconds());
    node.auth.verify_code("zuid", &ticket, &code).await.unwrap()
}

/// An authenticator, a set-up that was mailed and a mail that waits, all under the old key.
async fn with_values(store: Arc<dyn Store>) -> (World, Enrolled, Phone) {
    let world = World::on(store);
    let demo = world.enrolled("demo").await;
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let begun = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed), "{begun:?}");
    let mails = world.deliver().await;
    world.advance(3600);
    world.request("zuid", "demo").await;
    (world, demo, Phone::mailed(&mails[0]))
}

fn one_of_each() -> SealedCounts {
    let mut counts = SealedCounts::default();
    (counts.authenticators, counts.set_ups, counts.mails) = (1, 1, 1);
    counts
}

#[tokio::test]
async fn resealed_values_outlive_their_key() {
    let (world, demo, mailed) = with_values(Arc::new(MemoryStore::new())).await;
    let before = world.auth.sealed_keys().await.unwrap();
    assert_eq!(before.under(OLD), one_of_each());
    assert_eq!((before.total(), before.under(NEW).total()), (3, 0));

    let node = world.node_with(rotated());
    assert_eq!(reseal(&node).await, 3);
    let after = node.auth.sealed_keys().await.unwrap();
    assert_eq!(after.keys().collect::<Vec<_>>(), [(NEW, one_of_each())]);
    assert_eq!(reseal(&node).await, 0, "a second run");

    let node = world.node_with(revoked());
    assert_eq!(node.deliver().await.len(), 1, "the mail that waited");
    let answer = verify(&node, &demo.phone).await;
    assert!(matches!(answer, CodeOutcome::SignedIn { .. }), "{answer:?}");
    let ticket = node.enrol_ticket("noord", "demo").await;
    let code = mailed.code(node.clock.seconds());
    let confirmed = node
        .auth
        .confirm_enrolment("noord", &ticket, &code, &Default::default())
        .await
        .unwrap();
    assert!(
        matches!(confirmed, ConfirmOutcome::SignedIn { .. }),
        "{confirmed:?}"
    );
}

#[tokio::test]
async fn unresealed_secret_is_lost() {
    let (world, demo, _) = with_values(Arc::new(MemoryStore::new())).await;
    assert_eq!(left(&world).await, 3, "what tells the operator so before");
    let node = world.node_with(revoked());
    let ticket = node.verify_ticket("zuid", "demo").await;
    let code = demo.phone.code(node.clock.seconds());
    let fault = fault_of(node.auth.verify_code("zuid", &ticket, &code).await);
    let revoked = OpenError::Key(KeyFault::Revoked(OLD));
    assert!(matches!(fault, Fault::Sealed(cause) if cause == revoked));
}

#[tokio::test]
async fn interrupted_reseal_goes_on() {
    let strikes = [
        (Strike::Before, ErrorKind::Unavailable),
        (Strike::After, ErrorKind::InDoubt),
    ];
    for (strike, kind) in strikes {
        // A page and three replacements.
        for nth in 1..=4 {
            let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
            let (world, demo, _) = with_values(store.clone()).await;
            let node = world.node_with(rotated());
            store.fail_call(nth, strike, kind);
            let mut resealing = node.auth.reseal();
            let fault = resealing.next_batch().await.unwrap_err();
            assert!(matches!(fault, Fault::Store(_)), "{fault}");
            while resealing.next_batch().await.unwrap().is_some() {}
            assert_eq!(left(&node).await, 0, "{strike:?} call {nth}");

            // The other way: a process that begins anew.
            let node = node.node_with(
                rotated()
                    .rotate(KeyId::new(3), MasterKey::from_bytes([6; 32]))
                    .unwrap(),
            );
            store.fail_call(nth, strike, kind);
            assert!(node.auth.reseal().next_batch().await.is_err());
            let done = reseal(&node).await;
            let stood = nth.saturating_sub(2) + u64::from(nth > 1 && strike == Strike::After);
            assert_eq!(done, 3 - stood, "{strike:?} call {nth}");
            let answer = verify(&node, &demo.phone).await;
            assert!(matches!(answer, CodeOutcome::SignedIn { .. }), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn batches_leave_nothing_out() {
    let world = World::new();
    for n in 0..250 {
        world.request("zuid", &format!("name-{n}")).await;
    }
    let node = world.node_with(rotated());
    let mut resealing = node.auth.reseal();
    let mut batches = Vec::new();
    while let Some(batch) = resealing.next_batch().await.unwrap() {
        batches.push((batch.values(), batch.resealed));
    }
    assert_eq!(batches, [(100, 100), (100, 100), (50, 50)]);
    assert!(resealing.next_batch().await.unwrap().is_none());
    assert_eq!(left(&node).await, 0);
}

#[tokio::test]
async fn two_resealers_share_the_work() {
    let (world, demo, _) = with_values(side_by_side()).await;
    let node = world.node_with(rotated());
    let (first, second) = tokio::join!(reseal(&node), reseal(&node));
    assert_eq!(first + second, 3, "each value once");
    let node = world.node_with(revoked());
    let answer = verify(&node, &demo.phone).await;
    assert!(matches!(answer, CodeOutcome::SignedIn { .. }), "{answer:?}");
    assert_eq!(node.deliver().await.len(), 1, "the mail that waited");
}

#[tokio::test]
async fn code_accepted_meanwhile_stays_used() {
    let inner: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let world = World::on(inner.clone());
    let demo = world.enrolled("demo").await;
    // The replacement, which is the second call, waits for the sign-in.
    let (calls, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
    let at_gate = gate.clone();
    let waiting = FaultyStore::new(inner).waiting(move || {
        let (calls, gate) = (calls.clone(), at_gate.clone());
        async move {
            if calls.fetch_add(1, Ordering::SeqCst) == 1 {
                gate.wait().await;
                gate.wait().await;
            }
        }
    });
    let resealer = world.node_on(Arc::new(waiting)).node_with(rotated());
    let signing_in = async {
        gate.wait().await;
        let answer = verify(&world, &demo.phone).await;
        gate.wait().await;
        answer
    };
    let (resealed, answer) = tokio::join!(reseal(&resealer), signing_in);
    assert_eq!(resealed, 1);
    assert!(matches!(answer, CodeOutcome::SignedIn { .. }), "{answer:?}");
    for keys in [rotated(), revoked()] {
        let node = world.node_with(keys);
        let again = verify(&node, &demo.phone).await;
        assert!(matches!(again, CodeOutcome::Rejected { .. }), "{again:?}");
    }
    world.advance(30);
    let next = verify(&world.node_with(revoked()), &demo.phone).await;
    assert!(matches!(next, CodeOutcome::SignedIn { .. }), "{next:?}");
}

/// Seals everything again while each mail is on its way.
struct Resealer {
    store: Arc<dyn Store>,
    keys: KeyRing,
    /// How many values were sealed again, for each mail.
    resealed: Arc<Mutex<Vec<u64>>>,
}

#[async_trait]
impl Mailer for Resealer {
    async fn send(&self, _: &Mail) -> Result<(), SendError> {
        let mut resealing = Resealing::new(self.store.as_ref(), &self.keys);
        let batch = resealing.next_batch().await.unwrap().unwrap();
        self.resealed.lock().unwrap().push(batch.resealed);
        Ok(())
    }
}

#[tokio::test]
async fn mail_in_hand_leaves_once() {
    let (store, resealed) = (Arc::new(MemoryStore::new()), Arc::default());
    let mailer = Resealer {
        store: store.clone(),
        keys: rotated(),
        resealed: Arc::clone(&resealed),
    };
    let world = World::on(store.clone());
    world.request("zuid", "demo").await;
    let node = world.node_mailing(rotated(), Arc::new(mailer));
    while node.auth.work_outbox().await.unwrap() > 0 {}
    world.advance(3600);
    while node.auth.work_outbox().await.unwrap() > 0 {}
    assert_eq!(*resealed.lock().unwrap(), [1], "one mail, sealed again");
    assert_eq!(values(store.as_ref()).await, []);
}

#[tokio::test]
async fn unreadable_values_stop_nothing() {
    let store = Arc::new(MemoryStore::new());
    let (world, demo, _) = with_values(store.clone()).await;
    // A mail of a node whose key is lost, and a row that something else wrote into.
    let lost = KeyRing::new(KeyId::new(7), MasterKey::from_bytes([1; 32]));
    world.node_with(lost).request("zuid", "elsewhere").await;
    world.request("zuid", "another").await;
    let mails = values(store.as_ref()).await;
    let written_over = mails
        .into_iter()
        .filter(|value| KeyRing::sealed_under(&value.sealed) == Some(OLD))
        .find(|value| matches!(value.row, SealedRow::Job { .. }))
        .unwrap();
    let overwrite = ReplaceSealed {
        row: written_over.row.clone(),
        expected: written_over.sealed,
        replacement: b"something else".to_vec(),
    };
    let _ = store.replace_sealed(&overwrite).await.unwrap();
    let before = SealedKeys::of(store.as_ref()).await.unwrap();
    assert_eq!(before.unnamed().mails, 1);

    let node = world.node_with(rotated());
    let batch = node.auth.reseal().next_batch().await.unwrap().unwrap();
    assert_eq!((batch.resealed, batch.values()), (3, 5));
    let mut reasons: Vec<_> = batch.unreadable.iter().map(|value| value.reason).collect();
    reasons.sort_by_key(ToString::to_string);
    let lost = ResealError::Key(KeyFault::Unknown(KeyId::new(7)));
    assert_eq!(reasons, [lost, ResealError::Malformed]);
    let after = node.auth.sealed_keys().await.unwrap();
    assert_eq!(after.under(KeyId::new(7)).mails, 1, "left alone");
    assert_eq!(after.unnamed().mails, 1, "left alone");
    let texts: Vec<_> = batch.unreadable.iter().map(ToString::to_string).collect();
    assert!(texts.contains(&"mail of zuid: not a sealed value".to_owned()));
    let answer = verify(&world.node_with(revoked()), &demo.phone).await;
    assert!(matches!(answer, CodeOutcome::SignedIn { .. }), "{answer:?}");
}

/// One that comes from another row of the same tenant, and two that come from another tenant.
#[tokio::test]
async fn secret_of_another_row_is_reported() {
    let store = Arc::new(MemoryStore::new());
    let (world, ..) = with_values(store.clone()).await;
    world.enrolled("other").await;
    world.deliver().await;
    world.advance(3600);
    world.request("zuid", "demo").await;
    let all = values(store.as_ref()).await;
    let is_secret = |value: &&SealedValue| !matches!(value.row, SealedRow::Job { .. });
    let secrets: Vec<_> = all.iter().filter(is_secret).collect();
    let tenants = secrets.iter().map(|secret| match &secret.row {
        SealedRow::Enrolment { account, .. } | SealedRow::Authenticator { account, .. } => {
            account.tenant()
        }
        SealedRow::Job { tenant, .. } => tenant,
    });
    assert_eq!(tenants.collect::<Vec<_>>(), ["noord", "zuid", "zuid"]);
    for (row, other) in [(0, 1), (1, 2), (2, 0)] {
        let (row, other) = (secrets[row], secrets[other]);
        let swap = ReplaceSealed {
            row: row.row.clone(),
            expected: row.sealed.clone(),
            replacement: other.sealed.clone(),
        };
        let _ = store.replace_sealed(&swap).await.unwrap();
    }
    let keys = rotated();
    let mut resealing = Resealing::new(store.as_ref(), &keys);
    let batch = resealing.next_batch().await.unwrap().unwrap();
    assert_eq!(batch.resealed, 1, "the mail");
    let reasons: Vec<_> = batch.unreadable.iter().map(|value| value.reason).collect();
    assert_eq!(reasons, [ResealError::WrongKey(OLD); 3]);
}
