//! What each key derived from the ring is for. No purpose can stand in for another.

use crate::auth::Inner;
use crate::directory::Login;
use crate::fault::Fault;
use slotwerk_keys::{KeyFault, KeyId, KeyRing, ResealError, Scope};
use slotwerk_store::{AccountKey, AttemptKey, Durability, Id, SealedRow, Subject, TokenHash};
use std::net::IpAddr;
use zeroize::Zeroizing;

const ATTEMPT: &str = "attempt-key";
const AUDIT: &str = "audit-subject";
pub(crate) const AUDIT_CHECKPOINT: &str = "audit-checkpoint";
const CODES_MARK: &str = "recovery-codes-mark";
const MAIL_BINDING: &str = "reset-mail-binding";
const OUTBOX: &str = "outbox-payload";
const SESSION: &str = "session-token";
const TOTP_SECRET: &str = "totp-secret";

/// Which secret a budget guards.
#[derive(Clone, Copy)]
pub(crate) enum Guarded {
    Password,
    Reuse,
    Code,
    Enrolment,
    RecoveryCode,
    ResetMail,
    SetupMail,
    SetupReplacement,
    NameRequest,
    ClientRequest,
    ClientSignIn,
    TenantMail,
}

impl Guarded {
    /// The budgets that an account has under its own id.
    pub(crate) const OF_ACCOUNT: [Self; 7] = [
        Self::Password,
        Self::Reuse,
        Self::Enrolment,
        Self::RecoveryCode,
        Self::ResetMail,
        Self::SetupMail,
        Self::SetupReplacement,
    ];

    fn label(self) -> &'static [u8] {
        match self {
            Self::Password => b"password",
            Self::Reuse => b"reuse",
            Self::Code => b"code",
            Self::Enrolment => b"enrolment",
            Self::RecoveryCode => b"recovery-code",
            Self::ResetMail => b"reset-mail",
            Self::SetupMail => b"setup-mail",
            Self::SetupReplacement => b"setup-replacement",
            Self::NameRequest => b"name-request",
            Self::ClientRequest => b"client-request",
            Self::ClientSignIn => b"client-sign-in",
            Self::TenantMail => b"tenant-mail",
        }
    }

    /// Whether the loss of a budget is tolerable: it is for budgets that only slow down a crowd. The builder rejects
    /// a hard stop for them.
    ///
    /// Every budget of [`Password`](Self::Password) is durable, also for a name that nobody has. Such a budget stands
    /// in for an account's. If it were kept elsewhere, the time of an answer and the waits after a loss would tell
    /// which accounts exist.
    fn durability(self) -> Durability {
        match self {
            Self::NameRequest | Self::ClientRequest | Self::ClientSignIn | Self::TenantMail => {
                Durability::MayBeLost
            }
            Self::Password
            | Self::Reuse
            | Self::Code
            | Self::Enrolment
            | Self::RecoveryCode
            | Self::ResetMail
            | Self::SetupMail
            | Self::SetupReplacement => Durability::Durable,
        }
    }
}

