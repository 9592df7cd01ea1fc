//! Forgot password: request, link, new password.

use crate::auth::Inner;
use crate::client::Client;
use crate::directory::{Account, Login};
use crate::event::{EventKind, InvalidLink, StoredTime};
use crate::fault::Fault;
use crate::guess::{ChargingAll, budget, lifting};
use crate::jobs::Notice;
use crate::known_browser::KnownBrowser;
use crate::new_password::{Judged, NewPassword, Occasion, Rules};
use crate::rejection::{Rejection, RejectionCode};
use crate::scopes::Guarded;
use crate::tenant_auth::TenantAuth;
use crate::throttled::Throttled;
use crate::ticket::kept;
use slotwerk_keys::KeyId;
use slotwerk_password::Password;
use slotwerk_policy::{Policy, Requirement};
use slotwerk_reset::{Purpose, Refused, Token, TokenScope, Verified};
use slotwerk_store::{AccountKey, ConsumeReset, Enqueued, ResetConsumed, TokenHash};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The answer to a request for a link: always this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestAccepted;

/// The calls about forgotten passwords, of one tenant: see [`TenantAuth::recovery`].
#[derive(Clone, Copy, Debug)]
pub struct Recovery<'a> {
    pub(crate) tenant: &'a TenantAuth,
}

/// The token of a mailed link, as it came: the last segment of the link's path.
///
/// It is read without what mail programs add to it: see [`Token::from_pasted`].
#[derive(Clone)]
pub struct ResetToken(Zeroizing<String>);

impl ResetToken {
    /// Takes the last segment of the link's path. Any text makes one: [`Recovery::open`] says what it is worth.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(kept(text))
    }
}

impl fmt::Debug for ResetToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResetToken(..)")
    }
}

/// What a link opens.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one a request, and a box would be in the way of every host"
)]
pub enum OpenOutcome {
    /// A new password may be set.
    Open(OpenLink),
    /// The link is unknown, used, expired or outlived. Offer a new request.
    Invalid,
}

/// A live link: the proof without which no password is set. Only [`Recovery::open`] makes one.
///
/// ```compile_fail
/// # async fn run(tenant: slotwerk::TenantAuth, token: slotwerk::ResetToken, new: slotwerk::password::Password)
/// # -> Result<(), slotwerk::Fault> {
/// tenant.recovery().complete(&token, new).await?; // a token is no proof: `open` it first
/// # Ok(()) }
/// ```
pub struct OpenLink {
    tenant: TenantAuth,
    token: TokenHash,
    key_id: KeyId,
    valid_until: u64,
    key: AccountKey,
    account: Account,
    binding: [u8; 32],
    rules: Rules,
}

impl OpenLink {
    /// The tenant's rules, before anything is typed.
    #[must_use]
    pub fn requirements(&self) -> Vec<Requirement> {
        self.rules.policy().requirements()
    }

    /// The rules that a browser can decide while the person types, as JSON for
    /// [`slotwerk_policy::EVALUATOR`]. The words about the person that a password must not contain are
    /// in it, so that page and server agree: it is for whoever holds the live link, and nobody else.
    #[must_use]
    pub fn browser_rules(&self) -> String {
        self.rules.for_browser()
    }

    /// Invalid from this second on (Unix time).
    #[must_use]
    pub fn valid_until(&self) -> u64 {
        self.valid_until
    }

    /// The account that the link is for.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// BCP 47 tag of the account's language, if it has one.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.account.locale.as_deref()
    }

    /// The name by which the person knows the account, for a password manager's sake.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.account.login
    }

    /// The policy that holds for this account, the group's or the tenant's: for the attributes of the input
    /// field, say.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.rules.policy()
    }

    /// The requirements with their states for what was typed so far, as far as the text and the person tell. Nothing is
    /// stored, and no attempt is charged. Earlier passwords, breaches and ages stay pending until the password is set.
    #[must_use]
    pub fn check(&self, typed: &str) -> Vec<Requirement> {
        self.rules.check(typed)
    }

    /// Whether the rules would accept this password, as far as the text and the person tell: for offering an
    /// example. Earlier passwords and breaches are looked at only when it is really set.
    #[must_use]
    pub fn would_accept(&self, password: &str) -> bool {
        self.rules.would_accept(password)
    }
}

