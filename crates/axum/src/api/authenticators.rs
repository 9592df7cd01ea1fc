//! The authenticators and recovery codes of the person who is signed in.

use super::body::{
    AuthenticatorAddition, AuthenticatorChoice, AuthenticatorRename, AuthenticatorReplacement,
    NoFields,
};
use super::call::{Answered, Call, Caller, respond};
use super::code::ErrorCode;
use super::material::Material;
use super::next::Next;
use super::problem::Problem;
use super::responses::{Guarded, Judged, Known, Overtaken, Reading};
use super::typed_code::code;
use axum::response::Response;
use serde::Serialize;
use slotwerk::{
    ActiveAuthenticator, AuthenticatorId, AuthenticatorName, ConfirmOutcome, Managing,
    NewAuthenticator, RemoveOutcome, RenameOutcome, RenewOutcome, Session, StepError,
};
use utoipa::ToSchema;

/// The authenticators of the person.
#[derive(Serialize, ToSchema)]
#[schema(as = Authenticators)]
struct AuthenticatorList {
    authenticators: Vec<AuthenticatorItem>,
    /// Whether there is room for another one.
    has_room: bool,
    /// How many recovery codes are left.
    recovery_codes_left: u32,
}

/// One authenticator.
#[derive(Serialize, ToSchema)]
struct AuthenticatorItem {
    id: String,
    /// The name that the person gave.
    name: Option<String>,
    /// The account name that the app shows.
    account_name: String,
    /// When it was added (Unix time).
    added_at: u64,
    /// When it was used last (Unix time).
    used_at: u64,
}

impl From<ActiveAuthenticator> for AuthenticatorItem {
    fn from(one: ActiveAuthenticator) -> Self {
        Self {
            id: one.id.to_string(),
            name: one.name,
            account_name: one.account_name,
            added_at: one.added_at,
            used_at: one.used_at,
        }
    }
}

/// Lists the authenticators of the person.
#[utoipa::path(
    get, path = "/authenticators", operation_id = "listAuthenticators", tag = "authenticators",
    responses((status = 200, description = "The authenticators.", body = Answered<AuthenticatorList>), Reading, Known)
)]
pub(crate) async fn list(mut caller: Caller) -> Response {
    respond!(caller, listed(&mut caller))
}

async fn listed(caller: &mut Caller) -> Result<AuthenticatorList, Problem> {
    let session = caller.session().await?;
    authenticators(&session).await
}

async fn authenticators(session: &Session) -> Result<AuthenticatorList, Problem> {
    let summary = session.second_factor().await?;
    let own = summary.authenticators.into_iter();
    Ok(AuthenticatorList {
        authenticators: own.map(AuthenticatorItem::from).collect(),
        has_room: summary.room,
        recovery_codes_left: summary.recovery_codes_left,
    })
}

/// The step that changes the second factor.
async fn managing(caller: &mut Caller) -> Result<(Session, Managing), Problem> {
    let (session, managing) = caller.managing().await?;
    let managing = managing.ok_or(ErrorCode::StepUpNeeded)?;
    Ok((session, managing))
}

/// The ticket of a step that was open a moment ago has run out: with a step-up it goes on.
fn over(error: StepError) -> Problem {
    match error {
        StepError::TicketInvalid => ErrorCode::StepUpNeeded.into(),
        StepError::Fault(fault) => fault.into(),
    }
}

fn id(text: &str) -> Result<AuthenticatorId, Problem> {
    text.parse()
        .map_err(|_| ErrorCode::UnknownAuthenticator.into())
}

fn name(text: &str) -> Result<AuthenticatorName, Problem> {
    AuthenticatorName::parse(text).map_err(|_| ErrorCode::NameInvalid.into())
}

/// Renames an authenticator.
#[utoipa::path(
    post, path = "/authenticators/rename", operation_id = "renameAuthenticator", tag = "authenticators",
    request_body = AuthenticatorRename,
    responses((status = 200, description = "Renamed.", body = Answered<AuthenticatorList>), Guarded, Known, Judged)
)]
pub(crate) async fn rename(call: Call<AuthenticatorRename>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, rename_one(&mut caller, body))
}

async fn rename_one(
    caller: &mut Caller,
    body: AuthenticatorRename,
) -> Result<AuthenticatorList, Problem> {
    let (session, step) = managing(caller).await?;
    let (id, name) = (id(&body.id)?, name(&body.name)?);
    match step.rename(id, &name).await.map_err(over)? {
        RenameOutcome::Renamed => authenticators(&session).await,
        rejected => Err(rejected.rejection().into()),
    }
}

/// Removes an authenticator. Every other session ends, and this one gets a new token.
#[utoipa::path(
    post, path = "/authenticators/remove", operation_id = "removeAuthenticator", tag = "authenticators",
    request_body = AuthenticatorChoice,
    responses((status = 200, description = "Removed.", body = Answered<Next>), Guarded, Known, Overtaken)
)]
pub(crate) async fn remove(call: Call<AuthenticatorChoice>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, remove_one(&mut caller, body))
}

