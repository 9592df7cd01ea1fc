//! Setting up an authenticator, under a sign-in ticket.

use crate::auth::Auth;
use crate::event::{EventKind, Factor, RejectedCode};
use crate::fault::Fault;
use crate::guess::{Guess, wait};
use crate::jobs::Notice;
use crate::scopes::Guarded;
use crate::tenant::{EnrolmentDelivery, Tenant};
use crate::ticket::{Grant, LiveTicket};
use slotwerk_recovery::CodeSet;
use slotwerk_store::{
    BeginEnrolment, Charged, CodeDigest, ConfirmEnrolment, Enqueued, EnrolmentBegun,
    EnrolmentConfirmed, Id, PendingEnrolment, Stage,
};
use slotwerk_totp::{Hint, OtpauthUri, Parameters, Progress, Secret, Verdict, Window};
use std::time::Duration;
use zeroize::Zeroizing;

/// When to ask again for a mail that the outbox has no room for.
const FULL_OUTBOX_PAUSE: Duration = Duration::from_secs(60);

/// The answer to the wish to set up an authenticator, or to see the set-up again.
#[derive(Debug)]
#[non_exhaustive]
pub enum Enrolment {
    /// Show this on the page.
    OnScreen(EnrolmentMaterial),
    /// The material is on its way by mail.
    Mailed,
    /// The ticket is over; sign in again.
    TicketDead,
}

/// What an authenticator app needs.
#[non_exhaustive]
pub struct EnrolmentMaterial {
    /// The otpauth URI: for the QR, and as a link that a phone opens directly. A secret.
    pub uri: OtpauthUri,
    /// The set-up code in groups of four, to type by hand. A secret.
    pub grouped_secret: Zeroizing<String>,
    /// The account name that the app will show.
    pub account_name: String,
}

impl std::fmt::Debug for EnrolmentMaterial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolmentMaterial(..)")
    }
}

/// The answer to "new code".
#[derive(Debug)]
#[non_exhaustive]
pub enum EnrolmentResent {
    /// The same secret is shown again.
    OnScreen(EnrolmentMaterial),
    /// The same secret is on its way again.
    Mailed,
    /// Not yet.
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The ticket is over; sign in again.
    TicketDead,
}

/// The answer to the first code of a new authenticator.
#[derive(Debug)]
#[non_exhaustive]
pub enum EnrolmentConfirmation {
    /// The authenticator is active and the person is signed in.
    SignedIn {
        /// What the host turns into its session.
        grant: Grant,
        /// To be shown once; only digests are kept.
        recovery_codes: CodeSet,
    },
    /// Not a code of now. The set-up goes on as it was.
    Rejected(Hint),
    /// The budget is used up; the code was not looked at.
    Throttled {
        /// How long to wait; `None` if waiting does not help.
        retry_after: Option<Duration>,
    },
    /// Nothing is pending: it expired, or another page finished it. Begin again.
    Gone,
    /// The ticket is over; sign in again.
    TicketDead,
}

