//! Forgot password: request, link, new password.

use crate::auth::Auth;
use crate::client::Client;
use crate::device::DeviceToken;
use crate::directory::{Account, Login};
use crate::event::{DeadLink, EventKind, StoredTime};
use crate::fault::Fault;
use crate::guess::Charging;
use crate::jobs::Notice;
use crate::new_password::{Judged, NewPassword, Occasion, Rules};
use crate::scopes::Guarded;
use crate::tenant::Tenant;
use slotwerk_keys::KeyId;
use slotwerk_password::Password;
use slotwerk_policy::{Policy, Requirement};
use slotwerk_reset::{Purpose, Refused, Token, TokenScope, Verified};
use slotwerk_store::{AccountKey, BudgetChanges, ConsumeReset, Enqueued, ResetConsumed, TokenHash};
use std::fmt;
use std::time::Duration;

/// The answer to a request for a link: always this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestAccepted;

/// What a link opens.
#[derive(Debug)]
#[non_exhaustive]
pub enum ResetInspection {
    /// A new password may be set.
    Open(OpenLink),
    /// The link is unknown, used, expired or outlived. Offer a new request.
    Dead,
}

/// A live link, seen without using it.
#[non_exhaustive]
pub struct OpenLink {
    /// The tenant's rules, before anything is typed.
    pub requirements: Vec<Requirement>,
    /// The rules that a browser can decide while the person types, as JSON for
    /// [`slotwerk_policy::EVALUATOR`]. The words about the person that a password must not contain are
    /// in it, so that page and server agree: it is for whoever holds the live link, and nobody else.
    pub browser_rules: String,
    /// Dead from this second on (Unix time).
    pub valid_until: u64,
    /// BCP 47 tag of the account's language, if it has one.
    pub locale: Option<String>,
    /// The name by which the person knows the account, for a password manager's sake.
    pub login: String,
    rules: Rules,
}

impl OpenLink {
    /// The policy that holds for this account, the group's or the tenant's: for the attributes of the input
    /// field, say.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.rules.policy()
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
            .field("requirements", &self.requirements)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

/// The answer to a new password.
#[derive(Debug)]
#[non_exhaustive]
pub enum ResetCompletion {
    /// The password is set. Every link, ticket and session from before is over. Nobody is signed in.
    Changed {
        /// For the browser that used the link, as after [`Auth::remember_device`]: without it a stranger who
        /// goes on guessing keeps the owner from signing in with the new password. `None` if the random
        /// source failed just now; the password is set all the same.
        device: Option<DeviceToken>,
    },
    /// The password does not meet the rules; the link is as it was. All rules, with their states.
    Refused(Vec<Requirement>),
    /// The link is unknown, used, expired or outlived. Offer a new request.
    Dead,
    /// The breach check gave no answer, and nothing is accepted without; nothing has changed, and the link
    /// is as it was. Ask to try again.
    CheckUnavailable,
    /// Compared with earlier passwords too often in a short time; nothing has changed, and the link is as
    /// it was.
    Throttled {
        /// How long to wait before the next attempt is looked at.
        retry_after: Duration,
    },
    /// Too many passwords are being hashed; nothing has changed. Ask to try again.
    Busy,
}

impl Auth {
    /// Asks for a link to be mailed.
    ///
    /// Nothing is looked up here: the request is queued, and the answer is the same for everybody. A
    /// worker looks up, mints and mails; see [`Auth::run_outbox`].
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy; none of them depends on the account.
    pub async fn request_reset(
        &self,
        tenant: &str,
        login: &Login,
        client: &Client,
    ) -> Result<RequestAccepted, Fault> {
        self.require_tenant(tenant)?;
        let inner = &self.inner;
        if let Some(address) = client.budget_address() {
            let budget = inner.client_budget(Guarded::ClientRequest, tenant, address);
            if let Charging::Denied(_) = self.charge(budget, inner.limits.client_requests).await? {
                inner.tell(tenant, None, EventKind::ResetDroppedClient);
                return Ok(RequestAccepted);
            }
        }
        // By the name alone: the queue is for everybody, and one name must not fill it.
        let budget = inner.login_budget(Guarded::NameRequest, tenant, login);
        if let Charging::Denied(_) = self.charge(budget, inner.limits.name_requests).await? {
            inner.tell(tenant, None, EventKind::ResetDroppedName);
            return Ok(RequestAccepted);
        }
        let job = inner.reset_request(tenant, login)?;
        let event = match self.enqueue(&job).await? {
            Enqueued::Queued => EventKind::ResetRequested,
            Enqueued::Full => EventKind::ResetDroppedOutboxFull,
        };
        inner.tell(tenant, None, event);
        Ok(RequestAccepted)
    }

    /// Looks at a link without using it: for the page that a GET shows. A mail scanner that opens the
    /// link first changes nothing.
    ///
    /// `token` is the last segment of the link's path, read without what mail programs add to it: see
    /// [`Token::from_pasted`].
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    pub async fn inspect_reset(&self, tenant: &str, token: &str) -> Result<ResetInspection, Fault> {
        let settings = self.require_tenant(tenant)?;
        let Some(link) = self.live_link(&settings, token).await? else {
            return Ok(ResetInspection::Dead);
        };
        let (locale, login) = (link.account.locale.clone(), link.account.login.clone());
        let rules = Rules::new(settings, link.account)?;
        Ok(ResetInspection::Open(OpenLink {
            requirements: rules.policy().requirements(),
            browser_rules: rules.for_browser(),
            valid_until: link.valid_until,
            locale,
            login,
            rules,
        }))
    }

