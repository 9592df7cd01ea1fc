//! From a typed password to a stored hash: the policy's evidence is what hashing asks for.

use crate::auth::Inner;
use crate::directory::Account;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::guess::Charging;
use crate::scopes::Guarded;
use crate::tenant::Tenant;
use crate::throttled::Throttled;
use slotwerk_breach::{Answer, checked};
use slotwerk_password::{HashError, Password, PasswordHash, PepperFault, Verification};
use slotwerk_policy::{Accepted, Awaited, Fact, Policy, Requirement, Rule, Subject};
use slotwerk_store::{AccountKey, Credential, KeepHistory, MAX_HISTORY};
use std::sync::Arc;
use std::time::Duration;

/// What the rules need to know of a person. An attribute that the policy cannot take, because there
/// are too many or it is too long, is left out rather than keeping the person from a new password.
pub(crate) fn subject(account: &Account) -> Subject {
    let mut subject = Subject::new();
    for name in [&account.login, &account.mail] {
        subject = subject.clone().mail_address(name).unwrap_or(subject);
    }
    for name in &account.attributes {
        subject = subject.clone().name(name).unwrap_or(subject);
    }
    subject
}

/// Whose new password, and why.
pub(crate) struct NewPassword<'a> {
    pub(crate) settings: &'a Tenant,
    pub(crate) key: &'a AccountKey,
    pub(crate) account: &'a Account,
    /// The credential that is to be replaced.
    pub(crate) credential: &'a Credential,
    pub(crate) occasion: Occasion,
}

/// Whether a minimum age holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// The person wants another password and knows the current one.
    Wanted,
    /// The current one is forgotten: that cannot wait.
    Forgotten,
    /// The host has asked for another one: that cannot wait either.
    Required,
    /// The host sets one. It is trusted, so it has no budget either.
    ByHost,
}

/// What came of a new password.
pub(crate) enum Judged {
    /// It may be stored.
    Accepted {
        hash: PasswordHash,
        /// The breach check gave no answer and is to be made at the next sign-in.
        recheck: bool,
        keep: KeepHistory,
    },
    /// The policy refuses it.
    RulesUnmet(Vec<Requirement>),
    /// The breach check gave no answer, and the host has chosen not to go on without.
    Unchecked,
    /// Compared with earlier passwords too often; nothing was compared now.
    Throttled(Throttled),
    /// The hashing pool is full.
    Busy,
}

/// The rules that hold for one account.
pub(crate) struct Rules {
    settings: Arc<Tenant>,
    account: Box<Account>,
}

impl Rules {
    pub(crate) fn new(settings: Arc<Tenant>, account: Account) -> Result<Self, Fault> {
        settings.policy_of(&account)?;
        let account = Box::new(account);
        Ok(Self { settings, account })
    }

    pub(crate) fn policy(&self) -> &Policy {
        // That there is one was seen to when this was made.
        self.settings
            .policy_of(&self.account)
            .unwrap_or(&self.settings.policy)
    }

    pub(crate) fn for_browser(&self) -> String {
        self.policy().browser_rules_for(&subject(&self.account))
    }

    /// The requirements with their states, as far as the text and the person tell.
    pub(crate) fn check(&self, text: &str) -> Vec<Requirement> {
        let verdict = self.policy().check(&subject(&self.account), text);
        verdict.requirements().to_vec()
    }

    /// Whether no rule that needs nothing but the text refuses it.
    pub(crate) fn would_accept(&self, text: &str) -> bool {
        let verdict = self.policy().check(&subject(&self.account), text);
        !verdict.is_refused()
    }
}

impl Inner {
    /// Asks the tenant's policy, fetches the facts that it asks for, the cheap ones first, and hashes
    /// what it accepts: its evidence is the only thing that is hashed here.
    pub(crate) async fn judge(
        &self,
        request: &NewPassword<'_>,
        new: &Password,
    ) -> Result<Judged, Fault> {
        let emit = |kind| {
            let (tenant, account) = (request.key.tenant(), request.key.account());
            self.emit(tenant, Some(account), kind);
        };
        let policy = request.settings.policy_of(request.account)?;
        let mut verdict = policy.check(&subject(request.account), new.expose());
        let mut recheck = false;
        let mut wanted: Vec<Awaited> = verdict.awaits().collect();
        wanted.sort_by_key(cost);
        for awaited in wanted {
            if verdict.is_refused() {
                break;
            }
            let fact = match awaited {
                Awaited::Age => Fact::Age(self.age_of_current(request)),
                Awaited::Breach => {
                    let Some(breaches) = &self.breaches else {
                        return Err(Fault::Unusable("a policy without its breach check"));
                    };
                    let answer = checked(&*breaches.check, breaches.on_failure, verdict.expose());
                    let answer = answer.await;
                    if matches!(answer, Answer::Unchecked { .. }) {
                        emit(EventKind::BreachCheckFailed);
                        if !answer.accepts() {
                            return Ok(Judged::Unchecked);
                        }
                    }
                    recheck = answer.check_again();
                    Fact::Breached(!answer.accepts())
                }
                Awaited::History { last, days } => {
                    match self.is_reused(request, verdict.expose(), last, days).await {
                        Ok(Reuse::Compared(reused)) => Fact::Reused(reused),
                        Ok(Reuse::Throttled(wait)) => {
                            emit(EventKind::ReuseChecksUsedUp);
                            return Ok(Judged::Throttled(wait));
                        }
                        Err(Fault::Hashing(HashError::Busy)) => {
                            emit(EventKind::Busy);
                            return Ok(Judged::Busy);
                        }
                        Err(fault) => return Err(fault),
                    }
                }
                _ => return Err(Fault::Unusable("a rule that this version does not know")),
            };
            verdict = verdict.settle(fact);
        }
        let accepted = match verdict.accept() {
            Ok(accepted) => accepted,
            Err(unmet) => {
                emit(EventKind::PasswordRejected);
                return Ok(Judged::RulesUnmet(unmet.into_requirements()));
            }
        };
        Ok(match self.hash(request, accepted).await? {
            Some(hash) => Judged::Accepted {
                hash,
                recheck,
                keep: self.kept(policy),
            },
            None => {
                emit(EventKind::Busy);
                Judged::Busy
            }
        })
    }