async fn remove_one(caller: &mut Caller, body: AuthenticatorChoice) -> Result<Next, Problem> {
    let (_, step) = managing(caller).await?;
    match step.remove(id(&body.id)?).await.map_err(over)? {
        RemoveOutcome::Removed { grant, .. } => Next::signed_in(caller, &grant).await,
        rejected => Err(rejected.rejection().into()),
    }
}

/// Begins the set-up of another authenticator, or shows the one in progress. For a person without an authenticator, the
/// answer is `enrol`: the set-up goes on as in a first sign-in, and ends the other sessions.
#[utoipa::path(
    post, path = "/authenticators/add/begin", operation_id = "beginAddAuthenticator", tag = "authenticators",
    request_body = NoFields,
    responses((status = 200, description = "The set-up.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn begin_add(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, begin_addition(&mut caller))
}

async fn begin_addition(caller: &mut Caller) -> Result<Next, Problem> {
    if caller.open_first_set_up().await? {
        return Ok(Next::step("enrol"));
    }
    begin(caller).await
}

async fn begin(caller: &mut Caller) -> Result<Next, Problem> {
    let (_, step) = managing(caller).await?;
    let step = step.set_up();
    let outcome = step.begin().await.map_err(over)?;
    let material = Material::of(caller, &step, outcome).await?;
    Ok(Next::step("confirm").with_set_up(Some(material)))
}

/// Checks the first code of another authenticator, and adds it.
#[utoipa::path(
    post, path = "/authenticators/add/confirm", operation_id = "addAuthenticator", tag = "authenticators",
    request_body = AuthenticatorAddition,
    responses((status = 200, description = "Added.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn confirm_add(call: Call<AuthenticatorAddition>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, add(&mut caller, body))
}

async fn add(caller: &mut Caller, body: AuthenticatorAddition) -> Result<Next, Problem> {
    confirm(caller, None, body.name.as_deref(), &body.code).await
}

/// Begins the set-up of an authenticator that takes the place of another. The old one works until the new one is
/// confirmed.
#[utoipa::path(
    post, path = "/authenticators/replace/begin", operation_id = "beginReplaceAuthenticator", tag = "authenticators",
    request_body = AuthenticatorChoice,
    responses((status = 200, description = "The set-up.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn begin_replace(call: Call<AuthenticatorChoice>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, begin_replacement(&mut caller, body))
}

async fn begin_replacement(
    caller: &mut Caller,
    body: AuthenticatorChoice,
) -> Result<Next, Problem> {
    let (session, _) = managing(caller).await?;
    must_have(&session, id(&body.id)?).await?;
    begin(caller).await
}

async fn must_have(session: &Session, id: AuthenticatorId) -> Result<(), Problem> {
    let summary = session.second_factor().await?;
    let is_own = summary.authenticators.iter().any(|one| one.id == id);
    is_own
        .then_some(())
        .ok_or_else(|| ErrorCode::UnknownAuthenticator.into())
}

/// Checks the first code of the new authenticator, and removes the old one. Every other session ends, and this one gets a
/// new token.
#[utoipa::path(
    post, path = "/authenticators/replace/confirm", operation_id = "replaceAuthenticator", tag = "authenticators",
    request_body = AuthenticatorReplacement,
    responses((status = 200, description = "Replaced.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn confirm_replace(call: Call<AuthenticatorReplacement>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, replace(&mut caller, body))
}

async fn replace(caller: &mut Caller, body: AuthenticatorReplacement) -> Result<Next, Problem> {
    let id = id(&body.id)?;
    confirm(caller, Some(id), body.name.as_deref(), &body.code).await
}

async fn confirm(
    caller: &mut Caller,
    replaced: Option<AuthenticatorId>,
    typed_name: Option<&str>,
    typed: &str,
) -> Result<Next, Problem> {
    let (session, step) = managing(caller).await?;
    let mut new = NewAuthenticator::default();
    if let Some(typed) = typed_name {
        new = new.named(name(typed)?);
    }
    if let Some(id) = replaced {
        must_have(&session, id).await?;
        new = new.replacing(id);
    }
    let code = code(typed)?;
    match step.set_up().confirm(&code, &new).await.map_err(over)? {
        ConfirmOutcome::Added => Ok(Next::step("signed_in")),
        ConfirmOutcome::Replaced { grant } => Next::signed_in(caller, &grant).await,
        rejected => Err(rejected.rejection().into()),
    }
}

/// Makes new recovery codes. The earlier ones do not work any more.
#[utoipa::path(
    post, path = "/recovery-codes/renew", operation_id = "renewRecoveryCodes", tag = "authenticators",
    request_body = NoFields,
    responses((status = 200, description = "The new codes.", body = Answered<Next>), Guarded, Known, Overtaken)
)]
pub(crate) async fn renew_recovery_codes(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, renew(&mut caller))
}

async fn renew(caller: &mut Caller) -> Result<Next, Problem> {
    let (_, step) = managing(caller).await?;
    // Of several requests at once, one gets the codes.
    let mark = step.recovery_codes_mark().await?;
    match step.renew_recovery_codes_of(&mark).await.map_err(over)? {
        RenewOutcome::Renewed(codes) => Ok(Next::step("signed_in").with_codes(&codes)),
        rejected => Err(rejected.rejection().into()),
    }
}
