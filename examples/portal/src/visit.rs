//! One request: which tenant it is for, who is behind it, and in which language to answer.

use crate::destination::Destination;
use crate::known_browser;
use crate::language::Language;
use crate::page::{self, Common, TenantName};
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::sessions::BEGAN;
use crate::shown::Shown;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_csrf::CsrfToken;
use minijinja::Value;
use serde::{Deserialize, Serialize};
use slotwerk::mail::Brand;
use slotwerk::{
    CheckOutcome, Client, Fault, Session as SignedIn, SessionState, Step, StepError, TenantAuth,
    Ticket,
};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use tower_sessions::Session;

/// What the portal remembers of a person at one tenant, on the server.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Person {
    /// The sign-in in flight, if there is one.
    pub(crate) ticket: Option<String>,
    /// Who is signed in, if somebody is.
    pub(crate) signed_in: Option<SessionState>,
    /// The ticket to change the second factor with, for a while after a sign-in with it.
    #[serde(default)]
    pub(crate) managing: Option<String>,
    /// Where to go on after the step-up that is asked for, if one is.
    #[serde(default)]
    pub(crate) step_up: Option<Destination>,
    /// By how many minutes the phone's clock is ahead, or behind if negative: said once, after a sign-in.
    #[serde(default)]
    pub(crate) clock: Option<i32>,
    /// The set-up that was on the screen last.
    #[serde(default)]
    pub(crate) shown: Option<Shown>,
    /// The account's own language, once the password has shown whose it is.
    pub(crate) locale: Option<String>,
}

pub(crate) struct Visit {
    pub(crate) portal: Portal,
    pub(crate) tenant: Option<TenantName>,
    auth: Option<TenantAuth>,
    /// Tells the time where the tenant is.
    brand: Option<Brand>,
    pub(crate) language: Language,
    pub(crate) person: Person,
    /// Where the request comes from: the peer, or the hop that a proxy of ours has written.
    pub(crate) client: Client,
    session: Session,
    csrf: CsrfToken,
}

impl FromRequestParts<Portal> for Visit {
    type Rejection = Response;

    /// Takes any address, so that even a page about an unknown one speaks the person's language.
    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Portal,
    ) -> Result<Self, Self::Rejection> {
        let first = parts
            .uri
            .path()
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        // Both this fault and one of the session store become a page, below.
        let (auth, lost) = match portal.auth.tenant(first).await {
            Ok(auth) => (Some(auth), None),
            Err(Fault::UnknownTenant) => (None, None),
            Err(fault) => (None, Some(Refusal::from(fault))),
        };
        let settings = auth.as_ref().map(TenantAuth::settings);
        let session = Session::from_request_parts(parts, portal)
            .await
            .map_err(IntoResponse::into_response)?;
        let person = match settings {
            Some(settings) => session.get(&settings.id).await,
            None => Ok(None),
        };
        // A fault of the session store is none of "nobody is signed in".
        let (person, fault) = match person {
            Ok(person) => (person.unwrap_or_default(), lost),
            Err(error) => (Person::default(), Some(Refusal::from(error))),
        };
        let language = person
            .locale
            .as_deref()
            .and_then(Language::from_tag)
            .or_else(|| Language::asked_for(&parts.headers))
            .or_else(|| Language::from_tag(&settings?.language))
            .unwrap_or(Language::En);
        let csrf = CsrfToken::from_request_parts(parts, portal)
            .await
            .map_err(IntoResponse::into_response)?;
        let client = client(parts, portal, settings.map(|settings| settings.id.as_str()));
        let tenant = settings.map(TenantName::from);
        let visit = Self {
            portal: portal.clone(),
            tenant,
            brand: settings.map(|settings| settings.brand.clone()),
            auth,
            language,
            person,
            client,
            session,
            csrf,
        };
        match fault {
            None => Ok(visit),
            Some(refusal) => Err(refusal.page(&visit)),
        }
    }
}

