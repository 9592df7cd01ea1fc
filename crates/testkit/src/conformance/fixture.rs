//! Commands with everything in order, for the cases to spoil one thing at a time.

use super::Mismatch;
use slotwerk_store::{
    AccessRevoked, AccountKey, AdvanceTotpStep, AuditKind, AuthenticatorKind, BeginEnrolment,
    BudgetChanges, ChangePassword, CodeDigest, ConfirmEnrolment, ConsumeReset, Enqueued,
    EnrolmentBegun, EnrolmentConfirmed, FinishJob, Forget, HashReplaced, HashedCodes, Id,
    IssueReset, Job, KeepHistory, LeaseJobs, MailState, NewJob, OpenTicket, PasswordChanged,
    PasswordStanding, PendingEnrolment, ReplaceHash, ResetIssued, RevokeAccess, SpendRecoveryCode,
    Stage, Store, Subject, TokenHash, latest_expiry,
};

pub(super) type Seen<T> = Result<T, Mismatch>;

pub(super) const NOW: u64 = 1_700_000_000;
/// How the codes of a set were hashed: as long as a store must take.
pub(super) const HASHING: &str = "$argon2id$v=19$m=1048576,t=64,p=16$0123456789abcdefghijkl=======================================================================";
pub(super) const HOUR: u64 = 3600;
/// The limit of a purge that is to leave nothing.
pub(super) const ALL: u32 = u32::MAX;
pub(super) const TENANT: &str = "noord";
pub(super) const OTHER_TENANT: &str = "zuid";
pub(super) const BINDING: [u8; 32] = [0xb1; 32];
pub(super) const SUBJECT: Subject = Subject([0x5b; 32]);
/// The step of the first code, in `enrolled`.
pub(super) const STEP: u64 = NOW / 30;

pub(super) fn ann() -> Seen<AccountKey> {
    Ok(AccountKey::new(TENANT, "ann")?)
}

pub(super) fn bob() -> Seen<AccountKey> {
    Ok(AccountKey::new(TENANT, "bob")?)
}

/// The same account id in another tenant is another account.
pub(super) fn other_ann() -> Seen<AccountKey> {
    Ok(AccountKey::new(OTHER_TENANT, "ann")?)
}

pub(super) fn id(n: u8) -> Id {
    Id([n; 16])
}

pub(super) fn token(n: u8) -> TokenHash {
    TokenHash([n; 32])
}

pub(super) fn digest(n: u8) -> CodeDigest {
    CodeDigest([n; 32])
}

/// A set of codes, hashed in the way that a caller writes down.
pub(super) fn codes(digests: impl IntoIterator<Item = CodeDigest>) -> HashedCodes {
    HashedCodes {
        hashing: HASHING.to_owned(),
        digests: digests.into_iter().collect(),
    }
}

pub(super) fn job(n: u8) -> NewJob {
    NewJob {
        id: id(n),
        tenant: TENANT.to_owned(),
        payload: vec![n; 3],
        created_at: NOW,
        ready_at: NOW,
        capacity: 100,
        note: None,
    }
}

/// A lease by a worker that has served nobody yet.
pub(super) fn lease(now: u64, lease_until: u64, limit: u32) -> LeaseJobs {
    LeaseJobs {
        now,
        lease_until,
        limit,
        after: None,
        skip: Vec::new(),
    }
}

pub(super) fn finish(id: Id, attempt: u32) -> FinishJob {
    FinishJob {
        id,
        attempt,
        note: None,
    }
}

/// A notice; its id tells it from the jobs of the cases.
pub(super) fn notice(n: u8) -> Option<NewJob> {
    Some(job(0x80 | n))
}

pub(super) fn change(account: &AccountKey, expected_epoch: u64, hash: &str) -> ChangePassword {
    ChangePassword {
        account: account.clone(),
        expected_epoch,
        hash: hash.to_owned(),
        recheck: false,
        keep: KeepHistory::NOTHING,
        notice: None,
        subject: SUBJECT,
        now: NOW,
        budgets: BudgetChanges::default(),
    }
}

