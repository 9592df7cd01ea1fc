//! Password rules per tenant: one definition for the check, the page and the browser.
//!
//! A [`Policy`] is data: built in code or read from JSON, validated once, immutable after that. It
//! judges a password by all its rules at once and answers with the whole checklist, in words if you
//! like. A password that meets every rule comes back as [`Accepted`], in NFC, ready to be hashed.
//!
//! ```
//! use slotwerk_policy::{Blocklist, Class, Language, PolicyDraft, State, Subject};
//!
//! let policy = PolicyDraft::new()
//!     .minimum_length(12)
//!     .minimum_of_class(Class::Digit, 1)
//!     .without_attributes(4)
//!     .blocklist(Blocklist::from_words(["welkom012345"])?)
//!     .build()?;
//! let subject = Subject::new().user_name("n.devries")?;
//!
//! let unmet = policy.check(&subject, "DeVries-fietst").accept().unwrap_err();
//! let open = unmet.requirements().iter().filter(|r| r.state() != State::Met);
//! let texts: Vec<_> = open.map(|r| r.text(Language::En)).collect();
//! assert_eq!(texts, ["At least 1 digit", "Without your name, user name or mail address"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a character is
//!
//! A Unicode code point, after normalisation to NFC: in lengths, classes, runs, on the server and in the
//! page. `é` is one character however it was typed, an emoji may be several. Case is disregarded only in
//! [`Rule::WithoutAttributes`] and [`Rule::NotBlocklisted`]. White space counts towards the length and
//! belongs to no class; nothing is trimmed, collapsed or cut off.
//!
//! # Features
//!
//! All are off by default, and none changes a verdict.
//!
//! * `serde`: read and write [`PolicyDraft`], write [`Requirement`].
//! * `browser`: `Policy::browser_rules`, `Policy::html_attributes` and `EVALUATOR`, the module that gives
//!   the same verdict in a browser.
//!
//! # What it does not protect against
//!
//! * Meeting a policy does not make a password hard to guess: `Lente2026!Lente` meets many. A long
//!   minimum and a large blocklist do more than character classes, and NIST SP 800-63B-4 §3.1.1.2
//!   forbids the latter; they are here because tenants ask for them.
//! * The blocklist finds whole passwords, not variants of them, and is only as good as the words the
//!   host loads.
//! * It knows nothing of earlier passwords or of other sites, and does not limit attempts.
//! * The names in a [`Subject`] are found as they are spelt: neither reversed, nor in leet speak, nor
//!   with other accents.
//! * The browser's verdict is a courtesy. Only [`Policy::check`] on the server decides.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod blocklist;
#[cfg(feature = "browser")]
#[cfg_attr(docsrs, doc(cfg(feature = "browser")))]
mod browser;
mod candidate;
mod class;
mod draft;
mod error;
mod fold;
mod policy;
mod rule;
mod subject;
mod text;
mod validate;
mod verdict;

pub use blocklist::Blocklist;
#[cfg(feature = "browser")]
#[cfg_attr(docsrs, doc(cfg(feature = "browser")))]
pub use browser::EVALUATOR;
pub use class::{Class, ClassSet};
pub use draft::PolicyDraft;
pub use error::{BlocklistError, PolicyError, SubjectError};
pub use policy::{MAX_BYTES, MAX_CHARACTERS, MIN_CHARACTERS, Policy};
pub use rule::{Code, Parameter, Rule};
pub use subject::Subject;
pub use text::Language;
pub use verdict::{Accepted, Requirement, State, TooLong, Unmet, Verdict};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
