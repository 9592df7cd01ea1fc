//! The local mailbox: the list, and one mail as a mail program would show it.

use super::{Asking, Parts, answer, asked, parts};
use crate::mailbox::{Entry, LocalMailbox};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;
use time::OffsetDateTime;

/// A mail brings its own styles and nothing else: no script, no form, nothing from elsewhere.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'; \
    sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    view: Option<String>,
    #[serde(default)]
    images: Option<String>,
}

pub(crate) async fn list(visit: Visit) -> Response {
    answer!(visit, async {
        let mails: Vec<Value> = mailbox(&visit)?.list().await?.iter().map(shown).collect();
        Ok(visit.page(StatusCode::OK, "mailbox.html", context! { mails }))
    })
}

pub(crate) async fn show(id: Parts<String>, asking: Asking<Asked>, visit: Visit) -> Response {
    answer!(visit, async {
        let (mailbox, id) = (mailbox(&visit)?, number(id)?);
        let mail = mailbox.entry(id).await?.ok_or(Refusal::NotFound)?;
        let wanted = asked(asking).view.unwrap_or_default();
        let view = ["blocked", "text"]
            .into_iter()
            .find(|view| *view == wanted)
            .unwrap_or("html");
        let text = mailbox
            .text(id)
            .await?
            .filter(|_| view == "text")
            .unwrap_or_default();
        Ok(visit.page(
            StatusCode::OK,
            "mail.html",
            context! { mail => shown(&mail), view, text },
        ))
    })
}

/// The HTML part, for the frame. With images blocked their addresses lead nowhere, so that the mail
/// shows the gaps that a mail program would leave.
pub(crate) async fn html(id: Parts<String>, asking: Asking<Asked>, visit: Visit) -> Response {
    answer!(visit, async {
        let id = number(id)?;
        let html = mailbox(&visit)?.html(id).await?.ok_or(Refusal::NotFound)?;
        let blocked = asked(asking).images.as_deref() == Some("blocked");
        let place = if blocked { "blocked" } else { "inline" };
        // A link leads out of the frame, as it would out of a mail program.
        let html = html.replacen("<head>", "<head><base target=\"_top\">", 1);
        let html = html.replace("\"cid:", &format!("\"/mailbox/{id}/{place}/"));
        Ok(([(CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(html)).into_response())
    })
}

pub(crate) async fn inline(address: Parts<(i64, String)>, visit: Visit) -> Response {
    answer!(visit, async {
        let (id, content_id) = parts(address)?;
        let png = mailbox(&visit)?
            .image(id, &content_id)
            .await?
            .ok_or(Refusal::NotFound)?;
        Ok(([(CONTENT_TYPE, "image/png")], png).into_response())
    })
}

pub(crate) async fn eml(id: Parts<String>, visit: Visit) -> Response {
    answer!(visit, async {
        let id = number(id)?;
        let eml = mailbox(&visit)?.eml(id).await?.ok_or(Refusal::NotFound)?;
        let name = format!("attachment; filename=\"mail-{id}.eml\"");
        Ok((
            [
                (CONTENT_TYPE, "message/rfc822".to_owned()),
                (CONTENT_DISPOSITION, name),
            ],
            eml,
        )
            .into_response())
    })
}

fn mailbox(visit: &Visit) -> Result<&LocalMailbox, Refusal> {
    visit.portal.mailbox.as_ref().ok_or(Refusal::NotFound)
}

fn number(id: Parts<String>) -> Result<i64, Refusal> {
    parts(id)?.parse().map_err(|_| Refusal::NotFound)
}

fn shown(entry: &Entry) -> Value {
    let at = OffsetDateTime::from_unix_timestamp(entry.received_at)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let received = format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute());
    context! { received, ..Value::from(Serde(entry)) }
}
