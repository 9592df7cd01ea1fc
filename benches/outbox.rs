//! How fast two nodes work off one outbox: 10,000 notices, and 4,000 requests for a link, at a mail server that takes
//! 150 ms. On SQLite, and on the servers that `SLOTWERK_POSTGRES_URL` and `SLOTWERK_MARIADB_URL` name, in an empty
//! database each.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::mail::{Brand, Mail, Mailer, SendError};
use slotwerk::password::{Hasher, Params};
use slotwerk::policy::PolicyDraft;
use slotwerk::throttle::Budget;
use slotwerk::{
    Account, Auth, By, Client, Directory, DirectoryError, Limits, Login, Tenant, async_trait,
};
use slotwerk_benches::measuring;
use slotwerk_sqlx::SqlStore;
use tokio::runtime::Runtime;
use tokio::time::sleep;

const TENANTS: usize = 20;
const SENDERS: u32 = 16;
const MAIL_SERVER: Duration = Duration::from_millis(150);

#[derive(Clone, Copy, Debug)]
enum Work {
    Notices,
    Links,
}

fn main() {
    let runtime = Runtime::new().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("outbox.sqlite");
    let mut databases = vec![("sqlite", file.display().to_string())];
    for (name, variable) in [
        ("postgres", "SLOTWERK_POSTGRES_URL"),
        ("mariadb", "SLOTWERK_MARIADB_URL"),
    ] {
        databases.extend(std::env::var(variable).map(|address| (name, address)));
    }
    for (name, address) in databases {
        for work in [Work::Notices, Work::Links] {
            runtime.block_on(show(name, &address, work));
        }
    }
}

async fn show(name: &str, address: &str, work: Work) {
    let jobs = match (measuring(), work) {
        (false, _) => 20,
        (true, Work::Notices) => 10_000,
        (true, Work::Links) => 4_000,
    };
    let post = Arc::new(Post::default());
    let first = node(address, &post).await;
    let second = node(address, &post).await;
    let began = Instant::now();
    queue(&first, work, jobs).await;
    let queued = began.elapsed();
    let began = Instant::now();
    let workers = [first, second].map(|auth| {
        tokio::spawn(async move { auth.worker().run(sleep, std::future::pending()).await })
    });
    while post.count() < jobs {
        sleep(Duration::from_millis(20)).await;
    }
    let taken = began.elapsed();
    // Long enough for a second mail of the same job to show.
    sleep(MAIL_SERVER * 4).await;
    for worker in workers {
        worker.abort();
    }
    let (doubled, turns) = post.look(jobs);
    println!(
        "outbox/{name}/{work:?}: {jobs} queued in {queued:.1?}, sent in {taken:.1?}: {:.0} a second; {doubled} sent twice; \
         {turns:.2} of the first half went to the tenants in turn",
        jobs as f64 / taken.as_secs_f64(),
    );
}

/// Queues the work, tenant after tenant.
async fn queue(auth: &Auth, work: Work, jobs: usize) {
    let by = By::new("bench").expect("an actor");
    for n in 0..jobs {
        let tenant = format!("t{}", n / jobs.div_ceil(TENANTS));
        let tenant = auth.tenant(&tenant).await.expect("registered");
        let person = format!("known{n}");
        match work {
            Work::Notices => {
                let done = auth.admin(&tenant).forget_second_factor(&person, &by).await;
                done.expect("no fault");
            }
            Work::Links => {
                let address = Ipv4Addr::from(u32::try_from(n).expect("few") + 0x0a00_0001);
                let client = Client::at(IpAddr::V4(address));
                let login = Login::parse(&person).expect("a name");
                let asked = tenant.recovery().request(&login, &client).await;
                asked.expect("no fault");
            }
        }
    }
}

async fn node(address: &str, post: &Arc<Post>) -> Auth {
    let store = SqlStore::connect(address).await.expect("a database");
    let mut limits = Limits::default();
    limits.tenant_mails = Budget::new(1_000, Duration::from_millis(1)).expect("in bounds");
    limits.mail_senders = SENDERS;
    let params = Params::danger_weak(128, 1, 1).expect("in bounds");
    let hasher = Hasher::builder().params(params).workers(1).build();
    let mut builder = Auth::builder()
        .store(Arc::new(store))
        .directory(Arc::new(People))
        .mailer(post.clone())
        .keys(KeyRing::new(KeyId::new(1), MasterKey::from_bytes([7; 32])))
        .hasher(hasher.expect("memory"))
        .public_url("https://login.example")
        .limits(limits);
    for n in 0..TENANTS {
        let brand = Brand::new("Noord", "#1f5f8b").expect("a brand");
        let policy = PolicyDraft::new().minimum_length(15).build();
        let policy = policy.expect("rules");
        let tenant = Tenant::builder(format!("t{n}"), brand, policy, format!("T{n}")).build();
        builder = builder.tenant(tenant.expect("a tenant"));
    }
    builder.build().expect("complete")
}

struct People;

#[async_trait]
impl Directory for People {
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        self.get(tenant, login.typed()).await
    }

    async fn get(&self, tenant: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        Ok(Some(Account::new(id, id, format!("{id}@{tenant}.example"))))
    }
}

/// A mail server that takes its time, and remembers who got a mail.
#[derive(Default)]
struct Post {
    sent: Mutex<Vec<String>>,
}

impl Post {
    fn count(&self) -> usize {
        self.sent.lock().expect("no panic").len()
    }

    /// How many people got a second mail, and the smallest share that a tenant had of the first half, of an equal one.
    fn look(&self, jobs: usize) -> (usize, f64) {
        let sent = self.sent.lock().expect("no panic");
        let mut people: HashMap<&str, usize> = HashMap::new();
        for person in sent.iter() {
            *people.entry(person).or_default() += 1;
        }
        let doubled = people.values().filter(|mails| **mails > 1).count();
        let half = &sent[..jobs / 2];
        let mut tenants: HashMap<&str, usize> = HashMap::new();
        for person in half {
            let (_, tenant) = person.split_once('@').unwrap_or_default();
            *tenants.entry(tenant).or_default() += 1;
        }
        let least = tenants.values().min().copied().unwrap_or_default();
        let least = if tenants.len() < TENANTS { 0 } else { least };
        (doubled, (least * TENANTS) as f64 / half.len() as f64)
    }
}

#[async_trait]
impl Mailer for Post {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        sleep(MAIL_SERVER).await;
        let person = mail.to().as_str().to_owned();
        let mut sent = self.sent.lock().expect("no panic");
        sent.push(person);
        Ok(())
    }
}
