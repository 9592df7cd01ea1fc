//! Every step of the flow, a world just before it, and what it asks of the store.

use super::{
    Enrolled, GOOD, NOBODY, OTHER, Phone, World, answered, login, managing, password, ring,
};
use slotwerk::policy::PolicyDraft;
use slotwerk::reset::{Purpose, TokenScope};
use slotwerk::store::{AccountKey, MemoryStore, Store, TokenHash};
use slotwerk::{
    ActiveAuthenticator, ChangePasswordOutcome, CheckOutcome, Client, CodeOutcome, CompleteOutcome,
    ConfirmOutcome, EnrolmentOutcome, Fault, ManageOutcome, NewAndCurrent, NewAuthenticator,
    OpenOutcome, RecoveryCodeOutcome, RemoveOutcome, RenameOutcome, RenewOutcome,
    SetPasswordOutcome, SignInOutcome, StepError,
};
use slotwerk_testkit::FaultyStore;
use std::sync::Arc;

/// How far the clock of the phone is behind where that is what the step is about.
const BEHIND: u64 = 300;

/// What happens if a call fails.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Call {
    /// The step is a fault.
    Loud,
    /// The step has its answer already and keeps it.
    Quiet,
}

pub(crate) use Call::{Loud, Quiet};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
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
    SeeSecondFactor,
    Manage,
    AddAuthenticator,
    ReplaceAuthenticator,
    RenameAuthenticator,
    RemoveAuthenticator,
    RenewRecoveryCodes,
    Resynchronise,
    ForgetSecondFactor,
}

/// Every step with its calls of the store, in order.
pub(crate) const STEPS: [(Step, &[(&str, Call)]); 25] = [
    (
        Step::Request,
        &[("charge the client and the name", Loud), ("enqueue", Loud)],
    ),
    (Step::InspectLink, &[("find the link", Loud)]),
    (
        Step::Complete,
        &[
            ("find the link", Loud),
            ("read the credential", Loud),
            ("list authenticators", Loud),
            ("consume it", Loud),
        ],
    ),
    (
        Step::SignInToEnrol,
        &[
            ("read the credential", Loud),
            ("charge", Loud),
            ("list authenticators", Loud),
            ("open a ticket", Loud),
        ],
    ),
    (Step::InspectTicket, &[("find the ticket", Loud)]),
    (
        Step::BeginEnrolment,
        &[
            ("find the ticket", Loud),
            ("find the pending one", Loud),
            ("begin", Loud),
        ],
    ),
    (
        Step::InspectEnrolment,
        &[("find the ticket", Loud), ("find the pending one", Loud)],
    ),
    (
        Step::ResendEnrolment,
        &[
            ("find the ticket", Loud),
            ("charge", Loud),
            ("find the pending one", Loud),
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
        ],
    ),
    (
        Step::SignInToVerify,
        &[
            ("read the credential", Loud),
            ("charge", Loud),
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
        ],
    ),
    (
        Step::RedeemRecoveryCode,
        &[
            ("find the ticket", Loud),
            ("charge", Loud),
            ("find how the codes were hashed", Loud),
            ("list authenticators", Loud),
            ("spend it", Loud),
        ],
    ),
    (
        Step::SetPassword,
        &[("read the credential", Loud), ("change", Loud)],
    ),
    (
        Step::ChangePassword,
        &[
            ("check the session", Loud),
            ("read the credential", Loud),
            ("charge", Loud),
            ("read the earlier passwords", Loud),
            ("charge the comparison", Loud),
            ("change", Loud),
        ],
    ),
    (Step::RevokeAccess, &[("revoke", Loud)]),
    (Step::SessionStands, &[("read the credential", Loud)]),
    (
        Step::SeeSecondFactor,
        &[("list authenticators", Loud), ("count the codes", Loud)],
    ),
    (
        Step::Manage,
        &[
            ("check the session", Loud),
            ("list authenticators", Loud),
            ("open a ticket", Loud),
        ],
    ),
    (
        Step::AddAuthenticator,
        &[
            ("find the ticket", Loud),
            ("find the pending one", Loud),
            ("charge", Loud),
            ("confirm", Loud),
        ],
    ),
    (
        Step::ReplaceAuthenticator,
        &[
            ("find the ticket", Loud),
            ("find the pending one", Loud),
            ("charge", Loud),
            ("confirm", Loud),
        ],
    ),
    (
        Step::RenameAuthenticator,
        &[("find the ticket", Loud), ("rename", Loud)],
    ),
    (
        Step::RemoveAuthenticator,
        &[
            ("find the ticket", Loud),
            ("list authenticators", Loud),
            ("remove", Loud),
        ],
    ),
    (
        Step::RenewRecoveryCodes,
        &[("find the ticket", Loud), ("renew", Loud)],
    ),
    (
        Step::Resynchronise,
        &[
            ("find the ticket", Loud),
            ("list authenticators", Loud),
            ("charge", Loud),
            ("advance the step", Loud),
        ],
    ),
    (
        Step::ForgetSecondFactor,
        &[("revoke", Loud), ("lift the set-ups' budget", Quiet)],
    ),
];

