//! Reading the audit trail from its newest row.

use crate::{Id, Subject};

/// The most rows of one page.
pub const MAX_AUDIT_PAGE: u16 = 500;

/// See [`Store::audit_page`](crate::Store::audit_page).
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// Whose trail.
    pub tenant: String,
    /// Rows of these subjects only: one account has one under each usable key. `None` for all rows.
    pub subjects: Option<Vec<Subject>>,
    /// Rows before this one, by time and then by id: those of the last row of the page before.
    pub before: Option<(u64, Id)>,
    /// How many rows at most, from 1 to [`MAX_AUDIT_PAGE`]. Anything else becomes the nearer of the two.
    pub limit: u16,
}

impl AuditPage {
    /// The limit within its bounds.
    #[must_use]
    pub fn rows(&self) -> u16 {
        self.limit.clamp(1, MAX_AUDIT_PAGE)
    }
}
