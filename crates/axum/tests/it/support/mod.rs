//! A service in memory, a browser without JavaScript, and a program that calls the JSON API.

mod api;
mod browser;
mod service;

pub(crate) use api::Api;
pub(crate) use browser::Browser;
pub(crate) use service::{LOGIN, PASSWORD, Service};
