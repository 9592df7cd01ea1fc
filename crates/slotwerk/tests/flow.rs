//! The ten steps of a person who has forgotten the password, at both tenants, with the outbox worked
//! by a task of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::{Mail, Mailer, SendError};
use slotwerk::policy::{Language, Requirement, State};
use slotwerk::qr::{Level, Symbol};
use slotwerk::store::{ErrorKind, MemoryStore};
use slotwerk::totp::{Hint, OtpauthUri, Parameters};
use slotwerk::{
    Client, CodeOutcome, CompleteOutcome, ConfirmOutcome, EnrolmentOutcome, OpenOutcome,
    RecoveryCodeOutcome, SignInOutcome,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::future::pending;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use support::{
    Calls, GOOD, NOBODY, NextStep, Phone, World, epoch_of, login, password, tenant_of, token_in,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Carries mail to the test.
struct Postbox(mpsc::UnboundedSender<Mail>);

#[slotwerk::async_trait]
impl Mailer for Postbox {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.0
            .send(mail.clone())
            .map_err(|_| SendError::permanent("the postbox is gone"))
    }
}

/// A service: a world, a worker, and a mailbox that can be waited at.
struct Service {
    world: World,
    mailbox: mpsc::UnboundedReceiver<Mail>,
    stop: oneshot::Sender<()>,
    worker: JoinHandle<()>,
}

impl Service {
    fn start() -> Self {
        let (postbox, mailbox) = mpsc::unbounded_channel();
        let world = World::mailing(Arc::new(MemoryStore::new()), Arc::new(Postbox(postbox)));
        let (stop, stopped) = oneshot::channel::<()>();
        let auth = world.auth.clone();
        let worker = tokio::spawn(async move {
            let stopped = async move { stopped.await.unwrap() };
            auth.run_outbox(only_when_busy, stopped).await;
        });
        Self {
            world,
            mailbox,
            stop,
            worker,
        }
    }

    async fn next_mail(&mut self) -> Mail {
        let mail = timeout(STUCK, self.mailbox.recv());
        mail.await.expect("the worker was woken").expect("a mail")
    }

    async fn stop(self) -> mpsc::UnboundedReceiver<Mail> {
        self.stop.send(()).unwrap();
        let stopped = timeout(STUCK, self.worker).await;
        stopped.expect("the worker stops when told").unwrap();
        self.mailbox
    }
}

/// Only what would otherwise wait for ever takes so long.
const STUCK: Duration = Duration::from_secs(60);

/// A timer that never fires while the worker is idle: only a wake-up makes it look. A job without a mail ends
/// at once.
async fn only_when_busy(pause: Duration) {
    if pause >= Duration::from_secs(1) {
        pending::<()>().await;
    }
}

/// The set-up code as the mail shows it: eight groups of four.
fn grouped_code(mail: &Mail) -> String {
    let is_code = |text: &&str| {
        let groups: Vec<&str> = text.split(' ').collect();
        groups.len() == 8 && groups.iter().all(|group| group.len() == 4)
    };
    let after_label = |line| str::rsplit(line, ": ").next();
    let mut found = mail.text().lines().filter_map(after_label).filter(is_code);
    found.next().expect("a set-up code").to_owned()
}

/// Whether the picture in the mail is a symbol of this text.
fn picture_shows(mail: &Mail, text: &str) -> bool {
    let levels = [Level::L, Level::M, Level::Q, Level::H];
    let picture = mail.inline_images()[0].png();
    levels.into_iter().any(|level| {
        let symbol = Symbol::encode(text, level).unwrap();
        (1..=16).any(|px| symbol.png(px).unwrap() == picture)
    })
}

struct Tenant {
    id: &'static str,
    issuer: &'static str,
    language: &'static str,
    /// The tenant's rules, in the tenant's language.
    rules: &'static [&'static str],
    /// A password that is too weak here, and which of the rules it does not meet.
    weak: (&'static str, &'static str),
    set_up_by_mail: bool,
}

const NOORD: Tenant = Tenant {
    id: "noord",
    issuer: "Noord",
    language: "nl",
    rules: &["Minstens 10 tekens", "Hoogstens 256 tekens"],
    weak: ("te kort", "Minstens 10 tekens"),
    set_up_by_mail: true,
};

