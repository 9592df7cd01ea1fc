//! A program that calls the JSON API. It checks each answer against the OpenAPI document.

use super::Service;
use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, Request};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tower::ServiceExt;

#[derive(Clone)]
pub(crate) struct Api {
    router: Router,
    document: Value,
    /// The beginning of the tenant's addresses.
    pub(crate) base: String,
    is_app: bool,
    /// Browser mode.
    pub(crate) jar: BTreeMap<String, String>,
    pub(crate) csrf: String,
    /// App mode.
    pub(crate) session: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Reply {
    /// The next step of an answer that goes on.
    pub(crate) fn next(&self) -> &str {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json["next"].as_str().unwrap()
    }

    /// The status and the code of a problem.
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status, self.json["code"].as_str().unwrap_or("none"))
    }
}

impl Api {
    /// A single-page app in a browser.
    pub(crate) async fn browser(service: &Service) -> Self {
        let mut api = Self::new(service, "/test", false).await;
        api.csrf = api.get("csrf").await.json["csrf_token"]
            .as_str()
            .unwrap()
            .to_owned();
        api
    }

    /// A native app.
    pub(crate) async fn app(service: &Service) -> Self {
        Self::at(service, "/test").await
    }

    /// A native app that knows the tenant's addresses by their beginning.
    pub(crate) async fn at(service: &Service, base: &str) -> Self {
        Self::new(service, base, true).await
    }

    async fn new(service: &Service, base: &str, is_app: bool) -> Self {
        let mut api = Self {
            router: service.router.clone(),
            document: Value::Null,
            base: base.to_owned(),
            is_app,
            jar: BTreeMap::new(),
            csrf: String::new(),
            session: None,
            state: None,
            headers: Vec::new(),
        };
        let request = api.request("GET", "openapi.json");
        let document = api.exchange(request, Body::empty()).await;
        assert_eq!(document.status, 200);
        api.document = document.json;
        api
    }

    pub(crate) fn document(&self) -> &Value {
        &self.document
    }

    pub(crate) async fn get(&mut self, operation: &str) -> Reply {
        let request = self.request("GET", operation);
        let reply = self.exchange(request, Body::empty()).await;
        self.check("get", operation, &reply);
        reply
    }

    /// Sends a body, with the state of the flow in app mode.
    pub(crate) async fn post(&mut self, operation: &str, body: Value) -> Reply {
        let mut body = body;
        if let (Some(state), Some(fields)) = (&self.state, body.as_object_mut()) {
            fields.insert("state".to_owned(), json!(state));
        }
        self.post_text(operation, &body.to_string()).await
    }

    /// Sends a body as it is.
    pub(crate) async fn post_text(&mut self, operation: &str, body: &str) -> Reply {
        self.post_as(operation, "application/json", body).await
    }

    /// Sends a body of another type.
    pub(crate) async fn post_as(&mut self, operation: &str, kind: &str, body: &str) -> Reply {
        let request = self.request("POST", operation).header(CONTENT_TYPE, kind);
        let reply = self.exchange(request, Body::from(body.to_owned())).await;
        self.check("post", operation, &reply);
        reply
    }

    fn request(&self, method: &str, operation: &str) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1/{operation}", self.base));
        if self.is_app {
            request = request.header("x-slotwerk-mode", "app");
        }
        if let Some(token) = &self.session {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if !self.csrf.is_empty() {
            request = request.header("x-csrf-token", &self.csrf);
        }
        if !self.jar.is_empty() {
            let pairs = self.jar.iter();
            let pairs: Vec<String> = pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
    }

    async fn exchange(&mut self, request: axum::http::request::Builder, body: Body) -> Reply {
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let reply = Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_slice(&body).unwrap_or(Value::Null),
        };
        self.keep(&reply);
        reply
    }

