//! Links and tickets: issued under an epoch, and dead with it.

use super::rows::{NewPassword, ResetRow, Rows, TicketRow};
use crate::Stage;
use crate::{
    AuditKind, CLOCK_TOLERANCE, ConsumeReset, Id, IssueReset, LinksRevoked, OpenReset, OpenTicket,
    ResetConsumed, ResetIssued, RevokeLinks, Ticket, TokenHash, is_in_time, latest_expiry,
};
use std::collections::BTreeSet;

impl Rows {
    pub(super) fn issue_reset(&mut self, command: &IssueReset) -> ResetIssued {
        if self.epoch(&command.account) != command.epoch {
            return ResetIssued::Stale;
        }
        let others: BTreeSet<Id> = self
            .resets
            .values()
            .filter(|row| {
                row.open.account == command.account && is_in_time(row.open.expires_at, command.now)
            })
            .map(|row| row.job)
            .filter(|job| *job != command.job)
            .collect();
        if others.len() >= command.max_live as usize {
            return ResetIssued::TooMany;
        }
        let open = OpenReset {
            account: command.account.clone(),
            binding: command.binding,
            expires_at: command.expires_at,
        };
        let latest = latest_expiry(command.now);
        self.resets
            .retain(|_, row| row.open.account != command.account || row.open.expires_at <= latest);
        let of_job = |row: &ResetRow| row.open.account == command.account && row.job == command.job;
        let is_first = !self.resets.values().any(of_job);
        self.resets.insert(
            command.token,
            ResetRow {
                open,
                job: command.job,
                epoch: command.epoch,
            },
        );
        if let Some(invited) = command.invited.as_ref().filter(|_| is_first) {
            self.tell_by(
                command.account.tenant(),
                AuditKind::Invited,
                (invited.subject, invited.actor),
                invited.reason.as_ref(),
                command.now,
            );
        }
        ResetIssued::Issued
    }

    pub(super) fn consume_reset(&mut self, command: &ConsumeReset) -> ResetConsumed {
        let live = self
            .live_reset(command.token, command.now)
            .is_some_and(|row| {
                row.open.account == command.account && row.open.binding == command.binding
            });
        if !live {
            return ResetConsumed::Invalid;
        }
        let new = NewPassword {
            hash: &command.hash,
            recheck: command.recheck,
            keep: command.keep,
            now: command.now,
        };
        let epoch = self.set_password(&command.account, &new);
        self.record(
            &command.account,
            AuditKind::PasswordReset,
            command.subject,
            command.now,
            command.notice.as_ref(),
        );
        self.change_budgets(&command.budgets, command.now);
        ResetConsumed::Consumed { epoch }
    }

    pub(super) fn revoke_links(&mut self, command: &RevokeLinks) -> LinksRevoked {
        if self.epoch(&command.account) != command.expected_epoch {
            return LinksRevoked::Stale;
        }
        let links = self.kill_links(&command.account, command.now);
        if links > 0 {
            self.record(
                &command.account,
                AuditKind::LinksRevoked,
                command.subject,
                command.now,
                None,
            );
        }
        LinksRevoked::Revoked { links }
    }

    pub(super) fn open_ticket(&mut self, command: &OpenTicket) {
        let latest = latest_expiry(command.now);
        self.tickets.retain(|_, row| {
            row.ticket.account != command.account || row.ticket.expires_at <= latest
        });
        // Sign-ins with the password alone must not push out a set-up.
        let setting_up = self.live_pending(&command.account, command.now);
        let setting_up = setting_up.filter(|_| command.stage == Stage::Enrol);
        let mut mine: Vec<(u64, TokenHash)> = self
            .tickets
            .iter()
            .filter(|(_, row)| {
                row.ticket.account == command.account && row.ticket.stage == command.stage
            })
            .filter(|(token, _)| setting_up.is_none_or(|pending| pending.ticket != **token))
            .map(|(token, row)| (row.opened_at, *token))
            // A time that only a clock can have written that ran ahead counts as the oldest.
            .map(|(at, token)| {
                (
                    if at > command.now.saturating_add(CLOCK_TOLERANCE) {
                        0
                    } else {
                        at
                    },
                    token,
                )
            })
            .collect();
        mine.sort_unstable();
        let surplus = (mine.len() + 1).saturating_sub(command.max_live as usize);
        for (_, token) in mine.into_iter().take(surplus) {
            self.tickets.remove(&token);
        }
        let ticket = Ticket {
            account: command.account.clone(),
            stage: command.stage,
            standing: command.standing,
            epoch: command.epoch,
            expires_at: command.expires_at,
        };
        let opened_at = command.now;
        self.tickets
            .insert(command.token, TicketRow { ticket, opened_at });
        self.change_budgets(&command.budgets, command.now);
    }
}