    /// Sets a new password through a link.
    ///
    /// The policy is asked first, then the password is hashed, and then one transaction uses the link
    /// and replaces the hash. A refused password leaves the link alive.
    ///
    /// Right before that transaction the directory is read once more: an account that was disabled or got
    /// another mail address while the password was hashed keeps its old password. For the instant that
    /// remains, call [`revoke_access`](Self::revoke_access) when you change an address: the transaction
    /// then finds another epoch.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    pub async fn complete_reset(
        &self,
        tenant: &str,
        token: &str,
        new: Password,
    ) -> Result<ResetCompletion, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let Some(link) = self.live_link(&settings, token).await? else {
            return Ok(ResetCompletion::Dead);
        };
        let credential = inner.store.credential(&link.key).await?;
        let request = NewPassword {
            settings: &settings,
            key: &link.key,
            account: &link.account,
            credential: &credential,
            occasion: Occasion::Forgotten,
        };
        let (hash, recheck, keep) = match self.judge(&request, &new).await? {
            Judged::Accepted {
                hash,
                recheck,
                keep,
            } => (hash, recheck, keep),
            Judged::Refused(unmet) => return Ok(ResetCompletion::Refused(unmet)),
            Judged::Unchecked => return Ok(ResetCompletion::CheckUnavailable),
            Judged::Throttled(retry_after) => {
                return Ok(ResetCompletion::Throttled { retry_after });
            }
            Judged::Busy => return Ok(ResetCompletion::Busy),
        };
        let current = self.bound_account(link.key_id, &link.key).await?;
        let Some((_, binding)) = current.filter(|(_, binding)| *binding == link.binding) else {
            self.tell_dead(tenant, Some(&link.key), DeadLink::Account);
            return Ok(ResetCompletion::Dead);
        };
        let command = ConsumeReset {
            token: link.token,
            account: link.key.clone(),
            binding,
            hash: hash.as_str().to_owned(),
            recheck,
            keep,
            notice: Some(inner.notice(&link.key, Notice::PasswordChanged)?),
            subject: inner.subject(&link.key),
            now: inner.now(),
            budgets: BudgetChanges::default(),
        };
        match inner.store.consume_reset(&command).await? {
            ResetConsumed::Consumed { epoch } => {
                self.wake_outbox();
                inner.tell(tenant, Some(link.key.account()), EventKind::PasswordReset);
                // Whoever was locked out by somebody else's guessing gets in again.
                self.lift_quietly(inner.account_budget(Guarded::Password, &link.key))
                    .await;
                self.lift_second_factor_quietly(&link.key).await;
                Ok(ResetCompletion::Changed {
                    device: inner.device_token(&link.key, epoch).ok(),
                })
            }
            ResetConsumed::Dead => {
                self.tell_dead(tenant, Some(&link.key), DeadLink::NotLive);
                Ok(ResetCompletion::Dead)
            }
        }
    }

    /// The link behind a token, if everything about it still holds.
    async fn live_link(&self, settings: &Tenant, token: &str) -> Result<Option<LiveLink>, Fault> {
        let inner = &self.inner;
        let (tenant, now) = (settings.id.as_str(), inner.now());
        let scope = TokenScope::new(Purpose::PASSWORD_RESET, tenant);
        let proof = match self.verified_link(&scope, token, now) {
            Ok(proof) => proof,
            Err(refused) => {
                inner.tell_if_too_far(&scope, refused.reason(), StoredTime::Link);
                self.tell_dead(tenant, None, DeadLink::Token(refused.reason()));
                return Ok(None);
            }
        };
        let Ok(hash) = proof.selector_hash_for(&scope) else {
            return Ok(None);
        };
        let token = TokenHash(*hash.as_bytes());
        let Some(open) = inner.store.find_reset(tenant, token, now).await? else {
            self.tell_dead(tenant, None, DeadLink::NotLive);
            return Ok(None);
        };
        let current = self.bound_account(proof.key_id(), &open.account).await?;
        let Some((account, binding)) = current.filter(|(_, binding)| *binding == open.binding)
        else {
            self.tell_dead(tenant, Some(&open.account), DeadLink::Account);
            return Ok(None);
        };
        Ok(Some(LiveLink {
            token,
            key_id: proof.key_id(),
            valid_until: proof.expires_at(),
            key: open.account,
            account,
            binding,
        }))
    }

    fn verified_link(
        &self,
        scope: &TokenScope<'_>,
        token: &str,
        now: u64,
    ) -> Result<Verified, Refused> {
        let token = Token::from_pasted(token)?;
        slotwerk_reset::inspect(&self.inner.keys, scope, token.expose(), now)
    }

    /// The account as it is now, if it is enabled, and what binds a link under this key to its address.
    async fn bound_account(
        &self,
        key_id: KeyId,
        key: &AccountKey,
    ) -> Result<Option<(Account, [u8; 32])>, Fault> {
        let Some(account) = self.inner.enabled_account(key).await? else {
            return Ok(None);
        };
        let binding = self.inner.mail_binding(key_id, key, &account.mail)?;
        Ok(Some((account, binding)))
    }

    fn tell_dead(&self, tenant: &str, key: Option<&AccountKey>, why: DeadLink) {
        self.inner.tell(
            tenant,
            key.map(AccountKey::account),
            EventKind::ResetLinkDead(why),
        );
    }
}

/// A link that was verified and found live: the proof without which no password is set here.
struct LiveLink {
    token: TokenHash,
    key_id: KeyId,
    valid_until: u64,
    key: AccountKey,
    account: Account,
    binding: [u8; 32],
}
