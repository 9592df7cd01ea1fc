//! Erasing an account, giving out what is known of it, and the trail by page.

use super::rows::Rows;
use crate::{
    AccountErased, AccountExport, AuditKind, AuditPage, AuditRow, Credential, EraseAccount,
    ExportAccount, ExportedAuthenticator, ExportedEnrolment, ExportedSession, ExportedTicket,
    MAX_AUDIT_PAGE,
};

impl Rows {
    pub(super) fn erase_account(&mut self, command: &EraseAccount) -> AccountErased {
        let account = &command.account;
        let before = self.count_of(command);
        let epoch = self.bump(account);
        let tombstone = Credential {
            epoch,
            ..Credential::default()
        };
        self.credentials.insert(account.clone(), tombstone);
        self.history.remove(account);
        self.forget_second_factor(account);
        self.sessions
            .retain(|_, row| row.session.account != *account);
        for key in &command.budgets {
            self.attempts.remove(key);
        }
        self.tell_by(
            account.tenant(),
            AuditKind::AccountErased,
            (command.subject, command.actor),
            command.reason.as_ref(),
            command.now,
        );
        AccountErased {
            epoch,
            rows: before,
        }
    }

    /// How many rows an erasure takes.
    fn count_of(&self, command: &EraseAccount) -> u64 {
        let account = &command.account;
        let links = self.resets.values();
        let tickets = self.tickets.values();
        let sessions = self.sessions.values();
        let rows = links.filter(|row| row.open.account == *account).count()
            + tickets.filter(|row| row.ticket.account == *account).count()
            + sessions
                .filter(|row| row.session.account == *account)
                .count()
            + self.history.get(account).map_or(0, Vec::len)
            + usize::from(self.pending.contains_key(account))
            + self.active(account).len()
            + self.codes_left(account) as usize
            + command
                .budgets
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .filter(|key| self.attempts.contains_key(key))
                .count();
        rows as u64
    }

    pub(super) fn export_account(&self, command: &ExportAccount) -> AccountExport {
        let account = &command.account;
        let credential = self.credentials.get(account).cloned().unwrap_or_default();
        let history = self.history.get(account).into_iter().flatten();
        let links = self.resets.values();
        let links = links.filter(|row| row.open.account == *account);
        let mut links: Vec<u64> = links.map(|row| row.open.expires_at).collect();
        links.sort_unstable();
        let tickets = self.tickets.values().map(|row| &row.ticket);
        let tickets = tickets.filter(|ticket| ticket.account == *account);
        let mut tickets: Vec<_> = tickets
            .map(|ticket| ExportedTicket {
                stage: ticket.stage,
                standing: ticket.standing,
                expires_at: ticket.expires_at,
            })
            .collect();
        tickets.sort_by_key(|ticket| (ticket.expires_at, ticket.stage.as_str()));
        let sessions = self.sessions.values().map(|row| &row.session);
        let sessions = sessions.filter(|session| session.account == *account);
        let mut sessions: Vec<_> = sessions.collect();
        sessions.sort_by_key(|session| (session.created_at, session.token));
        let trail = AuditPage {
            tenant: account.tenant().to_owned(),
            subjects: Some(command.subjects.clone()),
            before: None,
            limit: MAX_AUDIT_PAGE,
        };
        AccountExport {
            epoch: credential.epoch,
            has_password: credential.hash.is_some(),
            password_set_at: credential.set_at,
            recheck: credential.recheck,
            must_change: credential.must_change,
            past_passwords: history.map(|past| past.retired_at).collect(),
            links,
            tickets,
            enrolment: self.pending.get(account).map(|pending| ExportedEnrolment {
                mail: pending.mail,
                expires_at: pending.expires_at,
            }),
            authenticators: self
                .active(account)
                .iter()
                .map(|active| ExportedAuthenticator {
                    name: active.name.clone(),
                    added_at: active.added_at,
                    used_at: active.used_at,
                })
                .collect(),
            recovery_codes: self.codes_left(account),
            sessions: sessions
                .into_iter()
                .map(|session| ExportedSession {
                    created_at: session.created_at,
                    touched_at: session.touched_at,
                    expires_at: session.expires_at,
                    data: session.data.clone(),
                })
                .collect(),
            audit: self.audit_page(&trail),
        }
    }

    pub(super) fn audit_page(&self, command: &AuditPage) -> Vec<AuditRow> {
        let of_page = |row: &&AuditRow| {
            let subjects = command.subjects.as_ref();
            subjects.is_none_or(|subjects| subjects.contains(&row.subject))
                && command
                    .before
                    .is_none_or(|before| (row.at, row.id) < before)
        };
        let trail = self.audit.iter().filter(|(of, _)| *of == command.tenant);
        let mut page: Vec<AuditRow> = trail.map(|(_, row)| row).filter(of_page).cloned().collect();
        page.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
        page.truncate(command.rows().into());
        page
    }
}
