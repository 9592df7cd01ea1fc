//! A service in memory, a browser without JavaScript, a program that calls the JSON API, and a help desk.

mod api;
mod browser;
mod desk;
mod service;

pub(crate) use api::Api;
pub(crate) use browser::{Answer, Browser};
pub(crate) use desk::{ALL_ACTS, Office, PERSON, account, row};
pub(crate) use service::{LOGIN, PASSWORD, Service};
