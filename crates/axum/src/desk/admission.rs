//! Lets an administrator in, if the host allows it.

use crate::desk_gate::{DeskAct, DeskGate};
use crate::refusal::Refusal;
use crate::visit::Visit;
use slotwerk::{Account, Admin, AuditReason, Auth, By, Session, TenantAuth};
use std::sync::Arc;

/// An administrator at work, whom the host has let in.
pub(crate) struct Desk {
    pub(crate) person: Account,
    auth: Auth,
    tenant: TenantAuth,
    pub(super) gate: Arc<dyn DeskGate>,
}

/// Why somebody is not let in.
pub(crate) enum Denied {
    /// Nobody is signed in at this tenant.
    SignedOut,
    /// A change needs a more recent second factor of this session.
    StepUp(Box<Session>),
    /// The host does not allow it, or something failed.
    Refused(Refusal),
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Desk {
    /// Lets the signed-in person in for this act, if the host allows it.
    pub(crate) async fn enter(visit: &mut Visit, act: DeskAct) -> Result<Self, Denied> {
        let Some(gate) = visit.web.desk_gate().cloned() else {
            return Err(Refusal::NotFound.into());
        };
        let Some(session) = visit.signed_in().await? else {
            return Err(Denied::SignedOut);
        };
        let desk = Self {
            person: session.account().clone(),
            auth: visit.web.auth().clone(),
            tenant: visit.tenant_auth()?.clone(),
            gate,
        };
        if !desk.may(act).await? {
            return Err(Refusal::DeskNotAllowed.into());
        }
        if act.changes() && !session.has_recent_second_factor() {
            return Err(Denied::StepUp(Box::new(session)));
        }
        Ok(desk)
    }

    /// The calls of the tenant.
    pub(crate) fn admin(&self) -> Admin<'_> {
        self.auth.admin(&self.tenant)
    }

    pub(crate) fn tenant(&self) -> &TenantAuth {
        &self.tenant
    }

    /// The time (Unix time).
    pub(crate) fn now(&self) -> u64 {
        self.auth.now().as_secs()
    }

    /// Whether the host allows the act to the administrator.
    pub(crate) async fn may(&self, act: DeskAct) -> Result<bool, Refusal> {
        self.allows(&self.person, act).await
    }

    pub(super) async fn allows(&self, person: &Account, act: DeskAct) -> Result<bool, Refusal> {
        let allowed = self.gate.allows(self.tenant.id(), person, act).await;
        allowed.map_err(Refusal::Away)
    }

    /// The administrator as the actor of the audit trail.
    pub(crate) fn by(&self, reason: Option<AuditReason>) -> Result<By, Refusal> {
        let by = By::new(&self.person.id).map_err(|error| Refusal::Fault(Box::new(error)))?;
        Ok(match reason {
            Some(reason) => by.because(reason),
            None => by,
        })
    }
}
