//! The mails of password reset and two-factor set-up, in Dutch and English.
//!
//! ```
//! use std::time::Duration;
//! use slotwerk_mail::{Brand, Composer, Message};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let brand = Brand::new("Arbodienst Noord", "#0b6e4f")?.with_support("hulp@noord.example")?;
//! let message = Message::ResetLink {
//!     link: "https://noord.example/reset/AQAB",
//!     valid_for: Duration::from_secs(30 * 60),
//!     account_name: "anna",
//! };
//! let mail = Composer::new()?.compose(&message, &brand, "nl-NL", "anna@example.nl")?;
//! assert_eq!(mail.subject(), "Kies een nieuw wachtwoord voor Arbodienst Noord");
//! assert!(mail.text().contains("30 minuten") && mail.html().contains("30 minuten"));
//! # Ok(())
//! # }
//! ```
//!
//! Composing a mail is pure: no clock, no random generator, no network. A [`Mailer`] sends it, and the host
//! may implement one. Feature `smtp` adds a mailer over SMTP. Feature `mime` only writes the bytes.
//!
//! Each mail has a text and an HTML part, complete in either form. The HTML loads nothing from outside and
//! runs nothing. It fits a telephone and follows dark themes. The set-up mail carries its QR symbol twice:
//! as an inline picture, and as a table for clients that block pictures. A whole message stays below
//! 100 kB, because Gmail cuts longer ones off.
//!
//! A host can replace texts and layouts and add languages, for all tenants or for one. See
//! [`ComposerBuilder`]. Times are in the tenant's time zone. See [`Brand::with_time_zone`].
//!
//! # What it does not protect against
//!
//! - Mail is readable along the way and in the mailbox. A reset link is as safe as the mailbox. A
//!   [`Message::SetUp`] puts the second factor's secret there as well: prefer to show it on the page.
//! - The crate does not know who owns an address, or how many mails it gets. The caller looks the address
//!   up and limits the mails.
//! - Texts pass through the template engine, which frees its working copies without wiping them. A [`Mail`]
//!   itself is wiped when dropped and its `Debug` is redacted.
//! - SPF, DKIM and DMARC are set up at the mail server. Without them, others can send mail in your name.
//!
//! # Features
//!
//! - `mime`: `Mail::to_mime`, the message as RFC 5322 bytes.
//! - `eml-files`: `EmlFiles`, a [`Mailer`] that keeps each mail as a file besides; includes `mime`.
//! - `smtp`: `SmtpMailer`, a [`Mailer`] over SMTP (lettre on tokio); includes `mime`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
mod brand;
mod builder;
mod colour;
mod compose;
mod desk;
#[cfg(feature = "eml-files")]
mod eml_files;
mod engine;
#[cfg(feature = "mime")]
mod header;
mod inspect;
mod mail;
mod mailer;
mod message;
#[cfg(feature = "mime")]
mod mime;
mod problem;
mod qr;
mod report;
mod samples;
#[cfg(feature = "smtp")]
mod smtp;
mod template;
mod wording;
mod zone;

pub use address::{Address, AddressError};
pub use brand::{Brand, BrandError, NameError};
pub use builder::{ComposerBuildError, ComposerBuilder};
pub use colour::{Colour, ColourError};
pub use compose::{ComposeError, Composer};
#[cfg(feature = "eml-files")]
#[cfg_attr(docsrs, doc(cfg(feature = "eml-files")))]
pub use eml_files::EmlFiles;
pub use engine::TemplateProblem;
pub use inspect::{Flaw, Needed};
pub use mail::{InlineImage, Mail};
pub use mailer::{Mailer, SendError};
pub use message::{MAX_ACCOUNT_NAME_BYTES, Message};
#[cfg(feature = "mime")]
#[cfg_attr(docsrs, doc(cfg(feature = "mime")))]
pub use mime::{MimeError, Sender};
pub use problem::SendProblem;
pub use qr::MAX_SYMBOL_MODULES;
pub use report::ReportLink;
pub use slotwerk_words::{TextProblem, is_forbidden as is_forbidden_in_names};
#[cfg(feature = "smtp")]
#[cfg_attr(docsrs, doc(cfg(feature = "smtp")))]
pub use smtp::{SmtpConfigError, SmtpFault, SmtpMailer, SmtpMailerBuilder, UrlPart};
pub use template::{Format, Template};
pub use zone::LocalTime;

/// What implementors of [`Mailer`] put above their `impl`, so that they need no dependency of their own.
pub use async_trait::async_trait;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
