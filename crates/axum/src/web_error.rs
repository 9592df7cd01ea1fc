//! Settings of a [`Web`](crate::Web) that cannot be used.

use slotwerk_words::LanguageError;

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// A template has an error of syntax.
    #[error("the pages cannot be used: {0}")]
    Template(#[from] minijinja::Error),
    /// A text is missing, unknown or malformed.
    #[error("the texts cannot be used: {0}")]
    Texts(#[from] LanguageError),
    /// The prefix of cookies is not made of letters, digits and hyphens.
    #[error(
        "the cookie prefix {0:?} is empty or has other characters than letters, digits and hyphens: choose another one"
    )]
    CookiePrefix(String),
    /// The home page is no address of this host.
    #[error("the home page {0:?} is no local address: begin it with one slash, as in /app")]
    Home(String),
}
