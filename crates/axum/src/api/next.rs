//! The answer of a step that goes on: what comes next.

use super::call::Caller;
use super::material::Material;
use super::problem::Problem;
use super::secret::ShownSecret;
use serde::Serialize;
use slotwerk::Grant;
use slotwerk::recovery::{CodeSet, RecoveryCode};
use utoipa::ToSchema;

/// What comes next.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Next)]
pub(crate) struct Next {
    /// `sign_in`: sign in with the password. `enrol`: set up an authenticator. `verify`: enter a code of the
    /// authenticator. `confirm`: enter the first code of the new authenticator. `signed_in`: the person is signed in.
    /// Later versions may add values.
    #[schema(example = "verify")]
    next: &'static str,
    /// The set-up in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    set_up: Option<Material>,
    /// The recovery codes. They come in this answer only: show them to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    recovery_codes: Option<Vec<ShownSecret>>,
    /// How many recovery codes are left, after one was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes_left: Option<u32>,
    /// By how many minutes the clock of the person's phone is ahead, or behind if negative.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_minutes_ahead: Option<i32>,
}

impl Next {
    pub(crate) fn step(next: &'static str) -> Self {
        Self {
            next,
            ..Self::default()
        }
    }

    pub(crate) fn with_set_up(self, material: Option<Material>) -> Self {
        Self {
            set_up: material,
            ..self
        }
    }

    pub(crate) fn with_codes(self, codes: &CodeSet) -> Self {
        let codes = codes.codes().iter().map(RecoveryCode::expose);
        Self {
            recovery_codes: Some(codes.map(ShownSecret::new).collect()),
            ..self
        }
    }

    pub(crate) fn with_codes_left(self, left: u32) -> Self {
        Self {
            recovery_codes_left: Some(left),
            ..self
        }
    }

    pub(crate) fn with_clock(self, minutes_ahead: Option<i32>) -> Self {
        Self {
            clock_minutes_ahead: minutes_ahead,
            ..self
        }
    }

    /// Signs the person in: a new session, or a new id for the one that steps up.
    pub(crate) async fn signed_in(caller: &mut Caller, grant: &Grant) -> Result<Self, Problem> {
        caller.visit.flow.step_up = None;
        caller.visit.begin_session(grant).await?;
        caller.remember(grant);
        Ok(Self::step("signed_in"))
    }
}
