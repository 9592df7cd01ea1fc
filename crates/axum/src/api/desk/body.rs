//! The bodies of requests to the help desk.

use crate::api::body::{Received, body};
use crate::api::secret::SecretText;
use serde::Deserialize;
use utoipa::ToSchema;

body! {
    /// A user name to look for.
    DeskSearch {
        /// The user name.
        login: String,
    }
}

body! {
    /// One account.
    DeskAccountChoice {
        /// The id of the account.
        account_id: String,
    }
}

body! {
    /// An act on an account.
    DeskOrder {
        /// The id of the account.
        account_id: String,
        /// The reason, at most 200 characters, for the audit trail.
        #[serde(default)]
        reason: Option<String>,
    }
}

body! {
    /// A reset of the second factor.
    DeskReset {
        /// The id of the account.
        account_id: String,
        /// The reason, at most 200 characters, for the audit trail.
        reason: String,
    }
}

body! {
    /// A request that waits for an approval.
    DeskApproval {
        /// The value of `approval` in the answer to the request.
        approval: String,
    }
}

body! {
    /// A page of accounts.
    DeskFactorsPage {
        /// The value of `next` of the page before. Absent for the first page.
        #[serde(default)]
        after: Option<String>,
    }
}

body! {
    /// A page of the audit trail.
    DeskTrailPage {
        /// The id of an account, for its rows alone.
        #[serde(default)]
        account_id: Option<String>,
        /// The value of `next` of the page before. Absent for the first page.
        #[serde(default)]
        before: Option<String>,
    }
}

body! {
    /// A sample password.
    DeskSample {
        /// The group whose rules hold. Absent for the rules of everyone else.
        #[serde(default)]
        group: Option<String>,
        /// The sample. Nothing is stored.
        password: SecretText,
    }
}
