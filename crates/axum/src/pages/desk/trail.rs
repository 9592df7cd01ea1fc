//! The audit trail of the tenant, or of one account.

use super::super::{Asking, answer, asked};
use super::account::shown;
use super::entry::{enter, links};
use crate::desk::{DeskAct, Named, ReadRow, read_trail};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;
use slotwerk::{AuditKind, TrailPosition};

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// The reference of one account.
    #[serde(default)]
    account: Option<String>,
    /// Where the page begins.
    #[serde(default)]
    before: Option<String>,
}

pub(crate) async fn show(mut visit: Visit, asking: Asking<Asked>) -> Response {
    answer!(visit, page(&mut visit, asking))
}

async fn page(visit: &mut Visit, asking: Asking<Asked>) -> Result<Response, Refusal> {
    let desk = enter(visit, DeskAct::ReadTrail).await?;
    let Asked { account, before } = asked(asking);
    let about = match &account {
        Some(reference) => Some(desk.referred(reference).await?),
        None => None,
    };
    let before: Option<TrailPosition> = match before {
        Some(text) => Some(text.parse().map_err(|_| Refusal::NotFound)?),
        None => None,
    };
    let (rows, next) = read_trail(&desk, about.as_ref(), before).await?;
    let about = about.map(|account| shown(&desk, &account)).transpose()?;
    let values = context! {
        links => links(&desk).await?,
        account => about,
        rows => rows.iter().map(|row| as_value(visit, row)).collect::<Vec<_>>(),
        next => next.map(|next| next.to_string()),
    };
    Ok(visit.page(StatusCode::OK, "desk/trail.html", values))
}

fn as_value(visit: &Visit, row: &ReadRow) -> Value {
    context! {
        at => visit.local_time(row.at),
        kind => text(row.kind),
        about => named(&row.about),
        actor => row.actor.as_ref().map(named),
        reason => row.reason.as_deref(),
    }
}

fn named(named: &Named) -> Value {
    match named {
        Named::Login(login) => context! { login },
        Named::Tenant => context! { tenant => true },
        Named::Mark(mark) => context! { mark },
    }
}

/// The name of the text about an act.
fn text(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::PasswordReset => "desk-did-password-reset",
        AuditKind::PasswordChanged => "desk-did-password-changed",
        AuditKind::AccessRevoked => "desk-did-access-revoked",
        AuditKind::PasswordForgotten => "desk-did-password-forgotten",
        AuditKind::SecondFactorForgotten => "desk-did-factor-forgotten",
        AuditKind::LinksRevoked => "desk-did-links-revoked",
        AuditKind::AuthenticatorAdded => "desk-did-app-added",
        AuditKind::AuthenticatorReplaced => "desk-did-app-replaced",
        AuditKind::AuthenticatorRenamed => "desk-did-app-renamed",
        AuditKind::AuthenticatorRemoved => "desk-did-app-removed",
        AuditKind::AuthenticatorResynchronised => "desk-did-app-resynchronised",
        AuditKind::RecoveryCodesRenewed => "desk-did-codes-renewed",
        AuditKind::CodeAccepted => "desk-did-code-accepted",
        AuditKind::RecoveryCodeSpent => "desk-did-recovery-code",
        AuditKind::BudgetsCleared => "desk-did-unlocked",
        AuditKind::SessionsEnded => "desk-did-sessions-ended",
        AuditKind::NewPasswordRequired => "desk-did-password-required",
        AuditKind::AccountErased => "desk-did-account-erased",
        AuditKind::Invited => "desk-did-invited",
        _ => "desk-did-other",
    }
}
