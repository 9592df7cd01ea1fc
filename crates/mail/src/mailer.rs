//! The contract for sending.

use std::error::Error;
use std::fmt;

use crate::{Mail, SendProblem};

/// Sends composed mails. The host implements it, or takes `SmtpMailer` (feature `smtp`).
///
/// ```
/// use std::sync::Mutex;
/// use slotwerk_mail::{Mail, Mailer, SendError, async_trait};
///
/// /// Keeps what it is given, for a test.
/// #[derive(Default)]
/// struct Pile(Mutex<Vec<Mail>>);
///
/// #[async_trait]
/// impl Mailer for Pile {
///     async fn send(&self, mail: &Mail) -> Result<(), SendError> {
///         let mut pile = self.0.lock().map_err(|_| SendError::transient("the pile is gone"))?;
///         pile.push(mail.clone());
///         Ok(())
///     }
/// }
/// ```
#[async_trait::async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands the mail to the next station. `Ok` means accepted there, not delivered.
    ///
    /// # Errors
    ///
    /// [`SendError::Transient`] if the same mail may be tried again, [`SendError::Permanent`] if not.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;
}

/// Why a mail was not accepted for delivery.
///
/// Neither `Display` nor `Debug` shows the cause, since a server's reply tends to repeat the address. The
/// cause is there as [`Error::source`]; what a mailer puts there must be fit for a log.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It may work later: no connection, a busy server, a full mailbox.
    #[error("the mail could not be sent for now")]
    Transient {
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It will not work: the address or the mail was refused.
    #[error("the mail was refused")]
    Permanent {
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl SendError {
    /// A fault that may pass.
    pub fn transient(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Transient {
            source: source.into(),
        }
    }

    /// A fault that will not pass.
    pub fn permanent(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Permanent {
            source: source.into(),
        }
    }

    /// The cause as a reason for logs: a [`SendProblem`], or the fault of an `SmtpMailer`.
    /// [`SendProblem::Other`] for the cause of another mailer.
    ///
    /// ```
    /// use slotwerk_mail::{SendError, SendProblem};
    ///
    /// let error = SendError::permanent(SendProblem::Answered(550));
    /// assert_eq!(error.problem(), SendProblem::Answered(550));
    /// assert_eq!(SendError::transient("no paper").problem(), SendProblem::Other);
    /// ```
    #[must_use]
    pub fn problem(&self) -> SendProblem {
        let (Self::Transient { source } | Self::Permanent { source }) = self;
        if let Some(problem) = source.downcast_ref::<SendProblem>() {
            return *problem;
        }
        #[cfg(feature = "smtp")]
        if let Some(fault) = source.downcast_ref::<crate::SmtpFault>() {
            return SendProblem::from(*fault);
        }
        SendProblem::Other
    }

    /// Whether to try the same mail again later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. })
    }
}

impl fmt::Debug for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_transient() {
            "Transient"
        } else {
            "Permanent"
        })
    }
}
