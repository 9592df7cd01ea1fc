//! The OpenAPI document, made from the operations.

use super::call::{Caller, json};
use super::problem::{Problem, ProblemBody};
use super::requirement::RequirementItem;
use super::responses::Reading;
use crate::refusal::Refusal;
use axum::response::Response;
use std::sync::LazyLock;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Required, ServerBuilder};

/// The name of the bearer token of app mode.
const APP_SESSION: &str = "appSession";
const NO_SCOPES: [&str; 0] = [];

/// What stands in front of the operations.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Slotwerk",
        version = "1",
        description = "Password reset and two-factor sign-in. In browser mode (the default) the credentials are cookies, and \
            each POST needs the header x-csrf-token. In app mode (header x-slotwerk-mode: app) the session token is a bearer \
            token, and the state of the flow is the field `state`. Values of `next` and `code` may be added: treat an \
            unknown one as text."
    ),
    components(schemas(ProblemBody, RequirementItem))
)]
pub(crate) struct Header;

/// The document without its server.
static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| document(false));

/// The same with the help desk.
static WITH_DESK: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(|| document(true));

fn document(has_desk: bool) -> utoipa::openapi::OpenApi {
    let (_, mut document) = super::operations(has_desk).split_for_parts();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme(APP_SESSION, bearer);
    for item in document.paths.paths.values_mut() {
        if let Some(operation) = &mut item.get {
            add_headers(operation, false);
        }
        if let Some(operation) = &mut item.post {
            add_headers(operation, true);
        }
    }
    document
}

fn add_headers(operation: &mut Operation, changes: bool) {
    if takes_session(operation) {
        // In browser mode the session is a cookie, whose name is the host's.
        let bearer = SecurityRequirement::new(APP_SESSION, NO_SCOPES);
        operation.security = Some(vec![SecurityRequirement::default(), bearer]);
    }
    let parameters = operation.parameters.get_or_insert_default();
    let mode = "`browser` (the default) or `app`.";
    parameters.push(header("x-slotwerk-mode", mode).into());
    if changes {
        let token = "The token that getCsrfToken returns. Browser mode needs it.";
        parameters.push(header("x-csrf-token", token).into());
    }
}

/// Whether the operation looks at the session of the request: it needs one, or it ends or tells the one that there is.
fn takes_session(operation: &Operation) -> bool {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let responses = &operation.responses.responses;
    responses.contains_key("401") || ["signOut", "getSecondFactorState"].contains(&id)
}

fn header(name: &str, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

#[utoipa::path(
    get, path = "/openapi.json", operation_id = "getOpenApi", tag = "document",
    responses((status = 200, description = "This document.", body = Object), Reading)
)]
pub(crate) async fn show(caller: Caller) -> Response {
    let tenant = caller.visit.tenant.as_ref();
    let Some(tenant) = tenant else {
        return caller.answer::<()>(Err(Refusal::NoTenant.into()));
    };
    let server = ServerBuilder::new().url(format!("{}/api/v1", tenant.base));
    let mut document = match caller.visit.web.desk_gate() {
        Some(_) => WITH_DESK.clone(),
        None => DOCUMENT.clone(),
    };
    document.servers = Some(vec![server.build()]);
    let answer = json(&document);
    answer.unwrap_or_else(|problem: Problem| caller.answer::<()>(Err(problem)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Generated clients name their functions by these: one may be added, and never changed or removed.
    const STABLE: &str = "addAuthenticator beginAddAuthenticator beginReplaceAuthenticator beginSetUp beginStepUp \
        changePassword completePasswordReset confirmSetUp endOtherSessions endSession getCsrfToken getOpenApi \
        getPasswordRequirements getSecondFactorState getSession getStepUpStatus inspectPasswordReset listAuthenticators \
        listSessions removeAuthenticator renameAuthenticator renewRecoveryCodes replaceAuthenticator \
        requestPasswordReset resendSetUp signIn signOut useRecoveryCode verifyCode verifyTwoCodes";

    const STABLE_DESK: &str = "deskApproveReset deskCheckSample deskEndSessions deskFindAccount deskInspectReset deskInvite \
        deskListSecondFactors deskReadTrail deskRequireNewPassword deskResetSecondFactor deskShowAccount deskShowRules \
        deskUnlock";

    fn ids(document: &utoipa::openapi::OpenApi) -> Vec<&str> {
        let items = document.paths.paths.values();
        let operations = items.flat_map(|item| [&item.get, &item.post]).flatten();
        let mut ids: Vec<&str> = operations
            .map(|operation| operation.operation_id.as_deref().unwrap())
            .collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn operation_ids_are_stable() {
        let stable: Vec<_> = STABLE.split_whitespace().collect();
        assert_eq!(ids(&DOCUMENT), stable);
        let mut both = stable;
        both.extend(STABLE_DESK.split_whitespace());
        both.sort_unstable();
        assert_eq!(ids(&WITH_DESK), both);
    }

    #[test]
    fn session_operations_name_the_token() {
        let document = serde_json::to_value(&*DOCUMENT).unwrap();
        let bearer = &document["components"]["securitySchemes"][APP_SESSION];
        assert_eq!(bearer["scheme"], "bearer");
        let security = |path: &str, method: &str| &document["paths"][path][method]["security"];
        let optional = serde_json::json!([{}, {APP_SESSION: []}]);
        for (path, method) in [
            ("/session", "get"),
            ("/sign-out", "post"),
            ("/recovery-codes/renew", "post"),
        ] {
            assert_eq!(*security(path, method), optional, "{path}");
        }
        for path in ["/password-reset/request", "/password-reset/complete"] {
            assert!(security(path, "post").is_null(), "{path}");
        }
    }

    #[test]
    fn every_reference_has_its_schema() {
        let document = serde_json::to_value(&*WITH_DESK).unwrap();
        let text = document.to_string();
        let schemas = &document["components"]["schemas"];
        for rest in text.split("\"#/components/schemas/").skip(1) {
            let name = rest.split('"').next().unwrap();
            assert!(schemas[name].is_object(), "{name}");
        }
        assert!(text.contains("\"openapi\":\"3.1.0\""));
    }
}