    fn keep(&mut self, reply: &Reply) {
        let lines = reply.headers.get_all(SET_COOKIE).iter();
        for line in lines.map(|line| line.to_str().unwrap()) {
            assert!(!self.is_app, "an answer in app mode sets a cookie: {line}");
            let (pair, rest) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let secret = |name: &str| reply.json[name].as_str().map(str::to_owned);
        if let Some(token) = secret("session") {
            assert!(self.is_app, "an answer in browser mode has a session token");
            self.session = Some(token);
        }
        if reply.json.get("state").is_some_and(|_| self.is_app) {
            self.state = secret("state");
        }
    }

    /// Checks that the document has this answer.
    fn check(&self, method: &str, operation: &str, reply: &Reply) {
        if reply.status == 405 || reply.problem().1 == "not_found" {
            return;
        }
        let about = format!("{method} {operation} {}", reply.status);
        let paths = &self.document["paths"][format!("/{operation}")][method];
        let documented = &paths["responses"][reply.status.to_string()]["content"];
        let kind = reply.headers[CONTENT_TYPE].to_str().unwrap();
        let schema = &documented[kind]["schema"];
        assert!(schema.is_object(), "{about} {kind} is not in the document");
        self.check_schema(schema, &reply.json, &about);
        assert_eq!(reply.headers["cache-control"], "no-store", "{about}");
        let waits = reply.headers.contains_key(RETRY_AFTER);
        assert_eq!(waits, [429, 503].contains(&reply.status), "{about}");
    }

    /// Checks that the value has all required fields, and no other than the schema's.
    fn check_schema(&self, schema: &Value, value: &Value, about: &str) {
        let mut fields = Map::new();
        self.collect_fields(schema, &mut fields, value, about);
        let is_free = fields.is_empty();
        for (name, field) in value.as_object().into_iter().flatten() {
            let known = fields.get(name);
            assert!(
                is_free || known.is_some(),
                "{about}: {name} is not in the schema"
            );
            if let (Some(items), Value::Array(values)) = (known.map(|it| &it["items"]), field) {
                for one in values {
                    self.check_schema(items, one, about);
                }
            }
        }
    }

    fn collect_fields(
        &self,
        schema: &Value,
        fields: &mut Map<String, Value>,
        value: &Value,
        about: &str,
    ) {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap();
            let target = &self.document["components"]["schemas"][name];
            assert!(target.is_object(), "{about}: {name}");
            self.collect_fields(target, fields, value, about);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.collect_fields(part, fields, value, about);
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            fields.insert(name.clone(), field.clone());
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            assert!(value.get(name).is_some(), "{about}: {name} is required");
        }
    }
}

impl Service {
    /// A service with the JSON API, and its person with a password.
    pub(crate) async fn with_api() -> Self {
        let service = Self::with(|web| web.json_api(true));
        service
            .set_password(&mut service.browser(), super::LOGIN)
            .await;
        service
    }

    /// Signs the person in for the first time, and returns the secret of the app.
    pub(crate) async fn enrol_by_api(&self, api: &mut Api) -> String {
        self.enrol_person_by_api(api, super::LOGIN).await
    }

    /// The same for another person.
    pub(crate) async fn enrol_person_by_api(&self, api: &mut Api, login: &str) -> String {
        let credentials = json!({"login": login, "password": super::PASSWORD});
        assert_eq!(api.post("sign-in", credentials).await.next(), "enrol");
        let begun = api.post("second-factor/set-up/begin", json!({})).await;
        assert_eq!(begun.next(), "confirm");
        let secret = begun.json["set_up"]["secret"].as_str().unwrap();
        let secret = secret.replace(' ', "");
        let code = json!({"code": self.code(&secret)});
        let confirmed = api.post("second-factor/set-up/confirm", code).await;
        assert_eq!(confirmed.next(), "signed_in");
        assert_eq!(
            confirmed.json["recovery_codes"].as_array().unwrap().len(),
            10
        );
        secret
    }

    /// Signs the person in again, half a minute later.
    pub(crate) async fn sign_in_by_api(&self, api: &mut Api, secret: &str) -> Reply {
        self.test.clock.advance(30);
        let credentials = json!({"login": super::LOGIN, "password": super::PASSWORD});
        assert_eq!(api.post("sign-in", credentials).await.next(), "verify");
        let code = json!({"code": self.code(secret)});
        api.post("second-factor/verify", code).await
    }
}
