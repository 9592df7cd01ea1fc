//! Sign-in tickets: the state between the password and the second factor.

use crate::{AccountKey, BudgetChanges, TokenHash};

/// What a ticket still asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// An authenticator must be set up.
    Enrol,
    /// A code of an active authenticator must be given.
    Verify,
    /// Nothing: the sign-in is finished, and so lately that the person may change their second factor.
    /// Such a ticket is not spent by use. It dies with its time or the credential epoch.
    Manage,
}

impl Stage {
    /// How many authenticators may be active already where an enrolment is begun or confirmed under a
    /// ticket of this stage, when a command asks for `most`. `None` where it may not be done at all.
    #[must_use]
    pub fn most_active(self, most: u32) -> Option<u32> {
        match self {
            Self::Enrol => Some(0),
            Self::Manage => Some(most),
            Self::Verify => None,
        }
    }

    /// The stable name under which the stage is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::Verify => "verify",
            Self::Manage => "manage",
        }
    }

    /// The stage of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Enrol, Self::Verify, Self::Manage]
            .into_iter()
            .find(|stage| stage.as_str() == name)
    }
}

/// What the first step of a sign-in learned about the password it accepted.
///
/// The password itself is gone by the second step, so the ticket carries what is to be done about it.
/// Later in this list is graver, and the order of the type says the same: of two findings, keep the
/// greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PasswordStanding {
    /// Nothing against it.
    #[default]
    Good,
    /// Older than the policy allows.
    Expired,
    /// It does not meet the rules that hold by now.
    Unfit,
    /// Somebody [asked for another one](crate::Store::require_new_password).
    MustChange,
    /// Found among breached passwords.
    Breached,
}

impl PasswordStanding {
    /// The stable name under which the standing is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Expired => "expired",
            Self::Unfit => "unfit",
            Self::MustChange => "must-change",
            Self::Breached => "breached",
        }
    }

    /// The standing of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Good,
            Self::Expired,
            Self::Unfit,
            Self::MustChange,
            Self::Breached,
        ]
        .into_iter()
        .find(|standing| standing.as_str() == name)
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
    /// What was learned about the password.
    pub standing: PasswordStanding,
    /// The credential epoch it was opened under: the ticket dies when that moves on.
    pub epoch: u64,
    /// Invalid from this second on.
    pub expires_at: u64,
    /// Budgets that change if the command succeeds.
    pub budgets: BudgetChanges,
    /// How many tickets of the account and the stage may live at once; the oldest go first.
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
    /// What was learned about the password when it was opened.
    pub standing: PasswordStanding,
    /// The credential epoch, which is also the current one.
    pub epoch: u64,
    /// Invalid from this second on.
    pub expires_at: u64,
}
