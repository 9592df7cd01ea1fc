//! What goes wrong when access or links are revoked.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccessRevoked, Forget, LinksRevoked, Result, RevokeAccess, RevokeLinks, Store,
};

impl BrokenStore {
    fn forgetting(&self, what: Forget) -> Forget {
        match (self.flaw, what) {
            (Flaw::KeepsForgottenPassword, Forget::Password)
            | (Flaw::KeepsForgottenSecondFactor, Forget::SecondFactor) => Forget::Nothing,
            _ => what,
        }
    }

    pub(super) async fn revoke(&self, command: &RevokeAccess) -> Result<AccessRevoked> {
        let account = &command.account;
        let before = self.inner.credential(account).await?;
        self.gap().await;
        let guard = command.expected_epoch;
        let command = RevokeAccess {
            expected_epoch: guard.filter(|_| !self.has(Flaw::IgnoresRevocationGuard)),
            forget: self.forgetting(command.forget),
            notice: self.notice(&command.notice),
            ..command.clone()
        };
        let outcome = self.inner.revoke_access(&command).await?;
        let made = outcome != AccessRevoked::Stale;
        if made && command.forget == Forget::Password {
            if self.has(Flaw::UnboundedHistory) {
                self.remember(account, before.hash.clone(), command.now);
            }
            let taken = before.hash.map(|hash| (account.clone(), hash));
            self.notes().taken.extend(taken);
        } else if made {
            self.notes().revoked.insert(account.clone());
        }
        let epoch = before.epoch.saturating_add(1);
        Ok(match self.flaw {
            Flaw::GetThenPut if guard.is_none_or(|guard| guard == before.epoch) => {
                AccessRevoked::Revoked { epoch }
            }
            Flaw::IgnoresAffectedRows => AccessRevoked::Revoked { epoch },
            _ => outcome,
        })
    }

    pub(super) async fn kill_links(&self, command: &RevokeLinks) -> Result<LinksRevoked> {
        let account = &command.account;
        let current = self.inner.credential(account).await?.epoch;
        let mut live = 0;
        if self.has(Flaw::GetThenPut) {
            let links = self.notes().links.clone();
            for (of, token, _) in links {
                let found = self.inner.find_reset(of.tenant(), token, command.now);
                live += u64::from(of == *account && found.await?.is_some());
            }
            self.gap().await;
        }
        let command = RevokeLinks {
            expected_epoch: match self.flaw {
                Flaw::IgnoresRevocationGuard => current,
                _ => command.expected_epoch,
            },
            ..command.clone()
        };
        let outcome = self.inner.revoke_links(&command).await?;
        if self.has(Flaw::RevokesTooMuch) && outcome != LinksRevoked::Stale {
            self.revoke_too(account).await?;
        }
        Ok(match (self.flaw, outcome) {
            (Flaw::GetThenPut, LinksRevoked::Revoked { .. }) => {
                LinksRevoked::Revoked { links: live }
            }
            (Flaw::IgnoresAffectedRows, LinksRevoked::Stale) => LinksRevoked::Revoked { links: 0 },
            _ => outcome,
        })
    }
}
