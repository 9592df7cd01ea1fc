//! The chain of checkpoints over the audit trail: the worker makes it, a verification names what was altered.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use slotwerk::keys::{KeyFault, KeyId, KeyRing, MasterKey};
use slotwerk::store::{
    AccountKey, AuditReason, ErrorKind, Forget, MemoryStore, RevokeAccess, Store, Subject,
};
use slotwerk::{
    AuditChain, AuditFinding, AuditPruneOutcome, AuditReport, AuditVerdict, CheckpointMark,
    EventKind, NotACheckpointMark,
};
use slotwerk_sqlx::SqlStore;
use slotwerk_testkit::{FaultyStore, Strike};
use sqlx::{AssertSqlSafe, SqlitePool};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use support::{NOON, World, ring};

const HOUR: u64 = 60 * 60;

fn now(world: &World) -> u64 {
    world.clock.now().as_secs()
}

/// A row of the trail.
async fn told(store: &dyn Store, tenant: &str, at: u64) {
    let command = RevokeAccess {
        account: AccountKey::new(tenant, "demo").unwrap(),
        expected_epoch: None,
        forget: Forget::Nothing,
        notice: None,
        subject: Subject([at.to_le_bytes()[0]; 32]),
        actor: Some(Subject([7; 32])),
        reason: Some(AuditReason::new("ticket 4711").unwrap()),
        now: at,
    };
    let _ = store.revoke_access(&command).await.unwrap();
}

/// Rows of one second each, then a round of the worker a minute later. How many checkpoints it made.
async fn sealed_round(world: &World, store: &dyn Store, tenants: &[&str], rows: u64) -> u64 {
    for n in 0..rows {
        for tenant in tenants {
            told(store, tenant, now(world) + n).await;
        }
    }
    world.advance(rows + 60);
    world.auth.worker().seal_audit().await.unwrap()
}

async fn verified(world: &World, store: &dyn Store) -> AuditReport {
    verified_with(world, store, &ring(), None).await
}

async fn verified_with(
    world: &World,
    store: &dyn Store,
    keys: &KeyRing,
    expect: Option<CheckpointMark>,
) -> AuditReport {
    let chain = AuditChain::new(store, keys, "noord");
    chain
        .verify(expect, world.clock.now(), &mut |_| {})
        .await
        .unwrap()
}

/// Three checkpoints of three rows at each of two tenants. Rows 1, 3, 5 and so on are of the first.
struct Trail {
    world: World,
    store: Arc<SqlStore>,
    pool: SqlitePool,
}

/// The rows of the first tenant's second checkpoint.
const SECOND: [u64; 3] = [7, 9, 11];

impl Trail {
    async fn new() -> Self {
        let pool = SqlStore::sqlite_pool_options()
            .max_connections(1)
            .connect(":memory:")
            .await
            .unwrap();
        let store = Arc::new(SqlStore::from_pool(pool.clone()));
        store.migrate().await.unwrap();
        let world = World::on(store.clone());
        for _ in 0..3 {
            let made = sealed_round(&world, &*store, &["noord", "zuid"], 3).await;
            assert_eq!(made, 2);
        }
        Self { world, store, pool }
    }

    /// Verifies the trail as it is after these statements, and takes them back.
    async fn after(&self, sql: &str) -> AuditReport {
        let mut tx = self.pool.begin().await.unwrap();
        let text = AssertSqlSafe(sql.to_owned());
        sqlx::raw_sql(text).execute(&mut *tx).await.unwrap();
        let within = self.store.within(tx);
        let report = verified(&self.world, &within.store()).await;
        let tx = within.into_transaction().await.unwrap();
        tx.rollback().await.unwrap();
        report
    }

    /// Each finding by its name and numbers.
    async fn findings(&self, sql: &str) -> Vec<String> {
        let report = self.after(sql).await;
        let text = |finding: &AuditFinding| finding.to_string();
        report.findings.iter().map(text).collect()
    }
}

