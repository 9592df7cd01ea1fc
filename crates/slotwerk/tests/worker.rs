//! The worker sends several mails at a time, each within its lease, and stops soon. Time is virtual.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::{Mail, Mailer, SendError};
use slotwerk::store::{MemoryStore, Store};
use slotwerk::{Client, Limits, SetPasswordOutcome};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{
    Calls, GOOD, NOON, People, login, noord, password, without_delay, without_tenants, zuid,
};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

/// A mailer that takes as long as the tenant's mail server.
#[derive(Default)]
struct Slow {
    servers: BTreeMap<&'static str, Duration>,
    /// The recipients of mails being sent, and the most at a time.
    sending: Mutex<(Vec<String>, usize)>,
    sent: Mutex<Vec<(String, Duration)>>,
    began: Mutex<Option<Instant>>,
}

impl Slow {
    fn new(servers: &[(&'static str, u64)]) -> Arc<Self> {
        let slow = Self {
            servers: servers
                .iter()
                .map(|(domain, ms)| (*domain, Duration::from_millis(*ms)))
                .collect(),
            ..Self::default()
        };
        *slow.began.lock().unwrap() = Some(Instant::now());
        Arc::new(slow)
    }

    fn sent(&self) -> Vec<(String, Duration)> {
        self.sent.lock().unwrap().clone()
    }

    fn most_at_a_time(&self) -> usize {
        self.sending.lock().unwrap().1
    }
}

/// Takes a mail off the list, also when the worker stops sending it.
struct Sending<'a>(&'a Slow, String);

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let sending = &mut self.0.sending.lock().unwrap().0;
        let place = sending.iter().position(|to| *to == self.1).unwrap();
        sending.swap_remove(place);
    }
}

#[slotwerk::async_trait]
impl Mailer for Slow {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let to = mail.to().as_str().to_owned();
        {
            let mut sending = self.sending.lock().unwrap();
            sending.0.push(to.clone());
            sending.1 = sending.1.max(sending.0.len());
        }
        let _sending = Sending(self, to.clone());
        sleep(self.servers[mail.to().domain()]).await;
        let at = self.began.lock().unwrap().unwrap().elapsed();
        self.sent.lock().unwrap().push((to, at));
        Ok(())
    }
}

fn node(store: &Arc<dyn Store>, mailer: &Arc<Slow>, senders: u32) -> Calls {
    node_of(store, mailer, senders, &People::default())
}

fn node_of(store: &Arc<dyn Store>, mailer: &Arc<Slow>, senders: u32, people: &People) -> Calls {
    let began = Instant::now();
    let mut limits = without_delay(Limits::default());
    limits.mail_senders = senders;
    let auth = without_tenants()
        .store(store.clone())
        .mailer(mailer.clone())
        .directory(Arc::new(people.clone()))
        .tenant(noord())
        .tenant(zuid())
        .limits(limits)
        .clock(move || Duration::from_secs(NOON) + began.elapsed())
        .build()
        .unwrap();
    Calls {
        auth,
        store: store.clone(),
    }
}

struct Running {
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

fn run(auth: &Calls) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let auth = auth.clone();
    let task = tokio::spawn(async move {
        let stopped = async move { stopped.await.unwrap_or(()) };
        auth.run_outbox(sleep, stopped).await;
    });
    Running { stop, task }
}

