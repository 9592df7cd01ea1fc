//! A database file of its own for a test, and a way to look into it past the store.
#![allow(dead_code, unreachable_pub)]

use slotwerk_sqlx::SqlStore;
use slotwerk_store::{
    AccountKey, AuthenticatorKind, BeginEnrolment, BudgetChanges, ChangePassword, CodeDigest,
    ConfirmEnrolment, ConsumeReset, Enqueued, EnrolmentBegun, EnrolmentConfirmed, HashedCodes, Id,
    IssueReset, KeepHistory, LeaseJobs, MailState, NewJob, OpenTicket, PasswordStanding,
    PendingEnrolment, RemoveAuthenticator, ResetIssued, Result, Stage, Store, Subject, TokenHash,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Row};
use std::error::Error;
use std::time::Duration;
use tempfile::TempDir;

pub const NOW: u64 = 1_700_000_000;

pub const TABLES: [&str; 13] = [
    "slotwerk_outbox",
    "slotwerk_credentials",
    "slotwerk_password_history",
    "slotwerk_resets",
    "slotwerk_tickets",
    "slotwerk_pending_enrolments",
    "slotwerk_authenticators",
    "slotwerk_recovery_codes",
    "slotwerk_attempts",
    "slotwerk_audit",
    "slotwerk_audit_checkpoints",
    "slotwerk_sessions",
    "slotwerk_link_locks",
];

pub struct Database {
    directory: TempDir,
    pub store: SqlStore,
    /// Past the store.
    pub raw: SqlitePool,
}

impl Database {
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("slotwerk.db");
        let store = SqlStore::connect(path.to_str().unwrap()).await.unwrap();
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .busy_timeout(Duration::ZERO)
            .pragma("ignore_check_constraints", "ON");
        let raw = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .unwrap();
        Self {
            directory,
            store,
            raw,
        }
    }

    pub fn path(&self) -> String {
        let path = self.directory.path().join("slotwerk.db");
        path.to_str().unwrap().to_owned()
    }

    pub async fn run(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&self.raw)
            .await
            .unwrap();
    }

    /// Every row of every table, as text.
    pub async fn contents(&self) -> Vec<String> {
        let mut contents = Vec::new();
        for table in TABLES {
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(columns))
                .fetch_all(&self.raw)
                .await
                .unwrap();
            let quoted: Vec<String> = columns.iter().map(|c| format!("quote({c})")).collect();
            let rows = format!("SELECT {} FROM {table}", quoted.join(" || ',' || "));
            let rows = sqlx::query(AssertSqlSafe(rows))
                .fetch_all(&self.raw)
                .await
                .unwrap();
            let rows = rows.iter().map(|row| row.get::<String, _>(0));
            contents.extend(rows.map(|row| format!("{table}: {row}")));
        }
        contents
    }
}

/// How SQLite fails a write: `ABORT` undoes the statement and leaves the transaction open, `ROLLBACK`
/// ends the transaction itself, as a full disk, a failing disk and an interrupt do.
const FAILURES: [&str; 2] = ["ABORT", "ROLLBACK"];

/// Makes each of these writes fail in turn, each way, then lets the transition through.
pub async fn all_or_nothing<F, Fut, T>(database: &Database, writes: &[&str], transition: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let before = database.contents().await;
    for write in writes {
        assert!(TABLES.iter().any(|table| write.ends_with(table)), "{write}");
        for failure in FAILURES {
            let trigger = format!(
                "CREATE TRIGGER fail BEFORE {write} BEGIN SELECT RAISE({failure}, 'told to fail'); END"
            );
            database.run(&trigger).await;
            let Err(fault) = transition().await else {
                panic!("went on without {write}");
            };
            let cause = format!("{:?}", fault.source());
            assert!(cause.contains("told to fail"), "{write}: {cause}");
            database.run("DROP TRIGGER fail").await;
            let after = database.contents().await;
            assert_eq!(after, before, "{failure} left something: {write}");
        }
    }
    if let Err(fault) = transition().await {
        panic!("a past failure was in the way: {:?}", fault.source());
    }
    assert_ne!(database.contents().await, before);
}

pub fn codes(digests: impl IntoIterator<Item = CodeDigest>) -> HashedCodes {
    HashedCodes {
        hashing: "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        digests: digests.into_iter().collect(),
    }
}

pub fn ann() -> AccountKey {
    AccountKey::new("noord", "ann").unwrap()
}

pub fn subject() -> Subject {
    Subject([5; 32])
}

pub fn job(n: u8) -> NewJob {
    NewJob {
        id: Id([n; 16]),
        tenant: "noord".to_owned(),
        payload: vec![n],
        created_at: NOW,
        ready_at: NOW,
        capacity: 100,
        note: None,
    }
}

/// Everything that is ready, in turn.
pub fn lease(limit: u32) -> LeaseJobs {
    LeaseJobs {
        now: NOW,
        lease_until: NOW + 60,
        limit,
        after: None,
        skip: Vec::new(),
    }
}

pub fn link(n: u8, epoch: u64) -> IssueReset {
    IssueReset {
        token: TokenHash([n; 32]),
        account: ann(),
        job: Id([n; 16]),
        epoch,
        binding: [0; 32],
        expires_at: NOW + 3600,
        max_live: 3,
        invited: None,
        now: NOW,
    }
}

