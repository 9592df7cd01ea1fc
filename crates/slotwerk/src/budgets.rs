//! Clears attempt budgets for an operator: after a clock that was wrong, or after an attack.

use crate::admin::{Admin, By};
use crate::auth::account_key;
use crate::client::Client;
use crate::directory::Login;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::scopes::{Guarded, attempt_key, audit_subject, secret_subject};
use slotwerk_keys::KeyRing;
use slotwerk_store::{AttemptKey, ClearAttempts, NewJob, Store};
use std::net::IpAddr;
use std::time::Duration;

/// Whose budgets to clear.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum BudgetsOf<'a> {
    /// An account: password, codes of each authenticator, recovery codes, set-up, mails, and comparisons
    /// with earlier passwords.
    Account(&'a str),
    /// A login name, whether or not somebody has it: sign-ins and requests for a link.
    Login(&'a Login),
    /// A client's address: sign-ins and requests for a link. An IPv6 address stands for its network of 64
    /// bits.
    Client(IpAddr),
    /// The tenant as a whole: mails with a link.
    Tenant,
}

/// Clears budgets without an [`Auth`](crate::Auth): for a tool that has the database and the key ring.
///
/// Pace, delays and failures in a row start afresh; failures in the life of an authenticator still
/// count. One row of the audit trail reports it. Returns how many budgets were cleared. Budgets are
/// named by the active key at the time of a charge, so it looks under every usable key of the ring. `by` names the
/// person in that row; `None` for a tool that does not know.
///
/// The budget of a known browser is named by the browser's token, so that it cannot be found here.
///
/// # Errors
///
/// A [`Fault`] of store or keys, or [`Fault::Unusable`] for an id that cannot exist; nothing has changed
/// then.
pub async fn clear_budgets(
    store: &dyn Store,
    keys: &KeyRing,
    tenant: &str,
    whose: BudgetsOf<'_>,
    by: Option<&By>,
    now: Duration,
) -> Result<u64, Fault> {
    clear(store, keys, tenant, &[whose], (by, None), now).await
}

impl Admin<'_> {
    /// Clears the budgets of an account, a login name, a client's address or the tenant: see
    /// [`clear_budgets`].
    ///
    /// This unlocks an account that is throttled or locked. An account includes the budgets of its login name, and a
    /// login name includes the budgets of the account that has it. [`why_no_sign_in`](Self::why_no_sign_in) shows what
    /// keeps a person out; an authenticator that is exhausted stays so, and the person needs another one. One command
    /// clears all of them, with one row of the trail, about the account where one is known.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_clear_budgets", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn clear_budgets(&self, whose: BudgetsOf<'_>, by: &By) -> Result<u64, Fault> {
        self.clear(whose, by, None).await
    }

    /// The same, with a notice to the person that is queued if a budget was cleared.
    pub(crate) async fn clear(
        &self,
        whose: BudgetsOf<'_>,
        by: &By,
        notice: Option<NewJob>,
    ) -> Result<u64, Fault> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let (account, login) = match whose {
            BudgetsOf::Account(account) => {
                let known = inner.directory.get(tenant, account).await;
                let login = known.map_err(Fault::Directory)?.map(|known| known.login);
                let login = login.and_then(|login| Login::parse(&login).ok());
                (Some(account.to_owned()), login)
            }
            BudgetsOf::Login(login) => {
                let known = inner.find_account(tenant, login).await?;
                (known.map(|known| known.id), Some(login.clone()))
            }
            BudgetsOf::Client(_) | BudgetsOf::Tenant => (None, None),
        };
        let of_account = account.as_deref().map(BudgetsOf::Account);
        let of_login = login.as_ref().map(BudgetsOf::Login);
        let mut all: Vec<_> = of_account.into_iter().chain(of_login).collect();
        if all.is_empty() {
            all.push(whose);
        }
        let (store, now) = (inner.store.as_ref(), (inner.clock)());
        let cleared = clear(store, &inner.keys, tenant, &all, (Some(by), notice), now).await?;
        inner.wake_outbox();
        inner.emit(tenant, account.as_deref(), EventKind::BudgetsCleared);
        Ok(cleared)
    }
}

