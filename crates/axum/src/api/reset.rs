//! Password reset: the request, and the mailed link.

use super::body::{ResetCompletion, ResetLink, ResetRequest};
use super::call::{Answered, Call, Caller, respond};
use super::code::ErrorCode;
use super::next::Next;
use super::problem::Problem;
use super::requirement::{RequirementItem, Requirements};
use super::responses::{Guarded, Judged, Linked};
use super::secret::SecretText;
use axum::response::Response;
use serde::Serialize;
use slotwerk::password::Password;
use slotwerk::policy::Subject;
use slotwerk::{CompleteOutcome, Login, OpenLink, OpenOutcome, ResetToken};
use utoipa::ToSchema;

/// The answer to every request for a link.
#[derive(Serialize, ToSchema)]
struct RequestTaken {
    /// `check_mail`, whether the account exists or not. Later versions may add values.
    #[schema(example = "check_mail")]
    next: &'static str,
}

/// Asks for a mail with a link. The answer is the same whether the account exists or not.
#[utoipa::path(
    post, path = "/password-reset/request", operation_id = "requestPasswordReset", tag = "password reset",
    request_body = ResetRequest,
    responses((status = 200, description = "Accepted.", body = Answered<RequestTaken>), Guarded, Judged)
)]
pub(crate) async fn request(call: Call<ResetRequest>) -> Response {
    let Call { caller, body } = call;
    respond!(caller, ask(&caller, body))
}

async fn ask(caller: &Caller, body: ResetRequest) -> Result<RequestTaken, Problem> {
    let login = Login::parse(&body.login).map_err(|_| ErrorCode::LoginMalformed)?;
    let recovery = caller.visit.tenant_auth()?.recovery();
    let _ = recovery.request(&login, &caller.visit.client).await?;
    Ok(RequestTaken { next: "check_mail" })
}

/// Shows the requirements of the password that a link can set. Does not use the link.
#[utoipa::path(
    post, path = "/password-reset/inspect", operation_id = "inspectPasswordReset", tag = "password reset",
    request_body = ResetLink,
    responses((status = 200, description = "The requirements.", body = Answered<Requirements>), Guarded, Linked)
)]
pub(crate) async fn inspect(call: Call<ResetLink>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, look(&mut caller, body))
}

async fn look(caller: &mut Caller, body: ResetLink) -> Result<Requirements, Problem> {
    let link = open(caller, &body.token).await?;
    let requirements = Requirements::new(
        &link.requirements(),
        &caller.visit.language,
        &link.browser_rules(),
        link.policy(),
        link.login(),
    );
    Ok(requirements.until(link.valid_until()))
}

/// Sets a new password, and uses the link. Ends every session of the account.
#[utoipa::path(
    post, path = "/password-reset/complete", operation_id = "completePasswordReset", tag = "password reset",
    request_body = ResetCompletion,
    responses((status = 200, description = "What comes next.", body = Answered<Next>), Guarded, Judged, Linked)
)]
pub(crate) async fn complete(call: Call<ResetCompletion>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, save(&mut caller, body))
}

async fn save(caller: &mut Caller, body: ResetCompletion) -> Result<Next, Problem> {
    let link = open(caller, &body.token).await?;
    if body.password.is_empty() {
        return Err(ErrorCode::PasswordEmpty.into());
    }
    let Ok(password) = Password::new(&*body.password) else {
        let verdict = link.policy().check(&Subject::new(), &body.password);
        return Err(unmet(caller, verdict.requirements()));
    };
    let account = link.account().clone();
    match link.complete(password).await? {
        CompleteOutcome::Changed { browser } => {
            caller.visit.forget().await?;
            let hooks = caller.visit.web.hooks();
            hooks
                .new_password(caller.visit.tenant_id()?, &account)
                .await;
            if let Some(token) = browser {
                caller.keep(&token);
            }
            Ok(Next::step("sign_in"))
        }
        CompleteOutcome::RulesUnmet(requirements) => Err(unmet(caller, &requirements)),
        rejected => Err(rejected.rejection().into()),
    }
}

pub(super) fn unmet(caller: &Caller, requirements: &[slotwerk::policy::Requirement]) -> Problem {
    Problem::unmet(RequirementItem::all(requirements, &caller.visit.language))
}

/// A link that works. From here on the answer is in the account's language.
async fn open(caller: &mut Caller, token: &SecretText) -> Result<OpenLink, Problem> {
    let recovery = caller.visit.tenant_auth()?.recovery();
    match recovery.open(&ResetToken::from_text(token)).await? {
        OpenOutcome::Open(link) => {
            caller.visit.speak(link.locale());
            Ok(link)
        }
        OpenOutcome::Invalid => Err(ErrorCode::LinkInvalid.into()),
    }
}
