//! Setting up the first authenticator of a person.

use super::body::{NoFields, OneCode};
use super::call::{Answered, Call, Caller, respond};
use super::code::ErrorCode;
use super::next::Next;
use super::problem::Problem;
use super::responses::{Guarded, Judged, Known, Overtaken};
use super::second_factor::code;
use super::secret::ShownSecret;
use crate::shown::is_another;
use axum::response::Response;
use serde::Serialize;
use slotwerk::totp::Hint;
use slotwerk::{ConfirmOutcome, EnrolmentMaterial, EnrolmentOutcome, MailState, SetUp};
use utoipa::ToSchema;

/// What the authenticator app needs.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = SetUp)]
pub(crate) struct Material {
    /// `on_screen`: the app gets the values below. `mailed`: the person gets them by mail. Later versions may add values.
    #[schema(example = "on_screen")]
    delivery: &'static str,
    /// The address for a QR code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    otpauth_uri: Option<ShownSecret>,
    /// The secret in groups, to type in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    secret: Option<ShownSecret>,
    /// The account name that the app shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    /// The organisation that the app shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    /// Whether the person may have scanned another secret before. Ask them to delete that entry from the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_another: Option<bool>,
    /// How far the mail has come. Later versions may add values.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<&'static str>,
}

impl Material {
    /// The set-up in progress.
    pub(crate) async fn pending(
        caller: &mut Caller,
        step: &SetUp,
    ) -> Result<Option<Self>, Problem> {
        match step.pending().await? {
            Some(outcome) => Self::of(caller, step, outcome).await.map(Some),
            None => Ok(None),
        }
    }

    /// What beginning a set-up brings.
    pub(crate) async fn of(
        caller: &mut Caller,
        step: &SetUp,
        outcome: EnrolmentOutcome,
    ) -> Result<Self, Problem> {
        match outcome {
            EnrolmentOutcome::OnScreen(material) => Self::on_screen(caller, &material).await,
            EnrolmentOutcome::Mailed => Ok(Self {
                delivery: "mailed",
                mail: step.mail_state().await?.map(MailState::name),
                ..Self::default()
            }),
            EnrolmentOutcome::Throttled(why) => Err(Problem::throttled(why)),
            EnrolmentOutcome::TooMany => Err(ErrorCode::TooManyAuthenticators.into()),
        }
    }

    async fn on_screen(caller: &mut Caller, material: &EnrolmentMaterial) -> Result<Self, Problem> {
        let is_another = is_another(&mut caller.visit, material).await?;
        Ok(Self {
            delivery: "on_screen",
            otpauth_uri: Some(ShownSecret::new(material.uri.expose())),
            secret: Some(ShownSecret::new(&material.grouped_secret)),
            account_name: Some(material.account_name.clone()),
            issuer: Some(caller.visit.tenant_auth()?.settings().issuer().to_owned()),
            is_another: Some(is_another),
            mail: None,
        })
    }
}

/// Begins the set-up of the first authenticator, or shows the one in progress.
#[utoipa::path(
    post, path = "/second-factor/set-up/begin", operation_id = "beginSetUp", tag = "second factor",
    request_body = NoFields,
    responses((status = 200, description = "The set-up.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn begin(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, start(&mut caller))
}

async fn start(caller: &mut Caller) -> Result<Next, Problem> {
    let step = caller.set_up().await?;
    let outcome = step.begin().await?;
    let material = Material::of(caller, &step, outcome).await?;
    Ok(Next::step("confirm").with_set_up(Some(material)))
}

/// Sends the mail with the set-up again, where the tenant sends it by mail.
#[utoipa::path(
    post, path = "/second-factor/set-up/resend", operation_id = "resendSetUp", tag = "second factor",
    request_body = NoFields,
    responses((status = 200, description = "The set-up.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn resend(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, send_again(&mut caller))
}

async fn send_again(caller: &mut Caller) -> Result<Next, Problem> {
    let step = caller.set_up().await?;
    let outcome = step.resend().await?;
    let material = Material::of(caller, &step, outcome).await?;
    Ok(Next::step("confirm").with_set_up(Some(material)))
}

/// Checks the first code of the authenticator, and signs the person in. The answer has the recovery codes.
#[utoipa::path(
    post, path = "/second-factor/set-up/confirm", operation_id = "confirmSetUp", tag = "second factor",
    request_body = OneCode,
    responses(
        (status = 200, description = "Signed in, with recovery codes.", body = Answered<Next>),
        Guarded, Known, Judged, Overtaken
    )
)]
pub(crate) async fn confirm(call: Call<OneCode>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, finish(&mut caller, body))
}

async fn finish(caller: &mut Caller, body: OneCode) -> Result<Next, Problem> {
    let code = code(&body.code)?;
    let step = caller.set_up().await?;
    match step.confirm(&code, &Default::default()).await? {
        ConfirmOutcome::SignedIn {
            grant,
            recovery_codes,
        } => {
            let next = Next::signed_in(caller, &grant).await?;
            Ok(next.with_codes(&recovery_codes))
        }
        other => Err(problem(&other)),
    }
}

/// Why a set-up is not confirmed.
pub(super) fn problem(outcome: &ConfirmOutcome) -> Problem {
    match outcome {
        ConfirmOutcome::Rejected(Hint::WaitForNext) => ErrorCode::CodeUsed.into(),
        ConfirmOutcome::Rejected(_) => ErrorCode::CodeRejected.into(),
        ConfirmOutcome::Throttled(why) => Problem::throttled(*why),
        ConfirmOutcome::Busy => ErrorCode::Busy.into(),
        ConfirmOutcome::TooMany => ErrorCode::TooManyAuthenticators.into(),
        ConfirmOutcome::NothingToReplace => ErrorCode::UnknownAuthenticator.into(),
        ConfirmOutcome::Gone
        | ConfirmOutcome::SignedIn { .. }
        | ConfirmOutcome::Added
        | ConfirmOutcome::Replaced { .. } => ErrorCode::SetUpOver.into(),
    }
}
