//! Why a mail was postponed or given up.

use crate::fault::Fault;
use slotwerk_mail::{ComposeError, SendProblem};
use slotwerk_store::MailState;

/// Why a mail was postponed or given up. It holds no name, address, link or code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MailProblem {
    /// This node has not registered the tenant. Another node may have.
    UnregisteredTenant,
    /// The host's source of tenants failed.
    TenantSourceFault,
    /// The tenant's budget of mails is used up.
    TenantBudget,
    /// The account has too many live links for an invitation with another one.
    TooManyLinks,
    /// The account is unknown or disabled by now.
    AccountGone,
    /// The set-up was finished, replaced or expired before its mail was written.
    SetUpOver,
    /// Something of the account changed while the mail was written.
    AccountChanged,
    /// The account's mail address is not one that a mail can go to.
    AddressRefused,
    /// The account name does not fit a mail or an otpauth URI.
    AccountNameRefused,
    /// The tenant's issuer does not fit a mail.
    IssuerRefused,
    /// A text or template of the mail failed, or a value does not fit it.
    Unwritable,
    /// The mail is not fit to be sent: too long, or without one of its links.
    Unfit,
    /// The mailer did not send it.
    NotSent(SendProblem),
    /// The job was written by another version, or was altered.
    Unreadable,
    /// The key that sealed the job or a secret is not in the ring.
    KeyMissing,
    /// The store failed.
    StoreFault,
    /// The directory failed.
    DirectoryFault,
    /// The random source failed.
    NoEntropy,
    /// Something that the directory or a setting holds cannot be used.
    Unusable,
    /// The lease ran out, and another worker may have the job. The mail may leave twice.
    LeaseLost,
    /// Every worker that took the job vanished before it had an answer.
    WorkerGone,
}

impl MailProblem {
    /// The state that a page behind the set-up's ticket shows when the worker gives its mail up.
    pub(crate) fn state(self) -> MailState {
        match self {
            // RFC 5321 section 4.2.3: the mailbox or its name is not accepted.
            Self::AddressRefused
            | Self::NotSent(SendProblem::Address | SendProblem::Answered(550 | 551 | 553)) => {
                MailState::AddressRefused
            }
            _ => MailState::Failed,
        }
    }
}

impl From<&Fault> for MailProblem {
    fn from(fault: &Fault) -> Self {
        match fault {
            Fault::Store(_) => Self::StoreFault,
            Fault::Directory(_) => Self::DirectoryFault,
            Fault::Entropy(_) => Self::NoEntropy,
            Fault::Key(_) => Self::KeyMissing,
            Fault::Sealed(slotwerk_keys::OpenError::Key(_)) => Self::KeyMissing,
            Fault::Sealed(_) => Self::Unreadable,
            Fault::UnknownTenant => Self::UnregisteredTenant,
            Fault::TenantSource(_) => Self::TenantSourceFault,
            Fault::Seal(_) | Fault::Hashing(_) | Fault::Tenant(_) | Fault::Unusable(_) => {
                Self::Unusable
            }
        }
    }
}

impl From<&ComposeError> for MailProblem {
    fn from(error: &ComposeError) -> Self {
        match error {
            ComposeError::Recipient(_) => Self::AddressRefused,
            ComposeError::AccountName(_) => Self::AccountNameRefused,
            ComposeError::Issuer(_) => Self::IssuerRefused,
            ComposeError::Unfit(_) => Self::Unfit,
            _ => Self::Unwritable,
        }
    }
}
