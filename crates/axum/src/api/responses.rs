//! The problems that an operation may answer with, for the document.

use super::code::ErrorCode;
use super::problem::PROBLEM_JSON;
use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

type Documented = BTreeMap<String, RefOr<Response>>;

/// The codes of a status in a line.
fn described(status: u16) -> String {
    let codes = ErrorCode::ALL.iter();
    let codes = codes.filter(|code| code.status().as_u16() == status);
    let codes: Vec<&str> = codes.map(|code| code.as_str()).collect();
    format!("A problem, with one of the codes: {}.", codes.join(", "))
}

fn problems(statuses: &[u16]) -> Documented {
    let problem = |status: u16| {
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        ResponseBuilder::new()
            .description(described(status))
            .content(PROBLEM_JSON, content)
            .build()
    };
    let all = statuses.iter();
    all.map(|&status| (status.to_string(), problem(status).into()))
        .collect()
}

/// A set of problems by status.
macro_rules! sets {
    ($($(#[$about:meta])* $name:ident: $statuses:expr;)*) => {
        $(
            $(#[$about])*
            pub(crate) struct $name;

            impl IntoResponses for $name {
                fn responses() -> Documented {
                    problems(&$statuses)
                }
            }
        )*
    };
}

sets! {
    /// Of an operation without a body.
    Reading: [400, 404, 500, 503];
    /// Of an operation with a body.
    Guarded: [400, 403, 404, 413, 415, 500, 503];
    /// Of an operation for a person who is signed in or signing in.
    Known: [401];
    /// Of an operation that the host allows.
    Allowed: [403];
    /// Of an operation that checks what a person typed.
    Judged: [422, 429];
    /// Of an operation that another request can overtake.
    Overtaken: [409];
    /// Of an operation with a mailed link.
    Linked: [410];
}
