//! "This was not me": what somebody does who gets a mail about a deed of somebody else's.

use crate::auth::{Auth, Inner, account_key};
use crate::directory::Account;
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use slotwerk_mail::ReportLink;
use slotwerk_reset::{
    AccountHandle, Credential, Lifetime, Link, Purpose, Token, TokenScope, inspect_storeless,
    issue_storeless, open_account, seal_account,
};
use slotwerk_store::{AccessRevoked, AccountKey, Forget, LinksRevoked, RevokeAccess, RevokeLinks};
use std::fmt;
use std::time::Duration;

/// What "this was not me" does. It depends on the mail, which says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotMeEffect {
    /// Under a mail with a link for a new password: every such link of the account is over. The password
    /// and whoever is signed in stay.
    LinksEnd,
    /// Under a mail about something that has happened: links, tickets and sessions are over, and the
    /// password works no longer. Only a newly mailed link sets another. Authenticators stay: who reads the
    /// mailbox must not be able to take the second factor away.
    AccountLocks,
}

/// What a link "this was not me" opens.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotMeInspection {
    /// It can be reported. Ask for it with a button: mail scanners open links, too.
    Open(OpenNotMe),
    /// The link is expired, outlived by a change, or none of ours. There is nothing left to end.
    Dead,
}

/// A live link "this was not me", seen without using it.
#[non_exhaustive]
pub struct OpenNotMe {
    /// What reporting does.
    pub effect: NotMeEffect,
    /// The name by which the person knows the account.
    pub login: String,
    /// BCP 47 tag of the account's language, if it has one.
    pub locale: Option<String>,
}

impl fmt::Debug for OpenNotMe {
    /// Shows the effect; nothing about the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenNotMe")
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}

/// The answer to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotMeReport {
    /// It is done.
    Done(NotMeEffect),
    /// The link is expired, outlived by a change, or none of ours; nothing has changed.
    Dead,
}

impl Auth {
    /// Looks at a link "this was not me" without using it: for the page that a GET shows. `handle` and
    /// `token` are the last two segments of its address, read without what mail programs add to them: see
    /// [`Token::from_pasted`].
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or directory.
    pub async fn inspect_not_me(
        &self,
        tenant: &str,
        handle: &str,
        token: &str,
    ) -> Result<NotMeInspection, Fault> {
        let Some(report) = self.live_report(tenant, handle, token).await? else {
            return Ok(NotMeInspection::Dead);
        };
        Ok(NotMeInspection::Open(OpenNotMe {
            effect: report.effect,
            login: report.account.login,
            locale: report.account.locale,
        }))
    }

    /// Does what the mail said: see [`NotMeEffect`].
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or directory; nothing has changed then.
    pub async fn report_not_me(
        &self,
        tenant: &str,
        handle: &str,
        token: &str,
    ) -> Result<NotMeReport, Fault> {
        let Some(report) = self.live_report(tenant, handle, token).await? else {
            return Ok(NotMeReport::Dead);
        };
        let inner = &self.inner;
        let done = match report.effect {
            NotMeEffect::LinksEnd => {
                let command = RevokeLinks {
                    expected_epoch: report.epoch,
                    subject: inner.subject(&report.key),
                    now: inner.now(),
                    account: report.key.clone(),
                };
                matches!(
                    inner.store.revoke_links(&command).await?,
                    LinksRevoked::Revoked { .. }
                )
            }
            NotMeEffect::AccountLocks => {
                let command = RevokeAccess {
                    expected_epoch: Some(report.epoch),
                    forget: Forget::Password,
                    notice: None,
                    subject: inner.subject(&report.key),
                    now: inner.now(),
                    account: report.key.clone(),
                };
                matches!(
                    inner.store.revoke_access(&command).await?,
                    AccessRevoked::Revoked { .. }
                )
            }
        };
        if !done {
            return Ok(NotMeReport::Dead);
        }
        let kind = EventKind::NotMe(report.effect);
        inner.tell(tenant, Some(report.key.account()), kind);
        Ok(NotMeReport::Done(report.effect))
    }

