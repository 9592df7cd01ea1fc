//! Trusted browsers: where a tenant allows it, the password is enough in a browser in which the person has shown
//! the second factor before.

use crate::client::Client;
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use crate::grant::Grant;
use crate::tenant_auth::TenantAuth;
use slotwerk_reset::{
    CLOCK_TOLERANCE, Credential, Lifetime, Purpose, Token, TokenScope, inspect_storeless,
    issue_storeless,
};
use slotwerk_store::AccountKey;
use std::fmt;

/// The token that a browser keeps, so that the next sign-in in it needs no second factor. See
/// [`Tenant::trusted_browser`](crate::Tenant::trusted_browser), which says what that costs.
///
/// It is for one account of one tenant. It ends when the password changes, access is revoked, the second factor is
/// replaced or removed, or the tenant's setting changes. It does not stand in for a
/// [known browser](crate::KnownBrowser), nor the other way around.
pub struct TrustedBrowser(Token);

impl TrustedBrowser {
    /// The text for a separate cookie: `HttpOnly`, `Secure`, `SameSite=Strict`, for as long as the tenant's
    /// setting.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for TrustedBrowser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrustedBrowser(..)")
    }
}

impl TenantAuth {
    /// Trusts the browser of somebody who has just signed in with a second factor. Ask the person first; do not
    /// offer it on a computer that several people use. Hand the token back with
    /// [`Client::with_trusted_browser`] at the next sign-in. The time counts from when the person showed the second
    /// factor.
    ///
    /// `None` if the tenant trusts no browsers, if the person showed no second factor or did so too long ago, or if
    /// the grant is another tenant's.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of entropy or of the clock.
    pub fn trust_browser(&self, grant: &Grant) -> Result<Option<TrustedBrowser>, Fault> {
        let inner = &self.inner;
        let (Some(trust), Some(shown_at)) = (self.trust(&grant.key), grant.second_factor_at) else {
            return Ok(None);
        };
        let now = inner.now();
        let ends_at = shown_at.saturating_add(trust.lifetime.as_duration().as_secs());
        if grant.key.tenant() != self.id() || ends_at <= now {
            return Ok(None);
        }
        if shown_at > now.saturating_add(CLOCK_TOLERANCE.as_secs()) {
            self.emit_clock(&grant.key, StoredTime::Session);
            return Ok(None);
        }
        let issued = issue_storeless(
            &inner.keys,
            &self.trust_scope(),
            &trust.credential(grant.epoch),
            shown_at,
            trust.lifetime,
            inner.random()?,
        );
        let issued = issued.map_err(|_| Fault::Unusable("the clock"))?;
        Ok(Some(TrustedBrowser(issued.token)))
    }

    /// Whether the client's browser is trusted for this account as it stands, under the setting of today.
    pub(crate) fn trusts(&self, key: &AccountKey, epoch: u64, client: &Client) -> bool {
        let (Some(trust), Some(token)) = (self.trust(key), client.trusted_browser()) else {
            return false;
        };
        let (inner, scope) = (&self.inner, self.trust_scope());
        let (credential, now) = (trust.credential(epoch), inner.now());
        let proof = match inspect_storeless(&inner.keys, &scope, &credential, token, now) {
            Ok(proof) => proof,
            Err(refused) => {
                inner.emit_if_too_far(&scope, refused.reason(), StoredTime::TrustedBrowser);
                return false;
            }
        };
        // The token alone allows the longest of all settings.
        let longest = trust.lifetime.as_duration() + CLOCK_TOLERANCE;
        if proof.expires_at() > now.saturating_add(longest.as_secs()) {
            self.emit_clock(key, StoredTime::TrustedBrowser);
            return false;
        }
        proof.epoch_for(&scope, &trust.subject) == Ok(epoch)
    }

    fn trust(&self, key: &AccountKey) -> Option<Trust> {
        let lifetime = self.settings.trusted_browser?;
        Some(Trust {
            lifetime: Lifetime::lasting(lifetime).ok()?,
            subject: format!("{} {}", lifetime.as_secs(), key.account()),
        })
    }

    fn trust_scope(&self) -> TokenScope<'_> {
        TokenScope::new(Purpose::TRUSTED_BROWSER, self.id())
    }

    fn emit_clock(&self, key: &AccountKey, stored: StoredTime) {
        let kind = EventKind::ClockRanAhead(stored);
        self.inner.emit(self.id(), Some(key.account()), kind);
    }
}

/// How long a tenant trusts browsers, and what their tokens are bound to.
struct Trust {
    lifetime: Lifetime,
    /// The setting and the account. So a token ends with the setting that it was issued under: it does not say when
    /// that was, and a shorter setting must not wait for the end of a longer one.
    subject: String,
}

impl Trust {
    fn credential(&self, epoch: u64) -> Credential<'_> {
        Credential {
            account: &self.subject,
            epoch,
        }
    }
}
