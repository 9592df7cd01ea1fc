//! Commands with everything in order, for accounts that a test numbers.

use slotwerk_store::{
    AccountKey, AdvanceTotpStep, AuditKind, AuditPage, AuditRow, AuthenticatorKind, BeginEnrolment,
    BudgetChanges, CodeDigest, ConfirmEnrolment, ConsumeReset, CreateSession, EnrolmentBegun,
    EnrolmentConfirmed, HashedCodes, Id, IssueReset, KeepHistory, MailState, NewJob, OpenTicket,
    PasswordStanding, PendingEnrolment, RemoveAuthenticator, RenewRecoveryCodes, ReplacedCodes,
    ResetIssued, SessionData, SpendRecoveryCode, Stage, Store, Subject, TokenHash,
};

pub(crate) const NOW: u64 = 1_700_000_000;
pub(crate) const TENANT: &str = "noord";
pub(crate) const STEP: u64 = NOW / 30;

/// An account by its number. Its rows have ids that no other account's rows have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who(pub(crate) u64);

impl Who {
    fn bytes<const N: usize>(self, n: u64) -> [u8; N] {
        let mut bytes = [0; N];
        bytes[..8].copy_from_slice(&self.0.to_be_bytes());
        bytes[8..16].copy_from_slice(&n.to_be_bytes());
        bytes
    }

    pub(crate) fn account(self) -> AccountKey {
        AccountKey::new(TENANT, format!("account {}", self.0)).unwrap()
    }

    pub(crate) fn subject(self) -> Subject {
        Subject(self.bytes(0))
    }

    pub(crate) fn id(self, n: u64) -> Id {
        Id(self.bytes(n))
    }

    pub(crate) fn token(self, n: u64) -> TokenHash {
        TokenHash(self.bytes(n))
    }

    pub(crate) fn digest(self, n: u64) -> CodeDigest {
        CodeDigest(self.bytes(n))
    }

    /// Ten codes, numbered from ten times `set`.
    pub(crate) fn codes(self, set: u64) -> HashedCodes {
        HashedCodes {
            hashing: format!("set {set}"),
            digests: (0..10).map(|code| self.digest(set * 10 + code)).collect(),
        }
    }

    pub(crate) fn notice(self, n: u64) -> NewJob {
        NewJob {
            id: self.id(n),
            tenant: TENANT.to_owned(),
            payload: b"notice".to_vec(),
            created_at: NOW,
            ready_at: NOW,
            capacity: u32::MAX,
            note: None,
        }
    }

    pub(crate) fn link(self, n: u64, epoch: u64) -> IssueReset {
        IssueReset {
            token: self.token(n),
            account: self.account(),
            job: self.id(n),
            epoch,
            binding: [7; 32],
            expires_at: NOW + 3600,
            max_live: 3,
            invited: None,
            now: NOW,
        }
    }

    /// Uses link `n`.
    pub(crate) fn consume(self, n: u64) -> ConsumeReset {
        ConsumeReset {
            token: self.token(n),
            account: self.account(),
            binding: [7; 32],
            hash: format!("by link {n}"),
            recheck: false,
            keep: KeepHistory { last: 24, since: 0 },
            notice: None,
            subject: self.subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        }
    }

    /// A session of an account without a password.
    pub(crate) fn session(self, n: u64) -> CreateSession {
        CreateSession {
            token: self.token(n),
            account: self.account(),
            epoch: 0,
            data: SessionData::new(Vec::new()).unwrap(),
            expires_at: NOW + 3600,
            idle_secs: 600,
            max_live: 5,
            now: NOW,
        }
    }

    pub(crate) fn ticket(self, n: u64, stage: Stage) -> OpenTicket {
        OpenTicket {
            token: self.token(n),
            account: self.account(),
            stage,
            standing: PasswordStanding::Good,
            epoch: 0,
            expires_at: NOW + 600,
            max_live: 200,
            now: NOW,
            budgets: BudgetChanges::default(),
        }
    }

    /// Begins enrolment `n` under ticket `ticket`.
    pub(crate) fn begin(self, ticket: u64, n: u64, stage: Stage) -> BeginEnrolment {
        BeginEnrolment {
            stage,
            account: self.account(),
            offer: PendingEnrolment {
                id: self.id(n),
                sealed: vec![1; 40],
                ticket: self.token(ticket),
                shared: true,
                mail: MailState::Queued,
                expires_at: NOW + 600,
                ordinal: 1,
                kind: AuthenticatorKind::Totp,
            },
            most_active: 9,
            mail: None,
            now: NOW,
        }
    }

