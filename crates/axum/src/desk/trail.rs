//! Reads the audit trail, with the names that the host gives.

use super::admission::Desk;
use crate::refusal::Refusal;
use slotwerk::store::Subject;
use slotwerk::{Account, AuditKind, TrailPosition, TrailQuery, TrailRow, TrailSubject};

/// Rows of a page.
const ROWS: u16 = 50;

/// A row, in the words of the host.
pub(crate) struct ReadRow {
    pub(crate) at: u64,
    pub(crate) kind: AuditKind,
    pub(crate) about: Named,
    /// `None` if the person did it.
    pub(crate) actor: Option<Named>,
    pub(crate) reason: Option<String>,
}

/// Somebody or something in a row.
pub(crate) enum Named {
    /// An account with this login name.
    Login(String),
    /// The tenant as a whole.
    Tenant,
    /// Nobody that the host names: the beginning of the hash. Equal ones are the same person.
    Mark(String),
}

/// A page of the trail: of the tenant, or about one account. Also gives where the next page begins.
pub(crate) async fn read_trail(
    desk: &Desk,
    about: Option<&Account>,
    before: Option<TrailPosition>,
) -> Result<(Vec<ReadRow>, Option<TrailPosition>), Refusal> {
    let staff = desk.gate.staff(desk.tenant().id()).await;
    let mut known = staff.map_err(Refusal::Away)?;
    known.push(desk.person.clone());
    known.extend(about.cloned());
    let ids: Vec<&str> = known.iter().map(|account| account.id.as_str()).collect();
    let query = TrailQuery {
        about: about.map(|account| account.id.as_str()),
        accounts: &ids,
        actors: &ids,
        before,
        limit: ROWS,
    };
    let page = desk.admin().audit_trail(&query).await?;
    let rows = page.rows.into_iter().map(|row| read(row, &known));
    Ok((rows.collect(), page.next))
}

fn read(row: TrailRow, known: &[Account]) -> ReadRow {
    ReadRow {
        at: row.at,
        kind: row.kind,
        about: named(row.about, known),
        actor: row.actor.map(|actor| named(actor, known)),
        reason: row.reason.map(|reason| reason.as_str().to_owned()),
    }
}

fn named(subject: TrailSubject, known: &[Account]) -> Named {
    match subject {
        TrailSubject::Account(id) | TrailSubject::Actor(id) => {
            let account = known.iter().find(|account| account.id == id);
            Named::Login(account.map_or(id, |account| account.login.clone()))
        }
        TrailSubject::Unrecognised(subject) => Named::Mark(mark(subject)),
        _ => Named::Tenant,
    }
}

/// The first four bytes of the hash.
fn mark(Subject(hash): Subject) -> String {
    hash.iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
