//! Sends a notice to each address of an account, and to none of them twice.

use super::job::{Leased, Progress, Undone};
use super::pace::Timer;
use crate::auth::Inner;
use crate::directory::Account;
use crate::event::EventKind;
use crate::jobs::{Notice, Task};
use crate::origin::Origin;
use crate::tenant::Tenant;
use std::time::Duration;

/// A notice, and what became of it so far.
pub(super) struct NoticeTask {
    pub(super) account: String,
    pub(super) notice: Notice,
    pub(super) at: u64,
    /// The addresses that have it, and those that never will.
    pub(super) done: Vec<String>,
    pub(super) origin: Option<Origin>,
}

impl Inner {
    /// Sends the notice to every address that has not had it. One that fails holds up none of the others. The job
    /// comes back for those that may work later.
    pub(super) async fn send_notice<S, F>(
        &self,
        tenant: &Tenant,
        leased: &Leased,
        mut task: NoticeTask,
        progress: &mut Progress,
        timer: &Timer<'_, S>,
    ) -> Result<(), Undone>
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let (key, account) = self.recipient(tenant, &task.account, progress).await?;
        let left = addresses(&account, &task.done);
        let mails = self
            .notice_mails(tenant, (&key, &account), &task, &left)
            .await?;
        let mut postponed = None;
        for (n, (address, mail)) in left.iter().zip(mails).enumerate() {
            // An even share of the lease, so that a slow address leaves the others their time.
            let share = u32::try_from(left.len().saturating_sub(n)).unwrap_or(1);
            let sent = match mail {
                Ok(mail) => self.send(&mail, leased.until, share, timer).await,
                Err(undone) => Err(undone),
            };
            match sent {
                Ok(()) => self.emit_of(&leased.job, progress, EventKind::MailSent),
                Err(Undone::GiveUp(problem)) => {
                    let kind = EventKind::MailAbandoned(problem);
                    self.emit_of(&leased.job, progress, kind);
                }
                Err(undone) => {
                    postponed.get_or_insert(undone);
                    continue;
                }
            }
            task.done.push(address.clone());
        }
        progress.left = Some(Task::Notice {
            account: task.account,
            notice: task.notice,
            at: task.at,
            done: task.done,
            origin: task.origin,
        });
        postponed.map_or(Ok(()), Err)
    }
}

/// The addresses that a notice still goes to, each once.
fn addresses(account: &Account, done: &[String]) -> Vec<String> {
    let further = account.notice_addresses.iter();
    let all = std::iter::once(&account.mail).chain(further.take(Account::MAX_NOTICE_ADDRESSES));
    let mut left: Vec<String> = Vec::new();
    for address in all {
        if !done.contains(address) && !left.contains(address) {
            left.push(address.clone());
        }
    }
    left
}
