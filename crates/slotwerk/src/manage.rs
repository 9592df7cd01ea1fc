//! Changing the second factor of somebody who has just shown it: rename, remove, new recovery codes.
//! Adding and replacing go through the [set-up](crate::Auth::begin_enrolment).

use crate::auth::{Auth, account_key};
use crate::authenticator::{AuthenticatorId, AuthenticatorName};
use crate::event::EventKind;
use crate::fault::Fault;
use crate::jobs::Notice;
use crate::label::account_name;
use crate::scopes::Guarded;
use crate::tenant::SecondFactor;
use crate::ticket::{Grant, Opening, SignInTicket};
use slotwerk_recovery::CodeSet;
use slotwerk_reset::Lifetime;
use slotwerk_store::{
    AuthenticatorRemoved, AuthenticatorRenamed, BudgetChanges, RecoveryCodesRenewed,
    RemoveAuthenticator, RenameAuthenticator, RenewRecoveryCodes, Stage,
};
use std::time::Duration;

/// Whether a person may change their second factor now.
#[derive(Debug)]
#[non_exhaustive]
pub enum Management {
    /// They have shown it lately. The ticket goes with each change, for as long as
    /// [`Limits::step_up_lifetime`](crate::Limits::step_up_lifetime) after that sign-in.
    Open(SignInTicket),
    /// There is none yet. The ticket sets the first authenticator up, as in a sign-in.
    Enrol(SignInTicket),
    /// Too long ago, or by the password alone. Let the person [sign in](Auth::sign_in) again, with the code,
    /// and come back with that grant.
    StepUp,
}

/// The answer to another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Renaming {
    /// It has the name.
    Renamed,
    /// No such authenticator; it may have been removed meanwhile.
    Unknown,
    /// The ticket is over; [ask again](Auth::manage).
    TicketDead,
}

/// The answer to the removal of an authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Removal {
    /// It is gone; links, tickets and sessions from before are over, this one too: start it again with
    /// the grant.
    Removed {
        /// What the host turns into its session. It is as old as the sign-in that the ticket came from.
        grant: Grant,
        /// How many are left.
        left: u32,
    },
    /// It is the last one, and this tenant asks for a second factor: replace it instead.
    Last,
    /// No such authenticator; it may have been removed meanwhile.
    Unknown,
    /// The ticket is over; [ask again](Auth::manage).
    TicketDead,
}

/// The answer to the wish for new recovery codes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Renewal {
    /// To be shown once; only digests are kept. No earlier code works any more.
    Renewed(CodeSet),
    /// Too many passwords and codes are being hashed. Nothing has changed; ask to try again.
    Busy,
    /// The ticket is over; [ask again](Auth::manage).
    TicketDead,
}

impl Auth {
    /// Opens the way to change a second factor, for somebody who has just signed in with it.
    ///
    /// A session alone is not enough (ASVS 5.0 7.5.1, NIST SP 800-63B-4 §4.1.2.1): whoever sits down at a
    /// computer that was left open could otherwise put an authenticator of their own in place.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy.
    pub async fn manage(&self, grant: &Grant) -> Result<Management, Fault> {
        let inner = &self.inner;
        self.require_tenant(&grant.tenant)?;
        let key = account_key(&grant.tenant, &grant.account)?;
        let age = Duration::from_secs(inner.now().saturating_sub(grant.at));
        let left = inner.limits.step_up_lifetime.saturating_sub(age);
        let Ok(lifetime) = Lifetime::new(left) else {
            return Ok(Management::StepUp);
        };
        let enrolled = !inner.store.authenticators(&key).await?.is_empty();
        let stage = match (enrolled, grant.second_factor) {
            (true, true) => Stage::Manage,
            // As after the password in a sign-in. An authenticator that comes in between closes this way.
            (false, _) => Stage::Enrol,
            (true, false) => return Ok(Management::StepUp),
        };
        let opening = Opening {
            key: &key,
            epoch: grant.epoch,
            stage,
            standing: grant.standing,
            lifetime,
        };
        let ticket = self.open_ticket(&opening).await?;
        Ok(match stage {
            Stage::Manage => Management::Open(ticket),
            _ => Management::Enrol(ticket),
        })
    }

