//! The texts of Slotwerk's pages and mails, in Dutch, English and the languages that a host adds.
//!
//! ```
//! use slotwerk_words::Languages;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pages = Languages::pages()?.replace("nl", "sign-in = Aanmelden")?;
//! let words = pages.find("nl-BE").ok_or("no Dutch")?;
//! assert_eq!(words.text("sign-in", &[])?, "Aanmelden");
//! let wait = words.text("wait-minutes", &[("count", 1.into())])?;
//! assert!(wait.contains("1 minuut"));
//! # Ok(())
//! # }
//! ```
//!
//! Texts are in the syntax of [Fluent]. [`Languages::pages`] and [`Languages::mail`] hold the built-in texts. The
//! two sets are separate: a text of a page and a text of a mail may have the same name. A host replaces single texts
//! with [`Languages::replace`] and adds a language with [`Languages::add`]. Both reject a text that is missing,
//! unknown or names other values than the English one. [`Languages::new`] makes a set of the host's own texts.
//!
//! A text consists of words, values and choices between them. Terms, functions, attributes and references to other
//! texts are rejected. So a text cannot fail because of another text, and a reader of one text sees all of it.
//!
//! # What it does not protect against
//!
//! - A text is not escaped. The template that shows it escapes it for HTML.
//! - Values are inserted as they are. The caller rejects control characters and direction marks in names, for example
//!   with [`is_forbidden`].
//! - The checks compare names and values. They do not see a wrong or misleading translation.
//! - All languages are written from left to right. Others are rejected, because the layouts cannot show them.
//!
//! [Fluent]: https://projectfluent.org/fluent/guide/

mod arg;
mod catalogue;
mod characters;
mod languages;
mod pattern;
mod source;
mod tag;
mod words;

pub use arg::Arg;
pub use catalogue::{Catalogue, RejectedText, TextProblem};
pub use characters::is_forbidden;
pub use languages::{LanguageError, Languages};
pub use source::{MAX_BRACES, MAX_SOURCE};
pub use tag::MAX_TAG;
pub use words::{TextError, Words};

/// Every text of the mails, in English: the texts that another language must have.
pub const MAIL_ENGLISH: &str = include_str!("../texts/mail.en.ftl");
/// Every text of the pages, in English: the texts that another language must have.
pub const PAGES_ENGLISH: &str = include_str!("../texts/pages.en.ftl");

const MAIL_DUTCH: &str = include_str!("../texts/mail.nl.ftl");
const PAGES_DUTCH: &str = include_str!("../texts/pages.nl.ftl");

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
