//! Setting up an authenticator: the first under the ticket of a sign-in, further ones under that of somebody
//! who has just shown one.

use crate::auth::Auth;
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use crate::guess::{Charging, wait};
use crate::label::account_name;
use crate::scopes::Guarded;
use crate::tenant::{EnrolmentDelivery, Tenant};
use crate::ticket::LiveTicket;
use slotwerk_store::{
    AuthenticatorKind, BeginEnrolment, Enqueued, EnrolmentBegun, MailState, PendingEnrolment, Stage,
};
use slotwerk_totp::{OtpauthUri, Parameters, Secret};
use std::time::Duration;
use zeroize::Zeroizing;

/// When to ask again for a mail that the outbox has no room for.
const FULL_OUTBOX_PAUSE: Duration = Duration::from_secs(60);

/// What setting an authenticator up takes at most, as a rule.
const TIME_TO_SET_UP: Duration = Duration::from_secs(5 * 60);

/// The answer to the wish to set up an authenticator, or to see the set-up again.
#[derive(Debug)]
#[non_exhaustive]
pub enum Enrolment {
    /// Show this on the page.
    OnScreen(EnrolmentMaterial),
    /// The material is on its way by mail.
    Mailed,
    /// Another sign-in has a set-up pending, and set-ups of this account were replaced too often. That one goes
    /// on.
    Throttled {
        /// How long to wait before this sign-in may replace it.
        retry_after: Duration,
    },
    /// The account has as many authenticators as it may have. Remove one.
    TooMany,
    /// The ticket is over, or leaves too little time; sign in again.
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
    /// The account has as many authenticators as it may have. Remove one.
    TooMany,
    /// The ticket is over, or leaves too little time; sign in again.
    TicketDead,
}

/// The stages of a ticket under which an authenticator is set up.
pub(crate) const SETTING_UP: [Stage; 2] = [Stage::Enrol, Stage::Manage];

impl Auth {
    /// Begins to set up an authenticator, or resumes what is pending: the same secret, so that a QR
    /// already scanned stays good. Depending on the tenant, the material is returned or mailed. What is
    /// mailed is resumed by any later sign-in; what is shown, by this one only.
    ///
    /// This replaces a set-up that another sign-in shows, within a budget as large as the one for set-up mails.
    /// Somebody else with the password cannot push out the owner's set-up again and again.
    ///
    /// A mail leaves within the budget for set-up mails, or not at all: the person can
    /// [ask for it](Self::resend_enrolment) and is then told.
    ///
    /// What is shown lives as long as the ticket. With less than five minutes left of it nothing is begun, since
    /// it could not be finished: the answer is [`Enrolment::TicketDead`], and a fresh sign-in has the time. Where
    /// [`Limits::ticket_lifetime`](crate::Limits::ticket_lifetime) or
    /// [`Limits::step_up_lifetime`](crate::Limits::step_up_lifetime) is short, it is half of that.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy.
    pub async fn begin_enrolment(&self, tenant: &str, ticket: &str) -> Result<Enrolment, Fault> {
        let settings = self.require_tenant(tenant)?;
        let Some(live) = self.live_ticket(tenant, ticket, &SETTING_UP).await? else {
            return Ok(Enrolment::TicketDead);
        };
        let wait = self.charge_mail(&settings, &live).await?;
        self.begin(&settings, &live, wait.is_none()).await
    }

