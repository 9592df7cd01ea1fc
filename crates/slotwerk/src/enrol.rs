//! Setting up an authenticator: the first under the ticket of a sign-in, further ones under that of somebody
//! who has just shown one.

use crate::directory::Account;
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use crate::guess::Charging;
use crate::label::account_name;
use crate::rejection::{Rejection, RejectionCode};
use crate::scopes::Guarded;
use crate::tenant::{EnrolmentDelivery, Tenant};
use crate::throttled::Throttled;
use crate::ticket::{LiveTicket, StepError, Ticket};
use slotwerk_mail::Address;
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

/// The step in which a person sets an authenticator up: their first one after the password, or a further one after
/// they have shown the second factor. A verified ticket stands behind it.
#[derive(Debug)]
pub struct SetUp {
    pub(crate) live: LiveTicket,
}

/// The answer to the wish to set up an authenticator, or to see the set-up again.
#[derive(Debug)]
pub enum EnrolmentOutcome {
    /// Show this on the page.
    OnScreen(EnrolmentMaterial),
    /// The material is on its way by mail.
    Mailed,
    /// Not now. Either another sign-in has a set-up pending and this account has replaced too many, so that the other
    /// one goes on; or the person asked for the mail too often.
    Throttled(Throttled),
    /// The account has as many authenticators as it may have. Remove one.
    TooMany,
}

impl EnrolmentOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::OnScreen(_) | Self::Mailed => None,
            Self::Throttled(why) => Some((*why).into()),
            Self::TooMany => Some(RejectionCode::TooManyAuthenticators.into()),
        }
    }
}

/// How a person finds the mail of a set-up. See [`SetUp::mailed`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MailedSetUp {
    /// The address, masked: "a•••@example.nl".
    pub to: String,
    /// The name of the sender.
    pub from: String,
    /// The subject.
    pub subject: String,
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

impl SetUp {
    /// The ticket behind the step, to keep until the next request.
    #[must_use]
    pub fn ticket(&self) -> &Ticket {
        &self.live.ticket
    }

