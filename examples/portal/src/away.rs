//! The page that asks to try again while the database is away.
//!
//! It stands at the address that was asked for, so that loading it again repeats the request. It never repeats what was
//! typed, except for a user name.

use crate::form::{self, Form};
use crate::language::Language;
use crate::plain_page::{Page, PlainPages};
use axum::extract::Request;
use axum::http::header::{HeaderMap, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use minijinja::context;

/// Seconds after which a program may try again.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// The last part of addresses that take a form and show no page. The page before it is the one to open again.
const WITHOUT_A_PAGE: [&str; 4] = ["/begin", "/file", "/new-code", "/sign-out"];

/// Marks an answer to a request that the database had no part in, so that it becomes the page.
#[derive(Clone, Copy, Default)]
pub(crate) struct Away {
    /// The person's, if it is known.
    language: Option<Language>,
}

impl Away {
    /// The marked answer, which has no body yet.
    pub(crate) fn answer(language: Language) -> Response {
        let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
        let away = Self {
            language: Some(language),
        };
        response.extensions_mut().insert(away);
        response
    }

    pub(crate) fn page(
        self,
        pages: &PlainPages,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Response {
        let is_form = *method == Method::POST;
        let own = context! { status => 503, kind => "away", again => again(uri, is_form), is_form };
        self.render(pages, uri, headers, own)
    }

    /// The page for a database in a file, which does not come back by waiting.
    pub(crate) fn fault_page(self, pages: &PlainPages, uri: &Uri, headers: &HeaderMap) -> Response {
        self.render(
            pages,
            uri,
            headers,
            context! { status => 503, kind => "fault" },
        )
    }

    fn render(
        self,
        pages: &PlainPages,
        uri: &Uri,
        headers: &HeaderMap,
        own: minijinja::Value,
    ) -> Response {
        let page = Page {
            template: "error.html",
            language: self.language,
            csrf: "",
        };
        let status = StatusCode::SERVICE_UNAVAILABLE;
        retry_later(pages.page(status, &page, uri.path(), headers, own))
    }
}

pub(crate) fn retry_later(mut response: Response) -> Response {
    response.headers_mut().insert(RETRY_AFTER, RETRY_SECONDS);
    response
}

/// Where the page leads to: the same address, or for a form the page that it stands on.
fn again(uri: &Uri, is_form: bool) -> &str {
    let at = if is_form {
        let path = uri.path();
        let page = WITHOUT_A_PAGE.iter().find_map(|end| path.strip_suffix(end));
        page.unwrap_or(path)
    } else {
        uri.path_and_query().map_or("/", |at| at.as_str())
    };
    // A browser takes what follows two slashes for another host.
    let elsewhere = at.starts_with("//") || at.starts_with("/\\");
    if at.is_empty() || elsewhere { "/" } else { at }
}

/// The form that asks for a user name, with the name that was typed. `None` for every other form.
pub(crate) async fn typed_again(pages: &PlainPages, request: Request) -> Option<Response> {
    let (parts, body) = request.into_parts();
    let template = match parts.uri.path().rsplit('/').next() {
        Some("forgot") => "forgot.html",
        Some("sign-in") => "sign_in.html",
        _ => return None,
    };
    form::check_kind(&parts.headers).ok()?;
    let mut form = Form::read(&form::bounded(body).await.ok()?).ok()?;
    let (login, csrf) = (form.take("login").ok()?, form.take("csrf").ok()?);
    let page = Page {
        template,
        language: None,
        csrf: &csrf,
    };
    let own = context! {
        login => login.as_str(), problem => "away", sent => false, wait_seconds => 0, notice => (),
    };
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let path = parts.uri.path();
    Some(retry_later(pages.page(
        status,
        &page,
        path,
        &parts.headers,
        own,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Pages;
    use crate::tenants;
    use crate::texts::Texts;
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;

    fn pages() -> PlainPages {
        let pages = Pages::load(Texts::load().unwrap(), false).unwrap();
        PlainPages::new(pages, &[tenants::noord().unwrap()])
    }

    async fn text(response: Response) -> String {
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        String::from_utf8(body.unwrap().to_vec()).unwrap()
    }

    fn sent(path: &str, body: &'static str) -> Request {
        Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap()
    }

    #[test]
    fn page_leads_to_the_same_address() {
        for (address, is_form, leads) in [
            (
                "/noord/sign-in?notice=over",
                false,
                "/noord/sign-in?notice=over",
            ),
            ("/noord/reset/abc", true, "/noord/reset/abc"),
            (
                "/noord/second-factor/enrol/new-code",
                true,
                "/noord/second-factor/enrol",
            ),
            ("/noord/sign-out", true, "/noord"),
            ("//elsewhere.example/", false, "/"),
            ("/", false, "/"),
        ] {
            assert_eq!(again(&address.parse().unwrap(), is_form), leads);
        }
    }

    #[tokio::test]
    async fn page_says_when_to_retry() {
        let uri = "/noord/password".parse().unwrap();
        let page = Away::default().page(&pages(), &Method::GET, &uri, &HeaderMap::new());
        assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(page.headers()[RETRY_AFTER], "5");
        let page = text(page).await;
        assert!(
            page.contains("href=\"&#x2f;noord&#x2f;password\"")
                && page.contains("Arbodienst Noord")
        );
    }

    #[tokio::test]
    async fn user_name_is_kept_and_password_is_not() {
        for (path, body) in [
            (
                "/noord/sign-in",
                "login=demo%22&password=Secret-1&csrf=c-s_r",
            ),
            ("/noord/forgot", "login=demo%22&csrf=c-s_r"),
        ] {
            let page = typed_again(&pages(), sent(path, body)).await.unwrap();
            assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
            let page = text(page).await;
            assert!(page.contains("value=\"demo&quot;\"") && page.contains("value=\"c-s_r\""));
            assert!(
                page.contains("We kunnen even niet bij onze gegevens")
                    && !page.contains("Secret-1")
            );
        }
        let other = sent(
            "/noord/password",
            "current=Secret-1&password=Secret-2&csrf=x",
        );
        assert!(typed_again(&pages(), other).await.is_none());
    }
}
