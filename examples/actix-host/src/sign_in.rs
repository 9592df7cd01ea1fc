//! The calls of a person who is not signed in: forgot password, the mailed link, sign-in, and the second factor.

use crate::visit::{Reply, Visit};
use crate::{Call, account, problem::Problem, typed};
use serde_json::{Map, Value, json};
use slotwerk::policy::{Language, Requirement};
use slotwerk::qr::{Level, Symbol};
use slotwerk::{password::Password, totp::Hint, *};
use std::collections::BTreeMap;

pub(crate) const BUSY: (u16, &str) = (503, "busy");
const OVER: (u16, &str) = (410, "link_invalid");

pub(crate) async fn answer(visit: &mut Visit, call: Call) -> Reply {
    let tenant = visit.tenant.clone();
    match call {
        Call::Forgot { login } => {
            let (login, recovery) = (typed(Login::parse(&login))?, tenant.recovery());
            let _ = recovery.request(&login, &visit.client).await?;
            Ok(json!({ "next": "check_mail" }))
        }
        Call::ResetRules { token } => {
            let link = open(&tenant, &token).await?;
            Ok(requirements(&link.requirements()).into())
        }
        Call::Reset { token, new } => {
            let link = open(&tenant, &token).await?;
            match link.complete(typed(Password::new(new))?).await? {
                CompleteOutcome::Changed { .. } => visit.forget().await,
                CompleteOutcome::RulesUnmet(all) => Err(unmet(&all)),
                CompleteOutcome::Throttled(why) => Err(why)?,
                CompleteOutcome::Invalid => Err(OVER)?,
                CompleteOutcome::Busy | CompleteOutcome::CheckUnavailable => Err(BUSY)?,
            }
        }
        Call::SignIn { login, password } => {
            let login = typed(Login::parse(&login))?;
            let password = typed(Password::new(password))?;
            match tenant.sign_in(&login, password, &visit.client).await? {
                SignInOutcome::SignedIn(grant) => visit.begin(&grant).await,
                SignInOutcome::Verify(step) => visit.keep(step.ticket(), "verify"),
                SignInOutcome::Enrol(step) => visit.keep(step.ticket(), "set_up"),
                SignInOutcome::Rejected => Err((401, "sign_in_rejected"))?,
                SignInOutcome::Throttled(why) => Err(why)?,
                SignInOutcome::Busy => Err(BUSY)?,
            }
        }
        Call::SetUp {} | Call::Resend {} | Call::Confirm { .. } => set_up(visit, call).await,
        Call::Verify { .. } | Call::VerifyTwo { .. } => verify(visit, call).await,
        Call::RecoveryCode { .. } => verify(visit, call).await,
        Call::SignOut {} => visit.forget().await,
        call => account::answer(visit, call).await,
    }
}

async fn open(tenant: &TenantAuth, token: &str) -> Result<OpenLink, Problem> {
    let token = ResetToken::from_text(token);
    match tenant.recovery().open(&token).await? {
        OpenOutcome::Open(link) => Ok(link),
        OpenOutcome::Invalid => Err(OVER)?,
    }
}

pub(crate) fn unmet(all: &[Requirement]) -> Problem {
    Problem(422, "requirements_unmet", requirements(all))
}

/// The requirements of a password as data, with a text for people.
fn requirements(all: &[Requirement]) -> Map<String, Value> {
    let item = |one: &Requirement| {
        let parameters: BTreeMap<_, _> = one.parameters().into_iter().collect();
        json!({ "code": one.code().as_str(), "parameters": parameters,
            "state": one.state().as_str(), "text": one.text(Language::En) })
    };
    Map::from_iter([("requirements".to_owned(), all.iter().map(item).collect())])
}

/// Sets up the first authenticator of a person.
async fn set_up(visit: &mut Visit, call: Call) -> Reply {
    match (call, visit.step().await?) {
        (Call::SetUp {}, Step::Enrol(step)) => material(step.begin().await?),
        (Call::Resend {}, Step::Enrol(step)) => material(step.resend().await?),
        (Call::Confirm { code }, Step::Enrol(step)) => {
            let (code, new) = (typed(Code::parse(&code))?, NewAuthenticator::default());
            match step.confirm(&code, &new).await? {
                ConfirmOutcome::SignedIn {
                    grant,
                    recovery_codes: all,
                } => {
                    visit.begin(&grant).await?;
                    let codes: Value = all.codes().iter().map(RecoveryCode::expose).collect();
                    Ok(json!({ "next": "signed_in", "recovery_codes": codes }))
                }
                ConfirmOutcome::Rejected(hint) => Err(rejected(hint))?,
                ConfirmOutcome::Throttled(why) => Err(why)?,
                ConfirmOutcome::Busy => Err(BUSY)?,
                _ => Err((409, "set_up_over"))?,
            }
        }
        _ => Err((409, "other_step"))?,
    }
}

/// The values that the app needs: a QR code, the address in it, and the secret to type by hand.
fn material(outcome: EnrolmentOutcome) -> Reply {
    match outcome {
        EnrolmentOutcome::OnScreen(shown) => {
            let (uri, secret) = (shown.uri.expose(), shown.grouped_secret.as_str());
            let qr = Symbol::encode(uri, Level::M).map_err(|_| (500, "fault"))?;
            Ok(json!({ "qr_svg": qr.svg(), "otpauth_uri": uri, "secret": secret }))
        }
        EnrolmentOutcome::Mailed => Ok(json!({ "next": "check_mail" })),
        EnrolmentOutcome::Throttled(why) => Err(why)?,
        EnrolmentOutcome::TooMany => Err((409, "too_many"))?,
    }
}

/// Checks the second factor of a sign-in.
async fn verify(visit: &mut Visit, call: Call) -> Reply {
    match (call, visit.step().await?) {
        (Call::Verify { code }, Step::Verify(step)) => {
            let outcome = step.code(&typed(Code::parse(&code))?).await?;
            visit.begin(&accepted(outcome)?).await
        }
        // For a phone whose clock is far off.
        (Call::VerifyTwo { code, second }, Step::Verify(step)) => {
            let (first, second) = (typed(Code::parse(&code))?, typed(Code::parse(&second))?);
            let outcome = step.two_codes(&first, &second).await?;
            visit.begin(&accepted(outcome)?).await
        }
        (Call::RecoveryCode { code }, Step::Verify(step)) => {
            let code = typed(RecoveryCode::parse(&code))?;
            match step.recovery_code(&code).await? {
                RecoveryCodeOutcome::SignedIn { grant, .. } => visit.begin(&grant).await,
                RecoveryCodeOutcome::Rejected => Err((422, "code_rejected"))?,
                RecoveryCodeOutcome::Throttled(why) => Err(why)?,
                RecoveryCodeOutcome::Busy => Err(BUSY)?,
            }
        }
        _ => Err((409, "other_step"))?,
    }
}

/// The grant of an accepted code.
pub(crate) fn accepted(outcome: CodeOutcome) -> Result<Grant, Problem> {
    match outcome {
        CodeOutcome::SignedIn { grant, .. } => Ok(grant),
        CodeOutcome::Rejected { hint, .. } => Err(rejected(hint))?,
        CodeOutcome::Throttled(why) => Err(why)?,
    }
}

fn rejected(hint: Hint) -> (u16, &'static str) {
    match hint {
        Hint::WaitForNext => (422, "code_used"),
        _ => (422, "code_rejected"),
    }
}