    /// The account that the step is for. Its password was right.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.live.account
    }

    /// Begins to set up an authenticator, or resumes what is pending: the same secret, so that a QR
    /// already scanned stays good. Depending on the tenant, the material is returned or mailed. What is
    /// mailed is resumed by any later sign-in; what is shown, by this one only.
    ///
    /// This replaces a set-up that another sign-in shows, within a budget as large as the one for set-up mails.
    /// Somebody else with the password cannot push out the owner's set-up again and again.
    ///
    /// A mail leaves within the budget for set-up mails, or not at all: the person can
    /// [ask for it](Self::resend) and is then told.
    ///
    /// What is shown lives as long as the ticket. With less than five minutes left of it nothing is begun, since
    /// it could not be finished: the ticket counts as over, and a fresh sign-in has the time. Where
    /// [`Limits::ticket_lifetime`](crate::Limits::ticket_lifetime) or
    /// [`Limits::step_up_lifetime`](crate::Limits::step_up_lifetime) is short, it is half of that.
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`] of store, directory, keys or entropy.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "enrolment_begin",
            skip_all,
            fields(
                tenant = self.live.key.tenant(),
                account = %self.live.inner().pseudonym(&self.live.key),
            )
        )
    )]
    pub async fn begin(&self) -> Result<EnrolmentOutcome, StepError> {
        let wait = self.charge_mail().await?;
        self.begin_with(wait.is_none()).await
    }

    /// Begins or resumes, with its mail if there is room for one.
    async fn begin_with(&self, room: bool) -> Result<EnrolmentOutcome, StepError> {
        let live = &self.live;
        let inner = live.inner();
        let found = self.any_pending().await?;
        let is_mine = found.as_ref().is_some_and(|found| self.may_go_on(found));
        if !is_mine && self.ends_too_soon() {
            return live.over();
        }
        if let (Some(_), false) = (found, is_mine) {
            let budget = inner.account_budget(Guarded::SetupReplacement, &live.key);
            let charged = inner.charge(budget, inner.limits.setup_mails).await?;
            if let Charging::Denied(refusal) = charged {
                return Ok(EnrolmentOutcome::Throttled(refusal.into()));
            }
        }
        let delivery = self.delivery();
        let mut command = self.offer(delivery)?;
        if !room {
            command.mail = None;
            command.offer.mail = MailState::Unsent;
        }
        let pending = match inner.store.begin_enrolment(&command).await? {
            EnrolmentBegun::Begun(pending) => {
                inner.wake_outbox();
                live.emit(EventKind::EnrolmentBegun);
                pending
            }
            EnrolmentBegun::Resumed(pending) => {
                if room && delivery == EnrolmentDelivery::MailedBothFactorsInOneMailbox {
                    let _ = self.mail_again(&pending).await?;
                }
                pending
            }
            EnrolmentBegun::TooMany if live.stage == Stage::Manage => {
                return Ok(EnrolmentOutcome::TooMany);
            }
            // The sign-in asked for a first one, and there is one meanwhile.
            EnrolmentBegun::TooMany | EnrolmentBegun::TicketInvalid => return live.over(),
        };
        Ok(match delivery {
            EnrolmentDelivery::OnScreen => EnrolmentOutcome::OnScreen(self.material(&pending)?),
            EnrolmentDelivery::MailedBothFactorsInOneMailbox => EnrolmentOutcome::Mailed,
        })
    }

    /// The pending set-up, for the page that a GET shows. Begins nothing and mails nothing. `None` if there is none.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    pub async fn pending(&self) -> Result<Option<EnrolmentOutcome>, Fault> {
        let Some(pending) = self.own_pending().await? else {
            return Ok(None);
        };
        Ok(Some(match self.delivery() {
            EnrolmentDelivery::OnScreen => EnrolmentOutcome::OnScreen(self.material(&pending)?),
            EnrolmentDelivery::MailedBothFactorsInOneMailbox => EnrolmentOutcome::Mailed,
        }))
    }

    /// Where the mail of a pending set-up is. It left, it waits, or it failed and the person has to ask for it again.
    /// `None` if nothing is pending, or the page shows the set-up itself.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or keys.
    pub async fn mail_state(&self) -> Result<Option<MailState>, Fault> {
        if self.delivery() == EnrolmentDelivery::OnScreen {
            return Ok(None);
        }
        Ok(self.own_pending().await?.map(|pending| pending.mail))
    }

    /// How the person finds the mail of a set-up: for the page that sends them to their mailbox. `None` if the account has
    /// no address that mail can reach, or the page shows the set-up itself.
    #[must_use]
    pub fn mailed(&self) -> Option<MailedSetUp> {
        if self.delivery() == EnrolmentDelivery::OnScreen {
            return None;
        }
        let settings = &self.live.tenant.settings;
        let (brand, account) = (&settings.brand, &self.live.account);
        let language = account.locale.as_deref().unwrap_or(&settings.language);
        let own = settings.composer.as_ref();
        let composer = own.unwrap_or(&self.live.inner().composer);
        Some(MailedSetUp {
            to: Address::parse(&account.mail).ok()?.masked(),
            from: brand.sender_name().to_owned(),
            subject: composer.set_up_subject(brand, language).ok()?,
        })
    }

    /// "New code": the pending secret once more, never a new one, on the page or by mail.
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`] of store, directory, keys or entropy.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "enrolment_resend",
            skip_all,
            fields(
                tenant = self.live.key.tenant(),
                account = %self.live.inner().pseudonym(&self.live.key),
            )
        )
    )]
    pub async fn resend(&self) -> Result<EnrolmentOutcome, StepError> {
        let throttled = self.charge_mail().await?;
        let Some(pending) = self.own_pending().await? else {
            // Expired meanwhile: what was scanned is of no use any more, so a fresh one begins.
            let begun = self.begin_with(throttled.is_none()).await?;
            return Ok(match (begun, throttled) {
                (EnrolmentOutcome::Mailed, Some(throttled)) => {
                    EnrolmentOutcome::Throttled(throttled)
                }
                (begun, _) => begun,
            });
        };
        if self.delivery() == EnrolmentDelivery::OnScreen {
            return Ok(EnrolmentOutcome::OnScreen(self.material(&pending)?));
        }
        if let Some(throttled) = throttled {
            return Ok(EnrolmentOutcome::Throttled(throttled));
        }
        match self.mail_again(&pending).await? {
            None => {
                self.live.emit(EventKind::EnrolmentResent);
                Ok(EnrolmentOutcome::Mailed)
            }
            Some(pause) => Ok(EnrolmentOutcome::Throttled(Throttled::Wait(pause))),
        }
    }

    /// Whether the ticket lasts too short for finding the phone, scanning and typing. Who scans a symbol that
    /// is worth nothing when the code is typed is left with a dead entry in the app. A mailed one outlives the
    /// ticket.
    fn ends_too_soon(&self) -> bool {
        let inner = self.live.inner();
        let limits = &inner.limits;
        let whole = match self.live.stage {
            Stage::Manage => limits.step_up_lifetime,
            // From a sign-in, or from somebody who is signed in without one.
            _ => limits.ticket_lifetime.min(limits.step_up_lifetime),
        };
        self.delivery() == EnrolmentDelivery::OnScreen
            && self.live.time_left(inner.now()) < TIME_TO_SET_UP.min(whole / 2)
    }

    /// A fresh secret under a fresh id, with its mail where the tenant wants one.
    fn offer(&self, delivery: EnrolmentDelivery) -> Result<BeginEnrolment, Fault> {
        let live = &self.live;
        let inner = live.inner();
        let (now, id) = (inner.now(), inner.random_id()?);
        let secret = Zeroizing::new(inner.random::<20>()?);
        let mailed = delivery == EnrolmentDelivery::MailedBothFactorsInOneMailbox;
        let mail = if mailed {
            Some(inner.setup_job(&live.key, id)?)
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
    pub(crate) async fn own_pending(&self) -> Result<Option<PendingEnrolment>, Fault> {
        let found = self.any_pending().await?;
        Ok(found.filter(|found| self.may_go_on(found)))
    }

    /// Reads the pending enrolment of the account, of any sign-in. Reports an expiry that no honest clock wrote;
    /// nothing is pending then.
    async fn any_pending(&self) -> Result<Option<PendingEnrolment>, Fault> {
        let inner = self.live.inner();
        let now = inner.now();
        let found = inner.store.pending_enrolment(&self.live.key, now).await?;
        if found
            .as_ref()
            .is_some_and(|found| found.expires_too_late(now))
        {
            let kind = EventKind::ClockRanAhead(StoredTime::Enrolment);
            self.live.emit(kind);
            return Ok(None);
        }
        Ok(found)
    }

    /// Whether this sign-in may go on with it: its own, or one that only the mailbox shows.
    fn may_go_on(&self, found: &PendingEnrolment) -> bool {
        let mailed = self.delivery() == EnrolmentDelivery::MailedBothFactorsInOneMailbox;
        found.ticket == self.live.token || mailed && found.shared
    }

    /// How the secret reaches the person. After a second factor it is always on the page: there is no reason to put
    /// it in the mailbox.
    pub(crate) fn delivery(&self) -> EnrolmentDelivery {
        match self.live.stage {
            Stage::Manage => EnrolmentDelivery::OnScreen,
            _ => self.live.tenant.settings.enrolment_delivery,
        }
    }

    /// Charges a set-up mail, the first or another, where one may leave; or says why not.
    async fn charge_mail(&self) -> Result<Option<Throttled>, Fault> {
        if self.delivery() == EnrolmentDelivery::OnScreen {
            return Ok(None);
        }
        let inner = self.live.inner();
        let budget = inner.account_budget(Guarded::SetupMail, &self.live.key);
        Ok(
            match inner.charge(budget, inner.limits.setup_mails).await? {
                Charging::Granted(_) => None,
                Charging::Denied(refusal) => Some(refusal.into()),
            },
        )
    }

    /// Queues a set-up mail that was charged, or says how long to wait.
    async fn mail_again(&self, pending: &PendingEnrolment) -> Result<Option<Duration>, Fault> {
        let inner = self.live.inner();
        let job = inner.setup_job(&self.live.key, pending.id)?;
        Ok(match inner.enqueue(&job).await? {
            Enqueued::Queued => None,
            Enqueued::Full => Some(FULL_OUTBOX_PAUSE),
        })
    }

    pub(crate) fn secret(&self, pending: &PendingEnrolment) -> Result<Secret, Fault> {
        let inner = self.live.inner();
        let plain = inner.open_secret(&self.live.key, pending.id, &pending.sealed)?;
        Secret::from_bytes(&plain).map_err(|_| Fault::Unusable("a stored secret"))
    }

    fn material(&self, pending: &PendingEnrolment) -> Result<EnrolmentMaterial, Fault> {
        material(
            &self.live.tenant.settings,
            &self.live.account.login,
            pending.ordinal,
            &self.secret(pending)?,
        )
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
