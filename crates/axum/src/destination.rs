//! The page after a step-up. The sealed flow keeps it, and no request gives it, so that no address can lead elsewhere.

use serde::{Deserialize, Serialize};

/// A page about the second factor. Each id is one that was read as such.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Destination {
    #[default]
    List,
    Add,
    Rename(String),
    Replace(String),
    Remove(String),
    RecoveryCodes,
    /// A page of the host, whose address the flow remembers.
    Host,
}

impl Destination {
    /// Its address below the tenant's.
    pub(crate) fn page(&self) -> String {
        match self {
            Self::List => "authenticators".to_owned(),
            Self::Add => "authenticators/add".to_owned(),
            Self::Rename(id) => format!("authenticators/{id}/rename"),
            Self::Replace(id) => format!("authenticators/{id}/replace"),
            Self::Remove(id) => format!("authenticators/{id}/remove"),
            Self::RecoveryCodes => "recovery-codes".to_owned(),
            Self::Host => String::new(),
        }
    }
}
