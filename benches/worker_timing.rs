//! Whether the timing of the worker tells who exists, in real time: a stranger asks for a link for somebody, and
//! then measures the answers to 20 requests for made-up names, or when a mail of their own arrives.
//!
//! The mail server takes 150 or 400 ms. Many services run side by side, each measured by itself, so that 1,000
//! measurements of a class take minutes. The control is a worker that does one job after the other, at once and
//! without a stand-in: `Worker::work_off_one` in a loop. `crates/slotwerk/tests/timing.rs` is the version for CI, in
//! virtual time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rand::RngExt as _;
use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::mail::{Brand, Composer, Mail, Mailer, SendError};
use slotwerk::password::{Hasher, Params};
use slotwerk::policy::PolicyDraft;
use slotwerk::store::{MemoryStore, Store};
use slotwerk::throttle::Budget;
use slotwerk::{
    Account, Auth, Client, Directory, DirectoryError, Limits, Login, Tenant, async_trait,
};
use slotwerk_benches::{measuring, median};
use slotwerk_sqlx::SqlStore;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How far from 0.5 the worker may be, and how far the control has to be.
const MOST: f64 = 0.04;
const CONTROL: f64 = 0.25;

#[derive(Clone, Copy, PartialEq)]
enum Measured {
    Requests,
    OwnMail,
}

#[derive(Clone, Copy)]
struct Case {
    measured: Measured,
    ms: u64,
    is_control: bool,
    on_sqlite: bool,
}

fn main() {
    let runtime = Runtime::new().expect("threads");
    let composer = Composer::new().expect("the built-in texts");
    // The measurements to take, by a part of their names: `cargo bench --bench worker_timing -- sqlite/own`.
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    for case in cases() {
        let name = case.name();
        if wanted.as_ref().is_none_or(|part| name.contains(part)) {
            runtime.block_on(show(case, &composer));
        }
    }
}

/// Every measurement, each followed by its control.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (on_sqlite, ms) in [(false, 150), (false, 400), (true, 150), (true, 400)] {
        for measured in [Measured::OwnMail, Measured::Requests] {
            // In memory a request waits for nothing, so that it shows nothing even of the control.
            if measured == Measured::Requests && !on_sqlite {
                continue;
            }
            for is_control in [false, true] {
                cases.push(Case {
                    measured,
                    ms,
                    is_control,
                    on_sqlite,
                });
            }
        }
    }
    cases
}

impl Case {
    fn name(self) -> String {
        format!(
            "worker_timing/{}/{}/{} ms/{}",
            if self.on_sqlite { "sqlite" } else { "memory" },
            if self.measured == Measured::OwnMail {
                "own mail"
            } else {
                "20 requests"
            },
            self.ms,
            if self.is_control { "control" } else { "worker" },
        )
    }
}

/// Services that run side by side. They share two cores and one disk.
fn services(case: Case) -> usize {
    match (case.measured, case.on_sqlite) {
        (_, false) => 100,
        (_, true) => 40,
    }
}

