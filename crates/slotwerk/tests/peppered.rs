//! Hashes under a pepper, through the whole flow: made, compared, turned with its keys, and never anybody
//! else's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use futures_util::FutureExt;
use slotwerk::password::{HashError, Hasher, Params, PepperFault};
use slotwerk::policy::{Code, PolicyDraft, Requirement, State};
use slotwerk::store::{
    AccountKey, BudgetChanges, ChangePassword, KeepHistory, MemoryStore, PasswordChanged,
    ReplaceHash, Store, Subject,
};
use slotwerk::{
    ChangePasswordOutcome, CompleteOutcome, EventKind, Fault, ImportHashOutcome,
    SetPasswordOutcome, SignInOutcome,
};
use std::sync::Arc;
use support::{
    GOOD, NOBODY, NOON, OTHER, SwitchPepper, World, epoch_of, login, noord_with, password,
};

const UNDER_1: &str = "$slotwerk-pepper$v=1$k=1$";
const UNDER_2: &str = "$slotwerk-pepper$v=1$k=2$";

struct Peppered {
    world: World,
    pepper: SwitchPepper,
    store: Arc<MemoryStore>,
}

impl Peppered {
    /// `demo` and `other` of `noord` have passwords, under a rule about the last three.
    async fn new() -> Self {
        let pepper = SwitchPepper::new();
        let hasher = Hasher::builder()
            .params(Params::danger_weak(64, 1, 1).unwrap())
            .workers(1)
            .pepper(Arc::new(pepper.clone()))
            .build()
            .unwrap();
        let store = Arc::new(MemoryStore::new());
        let world = World::hashing_on(store.clone(), hasher);
        let rules = PolicyDraft::new().not_reused(3, 0);
        world.auth.put_tenant(noord_with(rules)).unwrap();
        world.with_password("noord", "demo").await;
        let this = Self {
            world,
            pepper,
            store,
        };
        assert_eq!(this.set("id-other", OTHER).await, []);
        this
    }

    async fn stored(&self, account: &str) -> String {
        let found = self.store.credential(&key(account)).await.unwrap();
        found.hash.expect("a password")
    }

    /// As somebody who may write to the database.
    async fn overwrite(&self, account: &str, hash: &str) {
        let command = ReplaceHash {
            account: key(account),
            expected: self.stored(account).await,
            replacement: hash.to_owned(),
        };
        let _ = self.store.replace_hash(&command).await.unwrap();
        assert_eq!(self.stored(account).await, hash);
    }

    async fn sign_in(&self, name: &str, text: &str) -> Result<SignInOutcome, Fault> {
        let auth = &self.world.auth;
        auth.sign_in("noord", &login(name), password(text), &NOBODY)
            .await
    }

    async fn is_let_in(&self, name: &str, text: &str) -> bool {
        let answer = self.sign_in(name, text).await.unwrap();
        matches!(answer, SignInOutcome::SignedIn(_))
    }