    /// Begins or resumes, with its mail if there is room for one.
    async fn begin(
        &self,
        settings: &Tenant,
        live: &LiveTicket,
        room: bool,
    ) -> Result<Enrolment, Fault> {
        let inner = &self.inner;
        let tenant = live.key.tenant();
        let found = self.any_pending(live).await?;
        let is_mine = found
            .as_ref()
            .is_some_and(|found| is_open_to(found, settings, live));
        if !is_mine && self.ends_too_soon(settings, live) {
            return Ok(Enrolment::TicketDead);
        }
        if let (Some(_), false) = (found, is_mine) {
            let budget = inner.account_budget(Guarded::SetupReplacement, &live.key);
            let charged = self.charge(budget, inner.limits.setup_mails).await?;
            if let Charging::Denied(refusal) = charged {
                let retry_after = wait(refusal).unwrap_or(inner.limits.enrolment_lifetime);
                return Ok(Enrolment::Throttled { retry_after });
            }
        }
        let delivery = delivery(settings, live);
        let mut command = self.enrolment_offer(delivery, live)?;
        if !room {
            command.mail = None;
            command.offer.mail = MailState::Unsent;
        }
        let pending = match inner.store.begin_enrolment(&command).await? {
            EnrolmentBegun::Begun(pending) => {
                self.wake_outbox();
                inner.tell(tenant, Some(live.key.account()), EventKind::EnrolmentBegun);
                pending
            }
            EnrolmentBegun::Resumed(pending) => {
                if room && delivery == EnrolmentDelivery::MailedBothFactorsInOneMailbox {
                    let _ = self.mail_again(live, &pending).await?;
                }
                pending
            }
            EnrolmentBegun::TooMany if live.stage == Stage::Manage => {
                return Ok(Enrolment::TooMany);
            }
            // The sign-in asked for a first one, and there is one meanwhile.
            EnrolmentBegun::TooMany | EnrolmentBegun::TicketDead => {
                return Ok(Enrolment::TicketDead);
            }
        };
        match delivery {
            EnrolmentDelivery::OnScreen => Ok(Enrolment::OnScreen(
                self.material(settings, live, &pending)?,
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
        let Some(live) = self.live_ticket(tenant, ticket, &SETTING_UP).await? else {
            return Ok(Some(Enrolment::TicketDead));
        };
        let Some(pending) = self.pending(&settings, &live).await? else {
            return Ok(None);
        };
        Ok(Some(match delivery(&settings, &live) {
            EnrolmentDelivery::OnScreen => {
                Enrolment::OnScreen(self.material(&settings, &live, &pending)?)
            }
            EnrolmentDelivery::MailedBothFactorsInOneMailbox => Enrolment::Mailed,
        }))
    }

    /// Where the mail of a pending set-up is, for the page behind its ticket. It left, it waits, or it failed and the
    /// person has to ask for it again. `None` if nothing is pending, or the page shows the set-up itself.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    pub async fn enrolment_mail(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<Option<MailState>, Fault> {
        let settings = self.require_tenant(tenant)?;
        let Some(live) = self.live_ticket(tenant, ticket, &SETTING_UP).await? else {
            return Ok(None);
        };
        if delivery(&settings, &live) == EnrolmentDelivery::OnScreen {
            return Ok(None);
        }
        let pending = self.pending(&settings, &live).await?;
        Ok(pending.map(|pending| pending.mail))
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
        let Some(live) = self.live_ticket(tenant, ticket, &SETTING_UP).await? else {
            return Ok(EnrolmentResent::TicketDead);
        };
        let wait = self.charge_mail(&settings, &live).await?;
        let Some(pending) = self.pending(&settings, &live).await? else {
            // Expired meanwhile: what was scanned is of no use any more, so a fresh one begins.
            let begun = self.begin(&settings, &live, wait.is_none()).await?;
            return Ok(match (begun, wait) {
                (Enrolment::OnScreen(material), _) => EnrolmentResent::OnScreen(material),
                (Enrolment::Mailed, None) => EnrolmentResent::Mailed,
                (Enrolment::Mailed, Some(retry_after)) => {
                    EnrolmentResent::Throttled { retry_after }
                }
                (Enrolment::Throttled { retry_after }, _) => {
                    EnrolmentResent::Throttled { retry_after }
                }
                (Enrolment::TooMany, _) => EnrolmentResent::TooMany,
                (Enrolment::TicketDead, _) => EnrolmentResent::TicketDead,
            });
        };
        if delivery(&settings, &live) == EnrolmentDelivery::OnScreen {
            return Ok(EnrolmentResent::OnScreen(
                self.material(&settings, &live, &pending)?,
            ));
        }
        if let Some(retry_after) = wait {
            return Ok(EnrolmentResent::Throttled { retry_after });
        }
        match self.mail_again(&live, &pending).await? {
            None => {
                inner.tell(tenant, Some(live.key.account()), EventKind::EnrolmentResent);
                Ok(EnrolmentResent::Mailed)
            }
            Some(retry_after) => Ok(EnrolmentResent::Throttled { retry_after }),
        }
    }

    /// Whether the ticket lasts too short for finding the phone, scanning and typing. Who scans a symbol that
    /// is worth nothing when the code is typed is left with a dead entry in the app. A mailed one outlives the
    /// ticket.
    fn ends_too_soon(&self, settings: &Tenant, live: &LiveTicket) -> bool {
        let limits = &self.inner.limits;
        let whole = match live.stage {
            Stage::Manage => limits.step_up_lifetime,
            // From a sign-in, or from somebody who is signed in without one.
            _ => limits.ticket_lifetime.min(limits.step_up_lifetime),
        };
        delivery(settings, live) == EnrolmentDelivery::OnScreen
            && live.time_left(self.inner.now()) < TIME_TO_SET_UP.min(whole / 2)
    }

    /// A fresh secret under a fresh id, with its mail where the tenant wants one.
    fn enrolment_offer(
        &self,
        delivery: EnrolmentDelivery,
        live: &LiveTicket,
    ) -> Result<BeginEnrolment, Fault> {
        let inner = &self.inner;
        let (now, id) = (inner.now(), inner.random_id()?);
        let secret = Zeroizing::new(inner.random::<20>()?);
        let mailed = delivery == EnrolmentDelivery::MailedBothFactorsInOneMailbox;
        let mail = if mailed {
            Some(inner.setup_mail(&live.key, id)?)
        } else {
            None
        };
        Ok(BeginEnrolment {
            stage: live.stage,
            account: live.key.clone(),
            offer: PendingEnrolment {
                id,
                sealed: inner.seal_secret(&live.key, id, secret.as_slice())?,
                ticket: live.token,
                shared: mailed,
                mail: if mailed {
                    MailState::Queued
                } else {
                    MailState::Unsent
                },
                expires_at: now.saturating_add(inner.limits.enrolment_lifetime.as_secs()),
                ordinal: 1,
                kind: AuthenticatorKind::Totp,
            },
            // As many as there may be: it may be going to replace one.
            most_active: match live.stage {
                Stage::Manage => inner.limits.authenticators,
                _ => 0,
            },
            mail,
            now,
        })
    }

    /// What is pending and may be shown or confirmed under this ticket.
    ///
    /// What is shown on the page is of the sign-in in which it is shown: somebody else with the same password,
    /// in a sign-in of their own, gets another secret and never sees this one. What is mailed only the
    /// mailbox ever shows, so any sign-in goes on with it.
    pub(crate) async fn pending(
        &self,
        settings: &Tenant,
        live: &LiveTicket,
    ) -> Result<Option<PendingEnrolment>, Fault> {
        let found = self.any_pending(live).await?;
        Ok(found.filter(|found| is_open_to(found, settings, live)))
    }

    /// Reads the pending enrolment of the account, of any sign-in. Reports an expiry that no honest clock wrote;
    /// nothing is pending then.
    async fn any_pending(&self, live: &LiveTicket) -> Result<Option<PendingEnrolment>, Fault> {
        let inner = &self.inner;
        let now = inner.now();
        let found = inner.store.pending_enrolment(&live.key, now).await?;
        if found
            .as_ref()
            .is_some_and(|found| found.expires_too_late(now))
        {
            let kind = EventKind::ClockRanAhead(StoredTime::Enrolment);
            inner.tell(live.key.tenant(), Some(live.key.account()), kind);
            return Ok(None);
        }
        Ok(found)
    }

    /// Charges a set-up mail, the first or another, where one may leave; or says how long to wait.
    async fn charge_mail(
        &self,
        settings: &Tenant,
        live: &LiveTicket,
    ) -> Result<Option<Duration>, Fault> {
        if delivery(settings, live) == EnrolmentDelivery::OnScreen {
            return Ok(None);
        }
        let inner = &self.inner;
        let budget = inner.account_budget(Guarded::SetupMail, &live.key);
        Ok(match self.charge(budget, inner.limits.setup_mails).await? {
            Charging::Granted(_) => None,
            Charging::Denied(refusal) => {
                Some(wait(refusal).unwrap_or(inner.limits.enrolment_lifetime))
            }
        })
    }

    /// Queues a set-up mail that was charged, or says how long to wait.
    async fn mail_again(
        &self,
        live: &LiveTicket,
        pending: &PendingEnrolment,
    ) -> Result<Option<Duration>, Fault> {
        let inner = &self.inner;
        let job = inner.setup_mail(&live.key, pending.id)?;
        Ok(match self.enqueue(&job).await? {
            Enqueued::Queued => None,
            Enqueued::Full => Some(FULL_OUTBOX_PAUSE),
        })
    }

    pub(crate) fn pending_secret(
        &self,
        live: &LiveTicket,
        pending: &PendingEnrolment,
    ) -> Result<Secret, Fault> {
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
        material(
            settings,
            &live.account.login,
            pending.ordinal,
            &self.pending_secret(live, pending)?,
        )
    }
}

/// Whether this sign-in may go on with it: its own, or one that only the mailbox shows.
fn is_open_to(found: &PendingEnrolment, settings: &Tenant, live: &LiveTicket) -> bool {
    let mailed = delivery(settings, live) == EnrolmentDelivery::MailedBothFactorsInOneMailbox;
    found.ticket == live.token || mailed && found.shared
}

/// How the secret reaches the person. Who has just shown a second factor gets it on the page, whatever the
/// tenant says: there is no reason to put it in the mailbox.
pub(crate) fn delivery(settings: &Tenant, live: &LiveTicket) -> EnrolmentDelivery {
    match live.stage {
        Stage::Manage => EnrolmentDelivery::OnScreen,
        _ => settings.enrolment_delivery,
    }
}

/// What the app needs, for the page and for the mail alike.
pub(crate) fn material(
    settings: &Tenant,
    login: &str,
    ordinal: u32,
    secret: &Secret,
) -> Result<EnrolmentMaterial, Fault> {
    let account_name = account_name(&settings.issuer, login, ordinal);
    let uri = OtpauthUri::new(secret, &Parameters::ISSUED, &settings.issuer, &account_name)
        .map_err(|_| Fault::Unusable("an account name"))?;
    Ok(EnrolmentMaterial {
        uri,
        grouped_secret: secret.to_grouped(),
        account_name,
    })
}
