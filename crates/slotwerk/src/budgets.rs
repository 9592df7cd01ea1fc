//! Clears attempt budgets for an operator: after a clock that was wrong, or after an attack.

use crate::admin::Admin;
use crate::auth::account_key;
use crate::client::Client;
use crate::directory::Login;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::scopes::{Guarded, attempt_key, audit_subject, secret_subject};
use slotwerk_keys::KeyRing;
use slotwerk_store::{AttemptKey, ClearAttempts, Store};
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
/// named by the active key at the time of a charge, so it looks under every usable key of the ring.
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
    now: Duration,
) -> Result<u64, Fault> {
    let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    let names = names(store, tenant, whose, now.as_secs()).await?;
    let command = ClearAttempts {
        tenant: tenant.to_owned(),
        keys: under_every_key(keys, tenant, &names)?,
        subject: subject(keys, tenant, whose),
        now_ms,
    };
    Ok(store.clear_attempts(&command).await?)
}

impl Admin<'_> {
    /// Clears the budgets of an account, a login name, a client's address or the tenant: see
    /// [`clear_budgets`].
    ///
    /// An account includes the budgets of its login name, and a login name includes the budgets of the
    /// account that has it.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    pub async fn clear_budgets(&self, whose: BudgetsOf<'_>) -> Result<u64, Fault> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let clear = |whose| {
            let now = (inner.clock)();
            clear_budgets(inner.store.as_ref(), &inner.keys, tenant, whose, now)
        };
        let mut cleared = clear(whose).await?;
        let mut of = None;
        match whose {
            BudgetsOf::Account(account) => {
                of = Some(account.to_owned());
                let found = inner.directory.get(tenant, account).await;
                let login = found
                    .map_err(Fault::Directory)?
                    .map(|account| account.login);
                if let Some(login) = login.and_then(|login| Login::parse(&login).ok()) {
                    cleared = cleared.saturating_add(clear(BudgetsOf::Login(&login)).await?);
                }
            }
            BudgetsOf::Login(login) => {
                if let Some(account) = inner.find_account(tenant, login).await? {
                    let rest = clear(BudgetsOf::Account(&account.id)).await?;
                    cleared = cleared.saturating_add(rest);
                    of = Some(account.id);
                }
            }
            BudgetsOf::Client(_) | BudgetsOf::Tenant => {}
        }
        inner.emit(tenant, of.as_deref(), EventKind::BudgetsCleared);
        Ok(cleared)
    }
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
