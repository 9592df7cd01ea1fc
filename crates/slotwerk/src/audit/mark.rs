//! Number and tag of a checkpoint, to keep outside the database.

use slotwerk_store::Checkpoint;
use std::fmt;
use std::str::FromStr;

/// Number and tag of a checkpoint. Neither is secret. An operator who keeps one outside the database can later show
/// that the chain still contains it: see [`AuditChain::verify`](crate::AuditChain::verify).
///
/// Its text is the number, a colon and 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CheckpointMark {
    number: u64,
    mac: [u8; 32],
}

impl CheckpointMark {
    /// The number of the checkpoint in the chain of its tenant.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn of(checkpoint: &Checkpoint) -> Self {
        Self {
            number: checkpoint.number,
            mac: checkpoint.mac,
        }
    }
}

impl fmt::Display for CheckpointMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.number)?;
        self.mac.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for CheckpointMark {
    type Err = NotACheckpointMark;

    fn from_str(text: &str) -> Result<Self, NotACheckpointMark> {
        let read = || {
            let (number, digits) = text.split_once(':')?;
            let mut mac = [0; 32];
            for (n, byte) in mac.iter_mut().enumerate() {
                let place = n.checked_mul(2)?;
                let pair = digits.get(place..place.checked_add(2)?)?;
                *byte = u8::from_str_radix(pair, 16).ok()?;
            }
            let number = number.parse().ok()?;
            Some(Self { number, mac })
        };
        read()
            .filter(|mark: &Self| mark.to_string() == text)
            .ok_or(NotACheckpointMark)
    }
}

/// A text that is no mark of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mark is a number, a colon and 64 lowercase hexadecimal digits")]
pub struct NotACheckpointMark;
