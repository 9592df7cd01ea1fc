//! The calls: forgot password, the mailed link, sign-in, and the second factor.

use crate::problem::{Problem, requirements};
use crate::visit::{Reply, Visit};
use crate::{Call, typed};
use serde_json::{Value, json};
use slotwerk::password::Password;
use slotwerk::qr::{Level, Symbol};
use slotwerk::*;

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
            Ok(json!({ "requirements": requirements(&link.requirements()) }))
        }
        Call::Reset { token, new } => {
            let link = open(&tenant, &token).await?;
            match link.complete(typed(Password::new(new))?).await? {
                CompleteOutcome::Changed { .. } => visit.forget().await,
                rejected => Err(rejected.rejection())?,
            }
        }
        Call::SignIn { login, password } => {
            let login = typed(Login::parse(&login))?;
            let password = typed(Password::new(password))?;
            match tenant.sign_in(&login, password, &visit.client).await? {
                SignInOutcome::SignedIn(grant) => visit.begin(&grant).await,
                SignInOutcome::Verify(step) => visit.keep(step.ticket(), "verify"),
                SignInOutcome::Enrol(step) => visit.keep(step.ticket(), "set_up"),
                rejected => Err(rejected.rejection())?,
            }
        }
        Call::Session {} => {
            let account = visit.session().await?.account().clone();
            Ok(json!({ "account": account.id, "login": account.login }))
        }
        Call::SignOut {} => visit.forget().await,
        call => second_factor(visit, call).await,
    }
}

async fn open(tenant: &TenantAuth, token: &str) -> Result<OpenLink, Problem> {
    let token = ResetToken::from_text(token);
    match tenant.recovery().open(&token).await? {
        OpenOutcome::Open(link) => Ok(link),
        OpenOutcome::Invalid => Err(Some(RejectionCode::LinkInvalid.into()))?,
    }
}

/// Sets up the first authenticator of a person, or checks the second factor of a sign-in.
async fn second_factor(visit: &mut Visit, call: Call) -> Reply {
    match (call, visit.step().await?) {
        (Call::SetUp {}, Step::Enrol(step)) => material(step.begin().await?),
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
                rejected => Err(rejected.rejection())?,
            }
        }
        (Call::Verify { code }, Step::Verify(step)) => {
            let code = typed(Code::parse(&code))?;
            judged(visit, step.code(&code).await?).await
        }
        // For a phone whose clock is far off.
        (Call::VerifyTwo { code, second }, Step::Verify(step)) => {
            let (first, second) = (typed(Code::parse(&code))?, typed(Code::parse(&second))?);
            judged(visit, step.two_codes(&first, &second).await?).await
        }
        (Call::RecoveryCode { code }, Step::Verify(step)) => {
            let code = typed(RecoveryCode::parse(&code))?;
            match step.recovery_code(&code).await? {
                RecoveryCodeOutcome::SignedIn { grant, .. } => visit.begin(&grant).await,
                rejected => Err(rejected.rejection())?,
            }
        }
        _ => Err(None)?,
    }
}

/// The values that the app needs: a QR code, the address in it, and the secret to type by hand. Another tenant may have
/// them sent by mail.
fn material(outcome: EnrolmentOutcome) -> Reply {
    match outcome {
        EnrolmentOutcome::OnScreen(shown) => {
            let (uri, secret) = (shown.uri.expose(), shown.grouped_secret.as_str());
            let qr = Symbol::encode(uri, Level::M).map_err(|_| (500, "fault"))?;
            Ok(json!({ "qr_svg": qr.svg(), "otpauth_uri": uri, "secret": secret }))
        }
        rejected => Err(rejected.rejection())?,
    }
}

async fn judged(visit: &mut Visit, outcome: CodeOutcome) -> Reply {
    match outcome {
        CodeOutcome::SignedIn { grant, .. } => visit.begin(&grant).await,
        rejected => Err(rejected.rejection())?,
    }
}
