//! How the layer behaves, and what it rejects at startup.

use std::time::Duration;

/// The settings of a [`RedisStore`](crate::RedisStore).
///
/// ```
/// use slotwerk_redis::{RedisSettings, WhenDown};
///
/// let mut settings = RedisSettings::default();
/// settings.when_down = WhenDown::Reject;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RedisSettings {
    /// What happens to a charge while Redis is down. Default: [`WhenDown::UseStore`].
    pub when_down: WhenDown,
    /// How long one call may wait for Redis, with a new connection if it needs one. Default: 250 ms.
    ///
    /// Connecting, with TLS and a password, must fit. Otherwise no connection ever comes about.
    pub deadline: Duration,
    /// How long Redis is left alone after a failed call. Then one call tries again. Default: 1 s.
    pub pause: Duration,
    /// What the names of keys begin with. Services that share a Redis need different ones. Default:
    /// `slotwerk:budget:`.
    pub prefix: String,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            when_down: WhenDown::UseStore,
            deadline: Duration::from_millis(250),
            pause: Duration::from_secs(1),
            prefix: "slotwerk:budget:".to_owned(),
        }
    }
}

/// What happens to a charge while Redis is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhenDown {
    /// The store underneath counts. People can sign in, and addresses get at most one more burst.
    UseStore,
    /// The call fails. Nobody gets another burst, and nobody can sign in or ask for a link.
    Reject,
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The URL is not one of Redis.
    #[error(
        "the URL of Redis: expected `redis://`, `rediss://` (feature `tls`) or `unix://`, with special characters in \
         the password percent-encoded"
    )]
    Url,
    /// The deadline is not 1 ms to 10 s.
    #[error("`deadline`: expected 1 ms to 10 s, not {0:?}")]
    Deadline(Duration),
    /// The pause is not 1 ms to 1 min.
    #[error("`pause`: expected 1 ms to 1 min, not {0:?}")]
    Pause(Duration),
    /// The prefix is empty, too long, or holds other characters.
    #[error("`prefix`: expected 1 to 64 ASCII letters, digits and `:`, `.`, `-`, `_`, not {0:?}")]
    Prefix(String),
}

const LONGEST_PREFIX: usize = 64;

impl RedisSettings {
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let shortest = Duration::from_millis(1);
        if !(shortest..=Duration::from_secs(10)).contains(&self.deadline) {
            return Err(SettingsError::Deadline(self.deadline));
        }
        if !(shortest..=Duration::from_secs(60)).contains(&self.pause) {
            return Err(SettingsError::Pause(self.pause));
        }
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b":.-_".contains(&byte);
        let length = 1..=LONGEST_PREFIX;
        if !length.contains(&self.prefix.len()) || !self.prefix.bytes().all(fits) {
            return Err(SettingsError::Prefix(self.prefix.clone()));
        }
        Ok(())
    }
}
