//! The one way in for forms: strict about everything, and the place where CSRF is checked.

use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use zeroize::Zeroizing;

/// What a form of this portal can hold at most, in bytes: the longest password, percent-encoded.
const MOST: usize = 32 * 1024;

/// More fields than any form of this portal has.
const MOST_FIELDS: usize = 8;

/// What is read of a body before it is refused: enough that the sender gets the answer instead of a
/// broken connection.
const READ: usize = 4 * 1024 * 1024;

/// The name of the hidden field against forged requests.
const CSRF: &str = "csrf";

/// A form that was sent from one of the portal's own pages.
pub(crate) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Takes a field out.
    pub(crate) fn take(&mut self, name: &str) -> Result<Zeroizing<String>, Refusal> {
        let at = self
            .0
            .iter()
            .position(|(field, _)| field == name)
            .ok_or(Refusal::BadForm)?;
        Ok(self.0.swap_remove(at).1)
    }

    /// Reads a body. The order of the checks is from the envelope inwards.
    fn read(headers: &HeaderMap, body: Result<Bytes, axum::Error>) -> Result<Self, Refusal> {
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Refusal::ContentType);
        }
        let body = body
            .ok()
            .filter(|body| body.len() <= MOST)
            .ok_or(Refusal::TooLarge)?;
        let mut fields: Vec<(String, Zeroizing<String>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(&body) {
            // What is not UTF-8 has been decoded to the replacement character, which nobody types.
            let odd = |text: &str| text.contains(['\0', char::REPLACEMENT_CHARACTER]);
            let repeated = fields.iter().any(|(known, _)| *known == name);
            if repeated || fields.len() == MOST_FIELDS || odd(&name) || odd(&value) {
                return Err(Refusal::BadForm);
            }
            fields.push((name.into_owned(), Zeroizing::new(value.into_owned())));
        }
        Ok(Self(fields))
    }
}

/// A request with a form, from this portal, for a tenant that exists.
pub(crate) struct Submission {
    pub(crate) visit: Visit,
    pub(crate) form: Form,
}

impl FromRequest<Portal> for Submission {
    type Rejection = Response;

    async fn from_request(request: Request, portal: &Portal) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, portal).await?;
        let body = to_bytes(body, READ).await;
        match check(&visit, &parts.headers, body) {
            Ok(form) => Ok(Self { visit, form }),
            Err(refusal) => Err(refusal.page(&visit)),
        }
    }
}

fn check(
    visit: &Visit,
    headers: &HeaderMap,
    body: Result<Bytes, axum::Error>,
) -> Result<Form, Refusal> {
    visit.tenant_id()?;
    let mut form = Form::read(headers, body)?;
    let presented = form.take(CSRF).map_err(|_| Refusal::Csrf)?;
    visit.verify_csrf(&presented)?;
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Option<&'static str>, body: &[u8]) -> Result<Form, Refusal> {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        Form::read(&headers, Ok(Bytes::copy_from_slice(body)))
    }

    const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

    #[test]
    fn a_plain_form_is_taken_field_by_field() {
        let mut form = read(FORM, b"login=demo&password=a+b%26c").unwrap();
        assert_eq!(form.take("password").unwrap().as_str(), "a b&c");
        assert_eq!(form.take("login").unwrap().as_str(), "demo");
        assert!(
            matches!(form.take("login"), Err(Refusal::BadForm)),
            "taken once"
        );
        assert!(
            read(
                Some("Application/X-WWW-Form-Urlencoded; charset=UTF-8"),
                b"a=b"
            )
            .is_ok()
        );
    }

    #[test]
    fn other_content_types_are_refused() {
        for kind in [
            None,
            Some("text/plain"),
            Some("application/json"),
            Some("multipart/form-data; boundary=x"),
        ] {
            assert!(
                matches!(read(kind, b"login=demo"), Err(Refusal::ContentType)),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn repeated_fields_nul_and_broken_utf8_are_refused() {
        for body in [
            &b"a=1&a=2"[..],
            b"a=%00",
            b"a=\0",
            b"a=%ff%fe",
            b"a=\xff",
            b"%00=a",
            b"a=%c0%80",
        ] {
            assert!(
                matches!(read(FORM, body), Err(Refusal::BadForm)),
                "{body:?}"
            );
        }
    }

    #[test]
    fn a_form_of_too_many_fields_is_refused() {
        let body = |fields: usize| {
            let pairs: Vec<String> = (0..fields).map(|n| format!("field{n}=x")).collect();
            pairs.join("&")
        };
        assert!(read(FORM, body(MOST_FIELDS).as_bytes()).is_ok());
        assert!(matches!(
            read(FORM, body(MOST_FIELDS + 1).as_bytes()),
            Err(Refusal::BadForm)
        ));
    }

    #[test]
    fn a_body_of_a_megabyte_is_refused() {
        assert!(matches!(
            read(FORM, &[b'a'; 1 << 20]),
            Err(Refusal::TooLarge)
        ));
        assert!(read(FORM, &[b'a'; MOST]).is_ok());
    }
}
