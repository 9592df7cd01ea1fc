//! The set-up that a session has shown last. Whoever has scanned it is told when another one takes its place:
//! otherwise a dead entry stays in the app, beside the one that works and by the same name.

use crate::refusal::Refusal;
use crate::visit::{Person, Visit};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use slotwerk::EnrolmentMaterial;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// Whose, by the name that the app shows.
    account: String,
    /// A hash of all that the app gets: the secret itself is not for the session.
    digest: String,
    /// Since when, in seconds after the Unix epoch.
    since: u64,
    /// Whether another one was on the screen before and came to nothing.
    another: bool,
}

/// Whether the person may have scanned another set-up before this one, which is on the screen from now on.
pub(crate) async fn is_another(
    visit: &mut Visit,
    material: &EnrolmentMaterial,
) -> Result<bool, Refusal> {
    let account = material.account_name.clone();
    let digest = format!("{:x}", Sha256::digest(material.uri.expose()));
    let before = visit.person.shown.clone();
    let before = before.filter(|before| before.account == account);
    let another = match before {
        Some(before) if before.digest == digest => return Ok(before.another),
        Some(before) => !was_finished(visit, &before).await?,
        None => false,
    };
    let shown = Shown {
        account,
        digest,
        since: (visit.portal.clock)().as_secs(),
        another,
    };
    let person = visit.person.clone();
    visit
        .remember(Person {
            shown: Some(shown),
            ..person
        })
        .await?;
    Ok(another)
}

/// Whether an authenticator was added since: its entry in the app must stay. Before the first there is nobody
/// signed in to ask about.
async fn was_finished(visit: &mut Visit, shown: &Shown) -> Result<bool, Refusal> {
    let Some(session) = visit.signed_in().await? else {
        return Ok(false);
    };
    let summary = session.second_factor().await?;
    let mut authenticators = summary.authenticators.iter();
    Ok(authenticators.any(|one| one.added_at >= shown.since))
}
