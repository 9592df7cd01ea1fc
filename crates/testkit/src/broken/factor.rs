//! What goes wrong with active authenticators.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccountKey, AdvanceTotpStep, Authenticator, AuthenticatorKind, AuthenticatorRemoved,
    AuthenticatorRenamed, BudgetChanges, Id, OpenTicket, RemoveAuthenticator, RenameAuthenticator,
    RenewRecoveryCodes, ReplacedCodes, Result, Stage, StepAdvanced, Store,
};
use slotwerk_store::{MoveWatermark, WatermarkMoved};

impl BrokenStore {
    /// The authenticators as this store gives them.
    pub(super) async fn active(&self, account: &AccountKey) -> Result<Vec<Authenticator>> {
        let mut active = self.inner.authenticators(account).await?;
        let highest = active.iter().map(|a| a.watermark).max().unwrap_or_default();
        for one in &mut active {
            match self.flaw {
                Flaw::LosesKind => one.kind = AuthenticatorKind::from_name(""),
                Flaw::LosesName => one.name = None,
                Flaw::LosesUse => one.used_at = one.added_at,
                Flaw::MovesAddition => one.added_at = one.used_at,
                Flaw::SharesWatermark => one.watermark = highest,
                Flaw::SharesOrdinals => one.ordinal = 1,
                _ => {}
            }
        }
        if self.has(Flaw::PurgesAuthenticators) && self.notes().purged {
            active.clear();
        }
        if self.has(Flaw::OrdersFactorsByArrival) {
            let arrived = self.notes().arrived.clone();
            active.sort_by_key(|a| arrived.iter().position(|id| *id == a.id));
        }
        if self.has(Flaw::ReplacesInPlace) {
            for (id, place) in self.notes().places.clone() {
                if let Some(at) = active.iter().position(|a| a.id == id) {
                    let one = active.remove(at);
                    active.insert(place.min(active.len()), one);
                }
            }
        }
        Ok(active)
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
        if outcome == AuthenticatorRenamed::TicketInvalid {
            let given = command.ticket;
            if let Some(ticket) = self.instead(account, given, Stage::Manage, now).await? {
                command.ticket = ticket;
                outcome = self.inner.rename_authenticator(&command).await?;
            }
        }
        if outcome == AuthenticatorRenamed::Unknown && self.has(Flaw::FindsByIdAlone) {
            for other in self.others(account) {
                let elsewhere = RenameAuthenticator {
                    ticket: self.any_ticket(&other, Stage::Manage, now).await?,
                    account: other,
                    ..command.clone()
                };
                outcome = self.inner.rename_authenticator(&elsewhere).await?;
            }
        }
        match outcome {
            AuthenticatorRenamed::Renamed => {
                self.spend_pass(account, Stage::Manage, now).await?;
                if self.has(Flaw::RevokesTooMuch) {
                    self.revoke_too(account).await?;
                }
            }
            AuthenticatorRenamed::Unknown if self.has(Flaw::NoRollback) => {
                self.burn_tickets(account, now).await?;
            }
            _ => {}
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
        let mut made = RemoveAuthenticator {
            notice: self.notice(&command.notice),
            now: self.late(now),
            last_may_go: command.last_may_go || self.has(Flaw::RemovesTheLast),
            ..command.clone()
        };
        let outcome = self.remove_somehow(&mut made).await?;
        if let AuthenticatorRemoved::Removed { left, epoch } = outcome {
            let gone = (account.clone(), command.authenticator);
            self.notes().removed.insert(gone);
            if self.has(Flaw::KeepsOrphanedCodes) && left == 0 {
                let restored = RenewRecoveryCodes {
                    replaces: ReplacedCodes::Any,
                    ticket: self.any_ticket(account, Stage::Manage, now).await?,
                    account: account.clone(),
                    recovery_codes: self.noted_codes(account),
                    notice: None,
                    subject: command.subject,
                    now,
                    budgets: BudgetChanges::default(),
                };
                let _ = self.inner.renew_recovery_codes(&restored).await?;
            }
            let epoch = self.after_revocation(account, epoch).await?;
            return Ok(AuthenticatorRemoved::Removed { left, epoch });
        }
        self.refused(command.notice.as_ref()).await?;
        if self.has(Flaw::NoRollback) && outcome != AuthenticatorRemoved::TicketInvalid {
            self.burn_tickets(account, now).await?;
        }
        let epoch = self.inner.credential(account).await?.epoch;
        let left = u32::try_from(before.len().saturating_sub(1)).unwrap_or(u32::MAX);
        Ok(match self.flaw {
            Flaw::GetThenPut if was_there => AuthenticatorRemoved::Removed { left, epoch },
            Flaw::IgnoresAffectedRows => AuthenticatorRemoved::Removed { left, epoch },
            _ => outcome,
        })
    }

    /// Removes, with what this store overlooks.
    async fn remove_somehow(&self, made: &mut RemoveAuthenticator) -> Result<AuthenticatorRemoved> {
        let (account, now) = (made.account.clone(), made.now);
        let mut outcome = self.inner.remove_authenticator(made).await?;
        if outcome == AuthenticatorRemoved::TicketInvalid
            && let Some(ticket) = self
                .instead(&account, made.ticket, Stage::Manage, now)
                .await?
        {
            made.ticket = ticket;
            outcome = self.inner.remove_authenticator(made).await?;
        }
        if outcome == AuthenticatorRemoved::Unknown && self.has(Flaw::FindsByIdAlone) {
            for other in self.others(&account) {
                let elsewhere = RemoveAuthenticator {
                    ticket: self.any_ticket(&other, Stage::Manage, now).await?,
                    account: other,
                    ..made.clone()
                };
                outcome = self.inner.remove_authenticator(&elsewhere).await?;
            }
        }
        Ok(outcome)
    }

    pub(super) async fn advance(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced> {
        let (account, now) = (&command.account, command.now);
        let was_live = self
            .ticket_was_live(account, command.ticket, Stage::Verify, now)
            .await?
            && self.inner.authenticators(account).await?.iter().any(|a| {
                a.id == command.authenticator
                    && a.watermark < command.step
                    && a.disbelieved != Some(command.step)
            });
        self.gap().await;
        if self.has(Flaw::AcceptsDisbelieved) {
            self.believe_again(account, command.authenticator).await?;
        }
        let mut made = AdvanceTotpStep {
            notice: self.notice(&command.notice),
            now: self.late(now),
            resynchronised: command.resynchronised && !self.has(Flaw::TellsResyncAsCode),
            ..command.clone()
        };
        let mut outcome = self.inner.advance_totp_step(&made).await?;
        if outcome == StepAdvanced::TicketInvalid
            && let Some(ticket) = self
                .instead(account, made.ticket, Stage::Verify, now)
                .await?
        {
            made.ticket = ticket;
            outcome = self.inner.advance_totp_step(&made).await?;
        }
        if outcome == StepAdvanced::Replayed && self.has(Flaw::FindsByIdAlone) {
            for other in self.others(account) {
                let elsewhere = AdvanceTotpStep {
                    ticket: self.any_ticket(&other, Stage::Verify, now).await?,
                    account: other,
                    ..made.clone()
                };
                outcome = self.inner.advance_totp_step(&elsewhere).await?;
            }
        }
        let epoch = self.inner.credential(account).await?.epoch;
        if let StepAdvanced::Advanced { .. } = outcome {
            self.after_use(command).await?;
            return Ok(outcome);
        }
        self.refused(command.notice.as_ref()).await?;
        if self.has(Flaw::NoRollback) && outcome == StepAdvanced::Replayed {
            self.burn_tickets(account, now).await?;
        }
        let removed = (account.clone(), command.authenticator);
        let revived = self.notes().removed.contains(&removed);
        Ok(match self.flaw {
            Flaw::GetThenPut if was_live => StepAdvanced::Advanced { epoch },
            Flaw::RevivesRemoved if revived => StepAdvanced::Advanced { epoch },
            Flaw::IgnoresAffectedRows => StepAdvanced::Advanced { epoch },
            _ => outcome,
        })
    }

    pub(super) async fn move_mark(&self, command: &MoveWatermark) -> Result<WatermarkMoved> {
        let mut made = command.clone();
        let found = self.marked(&made.account, made.authenticator).await?;
        let was_due = found.is_some_and(|found| found.watermark == made.expected);
        self.gap().await;
        if let Some(found) = self.marked(&made.account, made.authenticator).await?
            && (self.has(Flaw::MovesAnyWatermark) || self.has(Flaw::GetThenPut) && was_due)
        {
            made.expected = found.watermark;
        }
        let mut outcome = self.inner.move_watermark(&made).await?;
        if outcome == WatermarkMoved::Stale && self.has(Flaw::FindsByIdAlone) {
            for account in self.others(&command.account) {
                made.account = account;
                outcome = self.inner.move_watermark(&made).await?;
            }
        }
        Ok(match self.flaw {
            Flaw::IgnoresAffectedRows => WatermarkMoved::Moved,
            _ => outcome,
        })
    }

    async fn marked(&self, account: &AccountKey, id: Id) -> Result<Option<Authenticator>> {
        let active = self.inner.authenticators(account).await?;
        Ok(active.into_iter().find(|one| one.id == id))
    }

    /// Forgets which step was disbelieved.
    async fn believe_again(&self, account: &AccountKey, authenticator: Id) -> Result<()> {
        if let Some(found) = self.marked(account, authenticator).await? {
            let forgotten = MoveWatermark {
                account: account.clone(),
                authenticator,
                expected: found.watermark,
                watermark: found.watermark,
                disbelieved: None,
            };
            let _ = self.inner.move_watermark(&forgotten).await?;
        }
        Ok(())
    }

    async fn after_use(&self, command: &AdvanceTotpStep) -> Result<()> {
        let account = &command.account;
        if self.has(Flaw::KeepsTicket) {
            let spent = |open: &OpenTicket| open.token == command.ticket;
            self.reopen(account, spent).await?;
        }
        if self.has(Flaw::ForgetsNameAtUse) {
            let nameless = RenameAuthenticator {
                ticket: self.any_ticket(account, Stage::Manage, command.now).await?,
                account: account.clone(),
                authenticator: command.authenticator,
                name: None,
                subject: command.subject,
                now: command.now,
            };
            let _ = self.inner.rename_authenticator(&nameless).await?;
        }
        Ok(())
    }
}
