//! The database goes away at every call of every step, before the command and after it.
//!
//! A fault is never an answer about a person; nothing is half done; and the person gets in after it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use slotwerk::policy::PolicyDraft;
use slotwerk::reset::{Purpose, TokenScope};
use slotwerk::store::{AccountKey, ErrorKind, MemoryStore, Store, TokenHash};
use slotwerk::{
    Client, CodeVerification, Enrolment, EnrolmentConfirmation, EnrolmentResent, EventKind, Fault,
    PasswordChange, PasswordSetting, RecoveryCodeRedemption, ResetCompletion, ResetInspection,
    SignIn,
};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::Arc;
use support::{Enrolled, GOOD, NOBODY, OTHER, Phone, World, login, password, ring, token_in};

/// What happens if a call fails.
#[derive(Clone, Copy, PartialEq)]
enum Call {
    /// The step is a fault.
    Loud,
    /// The step has its answer already and keeps it.
    Quiet,
}

use Call::{Loud, Quiet};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Request,
    InspectLink,
    Complete,
    SignInToEnrol,
    InspectTicket,
    BeginEnrolment,
    InspectEnrolment,
    ResendEnrolment,
    ConfirmEnrolment,
    SignInToVerify,
    VerifyCode,
    RedeemRecoveryCode,
    SetPassword,
    ChangePassword,
    RevokeAccess,
    SessionStands,
}

/// Every step with its calls of the store, in order.
const STEPS: [(Step, &[(&str, Call)]); 16] = [
    (
        Step::Request,
        &[
            ("charge the client", Loud),
            ("charge the name", Loud),
            ("enqueue", Loud),
        ],
    ),
    (Step::InspectLink, &[("find the link", Loud)]),
    (
        Step::Complete,
        &[
            ("find the link", Loud),
            ("read the credential", Loud),
            ("consume it", Loud),
            ("settle the password's budget", Quiet),
        ],
    ),
    (
        Step::SignInToEnrol,
        &[
            ("read the credential", Loud),
            ("charge", Loud),
            ("settle", Quiet),
            ("list authenticators", Loud),
            ("open a ticket", Loud),
        ],
    ),
    (Step::InspectTicket, &[("find the ticket", Loud)]),
    (
        Step::BeginEnrolment,
        &[("find the ticket", Loud), ("begin", Loud)],
    ),
    (
        Step::InspectEnrolment,
        &[("find the ticket", Loud), ("find the pending one", Loud)],
    ),
    (
        Step::ResendEnrolment,
        &[
            ("find the ticket", Loud),
            ("find the pending one", Loud),
            ("charge", Loud),
            ("enqueue", Loud),
        ],
    ),
    (
        Step::ConfirmEnrolment,
        &[
            ("find the ticket", Loud),
            ("find the pending one", Loud),
            ("charge", Loud),
            ("confirm", Loud),
            ("settle", Quiet),
        ],
    ),
    (
        Step::SignInToVerify,
        &[
            ("read the credential", Loud),
            ("charge", Loud),
            ("settle", Quiet),
            ("list authenticators", Loud),
            ("open a ticket", Loud),
        ],
    ),
    (
        Step::VerifyCode,
        &[
            ("find the ticket", Loud),
            ("list authenticators", Loud),
            ("charge", Loud),
            ("advance the step", Loud),
            ("settle", Quiet),
        ],
    ),
    (
        Step::RedeemRecoveryCode,
        &[
            ("find the ticket", Loud),
            ("charge", Loud),
            ("spend it", Loud),
            ("settle", Quiet),
            ("list authenticators", Quiet),
            ("lift the authenticator's budget", Quiet),
        ],
    ),
    (
        Step::SetPassword,
        &[
            ("read the credential", Loud),
            ("change", Loud),
            ("settle the password's budget", Quiet),
        ],
    ),
    (
        Step::ChangePassword,
        &[
            ("charge", Loud),
            ("read the credential", Loud),
            ("settle", Quiet),
            ("read the earlier passwords", Loud),
            ("charge the comparison", Loud),
            ("change", Loud),
        ],
    ),
    (Step::RevokeAccess, &[("revoke", Loud)]),
    (Step::SessionStands, &[("read the credential", Loud)]),
];

