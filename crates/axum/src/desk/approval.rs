//! Resets a second factor: at once, or after a second administrator has approved it.

use super::admission::Desk;
use crate::desk_gate::DeskAct;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use slotwerk::{Account, AuditReason, Fault, ForgetSecondFactorOutcome};

/// The name under which requests are sealed.
const NAME: &str = "desk-approval";

/// How long a request waits for its approval, in seconds.
const LIFETIME: u64 = 3600;

/// How far a stored time may be ahead because of another machine's clock.
const TOLERANCE: u64 = 60;

/// A request to reset a second factor that waits for a second administrator. It works once: the reset moves the epoch on.
#[derive(Serialize, Deserialize)]
struct Approval {
    account: String,
    requester: String,
    reason: String,
    epoch: u64,
    until: u64,
}

/// A request that somebody may approve now.
pub(crate) struct Request {
    pub(crate) account: Account,
    pub(crate) requester: Account,
    pub(crate) reason: String,
    pub(crate) until: u64,
}

/// The answer to a request for a reset.
pub(crate) enum RequestOutcome {
    /// The second factor is gone.
    Reset,
    /// Somebody else has to approve it: with this sealed request, until this second (Unix time).
    NeedsApproval { sealed: String, until: u64 },
    /// It is the account of the administrator.
    OwnAccount,
    /// The trail has no room for the reason and the requester.
    ReasonTooLong,
}

/// The answer to an approval.
pub(crate) enum ApproveOutcome {
    /// The second factor is gone.
    Reset(Account),
    /// The request was used, is over, or is not one of this tenant.
    Invalid,
    /// The approver made the request.
    OwnRequest,
    /// It is the account of the approver.
    OwnAccount,
}

impl Approval {
    fn seal(&self, desk: &Desk) -> Result<String, Refusal> {
        let json = serde_json::to_vec(self);
        let json = json.map_err(|_| Fault::Unusable("a request for approval"))?;
        Ok(desk.tenant().seal_host_value(NAME, &json)?)
    }

    fn open(desk: &Desk, sealed: &str) -> Option<Self> {
        let json = desk.tenant().open_host_value(NAME, sealed)?;
        let approval: Self = serde_json::from_slice(&json).ok()?;
        let now = desk.now();
        let latest = now.saturating_add(LIFETIME).saturating_add(TOLERANCE);
        (now < approval.until && approval.until <= latest).then_some(approval)
    }

    /// The reason as the trail keeps it: it names the requester, since the actor is the approver.
    fn kept_reason(reason: &str, requester: &str) -> Option<AuditReason> {
        AuditReason::new(format!("{reason} (requested by {requester})")).ok()
    }
}

impl Desk {
    /// Resets the second factor of an account, or makes the request that somebody else approves.
    pub(crate) async fn request_reset(
        &self,
        account: &Account,
        reason: AuditReason,
    ) -> Result<RequestOutcome, Refusal> {
        if account.id == self.person.id {
            return Ok(RequestOutcome::OwnAccount);
        }
        if !self.gate.second_approver(self.tenant().id()) {
            let by = self.by(Some(reason))?;
            self.admin().forget_second_factor(&account.id, &by).await?;
            return Ok(RequestOutcome::Reset);
        }
        if Approval::kept_reason(reason.as_str(), &self.person.id).is_none() {
            return Ok(RequestOutcome::ReasonTooLong);
        }
        let until = self.now().saturating_add(LIFETIME);
        let approval = Approval {
            account: account.id.clone(),
            requester: self.person.id.clone(),
            reason: reason.as_str().to_owned(),
            epoch: self.epoch(&account.id).await?,
            until,
        };
        let sealed = approval.seal(self)?;
        Ok(RequestOutcome::NeedsApproval { sealed, until })
    }

    /// The request behind its sealed form; `None` if nobody can approve it.
    pub(crate) async fn requested_reset(&self, sealed: &str) -> Result<Option<Request>, Refusal> {
        let Some(approval) = Approval::open(self, sealed) else {
            return Ok(None);
        };
        self.usable(&approval).await
    }

    /// Approves a request. Of several approvals one counts.
    pub(crate) async fn approve_reset(&self, sealed: &str) -> Result<ApproveOutcome, Refusal> {
        let Some(approval) = Approval::open(self, sealed) else {
            return Ok(ApproveOutcome::Invalid);
        };
        if approval.requester == self.person.id {
            return Ok(ApproveOutcome::OwnRequest);
        }
        if approval.account == self.person.id {
            return Ok(ApproveOutcome::OwnAccount);
        }
        let reason = Approval::kept_reason(&approval.reason, &approval.requester);
        let (Some(request), Some(reason)) = (self.usable(&approval).await?, reason) else {
            return Ok(ApproveOutcome::Invalid);
        };
        let by = self.by(Some(reason))?;
        let admin = self.admin();
        let forgotten = admin.forget_second_factor_of(&approval.account, approval.epoch, &by);
        Ok(match forgotten.await? {
            ForgetSecondFactorOutcome::Forgotten { .. } => ApproveOutcome::Reset(request.account),
            _ => ApproveOutcome::Invalid,
        })
    }

    /// The request, if the account has not moved on and the requester may still make it.
    async fn usable(&self, approval: &Approval) -> Result<Option<Request>, Refusal> {
        let account = self.admin().account(&approval.account).await?;
        let requester = self.admin().account(&approval.requester).await?;
        let (Some(account), Some(requester)) = (account, requester) else {
            return Ok(None);
        };
        let may = requester.enabled && self.allows(&requester, DeskAct::ResetSecondFactor).await?;
        if !may || self.epoch(&account.id).await? != approval.epoch {
            return Ok(None);
        }
        Ok(Some(Request {
            account,
            requester,
            reason: approval.reason.clone(),
            until: approval.until,
        }))
    }

    async fn epoch(&self, account: &str) -> Result<u64, Refusal> {
        Ok(self.admin().why_no_sign_in(account, None).await?.epoch)
    }
}
