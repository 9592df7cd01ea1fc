//! Nothing that prints holds a secret: neither outcomes, nor events, nor faults with their causes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::policy::PolicyDraft;
use slotwerk::reset::{Purpose, TokenScope, inspect};
use slotwerk::store::{
    AccountKey, AuthenticatorKind, BeginEnrolment, EnrolmentBegun, ErrorKind, Id, MemoryStore,
    PendingEnrolment, Stage, Store, TokenHash,
};
use slotwerk::{
    Account, Client, CodeOutcome, ConfirmOutcome, EnrolmentOutcome, EventKind, Fault, Grant,
    ManageOutcome, NewAuthenticator, OpenOutcome, RenewOutcome, SignInOutcome, TrailQuery,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::error::Error;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use support::{
    GOOD, LONG_NAME, NOBODY, OTHER, Phone, With, World, desk, fault_of, login, password, ring,
    tenant_of,
};

/// What was printed, and what must not have been.
#[derive(Default)]
pub(crate) struct Printed {
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) secrets: Vec<(&'static str, String)>,
}

impl Printed {
    fn print(&mut self, what: &str, value: &impl Debug) {
        let both = format!("{value:?} {value:#?}");
        self.texts.push((what.to_owned(), both));
    }

    /// A fault as a log shows it, every cause included.
    fn print_fault(&mut self, what: &str, fault: &Fault) {
        self.print(what, fault);
        let mut next: Option<&dyn Error> = Some(fault);
        while let Some(error) = next {
            self.texts.push((what.to_owned(), error.to_string()));
            next = error.source();
        }
    }

    fn secret(&mut self, what: &'static str, text: &str) {
        assert!(text.len() >= 5, "{what} is too short to look for");
        self.secrets.push((what, text.to_lowercase()));
    }

    pub(crate) fn hide_nothing(&self) -> Vec<String> {
        let mut leaks = Vec::new();
        for (what, text) in &self.texts {
            let text = text.to_lowercase();
            for (kind, secret) in &self.secrets {
                if text.contains(secret.as_str()) {
                    leaks.push(format!("{what} shows the {kind}: {text}"));
                }
            }
        }
        leaks
    }

    pub(crate) fn assert_nothing_leaks(&self) {
        let leaks = self.hide_nothing();
        assert!(leaks.is_empty(), "{leaks:#?}");
    }
}

pub(crate) fn known_from_the_start(printed: &mut Printed) {
    printed.secret("login name", LONG_NAME);
    printed.secret("name", "gebruikersnaam");
    printed.secret("mail address", "sv-mailbox");
    printed.secret("password", GOOD);
    printed.secret("new password", OTHER);
    printed.secret("guess", "guess-in-the-dark");
    printed.secret("stored hash", "$argon2");
}

/// A world whose tenant forbids the person's name in a password, so that the page learns it.
pub(crate) fn world() -> World {
    let world = World::new();
    let rules = PolicyDraft::new().minimum_length(15).without_attributes(4);
    let zuid = support::zuid().with(|tenant| tenant.policy(rules.build().unwrap()));
    world.auth.put_tenant(zuid).unwrap();
    world
}

#[tokio::test]
async fn no_outcome_and_no_event_of_the_whole_flow_shows_a_secret() {
    let mut printed = Printed::default();
    known_from_the_start(&mut printed);
    for tenant in ["noord", "zuid"] {
        let world = world();
        walk(&world, tenant, &mut printed).await;
        printed
            .texts
            .push(("events".into(), world.events_as_text()));
        assert!(world.count(EventKind::MailSent) >= 4, "the walk was whole");
    }
    assert!(printed.texts.len() > 40);
    printed.assert_nothing_leaks();
}

pub(crate) async fn walk(world: &World, tenant: &str, printed: &mut Printed) {
    let auth = &world.auth;
    let name = login(LONG_NAME);
    let client = Client::at([192, 0, 2, 1].into());
    printed.print("Auth", &auth.auth);
    let handle = auth.tenant(tenant).await.unwrap();
    printed.print("TenantAuth", &handle);
    printed.print("Tenant", handle.settings());
    printed.print("Login", &name);
    printed.print(
        "Account",
        &Account::new("k7f3", LONG_NAME, "sv-mailbox@zuid.example"),
    );
    printed.print(
        "RequestAccepted",
        &auth.request_reset(tenant, &name, &client).await,
    );
    let token = support::token_in(&world.deliver().await[0]);
    printed.secret("token", &token);
    printed.print("inspection", &auth.inspect_reset(tenant, &token).await);
    printed.print("inspection", &auth.inspect_reset(tenant, "nothing").await);
    let refused = auth.complete_reset(tenant, &token, password("guess-in-the-dark"));
    printed.print("first completion", &refused.await);
    let _ = auth
        .complete_reset(tenant, &token, password("k"))
        .await
        .map(|refused| printed.print("completion", &refused));
    let changed = auth.complete_reset(tenant, &token, password(GOOD)).await;
    printed.print("completion", &changed);
    let set = auth.set_password(tenant, "k7f3", password(GOOD)).await;
    printed.print("setting", &set);
    let wrong = auth.sign_in(tenant, &name, password("guess-in-the-dark"), &NOBODY);
    printed.print("sign-in", &wrong.await);

    let answer = auth.sign_in(tenant, &name, password(GOOD), &NOBODY).await;
    printed.print("sign-in", &answer);
    let Ok(SignInOutcome::Enrol(ticket)) = answer else {
        panic!("{answer:?}")
    };
    printed.print("ticket", &ticket);
    let ticket = ticket.ticket().expose();
    printed.secret("ticket", ticket);
    printed.print("next step", &auth.inspect_ticket(tenant, ticket).await);
    let begun = auth.begin_enrolment(tenant, ticket).await;
    printed.print("enrolment", &begun);
    let phone = match begun {
        Ok(EnrolmentOutcome::OnScreen(material)) => {
            printed.print("material", &material);
            printed.print("URI", &material.uri);
            Phone::scan(material.uri.expose())
        }
        _ => Phone::type_in(&code_in(&world.deliver().await)),
    };
    printed.secret("set-up code", &phone.secret().to_base32());
    printed.secret("set-up code", &phone.secret().to_grouped());
    printed.secret("otpauth URI", "otpauth:");
    printed.print("inspection", &auth.inspect_enrolment(tenant, ticket).await);
    printed.print("resent", &auth.resend_enrolment(tenant, ticket).await);

    let code = phone.code(world.clock.seconds());
    printed.secret("code", &code);
    let wrong = if code == "654321" { "123456" } else { "654321" };
    printed.secret("wrong code", wrong);
    let rejected = auth
        .confirm_enrolment(tenant, ticket, wrong, &Default::default())
        .await;
    printed.print("confirmation", &rejected);
    let confirmed = auth
        .confirm_enrolment(tenant, ticket, &code, &Default::default())
        .await;
    printed.print("confirmation", &confirmed);
    let Ok(ConfirmOutcome::SignedIn {
        grant,
        recovery_codes,
    }) = confirmed
    else {
        panic!("{confirmed:?}")
    };
    printed.print("grant", &grant);
    printed.print("recovery codes", &recovery_codes);
    for code in recovery_codes.codes() {
        printed.secret("recovery code", code.expose());
        printed.secret("recovery code", &code.expose().replace('-', ""));
    }

    world.advance(30);
    let code = phone.code(world.clock.seconds());
    printed.secret("code", &code);
    for recover in [false, true] {
        let answer = auth.sign_in(tenant, &name, password(GOOD), &NOBODY).await;
        printed.print("sign-in", &answer);
        let Ok(SignInOutcome::Verify(ticket)) = answer else {
            panic!("{answer:?}")
        };
        let ticket = ticket.ticket().expose();
        printed.secret("ticket", ticket);
        if recover {
            let spent = recovery_codes.codes()[0].expose();
            for code in ["0000-0000-0000-0000", spent, spent] {
                let answer = auth.redeem_recovery_code(tenant, ticket, code).await;
                printed.print("redemption", &answer);
            }
        } else {
            for code in [wrong, &code, &code] {
                let answer = auth.verify_code(tenant, ticket, code).await;
                printed.print("verification", &answer);
            }
        }
    }
    look_after(world, printed, &grant).await;
    printed.print("mails", &world.deliver().await);
    for _ in 0..7 {
        let wrong = auth.sign_in(tenant, &name, password("guess-in-the-dark"), &NOBODY);
        printed.print("sign-in", &wrong.await);
    }
    help_out(world, printed, tenant).await;
    printed.print("epoch", &auth.revoke_access(tenant, "k7f3").await);
}

/// The values that a help desk handles.
async fn help_out(world: &World, printed: &mut Printed, tenant: &str) {
    let tenant = world.auth.tenant(tenant).await.unwrap();
    let admin = world.auth.admin(&tenant);
    printed.print("report", &admin.why_no_sign_in("k7f3", None).await);
    printed.print("data", &admin.export_account("k7f3").await);
    let query = TrailQuery {
        about: Some("k7f3"),
        actors: &["desk-17"],
        limit: 100,
        ..TrailQuery::default()
    };
    printed.print("trail", &admin.audit_trail(&query).await);
    printed.print("sessions", &admin.sessions("k7f3").await);
    printed.print("factors", &admin.second_factors(None, 100).await);
    let required = admin.require_new_password("k7f3", &desk()).await;
    printed.print("new password", &required);
    printed.print("invitation", &admin.invite("k7f3", &desk()).await);
}

/// What a page about the second factor handles.
async fn look_after(world: &World, printed: &mut Printed, grant: &Grant) {
    let (auth, tenant) = (&world.auth, &tenant_of(grant));
    let answer = auth.manage(grant).await;
    printed.print("management", &answer);
    let Ok(Ok(ManageOutcome::Open(ticket))) = answer else {
        panic!("{answer:?}")
    };
    let ticket = ticket.ticket().expose();
    printed.secret("ticket", ticket);
    let summary = auth.second_factor(tenant, grant.account()).await.unwrap();
    printed.print("summary", &summary);
    let renewed = auth.renew_recovery_codes(tenant, ticket).await;
    printed.print("renewal", &renewed);
    if let Ok(RenewOutcome::Renewed(codes)) = &renewed {
        for code in codes.codes() {
            printed.secret("recovery code", code.expose());
        }
    }
    let begun = auth.begin_enrolment(tenant, ticket).await;
    printed.print("enrolment", &begun);
    let Ok(EnrolmentOutcome::OnScreen(material)) = begun else {
        panic!("{begun:?}")
    };
    let phone = Phone::scan(material.uri.expose());
    printed.secret("set-up code", &phone.secret().to_base32());
    let code = phone.code(world.clock.seconds());
    printed.secret("code", &code);
    let new = NewAuthenticator::default().replacing(summary.authenticators[0].id);
    let confirmed = auth.confirm_enrolment(tenant, ticket, &code, &new).await;
    printed.print("confirmation", &confirmed);
    let Ok(ConfirmOutcome::Replaced { grant }) = confirmed else {
        panic!("{confirmed:?}")
    };
    let left = auth.second_factor(tenant, grant.account()).await.unwrap();
    let removed = auth.remove_authenticator(tenant, ticket, left.authenticators[0].id);
    printed.print("removal", &removed.await);

    let (name, shown) = (login(LONG_NAME), world.clock.seconds() + 300);
    let (first, second) = (phone.code(shown), phone.code(shown + 30));
    printed.secret("code", &first);
    printed.secret("code", &second);
    let answer = auth.sign_in(tenant, &name, password(GOOD), &NOBODY).await;
    let Ok(SignInOutcome::Verify(ticket)) = answer else {
        panic!("{answer:?}")
    };
    let ticket = ticket.ticket().expose();
    printed.secret("ticket", ticket);
    let found = auth.resynchronise(tenant, ticket, &first, &second).await;
    printed.print("resynchronisation", &found);
    assert!(
        matches!(found, Ok(CodeOutcome::SignedIn { .. })),
        "{found:?}"
    );
}

fn code_in(mails: &[slotwerk::mail::Mail]) -> String {
    let ends = mails
        .iter()
        .flat_map(|mail| mail.text().lines())
        .filter_map(|line| line.rsplit(": ").next());
    let mut codes = ends.filter(|text| text.len() == 39 && text.split(' ').count() == 8);
    codes.next().expect("a set-up code").to_owned()
}

#[tokio::test]
async fn an_open_link_shows_the_rules_and_no_person() {
    let mut printed = Printed::default();
    known_from_the_start(&mut printed);
    let world = world();
    let token = world.mailed_token("zuid", LONG_NAME).await;
    let seen = world.auth.inspect_reset("zuid", &token).await.unwrap();
    let OpenOutcome::Open(open) = &seen else {
        panic!("{seen:?}")
    };
    // They are in it: a page needs them.
    assert_eq!(open.login(), LONG_NAME);
    assert!(
        open.browser_rules().contains("gebruikersnaam"),
        "{}",
        open.browser_rules()
    );
    printed.print("OpenLink", open);
    printed.print("OpenOutcome", &seen);
    printed.assert_nothing_leaks();
}

#[tokio::test]
async fn no_fault_of_any_kind_shows_a_secret_in_any_of_its_causes() {
    let mut printed = Printed::default();
    known_from_the_start(&mut printed);
    let mut kinds = Vec::new();
    let mut take = |printed: &mut Printed, kind: &'static str, fault: Fault| {
        printed.print_fault(kind, &fault);
        kinds.push(kind);
    };
    let name = login(LONG_NAME);

    let inner = Arc::new(MemoryStore::new());
    let faulty = Arc::new(FaultyStore::new(inner.clone()));
    let world = World::on(faulty.clone());
    let token = world.mailed_token("zuid", LONG_NAME).await;
    printed.secret("token", &token);
    faulty.fail_call(1, Strike::Before, ErrorKind::Corrupt);
    let fault = world.auth.complete_reset("zuid", &token, password(GOOD));
    take(&mut printed, "store", fault.await.unwrap_err());

    world.people.break_down();
    let fault = world
        .auth
        .sign_in("zuid", &name, password(GOOD), &NOBODY)
        .await;
    take(&mut printed, "directory", fault.unwrap_err());
    world.people.recover();

    world.entropy.fail(true);
    let fault = world
        .auth
        .sign_in("zuid", &name, password(GOOD), &NOBODY)
        .await;
    take(&mut printed, "entropy", fault.unwrap_err());
    let client = Client::unknown();
    let fault = world.auth.request_reset("zuid", &name, &client).await;
    take(&mut printed, "entropy", fault.unwrap_err());
    world.entropy.fail(false);

    let fault = world
        .auth
        .sign_in("west", &name, password(GOOD), &NOBODY)
        .await;
    take(&mut printed, "tenant", fault.unwrap_err());

    let long = LONG_NAME.repeat(20);
    let fault = world.auth.revoke_access("zuid", &long).await;
    take(&mut printed, "unusable", fault.unwrap_err());

    // A sealed secret that was altered, and one of a key that is gone.
    let done = world.auth.complete_reset("zuid", &token, password(GOOD));
    assert!(done.await.is_ok());
    let answer = world
        .auth
        .sign_in("zuid", &name, password(GOOD), &NOBODY)
        .await;
    let Ok(SignInOutcome::Enrol(ticket)) = answer else {
        panic!("{answer:?}")
    };
    let ticket = ticket.ticket().expose().to_owned();
    printed.secret("ticket", &ticket);
    plant_pending(&inner, hashed(&ticket), ring_sealed_elsewhere()).await;
    let fault = world.auth.begin_enrolment("zuid", &ticket).await;
    take(&mut printed, "sealed", fault_of(fault));
    let fault = world
        .auth
        .confirm_enrolment("zuid", &ticket, "123456", &Default::default())
        .await;
    take(&mut printed, "sealed", fault_of(fault));

    assert!(kinds.len() >= 8, "{kinds:?}");
    printed.assert_nothing_leaks();
}

