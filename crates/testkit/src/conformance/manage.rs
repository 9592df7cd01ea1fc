//! An account that is being managed: its commands, and all that can be seen of it.

use super::fixture::{
    NOW, STEP, SUBJECT, TENANT, ann, begin, confirm, digest, enrolled, id, job_ids, notice, offer,
    ticket, token, told,
};
use super::{CaseResult, Mismatch, fixture};
use slotwerk_store::{
    AccountKey, AuditKind, Authenticator, AuthenticatorKind, BeginEnrolment, BudgetChanges,
    ConfirmEnrolment, EnrolmentBegun, EnrolmentConfirmed, Id, OpenTicket, PendingEnrolment,
    RemoveAuthenticator, RenameAuthenticator, RenewRecoveryCodes, ReplacedCodes, Stage, Store,
};

/// The ticket that the commands of this file are given under.
pub(super) const PASS: u8 = 0x70;

/// More than any case adds.
pub(super) const ROOM: u32 = 9;

pub(super) fn offering(account: &AccountKey, n: u8) -> BeginEnrolment {
    BeginEnrolment {
        stage: Stage::Manage,
        most_active: ROOM,
        ..begin(account, PASS, n)
    }
}

/// The recovery codes stay as they are.
pub(super) fn adding(account: &AccountKey, n: u8) -> ConfirmEnrolment {
    ConfirmEnrolment {
        stage: Stage::Manage,
        most_active: ROOM,
        recovery_codes: None,
        name: Some(format!("number {n}")),
        step: STEP + u64::from(n),
        ..confirm(account, PASS, n)
    }
}

pub(super) fn replacing(account: &AccountKey, n: u8, replaced: u8) -> ConfirmEnrolment {
    ConfirmEnrolment {
        replaces: Some(id(replaced)),
        ..adding(account, n)
    }
}

pub(super) fn renaming(account: &AccountKey, n: u8, name: Option<&str>) -> RenameAuthenticator {
    RenameAuthenticator {
        ticket: token(PASS),
        account: account.clone(),
        authenticator: id(n),
        name: name.map(str::to_owned),
        subject: SUBJECT,
        now: NOW + 1,
    }
}

/// The last one may not go.
pub(super) fn removing(account: &AccountKey, n: u8) -> RemoveAuthenticator {
    RemoveAuthenticator {
        ticket: token(PASS),
        account: account.clone(),
        authenticator: id(n),
        last_may_go: false,
        notice: notice(0x41),
        subject: SUBJECT,
        now: NOW + 1,
    }
}

/// New codes with the digests of `codes`.
pub(super) fn renewing(account: &AccountKey, codes: &[u8]) -> RenewRecoveryCodes {
    RenewRecoveryCodes {
        ticket: token(PASS),
        account: account.clone(),
        replaces: ReplacedCodes::Any,
        recovery_codes: fixture::codes(codes.iter().copied().map(digest)),
        notice: notice(0x42),
        subject: SUBJECT,
        now: NOW + 1,
        budgets: BudgetChanges::default(),
    }
}

/// Opens ticket `n`, as at the end of a sign-in under this epoch.
pub(super) async fn admit(
    store: &dyn Store,
    account: &AccountKey,
    n: u8,
    epoch: u64,
) -> CaseResult {
    let open = OpenTicket {
        epoch,
        ..ticket(account, n, Stage::Manage)
    };
    Ok(store.open_ticket(&open).await?)
}

/// Begins enrolment `n`, without a mail.
pub(super) async fn offered(store: &dyn Store, account: &AccountKey, n: u8) -> CaseResult {
    let command = BeginEnrolment {
        mail: None,
        ..offering(account, n)
    };
    match store.begin_enrolment(&command).await? {
        EnrolmentBegun::Begun(begun) if begun.id == command.offer.id => Ok(()),
        other => Err(Mismatch(format!("an offer was refused: {other:?}"))),
    }
}

/// Adds authenticator `n`, without a notice.
pub(super) async fn added(store: &dyn Store, account: &AccountKey, n: u8) -> CaseResult {
    offered(store, account, n).await?;
    let command = ConfirmEnrolment {
        notice: None,
        ..adding(account, n)
    };
    match store.confirm_enrolment(&command).await? {
        EnrolmentConfirmed::Confirmed { .. } => Ok(()),
        other => Err(Mismatch(format!("a confirmation failed: {other:?}"))),
    }
}

/// Ann, with authenticators 1 to `count`, ten recovery codes, and ticket [`PASS`].
pub(super) async fn managed(store: &dyn Store, count: u8) -> Result<AccountKey, Mismatch> {
    let ann = ann()?;
    enrolled(store, &ann).await?;
    admit(store, &ann, PASS, 0).await?;
    for n in 2..=count {
        added(store, &ann, n).await?;
    }
    Ok(ann)
}

/// Authenticator `n` as [`added`] leaves it.
pub(super) fn number(n: u8) -> Authenticator {
    Authenticator {
        id: id(n),
        kind: Ok(AuthenticatorKind::Totp),
        sealed: offer(PASS, n).sealed,
        watermark: STEP + u64::from(n),
        drift: -1,
        disbelieved: None,
        ordinal: n.into(),
        name: Some(format!("number {n}")),
        added_at: NOW + 1,
        used_at: NOW + 1,
    }
}

pub(super) async fn active_ids(
    store: &dyn Store,
    account: &AccountKey,
) -> Result<Vec<Id>, Mismatch> {
    let list = store.authenticators(account).await?;
    Ok(list.into_iter().map(|active| active.id).collect())
}

/// The offer that the store makes of [`offer`] where this many authenticators have been added.
pub(super) fn further(pass: u8, n: u8, ordinal: u32) -> EnrolmentBegun {
    EnrolmentBegun::Begun(PendingEnrolment {
        ordinal,
        ..offer(pass, n)
    })
}

/// All that can be seen of an account's second factor, and of what was told.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    active: Vec<Authenticator>,
    pending: Option<PendingEnrolment>,
    codes: u32,
    epoch: u64,
    jobs: Vec<Id>,
    trail: Vec<AuditKind>,
    pass: bool,
}

impl Seen {
    /// Whatever was told, in the tenant, of others.
    pub(super) fn same_account(&self, before: &Self) -> bool {
        let of = |seen: &Self| {
            let list = (seen.active.clone(), seen.pending.clone());
            (list, seen.codes, seen.epoch, seen.pass)
        };
        of(self) == of(before)
    }
}

pub(super) async fn seen(store: &dyn Store, account: &AccountKey) -> Result<Seen, Mismatch> {
    let pass = store
        .find_ticket(account.tenant(), token(PASS), NOW + 1)
        .await?;
    Ok(Seen {
        active: store.authenticators(account).await?,
        pending: store.pending_enrolment(account, NOW + 1).await?,
        codes: store.recovery_codes_left(account).await?,
        epoch: store.credential(account).await?.epoch,
        jobs: job_ids(store).await?,
        trail: told(store, TENANT).await?,
        pass: pass.is_some(),
    })
}
