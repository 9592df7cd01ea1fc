//! The codes of all problems, in one table. Programs read the code; the title is for people.

use axum::http::StatusCode;
use slotwerk::RejectionCode;

/// One line for each problem: its name here, its code, its status, the English title, and the name of the title's text
/// in the pages' languages where one exists.
macro_rules! codes {
    ($($variant:ident = $code:literal, $status:ident, $title:literal, $text:expr;)*) => {
        /// Why a request is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum ErrorCode { $($variant),* }

        impl ErrorCode {
            /// Every code.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable code.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),* }
            }

            /// The title in English.
            pub(crate) fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// The name of the title among the texts of the pages.
            pub(crate) fn text(self) -> Option<&'static str> {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

codes! {
    // The request itself.
    InvalidBody = "invalid_body", BAD_REQUEST, "The body is not the JSON object that this operation expects.", None;
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is larger than 32 KiB.", None;
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE,
        "The body must be sent as application/json.", None;
    NotFound = "not_found", NOT_FOUND, "No operation has this address.", None;
    UnknownTenant = "unknown_tenant", NOT_FOUND, "The tenant is not registered.", Some("error-no-tenant-title");
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The operation does not have this method.", None;
    // Modes and forged requests.
    UnknownMode = "unknown_mode", BAD_REQUEST, "The header x-slotwerk-mode must be browser or app.", None;
    CookieInAppMode = "cookie_in_app_mode", BAD_REQUEST,
        "The request is in app mode and has a cookie of browser mode. Send the session token in the Authorization header.",
        None;
    BearerInBrowserMode = "bearer_in_browser_mode", BAD_REQUEST,
        "The request is in browser mode and has an Authorization header. Send x-slotwerk-mode: app to use app mode.",
        None;
    StateInBrowserMode = "state_in_browser_mode", BAD_REQUEST,
        "The request is in browser mode and has a field of app mode. Send x-slotwerk-mode: app to use app mode.", None;
    BrowserModeOnly = "browser_mode_only", BAD_REQUEST, "This operation is for browser mode only.", None;
    CrossSite = "cross_site", FORBIDDEN, "A page of another site sent this request.", None;
    CsrfTokenInvalid = "csrf_token_invalid", FORBIDDEN,
        "The header x-csrf-token is missing or does not belong to this browser.", Some("error-csrf-title");
    // Sign-in.
    LoginMalformed = "login_malformed", UNPROCESSABLE_ENTITY, "This cannot be a user name.",
        Some("problem-sign-in-bad-login");
    PasswordEmpty = "password_empty", UNPROCESSABLE_ENTITY, "The password is empty.",
        Some("problem-sign-in-empty-password");
    PasswordTooLong = "password_too_long", UNPROCESSABLE_ENTITY, "No password can be this long.",
        Some("problem-sign-in-long-password");
    SignInRejected = "sign_in_rejected", UNPROCESSABLE_ENTITY, "This user name and password do not belong together.",
        Some("problem-sign-in-refused");
    TicketInvalid = "ticket_invalid", UNAUTHORIZED, "This sign-in is finished already, or took too long.",
        Some("notice-sign-in-code");
    OtherStep = "other_step", CONFLICT, "The sign-in waits for another step. Ask for the state of the second factor.", None;
    // Codes.
    CodeMalformed = "code_malformed", UNPROCESSABLE_ENTITY, "A code has six digits.", Some("problem-code-malformed");
    CodeRejected = "code_rejected", UNPROCESSABLE_ENTITY, "This code is not right.", Some("problem-code-wrong");
    CodeUsed = "code_used", UNPROCESSABLE_ENTITY, "This code was used already or has just run out.",
        Some("problem-code-wait");
    RecoveryCodeMalformed = "recovery_code_malformed", UNPROCESSABLE_ENTITY,
        "A recovery code has 16 letters and digits.", Some("problem-recovery-malformed");
    RecoveryCodeRejected = "recovery_code_rejected", UNPROCESSABLE_ENTITY,
        "This recovery code is not right or has been used already.", Some("problem-recovery-wrong");
    SetUpOver = "set_up_over", CONFLICT, "There is no set-up in progress.", Some("notice-authenticators-over");
    TooManyAuthenticators = "too_many_authenticators", CONFLICT, "There is no room for another authenticator.", None;
    // Rate limits.
    Throttled = "throttled", TOO_MANY_REQUESTS, "There were too many attempts, one after another.",
        Some("problem-change-throttled");
    Locked = "locked", FORBIDDEN, "There were too many failed attempts. A new password by mail unlocks the account.", None;
    Exhausted = "exhausted", FORBIDDEN, "The authenticator has had all its failed attempts. Use a recovery code.",
        Some("problem-code-spent");
    // Sessions and accounts.
    SessionEnded = "session_ended", UNAUTHORIZED, "Nobody is signed in.", Some("notice-sign-in-over");
    StepUpNeeded = "step_up_needed", FORBIDDEN, "Confirm first who you are: with the password and a code.", None;
    NoAuthenticator = "no_authenticator", FORBIDDEN, "This needs a second factor. Set up an authenticator first.",
        Some("notice-authenticators-needed");
    LinkInvalid = "link_invalid", GONE, "This link does not work, or no longer.", Some("dead-title");
    RequirementsUnmet = "requirements_unmet", UNPROCESSABLE_ENTITY, "The password does not meet the requirements.",
        Some("problem-reset-refused");
    CurrentPasswordRejected = "current_password_rejected", UNPROCESSABLE_ENTITY, "The current password is not right.",
        Some("problem-change-wrong-current");
    UnknownSession = "unknown_session", NOT_FOUND, "The person has no other session with this id.", None;
    UnknownAuthenticator = "unknown_authenticator", NOT_FOUND, "The person has no authenticator with this id.",
        Some("notice-authenticators-gone");
    LastAuthenticator = "last_authenticator", CONFLICT,
        "The tenant requires a second factor, and this is the only authenticator.", Some("remove-last");
    NameInvalid = "name_invalid", UNPROCESSABLE_ENTITY, "This cannot be the name of an authenticator.", None;
    CodesAlreadyRenewed = "codes_already_renewed", CONFLICT, "Another request has just renewed the recovery codes.",
        Some("notice-authenticators-codes");
    // The help desk.
    DeskNotAllowed = "desk_not_allowed", FORBIDDEN, "The service does not allow this person to do that.",
        Some("error-desk-title");
    UnknownAccount = "unknown_account", NOT_FOUND, "The tenant has no such account.", Some("desk-unknown");
    OwnAccount = "own_account", FORBIDDEN, "Administrators cannot do this for their own account.",
        Some("problem-desk-own");
    OwnRequest = "own_request", FORBIDDEN, "Another administrator has to approve the request.",
        Some("problem-desk-own-request");
    ApprovalInvalid = "approval_invalid", GONE, "The request was used, or is no longer valid.",
        Some("problem-desk-approval-over");
    ReasonInvalid = "reason_invalid", UNPROCESSABLE_ENTITY,
        "The reason is missing, too long, or holds a control character.", Some("problem-desk-reason");
    AccountDisabled = "account_disabled", CONFLICT, "The account is disabled.", Some("problem-desk-disabled");
    PasswordExists = "password_exists", CONFLICT, "The account has a password already.",
        Some("problem-desk-has-password");
    MailAddressUnusable = "mail_address_unusable", CONFLICT, "No mail can go to the address of the account.",
        Some("problem-desk-address");
    UnknownGroup = "unknown_group", NOT_FOUND, "The tenant has no rules for such a group.", None;
    // Infrastructure.
    Busy = "busy", SERVICE_UNAVAILABLE, "The service is very busy.", Some("error-busy-title");
    CheckUnavailable = "check_unavailable", SERVICE_UNAVAILABLE,
        "Whether the password is in a known breach cannot be checked now.", Some("problem-change-unchecked");
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The data cannot be reached now.", Some("error-away-title");
    Fault = "fault", INTERNAL_SERVER_ERROR, "The service failed.", Some("error-fault-title");
}

impl ErrorCode {
    /// The code of a call that did not go on.
    pub(crate) fn of(rejection: RejectionCode) -> Self {
        let mut all = Self::ALL.iter().copied();
        let found = all.find(|code| code.as_str() == rejection.as_str());
        found.unwrap_or(Self::Fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk_words::Languages;
    use std::collections::HashSet;

    /// A code is part of the API: it may be added, and never changed or removed.
    const STABLE: &str = "invalid_body body_too_large unsupported_media_type not_found unknown_tenant method_not_allowed \
        unknown_mode cookie_in_app_mode bearer_in_browser_mode state_in_browser_mode browser_mode_only cross_site csrf_token_invalid \
        login_malformed password_empty password_too_long sign_in_rejected ticket_invalid other_step code_malformed code_rejected \
        code_used recovery_code_malformed recovery_code_rejected set_up_over too_many_authenticators throttled locked \
        exhausted session_ended step_up_needed no_authenticator link_invalid requirements_unmet current_password_rejected unknown_session \
        unknown_authenticator last_authenticator name_invalid codes_already_renewed desk_not_allowed unknown_account own_account \
        own_request approval_invalid reason_invalid account_disabled password_exists mail_address_unusable unknown_group busy check_unavailable unavailable \
        fault";

    #[test]
    fn codes_are_stable() {
        let codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes, STABLE.split_whitespace().collect::<Vec<_>>());
        let distinct: HashSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), codes.len());
    }

    #[test]
    fn rejections_have_the_same_codes() {
        for rejection in RejectionCode::ALL {
            let code = ErrorCode::of(*rejection);
            assert_eq!(code.as_str(), rejection.as_str());
            assert_eq!(code.status().as_u16(), rejection.http_status());
        }
    }

    #[test]
    fn titles_exist_in_every_language() {
        let languages = Languages::pages().unwrap();
        for tag in ["en", "nl"] {
            let words = languages.find(tag).unwrap();
            for code in ErrorCode::ALL {
                let Some(name) = code.text() else { continue };
                assert!(words.text(name, &[]).is_ok(), "{tag}: {name}");
            }
        }
    }

    #[test]
    fn problems_are_errors() {
        for code in ErrorCode::ALL {
            let status = code.status();
            assert!(
                status.is_client_error() || status.is_server_error(),
                "{code:?}"
            );
        }
    }
}
