//! How the commands of the store grow with the number of accounts, and how many sign-ins a second they allow beside bare
//! transactions of the same server. On SQLite, and on the servers that `SLOTWERK_POSTGRES_URL` and
//! `SLOTWERK_MARIADB_URL` name, in an empty database each. `SLOTWERK_SIZES` gives the numbers of accounts; without it
//! they are 10,000, 100,000 and 1,000,000.

#[allow(dead_code)]
#[path = "../crates/sqlx/src/plans/rows.rs"]
mod rows;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rows::NOW;
use slotwerk::store::{
    AccountKey, AdvanceTotpStep, AttemptKey, AuditPage, BudgetChanges, ChargeAttempts,
    ConsumeReset, CreateSession, Id, IssueReset, KeepHistory, LeaseJobs, OpenTicket,
    PasswordStanding, SessionData, SettleAttempt, Stage, Store, Subject, TokenHash,
};
use slotwerk::store::{BudgetCharge, BudgetCharges, Charged, OnDenial};
use slotwerk::throttle::Budget;
use slotwerk_benches::{measuring, median};
use slotwerk_sqlx::{Dialect, SqlStore};
use sqlx::{AssertSqlSafe, MySqlPool, PgPool, SqlitePool};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const SAMPLES: u64 = 200;
const CONNECTIONS: u32 = 8;

fn main() {
    let runtime = Runtime::new().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sizes.sqlite");
    let mut databases = vec![("SQLite", file.display().to_string())];
    for (name, variable) in [
        ("PostgreSQL", "SLOTWERK_POSTGRES_URL"),
        ("MariaDB", "SLOTWERK_MARIADB_URL"),
    ] {
        databases.extend(std::env::var(variable).map(|address| (name, address)));
    }
    let sizes = std::env::var("SLOTWERK_SIZES").ok();
    let sizes: Vec<u64> = match (measuring(), &sizes) {
        (false, _) => vec![100],
        (true, None) => vec![10_000, 100_000, 1_000_000],
        (true, Some(sizes)) => sizes
            .split(',')
            .map(|n| n.parse().expect("a number"))
            .collect(),
    };
    for (name, address) in databases {
        runtime.block_on(show(name, &address, &sizes));
    }
}

async fn show(name: &str, address: &str, sizes: &[u64]) {
    let store = SqlStore::connect(address).await.expect("a database");
    let raw = Raw::connect(store.dialect(), address).await;
    let mut columns: Vec<Vec<(&str, f64)>> = Vec::new();
    let mut filled = 0;
    for size in sizes {
        let began = Instant::now();
        let statements = rows::statements(store.dialect(), filled, *size);
        if store.dialect() == Dialect::Mysql {
            // The first one is a setting of the session.
            raw.run(&statements.join(";")).await;
        } else {
            for statement in statements {
                raw.run(&statement).await;
            }
        }
        filled = *size;
        eprintln!(
            "sizes/{name}: {size} accounts filled in {:.0?}",
            began.elapsed()
        );
        columns.push(commands(&store, *size).await);
    }
    println!("\n| {name}, milliseconds |{}", heads(sizes));
    println!("|---|{}", "---|".repeat(sizes.len()));
    for (row, (command, _)) in columns[0].iter().enumerate() {
        let mut line = format!("| {command} |");
        for (n, column) in columns.iter().enumerate() {
            let ms = column[row].1;
            let _ = write!(line, " {ms:.2}");
            if n > 0 {
                let _ = write!(line, " (× {:.2})", ms / columns[n - 1][row].1);
            }
            line.push_str(" |");
        }
        println!("{line}");
    }
    let (bare, sign_ins) = throughput(&store, &raw, filled).await;
    println!(
        "\n{name}: {bare:.0} bare transactions a second, {sign_ins:.0} sign-ins with two steps; four times these are {:.2} \
         of the bare ones",
        sign_ins * 4.0 / bare
    );
}

