//! The person behind an admin call, for the audit trail.

use crate::scopes::actor_subject;
use slotwerk_keys::KeyRing;
use slotwerk_store::{AccountKey, AuditReason, Subject};

/// The person behind an admin call, and why. Both are part of the row that the call adds to the audit trail.
///
/// The trail keeps a keyed hash of the person's id. [`Admin::audit_trail`](crate::Admin::audit_trail) gives it back
/// where the host names the id.
///
/// ```
/// use slotwerk::{AuditReason, By};
/// let by = By::new("desk-17")?.because(AuditReason::new("lost phone, ticket 4711")?);
/// # let _ = by;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    actor: String,
    reason: Option<AuditReason>,
}

/// An actor's id is empty, longer than 128 bytes, or holds a control character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an actor's id must have 1 to 128 bytes and no control character")]
pub struct InvalidActor;

impl By {
    /// Names the person by the host's opaque id.
    ///
    /// # Errors
    ///
    /// [`InvalidActor`] unless the id has 1 to 128 bytes and no control character.
    pub fn new(actor: impl Into<String>) -> Result<Self, InvalidActor> {
        // The bounds of an account's id. The tenant has no say in them.
        let key = AccountKey::new("t", actor).map_err(|_| InvalidActor)?;
        Ok(Self {
            actor: key.account().to_owned(),
            reason: None,
        })
    }

    /// Adds the reason, in the words of the person. Anybody who may read the trail can read it: it should name no one.
    #[must_use]
    pub fn because(self, reason: AuditReason) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// The host's id of the person.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The reason, if there is one.
    #[must_use]
    pub fn reason(&self) -> Option<&AuditReason> {
        self.reason.as_ref()
    }

    /// The person in the audit trail of a tenant.
    pub(crate) fn subject(&self, keys: &KeyRing, tenant: &str) -> Subject {
        actor_subject(keys, tenant, &self.actor)
    }
}
