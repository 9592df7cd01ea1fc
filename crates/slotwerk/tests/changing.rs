//! Each answer to a person's own change of password, and what it leaves as it was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use futures_util::future::join_all;
use slotwerk::breach::{BreachCheck, BreachFault, OnFailure};
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{
    AccountKey, BudgetChanges, ChangePassword, KeepHistory, MemoryStore, PasswordChanged, Store,
    Subject,
};
use slotwerk::{
    ChangePasswordOutcome, CompleteOutcome, EventKind, Limits, RejectedSignIn, SetPasswordOutcome,
    SignInOutcome, Throttled,
};
use std::sync::Arc;
use support::{
    FakeBreaches, GOOD, NOBODY, NOON, OTHER, OneWorker, World, epoch_of, login, noord_with,
    password,
};

const THIRD: &str = "rode appel 93 Zon";

async fn change(world: &World, from: &str, to: &str) -> ChangePasswordOutcome {
    let done =
        world
            .auth
            .change_password("noord", "id-demo", password(from), password(to), &NOBODY);
    done.await.unwrap()
}

async fn signs_in(world: &World, text: &str) -> bool {
    let demo = login("demo");
    let answer = world.auth.sign_in("noord", &demo, password(text), &NOBODY);
    matches!(answer.await.unwrap(), SignInOutcome::SignedIn(_))
}

fn demo() -> AccountKey {
    AccountKey::new("noord", "id-demo").unwrap()
}

async fn with_password(world: &World, rules: PolicyDraft) {
    world.auth.put_tenant(noord_with(rules)).unwrap();
    world.with_password("noord", "demo").await;
}

#[tokio::test]
async fn a_hundred_wrong_ones_in_a_row_lock_the_change_and_a_link_unlocks_it() {
    let world = World::new();
    with_password(&world, PolicyDraft::new()).await;
    for n in 0..100 {
        let wrong = change(&world, "guess", OTHER).await;
        assert!(
            matches!(wrong, ChangePasswordOutcome::Rejected),
            "{n}: {wrong:?}"
        );
        world.advance(900);
    }
    world.advance(365 * 86_400);
    let locked = change(&world, GOOD, OTHER).await;
    assert!(
        matches!(locked, ChangePasswordOutcome::Throttled(Throttled::Locked)),
        "{locked:?}"
    );
    assert!(world.deliver().await.is_empty());
    let throttled = EventKind::SignInRejected(RejectedSignIn::Throttled);
    assert_eq!(world.count(throttled), 1);

    let token = world.mailed_token("noord", "demo").await;
    let reset = world.auth.complete_reset("noord", &token, password(THIRD));
    assert!(matches!(
        reset.await.unwrap(),
        CompleteOutcome::Changed { .. }
    ));
    let changed = change(&world, THIRD, OTHER).await;
    assert!(
        matches!(changed, ChangePasswordOutcome::Changed { .. }),
        "{changed:?}"
    );
}

/// Changes the password behind the back of whoever asks it.
struct Meddler {
    store: Arc<MemoryStore>,
}

#[slotwerk::async_trait]
impl BreachCheck for Meddler {
    async fn is_breached(&self, _: &str) -> Result<bool, BreachFault> {
        let found = self.store.credential(&demo()).await.unwrap();
        let hash = support::hasher().hash_blocking(password(THIRD), [7; 16]);
        let command = ChangePassword {
            account: demo(),
            expected_epoch: found.epoch,
            hash: hash.unwrap().as_str().to_owned(),
            recheck: false,
            keep: KeepHistory::NOTHING,
            notice: None,
            subject: Subject([0; 32]),
            now: NOON,
            budgets: BudgetChanges::default(),
        };
        let changed = self.store.change_password(&command).await.unwrap();
        assert!(matches!(changed, PasswordChanged::Changed { .. }));
        Ok(false)
    }
}