fn heads(sizes: &[u64]) -> String {
    sizes
        .iter()
        .map(|size| format!(" {size} accounts |"))
        .collect()
}

/// The median of each command, in milliseconds, over accounts from all of the table.
async fn commands(store: &SqlStore, size: u64) -> Vec<(&'static str, f64)> {
    let samples = if measuring() { SAMPLES } else { 2 };
    let mut found: Vec<(&str, Vec<f64>)> = Vec::new();
    for n in 0..samples {
        let i = (n * 7919 + 13) % size;
        let mut step = 0;
        let mut note = |name: &'static str, began: Instant| {
            let ms = began.elapsed().as_secs_f64() * 1e3;
            match found.get_mut(step) {
                Some((_, times)) => times.push(ms),
                None => found.push((name, vec![ms])),
            }
            step += 1;
        };
        let account = account(i);
        let began = Instant::now();
        store.credential(&account).await.expect("read");
        note("read a credential", began);
        let began = Instant::now();
        let found = store
            .find_session(account.tenant(), TokenHash(wide(i)), NOW)
            .await;
        found.expect("read");
        note("check a session", began);
        let began = Instant::now();
        charge(store, i, 1).await;
        note("charge an attempt", began);
        let began = Instant::now();
        charge(store, i, 3).await;
        note("charge three budgets", began);
        let ticket = fresh(size, n, 1);
        let began = Instant::now();
        store
            .open_ticket(&open(&account, ticket))
            .await
            .expect("open");
        note("open a ticket", began);
        let began = Instant::now();
        advance(store, &account, i, ticket, BudgetChanges::default()).await;
        note("accept a code", began);
        let began = Instant::now();
        let begun = store
            .create_session(&session(&account, fresh(size, n, 2)))
            .await;
        let _ = begun.expect("create");
        note("begin a session", began);
        let link = fresh(size, n, 3);
        let began = Instant::now();
        let _ = store
            .issue_reset(&issue(&account, link))
            .await
            .expect("issue");
        note("issue a link", began);
        let began = Instant::now();
        let used = store.consume_reset(&consume(&account, link)).await;
        let _ = used.expect("use");
        note("use a link", began);
        let began = Instant::now();
        let page = AuditPage {
            tenant: account.tenant().to_owned(),
            subjects: None,
            before: None,
            limit: 50,
        };
        store.audit_page(&page).await.expect("read");
        note("read 50 audit rows", began);
        let began = Instant::now();
        let lease = LeaseJobs {
            now: NOW,
            lease_until: NOW + 60,
            limit: 1,
            after: Some(account.tenant().to_owned()),
            skip: Vec::new(),
        };
        store.lease_jobs(&lease).await.expect("lease");
        note("lease a job", began);
    }
    found
        .into_iter()
        .map(|(name, times)| (name, median(&times)))
        .collect()
}

/// Bare transactions a second, and sign-ins a second, with as many tasks as connections: the medians of rounds that take
/// turns.
async fn throughput(store: &SqlStore, raw: &Raw, size: u64) -> (f64, f64) {
    let (rounds, length) = if measuring() {
        (9, Duration::from_secs(2))
    } else {
        (1, Duration::from_millis(200))
    };
    let (mut bare, mut sign_ins) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        bare.push(rate(store, raw, size, length, Load::Bare).await);
        sign_ins.push(rate(store, raw, size, length, Load::SignIns { round }).await);
    }
    (median(&bare), median(&sign_ins))
}

#[derive(Clone, Copy)]
enum Load {
    Bare,
    /// No two rounds use the same tickets.
    SignIns {
        round: u64,
    },
}

