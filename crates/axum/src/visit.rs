//! One request: its tenant, the person behind it, and the language of the answer.

use crate::cookies::Kind;
use crate::destination::Destination;
use crate::device;
use crate::flow::Flow;
use crate::language::{self, Language};
use crate::local_address::is_local;
use crate::page::{self, Common, TenantName};
use crate::refusal::Refusal;
use crate::web::Web;
use axum::extract::{ConnectInfo, FromRef, FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum_csrf::CsrfToken;
use cookie::{Cookie, CookieBuilder};
use minijinja::Value;
use slotwerk::mail::Brand;
use slotwerk::{
    BeginSessionOutcome, CheckOutcome, Client, Fault, Grant, HostData, KeptSession, ManageOutcome,
    OpenSessionOutcome, RotateSessionOutcome, Session, SessionState, SessionToken, Step, StepError,
    TenantAuth, Ticket,
};
use std::net::SocketAddr;

/// One request: its tenant, the language of the answer, and the cookies that the answer brings.
///
/// It is an extractor for a host's own pages, and comes with [`SignedIn`](crate::SignedIn).
pub struct Visit {
    pub(crate) web: Web,
    pub(crate) tenant: Option<TenantName>,
    auth: Option<TenantAuth>,
    /// Tells the time where the tenant is.
    brand: Option<Brand>,
    pub(crate) language: Language,
    /// Whether the person chose it, so that the account's own does not count.
    has_chosen_language: bool,
    /// The state of the flow. Changes reach the browser with the answer.
    pub(crate) flow: Flow,
    /// The state that the browser has.
    presented: Flow,
    /// The client's address: the peer's, or the one that a trusted proxy has written.
    pub(crate) client: Client,
    pub(crate) address: Address,
    session: Option<SessionToken>,
    /// The session, once it was opened. It outlives the end of all sessions that a change brings.
    kept: Option<KeptSession>,
    /// The account of that session.
    kept_account: Option<String>,
    csrf: CsrfToken,
    cookies: Vec<Cookie<'static>>,
}

/// The parts of the request that its answer may depend on.
pub(crate) struct Address {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    /// The variable parts of the path, by name.
    variables: Vec<(String, String)>,
}

impl<S> FromRequestParts<S> for Visit
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    /// Takes any address, so that even a page about an unknown one speaks the person's language.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let web = Web::from_ref(state);
        let languages = web.pages().languages();
        if let Some(answer) = language::choose(languages, web.cookies(), &parts.method, &parts.uri)
        {
            return Err(answer);
        }
        let id = web.tenants().id(parts.uri.path(), &parts.headers);
        // This fault becomes a page, below.
        let (auth, fault) = match web.auth().tenant(&id).await {
            Ok(auth) => (Some(auth), None),
            Err(Fault::UnknownTenant) => (None, None),
            Err(fault) => (None, Some(Refusal::from(fault))),
        };
        let settings = auth.as_ref().map(TenantAuth::settings);
        if let Some(settings) = settings {
            web.plain_pages().learn(settings);
        }
        let presented = auth.as_ref().map(|auth| {
            let cookie = web
                .cookies()
                .presented(Kind::Flow, auth.id(), &parts.headers);
            cookie.map_or_else(Flow::default, |cookie| Flow::open(auth, &cookie))
        });
        let flow = presented.unwrap_or_default();
        let chosen = language::chosen(languages, web.cookies(), &parts.headers);
        let of_tag = |tag: &str| language::of_tag(languages, tag);
        let has_chosen_language = chosen.is_some();
        let language = chosen
            .or_else(|| flow.locale.as_deref().and_then(of_tag))
            .or_else(|| language::asked_for(languages, &parts.headers))
            .or_else(|| of_tag(settings?.language()))
            .or_else(|| web.pages().fallback().cloned())
            .ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response())?;
        let csrf = CsrfToken::from_request_parts(parts, &web)
            .await
            .map_err(IntoResponse::into_response)?;
        let client = client(parts, &web, settings.map(|settings| settings.id()));
        let session = auth.as_ref().and_then(|auth| {
            let cookie = web
                .cookies()
                .presented(Kind::Session, auth.id(), &parts.headers);
            cookie.map(|cookie| SessionToken::from_text(&cookie))
        });
        let auth = auth.as_ref().map(|auth| auth.clone().used_by(&client));
        let visit = Self {
            tenant: settings.map(|settings| TenantName::new(settings, web.tenants())),
            brand: settings.map(|settings| settings.brand().clone()),
            auth,
            language,
            has_chosen_language,
            presented: flow.clone(),
            flow,
            client,
            address: Address::of(parts, state).await,
            session,
            kept: None,
            kept_account: None,
            csrf,
            cookies: Vec::new(),
            web,
        };
        match fault {
            None => Ok(visit),
            Some(refusal) => Err(visit.refused(refusal)),
        }
    }
}

