//! The authenticators of a person, and what can be done with each.

use super::guards::must_be_signed_in;
use super::{Asking, answer, asked};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;
use slotwerk::{
    ActiveAuthenticator, AuthenticatorId, AuthenticatorNameError, SecondFactor, Session,
};

/// What the list can say besides.
const NOTICES: [&str; 9] = [
    "needed",
    "added",
    "replaced",
    "renamed",
    "removed",
    "gone",
    "over",
    "codes",
    "elsewhere",
];

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    notice: Option<String>,
}

pub(crate) async fn show(mut visit: Visit, asking: Asking<Asked>) -> Response {
    answer!(visit, page(&mut visit, asking))
}

async fn page(visit: &mut Visit, asking: Asking<Asked>) -> Result<Response, Refusal> {
    let signed_in = must_be_signed_in(visit).await?;
    let summary = signed_in.second_factor().await?;
    let authenticators: Vec<Value> = summary
        .authenticators
        .iter()
        .map(|one| shown(visit, one))
        .collect();
    let notice = asked(asking)
        .notice
        .filter(|notice| NOTICES.contains(&notice.as_str()));
    let values = context! {
        authenticators,
        last => is_last(visit, summary.authenticators.len())?,
        room => summary.room,
        remaining => summary.recovery_codes_left,
        notice,
    };
    Ok(visit.page(StatusCode::OK, "authenticators.html", values))
}

/// Whether the tenant requires a second factor, and this is the only one: it cannot be removed.
pub(crate) fn is_last(visit: &Visit, count: usize) -> Result<bool, Refusal> {
    let required = visit.tenant_auth()?.settings().second_factor() == SecondFactor::Required;
    Ok(required && count == 1)
}

/// The authenticator that the address names.
pub(crate) fn id_in(visit: &Visit) -> Result<AuthenticatorId, Refusal> {
    let id = visit.variable("id")?;
    id.parse().map_err(|_| Refusal::NotFound)
}

/// The person's own authenticator of this id. One that is gone and one of somebody else are the same here.
pub(crate) async fn own(
    session: &Session,
    id: AuthenticatorId,
) -> Result<ActiveAuthenticator, Refusal> {
    let mut own = session.second_factor().await?.authenticators.into_iter();
    own.find(|one| one.id == id).ok_or(GONE)
}

/// What becomes of a request about an authenticator that the person does not have.
pub(crate) const GONE: Refusal = Refusal::Elsewhere("authenticators?notice=gone");

/// An authenticator as templates see it.
pub(crate) fn shown(visit: &Visit, one: &ActiveAuthenticator) -> Value {
    context! {
        id => one.id.to_string(),
        name => one.name.as_deref(),
        account => one.account_name.as_str(),
        added => visit.local_time(one.added_at),
        used => visit.local_time(one.used_at),
    }
}

/// Why a name is not taken, as templates call it.
pub(crate) fn problem_with_name(error: AuthenticatorNameError) -> &'static str {
    match error {
        AuthenticatorNameError::Empty => "name-empty",
        AuthenticatorNameError::TooLong => "name-long",
        _ => "name-odd",
    }
}
