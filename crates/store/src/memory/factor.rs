//! Authenticators and recovery codes. Every guard comes before the first write.

use super::rows::Rows;
use crate::{
    AccountKey, AdvanceTotpStep, AuditKind, Authenticator, AuthenticatorKind, AuthenticatorRemoved,
    AuthenticatorRenamed, BeginEnrolment, ConfirmEnrolment, EnrolmentBegun, EnrolmentConfirmed, Id,
    PendingEnrolment, RecoveryCodeSpent, RecoveryCodesRenewed, RemoveAuthenticator,
    RenameAuthenticator, RenewRecoveryCodes, ReplacedCodes, SpendRecoveryCode, Stage, StepAdvanced,
};
use crate::{MoveWatermark, WatermarkMoved};

impl Rows {
    pub(super) fn active(&self, account: &AccountKey) -> &[Authenticator] {
        self.authenticators.get(account).map_or(&[], Vec::as_slice)
    }

    fn active_mut(&mut self, account: &AccountKey, id: Id) -> Option<&mut Authenticator> {
        let list = self.authenticators.get_mut(account)?;
        list.iter_mut().find(|active| active.id == id)
    }

    /// How many authenticators are active, one of them aside.
    fn count_active(&self, account: &AccountKey, aside: Option<Id>) -> u32 {
        let counted = |active: &&Authenticator| Some(active.id) != aside;
        let count = self.active(account).iter().filter(counted).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    pub(super) fn live_pending(&self, account: &AccountKey, now: u64) -> Option<&PendingEnrolment> {
        self.pending
            .get(account)
            .filter(|pending| now < pending.expires_at)
    }

    pub(super) fn begin_enrolment(&mut self, command: &BeginEnrolment) -> EnrolmentBegun {
        let (account, now) = (&command.account, command.now);
        let (ticket, stage) = (command.offer.ticket, command.stage);
        let live = self.guard_ticket(ticket, account, stage, now).is_some();
        let Some(most) = stage.most_active(command.most_active).filter(|_| live) else {
            return EnrolmentBegun::TicketInvalid;
        };
        if self.count_active(account, None) > most {
            return EnrolmentBegun::TooMany;
        }
        let resumable = |pending: &&PendingEnrolment| {
            pending.kind == command.offer.kind
                && (pending.ticket == ticket || pending.shared && command.offer.shared)
        };
        let believed = self.believed_pending(account, now);
        if let Some(pending) = believed.filter(resumable) {
            return EnrolmentBegun::Resumed(pending.clone());
        }
        let offer = PendingEnrolment {
            ordinal: self.next_ordinal(account),
            ..command.offer.clone()
        };
        self.pending.insert(account.clone(), offer.clone());
        if let Some(job) = &command.mail {
            self.insert_job(job);
        }
        EnrolmentBegun::Begun(offer)
    }

    fn believed_pending(&self, account: &AccountKey, now: u64) -> Option<&PendingEnrolment> {
        self.live_pending(account, now)
            .filter(|pending| !pending.expires_too_late(now))
    }

    fn next_ordinal(&self, account: &AccountKey) -> u32 {
        let ordinals = self.active(account).iter().map(|active| active.ordinal);
        ordinals.max().unwrap_or(0).saturating_add(1)
    }

    pub(super) fn confirm_enrolment(&mut self, command: &ConfirmEnrolment) -> EnrolmentConfirmed {
        let (account, stage, now) = (&command.account, command.stage, command.now);
        let Some(epoch) = self.guard_ticket(command.ticket, account, stage, now) else {
            return EnrolmentConfirmed::TicketInvalid;
        };
        let Some(most) = stage.most_active(command.most_active) else {
            return EnrolmentConfirmed::TicketInvalid;
        };
        // Who has no second factor yet to show sets no active one aside.
        let aside = command.replaces.filter(|_| stage != Stage::Enrol);
        if self.count_active(account, aside) > most {
            return EnrolmentConfirmed::TooMany;
        }
        let pending = self.believed_pending(account, now);
        let Some(pending) = pending.filter(|p| p.id == command.enrolment).cloned() else {
            return EnrolmentConfirmed::Gone;
        };
        let replaced = |id| self.active(account).iter().any(|active| active.id == id);
        if !command.replaces.is_none_or(replaced) {
            return EnrolmentConfirmed::NothingToReplace;
        }
        if stage == Stage::Enrol {
            self.tickets.remove(&command.ticket);
        }
        self.pending.remove(account);
        let list = self.authenticators.entry(account.clone()).or_default();
        list.retain(|active| Some(active.id) != command.replaces);
        list.push(Authenticator {
            id: pending.id,
            kind: Ok(pending.kind),
            sealed: pending.sealed,
            watermark: command.step,
            drift: command.drift,
            disbelieved: None,
            ordinal: pending.ordinal,
            name: command.name.clone(),
            added_at: now,
            used_at: now,
        });
        list.sort_by_key(|active| (active.added_at, active.ordinal, active.id));
        if let Some(codes) = &command.recovery_codes {
            self.recovery_codes.insert(account.clone(), codes.into());
        }
        let (epoch, kind) = match command.replaces {
            Some(_) => (self.bump(account), AuditKind::AuthenticatorReplaced),
            None if command.revokes => (self.bump(account), AuditKind::AuthenticatorAdded),
            None => (epoch, AuditKind::AuthenticatorAdded),
        };
        self.record(account, kind, command.subject, now, command.notice.as_ref());
        self.change_budgets(&command.budgets, now);
        EnrolmentConfirmed::Confirmed { epoch }
    }

    pub(super) fn rename_authenticator(
        &mut self,
        command: &RenameAuthenticator,
    ) -> AuthenticatorRenamed {
        let (account, now) = (&command.account, command.now);
        let live = self.guard_ticket(command.ticket, account, Stage::Manage, now);
        if live.is_none() {
            return AuthenticatorRenamed::TicketInvalid;
        }
        let Some(active) = self.active_mut(account, command.authenticator) else {
            return AuthenticatorRenamed::Unknown;
        };
        active.name.clone_from(&command.name);
        let kind = AuditKind::AuthenticatorRenamed;
        self.record(account, kind, command.subject, now, None);
        AuthenticatorRenamed::Renamed
    }

    pub(super) fn remove_authenticator(
        &mut self,
        command: &RemoveAuthenticator,
    ) -> AuthenticatorRemoved {
        let (account, now) = (&command.account, command.now);
        let live = self.guard_ticket(command.ticket, account, Stage::Manage, now);
        if live.is_none() {
            return AuthenticatorRemoved::TicketInvalid;
        }
        if self.active_mut(account, command.authenticator).is_none() {
            return AuthenticatorRemoved::Unknown;
        }
        let left = self.count_active(account, Some(command.authenticator));
        if left == 0 && !command.last_may_go {
            return AuthenticatorRemoved::Last;
        }
        let list = self.authenticators.entry(account.clone()).or_default();
        list.retain(|active| active.id != command.authenticator);
        if left == 0 {
            self.recovery_codes.remove(account);
        }
        let epoch = self.bump(account);
        self.record(
            account,
            AuditKind::AuthenticatorRemoved,
            command.subject,
            now,
            command.notice.as_ref(),
        );
        AuthenticatorRemoved::Removed { left, epoch }
    }

    pub(super) fn advance_totp_step(&mut self, command: &AdvanceTotpStep) -> StepAdvanced {
        let (account, now) = (&command.account, command.now);
        let Some(epoch) = self.guard_ticket(command.ticket, account, Stage::Verify, now) else {
            return StepAdvanced::TicketInvalid;
        };
        let active = self.active_mut(account, command.authenticator);
        let unused = |active: &&mut Authenticator| {
            active.kind == Ok(AuthenticatorKind::Totp)
                && active.watermark < command.step
                && active.disbelieved != Some(command.step)
        };
        let Some(active) = active.filter(unused) else {
            return StepAdvanced::Replayed;
        };
        active.watermark = command.step;
        active.drift = command.drift;
        active.used_at = now;
        self.tickets.remove(&command.ticket);
        let kind = if command.resynchronised {
            AuditKind::AuthenticatorResynchronised
        } else {
            AuditKind::CodeAccepted
        };
        self.record(account, kind, command.subject, now, command.notice.as_ref());
        self.change_budgets(&command.budgets, now);
        StepAdvanced::Advanced { epoch }
    }

    pub(super) fn move_watermark(&mut self, command: &MoveWatermark) -> WatermarkMoved {
        match self.active_mut(&command.account, command.authenticator) {
            Some(active)
                if active.kind == Ok(AuthenticatorKind::Totp)
                    && active.watermark == command.expected =>
            {
                active.watermark = command.watermark;
                active.disbelieved = command.disbelieved;
                WatermarkMoved::Moved
            }
            _ => WatermarkMoved::Stale,
        }
    }

    pub(super) fn spend_recovery_code(&mut self, command: &SpendRecoveryCode) -> RecoveryCodeSpent {
        let (account, now) = (&command.account, command.now);
        let Some(epoch) = self.guard_ticket(command.ticket, account, Stage::Verify, now) else {
            return RecoveryCodeSpent::TicketInvalid;
        };
        let codes = self.recovery_codes.entry(account.clone()).or_default();
        let codes = &mut codes.digests;
        if !command.digests.iter().any(|digest| codes.remove(digest)) {
            return RecoveryCodeSpent::Unknown;
        }
        self.tickets.remove(&command.ticket);
        self.record(
            account,
            AuditKind::RecoveryCodeSpent,
            command.subject,
            now,
            command.notice.as_ref(),
        );
        self.change_budgets(&command.budgets, now);
        let remaining = self.codes_left(account);
        RecoveryCodeSpent::Spent { remaining, epoch }
    }

    pub(super) fn renew_recovery_codes(
        &mut self,
        command: &RenewRecoveryCodes,
    ) -> RecoveryCodesRenewed {
        let (account, now) = (&command.account, command.now);
        let live = self.guard_ticket(command.ticket, account, Stage::Manage, now);
        if live.is_none() {
            return RecoveryCodesRenewed::TicketInvalid;
        }
        if let ReplacedCodes::Set(hashing) = &command.replaces
            && *hashing != self.code_hashing(account)
        {
            return RecoveryCodesRenewed::OtherSet;
        }
        let codes = (&command.recovery_codes).into();
        self.recovery_codes.insert(account.clone(), codes);
        self.record(
            account,
            AuditKind::RecoveryCodesRenewed,
            command.subject,
            now,
            command.notice.as_ref(),
        );
        self.change_budgets(&command.budgets, now);
        RecoveryCodesRenewed::Renewed
    }

    pub(super) fn forget_second_factor(&mut self, account: &AccountKey) {
        self.authenticators.remove(account);
        self.recovery_codes.remove(account);
    }

    pub(super) fn code_hashing(&self, account: &AccountKey) -> Option<String> {
        let codes = self.recovery_codes.get(account);
        let unspent = codes.filter(|codes| !codes.digests.is_empty());
        unspent.map(|codes| codes.hashing.clone())
    }

    pub(super) fn codes_left(&self, account: &AccountKey) -> u32 {
        let codes = self.recovery_codes.get(account);
        let left = codes.map_or(0, |codes| codes.digests.len());
        u32::try_from(left).unwrap_or(u32::MAX)
    }
}