/// A world just before a step, on a store that can be told to fail.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) faulty: Arc<FaultyStore>,
    inner: Arc<MemoryStore>,
    tenant: &'static str,
    link: String,
    ticket: String,
    enrolled: Option<Enrolled>,
    /// The phone that is being set up.
    phone: Option<Phone>,
    /// The authenticator that the step is about.
    only: Option<ActiveAuthenticator>,
}

impl Scene {
    pub(crate) async fn before(step: Step) -> Self {
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
            only: None,
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
                let mut tenant = super::zuid();
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
                    let Ok(EnrolmentOutcome::OnScreen(material)) = begun else {
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
                assert!(matches!(begun, Ok(EnrolmentOutcome::Mailed)));
                assert_eq!(world.deliver().await.len(), 1);
            }
            Step::SignInToVerify
            | Step::VerifyCode
            | Step::RedeemRecoveryCode
            | Step::SeeSecondFactor
            | Step::ForgetSecondFactor => {
                scene.enrolled = Some(world.enrolled("demo").await);
                scene.ticket = world.verify_ticket("zuid", "demo").await;
            }
            Step::Resynchronise => {
                scene.enrolled = Some(world.enrolled("demo").await);
                world.advance(2 * BEHIND);
                scene.ticket = world.verify_ticket("zuid", "demo").await;
            }
            Step::Manage
            | Step::AddAuthenticator
            | Step::ReplaceAuthenticator
            | Step::RenameAuthenticator
            | Step::RemoveAuthenticator
            | Step::RenewRecoveryCodes => {
                let enrolled = world.enrolled("demo").await;
                scene.ticket = managing::open(world, &enrolled.grant).await;
                scene.only = managing::active(world, "id-demo").await.pop();
                match step {
                    Step::RemoveAuthenticator => {
                        managing::added(world, &scene.ticket, "tablet").await;
                        world.deliver().await;
                        scene.only = managing::active(world, "id-demo").await.pop();
                    }
                    Step::AddAuthenticator | Step::ReplaceAuthenticator => {
                        scene.phone = Some(managing::scan(world, &scene.ticket).await);
                    }
                    _ => {}
                }
                scene.enrolled = Some(enrolled);
            }
        }
        scene
    }

    /// The phone that the step is about.
    fn code(&self) -> String {
        let phone = self.phone.as_ref().or(self.old_phone());
        phone.expect("a phone").code(self.world.clock.seconds())
    }

    fn old_phone(&self) -> Option<&Phone> {
        self.enrolled.as_ref().map(|enrolled| &enrolled.phone)
    }

    async fn set_up(&self, new: NewAuthenticator) -> Result<ConfirmOutcome, StepError> {
        let (auth, code) = (&self.world.auth, self.code());
        auth.confirm_enrolment(self.tenant, &self.ticket, &code, &new)
            .await
    }

    /// Takes the step. `Ok(true)` is its good answer, `Ok(false)` any other.
    pub(crate) async fn take(&self, step: Step) -> Result<bool, Fault> {
        match self.taken(step).await {
            Ok(is_good) => Ok(is_good),
            Err(StepError::TicketInvalid) => Ok(false),
            Err(StepError::Fault(fault)) => Err(fault),
        }
    }

    async fn taken(&self, step: Step) -> Result<bool, StepError> {
        let (auth, tenant, ticket) = (&self.world.auth, self.tenant, self.ticket.as_str());
        let new = || password(OTHER);
        let only = || self.only.as_ref().expect("an authenticator").id;
        Ok(match step {
            Step::Request => {
                let client = Client::at([192, 0, 2, 1].into());
                auth.request_reset(tenant, &login("demo"), &client).await?;
                true
            }
            Step::InspectLink => matches!(
                auth.inspect_reset(tenant, &self.link).await?,
                OpenOutcome::Open(_)
            ),
            Step::Complete => matches!(
                auth.complete_reset(tenant, &self.link, new()).await?,
                CompleteOutcome::Changed { .. }
            ),
            Step::SignInToEnrol => matches!(
                auth.sign_in(tenant, &login("demo"), password(GOOD), &NOBODY)
                    .await?,
                SignInOutcome::Enrol(_)
            ),
            Step::SignInToVerify => matches!(
                auth.sign_in(tenant, &login("demo"), password(GOOD), &NOBODY)
                    .await?,
                SignInOutcome::Verify(_)
            ),
            Step::InspectTicket => auth.inspect_ticket(tenant, ticket).await?.is_some(),
            Step::BeginEnrolment => matches!(
                auth.begin_enrolment(tenant, ticket).await?,
                EnrolmentOutcome::OnScreen(_)
            ),
            Step::InspectEnrolment => auth.inspect_enrolment(tenant, ticket).await?.is_some(),
            Step::ResendEnrolment => matches!(
                auth.resend_enrolment(tenant, ticket).await?,
                EnrolmentOutcome::Mailed
            ),
            Step::ConfirmEnrolment => matches!(
                auth.confirm_enrolment(tenant, ticket, &self.code(), &Default::default())
                    .await?,
                ConfirmOutcome::SignedIn { .. }
            ),
            Step::VerifyCode => matches!(
                auth.verify_code(tenant, ticket, &self.code()).await?,
                CodeOutcome::SignedIn { .. }
            ),
            Step::RedeemRecoveryCode => {
                let code = &self.enrolled.as_ref().expect("codes").recovery_codes[0];
                matches!(
                    auth.redeem_recovery_code(tenant, ticket, code).await?,
                    RecoveryCodeOutcome::SignedIn { remaining: 9, .. }
                )
            }
            Step::SetPassword => matches!(
                auth.set_password(tenant, "id-demo", new()).await?,
                SetPasswordOutcome::Changed { .. }
            ),
            Step::ChangePassword => {
                let state = auth.state(tenant, "id-demo", 1);
                let passwords = NewAndCurrent {
                    current: password(GOOD),
                    new: new(),
                };
                match auth.tenant(tenant).await?.check(&state).await? {
                    CheckOutcome::Valid(session) => matches!(
                        session.change_password(passwords, &NOBODY).await?,
                        ChangePasswordOutcome::Changed { .. }
                    ),
                    CheckOutcome::Ended => false,
                }
            }
            Step::RevokeAccess => auth.revoke_access(tenant, "id-demo").await? == 2,
            Step::SessionStands => auth.session_stands(tenant, "id-demo", 1).await?,
            Step::SeeSecondFactor => {
                let summary = auth.second_factor(tenant, "id-demo").await?;
                summary.authenticators.len() == 1 && summary.recovery_codes_left == 10
            }
            Step::Manage => {
                let grant = &self.enrolled.as_ref().expect("a grant").grant;
                matches!(auth.manage(grant).await?, Ok(ManageOutcome::Open(_)))
            }
            Step::AddAuthenticator => matches!(
                self.set_up(NewAuthenticator::default()).await?,
                ConfirmOutcome::Added
            ),
            Step::ReplaceAuthenticator => matches!(
                self.set_up(NewAuthenticator::default().replacing(only()))
                    .await?,
                ConfirmOutcome::Replaced { .. }
            ),
            Step::RenameAuthenticator => {
                let name = managing::name("phone");
                let renamed = auth.rename_authenticator(tenant, ticket, only(), &name);
                renamed.await? == RenameOutcome::Renamed
            }
            Step::RemoveAuthenticator => matches!(
                auth.remove_authenticator(tenant, ticket, only()).await?,
                RemoveOutcome::Removed { left: 1, .. }
            ),
            Step::RenewRecoveryCodes => matches!(
                auth.renew_recovery_codes(tenant, ticket).await?,
                RenewOutcome::Renewed(_)
            ),
            Step::Resynchronise => {
                let behind = self.world.clock.seconds() - BEHIND;
                let phone = self.old_phone().expect("a phone");
                let (first, second) = (phone.code(behind), phone.code(behind + 30));
                matches!(
                    auth.resynchronise(tenant, ticket, &first, &second).await?,
                    CodeOutcome::SignedIn { .. }
                )
            }
            Step::ForgetSecondFactor => auth.forget_second_factor(tenant, "id-demo").await? == 3,
        })
    }

    /// Everything that the store knows of the account, budgets aside.
    pub(crate) async fn rows(&self) -> String {
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
        Some(TokenHash(*proof.selector_hash_for(&scope).ok()?.as_bytes()))
    }

    /// Begins again from the sign-in page, or from "forgot password", as a person would.
    pub(crate) async fn the_person_gets_in(&self) {
        let (world, tenant) = (&self.world, self.tenant);
        let demo = login("demo");
        let sign_in =
            |text: &'static str| world.auth.sign_in(tenant, &demo, password(text), &NOBODY);
        let mut answer = sign_in(GOOD).await.unwrap();
        if matches!(
            answer,
            SignInOutcome::Rejected | SignInOutcome::Throttled(_)
        ) {
            answer = sign_in(OTHER).await.unwrap();
        }
        if matches!(
            answer,
            SignInOutcome::Rejected | SignInOutcome::Throttled(_)
        ) {
            let token = world.mailed_token(tenant, "demo").await;
            let done = world
                .auth
                .complete_reset(tenant, &token, password(GOOD))
                .await
                .unwrap();
            assert!(matches!(done, CompleteOutcome::Changed { .. }));
            answer = sign_in(GOOD).await.unwrap();
        }
        // The next code, in case this one was burnt in an answer that got lost.
        world.advance(30);
        match answer {
            SignInOutcome::Enrol(ticket) => {
                let ticket = ticket.ticket().expose();
                let seen = world.auth.begin_enrolment(tenant, ticket).await.unwrap();
                let Some(phone) = self.phone_of(seen) else {
                    return;
                };
                let code = phone.code(world.clock.seconds());
                let done = world
                    .auth
                    .confirm_enrolment(tenant, ticket, &code, &Default::default())
                    .await;
                let done = done.unwrap();
                assert!(matches!(done, ConfirmOutcome::SignedIn { .. }), "{done:?}");
            }
            SignInOutcome::Verify(ticket) => {
                // Whichever of the two it was left with.
                let mut done = Vec::new();
                for phone in self.old_phone().into_iter().chain(&self.phone) {
                    let code = phone.code(world.clock.seconds());
                    let answer = world
                        .auth
                        .verify_code(tenant, ticket.ticket().expose(), &code);
                    done.extend(answered(answer.await));
                }
                let signed_in = |done: &_| matches!(done, CodeOutcome::SignedIn { .. });
                assert!(done.iter().any(signed_in), "{done:?}");
            }
            other => panic!("{other:?}"),
        }
    }

    fn phone_of(&self, seen: EnrolmentOutcome) -> Option<Phone> {
        match seen {
            EnrolmentOutcome::OnScreen(material) => Some(Phone::scan(material.uri.expose())),
            _ => None,
        }
    }
}
