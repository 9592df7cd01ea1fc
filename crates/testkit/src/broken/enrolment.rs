//! What goes wrong when an authenticator is set up.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccountKey, BeginEnrolment, ConfirmEnrolment, EnrolmentBegun, EnrolmentConfirmed, Id,
    OpenTicket, PendingEnrolment, RemoveAuthenticator, Result, Stage, Store, Subject,
};

impl BrokenStore {
    pub(super) async fn offer(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun> {
        let (account, now) = (&command.account, command.now);
        let before = self.pending_enrolment(account, now).await?;
        let offered = (account.clone(), command.offer.expires_at);
        self.notes().offered.extend([offered]);
        self.gap().await;
        if self.has(Flaw::BelievesLateExpiry)
            && let Some(late) = before.clone().filter(|one| one.expires_too_late(now))
        {
            return Ok(EnrolmentBegun::Resumed(late));
        }
        let mail = command.mail.as_ref();
        let mut command = BeginEnrolment {
            mail: self.notice(&command.mail),
            most_active: self.limit(command.most_active),
            ..command.clone()
        };
        let shared = command.offer.shared;
        command.offer.shared |= self.has(Flaw::ResumesForAnybody);
        let mut outcome = self.inner.begin_enrolment(&command).await?;
        if outcome == EnrolmentBegun::TicketInvalid {
            let (ticket, stage) = (command.offer.ticket, setting_up(command.stage));
            if let Some(ticket) = self.instead(account, ticket, stage, now).await? {
                (command.offer.ticket, command.stage) = (ticket, stage);
                outcome = self.inner.begin_enrolment(&command).await?;
            }
        }
        if outcome == EnrolmentBegun::TooMany && self.adds_at_sign_in(command.stage) {
            command.stage = Stage::Manage;
            command.offer.ticket = self.any_ticket(account, Stage::Manage, now).await?;
            outcome = self.inner.begin_enrolment(&command).await?;
        }
        match outcome {
            EnrolmentBegun::TooMany | EnrolmentBegun::TicketInvalid => self.refused(mail).await?,
            _ => self.spend_pass(account, command.stage, now).await?,
        }
        Ok(match (self.flaw, &outcome) {
            (Flaw::SharesOrdinals, EnrolmentBegun::Begun(offer)) => {
                EnrolmentBegun::Begun(PendingEnrolment {
                    ordinal: 1,
                    ..offer.clone()
                })
            }
            (Flaw::GetThenPut, EnrolmentBegun::Resumed(_)) if before.is_none() => {
                EnrolmentBegun::Begun(command.offer)
            }
            (Flaw::RegeneratesEnrolment, EnrolmentBegun::Resumed(_))
            | (Flaw::IgnoresAffectedRows, _) => EnrolmentBegun::Begun(command.offer),
            (Flaw::ResumesForAnybody, EnrolmentBegun::Begun(offer)) => {
                EnrolmentBegun::Begun(PendingEnrolment {
                    shared,
                    ..offer.clone()
                })
            }
            _ => outcome,
        })
    }

    fn limit(&self, most_active: u32) -> u32 {
        if self.has(Flaw::IgnoresLimit) {
            u32::MAX
        } else {
            most_active
        }
    }

    fn adds_at_sign_in(&self, stage: Stage) -> bool {
        let adds = matches!(self.flaw, Flaw::IgnoresLimit | Flaw::TrustsLimitAtSignIn);
        adds && stage == Stage::Enrol
    }

    /// Ends every ticket of the account with the first use of one that stays.
    pub(super) async fn spend_pass(
        &self,
        account: &AccountKey,
        stage: Stage,
        now: u64,
    ) -> Result<()> {
        if self.has(Flaw::SpendsPass) && stage == Stage::Manage {
            self.burn_tickets(account, now).await?;
        }
        Ok(())
    }

    pub(super) async fn confirm(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        let (account, now) = (&command.account, command.now);
        if self.has(Flaw::NoRollback) && self.notes().burnt.contains(&command.ticket) {
            return Ok(EnrolmentConfirmed::TicketInvalid);
        }
        let was_due = self.was_due(command).await?;
        if self.has(Flaw::BelievesLateExpiry)
            && let Some(late) = self.inner.pending_enrolment(account, now).await?
            && late.expires_too_late(now)
        {
            let epoch = self.inner.credential(account).await?.epoch;
            return Ok(EnrolmentConfirmed::Confirmed { epoch });
        }
        self.notes().arrived.push(command.enrolment);
        let place = self.place(account, command.replaces).await?;
        self.gap().await;
        let mut made = ConfirmEnrolment {
            notice: self.notice(&command.notice),
            now: self.late(now),
            most_active: self.limit(command.most_active),
            revokes: command.revokes && !self.has(Flaw::FirstEndsNothing),
            recovery_codes: self.codes_to_set(account, command.recovery_codes.as_ref()),
            ..command.clone()
        };
        if self.has(Flaw::CountsReplaced) && place.is_some() {
            let active = self.inner.authenticators(account).await?.len();
            if active > command.most_active as usize {
                return Ok(EnrolmentConfirmed::TooMany);
            }
        }
        if self.has(Flaw::KeepsReplaced) && place.is_some() {
            (made.replaces, made.most_active) = (None, u32::MAX);
        }
        let outcome = self.confirm_somehow(&mut made).await?;
        let EnrolmentConfirmed::Confirmed { mut epoch } = outcome else {
            self.refused(command.notice.as_ref()).await?;
            if self.has(Flaw::NoRollback) && outcome != EnrolmentConfirmed::TicketInvalid {
                self.burn_tickets(account, now).await?;
            }
            let epoch = self.inner.credential(account).await?.epoch;
            return Ok(match self.flaw {
                Flaw::GetThenPut if was_due => EnrolmentConfirmed::Confirmed { epoch },
                Flaw::IgnoresAffectedRows => EnrolmentConfirmed::Confirmed { epoch },
                _ => outcome,
            });
        };
        self.note_codes(account, made.recovery_codes.as_ref());
        self.spend_pass(account, made.stage, now).await?;
        if self.has(Flaw::KeepsTicket) {
            let spent = |open: &OpenTicket| open.token == command.ticket;
            self.reopen(account, spent).await?;
        }
        if let Some(place) = place {
            if self.has(Flaw::KeepsReplaced) {
                self.revoke_too(account).await?;
            }
            self.notes().places.push((command.enrolment, place));
        }
        if place.is_some() || made.revokes {
            epoch = self.after_revocation(account, epoch).await?;
        }
        Ok(EnrolmentConfirmed::Confirmed { epoch })
    }

    /// Confirms, with what this store overlooks.
    async fn confirm_somehow(&self, made: &mut ConfirmEnrolment) -> Result<EnrolmentConfirmed> {
        let (account, now) = (made.account.clone(), made.now);
        let mut outcome = self.inner.confirm_enrolment(made).await?;
        if outcome == EnrolmentConfirmed::TicketInvalid {
            let stage = setting_up(made.stage);
            if let Some(ticket) = self.instead(&account, made.ticket, stage, now).await? {
                (made.ticket, made.stage) = (ticket, stage);
                outcome = self.inner.confirm_enrolment(made).await?;
            }
        }
        if outcome == EnrolmentConfirmed::TooMany && self.adds_at_sign_in(made.stage) {
            made.stage = Stage::Manage;
            made.ticket = self.any_ticket(&account, Stage::Manage, now).await?;
            outcome = self.inner.confirm_enrolment(made).await?;
        }
        if outcome == EnrolmentConfirmed::Gone && self.has(Flaw::FindsByIdAlone) {
            for other in self.others(&account) {
                let pending = self.inner.pending_enrolment(&other, now).await?;
                if pending.is_some_and(|pending| pending.id == made.enrolment) {
                    made.ticket = self.any_ticket(&other, made.stage, now).await?;
                    made.account = other;
                    return self.inner.confirm_enrolment(made).await;
                }
            }
        }
        if outcome == EnrolmentConfirmed::NothingToReplace {
            if self.has(Flaw::FindsByIdAlone) {
                self.remove_elsewhere(&account, made.replaces, now).await?;
            }
            if matches!(self.flaw, Flaw::FindsByIdAlone | Flaw::ReplacesNothing) {
                made.replaces = None;
                outcome = self.inner.confirm_enrolment(made).await?;
            }
        }
        Ok(outcome)
    }

    /// What a get-then-put store reads before it confirms.
    async fn was_due(&self, command: &ConfirmEnrolment) -> Result<bool> {
        let (account, now) = (&command.account, command.now);
        let pending = self.inner.pending_enrolment(account, now).await?;
        let active = self.inner.authenticators(account).await?;
        let aside = command.replaces.filter(|_| command.stage != Stage::Enrol);
        let beside = active.iter().filter(|a| Some(a.id) != aside);
        let most = command.stage.most_active(command.most_active);
        let replaces = |id| active.iter().any(|a| a.id == id);
        let live = self.ticket_was_live(account, command.ticket, command.stage, now);
        Ok(live.await?
            && pending.is_some_and(|one| one.id == command.enrolment && !one.expires_too_late(now))
            && most.is_some_and(|most| beside.count() <= most as usize)
            && command.replaces.is_none_or(replaces))
    }

    /// Where the authenticator that is replaced stands in the order.
    async fn place(&self, account: &AccountKey, replaced: Option<Id>) -> Result<Option<usize>> {
        let active = self.inner.authenticators(account).await?;
        Ok(active.iter().position(|a| Some(a.id) == replaced))
    }

    /// Every other account that has had a ticket.
    pub(super) fn others(&self, account: &AccountKey) -> Vec<AccountKey> {
        let accounts = self.notes().accounts.clone();
        accounts.into_iter().filter(|a| a != account).collect()
    }

    async fn remove_elsewhere(
        &self,
        account: &AccountKey,
        replaced: Option<Id>,
        now: u64,
    ) -> Result<()> {
        let Some(authenticator) = replaced else {
            return Ok(());
        };
        for other in self.others(account) {
            let command = RemoveAuthenticator {
                ticket: self.any_ticket(&other, Stage::Manage, now).await?,
                account: other,
                authenticator,
                last_may_go: true,
                notice: None,
                subject: Subject([0; 32]),
                now,
            };
            let _ = self.inner.remove_authenticator(&command).await?;
        }
        Ok(())
    }
}

/// The stage under which a store that ignores it sets something up.
fn setting_up(stage: Stage) -> Stage {
    match stage {
        Stage::Verify => Stage::Manage,
        Stage::Enrol | Stage::Manage => stage,
    }
}