#[tokio::test]
async fn untouched_trail_is_intact() {
    let trail = Trail::new().await;
    told(&*trail.store, "noord", now(&trail.world)).await;
    let report = verified(&trail.world, &*trail.store).await;
    assert_eq!(report.verdict(), AuditVerdict::Intact, "{report:?}");
    let counts = (report.checkpoints, report.rows, report.unsealed);
    assert_eq!(counts, (3, 9, 1));
    assert_eq!((report.removed, report.late, report.overdue), (0, 0, 0));
    assert_eq!(report.end.unwrap().number(), 3);
}

#[tokio::test]
async fn altered_columns_are_named() {
    let trail = Trail::new().await;
    for column in [
        "happened_at = happened_at + 1",
        "happened_at = 0",
        "kind = 'invited'",
        "kind = 'no-such-kind'",
        "kind = ''",
        "subject = zeroblob(32)",
        "id = zeroblob(16)",
        "actor = NULL",
        "actor = zeroblob(32)",
        "reason = NULL",
        "reason = ''",
        "reason = 'ticket 4712'",
    ] {
        let sql = format!("UPDATE slotwerk_audit SET {column} WHERE number = 9");
        let found = trail.findings(&sql).await;
        assert_eq!(found, ["row 9 was altered after checkpoint 2"], "{column}");
    }
    let missing = "row 9 of checkpoint 2 is missing";
    for (column, added) in [
        ("number = 99", Some("row 99 was added to checkpoint 2")),
        ("tenant = 'zuid'", None),
        ("checkpoint = NULL", None),
        ("checkpoint = 0", Some("row 9 was added to checkpoint 0")),
        ("checkpoint = 1", Some("row 9 was added to checkpoint 1")),
        ("checkpoint = 3", Some("row 9 was added to checkpoint 3")),
        ("checkpoint = 4", Some("row 9 was added to checkpoint 4")),
    ] {
        let sql = format!("UPDATE slotwerk_audit SET {column} WHERE number = 9");
        let found: BTreeSet<String> = trail.findings(&sql).await.into_iter().collect();
        let due = added.into_iter().chain([missing]).map(str::to_owned);
        assert_eq!(found, due.collect(), "{column}");
    }
    let unreadable = "UPDATE slotwerk_audit SET checkpoint = -1 WHERE number = 9";
    let found = trail.findings(unreadable).await;
    let due = ["a row or checkpoint after checkpoint 0 cannot be read"];
    assert_eq!(found, due);
}

#[tokio::test]
async fn deleted_rows_are_named() {
    let trail = Trail::new().await;
    for row in SECOND {
        let sql = format!("DELETE FROM slotwerk_audit WHERE number = {row}");
        let due = format!("row {row} of checkpoint 2 is missing");
        assert_eq!(trail.findings(&sql).await, [due]);
    }
    let all = "DELETE FROM slotwerk_audit WHERE tenant = 'noord' AND checkpoint = 2";
    let due = SECOND.map(|row| format!("row {row} of checkpoint 2 is missing"));
    assert_eq!(trail.findings(all).await, due);
}

#[tokio::test]
async fn swapped_rows_are_named() {
    let trail = Trail::new().await;
    let altered = |row| format!("row {row} was altered after checkpoint 2");
    let numbers = "UPDATE slotwerk_audit SET number = 99 WHERE number = 7;
        UPDATE slotwerk_audit SET number = 7 WHERE number = 9;
        UPDATE slotwerk_audit SET number = 9 WHERE number = 99;";
    let mut found = trail.findings(numbers).await;
    found.sort();
    assert_eq!(found, [altered(7), altered(9)]);
    let between = "UPDATE slotwerk_audit SET checkpoint = 1 WHERE number = 7;
        UPDATE slotwerk_audit SET checkpoint = 2 WHERE number = 5;";
    let mut found = trail.findings(between).await;
    found.sort();
    let due = [
        "row 5 of checkpoint 1 is missing",
        "row 5 was added to checkpoint 2",
        "row 7 of checkpoint 2 is missing",
        "row 7 was added to checkpoint 1",
    ];
    assert_eq!(found, due);
}