    /// The account behind a link, if the link still holds. A forged one is refused without I/O: its handle
    /// does not open.
    async fn live_report(
        &self,
        tenant: &str,
        handle: &str,
        token: &str,
    ) -> Result<Option<LiveReport>, Fault> {
        self.require_tenant(tenant)?;
        let inner = &self.inner;
        let (Ok(handle), Ok(token)) = (
            AccountHandle::from_pasted(handle),
            Token::from_pasted(token),
        ) else {
            return Ok(None);
        };
        for effect in [NotMeEffect::LinksEnd, NotMeEffect::AccountLocks] {
            let scope = TokenScope::new(effect.purpose(), tenant);
            let Ok(account) = open_account(&inner.keys, &scope, handle.as_str()) else {
                continue;
            };
            let key = account_key(tenant, &account)?;
            let epoch = inner.store.credential(&key).await?.epoch;
            let credential = Credential {
                account: &account,
                epoch,
            };
            let (text, now) = (token.expose(), inner.now());
            let proof = match inspect_storeless(&inner.keys, &scope, &credential, text, now) {
                Ok(proof) => proof,
                Err(refused) => {
                    inner.tell_if_too_far(&scope, refused.reason(), StoredTime::Report);
                    return Ok(None);
                }
            };
            let Ok(epoch) = proof.epoch_for(&scope, &account) else {
                return Ok(None);
            };
            let account = inner.enabled_account(&key).await?;
            return Ok(account.map(|account| LiveReport {
                effect,
                key,
                account,
                epoch,
            }));
        }
        Ok(None)
    }
}

/// A link that was verified, and the epoch of the credential it is bound to.
struct LiveReport {
    effect: NotMeEffect,
    key: AccountKey,
    account: Account,
    epoch: u64,
}

/// A link for a mail, and how long it works.
pub(crate) struct NotMeLink {
    link: Link,
    valid_for: Duration,
}

impl NotMeLink {
    pub(crate) fn in_mail(&self) -> ReportLink<'_> {
        ReportLink {
            link: self.link.expose(),
            valid_for: self.valid_for,
        }
    }
}

impl NotMeEffect {
    /// A purpose each, so that a link that ends links cannot lock the account.
    fn purpose(self) -> Purpose {
        match self {
            Self::LinksEnd => Purpose::NOT_ME_LINKS,
            Self::AccountLocks => Purpose::NOT_ME,
        }
    }
}

impl Inner {
    /// The link for a mail to the owner of an account whose credential has this epoch.
    pub(crate) fn not_me_link(
        &self,
        key: &AccountKey,
        epoch: u64,
        effect: NotMeEffect,
    ) -> Result<NotMeLink, Fault> {
        let scope = TokenScope::new(effect.purpose(), key.tenant());
        let credential = Credential {
            account: key.account(),
            epoch,
        };
        let lifetime: Lifetime = match effect {
            // Links that have expired need no ending.
            NotMeEffect::LinksEnd => self.checked.reset_lifetime,
            NotMeEffect::AccountLocks => self.checked.report_lifetime,
        };
        let random = self.random()?;
        let issued = issue_storeless(
            &self.keys,
            &scope,
            &credential,
            self.now(),
            lifetime,
            random,
        )
        .map_err(|_| Fault::Unusable("the clock"))?;
        let handle = seal_account(&self.keys, &scope, key.account(), self.random()?)
            .map_err(|_| Fault::Unusable("an account's id"))?;
        let path = [key.tenant(), "not-me", handle.as_str()];
        let link = self.links.link(&path, &issued.token);
        Ok(NotMeLink {
            link: link.map_err(|_| Fault::Unusable("a tenant's id"))?,
            valid_for: lifetime.as_duration(),
        })
    }
}