    /// Confirms enrolment `n` under ticket `ticket`.
    pub(crate) fn confirm(self, ticket: u64, n: u64, stage: Stage) -> ConfirmEnrolment {
        ConfirmEnrolment {
            ticket: self.token(ticket),
            stage,
            account: self.account(),
            enrolment: self.id(n),
            name: None,
            most_active: 9,
            replaces: None,
            revokes: false,
            step: STEP,
            drift: 0,
            recovery_codes: Some(self.codes(0)),
            notice: None,
            subject: self.subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        }
    }

    /// Accepts a step of authenticator 1 under ticket `ticket`.
    pub(crate) fn advance(self, ticket: u64, step: u64) -> AdvanceTotpStep {
        AdvanceTotpStep {
            ticket: self.token(ticket),
            account: self.account(),
            authenticator: self.id(1),
            step,
            drift: 0,
            resynchronised: false,
            notice: None,
            subject: self.subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        }
    }

    /// Uses a recovery code under ticket `ticket`.
    pub(crate) fn spend(self, ticket: u64, code: u64) -> SpendRecoveryCode {
        SpendRecoveryCode {
            ticket: self.token(ticket),
            account: self.account(),
            digests: vec![self.digest(code)],
            notice: None,
            subject: self.subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        }
    }

    /// Removes authenticator `n` under ticket `ticket`. The last one may not go.
    pub(crate) fn remove(self, ticket: u64, n: u64) -> RemoveAuthenticator {
        RemoveAuthenticator {
            ticket: self.token(ticket),
            account: self.account(),
            authenticator: self.id(n),
            last_may_go: false,
            notice: None,
            subject: self.subject(),
            now: NOW,
        }
    }

    /// Renews the recovery codes under ticket `ticket`.
    pub(crate) fn renew(self, ticket: u64, set: u64) -> RenewRecoveryCodes {
        RenewRecoveryCodes {
            replaces: ReplacedCodes::Any,
            ticket: self.token(ticket),
            account: self.account(),
            recovery_codes: self.codes(set),
            notice: None,
            subject: self.subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        }
    }

    pub(crate) async fn issue(self, store: &dyn Store, n: u64, epoch: u64) {
        let issued = store.issue_reset(&self.link(n, epoch)).await.unwrap();
        assert_eq!(issued, ResetIssued::Issued);
    }

    pub(crate) async fn open(self, store: &dyn Store, n: u64, stage: Stage) {
        store.open_ticket(&self.ticket(n, stage)).await.unwrap();
    }

    /// Authenticator 1 and ten recovery codes, under ticket 1.
    pub(crate) async fn enrol(self, store: &dyn Store) {
        self.open(store, 1, Stage::Enrol).await;
        self.pend(store, 1, Stage::Enrol).await;
        self.finish(store, self.confirm(1, 1, Stage::Enrol)).await;
    }

    /// Authenticator 2 beside the first, under ticket 2, which stays.
    pub(crate) async fn enrol_another(self, store: &dyn Store) {
        self.open(store, 2, Stage::Manage).await;
        self.pend(store, 2, Stage::Manage).await;
        self.finish(store, self.confirm(2, 2, Stage::Manage)).await;
    }

    /// An enrolment that waits for its first code, with the number of its ticket.
    pub(crate) async fn pend(self, store: &dyn Store, n: u64, stage: Stage) {
        let begun = store.begin_enrolment(&self.begin(n, n, stage)).await;
        assert!(matches!(begun, Ok(EnrolmentBegun::Begun(_))), "{begun:?}");
    }

    async fn finish(self, store: &dyn Store, command: ConfirmEnrolment) {
        let confirmed = store.confirm_enrolment(&command).await.unwrap();
        assert_eq!(confirmed, EnrolmentConfirmed::Confirmed { epoch: 0 });
    }

    /// How many audit rows of this kind the account has, of a page.
    pub(crate) async fn audited(self, store: &dyn Store, kind: AuditKind) -> usize {
        let rows = self.trail(store, None).await;
        rows.iter().filter(|row| row.kind == kind).count()
    }

    /// A page of its audit rows, newest first.
    pub(crate) async fn trail(self, store: &dyn Store, before: Option<(u64, Id)>) -> Vec<AuditRow> {
        let page = AuditPage {
            tenant: TENANT.to_owned(),
            subjects: Some(vec![self.subject()]),
            before,
            limit: u16::MAX,
        };
        store.audit_page(&page).await.unwrap()
    }
}
