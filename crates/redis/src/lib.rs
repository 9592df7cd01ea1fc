//! x
#![cfg_attr(docsrs, feature(doc_cfg))]

mod breaker;
mod budgets;
mod changes;
mod delegate;
mod fault;
mod link;
mod settings;
mod store;

pub use redis;
pub use settings::{RedisSettings, SettingsError, WhenDown};
pub use store::RedisStore;
