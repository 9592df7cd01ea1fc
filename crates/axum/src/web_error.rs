//! Settings of a [`Web`](crate::Web) that cannot be used.

use slotwerk_words::LanguageError;

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// A template is wrong.
    #[error("the pages cannot be used: {0}")]
    Template(#[from] minijinja::Error),
    /// A text is wrong.
    #[error("the texts cannot be used: {0}")]
    Texts(#[from] LanguageError),
    /// The prefix of cookies is not made of letters, digits and hyphens.
    #[error("the prefix of cookies {0:?} may have letters, digits and hyphens only")]
    CookiePrefix(String),
}
