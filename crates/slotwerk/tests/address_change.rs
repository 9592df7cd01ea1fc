//! An address that changes while a link is used: the old mailbox must not set the password.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::breach::{BreachCheck, BreachFault, OnFailure};
use slotwerk::policy::PolicyDraft;
use slotwerk::store::MemoryStore;
use slotwerk::{CompleteOutcome, EventKind, InvalidLink, SignInOutcome};
use std::sync::{Arc, Mutex};
use support::{GOOD, NOBODY, OTHER, World, login, noord_with, password};

type Hook = Box<dyn Fn() + Send>;

/// Does something in the midst of judging a new password, right before it is hashed.
#[derive(Clone, Default)]
struct Meanwhile(Arc<Mutex<Option<Hook>>>);

impl Meanwhile {
    fn set(&self, hook: impl Fn() + Send + 'static) {
        *self.0.lock().unwrap() = Some(Box::new(hook));
    }
}

#[slotwerk::async_trait]
impl BreachCheck for Meanwhile {
    async fn is_breached(&self, _: &str) -> Result<bool, BreachFault> {
        if let Some(hook) = &*self.0.lock().unwrap() {
            hook();
        }
        Ok(false)
    }
}

/// `demo` of `noord` has the good password, and a mailed link.
async fn world() -> (World, Meanwhile, String) {
    let meanwhile = Meanwhile::default();
    let check = Arc::new(meanwhile.clone());
    let world = World::asking_on(Arc::new(MemoryStore::new()), check, OnFailure::Refuse);
    let rules = noord_with(PolicyDraft::new().not_breached());
    world.auth.put_tenant(rules).unwrap();
    world.with_password("noord", "demo").await;
    let token = world.mailed_token("noord", "demo").await;
    (world, meanwhile, token)
}

async fn complete(world: &World, token: &str) -> CompleteOutcome {
    let done = world.auth.complete_reset("noord", token, password(OTHER));
    done.await.unwrap()
}

async fn signs_in(world: &World, text: &str) -> bool {
    let name = login("demo");
    let answer = world.auth.sign_in("noord", &name, password(text), &NOBODY);
    matches!(answer.await.unwrap(), SignInOutcome::SignedIn(_))
}

#[tokio::test]
async fn address_changed_while_hashing() {
    let (world, meanwhile, token) = world().await;
    let people = world.people.clone();
    meanwhile.set(move || people.move_mail_to("new@noord.example"));
    let done = complete(&world, &token).await;
    assert!(matches!(done, CompleteOutcome::Invalid), "{done:?}");
    assert_eq!(
        world.count(EventKind::ResetLinkInvalid(InvalidLink::Account)),
        1
    );
    assert!(signs_in(&world, GOOD).await, "the password stays");
    assert!(!signs_in(&world, OTHER).await);
    assert!(world.deliver().await.is_empty(), "nothing was changed");

    // The new mailbox gets a link that works.
    let token = world.mailed_token("noord", "demo").await;
    let done = complete(&world, &token).await;
    assert!(matches!(done, CompleteOutcome::Changed { .. }), "{done:?}");
}

#[tokio::test]
async fn account_disabled_while_hashing() {
    let (world, meanwhile, token) = world().await;
    let people = world.people.clone();
    meanwhile.set(move || people.disable_demo());
    let done = complete(&world, &token).await;
    assert!(matches!(done, CompleteOutcome::Invalid), "{done:?}");
    assert_eq!(world.count(EventKind::PasswordReset), 1, "the first one");
}

/// The host changes the address and revokes access at the last instant: the epoch decides.
#[tokio::test]
async fn access_revoked_while_hashing() {
    let (world, meanwhile, token) = world().await;
    let auth = world.auth.clone();
    meanwhile.set(move || {
        let auth = auth.clone();
        let revoked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let revoked = auth.revoke_access("noord", "id-demo");
            runtime.unwrap().block_on(revoked).unwrap();
        });
        revoked.join().unwrap();
    });
    let done = complete(&world, &token).await;
    assert!(matches!(done, CompleteOutcome::Invalid), "{done:?}");
    assert!(signs_in(&world, GOOD).await, "the password stays");
}

/// A directory that is away right before the command is a fault, and the link stays.
#[tokio::test]
async fn directory_lost_while_hashing() {
    let (world, meanwhile, token) = world().await;
    let people = world.people.clone();
    meanwhile.set(move || people.break_down());
    let fault = world
        .auth
        .complete_reset("noord", &token, password(OTHER))
        .await;
    assert!(fault.is_err(), "{fault:?}");
    world.people.recover();
    meanwhile.set(|| {});
    let done = complete(&world, &token).await;
    assert!(matches!(done, CompleteOutcome::Changed { .. }), "{done:?}");
}
