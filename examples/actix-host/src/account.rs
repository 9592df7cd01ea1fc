//! The calls of a person who is signed in: session, password, sessions, and authenticators.

use crate::sign_in::{BUSY, accepted, unmet};
use crate::visit::{Reply, Visit};
use crate::{Call, typed};
use serde_json::json;
use slotwerk::{password::Password, *};

const UNKNOWN: (u16, &str) = (404, "unknown");

pub(crate) async fn answer(visit: &mut Visit, call: Call) -> Reply {
    let OpenSession { session, kept, .. } = visit.session().await?;
    match call {
        Call::Session {} => {
            let (account, summary) = (session.account(), session.second_factor().await?);
            let is_recent = session.has_recent_second_factor();
            Ok(
                json!({ "account": account.id, "login": account.login, "is_recent": is_recent,
                "recovery_codes_left": summary.recovery_codes_left }),
            )
        }
        Call::ChangePassword { old, new } => {
            let (current, new) = (typed(Password::new(old))?, typed(Password::new(new))?);
            let both = NewAndCurrent { current, new };
            match session.change_password(both, &visit.client).await? {
                ChangePasswordOutcome::Changed { grant, .. } => visit.renew(&kept, &grant).await,
                ChangePasswordOutcome::RulesUnmet(all) => Err(unmet(&all)),
                ChangePasswordOutcome::Rejected => Err((422, "old_password_rejected"))?,
                ChangePasswordOutcome::Throttled(why) => Err(why)?,
                _ => Err(BUSY)?,
            }
        }
        Call::Sessions {} => {
            let item = |one: &ListedSession| {
                let id = one.id().to_string();
                json!({ "id": id, "is_current": one.is_current, "used_at": one.used_at })
            };
            Ok(kept.list().await?.iter().map(item).collect())
        }
        Call::EndSession { id } => {
            let all = kept.list().await?;
            let one = all.iter().find(|one| one.id().to_string() == id);
            kept.end_listed(one.ok_or(UNKNOWN)?).await?;
            Ok(json!({ "next": "signed_in" }))
        }
        Call::Authenticators {} => {
            let item = |one: &ActiveAuthenticator| {
                let id = one.id.to_string();
                json!({ "id": id, "name": one.name, "used_at": one.used_at })
            };
            let all = session.second_factor().await?.authenticators;
            Ok(all.iter().map(item).collect())
        }
        call => manage(visit, &kept, session.manage().await?, call).await,
    }
}

/// Changes the second factor of a person who has shown it lately. A step-up shows it again.
async fn manage(visit: &mut Visit, kept: &KeptSession, way: ManageOutcome, call: Call) -> Reply {
    match (call, way) {
        (Call::StepUp { code }, ManageOutcome::StepUp(step)) => {
            let step = step.by_code().await?.ok_or(UNKNOWN)?;
            let outcome = step.code(&typed(Code::parse(&code))?).await?;
            visit.renew(kept, &accepted(outcome)?).await
        }
        (Call::StepUp { .. }, _) => Ok(json!({ "next": "signed_in" })),
        (Call::Rename { id, name }, ManageOutcome::Open(step)) => {
            let name = typed(AuthenticatorName::parse(&name))?;
            match step.rename(typed(id.parse())?, &name).await? {
                RenameOutcome::Renamed => Ok(json!({ "next": "signed_in" })),
                RenameOutcome::Unknown => Err(UNKNOWN)?,
            }
        }
        (Call::Remove { id }, ManageOutcome::Open(step)) => {
            match step.remove(typed(id.parse())?).await? {
                RemoveOutcome::Removed { grant, .. } => visit.renew(kept, &grant).await,
                RemoveOutcome::Last => Err((409, "last_authenticator"))?,
                RemoveOutcome::Unknown => Err(UNKNOWN)?,
            }
        }
        _ => Err((403, "step_up_needed"))?,
    }
}
