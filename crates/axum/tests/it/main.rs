//! The tests of the web layer, as one program. They send requests to the router; a browser is in the suite of the portal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod api_account;
mod api_desk;
mod api_document;
mod api_flow;
mod api_guards;
mod api_logs;
mod api_modes;
mod cookies;
mod desk_acts;
mod desk_approval;
mod desk_guards;
mod desk_lists;
mod forgeries;
mod guards;
mod hooks;
mod languages;
mod sessions;
mod support;
mod tenants;
mod whole_flow;
