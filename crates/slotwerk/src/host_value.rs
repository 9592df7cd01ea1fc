//! Values that a host leaves with the browser, and keys of the host's own.

use crate::auth::{Auth, Inner};
use crate::fault::Fault;
use crate::tenant_auth::TenantAuth;
use base64ct::{Base64UrlUnpadded, Encoding};
use slotwerk_keys::{KeyRing, Scope};
use slotwerk_store::CLOCK_TOLERANCE;
use std::time::Duration;
use zeroize::Zeroizing;

/// The purpose of sealed values, and of keys that a host derives. Their names never meet those of Slotwerk.
const SEALED: &str = "host-value";
const DERIVED: &str = "host-key";

/// Bytes of the time in a sealed value.
const TIME: usize = 8;

impl TenantAuth {
    /// Seals a value for a cookie: encrypted and authenticated under the active key, for this tenant and this name alone.
    ///
    /// The value opens for [`Limits::session_lifetime`](crate::Limits::session_lifetime), as often as it is presented,
    /// also after a newer one was sealed. So it may hold what somebody may present twice, such as a [`Ticket`] or the
    /// person's language, and never a permission that is used up.
    ///
    /// ```
    /// # use slotwerk::Auth;
    /// # async fn run(auth: Auth) -> Result<(), slotwerk::Fault> {
    /// let tenant = auth.tenant("noord").await?;
    /// let cookie = tenant.seal_host_value("language", b"nl")?;
    /// let opened = tenant.open_host_value("language", &cookie);
    /// assert_eq!(opened.unwrap().as_slice(), b"nl");
    /// # Ok(()) }
    /// ```
    ///
    /// [`Ticket`]: crate::Ticket
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the entropy, or of a value beyond 1 MiB.
    pub fn seal_host_value(&self, name: &str, value: &[u8]) -> Result<String, Fault> {
        let inner = &self.inner;
        let until = inner.now().saturating_add(lifetime(inner));
        let mut plain = Zeroizing::new(Vec::with_capacity(TIME + value.len()));
        plain.extend_from_slice(&until.to_be_bytes());
        plain.extend_from_slice(value);
        let scope = Scope::new(SEALED, self.id());
        let sealed = inner
            .keys
            .seal(&scope, name.as_bytes(), inner.random()?, &plain)
            .map_err(|_| Fault::Unusable("a value of the host, which is too long"))?;
        Ok(Base64UrlUnpadded::encode_string(&sealed))
    }

    /// Opens a value that [`seal_host_value`](Self::seal_host_value) gave under the same name. `None` if it is over, was
    /// sealed for another tenant or name, was altered, or its key was revoked.
    #[must_use]
    pub fn open_host_value(&self, name: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        let inner = &self.inner;
        let sealed = Base64UrlUnpadded::decode_vec(sealed).ok()?;
        let scope = Scope::new(SEALED, self.id());
        let plain = inner.keys.open(&scope, name.as_bytes(), &sealed).ok()?;
        let (until, value) = plain.split_first_chunk::<TIME>()?;
        let (until, now) = (u64::from_be_bytes(*until), inner.now());
        let latest = now
            .saturating_add(lifetime(inner))
            .saturating_add(CLOCK_TOLERANCE);
        (now < until && until <= latest).then(|| Zeroizing::new(value.to_vec()))
    }
}

impl Auth {
    /// A key for the host's own use, derived from the active key: the same for the same name until the active key
    /// changes. For what may be over then, such as the tokens of open forms.
    #[must_use]
    pub fn host_key(&self, name: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.inner.keys, name)
    }

    /// The time since the Unix epoch, by the clock of the service.
    #[must_use]
    pub fn now(&self) -> Duration {
        (self.inner.clock)()
    }
}

fn lifetime(inner: &Inner) -> u64 {
    inner.limits.session_lifetime.as_secs()
}

fn derive(keys: &KeyRing, name: &str) -> Zeroizing<[u8; 32]> {
    let (_, key) = keys.derive_active(&Scope::new(DERIVED, ""));
    Zeroizing::new(key.mac(&[name.as_bytes()]))
}
