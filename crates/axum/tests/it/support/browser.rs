//! A browser: it keeps cookies, and sends the hidden field of the page that it shows.

use super::service::PASSWORD;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt;

#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    /// The beginning of the tenant's addresses.
    base: String,
    pub(crate) jar: BTreeMap<String, String>,
    pub(crate) csrf: String,
    headers: Vec<(String, String)>,
    /// The other end of its connections.
    peer: Option<IpAddr>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        let location = self.headers.get(LOCATION);
        let Some(location) = location else {
            panic!("{}: no redirect but {}", self.status, self.text)
        };
        location.to_str().unwrap()
    }

    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let rest = self.text.split_once(before);
        let Some((_, rest)) = rest else {
            panic!("{before:?} is not in {}", self.text)
        };
        rest.split_once(after).unwrap().0
    }

    /// The lines that set cookies.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all(SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }
}

impl Browser {
    pub(crate) fn new(router: Router, base: &str) -> Self {
        Self {
            router,
            base: base.to_owned(),
            jar: BTreeMap::new(),
            csrf: String::new(),
            headers: Vec::new(),
            peer: None,
        }
    }

    /// With a header in each request.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With connections from this address.
    pub(crate) fn with_peer(mut self, peer: IpAddr) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Another browser of the same service.
    pub(crate) fn another(&self) -> Self {
        Self {
            jar: BTreeMap::new(),
            csrf: String::new(),
            ..self.clone()
        }
    }

    /// A page of the tenant, or of the host if it begins with a slash.
    pub(crate) async fn open(&mut self, page: &str) -> Answer {
        let request = Request::get(self.address(page));
        self.exchange(request, Body::empty()).await
    }

    /// A form with its hidden field.
    pub(crate) async fn send(&mut self, page: &str, fields: &[(&str, &str)]) -> Answer {
        if self.csrf.is_empty() {
            self.open("sign-in").await;
        }
        let csrf = self.csrf.clone();
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &csrf);
        body.extend_pairs(fields);
        let request = Request::post(self.address(page))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.exchange(request, Body::from(body.finish())).await
    }

    /// The first step of a sign-in.
    pub(crate) async fn sign_in(&mut self, login: &str) {
        let fields = [("login", login), ("password", PASSWORD)];
        let answer = self.send("sign-in", &fields).await;
        assert!(
            answer.location().ends_with("/second-factor"),
            "{}",
            answer.location()
        );
    }

    pub(crate) async fn is_signed_in(&mut self) -> bool {
        self.open("sessions").await.status == 200
    }

    fn address(&self, page: &str) -> String {
        if page.starts_with('/') {
            page.to_owned()
        } else {
            format!("{}/{page}", self.base)
        }
    }

    async fn exchange(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let mut request = request;
        if !self.jar.is_empty() {
            let pairs = self
                .jar
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(peer) = self.peer {
            request = request.extension(ConnectInfo(SocketAddr::new(peer, 40_000)));
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await;
        let (parts, body) = response.unwrap().into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let answer = Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        };
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.cookies() {
            let (pair, rest) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        if answer.text.contains("name=\"csrf\"") {
            let field = answer.between("name=\"csrf\" value=\"", "\"");
            self.csrf = field.to_owned();
        }
    }
}
