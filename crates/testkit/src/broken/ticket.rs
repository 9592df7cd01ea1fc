//! What goes wrong with tickets, and what they stand for.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccountKey, BudgetChanges, Forget, IssueReset, OpenTicket, PasswordStanding, Result,
    RevokeAccess, Stage, Store, Subject, TokenHash,
};

impl BrokenStore {
    pub(super) async fn open(&self, command: &OpenTicket) -> Result<()> {
        self.note_tenant(&command.account);
        self.notes().accounts.insert(command.account.clone());
        self.notes().opened.push(command.clone());
        let mut command = command.clone();
        if self.has(Flaw::GetThenPut) {
            let live = self.live_tickets(&command).await?;
            self.gap().await;
            let ticket = (command.account.clone(), command.token);
            self.notes().tickets.push(ticket);
            if live < command.max_live {
                command.max_live = u32::MAX;
            }
        }
        if self.has(Flaw::PushesOutOtherStages) {
            self.push_out_others(&command).await?;
        }
        if self.has(Flaw::OrdersTicketsByArrival) {
            let notes = &mut self.notes();
            let after = notes.last_opening + 1;
            if after.saturating_sub(command.now) < 60 {
                command.now = command.now.max(after);
            }
            notes.last_opening = command.now;
        }
        self.inner.open_ticket(&command).await?;
        self.put_far_rows_back(command.now).await?;
        Ok(())
    }

    /// Whether so many set-ups of its account were opened after this one that it has no room.
    pub(super) fn is_surplus(&self, token: TokenHash) -> bool {
        let opened = self.notes().opened.clone();
        let mut later = opened.iter().skip_while(|open| open.token != token);
        let Some(own) = later.next().filter(|own| own.stage == Stage::Enrol) else {
            return false;
        };
        let alike = later.filter(|open| open.account == own.account && open.stage == own.stage);
        alike.count() >= own.max_live.max(1) as usize
    }

    /// What a get-then-put store reads before it opens a ticket.
    pub(super) async fn live_tickets(&self, command: &OpenTicket) -> Result<u32> {
        let tickets = self.notes().tickets.clone();
        let mut live = 0;
        for (account, token) in tickets {
            let found = self.inner.find_ticket(account.tenant(), token, command.now);
            live += u32::from(account == command.account && found.await?.is_some());
        }
        Ok(live)
    }

    /// The live ticket that this store takes a dead one for, if it does.
    pub(super) async fn instead(
        &self,
        account: &AccountKey,
        token: TokenHash,
        stage: Stage,
        now: u64,
    ) -> Result<Option<TokenHash>> {
        let found = self.inner.find_ticket(account.tenant(), token, now).await?;
        let taken = match self.flaw {
            Flaw::IgnoresTicket => true,
            Flaw::IgnoresStage => found.is_some_and(|ticket| ticket.account == *account),
            Flaw::BelievesAnyExpiry => self.believes_ticket(account, token, stage, now),
            _ => false,
        };
        if !taken {
            return Ok(None);
        }
        self.any_ticket(account, stage, now).await.map(Some)
    }

    /// Opens tickets of the account again that are dead or spent, under the epoch of now.
    pub(super) async fn reopen(
        &self,
        account: &AccountKey,
        which: impl Fn(&OpenTicket) -> bool,
    ) -> Result<()> {
        let epoch = self.inner.credential(account).await?.epoch;
        let opened = self.notes().opened.clone();
        for open in opened {
            if open.account == *account && which(&open) {
                let again = OpenTicket { epoch, ..open };
                self.inner.open_ticket(&again).await?;
            }
        }
        Ok(())
    }

    /// Issues every link of the account again, under the epoch of now.
    pub(super) async fn reissue(&self, account: &AccountKey) -> Result<()> {
        let epoch = self.inner.credential(account).await?.epoch;
        let issued = self.notes().issued.clone();
        for issue in issued {
            if issue.account == *account {
                let again = IssueReset { epoch, ..issue };
                let _ = self.inner.issue_reset(&again).await?;
            }
        }
        Ok(())
    }