impl Address {
    async fn of<S: Send + Sync>(parts: &mut Parts, state: &S) -> Self {
        let variables = RawPathParams::from_request_parts(parts, state).await;
        let variables = variables.iter().flatten();
        Self {
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
        }
    }
}

fn client(parts: &Parts, web: &Web, tenant: Option<&str>) -> Client {
    let client = match parts.extensions.get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(peer)) => web.proxied(peer.ip(), &parts.headers),
        None => Client::unknown(),
    };
    let changes = ![Method::GET, Method::HEAD].contains(&parts.method);
    let address = client.budget_address().filter(|_| changes);
    let place = address.and_then(|address| web.hooks().place(address));
    let mut client = client.with_user_agent(device::user_agent(&parts.headers));
    if let Some(place) = place {
        client = client.with_place(&place);
    }
    let cookie = |tenant| {
        let cookies = web.cookies();
        cookies.presented(Kind::KnownBrowser, tenant, &parts.headers)
    };
    match tenant.and_then(cookie) {
        Some(token) => client.with_known_browser(&token),
        None => client,
    }
}

impl Visit {
    /// So many seconds after the Unix epoch on the tenant's clock, for `moment` in a template.
    pub(crate) fn local_time(&self, unix_seconds: u64) -> Option<Value> {
        let local = self.brand.as_ref()?.local_time(unix_seconds)?;
        Some(page::local_time(&local))
    }

    /// Goes on in the account's language, if there are texts in it and the person chose no other.
    pub(crate) fn speak(&mut self, locale: Option<&str>) {
        if self.has_chosen_language {
            return;
        }
        let language = locale.and_then(|tag| language::of_tag(self.web.pages().languages(), tag));
        if let Some(language) = language {
            self.language = language;
        }
    }

    /// A variable part of the path, such as `id` of `/{tenant}/authenticators/{id}/rename`.
    pub(crate) fn variable(&self, name: &str) -> Result<&str, Refusal> {
        let mut variables = self.address.variables.iter();
        let found = variables.find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .ok_or(Refusal::NotFound)
    }

    /// The tenant's id, or a refusal where the address names none.
    pub(crate) fn tenant_id(&self) -> Result<&str, Refusal> {
        self.tenant
            .as_ref()
            .map(|tenant| tenant.id.as_str())
            .ok_or(Refusal::NoTenant)
    }

    /// The facade at this tenant, or a refusal where the address names none.
    pub(crate) fn tenant_auth(&self) -> Result<&TenantAuth, Refusal> {
        self.auth.as_ref().ok_or(Refusal::NoTenant)
    }