/// A world just before a step, on a store that can be told to fail.
struct Scene {
    world: World,
    faulty: Arc<FaultyStore>,
    inner: Arc<MemoryStore>,
    tenant: &'static str,
    link: String,
    ticket: String,
    enrolled: Option<Enrolled>,
    phone: Option<Phone>,
}

impl Scene {
    async fn before(step: Step) -> Self {
        let inner = Arc::new(MemoryStore::new());
        let faulty = Arc::new(FaultyStore::new(inner.clone()));
        let world = World::on(faulty.clone());
        let mut scene = Self {
            world,
            faulty,
            inner,
            tenant: "zuid",
            link: String::new(),
            ticket: String::new(),
            enrolled: None,
            phone: None,
        };
        let world = &scene.world;
        match step {
            Step::Request => {}
            Step::InspectLink | Step::Complete => {
                scene.link = world.mailed_token("zuid", "demo").await;
            }
            Step::SignInToEnrol | Step::SetPassword | Step::RevokeAccess | Step::SessionStands => {
                world.with_password("zuid", "demo").await;
            }
            Step::ChangePassword => {
                world.with_password("zuid", "demo").await;
                let mut tenant = support::zuid();
                let rules = PolicyDraft::new().minimum_length(15).not_reused(3, 0);
                tenant.policy = rules.build().unwrap();
                world.auth.put_tenant(tenant).unwrap();
            }
            Step::InspectTicket
            | Step::BeginEnrolment
            | Step::InspectEnrolment
            | Step::ConfirmEnrolment => {
                world.with_password("zuid", "demo").await;
                scene.ticket = world.enrol_ticket("zuid", "demo").await;
                if matches!(step, Step::InspectEnrolment | Step::ConfirmEnrolment) {
                    let begun = world.auth.begin_enrolment("zuid", &scene.ticket).await;
                    let Ok(Enrolment::OnScreen(material)) = begun else {
                        panic!("{begun:?}")
                    };
                    scene.phone = Some(Phone::scan(material.uri.expose()));
                }
            }
            Step::ResendEnrolment => {
                scene.tenant = "noord";
                world.with_password("noord", "demo").await;
                scene.ticket = world.enrol_ticket("noord", "demo").await;
                let begun = world.auth.begin_enrolment("noord", &scene.ticket).await;
                assert!(matches!(begun, Ok(Enrolment::Mailed)));
                assert_eq!(world.deliver().await.len(), 1);
            }
            Step::SignInToVerify | Step::VerifyCode | Step::RedeemRecoveryCode => {
                scene.enrolled = Some(world.enrolled("demo").await);
                scene.ticket = world.verify_ticket("zuid", "demo").await;
            }
        }
        scene
    }

    fn code(&self) -> String {
        let phone = match &self.enrolled {
            Some(enrolled) => &enrolled.phone,
            None => self.phone.as_ref().expect("a phone"),
        };
        phone.code(self.world.clock.seconds())
    }