impl Auth {
    /// Begins to set up an authenticator, or resumes what is pending: the same secret, so that a QR
    /// already scanned stays good. Depending on the tenant, the material is returned or mailed. What is
    /// mailed is resumed by any later sign-in; what is shown, by this one only.
    ///
    /// Resuming sends the mail again within the budget for set-up mails.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy.
    pub async fn begin_enrolment(&self, tenant: &str, ticket: &str) -> Result<Enrolment, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let Some(live) = self.live_ticket(tenant, ticket, Stage::Enrol).await? else {
            return Ok(Enrolment::TicketDead);
        };
        let command = self.enrolment_offer(&settings, &live)?;
        let pending = match inner.store.begin_enrolment(&command).await? {
            EnrolmentBegun::Begun(pending) => {
                self.wake_outbox();
                inner.tell(tenant, Some(live.key.account()), EventKind::EnrolmentBegun);
                pending
            }
            EnrolmentBegun::Resumed(pending) => {
                if settings.enrolment_delivery == EnrolmentDelivery::MailedBothFactorsInOneMailbox {
                    // Within the budget, or not at all: the person can ask for it and is then told.
                    let _ = self.mail_again(&live, &pending).await?;
                }
                pending
            }
            EnrolmentBegun::AlreadyActive | EnrolmentBegun::TicketDead => {
                return Ok(Enrolment::TicketDead);
            }
        };
        match settings.enrolment_delivery {
            EnrolmentDelivery::OnScreen => Ok(Enrolment::OnScreen(
                self.material(&settings, &live, &pending)?,
            )),
            EnrolmentDelivery::MailedBothFactorsInOneMailbox => Ok(Enrolment::Mailed),
        }
    }

    /// What is pending, for the page that a GET shows: begins nothing and mails nothing.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    pub async fn inspect_enrolment(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<Option<Enrolment>, Fault> {
        let settings = self.require_tenant(tenant)?;
        let Some(live) = self.live_ticket(tenant, ticket, Stage::Enrol).await? else {
            return Ok(Some(Enrolment::TicketDead));
        };
        let Some(pending) = self.pending(&settings, &live).await? else {
            return Ok(None);
        };
        Ok(Some(match settings.enrolment_delivery {
            EnrolmentDelivery::OnScreen => {
                Enrolment::OnScreen(self.material(&settings, &live, &pending)?)
            }
            EnrolmentDelivery::MailedBothFactorsInOneMailbox => Enrolment::Mailed,
        }))
    }

    /// "New code": the pending secret once more, never a new one.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy.
    pub async fn resend_enrolment(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<EnrolmentResent, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let Some(live) = self.live_ticket(tenant, ticket, Stage::Enrol).await? else {
            return Ok(EnrolmentResent::TicketDead);
        };
        let Some(pending) = self.pending(&settings, &live).await? else {
            // Expired meanwhile: what was scanned is of no use any more, so a fresh one begins.
            return Ok(match self.begin_enrolment(tenant, ticket).await? {
                Enrolment::OnScreen(material) => EnrolmentResent::OnScreen(material),
                Enrolment::Mailed => EnrolmentResent::Mailed,
                Enrolment::TicketDead => EnrolmentResent::TicketDead,
            });
        };
        if settings.enrolment_delivery == EnrolmentDelivery::OnScreen {
            return Ok(EnrolmentResent::OnScreen(
                self.material(&settings, &live, &pending)?,
            ));
        }
        match self.mail_again(&live, &pending).await? {
            None => {
                inner.tell(tenant, Some(live.key.account()), EventKind::EnrolmentResent);
                Ok(EnrolmentResent::Mailed)
            }
            Some(retry_after) => Ok(EnrolmentResent::Throttled { retry_after }),
        }
    }

    /// Activates the pending authenticator with its first code, which is burnt, and finishes the
    /// sign-in.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy; nothing has changed then.
    pub async fn confirm_enrolment(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
    ) -> Result<EnrolmentConfirmation, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let Some(live) = self.guessing(tenant, ticket, Stage::Enrol).await? else {
            return Ok(EnrolmentConfirmation::TicketDead);
        };
        let who = Some(live.key.account());
        let now = inner.now();
        let Some(pending) = self.pending(&settings, &live).await? else {
            return Ok(EnrolmentConfirmation::Gone);
        };
        let budget = inner.authenticator_budget(&live.key, pending.id);
        let guess = self.charge_guess(&live, budget, inner.limits.code_attempts);
        if let Guess::Throttled { retry_after } = guess.await? {
            return Ok(EnrolmentConfirmation::Throttled { retry_after });
        }
        let secret = self.secret(&live, &pending)?;
        let verdict = slotwerk_totp::verify(
            &secret,
            &Parameters::ISSUED,
            Window::default(),
            &Progress::default(),
            code,
            now,
        );
        let Verdict::Accepted(accepted) = verdict else {
            let hint = if let Verdict::Rejected(hint) = verdict {
                hint
            } else {
                Hint::None
            };
            inner.tell(tenant, who, EventKind::CodeRejected(rejected(hint)));
            return Ok(EnrolmentConfirmation::Rejected(hint));
        };
        let recovery_codes = CodeSet::from_entropy(&inner.random()?)
            .map_err(|_| Fault::Unusable("the random source"))?;
        let command = ConfirmEnrolment {
            ticket: live.token,
            account: live.key.clone(),
            enrolment: pending.id,
            step: accepted.step(),
            drift: accepted.drift(),
            recovery_codes: recovery_codes
                .codes()
                .iter()
                .map(|code| {
                    CodeDigest(
                        *code
                            .digest(&inner.keys, tenant, live.key.account())
                            .as_bytes(),
                    )
                })
                .collect(),
            notice: Some(inner.notice(&live.key, Notice::AuthenticatorAdded)?),
            subject: inner.subject(&live.key),
            now,
        };
        match inner.store.confirm_enrolment(&command).await? {
            EnrolmentConfirmed::Confirmed { version } => {
                self.wake_outbox();
                self.settle_quietly(budget).await;
                inner.tell(tenant, who, EventKind::AuthenticatorAdded);
                inner.tell(tenant, who, EventKind::SignedIn(Factor::TotpEnrolment));
                Ok(EnrolmentConfirmation::SignedIn {
                    grant: Grant::new(&live.key, version, live.standing),
                    recovery_codes,
                })
            }
            EnrolmentConfirmed::Gone => Ok(EnrolmentConfirmation::Gone),
            EnrolmentConfirmed::AlreadyActive | EnrolmentConfirmed::TicketDead => {
                Ok(EnrolmentConfirmation::TicketDead)
            }
        }
    }

    /// A fresh secret under a fresh id, with its mail where the tenant wants one.
    fn enrolment_offer(
        &self,
        settings: &Tenant,
        live: &LiveTicket,
    ) -> Result<BeginEnrolment, Fault> {
        let inner = &self.inner;
        let now = inner.now();
        let id = match shown_under(settings, live) {
            Some(id) => id,
            None => inner.random_id()?,
        };
        let secret = Zeroizing::new(inner.random::<20>()?);
        let mail = match settings.enrolment_delivery {
            EnrolmentDelivery::OnScreen => None,
            EnrolmentDelivery::MailedBothFactorsInOneMailbox => {
                Some(inner.setup_mail(&live.key, id)?)
            }
        };
        let offer = PendingEnrolment {
            id,
            sealed: inner.seal_secret(&live.key, id, secret.as_slice())?,
            expires_at: now.saturating_add(inner.limits.enrolment_lifetime.as_secs()),
        };
        Ok(BeginEnrolment {
            ticket: live.token,
            account: live.key.clone(),
            offer,
            resume: settings.enrolment_delivery == EnrolmentDelivery::MailedBothFactorsInOneMailbox,
            mail,
            now,
        })
    }

    /// What is pending and may be shown or confirmed under this ticket.
    async fn pending(
        &self,
        settings: &Tenant,
        live: &LiveTicket,
    ) -> Result<Option<PendingEnrolment>, Fault> {
        let store = &self.inner.store;
        let pending = store.pending_enrolment(&live.key, self.inner.now()).await?;
        Ok(pending.filter(|found| shown_under(settings, live).is_none_or(|id| found.id == id)))
    }

    /// Queues the set-up mail again, or says how long to wait.
    async fn mail_again(
        &self,
        live: &LiveTicket,
        pending: &PendingEnrolment,
    ) -> Result<Option<Duration>, Fault> {
        let inner = &self.inner;
        let budget = inner.account_budget(Guarded::SetupMail, &live.key);
        if let Charged::Denied { refusal } = self.charge(budget, inner.limits.setup_mails).await? {
            let retry_after = wait(refusal);
            return Ok(Some(retry_after.unwrap_or(inner.limits.enrolment_lifetime)));
        }
        let job = inner.setup_mail(&live.key, pending.id)?;
        Ok(match self.enqueue(&job).await? {
            Enqueued::Queued => None,
            Enqueued::Full => Some(FULL_OUTBOX_PAUSE),
        })
    }

    fn secret(&self, live: &LiveTicket, pending: &PendingEnrolment) -> Result<Secret, Fault> {
        let plain = self
            .inner
            .open_secret(&live.key, pending.id, &pending.sealed)?;
        Secret::from_bytes(&plain).map_err(|_| Fault::Unusable("a stored secret"))
    }

    fn material(
        &self,
        settings: &Tenant,
        live: &LiveTicket,
        pending: &PendingEnrolment,
    ) -> Result<EnrolmentMaterial, Fault> {
        material(settings, &live.account.login, &self.secret(live, pending)?)
    }
}

