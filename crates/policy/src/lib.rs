//! Password rules per tenant: one definition for the check, the page and the browser.
//!
//! A [`Policy`] is data. It is built in code or read from JSON, validated once, and immutable after that.
//! It checks a password against all its rules at once and returns the whole checklist, with texts if you
//! want them. A password that meets every rule comes back as [`Accepted`], in NFC, ready to be hashed.
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
//! # Characters
//!
//! A character is a Unicode code point, after normalisation to NFC. This holds for lengths, classes and
//! runs, on the server and in the page. `é` is one character however it was typed. An emoji may be several.
//!
//! Only four rules ignore case: [`Rule::WithoutAttributes`], [`Rule::WithoutWords`],
//! [`Rule::WithoutRepeatedBlock`] and [`Rule::NotBlocklisted`]. They also treat full-width forms as ASCII and
//! skip invisible characters.
//!
//! White space counts towards the length and belongs to no class. Nothing is trimmed, collapsed or cut off.
//!
//! # Facts from outside
//!
//! A policy cannot know whether a password was used before, is known from a breach, or may be changed yet.
//! Such a requirement is [`State::Pending`] until the host supplies the fact. [`Verdict::awaits`] lists the
//! missing facts, and [`Verdict::settle`] takes the answer. A pending requirement is never accepted.
//!
//! # Features
//!
//! All are off by default, and none changes a verdict.
//!
//! * `serde`, `json`, `toml`: read and write [`PolicyDraft`], write [`Requirement`].
//! * `browser`: `Policy::browser_rules`, `Policy::html_attributes` and `EVALUATOR`, the module that gives
//!   the same verdict in a browser.
//! * `common-passwords`: `Blocklist::common`, a list that comes with the crate.
//! * `generate`, `passphrases`: passwords and passphrases that meet the policy.
//! * `strength`: [`Rule::MinimumStrength`], by zxcvbn. Its estimate of dates reads the year from the clock.
//!
//! # What it does not protect against
//!
//! * Meeting a policy does not make a password hard to guess: `Lente2026!Lente` meets many. A long
//!   minimum and a large blocklist do more than character classes. NIST SP 800-63B-4 §3.1.1.2 forbids
//!   character classes. The crate has them because tenants ask for them, and [`Policy::lint`] reports them.
//! * A blocklist is only as good as the words that the host loads. It finds whole passwords, unless the rule
//!   asks for variants.
//! * Runs, repeated characters and sequences are counted on the characters that will be hashed. An invisible
//!   or a full-width character counts as a different one and breaks them.
//! * The crate does not limit attempts.
//! * The names in a [`Subject`] are found as they are spelt and in leet speak. They are not found reversed or
//!   with other accents.
//! * The browser's verdict only helps the user. [`Policy::check`] on the server decides.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod blocklist;
#[cfg(feature = "browser")]
#[cfg_attr(docsrs, doc(cfg(feature = "browser")))]
mod browser;
mod candidate;
mod characters;
mod class;
mod code;
#[cfg(feature = "common-passwords")]
mod common;
#[cfg(feature = "serde")]
mod data;
mod draft;
mod error;
mod evaluate;
mod fold;
#[cfg(feature = "generate")]
#[cfg_attr(docsrs, doc(cfg(feature = "generate")))]
mod generate;
mod keyboard;
mod lint;
mod origin;
mod policy;
mod rule;
mod skeleton;
mod strength;
mod subject;
mod text;
mod validate;
mod verdict;
mod witness;
mod words;

pub use blocklist::Blocklist;
#[cfg(feature = "browser")]
#[cfg_attr(docsrs, doc(cfg(feature = "browser")))]
pub use browser::EVALUATOR;
pub use characters::{CharacterSet, Characters};
pub use class::{Class, ClassSet};
pub use code::{Code, Parameter};
#[cfg(any(feature = "json", feature = "toml"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "json", feature = "toml"))))]
pub use data::DataError;
pub use draft::PolicyDraft;
pub use error::{BlocklistError, Clash, PolicyError, SubjectError, Why};
#[cfg(feature = "generate")]
#[cfg_attr(docsrs, doc(cfg(feature = "generate")))]
pub use generate::{GenerateError, Generated, PasswordGenerator};
#[cfg(feature = "passphrases")]
#[cfg_attr(docsrs, doc(cfg(feature = "passphrases")))]
pub use generate::{PassphraseGenerator, WordList};
pub use lint::{Clause, Concern, Document, Finding, LintContext, Severity};
pub use policy::{MAX_BYTES, MAX_CHARACTERS, MIN_CHARACTERS, Policy};
pub use rule::{Rule, SequenceKind, WhiteSpace};
pub use subject::Subject;
pub use text::{Language, Texts};
pub use verdict::{Accepted, Awaited, Fact, Requirement, State, TooLong, Unmet, Verdict};
pub use words::Words;

#[cfg(all(doctest, feature = "common-passwords"))]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