/// Whatever the epoch, the password aside, without a notice.
pub(super) fn revoke(account: &AccountKey) -> RevokeAccess {
    RevokeAccess {
        account: account.clone(),
        expected_epoch: None,
        forget: Forget::Nothing,
        notice: None,
        subject: SUBJECT,
        actor: None,
        reason: None,
        now: NOW,
    }
}

/// A link of a job of its own.
pub(super) fn link(account: &AccountKey, n: u8) -> IssueReset {
    IssueReset {
        token: token(n),
        account: account.clone(),
        job: id(n),
        epoch: 0,
        binding: BINDING,
        expires_at: NOW + HOUR,
        max_live: 3,
        invited: None,
        now: NOW,
    }
}

pub(super) fn consume(account: &AccountKey, n: u8) -> ConsumeReset {
    ConsumeReset {
        token: token(n),
        account: account.clone(),
        binding: BINDING,
        hash: format!("hash by link {n}"),
        recheck: false,
        keep: KeepHistory::NOTHING,
        notice: notice(n),
        subject: SUBJECT,
        now: NOW + 1,
        budgets: BudgetChanges::default(),
    }
}

pub(super) fn ticket(account: &AccountKey, n: u8, stage: Stage) -> OpenTicket {
    OpenTicket {
        token: token(n),
        account: account.clone(),
        stage,
        standing: PasswordStanding::Good,
        epoch: 0,
        expires_at: NOW + HOUR,
        max_live: 50,
        now: NOW,
        budgets: BudgetChanges::default(),
    }
}

/// Begun under ticket `ticket`.
pub(super) fn offer(ticket: u8, n: u8) -> PendingEnrolment {
    PendingEnrolment {
        id: id(n),
        sealed: vec![n; 40],
        ticket: token(ticket),
        shared: true,
        mail: MailState::Queued,
        expires_at: NOW + HOUR,
        ordinal: 1,
        kind: AuthenticatorKind::Totp,
    }
}

/// One that is of its ticket alone.
pub(super) fn own_offer(ticket: u8, n: u8) -> PendingEnrolment {
    PendingEnrolment {
        shared: false,
        ..offer(ticket, n)
    }
}

pub(super) fn begin(account: &AccountKey, ticket: u8, n: u8) -> BeginEnrolment {
    BeginEnrolment {
        stage: Stage::Enrol,
        account: account.clone(),
        offer: offer(ticket, n),
        most_active: 0,
        mail: notice(n),
        now: NOW + 1,
    }
}

pub(super) fn confirm(account: &AccountKey, ticket: u8, n: u8) -> ConfirmEnrolment {
    ConfirmEnrolment {
        ticket: token(ticket),
        stage: Stage::Enrol,
        account: account.clone(),
        enrolment: id(n),
        name: Some("phone".to_owned()),
        most_active: 0,
        replaces: None,
        revokes: false,
        step: STEP,
        drift: -1,
        recovery_codes: Some(codes((1..=10).map(digest))),
        notice: notice(0x40),
        subject: SUBJECT,
        now: NOW + 1,
        budgets: BudgetChanges::default(),
    }
}

pub(super) fn advance(account: &AccountKey, ticket: u8, step: u64) -> AdvanceTotpStep {
    AdvanceTotpStep {
        ticket: token(ticket),
        account: account.clone(),
        authenticator: id(1),
        step,
        drift: 1,
        resynchronised: false,
        notice: None,
        subject: SUBJECT,
        now: NOW + 1,
        budgets: BudgetChanges::default(),
    }
}

pub(super) fn spend(account: &AccountKey, ticket: u8, code: u8) -> SpendRecoveryCode {
    SpendRecoveryCode {
        ticket: token(ticket),
        account: account.clone(),
        digests: vec![digest(0xee), digest(code)],
        notice: notice(code),
        subject: SUBJECT,
        now: NOW + 1,
        budgets: BudgetChanges::default(),
    }
}

