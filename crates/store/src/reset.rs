//! Reset links: recorded by the hash of their selector, used once.

use crate::{AccountKey, AuditReason, BudgetChanges, Id, KeepHistory, NewJob, Subject, TokenHash};
use std::fmt;

/// See [`Store::issue_reset`](crate::Store::issue_reset).
#[derive(Clone, Debug)]
pub struct IssueReset {
    /// The hash of the token's selector.
    pub token: TokenHash,
    /// For whom.
    pub account: AccountKey,
    /// The job that mails it.
    pub job: Id,
    /// The credential epoch it was issued under: the link dies when that moves on.
    pub epoch: u64,
    /// A keyed hash of what else must stay as it is, such as the mail address it is sent to.
    pub binding: [u8; 32],
    /// Invalid from this second on.
    pub expires_at: u64,
    /// How many links the account may have at once.
    pub max_live: u32,
    /// The invitation that the link is for. `None` for a link that the owner asked for.
    pub invited: Option<Invited>,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// The audit row of a link that invites somebody: [`AuditKind::Invited`](crate::AuditKind::Invited).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The account's owner.
    pub subject: Subject,
    /// The person who invites, if known.
    pub actor: Option<Subject>,
    /// Why.
    pub reason: Option<AuditReason>,
}

/// Whether a link was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum ResetIssued {
    /// It is live.
    Issued,
    /// The account has enough live links; the older ones stay, this one was not recorded.
    TooMany,
    /// The credential epoch had already moved on; not recorded.
    Stale,
}

/// A live link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReset {
    /// For whom.
    pub account: AccountKey,
    /// As issued.
    pub binding: [u8; 32],
    /// Invalid from this second on.
    pub expires_at: u64,
}

/// See [`Store::consume_reset`](crate::Store::consume_reset).
#[derive(Clone)]
pub struct ConsumeReset {
    /// The hash of the verified token's selector.
    pub token: TokenHash,
    /// The account the link was found to belong to; a guard.
    pub account: AccountKey,
    /// What must still be as it was at issue; a guard.
    pub binding: [u8; 32],
    /// The new PHC string.
    pub hash: String,
    /// What [`Credential::recheck`](crate::Credential::recheck) is from now on.
    pub recheck: bool,
    /// Which past passwords stay, the one now replaced included.
    pub keep: KeepHistory,
    /// Budgets that change if the command succeeds.
    pub budgets: BudgetChanges,
    /// The notice to the person, queued in the same transaction.
    pub notice: Option<NewJob>,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether a link was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum ResetConsumed {
    /// The password is the new one, under this epoch.
    Consumed {
        /// The new epoch.
        epoch: u64,
    },
    /// The link was unknown, used, expired, or outlived by a change; nothing has changed.
    Invalid,
}

/// See [`Store::revoke_links`](crate::Store::revoke_links).
#[derive(Clone, Debug)]
pub struct RevokeLinks {
    /// Whose.
    pub account: AccountKey,
    /// The credential epoch under which the caller decided; the guard.
    pub expected_epoch: u64,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether links were revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum LinksRevoked {
    /// No link of the account is live any more.
    Revoked {
        /// How many were until now.
        links: u64,
    },
    /// The epoch was not the expected one, so that the links known to the caller are dead already;
    /// nothing has changed.
    Stale,
}

impl fmt::Debug for ConsumeReset {
    /// Leaves the hash out: it can be attacked offline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsumeReset")
            .field("token", &self.token)
            .field("account", &self.account)
            .field("recheck", &self.recheck)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}
