//! A small service around the facade: two tenants, a few people, a clock and a mailbox at hand.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod calls;
mod desk;
pub(crate) mod managing;
mod people;
mod pepper;
mod pool;
pub(crate) mod scene;
mod table;
mod tenants;
pub(crate) mod traces;

#[allow(unused_imports)]
pub(crate) use {
    calls::{Calls, Ended, NextStep, answered, epoch_of, fault_of, tenant_of},
    desk::{desk, keep_session, small},
    people::People,
    pepper::SwitchPepper,
    pool::OneWorker,
    table::Table,
    tenants::{With, noord, noord_with, renamed, zuid},
};

use slotwerk::breach::{BreachCheck, BreachFault, OnFailure};
use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::mail::{Mail, Mailer};
use slotwerk::password::{Hasher, Params, Password};
use slotwerk::store::{LeaseJobs, MemoryStore, Store};
use slotwerk::totp::{OtpauthUri, Parameters, Secret, code_at};
use slotwerk::{Auth, AuthBuilder, Client, Event, EventKind, Limits, Login, MailProblem};
use slotwerk_testkit::broken::{BrokenStore, Flaw};
use slotwerk_testkit::{FakeClock, FakeEntropy, FakeMailer, FaultyStore};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Sunday 22 November 2026, 12:00:00 UTC; a multiple of 30 seconds.
pub(crate) const NOON: u64 = 1_795_348_800;
/// A login name that is part of nothing else.
pub(crate) const LONG_NAME: &str = "lange.gebruikersnaam";
pub(crate) const GOOD: &str = "blauwe fiets 42 Regen";
pub(crate) const OTHER: &str = "groene trein 17 Wind";

/// A lease by a worker other than the facade's own.
pub(crate) fn lease(now: u64, lease_until: u64, limit: u32) -> LeaseJobs {
    LeaseJobs {
        now,
        lease_until,
        limit,
        after: None,
        skip: Vec::new(),
    }
}