impl Inner {
    /// A mark of a set of recovery codes, by the text that says how it was hashed: its salt is its own.
    pub(crate) fn codes_mark(&self, key: &AccountKey, hashing: Option<&str>) -> String {
        let (_, mac) = self
            .keys
            .derive_active(&Scope::new(CODES_MARK, key.tenant()));
        let hashing = hashing.unwrap_or_default();
        let tag = mac.mac(&[key.account().as_bytes(), hashing.as_bytes()]);
        tag.iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The budget of an account.
    pub(crate) fn account_budget(&self, guarded: Guarded, key: &AccountKey) -> AttemptKey {
        self.attempt_key(guarded, key.tenant(), b"account", key.account().as_bytes())
    }

    /// The budget of one authenticator, from its set-up on.
    pub(crate) fn authenticator_budget(&self, key: &AccountKey, authenticator: Id) -> AttemptKey {
        let subject = secret_subject(key, authenticator);
        self.attempt_key(Guarded::Code, key.tenant(), b"authenticator", &subject)
    }

    /// The budget of a login name as typed: one that nobody has is counted as if somebody had it.
    pub(crate) fn login_budget(&self, guarded: Guarded, tenant: &str, login: &Login) -> AttemptKey {
        self.attempt_key(guarded, tenant, b"login", login.folded().as_bytes())
    }

    /// The budget of a client's address.
    pub(crate) fn client_budget(
        &self,
        guarded: Guarded,
        tenant: &str,
        address: IpAddr,
    ) -> AttemptKey {
        self.attempt_key(guarded, tenant, b"client", address.to_string().as_bytes())
    }

    /// The budget of a tenant as a whole.
    pub(crate) fn tenant_budget(&self, guarded: Guarded, tenant: &str) -> AttemptKey {
        self.attempt_key(guarded, tenant, b"tenant", b"")
    }

    pub(crate) fn attempt_key(
        &self,
        guarded: Guarded,
        tenant: &str,
        kind: &[u8],
        subject: &[u8],
    ) -> AttemptKey {
        let digest = self.index_mac(ATTEMPT, tenant, &[guarded.label(), kind, subject]);
        AttemptKey::new(digest, guarded.durability())
    }

    /// Who, in the audit trail.
    pub(crate) fn subject(&self, key: &AccountKey) -> Subject {
        audit_subject(&self.keys, key.tenant(), &[key.account().as_bytes()])
    }

    /// What a mailed link depends on besides the credential: the address it went to. Made under the
    /// key of the link's own token, so that rotating keys leaves links alive.
    pub(crate) fn mail_binding(
        &self,
        key_id: KeyId,
        key: &AccountKey,
        mail: &str,
    ) -> Result<[u8; 32], KeyFault> {
        let derived = self
            .keys
            .derive(key_id, &Scope::new(MAIL_BINDING, key.tenant()))?;
        Ok(derived.mac(&[key.account().as_bytes(), mail.as_bytes()]))
    }

    /// A keyed hash for look-ups. It changes with the active key: a rotation starts budgets afresh
    /// and gives people a new subject in the audit trail.
    fn index_mac(&self, purpose: &str, tenant: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.keys
            .derive_active(&Scope::new(purpose, tenant))
            .1
            .mac(parts)
    }

    pub(crate) fn seal_job(&self, tenant: &str, id: Id, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        Ok(self
            .keys
            .seal(&Scope::new(OUTBOX, tenant), &id.0, self.random()?, plain)?)
    }

    pub(crate) fn open_job(
        &self,
        tenant: &str,
        id: Id,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.keys
            .open(&Scope::new(OUTBOX, tenant), &id.0, sealed)
            .map_err(Fault::Sealed)
    }

    pub(crate) fn seal_secret(
        &self,
        key: &AccountKey,
        id: Id,
        secret: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        let scope = Scope::new(TOTP_SECRET, key.tenant());
        Ok(self
            .keys
            .seal(&scope, &secret_subject(key, id), self.random()?, secret)?)
    }

    pub(crate) fn open_secret(
        &self,
        key: &AccountKey,
        id: Id,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let scope = Scope::new(TOTP_SECRET, key.tenant());
        self.keys
            .open(&scope, &secret_subject(key, id), sealed)
            .map_err(Fault::Sealed)
    }
}

/// Seals a stored value again under the active key, for its own row alone. `None` if it is under that key already.
pub(crate) fn reseal(
    keys: &KeyRing,
    row: &SealedRow,
    nonce: [u8; 24],
    sealed: &[u8],
) -> Result<Option<Vec<u8>>, ResealError> {
    match row {
        SealedRow::Enrolment { account, id } | SealedRow::Authenticator { account, id } => {
            let scope = Scope::new(TOTP_SECRET, account.tenant());
            keys.reseal(&scope, &secret_subject(account, *id), nonce, sealed)
        }
        SealedRow::Job { id, tenant } => {
            keys.reseal(&Scope::new(OUTBOX, tenant), &id.0, nonce, sealed)
        }
    }
}

/// The name of a budget under a key of the ring that need not be the active one.
pub(crate) fn attempt_key(
    keys: &KeyRing,
    id: KeyId,
    guarded: Guarded,
    tenant: &str,
    kind: &[u8],
    subject: &[u8],
) -> Result<AttemptKey, KeyFault> {
    let derived = keys.derive(id, &Scope::new(ATTEMPT, tenant))?;
    let digest = derived.mac(&[guarded.label(), kind, subject]);
    Ok(AttemptKey::new(digest, guarded.durability()))
}

/// A subject of the audit trail: an account by its id alone, anything else by its kind and value.
pub(crate) fn audit_subject(keys: &KeyRing, tenant: &str, parts: &[&[u8]]) -> Subject {
    Subject(keys.derive_active(&Scope::new(AUDIT, tenant)).1.mac(parts))
}

/// The hash of a session's id that the store keeps, under the key that the id names.
pub(crate) fn session_hash(
    keys: &KeyRing,
    id: KeyId,
    tenant: &str,
    random: &[u8],
) -> Result<TokenHash, KeyFault> {
    let derived = keys.derive(id, &Scope::new(SESSION, tenant))?;
    Ok(TokenHash(derived.mac(&[random])))
}

/// Somebody who acts on an account, in the audit trail. The prefix keeps an actor apart from an account of the same id.
pub(crate) fn actor_subject(keys: &KeyRing, tenant: &str, actor: &str) -> Subject {
    audit_subject(keys, tenant, &actor_parts(actor))
}

pub(crate) fn actor_parts(actor: &str) -> [&[u8]; 2] {
    [b"actor", actor.as_bytes()]
}

/// The subjects that these parts have had in the audit trail: one under each usable key.
pub(crate) fn audit_subjects(
    keys: &KeyRing,
    tenant: &str,
    parts: &[&[u8]],
) -> Result<Vec<Subject>, KeyFault> {
    let scope = Scope::new(AUDIT, tenant);
    let subject = |id| Ok(Subject(keys.derive(id, &scope)?.mac(parts)));
    keys.usable().map(subject).collect()
}

/// A sealed secret opens only for the account and authenticator it was made for. The id has a fixed
/// length, so the two cannot run into each other.
pub(crate) fn secret_subject(key: &AccountKey, id: Id) -> Vec<u8> {
    let mut subject = id.0.to_vec();
    subject.extend_from_slice(key.account().as_bytes());
    subject
}
