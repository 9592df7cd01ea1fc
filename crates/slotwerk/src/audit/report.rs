//! What a verification found.

use super::CheckpointMark;
use slotwerk_keys::KeyFault;
use std::fmt;

/// The most findings that a report lists.
const MOST_FINDINGS: usize = 1000;

/// What [`AuditChain::verify`](crate::AuditChain::verify) found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditReport {
    /// Checkpoints of the chain.
    pub checkpoints: u64,
    /// Rows that a checkpoint covers and that are as it says.
    pub rows: u64,
    /// Rows that retention has removed, as a checkpoint allows.
    pub removed: u64,
    /// Rows that were covered more than an hour after they were written: the worker stood still, or somebody added rows
    /// with an old date.
    pub late: u64,
    /// Rows that no checkpoint covers yet.
    pub unsealed: u64,
    /// Rows among them that are older than ten minutes: the worker stands still.
    pub overdue: u64,
    /// The last checkpoint. Keep its mark outside the database.
    pub end: Option<CheckpointMark>,
    /// What is wrong, at most 1000 findings.
    pub findings: Vec<AuditFinding>,
    /// How many findings there are beyond these.
    pub more: u64,
}

/// What a report comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuditVerdict {
    /// Every covered row and every checkpoint is as it was made.
    Intact,
    /// Nothing was found to be altered, but not everything is protected: rows wait too long for a checkpoint, or the
    /// ring does not have the key of a checkpoint.
    Unproven,
    /// Rows or checkpoints were altered, removed or added.
    Altered,
}

/// Something that is wrong. Checkpoints and rows are named by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditFinding {
    /// A row is not as it was when the checkpoint was made.
    RowAltered {
        /// The checkpoint that covers it.
        checkpoint: u64,
        /// The row.
        row: u64,
    },
    /// A row that the checkpoint covers is gone, or is not marked as covered by it.
    RowMissing {
        /// The checkpoint that covers it.
        checkpoint: u64,
        /// The row.
        row: u64,
    },
    /// A row is marked as covered by a checkpoint that does not cover it, or does not exist.
    RowAdded {
        /// The checkpoint.
        checkpoint: u64,
        /// The row.
        row: u64,
    },
    /// The tag of a checkpoint is wrong.
    CheckpointAltered {
        /// The checkpoint.
        checkpoint: u64,
    },
    /// Checkpoints are missing from the chain.
    CheckpointsMissing {
        /// The first one.
        first: u64,
        /// The last one.
        last: u64,
    },
    /// A genuine checkpoint does not name the one before it: that one was replaced.
    ChainBroken {
        /// The genuine one.
        checkpoint: u64,
    },
    /// The chain does not contain the expected checkpoint: its end was cut off.
    EndMissing {
        /// The expected one.
        expected: CheckpointMark,
    },
    /// A row or a checkpoint has a form that no version writes. Nothing after it was verified.
    Unreadable {
        /// The last checkpoint that was read.
        after: u64,
    },
    /// The ring cannot verify a checkpoint, and no later one with a usable key covers it.
    KeyUnusable {
        /// The checkpoint.
        checkpoint: u64,
        /// What is wrong with its key.
        fault: KeyFault,
    },
}

impl AuditReport {
    /// What the report comes to.
    #[must_use]
    pub fn verdict(&self) -> AuditVerdict {
        let altered = |finding: &AuditFinding| !matches!(finding, AuditFinding::KeyUnusable { .. });
        if self.more > 0 || self.findings.iter().any(altered) {
            AuditVerdict::Altered
        } else if self.overdue > 0 || !self.findings.is_empty() {
            AuditVerdict::Unproven
        } else {
            AuditVerdict::Intact
        }
    }

    pub(super) fn find(&mut self, finding: AuditFinding) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }
}

impl AuditFinding {
    /// The name of the finding, for programs: lowercase letters and underscores.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::RowAltered { .. } => "row_altered",
            Self::RowMissing { .. } => "row_missing",
            Self::RowAdded { .. } => "row_added",
            Self::CheckpointAltered { .. } => "checkpoint_altered",
            Self::CheckpointsMissing { .. } => "checkpoints_missing",
            Self::ChainBroken { .. } => "chain_broken",
            Self::EndMissing { .. } => "end_missing",
            Self::Unreadable { .. } => "unreadable",
            Self::KeyUnusable { .. } => "key_unusable",
        }
    }
}

impl fmt::Display for AuditFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RowAltered { checkpoint, row } => {
                write!(f, "row {row} was altered after checkpoint {checkpoint}")
            }
            Self::RowMissing { checkpoint, row } => {
                write!(f, "row {row} of checkpoint {checkpoint} is missing")
            }
            Self::RowAdded { checkpoint, row } => {
                write!(f, "row {row} was added to checkpoint {checkpoint}")
            }
            Self::CheckpointAltered { checkpoint } => {
                write!(f, "checkpoint {checkpoint} was altered or forged")
            }
            Self::CheckpointsMissing { first, last } if first == last => {
                write!(f, "checkpoint {first} is missing")
            }
            Self::CheckpointsMissing { first, last } => {
                write!(f, "checkpoints {first} to {last} are missing")
            }
            Self::ChainBroken { checkpoint } => {
                write!(f, "the checkpoint before {checkpoint} was replaced")
            }
            Self::EndMissing { expected } => {
                write!(f, "the chain does not contain checkpoint {expected}")
            }
            Self::Unreadable { after } => {
                write!(
                    f,
                    "a row or checkpoint after checkpoint {after} cannot be read"
                )
            }
            Self::KeyUnusable { checkpoint, fault } => {
                write!(f, "checkpoint {checkpoint} cannot be verified: {fault}")
            }
        }
    }
}