pub(crate) struct World {
    pub(crate) auth: Calls,
    pub(crate) clock: FakeClock,
    pub(crate) entropy: FakeEntropy,
    pub(crate) mailer: FakeMailer,
    pub(crate) people: People,
    store: Arc<dyn Store>,
    limits: Limits,
    events: Arc<Mutex<Vec<Event>>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Arc::new(MemoryStore::new()), Limits::default())
    }

    pub(crate) fn on(store: Arc<dyn Store>) -> Self {
        Self::with(store, Limits::default())
    }

    pub(crate) fn with(store: Arc<dyn Store>, limits: Limits) -> Self {
        let mailer = FakeMailer::new();
        Self::made_of(store, limits, hasher(), mailer.clone(), Arc::new(mailer))
    }

    pub(crate) fn hashing_with(hasher: Hasher) -> Self {
        Self::hashing_on(Arc::new(MemoryStore::new()), hasher)
    }

    pub(crate) fn hashing_on(store: Arc<dyn Store>, hasher: Hasher) -> Self {
        let mailer = FakeMailer::new();
        let post = Arc::new(mailer.clone());
        Self::made_of(store, Limits::default(), hasher, mailer, post)
    }

    /// A world whose mail goes elsewhere; its own mailer stays empty.
    pub(crate) fn mailing(store: Arc<dyn Store>, to: Arc<dyn Mailer>) -> Self {
        let limits = Limits::default();
        Self::made_of(store, limits, hasher(), FakeMailer::new(), to)
    }

    /// A world that asks `breaches` about new passwords of tenants whose rules say so.
    pub(crate) fn asking(breaches: &FakeBreaches, on_failure: OnFailure, always: bool) -> Self {
        let check = Arc::new(breaches.clone());
        let store = Arc::new(MemoryStore::new());
        Self::asking_at(store, check, on_failure, always)
    }

    pub(crate) fn asking_on(
        store: Arc<dyn Store>,
        check: Arc<dyn BreachCheck>,
        on_failure: OnFailure,
    ) -> Self {
        Self::asking_at(store, check, on_failure, false)
    }

    fn asking_at(
        store: Arc<dyn Store>,
        check: Arc<dyn BreachCheck>,
        on_failure: OnFailure,
        always: bool,
    ) -> Self {
        let mailer = FakeMailer::new();
        let post = Arc::new(mailer.clone());
        let limits = Limits::default();
        Self::built(store, limits, hasher(), mailer, post, |builder| {
            let builder = builder.breach_check(check, on_failure);
            if always {
                builder.breach_check_at_every_sign_in()
            } else {
                builder
            }
        })
    }

    /// A world whose service is put together in another way.
    pub(crate) fn put_together(more: impl FnOnce(AuthBuilder) -> AuthBuilder) -> Self {
        Self::put_together_within(Limits::default(), more)
    }

    pub(crate) fn put_together_within(
        limits: Limits,
        more: impl FnOnce(AuthBuilder) -> AuthBuilder,
    ) -> Self {
        let mailer = FakeMailer::new();
        let post = Arc::new(mailer.clone());
        let store = Arc::new(MemoryStore::new());
        Self::built(store, limits, hasher(), mailer, post, more)
    }

    fn made_of(
        store: Arc<dyn Store>,
        limits: Limits,
        hasher: Hasher,
        mailer: FakeMailer,
        post: Arc<dyn Mailer>,
    ) -> Self {
        Self::built(store, limits, hasher, mailer, post, |builder| builder)
    }

    fn built(
        store: Arc<dyn Store>,
        limits: Limits,
        hasher: Hasher,
        mailer: FakeMailer,
        post: Arc<dyn Mailer>,
        more: impl FnOnce(AuthBuilder) -> AuthBuilder,
    ) -> Self {
        let limits = without_delay(limits);
        let clock = FakeClock::at(NOON);
        let entropy = FakeEntropy::new(1);
        let people = People::default();
        let events: Arc<Mutex<Vec<Event>>> = Arc::default();
        let auth = more(builder(&store, post, &people, &clock, &entropy, &events))
            .keys(ring())
            .hasher(hasher)
            .limits(limits.clone())
            .build()
            .expect("the world is well made");
        let auth = Calls {
            auth,
            store: store.clone(),
        };
        Self {
            auth,
            clock,
            entropy,
            mailer,
            people,
            store,
            limits,
            events,
        }
    }

    /// Another node of the same service, or the same one after a restart: everything is shared but the
    /// key ring.
    pub(crate) fn node_with(&self, keys: KeyRing) -> Self {
        self.node(self.store.clone(), keys)
    }

    /// Another node of the same service with a connection of its own to what is stored.
    pub(crate) fn node_on(&self, store: Arc<dyn Store>) -> Self {
        self.node(store, ring())
    }

    /// Another node, put together in another way.
    pub(crate) fn node_put_together(&self, more: impl FnOnce(AuthBuilder) -> AuthBuilder) -> Self {
        self.node_of(self.store.clone(), ring(), more)
    }

    /// Another node with these keys, whose mail goes to `mailer`.
    pub(crate) fn node_mailing(&self, keys: KeyRing, mailer: Arc<dyn Mailer>) -> Self {
        self.node_of(self.store.clone(), keys, |builder| builder.mailer(mailer))
    }

    fn node(&self, store: Arc<dyn Store>, keys: KeyRing) -> Self {
        self.node_of(store, keys, |builder| builder)
    }

    fn node_of(
        &self,
        store: Arc<dyn Store>,
        keys: KeyRing,
        more: impl FnOnce(AuthBuilder) -> AuthBuilder,
    ) -> Self {
        let post = Arc::new(self.mailer.clone());
        let auth = more(builder(
            &store,
            post,
            &self.people,
            &self.clock,
            &self.entropy,
            &self.events,
        ))
        .keys(keys)
        .hasher(hasher())
        .limits(self.limits.clone())
        .build()
        .expect("the node is well made");
        let auth = Calls {
            auth,
            store: store.clone(),
        };
        Self {
            auth,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            mailer: self.mailer.clone(),
            people: self.people.clone(),
            store,
            limits: self.limits.clone(),
            events: self.events.clone(),
        }
    }

    pub(crate) fn kinds(&self) -> Vec<EventKind> {
        self.events
            .lock()
            .unwrap()
            .iter()
            .map(|event| event.kind)
            .collect()
    }

    pub(crate) fn count(&self, kind: EventKind) -> usize {
        self.kinds()
            .into_iter()
            .filter(|heard| *heard == kind)
            .count()
    }

    /// Why mails were postponed, in order.
    pub(crate) fn postponed(&self) -> Vec<MailProblem> {
        let postponed = |kind| match kind {
            EventKind::MailPostponed(problem) => Some(problem),
            _ => None,
        };
        self.kinds().into_iter().filter_map(postponed).collect()
    }

    /// Why the worker gave mails up, in order.
    pub(crate) fn abandoned(&self) -> Vec<MailProblem> {
        let abandoned = |kind| match kind {
            EventKind::MailAbandoned(problem) => Some(problem),
            _ => None,
        };
        self.kinds().into_iter().filter_map(abandoned).collect()
    }

    pub(crate) fn events_as_text(&self) -> String {
        format!("{:?}", self.events.lock().unwrap())
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Works the outbox off and returns the mails that left meanwhile.
    pub(crate) async fn deliver(&self) -> Vec<Mail> {
        let before = self.mailer.sent().len();
        while self.auth.work_outbox().await.expect("the outbox works") > 0 {}
        self.mailer.sent().split_off(before)
    }

    pub(crate) async fn request(&self, tenant: &str, name: &str) {
        self.auth
            .request_reset(tenant, &login(name), &Client::unknown())
            .await
            .expect("accepted");
    }

    /// Requests a link and takes its token from the mail.
    pub(crate) async fn mailed_token(&self, tenant: &str, name: &str) -> String {
        self.request(tenant, name).await;
        let mails = self.deliver().await;
        let with_link = |mail: &&Mail| mail.text().contains("/reset/");
        token_in(
            mails
                .iter()
                .rev()
                .find(with_link)
                .expect("a mail with a link"),
        )
    }

    /// From nothing to a password.
    pub(crate) async fn with_password(&self, tenant: &str, name: &str) {
        let token = self.mailed_token(tenant, name).await;
        let done = self
            .auth
            .complete_reset(tenant, &token, password(GOOD))
            .await
            .expect("no fault");
        assert!(
            matches!(done, slotwerk::CompleteOutcome::Changed { .. }),
            "{done:?}"
        );
        self.deliver().await;
    }

    /// Signs in with the good password as far as the ticket to set up.
    pub(crate) async fn enrol_ticket(&self, tenant: &str, name: &str) -> String {
        match self
            .auth
            .sign_in(tenant, &login(name), password(GOOD), &NOBODY)
            .await
            .expect("no fault")
        {
            slotwerk::SignInOutcome::Enrol(ticket) => ticket.ticket().expose().to_owned(),
            other => panic!("expected to enrol, got {other:?}"),
        }
    }

    /// Signs in with the good password as far as the ticket to verify.
    pub(crate) async fn verify_ticket(&self, tenant: &str, name: &str) -> String {
        match self
            .auth
            .sign_in(tenant, &login(name), password(GOOD), &NOBODY)
            .await
            .expect("no fault")
        {
            slotwerk::SignInOutcome::Verify(ticket) => ticket.ticket().expose().to_owned(),
            other => panic!("expected to verify, got {other:?}"),
        }
    }

    /// From nothing to an active authenticator on `zuid`, and past the burnt step.
    pub(crate) async fn enrolled(&self, name: &str) -> Enrolled {
        self.with_password("zuid", name).await;
        let ticket = self.enrol_ticket("zuid", name).await;
        let phone = match self
            .auth
            .begin_enrolment("zuid", &ticket)
            .await
            .expect("no fault")
        {
            slotwerk::EnrolmentOutcome::OnScreen(material) => Phone::scan(material.uri.expose()),
            other => panic!("expected material, got {other:?}"),
        };
        let code = phone.code(self.clock.seconds());
        match self
            .auth
            .confirm_enrolment("zuid", &ticket, &code, &Default::default())
            .await
            .expect("no fault")
        {
            slotwerk::ConfirmOutcome::SignedIn {
                grant,
                recovery_codes,
            } => {
                self.deliver().await;
                self.advance(60);
                let codes = recovery_codes
                    .codes()
                    .iter()
                    .map(|code| code.expose().to_string())
                    .collect();
                Enrolled {
                    phone,
                    grant,
                    recovery_codes: codes,
                }
            }
            other => panic!("expected to be signed in, got {other:?}"),
        }
    }
}

