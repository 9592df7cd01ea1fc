//! The bytes that the store keeps with a session: the state of the sign-in, then the data of the host.

use crate::fault::Fault;
use crate::session::SessionState;
use slotwerk_store::{MAX_SESSION_DATA, SessionData};
use std::fmt;

/// Room for a state and its length. The longest ids need half of it; the rest is for later versions.
const MAX_STATE: usize = 1024;

/// The data that a host keeps with a session, such as a CSRF secret or the name of the browser: at most
/// [`MAX_BYTES`](Self::MAX_BYTES). Slotwerk does not read it.
///
/// ```
/// use slotwerk::HostData;
/// assert!(HostData::new(vec![0; HostData::MAX_BYTES]).is_ok());
/// assert!(HostData::new(vec![0; HostData::MAX_BYTES + 1]).is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HostData(Vec<u8>);

impl HostData {
    /// The most bytes: 3,072.
    pub const MAX_BYTES: usize = MAX_SESSION_DATA - MAX_STATE;

    /// Takes the bytes of the host.
    ///
    /// # Errors
    ///
    /// [`HostDataTooLong`] beyond [`MAX_BYTES`](Self::MAX_BYTES).
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, HostDataTooLong> {
        let bytes = bytes.into();
        if bytes.len() > Self::MAX_BYTES {
            return Err(HostDataTooLong { len: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The bytes of the host.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for HostData {
    /// Shows the length only: the host may keep anything there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostData({} bytes)", self.0.len())
    }
}

/// The data of a host is longer than [`HostData::MAX_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("session data has {len} bytes; at most {} fit", HostData::MAX_BYTES)]
pub struct HostDataTooLong {
    /// How many bytes it has.
    pub len: usize,
}

/// Two bytes of length, the state as JSON, and the data of the host.
pub(crate) fn pack(state: &SessionState, data: &HostData) -> Result<SessionData, Fault> {
    let unusable = || Fault::Unusable("the state of a session");
    let state = serde_json::to_vec(state).map_err(|_| unusable())?;
    let length = u16::try_from(state.len()).map_err(|_| unusable())?;
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend_from_slice(&state);
    bytes.extend_from_slice(data.as_bytes());
    SessionData::new(bytes).map_err(|_| unusable())
}

/// `None` if another version of Slotwerk, or another program, has written it.
pub(crate) fn unpack(stored: &SessionData) -> Option<(SessionState, HostData)> {
    let (length, rest) = stored.as_bytes().split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (state, data) = rest.split_at_checked(length)?;
    let state = serde_json::from_slice(state).ok()?;
    Some((state, HostData::new(data).ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::auth::account_key;
    use crate::grant::Grant;
    use slotwerk_store::PasswordStanding;

    /// Quotation marks and backslashes take two bytes in JSON.
    #[test]
    fn longest_state_and_data_fit() {
        let key = account_key(&"t".repeat(64), &"\\".repeat(128)).unwrap();
        let grant = Grant::new(&key, u64::MAX, PasswordStanding::Breached, u64::MAX);
        let state = SessionState::begin(&grant.with_second_factor());
        let data = HostData::new(vec![7; HostData::MAX_BYTES]).unwrap();
        let packed = pack(&state, &data).unwrap();
        assert!(unpack(&packed).unwrap() == (state, data));
    }

    #[test]
    fn foreign_bytes_are_no_session() {
        for bytes in [&b""[..], b"\0", b"\0\x02{}", b"\0\x09{}", b"\xff\xff{}"] {
            let stored = SessionData::new(bytes).unwrap();
            assert!(unpack(&stored).is_none(), "{bytes:?}");
        }
    }
}
