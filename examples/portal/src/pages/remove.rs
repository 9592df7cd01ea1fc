//! Removing an authenticator, after a page that says what it does.

use super::authenticators::{GONE, id_in, shown};
use super::step_up::{first, managing};
use super::verify::begin_session;
use super::{Parts, answer};
use crate::destination::Destination;
use crate::device;
use crate::form::Submission;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::{AuthenticatorId, Removal, SecondFactor};

/// Tenant and authenticator.
type Address = Parts<(String, String)>;

pub(crate) async fn show(address: Address, mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit, address))
}

async fn look(visit: &mut Visit, address: Address) -> Result<Response, Refusal> {
    let id = id_in(address)?;
    let (signed_in, _) = managing(visit, Destination::Remove(id.to_string())).await?;
    page(visit, &signed_in.account, id, StatusCode::OK).await
}

pub(crate) async fn submit(address: Address, submission: Submission) -> Response {
    let Submission { mut visit, .. } = submission;
    answer!(visit, remove(&mut visit, address))
}

async fn remove(visit: &mut Visit, address: Address) -> Result<Response, Refusal> {
    let id = id_in(address)?;
    let here = Destination::Remove(id.to_string());
    let (signed_in, ticket) = managing(visit, here.clone()).await?;
    let auth = visit.portal.auth.clone();
    let removed = auth.remove_authenticator(visit.tenant_id()?, &ticket, id);
    match removed.await? {
        Removal::Removed { grant, .. } => {
            // Every session is over, this one too: it goes on as a new one.
            begin_session(visit, &grant).await?;
            let mut list = visit.redirect("authenticators?notice=removed")?;
            device::remember(visit, &grant, &mut list);
            Ok(list)
        }
        Removal::Last => page(visit, &signed_in.account, id, StatusCode::CONFLICT).await,
        Removal::TicketDead => Err(first(visit, here).await?),
        _ => Err(GONE),
    }
}

/// What it does, and a button; or, for the last one, why it has to stay.
async fn page(
    visit: &Visit,
    account: &str,
    id: AuthenticatorId,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let tenant = visit.tenant_id()?;
    let summary = visit.portal.auth.second_factor(tenant, account).await?;
    let active = summary.authenticators;
    let one = active.iter().find(|one| one.id == id).ok_or(GONE)?;
    let settings = visit.portal.auth.tenant(tenant);
    let required = settings.is_some_and(|found| found.second_factor == SecondFactor::Required);
    let last = required && active.len() == 1;
    let values = context! { authenticator => shown(visit, one), last };
    Ok(visit.page(status, "remove.html", values))
}
