//! Password reset and two-factor sign-in for multi-tenant services.
//!
//! The facade composes Slotwerk's crates into one flow: forgot password, mailed link, new password
//! under this tenant's rules, sign in, set an authenticator app up, verify, and sign in again. The
//! host keeps its users, its sessions and its pages.
//!
//! ```
//! # use slotwerk::{*, keys::*, mail::*, password::*, policy::*, store::MemoryStore};
//! # use std::sync::Arc;
//! # struct Users;
//! # #[async_trait] impl Directory for Users {
//! #     async fn find(&self, _: &str, _: &Login) -> Result<Option<Account>, DirectoryError> { Ok(None) }
//! #     async fn get(&self, _: &str, _: &str) -> Result<Option<Account>, DirectoryError> { Ok(None) }
//! # }
//! # struct Post;
//! # #[async_trait] impl Mailer for Post { async fn send(&self, _: &Mail) -> Result<(), SendError> { Ok(()) } }
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = PolicyDraft::recommended().blocklist(Blocklist::common()).build()?;
//! let auth = Auth::builder()
//!     .store(Arc::new(MemoryStore::new()))
//!     .directory(Arc::new(Users)) // the host's user table
//!     .mailer(Arc::new(Post)) // SMTP, or whatever carries mail
//!     .keys(KeyRing::new(KeyId::new(1), MasterKey::from_bytes([7; 32]))) // from a file, in real life
//!     .hasher(Hasher::builder().workers(2).build()?)
//!     .public_url("https://login.example")
//!     .tenant(Tenant::new("noord", Brand::new("Noord", "#1f5f8b")?, policy, "Noord"))
//!     .build()?;
//! auth.request_reset("noord", &Login::parse("demo")?, &Client::unknown()).await?; // tells nothing
//! let answer = auth.sign_in("noord", &Login::parse("demo")?, Password::new("guess")?, &Client::unknown()).await?;
//! assert!(matches!(answer, SignIn::Rejected { .. }));
//! # Ok(()) }
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run()).unwrap();
//! ```
//!
//! # The flow, call by call
//!
//! | a person | the host calls | and shows |
//! |---|---|---|
//! | has forgotten the password | [`Auth::request_reset`] | the same notice, always |
//! | opens the mailed link | [`Auth::inspect_reset`] | this tenant's rules, or an offer to ask again |
//! | saves a new password | [`Auth::complete_reset`] | the sign-in page, or the unmet rules |
//! | signs in | [`Auth::sign_in`] | the next step: set up, verify, or home |
//! | sets an authenticator up | [`Auth::begin_enrolment`], [`Auth::resend_enrolment`] | the QR, or "mailed" |
//! | types the first code | [`Auth::confirm_enrolment`] | recovery codes, once |
//! | presses "this was not me" in a mail | [`Auth::inspect_not_me`], [`Auth::report_not_me`] | what it does, and a button |
//! | signs in the next time | [`Auth::verify_code`], [`Auth::redeem_recovery_code`], [`Auth::resynchronise`] | home |
//! | looks after the second factor | [`Auth::second_factor`], [`Auth::manage`] | the authenticators |
//! | adds or replaces one | the calls of the set-up, with that ticket | the QR |
//! | renames or removes one | [`Auth::rename_authenticator`], [`Auth::remove_authenticator`] | the same page |
//! | wants new recovery codes | [`Auth::renew_recovery_codes`] | them, once |
//!
//! The pages behind mailed links are `{public_url}/{tenant}/reset/{token}` and
//! `{public_url}/{tenant}/not-me/{handle}/{token}`. Beside these, the host spawns [`Auth::run_outbox`], asks [`Auth::session_stands`] at each request
//! of a session, and calls [`Auth::revoke_access`] when it disables an account or changes its address.
//! After a finished sign-in it may call [`Auth::remember_device`], and a new password hands out a
//! [`DeviceToken`], so that strangers' guesses keep nobody out of a browser of their own; behind proxies,
//! [`TrustedProxies`] finds the client.
//!
//! # What holds
//!
//! * An answer to a person is an outcome; trouble with a database, a key or the random source is a
//!   [`Fault`]. The one is never reported as the other.
//! * A request for a link looks nobody up. Unknown, disabled, passwordless and mistaken sign-ins get
//!   one answer for the same work; the [`Event`]s tell the operator which it was.
//! * Attempts are charged before anything is checked, in the shared store.
//! * Links, tickets, codes and recovery codes are spent by one atomic command each.
//! * The types leave no way to set a password through a link without a verified link and an accepted
//!   password.
//!
//! # What it does not protect against
//!
//! * **Somebody who reads the mailbox.** A reset link is as safe as the mail it travels in. With
//!   [`EnrolmentDelivery::MailedBothFactorsInOneMailbox`] the second factor is no safer; the default
//!   shows the secret on the page instead. Even so, as long as an account has no authenticator, who
//!   reads its mailbox can reset its password and set one up.
//! * **Phishing in real time.** A code typed into a false page works for its thirty seconds.
//! * **The host's own pages:** sessions, cookies, CSRF, headers and logs are the host's. Keep tokens and
//!   tickets out of access logs.
//! * **Who can write to the database or read the key ring and the database together.**
#![cfg_attr(docsrs, feature(doc_cfg))]