/// Clears the budgets of all of these in one command. The row of the trail is about the first.
async fn clear(
    store: &dyn Store,
    keys: &KeyRing,
    tenant: &str,
    all: &[BudgetsOf<'_>],
    (by, notice): (Option<&By>, Option<NewJob>),
    now: Duration,
) -> Result<u64, Fault> {
    let mut budgets = Vec::new();
    for whose in all {
        budgets.extend(budget_keys(store, keys, tenant, *whose, now.as_secs()).await?);
    }
    let command = ClearAttempts {
        tenant: tenant.to_owned(),
        keys: budgets,
        notice,
        subject: subject(
            keys,
            tenant,
            all.first().copied().unwrap_or(BudgetsOf::Tenant),
        ),
        actor: by.map(|by| by.subject(keys, tenant)),
        reason: by.and_then(By::reason).cloned(),
        now_ms: u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
    };
    Ok(store.clear_attempts(&command).await?)
}

/// The budgets under every usable key of the ring.
pub(crate) async fn budget_keys(
    store: &dyn Store,
    keys: &KeyRing,
    tenant: &str,
    whose: BudgetsOf<'_>,
    now: u64,
) -> Result<Vec<AttemptKey>, Fault> {
    let names = names(store, tenant, whose, now).await?;
    under_every_key(keys, tenant, &names)
}

/// The parts of a budget's name, before a key makes it an [`AttemptKey`].
struct Name {
    guarded: Guarded,
    kind: &'static [u8],
    subject: Vec<u8>,
}

async fn names(
    store: &dyn Store,
    tenant: &str,
    whose: BudgetsOf<'_>,
    now: u64,
) -> Result<Vec<Name>, Fault> {
    let all = |guarded: &[Guarded], kind, subject: &[u8]| {
        let name = |guarded: &Guarded| Name {
            guarded: *guarded,
            kind,
            subject: subject.to_vec(),
        };
        guarded.iter().map(name).collect::<Vec<_>>()
    };
    Ok(match whose {
        BudgetsOf::Account(account) => {
            let key = account_key(tenant, account)?;
            let mut names = all(&Guarded::OF_ACCOUNT, b"account", account.as_bytes());
            let active = store.authenticators(&key).await?;
            let pending = store.pending_enrolment(&key, now).await?;
            let ids = active.iter().map(|authenticator| authenticator.id);
            for id in ids.chain(pending.map(|pending| pending.id)) {
                let subject = secret_subject(&key, id);
                names.extend(all(&[Guarded::Code], b"authenticator", &subject));
            }
            names
        }
        BudgetsOf::Login(login) => {
            let guarded = [Guarded::Password, Guarded::NameRequest];
            all(&guarded, b"login", login.folded().as_bytes())
        }
        BudgetsOf::Client(address) => {
            let guarded = [Guarded::ClientRequest, Guarded::ClientSignIn];
            let address = Client::at(address).budget_address();
            let text = address.map(|address| address.to_string());
            all(&guarded, b"client", text.unwrap_or_default().as_bytes())
        }
        BudgetsOf::Tenant => all(&[Guarded::TenantMail], b"tenant", b""),
    })
}

fn under_every_key(keys: &KeyRing, tenant: &str, names: &[Name]) -> Result<Vec<AttemptKey>, Fault> {
    let mut found = Vec::new();
    for id in keys.usable() {
        for name in names {
            let key = attempt_key(keys, id, name.guarded, tenant, name.kind, &name.subject);
            found.push(key?);
        }
    }
    Ok(found)
}

fn subject(keys: &KeyRing, tenant: &str, whose: BudgetsOf<'_>) -> slotwerk_store::Subject {
    match whose {
        BudgetsOf::Account(account) => audit_subject(keys, tenant, &[account.as_bytes()]),
        BudgetsOf::Login(login) => {
            audit_subject(keys, tenant, &[b"login", login.folded().as_bytes()])
        }
        BudgetsOf::Client(address) => {
            let address = Client::at(address).budget_address();
            let text = address.map(|address| address.to_string());
            audit_subject(
                keys,
                tenant,
                &[b"client", text.unwrap_or_default().as_bytes()],
            )
        }
        BudgetsOf::Tenant => audit_subject(keys, tenant, &[b"tenant", b""]),
    }
}
