//! What goes wrong with active authenticators and recovery codes.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccountKey, AdvanceTotpStep, Authenticator, AuthenticatorRemoved, AuthenticatorRenamed,
    RecoveryCodeSpent, RecoveryCodesRenewed, RemoveAuthenticator, RenameAuthenticator,
    RenewRecoveryCodes, Result, SpendRecoveryCode, Stage, StepAdvanced, Store,
};

impl BrokenStore {
    /// The authenticators as this store gives them.
    pub(super) async fn active(&self, account: &AccountKey) -> Result<Vec<Authenticator>> {
        self.inner.authenticators(account).await
    }

    pub(super) async fn rename(
        &self,
        command: &RenameAuthenticator,
    ) -> Result<AuthenticatorRenamed> {
        let (account, now) = (&command.account, command.now);
        let mut command = RenameAuthenticator {
            now: self.late(now),
            ..command.clone()
        };
        let mut outcome = self.inner.rename_authenticator(&command).await?;
        if self.has(Flaw::IgnoresTicket) && outcome == AuthenticatorRenamed::TicketDead {
            command.ticket = self.any_ticket(account, Stage::Manage, now).await?;
            outcome = self.inner.rename_authenticator(&command).await?;
        }
        if self.has(Flaw::NoRollback) && outcome == AuthenticatorRenamed::Unknown {
            self.burn_tickets(account, now).await?;
        }
        Ok(match self.flaw {
            Flaw::IgnoresAffectedRows => AuthenticatorRenamed::Renamed,
            _ => outcome,
        })
    }

    pub(super) async fn remove(
        &self,
        command: &RemoveAuthenticator,
    ) -> Result<AuthenticatorRemoved> {
        let (account, now) = (&command.account, command.now);
        let before = self.inner.authenticators(account).await?;
        let was_there = before.iter().any(|a| a.id == command.authenticator)
            && (before.len() > 1 || command.last_may_go)
            && self
                .ticket_was_live(account, command.ticket, Stage::Manage, now)
                .await?;
        self.gap().await;
        let mut command = RemoveAuthenticator {
            notice: self.notice(&command.notice),
            now: self.late(now),
            ..command.clone()
        };
        let mut outcome = self.inner.remove_authenticator(&command).await?;
        if self.has(Flaw::IgnoresTicket) && outcome == AuthenticatorRemoved::TicketDead {
            command.ticket = self.any_ticket(account, Stage::Manage, now).await?;
            outcome = self.inner.remove_authenticator(&command).await?;
        }
        let refused = matches!(
            outcome,
            AuthenticatorRemoved::Unknown | AuthenticatorRemoved::Last
        );
        if self.has(Flaw::NoRollback) && refused {
            self.burn_tickets(account, now).await?;
        }
        let version = self.inner.credential(account).await?.version;
        let left = u32::try_from(before.len().saturating_sub(1)).unwrap_or(u32::MAX);
        Ok(match self.flaw {
            Flaw::GetThenPut if was_there => AuthenticatorRemoved::Removed { left, version },
            Flaw::IgnoresAffectedRows => AuthenticatorRemoved::Removed { left, version },
            _ => outcome,
        })
    }

    pub(super) async fn advance(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced> {
        let (account, now) = (&command.account, command.now);
        let was_live = self
            .ticket_was_live(account, command.ticket, Stage::Verify, now)
            .await?
            && self
                .inner
                .authenticators(account)
                .await?
                .iter()
                .any(|a| a.id == command.authenticator && a.watermark < command.step);
        self.gap().await;
        let mut command = AdvanceTotpStep {
            notice: self.notice(&command.notice),
            now: self.late(now),
            ..command.clone()
        };
        let mut outcome = self.inner.advance_totp_step(&command).await?;
        if self.has(Flaw::IgnoresTicket) && outcome == StepAdvanced::TicketDead {
            command.ticket = self.any_ticket(account, Stage::Verify, now).await?;
            outcome = self.inner.advance_totp_step(&command).await?;
        }
        if self.has(Flaw::NoRollback) && outcome == StepAdvanced::Replayed {
            self.burn_tickets(account, now).await?;
        }
        let version = self.inner.credential(account).await?.version;
        Ok(match self.flaw {
            Flaw::GetThenPut if was_live => StepAdvanced::Advanced { version },
            Flaw::IgnoresAffectedRows => StepAdvanced::Advanced { version },
            _ => outcome,
        })
    }

    pub(super) async fn spend(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent> {
        let (account, now) = (&command.account, command.now);
        let was_live = self
            .ticket_was_live(account, command.ticket, Stage::Verify, now)
            .await?;
        let before = self.inner.recovery_codes_left(account).await?;
        self.gap().await;
        let mut command = SpendRecoveryCode {
            notice: self.notice(&command.notice),
            now: self.late(now),
            ..command.clone()
        };
        let mut outcome = self.inner.spend_recovery_code(&command).await?;
        if self.has(Flaw::IgnoresTicket) && outcome == RecoveryCodeSpent::TicketDead {
            command.ticket = self.any_ticket(account, Stage::Verify, now).await?;
            outcome = self.inner.spend_recovery_code(&command).await?;
        }
        if self.has(Flaw::NoRollback) && outcome == RecoveryCodeSpent::Unknown {
            self.burn_tickets(account, now).await?;
        }
        let after = self.inner.recovery_codes_left(account).await?;
        let version = self.inner.credential(account).await?.version;
        Ok(match self.flaw {
            // Somebody else spent a code meanwhile; this one had read it as unspent.
            Flaw::GetThenPut if was_live && after < before => RecoveryCodeSpent::Spent {
                remaining: before.saturating_sub(1),
                version,
            },
            Flaw::IgnoresAffectedRows => RecoveryCodeSpent::Spent {
                remaining: after,
                version,
            },
            _ => outcome,
        })
    }

    pub(super) async fn renew(&self, command: &RenewRecoveryCodes) -> Result<RecoveryCodesRenewed> {
        let (account, now) = (&command.account, command.now);
        let mut command = RenewRecoveryCodes {
            notice: self.notice(&command.notice),
            now: self.late(now),
            ..command.clone()
        };
        let mut outcome = self.inner.renew_recovery_codes(&command).await?;
        if self.has(Flaw::IgnoresTicket) && outcome == RecoveryCodesRenewed::TicketDead {
            command.ticket = self.any_ticket(account, Stage::Manage, now).await?;
            outcome = self.inner.renew_recovery_codes(&command).await?;
        }
        Ok(match self.flaw {
            Flaw::IgnoresAffectedRows => RecoveryCodesRenewed::Renewed,
            _ => outcome,
        })
    }
}