/// Genuine, but sealed for another place.
fn ring_sealed_elsewhere() -> Vec<u8> {
    let scope = slotwerk::keys::Scope::new("totp-secret", "noord");
    ring()
        .seal(&scope, b"elsewhere", [7; 24], GOOD.as_bytes())
        .unwrap()
}

/// The ticket as the store knows it.
fn hashed(ticket: &str) -> TokenHash {
    let scope = TokenScope::new(Purpose::SIGN_IN, "zuid");
    let proof = inspect(&ring(), &scope, ticket, support::NOON).unwrap();
    TokenHash(*proof.selector_hash_for(&scope).unwrap().as_bytes())
}

async fn plant_pending(store: &MemoryStore, ticket: TokenHash, sealed: Vec<u8>) {
    let begin = BeginEnrolment {
        stage: Stage::Enrol,
        account: AccountKey::new("zuid", "k7f3").unwrap(),
        offer: PendingEnrolment {
            id: Id([1; 16]),
            sealed,
            ticket,
            shared: false,
            expires_at: support::NOON + 3_600,
            ordinal: 1,
            mail: slotwerk::store::MailState::Unsent,
            kind: AuthenticatorKind::Totp,
        },
        most_active: 0,
        mail: None,
        now: support::NOON,
    };
    let begun = store.begin_enrolment(&begin).await.unwrap();
    assert!(matches!(begun, EnrolmentBegun::Begun(_)), "{begun:?}");
}