/// The id of a set-up that is shown on the page: that of the sign-in in which it is shown. Somebody else
/// with the same password, in a sign-in of their own, gets another secret and never sees this one. A
/// mailed set-up has an id of its own, since only the mailbox ever shows it.
fn shown_under(settings: &Tenant, live: &LiveTicket) -> Option<Id> {
    match settings.enrolment_delivery {
        EnrolmentDelivery::OnScreen => live.token.0.first_chunk().copied().map(Id),
        EnrolmentDelivery::MailedBothFactorsInOneMailbox => None,
    }
}

/// What the app needs, for the page and for the mail alike.
pub(crate) fn material(
    settings: &Tenant,
    login: &str,
    secret: &Secret,
) -> Result<EnrolmentMaterial, Fault> {
    // A colon would end the label early in the app; everything else is kept as the person knows it.
    let account_name = login.replace(':', " ").trim().to_owned();
    let uri = OtpauthUri::new(secret, &Parameters::ISSUED, &settings.issuer, &account_name)
        .map_err(|_| Fault::Unusable("an account name"))?;
    Ok(EnrolmentMaterial {
        uri,
        grouped_secret: secret.to_grouped(),
        account_name,
    })
}

pub(crate) fn rejected(hint: Hint) -> RejectedCode {
    match hint {
        Hint::WaitForNext => RejectedCode::Stale,
        _ => RejectedCode::Wrong,
    }
}
