//! Recovery codes as they are typed, and how they are hashed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::password::Params;
use slotwerk::recovery::RecoveryCode;
use slotwerk::store::{
    AccountKey, BudgetChanges, CodeDigest, HashedCodes, MemoryStore, OpenTicket, PasswordStanding,
    RecoveryCodeSpent, RecoveryCodesRenewed, RenewRecoveryCodes, ReplacedCodes, SpendRecoveryCode,
    Stage, Store, Subject, TokenHash,
};
use slotwerk::{ConfirmOutcome, EventKind, Fault, RecoveryCodeOutcome, RenewOutcome};
use slotwerk_sqlx::SqlStore;
use slotwerk_testkit::FaultyStore;
use std::sync::Arc;
use support::managing::{confirm, open, scan};
use support::{Enrolled, OneWorker, With, World, fault_of, ring, zuid};
use tempfile::TempDir;

/// The form of a code, and none that anybody has.
const WRONG: &str = "0000-0000-0000-0000";

async fn redeem(world: &World, ticket: &str, code: &str) -> RecoveryCodeOutcome {
    let redeemed = world.auth.redeem_recovery_code("zuid", ticket, code).await;
    redeemed.unwrap()
}

/// Signs in anew with a recovery code.
async fn sign_in(world: &World, code: &str) -> RecoveryCodeOutcome {
    let ticket = world.verify_ticket("zuid", "demo").await;
    redeem(world, &ticket, code).await
}

fn signed_in(answer: &RecoveryCodeOutcome) -> bool {
    matches!(answer, RecoveryCodeOutcome::SignedIn { .. })
}

fn key() -> AccountKey {
    AccountKey::new("zuid", "id-demo").unwrap()
}

/// Opens ticket 7 past the facade.
async fn open_ticket(world: &World, store: &dyn Store, stage: Stage) {
    let open = OpenTicket {
        token: TokenHash([7; 32]),
        account: key(),
        stage,
        standing: PasswordStanding::Good,
        epoch: store.credential(&key()).await.unwrap().epoch,
        expires_at: world.clock.seconds() + 60,
        max_live: 5,
        now: world.clock.seconds(),
        budgets: BudgetChanges::default(),
    };
    store.open_ticket(&open).await.unwrap();
}

/// A text that cannot be a code costs nothing, however often it comes. A wrong code is charged.
#[tokio::test]
async fn malformed_codes_cost_no_attempt() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    let ticket = world.verify_ticket("zuid", "demo").await;
    let code = &enrolled.recovery_codes[0];
    for typed in [
        "",
        " ",
        "123456",
        "guess",
        &code[1..],
        &format!("{code}0"),
        &format!("3 {code}"),
        &format!("{code}, {code}"),
        &code.replace('-', "/"),
        &format!("{code}\0"),
        &"1".repeat(1 << 20),
    ] {
        assert!(RecoveryCode::parse(typed).is_err(), "{typed:?}");
    }
    let rejected = |kind: &EventKind| matches!(kind, EventKind::CodeRejected(_));
    assert!(!world.kinds().iter().any(rejected), "nothing was checked");
    let answer = redeem(&world, &ticket, code).await;
    assert!(signed_in(&answer), "{answer:?}");

    let ticket = world.verify_ticket("zuid", "demo").await;
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(redeem(&world, &ticket, WRONG).await);
    }
    let throttled = |a: &RecoveryCodeOutcome| matches!(a, RecoveryCodeOutcome::Throttled(_));
    assert!(answers.iter().any(throttled), "control: {answers:?}");
}

#[tokio::test]
async fn pasted_codes_sign_in() {
    let world = World::new();
    let Enrolled { recovery_codes, .. } = world.enrolled("demo").await;
    let wide = |code: &str| -> String {
        let wide = code.bytes().map(|b| char::from_u32(u32::from(b) + 0xfee0));
        wide.collect::<Option<_>>().unwrap()
    };
    let pasted: [&dyn Fn(&str) -> String; 10] = [
        &|code| format!("{code}."),
        &|code| format!("3. {code}"),
        &|code| format!("10) {code}"),
        &|code| format!("\u{2022}\t{code}"),
        &|code| format!("\u{201c}{code}\u{201d}"),
        &|code| format!("({code})"),
        &|code| code.replace('-', "\u{200b}"),
        &|code| code.replace('-', "\u{a0}"),
        &|code| code.replace('-', "\u{ad}"),
        &wide,
    ];
    for (code, pasted) in recovery_codes.iter().zip(pasted) {
        let answer = sign_in(&world, &pasted(code)).await;
        assert!(signed_in(&answer), "{:?}", pasted(code));
        world.advance(60);
    }
}

