//! Checkpoints over the audit trail: what covers a row, and the commands that make and read them.

use crate::{Id, Subject};

/// The most rows that one checkpoint covers, and the most rows of one page.
pub const MAX_CHECKPOINT_ROWS: u16 = 500;

/// The most checkpoints of one page. One can have 20 kB of entries.
pub const MAX_CHECKPOINT_PAGE: u16 = 50;

/// A row of the trail as the database has it. The kind and the reason are not interpreted: a row of a later version, or
/// one that was altered, can be sealed and verified like any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// The checkpoint that covers the row; `None` if no checkpoint does yet.
    pub checkpoint: Option<u64>,
    /// [`AuditRow::number`](crate::AuditRow::number).
    pub number: u64,
    /// [`AuditRow::id`](crate::AuditRow::id).
    pub id: Id,
    /// [`AuditRow::at`](crate::AuditRow::at).
    pub at: u64,
    /// The name of an [`AuditKind`](crate::AuditKind).
    pub kind: String,
    /// [`AuditRow::subject`](crate::AuditRow::subject).
    pub subject: Subject,
    /// [`AuditRow::actor`](crate::AuditRow::actor).
    pub actor: Option<Subject>,
    /// The text of an [`AuditReason`](crate::AuditReason).
    pub reason: Option<String>,
}

/// A checkpoint in the chain of a tenant. The store keeps it as it is: the caller makes and verifies hash and tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Its place in the chain, from 1 on without a gap.
    pub number: u64,
    /// The hash of the checkpoint before it; zeros for the first one.
    pub previous: [u8; 32],
    /// When it was made.
    pub sealed_at: u64,
    /// The time of the newest row that it covers; 0 without rows.
    pub newest: u64,
    /// Retention may have removed rows of this checkpoint and of those before it; 0 for none. Later checkpoints repeat
    /// it.
    pub removed_through: u64,
    /// The rows that it covers, with a hash of each, in the form of the caller.
    pub entries: Vec<u8>,
    /// The id of the key of the tag.
    pub key: u16,
    /// The keyed tag over all the above.
    pub mac: [u8; 32],
}

/// See [`Store::audit_tenants`](crate::Store::audit_tenants).
#[derive(Clone, Debug)]
pub struct AuditTenants {
    /// Tenants after this id. `None` for the first page.
    pub after: Option<String>,
    /// Only tenants with a row that no checkpoint covers and that was written at this time or before. `None` for all.
    pub unsealed_until: Option<u64>,
    /// How many tenants at most.
    pub limit: u16,
}

/// See [`Store::unsealed_audit`](crate::Store::unsealed_audit).
#[derive(Clone, Debug)]
pub struct UnsealedAudit {
    /// Whose trail.
    pub tenant: String,
    /// Rows that were written at this time or before.
    pub until: u64,
    /// Rows after this one, by time and then by id. `None` for the first page.
    pub after: Option<(u64, Id)>,
    /// How many rows at most, from 1 to [`MAX_CHECKPOINT_ROWS`]. Anything else becomes the nearer of the two.
    pub limit: u16,
}

/// See [`Store::sealed_audit`](crate::Store::sealed_audit).
#[derive(Clone, Debug)]
pub struct SealedAudit {
    /// Whose trail.
    pub tenant: String,
    /// Rows after this one, by checkpoint, then by time, then by id. `None` for the first page.
    pub after: Option<(u64, u64, Id)>,
    /// How many rows at most, from 1 to [`MAX_CHECKPOINT_ROWS`]. Anything else becomes the nearer of the two.
    pub limit: u16,
}

impl UnsealedAudit {
    /// The limit within its bounds.
    #[must_use]
    pub fn rows(&self) -> u16 {
        self.limit.clamp(1, MAX_CHECKPOINT_ROWS)
    }
}

impl SealedAudit {
    /// The limit within its bounds.
    #[must_use]
    pub fn rows(&self) -> u16 {
        self.limit.clamp(1, MAX_CHECKPOINT_ROWS)
    }
}

/// See [`Store::seal_audit`](crate::Store::seal_audit).
#[derive(Clone, Debug)]
pub struct SealAudit {
    /// Whose trail.
    pub tenant: String,
    /// Guard: number and tag of the last checkpoint of the chain. `None`: the chain is empty.
    pub last: Option<(u64, [u8; 32])>,
    /// The next checkpoint of the chain.
    pub checkpoint: Checkpoint,
    /// Guard: the numbers of the rows that it covers. None of them is covered yet.
    pub rows: Vec<u64>,
}

/// What became of a [`SealAudit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditSealed {
    /// The checkpoint is the last one of the chain, and covers the rows.
    Sealed,
    /// Another node was faster: the chain goes on already, or a row is covered or gone. Nothing has changed.
    Stale,
}
