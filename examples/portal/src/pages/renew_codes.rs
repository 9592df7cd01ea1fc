//! New recovery codes in the place of the earlier ones, after a page that says what it does.

use super::step_up::{first, managing};
use super::{answer, recovery_codes};
use crate::destination::Destination;
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::{Person, Visit};
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::Renewal;

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let (signed_in, _) = managing(visit, Destination::RecoveryCodes).await?;
    let auth = visit.portal.auth.clone();
    let left = auth.recovery_codes_left(visit.tenant_id()?, &signed_in.account);
    let remaining = left.await?;
    let once = match visit.person.renewal.clone() {
        Some(once) => once,
        None => {
            let once = draw()?;
            let renewal = Some(once.clone());
            let person = visit.person.clone();
            visit.remember(Person { renewal, ..person }).await?;
            once
        }
    };
    let values = context! { remaining, once };
    Ok(visit.page(StatusCode::OK, "renew_codes.html", values))
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, renew(&mut visit, form))
}

/// Each page that asks is good for one set: who loads the codes once more would otherwise make those on
/// paper worthless without knowing.
async fn renew(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let once = form.take("once")?;
    let (signed_in, ticket) = managing(visit, Destination::RecoveryCodes).await?;
    if visit.person.renewal.as_deref() != Some(once.as_str()) {
        return visit.redirect("authenticators?notice=codes");
    }
    let renewal = None;
    let person = visit.person.clone();
    visit.remember(Person { renewal, ..person }).await?;
    let auth = visit.portal.auth.clone();
    let renewed = auth.renew_recovery_codes(visit.tenant_id()?, &ticket);
    match renewed.await? {
        Renewal::Renewed(codes) => {
            recovery_codes::page(visit, &signed_in.account, &codes, true).await
        }
        _ => Err(first(visit, Destination::RecoveryCodes).await?),
    }
}

fn draw() -> Result<String, Refusal> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Refusal::Fault(Box::new(error)))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