#[tokio::test]
async fn added_rows_are_named() {
    let trail = Trail::new().await;
    let insert = |checkpoint: &str| {
        format!(
            "INSERT INTO slotwerk_audit
                (number, tenant, happened_at, kind, subject, id, actor, reason, checkpoint)
             SELECT 99, tenant, happened_at, kind, subject, randomblob(16), actor, reason, {checkpoint}
               FROM slotwerk_audit WHERE number = 9"
        )
    };
    for checkpoint in ["1", "2", "3", "77"] {
        let found = trail.findings(&insert(checkpoint)).await;
        let due = format!("row 99 was added to checkpoint {checkpoint}");
        assert_eq!(found, [due]);
    }
    let report = trail.after(&insert("NULL")).await;
    assert_eq!((report.unsealed, report.findings.len()), (1, 0));
}

#[tokio::test]
async fn old_date_of_added_row_shows() {
    let trail = Trail::new().await;
    trail.world.advance(2 * HOUR);
    told(&*trail.store, "noord", NOON).await;
    let report = verified(&trail.world, &*trail.store).await;
    assert_eq!(report.overdue, 1);
    assert_eq!(report.verdict(), AuditVerdict::Unproven);
    trail.world.auth.worker().seal_audit().await.unwrap();
    let report = verified(&trail.world, &*trail.store).await;
    assert_eq!((report.overdue, report.late), (0, 1));
}

#[tokio::test]
async fn altered_checkpoints_are_named() {
    let trail = Trail::new().await;
    for column in [
        "previous = zeroblob(32)",
        "sealed_at = sealed_at + 1",
        "newest = newest - 1",
        "removed_through = 1",
        "entries = x''",
        "entries = substr(entries, 1, 40)",
        "key_id = 0",
        "mac = zeroblob(32)",
    ] {
        let sql = format!(
            "UPDATE slotwerk_audit_checkpoints SET {column} WHERE tenant = 'noord' AND number = 2"
        );
        let found = trail.findings(&sql).await;
        if column == "key_id = 0" {
            let due = ["checkpoint 2 cannot be verified", "the checkpoint before 3"];
            let starts = found
                .iter()
                .zip(due)
                .all(|(text, due)| text.starts_with(due));
            assert!(starts && found.len() == 2, "{found:?}");
        } else {
            assert_eq!(found, ["checkpoint 2 was altered or forged"], "{column}");
        }
    }
}

#[tokio::test]
async fn deleted_checkpoints_are_named() {
    let trail = Trail::new().await;
    let of_noord = "DELETE FROM slotwerk_audit_checkpoints WHERE tenant = 'noord' AND number";
    let rows = "DELETE FROM slotwerk_audit WHERE tenant = 'noord' AND checkpoint";
    for number in [1, 2] {
        let found = trail
            .findings(&format!("{of_noord} = {number}; {rows} = {number}"))
            .await;
        assert_eq!(found, [format!("checkpoint {number} is missing")]);
        let found = trail.findings(&format!("{of_noord} = {number}")).await;
        assert_eq!(found.len(), 4, "the checkpoint, and its rows: {found:?}");
    }
    let found = trail
        .findings(&format!("{of_noord} <= 2; {rows} <= 2"))
        .await;
    assert_eq!(found, ["checkpoints 1 to 2 are missing"]);
    let found = trail.findings(&format!("{of_noord} = 3")).await;
    let due = [13, 15, 17].map(|row| format!("row {row} was added to checkpoint 3"));
    assert_eq!(found, due);
}