    /// Takes the step. `Ok(true)` is its good answer, `Ok(false)` any other.
    async fn take(&self, step: Step) -> Result<bool, Fault> {
        let (auth, tenant, ticket) = (&self.world.auth, self.tenant, self.ticket.as_str());
        let new = || password(OTHER);
        Ok(match step {
            Step::Request => {
                let client = Client::at([192, 0, 2, 1].into());
                auth.request_reset(tenant, &login("demo"), &client).await?;
                true
            }
            Step::InspectLink => matches!(
                auth.inspect_reset(tenant, &self.link).await?,
                ResetInspection::Open(_)
            ),
            Step::Complete => matches!(
                auth.complete_reset(tenant, &self.link, new()).await?,
                ResetCompletion::Changed
            ),
            Step::SignInToEnrol => matches!(
                auth.sign_in(tenant, &login("demo"), password(GOOD), &NOBODY)
                    .await?,
                SignIn::Enrol(_)
            ),
            Step::SignInToVerify => matches!(
                auth.sign_in(tenant, &login("demo"), password(GOOD), &NOBODY)
                    .await?,
                SignIn::Verify(_)
            ),
            Step::InspectTicket => auth.inspect_ticket(tenant, ticket).await?.is_some(),
            Step::BeginEnrolment => matches!(
                auth.begin_enrolment(tenant, ticket).await?,
                Enrolment::OnScreen(_)
            ),
            Step::InspectEnrolment => auth.inspect_enrolment(tenant, ticket).await?.is_some(),
            Step::ResendEnrolment => matches!(
                auth.resend_enrolment(tenant, ticket).await?,
                EnrolmentResent::Mailed
            ),
            Step::ConfirmEnrolment => matches!(
                auth.confirm_enrolment(tenant, ticket, &self.code(), &Default::default())
                    .await?,
                EnrolmentConfirmation::SignedIn { .. }
            ),
            Step::VerifyCode => matches!(
                auth.verify_code(tenant, ticket, &self.code()).await?,
                CodeVerification::SignedIn { .. }
            ),
            Step::RedeemRecoveryCode => {
                let code = &self.enrolled.as_ref().expect("codes").recovery_codes[0];
                matches!(
                    auth.redeem_recovery_code(tenant, ticket, code).await?,
                    RecoveryCodeRedemption::SignedIn { remaining: 9, .. }
                )
            }
            Step::SetPassword => matches!(
                auth.set_password(tenant, "id-demo", new()).await?,
                PasswordSetting::Changed { .. }
            ),
            Step::ChangePassword => matches!(
                auth.change_password(tenant, "id-demo", password(GOOD), new())
                    .await?,
                PasswordChange::Changed { .. }
            ),
            Step::RevokeAccess => auth.revoke_access(tenant, "id-demo").await? == 2,
            Step::SessionStands => auth.session_stands(tenant, "id-demo", 1).await?,
        })
    }

    /// Everything that the store knows of the account, budgets aside.
    async fn rows(&self) -> String {
        let account = AccountKey::new(self.tenant, "id-demo").unwrap();
        let (store, now) = (&self.inner, self.world.clock.seconds());
        let credential = store.credential(&account).await.unwrap();
        let authenticators = store.authenticators(&account).await.unwrap();
        let pending = store.pending_enrolment(&account, now).await.unwrap();
        let codes = store.recovery_codes_left(&account).await.unwrap();
        let past = store.password_history(&account, 9).await.unwrap();
        let trail = store.audit_trail(self.tenant, 0, 100).await.unwrap();
        let link = match self.hash(Purpose::PASSWORD_RESET, &self.link) {
            Some(token) => store.find_reset(self.tenant, token, now).await.unwrap(),
            None => None,
        };
        let ticket = match self.hash(Purpose::SIGN_IN, &self.ticket) {
            Some(token) => store.find_ticket(self.tenant, token, now).await.unwrap(),
            None => None,
        };
        format!(
            "{credential:?} {past:?} {authenticators:?} {pending:?} {codes} {trail:?} {link:?} {ticket:?}"
        )
    }

    fn hash(&self, purpose: Purpose, token: &str) -> Option<TokenHash> {
        let scope = TokenScope::new(purpose, self.tenant);
        let now = self.world.clock.seconds();
        let proof = slotwerk::reset::inspect(&ring(), &scope, token, now).ok()?;
        Some(TokenHash(*proof.selector_hash().as_bytes()))
    }

