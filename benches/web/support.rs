//! The service and the browser of the crate's own tests.

#[path = "../../crates/axum/tests/it/support/browser.rs"]
mod browser;
#[path = "../../crates/axum/tests/it/support/service.rs"]
mod service;

pub(crate) use browser::Browser;
pub(crate) use service::{LOGIN, Service};