#[tokio::test]
async fn copied_chains_are_named() {
    let trail = Trail::new().await;
    let other = "DELETE FROM slotwerk_audit WHERE tenant = 'noord';
        DELETE FROM slotwerk_audit_checkpoints WHERE tenant = 'noord';
        UPDATE slotwerk_audit SET tenant = 'noord' WHERE tenant = 'zuid';
        UPDATE slotwerk_audit_checkpoints SET tenant = 'noord' WHERE tenant = 'zuid';";
    let found = trail.findings(other).await;
    let due = [1, 2, 3].map(|one| format!("checkpoint {one} was altered or forged"));
    assert_eq!(found, due);
    let again = "DELETE FROM slotwerk_audit_checkpoints WHERE tenant = 'noord' AND number = 3;
        INSERT INTO slotwerk_audit_checkpoints
        SELECT tenant, 3, previous, sealed_at, newest, removed_through, entries, key_id, mac
          FROM slotwerk_audit_checkpoints WHERE tenant = 'noord' AND number = 2;";
    let found = trail.findings(again).await;
    assert_eq!(found, ["checkpoint 3 was altered or forged"]);
}

#[tokio::test]
async fn kept_mark_shows_cut_end() {
    let trail = Trail::new().await;
    let mark = verified(&trail.world, &*trail.store).await.end.unwrap();
    let cut = "DELETE FROM slotwerk_audit WHERE tenant = 'noord' AND checkpoint = 3;
        DELETE FROM slotwerk_audit_checkpoints WHERE tenant = 'noord' AND number = 3;";
    assert_eq!(trail.findings(cut).await, [""; 0], "without a mark");
    sqlx::raw_sql(cut).execute(&trail.pool).await.unwrap();
    let cut_off = [AuditFinding::EndMissing { expected: mark }];
    for _ in 0..2 {
        let report = verified_with(&trail.world, &*trail.store, &ring(), Some(mark)).await;
        assert_eq!(report.findings, cut_off);
        assert_eq!(report.verdict(), AuditVerdict::Altered);
        // The chain grows again, to the same number.
        sealed_round(&trail.world, &*trail.store, &["noord"], 1).await;
    }
    assert_eq!(trail.world.count(EventKind::AuditChainBroken), 1);
    let new = verified(&trail.world, &*trail.store).await.end.unwrap();
    let report = verified_with(&trail.world, &*trail.store, &ring(), Some(new)).await;
    assert_eq!(report.verdict(), AuditVerdict::Intact);
}

#[tokio::test]
async fn worker_reports_forged_end() {
    let trail = Trail::new().await;
    let forged = "UPDATE slotwerk_audit_checkpoints SET mac = zeroblob(32), removed_through = 3
                   WHERE tenant = 'noord' AND number = 3";
    sqlx::raw_sql(forged).execute(&trail.pool).await.unwrap();
    let restarted = trail.world.node_on(trail.store.clone());
    sealed_round(&restarted, &*trail.store, &["noord"], 1).await;
    assert_eq!(trail.world.count(EventKind::AuditChainBroken), 1);
    let deleted = "DELETE FROM slotwerk_audit WHERE number = 9";
    let found = trail.findings(deleted).await;
    let due = [
        "checkpoint 3 was altered or forged",
        "row 9 of checkpoint 2 is missing",
    ];
    assert_eq!(found, due, "the new checkpoint allows no removal");
}

