//! What waits in the outbox, and its sealed form.

use crate::auth::Inner;
use crate::directory::Login;
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use slotwerk_store::{AccountKey, Enqueued, Id, MailNote, MailState, NewJob};
use zeroize::Zeroizing;

/// Work for the outbox. No token and no secret is in it: those are made or opened when the mail is
/// written, so that a link's validity starts at sending.
#[derive(Serialize, Deserialize)]
pub(crate) enum Task {
    /// Look the login name up and, if it is somebody's, mail a link.
    Reset {
        login: String,
        /// Whether the account's budget of mails was charged. Once is enough, however often it is tried.
        charged: bool,
    },
    /// Mail a link to the owner of an account that has no password yet. The account's budget of mails was charged.
    Invite {
        account: String,
        /// The person who invites, and the reason, for the audit trail.
        actor: String,
        reason: Option<String>,
    },
    /// Mail the material of a pending enrolment.
    SetUp {
        account: String,
        enrolment: [u8; 16],
    },
    /// Tell the person what happened.
    Notice {
        account: String,
        notice: Notice,
        at: u64,
        /// The addresses that need it no more. A job of before has none.
        #[serde(default)]
        done: Vec<String>,
    },
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Notice {
    PasswordChanged,
    AuthenticatorAdded { name: Option<String>, first: bool },
    AuthenticatorReplaced { name: Option<String> },
    AuthenticatorRemoved { name: Option<String>, last: bool },
    SecondFactorForgotten,
    AccountUnlocked,
    SessionsEnded,
    NewPasswordRequired,
    AuthenticatorResynchronised { name: Option<String> },
    RecoveryCodeUsed,
    RecoveryCodesRenewed,
}

impl Inner {
    /// A job of this tenant, ready now, sealed.
    pub(crate) fn job(&self, tenant: &str, task: &Task) -> Result<NewJob, Fault> {
        let (id, now) = (self.random_id()?, self.now());
        Ok(NewJob {
            id,
            tenant: tenant.to_owned(),
            payload: self.sealed_task(tenant, id, task)?,
            created_at: now,
            ready_at: now,
            capacity: self.limits.outbox_capacity,
            note: None,
        })
    }

    pub(crate) fn sealed_task(&self, tenant: &str, id: Id, task: &Task) -> Result<Vec<u8>, Fault> {
        let plain = serde_json::to_vec(task)
            .map(Zeroizing::new)
            .map_err(|_| Fault::Unusable("an outbox task"))?;
        self.seal_job(tenant, id, &plain)
    }

    pub(crate) fn notice(&self, key: &AccountKey, notice: Notice) -> Result<NewJob, Fault> {
        self.job(
            key.tenant(),
            &Task::Notice {
                account: key.account().to_owned(),
                notice,
                at: self.now(),
                done: Vec::new(),
            },
        )
    }

    pub(crate) fn setup_job(&self, key: &AccountKey, enrolment: Id) -> Result<NewJob, Fault> {
        let task = Task::SetUp {
            account: key.account().to_owned(),
            enrolment: enrolment.0,
        };
        Ok(NewJob {
            note: Some(MailNote {
                account: key.clone(),
                enrolment,
                state: MailState::Queued,
            }),
            ..self.job(key.tenant(), &task)?
        })
    }

    /// A request for a link. It starts some time later, so that the work for it is not seen in the answers to
    /// the requests that follow.
    pub(crate) fn reset_request(&self, tenant: &str, login: &Login) -> Result<NewJob, Fault> {
        let task = Task::Reset {
            login: login.typed().to_owned(),
            charged: false,
        };
        let job = self.job(tenant, &task)?;
        let delay = self.limits.reset_delay.as_secs();
        Ok(NewJob {
            ready_at: job.ready_at.saturating_add(delay),
            ..job
        })
    }
}

impl Inner {
    /// Queues a job and wakes a worker of this process.
    pub(crate) async fn enqueue(&self, job: &NewJob) -> Result<Enqueued, Fault> {
        let queued = self.store.enqueue(job).await?;
        self.wake_outbox();
        Ok(queued)
    }

    pub(crate) fn wake_outbox(&self) {
        self.outbox_wake.notify(1);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    /// A job that an earlier version queued knows of no addresses.
    #[test]
    fn earlier_notice_is_read() {
        let stored = r#"{"Notice":{"account":"7","notice":"PasswordChanged","at":5}}"#;
        let Task::Notice { done, at, .. } = serde_json::from_str(stored).unwrap() else {
            panic!("a notice");
        };
        assert!(done.is_empty() && at == 5);
    }
}
