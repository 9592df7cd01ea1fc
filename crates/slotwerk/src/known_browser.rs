//! Known browsers: a separate budget for a browser from which somebody has signed in before, or has set the
//! password, so that a stranger who uses up an account's attempts does not lock its owner out.

use crate::auth::Inner;
use crate::client::Client;
use crate::event::StoredTime;
use crate::fault::Fault;
use crate::grant::Grant;
use crate::scopes::Guarded;
use crate::tenant_auth::TenantAuth;
use slotwerk_reset::{Credential, Purpose, Token, TokenScope, inspect_storeless, issue_storeless};
use slotwerk_store::{AccountKey, AttemptKey};
use std::fmt;

/// What a browser keeps so that it is known at the next sign-in.
///
/// It opens nothing and skips nothing: its holder still needs the password, under the same limits, only counted apart
/// from everybody else's attempts. It is for one account, and is over when that account's password
/// changes or its access is revoked. Whoever sets a new password, through a link or signed in, is given the
/// one that goes with it: a stranger's guessing must not use up what the new password has given back.
///
/// That gives nothing to who reads the mailbox. They have just chosen the password, so there is nothing to
/// guess in that lane, and the next link that is used ends it.
pub struct KnownBrowser(Token);

impl KnownBrowser {
    /// The text for a cookie of its own: `HttpOnly`, `Secure`, `SameSite=Strict`, for as long as
    /// [`Limits::known_browser_lifetime`](crate::Limits::known_browser_lifetime). Do not clear it at sign-out.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for KnownBrowser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownBrowser(..)")
    }
}

impl TenantAuth {
    /// Makes the browser known that has just finished a sign-in, so that strangers' guesses keep nobody out of it.
    /// Hand the token back with [`Client::with_known_browser`] at the next sign-in. It does not replace the
    /// second factor.
    ///
    /// Ask the person before you do so where several people share a computer: the cookie tells the next
    /// one that this account was used here.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of entropy or of the clock.
    pub fn known_browser(&self, grant: &Grant) -> Result<KnownBrowser, Fault> {
        self.inner.known_browser(&grant.key, grant.epoch)
    }
}

impl Inner {
    /// Makes a browser known for this account as it stands at an epoch.
    pub(crate) fn known_browser(
        &self,
        key: &AccountKey,
        epoch: u64,
    ) -> Result<KnownBrowser, Fault> {
        let scope = TokenScope::new(Purpose::KNOWN_DEVICE, key.tenant());
        let credential = Credential {
            account: key.account(),
            epoch,
        };
        let (now, lifetime) = (self.now(), self.checked.known_browser_lifetime);
        let entropy = self.random()?;
        issue_storeless(&self.keys, &scope, &credential, now, lifetime, entropy)
            .map(|issued| KnownBrowser(issued.token))
            .map_err(|_| Fault::Unusable("the clock"))
    }

    /// The budget of a browser that is known for this account as it stands, if the client presents one.
    pub(crate) fn browser_budget(
        &self,
        guarded: Guarded,
        key: &AccountKey,
        epoch: u64,
        client: &Client,
    ) -> Option<AttemptKey> {
        let token = client.browser()?;
        let scope = TokenScope::new(Purpose::KNOWN_DEVICE, key.tenant());
        let credential = Credential {
            account: key.account(),
            epoch,
        };
        let known = inspect_storeless(&self.keys, &scope, &credential, token, self.now());
        if let Err(refused) = &known {
            self.emit_if_too_far(&scope, refused.reason(), StoredTime::KnownBrowser);
        }
        known.ok()?.epoch_for(&scope, key.account()).ok()?;
        Some(self.attempt_key(guarded, key.tenant(), b"device", token.as_bytes()))
    }
}