async fn rate(store: &SqlStore, raw: &Raw, size: u64, length: Duration, load: Load) -> f64 {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for task in 0..u64::from(CONNECTIONS) {
        let (store, raw) = (store.clone(), raw.clone());
        tasks.spawn(async move {
            let mut done = 0_u64;
            while began.elapsed() < length {
                let n = done * u64::from(CONNECTIONS) + task;
                let i = (n * 7919 + 17) % size;
                match load {
                    Load::Bare => raw.bare(i).await,
                    Load::SignIns { round } => sign_in(&store, i, size * (10 + round) + n).await,
                }
                done += 1;
            }
            done
        });
    }
    let done: u64 = tasks.join_all().await.into_iter().sum();
    done as f64 / began.elapsed().as_secs_f64()
}

/// The calls of a sign-in with two steps, as the facade makes them: four of them write.
async fn sign_in(store: &SqlStore, i: u64, n: u64) {
    let account = account(i);
    charge(store, i, 2).await;
    store.credential(&account).await.expect("read");
    store.authenticators(&account).await.expect("read");
    let ticket = fresh(n, n, 4);
    store
        .open_ticket(&open(&account, ticket))
        .await
        .expect("open");
    let settle = charge(store, i, 1).await;
    store
        .find_ticket(account.tenant(), ticket, NOW)
        .await
        .expect("read");
    store.authenticators(&account).await.expect("read");
    let budgets = BudgetChanges {
        settle,
        lift: Vec::new(),
    };
    advance(store, &account, i, ticket, budgets).await;
}

async fn charge(store: &SqlStore, i: u64, budgets: u64) -> Vec<SettleAttempt> {
    let budget = Budget::new(1_000, Duration::from_millis(1)).expect("in bounds");
    let key = |n| AttemptKey::durable(wide(i + n));
    let charges = (0..budgets).map(|n| BudgetCharge {
        key: key(n),
        allowance: budget.into(),
    });
    let command = ChargeAttempts {
        charges: BudgetCharges::new(charges.collect()).expect("few"),
        on_denial: OnDenial::Continue,
        now_ms: NOW * 1000 + 3_600_000,
    };
    let charged = store.charge_attempts(&command).await.expect("charge");
    let settle = |(n, charged)| match charged {
        Charged::Granted { receipt } => Some(SettleAttempt {
            key: key(n),
            allowance: budget.into(),
            receipt,
        }),
        Charged::Denied { .. } => None,
    };
    (0..budgets).zip(charged).filter_map(settle).collect()
}

async fn advance(
    store: &SqlStore,
    account: &AccountKey,
    i: u64,
    ticket: TokenHash,
    budgets: BudgetChanges,
) {
    static STEP: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1_000);
    let command = AdvanceTotpStep {
        ticket,
        account: account.clone(),
        authenticator: Id(narrow(i)),
        step: STEP.fetch_add(1, std::sync::atomic::Ordering::SeqCst),
        drift: 0,
        resynchronised: false,
        notice: None,
        budgets,
        subject: Subject(wide(i)),
        now: NOW,
    };
    let _ = store.advance_totp_step(&command).await.expect("accept");
}

fn open(account: &AccountKey, token: TokenHash) -> OpenTicket {
    OpenTicket {
        token,
        account: account.clone(),
        stage: Stage::Verify,
        standing: PasswordStanding::Good,
        epoch: 1,
        expires_at: NOW + 600,
        max_live: 5,
        now: NOW,
        budgets: BudgetChanges::default(),
    }
}

fn session(account: &AccountKey, token: TokenHash) -> CreateSession {
    CreateSession {
        token,
        account: account.clone(),
        epoch: 1,
        data: SessionData::new([1; 100]).expect("short"),
        expires_at: NOW + 86_400,
        idle_secs: 3600,
        max_live: 20,
        now: NOW,
    }
}

fn issue(account: &AccountKey, token: TokenHash) -> IssueReset {
    IssueReset {
        token,
        account: account.clone(),
        job: Id(token.0[..16].try_into().expect("16 bytes")),
        epoch: 1,
        binding: [0; 32],
        expires_at: NOW + 3600,
        max_live: 3,
        invited: None,
        now: NOW,
    }
}

