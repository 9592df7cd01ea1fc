//! The audit trail of a tenant, with the names that the host wants to recognise.

use super::Admin;
use crate::fault::Fault;
use crate::scopes::{actor_parts, audit_subjects};
use slotwerk_store::{AuditKind, AuditPage, AuditReason, AuditRow, Id, Subject};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A page of the trail to read, and the names to recognise in it.
///
/// The trail knows accounts and actors by keyed hashes, which cannot be turned back. A row names an account or an actor
/// only where the query names it.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrailQuery<'a> {
    /// Rows about this account only. `None` for all rows of the tenant.
    pub about: Option<&'a str>,
    /// The host's ids of accounts to recognise, besides `about`.
    pub accounts: &'a [&'a str],
    /// The host's ids of actors to recognise.
    pub actors: &'a [&'a str],
    /// Rows before this position: [`TrailPage::next`] of the page before. `None` for the first page.
    pub before: Option<TrailPosition>,
    /// How many rows at most, 1 to [`MAX_AUDIT_PAGE`](slotwerk_store::MAX_AUDIT_PAGE). Anything else becomes the nearer
    /// of the two.
    pub limit: u16,
}

/// A page of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrailPage {
    /// Newest first.
    pub rows: Vec<TrailRow>,
    /// Where the next page begins; `None` if this is the last one.
    pub next: Option<TrailPosition>,
}

/// A row of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrailRow {
    /// When (Unix time).
    pub at: u64,
    /// The act.
    pub kind: AuditKind,
    /// To whom.
    pub about: TrailSubject,
    /// The actor, if it was somebody else.
    pub actor: Option<TrailSubject>,
    /// Why, in the words of the actor.
    pub reason: Option<AuditReason>,
}

/// Somebody or something in a row of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailSubject {
    /// An account that the query named, by its id.
    Account(String),
    /// An actor that the query named, by the host's id.
    Actor(String),
    /// The tenant as a whole.
    Tenant,
    /// Nobody that the query named: another account or actor, a login name, a client's address, or a name under a key
    /// that was revoked. The same subject under the same key has the same hash.
    Unrecognised(Subject),
}

/// A place in the trail, for the link to the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrailPosition {
    at: u64,
    id: Id,
}

impl fmt::Display for TrailPosition {
    /// A number, a hyphen and 32 hexadecimal digits; [`FromStr`] reads them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:032x}", self.at, u128::from_be_bytes(self.id.0))
    }
}

impl FromStr for TrailPosition {
    type Err = NotATrailPosition;

    fn from_str(text: &str) -> Result<Self, NotATrailPosition> {
        let read = || {
            let (at, id) = text.split_once('-')?;
            let id = u128::from_str_radix(id, 16).ok()?;
            Some(Self {
                at: at.parse().ok()?,
                id: Id(id.to_be_bytes()),
            })
        };
        read()
            .filter(|position| position.to_string() == text)
            .ok_or(NotATrailPosition)
    }
}

/// A text that is no place in a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a place in the trail is a number, a hyphen and 32 lowercase hexadecimal digits")]
pub struct NotATrailPosition;

impl Admin<'_> {
    /// Reads a page of the tenant's audit trail, newest row first.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or keys.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_audit_trail", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn audit_trail(&self, query: &TrailQuery<'_>) -> Result<TrailPage, Fault> {
        let inner = &self.tenant.inner;
        let subjects = query
            .about
            .map(|account| self.subjects(&[account.as_bytes()]));
        let command = AuditPage {
            tenant: self.tenant.id().to_owned(),
            subjects: subjects.transpose()?,
            before: query.before.map(|position| (position.at, position.id)),
            limit: query.limit,
        };
        let rows = inner.store.audit_page(&command).await?;
        let next = rows
            .last()
            .filter(|_| rows.len() >= usize::from(command.rows()));
        let next = next.map(|row| TrailPosition {
            at: row.at,
            id: row.id,
        });
        let names = self.names(query)?;
        let rows = rows.into_iter().map(|row| row_of(row, &names)).collect();
        Ok(TrailPage { rows, next })
    }

    /// The subjects that the query can recognise.
    fn names(&self, query: &TrailQuery<'_>) -> Result<BTreeMap<Subject, TrailSubject>, Fault> {
        let mut names = BTreeMap::new();
        for subject in self.subjects(&[b"tenant", b""])? {
            names.insert(subject, TrailSubject::Tenant);
        }
        for account in query.accounts.iter().copied().chain(query.about) {
            for subject in self.subjects(&[account.as_bytes()])? {
                names.insert(subject, TrailSubject::Account(account.to_owned()));
            }
        }
        for actor in query.actors {
            for subject in self.subjects(&actor_parts(actor))? {
                names.insert(subject, TrailSubject::Actor((*actor).to_owned()));
            }
        }
        Ok(names)
    }

    fn subjects(&self, parts: &[&[u8]]) -> Result<Vec<Subject>, Fault> {
        let keys = &self.tenant.inner.keys;
        Ok(audit_subjects(keys, self.tenant.id(), parts)?)
    }
}

fn row_of(row: AuditRow, names: &BTreeMap<Subject, TrailSubject>) -> TrailRow {
    let named = |subject| {
        let known = names.get(&subject).cloned();
        known.unwrap_or(TrailSubject::Unrecognised(subject))
    };
    TrailRow {
        at: row.at,
        kind: row.kind,
        about: named(row.subject),
        actor: row.actor.map(named),
        reason: row.reason,
    }
}