    fn age_of_current(&self, request: &NewPassword<'_>) -> Option<Duration> {
        let set_at = request.credential.set_at?;
        let age = Duration::from_secs(self.now().saturating_sub(set_at));
        (request.occasion == Occasion::Wanted).then_some(age)
    }

    /// Compares with the current password and with those kept, the newest first. Each comparison costs
    /// one hash on the bounded pool, so it is the last thing that is asked. And the answer is worth
    /// having: it is charged before anything is compared, and a match gives nothing back.
    async fn is_reused(
        &self,
        request: &NewPassword<'_>,
        new: &str,
        last: u16,
        days: u16,
    ) -> Result<Reuse, Fault> {
        let since = used_since(self.now(), days);
        let past = self.store.password_history(request.key, MAX_HISTORY);
        let past = past.await?.into_iter().enumerate();
        // The current password is the first of the last, so the newest kept one is the second. One that
        // was taken away is in the history: then there is no current one, and the newest is the first.
        let first = 1 + usize::from(request.credential.hash.is_some());
        let counts = |newer: usize, retired_at| {
            newer.saturating_add(first) <= usize::from(last)
                || since.is_some_and(|since| retired_at >= since)
        };
        let past = past
            .filter(|(newer, password)| counts(*newer, password.retired_at))
            .map(|(_, password)| password.hash);
        let mut hashes = request
            .credential
            .hash
            .clone()
            .into_iter()
            .chain(past)
            .peekable();
        if hashes.peek().is_some() && request.occasion != Occasion::ByHost {
            // Before anything is charged, as for a sign-in.
            if !self.has_room_to_hash(request.key.tenant()) {
                return Err(Fault::Hashing(HashError::Busy));
            }
            let budget = self.account_budget(Guarded::Reuse, request.key);
            if let Charging::Denied(refusal) = self.charge(budget, self.limits.reuse_checks).await?
            {
                return Ok(Reuse::Throttled(refusal.into()));
            }
        }
        let hasher = self.hasher_for(request.settings, request.key)?;
        for hash in hashes {
            let typed = Password::new(new).map_err(|_| Fault::Unusable("a judged password"))?;
            let verified = match PasswordHash::parse(&hash) {
                Ok(stored) => Some(hasher.verify(typed, &stored, self.random()?).await),
                Err(_) => None,
            };
            match verified {
                Some(Ok(Verification::Verified { .. })) => return Ok(Reuse::Compared(true)),
                Some(Ok(_)) => {}
                Some(Err(error)) if !is_of_the_row(error) => return Err(Fault::Hashing(error)),
                // What can no longer be verified can no longer be compared with either.
                Some(Err(_)) | None => {
                    let (tenant, account) = (request.key.tenant(), request.key.account());
                    self.emit(tenant, Some(account), EventKind::HashUnusable);
                }
            }
        }
        Ok(Reuse::Compared(false))
    }

    /// What has to be kept for this tenant's rule about earlier passwords: nothing, if there is none.
    fn kept(&self, policy: &Policy) -> KeepHistory {
        let rule = policy.rules().find_map(|rule| match rule {
            Rule::NotReused { last, days } => Some((*last, *days)),
            _ => None,
        });
        let Some((last, days)) = rule else {
            return KeepHistory::NOTHING;
        };
        KeepHistory {
            // The one that becomes current now is the first of the last.
            last: last.saturating_sub(1),
            since: used_since(self.now(), days).unwrap_or(u64::MAX),
        }
    }

    /// Hashes an accepted password on the bounded pool; `None` if the pool is full.
    async fn hash(
        &self,
        request: &NewPassword<'_>,
        accepted: Accepted,
    ) -> Result<Option<PasswordHash>, Fault> {
        let password = Password::new(accepted.expose())
            .map_err(|_| Fault::Unusable("an accepted password"))?;
        let hasher = self.hasher_for(request.settings, request.key)?;
        match hasher.hash(password, self.random()?).await {
            Ok(hash) => Ok(Some(hash)),
            Err(HashError::Busy) => Ok(None),
            Err(error) => Err(Fault::Hashing(error)),
        }
    }
}

/// What came of the question whether a password is an earlier one.
enum Reuse {
    Compared(bool),
    Throttled(Throttled),
}

/// Whether it is the stored hash that cannot be verified, and not the pool that cannot verify.
pub(crate) fn is_of_the_row(error: HashError) -> bool {
    match error {
        HashError::TooCostly { .. } => true,
        HashError::Pepper { fault, .. } => fault != PepperFault::Unavailable,
        _ => false,
    }
}

fn cost(awaited: &Awaited) -> u8 {
    match awaited {
        Awaited::Age => 0,
        Awaited::Breach => 1,
        _ => 2,
    }
}

/// The second since which a password counts as used within `days`; `None` if days do not count.
fn used_since(now: u64, days: u16) -> Option<u64> {
    (days > 0).then(|| now.saturating_sub(u64::from(days) * 86_400))
}
