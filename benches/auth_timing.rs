//! Whether the time of an answer of the facade tells who exists: requests for a link and sign-ins, for
//! accounts that exist, do not, are disabled, have no password, or are throttled, and with the mail server
//! down. In memory, where a difference shows best, and on SQLite. A sign-in hashes at a cost far below any
//! approved one.
//!
//! The outbox is worked off after each request, outside of what is measured. The last comparison of requests
//! and of sign-ins must be told apart, or the test sees nothing. See `welch.rs` for the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::mail::{Brand, Mail, Mailer, SendError};
use slotwerk::password::{Hasher, Params, Password};
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{MemoryStore, Store};
use slotwerk::throttle::Budget;
use slotwerk::{
    Account, Auth, Client, Directory, DirectoryError, Limits, Login, SetPasswordOutcome,
    SignInOutcome, Tenant, TenantAuth, async_trait,
};
use slotwerk_benches::measuring;
use slotwerk_benches::welch::compare;
use slotwerk_sqlx::SqlStore;
use tokio::runtime::Runtime;

const RIGHT: &str = "correct horse battery staple";
/// Names of one length.
const KNOWN: &str = "known001";
const OTHER: &str = "known002";
const EMPTY: &str = "empty001";
const DISABLED: &str = "disabled";
const UNKNOWN: &str = "unknown1";
/// By then every link has expired, and the budget of mails of every account is whole again.
const HOURS: u64 = 2 * 3_600;

fn main() {
    let runtime = Runtime::new().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite://{}", folder.path().join("auth.sqlite").display());
    let sqlite = runtime
        .block_on(SqlStore::connect(&file))
        .expect("a database");
    let stores: [(&str, Arc<dyn Store>, usize); 2] = [
        ("memory", Arc::new(MemoryStore::new()), 10_000),
        ("sqlite", Arc::new(sqlite), 10_000),
    ];
    for (name, store, each) in stores {
        let each = if measuring() { each } else { 5 };
        requests(&runtime, name, &store, each);
        sign_ins(&runtime, name, &store, each);
    }
}

/// Nanoseconds until a request for a link is answered.
fn requests(runtime: &Runtime, store_name: &str, store: &Arc<dyn Store>, each: usize) {
    let post = Arc::new(Post::default());
    let clock = Arc::new(AtomicU64::new(1_790_000_000));
    let auth = auth(store, &post, &clock, plenty());
    let tenant = runtime.block_on(auth.tenant("noord")).expect("registered");
    let ask_after = |seconds: u64, name: &str| {
        clock.fetch_add(seconds, Ordering::Relaxed);
        let (login, client) = (login(name), Client::unknown());
        let began = Instant::now();
        let asked = runtime.block_on(tenant.recovery().request(&login, &client));
        let elapsed = began.elapsed();
        asked.expect("no fault");
        while runtime
            .block_on(auth.worker().work_off_one())
            .expect("no fault")
            > 0
        {}
        elapsed.as_nanos() as f64
    };
    let ask = |name: &str| ask_after(HOURS, name);
    let what = |pair: &str| format!("auth_timing/{store_name}/request/{pair}");
    compare(
        &what("existing / unknown"),
        each,
        || ask(KNOWN),
        || ask(UNKNOWN),
    );
    compare(
        &what("existing / disabled"),
        each,
        || ask(KNOWN),
        || ask(DISABLED),
    );
    // No time passes, so the account's budget of mails is soon used up.
    let at_once = |name: &str| ask_after(0, name);
    compare(
        &what("throttled / unknown"),
        each,
        || at_once(KNOWN),
        || at_once(UNKNOWN),
    );
    let with_post = |name: &str, down: bool| {
        post.down.store(down, Ordering::Relaxed);
        ask(name)
    };
    compare(
        &what("mail server up / down"),
        each,
        || with_post(OTHER, false),
        || with_post(OTHER, true),
    );
    let twice = |name: &str| ask(name) + ask(name);
    compare(
        &what("control: once / twice"),
        each / 2,
        || ask(UNKNOWN),
        || twice(UNKNOWN),
    );
}

