//! Why a mail was not sent, as a reason for logs.

/// Why a mail was not sent. It repeats nothing of the mail, and no words of the mail server.
///
/// A mailer may give one as the cause of a [`SendError`](crate::SendError).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SendProblem {
    /// The mail server answered with this code.
    #[error("the mail server answered {0}")]
    Answered(u16),
    /// It took too long.
    #[error("sending took too long")]
    TimedOut,
    /// No encrypted connection came about.
    #[error("no encrypted connection to the mail server came about")]
    Tls,
    /// No connection came about, or it broke.
    #[error("the connection to the mail server failed")]
    Connection,
    /// The mail server could not be understood.
    #[error("the mail server could not be understood")]
    Protocol,
    /// The mailer cannot send to this address.
    #[error("the mailer cannot send to this address")]
    Address,
    /// The message could not be written.
    #[error("the message could not be written")]
    Message,
    /// The mailer gave another cause, or none that is known here.
    #[error("the mailer failed")]
    Other,
}

#[cfg(feature = "smtp")]
impl From<crate::SmtpFault> for SendProblem {
    fn from(fault: crate::SmtpFault) -> Self {
        use crate::SmtpFault;
        match fault {
            SmtpFault::Answered(code) => Self::Answered(code),
            SmtpFault::TimedOut => Self::TimedOut,
            SmtpFault::Tls => Self::Tls,
            SmtpFault::Connection => Self::Connection,
            SmtpFault::Protocol => Self::Protocol,
            SmtpFault::Message => Self::Message,
            SmtpFault::NoRuntime => Self::Other,
        }
    }
}

#[cfg(all(test, feature = "smtp"))]
mod tests {
    use super::SendProblem;
    use crate::{SendError, SmtpFault};

    #[test]
    fn smtp_faults_keep_their_reason() {
        for (fault, due) in [
            (SmtpFault::Answered(550), SendProblem::Answered(550)),
            (SmtpFault::TimedOut, SendProblem::TimedOut),
            (SmtpFault::Tls, SendProblem::Tls),
            (SmtpFault::Connection, SendProblem::Connection),
            (SmtpFault::Protocol, SendProblem::Protocol),
            (SmtpFault::Message, SendProblem::Message),
        ] {
            assert_eq!(SendError::permanent(fault).problem(), due);
            assert_eq!(SendError::transient(fault).problem(), due);
        }
    }
}
