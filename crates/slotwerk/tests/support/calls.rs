//! The facade's calls by tenant, ticket and text: what a host does between two requests, in one call each.

use super::desk;
use slotwerk::password::{Password, PasswordHash};
use slotwerk::store::{AccountKey, MailState, Store};
use slotwerk::{
    Auth, AuthenticatorId, AuthenticatorName, BudgetsOf, ChangePasswordOutcome, CheckOutcome,
    Client, Code, CodeOutcome, CompleteOutcome, ConfirmOutcome, EnrolmentOutcome, Fault, Grant,
    ImportHashOutcome, KnownBrowser, Login, ManageOutcome, Managing, NewAndCurrent,
    NewAuthenticator, NotMeToken, OpenNotMeOutcome, OpenOutcome, PasswordRules, RecoveryCode,
    RecoveryCodeOutcome, RemoveOutcome, RenameOutcome, RenewOutcome, ReportOutcome,
    RequestAccepted, ResetToken, SecondFactorSummary, Session, SessionState, SetPasswordOutcome,
    SetUp, SignInOutcome, Step, StepError, Ticket, Verification,
};
use std::sync::Arc;
use std::time::Duration;

/// What a ticket asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextStep {
    Enrol,
    Verify,
    Manage,
}

#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) auth: Auth,
    pub(crate) store: Arc<dyn Store>,
}

impl std::ops::Deref for Calls {
    type Target = Auth;

    fn deref(&self) -> &Auth {
        &self.auth
    }
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.auth.fmt(f)
    }
}

/// The session is over.
#[derive(Debug)]
pub(crate) struct Ended;

impl Calls {
    pub(crate) async fn request_reset(
        &self,
        tenant: &str,
        login: &Login,
        client: &Client,
    ) -> Result<RequestAccepted, Fault> {
        let tenant = self.tenant(tenant).await?;
        tenant.recovery().request(login, client).await
    }

    pub(crate) async fn inspect_reset(
        &self,
        tenant: &str,
        token: &str,
    ) -> Result<OpenOutcome, Fault> {
        let tenant = self.tenant(tenant).await?;
        tenant.recovery().open(&ResetToken::from_text(token)).await
    }

    pub(crate) async fn complete_reset(
        &self,
        tenant: &str,
        token: &str,
        new: Password,
    ) -> Result<CompleteOutcome, Fault> {
        match self.inspect_reset(tenant, token).await? {
            OpenOutcome::Open(link) => link.complete(new).await,
            OpenOutcome::Invalid => Ok(CompleteOutcome::Invalid),
        }
    }

    pub(crate) async fn inspect_not_me(
        &self,
        tenant: &str,
        handle: &str,
        token: &str,
    ) -> Result<OpenNotMeOutcome, Fault> {
        let tenant = self.tenant(tenant).await?;
        let token = NotMeToken::from_path(&format!("{handle}/{token}"));
        tenant.recovery().open_not_me(&token).await
    }

    pub(crate) async fn report_not_me(
        &self,
        tenant: &str,
        handle: &str,
        token: &str,
    ) -> Result<ReportOutcome, Fault> {
        match self.inspect_not_me(tenant, handle, token).await? {
            OpenNotMeOutcome::Open(link) => link.report().await,
            OpenNotMeOutcome::Invalid => Ok(ReportOutcome::Invalid),
        }
    }

    pub(crate) async fn sign_in(
        &self,
        tenant: &str,
        login: &Login,
        password: Password,
        client: &Client,
    ) -> Result<SignInOutcome, Fault> {
        let tenant = self.tenant(tenant).await?;
        tenant.sign_in(login, password, client).await
    }

    async fn step(&self, tenant: &str, ticket: &str) -> Result<Step, StepError> {
        let tenant = self.tenant(tenant).await?;
        tenant.resume(&Ticket::from_text(ticket)).await
    }