const ZUID: Tenant = Tenant {
    id: "zuid",
    issuer: "Zuid",
    language: "en",
    rules: &[
        "At least 15 characters",
        "At most 256 characters",
        "At least 1 digit",
    ],
    weak: ("geen enkel getal", "At least 1 digit"),
    set_up_by_mail: false,
};

fn texts(tenant: &Tenant, rules: &[Requirement], wanted: fn(State) -> bool) -> Vec<String> {
    let language = Language::from_tag(tenant.language).unwrap();
    let wanted = rules.iter().filter(|rule| wanted(rule.state()));
    wanted.map(|rule| rule.text(language)).collect()
}

#[tokio::test]
async fn the_ten_steps_with_the_set_up_mailed() {
    ten_steps(NOORD).await;
}

#[tokio::test]
async fn the_ten_steps_with_the_set_up_on_the_page() {
    ten_steps(ZUID).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_tenants_at_once() {
    let (noord, zuid) = tokio::join!(
        tokio::spawn(ten_steps(NOORD)),
        tokio::spawn(ten_steps(ZUID))
    );
    noord.unwrap();
    zuid.unwrap();
}

async fn ten_steps(tenant: Tenant) {
    let mut service = Service::start();
    let auth = service.world.auth.clone();

    // 1 and 2: whoever asks, the notice is the same.
    for name in ["demo", "nobody", "disabled"] {
        let (name, client) = (login(name), Client::unknown());
        let answer = auth.request_reset(tenant.id, &name, &client).await;
        assert_eq!(format!("{answer:?}"), "Ok(RequestAccepted)", "{name:?}");
    }

    // 3: one mail, in the tenant's language, with a link that a scanner may open first.
    let mail = service.next_mail().await;
    assert_eq!(mail.to().as_str(), format!("demo@{}.example", tenant.id));
    assert_eq!(mail.language(), tenant.language);
    assert!(mail.text().contains("30 minut"), "how long it is valid");
    let token = token_in(&mail);
    let link = format!("https://login.example/{}/reset/{token}", tenant.id);
    assert!(mail.text().contains(&link), "{}", mail.text());

    // 4: this tenant's rules; a refusal explains itself and leaves the link alive.
    for _ in 0..3 {
        let seen = auth.inspect_reset(tenant.id, &token).await.unwrap();
        let OpenOutcome::Open(open) = seen else {
            panic!("{seen:?}")
        };
        assert_eq!(texts(&tenant, &open.requirements(), |_| true), tenant.rules);
        assert_eq!(open.login(), "demo");
        assert_eq!(open.valid_until(), service.world.clock.seconds() + 30 * 60);
    }
    let refused = auth
        .complete_reset(tenant.id, &token, password(tenant.weak.0))
        .await
        .unwrap();
    let CompleteOutcome::RulesUnmet(rules) = refused else {
        panic!("{refused:?}")
    };
    let unmet = texts(&tenant, &rules, |state| state == State::Unmet);
    assert_eq!(unmet, [tenant.weak.1]);
    let done = auth
        .complete_reset(tenant.id, &token, password(GOOD))
        .await
        .unwrap();
    assert!(matches!(done, CompleteOutcome::Changed { .. }));
    let notice = service.next_mail().await;
    assert!(notice.inline_images().is_empty() && !notice.text().contains("/reset/"));

    // 5: nobody is signed in, the link is dead, and the new password is good.
    let seen = auth.inspect_reset(tenant.id, &token).await.unwrap();
    assert!(matches!(seen, OpenOutcome::Invalid));
    let ticket = to_enrol(&auth, tenant.id).await;

    // 6: what is asked for next, as often as the page is shown.
    for _ in 0..2 {
        let next = auth.inspect_ticket(tenant.id, &ticket).await.unwrap();
        assert_eq!(next, Some(NextStep::Enrol));
    }

    // 7 and 8: the material by mail or on the page; again, it is the same.
    let phone = if tenant.set_up_by_mail {
        mailed_set_up(&mut service, &tenant, &ticket).await
    } else {
        shown_set_up(&auth, &tenant, &ticket).await
    };

    // 9: a typing error costs nothing, the right code activates.
    let code = phone.code(service.world.clock.seconds());
    let typo: String = code.chars().rev().collect();
    if typo != code {
        let answer = auth
            .confirm_enrolment(tenant.id, &ticket, &typo, &Default::default())
            .await;
        assert!(matches!(answer, Ok(ConfirmOutcome::Rejected(_))));
    }
    let answer = auth
        .confirm_enrolment(tenant.id, &ticket, &code, &Default::default())
        .await;
    let Ok(ConfirmOutcome::SignedIn {
        grant,
        recovery_codes,
    }) = answer
    else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (tenant_of(&grant).as_str(), grant.account()),
        (tenant.id, "id-demo")
    );
    assert_eq!(recovery_codes.codes().len(), 10);
    let stands = auth
        .session_stands(tenant.id, "id-demo", epoch_of(&grant))
        .await;
    assert!(stands.unwrap());
    service.next_mail().await; // an authenticator was added

    // 10: the next time. The code of the set-up is burnt, the next one signs in, and it in turn is
    // answered with patience.
    let ticket = to_verify(&auth, tenant.id).await;
    let answer = auth.verify_code(tenant.id, &ticket, &code).await.unwrap();
    assert!(matches!(
        answer,
        CodeOutcome::Rejected {
            hint: Hint::WaitForNext,
            ..
        }
    ));
    service.world.advance(30);
    let code = phone.code(service.world.clock.seconds());
    let answer = auth.verify_code(tenant.id, &ticket, &code).await.unwrap();
    let CodeOutcome::SignedIn { grant, .. } = answer else {
        panic!("{answer:?}")
    };
    assert!(
        auth.session_stands(tenant.id, "id-demo", epoch_of(&grant))
            .await
            .unwrap()
    );

    // Without the phone, a recovery code; and the person is told.
    let ticket = to_verify(&auth, tenant.id).await;
    let redeemed = auth
        .redeem_recovery_code(tenant.id, &ticket, recovery_codes.codes()[0].expose())
        .await
        .unwrap();
    assert!(matches!(
        redeemed,
        RecoveryCodeOutcome::SignedIn { remaining: 9, .. }
    ));
    service.next_mail().await;

    let mut mailbox = service.stop().await;
    assert!(mailbox.try_recv().is_err(), "and no other mail");
}