pub(super) async fn queued(store: &dyn Store, job: &NewJob) -> Seen<()> {
    match store.enqueue(job).await? {
        Enqueued::Queued => Ok(()),
        Enqueued::Full => Err(Mismatch("a job was refused".to_owned())),
    }
}

pub(super) async fn issued(store: &dyn Store, command: &IssueReset) -> Seen<()> {
    match store.issue_reset(command).await? {
        ResetIssued::Issued => Ok(()),
        other => Err(Mismatch(format!("a link was refused: {other:?}"))),
    }
}

/// Runs a revocation that nothing stands against; the new epoch.
pub(super) async fn revoked(store: &dyn Store, command: &RevokeAccess) -> Seen<u64> {
    match store.revoke_access(command).await? {
        AccessRevoked::Revoked { epoch } => Ok(epoch),
        AccessRevoked::Stale => Err(Mismatch("a revocation was refused".to_owned())),
    }
}

pub(super) async fn password(store: &dyn Store, account: &AccountKey, hash: &str) -> Seen<u64> {
    let epoch = store.credential(account).await?.epoch;
    match store.change_password(&change(account, epoch, hash)).await? {
        PasswordChanged::Changed { epoch } => Ok(epoch),
        PasswordChanged::Stale => Err(Mismatch("a password was refused".to_owned())),
    }
}

pub(super) fn keep(last: u16, since: u64) -> KeepHistory {
    KeepHistory { last, since }
}

/// Sets a password as the account stands, with what is to be remembered.
pub(super) async fn chosen(
    store: &dyn Store,
    account: &AccountKey,
    hash: &str,
    keep: KeepHistory,
    now: u64,
) -> Seen<()> {
    let epoch = store.credential(account).await?.epoch;
    let command = ChangePassword {
        keep,
        now,
        ..change(account, epoch, hash)
    };
    match store.change_password(&command).await? {
        PasswordChanged::Changed { .. } => Ok(()),
        PasswordChanged::Stale => Err(Mismatch("a password was refused".to_owned())),
    }
}

/// All past passwords, newest first, each with the second it was retired in.
pub(super) async fn remembered(
    store: &dyn Store,
    account: &AccountKey,
) -> Seen<Vec<(String, u64)>> {
    let past = store.password_history(account, u16::MAX).await?;
    Ok(past.into_iter().map(|p| (p.hash, p.retired_at)).collect())
}

/// Past passwords as `remembered` gives them.
pub(super) fn past(due: &[(&str, u64)]) -> Vec<(String, u64)> {
    due.iter().map(|(h, at)| ((*h).to_owned(), *at)).collect()
}

/// `count` passwords, `p0` first, one each hour from `NOW` on, of which all past ones are kept.
pub(super) async fn several(store: &dyn Store, account: &AccountKey, count: u64) -> Seen<()> {
    for n in 0..count {
        let (hash, at) = (format!("p{n}"), NOW + n * HOUR);
        chosen(store, account, &hash, keep(24, u64::MAX), at).await?;
    }
    Ok(())
}

pub(super) async fn set_hash(
    store: &dyn Store,
    account: &AccountKey,
    expected: &str,
    replacement: &str,
) -> Seen<HashReplaced> {
    let command = ReplaceHash {
        account: account.clone(),
        expected: expected.to_owned(),
        replacement: replacement.to_owned(),
    };
    Ok(store.replace_hash(&command).await?)
}