    pub(crate) async fn inspect_ticket(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<Option<NextStep>, Fault> {
        match self.step(tenant, ticket).await {
            Ok(Step::Enrol(_)) => Ok(Some(NextStep::Enrol)),
            Ok(Step::Verify(_)) => Ok(Some(NextStep::Verify)),
            Ok(Step::Manage(_)) => Ok(Some(NextStep::Manage)),
            Err(StepError::TicketInvalid) => Ok(None),
            Err(StepError::Fault(fault)) => Err(fault),
        }
    }

    async fn set_up(&self, tenant: &str, ticket: &str) -> Result<SetUp, StepError> {
        match self.step(tenant, ticket).await? {
            Step::Enrol(step) => Ok(step),
            Step::Manage(step) => Ok(step.set_up()),
            Step::Verify(_) => Err(StepError::TicketInvalid),
        }
    }

    pub(crate) async fn begin_enrolment(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<EnrolmentOutcome, StepError> {
        self.set_up(tenant, ticket).await?.begin().await
    }

    pub(crate) async fn inspect_enrolment(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<Option<EnrolmentOutcome>, StepError> {
        Ok(self.set_up(tenant, ticket).await?.pending().await?)
    }

    pub(crate) async fn enrolment_mail(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<Option<MailState>, StepError> {
        Ok(self.set_up(tenant, ticket).await?.mail_state().await?)
    }

    pub(crate) async fn resend_enrolment(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<EnrolmentOutcome, StepError> {
        self.set_up(tenant, ticket).await?.resend().await
    }

    pub(crate) async fn confirm_enrolment(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
        new: &NewAuthenticator,
    ) -> Result<ConfirmOutcome, StepError> {
        let code = Code::parse(code).unwrap();
        self.set_up(tenant, ticket).await?.confirm(&code, new).await
    }

    async fn verification(&self, tenant: &str, ticket: &str) -> Result<Verification, StepError> {
        match self.step(tenant, ticket).await? {
            Step::Verify(step) => Ok(step),
            Step::Enrol(_) | Step::Manage(_) => Err(StepError::TicketInvalid),
        }
    }

    pub(crate) async fn verify_code(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
    ) -> Result<CodeOutcome, StepError> {
        let code = Code::parse(code).unwrap();
        self.verification(tenant, ticket).await?.code(&code).await
    }

    pub(crate) async fn resynchronise(
        &self,
        tenant: &str,
        ticket: &str,
        first: &str,
        second: &str,
    ) -> Result<CodeOutcome, StepError> {
        let (first, second) = (Code::parse(first).unwrap(), Code::parse(second).unwrap());
        let step = self.verification(tenant, ticket).await?;
        step.two_codes(&first, &second).await
    }

    pub(crate) async fn redeem_recovery_code(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
    ) -> Result<RecoveryCodeOutcome, StepError> {
        let code = RecoveryCode::parse(code).unwrap();
        let step = self.verification(tenant, ticket).await?;
        step.recovery_code(&code).await
    }

    /// `Ended` where the session that the grant begins is over by now.
    pub(crate) async fn manage(
        &self,
        grant: &Grant,
    ) -> Result<Result<ManageOutcome, Ended>, Fault> {
        let state = SessionState::begin(grant);
        let tenant = self.tenant(&tenant_of(grant)).await?;
        match tenant.check(&state).await? {
            CheckOutcome::Valid(session) => Ok(Ok(session.manage().await?)),
            CheckOutcome::Ended => Ok(Err(Ended)),
        }
    }

    async fn managing(&self, tenant: &str, ticket: &str) -> Result<Managing, StepError> {
        match self.step(tenant, ticket).await? {
            Step::Manage(step) => Ok(step),
            Step::Enrol(_) | Step::Verify(_) => Err(StepError::TicketInvalid),
        }
    }

    pub(crate) async fn rename_authenticator(
        &self,
        tenant: &str,
        ticket: &str,
        authenticator: AuthenticatorId,
        name: &AuthenticatorName,
    ) -> Result<RenameOutcome, StepError> {
        let step = self.managing(tenant, ticket).await?;
        step.rename(authenticator, name).await
    }

    pub(crate) async fn remove_authenticator(
        &self,
        tenant: &str,
        ticket: &str,
        authenticator: AuthenticatorId,
    ) -> Result<RemoveOutcome, StepError> {
        let step = self.managing(tenant, ticket).await?;
        step.remove(authenticator).await
    }

    pub(crate) async fn renew_recovery_codes(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<RenewOutcome, StepError> {
        let step = self.managing(tenant, ticket).await?;
        step.renew_recovery_codes().await
    }

    /// The stored state of a session of this account that began under this epoch.
    pub(crate) fn state(&self, tenant: &str, account: &str, epoch: u64) -> SessionState {
        let stored = format!(
            r#"{{"version":1,"tenant":"{tenant}","account":"{account}","epoch":{epoch},
                "standing":"good","password_at":0,"second_factor_at":null}}"#
        );
        serde_json::from_str(&stored).unwrap()
    }

    /// A session of this account that began just now, if the account may have one.
    pub(crate) async fn session(
        &self,
        tenant: &str,
        account: &str,
    ) -> Result<Option<Session>, Fault> {
        let key = AccountKey::new(tenant, account).unwrap();
        let epoch = self.store.credential(&key).await?.epoch;
        let state = self.state(tenant, account, epoch);
        match self.tenant(tenant).await?.check(&state).await? {
            CheckOutcome::Valid(session) => Ok(Some(session)),
            CheckOutcome::Ended => Ok(None),
        }
    }

    pub(crate) async fn session_stands(
        &self,
        tenant: &str,
        account: &str,
        epoch: u64,
    ) -> Result<bool, Fault> {
        let state = self.state(tenant, account, epoch);
        let check = self.tenant(tenant).await?.check(&state).await?;
        Ok(matches!(check, CheckOutcome::Valid(_)))
    }

    pub(crate) async fn password_rules(
        &self,
        tenant: &str,
        account: &str,
    ) -> Result<Option<PasswordRules>, Fault> {
        let session = self.session(tenant, account).await?;
        session.map(|session| session.password_rules()).transpose()
    }

    pub(crate) async fn change_password(
        &self,
        tenant: &str,
        account: &str,
        current: Password,
        new: Password,
        client: &Client,
    ) -> Result<ChangePasswordOutcome, Fault> {
        let session = self.session(tenant, account).await?.expect("a session");
        let passwords = NewAndCurrent { current, new };
        session.change_password(passwords, client).await
    }

    pub(crate) async fn second_factor(
        &self,
        tenant: &str,
        account: &str,
    ) -> Result<SecondFactorSummary, Fault> {
        let tenant = self.tenant(tenant).await?;
        self.auth.admin(&tenant).second_factor(account).await
    }

    pub(crate) async fn set_password(
        &self,
        tenant: &str,
        account: &str,
        new: Password,
    ) -> Result<SetPasswordOutcome, Fault> {
        let tenant = self.tenant(tenant).await?;
        self.auth.admin(&tenant).set_password(account, new).await
    }

    pub(crate) async fn import_hash(
        &self,
        tenant: &str,
        account: &str,
        hash: &PasswordHash,
    ) -> Result<ImportHashOutcome, Fault> {
        let tenant = self.tenant(tenant).await?;
        self.auth.admin(&tenant).import_hash(account, hash).await
    }

    pub(crate) async fn revoke_access(&self, tenant: &str, account: &str) -> Result<u64, Fault> {
        let tenant = self.tenant(tenant).await?;
        let admin = self.auth.admin(&tenant);
        admin.revoke_access(account, &desk()).await
    }

    pub(crate) async fn forget_second_factor(
        &self,
        tenant: &str,
        account: &str,
    ) -> Result<u64, Fault> {
        let tenant = self.tenant(tenant).await?;
        let admin = self.auth.admin(&tenant);
        admin.forget_second_factor(account, &desk()).await
    }

    pub(crate) async fn recovery_codes_left(
        &self,
        tenant: &str,
        account: &str,
    ) -> Result<u32, Fault> {
        let tenant = self.tenant(tenant).await?;
        self.auth.admin(&tenant).recovery_codes_left(account).await
    }

    pub(crate) async fn clear_budgets(
        &self,
        tenant: &str,
        whose: BudgetsOf<'_>,
    ) -> Result<u64, Fault> {
        let tenant = self.tenant(tenant).await?;
        self.auth.admin(&tenant).clear_budgets(whose, &desk()).await
    }

    pub(crate) async fn known_browser(&self, grant: &Grant) -> Result<KnownBrowser, Fault> {
        let tenant = self.tenant(&tenant_of(grant)).await?;
        tenant.known_browser(grant)
    }

    pub(crate) async fn run_outbox<S, F>(&self, sleep: S, stop: impl Future<Output = ()>)
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        self.worker().run(sleep, stop).await;
    }

    pub(crate) async fn work_outbox(&self) -> Result<usize, Fault> {
        self.worker().work_off_one().await
    }

    pub(crate) async fn purge(&self) -> Result<u64, Fault> {
        self.worker().purge().await
    }
}

/// The tenant of a session that this grant begins, from the form that a host stores.
pub(crate) fn tenant_of(grant: &Grant) -> String {
    let stored = serde_json::to_value(SessionState::begin(grant)).unwrap();
    stored["tenant"].as_str().unwrap().to_owned()
}

/// What a step answered; `None` if its ticket was over.
pub(crate) fn answered<T>(answer: Result<T, StepError>) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer),
        Err(StepError::TicketInvalid) => None,
        Err(StepError::Fault(fault)) => panic!("{fault:?}"),
    }
}

/// The fault that a step failed with.
pub(crate) fn fault_of<T: std::fmt::Debug>(answer: Result<T, StepError>) -> Fault {
    match answer {
        Err(StepError::Fault(fault)) => fault,
        other => panic!("expected a fault, got {other:?}"),
    }
}

/// The epoch of a session that this grant begins.
pub(crate) fn epoch_of(grant: &Grant) -> u64 {
    let stored = serde_json::to_value(SessionState::begin(grant)).unwrap();
    stored["epoch"].as_u64().unwrap()
}