/// A change of one column, or of one row.
fn mutation() -> impl Strategy<Value = String> {
    let row = prop_oneof![
        Just("happened_at = happened_at + 1 + abs(random() % 9)"),
        Just("kind = kind || 'x'"),
        Just("subject = randomblob(32)"),
        Just("id = randomblob(16)"),
        Just("actor = randomblob(32)"),
        Just("actor = NULL"),
        Just("reason = coalesce(reason, '') || 'x'"),
        Just("number = number + 100"),
        Just("tenant = 'zuid'"),
        Just("checkpoint = checkpoint + 1"),
        Just("checkpoint = checkpoint - 1"),
        Just("checkpoint = NULL"),
    ];
    let row = (row, 0..9_u64).prop_map(|(set, n)| {
        format!(
            "UPDATE slotwerk_audit SET {set} WHERE number = {}",
            2 * n + 1
        )
    });
    let deleted =
        (0..9_u64).prop_map(|n| format!("DELETE FROM slotwerk_audit WHERE number = {}", 2 * n + 1));
    let checkpoint = prop_oneof![
        Just("previous = randomblob(32)"),
        Just("sealed_at = sealed_at + 1"),
        Just("newest = newest + 1"),
        Just("removed_through = removed_through + 1"),
        Just("entries = randomblob(length(entries))"),
        Just("entries = substr(entries, 2)"),
        Just("entries = entries || entries"),
        Just("key_id = key_id + 1"),
        Just("mac = randomblob(32)"),
        Just("number = number + 10"),
        Just("tenant = 'elsewhere'"),
    ];
    let checkpoint = (checkpoint, 1..4_u64).prop_map(|(set, n)| {
        format!(
            "UPDATE slotwerk_audit_checkpoints SET {set} WHERE tenant = 'noord' AND number = {n}"
        )
    });
    let cut = (1..4_u64).prop_map(|n| {
        format!("DELETE FROM slotwerk_audit_checkpoints WHERE tenant = 'noord' AND number = {n}")
    });
    prop_oneof![5 => row, 1 => deleted, 5 => checkpoint, 1 => cut]
}

#[test]
fn every_mutation_is_found() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let trail = runtime.block_on(Trail::new());
    let config = ProptestConfig::with_cases(300);
    proptest!(config, |(sql in mutation())| {
        let report = runtime.block_on(trail.after(&sql));
        prop_assert_ne!(report.verdict(), AuditVerdict::Intact);
        let report = runtime.block_on(trail.after(""));
        prop_assert_eq!(report.verdict(), AuditVerdict::Intact);
    });
}

#[tokio::test]
async fn long_trails_are_verified_whole() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let mut made = sealed_round(&world, &*store, &["noord"], 1203).await;
    for _ in 0..70 {
        made += sealed_round(&world, &*store, &["noord"], 1).await;
    }
    assert_eq!(made, 3 + 70);
    let report = verified(&world, &*store).await;
    assert_eq!(report.verdict(), AuditVerdict::Intact, "{report:?}");
    assert_eq!((report.checkpoints, report.rows), (73, 1273));
}

#[tokio::test]
async fn young_rows_wait() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    told(&*store, "noord", now(&world)).await;
    world.advance(59);
    assert_eq!(world.auth.worker().seal_audit().await.unwrap(), 0);
    world.advance(1);
    assert_eq!(world.auth.worker().seal_audit().await.unwrap(), 1);
    let marks = world.kinds().into_iter().filter_map(|kind| match kind {
        EventKind::AuditSealed { mark } => Some(mark),
        _ => None,
    });
    let end = verified(&world, &*store).await.end;
    assert_eq!(marks.map(Some).collect::<Vec<_>>(), [end]);
}

#[tokio::test]
async fn worker_goes_round_the_tenants() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    for n in 0..100 {
        told(&*store, &format!("tenant-{n:03}"), now(&world)).await;
    }
    world.advance(60);
    let rounds = [64, 36, 0, 0];
    for due in rounds {
        assert_eq!(world.auth.worker().seal_audit().await.unwrap(), due);
    }
}

#[tokio::test]
async fn two_workers_make_one_chain() {
    let rows = Arc::new(MemoryStore::new());
    let store = Arc::new(FaultyStore::new(rows.clone()).taking_turns());
    let world = World::on(store.clone());
    let other = world.node_on(store.clone());
    for _ in 0..5 {
        for n in 0..3 {
            told(&*rows, "noord", now(&world) + n).await;
        }
        world.advance(63);
        let (left, right) = (world.auth.worker(), other.auth.worker());
        let (left, right) = tokio::join!(left.seal_audit(), right.seal_audit());
        assert_eq!(left.unwrap() + right.unwrap(), 1);
    }
    let report = verified(&world, &*rows).await;
    assert_eq!(report.verdict(), AuditVerdict::Intact, "{report:?}");
    assert_eq!((report.checkpoints, report.rows), (5, 15));
    assert_eq!(world.count(EventKind::AuditChainBroken), 0);
}