/// Reset jobs start at once: their delay is the subject of other tests.
pub(crate) fn without_delay(mut limits: Limits) -> Limits {
    limits.reset_delay = Duration::ZERO;
    limits
}

/// A client of whom nothing is known.
pub(crate) static NOBODY: Client = Client::unknown();

pub(crate) struct Enrolled {
    pub(crate) phone: Phone,
    pub(crate) grant: slotwerk::Grant,
    pub(crate) recovery_codes: Vec<String>,
}

fn builder(
    store: &Arc<dyn Store>,
    post: Arc<dyn Mailer>,
    people: &People,
    clock: &FakeClock,
    entropy: &FakeEntropy,
    events: &Arc<Mutex<Vec<Event>>>,
) -> AuthBuilder {
    let heard = events.clone();
    Auth::builder()
        .store(store.clone())
        .directory(Arc::new(people.clone()))
        .mailer(post)
        .public_url("https://login.example")
        .tenant(noord())
        .tenant(zuid())
        .clock(clock.handle())
        .entropy(entropy.handle())
        .events(Arc::new(move |event: &Event| {
            heard.lock().unwrap().push(event.clone())
        }))
}

/// All that an [`Auth`] needs but a tenant.
pub(crate) fn without_tenants() -> AuthBuilder {
    whole(Auth::builder()).public_url("https://login.example")
}