#[tokio::test]
async fn what_waits_in_the_outbox_names_nobody() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let (auth, name) = (&world.auth, login(LONG_NAME));
    auth.request_reset("zuid", &name, &Client::unknown())
        .await
        .unwrap();
    let jobs = store
        .lease_jobs(&support::lease(support::NOON, 0, 9))
        .await
        .unwrap();
    assert_eq!(jobs.len(), 1);
    let as_text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut printed = Printed::default();
    known_from_the_start(&mut printed);
    for job in &jobs {
        printed.print("job", job);
        printed
            .texts
            .push(("payload".into(), as_text(&job.payload)));
    }
    printed.assert_nothing_leaks();
    // Whoever has the payload and another ring has nothing.
    let other = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([8; 32]));
    let scope = slotwerk::keys::Scope::new("outbox-payload", "zuid");
    let (id, payload) = (&jobs[0].id.0, &jobs[0].payload);
    assert!(other.open(&scope, id, payload).is_err());
    assert!(
        ring().open(&scope, id, payload).is_ok(),
        "a negative control"
    );
}

#[test]
fn the_search_finds_what_is_there() {
    let mut printed = Printed::default();
    known_from_the_start(&mut printed);
    printed.print("a careless type", &(1, "Lange.Gebruikersnaam"));
    assert_eq!(printed.hide_nothing().len(), 2, "login name and name");
    let heard: Arc<Mutex<Vec<&str>>> = Arc::default();
    printed.print("nothing", &heard);
    assert_eq!(printed.hide_nothing().len(), 2);
}
