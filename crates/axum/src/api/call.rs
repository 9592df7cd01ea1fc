//! One call of the API: the credentials of its mode, its body, and the answer.

use super::app_part::AppPart;
use super::body::Received;
use super::code::ErrorCode;
use super::mode::{Mode, bearer, is_cross_site};
use super::problem::Problem;
use crate::flow::Flow;
use crate::form::bounded;
use crate::known_browser;
use crate::visit::Visit;
use crate::web::Web;
use axum::body::Body;
use axum::extract::{FromRef, FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::header::{CONTENT_TYPE, COOKIE, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use slotwerk::{
    Grant, KnownBrowser, ManageOutcome, Managing, Session, SessionToken, SetUp, Step, Verification,
};
use utoipa::ToSchema;
use zeroize::Zeroizing;

const CSRF_HEADER: &str = "x-csrf-token";

/// The person and the flow behind a call.
pub(crate) struct Caller {
    pub(crate) visit: Visit,
    pub(crate) mode: Mode,
    /// The session token of the request, in app mode.
    presented: Option<Zeroizing<String>>,
    /// The token by which the device is known again, in app mode.
    known_browser: Option<String>,
}

/// A call with a body.
pub(crate) struct Call<T> {
    pub(crate) caller: Caller,
    pub(crate) body: T,
}

/// An answer, with what app mode adds.
#[derive(Serialize, ToSchema)]
pub(crate) struct Answered<T> {
    #[serde(flatten)]
    own: T,
    #[serde(flatten)]
    app: AppPart,
}

/// Runs an operation and answers with its result.
macro_rules! respond {
    ($caller:ident, $body:expr) => {{
        let result = $body.await;
        $caller.answer(result)
    }};
}
pub(crate) use respond;

impl<S> FromRequestParts<S> for Caller
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let web = Web::from_ref(state);
        // The router has taken the prefix away, and it may name the tenant.
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(parts, state).await;
        parts.uri = uri;
        let tenant = web.tenants().id(parts.uri.path(), &parts.headers);
        let mode = Mode::of(&parts.headers, &web, &tenant);
        if mode != Ok(Mode::Browser) {
            parts.headers.remove(COOKIE);
        }
        let visit = Visit::from_request_parts(parts, state).await;
        let visit = visit.map_err(|page| Problem::of_status(page.status()).answer(None))?;
        let mut caller = Self {
            visit,
            mode: Mode::Browser,
            presented: None,
            known_browser: None,
        };
        let checked = mode.map_err(Problem::from).and_then(|mode| {
            caller.mode = mode;
            caller.guard(&parts.method, &parts.headers)
        });
        match checked {
            Ok(()) => Ok(caller),
            Err(problem) => Err(problem.answer(Some(&caller.visit.language))),
        }
    }
}

impl Caller {
    /// Checks the tenant, and in browser mode that the request is not forged. Takes the session of app mode.
    fn guard(&mut self, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
        self.visit.tenant_id()?;
        match self.mode {
            Mode::App => {
                self.presented = bearer(headers).map(|token| Zeroizing::new(token.to_owned()));
                let token = self.presented.as_deref();
                let token = token.map(|token| SessionToken::from_text(token));
                self.visit.present_session(token);
            }
            Mode::Browser if method == Method::POST => {
                if is_cross_site(headers) {
                    return Err(ErrorCode::CrossSite.into());
                }
                let token = headers
                    .get(CSRF_HEADER)
                    .and_then(|token| token.to_str().ok());
                self.visit.verify_csrf(token.unwrap_or_default())?;
            }
            Mode::Browser => {}
        }
        Ok(())
    }

    /// Takes the fields of app mode from the body.
    fn take_state(&mut self, body: &mut impl Received) -> Result<(), Problem> {
        let (state, device) = body.take_app_fields();
        if self.mode == Mode::Browser {
            return match (state, device) {
                (None, None) => Ok(()),
                _ => Err(ErrorCode::StateInBrowserMode.into()),
            };
        }
        if let Some(state) = state {
            let flow = Flow::open(self.visit.tenant_auth()?, &state);
            self.visit.speak(flow.locale.as_deref());
            self.visit.present_flow(flow);
        }
        if let Some(token) = device {
            self.visit.client = self.visit.client.clone().with_known_browser(&token);
        }
        Ok(())
    }

    /// The session of the person who is signed in.
    pub(crate) async fn session(&mut self) -> Result<Session, Problem> {
        let session = self.visit.signed_in().await?;
        session.ok_or_else(|| ErrorCode::SessionEnded.into())
    }

    /// The step of the sign-in in progress.
    pub(crate) async fn step(&self) -> Result<Option<Step>, Problem> {
        Ok(self.visit.step(self.visit.flow.ticket.as_ref()).await?)
    }

    /// The sign-in that waits for a code.
    pub(crate) async fn verification(&self) -> Result<Verification, Problem> {
        match self.step().await? {
            Some(Step::Verify(step)) => Ok(step),
            Some(_) => Err(ErrorCode::OtherStep.into()),
            None => Err(ErrorCode::TicketInvalid.into()),
        }
    }

