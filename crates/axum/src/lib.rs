//! Password reset and two-factor sign-in as a router and pages for axum.
//!
//! The pages work without JavaScript, in English and Dutch, for every tenant of a [`slotwerk::Auth`]. The host keeps its
//! user table, and its own routes stand beside them:
//!
//! ```
//! use axum::{Router, routing::get};
//! use slotwerk_axum::{SignedIn, Web};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let auth = slotwerk::Auth::for_tests()?.auth.clone();
//! let web = Web::builder(auth).https(true).build()?;
//! let files = |person: SignedIn| async move { person.session.account().login.clone() };
//! let own = Router::new().route("/{tenant}/files", get(files));
//! let app = web.guard(own.merge(web.routes()).with_state(web.clone()));
//! // web.serve(listener, app, stop_signal()).await?;
//! # drop(app);
//! # Ok(())
//! # }
//! ```
//!
//! A person who is not signed in goes to the sign-in page first, and returns to `/noord/files` after it. `examples/axum-host` is a
//! whole service in one file; `examples/portal` shows every page.
//!
//! # Pages
//!
//! Addresses are below `/{tenant}` with [`TenantFrom::Path`], and at the root with the others.
//!
//! | Address | Page |
//! |---|---|
//! | `/sign-in`, `/sign-out` | user name and password; ending the session (POST) |
//! | `/forgot` | asks for a link by mail; the answer is always the same |
//! | `/reset/{token}` | the mailed link: a new password |
//! | `/not-me/{handle}/{token}` | the link "this was not me" of a notice |
//! | `/second-factor` | chooses an authenticator app at the first sign-in |
//! | `/second-factor/enrol`, `…/enrol/new-code` | QR code or mailed set-up, and the first code |
//! | `/second-factor/verify` | the code of the app |
//! | `/second-factor/clock` | two codes in a row, for a phone whose clock is off |
//! | `/second-factor/recovery` | a recovery code |
//! | `/` (by path), `/account` (else) | the account |
//! | `/continue` | leads on from the recovery codes, to the page that the person asked for |
//! | `/password` | changes the password |
//! | `/step-up` | password and code once more, before a change of the second factor |
//! | `/sessions`, `…/end`, `…/end-others` | where the person is signed in; ends one session or all others |
//! | `/authenticators`, `…/add`, `…/{id}/rename`, `…/{id}/replace`, `…/{id}/remove` | the authenticators |
//! | `/recovery-codes`, `…/file` | new recovery codes, and their file |
//! | `/desk` and below | the [help desk](#help-desk) |
//! | `/static/brand/{tenant}`, `…/logo` | the colour and the logo of the tenant |
//! | `/static/…` (never below the tenant) | style and scripts |
//!
//! [`Web::router`] gives these routes alone. [`Web::routes`] gives them for a host's own router, and [`Web::guard`] adds
//! the security headers and a deadline of 30 seconds to both.
//!
//! # Guards for own pages
//!
//! [`SignedIn`] lets a signed-in person through. [`RecentSecondFactor`] also asks for password and code if the second
//! factor was shown too long ago. [`MaybeSignedIn`] lets everybody through. After the sign-in the person returns to the
//! page, if it was a GET. The extractors read the tenant from the request as [`TenantFrom`] says.
//!
//! # Help desk
//!
//! [`WebBuilder::help_desk`] mounts pages for a help desk and a tenant's administrator. The host decides who may do what:
//! see [`DeskGate`]. A changing act needs a recent second factor. The audit trail names its actor, and the person gets a
//! mail.
//!
//! | Address | Page |
//! |---|---|
//! | `/desk` | finds an account |
//! | `/desk/account/{account}` | its state, its sessions, and why it cannot sign in |
//! | `…/unlock`, `…/end-sessions`, `…/require-password`, `…/invite` | the acts (POST) |
//! | `…/reset`, `/desk/approve/{approval}` | resets the second factor; a second administrator approves it |
//! | `/desk/second-factors` | the accounts with a second factor |
//! | `/desk/trail` | the audit trail, of the tenant or of one account |
//! | `/desk/rules` | the password rules, what standards say about them, and a sample password |
//!
//! # Look and words
//!
//! Each tenant has the name, the colour, the logo, the contact and the authenticator app to download of its
//! [`Brand`](slotwerk::mail::Brand).
//! [`WebBuilder::style`] adds rules of style, [`WebBuilder::languages`] replaces texts or adds a language, and
//! [`WebBuilder::template`] replaces a template. [`Visit::page`] shows a host's own template in the same look: one
//! that begins with `{% extends "base.html" %}` and fills the blocks `heading` and `content`. A form in it has a hidden
//! field `csrf` with `{{ csrf }}`; one that posts it to `/sign-out` of the tenant signs the person out.
//!
//! # Cookies
//!
//! Each tenant has its own, named `{prefix}-{kind}-{tenant}`, over https with `__Host-` in front. All are `HttpOnly`.
//!
//! | Kind | Holds |
//! |---|---|
//! | `session` | the token of the session; the store keeps a hash of it and all limits |
//! | `flow` | the sign-in in progress, sealed under the key ring of the facade |
//! | `device` | the token of a known browser, which has attempts of its own |
//! | `csrf` (one for all tenants) | the key to the hidden field of forms |
//!
//! Nothing is kept in memory: several processes on one database share all of it, under one key ring. If the active key
//! changes, forms that are open are rejected once.
//!
//! # For the operator
//!
//! [`EventLog`] writes each event as one line. A [`Watch`] asks again and again whether the database or the mail server
//! works. [`Web::watched`] shows a page while the database is away, and [`Health`] answers `/healthz` and `/readyz`.
//! With the feature `metrics`, `Web::metrics_router` gives the counters to Prometheus, at an address of your choice.
//!
//! # What it does not protect against
//!
//! * **Forms of the host.** The guards check the session of a POST, and no form token. The session cookie is
//!   `SameSite=Lax`, so browsers do not send it with a form of another site. Check a token if you need more.
//! * **Plain http.** [`Web::serve`] has no TLS: put a proxy in front, name it in [`WebBuilder::trusted_proxies`], and set
//!   [`WebBuilder::https`]. Without `https` cookies are not `Secure`. That is for a developer's machine.
//! * **A wrong [`WebBuilder::trusted_proxies`].** Too narrow, all clients share one budget of attempts, and the log warns
//!   once. Too wide, a client can appear as many.
//! * **Another server loop.** `axum::serve` has no limits on connections and slow clients, and sends no mails of the
//!   outbox. Run [`Worker::run`](slotwerk::Worker::run) there yourself, and serve with `ConnectInfo<SocketAddr>`.
//! * **Templates of the host.** A template that marks a value as safe, or is not named `.html`, shows it unescaped.
//! * **Logs of a proxy.** A mailed link is in an address. Keep paths that begin with `/reset/` and `/not-me/` out of them.
//!
//! `THREATS.md` lists the attacks that this crate answers, and the test that shows each answer.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod api;
mod away;
mod bare_answers;
mod brand_style;
mod connections;
mod cookies;
mod deadline;
mod desk;
mod desk_gate;
mod destination;
mod device;
mod event_log;
mod flow;
mod form;
mod headers;
mod health;
mod hooks;
#[cfg(feature = "tower-sessions")]
mod host_sessions;
mod known_browser;
mod language;
mod local_address;
#[cfg(feature = "metrics")]
mod metrics;
mod no_page;
mod page;
mod pages;
mod plain_page;
mod refusal;
mod requirement_text;
mod router;
mod serve;
mod shown;
mod signed_in;
mod suggestions;
mod tenant_from;
#[cfg(test)]
mod test_pages;
#[cfg(test)]
mod text_use;
mod visit;
mod watch;
mod web;
mod web_error;

pub use away::Away;
pub use desk_gate::{DeskAct, DeskGate};
pub use event_log::{EventLog, LogFormat, UnknownLogFormat};
pub use form::{Form, Submission};
pub use health::Health;
pub use hooks::Hooks;
#[cfg(feature = "tower-sessions")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower-sessions")))]
pub use host_sessions::HostSessions;
pub use minijinja;
pub use plain_page::PlainPages;
pub use serve::{DRAIN, stop_signal};
pub use signed_in::{MaybeSignedIn, RecentSecondFactor, SignedIn};
pub use slotwerk_words as words;
pub use tenant_from::{TenantFrom, TenantOfHost};
pub use visit::Visit;
pub use watch::{Watch, WatchBuilder};
pub use web::{Web, WebBuilder};
pub use web_error::WebError;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
