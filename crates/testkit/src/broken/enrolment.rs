//! What goes wrong when an authenticator is set up.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    BeginEnrolment, ConfirmEnrolment, EnrolmentBegun, EnrolmentConfirmed, Result, Store,
};

impl BrokenStore {
    pub(super) async fn offer(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun> {
        let (account, now) = (&command.account, command.now);
        let before = self.pending_enrolment(account, now).await?;
        self.gap().await;
        let mut command = BeginEnrolment {
            mail: self.notice(&command.mail),
            ..command.clone()
        };
        let mut outcome = self.inner.begin_enrolment(&command).await?;
        if self.has(Flaw::IgnoresTicket) && outcome == EnrolmentBegun::TicketDead {
            command.offer.ticket = self
                .any_ticket(&command.account, command.stage, now)
                .await?;
            outcome = self.inner.begin_enrolment(&command).await?;
        }
        Ok(match (self.flaw, &outcome) {
            (Flaw::GetThenPut, EnrolmentBegun::Resumed(_)) if before.is_none() => {
                EnrolmentBegun::Begun(command.offer)
            }
            (Flaw::RegeneratesEnrolment, EnrolmentBegun::Resumed(_))
            | (Flaw::IgnoresAffectedRows, _) => EnrolmentBegun::Begun(command.offer),
            _ => outcome,
        })
    }

    pub(super) async fn confirm(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        let (account, now) = (&command.account, command.now);
        let was_live = self
            .ticket_was_live(account, command.ticket, command.stage, now)
            .await?
            && self
                .inner
                .pending_enrolment(account, now)
                .await?
                .is_some_and(|pending| pending.id == command.enrolment);
        self.gap().await;
        let mut command = ConfirmEnrolment {
            notice: self.notice(&command.notice),
            now: self.late(now),
            ..command.clone()
        };
        let mut outcome = self.inner.confirm_enrolment(&command).await?;
        if self.has(Flaw::IgnoresTicket) && outcome == EnrolmentConfirmed::TicketDead {
            command.ticket = self.any_ticket(account, command.stage, now).await?;
            outcome = self.inner.confirm_enrolment(&command).await?;
        }
        if self.has(Flaw::NoRollback) && outcome == EnrolmentConfirmed::Gone {
            self.burn_tickets(account, now).await?;
        }
        let version = self.inner.credential(account).await?.version;
        Ok(match self.flaw {
            Flaw::GetThenPut if was_live => EnrolmentConfirmed::Confirmed { version },
            Flaw::IgnoresAffectedRows => EnrolmentConfirmed::Confirmed { version },
            _ => outcome,
        })
    }
}