    /// Begins again from the sign-in page, or from "forgot password", as a person would.
    async fn the_person_gets_in(&self) {
        let (world, tenant) = (&self.world, self.tenant);
        let demo = login("demo");
        let sign_in =
            |text: &'static str| world.auth.sign_in(tenant, &demo, password(text), &NOBODY);
        let mut answer = sign_in(GOOD).await.unwrap();
        if matches!(answer, SignIn::Rejected { .. }) {
            answer = sign_in(OTHER).await.unwrap();
        }
        if matches!(answer, SignIn::Rejected { .. }) {
            let token = world.mailed_token(tenant, "demo").await;
            let done = world
                .auth
                .complete_reset(tenant, &token, password(GOOD))
                .await
                .unwrap();
            assert!(matches!(done, ResetCompletion::Changed));
            answer = sign_in(GOOD).await.unwrap();
        }
        // The next code, in case this one was burnt in an answer that got lost.
        world.advance(30);
        match answer {
            SignIn::Enrol(ticket) => {
                let ticket = ticket.expose();
                let seen = world.auth.begin_enrolment(tenant, ticket).await.unwrap();
                assert!(!matches!(seen, Enrolment::TicketDead));
                let Some(phone) = self.phone_of(seen) else {
                    return;
                };
                let code = phone.code(world.clock.seconds());
                let done = world
                    .auth
                    .confirm_enrolment(tenant, ticket, &code, &Default::default())
                    .await;
                let done = done.unwrap();
                assert!(
                    matches!(done, EnrolmentConfirmation::SignedIn { .. }),
                    "{done:?}"
                );
            }
            SignIn::Verify(ticket) => {
                let done = world
                    .auth
                    .verify_code(tenant, ticket.expose(), &self.code())
                    .await
                    .unwrap();
                assert!(
                    matches!(done, CodeVerification::SignedIn { .. }),
                    "{done:?}"
                );
            }
            other => panic!("{other:?}"),
        }
    }

    fn phone_of(&self, seen: Enrolment) -> Option<Phone> {
        match seen {
            Enrolment::OnScreen(material) => Some(Phone::scan(material.uri.expose())),
            _ => None,
        }
    }
}

fn is_a_verdict(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::SignInRejected(_)
            | EventKind::CodeRejected(_)
            | EventKind::ResetLinkDead(_)
            | EventKind::PasswordRefused
            | EventKind::SignedIn(_)
            | EventKind::PasswordReset
            | EventKind::PasswordChanged
            | EventKind::AuthenticatorAdded
            | EventKind::AccessRevoked
    )
}

#[tokio::test]
async fn the_table_of_calls_is_complete_and_each_step_succeeds_without_faults() {
    for (step, calls) in STEPS {
        let scene = Scene::before(step).await;
        let before = scene.faulty.calls();
        assert!(scene.take(step).await.unwrap(), "{step:?}");
        let made = scene.faulty.calls() - before;
        assert_eq!(made, calls.len() as u64, "calls of {step:?}");
    }
}

