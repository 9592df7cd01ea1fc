//! Why a call to Redis failed.

use redis::RedisError;
use slotwerk_store::{ErrorKind, StoreError};
use std::time::Duration;

/// A call to Redis failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedisFault {
    /// An earlier call has failed, and its pause is not over. Nothing was sent.
    #[error("Redis has failed a moment ago")]
    Paused,
    /// There is no connection. Nothing was sent.
    #[error("no connection to Redis")]
    Unconnected(#[source] RedisError),
    /// No connection came about in time. Nothing was sent.
    #[error("no connection to Redis within {0:?}")]
    ConnectTimeout(Duration),
    /// Redis has rejected the call, or the connection has failed after it was sent.
    #[error("the call to Redis failed")]
    Failed(#[source] RedisError),
    /// The call was sent and no answer came in time.
    #[error("no answer of Redis within {0:?}")]
    Timeout(Duration),
    /// The answer is not one of the script.
    #[error("an unexpected answer of Redis")]
    Answer,
}

impl RedisFault {
    /// A few words for a log, without anything that a server or a URL says.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Unconnected(_) => "no_connection",
            Self::ConnectTimeout(_) => "connect_timeout",
            Self::Failed(error) => match error.code() {
                Some("READONLY") => "readonly",
                Some("LOADING") => "loading",
                Some("OOM") => "out_of_memory",
                Some("MASTERDOWN") => "master_down",
                Some("NOPERM") => "no_permission",
                Some(_) => "rejected",
                None => "connection_lost",
            },
            Self::Timeout(_) => "timeout",
            Self::Answer => "unexpected_answer",
        }
    }

    /// Whether the call may have happened.
    fn is_in_doubt(&self) -> bool {
        match self {
            Self::Paused | Self::Unconnected(_) | Self::ConnectTimeout(_) => false,
            // Redis checks these before the first write of a script.
            Self::Failed(error) => !matches!(
                error.code(),
                Some("READONLY" | "LOADING" | "OOM" | "MASTERDOWN" | "NOPERM")
            ),
            Self::Timeout(_) | Self::Answer => true,
        }
    }
}

impl From<RedisFault> for StoreError {
    fn from(fault: RedisFault) -> Self {
        let kind = if fault.is_in_doubt() {
            ErrorKind::InDoubt
        } else {
            ErrorKind::Unavailable
        };
        Self::with_source(kind, fault)
    }
}