mod admin;
mod auth;
mod authenticator;
mod budgets;
mod builder;
mod change;
mod client;
mod code;
mod confirm;
mod directory;
mod enrol;
mod event;
mod event_name;
mod fault;
mod grant;
mod guess;
mod jobs;
mod known_browser;
mod label;
mod limits;
mod login;
mod mail_problem;
mod manage;
mod new_password;
mod not_me;
mod outbox;
mod proxies;
mod recover;
mod recovery_code;
mod scopes;
mod session;
mod sign_in;
mod standing;
mod tenant;
mod tenant_auth;
mod throttled;
mod ticket;
mod verify;

pub use admin::{Admin, HashImport, PasswordSetting};
pub use auth::Auth;
pub use authenticator::{
    ActiveAuthenticator, AuthenticatorId, AuthenticatorName, AuthenticatorNameError,
    NotAnAuthenticatorId, SecondFactorSummary,
};
pub use budgets::{BudgetsOf, clear_budgets};
pub use builder::{AuthBuilder, BuildError};
pub use change::{NewAndCurrent, PasswordChange, PasswordRules};
pub use client::Client;
pub use code::{Code, MalformedCode};
pub use confirm::{EnrolmentConfirmation, NewAuthenticator};
pub use directory::{Account, AccountProblem, Directory, DirectoryError, Login, LoginError};
pub use enrol::{Enrolment, EnrolmentMaterial, SetUp};
pub use event::{
    DeadLink, Event, EventKind, EventSink, Factor, RejectedCode, RejectedSignIn, StoredTime,
};
pub use fault::Fault;
pub use grant::Grant;
pub use known_browser::KnownBrowser;
pub use limits::Limits;
pub use mail_problem::MailProblem;
pub use manage::{Managing, Removal, Renaming, Renewal};
pub use not_me::{NotMeEffect, NotMeLink, NotMeReport, NotMeToken, OpenNotMe};
pub use outbox::Worker;
pub use proxies::{NotANetwork, TrustedProxies};
pub use recover::{OpenLink, Recovery, RequestAccepted, ResetCompletion, ResetLink, ResetToken};
pub use recovery_code::RecoveryCodeRedemption;
pub use session::{Management, NotASession, Session, SessionCheck, SessionState, StepUp};
pub use sign_in::SignIn;
pub use slotwerk_recovery::RecoveryCode;
pub use tenant::{EnrolmentDelivery, SecondFactor, Tenant};
pub use tenant_auth::TenantAuth;
pub use throttled::Throttled;
pub use ticket::{Step, StepError, Ticket};
pub use verify::{CodeVerification, Verification};

pub use async_trait::async_trait;
pub use slotwerk_mail::SendProblem;
pub use slotwerk_store::{MailState, PasswordStanding};

/// The crates that the facade is made of, in the versions it uses.
pub use {
    slotwerk_breach as breach, slotwerk_keys as keys, slotwerk_mail as mail,
    slotwerk_password as password, slotwerk_policy as policy, slotwerk_qr as qr,
    slotwerk_recovery as recovery, slotwerk_reset as reset, slotwerk_store as store,
    slotwerk_throttle as throttle, slotwerk_totp as totp,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
