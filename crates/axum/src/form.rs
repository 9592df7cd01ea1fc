//! The one way in for forms: strict about everything, and the place where CSRF is checked.

use crate::refusal::Refusal;
use crate::visit::Visit;
use crate::web::Web;
use axum::body::Body;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use http_body_util::BodyExt as _;
use zeroize::Zeroizing;

/// The most bytes of a form: the longest password, percent-encoded.
const MOST: usize = 32 * 1024;

/// The most fields of a form.
const MOST_FIELDS: usize = 8;

/// How much more is read, and dropped at once, of a body that is too long: enough that the sender gets the
/// answer instead of a broken connection.
const DROPPED: usize = 4 * 1024 * 1024;

/// The name of the hidden field against forged requests.
const CSRF: &str = "csrf";

/// The fields of a form.
pub struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Takes a field out, if the form has it. It holds neither NUL nor broken UTF-8, and no field occurs twice.
    pub fn field(&mut self, name: &str) -> Option<Zeroizing<String>> {
        self.take(name).ok()
    }

    /// Takes a field out that every form of this kind has.
    pub(crate) fn take(&mut self, name: &str) -> Result<Zeroizing<String>, Refusal> {
        let at = self
            .0
            .iter()
            .position(|(field, _)| field == name)
            .ok_or(Refusal::BadForm)?;
        Ok(self.0.swap_remove(at).1)
    }

    /// The form if its token is the browser's, or else the form in the error.
    fn checked(mut self, visit: &Visit) -> Result<Self, Self> {
        let presented = self.take(CSRF).ok();
        match presented.is_some_and(|token| visit.verify_csrf(&token).is_ok()) {
            true => Ok(self),
            false => Err(self),
        }
    }

    /// Reads the fields of a body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut fields: Vec<(String, Zeroizing<String>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
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

/// A form that was sent from a page of this service to a tenant that exists: an extractor for the POST handlers of the flow,
/// and of a host. The page has the hidden field `csrf` with the value that every template gets. A form without it, of another
/// kind, longer than 32 KiB or with more than eight fields is answered with a page that says so.
#[non_exhaustive]
pub struct Submission {
    /// The request.
    pub visit: Visit,
    /// The fields, without `csrf`.
    pub form: Form,
}

impl<S> FromRequest<S> for Submission
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, state).await?;
        match received(&visit, &parts.headers, body).await {
            Ok(form) => Ok(Self { visit, form }),
            Err(refusal) => Err(visit.refused(refusal)),
        }
    }
}

/// A request with a form that asks who somebody is. It is shown again if its token is lost: the browser dropped the cookie,
/// or the page stood open for long.
pub(crate) struct Attempt {
    pub(crate) visit: Visit,
    pub(crate) form: Result<Form, LostToken>,
}

/// The form has no valid token, so nothing may come of it.
pub(crate) struct LostToken {
    /// The user name that was typed.
    pub(crate) login: Zeroizing<String>,
}

impl<S> FromRequest<S> for Attempt
where
    Web: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, state).await?;
        let form = match read(&visit, &parts.headers, body).await {
            Ok(form) => form,
            Err(refusal) => return Err(visit.refused(refusal)),
        };
        Ok(match form.checked(&visit) {
            Ok(form) => Self {
                visit,
                form: Ok(form),
            },
            Err(mut form) => Self {
                form: Err(LostToken {
                    login: form.take("login").unwrap_or_default(),
                }),
                visit,
            },
        })
    }
}

/// The order of the checks is from the envelope inwards: nothing is read of what the headers rule out.
async fn received(visit: &Visit, headers: &HeaderMap, body: Body) -> Result<Form, Refusal> {
    let form = read(visit, headers, body).await?;
    form.checked(visit).map_err(|_| Refusal::Csrf)
}

async fn read(visit: &Visit, headers: &HeaderMap, body: Body) -> Result<Form, Refusal> {
    let body = match visit.tenant_id().and_then(|_| check_kind(headers)) {
        Ok(()) => bounded(body).await?,
        Err(refusal) => {
            drop_rest(body, 0).await;
            return Err(refusal);
        }
    };
    Form::read(&body)
}

pub(crate) fn check_kind(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(())
    } else {
        Err(Refusal::ContentType)
    }
}

/// A body of at most [`MOST`] bytes. No more than that is ever kept of it.
pub(crate) async fn bounded(mut body: Body) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    // Reserved at once: growing would leave copies of a password behind.
    let mut kept = Zeroizing::new(Vec::with_capacity(MOST));
    while let Some(frame) = body.frame().await {
        // A sender that breaks off gets no answer anyway.
        let Ok(data) = frame.map_err(|_| Refusal::BadForm)?.into_data() else {
            continue;
        };
        if kept.len() + data.len() > MOST {
            drop_rest(body, data.len()).await;
            return Err(Refusal::TooLarge);
        }
        kept.extend_from_slice(&data);
    }
    Ok(kept)
}

/// Reads on without keeping anything, until [`DROPPED`] bytes went by.
async fn drop_rest(mut body: Body, mut dropped: usize) {
    while dropped < DROPPED {
        let Some(Ok(frame)) = body.frame().await else {
            return;
        };
        dropped += frame.data_ref().map_or(0, |data| data.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Poll;

    fn kind_of(kind: Option<&'static str>) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        check_kind(&headers)
    }

    /// A body that counts how many bytes were taken from it, in frames of one KiB.
    fn counted(bytes: usize) -> (Body, Arc<AtomicUsize>) {
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&taken);
        let mut left = bytes;
        let frames = futures_util::stream::poll_fn(move |_| {
            let size = left.min(1024);
            left -= size;
            counter.fetch_add(size, Ordering::Relaxed);
            let frame = (size > 0).then(|| Ok::<_, std::io::Error>(vec![b'a'; size]));
            Poll::Ready(frame)
        });
        (Body::from_stream(frames), taken)
    }

    #[test]
    fn a_plain_form_is_taken_field_by_field() {
        let mut form = Form::read(b"login=demo&password=a+b%26c").unwrap();
        assert_eq!(form.take("password").unwrap().as_str(), "a b&c");
        assert_eq!(form.take("login").unwrap().as_str(), "demo");
        assert!(
            matches!(form.take("login"), Err(Refusal::BadForm)),
            "taken once"
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
                matches!(kind_of(kind), Err(Refusal::ContentType)),
                "{kind:?}"
            );
        }
        for kind in [
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
        ] {
            assert!(kind_of(Some(kind)).is_ok(), "{kind}");
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
                matches!(Form::read(body), Err(Refusal::BadForm)),
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
        assert!(Form::read(body(MOST_FIELDS).as_bytes()).is_ok());
        assert!(matches!(
            Form::read(body(MOST_FIELDS + 1).as_bytes()),
            Err(Refusal::BadForm)
        ));
    }

    #[tokio::test]
    async fn long_body_is_dropped_unread() {
        let (body, taken) = counted(MOST);
        assert_eq!(bounded(body).await.unwrap().len(), MOST);
        assert_eq!(taken.load(Ordering::Relaxed), MOST);
        for bytes in [MOST + 1, 1 << 20, 1 << 24] {
            let (body, taken) = counted(bytes);
            assert!(matches!(bounded(body).await, Err(Refusal::TooLarge)));
            let most = bytes.min(MOST + DROPPED);
            assert_eq!(taken.load(Ordering::Relaxed), most, "{bytes}");
        }
    }

    #[tokio::test]
    async fn kept_part_never_grows() {
        let (body, _) = counted(MOST);
        assert_eq!(bounded(body).await.unwrap().capacity(), MOST);
    }
}