impl fmt::Debug for OpenLink {
    /// Shows the rules and the time; nothing about the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenLink")
            .field("requirements", &self.requirements())
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

/// The answer to a new password.
#[derive(Debug)]
pub enum CompleteOutcome {
    /// The password is set. Every link, ticket and session from before is over. Nobody is signed in.
    Changed {
        /// For the browser that used the link, as after [`TenantAuth::known_browser`]: without it a stranger who
        /// goes on guessing keeps the owner from signing in with the new password. `None` if the random
        /// source failed just now; the password is set all the same.
        browser: Option<KnownBrowser>,
    },
    /// The password does not meet the rules; the link is as it was. All rules, with their states.
    RulesUnmet(Vec<Requirement>),
    /// The link was used or outlived meanwhile. Offer a new request.
    Invalid,
    /// The breach check gave no answer, and nothing is accepted without; nothing has changed, and the link
    /// is as it was. Ask to try again.
    CheckUnavailable,
    /// Compared with earlier passwords too often in a short time; nothing has changed, and the link is as
    /// it was.
    Throttled(Throttled),
    /// Too many passwords are being hashed; nothing has changed. Ask to try again.
    Busy,
}

impl CompleteOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::Changed { .. } => None,
            Self::RulesUnmet(all) => Some(Rejection::unmet(all)),
            Self::Invalid => Some(RejectionCode::LinkInvalid.into()),
            Self::CheckUnavailable => Some(RejectionCode::CheckUnavailable.into()),
            Self::Throttled(why) => Some((*why).into()),
            Self::Busy => Some(RejectionCode::Busy.into()),
        }
    }
}

impl Recovery<'_> {
    /// Asks for a link to be mailed.
    ///
    /// Nothing is looked up here: the request is queued, and the answer is the same for everybody. A
    /// worker looks up, mints and mails; see [`Worker::run`](crate::Worker::run).
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy; none of them depends on the account.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(name = "reset_request", skip_all, fields(tenant = self.tenant.id()))
    )]
    pub async fn request(&self, login: &Login, client: &Client) -> Result<RequestAccepted, Fault> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let mut budgets = Vec::with_capacity(2);
        if let Some(address) = client.budget_address() {
            let client = inner.client_budget(Guarded::ClientRequest, tenant, address);
            budgets.push(budget(client, inner.limits.client_requests));
        }
        // By the name alone: the queue is for everybody, and one name must not fill it.
        let name = inner.login_budget(Guarded::NameRequest, tenant, login);
        let last = budgets.len();
        budgets.push(budget(name, inner.limits.name_requests));
        if let ChargingAll::Denied { at, .. } = inner.charge_all(budgets).await? {
            let dropped = if at == last {
                EventKind::ResetDroppedName
            } else {
                EventKind::ResetDroppedClient
            };
            inner.emit(tenant, None, dropped);
            return Ok(RequestAccepted);
        }
        let job = inner.reset_request(tenant, login)?;
        let event = match inner.enqueue(&job).await? {
            Enqueued::Queued => EventKind::ResetRequested,
            Enqueued::Full => EventKind::ResetDroppedOutboxFull,
        };
        inner.emit(tenant, None, event);
        Ok(RequestAccepted)
    }

    /// Verifies a link without using it. A GET shows its page with the answer; a POST [completes](OpenLink::complete)
    /// it. A mail scanner that opens the link first changes nothing.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(name = "reset_open", skip_all, fields(tenant = self.tenant.id()))
    )]
    pub async fn open(&self, token: &ResetToken) -> Result<OpenOutcome, Fault> {
        let link = self.tenant.live_link(&token.0).await?;
        Ok(link.map_or(OpenOutcome::Invalid, OpenOutcome::Open))
    }
}

