//! What goes wrong with passwords: when they are set, with what is known of them, and with past ones.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccountKey, ChangePassword, ClearRecheck, ConsumeReset, Credential, HashReplaced, KeepHistory,
    MAX_HISTORY, OpenTicket, PasswordChanged, PastPassword, RecheckCleared, ReplaceHash,
    ResetConsumed, Result, Stage, Store,
};
use std::cmp::Reverse;

impl BrokenStore {
    pub(super) async fn rehash(&self, command: &ReplaceHash) -> Result<HashReplaced> {
        let before = self.inner.credential(&command.account).await?;
        self.gap().await;
        let outcome = self.inner.replace_hash(command).await?;
        if self.has(Flaw::TakesRehashForChange) && outcome == HashReplaced::Replaced {
            let (account, epoch) = (command.account.clone(), before.epoch);
            let mark = ClearRecheck { account, epoch };
            let _ = self.inner.clear_recheck(&mark).await?;
            let retired_at = before.set_at.unwrap_or_default();
            self.remember(&command.account, before.hash.clone(), retired_at);
        }
        Ok(match self.flaw {
            Flaw::GetThenPut if before.hash.as_ref() == Some(&command.expected) => {
                HashReplaced::Replaced
            }
            Flaw::IgnoresAffectedRows => HashReplaced::Replaced,
            _ => outcome,
        })
    }

    pub(super) async fn change(&self, command: &ChangePassword) -> Result<PasswordChanged> {
        let before = self.inner.credential(&command.account).await?;
        self.gap().await;
        let (keep, now) = (command.keep, command.now);
        let command = ChangePassword {
            notice: self.notice(&command.notice),
            recheck: self.recheck(command.recheck),
            keep: self.keep(keep),
            ..command.clone()
        };
        let outcome = self.inner.change_password(&command).await?;
        let made = outcome != PasswordChanged::Stale;
        self.note_change(&command.account, &before, now, keep, made);
        if made && self.has(Flaw::PassOutlivesVersion) {
            let pass = |open: &OpenTicket| open.stage == Stage::Manage;
            self.reopen(&command.account, pass).await?;
        }
        let epoch = command.expected_epoch.saturating_add(1);
        Ok(match self.flaw {
            Flaw::GetThenPut if before.epoch == command.expected_epoch => {
                PasswordChanged::Changed { epoch }
            }
            Flaw::IgnoresAffectedRows => PasswordChanged::Changed { epoch },
            _ => outcome,
        })
    }

    pub(super) async fn reset(&self, command: &ConsumeReset) -> Result<ResetConsumed> {
        let tenant = command.account.tenant();
        let before = self.inner.find_reset(tenant, command.token, command.now);
        let was_live = before
            .await?
            .is_some_and(|open| open.account == command.account && open.binding == command.binding);
        self.gap().await;
        let replaced = self.inner.credential(&command.account).await?;
        let (keep, now) = (command.keep, command.now);
        let command = ConsumeReset {
            notice: self.notice(&command.notice),
            recheck: self.recheck(command.recheck),
            keep: self.keep(keep),
            now: self.link_clock(command.token, self.late(command.now)),
            ..command.clone()
        };
        let outcome = self.inner.consume_reset(&command).await?;
        let made = outcome != ResetConsumed::Invalid;
        self.note_change(&command.account, &replaced, now, keep, made);
        let epoch = self.inner.credential(&command.account).await?.epoch;
        Ok(match self.flaw {
            Flaw::GetThenPut if was_live => ResetConsumed::Consumed { epoch },
            Flaw::IgnoresAffectedRows => ResetConsumed::Consumed { epoch },
            _ => outcome,
        })
    }

    /// What a change asks the right store to keep.
    fn keep(&self, keep: KeepHistory) -> KeepHistory {
        match self.flaw {
            Flaw::ForgetsHistory => KeepHistory::NOTHING,
            Flaw::KeepsByCountOnly => KeepHistory {
                since: u64::MAX,
                ..keep
            },
            Flaw::KeepsByAgeOnly => KeepHistory { last: 0, ..keep },
            Flaw::NeverForgetsHistory => KeepHistory {
                last: MAX_HISTORY,
                since: 0,
            },
            _ => keep,
        }
    }

    fn recheck(&self, recheck: bool) -> bool {
        recheck && !self.has(Flaw::ForgetsRecheck)
    }