pub fn consume(n: u8, notice: NewJob) -> ConsumeReset {
    ConsumeReset {
        token: TokenHash([n; 32]),
        account: ann(),
        binding: [0; 32],
        hash: "by link".to_owned(),
        recheck: false,
        keep: KeepHistory { last: 24, since: 0 },
        notice: Some(notice),
        subject: subject(),
        now: NOW,
        budgets: BudgetChanges::default(),
    }
}

/// A change of the password that stands under `epoch`; every past one is kept.
pub fn change(epoch: u64) -> ChangePassword {
    ChangePassword {
        account: ann(),
        expected_epoch: epoch,
        hash: format!("hash {epoch}"),
        recheck: false,
        keep: KeepHistory { last: 24, since: 0 },
        notice: None,
        subject: subject(),
        now: NOW + epoch,
        budgets: BudgetChanges::default(),
    }
}

pub fn ticket(n: u8, stage: Stage, epoch: u64) -> OpenTicket {
    OpenTicket {
        token: TokenHash([n; 32]),
        account: ann(),
        stage,
        standing: PasswordStanding::Good,
        epoch,
        expires_at: NOW + 600,
        max_live: 5,
        now: NOW,
        budgets: BudgetChanges::default(),
    }
}

pub fn begin(ticket: u8) -> BeginEnrolment {
    BeginEnrolment {
        stage: Stage::Enrol,
        account: ann(),
        offer: PendingEnrolment {
            id: Id([1; 16]),
            sealed: vec![1; 40],
            ticket: TokenHash([ticket; 32]),
            shared: true,
            mail: MailState::Queued,
            expires_at: NOW + 600,
            ordinal: 1,
            kind: AuthenticatorKind::Totp,
        },
        most_active: 0,
        mail: Some(job(0xb0)),
        now: NOW,
    }
}

pub fn confirm(ticket: u8) -> ConfirmEnrolment {
    ConfirmEnrolment {
        ticket: TokenHash([ticket; 32]),
        stage: Stage::Enrol,
        account: ann(),
        enrolment: Id([1; 16]),
        name: Some("phone".to_owned()),
        most_active: 0,
        replaces: None,
        revokes: false,
        step: 100,
        drift: -2,
        recovery_codes: Some(codes((0..10).map(|n| CodeDigest([n; 32])))),
        notice: Some(job(0xc0)),
        subject: subject(),
        now: NOW,
        budgets: BudgetChanges::default(),
    }
}

/// A job, a link, an authenticator with ten recovery codes, and ticket 8 to verify under.
pub async fn furnish(store: &dyn Store) {
    assert_eq!(store.enqueue(&job(1)).await.unwrap(), Enqueued::Queued);
    let issued = store.issue_reset(&link(1, 0)).await.unwrap();
    assert_eq!(issued, ResetIssued::Issued);
    store
        .open_ticket(&ticket(7, Stage::Enrol, 0))
        .await
        .unwrap();
    let begun = store.begin_enrolment(&begin(7)).await.unwrap();
    assert!(matches!(begun, EnrolmentBegun::Begun(_)));
    let confirmed = store.confirm_enrolment(&confirm(7)).await.unwrap();
    assert_eq!(confirmed, EnrolmentConfirmed::Confirmed { epoch: 0 });
    store
        .open_ticket(&ticket(8, Stage::Verify, 0))
        .await
        .unwrap();
}

/// Puts authenticator `n` beside those that [`furnish`] left, under ticket 9 of stage `Manage`.
pub async fn furnish_another(store: &dyn Store, n: u8) {
    offer_another(store, n).await;
    let confirmed = store.confirm_enrolment(&confirm_another(n)).await.unwrap();
    assert_eq!(confirmed, EnrolmentConfirmed::Confirmed { epoch: 0 });
}

/// Opens ticket 9 and begins enrolment `n` under it.
pub async fn offer_another(store: &dyn Store, n: u8) {
    let mut begin = begin(9);
    begin.offer.id = Id([n; 16]);
    (begin.stage, begin.most_active, begin.mail) = (Stage::Manage, 9, None);
    store
        .open_ticket(&ticket(9, Stage::Manage, 0))
        .await
        .unwrap();
    let begun = store.begin_enrolment(&begin).await.unwrap();
    assert!(matches!(begun, EnrolmentBegun::Begun(_)));
}

/// The recovery codes stay.
pub fn confirm_another(n: u8) -> ConfirmEnrolment {
    ConfirmEnrolment {
        stage: Stage::Manage,
        enrolment: Id([n; 16]),
        most_active: 9,
        recovery_codes: None,
        notice: Some(job(0xc1)),
        ..confirm(9)
    }
}

/// The last one may not go.
pub fn remove(n: u8) -> RemoveAuthenticator {
    RemoveAuthenticator {
        ticket: TokenHash([9; 32]),
        account: ann(),
        authenticator: Id([n; 16]),
        last_may_go: false,
        notice: Some(job(0xd0)),
        subject: subject(),
        now: NOW,
    }
}
