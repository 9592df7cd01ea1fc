//! The fakes do as they are told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_mail::{Brand, Composer, Mail, Mailer, Message};
use slotwerk_store::{
    AccountKey, AttemptKey, BudgetChanges, ChangePassword, Enqueued, ErrorKind, Id, KeepHistory,
    LeaseJobs, MemoryStore, NewJob, PasswordChanged, Store, Subject,
};
use slotwerk_testkit::broken::{BrokenStore, Flaw};
use slotwerk_testkit::conformance::{Case, Failure, Nodes, Report, block_on, cases};
use slotwerk_testkit::{FakeClock, FakeEntropy, FakeMailer, FaultyStore, Strike};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn a_clock_stands_still_goes_on_and_goes_back() {
    let clock = FakeClock::at(1000);
    let (now, other) = (clock.handle(), clock.clone());
    assert_eq!(now(), Duration::from_secs(1000));
    assert_eq!(now(), Duration::from_secs(1000));
    other.advance(Duration::from_millis(1500));
    assert_eq!(now(), Duration::from_millis(1_001_500));
    assert_eq!(clock.seconds(), 1001);
    other.set(10);
    assert_eq!(now(), Duration::from_secs(10));
}

#[test]
fn draws_differ_and_are_the_same_in_every_run() {
    let draw = |entropy: &FakeEntropy| {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes).unwrap();
        bytes
    };
    let (one, again, other) = (
        FakeEntropy::new(1),
        FakeEntropy::new(1),
        FakeEntropy::new(2),
    );
    let mut seen = BTreeSet::new();
    for _ in 0..1000 {
        let bytes = draw(&one);
        assert_eq!(bytes, draw(&again));
        assert!(seen.insert(bytes), "a draw came twice");
        assert!(seen.insert(draw(&other)), "two seeds gave the same draw");
    }
}

#[test]
fn odd_lengths_are_filled_to_the_end() {
    let fill = FakeEntropy::new(3).handle();
    for length in [0, 1, 7, 8, 9, 31, 100] {
        let mut bytes = vec![0; length];
        fill(&mut bytes).unwrap();
        let blank = bytes.iter().filter(|byte| **byte == 0).count();
        assert!(blank <= length / 4, "{blank} of {length} bytes are blank");
    }
}

#[test]
fn failing_entropy_leaves_the_bytes() {
    let entropy = FakeEntropy::new(3);
    entropy.fail(true);
    let mut bytes = [7; 16];
    assert!(entropy.fill(&mut bytes).is_err());
    assert_eq!(bytes, [7; 16]);
    entropy.fail(false);
    assert!(entropy.fill(&mut bytes).is_ok());
}

fn job() -> NewJob {
    NewJob {
        id: Id([1; 16]),
        tenant: "noord".to_owned(),
        payload: vec![1],
        created_at: 0,
        ready_at: 0,
        capacity: 9,
        note: None,
    }
}

fn lease() -> LeaseJobs {
    LeaseJobs {
        now: 0,
        lease_until: 9,
        limit: 9,
        after: None,
        skip: Vec::new(),
    }
}

#[test]
fn only_the_chosen_call_fails() {
    block_on(async {
        let store = FaultyStore::new(Arc::new(MemoryStore::new()));
        store.fail_call(2, Strike::Before, ErrorKind::Conflict);
        let key = AttemptKey::durable([0; 32]);
        assert!(store.lift_attempt(key, 0).await.is_ok());
        let fault = store.enqueue(&job()).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Conflict);
        assert_eq!(store.enqueue(&job()).await.unwrap(), Enqueued::Queued);
        assert_eq!(store.lease_jobs(&lease()).await.unwrap().len(), 1);
        assert_eq!(store.calls(), 4);
    });
}

#[test]
fn a_lost_answer_has_happened() {
    block_on(async {
        let inner = Arc::new(MemoryStore::new());
        let store = FaultyStore::new(inner.clone());
        store.fail_call(1, Strike::After, ErrorKind::Unavailable);
        let fault = store.enqueue(&job()).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Unavailable);
        assert_eq!(inner.lease_jobs(&lease()).await.unwrap().len(), 1);
    });
}