/// With codes, without any left, and with a wrong one: one hash, and the same calls of the store.
#[tokio::test]
async fn every_redemption_does_equal_work() {
    let pool = OneWorker::new();
    let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::hashing_on(faulty.clone(), pool.hasher.clone());
    let enrolled = world.enrolled("demo").await;
    let mut work = Vec::new();
    for round in 0..2 {
        let ticket = world.verify_ticket("zuid", "demo").await;
        for code in [WRONG, &enrolled.recovery_codes[0]] {
            if round == 0 && code != WRONG {
                continue;
            }
            let before = (pool.hasher.computed(), faulty.calls());
            let answer = redeem(&world, &ticket, code).await;
            assert!(
                matches!(answer, RecoveryCodeOutcome::Rejected),
                "{answer:?}"
            );
            let after = (pool.hasher.computed(), faulty.calls());
            work.push((after.0 - before.0, after.1 - before.1));
        }
        for code in &enrolled.recovery_codes {
            let answer = sign_in(&world, code).await;
            assert_eq!(signed_in(&answer), round == 0, "{answer:?}");
            world.advance(3_600);
        }
    }
    assert_eq!(work, [(1, 5); 3], "hashes and calls of the store");
}

/// An attempt is charged before anything is hashed.
#[tokio::test]
async fn throttled_codes_are_not_hashed() {
    let pool = OneWorker::new();
    let world = World::hashing_with(pool.hasher.clone());
    let enrolled = world.enrolled("demo").await;
    let ticket = world.verify_ticket("zuid", "demo").await;
    while !matches!(
        redeem(&world, &ticket, WRONG).await,
        RecoveryCodeOutcome::Throttled(_)
    ) {}
    let before = pool.hasher.computed();
    let answer = redeem(&world, &ticket, &enrolled.recovery_codes[0]).await;
    assert!(
        matches!(answer, RecoveryCodeOutcome::Throttled(_)),
        "{answer:?}"
    );
    assert_eq!(pool.hasher.computed(), before);
}

#[tokio::test]
async fn busy_pool_costs_no_attempt() {
    let pool = OneWorker::new();
    let world = World::hashing_with(pool.hasher.clone());
    let enrolled = world.enrolled("demo").await;
    let ticket = world.verify_ticket("zuid", "demo").await;
    pool.occupy();
    for _ in 0..100 {
        let answer = redeem(&world, &ticket, WRONG).await;
        assert!(matches!(answer, RecoveryCodeOutcome::Busy), "{answer:?}");
    }
    assert_eq!(world.count(EventKind::Busy), 100);
    pool.wait().await;
    let answer = redeem(&world, &ticket, &enrolled.recovery_codes[0]).await;
    assert!(signed_in(&answer), "{answer:?}");
}

/// The first code of an authenticator is right, and the pool is full: nothing changes, and the same code works
/// later, also after more such answers than there are attempts.
#[tokio::test]
async fn busy_pool_leaves_the_set_up() {
    let pool = OneWorker::new();
    let world = World::hashing_with(pool.hasher.clone());
    world.with_password("zuid", "demo").await;
    let ticket = world.enrol_ticket("zuid", "demo").await;
    let phone = scan(&world, &ticket).await;
    pool.occupy();
    for _ in 0..20 {
        let answer = confirm(&world, &ticket, &phone, &Default::default()).await;
        assert!(matches!(answer, ConfirmOutcome::Busy), "{answer:?}");
    }
    pool.wait().await;
    let answer = confirm(&world, &ticket, &phone, &Default::default()).await;
    assert!(
        matches!(answer, ConfirmOutcome::SignedIn { .. }),
        "{answer:?}"
    );
}

#[tokio::test]
async fn busy_pool_keeps_the_old_codes() {
    let pool = OneWorker::new();
    let world = World::hashing_with(pool.hasher.clone());
    let enrolled = world.enrolled("demo").await;
    let ticket = open(&world, &enrolled.grant).await;
    pool.occupy();
    let renewed = world.auth.renew_recovery_codes("zuid", &ticket).await;
    assert!(matches!(renewed.unwrap(), RenewOutcome::Busy));
    pool.wait().await;
    let answer = sign_in(&world, &enrolled.recovery_codes[0]).await;
    assert!(signed_in(&answer), "{answer:?}");
    let ticket = open(&world, &enrolled.grant).await;
    let renewed = world.auth.renew_recovery_codes("zuid", &ticket).await;
    assert!(matches!(renewed.unwrap(), RenewOutcome::Renewed(_)));
}

/// A set remembers its parameters: a tenant that asks for more later invalidates no code.
#[tokio::test]
async fn raised_cost_keeps_old_codes() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let enrolled = world.enrolled("demo").await;
    let hashing = async || store.recovery_code_hashing(&key()).await.unwrap().unwrap();
    let old = hashing().await;
    assert!(old.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{old}");
    let raised = zuid().with(|tenant| tenant.hashing(Params::danger_weak(64, 3, 1).unwrap()));
    world.auth.put_tenant(raised).unwrap();
    let answer = sign_in(&world, &enrolled.recovery_codes[0]).await;
    assert!(signed_in(&answer), "{answer:?}");

    let ticket = open(&world, &enrolled.grant).await;
    let renewed = world.auth.renew_recovery_codes("zuid", &ticket).await;
    let RenewOutcome::Renewed(codes) = renewed.unwrap() else {
        panic!("not renewed");
    };
    let new = hashing().await;
    assert!(new.starts_with("$argon2id$v=19$m=64,t=3,p=1$"), "{new}");
    assert_ne!(old.rsplit('$').next(), new.rsplit('$').next(), "the salt");
    let answer = sign_in(&world, codes.codes()[0].expose()).await;
    assert!(signed_in(&answer), "{answer:?}");
}