#[tokio::test]
async fn a_change_that_comes_in_between_wins_and_the_later_one_changes_nothing() {
    for by_host in [false, true] {
        let store = Arc::new(MemoryStore::new());
        let check = Arc::new(Meddler {
            store: store.clone(),
        });
        let world = World::asking_on(store.clone(), check, OnFailure::Refuse);
        with_password(&world, PolicyDraft::new()).await;
        let rules = PolicyDraft::new().not_breached();
        world.auth.put_tenant(noord_with(rules)).unwrap();
        if by_host {
            let set = world.auth.set_password("noord", "id-demo", password(OTHER));
            assert!(matches!(set.await.unwrap(), SetPasswordOutcome::Conflict));
        } else {
            let answer = change(&world, GOOD, OTHER).await;
            assert!(
                matches!(answer, ChangePasswordOutcome::Conflict),
                "{answer:?}"
            );
        }
        assert_eq!(store.credential(&demo()).await.unwrap().epoch, 2);
        assert_eq!(world.count(EventKind::PasswordChanged), 0);
        assert!(
            world.deliver().await.is_empty(),
            "nobody is told of a change"
        );
        assert!(!signs_in(&world, OTHER).await);
        assert!(signs_in(&world, THIRD).await);
    }
}

#[tokio::test]
async fn of_changes_at_the_same_time_one_wins() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    with_password(&world, PolicyDraft::new()).await;
    let texts: Vec<String> = (0..4).map(|n| format!("rode appel {n} Zon")).collect();
    let answers = join_all(texts.iter().map(|to| change(&world, GOOD, to))).await;
    let won = |a: &ChangePasswordOutcome| matches!(a, ChangePasswordOutcome::Changed { grant, .. } if epoch_of(grant) == 2);
    let winner = answers.iter().position(won).expect("one of them");
    for (n, answer) in answers.iter().enumerate() {
        let lost = matches!(
            answer,
            ChangePasswordOutcome::Conflict | ChangePasswordOutcome::Rejected
        );
        assert!(n == winner || lost, "{n}: {answer:?}");
        world.advance(60);
        assert_eq!(signs_in(&world, &texts[n]).await, n == winner, "{n}");
    }
    assert_eq!(world.count(EventKind::PasswordChanged), 1);
}

#[tokio::test]
async fn a_breach_check_without_an_answer_leaves_everything_as_it_was() {
    let breaches = FakeBreaches::default();
    let world = World::asking(&breaches, OnFailure::Refuse, false);
    with_password(&world, PolicyDraft::new().not_breached().not_reused(3, 0)).await;
    breaches.set_down(true);
    let answer = change(&world, GOOD, OTHER).await;
    assert!(
        matches!(answer, ChangePasswordOutcome::CheckUnavailable),
        "{answer:?}"
    );
    assert_eq!(world.count(EventKind::BreachCheckFailed), 1);
    assert_eq!(world.count(EventKind::PasswordChanged), 0);
    assert!(
        world
            .auth
            .session_stands("noord", "id-demo", 1)
            .await
            .unwrap()
    );
    assert!(world.deliver().await.is_empty());
    assert!(signs_in(&world, GOOD).await);
    breaches.set_down(false);
    let answer = change(&world, GOOD, OTHER).await;
    assert!(
        matches!(&answer, ChangePasswordOutcome::Changed { grant, .. } if epoch_of(grant) == 2),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_full_hashing_pool_uses_up_no_attempt_at_a_change() {
    let one = OneWorker::new();
    let world = World::hashing_with(one.hasher.clone());
    with_password(&world, PolicyDraft::new()).await;
    let attempts = Limits::default().password_attempts.burst();
    one.occupy();
    for _ in 0..3 * attempts {
        let busy = change(&world, "guess", OTHER).await;
        assert!(matches!(busy, ChangePasswordOutcome::Busy), "{busy:?}");
    }
    one.wait().await;
    assert_eq!(world.count(EventKind::Busy), 3 * attempts as usize);
    for _ in 0..attempts {
        let wrong = change(&world, "guess", OTHER).await;
        assert!(
            matches!(wrong, ChangePasswordOutcome::Rejected),
            "looked at: {wrong:?}"
        );
    }
    assert!(
        world
            .auth
            .session_stands("noord", "id-demo", 1)
            .await
            .unwrap()
    );
}