#[test]
fn a_change_repeated_after_a_lost_answer_remembers_once() {
    block_on(async {
        for (strike, again) in [
            (Strike::Before, PasswordChanged::Changed { epoch: 2 }),
            (Strike::After, PasswordChanged::Stale),
        ] {
            let store = FaultyStore::new(Arc::new(MemoryStore::new()));
            let account = AccountKey::new("noord", "42").unwrap();
            let first = ChangePassword {
                account: account.clone(),
                expected_epoch: 0,
                hash: "old".to_owned(),
                recheck: false,
                keep: KeepHistory { last: 9, since: 0 },
                notice: None,
                subject: Subject([0; 32]),
                now: 10,
                budgets: BudgetChanges::default(),
            };
            let second = ChangePassword {
                expected_epoch: 1,
                hash: "new".to_owned(),
                now: 20,
                ..first.clone()
            };
            let changed = store.change_password(&first).await.unwrap();
            assert_eq!(changed, PasswordChanged::Changed { epoch: 1 });
            store.fail_call(1, strike, ErrorKind::Unavailable);
            assert!(store.change_password(&second).await.is_err());
            let happened = strike == Strike::After;
            let past = store.password_history(&account, 9).await.unwrap();
            assert_eq!(past.len(), usize::from(happened), "{strike:?}");
            let outcome = store.change_password(&second).await.unwrap();
            assert_eq!(outcome, again, "{strike:?}");
            let past = store.password_history(&account, 9).await.unwrap();
            let seen: Vec<_> = past
                .iter()
                .map(|p| (p.hash.as_str(), p.retired_at))
                .collect();
            assert_eq!(seen, [("old", 20)], "{strike:?}");
        }
    });
}

#[test]
fn a_healed_store_does_not_fail() {
    block_on(async {
        let store = FaultyStore::new(Arc::new(MemoryStore::new()));
        store.fail_call(1, Strike::Before, ErrorKind::Unavailable);
        store.heal();
        let account = AccountKey::new("noord", "42").unwrap();
        assert!(store.credential(&account).await.is_ok());
    });
}

fn mail() -> Mail {
    let message = Message::PasswordChanged {
        account_name: "ann",
        when: None,
    };
    let brand = Brand::new("Noord", "#004488").unwrap();
    let composer = Composer::new().unwrap();
    composer
        .compose(&message, &brand, "en", "ann@example.org")
        .unwrap()
}

#[test]
fn a_mailer_fails_as_often_as_told_and_keeps_the_rest() {
    block_on(async {
        let mailer = FakeMailer::new();
        let mail = mail();
        mailer.fail_transiently(2);
        mailer.fail_permanently(1);
        for transient in [true, true, false] {
            let error = mailer.send(&mail).await.unwrap_err();
            assert_eq!(error.is_transient(), transient);
        }
        assert!(mailer.sent().is_empty());
        mailer.clone().send(&mail).await.unwrap();
        assert_eq!(mailer.attempts(), 4);
        assert_eq!(mailer.sent().len(), 1);
        let taken = mailer.take();
        assert_eq!(taken[0].subject(), mail.subject());
        assert!(mailer.sent().is_empty());
        assert!(!format!("{mailer:?}").contains("example.org"));
    });
}

#[test]
fn public_types_are_send_sync_and_static() {
    fn check<T: Send + Sync + 'static>() {}
    check::<FakeClock>();
    check::<FakeEntropy>();
    check::<FakeMailer>();
    check::<FaultyStore>();
    check::<Strike>();
    check::<BrokenStore>();
    check::<Flaw>();
    check::<Nodes>();
    check::<Case>();
    check::<Failure>();
    check::<Report>();
}

#[test]
fn names_of_cases_are_told_apart() {
    let names: BTreeSet<&str> = cases().iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases().len());
}

/// The calls of three tasks in the order in which they were answered: which call of its task each was.
fn answered(store: FaultyStore) -> Vec<u32> {
    let (store, answered) = (Arc::new(store), Arc::new(Mutex::new(Vec::new())));
    let one_thread = tokio::runtime::Builder::new_current_thread().build();
    one_thread.unwrap().block_on(async {
        let mut tasks = Vec::new();
        for _ in 0..3 {
            let (store, answered) = (store.clone(), answered.clone());
            tasks.push(tokio::spawn(async move {
                let account = AccountKey::new("noord", "42").unwrap();
                for call in 0..3 {
                    store.credential(&account).await.unwrap();
                    answered.lock().unwrap().push(call);
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
    let answered = answered.lock().unwrap();
    answered.clone()
}

#[test]
fn tasks_take_turns_call_by_call_when_told() {
    let store = || FaultyStore::new(Arc::new(MemoryStore::new()));
    assert!(answered(store().taking_turns()).is_sorted());
    assert!(!answered(store()).is_sorted(), "one after another");
}
