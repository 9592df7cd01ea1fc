//! Settings of a [`Web`](crate::Web) that cannot be used.

use crate::texts::TextsError;

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// A template is wrong.
    #[error("the pages cannot be used: {0}")]
    Template(#[from] minijinja::Error),
    /// The texts are wrong.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// The prefix of cookies is not made of letters, digits and hyphens.
    #[error("the prefix of cookies {0:?} may have letters, digits and hyphens only")]
    CookiePrefix(String),
}
