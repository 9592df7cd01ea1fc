//! The set-up of an authenticator, as the API shows it.

use super::call::Caller;
use super::problem::Problem;
use super::secret::ShownSecret;
use crate::shown::is_another;
use serde::Serialize;
use slotwerk::{EnrolmentMaterial, EnrolmentOutcome, MailState, SetUp};
use utoipa::ToSchema;

/// The values that the authenticator app needs.
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

    /// The set-up that has just begun.
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
            rejected => Err(rejected.rejection().into()),
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