impl OpenLink {
    /// Sets a new password through the link.
    ///
    /// The policy is asked first, then the password is hashed, and then one transaction uses the link
    /// and replaces the hash. A refused password leaves the link alive.
    ///
    /// Right before that transaction the directory is read once more: an account that was disabled or got
    /// another mail address while the password was hashed keeps its old password. For the instant that
    /// remains, call [`Admin::revoke_access`](crate::Admin::revoke_access) when you change an address: the
    /// transaction then finds another epoch.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "reset_complete",
            skip_all,
            fields(
                tenant = self.key.tenant(),
                account = %self.tenant.inner.pseudonym(&self.key),
            )
        )
    )]
    pub async fn complete(&self, new: Password) -> Result<CompleteOutcome, Fault> {
        let inner = &self.tenant.inner;
        let credential = inner.store.credential(&self.key).await?;
        let request = NewPassword {
            settings: &self.tenant.settings,
            key: &self.key,
            account: &self.account,
            credential: &credential,
            occasion: Occasion::Forgotten,
        };
        let (hash, recheck, keep) = match inner.judge(&request, &new).await? {
            Judged::Accepted {
                hash,
                recheck,
                keep,
            } => (hash, recheck, keep),
            Judged::RulesUnmet(unmet) => return Ok(CompleteOutcome::RulesUnmet(unmet)),
            Judged::Unchecked => return Ok(CompleteOutcome::CheckUnavailable),
            Judged::Throttled(throttled) => return Ok(CompleteOutcome::Throttled(throttled)),
            Judged::Busy => return Ok(CompleteOutcome::Busy),
        };
        let current = inner.bound_account(self.key_id, &self.key).await?;
        let Some((_, binding)) = current.filter(|(_, binding)| *binding == self.binding) else {
            self.tenant
                .emit_invalid(Some(&self.key), InvalidLink::Account);
            return Ok(CompleteOutcome::Invalid);
        };
        let command = ConsumeReset {
            token: self.token,
            account: self.key.clone(),
            binding,
            hash: hash.as_str().to_owned(),
            recheck,
            keep,
            notice: Some(self.tenant.notice(&self.key, Notice::PasswordChanged)?),
            subject: inner.subject(&self.key),
            now: inner.now(),
            // An owner whom somebody else's guesses locked out gets in again.
            budgets: lifting(inner.budgets_of_mailbox_owner(&self.key).await?),
        };
        match inner.store.consume_reset(&command).await? {
            ResetConsumed::Consumed { epoch } => {
                inner.wake_outbox();
                let (tenant, who) = (self.key.tenant(), Some(self.key.account()));
                inner.emit(tenant, who, EventKind::PasswordReset);
                Ok(CompleteOutcome::Changed {
                    browser: inner.known_browser(&self.key, epoch).ok(),
                })
            }
            ResetConsumed::Invalid => {
                self.tenant
                    .emit_invalid(Some(&self.key), InvalidLink::NotLive);
                Ok(CompleteOutcome::Invalid)
            }
        }
    }
}

impl TenantAuth {
    /// The link behind a token, if everything about it still holds.
    async fn live_link(&self, token: &str) -> Result<Option<OpenLink>, Fault> {
        let (inner, now) = (&self.inner, self.inner.now());
        let scope = TokenScope::new(Purpose::PASSWORD_RESET, self.id());
        let proof = match inner.verified_link(&scope, token, now) {
            Ok(proof) => proof,
            Err(refused) => {
                inner.emit_if_too_far(&scope, refused.reason(), StoredTime::Link);
                self.emit_invalid(None, InvalidLink::Token(refused.reason()));
                return Ok(None);
            }
        };
        let Ok(hash) = proof.selector_hash_for(&scope) else {
            return Ok(None);
        };
        let token = TokenHash(*hash.as_bytes());
        let Some(open) = inner.store.find_reset(self.id(), token, now).await? else {
            self.emit_invalid(None, InvalidLink::NotLive);
            return Ok(None);
        };
        let current = inner.bound_account(proof.key_id(), &open.account).await?;
        let Some((account, binding)) = current.filter(|(_, binding)| *binding == open.binding)
        else {
            self.emit_invalid(Some(&open.account), InvalidLink::Account);
            return Ok(None);
        };
        let rules = Rules::new(Arc::clone(&self.settings), account.clone())?;
        Ok(Some(OpenLink {
            tenant: self.clone(),
            token,
            key_id: proof.key_id(),
            valid_until: proof.expires_at(),
            key: open.account,
            account,
            binding,
            rules,
        }))
    }

    fn emit_invalid(&self, key: Option<&AccountKey>, why: InvalidLink) {
        let account = key.map(AccountKey::account);
        self.inner
            .emit(self.id(), account, EventKind::ResetLinkInvalid(why));
    }
}

impl Inner {
    fn verified_link(
        &self,
        scope: &TokenScope<'_>,
        token: &str,
        now: u64,
    ) -> Result<Verified, Refused> {
        let token = Token::from_pasted(token)?;
        slotwerk_reset::inspect(&self.keys, scope, token.expose(), now)
    }

    /// The account as it is now, if it is enabled, and what binds a link under this key to its address.
    async fn bound_account(
        &self,
        key_id: KeyId,
        key: &AccountKey,
    ) -> Result<Option<(Account, [u8; 32])>, Fault> {
        let Some(account) = self.enabled_account(key).await? else {
            return Ok(None);
        };
        let binding = self.mail_binding(key_id, key, &account.mail)?;
        Ok(Some((account, binding)))
    }
}
