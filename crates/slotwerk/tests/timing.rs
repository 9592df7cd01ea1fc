//! Whether the worker's timing tells who exists: what a stranger measures after asking for a link for somebody.
//!
//! Time is virtual, so that a busy machine changes nothing: each call of the store takes a millisecond and waits
//! for the call before it, and a mail takes as long as its mail server. The control is a worker that does one job
//! after the other, at once and without a stand-in. `benches/worker_timing.rs` measures real time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::{Mail, Mailer, SendError};
use slotwerk::store::MemoryStore;
use slotwerk::{Account, Client, Directory, DirectoryError, Limits, Login};
use slotwerk_testkit::{FakeEntropy, FaultyStore};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Calls, NOON, login, noord, without_delay, without_tenants};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

/// Measurements of each class.
const EACH: usize = 100;
/// How far from 0.5 it may lie that a measurement of one class is the greater.
const MOST: f64 = 0.12;
/// The least that the control has to show, or the test sees nothing.
const CONTROL: f64 = 0.25;

/// The distance from 0.5 of the probability that a value of `first` is greater than one of `second`.
fn told_apart(first: &[f64], second: &[f64]) -> f64 {
    let mut greater = 0.0;
    for a in first {
        for b in second {
            greater += match a.total_cmp(b) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    (greater / (first.len() * second.len()) as f64 - 0.5).abs()
}

/// The names that begin with `known` or `own` have an account.
struct People;

#[slotwerk::async_trait]
impl Directory for People {
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        self.get(tenant, login.typed()).await
    }

    async fn get(&self, _: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        let exists = id.starts_with("known") || id.starts_with("own");
        Ok(exists.then(|| Account::new(id, id, format!("{id}@noord.example"))))
    }
}

/// A mail server that takes `ms` and up to 20 ms more, and remembers when each mail arrived.
struct MailServer {
    ms: u64,
    state: Mutex<(u64, BTreeMap<String, Instant>)>,
}

impl MailServer {
    fn arrived(&self, name: &str) -> Option<Instant> {
        self.state.lock().unwrap().1.remove(name)
    }
}

#[slotwerk::async_trait]
impl Mailer for MailServer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let more = {
            let state = &mut self.state.lock().unwrap().0;
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (*state >> 33) % 20
        };
        sleep(Duration::from_millis(self.ms + more)).await;
        let name = mail.to().local_part().to_owned();
        self.state.lock().unwrap().1.insert(name, Instant::now());
        Ok(())
    }
}

struct Service {
    auth: Calls,
    mail_server: Arc<MailServer>,
    began: Instant,
    worker: JoinHandle<()>,
}

impl Service {
    /// With the worker of this crate, or with the control.
    fn start(ms: u64, is_control: bool) -> Self {
        let began = Instant::now();
        let writer = Arc::new(tokio::sync::Mutex::new(()));
        let store = Arc::new(
            FaultyStore::new(Arc::new(MemoryStore::new())).waiting(move || {
                let writer = writer.clone();
                async move {
                    let _turn = writer.lock().await;
                    sleep(Duration::from_millis(1)).await;
                }
            }),
        );
        let mail_server = Arc::new(MailServer {
            ms,
            state: Mutex::default(),
        });
        let mut limits = Limits::default();
        if is_control {
            limits = without_delay(limits);
        }
        let auth = without_tenants()
            .store(store.clone())
            .directory(Arc::new(People))
            .mailer(mail_server.clone())
            .entropy(FakeEntropy::new(5).handle())
            .tenant(noord())
            .limits(limits)
            .clock(move || Duration::from_secs(NOON) + began.elapsed())
            .build()
            .unwrap();
        let auth = Calls { auth, store };
        let working = auth.clone();
        let worker = tokio::spawn(async move {
            if is_control {
                loop {
                    if working.work_outbox().await.unwrap() == 0 {
                        sleep(Duration::from_millis(20)).await;
                    }
                }
            }
            working.run_outbox(sleep, std::future::pending()).await;
        });
        Self {
            auth,
            mail_server,
            began,
            worker,
        }
    }

