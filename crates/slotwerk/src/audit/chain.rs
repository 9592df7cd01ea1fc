//! The construction of a checkpoint. This file is all there is to hash or sign.
//!
//! `lp(x)` is the length of `x` in bytes as a 64-bit big-endian number, followed by `x`. Numbers are 64-bit big-endian.
//! An absent value is empty; one that is present follows a byte 1.
//!
//! ```text
//! row hash = SHA-256(lp("slotwerk/audit/row/v1"), lp(tenant), lp(number), lp(id), lp(at), lp(kind), lp(subject),
//!                    lp(actor), lp(reason))
//! entries  = number, row hash, number, row hash, … in the order of time and id
//! fields   = lp(number), lp(previous), lp(sealed_at), lp(newest), lp(removed_through), lp(entries), lp(key id)
//! tag      = HMAC-SHA-256(key, lp("slotwerk/audit/checkpoint/v1"), fields)
//! link     = SHA-256(lp("slotwerk/audit/link/v1"), lp(tenant), fields, lp(tag))
//! ```
//!
//! The key is derived from the ring for one purpose and one tenant. `previous` is the link of the checkpoint before, or
//! zeros. The links need no key: when a key is revoked, the tag of a later checkpoint under another key still covers
//! everything before it.

use super::AuditChain;
use crate::scopes::AUDIT_CHECKPOINT;
use sha2::{Digest, Sha256};
use slotwerk_keys::{DerivedKey, KeyFault, KeyId, Scope};
use slotwerk_store::{AuditRecord, Checkpoint};

const ROW: &[u8] = b"slotwerk/audit/row/v1";
const CHECKPOINT: &[u8] = b"slotwerk/audit/checkpoint/v1";
const LINK: &[u8] = b"slotwerk/audit/link/v1";

/// The number of a row and its hash.
const ENTRY: usize = 8 + 32;

/// Whether the tag of a checkpoint is right.
pub(super) enum Proof {
    Genuine,
    Forged,
    /// The ring cannot tell: it does not have the key, or no longer.
    Unknown(KeyFault),
}

pub(super) fn row_hash(tenant: &str, row: &AuditRecord) -> [u8; 32] {
    hash(&[
        ROW,
        tenant.as_bytes(),
        &row.number.to_be_bytes(),
        &row.id.0,
        &row.at.to_be_bytes(),
        row.kind.as_bytes(),
        &row.subject.0,
        &optional(row.actor.as_ref().map(|actor| &actor.0[..])),
        &optional(row.reason.as_ref().map(String::as_bytes)),
    ])
}

pub(super) fn entries(tenant: &str, rows: &[AuditRecord]) -> Vec<u8> {
    let mut entries = Vec::with_capacity(rows.len().saturating_mul(ENTRY));
    for row in rows {
        entries.extend_from_slice(&row.number.to_be_bytes());
        entries.extend_from_slice(&row_hash(tenant, row));
    }
    entries
}

/// The number of each row with its hash. `None` if these are no entries.
pub(super) fn read_entries(entries: &[u8]) -> Option<Vec<(u64, [u8; 32])>> {
    let read = |entry: &[u8]| {
        let (number, hash) = entry.split_first_chunk::<8>()?;
        Some((u64::from_be_bytes(*number), hash.try_into().ok()?))
    };
    entries.chunks(ENTRY).map(read).collect()
}

/// What the next checkpoint names as the one before it.
pub(super) fn link(tenant: &str, checkpoint: &Checkpoint) -> [u8; 32] {
    with_fields(checkpoint, |fields| {
        let parts = [&[LINK, tenant.as_bytes()], fields, &[&checkpoint.mac]].concat();
        hash(&parts)
    })
}

impl AuditChain<'_> {
    /// Puts the active key and its tag on a checkpoint.
    pub(super) fn sign(&self, checkpoint: &mut Checkpoint) {
        let scope = Scope::new(AUDIT_CHECKPOINT, self.tenant);
        let (id, key) = self.keys.derive_active(&scope);
        checkpoint.key = id.get();
        checkpoint.mac = with_fields(checkpoint, |fields| key.mac(&signed(fields)));
    }

    pub(super) fn prove(&self, checkpoint: &Checkpoint) -> Proof {
        let key = match self.key(checkpoint) {
            Ok(key) => key,
            Err(fault) => return Proof::Unknown(fault),
        };
        let verified = with_fields(checkpoint, |fields| {
            key.verify_mac(&signed(fields), &checkpoint.mac)
        });
        match verified {
            Ok(()) => Proof::Genuine,
            Err(_) => Proof::Forged,
        }
    }

    fn key(&self, checkpoint: &Checkpoint) -> Result<DerivedKey<'_>, KeyFault> {
        let scope = Scope::new(AUDIT_CHECKPOINT, self.tenant);
        self.keys.derive(KeyId::new(checkpoint.key), &scope)
    }
}

fn signed<'a>(fields: &[&'a [u8]]) -> Vec<&'a [u8]> {
    [&[CHECKPOINT], fields].concat()
}

/// Every column but the tag.
fn with_fields<T>(checkpoint: &Checkpoint, run: impl FnOnce(&[&[u8]]) -> T) -> T {
    run(&[
        &checkpoint.number.to_be_bytes(),
        &checkpoint.previous,
        &checkpoint.sealed_at.to_be_bytes(),
        &checkpoint.newest.to_be_bytes(),
        &checkpoint.removed_through.to_be_bytes(),
        &checkpoint.entries,
        &u64::from(checkpoint.key).to_be_bytes(),
    ])
}

fn optional(value: Option<&[u8]>) -> Vec<u8> {
    value.map_or_else(Vec::new, |value| [&[1], value].concat())
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