/// All that an [`Auth`] needs but a tenant and an address.
pub(crate) fn whole(builder: AuthBuilder) -> AuthBuilder {
    builder
        .store(Arc::new(MemoryStore::new()))
        .directory(Arc::new(People::default()))
        .mailer(Arc::new(FakeMailer::new()))
        .keys(ring())
        .hasher(hasher())
        .limits(without_delay(Limits::default()))
}

/// Knows the breached passwords it is told of, and is down when told so.
#[derive(Clone, Default)]
pub(crate) struct FakeBreaches(Arc<Mutex<(Vec<String>, bool, usize)>>);

impl FakeBreaches {
    pub(crate) fn leak(&self, password: &str) {
        self.0.lock().unwrap().0.push(password.to_owned());
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.0.lock().unwrap().1 = down;
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.0.lock().unwrap().2
    }
}

#[slotwerk::async_trait]
impl BreachCheck for FakeBreaches {
    async fn is_breached(&self, password: &str) -> Result<bool, BreachFault> {
        let mut state = self.0.lock().unwrap();
        state.2 += 1;
        if state.1 {
            return Err(BreachFault::Malformed);
        }
        Ok(state.0.iter().any(|known| known == password))
    }
}

/// A store on which tasks that take the same steps go side by side: all have read before one writes.
pub(crate) fn side_by_side() -> Arc<dyn Store> {
    Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())).taking_turns())
}

/// The same without a guard in its commands, to show that a race is one.
pub(crate) fn unguarded() -> Arc<dyn Store> {
    Arc::new(BrokenStore::new(Flaw::GetThenPut))
}

/// The ring of a new world.
pub(crate) fn ring() -> KeyRing {
    KeyRing::new(KeyId::new(1), MasterKey::from_bytes([9; 32]))
}

/// What a phone keeps of a scanned QR.
pub(crate) struct Phone(Secret);

impl Phone {
    /// Types the set-up code in by hand, with its spaces.
    pub(crate) fn type_in(grouped: &str) -> Self {
        Self(Secret::from_base32(grouped).expect("a set-up code"))
    }

    /// The phone of whoever reads this mail.
    pub(crate) fn mailed(mail: &Mail) -> Self {
        let words = mail
            .text()
            .lines()
            .flat_map(|line| line.rsplit(": ").next());
        let mut codes = words.filter(|text| text.len() == 39 && text.split(' ').count() == 8);
        Self::type_in(codes.next().expect("a set-up code in the mail"))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }

    pub(crate) fn scan(uri: &str) -> Self {
        Self(
            OtpauthUri::parse(uri)
                .expect("a URI that apps can read")
                .into_secret(),
        )
    }

    pub(crate) fn code(&self, now: u64) -> String {
        code_at(&self.0, &Parameters::ISSUED, now / 30).to_string()
    }
}

pub(crate) fn login(name: &str) -> Login {
    Login::parse(name).unwrap()
}

pub(crate) fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

/// The token of the link in a reset mail.
pub(crate) fn token_in(mail: &Mail) -> String {
    link_in(mail, "/reset/")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned()
}

/// Handle and token of the link "this was not me" in a mail.
pub(crate) fn report_in(mail: &Mail) -> (String, String) {
    let link = link_in(mail, "/not-me/");
    let mut segments = link.rsplit('/').map(str::to_owned);
    let (token, handle) = (segments.next().unwrap(), segments.next().unwrap());
    (handle, token)
}

pub(crate) fn link_in(mail: &Mail, part: &str) -> String {
    let mut words = mail.text().split_whitespace();
    let is_it = |word: &&str| word.starts_with("https://") && word.contains(part);
    words.find(is_it).expect("a link in the mail").to_owned()
}

pub(crate) fn hasher() -> Hasher {
    Hasher::builder()
        .params(cheap())
        .workers(1)
        .queue(300)
        .build()
        .unwrap()
}

fn cheap() -> Params {
    Params::danger_weak(64, 1, 1).unwrap()
}

/// Finds nothing, and waits until all checks have begun.
pub(crate) struct AllTogether(tokio::sync::Barrier);

impl AllTogether {
    pub(crate) fn new(checks: usize) -> Self {
        Self(tokio::sync::Barrier::new(checks))
    }
}

#[slotwerk::async_trait]
impl BreachCheck for AllTogether {
    async fn is_breached(&self, _: &str) -> Result<bool, slotwerk::breach::BreachFault> {
        self.0.wait().await;
        Ok(false)
    }
}