    /// The step of a kept ticket; nothing if it is over.
    pub(crate) async fn step(&self, ticket: Option<&String>) -> Result<Option<Step>, Refusal> {
        let Some(ticket) = ticket else {
            return Ok(None);
        };
        let ticket = Ticket::from_text(ticket);
        match self.tenant_auth()?.resume(&ticket).await {
            Ok(step) => Ok(Some(step)),
            Err(StepError::TicketInvalid) => Ok(None),
            Err(StepError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// The web layer.
    #[must_use]
    pub fn web(&self) -> &Web {
        &self.web
    }

    /// Renders a template, built-in or the host's. `own` has the values of the page. Every template also has `lang`,
    /// `base` (the beginning of the tenant's addresses), `tenant` (or none), `csrf`, `t("name-of-a-text")` and the globals
    /// of the host. The answer sets the cookie that forms need. A template that fails gives 500 and a line in the log.
    pub fn page(&self, status: StatusCode, template: &str, own: Value) -> Response {
        let Ok(csrf) = self.csrf.authenticity_token() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        // Escaping would give pages of different lengths.
        let csrf = csrf.replace('/', "_").replace('+', "-");
        let common = Common {
            language: &self.language,
            tenant: self.tenant.as_ref(),
            csrf: &csrf,
            stepping_up: self.flow.step_up.is_some(),
        };
        let page = self.web.pages().answer(status, template, &common, own);
        (self.csrf.clone(), page).into_response()
    }

    /// A text that is no page, such as a file.
    pub(crate) fn render(&self, template: &str, own: Value) -> Result<String, Refusal> {
        let common = Common {
            language: &self.language,
            tenant: self.tenant.as_ref(),
            csrf: "",
            stepping_up: false,
        };
        let text = self.web.pages().render(template, &common, own);
        text.map_err(|error| Refusal::Fault(Box::new(error)))
    }

    /// To another page of the same tenant; to its home page if there is nothing but a question mark with what follows.
    pub(crate) fn redirect(&self, page: &str) -> Result<Response, Refusal> {
        let tenant = self.tenant.as_ref().ok_or(Refusal::NoTenant)?;
        let to = match page {
            "" => tenant.home.clone(),
            page if page.starts_with('?') => format!("{}{page}", tenant.home),
            page => format!("{}/{page}", tenant.base),
        };
        Ok(Redirect::to(&to).into_response())
    }

    /// The session of a request that presents it in a header.
    pub(crate) fn present_session(&mut self, token: Option<SessionToken>) {
        self.session = token;
    }

    /// The state of the flow of a request that presents it in its body.
    pub(crate) fn present_flow(&mut self, flow: Flow) {
        self.presented = flow.clone();
        self.flow = flow;
    }

    /// An answer made with the token against forged requests, and with the cookie that belongs to it.
    pub(crate) fn with_csrf<E>(
        &self,
        answer: impl FnOnce(&str) -> Result<Response, E>,
    ) -> Option<Result<Response, E>> {
        let token = self.csrf.authenticity_token().ok()?;
        let token = token.replace('/', "_").replace('+', "-");
        Some(answer(&token).map(|answer| (self.csrf.clone(), answer).into_response()))
    }

    pub(crate) fn verify_csrf(&self, presented: &str) -> Result<(), Refusal> {
        let token = presented.replace('_', "/").replace('-', "+");
        self.csrf.verify(&token).map_err(|_| Refusal::Csrf)
    }

    /// Remembers this address for after the sign-in or the step-up, if it can be opened again.
    pub(crate) fn remember_address(&mut self) {
        let address = &self.address;
        let target = address.uri.path_and_query().map(PathAndQuery::as_str);
        self.flow.return_to = target
            .filter(|_| address.method == Method::GET)
            .filter(|target| is_local(target))
            .map(str::to_owned);
    }

    /// Remembers another page of the tenant for after the sign-in or the step-up.
    pub(crate) fn remember_page(&mut self, page: &str) {
        let base = self.tenant.as_ref().map(|tenant| tenant.base.as_str());
        let target = base.map(|base| format!("{base}/{page}"));
        self.flow.return_to = target.filter(|target| is_local(target));
    }

    /// Leads to where the person shows a second factor, and then back to the address that was remembered. Without an
    /// authenticator, a password would change nothing: the list of authenticators asks to add one.
    pub(crate) async fn ask_for_second_factor(&mut self, session: &Session) -> Refusal {
        match session.second_factor().await {
            Ok(summary) if summary.authenticators.is_empty() => {
                Refusal::Elsewhere("authenticators?notice=needed")
            }
            Ok(_) => {
                self.flow.step_up = Some(Destination::Host);
                Refusal::Elsewhere("step-up")
            }
            Err(fault) => fault.into(),
        }
    }

    /// To the address that was remembered, or home.
    pub(crate) fn arrive(&mut self) -> Result<Response, Refusal> {
        match self.flow.return_to.take().filter(|to| is_local(to)) {
            Some(to) => Ok(Redirect::to(&to).into_response()),
            None => match self.web.home() {
                Some(home) => Ok(Redirect::to(home).into_response()),
                None => self.redirect(""),
            },
        }
    }

    /// Adds a cookie to the answer.
    pub(crate) fn set_cookie(
        &mut self,
        kind: Kind,
        value: String,
        shape: impl FnOnce(CookieBuilder<'static>) -> CookieBuilder<'static>,
    ) {
        let Some(tenant) = &self.tenant else { return };
        let cookie = self.web.cookies().build(kind, &tenant.id, value);
        self.cookies.push(shape(cookie).build());
    }

    /// The cookies that the answer brings.
    pub(crate) fn cookies(&self) -> &[Cookie<'static>] {
        &self.cookies
    }

    /// Whether the flow is another one than the browser has.
    pub(crate) fn has_new_flow(&self) -> bool {
        self.flow != self.presented
    }

    /// Ends the session and forgets the flow.
    pub(crate) async fn forget(&mut self) -> Result<(), Refusal> {
        let auth = self.tenant_auth()?.clone();
        if let Some(token) = self.session.take() {
            auth.sessions().end(&token).await?;
            let removal = self.web.cookies().removal(Kind::Session, auth.id());
            self.cookies.push(removal);
        }
        self.kept = None;
        self.flow = Flow::default();
        Ok(())
    }

    /// Forgets the session and the flow, but not the page that the person asked for.
    pub(crate) async fn start_over(&mut self) -> Result<(), Refusal> {
        let return_to = self.flow.return_to.take();
        self.forget().await?;
        self.flow.return_to = return_to;
        Ok(())
    }

    /// The session of the person who is signed in. A cookie that is over stays with the browser: another answer may be
    /// bringing a new one just now.
    pub(crate) async fn signed_in(&mut self) -> Result<Option<Session>, Refusal> {
        let Some(token) = &self.session else {
            return Ok(None);
        };
        match self.tenant_auth()?.sessions().open(token).await? {
            OpenSessionOutcome::Valid(open) => {
                self.kept = Some(open.kept);
                self.kept_account = Some(open.session.account().id.clone());
                Ok(Some(open.session))
            }
            OpenSessionOutcome::Ended => Ok(None),
        }
    }

    /// Signs the person in: a new session, or a new id for the one that the person steps up. Keeps the ticket to change
    /// the second factor, and not the grant itself.
    pub(crate) async fn begin_session(&mut self, grant: &Grant) -> Result<(), Refusal> {
        let auth = self.tenant_auth()?.clone();
        if self.kept.is_none() {
            self.signed_in().await?;
        }
        let begins = self.kept.is_none();
        let token = match &self.kept {
            Some(kept) => match kept.rotate(grant, self.session_data()).await? {
                RotateSessionOutcome::Rotated(token) => Some(token),
                RotateSessionOutcome::Over => None,
            },
            None => match auth.sessions().begin(grant, self.session_data()).await? {
                BeginSessionOutcome::Begun(token) => Some(token),
                BeginSessionOutcome::Over => None,
            },
        };
        // Another request was faster, or the grant is over. Or the login name of this session's account is somebody
        // else's by now: then the session ends.
        let Some(token) = token else {
            self.flow = Flow::default();
            if self
                .kept_account
                .as_ref()
                .is_some_and(|kept| kept != grant.account())
            {
                self.forget().await?;
            }
            return Err(Refusal::Elsewhere("sign-in?notice=over"));
        };
        self.bring(token);
        let (mut account, mut managing) = (None, None);
        if let CheckOutcome::Valid(session) = auth.check(&SessionState::begin(grant)).await? {
            account = Some(session.account().clone());
            if let ManageOutcome::Open(step) = session.manage().await? {
                managing = Some(step.ticket().expose().to_owned());
            }
        }
        self.flow = Flow {
            ticket: None,
            step_up: None,
            managing,
            ..self.flow.clone()
        };
        if begins && let Some(account) = &account {
            self.web.hooks().signed_in(auth.id(), account).await;
        }
        Ok(())
    }

    /// The token of the session, as the browser has it or gets it.
    pub(crate) fn session_token(&self) -> Option<&SessionToken> {
        self.session.as_ref()
    }

    fn bring(&mut self, token: SessionToken) {
        self.set_cookie(Kind::Session, token.expose().to_owned(), |cookie| cookie);
        self.session = Some(token);
        self.kept = None;
    }

    /// The session in the store, after [`signed_in`](Self::signed_in) has found it.
    pub(crate) fn kept_session(&self) -> Result<&KeptSession, Refusal> {
        let kept = self.kept.as_ref();
        kept.ok_or(Refusal::Elsewhere("sign-in?notice=over"))
    }

    fn session_data(&self) -> HostData {
        device::kept(&self.address.headers)
    }
}