async fn to_enrol(auth: &Calls, tenant: &str) -> String {
    let demo = login("demo");
    match auth
        .sign_in(tenant, &demo, password(GOOD), &NOBODY)
        .await
        .unwrap()
    {
        SignInOutcome::Enrol(ticket) => ticket.ticket().expose().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn to_verify(auth: &Calls, tenant: &str) -> String {
    let demo = login("demo");
    match auth
        .sign_in(tenant, &demo, password(GOOD), &NOBODY)
        .await
        .unwrap()
    {
        SignInOutcome::Verify(ticket) => ticket.ticket().expose().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn mailed_set_up(service: &mut Service, tenant: &Tenant, ticket: &str) -> Phone {
    let auth = service.world.auth.clone();
    let begun = auth.begin_enrolment(tenant.id, ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed), "{begun:?}");
    let mail = service.next_mail().await;
    let again = auth.resend_enrolment(tenant.id, ticket).await.unwrap();
    assert!(matches!(again, EnrolmentOutcome::Mailed), "{again:?}");
    let second = service.next_mail().await;
    assert_eq!(grouped_code(&second), grouped_code(&mail));
    let phone = Phone::type_in(&grouped_code(&mail));
    // Typing the code and scanning the picture come to the same.
    let uri = OtpauthUri::new(phone.secret(), &Parameters::ISSUED, tenant.issuer, "demo").unwrap();
    assert!(picture_shows(&mail, uri.expose()));
    assert!(mail.html().contains(mail.inline_images()[0].content_id()));
    assert!(mail.html().contains("<table") && mail.html().contains("bgcolor"));
    assert!(mail.text().contains("demo"));
    phone
}

async fn shown_set_up(auth: &Calls, tenant: &Tenant, ticket: &str) -> Phone {
    let begun = auth.begin_enrolment(tenant.id, ticket).await.unwrap();
    let EnrolmentOutcome::OnScreen(material) = begun else {
        panic!("{begun:?}")
    };
    assert_eq!(material.account_name, "demo");
    let again = auth.resend_enrolment(tenant.id, ticket).await.unwrap();
    let EnrolmentOutcome::OnScreen(again) = again else {
        panic!("{again:?}")
    };
    assert_eq!(again.uri.expose(), material.uri.expose());
    let typed = Phone::type_in(&material.grouped_secret);
    let scanned = Phone::scan(material.uri.expose());
    assert_eq!(typed.secret().expose(), scanned.secret().expose());
    scanned
}

#[tokio::test]
async fn a_postponed_mail_leaves_when_its_time_has_come() {
    let world = Arc::new(World::new());
    world.mailer.fail_transiently(2);
    let (stop, stopped) = oneshot::channel::<()>();
    // A timer whose seconds pass on the world's clock, and at once.
    let clock = world.clock.clone();
    let sleep = move |pause: Duration| {
        let clock = clock.clone();
        async move {
            // The pause between checkpoints goes by beside the others.
            if pause == Duration::from_secs(30) {
                std::future::pending::<()>().await;
            }
            tokio::task::yield_now().await;
            clock.advance(pause);
        }
    };
    let auth = world.auth.clone();
    let worker = tokio::spawn(async move {
        let stopped = async move { stopped.await.unwrap() };
        auth.run_outbox(sleep, stopped).await;
    });
    world.request("zuid", "demo").await;
    let arrived = async {
        while world.mailer.sent().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(STUCK, arrived).await.expect("a mail");
    stop.send(()).unwrap();
    timeout(STUCK, worker).await.expect("stopped").unwrap();
    assert_eq!(world.postponed().len(), 2);
    let waited = world.clock.seconds() - support::NOON;
    assert!((5 + 10..60).contains(&waited), "{waited}");
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_before_it_begins_takes_no_second_job_and_ends() {
    let world = World::new();
    let pause = |_: Duration| pending::<()>();
    let run = world.auth.run_outbox(pause, async {});
    timeout(STUCK, run).await.expect("stopped");
    world.request("zuid", "demo").await;
    assert_eq!(world.deliver().await.len(), 1, "the next worker goes on");
}

/// A mailer during whose first mail somebody else asks for a link.
struct Interrupted {
    auth: Arc<OnceLock<Calls>>,
    postbox: Postbox,
}

#[slotwerk::async_trait]
impl Mailer for Interrupted {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        if mail.to().local_part() == "demo" {
            let auth = self.auth.get().expect("the service has started");
            let (other, client) = (login("other"), Client::unknown());
            let asked = auth.request_reset("zuid", &other, &client).await;
            asked.expect("no fault");
        }
        self.postbox.send(mail).await
    }
}

#[tokio::test]
async fn a_job_queued_while_the_worker_is_about_to_rest_wakes_it() {
    let (postbox, mut mailbox) = mpsc::unbounded_channel();
    let postbox = Postbox(postbox);
    let auth = Arc::new(OnceLock::new());
    let mailer = Interrupted {
        auth: auth.clone(),
        postbox,
    };
    let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::mailing(faulty.clone(), Arc::new(mailer));
    assert!(auth.set(world.auth.clone()).is_ok());
    world.request("zuid", "demo").await;
    // Lease, charge twice, credential, issue; the other's request, which charges and queues; and then finishing fails, so that the
    // worker rests although it has just been told of work.
    faulty.fail_call(8, Strike::Before, ErrorKind::Unavailable);
    let (stop, stopped) = oneshot::channel::<()>();
    let working = world.auth.clone();
    let worker = tokio::spawn(async move {
        let stopped = async move { stopped.await.unwrap() };
        working.run_outbox(only_when_busy, stopped).await;
    });
    for name in ["demo", "other"] {
        let mail = timeout(STUCK, mailbox.recv()).await.expect("woken");
        assert_eq!(mail.expect("a mail").to().local_part(), name);
    }
    stop.send(()).unwrap();
    timeout(STUCK, worker).await.expect("stopped").unwrap();
}