    async fn ask(&self, name: &str) {
        let (login, client) = (login(name), Client::unknown());
        let asked = self.auth.request_reset("noord", &login, &client);
        asked.await.unwrap();
    }

    /// The stranger chooses the moment: always the same part of a second.
    async fn wait_for_second(&self, more: Duration) {
        let seconds = self.began.elapsed().as_secs() + 1;
        sleep_until(self.began + Duration::from_secs(seconds) + more).await;
    }

    /// How long 20 requests for made-up names take.
    async fn made_up_requests(&self, n: usize) -> f64 {
        let began = Instant::now();
        for m in 0..20 {
            self.ask(&format!("madeup{n:03}{m:02}")).await;
        }
        began.elapsed().as_secs_f64()
    }
}

/// A stranger's measurement after asking for a link for somebody.
#[derive(Clone, Copy, Debug)]
enum Attack {
    /// How long requests for made-up names take right afterwards.
    RequestsAtOnce,
    /// How long they take at the second in which the job begins.
    RequestsWithTheJob,
    /// When one's own mail arrives after one request.
    OwnMail,
    /// When it arrives after ten.
    OwnMailAfterTen,
}

impl Attack {
    async fn measure(self, service: &Service, name: &str, n: usize) -> f64 {
        service.wait_for_second(Duration::from_millis(300)).await;
        service.ask(name).await;
        let measured = match self {
            Self::RequestsAtOnce => service.made_up_requests(n).await,
            Self::RequestsWithTheJob => {
                service.wait_for_second(Duration::from_secs(1)).await;
                service.made_up_requests(n).await
            }
            Self::OwnMail | Self::OwnMailAfterTen => {
                let others = if matches!(self, Self::OwnMail) { 0 } else { 9 };
                for _ in 0..others {
                    service.ask(name).await;
                }
                let (own, asked) = (format!("own{n:03}"), Instant::now());
                service.ask(&own).await;
                sleep(Duration::from_secs(6)).await;
                let arrived = service.mail_server.arrived(&own).expect("the own mail");
                (arrived - asked).as_secs_f64()
            }
        };
        sleep(Duration::from_secs(6)).await;
        measured
    }
}

/// How well the measurement tells names that exist from names that do not.
async fn shown_by(attack: Attack, ms: u64, is_control: bool) -> f64 {
    let service = Service::start(ms, is_control);
    // A first mail, so that the server's time is known.
    service.ask("own").await;
    sleep(Duration::from_secs(6)).await;
    let (mut existing, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..EACH {
        let (known, nobody) = (format!("known{n:03}"), format!("nobody{n:02}"));
        existing.push(attack.measure(&service, &known, 2 * n).await);
        unknown.push(attack.measure(&service, &nobody, 2 * n + 1).await);
    }
    service.worker.abort();
    told_apart(&existing, &unknown)
}

#[tokio::test(start_paused = true)]
async fn requests_tell_nobody_who_exists() {
    for attack in [Attack::RequestsAtOnce, Attack::RequestsWithTheJob] {
        let told = shown_by(attack, 150, false).await;
        assert!(told <= MOST, "{attack:?}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn own_mail_tells_nobody_who_exists() {
    for (attack, ms) in [
        (Attack::OwnMail, 150),
        (Attack::OwnMail, 400),
        (Attack::OwnMailAfterTen, 150),
    ] {
        let told = shown_by(attack, ms, false).await;
        assert!(told <= MOST, "{attack:?}, {ms} ms: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn control_tells_who_exists() {
    for attack in [Attack::RequestsAtOnce, Attack::OwnMail] {
        let told = shown_by(attack, 150, true).await;
        assert!(told >= CONTROL, "{attack:?}: {told}");
    }
}
