//! The accounts that have a second factor.

use super::super::{Asking, answer, asked};
use super::entry::{enter, links};
use crate::desk::{Desk, DeskAct, Reference};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;
use slotwerk::AccountFactors;

/// Accounts of a page.
pub(crate) const ACCOUNTS: u16 = 25;

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// The last account of the page before.
    #[serde(default)]
    after: Option<String>,
}

pub(crate) async fn show(mut visit: Visit, asking: Asking<Asked>) -> Response {
    answer!(visit, page(&mut visit, asking))
}

async fn page(visit: &mut Visit, asking: Asking<Asked>) -> Result<Response, Refusal> {
    let desk = enter(visit, DeskAct::ListSecondFactors).await?;
    let after = asked(asking).after;
    let after = after.map(|after| Reference::open(&desk, &after).ok_or(Refusal::NotFound));
    let after = after.transpose()?;
    let found = desk
        .admin()
        .second_factors(after.as_deref(), ACCOUNTS)
        .await?;
    let mut accounts = Vec::new();
    for one in &found.accounts {
        accounts.push(shown(&desk, one).await?);
    }
    let is_full = found.accounts.len() >= usize::from(ACCOUNTS);
    let last = found.accounts.last().filter(|_| is_full);
    let next = last.map(|last| Reference::to(&desk, &last.account));
    let values = context! {
        links => links(&desk).await?,
        accounts,
        total => found.total_accounts,
        next => next.transpose()?,
        opens => desk.may(DeskAct::Find).await?,
    };
    Ok(visit.page(StatusCode::OK, "desk/factors.html", values))
}

async fn shown(desk: &Desk, one: &AccountFactors) -> Result<Value, Refusal> {
    let known = desk.admin().account(&one.account).await?;
    let reference = match &known {
        Some(_) => Some(Reference::to(desk, &one.account)?),
        None => None,
    };
    Ok(context! {
        reference,
        login => known.map(|account| account.login),
        authenticators => one.authenticators,
        recovery_codes => one.recovery_codes,
    })
}
