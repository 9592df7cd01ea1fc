//! The set-up that a session has shown last. Whoever has scanned it is told when another one takes its place:
//! otherwise a dead entry stays in the app, beside the one that works and by the same name.

use crate::flow::Shown;
use crate::refusal::Refusal;
use crate::visit::Visit;
use sha2::{Digest, Sha256};
use slotwerk::EnrolmentMaterial;

/// Whether the person may have scanned another set-up before this one, which is on the screen from now on.
pub(crate) async fn is_another(
    visit: &mut Visit,
    material: &EnrolmentMaterial,
) -> Result<bool, Refusal> {
    let account = material.account_name.clone();
    let digest = format!("{:x}", Sha256::digest(material.uri.expose()));
    let before = visit.flow.shown.clone();
    let before = before.filter(|before| before.account == account);
    let another = match before {
        Some(before) if before.digest == digest => return Ok(before.another),
        Some(before) => !was_finished(visit, &before).await?,
        None => false,
    };
    visit.flow.shown = Some(Shown {
        account,
        digest,
        since: visit.web.auth().now().as_secs(),
        another,
    });
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