fn client(parts: &Parts, portal: &Portal, tenant: Option<&str>) -> Client {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return Client::unknown();
    };
    let forwarded = parts.headers.get_all("x-forwarded-for");
    // A value that is no text is a hop that is not readable.
    let hops: Vec<_> = forwarded
        .iter()
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    if !portal.proxies.trusts(peer.ip()) {
        warn_of_unnamed_proxy(parts, portal);
    }
    let client = portal.proxies.client(peer.ip(), hops);
    match tenant.and_then(|tenant| known_browser::presented(&parts.headers, tenant, portal.https)) {
        Some(token) => client.with_known_browser(&token),
        None => client,
    }
}

/// Headers that a proxy adds.
const FORWARDING: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

/// Says once that somebody who is not trusted sends forwarding headers. It may be a proxy that
/// `--trusted-proxies` does not name: all its clients then share one budget.
fn warn_of_unnamed_proxy(parts: &Parts, portal: &Portal) {
    let forwards = FORWARDING
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    if forwards && !portal.unnamed_proxy.swap(true, Ordering::Relaxed) {
        crate::complain(
            "warning: ignored forwarding headers (X-Forwarded-For, Forwarded or X-Real-IP) of an address \
             that --trusted-proxies does not name; if that is your proxy, all its clients share one budget",
        );
    }
}

impl Visit {
    /// So many seconds after the Unix epoch on the tenant's clock, for `moment` in a template.
    pub(crate) fn local_time(&self, unix_seconds: u64) -> Option<Value> {
        let local = self.brand.as_ref()?.local_time(unix_seconds)?;
        Some(page::local_time(&local))
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

    /// A page, with the cookie that its forms need.
    pub(crate) fn page(&self, status: StatusCode, template: &str, own: Value) -> Response {
        let Ok(csrf) = self.csrf.authenticity_token() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        // Escaping would give pages of different lengths.
        let csrf = csrf.replace('/', "_").replace('+', "-");
        let common = Common {
            language: self.language,
            tenant: self.tenant.as_ref(),
            csrf: &csrf,
            stepping_up: self.person.step_up.is_some(),
        };
        let page = self.portal.pages.answer(status, template, &common, own);
        (self.csrf.clone(), page).into_response()
    }

    /// What is no page: a text file, say.
    pub(crate) fn render(&self, template: &str, own: Value) -> Result<String, Refusal> {
        let common = Common {
            language: self.language,
            tenant: self.tenant.as_ref(),
            csrf: "",
            stepping_up: false,
        };
        let text = self.portal.pages.render(template, &common, own);
        text.map_err(|error| Refusal::Fault(Box::new(error)))
    }

    /// To another page of the same tenant.
    pub(crate) fn redirect(&self, page: &str) -> Result<Response, Refusal> {
        Ok(Redirect::to(&format!("/{}/{page}", self.tenant_id()?)).into_response())
    }

    pub(crate) fn verify_csrf(&self, presented: &str) -> Result<(), Refusal> {
        let token = presented.replace('_', "/").replace('-', "+");
        self.csrf.verify(&token).map_err(|_| Refusal::Csrf)
    }

    /// Remembers the person under a new session id, after a step of a sign-in: the old id is worth nothing,
    /// and the session begins anew.
    pub(crate) async fn remember_anew(&mut self, person: Person) -> Result<(), Refusal> {
        self.session.cycle_id().await?;
        self.session.remove_value(BEGAN).await?;
        self.remember(person).await
    }

    pub(crate) async fn remember(&mut self, person: Person) -> Result<(), Refusal> {
        let tenant = self.tenant_id()?.to_owned();
        self.session.insert(&tenant, &person).await?;
        self.person = person;
        Ok(())
    }

    /// Forgets the person. The emptied session stays, since taking the cookie back is left to chance: the
    /// session layer would do so with a cookie that scripts can see.
    pub(crate) async fn forget(&mut self) -> Result<(), Refusal> {
        self.remember_anew(Person::default()).await
    }

    /// Who is signed in, if the sign-in still stands. One that does not is forgotten, under the id that it has:
    /// another answer may be bringing a new one just now.
    pub(crate) async fn signed_in(&mut self) -> Result<Option<SignedIn>, Refusal> {
        let Some(state) = &self.person.signed_in else {
            return Ok(None);
        };
        match self.tenant_auth()?.check(state).await? {
            CheckOutcome::Valid(session) => Ok(Some(session)),
            CheckOutcome::Ended => {
                self.remember(Person::default()).await?;
                Ok(None)
            }
        }
    }
}
