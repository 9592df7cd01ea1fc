//! What goes wrong with recovery codes.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccountKey, HashedCodes, OpenTicket, RecoveryCodeSpent, RecoveryCodesRenewed,
    RenewRecoveryCodes, ReplacedCodes, Result, SpendRecoveryCode, Stage, Store,
};

impl BrokenStore {
    pub(super) async fn spend(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent> {
        let (account, now) = (&command.account, command.now);
        let was_live = self
            .ticket_was_live(account, command.ticket, Stage::Verify, now)
            .await?;
        let before = self.inner.recovery_codes_left(account).await?;
        self.gap().await;
        let notice = command.notice.as_ref();
        let mut command = SpendRecoveryCode {
            notice: self.notice(&command.notice),
            now: self.late(now),
            ..command.clone()
        };
        let given = command.ticket;
        let mut outcome = self.inner.spend_recovery_code(&command).await?;
        if outcome == RecoveryCodeSpent::TicketInvalid
            && let Some(ticket) = self.instead(account, given, Stage::Verify, now).await?
        {
            command.ticket = ticket;
            outcome = self.inner.spend_recovery_code(&command).await?;
        }
        if self.has(Flaw::NoRollback) && outcome == RecoveryCodeSpent::Unknown {
            self.burn_tickets(account, now).await?;
        }
        match outcome {
            RecoveryCodeSpent::Spent { .. } if self.has(Flaw::KeepsTicket) => {
                let spent = |open: &OpenTicket| open.token == given;
                self.reopen(account, spent).await?;
            }
            RecoveryCodeSpent::Spent { .. } => {}
            _ => self.refused(notice).await?,
        }
        let after = self.inner.recovery_codes_left(account).await?;
        let epoch = self.inner.credential(account).await?.epoch;
        Ok(match self.flaw {
            // Somebody else spent a code meanwhile; this one had read it as unspent.
            Flaw::GetThenPut if was_live && after < before => RecoveryCodeSpent::Spent {
                remaining: before.saturating_sub(1),
                epoch,
            },
            Flaw::IgnoresAffectedRows => RecoveryCodeSpent::Spent {
                remaining: after,
                epoch,
            },
            _ => outcome,
        })
    }

    pub(super) async fn renew(&self, command: &RenewRecoveryCodes) -> Result<RecoveryCodesRenewed> {
        let (account, now) = (&command.account, command.now);
        let notice = command.notice.as_ref();
        let read = self.noted_codes(account).digests;
        let hashing = self.inner.recovery_code_hashing(account).await?;
        self.gap().await;
        let mut command = RenewRecoveryCodes {
            notice: self.notice(&command.notice),
            now: self.late(now),
            ..command.clone()
        };
        if self.has(Flaw::GetThenPut) && command.replaces == ReplacedCodes::Set(hashing) {
            command.replaces = ReplacedCodes::Any;
        }
        if let Some(codes) = self.codes_to_set(account, Some(&command.recovery_codes)) {
            command.recovery_codes = codes;
        }
        if self.has(Flaw::GetThenPut) {
            // What others have set meanwhile was not read, and so is not deleted.
            let mut unread = self.noted_codes(account).digests;
            unread.retain(|digest| !read.contains(digest));
            command.recovery_codes.digests.extend(unread);
        }
        let mut outcome = self.inner.renew_recovery_codes(&command).await?;
        if outcome == RecoveryCodesRenewed::TicketInvalid {
            let given = command.ticket;
            if let Some(ticket) = self.instead(account, given, Stage::Manage, now).await? {
                command.ticket = ticket;
                outcome = self.inner.renew_recovery_codes(&command).await?;
            }
        }
        if outcome == RecoveryCodesRenewed::TicketInvalid {
            self.refused(notice).await?;
        } else {
            self.note_codes(account, Some(&command.recovery_codes));
            self.spend_pass(account, Stage::Manage, now).await?;
            if self.has(Flaw::RevokesTooMuch) {
                self.revoke_too(account).await?;
            }
        }
        Ok(match self.flaw {
            Flaw::IgnoresAffectedRows => RecoveryCodesRenewed::Renewed,
            _ => outcome,
        })
    }

    /// The codes of the last command.
    pub(super) fn noted_codes(&self, account: &AccountKey) -> HashedCodes {
        let notes = self.notes();
        let hashing = notes.code_hashing.get(account).cloned();
        let digests = notes.codes.get(account).cloned().unwrap_or_default();
        HashedCodes {
            hashing: hashing.unwrap_or_default(),
            digests: digests.into_iter().collect(),
        }
    }

    pub(super) fn note_codes(&self, account: &AccountKey, codes: Option<&HashedCodes>) {
        if let Some(codes) = codes {
            let digests = codes.digests.iter().copied().collect();
            let mut notes = self.notes();
            notes.codes.insert(account.clone(), digests);
            let hashing = codes.hashing.clone();
            notes.code_hashing.insert(account.clone(), hashing);
        }
    }

    /// The codes that this store sets where it is told to set these.
    pub(super) fn codes_to_set(
        &self,
        account: &AccountKey,
        codes: Option<&HashedCodes>,
    ) -> Option<HashedCodes> {
        let Some(codes) = codes else {
            return self.has(Flaw::ClearsCodes).then(|| HashedCodes {
                hashing: String::new(),
                digests: Vec::new(),
            });
        };
        let old = self.noted_codes(account);
        let mut set = codes.clone();
        if self.has(Flaw::KeepsOldCodes) {
            set.digests.extend(old.digests);
        }
        if self.has(Flaw::KeepsCodeHashing) && !old.hashing.is_empty() {
            set.hashing = old.hashing;
        }
        Some(set)
    }
}