async fn show(case: Case, composer: &Composer) {
    let (services, each): (usize, usize) = if measuring() {
        let each = if case.is_control { 240 } else { 1_020 };
        (services(case), each)
    } else {
        (1, 1)
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut tasks = JoinSet::new();
    for n in 0..services {
        let path = folder.path().join(format!("{n}.sqlite"));
        let store: Arc<dyn Store> = if case.on_sqlite {
            let url = format!("sqlite://{}", path.display());
            Arc::new(SqlStore::connect(&url).await.expect("a database"))
        } else {
            Arc::new(MemoryStore::new())
        };
        let service = Service::new(case, store, composer.clone());
        tasks.spawn(measure(service, case, each.div_ceil(services)));
    }
    let (mut existing, mut unknown) = (Vec::new(), Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (first, second) = done.expect("no panic");
        existing.extend(first);
        unknown.extend(second);
    }
    let told = auc(&existing, &unknown);
    let distance = (told - 0.5).abs();
    let verdict = match case.is_control {
        false if distance <= MOST => "not told apart",
        true if distance >= CONTROL => "told apart, as it must be",
        _ => "UNEXPECTED",
    };
    println!(
        "{}: medians {:.1} and {:.1} ms, {} of each, AUC {told:.3}: {verdict}",
        case.name(),
        median(&existing) * 1e3,
        median(&unknown) * 1e3,
        existing.len(),
    );
}

/// Both classes in random order.
async fn measure(service: Service, case: Case, each: usize) -> (Vec<f64>, Vec<f64>) {
    service.ask("own").await;
    // The delay, and 21 jobs at four senders.
    let rest = Duration::from_millis(2_300 + 7 * case.ms);
    sleep(rest).await;
    let (mut existing, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..each {
        let first: bool = rand::rng().random();
        for is_known in [first, !first] {
            // The stranger chooses the part of the second.
            let now = Service::clock();
            sleep(Duration::from_millis(
                1_300 - u64::from(now.subsec_millis()),
            ))
            .await;
            let name = if is_known { "known" } else { "nobod" };
            service.ask(&format!("{name}{n:04}")).await;
            let seen = match case.measured {
                Measured::Requests => {
                    let began = Instant::now();
                    for m in 0..20 {
                        service
                            .ask(&format!("mad{n:04}{m:02}{}", u8::from(is_known)))
                            .await;
                    }
                    began.elapsed()
                }
                Measured::OwnMail => {
                    let own = format!("own{n:04}{}", u8::from(is_known));
                    let asked = Instant::now();
                    service.ask(&own).await;
                    sleep(rest).await;
                    service.post.arrived(&own) - asked
                }
            };
            if is_known {
                existing.push(seen.as_secs_f64());
            } else {
                unknown.push(seen.as_secs_f64());
            }
            if case.measured == Measured::Requests {
                // Until the worker has done them all.
                sleep(rest).await;
            }
        }
    }
    service.worker.abort();
    (existing, unknown)
}

/// The probability that a value of `first` is greater than one of `second`.
fn auc(first: &[f64], second: &[f64]) -> f64 {
    let mut sorted = second.to_vec();
    sorted.sort_by(f64::total_cmp);
    let below = |value: &f64| sorted.partition_point(|other| other < value);
    let greater: usize = first.iter().map(below).sum();
    greater as f64 / (first.len() * second.len()) as f64
}

struct Service {
    auth: Auth,
    post: Arc<Post>,
    worker: tokio::task::JoinHandle<()>,
}

impl Service {
    fn new(case: Case, store: Arc<dyn Store>, composer: Composer) -> Self {
        let post = Arc::new(Post {
            ms: case.ms,
            arrivals: Mutex::default(),
        });
        let mut limits = Limits::default();
        limits.tenant_mails = Budget::new(1_000, Duration::from_millis(1)).expect("in bounds");
        if case.is_control {
            limits.reset_delay = Duration::ZERO;
        }
        let params = Params::danger_weak(128, 1, 1).expect("in bounds");
        let hasher = Hasher::builder().params(params).workers(1).build();
        let policy = PolicyDraft::new().minimum_length(15).build();
        let brand = Brand::new("Noord", "#1f5f8b").expect("a brand");
        let auth = Auth::builder()
            .store(store)
            .directory(Arc::new(People))
            .mailer(post.clone())
            .keys(KeyRing::new(KeyId::new(1), MasterKey::from_bytes([7; 32])))
            .hasher(hasher.expect("memory"))
            .composer(composer)
            .public_url("https://login.example")
            .tenant(
                Tenant::builder("noord", brand, policy.expect("rules"), "Noord")
                    .build()
                    .expect("a tenant"),
            )
            .limits(limits)
            .build()
            .expect("complete");
        let working = auth.clone();
        let worker = tokio::spawn(async move {
            if case.is_control {
                loop {
                    if working.worker().work_off_one().await.expect("no fault") == 0 {
                        sleep(Duration::from_millis(2)).await;
                    }
                }
            }
            working.worker().run(sleep, std::future::pending()).await;
        });
        Self { auth, post, worker }
    }

    fn clock() -> Duration {
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
    }

    async fn ask(&self, name: &str) {
        let (login, client) = (Login::parse(name).expect("a name"), Client::unknown());
        let tenant = self.auth.tenant("noord").await.expect("registered");
        let asked = tenant.recovery().request(&login, &client).await;
        asked.expect("no fault");
    }
}

/// A user table without a database: each look-up takes the same path.
struct People;

#[async_trait]
impl Directory for People {
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        self.get(tenant, login.typed()).await
    }

    async fn get(&self, _: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        let exists = id.starts_with("known") || id.starts_with("own");
        Ok(exists.then(|| Account::new(id, id, format!("{id}@noord.example"))))
    }
}

/// A mail server that takes its time.
struct Post {
    ms: u64,
    arrivals: Mutex<HashMap<String, Instant>>,
}

impl Post {
    fn arrived(&self, name: &str) -> Instant {
        let mut arrivals = self.arrivals.lock().expect("no panic");
        arrivals.remove(name).expect("the own mail arrived")
    }
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        sleep(Duration::from_millis(self.ms)).await;
        let name = mail.to().local_part().to_owned();
        let mut arrivals = self.arrivals.lock().expect("no panic");
        arrivals.insert(name, Instant::now());
        Ok(())
    }
}