#[tokio::test]
async fn a_fault_before_a_command_is_a_fault_changes_nothing_and_the_same_step_then_succeeds() {
    for (step, calls) in STEPS {
        for (n, (call, loudness)) in (1..).zip(calls) {
            if *loudness == Quiet {
                continue;
            }
            for kind in [
                ErrorKind::Unavailable,
                ErrorKind::Conflict,
                ErrorKind::Corrupt,
            ] {
                let scene = Scene::before(step).await;
                let (rows, heard) = (scene.rows().await, scene.world.kinds().len());
                scene.faulty.fail_call(n, Strike::Before, kind);
                let answer = scene.take(step).await;
                let at = format!("{step:?}, {call}, {kind:?}: {answer:?}");
                assert!(
                    matches!(&answer, Err(Fault::Store(error)) if error.kind() == kind),
                    "{at}"
                );
                assert_eq!(scene.rows().await, rows, "{at}");
                let heard = &scene.world.kinds()[heard..];
                assert!(!heard.iter().copied().any(is_a_verdict), "{at}: {heard:?}");
                assert!(scene.world.deliver().await.is_empty(), "{at}");
                assert!(scene.take(step).await.unwrap(), "{at}, and then again");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_gets_lost_is_a_fault_and_its_command_is_done_whole_or_not_at_all() {
    for (step, calls) in STEPS {
        let untroubled = Scene::before(step).await;
        assert!(untroubled.take(step).await.unwrap());
        let rows_after = untroubled.rows().await;
        let mails_after = untroubled.world.deliver().await.len();
        let mut lost_after_the_change = 0;
        for (n, (call, loudness)) in (1..).zip(calls) {
            if *loudness == Quiet {
                continue;
            }
            let scene = Scene::before(step).await;
            let (rows, heard) = (scene.rows().await, scene.world.kinds().len());
            scene
                .faulty
                .fail_call(n, Strike::After, ErrorKind::Unavailable);
            let answer = scene.take(step).await;
            let at = format!("{step:?}, {call}: {answer:?}");
            assert!(matches!(answer, Err(Fault::Store(_))), "{at}");
            let heard = &scene.world.kinds()[heard..];
            assert!(!heard.iter().copied().any(is_a_verdict), "{at}: {heard:?}");
            let found = scene.rows().await;
            if found == rows_after && n == last_loud(calls) {
                lost_after_the_change += 1;
                assert_eq!(scene.world.deliver().await.len(), mails_after, "{at}");
            } else {
                assert_eq!(found, rows, "{at}");
                assert!(scene.world.deliver().await.is_empty(), "{at}");
            }
            scene.the_person_gets_in().await;
        }
        assert_eq!(lost_after_the_change, 1, "{step:?} ends with its command");
    }
}

/// The number of the last call that a step depends on: the one that changes something, if any does.
fn last_loud(calls: &[(&str, Call)]) -> u64 {
    let last = calls.iter().rposition(|(_, call)| *call == Loud);
    last.expect("a step has such a call") as u64 + 1
}

#[tokio::test]
async fn a_fault_after_the_commit_leaves_success_a_success() {
    let mut tried = 0;
    for (step, calls) in STEPS {
        for (n, (call, loudness)) in (1..).zip(calls) {
            if *loudness == Loud {
                continue;
            }
            for strike in [Strike::Before, Strike::After] {
                let scene = Scene::before(step).await;
                scene.faulty.fail_call(n, strike, ErrorKind::Unavailable);
                let answer = scene.take(step).await;
                assert!(
                    matches!(answer, Ok(true)),
                    "{step:?}, {call}, {strike:?}: {answer:?}"
                );
                scene.the_person_gets_in().await;
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 20);
}

#[tokio::test]
async fn a_hash_that_cannot_be_upgraded_now_does_not_refuse_its_owner() {
    let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(faulty.clone());
    let weak = slotwerk::password::Hasher::builder()
        .params(slotwerk::password::Params::danger_weak(32, 1, 1).unwrap())
        .workers(1)
        .build()
        .unwrap();
    let command = slotwerk::store::ChangePassword {
        account: AccountKey::new("zuid", "id-demo").unwrap(),
        expected_version: 0,
        hash: weak
            .hash_blocking(password(GOOD), [3; 16])
            .unwrap()
            .as_str()
            .to_owned(),
        recheck: false,
        keep: slotwerk::store::KeepHistory::NOTHING,
        notice: None,
        subject: slotwerk::store::Subject([0; 32]),
        now: support::NOON,
    };
    let _ = faulty.change_password(&command).await.unwrap();
    // Credential, charge, and then the replacement.
    faulty.fail_call(3, Strike::Before, ErrorKind::Unavailable);
    world.enrol_ticket("zuid", "demo").await;
    assert_eq!(world.count(EventKind::HashUpgraded), 0);
    world.enrol_ticket("zuid", "demo").await;
    assert_eq!(world.count(EventKind::HashUpgraded), 1, "the next time");
}

#[tokio::test]
async fn a_worker_whose_store_fails_at_any_call_still_mails_a_link_that_opens() {
    // Lease, charge the account, charge the tenant, credential, issue, finish.
    const CALLS: u64 = 6;
    let scene = Scene::before(Step::Request).await;
    scene.take(Step::Request).await.unwrap();
    let before = scene.faulty.calls();
    assert_eq!(scene.world.auth.work_outbox().await.unwrap(), 1);
    assert_eq!(scene.faulty.calls() - before, CALLS);
    for n in 1..=CALLS {
        for strike in [Strike::Before, Strike::After] {
            let scene = Scene::before(Step::Request).await;
            let world = &scene.world;
            scene.take(Step::Request).await.unwrap();
            scene.faulty.fail_call(n, strike, ErrorKind::Unavailable);
            let at = format!("call {n}, {strike:?}");
            let worked = world.auth.work_outbox().await;
            match worked {
                Err(Fault::Store(_)) => assert!(n == 1 || n == CALLS, "{at}"),
                Ok(1) => assert_eq!(world.count(EventKind::MailPostponed), 1, "{at}"),
                other => panic!("{at}: {other:?}"),
            }
            // Past the first pause, and past a lease that was lost.
            for seconds in [5, 120] {
                world.advance(seconds);
                world.deliver().await;
            }
            let mails = world.mailer.sent();
            let twice = n == CALLS && strike == Strike::Before;
            assert_eq!(mails.len(), if twice { 2 } else { 1 }, "{at}");
            for mail in &mails {
                let seen = world.auth.inspect_reset("zuid", &token_in(mail)).await;
                let seen = seen.unwrap();
                assert!(matches!(seen, ResetInspection::Open(_)), "{at}: {seen:?}");
            }
            // And then it is over: nothing is mailed for ever.
            world.advance(24 * 60 * 60);
            assert!(world.deliver().await.is_empty(), "{at}");
            assert_eq!(world.count(EventKind::MailAbandoned), 0, "{at}");
        }
    }
}

#[tokio::test]
async fn a_worker_that_cannot_even_postpone_finds_the_job_again() {
    let scene = Scene::before(Step::Request).await;
    let world = &scene.world;
    scene.take(Step::Request).await.unwrap();
    world.mailer.fail_transiently(1);
    // Lease, charge twice, credential, issue; the mail fails; postpone.
    scene
        .faulty
        .fail_call(6, Strike::Before, ErrorKind::Unavailable);
    assert!(matches!(
        world.auth.work_outbox().await,
        Err(Fault::Store(_))
    ));
    assert!(world.deliver().await.is_empty(), "the lease holds");
    world.advance(120);
    assert_eq!(world.deliver().await.len(), 1);
}

#[tokio::test]
async fn without_entropy_every_step_is_a_fault_or_needs_none_and_changes_nothing() {
    for (step, _) in STEPS {
        let scene = Scene::before(step).await;
        let rows = scene.rows().await;
        scene.world.entropy.fail(true);
        let answer = scene.take(step).await;
        let needs_none = matches!(
            step,
            Step::InspectLink
                | Step::InspectTicket
                | Step::InspectEnrolment
                | Step::VerifyCode
                | Step::RevokeAccess
                | Step::SessionStands
        );
        if needs_none {
            assert!(matches!(answer, Ok(true)), "{step:?}: {answer:?}");
            continue;
        }
        assert!(
            matches!(answer, Err(Fault::Entropy(_))),
            "{step:?}: {answer:?}"
        );
        assert_eq!(scene.rows().await, rows, "{step:?}");
        scene.world.entropy.fail(false);
        assert!(scene.take(step).await.unwrap(), "{step:?}");
    }
}

#[tokio::test]
async fn without_its_directory_every_step_that_asks_it_is_a_fault_and_changes_nothing() {
    for (step, _) in STEPS {
        let scene = Scene::before(step).await;
        let (rows, heard) = (scene.rows().await, scene.world.kinds().len());
        scene.world.people.break_down();
        let answer = scene.take(step).await;
        if matches!(
            step,
            Step::Request | Step::RevokeAccess | Step::SessionStands
        ) {
            assert!(matches!(answer, Ok(true)), "{step:?}: {answer:?}");
            continue;
        }
        assert!(
            matches!(answer, Err(Fault::Directory(_))),
            "{step:?}: {answer:?}"
        );
        assert_eq!(scene.rows().await, rows, "{step:?}");
        let heard = &scene.world.kinds()[heard..];
        assert!(!heard.iter().copied().any(is_a_verdict), "{heard:?}");
        scene.world.people.recover();
        assert!(scene.take(step).await.unwrap(), "{step:?}");
    }
}
