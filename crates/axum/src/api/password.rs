//! The password of the person who is signed in.

use super::body::PasswordChange;
use super::call::{Answered, Call, Caller, respond};
use super::code::ErrorCode;
use super::next::Next;
use super::problem::Problem;
use super::requirement::Requirements;
use super::reset::unmet;
use super::responses::{Guarded, Judged, Known, Reading};
use super::sign_in::password;
use axum::response::Response;
use slotwerk::password::Password;
use slotwerk::{ChangePasswordOutcome, NewAndCurrent};

/// Shows the requirements of a new password.
#[utoipa::path(
    get, path = "/password/requirements", operation_id = "getPasswordRequirements", tag = "password",
    responses((status = 200, description = "The requirements.", body = Answered<Requirements>), Reading, Known)
)]
pub(crate) async fn requirements(mut caller: Caller) -> Response {
    respond!(caller, rules(&mut caller))
}

async fn rules(caller: &mut Caller) -> Result<Requirements, Problem> {
    let rules = caller.session().await?.password_rules()?;
    Ok(Requirements::new(
        &rules.requirements(),
        &caller.visit.language,
        &rules.browser_rules(),
        rules.policy(),
        rules.login(),
    ))
}

/// Changes the password. Every other session ends, and this one gets a new token.
#[utoipa::path(
    post, path = "/password/change", operation_id = "changePassword", tag = "password", request_body = PasswordChange,
    responses((status = 200, description = "Changed.", body = Answered<Next>), Guarded, Known, Judged)
)]
pub(crate) async fn change(call: Call<PasswordChange>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, save(&mut caller, body))
}

async fn save(caller: &mut Caller, body: PasswordChange) -> Result<Next, Problem> {
    let session = caller.session().await?;
    if body.current.is_empty() {
        return Err(ErrorCode::PasswordEmpty.into());
    }
    let new = password(&body.new)?;
    // No password is longer than that, so it is not the current one.
    let current = Password::new(&*body.current).map_err(|_| ErrorCode::CurrentPasswordRejected)?;
    let passwords = NewAndCurrent { current, new };
    let account = session.account().clone();
    match session
        .change_password(passwords, &caller.visit.client)
        .await?
    {
        ChangePasswordOutcome::Changed { grant, browser } => {
            caller.visit.begin_session(&grant).await?;
            caller.visit.flow.managing = None;
            let hooks = caller.visit.web.hooks();
            hooks
                .new_password(caller.visit.tenant_id()?, &account)
                .await;
            if let Some(token) = browser {
                caller.keep(&token);
            }
            Ok(Next::step("signed_in"))
        }
        ChangePasswordOutcome::RulesUnmet(requirements) => Err(unmet(caller, &requirements)),
        rejected => Err(rejected.rejection().into()),
    }
}
