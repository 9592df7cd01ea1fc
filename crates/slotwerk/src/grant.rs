//! The proof that somebody has signed in.

use slotwerk_store::{AccountKey, PasswordStanding};

/// Somebody has signed in: what [`SessionState::begin`](crate::SessionState::begin) turns into a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub(crate) key: AccountKey,
    pub(crate) epoch: u64,
    pub(crate) standing: PasswordStanding,
    /// When the person showed the password (Unix time).
    pub(crate) password_at: u64,
    /// When the person showed a second factor (Unix time).
    pub(crate) second_factor_at: Option<u64>,
}

impl Grant {
    /// The host's id of the account.
    #[must_use]
    pub fn account(&self) -> &str {
        self.key.account()
    }

    /// The standing of the password at the sign-in. Anything but [`PasswordStanding::Good`] calls for a new one:
    /// send the person to the page where it is [changed](crate::Session::change_password).
    #[must_use]
    pub fn standing(&self) -> PasswordStanding {
        self.standing
    }

    /// Whether the person showed a second factor in this sign-in.
    #[must_use]
    pub fn second_factor(&self) -> bool {
        self.second_factor_at.is_some()
    }

    pub(crate) fn new(key: &AccountKey, epoch: u64, standing: PasswordStanding, at: u64) -> Self {
        Self {
            key: key.clone(),
            epoch,
            standing,
            password_at: at,
            second_factor_at: None,
        }
    }

    pub(crate) fn with_second_factor(self) -> Self {
        Self {
            second_factor_at: Some(self.password_at),
            ..self
        }
    }
}
