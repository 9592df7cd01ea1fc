//! Faults: what went wrong with the infrastructure, as opposed to what a person may be told.

use crate::build_error::BuildError;
use crate::directory::DirectoryError;
use slotwerk_keys::{KeyFault, OpenError, SealError};
use slotwerk_store::StoreError;
use std::error::Error;
use std::io;
use std::sync::Arc;

/// A fault of the infrastructure. It says nothing about an account, a password or a code: the person
/// may try again, the operator should look.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The store could not do its work.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The host's directory could not do its work.
    #[error("the directory failed")]
    Directory(#[source] DirectoryError),
    /// The random source failed; nothing was issued.
    #[error("the random source failed")]
    Entropy(#[source] io::Error),
    /// A sealed value asks for a key that the ring does not have.
    #[error("a key is missing")]
    Key(#[from] KeyFault),
    /// A sealed value could not be opened: altered, or sealed for another place.
    #[error("a sealed value cannot be opened")]
    Sealed(#[source] OpenError),
    /// A value could not be sealed.
    #[error("a value cannot be sealed")]
    Seal(#[from] SealError),
    /// The hashing pool is gone, or a stored hash is not one it accepts.
    #[error("hashing failed")]
    Hashing(#[source] slotwerk_password::HashError),
    /// No tenant with this id is registered, and the source has none.
    #[error("the tenant is not registered")]
    UnknownTenant,
    /// The host's source of tenants could not do its work.
    #[error("the source of tenants failed")]
    TenantSource(#[source] Arc<dyn Error + Send + Sync>),
    /// The source gave a tenant that does not fit this service.
    #[error("a tenant of the source cannot be used")]
    Tenant(#[source] Box<BuildError>),
    /// What the directory or a setting holds cannot be used: an id that is too long, a name that does
    /// not fit an otpauth URI, an address that is none.
    #[error("{0} is not usable")]
    Unusable(&'static str),
}