/// A thief of the database and the keys must pay for an Argon2 hash a guess: the digest of the code itself
/// finds nothing.
#[tokio::test]
async fn stored_digests_need_the_slow_hash() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let enrolled = world.enrolled("demo").await;
    let code = RecoveryCode::parse(&enrolled.recovery_codes[0]).unwrap();
    let fast = code.unstretched_digests(&ring(), "zuid", "id-demo");
    open_ticket(&world, &*store, Stage::Verify).await;
    let spend = SpendRecoveryCode {
        ticket: TokenHash([7; 32]),
        account: key(),
        digests: fast.iter().map(|d| CodeDigest(*d.as_bytes())).collect(),
        notice: None,
        subject: Subject([0; 32]),
        now: world.clock.seconds(),
        budgets: BudgetChanges::default(),
    };
    let spent = store.spend_recovery_code(&spend).await.unwrap();
    assert_eq!(spent, RecoveryCodeSpent::Unknown);
    let answer = sign_in(&world, &enrolled.recovery_codes[0]).await;
    assert!(signed_in(&answer), "control: {answer:?}");
}

/// Codes that an earlier version stored, without slow hashing, work until a new set replaces them.
#[tokio::test]
async fn codes_of_version_1_work() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("slotwerk.db");
    let address = format!("sqlite://{}", path.display());
    let store = Arc::new(SqlStore::connect(&address).await.unwrap());
    let world = World::on(store.clone());
    let enrolled = world.enrolled("demo").await;
    let raw = sqlx::SqlitePool::connect(&address).await.unwrap();
    let rows = "DELETE FROM slotwerk_recovery_codes";
    sqlx::query(rows).execute(&raw).await.unwrap();
    let old = [WRONG, "7V9M-Q3XZ-WD1E-012K"];
    for code in old {
        let digests =
            RecoveryCode::parse(code)
                .unwrap()
                .unstretched_digests(&ring(), "zuid", "id-demo");
        sqlx::query("INSERT INTO slotwerk_recovery_codes (tenant, account, digest) VALUES ('zuid', 'id-demo', $1)")
            .bind(&digests[0].as_bytes()[..])
            .execute(&raw)
            .await
            .unwrap();
    }
    let answer = sign_in(&world, &enrolled.recovery_codes[0]).await;
    assert!(
        matches!(answer, RecoveryCodeOutcome::Rejected),
        "{answer:?}"
    );
    let answer = sign_in(&world, old[0]).await;
    assert!(signed_in(&answer), "{answer:?}");
    let answer = sign_in(&world, old[0]).await;
    assert!(
        matches!(answer, RecoveryCodeOutcome::Rejected),
        "once: {answer:?}"
    );
    let ticket = open(&world, &enrolled.grant).await;
    let renewed = world.auth.renew_recovery_codes("zuid", &ticket).await;
    let RenewOutcome::Renewed(codes) = renewed.unwrap() else {
        panic!("not renewed");
    };
    let answer = sign_in(&world, old[1]).await;
    assert!(
        matches!(answer, RecoveryCodeOutcome::Rejected),
        "{answer:?}"
    );
    let answer = sign_in(&world, codes.codes()[0].expose()).await;
    assert!(signed_in(&answer), "{answer:?}");
}

/// A damaged row is a fault, not a wrong code.
#[tokio::test]
async fn damaged_hashing_is_a_fault() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let enrolled = world.enrolled("demo").await;
    for (damaged, costly) in [
        ("", false),
        ("$argon2id$v=19$m=64,t=1,p=1$", false),
        (
            "$argon2id$v=19$m=999999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA",
            false,
        ),
        (
            "$argon2id$v=19$m=1048576,t=64,p=1$AAAAAAAAAAAAAAAAAAAAAA",
            true,
        ),
    ] {
        open_ticket(&world, &*store, Stage::Manage).await;
        let renew = RenewRecoveryCodes {
            replaces: ReplacedCodes::Any,
            ticket: TokenHash([7; 32]),
            account: key(),
            recovery_codes: HashedCodes {
                hashing: damaged.to_owned(),
                digests: vec![CodeDigest([0; 32])],
            },
            notice: None,
            subject: Subject([0; 32]),
            now: world.clock.seconds(),
            budgets: BudgetChanges::default(),
        };
        let renewed = store.renew_recovery_codes(&renew).await.unwrap();
        assert_eq!(renewed, RecoveryCodesRenewed::Renewed);
        let ticket = world.verify_ticket("zuid", "demo").await;
        let code = &enrolled.recovery_codes[0];
        let answer = world.auth.redeem_recovery_code("zuid", &ticket, code).await;
        let fault = fault_of(answer);
        assert!(
            matches!(&fault, Fault::Hashing(_)) == costly
                && matches!(&fault, Fault::Unusable(_)) != costly,
            "{damaged}: {fault:?}"
        );
    }
}
