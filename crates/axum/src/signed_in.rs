//! Guards of a host's own pages: extractors that let a request through or lead the person to sign in.

use crate::refusal::Refusal;
use crate::visit::Visit;
use crate::web::Web;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::response::Response;
use slotwerk::Session;

/// The person who is signed in. Anybody else goes to the sign-in page (303), and comes back here after it.
///
/// An unregistered tenant gets 404, and a database that is away 503, with a page each. A person returns to the
/// address of a GET only: a POST after the end of the session is lost.
///
/// ```
/// use axum::response::Html;
/// use slotwerk_axum::SignedIn;
///
/// async fn dashboard(person: SignedIn) -> Html<String> {
///     let login = &person.session.account().login;
///     Html(format!("You are signed in ({} characters).", login.len()))
/// }
/// ```
#[non_exhaustive]
pub struct SignedIn {
    /// The session, with the account as the directory has it.
    pub session: Session,
    /// The request, for pages in the look of the flow.
    pub visit: Visit,
}

/// The person who is signed in, if there is one.
#[non_exhaustive]
pub struct MaybeSignedIn {
    /// The session of the person.
    pub session: Option<Session>,
    /// The request.
    pub visit: Visit,
}

/// The person who is signed in and has shown a second factor within
/// [`Limits::step_up_lifetime`](slotwerk::Limits::step_up_lifetime) (15 minutes by default). Anybody else confirms by
/// password and code first, and comes back here after it. A person who has no authenticator sets one up first.
///
/// Use it for pages that move money or change an address. Use it for the page with the form and for the POST: the page
/// then asks beforehand, and nothing that was typed is lost.
#[non_exhaustive]
pub struct RecentSecondFactor {
    /// The session.
    pub session: Session,
    /// The request.
    pub visit: Visit,
}

impl<S> FromRequestParts<S> for MaybeSignedIn
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let mut visit = Visit::from_request_parts(parts, state).await?;
        let found = match visit.tenant_id() {
            Ok(_) => visit.signed_in().await,
            Err(refusal) => Err(refusal),
        };
        match found {
            Ok(session) => Ok(Self { session, visit }),
            Err(refusal) => Err(visit.refused(refusal)),
        }
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let MaybeSignedIn { session, mut visit } =
            MaybeSignedIn::from_request_parts(parts, state).await?;
        match session {
            Some(session) => Ok(Self { session, visit }),
            None => {
                visit.remember_address();
                Err(visit.answer(Err(Refusal::Elsewhere("sign-in"))))
            }
        }
    }
}

impl<S> FromRequestParts<S> for RecentSecondFactor
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let SignedIn { session, mut visit } = SignedIn::from_request_parts(parts, state).await?;
        if session.has_recent_second_factor() {
            return Ok(Self { session, visit });
        }
        visit.remember_address();
        let refusal = visit.ask_for_second_factor(&session).await;
        Err(visit.answer(Err(refusal)))
    }
}
