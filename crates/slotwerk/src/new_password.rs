//! From a typed password to a stored hash: the policy's evidence is what hashing asks for.

use crate::auth::Auth;
use crate::directory::Account;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::tenant::Tenant;
use slotwerk_breach::{Answer, checked};
use slotwerk_password::{HashError, Password, PasswordHash, Verification};
use slotwerk_policy::{Accepted, Awaited, Fact, Requirement, Rule, Subject};
use slotwerk_store::{AccountKey, Credential, KeepHistory, MAX_HISTORY};
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
    /// The current one is forgotten, or the host sets one: that cannot wait.
    Needed,
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
    Refused(Vec<Requirement>),
    /// The breach check gave no answer, and the host has chosen not to go on without.
    Unchecked,
    /// The hashing pool is full.
    Busy,
}

impl Auth {
    /// Asks the tenant's policy, fetches the facts that it asks for, the cheap ones first, and hashes
    /// what it accepts: its evidence is the only thing that is hashed here.
    pub(crate) async fn judge(
        &self,
        request: &NewPassword<'_>,
        new: &Password,
    ) -> Result<Judged, Fault> {
        let inner = &self.inner;
        let tell = |kind| {
            let (tenant, account) = (request.key.tenant(), request.key.account());
            inner.tell(tenant, Some(account), kind);
        };
        let policy = &request.settings.policy;
        let mut verdict = policy.check(&subject(request.account), new.expose());
        let mut recheck = false;
        let mut wanted: Vec<Awaited> = verdict.awaits().collect();
        wanted.sort_by_key(cost);
        for awaited in wanted {
            if verdict.is_refused() {
                break;
            }
            let fact = match awaited {
                Awaited::Age => Fact::Age(self.age(request)),
                Awaited::Breach => {
                    let Some(breaches) = &inner.breaches else {
                        return Err(Fault::Unusable("a policy without its breach check"));
                    };
                    let answer = checked(&*breaches.check, breaches.on_failure, verdict.expose());
                    let answer = answer.await;
                    if matches!(answer, Answer::Unchecked { .. }) {
                        tell(EventKind::BreachCheckFailed);
                        if !answer.accepts() {
                            return Ok(Judged::Unchecked);
                        }
                    }
                    recheck = answer.check_again();
                    Fact::Breached(!answer.accepts())
                }
                Awaited::History { last, days } => {
                    match self.is_reused(request, verdict.expose(), last, days).await {
                        Ok(reused) => Fact::Reused(reused),
                        Err(Fault::Hashing(HashError::Busy)) => return Ok(Judged::Busy),
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
                tell(EventKind::PasswordRefused);
                return Ok(Judged::Refused(unmet.into_requirements()));
            }
        };
        Ok(match self.hash(accepted).await? {
            Some(hash) => Judged::Accepted {
                hash,
                recheck,
                keep: self.kept(request.settings),
            },
            None => Judged::Busy,
        })
    }

    fn age(&self, request: &NewPassword<'_>) -> Option<Duration> {
        let set_at = request.credential.set_at?;
        let age = Duration::from_secs(self.inner.now().saturating_sub(set_at));
        (request.occasion == Occasion::Wanted).then_some(age)
    }

    /// Compares with the current password and with those kept, the newest first. Each comparison costs
    /// one hash on the bounded pool, so it is the last thing that is asked.
    async fn is_reused(
        &self,
        request: &NewPassword<'_>,
        new: &str,
        last: u16,
        days: u16,
    ) -> Result<bool, Fault> {
        let inner = &self.inner;
        let since = used_since(inner.now(), days);
        let past = inner.store.password_history(request.key, MAX_HISTORY);
        let past = past.await?.into_iter().enumerate();
        // The current password is the first of the last, so the newest kept one is the second.
        let counts = |newer: usize, retired_at| {
            newer.saturating_add(2) <= usize::from(last)
                || since.is_some_and(|since| retired_at >= since)
        };
        let past = past
            .filter(|(newer, password)| counts(*newer, password.retired_at))
            .map(|(_, password)| password.hash);
        for hash in request.credential.hash.clone().into_iter().chain(past) {
            // What can no longer be verified can no longer be compared with either.
            let Ok(stored) = PasswordHash::parse(&hash) else {
                continue;
            };
            let typed = Password::new(new).map_err(|_| Fault::Unusable("a judged password"))?;
            match inner.hasher.verify(typed, &stored, inner.random()?).await {
                Ok(Verification::Verified { .. }) => return Ok(true),
                Ok(_) | Err(HashError::TooCostly { .. }) => {}
                Err(error) => return Err(Fault::Hashing(error)),
            }
        }
        Ok(false)
    }

    /// What has to be kept for this tenant's rule about earlier passwords: nothing, if there is none.
    fn kept(&self, settings: &Tenant) -> KeepHistory {
        let rule = settings.policy.rules().find_map(|rule| match rule {
            Rule::NotReused { last, days } => Some((*last, *days)),
            _ => None,
        });
        let Some((last, days)) = rule else {
            return KeepHistory::NOTHING;
        };
        KeepHistory {
            // The one that becomes current now is the first of the last.
            last: last.saturating_sub(1),
            since: used_since(self.inner.now(), days).unwrap_or(u64::MAX),
        }
    }

    /// Hashes an accepted password on the bounded pool; `None` if the pool is full.
    async fn hash(&self, accepted: Accepted) -> Result<Option<PasswordHash>, Fault> {
        let inner = &self.inner;
        let password = Password::new(accepted.expose())
            .map_err(|_| Fault::Unusable("an accepted password"))?;
        match inner.hasher.hash(password, inner.random()?).await {
            Ok(hash) => Ok(Some(hash)),
            Err(HashError::Busy) => Ok(None),
            Err(error) => Err(Fault::Hashing(error)),
        }
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