/// An account with authenticator 1, watermark [`STEP`], and recovery codes 1 to 10. Uses up ticket
/// 0xff and leaves no notice.
pub(super) async fn enrolled(store: &dyn Store, account: &AccountKey) -> Seen<()> {
    store
        .open_ticket(&ticket(account, 0xff, Stage::Enrol))
        .await?;
    let unmailed = BeginEnrolment {
        mail: None,
        ..begin(account, 0xff, 1)
    };
    let begun = store.begin_enrolment(&unmailed).await?;
    if begun != EnrolmentBegun::Begun(offer(0xff, 1)) {
        return Err(Mismatch(format!("an enrolment was refused: {begun:?}")));
    }
    let unnoticed = ConfirmEnrolment {
        notice: None,
        ..confirm(account, 0xff, 1)
    };
    let confirmed = store.confirm_enrolment(&unnoticed).await?;
    if confirmed != (EnrolmentConfirmed::Confirmed { epoch: 0 }) {
        return Err(Mismatch(format!("a confirmation failed: {confirmed:?}")));
    }
    Ok(())
}

/// All jobs, whenever they are due. Leases them for a day beyond that.
pub(super) async fn jobs(store: &dyn Store) -> Seen<Vec<Job>> {
    let late = NOW + 1_000_000_000;
    let jobs = store.lease_jobs(&lease(late, late, 1000)).await?;
    Ok(jobs)
}

/// The ids of all jobs, in order.
pub(super) async fn job_ids(store: &dyn Store) -> Seen<Vec<Id>> {
    let mut ids: Vec<Id> = jobs(store).await?.into_iter().map(|job| job.id).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// What the trail of the tenant tells, oldest first.
pub(super) async fn told(store: &dyn Store, tenant: &str) -> Seen<Vec<AuditKind>> {
    let rows = store.audit_trail(tenant, 0, 1000).await?;
    Ok(rows.into_iter().map(|row| row.kind).collect())
}

/// How often `kind` is told of in the tenant.
pub(super) async fn told_of(store: &dyn Store, kind: AuditKind) -> Seen<usize> {
    let told = told(store, TENANT).await?;
    Ok(told.into_iter().filter(|told| *told == kind).count())
}

pub(super) async fn link_lives(store: &dyn Store, account: &AccountKey, n: u8) -> Seen<bool> {
    let found = store
        .find_reset(account.tenant(), token(n), NOW + 1)
        .await?;
    Ok(found.is_some())
}

pub(super) async fn ticket_lives(store: &dyn Store, account: &AccountKey, n: u8) -> Seen<bool> {
    let found = store
        .find_ticket(account.tenant(), token(n), NOW + 1)
        .await?;
    Ok(found.is_some())
}

/// Tickets that are of no use to Ann at `NOW + 1` where `stage` is needed, each for one reason.
pub(super) async fn dead_tickets(
    store: &dyn Store,
    stage: Stage,
) -> Seen<Vec<(&'static str, TokenHash)>> {
    let (one, other) = match stage {
        Stage::Enrol => (Stage::Verify, Stage::Manage),
        Stage::Verify => (Stage::Manage, Stage::Enrol),
        Stage::Manage => (Stage::Enrol, Stage::Verify),
    };
    let opened = [
        ("of another stage", ticket(&ann()?, 0xa1, one)),
        ("of the third stage", ticket(&ann()?, 0xa6, other)),
        ("of another account", ticket(&bob()?, 0xa2, stage)),
        ("of another tenant", ticket(&other_ann()?, 0xa3, stage)),
        (
            "that expires at this second",
            OpenTicket {
                expires_at: NOW + 1,
                ..ticket(&ann()?, 0xa4, stage)
            },
        ),
        (
            "that expires too far ahead",
            OpenTicket {
                expires_at: latest_expiry(NOW + 1) + 1,
                now: NOW + HOUR,
                ..ticket(&ann()?, 0xa7, stage)
            },
        ),
        (
            "of another epoch",
            OpenTicket {
                epoch: 1,
                ..ticket(&ann()?, 0xa5, stage)
            },
        ),
    ];
    let mut dead = vec![("that is unknown", token(0xa0))];
    for (what, open) in opened {
        store.open_ticket(&open).await?;
        dead.push((what, open.token));
    }
    Ok(dead)
}
