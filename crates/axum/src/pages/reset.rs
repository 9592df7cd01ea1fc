//! The mailed link: this tenant's rules, and a new password. Looking changes nothing; saving uses it.

use super::rules::{Judged, may_ask, suggestion, verdict};
use super::{answer, seconds};
use crate::form::{Form, Submission};
use crate::known_browser;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::password::Password;
use slotwerk::policy::Subject;
use slotwerk::{CompleteOutcome, OpenLink, OpenOutcome, ResetToken};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    match open(visit).await? {
        Some(link) => page(visit, &link, Judged::not_yet(StatusCode::OK, None)),
        None => Ok(dead(visit)),
    }
}

pub(crate) async fn submit(submission: Submission) -> Response {
    let Submission { mut visit, form } = submission;
    answer!(visit, save(&mut visit, form))
}

async fn save(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let typed = form.take("password")?;
    let Some(link) = open(visit).await? else {
        return Ok(dead(visit));
    };
    if let Some(verdict) = verdict(&mut form, &typed, |typed| link.check(typed)) {
        return Ok(verdict);
    }
    let unusable = StatusCode::UNPROCESSABLE_ENTITY;
    if typed.is_empty() {
        return page(visit, &link, Judged::not_yet(unusable, Some("empty")));
    }
    let Ok(password) = Password::new(typed.as_str()) else {
        let verdict = link.policy().check(&Subject::new(), &typed);
        return page(
            visit,
            &link,
            Judged {
                requirements: Some(verdict.requirements().to_vec()),
                ..Judged::not_yet(unusable, Some("too-long"))
            },
        );
    };
    let account = link.account().clone();
    let completed = link.complete(password).await?;
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    let judged = match completed {
        CompleteOutcome::Changed { browser: known } => {
            // The session of this browser is over, like any other.
            visit.start_over().await?;
            let hooks = visit.web.hooks();
            hooks.new_password(visit.tenant_id()?, &account).await;
            if let Some(token) = known {
                known_browser::keep(visit, &token);
            }
            return visit.redirect("sign-in?notice=changed");
        }
        CompleteOutcome::RulesUnmet(requirements) => Judged {
            requirements: Some(requirements),
            ..Judged::not_yet(unusable, Some("refused"))
        },
        CompleteOutcome::Throttled(why) => Judged {
            wait_seconds: why.wait().map_or(0, seconds),
            ..Judged::not_yet(StatusCode::TOO_MANY_REQUESTS, Some("throttled"))
        },
        CompleteOutcome::Busy => Judged::not_yet(unavailable, Some("busy")),
        CompleteOutcome::CheckUnavailable => Judged::not_yet(unavailable, Some("unchecked")),
        CompleteOutcome::Invalid => return Ok(dead(visit)),
    };
    page(visit, &link, judged)
}

/// A live link; from here on the page speaks the account's language.
async fn open(visit: &mut Visit) -> Result<Option<OpenLink>, Refusal> {
    let token = ResetToken::from_text(visit.variable("token")?);
    let recovery = visit.tenant_auth()?.recovery();
    let OpenOutcome::Open(link) = recovery.open(&token).await? else {
        return Ok(None);
    };
    visit.speak(link.locale());
    Ok(Some(link))
}

/// Gone, whatever the reason: used, expired, outlived, or never one of ours.
fn dead(visit: &Visit) -> Response {
    visit.page(StatusCode::GONE, "reset_dead.html", context! {})
}

fn page(visit: &Visit, link: &OpenLink, judged: Judged) -> Result<Response, Refusal> {
    let now = visit.web.auth().now().as_secs();
    let lists = judged.lists(|| link.requirements(), &visit.language)?;
    let values = context! {
        rules => link.browser_rules(),
        attributes => link.policy().html_attributes(),
        suggestion => suggestion(visit, |text| link.would_accept(text))?,
        user => link.login(),
        minutes_left => link.valid_until().saturating_sub(now).div_ceil(60),
        wait_seconds => judged.wait_seconds,
        problem => judged.problem,
        ..lists
    };
    let page = visit.page(judged.status, "reset.html", values);
    Ok(may_ask(page, &link.requirements()))
}