    async fn set(&self, account: &str, text: &str) -> Vec<Code> {
        let auth = &self.world.auth;
        let set = auth.set_password("noord", account, password(text));
        match set.await.unwrap() {
            SetPasswordOutcome::Changed { .. } => Vec::new(),
            SetPasswordOutcome::RulesUnmet(all) => {
                let unmet = all.iter().filter(|r| r.state() == State::Unmet);
                unmet.map(Requirement::code).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn unusable(&self) -> usize {
        self.world.count(EventKind::HashUnusable)
    }
}

fn key(account: &str) -> AccountKey {
    AccountKey::new("noord", account).unwrap()
}

fn is_away<T: std::fmt::Debug>(answer: Result<T, Fault>) -> bool {
    matches!(
        answer,
        Err(Fault::Hashing(HashError::Pepper {
            fault: PepperFault::Unavailable,
            ..
        }))
    )
}

/// The host vouches for what it imports; a hash that somebody planted is refused all the same.
#[tokio::test]
async fn imports_pass_a_required_pepper() {
    let build = || {
        let params = Params::danger_weak(64, 1, 1).unwrap();
        Hasher::builder().params(params).workers(1)
    };
    let elsewhere = build().build().unwrap();
    let plain = elsewhere.hash(password(GOOD), [5; 16]).await.unwrap();
    let required = build()
        .pepper(Arc::new(SwitchPepper::new()))
        .pepper_required();
    let store = Arc::new(MemoryStore::new());
    let world = World::hashing_on(store.clone(), required.build().unwrap());
    let import = world.auth.import_hash("noord", "id-demo", &plain).await;
    assert_eq!(import.unwrap(), ImportHashOutcome::Imported);
    let stored = store
        .credential(&key("id-demo"))
        .await
        .unwrap()
        .hash
        .unwrap();
    assert!(stored.starts_with(UNDER_1), "{stored}");

    let sign_in = async || {
        let demo = login("demo");
        let answer = world.auth.sign_in("noord", &demo, password(GOOD), &NOBODY);
        answer.await.unwrap()
    };
    assert!(matches!(sign_in().await, SignInOutcome::Enrol(_)));
    let planted = ReplaceHash {
        account: key("id-demo"),
        expected: stored,
        replacement: plain.as_str().to_owned(),
    };
    let _ = store.replace_hash(&planted).await.unwrap();
    assert!(matches!(sign_in().await, SignInOutcome::Rejected));
}

#[tokio::test]
async fn set_up_sign_in_reset_and_earlier_passwords_work_under_a_pepper() {
    let this = Peppered::new().await;
    assert!(this.stored("id-demo").await.starts_with(UNDER_1));
    assert!(this.is_let_in("demo", GOOD).await);
    assert!(!this.is_let_in("demo", OTHER).await);
    let auth = &this.world.auth;
    let token = this.world.mailed_token("noord", "demo").await;
    let reused = auth.complete_reset("noord", &token, password(GOOD)).await;
    assert!(matches!(reused, Ok(CompleteOutcome::RulesUnmet(_))));
    let reset = auth.complete_reset("noord", &token, password(OTHER)).await;
    assert!(matches!(reset, Ok(CompleteOutcome::Changed { .. })));
    assert!(this.is_let_in("demo", OTHER).await);
    assert_eq!(this.set("id-demo", GOOD).await, [Code::NotReused], "kept");
    let change = auth.change_password("noord", "id-demo", password(OTHER), password(GOOD), &NOBODY);
    assert!(matches!(
        change.await.unwrap(),
        ChangePasswordOutcome::RulesUnmet(_)
    ));
    assert_eq!(this.unusable(), 0);
    assert!(this.stored("id-demo").await.starts_with(UNDER_1));
}

#[tokio::test]
async fn a_hash_copied_from_another_account_is_refused_like_a_wrong_password() {
    let this = Peppered::new().await;
    let wrong = this.sign_in("demo", "guess").await.unwrap();
    let others = this.stored("id-other").await;
    this.overwrite("id-demo", &others).await;
    let told = this.unusable();
    let copied = this.sign_in("demo", OTHER).await.unwrap();
    assert_eq!(format!("{copied:?}"), format!("{wrong:?}"));
    assert_eq!(this.unusable(), told + 1);
    let change = this.world.auth.change_password(
        "noord",
        "id-demo",
        password(OTHER),
        password("rode appel 93 Zon"),
        &NOBODY,
    );
    let refused = change.await.unwrap();
    assert!(
        matches!(refused, ChangePasswordOutcome::Rejected),
        "{refused:?}"
    );
    assert!(this.is_let_in("other", OTHER).await, "its owner goes on");
    // The one it was taken from gets in again by mail, as ever.
    let token = this.world.mailed_token("noord", "demo").await;
    let auth = &this.world.auth;
    let reset = auth.complete_reset("noord", &token, password(OTHER)).await;
    assert!(
        matches!(reset, Ok(CompleteOutcome::Changed { .. })),
        "{reset:?}"
    );
    assert!(this.is_let_in("demo", OTHER).await);
}

#[tokio::test]
async fn a_hash_of_the_same_id_at_another_tenant_is_refused_as_well() {
    let this = Peppered::new().await;
    this.world.with_password("zuid", "demo").await;
    let zuid = AccountKey::new("zuid", "id-demo").unwrap();
    let there = this.store.credential(&zuid).await.unwrap().hash.unwrap();
    this.overwrite("id-demo", &there).await;
    assert!(!this.is_let_in("demo", GOOD).await);
    assert_eq!(this.unusable(), 1);
}

#[tokio::test]
async fn a_pepper_out_of_reach_is_a_fault_for_everybody_alike_and_changes_nothing() {
    let this = Peppered::new().await;
    let token = this.world.mailed_token("noord", "demo").await;
    let before = this.stored("id-demo").await;
    let heard = this.world.kinds().len();
    this.pepper.set_away(true);
    for name in ["demo", "nobody", "disabled", support::LONG_NAME] {
        let answer = this.sign_in(name, GOOD).await;
        assert!(is_away(answer), "{name}");
    }
    let auth = &this.world.auth;
    let new = || password("rode appel 93 Zon");
    assert!(is_away(auth.complete_reset("noord", &token, new()).await));
    assert!(is_away(auth.set_password("noord", "id-demo", new()).await));
    let change = auth.change_password("noord", "id-demo", password(GOOD), new(), &NOBODY);
    assert!(is_away(change.await));
    let about_people = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::SignInRejected(_) | EventKind::HashUnusable | EventKind::PasswordRejected
        )
    };
    let heard = &this.world.kinds()[heard..];
    assert!(!heard.iter().any(about_people), "{heard:?}");
    assert_eq!(this.stored("id-demo").await, before);

    this.pepper.set_away(false);
    assert!(this.is_let_in("demo", GOOD).await);
    let reset = auth.complete_reset("noord", &token, new()).await;
    assert!(
        matches!(reset, Ok(CompleteOutcome::Changed { .. })),
        "{reset:?}"
    );
}

#[tokio::test]
async fn a_turned_key_is_taken_over_at_sign_in_and_the_old_one_can_go() {
    let this = Peppered::new().await;
    let epoch = this.store.credential(&key("id-demo")).await.unwrap().epoch;
    this.pepper.rotate();
    assert!(!this.is_let_in("demo", OTHER).await);
    assert!(this.stored("id-demo").await.starts_with(UNDER_1));
    assert!(this.is_let_in("demo", GOOD).await);
    assert!(this.stored("id-demo").await.starts_with(UNDER_2));
    assert_eq!(this.world.count(EventKind::HashUpgraded), 1);
    let now = this.store.credential(&key("id-demo")).await.unwrap().epoch;
    assert_eq!(now, epoch, "sessions go on");
    assert!(this.is_let_in("demo", GOOD).await);
    assert_eq!(this.world.count(EventKind::HashUpgraded), 1, "once");

    this.pepper.revoke_the_first();
    assert!(this.is_let_in("demo", GOOD).await);
    assert!(
        !this.is_let_in("other", OTHER).await,
        "never signed in since"
    );
    assert_eq!(this.unusable(), 1);
}

#[tokio::test]
async fn a_password_changed_while_the_old_one_is_verified_is_not_overwritten_by_its_renewal() {
    let this = Peppered::new().await;
    let account = key("id-demo");
    // A hash of some other password, under this account's pepper.
    assert_eq!(this.set("id-demo", OTHER).await, []);
    let newer = this.stored("id-demo").await;
    assert_eq!(this.set("id-demo", "rode appel 93 Zon").await, []);
    this.pepper.rotate();
    let (store, hash, epoch) = (this.store.clone(), newer.clone(), 3);
    this.pepper.on_open(move || {
        let command = ChangePassword {
            account,
            expected_epoch: epoch,
            hash,
            recheck: false,
            keep: KeepHistory::NOTHING,
            notice: None,
            subject: Subject([0; 32]),
            now: NOON,
            budgets: BudgetChanges::default(),
        };
        let changed = store.change_password(&command).now_or_never();
        assert!(matches!(
            changed,
            Some(Ok(PasswordChanged::Changed { epoch: 4 }))
        ));
    });
    let answer = this.sign_in("demo", "rode appel 93 Zon").await.unwrap();
    let SignInOutcome::SignedIn(grant) = answer else {
        panic!("it was right when it was looked at: {answer:?}")
    };
    let auth = &this.world.auth;
    let stands = auth.session_stands("noord", "id-demo", epoch_of(&grant));
    assert!(!stands.await.unwrap(), "and is over already");
    assert_eq!(this.stored("id-demo").await, newer);
    assert_eq!(this.world.count(EventKind::HashUpgraded), 0);
    assert!(!this.is_let_in("demo", "rode appel 93 Zon").await);
    assert!(this.is_let_in("demo", OTHER).await);
}

#[tokio::test]
async fn a_past_password_under_a_lost_key_does_not_keep_its_owner_from_a_new_one() {
    let this = Peppered::new().await;
    this.pepper.rotate();
    assert_eq!(this.set("id-demo", OTHER).await, []);
    assert_eq!(
        this.set("id-demo", GOOD).await,
        [Code::NotReused],
        "retired"
    );
    this.pepper.revoke_the_first();
    let told = this.unusable();
    let auth = &this.world.auth;
    let token = this.world.mailed_token("noord", "demo").await;
    let reused = auth.complete_reset("noord", &token, password(OTHER)).await;
    assert!(
        matches!(reused, Ok(CompleteOutcome::RulesUnmet(_))),
        "{reused:?}"
    );
    let third = password("rode appel 93 Zon");
    let reset = auth.complete_reset("noord", &token, third).await;
    assert!(
        matches!(reset, Ok(CompleteOutcome::Changed { .. })),
        "{reset:?}"
    );
    assert_eq!(this.unusable(), told + 1, "the operator is told");

    // The same for a current one: a link is how its owner gets in again.
    let token = this.world.mailed_token("noord", "other").await;
    let reset = auth.complete_reset("noord", &token, password(GOOD)).await;
    assert!(
        matches!(reset, Ok(CompleteOutcome::Changed { .. })),
        "{reset:?}"
    );
    assert!(this.is_let_in("other", GOOD).await);
}

#[tokio::test]
async fn a_hash_from_before_the_pepper_is_wrapped_at_sign_in() {
    let this = Peppered::new().await;
    let plain = support::hasher().hash_blocking(password(GOOD), [5; 16]);
    let account = AccountKey::new("noord", "k7f3").unwrap();
    let command = ChangePassword {
        account: account.clone(),
        expected_epoch: 0,
        hash: plain.unwrap().as_str().to_owned(),
        recheck: false,
        keep: KeepHistory::NOTHING,
        notice: None,
        subject: Subject([0; 32]),
        now: NOON,
        budgets: BudgetChanges::default(),
    };
    let changed = this.store.change_password(&command).await.unwrap();
    assert!(matches!(changed, PasswordChanged::Changed { .. }));
    assert!(this.is_let_in(support::LONG_NAME, GOOD).await);
    assert!(this.stored("k7f3").await.starts_with(UNDER_1));
    assert_eq!(this.world.count(EventKind::HashUpgraded), 1);
    assert!(this.is_let_in(support::LONG_NAME, GOOD).await);
}
