//! One more authenticator, or another one in the place of one, for somebody who is signed in. The QR is on the
//! page, whatever the tenant does at the first sign-in.

use super::authenticators::{GONE, id_in, own, problem_with_name, shown};
use super::enrol::on_screen;
use super::guards::{managing, step_up};
use super::{answer, seconds, wait_page};
use crate::destination::Destination;
use crate::form::{Form, Submission};
use crate::known_browser;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::totp::Hint;
use slotwerk::{
    ActiveAuthenticator, AuthenticatorId, AuthenticatorName, Code, ConfirmOutcome,
    EnrolmentOutcome, Managing, NewAuthenticator, Session, SetUp, StepError, Throttled,
};
use std::time::Duration;

const TEMPLATE: &str = "set_up.html";

/// What a page says besides the set-up itself.
#[derive(Default)]
struct Say {
    problem: Option<&'static str>,
    wait: Duration,
}

pub(crate) async fn begin_add(Submission { mut visit, .. }: Submission) -> Response {
    answer!(visit, start(&mut visit, Destination::Add))
}

pub(crate) async fn begin_replace(submission: Submission) -> Response {
    let Submission { mut visit, .. } = submission;
    answer!(visit, async {
        let id = id_in(&visit)?;
        start(&mut visit, Destination::Replace(id.to_string())).await
    })
}

async fn start(visit: &mut Visit, to: Destination) -> Result<Response, Refusal> {
    let (_, step) = managing(visit, to.clone()).await?;
    begin(visit, step, &to).await
}

/// Begins a set-up, or goes on with the one that this step has begun, and leads to its page.
pub(crate) async fn begin(
    visit: &mut Visit,
    step: Managing,
    to: &Destination,
) -> Result<Response, Refusal> {
    match step.set_up().begin().await {
        // Over, or nearly: with another one there is the time to finish.
        Err(StepError::TicketInvalid) => Err(step_up(visit, to.clone())),
        Err(error) => Err(error.into()),
        Ok(EnrolmentOutcome::Throttled(_)) => visit.redirect("authenticators?notice=elsewhere"),
        // Without room there is nothing to show: the page says so.
        Ok(
            EnrolmentOutcome::OnScreen(_) | EnrolmentOutcome::Mailed | EnrolmentOutcome::TooMany,
        ) => visit.redirect(&to.page()),
    }
}

pub(crate) async fn show_add(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit, None))
}

pub(crate) async fn show_replace(mut visit: Visit) -> Response {
    answer!(visit, async {
        let id = id_in(&visit)?;
        look(&mut visit, Some(id)).await
    })
}

async fn look(visit: &mut Visit, id: Option<AuthenticatorId>) -> Result<Response, Refusal> {
    let (signed_in, step) = managing(visit, destination(id)).await?;
    let old = replaced(&signed_in, id).await?;
    let name = old.as_ref().and_then(|old| old.name.clone());
    let name = name.unwrap_or_default();
    let set_up = UnderWay {
        step: step.set_up(),
        old,
    };
    set_up
        .page(visit, StatusCode::OK, Say::default(), &name)
        .await
}

pub(crate) async fn submit_add(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, confirm(&mut visit, None, form))
}

pub(crate) async fn submit_replace(submission: Submission) -> Response {
    let Submission { mut visit, form } = submission;
    answer!(visit, async {
        let id = id_in(&visit)?;
        confirm(&mut visit, Some(id), form).await
    })
}

async fn confirm(
    visit: &mut Visit,
    id: Option<AuthenticatorId>,
    mut form: Form,
) -> Result<Response, Refusal> {
    let (typed, code) = (form.take("name")?, form.take("code")?);
    let (signed_in, step) = managing(visit, destination(id)).await?;
    let old = replaced(&signed_in, id).await?;
    let set_up = UnderWay {
        step: step.set_up(),
        old,
    };
    let mut new = NewAuthenticator::default();
    if !typed.trim().is_empty() {
        match AuthenticatorName::parse(&typed) {
            Ok(name) => new = new.named(name),
            Err(error) => return set_up.refuse(visit, problem_with_name(error), &typed).await,
        }
    }
    if let Some(id) = id {
        new = new.replacing(id);
    }
    if code.trim().is_empty() {
        return set_up.refuse(visit, "empty", &typed).await;
    }
    let Ok(code) = Code::parse(&code) else {
        return set_up.refuse(visit, "malformed", &typed).await;
    };
    let confirmed = match set_up.step.confirm(&code, &new).await {
        Err(StepError::TicketInvalid) => return Err(step_up(visit, destination(id))),
        confirmed => confirmed?,
    };
    match confirmed {
        ConfirmOutcome::Added => visit.redirect("authenticators?notice=added"),
        ConfirmOutcome::Replaced { grant } => {
            // Every session is over, this one too: it goes on as a new one.
            visit.begin_session(&grant).await?;
            known_browser::remember(visit, &grant);
            visit.redirect("authenticators?notice=replaced")
        }
        ConfirmOutcome::Rejected(Hint::WaitForNext) => set_up.refuse(visit, "wait", &typed).await,
        ConfirmOutcome::Rejected(_) => set_up.refuse(visit, "wrong", &typed).await,
        ConfirmOutcome::Throttled(why) => {
            let say = Say {
                problem: Some(match why {
                    Throttled::Wait(_) => "throttled",
                    Throttled::Locked | Throttled::Exhausted => "locked",
                }),
                wait: why.wait().unwrap_or_default(),
            };
            let status = StatusCode::TOO_MANY_REQUESTS;
            set_up.page(visit, status, say, &typed).await
        }
        ConfirmOutcome::NothingToReplace => Err(GONE),
        // It was finished already, or it is over; or there is no room any more, as the list shows.
        ConfirmOutcome::Gone
        | ConfirmOutcome::TooMany
        | ConfirmOutcome::Busy
        | ConfirmOutcome::SignedIn { .. } => visit.redirect("authenticators?notice=over"),
    }
}

fn destination(id: Option<AuthenticatorId>) -> Destination {
    match id {
        Some(id) => Destination::Replace(id.to_string()),
        None => Destination::Add,
    }
}

async fn replaced(
    session: &Session,
    id: Option<AuthenticatorId>,
) -> Result<Option<ActiveAuthenticator>, Refusal> {
    match id {
        Some(id) => own(session, id).await.map(Some),
        None => Ok(None),
    }
}

/// A set-up under way.
struct UnderWay {
    step: SetUp,
    /// The one that it takes the place of.
    old: Option<ActiveAuthenticator>,
}

impl UnderWay {
    async fn refuse(
        &self,
        visit: &mut Visit,
        problem: &'static str,
        typed: &str,
    ) -> Result<Response, Refusal> {
        let say = Say {
            problem: Some(problem),
            ..Say::default()
        };
        let unusable = StatusCode::UNPROCESSABLE_ENTITY;
        self.page(visit, unusable, say, typed).await
    }

    async fn page(
        &self,
        visit: &mut Visit,
        status: StatusCode,
        say: Say,
        typed: &str,
    ) -> Result<Response, Refusal> {
        let Some(EnrolmentOutcome::OnScreen(material)) = self.step.pending().await? else {
            return visit.redirect("authenticators?notice=over");
        };
        let material = on_screen(visit, &material).await?;
        let values = context! {
            problem => say.problem,
            wait_seconds => seconds(say.wait),
            typed,
            old => self.old.as_ref().map(|one| shown(visit, one)),
            ..material
        };
        if !say.wait.is_zero() {
            return Ok(wait_page(visit, say.wait, TEMPLATE, values));
        }
        Ok(visit.page(status, TEMPLATE, values))
    }
}