/// Nanoseconds until a sign-in with a wrong password is refused.
fn sign_ins(runtime: &Runtime, store_name: &str, store: &Arc<dyn Store>, each: usize) {
    let post = Arc::new(Post::default());
    let clock = Arc::new(AtomicU64::new(1_790_000_000));
    let auth = auth(store, &post, &clock, plenty());
    let tenant = runtime.block_on(auth.tenant("noord")).expect("registered");
    for name in [KNOWN, OTHER, DISABLED] {
        let admin = auth.admin(&tenant);
        let set = admin.set_password(name, Password::new(RIGHT).expect("short"));
        let set = runtime.block_on(set).expect("no fault");
        let expected = name != DISABLED;
        assert_eq!(matches!(set, SetPasswordOutcome::Changed { .. }), expected);
    }
    let guess = |tenant: &TenantAuth, name: &str| {
        // A second gives a thousand attempts back.
        clock.fetch_add(1, Ordering::Relaxed);
        let (login, client) = (login(name), Client::unknown());
        let guess = Password::new("correct horse battery stable").expect("short");
        let began = Instant::now();
        let answer = runtime.block_on(tenant.sign_in(&login, guess, &client));
        let elapsed = began.elapsed();
        assert!(matches!(answer, Ok(SignInOutcome::Rejected)), "{answer:?}");
        elapsed.as_nanos() as f64
    };
    let what = |pair: &str| format!("auth_timing/{store_name}/sign-in/{pair}");
    for (pair, other) in [
        ("wrong password / unknown", UNKNOWN),
        ("wrong password / disabled", DISABLED),
        ("wrong password / no password yet", EMPTY),
    ] {
        compare(
            &what(pair),
            each,
            || guess(&tenant, KNOWN),
            || guess(&tenant, other),
        );
    }
    let strict = self::auth(store, &post, &clock, strict());
    let strict = runtime
        .block_on(strict.tenant("noord"))
        .expect("registered");
    // One attempt is looked at, and the next one in a month.
    for name in [OTHER, "unknown3"] {
        guess(&strict, name);
    }
    compare(
        &what("throttled: existing / unknown"),
        each,
        || guess(&strict, OTHER),
        || guess(&strict, "unknown3"),
    );
    compare(
        &what("control: looked at / throttled"),
        each / 2,
        || guess(&tenant, KNOWN),
        || guess(&strict, OTHER),
    );
}

fn login(name: &str) -> Login {
    Login::parse(name).expect("a name")
}

/// So many attempts that none is throttled.
fn plenty() -> Limits {
    let mut limits = Limits::default();
    limits.password_attempts = Budget::new(1_000, Duration::from_millis(1)).expect("in bounds");
    limits
}

fn strict() -> Limits {
    let mut limits = Limits::default();
    limits.password_attempts = Budget::new(1, Budget::MAX_REFILL).expect("in bounds");
    limits
}

fn auth(
    store: &Arc<dyn Store>,
    post: &Arc<Post>,
    clock: &Arc<AtomicU64>,
    mut limits: Limits,
) -> Auth {
    // The clock stands still while a request is worked off.
    limits.reset_delay = Duration::ZERO;
    let clock = clock.clone();
    let params = Params::danger_weak(128, 1, 1).expect("in bounds");
    let hasher = Hasher::builder().params(params).workers(1).build();
    let policy = PolicyDraft::new()
        .minimum_length(15)
        .build()
        .expect("rules");
    let brand = Brand::new("Noord", "#1f5f8b").expect("a brand");
    Auth::builder()
        .store(store.clone())
        .directory(Arc::new(People))
        .mailer(post.clone())
        .keys(KeyRing::new(KeyId::new(1), MasterKey::from_bytes([7; 32])))
        .hasher(hasher.expect("memory"))
        .public_url("https://login.example")
        .tenant(
            Tenant::builder("noord", brand, policy, "Noord")
                .build()
                .expect("a tenant"),
        )
        .limits(limits)
        .clock(move || Duration::from_secs(clock.load(Ordering::Relaxed)))
        .build()
        .expect("complete")
}

/// A user table without a database: each look-up takes the same path.
struct People;

#[async_trait]
impl Directory for People {
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        self.get(tenant, login.folded()).await
    }

    async fn get(&self, _: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        let known = [KNOWN, OTHER, EMPTY, DISABLED].contains(&id);
        Ok(known.then(|| {
            let mut account = Account::new(id, id, format!("{id}@noord.example"));
            account.enabled = id != DISABLED;
            account
        }))
    }
}

/// Takes every mail at once, or none.
#[derive(Default)]
struct Post {
    down: AtomicBool,
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, _: &Mail) -> Result<(), SendError> {
        if self.down.load(Ordering::Relaxed) {
            return Err(SendError::transient("down"));
        }
        Ok(())
    }
}
