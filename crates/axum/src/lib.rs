//! Password reset and two-factor sign-in as a router and pages for axum.

mod answer;
mod api;
mod away;
mod bare_answers;
mod brand_style;
mod connections;
mod cookies;
mod deadline;
mod destination;
mod device;
mod flow;
mod form;
mod headers;
mod hooks;
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
mod signed_in;
mod suggestions;
mod tenant_from;
#[cfg(test)]
mod test_pages;
#[cfg(test)]
mod text_use;
mod visit;
mod web;
mod web_error;

pub use away::Away;
pub use form::{Form, Submission};
pub use hooks::Hooks;
pub use plain_page::PlainPages;
pub use serve::{DRAIN, stop_signal};
pub use signed_in::{MaybeSignedIn, RecentSecondFactor, SignedIn};
pub use slotwerk_words as words;
pub use tenant_from::TenantFrom;
pub use visit::Visit;
pub use web::{Web, WebBuilder};
pub use web_error::WebError;
