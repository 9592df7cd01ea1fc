//! The local mailbox: the list, and one mail as a mail program would show it.

use crate::mailbox::Entry;
use crate::pool;
use crate::portal::Portal;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;
use slotwerk_axum::Visit;
use time::OffsetDateTime;

/// A mail brings its own styles and nothing else: no script, no form, nothing from elsewhere.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'; \
    sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

/// What stands behind the question mark.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    view: String,
    images: String,
}

/// A variable part of the address, and the question; both may be nonsense.
type Part<T> = Result<Path<T>, PathRejection>;
type Asking = Result<Query<Asked>, QueryRejection>;

type Found = Result<Option<Response>, sqlx::Error>;

pub(crate) async fn list(State(portal): State<Portal>, visit: Visit) -> Response {
    let found = async {
        let Some(mailbox) = &portal.mailbox else {
            return Ok(None);
        };
        let mails: Vec<Value> = mailbox.list().await?.iter().map(shown).collect();
        let page = visit.page(StatusCode::OK, "mailbox.html", context! { mails });
        Ok(Some(page))
    };
    answer(&visit, found.await)
}

pub(crate) async fn show(
    id: Part<i64>,
    asked: Asking,
    State(portal): State<Portal>,
    visit: Visit,
) -> Response {
    let found = async {
        let (Some(mailbox), Ok(Path(id))) = (&portal.mailbox, id) else {
            return Ok(None);
        };
        let Some(mail) = mailbox.entry(id).await? else {
            return Ok(None);
        };
        let wanted = asked.map(|Query(asked)| asked).unwrap_or_default().view;
        let views = ["blocked", "text"];
        let view = views.into_iter().find(|view| *view == wanted);
        let view = view.unwrap_or("html");
        let text = mailbox.text(id).await?;
        let text = text.filter(|_| view == "text").unwrap_or_default();
        let values = context! { mail => shown(&mail), view, text };
        Ok(Some(visit.page(StatusCode::OK, "mail.html", values)))
    };
    answer(&visit, found.await)
}

/// The HTML part, for the frame. With images blocked their addresses lead nowhere, so that the mail
/// shows the gaps that a mail program would leave.
pub(crate) async fn html(
    id: Part<i64>,
    asked: Asking,
    State(portal): State<Portal>,
    visit: Visit,
) -> Response {
    let found = async {
        let (Some(mailbox), Ok(Path(id))) = (&portal.mailbox, id) else {
            return Ok(None);
        };
        let Some(html) = mailbox.html(id).await? else {
            return Ok(None);
        };
        let blocked = asked.map(|Query(asked)| asked).unwrap_or_default().images == "blocked";
        let place = if blocked { "blocked" } else { "inline" };
        // A link leads out of the frame, as it would out of a mail program.
        let html = html.replacen("<head>", "<head><base target=\"_top\">", 1);
        let html = html.replace("\"cid:", &format!("\"/mailbox/{id}/{place}/"));
        let policy = [(CONTENT_SECURITY_POLICY, MAIL_POLICY)];
        Ok(Some((policy, Html(html)).into_response()))
    };
    answer(&visit, found.await)
}

pub(crate) async fn inline(
    address: Part<(i64, String)>,
    State(portal): State<Portal>,
    visit: Visit,
) -> Response {
    let found = async {
        let (Some(mailbox), Ok(Path((id, content_id)))) = (&portal.mailbox, address) else {
            return Ok(None);
        };
        let png = mailbox.image(id, &content_id).await?;
        Ok(png.map(|png| ([(CONTENT_TYPE, "image/png")], png).into_response()))
    };
    answer(&visit, found.await)
}

pub(crate) async fn eml(id: Part<i64>, State(portal): State<Portal>, visit: Visit) -> Response {
    let found = async {
        let (Some(mailbox), Ok(Path(id))) = (&portal.mailbox, id) else {
            return Ok(None);
        };
        let headers = [
            (CONTENT_TYPE, "message/rfc822".to_owned()),
            (
                CONTENT_DISPOSITION,
                format!("attachment; filename=\"mail-{id}.eml\""),
            ),
        ];
        let eml = mailbox.eml(id).await?;
        Ok(eml.map(|eml| (headers, eml).into_response()))
    };
    answer(&visit, found.await)
}

fn answer(visit: &Visit, found: Found) -> Response {
    match found {
        Ok(Some(response)) => response,
        Ok(None) => visit.not_found(),
        Err(error) => failed(visit, error),
    }
}

/// The page for a fault of the portal's own tables.
pub(super) fn failed(visit: &Visit, error: sqlx::Error) -> Response {
    if pool::is_away(&error) {
        visit.away(error)
    } else {
        visit.fault(error)
    }
}

fn shown(entry: &Entry) -> Value {
    let at = OffsetDateTime::from_unix_timestamp(entry.received_at)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let received = format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute());
    context! { received, ..Value::from(Serde(entry)) }
}
