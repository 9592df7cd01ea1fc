//! The host's user table.

use super::LONG_NAME;
use slotwerk::{Account, Directory, DirectoryError, Login};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Three people and one with a long name, in every tenant, until told otherwise.
#[derive(Clone, Default)]
pub(crate) struct People(Arc<Mutex<Changes>>);

#[derive(Default)]
struct Changes {
    mail: Option<String>,
    login: Option<String>,
    shared_mail: Option<String>,
    notice_addresses: Vec<String>,
    groups: HashMap<String, String>,
    disabled: bool,
    broken: bool,
    on_find: Option<Arc<dyn Fn() + Send + Sync>>,
    look_ups: usize,
}

impl People {
    pub(crate) fn move_mail_to(&self, mail: &str) {
        self.0.lock().unwrap().mail = Some(mail.to_owned());
    }

    /// Another stored login name for the account `demo`, which is found by both.
    pub(crate) fn rename_demo(&self, login: &str) {
        self.0.lock().unwrap().login = Some(login.to_owned());
    }

    pub(crate) fn disable_demo(&self) {
        self.0.lock().unwrap().disabled = true;
    }

    /// From now on these rules hold for everybody with this login name, in every tenant.
    pub(crate) fn put_in_group(&self, name: &str, group: &str) {
        let groups = &mut self.0.lock().unwrap().groups;
        groups.insert(name.to_owned(), group.to_owned());
    }

    pub(crate) fn take_out_of_groups(&self, name: &str) {
        self.0.lock().unwrap().groups.remove(name);
    }

    /// One mailbox for everybody, in every tenant.
    pub(crate) fn share_mail(&self, mail: &str) {
        self.0.lock().unwrap().shared_mail = Some(mail.to_owned());
    }

    /// Further addresses for the notices about the account `demo`.
    pub(crate) fn notify_demo_at(&self, addresses: &[&str]) {
        let addresses = addresses.iter().map(|&one| one.to_owned()).collect();
        self.0.lock().unwrap().notice_addresses = addresses;
    }

    /// Runs this whenever somebody is looked up by name: in the midst of a sign-in.
    pub(crate) fn on_find(&self, hook: impl Fn() + Send + Sync + 'static) {
        self.0.lock().unwrap().on_find = Some(Arc::new(hook));
    }

    pub(crate) fn break_down(&self) {
        self.0.lock().unwrap().broken = true;
    }

    pub(crate) fn recover(&self) {
        self.0.lock().unwrap().broken = false;
    }

    /// How often somebody was looked up, by name or by id.
    pub(crate) fn look_ups(&self) -> usize {
        self.0.lock().unwrap().look_ups
    }

    fn all(&self, tenant: &str) -> Result<Vec<Account>, DirectoryError> {
        let mut changes = self.0.lock().unwrap();
        changes.look_ups += 1;
        if changes.broken {
            return Err("the user table is away".into());
        }
        let mut people = Vec::new();
        for name in ["demo", "other", "disabled"] {
            let mut account = Account::new(
                format!("id-{name}"),
                name,
                format!("{name}@{tenant}.example"),
            );
            account.group = changes.groups.get(name).cloned();
            account.enabled = name != "disabled" && !(name == "demo" && changes.disabled);
            if name == "demo" {
                account.notice_addresses = changes.notice_addresses.clone();
            }
            if let (Some(mail), "demo") = (&changes.mail, name) {
                account.mail = mail.clone();
            }
            if let (Some(login), "demo") = (&changes.login, name) {
                account.login = login.clone();
            }
            if let Some(mail) = &changes.shared_mail {
                account.mail = mail.clone();
            }
            people.push(account);
        }
        let mut lange = Account::new("k7f3", LONG_NAME, format!("sv-mailbox@{tenant}.example"));
        lange.attributes = vec!["Lange Gebruikersnaam".to_owned()];
        people.push(lange);
        Ok(people)
    }
}

#[slotwerk::async_trait]
impl Directory for People {
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        let hook = self.0.lock().unwrap().on_find.clone();
        if let Some(hook) = hook {
            hook();
        }
        let is_wanted = |account: &Account| {
            let own = Login::parse(&account.login);
            own.is_ok_and(|own| own.folded() == login.folded())
                || account.id == format!("id-{}", login.folded())
        };
        Ok(self.all(tenant)?.into_iter().find(is_wanted))
    }

    async fn get(&self, tenant: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        Ok(self
            .all(tenant)?
            .into_iter()
            .find(|account| account.id == id))
    }
}
