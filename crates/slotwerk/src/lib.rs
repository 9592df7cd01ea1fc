//! Password reset and two-factor sign-in for multi-tenant services.
//!
//! The facade composes Slotwerk's crates into one flow: forgot password, mailed link, new password under
//! this tenant's rules, sign in, set up an authenticator app, verify, and sign in again. The host keeps its
//! users, its sessions and its pages.
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
//!     .tenant(Tenant::builder("noord", Brand::new("Noord", "#1f5f8b")?, policy, "Noord").build()?)
//!     .build()?;
//! let (tenant, login, client) = (auth.tenant("noord").await?, Login::parse("demo")?, Client::unknown());
//! tenant.recovery().request(&login, &client).await?; // the same answer for everybody
//! let answer = tenant.sign_in(&login, Password::new("guess")?, &client).await?;
//! assert!(matches!(answer, SignInOutcome::Rejected));
//! # Ok(()) }
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run()).unwrap();
//! ```
//!
//! # The flow, call by call
//!
//! Each request takes the [handle](TenantAuth) of its tenant from [`Auth::tenant`].
//!
//! | a person | the host calls | and shows |
//! |---|---|---|
//! | has forgotten the password | [`Recovery::request`] | the same notice, always |
//! | opens the mailed link | [`Recovery::open`] | this tenant's rules, or an offer to ask again |
//! | saves a new password | [`OpenLink::complete`] | the sign-in page, or the unmet rules |
//! | signs in | [`TenantAuth::sign_in`] | the next step: set up, verify, or home |
//! | comes back with the next request | [`TenantAuth::resume`], with the kept [`Ticket`] | the page of that [`Step`] |
//! | sets up an authenticator | [`SetUp::begin`], [`SetUp::resend`] | the QR, or "mailed" |
//! | enters the first code | [`SetUp::confirm`] | recovery codes, once |
//! | signs in the next time | [`Verification::code`], [`Verification::recovery_code`], [`Verification::two_codes`] | home |
//! | presses "this wasn't me" in a mail | [`Recovery::open_not_me`], [`OpenNotMe::report`] | what it does, and a button |
//! | is signed in | [`SessionState::begin`], then [`TenantAuth::check`] at each request | the host's own pages |
//! | changes the password | [`Session::change_password`] | home, in a session begun anew |
//! | looks after the second factor | [`Session::second_factor`], [`Session::manage`] | the authenticators |
//! | adds or replaces one | [`Managing::set_up`], then as above | the QR |
//! | renames or removes one | [`Managing::rename`], [`Managing::remove`] | the same page |
//! | wants new recovery codes | [`Managing::renew_recovery_codes`] | them, once |
//!
//! [`Admin`] has the calls of a help desk: why somebody cannot sign in, what may be done about it, invitations, and
//! the audit trail.
//!
//! The pages behind mailed links are `{public_url}/{tenant}/reset/{token}` and
//! `{public_url}/{tenant}/not-me/{handle}/{token}`. A tenant with [its own address](TenantBuilder::public_url) has no
//! id in its links. A service with many tenants loads them through a [`TenantSource`].
//!
//! The host spawns [`Worker::run`] once, and calls [`Admin::revoke_access`] when it disables an account or changes its
//! address. Behind proxies, [`TrustedProxies`] finds the client. A [`KnownBrowser`] token keeps strangers' guesses from
//! locking a person out of their own browser. A tenant may let a [`TrustedBrowser`] spare the code: see
//! [`TenantBuilder::trusted_browser`].
//!
//! # Sessions
//!
//! [`SessionState`] is what the host stores of a session. It works with any framework: store its serde form on
//! the server, under an unguessable id.
//!
//! ```
//! # use slotwerk::*;
//! # fn store(_: String) {} fn take_new_session_id() {}
//! # async fn signed_in(tenant: TenantAuth, grant: Grant) -> Result<(), Box<dyn std::error::Error>> {
//! // A sign-in, a set-up, a step-up and a change of password each end in a grant.
//! take_new_session_id();
//! let state = SessionState::begin(&grant);
//! store(serde_json::to_string(&state)?);
//!
//! // At each request.
//! let CheckOutcome::Valid(session) = tenant.check(&state).await? else {
//!     return Ok(()); // ended: forget it, and show the sign-in page
//! };
//! // To change the second factor, the person must have shown it lately.
//! match session.manage().await? {
//!     ManageOutcome::Open(_managing) => {} // rename, remove, renew codes, or set up another
//!     ManageOutcome::Enrol(_set_up) => {}  // no authenticator yet: opt in
//!     ManageOutcome::StepUp(step_up) => match step_up.by_code().await? {
//!         Some(_verification) => {} // ask for a code, then `state.stepped_up(&grant)`
//!         None => {}                // ask for the password: sign in again
//!     },
//! }
//! # Ok(()) }
//! ```
//!
//! # Sessions kept in the store
//!
//! A host without session storage lets the store keep them: see [`Sessions`].
//!
//! ```
//! # use slotwerk::*;
//! # fn set_cookie(_: &str) {} fn delete_cookie() {}
//! # async fn signed_in(tenant: TenantAuth, grant: Grant, cookie: &str) -> Result<(), Box<dyn std::error::Error>> {
//! // After a sign-in.
//! if let BeginSessionOutcome::Begun(token) = tenant.sessions().begin(&grant, HostData::default()).await? {
//!     set_cookie(token.expose());
//! }
//!
//! // At each request.
//! let token = SessionToken::from_text(cookie);
//! let OpenSessionOutcome::Valid(open) = tenant.sessions().open(&token).await? else {
//!     delete_cookie();
//!     return Ok(()); // show the sign-in page
//! };
//! // `open.session` is the session of above. After a step-up or a change of password, it takes a new id.
//! match open.kept.rotate(&grant, open.data).await? {
//!     RotateSessionOutcome::Rotated(token) => set_cookie(token.expose()),
//!     RotateSessionOutcome::Over => delete_cookie(),
//! }
//!
//! // At sign-out.
//! tenant.sessions().end(&token).await?;
//! # Ok(()) }
//! ```
//!
//! # What holds
//!
//! * An answer to a person is an outcome. Trouble with a database, a key or the random source is a [`Fault`].
//!   Neither is ever reported as the other.
//! * A request for a link looks up no account. Unknown accounts, disabled ones, ones without a password and wrong
//!   passwords get one answer for the same work. The [`Event`]s name the reason to the operator.
//! * Attempts are charged before anything is checked, in the shared store.
//! * One atomic command consumes a link, a ticket, a code or a recovery code.
//! * The types rule out the wrong order: a password is set only through an [`OpenLink`], a second factor is changed
//!   only through [`Managing`], and what one tenant's handle gives cannot be used at another.
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
mod audit;
mod auth;
mod authenticator;
mod budgets;
mod build_error;
mod builder;
mod change;
mod client;
mod code;
mod confirm;
mod counters;
mod device;
mod directory;
mod enrol;
mod event;
mod event_name;
mod event_reason;
mod fault;
mod grant;
mod guess;
mod host_value;
mod jobs;
mod kept_session;
mod known_browser;
mod label;
mod limits;
mod links;
mod login;
mod mail_problem;
mod manage;
mod new_password;
mod not_me;
mod observe;
mod origin;
mod outbox;
mod proxies;
mod recover;
mod recovery_code;
mod rejection;
mod reseal;
mod scopes;
mod session;
mod session_data;
mod session_token;
mod set_up_room;
mod sign_in;
mod standing;
mod tenant;
mod tenant_auth;
mod tenant_builder;
mod tenant_source;
mod tenants;
#[cfg(feature = "danger-test-util")]
mod test_util;
mod throttled;
mod ticket;
mod trusted_browser;
mod verify;