    /// The sign-in that waits for the first authenticator.
    pub(crate) async fn set_up(&self) -> Result<SetUp, Problem> {
        match self.step().await? {
            Some(Step::Enrol(step)) => Ok(step),
            Some(_) => Err(ErrorCode::OtherStep.into()),
            None => Err(ErrorCode::TicketInvalid.into()),
        }
    }

    /// The session, and the step that changes the second factor. `None` if the person must step up first.
    pub(crate) async fn managing(&mut self) -> Result<(Session, Option<Managing>), Problem> {
        let session = self.session().await?;
        let step = self.visit.step(self.visit.flow.managing.as_ref()).await?;
        let managing = match step {
            // Somebody could have planted the flow of another account.
            Some(Step::Manage(step)) if step.account().id == session.account().id => Some(step),
            _ => None,
        };
        Ok((session, managing))
    }

    /// Opens the step that sets up the first authenticator of somebody who is signed in. False if the person has one
    /// already. After a while it needs the password again.
    pub(crate) async fn open_first_set_up(&mut self) -> Result<bool, Problem> {
        let session = self.session().await?;
        if !session.second_factor().await?.authenticators.is_empty() {
            return Ok(false);
        }
        let ManageOutcome::Enrol(step) = session.manage().await? else {
            return Err(ErrorCode::StepUpNeeded.into());
        };
        self.visit.flow.ticket = Some(step.ticket().expose().to_owned());
        Ok(true)
    }

    /// Remembers the browser or the device after a sign-in.
    pub(crate) fn remember(&mut self, grant: &Grant) {
        match self.mode {
            Mode::Browser => known_browser::remember(&mut self.visit, grant),
            Mode::App => {
                let tenant = self.visit.tenant_auth().ok();
                let token = tenant.and_then(|tenant| tenant.known_browser(grant).ok());
                self.known_browser = token.map(|token| token.expose().to_owned());
            }
        }
    }

    /// The same with a token that came with a new password.
    pub(crate) fn keep(&mut self, token: &KnownBrowser) {
        match self.mode {
            Mode::Browser => known_browser::keep(&mut self.visit, token),
            Mode::App => self.known_browser = Some(token.expose().to_owned()),
        }
    }

    /// The answer of an operation, with what has changed of the session and the flow.
    pub(crate) fn answer<T: Serialize>(&self, result: Result<T, Problem>) -> Response {
        let response = match result.and_then(|own| self.json(own)) {
            Ok(response) => response,
            Err(problem) => self.problem(&problem),
        };
        match self.mode {
            Mode::Browser => self.visit.answer(Ok(response)),
            Mode::App => response,
        }
    }

    fn json<T: Serialize>(&self, own: T) -> Result<Response, Problem> {
        let app = self.app_part()?;
        json(&Answered { own, app })
    }

    /// A problem may bring a new session token, too: the request got it before it failed.
    fn problem(&self, problem: &Problem) -> Response {
        let app = self.app_part().unwrap_or_default();
        problem.answer_with(Some(&self.visit.language), &app)
    }

    fn app_part(&self) -> Result<AppPart, Problem> {
        if self.mode == Mode::Browser {
            return Ok(AppPart::default());
        }
        let token = self.visit.session_token().map(SessionToken::expose);
        let presented = self.presented.as_deref().map(String::as_str);
        let state = if !self.visit.has_new_flow() {
            None
        } else if self.visit.flow == Flow::default() {
            Some(None)
        } else {
            Some(Some(self.visit.flow.seal(self.visit.tenant_auth()?)?))
        };
        Ok(AppPart {
            session: token.filter(|_| token != presented).map(str::to_owned),
            state,
            known_browser: self.known_browser.clone(),
        })
    }
}

/// An answer with a JSON body.
pub(crate) fn json(body: &impl Serialize) -> Result<Response, Problem> {
    let json = serde_json::to_vec(body).map_err(|_| Problem::new(ErrorCode::Fault))?;
    let kind = HeaderValue::from_static("application/json");
    Ok((StatusCode::OK, [(CONTENT_TYPE, kind)], Body::from(json)).into_response())
}

impl<S, T> FromRequest<S> for Call<T>
where
    Web: FromRef<S>,
    S: Send + Sync,
    T: Received,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let mut caller = Caller::from_request_parts(&mut parts, state).await?;
        let read = match read::<T>(&parts.headers, body).await {
            Ok(mut body) => caller.take_state(&mut body).map(|()| body),
            Err(problem) => Err(problem),
        };
        match read {
            Ok(body) => Ok(Self { caller, body }),
            Err(problem) => Err(problem.answer(Some(&caller.visit.language))),
        }
    }
}

async fn read<T: Received>(headers: &HeaderMap, body: Body) -> Result<T, Problem> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/json") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    let bytes = bounded(body).await?;
    // The parser would also take the fields from an array, by their order.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(ErrorCode::InvalidBody.into());
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        // The error's own text may repeat a value, such as a password.
        let at = format!("line {}, column {}", error.line(), error.column());
        Problem::new(ErrorCode::InvalidBody).with_detail(at)
    })
}
