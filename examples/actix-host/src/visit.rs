//! One request: its tenant, its client, its cookies, and the guard against forged requests.

use crate::{Host, problem::Problem};
use actix_web::HttpRequest;
use serde_json::{Value, json};
use slotwerk::*;

pub(crate) type Reply = Result<Value, Problem>;

pub(crate) struct Visit {
    pub(crate) tenant: TenantAuth,
    pub(crate) client: Client,
    request: HttpRequest,
    /// Whether people reach the service over https.
    https: bool,
    /// The `Set-Cookie` headers of the answer.
    pub(crate) cookies: Vec<String>,
}

/// A page of another site cannot send the header: its browser asks this service first, and gets no permission.
fn is_forged(request: &HttpRequest) -> bool {
    let site = request.headers().get("sec-fetch-site");
    let is_foreign = site.is_some_and(|site| site != "same-origin");
    is_foreign || !request.headers().contains_key("x-requested-with")
}

impl Visit {
    pub(crate) async fn open(host: &Host, request: HttpRequest) -> Result<Self, Problem> {
        if is_forged(&request) {
            Err((403, "forged"))?;
        }
        // Behind a proxy, ask `TrustedProxies` for the address.
        let client = request.peer_addr().map(|peer| Client::at(peer.ip()));
        Ok(Self {
            tenant: host.0.tenant(host.1).await?,
            client: client.unwrap_or_default(),
            https: host.2,
            cookies: Vec::new(),
            request,
        })
    }

    /// Under https the name begins with `__Host-`, so that no other host of the domain can set the cookie.
    fn name(&self, kind: &str) -> String {
        format!("{}{kind}", if self.https { "__Host-" } else { "" })
    }

    fn presented(&self, kind: &str) -> String {
        let cookie = self.request.cookie(&self.name(kind));
        cookie.map_or_else(String::new, |cookie| cookie.value().to_owned())
    }

    /// Sets a cookie that lasts until the browser is closed. An empty one ends now.
    fn set(&mut self, kind: &str, value: &str) {
        let (name, secure) = (self.name(kind), if self.https { "; Secure" } else { "" });
        let end = if value.is_empty() { "; Max-Age=0" } else { "" };
        self.cookies.push(format!(
            "{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}"
        ));
    }

    /// Keeps the ticket of a sign-in, sealed, for the next request.
    pub(crate) fn keep(&mut self, ticket: &Ticket, next: &str) -> Reply {
        let ticket = ticket.expose().as_bytes();
        let sealed = self.tenant.seal_host_value("ticket", ticket)?;
        self.set("ticket", &sealed);
        Ok(json!({ "next": next }))
    }

    /// The step of the sign-in in progress.
    pub(crate) async fn step(&self) -> Result<Step, Problem> {
        let sealed = self.presented("ticket");
        let ticket = self.tenant.open_host_value("ticket", &sealed);
        let ticket = ticket.ok_or(StepError::TicketInvalid)?;
        let ticket = Ticket::from_text(&String::from_utf8_lossy(&ticket));
        Ok(self.tenant.resume(&ticket).await?)
    }

    /// The session of the person who is signed in.
    pub(crate) async fn session(&self) -> Result<Session, Problem> {
        let token = SessionToken::from_text(&self.presented("session"));
        match self.tenant.sessions().open(&token).await? {
            OpenSessionOutcome::Valid(open) => Ok(open.session),
            OpenSessionOutcome::Ended => Err(Some(RejectionCode::SessionEnded.into()))?,
        }
    }

    /// Ends the session of this browser, and forgets the sign-in in progress.
    pub(crate) async fn forget(&mut self) -> Reply {
        let token = SessionToken::from_text(&self.presented("session"));
        self.tenant.sessions().end(&token).await?;
        self.set("session", "");
        self.set("ticket", "");
        Ok(json!({ "next": "sign_in" }))
    }

    /// Signs the person in. The session that this browser had ends.
    pub(crate) async fn begin(&mut self, grant: &Grant) -> Reply {
        self.forget().await?;
        let sessions = self.tenant.sessions();
        match sessions.begin(grant, HostData::default()).await? {
            BeginSessionOutcome::Begun(token) => self.set("session", token.expose()),
            BeginSessionOutcome::Over => Err((401, "sign_in_over"))?,
        }
        Ok(json!({ "next": "signed_in" }))
    }
}