pub use admin::{
    AccountData, AccountSession, AccountSessionId, AccountStatus, Admin, BudgetReport, By,
    ForgetSecondFactorOutcome, ImportHashOutcome, InvalidActor, InviteOutcome, NotASessionId,
    NotATrailPosition, PendingSetUp, ReportedBudget, SetPasswordOutcome, SignInReport, StoredAct,
    StoredAuthenticator, StoredSession, StoredSetUp, StoredSignIn, TrailPage, TrailPosition,
    TrailQuery, TrailRow, TrailSubject, UnlockOutcome,
};
pub use audit::{
    AuditChain, AuditExport, AuditFinding, AuditPruneOutcome, AuditReport, AuditVerdict,
    CheckpointMark, NotACheckpointMark,
};
pub use auth::Auth;
pub use authenticator::{
    ActiveAuthenticator, AuthenticatorId, AuthenticatorName, AuthenticatorNameError,
    NotAnAuthenticatorId, SecondFactorSummary,
};
pub use budgets::{BudgetsOf, clear_budgets};
pub use build_error::BuildError;
pub use builder::AuthBuilder;
pub use change::{ChangePasswordOutcome, NewAndCurrent, PasswordRules};
pub use client::Client;
pub use code::{Code, MalformedCode};
pub use confirm::{ConfirmOutcome, NewAuthenticator};
pub use counters::{Counters, EventCount, HashingCounters};
pub use device::{Browser, Device, System};
pub use directory::{Account, AccountProblem, Directory, DirectoryError, Login, LoginError};
pub use enrol::{EnrolmentMaterial, EnrolmentOutcome, MailedSetUp, SetUp};
pub use event::{
    Event, EventKind, EventSink, Factor, InvalidLink, RejectedCode, RejectedSignIn, StoredTime,
};
pub use fault::Fault;
pub use grant::Grant;
pub use kept_session::{
    BeginSessionOutcome, KeptSession, ListedSession, OpenSession, OpenSessionOutcome,
    RotateSessionOutcome, Sessions,
};
pub use known_browser::KnownBrowser;
pub use limits::Limits;
pub use mail_problem::MailProblem;
pub use manage::{Managing, RemoveOutcome, RenameOutcome, RenewOutcome};
pub use not_me::{NotMeEffect, NotMeToken, OpenNotMe, OpenNotMeOutcome, ReportOutcome};
pub use outbox::Worker;
pub use proxies::{NotANetwork, TrustedProxies};
pub use recover::{CompleteOutcome, OpenLink, OpenOutcome, Recovery, RequestAccepted, ResetToken};
pub use recovery_code::RecoveryCodeOutcome;
pub use rejection::{Rejection, RejectionCode};
pub use reseal::{ResealedBatch, Resealing, SealedCounts, SealedKeys, UnreadableValue};
pub use session::{CheckOutcome, ManageOutcome, NotASession, Session, SessionState, StepUp};
pub use session_data::{HostData, HostDataTooLong};
pub use session_token::SessionToken;
pub use sign_in::SignInOutcome;
pub use slotwerk_recovery::RecoveryCode;
pub use tenant::{EnrolmentDelivery, SecondFactor, Tenant};
pub use tenant_auth::TenantAuth;
pub use tenant_builder::{TenantBuilder, TenantError};
pub use tenant_source::{TenantSource, TenantSourceError};
#[cfg(feature = "danger-test-util")]
#[cfg_attr(docsrs, doc(cfg(feature = "danger-test-util")))]
pub use test_util::{TestAuth, TestClock, TestDirectory, TestMailbox};
pub use throttled::Throttled;
pub use ticket::{Step, StepError, Ticket};
pub use trusted_browser::TrustedBrowser;
pub use verify::{CodeOutcome, Verification};

pub use async_trait::async_trait;
pub use slotwerk_mail::SendProblem;
pub use slotwerk_store::{
    AccountErased, AccountFactors, AuditKind, AuditReason, Backlog, InvalidAuditReason, MailState,
    NewPasswordRequired, PasswordStanding, SecondFactors,
};

/// The crates that the facade is made of, in the versions it uses.
pub use {
    slotwerk_breach as breach, slotwerk_keys as keys, slotwerk_mail as mail,
    slotwerk_password as password, slotwerk_policy as policy, slotwerk_qr as qr,
    slotwerk_recovery as recovery, slotwerk_reset as reset, slotwerk_store as store,
    slotwerk_throttle as throttle, slotwerk_totp as totp,
};

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#[cfg_attr(
    docsrs,
    doc(cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql")))
)]
pub use slotwerk_sqlx as sqlx;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
