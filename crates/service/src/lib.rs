//! A service with password reset and two-factor sign-in, from options and environment variables.
//!
//! It composes the facade with its databases, Redis, SMTP, key file, log, health and counters, as an operator expects them.
//! A host adds its users, its tenants and its pages:
//!
//! ```no_run
//! use clap::Parser;
//! use slotwerk_service::{ServiceOptions, Service, StartError, slotwerk::{Directory, Tenant, mail::Sender}};
//! # use std::{error::Error, sync::Arc};
//! # use slotwerk_service::slotwerk::{Account, DirectoryError, Login, async_trait, mail::Brand, policy::PolicyDraft};
//! # struct Users;
//! # #[async_trait] impl Directory for Users {
//! #     async fn find(&self, _: &str, _: &Login) -> Result<Option<Account>, DirectoryError> { Ok(None) }
//! #     async fn get(&self, _: &str, _: &str) -> Result<Option<Account>, DirectoryError> { Ok(None) }
//! # }
//! # fn tenant() -> Result<Tenant, Box<dyn Error>> {
//! #     let (brand, policy) = (Brand::new("Noord", "#1f5f8b")?, PolicyDraft::recommended().build()?);
//! #     Ok(Tenant::builder("noord", brand, policy, "Noord").build()?)
//! # }
//!
//! #[derive(Parser)]
//! struct Options {
//!     #[command(flatten)]
//!     service: ServiceOptions,
//! }
//!
//! async fn run(options: Options) -> Result<(), StartError> {
//!     let (mut service, builder) = Service::open("portal", &options.service).await?;
//!     let sender = Sender::new("no-reply@portal.example").map_err(StartError::failed("the sender"))?;
//!     let builder = builder.mailer(service.smtp(&sender)?).directory(Arc::new(Users));
//!     let tenant = tenant().map_err(StartError::failed("the tenant"))?;
//!     let auth = builder.tenant(tenant).build()?;
//!     let web = service.web(auth).build()?;
//!     service.run(&web, web.flow().with_state(web.clone())).await
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     slotwerk_service::main("portal", run)
//! }
//! ```
//!
//! `portal --help` then lists the options, each with its environment variable, such as `PORTAL_LISTEN`.
//!
//! # For the operator
//!
//! * A wrong start is one line on standard error that names the option. Wrong usage ends with exit code 2, other errors
//!   with 1.
//! * The log is on standard error: one line for each event, as text or JSON, and the warnings of the libraries.
//! * `GET /healthz` answers 200 while the process lives. `GET /readyz` answers 200, or 503 with a short reason: the
//!   database, its clock, the key file or the mail server.
//! * `--metrics-listen` serves the counters for Prometheus at an address of their own. Without it, there are none.
//! * The first start makes the key file. Later starts with a missing database fail, because it is lost.
//! * Several processes may share a database on a server. A process with another key file than theirs does not start.
//!
//! # What it does not protect against
//!
//! * **Readers of the process's environment.** Passwords in URLs are there, or in the list of processes if they are
//!   options. The log and the help never show them.
//! * **Anybody who reaches `--metrics-listen`.** It has no password. Bind it to an inner address.
//! * **Plain http.** A proxy in front does TLS. See `slotwerk-axum`.
//!
//! `THREATS.md` lists attacks and the test that shows each answer.

mod database;
mod keys;
mod log;
mod mail;
mod options;
mod program;
mod service;
mod start_error;

pub use options::ServiceOptions;
pub use program::main;
pub use service::{Clock, Service};
pub use start_error::StartError;
/// The facade, the pages and the option parser, in the versions that this crate uses.
pub use {clap, slotwerk, slotwerk_axum};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
