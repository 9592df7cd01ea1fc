//! From the contract's types to columns and back. A column is a signed 64-bit number, a text or bytes.

use crate::error::Unreadable;
use slotwerk_store::{Result, latest_expiry};

/// A time, clamped to the last second that a column can hold: both sides of a comparison are, so an
/// expiry still lies ahead of every earlier `now`.
pub(crate) fn time(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The last expiry that a right clock can have written. One that was clamped never counts as later.
pub(crate) fn latest(now: u64) -> i64 {
    time(latest_expiry(now))
}

/// A number that must come back as it went, such as an epoch or a TOTP step.
pub(crate) fn exact(value: u64) -> Result<i64> {
    Ok(i64::try_from(value).map_err(|_| Unreadable::Beyond)?)
}

/// A number that is never negative.
pub(crate) fn unsigned<T: TryFrom<i64>>(value: i64) -> Result<T> {
    Ok(T::try_from(value).map_err(|_| Unreadable::Number)?)
}

/// A yes or a no.
pub(crate) fn flag(value: i64) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Unreadable::Number.into()),
    }
}

/// Bytes of a fixed length.
pub(crate) fn bytes<const N: usize>(value: Vec<u8>) -> Result<[u8; N]> {
    Ok(value.try_into().map_err(|_| Unreadable::Length)?)
}

/// An entry of a closed list of names.
pub(crate) fn name<T>(found: Option<T>) -> Result<T> {
    Ok(found.ok_or(Unreadable::Name)?)
}
