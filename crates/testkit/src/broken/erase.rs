//! What goes wrong when an account is erased or exported, and when the trail is read.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccountErased, AccountExport, AuditPage, AuditRow, ChangePassword, CreateSession, EraseAccount,
    ExportAccount, KeepHistory, Result, Store,
};

impl BrokenStore {
    pub(super) async fn erase(&self, command: &EraseAccount) -> Result<AccountErased> {
        let account = &command.account;
        let before = self.inner.credential(account).await?;
        let sessions = self.inner.list_sessions(account, command.now).await?;
        self.gap().await;
        let mut command = command.clone();
        if self.has(Flaw::KeepsErasedBudgets) {
            command.budgets.clear();
        }
        for key in &command.budgets {
            self.notes().tallies.remove(key);
        }
        let erased = self.inner.erase_account(&command).await?;
        match self.flaw {
            Flaw::KeepsErasedPassword => {
                if let Some(hash) = before.hash {
                    let again = ChangePassword {
                        account: account.clone(),
                        expected_epoch: erased.epoch,
                        hash,
                        recheck: before.recheck,
                        keep: KeepHistory::NOTHING,
                        notice: None,
                        subject: command.subject,
                        now: command.now,
                        budgets: slotwerk_store::BudgetChanges::default(),
                    };
                    let _ = self.inner.change_password(&again).await?;
                }
            }
            Flaw::KeepsErasedSessions => {
                for session in sessions {
                    let again = CreateSession {
                        token: session.token,
                        account: session.account,
                        epoch: erased.epoch,
                        data: session.data,
                        expires_at: session.expires_at,
                        idle_secs: session.idle_secs,
                        max_live: u32::MAX,
                        now: session.created_at,
                    };
                    let _ = self.inner.create_session(&again).await?;
                }
            }
            Flaw::ForgetsErasedEpoch => {
                let mut notes = self.notes();
                notes.unmoved.insert(account.clone(), erased.epoch);
            }
            Flaw::GetThenPut => {
                let epoch = before.epoch.saturating_add(1);
                return Ok(AccountErased { epoch, ..erased });
            }
            _ => {}
        }
        Ok(erased)
    }

    pub(super) async fn export(&self, command: &ExportAccount) -> Result<AccountExport> {
        let mut export = self.inner.export_account(command).await?;
        match self.flaw {
            Flaw::ForgetsAudit => export.audit.clear(),
            Flaw::ExportsNoSession => export.sessions.clear(),
            _ => {}
        }
        Ok(export)
    }

    pub(super) async fn page(&self, command: &AuditPage) -> Result<Vec<AuditRow>> {
        let mut command = command.clone();
        match self.flaw {
            Flaw::ForgetsAudit => return Ok(Vec::new()),
            Flaw::IgnoresSubjects => command.subjects = None,
            Flaw::PagesByTime => {
                // Skips the rest of a second that a page ends in.
                let before = command.before.as_mut();
                let first = slotwerk_store::Id([0; 16]);
                before.into_iter().for_each(|(_, id)| *id = first);
            }
            _ => {}
        }
        self.inner.audit_page(&command).await
    }
}
