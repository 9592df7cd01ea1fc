//! What goes wrong when a new password is asked for.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    Credential, Forget, NewPasswordRequired, RequireNewPassword, Result, RevokeAccess, Store,
};

impl BrokenStore {
    pub(super) async fn require(
        &self,
        command: &RequireNewPassword,
    ) -> Result<NewPasswordRequired> {
        let before = self.inner.credential(&command.account).await?;
        let due = before.hash.is_some() && !before.must_change;
        self.gap().await;
        let noticed = RequireNewPassword {
            notice: self.notice(&command.notice),
            ..command.clone()
        };
        let outcome = self.inner.require_new_password(&noticed).await?;
        if outcome == NewPasswordRequired::Required {
            self.notes().marked.insert(command.account.clone());
            if self.has(Flaw::MarkRevokesAccess) {
                let revoke = RevokeAccess {
                    account: command.account.clone(),
                    expected_epoch: None,
                    forget: Forget::Nothing,
                    notice: None,
                    subject: command.subject,
                    actor: None,
                    reason: None,
                    now: command.now,
                };
                let _ = self.inner.revoke_access(&revoke).await?;
            }
        }
        Ok(match self.flaw {
            Flaw::GetThenPut if due => NewPasswordRequired::Required,
            Flaw::IgnoresAffectedRows => NewPasswordRequired::Required,
            _ => outcome,
        })
    }

    /// The mark as this store gives it.
    pub(super) fn mark(&self, account: &slotwerk_store::AccountKey, credential: &mut Credential) {
        match self.flaw {
            Flaw::ForgetsMark => credential.must_change = false,
            Flaw::KeepsMark => credential.must_change = self.notes().marked.contains(account),
            _ => {}
        }
    }
}
