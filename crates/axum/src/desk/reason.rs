//! The reason of an act.

use slotwerk::{AuditReason, InvalidAuditReason};

/// The reason that was typed, if there is one.
pub(crate) fn typed_reason(typed: &str) -> Result<Option<AuditReason>, InvalidAuditReason> {
    match typed.trim() {
        "" => Ok(None),
        typed => AuditReason::new(typed).map(Some),
    }
}