#[tokio::test]
async fn faults_leave_the_chain_whole() {
    for (strike, kind) in [
        (Strike::Before, ErrorKind::Unavailable),
        (Strike::Before, ErrorKind::Conflict),
        (Strike::After, ErrorKind::InDoubt),
    ] {
        for call in 1..=6 {
            let rows = Arc::new(MemoryStore::new());
            let store = Arc::new(FaultyStore::new(rows.clone()));
            let world = World::on(store.clone());
            told(&*rows, "noord", now(&world)).await;
            told(&*rows, "zuid", now(&world)).await;
            world.advance(60);
            store.fail_call(call, strike, kind);
            let first = world.auth.worker().seal_audit().await;
            store.heal();
            let told = world.count(EventKind::AuditNotSealed);
            assert_eq!(told, usize::from(call > 1), "call {call}: {first:?}");
            world.auth.worker().seal_audit().await.unwrap();
            for tenant in ["noord", "zuid"] {
                let keys = ring();
                let chain = AuditChain::new(&*rows, &keys, tenant);
                let report = chain
                    .verify(None, world.clock.now(), &mut |_| {})
                    .await
                    .unwrap();
                assert_eq!(report.verdict(), AuditVerdict::Intact, "{report:?}");
                assert_eq!((report.rows, report.unsealed), (1, 0), "call {call}");
            }
        }
    }
}

#[tokio::test]
async fn rotated_keys_still_verify() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    sealed_round(&world, &*store, &["noord"], 2).await;
    let old = ring().active();
    let next = KeyId::new(200);
    let rotated = || {
        ring()
            .rotate(next, MasterKey::from_bytes([0x71; 32]))
            .unwrap()
    };
    let revoked = || rotated().revoke(old).unwrap();
    let report = verified_with(&world, &*store, &rotated(), None).await;
    assert_eq!(report.verdict(), AuditVerdict::Intact, "a retired key");
    let report = verified_with(&world, &*store, &revoked(), None).await;
    assert_eq!(report.verdict(), AuditVerdict::Unproven, "a revoked key");
    let checkpoint = 1;
    let fault = KeyFault::Revoked(old);
    let due = [AuditFinding::KeyUnusable { checkpoint, fault }];
    assert_eq!(report.findings, due);
    let node = world.node_with(revoked());
    sealed_round(&node, &*store, &["noord"], 2).await;
    let report = verified_with(&world, &*store, &revoked(), None).await;
    assert_eq!(
        report.verdict(),
        AuditVerdict::Intact,
        "covered by a later one"
    );
    assert_eq!(report.rows, 4);
}

/// The rows and the statement of a retention of one hour.
async fn pruned(world: &World, store: &dyn Store) -> (u64, Option<CheckpointMark>) {
    let keys = ring();
    let chain = AuditChain::new(store, &keys, "noord");
    let hour = Duration::from_secs(HOUR);
    match chain.prune(hour, world.clock.now()).await.unwrap() {
        AuditPruneOutcome::Pruned { rows, mark } => (rows, mark),
        outcome => panic!("{outcome:?}"),
    }
}

