//! The local mailbox: the list, and one mail as a mail program would show it.

use super::failed;
use crate::mailbox::{Entry, KeptMail};
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

type Found<T> = Result<Option<T>, sqlx::Error>;

pub(crate) async fn list(State(portal): State<Portal>, visit: Visit) -> Response {
    let Some(mailbox) = &portal.mailbox else {
        return visit.not_found();
    };
    let mails = mailbox.list().await.map(Some);
    answer(&visit, mails, |mails| {
        let mails: Vec<Value> = mails.iter().map(shown).collect();
        visit.page(StatusCode::OK, "mailbox.html", context! { mails })
    })
}

pub(crate) async fn show(
    id: Part<i64>,
    asked: Asking,
    State(portal): State<Portal>,
    visit: Visit,
) -> Response {
    answer(&visit, find(&portal, id).await, |mail| {
        let wanted = asked.map(|Query(asked)| asked).unwrap_or_default().view;
        let views = ["blocked", "text"];
        let view = views.into_iter().find(|view| *view == wanted);
        let view = view.unwrap_or("html");
        let text = if view == "text" { &*mail.text } else { "" };
        let values = context! { mail => shown(&mail.entry), view, text };
        visit.page(StatusCode::OK, "mail.html", values)
    })
}

/// The HTML part, for the frame. With images blocked their addresses lead nowhere, so that the mail
/// shows the gaps that a mail program would leave.
pub(crate) async fn html(
    id: Part<i64>,
    asked: Asking,
    State(portal): State<Portal>,
    visit: Visit,
) -> Response {
    answer(&visit, find(&portal, id).await, |mail| {
        let blocked = asked.map(|Query(asked)| asked).unwrap_or_default().images == "blocked";
        let place = if blocked { "blocked" } else { "inline" };
        // A link leads out of the frame, as it would out of a mail program.
        let html = mail
            .html
            .replacen("<head>", "<head><base target=\"_top\">", 1);
        let images = format!("\"/mailbox/{}/{place}/", mail.entry.id);
        let policy = [(CONTENT_SECURITY_POLICY, MAIL_POLICY)];
        (policy, Html(html.replace("\"cid:", &images))).into_response()
    })
}

pub(crate) async fn inline(
    address: Part<(i64, String)>,
    State(portal): State<Portal>,
    visit: Visit,
) -> Response {
    let (Some(mailbox), Ok(Path((id, content_id)))) = (&portal.mailbox, address) else {
        return visit.not_found();
    };
    let png = mailbox.image(id, &content_id).await;
    answer(&visit, png, |png| {
        ([(CONTENT_TYPE, "image/png")], png).into_response()
    })
}

pub(crate) async fn eml(id: Part<i64>, State(portal): State<Portal>, visit: Visit) -> Response {
    answer(&visit, find(&portal, id).await, |mail| {
        let file = format!("attachment; filename=\"mail-{}.eml\"", mail.entry.id);
        let headers = [
            (CONTENT_TYPE, "message/rfc822".to_owned()),
            (CONTENT_DISPOSITION, file),
        ];
        (headers, mail.eml).into_response()
    })
}

async fn find(portal: &Portal, id: Part<i64>) -> Found<KeptMail> {
    match (&portal.mailbox, id) {
        (Some(mailbox), Ok(Path(id))) => mailbox.mail(id).await,
        _ => Ok(None),
    }
}

fn answer<T>(visit: &Visit, found: Found<T>, page: impl FnOnce(T) -> Response) -> Response {
    match found {
        Ok(Some(found)) => page(found),
        Ok(None) => visit.not_found(),
        Err(error) => failed(visit, error),
    }
}

fn shown(entry: &Entry) -> Value {
    let at = OffsetDateTime::from_unix_timestamp(entry.received_at)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let received = format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute());
    context! { received, ..Value::from(Serde(entry)) }
}
