//! What the browser carries from one page of the flow to the next, sealed in a cookie.

use crate::destination::Destination;
use serde::{Deserialize, Serialize};
use slotwerk::{Fault, TenantAuth};
use zeroize::Zeroizing;

/// The name under which the cookie's value is sealed.
const NAME: &str = "flow";

/// The state of one browser at one tenant. It signs nobody in: a ticket counts by its row in the store, and the session
/// has a cookie of its own.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flow {
    /// The sign-in in progress, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<String>,
    /// The ticket to change the second factor with, for a while after a sign-in with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) managing: Option<String>,
    /// The page after the step-up, if the person was asked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) step_up: Option<Destination>,
    /// The address of this host to open after the sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) return_to: Option<String>,
    /// By how many minutes the phone's clock is ahead, or behind if negative. Shown once, after a sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<i32>,
    /// The set-up that was on the screen last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shown: Option<Shown>,
    /// The account's own language, once the password has shown whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) locale: Option<String>,
}

impl Flow {
    /// The state in a cookie; an empty one if the cookie is none of ours, or is over.
    pub(crate) fn open(tenant: &TenantAuth, cookie: &str) -> Self {
        let bytes = tenant.open_host_value(NAME, cookie);
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    pub(crate) fn seal(&self, tenant: &TenantAuth) -> Result<String, Fault> {
        let json = serde_json::to_vec(self).map_err(|_| Fault::Unusable("the state of a flow"))?;
        // It holds tickets.
        let json = Zeroizing::new(json);
        tenant.seal_host_value(NAME, &json)
    }
}

/// The set-up that was on the screen last.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// Whose, by the name that the app shows.
    pub(crate) account: String,
    /// A hash of all that the app gets: the secret itself is not for the session.
    pub(crate) digest: String,
    /// Since when, in seconds after the Unix epoch.
    pub(crate) since: u64,
    /// Whether another one was on the screen before and came to nothing.
    pub(crate) another: bool,
}