    /// Notes a change that was made, or refused, of the password that stood `before`.
    fn note_change(
        &self,
        account: &AccountKey,
        before: &Credential,
        now: u64,
        keep: KeepHistory,
        made: bool,
    ) {
        self.note_tenant(account);
        if made {
            self.notes().revoked.remove(account);
        }
        match (self.flaw, made) {
            (Flaw::UnboundedHistory, true) => {
                self.remember(account, before.hash.clone(), now);
                let mut newer = 0..;
                self.notes()
                    .past
                    .entry(account.clone())
                    .or_default()
                    .retain(|past| {
                        let ranked = newer.next().is_some_and(|n| n < usize::from(keep.last));
                        ranked || (keep.since != u64::MAX && past.retired_at >= keep.since)
                    });
            }
            (Flaw::RemembersRefusedChanges, false) => {
                self.remember(account, before.hash.clone(), now);
            }
            _ => {}
        }
    }

    pub(super) fn remember(&self, account: &AccountKey, hash: Option<String>, retired_at: u64) {
        if let Some(hash) = hash {
            let past = PastPassword { hash, retired_at };
            let mut notes = self.notes();
            notes
                .past
                .entry(account.clone())
                .or_default()
                .insert(0, past);
        }
    }

    /// The history as this store gives it.
    pub(super) async fn history(
        &self,
        account: &AccountKey,
        limit: u16,
    ) -> Result<Vec<PastPassword>> {
        let kept = self.inner.password_history(account, u16::MAX).await?;
        let noted = self.notes().past.get(account).cloned().unwrap_or_default();
        let mut past = match self.flaw {
            Flaw::UnboundedHistory => noted,
            Flaw::ForgetsAtRevocation if self.notes().revoked.contains(account) => Vec::new(),
            Flaw::PurgesHistory if self.notes().purged => Vec::new(),
            Flaw::ForgetsForGood => self.without_what_was_taken(account, kept),
            Flaw::IgnoresTenant => self.history_of_namesakes(account, kept).await?,
            _ => [noted, kept].concat(),
        };
        if self.has(Flaw::OrdersHistoryByTime) {
            past.sort_by_key(|past| Reverse(past.retired_at));
        }
        past.truncate(match self.flaw {
            Flaw::IgnoresHistoryLimit => usize::MAX,
            _ => limit.into(),
        });
        Ok(past)
    }

    fn without_what_was_taken(
        &self,
        account: &AccountKey,
        mut past: Vec<PastPassword>,
    ) -> Vec<PastPassword> {
        let taken = self.notes().taken.clone();
        past.retain(|past| !taken.contains(&(account.clone(), past.hash.clone())));
        past
    }

    async fn history_of_namesakes(
        &self,
        account: &AccountKey,
        mut past: Vec<PastPassword>,
    ) -> Result<Vec<PastPassword>> {
        let tenants = self.notes().tenants.clone();
        for tenant in tenants {
            let namesake = AccountKey::new(tenant, account.account());
            if let Some(namesake) = namesake.ok().filter(|namesake| namesake != account) {
                past.extend(self.inner.password_history(&namesake, u16::MAX).await?);
            }
        }
        Ok(past)
    }

    /// The credential as this store gives it.
    pub(super) async fn known(&self, account: &AccountKey) -> Result<Credential> {
        let mut known = self.inner.credential(account).await?;
        let forgotten = self.notes().revoked.contains(account);
        match self.flaw {
            Flaw::LosesSetAt => known.set_at = None,
            Flaw::KeepsVersion | Flaw::ForgetsErasedEpoch => {
                let unmoved = self.notes().unmoved.get(account).copied();
                known.epoch -= unmoved.unwrap_or_default();
            }
            Flaw::ForgetsAtRevocation if forgotten => {
                known.set_at = None;
                known.recheck = false;
            }
            _ => {}
        }
        self.mark(account, &mut known);
        Ok(known)
    }

    /// Clears the mark, with or without its guard.
    pub(super) async fn clear(&self, command: &ClearRecheck) -> Result<RecheckCleared> {
        let before = self.inner.credential(&command.account).await?;
        let was_due = before.epoch == command.epoch && before.recheck;
        self.gap().await;
        let unguarded = ClearRecheck {
            epoch: self.inner.credential(&command.account).await?.epoch,
            ..command.clone()
        };
        match self.flaw {
            Flaw::GetThenPut if was_due => {
                let _ = self.inner.clear_recheck(&unguarded).await?;
                Ok(RecheckCleared::Cleared)
            }
            Flaw::ClearsAnyRecheck => self.inner.clear_recheck(&unguarded).await,
            Flaw::IgnoresAffectedRows => {
                let _ = self.inner.clear_recheck(command).await?;
                Ok(RecheckCleared::Cleared)
            }
            _ => self.inner.clear_recheck(command).await,
        }
    }
}
