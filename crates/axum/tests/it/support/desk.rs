//! A help desk: an administrator who is signed in, a colleague, and a person who needs help.

use super::{Browser, LOGIN, PASSWORD, Service};
use slotwerk::password::Password;
use slotwerk::{
    Account, Client, DirectoryError, Login, SignInOutcome, TestAuth, TrailPage, TrailQuery,
    async_trait,
};
use slotwerk_axum::{DeskAct, DeskGate};
use std::sync::{Arc, Mutex};

pub(crate) const ALL_ACTS: [DeskAct; 9] = [
    DeskAct::Find,
    DeskAct::Unlock,
    DeskAct::ResetSecondFactor,
    DeskAct::RequireNewPassword,
    DeskAct::Invite,
    DeskAct::EndSessions,
    DeskAct::ListSecondFactors,
    DeskAct::ReadTrail,
    DeskAct::SeeRules,
];

/// The person who needs help.
pub(crate) const PERSON: &str = "3";

/// Roles of the host. Clones share them. The accounts 1 and 2 are administrators of the tenant `test`.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Mutex<Roles>>);

#[derive(Default)]
struct Roles {
    refused: Vec<DeskAct>,
    dismissed: Vec<String>,
    second_approver: bool,
    is_away: bool,
}

impl Gate {
    /// The acts that nobody may do from now on.
    pub(crate) fn refuse(&self, acts: &[DeskAct]) {
        self.0.lock().unwrap().refused = acts.to_vec();
    }

    /// This account is no administrator any more.
    pub(crate) fn dismiss(&self, account: &str) {
        self.0.lock().unwrap().dismissed.push(account.to_owned());
    }

    pub(crate) fn ask_for_approval(&self) {
        self.0.lock().unwrap().second_approver = true;
    }

    pub(crate) fn set_away(&self, is_away: bool) {
        self.0.lock().unwrap().is_away = is_away;
    }
}

#[async_trait]
impl DeskGate for Gate {
    async fn allows(
        &self,
        tenant: &str,
        person: &Account,
        act: DeskAct,
    ) -> Result<bool, DirectoryError> {
        let roles = self.0.lock().unwrap();
        if roles.is_away {
            return Err("the roles are away".into());
        }
        let is_administrator = ["1", "2"].contains(&person.id.as_str());
        let is_dismissed = roles.dismissed.contains(&person.id);
        Ok(tenant == TestAuth::TENANT
            && is_administrator
            && !is_dismissed
            && !roles.refused.contains(&act))
    }

    fn second_approver(&self, _: &str) -> bool {
        self.0.lock().unwrap().second_approver
    }

    async fn staff(&self, _: &str) -> Result<Vec<Account>, DirectoryError> {
        Ok(vec![account("1", LOGIN), account("2", "colleague")])
    }
}

pub(crate) fn account(id: &str, login: &str) -> Account {
    Account::new(id, login, format!("{login}@host.example"))
}

pub(crate) struct Office {
    pub(crate) service: Service,
    pub(crate) gate: Gate,
    /// The administrator's browser, signed in.
    pub(crate) admin: Browser,
    /// The secret of the administrator's app.
    pub(crate) secret: String,
}

impl Office {
    pub(crate) async fn new() -> Self {
        let gate = Gate::default();
        let own = gate.clone();
        let service = Service::with(|web| web.json_api(true).help_desk(Arc::new(own)));
        service.test.people.add(account("2", "colleague"));
        service.test.people.add(account(PERSON, "anna"));
        let mut admin = service.browser();
        let secret = service.enrol(&mut admin, LOGIN).await;
        service.test.deliver().await.unwrap();
        Self {
            service,
            gate,
            admin,
            secret,
        }
    }

    /// Signs the person in for the first time. Returns their browser.
    pub(crate) async fn enrol_person(&self) -> Browser {
        self.enrolled("anna").await
    }

    /// Signs the second administrator in.
    pub(crate) async fn colleague(&self) -> Browser {
        self.enrolled("colleague").await
    }

    async fn enrolled(&self, login: &str) -> Browser {
        let mut browser = self.service.browser();
        self.service.enrol(&mut browser, login).await;
        self.service.test.deliver().await.unwrap();
        browser
    }

    /// The address of the person's account, as the search gives it.
    pub(crate) async fn find(&mut self) -> String {
        let answer = self.admin.send("desk", &[("login", "anna")]).await;
        let page = answer.location().strip_prefix("/test/").unwrap();
        page.to_owned()
    }

    /// Enters wrong passwords until the person is throttled.
    pub(crate) async fn lock_out(&self) {
        while self.sign_in("wrong").await {}
    }

    /// Whether the person's password is looked at.
    async fn sign_in(&self, password: &str) -> bool {
        let tenant = self.service.test.auth.tenant(TestAuth::TENANT).await;
        let tenant = tenant.unwrap();
        let login = Login::parse("anna").unwrap();
        let password = Password::new(password).unwrap();
        let outcome = tenant.sign_in(&login, password, &Client::unknown()).await;
        !matches!(outcome.unwrap(), SignInOutcome::Throttled(_))
    }

    pub(crate) async fn is_locked_out(&self) -> bool {
        !self.sign_in(PASSWORD).await
    }

    /// The kinds of the mails that left since.
    pub(crate) async fn mailed(&self) -> Vec<String> {
        let mails = self.service.test.deliver().await.unwrap();
        let to_person = mails
            .iter()
            .filter(|mail| mail.to().as_str() == "anna@host.example");
        to_person.map(|mail| mail.kind().to_owned()).collect()
    }

    /// The rows about the person that somebody else made, newest first: act, actor and reason.
    pub(crate) async fn trail(&self) -> Vec<(String, String, String)> {
        let page = self.whole_trail().await;
        let by_somebody = page.rows.into_iter().filter_map(|row| {
            let slotwerk::TrailSubject::Actor(actor) = row.actor? else {
                panic!("an actor that is not named")
            };
            let reason = row.reason.map(|reason| reason.as_str().to_owned());
            let act = row.kind.as_str().to_owned();
            Some((act, actor, reason.unwrap_or_default()))
        });
        by_somebody.collect()
    }

    async fn whole_trail(&self) -> TrailPage {
        let auth = &self.service.test.auth;
        let tenant = auth.tenant(TestAuth::TENANT).await.unwrap();
        let query = TrailQuery {
            about: Some(PERSON),
            actors: &["1", "2"],
            limit: 100,
            ..TrailQuery::default()
        };
        auth.admin(&tenant).audit_trail(&query).await.unwrap()
    }

    /// How many authenticators the person has.
    pub(crate) async fn authenticators(&self) -> usize {
        let auth = &self.service.test.auth;
        let tenant = auth.tenant(TestAuth::TENANT).await.unwrap();
        let report = auth.admin(&tenant).why_no_sign_in(PERSON, None).await;
        report.unwrap().authenticators
    }
}

/// A row of the trail.
pub(crate) fn row(act: &str, actor: &str, reason: &str) -> (String, String, String) {
    (act.to_owned(), actor.to_owned(), reason.to_owned())
}