    /// Gives an authenticator another name.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys; nothing has changed then.
    pub async fn rename_authenticator(
        &self,
        tenant: &str,
        ticket: &str,
        authenticator: AuthenticatorId,
        name: &AuthenticatorName,
    ) -> Result<Renaming, Fault> {
        let inner = &self.inner;
        let Some(live) = self.live_ticket(tenant, ticket, &[Stage::Manage]).await? else {
            return Ok(Renaming::TicketDead);
        };
        let command = RenameAuthenticator {
            ticket: live.token,
            subject: inner.subject(&live.key),
            authenticator: authenticator.0,
            name: Some(name.as_str().to_owned()),
            now: inner.now(),
            account: live.key,
        };
        Ok(match inner.store.rename_authenticator(&command).await? {
            AuthenticatorRenamed::Renamed => {
                let who = Some(command.account.account());
                inner.tell(tenant, who, EventKind::AuthenticatorRenamed);
                Renaming::Renamed
            }
            AuthenticatorRenamed::Unknown => Renaming::Unknown,
            AuthenticatorRenamed::TicketDead => Renaming::TicketDead,
        })
    }

    /// Removes an authenticator and ends every session. A notice goes to the person.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy; nothing has changed then.
    pub async fn remove_authenticator(
        &self,
        tenant: &str,
        ticket: &str,
        authenticator: AuthenticatorId,
    ) -> Result<Removal, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let Some(live) = self.live_ticket(tenant, ticket, &[Stage::Manage]).await? else {
            return Ok(Removal::TicketDead);
        };
        let active = inner.store.authenticators(&live.key).await?;
        let last = active.len() == 1;
        let Some(found) = active.into_iter().find(|one| one.id == authenticator.0) else {
            return Ok(Removal::Unknown);
        };
        // Where there are others, the mail says which one it was.
        let label =
            (!last).then(|| account_name(&settings.issuer, &live.account.login, found.ordinal));
        let notice = Notice::AuthenticatorRemoved {
            name: found.name.or(label),
            last,
        };
        let command = RemoveAuthenticator {
            ticket: live.token,
            account: live.key.clone(),
            authenticator: authenticator.0,
            last_may_go: settings.second_factor == SecondFactor::WhenEnrolled,
            notice: Some(inner.notice(&live.key, notice)?),
            subject: inner.subject(&live.key),
            now: inner.now(),
        };
        Ok(match inner.store.remove_authenticator(&command).await? {
            AuthenticatorRemoved::Removed { left, epoch } => {
                self.wake_outbox();
                let who = Some(live.key.account());
                inner.tell(tenant, who, EventKind::AuthenticatorRemoved);
                Removal::Removed {
                    grant: live.grant_again(epoch, inner.limits.step_up_lifetime),
                    left,
                }
            }
            AuthenticatorRemoved::Last => Removal::Last,
            AuthenticatorRemoved::Unknown => Removal::Unknown,
            AuthenticatorRemoved::TicketDead => Removal::TicketDead,
        })
    }

    /// Makes ten new recovery codes; the earlier ones stop working. A notice goes to the person.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    pub async fn renew_recovery_codes(&self, tenant: &str, ticket: &str) -> Result<Renewal, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let Some(live) = self.live_ticket(tenant, ticket, &[Stage::Manage]).await? else {
            return Ok(Renewal::TicketDead);
        };
        let Some(codes) = self.new_recovery_codes(&settings, &live.key).await? else {
            return Ok(Renewal::Busy);
        };
        let command = RenewRecoveryCodes {
            ticket: live.token,
            account: live.key.clone(),
            recovery_codes: codes.stored,
            notice: Some(inner.notice(&live.key, Notice::RecoveryCodesRenewed)?),
            subject: inner.subject(&live.key),
            now: inner.now(),
            budgets: BudgetChanges::default(),
        };
        Ok(match inner.store.renew_recovery_codes(&command).await? {
            RecoveryCodesRenewed::Renewed => {
                self.wake_outbox();
                // They are new: nobody has guessed at them.
                self.lift_quietly(inner.account_budget(Guarded::RecoveryCode, &live.key))
                    .await;
                let who = Some(live.key.account());
                inner.tell(tenant, who, EventKind::RecoveryCodesRenewed);
                Renewal::Renewed(codes.shown)
            }
            RecoveryCodesRenewed::TicketDead => Renewal::TicketDead,
        })
    }
}
