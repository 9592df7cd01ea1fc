//! The host's authorisation of the help desk.

use slotwerk::{Account, DirectoryError, async_trait};

/// Decides who may work at the help desk of a tenant: see [`WebBuilder::help_desk`](crate::WebBuilder::help_desk).
///
/// Each page and each call asks the host before it reads anything. An error is a fault of the host: the answer is
/// then 503, and never "no".
///
/// A changing act needs a second factor that the person has shown within
/// [`Limits::step_up_lifetime`](slotwerk::Limits::step_up_lifetime). So each administrator needs an authenticator, also at
/// a tenant that does not require one.
///
/// ```
/// use slotwerk::{Account, DirectoryError, async_trait};
/// use slotwerk_axum::{DeskAct, DeskGate};
///
/// struct Roles;
///
/// #[async_trait]
/// impl DeskGate for Roles {
///     async fn allows(&self, tenant: &str, person: &Account, act: DeskAct) -> Result<bool, DirectoryError> {
///         // In place of the host's own table of roles.
///         let is_administrator = tenant == "noord" && person.id == "17";
///         Ok(is_administrator && act != DeskAct::ReadTrail)
///     }
/// }
/// ```
#[async_trait]
pub trait DeskGate: Send + Sync {
    /// Whether this person, who is signed in at this tenant, may do this act there.
    ///
    /// # Errors
    ///
    /// An error of the host's data.
    async fn allows(
        &self,
        tenant: &str,
        person: &Account,
        act: DeskAct,
    ) -> Result<bool, DirectoryError>;

    /// Whether a second person has to approve the reset of a second factor. Default: no.
    fn second_approver(&self, tenant: &str) -> bool {
        let _ = tenant;
        false
    }

    /// The people whose names the audit trail shows. The trail stores keyed hashes, so it needs a list of names to compare.
    /// Default: the trail shows only the reader's own name.
    ///
    /// # Errors
    ///
    /// An error of the host's data.
    async fn staff(&self, tenant: &str) -> Result<Vec<Account>, DirectoryError> {
        let _ = tenant;
        Ok(Vec::new())
    }
}

/// An act at the help desk, for [`DeskGate::allows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeskAct {
    /// Finds an account, and sees its state and why it cannot sign in.
    Find,
    /// Clears the counts of failed attempts of an account.
    Unlock,
    /// Removes the authenticators and recovery codes of an account, or approves it.
    ResetSecondFactor,
    /// Requires a new password at the next sign-in.
    RequireNewPassword,
    /// Mails the link for a first password.
    Invite,
    /// Ends the sessions of an account.
    EndSessions,
    /// Lists the accounts with a second factor.
    ListSecondFactors,
    /// Reads the audit trail.
    ReadTrail,
    /// Sees the password rules, and tries a sample password.
    SeeRules,
}

impl DeskAct {
    /// Whether the act changes an account. It then needs a recent second factor.
    pub(crate) fn changes(self) -> bool {
        match self {
            Self::Unlock
            | Self::ResetSecondFactor
            | Self::RequireNewPassword
            | Self::Invite
            | Self::EndSessions => true,
            Self::Find | Self::ListSecondFactors | Self::ReadTrail | Self::SeeRules => false,
        }
    }
}
