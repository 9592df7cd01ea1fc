//! Sign-in tickets: the state between the password and the second factor.

use crate::{AccountKey, TokenHash};

/// What a ticket still asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// An authenticator must be set up.
    Enrol,
    /// A code of an active authenticator must be given.
    Verify,
}

impl Stage {
    /// The stable name under which the stage is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::Verify => "verify",
        }
    }

    /// The stage of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Enrol, Self::Verify]
            .into_iter()
            .find(|stage| stage.as_str() == name)
    }
}

/// See [`Store::open_ticket`](crate::Store::open_ticket).
#[derive(Clone, Debug)]
pub struct OpenTicket {
    /// The hash of the ticket's selector.
    pub token: TokenHash,
    /// Whose sign-in.
    pub account: AccountKey,
    /// What it asks for.
    pub stage: Stage,
    /// The credential version it was opened under: the ticket dies when that moves on.
    pub version: u64,
    /// Dead from this second on.
    pub expires_at: u64,
    /// How many tickets of the account may live at once; the oldest go first.
    pub max_live: u32,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// A live ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Whose sign-in.
    pub account: AccountKey,
    /// What it asks for.
    pub stage: Stage,
    /// The credential version, which is also the current one.
    pub version: u64,
    /// Dead from this second on.
    pub expires_at: u64,
}
