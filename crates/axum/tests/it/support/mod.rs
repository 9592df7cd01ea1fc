//! A service in memory, and a browser without JavaScript.

mod browser;
mod service;

pub(crate) use browser::Browser;
pub(crate) use service::{LOGIN, PASSWORD, Service};
