//! The fields that app mode adds to every answer.

use serde::Serialize;
use utoipa::ToSchema;

/// The fields that app mode adds to an answer.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct AppPart {
    /// App mode: the new session token. It comes once; present it as `Authorization: Bearer …` from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<String>,
    /// App mode: the new state of the flow, to send as `state` from now on. `null`: send none. Absent: keep the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) state: Option<Option<String>>,
    /// App mode: a token to send as `known_browser` with the next sign-in, so that a stranger's failed attempts do not
    /// keep this device out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) known_browser: Option<String>,
}
