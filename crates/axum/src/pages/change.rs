//! Another password, for somebody who is signed in and knows the current one.

use super::rules::{Judged, may_ask, verdict};
use super::{answer, seconds};
use crate::form::{Form, Submission};
use crate::known_browser;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::password::Password;
use slotwerk::{ChangePasswordOutcome, NewAndCurrent, Session, Throttled};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let Some(signed_in) = visit.signed_in().await? else {
        return visit.redirect("sign-in");
    };
    page(visit, &signed_in, Judged::not_yet(StatusCode::OK, None)).await
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, save(&mut visit, form))
}

async fn save(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let typed = form.take("password")?;
    let Some(signed_in) = visit.signed_in().await? else {
        return visit.redirect("sign-in?notice=over");
    };
    let rules = signed_in.password_rules()?;
    if let Some(verdict) = verdict(&mut form, &typed, |typed| rules.check(typed)) {
        return Ok(verdict);
    }
    let current = form.take("current")?;
    let unusable = StatusCode::UNPROCESSABLE_ENTITY;
    if current.is_empty() {
        return page(
            visit,
            &signed_in,
            Judged::not_yet(unusable, Some("empty-current")),
        )
        .await;
    }
    if typed.is_empty() {
        return page(visit, &signed_in, Judged::not_yet(unusable, Some("empty"))).await;
    }
    // No password here is longer than that, so it is not the current one.
    let Ok(current) = Password::new(current.as_str()) else {
        let wrong = Judged::not_yet(unusable, Some("wrong-current"));
        return page(visit, &signed_in, wrong).await;
    };
    let Ok(new) = Password::new(typed.as_str()) else {
        let too_long = Judged::not_yet(unusable, Some("too-long"));
        return page(visit, &signed_in, too_long).await;
    };
    let passwords = NewAndCurrent { current, new };
    let account = signed_in.account().clone();
    let changed = signed_in.change_password(passwords, &visit.client);
    let too_many = StatusCode::TOO_MANY_REQUESTS;
    let judged = match changed.await? {
        ChangePasswordOutcome::Changed {
            grant,
            browser: known,
        } => {
            // Every other session is over; this one goes on under a new id.
            visit.begin_session(&grant).await?;
            visit.flow.managing = None;
            let hooks = visit.web.hooks();
            hooks.new_password(visit.tenant_id()?, &account).await;
            if let Some(token) = known {
                known_browser::keep(visit, &token);
            }
            return visit.redirect("?notice=changed");
        }
        ChangePasswordOutcome::RulesUnmet(requirements) => Judged {
            status: unusable,
            problem: Some("refused"),
            requirements: Some(requirements),
            wait_seconds: 0,
        },
        ChangePasswordOutcome::Rejected => Judged::not_yet(unusable, Some("wrong-current")),
        ChangePasswordOutcome::Throttled(Throttled::Wait(wait)) => Judged {
            wait_seconds: seconds(wait),
            ..Judged::not_yet(too_many, Some("throttled"))
        },
        ChangePasswordOutcome::Throttled(_) => Judged::not_yet(too_many, Some("locked")),
        ChangePasswordOutcome::CheckUnavailable => {
            Judged::not_yet(StatusCode::SERVICE_UNAVAILABLE, Some("unchecked"))
        }
        ChangePasswordOutcome::Busy | ChangePasswordOutcome::Conflict => {
            Judged::not_yet(StatusCode::SERVICE_UNAVAILABLE, Some("busy"))
        }
    };
    page(visit, &signed_in, judged).await
}

async fn page(visit: &Visit, signed_in: &Session, judged: Judged) -> Result<Response, Refusal> {
    let rules = signed_in.password_rules()?;
    let lists = judged.lists(|| rules.requirements(), &visit.language)?;
    let values = context! {
        rules => rules.browser_rules(),
        attributes => rules.policy().html_attributes(),
        suggestion => super::rules::suggestion(visit, |text| rules.would_accept(text))?,
        user => rules.login(),
        standing => signed_in.state().standing().as_str(),
        wait_seconds => judged.wait_seconds,
        problem => judged.problem,
        ..lists
    };
    let page = visit.page(judged.status, "change.html", values);
    Ok(may_ask(page, &rules.requirements()))
}
