//! Password reset and two-factor sign-in as a router and pages for axum.

mod answer;
mod away;
mod bare_answers;
mod connections;
mod cookies;
mod deadline;
mod destination;
mod flow;
mod form;
mod headers;
mod known_browser;
mod language;
mod no_page;
mod page;
mod pages;
mod plain_page;
mod refusal;
mod router;
mod serve;
mod shown;
mod suggestions;
#[cfg(test)]
mod test_pages;
mod tenant_from;
#[cfg(test)]
mod text_use;
mod visit;
mod web;
mod web_error;

pub use away::Away;
pub use plain_page::PlainPages;
pub use serve::DRAIN;
pub use tenant_from::TenantFrom;
pub use slotwerk_words as words;
pub use visit::Visit;
pub use web::{Web, WebBuilder};
pub use web_error::WebError;
