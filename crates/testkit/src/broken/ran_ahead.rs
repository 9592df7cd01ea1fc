//! Stores that mistake expiries of a clock that ran ahead.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AccountKey, IssueReset, OpenTicket, Result, Stage, Store, TokenHash, latest_expiry,
};

impl BrokenStore {
    /// A clock by which a link is as live as it says.
    pub(super) fn link_clock(&self, token: TokenHash, now: u64) -> u64 {
        let notes = self.notes();
        let issued = notes.issued.iter().find(|issue| issue.token == token);
        self.believing(issued.map(|issue| issue.expires_at), now)
    }

    /// A clock by which a ticket is as live as it says.
    pub(super) fn ticket_clock(&self, token: TokenHash, now: u64) -> u64 {
        let notes = self.notes();
        let opened = notes.opened.iter().find(|open| open.token == token);
        self.believing(opened.map(|open| open.expires_at), now)
    }

    /// A clock by which the pending enrolment of an account is as live as it says.
    pub(super) fn enrolment_clock(&self, account: &AccountKey, now: u64) -> u64 {
        let notes = self.notes();
        let offered = notes.offered.get(account).copied();
        self.believing(offered, now)
    }

    fn believing(&self, expires_at: Option<u64>, now: u64) -> u64 {
        match expires_at {
            Some(at) if self.has(Flaw::BelievesAnyExpiry) && at > latest_expiry(now) => at - 1,
            _ => now,
        }
    }

    /// Whether this store takes a ticket for live that expires too far ahead.
    pub(super) fn believes_ticket(
        &self,
        account: &AccountKey,
        token: TokenHash,
        stage: Stage,
        now: u64,
    ) -> bool {
        let notes = self.notes();
        self.has(Flaw::BelievesAnyExpiry)
            && notes.opened.iter().any(|open| {
                open.token == token
                    && open.account == *account
                    && open.stage == stage
                    && open.expires_at > latest_expiry(now)
            })
    }

    /// Puts back what the right store has deleted since its expiry was too far ahead. How many rows came back.
    pub(super) async fn put_far_rows_back(&self, now: u64) -> Result<u64> {
        if !self.has(Flaw::KeepsFarRows) {
            return Ok(0);
        }
        let (issued, opened) = {
            let notes = self.notes();
            (notes.issued.clone(), notes.opened.clone())
        };
        let mut back = 0;
        for issue in issued {
            if issue.expires_at > latest_expiry(now) {
                let again = IssueReset {
                    now: issue.expires_at - 1,
                    max_live: u32::MAX,
                    ..issue
                };
                let _ = self.inner.issue_reset(&again).await?;
                back += 1;
            }
        }
        for open in opened {
            if open.expires_at > latest_expiry(now) {
                let again = OpenTicket {
                    now: open.expires_at - 1,
                    max_live: u32::MAX,
                    ..open
                };
                self.inner.open_ticket(&again).await?;
                back += 1;
            }
        }
        Ok(back)
    }
}
