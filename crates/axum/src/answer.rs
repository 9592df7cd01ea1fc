//! The answer to a request: with its cookies, or another page than the one that was asked for.

use crate::away::{self, retry_later};
use crate::cookies::Kind;
use crate::flow::Flow;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use cookie::Cookie;
use minijinja::context;
use std::error::Error;

impl Visit {
    /// The answer of a handler, with the cookies that the request has changed.
    pub(crate) fn answer(&self, result: Result<Response, Refusal>) -> Response {
        let mut response = result.unwrap_or_else(|refusal| self.refused(refusal));
        let flow = match self.flow_cookie() {
            Ok(flow) => flow,
            Err(refusal) => return self.refused(refusal),
        };
        for cookie in self.cookies().iter().chain(&flow) {
            if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
                response.headers_mut().append(SET_COOKIE, value);
            }
        }
        response
    }

    /// The cookie of the flow. An answer that changed nothing leaves it alone: a later answer may have brought a newer one.
    fn flow_cookie(&self) -> Result<Option<Cookie<'static>>, Refusal> {
        if !self.has_new_flow() {
            return Ok(None);
        }
        let (cookies, tenant) = (self.web.cookies(), self.tenant_auth()?);
        if self.flow == Flow::default() {
            return Ok(Some(cookies.removal(Kind::Flow, tenant.id())));
        }
        let sealed = self.flow.seal(tenant)?;
        Ok(Some(cookies.build(Kind::Flow, tenant.id(), sealed).build()))
    }

    /// The page for an address that leads nowhere.
    #[must_use]
    pub fn not_found(&self) -> Response {
        self.refused(Refusal::NotFound)
    }

    /// The page for a fault of the host, which goes to the log.
    #[must_use]
    pub fn fault(&self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Response {
        self.refused(Refusal::Fault(error.into()))
    }

    /// The page that asks to try again, for a host's own database that is away. The error goes to the log.
    #[must_use]
    pub fn away(&self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Response {
        self.refused(Refusal::Away(error.into()))
    }

    /// The page about a refusal, or the page that comes first.
    pub(crate) fn refused(&self, refusal: Refusal) -> Response {
        if let Refusal::Elsewhere(page) = refusal {
            let redirect = self.redirect(page);
            return redirect.unwrap_or_else(|refusal| self.refused(refusal));
        }
        refusal.log();
        if refusal.is_away() {
            let address = &self.address;
            return away::page(
                self.web.plain_pages(),
                self.web.database_comes_back(),
                Some(&self.language),
                &address.method,
                &address.uri,
                &address.headers,
            );
        }
        let status = refusal.status();
        let values = context! { status => status.as_u16(), kind => refusal.kind() };
        self.page(status, "error.html", values)
    }

    /// The page that was sent, rendered again with the user name that was typed, if the database is away.
    pub(crate) fn typed_again(
        &self,
        refusal: Refusal,
        render: impl FnOnce(StatusCode, &'static str) -> Response,
    ) -> Result<Response, Refusal> {
        if !self.web.database_comes_back() || !refusal.is_away() {
            return Err(refusal);
        }
        refusal.log();
        let page = render(StatusCode::SERVICE_UNAVAILABLE, "away");
        Ok(away::marked(retry_later(page)))
    }
}
