//! The names of things, as the store sees them: opaque, bounded, and never an address.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The longest tenant or account id, in bytes. Fits an index column of every supported database.
const MAX_ID_BYTES: usize = 128;

/// The id of no account.
const NOBODY: &str = "\u{7f}";

/// An account of a tenant: the host's own opaque ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey {
    tenant: String,
    account: String,
}

impl AccountKey {
    /// Names an account.
    ///
    /// # Errors
    ///
    /// [`InvalidAccountKey`] if either id is empty, longer than 128 bytes, or holds a control
    /// character.
    ///
    /// ```
    /// use slotwerk_store::AccountKey;
    /// assert!(AccountKey::new("noord", "42").is_ok());
    /// assert!(AccountKey::new("noord", "").is_err());
    /// ```
    pub fn new(
        tenant: impl Into<String>,
        account: impl Into<String>,
    ) -> Result<Self, InvalidAccountKey> {
        let key = Self {
            tenant: tenant.into(),
            account: account.into(),
        };
        let fits = |id: &str| {
            !id.is_empty() && id.len() <= MAX_ID_BYTES && !id.chars().any(char::is_control)
        };
        if fits(&key.tenant) && fits(&key.account) {
            Ok(key)
        } else {
            Err(InvalidAccountKey)
        }
    }

    /// The key of no account, for doing the same work for a name that nobody has. Its id is a control character,
    /// which no id of a host is.
    ///
    /// # Errors
    ///
    /// [`InvalidAccountKey`] if the tenant's id is not one.
    pub fn nobody(tenant: impl Into<String>) -> Result<Self, InvalidAccountKey> {
        let mut key = Self::new(tenant, "nobody")?;
        key.account = NOBODY.to_owned();
        Ok(key)
    }

    /// The tenant's id.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The account's id within the tenant.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

/// A tenant or account id is empty, longer than 128 bytes, or holds a control character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tenant or account id must have 1 to 128 bytes and no control character")]
pub struct InvalidAccountKey;

/// Bytes that name something, shown in hexadecimal. None of them is a secret: each is random and
/// meaningless outside its row, or a one-way digest.
macro_rules! opaque_bytes {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "("))?;
                for byte in self.0 {
                    write!(f, "{byte:02x}")?;
                }
                write!(f, ")")
            }
        }
    };
}

opaque_bytes!(
    /// A random id of a job, an enrolment or an authenticator.
    Id, 16
);
opaque_bytes!(
    /// The hash of a token's selector: what the store keeps instead of a link or a ticket.
    TokenHash, 32
);
opaque_bytes!(
    /// A keyed hash of a recovery code.
    CodeDigest, 32
);
opaque_bytes!(
    /// A keyed hash that stands for a person in the audit trail.
    Subject, 32
);

/// Names an attempt budget: a keyed hash of tenant, purpose and subject.
///
/// The 32 bytes are the whole name: two keys with the same bytes are equal and name one budget. A store that keeps
/// every budget can ignore the [durability](Self::durability).
#[derive(Clone, Copy)]
pub struct AttemptKey(pub [u8; 32], Durability);

/// Whether the loss of a budget is tolerable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Durability {
    /// A charge that was answered is never lost. For budgets that guard a secret: they count failures in a row or
    /// in the life of an authenticator.
    Durable,
    /// A layer over the store may keep the budget in a fast store that loses its last writes, or everything, in a
    /// failover. Each loss grants at most one more burst. For budgets that only slow down a crowd.
    MayBeLost,
}

impl AttemptKey {
    /// The key of a budget, with what its loss would mean. Give the same bytes the same durability every time.
    #[must_use]
    pub const fn new(digest: [u8; 32], durability: Durability) -> Self {
        Self(digest, durability)
    }

    /// The key of a budget that must not be lost.
    #[must_use]
    pub const fn durable(digest: [u8; 32]) -> Self {
        Self(digest, Durability::Durable)
    }

    /// Whether the budget may be lost.
    #[must_use]
    pub const fn durability(&self) -> Durability {
        self.1
    }
}

impl PartialEq for AttemptKey {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for AttemptKey {}

impl PartialOrd for AttemptKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of locks: by the bytes.
impl Ord for AttemptKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl Hash for AttemptKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for AttemptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttemptKey(")?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        write!(f, ", {:?})", self.1)
    }
}
