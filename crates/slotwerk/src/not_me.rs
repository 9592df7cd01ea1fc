//! "This was not me": what somebody does who gets a mail about a deed of somebody else's.

use crate::auth::Inner;
use crate::directory::Account;
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use crate::recover::Recovery;
use crate::tenant::Tenant;
use crate::tenant_auth::TenantAuth;
use crate::ticket::kept;
use slotwerk_mail::ReportLink;
use slotwerk_reset::{
    AccountHandle, Credential, Lifetime, Link, Purpose, Token, TokenScope, inspect_storeless,
    issue_storeless, open_account, seal_account,
};
use slotwerk_store::{AccessRevoked, AccountKey, Forget, LinksRevoked, RevokeAccess, RevokeLinks};
use std::fmt;
use std::time::Duration;
use zeroize::Zeroizing;

/// What "this was not me" does. It depends on the mail, which says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotMeEffect {
    /// Under a mail with a link for a new password: every such link of the account is over. The password
    /// and whoever is signed in stay.
    LinksEnd,
    /// Under a mail about something that has happened: links, tickets and sessions are over, and the
    /// password works no longer. Only a newly mailed link sets another. Authenticators stay: who reads the
    /// mailbox must not be able to take the second factor away.
    AccountLocks,
}

/// The token of a link "this wasn't me", as it came: the last two segments of its path.
#[derive(Clone)]
pub struct NotMeToken {
    handle: Zeroizing<String>,
    token: Zeroizing<String>,
}

impl NotMeToken {
    /// Takes the last two segments of the link's path, with the slash between them. They are read without what mail
    /// programs add to them: see [`Token::from_pasted`]. Any text makes one: [`Recovery::open_not_me`] says what it
    /// is worth.
    #[must_use]
    pub fn from_path(path: &str) -> Self {
        let (handle, token) = path.split_once('/').unwrap_or((path, ""));
        Self {
            handle: kept(handle),
            token: kept(token),
        }
    }
}

impl fmt::Debug for NotMeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NotMeToken(..)")
    }
}

/// What a link "this was not me" opens.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one a request, and a box would be in the way of every host"
)]
pub enum OpenNotMeOutcome {
    /// It can be reported. Ask for it with a button: mail scanners open links, too.
    Open(OpenNotMe),
    /// The link is expired, outlived by a change, or none of ours. There is nothing left to end.
    Invalid,
}

/// A live link "this was not me": the proof without which nothing is ended. Only [`Recovery::open_not_me`] makes one.
pub struct OpenNotMe {
    tenant: TenantAuth,
    effect: NotMeEffect,
    key: AccountKey,
    account: Account,
    epoch: u64,
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
pub enum ReportOutcome {
    /// It is done.
    Done(NotMeEffect),
    /// The link was outlived by a change meanwhile; nothing has changed.
    Invalid,
}

impl Recovery<'_> {
    /// Verifies a link "this was not me" without using it. A GET shows its page with the answer; a POST
    /// [reports](OpenNotMe::report).
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or directory.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "not_me_open", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn open_not_me(&self, token: &NotMeToken) -> Result<OpenNotMeOutcome, Fault> {
        let link = self.tenant.live_report(token).await?;
        Ok(link.map_or(OpenNotMeOutcome::Invalid, OpenNotMeOutcome::Open))
    }
}

impl OpenNotMe {
    /// The effect of a report.
    #[must_use]
    pub fn effect(&self) -> NotMeEffect {
        self.effect
    }

    /// The name by which the person knows the account.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.account.login
    }

    /// BCP 47 tag of the account's language, if it has one.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.account.locale.as_deref()
    }

    /// Does what the mail said: see [`NotMeEffect`].
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or directory; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "not_me_report", skip_all, fields(tenant = self.key.tenant(), account = %self.tenant.inner.pseudonym(&self.key))))]
    pub async fn report(&self) -> Result<ReportOutcome, Fault> {
        let inner = &self.tenant.inner;
        let done = match self.effect {
            NotMeEffect::LinksEnd => {
                let command = RevokeLinks {
                    expected_epoch: self.epoch,
                    subject: inner.subject(&self.key),
                    now: inner.now(),
                    account: self.key.clone(),
                };
                matches!(
                    inner.store.revoke_links(&command).await?,
                    LinksRevoked::Revoked { .. }
                )
            }
            NotMeEffect::AccountLocks => {
                let command = RevokeAccess {
                    expected_epoch: Some(self.epoch),
                    forget: Forget::Password,
                    notice: None,
                    subject: inner.subject(&self.key),
                    actor: None,
                    reason: None,
                    now: inner.now(),
                    account: self.key.clone(),
                };
                matches!(
                    inner.store.revoke_access(&command).await?,
                    AccessRevoked::Revoked { .. }
                )
            }
        };
        if !done {
            return Ok(ReportOutcome::Invalid);
        }
        let kind = EventKind::NotMe(self.effect);
        inner.emit(self.key.tenant(), Some(self.key.account()), kind);
        Ok(ReportOutcome::Done(self.effect))
    }
}

impl TenantAuth {
    /// The account behind a link, if the link still holds. A forged one is refused without I/O: its handle
    /// does not open.
    async fn live_report(&self, link: &NotMeToken) -> Result<Option<OpenNotMe>, Fault> {
        let inner = &self.inner;
        let (Ok(handle), Ok(token)) = (
            AccountHandle::from_pasted(&link.handle),
            Token::from_pasted(&link.token),
        ) else {
            return Ok(None);
        };
        for effect in [NotMeEffect::LinksEnd, NotMeEffect::AccountLocks] {
            let scope = TokenScope::new(effect.purpose(), self.id());
            let Ok(account) = open_account(&inner.keys, &scope, handle.as_str()) else {
                continue;
            };
            let key = self.key(&account)?;
            let epoch = inner.store.credential(&key).await?.epoch;
            let credential = Credential {
                account: &account,
                epoch,
            };
            let (text, now) = (token.expose(), inner.now());
            let proof = match inspect_storeless(&inner.keys, &scope, &credential, text, now) {
                Ok(proof) => proof,
                Err(refused) => {
                    inner.emit_if_too_far(&scope, refused.reason(), StoredTime::Report);
                    return Ok(None);
                }
            };
            let Ok(epoch) = proof.epoch_for(&scope, &account) else {
                return Ok(None);
            };
            let account = inner.enabled_account(&key).await?;
            return Ok(account.map(|account| OpenNotMe {
                tenant: self.clone(),
                effect,
                key,
                account,
                epoch,
            }));
        }
        Ok(None)
    }
}

/// A link for a mail, and how long it works.
pub(crate) struct MailedNotMe {
    link: Link,
    valid_for: Duration,
}

impl MailedNotMe {
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
        tenant: &Tenant,
        key: &AccountKey,
        epoch: u64,
        effect: NotMeEffect,
    ) -> Result<MailedNotMe, Fault> {
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
        let page = ["not-me", handle.as_str()];
        Ok(MailedNotMe {
            link: self.links.link(tenant, &page, &issued.token)?,
            valid_for: lifetime.as_duration(),
        })
    }
}