#[tokio::test]
async fn retention_is_no_deletion() {
    let trail = Trail::new().await;
    let store = &*trail.store;
    assert_eq!(pruned(&trail.world, store).await, (0, None), "too young");
    trail.world.advance(HOUR);
    sealed_round(&trail.world, store, &["noord"], 2).await;
    let (rows, mark) = pruned(&trail.world, store).await;
    assert_eq!((rows, mark.unwrap().number()), (9, 5));
    let report = verified(&trail.world, store).await;
    assert_eq!(report.verdict(), AuditVerdict::Intact, "{report:?}");
    let counts = (report.rows, report.removed, report.checkpoints);
    assert_eq!(counts, (2, 9, 5));
    assert_eq!(pruned(&trail.world, store).await, (0, None), "again");
    let found = trail.findings("DELETE FROM slotwerk_audit WHERE checkpoint = 4");
    assert_eq!(found.await.len(), 2, "a deletion is none");
    // A later checkpoint still allows it.
    sealed_round(&trail.world, store, &["noord"], 1).await;
    let report = verified(&trail.world, store).await;
    assert_eq!(report.verdict(), AuditVerdict::Intact, "{report:?}");
    assert_eq!(report.removed, 9);
}

#[tokio::test]
async fn retention_removes_no_evidence() {
    for sql in [
        "DELETE FROM slotwerk_audit WHERE number = 9",
        "UPDATE slotwerk_audit SET reason = NULL WHERE number = 9",
        "UPDATE slotwerk_audit_checkpoints SET entries = x'' WHERE number = 1",
    ] {
        let trail = Trail::new().await;
        trail.world.advance(2 * HOUR);
        sqlx::raw_sql(sql).execute(&trail.pool).await.unwrap();
        let tenant = trail.world.auth.tenant("noord").await.unwrap();
        let admin = trail.world.auth.admin(&tenant);
        let outcome = admin.prune_audit(Duration::from_secs(HOUR)).await.unwrap();
        let forged = sql.contains("checkpoints");
        match outcome {
            AuditPruneOutcome::Refused(report) => {
                assert!(!forged);
                assert_eq!(report.verdict(), AuditVerdict::Altered);
                assert_eq!(trail.world.count(EventKind::AuditChainBroken), 1);
            }
            // The time in a forged checkpoint says nothing, so it ends what may go.
            AuditPruneOutcome::Pruned { rows, .. } => assert!(forged && rows == 0),
            AuditPruneOutcome::Raced => panic!("nobody races"),
        }
        let report = admin.verify_audit(None).await.unwrap();
        assert_eq!(report.verdict(), AuditVerdict::Altered);
        assert_eq!(report.rows, if forged { 6 } else { 8 }, "{report:?}");
    }
}

#[tokio::test]
async fn export_gives_each_row_once() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    sealed_round(&world, &*store, &["noord", "zuid"], 700).await;
    for n in 0..3 {
        told(&*store, "noord", now(&world) + n).await;
    }
    let keys = ring();
    let chain = AuditChain::new(&*store, &keys, "noord");
    let mut export = chain.export();
    let mut rows = Vec::new();
    while let Some(page) = export.next_page().await.unwrap() {
        if page.iter().any(|row| row.checkpoint.is_none()) {
            // The worker covers them and one more while they are read.
            told(&*store, "noord", now(&world) + 3).await;
            world.advance(70);
            world.auth.worker().seal_audit().await.unwrap();
        }
        rows.extend(page);
    }
    let numbers: BTreeSet<u64> = rows.iter().map(|row| row.number).collect();
    assert_eq!((rows.len(), numbers.len()), (704, 704));
}

#[test]
fn marks_have_one_text() {
    let text = format!("12:{}", "0a".repeat(32));
    let mark: CheckpointMark = text.parse().unwrap();
    assert_eq!((mark.number(), mark.to_string()), (12, text.clone()));
    for wrong in [
        String::new(),
        "12".to_owned(),
        format!("{text}0"),
        format!("0{text}"),
        format!("+{text}"),
        text.to_uppercase(),
        format!("12:{}", "é".repeat(32)),
    ] {
        let parsed = wrong.parse::<CheckpointMark>();
        assert_eq!(parsed, Err(NotACheckpointMark), "{wrong}");
    }
}
