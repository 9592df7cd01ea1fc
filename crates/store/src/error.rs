//! Faults of the infrastructure; never an answer about a person.

use std::error::Error;

/// What kind of fault it was, for a decision about trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The database could not be reached or did not answer in time. Nothing has changed; trying again may
    /// help.
    Unavailable,
    /// The database was busy or gave up this transaction for another. Nothing has changed; trying
    /// again may help.
    Conflict,
    /// A row does not have the form this version writes. Nothing has changed; trying again does not help.
    Corrupt,
    /// The answer to the commit was lost: the command has happened, or it has not. It is never repeated
    /// without being asked for. Each command of [`Store`](crate::Store) says what a repeat does.
    InDoubt,
}

/// A fault of the store. Its text names the kind only; the cause is in [`Error::source`].
#[derive(Debug, thiserror::Error)]
#[error("the store is {}", match kind {
    ErrorKind::Unavailable => "unavailable",
    ErrorKind::Conflict => "busy with a conflicting change",
    ErrorKind::Corrupt => "holding a row it cannot read",
    ErrorKind::InDoubt => "unsure whether the command has happened",
})]
pub struct StoreError {
    kind: ErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// A fault without a known cause.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// A fault with its cause.
    #[must_use]
    pub fn with_source(kind: ErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind,
            source: Some(source.into()),
        }
    }

    /// What kind of fault it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}