fn consume(account: &AccountKey, token: TokenHash) -> ConsumeReset {
    ConsumeReset {
        token,
        account: account.clone(),
        binding: [0; 32],
        hash: "hash".to_owned(),
        recheck: false,
        keep: KeepHistory { last: 5, since: 0 },
        notice: None,
        subject: Subject([5; 32]),
        now: NOW,
        budgets: BudgetChanges::default(),
    }
}

/// The account of a row that [`rows`] makes.
fn account(i: u64) -> AccountKey {
    let tenant = match i % 100 {
        0 => "noord".to_owned(),
        n => format!("tenant {n}"),
    };
    AccountKey::new(tenant, format!("account {}", i / 100)).expect("short")
}

fn wide(i: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&i.to_be_bytes());
    bytes
}

fn narrow(i: u64) -> [u8; 16] {
    u128::from(i).to_be_bytes()
}

/// A token that no row has.
fn fresh(size: u64, n: u64, kind: u8) -> TokenHash {
    let mut bytes = wide(n);
    bytes[0] = 0xff;
    bytes[1] = kind;
    bytes[8..16].copy_from_slice(&size.to_be_bytes());
    TokenHash(bytes)
}

/// Connections past the store.
#[derive(Clone)]
enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    Mysql(MySqlPool),
}

impl Raw {
    async fn connect(dialect: Dialect, address: &str) -> Self {
        match dialect {
            Dialect::Sqlite => {
                let options = SqlStore::sqlite_pool_options().max_connections(1);
                let pool = options.connect(&format!("sqlite://{address}")).await;
                Self::Sqlite(pool.expect("a pool"))
            }
            Dialect::Postgres => {
                let options = SqlStore::postgres_pool_options().max_connections(CONNECTIONS);
                Self::Postgres(options.connect(address).await.expect("a pool"))
            }
            Dialect::Mysql => {
                let options = SqlStore::mysql_pool_options().max_connections(CONNECTIONS);
                Self::Mysql(options.connect(address).await.expect("a pool"))
            }
        }
    }

    async fn run(&self, statement: &str) {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        match self {
            Self::Sqlite(pool) => statement.execute(pool).await.map(drop),
            Self::Postgres(pool) => statement.execute(pool).await.map(drop),
            Self::Mysql(pool) => statement.execute(pool).await.map(drop),
        }
        .expect("a statement");
    }

    /// One SELECT and one UPDATE of a row, in a transaction.
    async fn bare(&self, i: u64) {
        const SELECT: &str =
            "SELECT epoch FROM slotwerk_credentials WHERE tenant = $1 AND account = $2";
        const UPDATE: &str = "UPDATE slotwerk_credentials SET locked = locked + 1 WHERE tenant = $1 AND account = $2";
        let account = account(i);
        macro_rules! run {
            ($pool:ident, $begin:literal, $select:expr, $update:expr) => {{
                let mut tx = $pool.begin_with($begin).await.expect("begin");
                let select = sqlx::query_scalar::<_, i64>($select);
                let select = select.bind(account.tenant()).bind(account.account());
                select.fetch_optional(&mut *tx).await.expect("select");
                let update = sqlx::query($update);
                let update = update.bind(account.tenant()).bind(account.account());
                update.execute(&mut *tx).await.expect("update");
                tx.commit().await.expect("commit");
            }};
        }
        match self {
            Self::Sqlite(pool) => run!(pool, "BEGIN IMMEDIATE", SELECT, UPDATE),
            Self::Postgres(pool) => run!(pool, "BEGIN", SELECT, UPDATE),
            Self::Mysql(pool) => run!(
                pool,
                "START TRANSACTION",
                "SELECT epoch FROM slotwerk_credentials WHERE tenant = ? AND account = ?",
                "UPDATE slotwerk_credentials SET locked = locked + 1 WHERE tenant = ? AND account = ?"
            ),
        }
    }
}