async fn ask(auth: &Calls, tenant: &str, name: &str) {
    let (name, client) = (login(name), Client::unknown());
    auth.request_reset(tenant, &name, &client).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn several_mails_leave_at_a_time() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mailer = Slow::new(&[("noord.example", 1_000), ("zuid.example", 1_000)]);
    let auth = node(&store, &mailer, 8);
    for tenant in ["noord", "zuid"] {
        for name in ["demo", "other"] {
            ask(&auth, tenant, name).await;
        }
    }
    let running = run(&auth);
    sleep(Duration::from_millis(1_100)).await;
    assert_eq!(mailer.sent().len(), 4, "all within one second");
    drop(running.stop);
    running.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn slow_server_holds_up_nobody() {
    for senders in [2, 3, 8] {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let mailer = Slow::new(&[("noord.example", 60_000), ("zuid.example", 10)]);
        let auth = node(&store, &mailer, senders);
        let running = run(&auth);
        // More links than there are senders, for accounts with a slow server.
        for _ in 0..3 {
            for name in ["demo", "other", support::LONG_NAME] {
                ask(&auth, "noord", name).await;
            }
        }
        sleep(Duration::from_secs(3)).await;
        let asked_at = mailer.began.lock().unwrap().unwrap().elapsed();
        ask(&auth, "zuid", "demo").await;
        sleep(Duration::from_secs(2)).await;
        let sent = mailer.sent();
        assert_eq!(sent.len(), 1, "{senders} senders: {sent:?}");
        assert!(sent[0].1 - asked_at < Duration::from_secs(1), "{sent:?}");
        let most = mailer.most_at_a_time();
        assert!(most <= senders as usize, "{most} at a time");
        drop(running.stop);
        running.task.await.unwrap();
    }
}

/// Two nodes, and a mail server that never answers: no mail is sent by both at once.
#[tokio::test(start_paused = true)]
async fn mail_ends_within_its_lease() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mailer = Slow::new(&[("noord.example", 3_600_000)]);
    let nodes = [node(&store, &mailer, 4), node(&store, &mailer, 4)];
    ask(&nodes[0], "noord", "demo").await;
    let running: Vec<Running> = nodes.iter().map(run).collect();
    sleep(Duration::from_secs(20 * 60)).await;
    assert_eq!(mailer.most_at_a_time(), 1);
    for node in running {
        drop(node.stop);
        node.task.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn stop_is_bounded() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mailer = Slow::new(&[("noord.example", 5_000), ("zuid.example", 60_000)]);
    let auth = node(&store, &mailer, 8);
    ask(&auth, "noord", "demo").await;
    ask(&auth, "zuid", "demo").await;
    let running = run(&auth);
    sleep(Duration::from_secs(1)).await;
    let told = Instant::now();
    running.stop.send(()).unwrap();
    // Asked for while it stops: it goes on in the next process.
    ask(&auth, "noord", "other").await;
    running.task.await.unwrap();
    let took = told.elapsed();
    assert!(took <= Duration::from_secs(10), "{took:?}");
    assert_eq!(
        mailer.sent().len(),
        1,
        "the mail in hand that was quick enough"
    );
    assert_eq!(auth.work_outbox().await.unwrap(), 1, "what was left over");
    // The cut-off mail comes back when its lease is over.
    sleep(Duration::from_secs(120)).await;
    assert_eq!(auth.work_outbox().await.unwrap(), 1);
    assert_eq!(mailer.sent().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn idle_worker_stops_at_once() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let auth = node(&store, &Slow::new(&[]), 8);
    let running = run(&auth);
    // Between two seconds: at a whole one the worker looks up by itself.
    sleep(Duration::from_millis(90_500)).await;
    let told = Instant::now();
    running.stop.send(()).unwrap();
    running.task.await.unwrap();
    assert_eq!(told.elapsed(), Duration::ZERO);
}

/// Each of several addresses has a share of the lease, so that a dead server keeps no notice from the others.
#[tokio::test(start_paused = true)]
async fn slow_address_leaves_the_others_time() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mailer = Slow::new(&[("noord.example", 10_000_000), ("fast.example", 1_000)]);
    let people = People::default();
    people.notify_demo_at(&["a@fast.example", "b@fast.example"]);
    let auth = node_of(&store, &mailer, 8, &people);
    let set = auth.set_password("noord", "id-demo", password(GOOD));
    assert!(matches!(set.await, Ok(SetPasswordOutcome::Changed { .. })));
    let running = run(&auth);
    sleep(Duration::from_secs(2_000)).await;
    let sent = mailer.sent();
    let to: Vec<&str> = sent.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(to, ["a@fast.example", "b@fast.example"], "once each");
    drop(running.stop);
    running.task.await.unwrap();
}

/// The worker covers the audit trail beside the mails, once rows are a minute old.
#[tokio::test(start_paused = true)]
async fn running_worker_seals_the_audit_trail() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mailer = Slow::new(&[("noord.example", 1_000)]);
    let auth = node(&store, &mailer, 2);
    let tenant = auth.tenant("noord").await.unwrap();
    let admin = auth.admin(&tenant);
    admin
        .revoke_access("id-demo", &support::desk())
        .await
        .unwrap();
    let running = run(&auth);
    sleep(Duration::from_secs(59)).await;
    assert_eq!(store.last_checkpoint("noord").await.unwrap(), None);
    sleep(Duration::from_secs(40)).await;
    let last = store.last_checkpoint("noord").await.unwrap();
    assert_eq!(last.unwrap().number, 1);
    drop(running.stop);
    running.task.await.unwrap();
}