    /// What a removal or a replacement leaves undone. The epoch as this store gives it.
    pub(super) async fn after_revocation(&self, account: &AccountKey, epoch: u64) -> Result<u64> {
        match self.flaw {
            Flaw::KeepsAccess => {
                self.reopen(account, |_| true).await?;
                self.reissue(account).await?;
            }
            Flaw::KeepsVersion => {
                *self.notes().unmoved.entry(account.clone()).or_default() += 1;
                return Ok(epoch.saturating_sub(1));
            }
            _ => {}
        }
        Ok(epoch)
    }

    /// Revokes access without a word.
    pub(super) async fn revoke_too(&self, account: &AccountKey) -> Result<()> {
        let command = RevokeAccess {
            account: account.clone(),
            expected_epoch: None,
            forget: Forget::Nothing,
            notice: None,
            subject: Subject([0; 32]),
            actor: None,
            reason: None,
            now: 0,
        };
        let _ = self.inner.revoke_access(&command).await?;
        Ok(())
    }

    /// A ticket that is live, whatever the caller's was.
    pub(super) async fn any_ticket(
        &self,
        account: &AccountKey,
        stage: Stage,
        now: u64,
    ) -> Result<TokenHash> {
        let epoch = self.inner.credential(account).await?.epoch;
        let serial = {
            let mut notes = self.notes();
            notes.serial = notes.serial.wrapping_add(1);
            notes.serial
        };
        let token = TokenHash([serial ^ 0x6d; 32]);
        self.inner
            .open_ticket(&OpenTicket {
                token,
                account: account.clone(),
                stage,
                standing: PasswordStanding::Good,
                epoch,
                expires_at: now.saturating_add(60),
                max_live: u32::MAX,
                now,
                budgets: BudgetChanges::default(),
            })
            .await?;
        Ok(token)
    }

    /// Ends every ticket of the account, as the first write of a transition that is not undone.
    pub(super) async fn burn_tickets(&self, account: &AccountKey, now: u64) -> Result<()> {
        self.burn_all_but(None, account, now).await
    }

    /// Counts the tickets of every stage together, and pushes out those of the others.
    pub(super) async fn push_out_others(&self, command: &OpenTicket) -> Result<()> {
        let opened = self.notes().opened.clone();
        let mine = opened.iter().filter(|open| open.account == command.account);
        if mine.count() > command.max_live as usize {
            let (stage, account) = (Some(command.stage), &command.account);
            self.burn_all_but(stage, account, command.now).await?;
        }
        Ok(())
    }

    async fn burn_all_but(
        &self,
        spared: Option<Stage>,
        account: &AccountKey,
        now: u64,
    ) -> Result<()> {
        // No later ticket pushes out the one of a set-up.
        if let Some(pending) = self.inner.pending_enrolment(account, now).await? {
            self.notes().burnt.insert(pending.ticket);
        }
        for (serial, stage) in [(0, Stage::Enrol), (1, Stage::Verify), (2, Stage::Manage)] {
            if spared == Some(stage) {
                continue;
            }
            self.inner
                .open_ticket(&OpenTicket {
                    token: TokenHash([0xfd - serial; 32]),
                    account: account.clone(),
                    stage,
                    standing: PasswordStanding::Good,
                    epoch: u64::MAX,
                    expires_at: now,
                    max_live: 1,
                    now,
                    budgets: BudgetChanges::default(),
                })
                .await?;
        }
        Ok(())
    }

    pub(super) async fn ticket_was_live(
        &self,
        account: &AccountKey,
        token: TokenHash,
        stage: Stage,
        now: u64,
    ) -> Result<bool> {
        let ticket = self.inner.find_ticket(account.tenant(), token, now).await?;
        Ok(ticket.is_some_and(|t| t.account == *account && t.stage == stage))
    }
}
