//! The bodies of requests. Each is a JSON object; an unknown or a repeated field is an error.

use super::secret::SecretText;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

/// A body with the fields of app mode.
pub(crate) trait Received: DeserializeOwned + Send {
    /// Takes the state of the flow, and the token of a known device.
    fn take_app_fields(&mut self) -> (Option<String>, Option<String>);
}

/// A body with its own fields, and `state`.
macro_rules! body {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_about])* pub(crate) $field: $kind,)*
            /// App mode: the state of the flow, from the last answer that brought one.
            #[serde(default)]
            state: Option<String>,
        }

        impl Received for $name {
            fn take_app_fields(&mut self) -> (Option<String>, Option<String>) {
                (self.state.take(), None)
            }
        }
    };
}
pub(crate) use body;

body! {
    /// Nothing but the state of the flow.
    NoFields {}
}

body! {
    /// Whose password is to be reset.
    ResetRequest {
        /// The user name.
        login: String,
    }
}

body! {
    /// A mailed link.
    ResetLink {
        /// The last part of the link's path.
        token: SecretText,
    }
}

body! {
    /// A new password, by a mailed link.
    ResetCompletion {
        /// The last part of the link's path.
        token: SecretText,
        /// The new password.
        password: SecretText,
    }
}

/// User name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The user name.
    pub(crate) login: String,
    /// The password.
    pub(crate) password: SecretText,
    /// App mode: the token that an earlier sign-in brought.
    #[serde(default)]
    known_browser: Option<String>,
    /// App mode: the state of the flow, from the last answer that brought one.
    #[serde(default)]
    state: Option<String>,
}

impl Received for Credentials {
    fn take_app_fields(&mut self) -> (Option<String>, Option<String>) {
        (self.state.take(), self.known_browser.take())
    }
}

body! {
    /// A code of an authenticator app, or a recovery code.
    OneCode {
        /// The code.
        code: SecretText,
    }
}

body! {
    /// Two codes in a row.
    TwoCodes {
        /// The code that the app shows now.
        first: SecretText,
        /// The code that it shows next.
        second: SecretText,
    }
}

body! {
    /// The password of the person who is signed in.
    OwnPassword {
        /// The password.
        password: SecretText,
    }
}

body! {
    /// Another password.
    PasswordChange {
        /// The current password.
        current: SecretText,
        /// The new password.
        new: SecretText,
    }
}

body! {
    /// One session of the person.
    SessionChoice {
        /// The id in the list of sessions.
        id: String,
    }
}

body! {
    /// One authenticator of the person.
    AuthenticatorChoice {
        /// The id in the list of authenticators.
        id: String,
    }
}

body! {
    /// Another name for an authenticator.
    AuthenticatorRename {
        /// The id in the list of authenticators.
        id: String,
        /// The new name, at most 64 characters.
        name: String,
    }
}

body! {
    /// The first code of another authenticator.
    AuthenticatorAddition {
        /// The code that the app shows.
        code: SecretText,
        /// A name of at most 64 characters.
        #[serde(default)]
        name: Option<String>,
    }
}

body! {
    /// The first code of an authenticator that takes the place of another.
    AuthenticatorReplacement {
        /// The id of the one to replace.
        id: String,
        /// The code that the new one shows.
        code: SecretText,
        /// A name of at most 64 characters.
        #[serde(default)]
        name: Option<String>,
    }
}
