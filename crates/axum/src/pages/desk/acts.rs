//! The buttons of an account's page: unlock, end sessions, require a new password, invite.

use super::super::answer;
use super::account::{Said, page};
use super::entry::enter_from;
use crate::desk::{Desk, DeskAct, typed_reason};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::response::Response;
use slotwerk::{Account, By, InviteOutcome, NewPasswordRequired, UnlockOutcome};

/// The notice after an act.
enum Done {
    Notice(&'static str),
    Problem(&'static str),
}
use Done::{Notice, Problem};

pub(crate) async fn unlock(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, act(&mut visit, form, DeskAct::Unlock))
}

pub(crate) async fn end_sessions(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, act(&mut visit, form, DeskAct::EndSessions))
}

pub(crate) async fn require_new_password(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, act(&mut visit, form, DeskAct::RequireNewPassword))
}

pub(crate) async fn invite(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, act(&mut visit, form, DeskAct::Invite))
}

async fn act(visit: &mut Visit, mut form: Form, act: DeskAct) -> Result<Response, Refusal> {
    let reference = visit.variable("account")?.to_owned();
    let back = format!("account/{reference}");
    let desk = enter_from(visit, act, &back).await?;
    let account = desk.referred(&reference).await?;
    let typed = form.take("reason")?;
    let Ok(reason) = typed_reason(&typed) else {
        return said(visit, &desk, &account, "reason", &typed).await;
    };
    let by = desk.by(reason)?;
    match done(&desk, &account, act, &by).await? {
        Notice(notice) => visit.redirect(&format!("desk/{back}?notice={notice}")),
        Problem(problem) => said(visit, &desk, &account, problem, &typed).await,
    }
}

async fn done(desk: &Desk, account: &Account, act: DeskAct, by: &By) -> Result<Done, Refusal> {
    let (admin, id) = (desk.admin(), account.id.as_str());
    Ok(match act {
        DeskAct::Unlock => match admin.unlock(id, by).await? {
            UnlockOutcome::Unlocked => Notice("unlocked"),
            _ => Notice("not-locked"),
        },
        DeskAct::EndSessions => match admin.end_sessions(id, by).await? {
            0 => Notice("no-sessions"),
            _ => Notice("ended"),
        },
        DeskAct::RequireNewPassword => match admin.require_new_password(id, by).await? {
            NewPasswordRequired::Required => Notice("required"),
            NewPasswordRequired::Already => Notice("required-already"),
            NewPasswordRequired::NoPassword => Problem("no-password"),
        },
        _ => match admin.invite(id, by).await? {
            InviteOutcome::Queued => Notice("invited"),
            InviteOutcome::NoAccount => Problem("disabled"),
            InviteOutcome::HasPassword => Problem("has-password"),
            InviteOutcome::AddressRefused(_) => Problem("address"),
            InviteOutcome::Throttled(_) => Problem("mailed-often"),
            _ => Problem("mails-wait"),
        },
    })
}

/// The page of the account, with a problem and the reason that was typed.
async fn said(
    visit: &Visit,
    desk: &Desk,
    account: &Account,
    problem: &str,
    reason: &str,
) -> Result<Response, Refusal> {
    let said = Said {
        notice: None,
        problem: Some(problem),
        reason,
    };
    page(visit, desk, account, said).await
}
