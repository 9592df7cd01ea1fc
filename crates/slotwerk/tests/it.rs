//! The tests of the facade, as one program: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

mod account_data;
mod address_change;
mod app_labels;
mod audit_chain;
mod audit_trail;
mod changing;
mod clearing;
mod clock_budgets;
mod clock_codes;
mod clock_links;
mod clock_outbox;
mod clocks;
mod code_input;
mod counters;
mod delays;
mod directions;
mod durability;
mod faults;
mod flow;
mod groups;
mod guessed_on;
mod hashing;
mod helpdesk;
mod host_transaction;
mod host_values;
mod importing;
mod inviting;
mod kept_sessions;
mod lanes;
mod locked_out;
mod logins;
mod mailed_set_ups;
mod mails;
mod managing;
mod not_me;
mod notices;
mod origins;
mod own_host;
mod password_only;
mod password_rules;
mod pasted_links;
mod peppered;
mod public_urls;
mod purging;
mod recovering;
mod recovery_codes;
mod rejections;
mod replacing;
mod resealing;
mod reuse;
mod rotation;
mod second_factor;
mod secrets;
mod sessions;
mod set_up_contest;
mod set_ups_fit;
mod signing_in;
mod spent;
mod standing_sessions;
mod store_calls;
mod strangers;
mod taken_away;
mod tenant_source;
mod tenants;
mod threats;
mod timing;
mod tokens;
mod traces;
mod trusted_browser;
mod turns;
mod two_nodes;
mod unfit_accounts;
mod worker;
mod worker_reasons;
mod worker_waits;
