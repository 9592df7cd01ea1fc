//! What a policy says of a password: every requirement at once, and the evidence when all are met.

use crate::code::{Code, Parameter};
use crate::origin::Sourced;
use crate::rule::Rule;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use zeroize::Zeroizing;

/// How a password stands against one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum State {
    /// The rule is satisfied.
    Met,
    /// The rule is not satisfied.
    Unmet,
    /// Not judged: nothing was typed yet, the password is too long to look at, or (in a browser) only
    /// the server can tell.
    Pending,
}

impl State {
    /// The state as text: `met`, `unmet` or `pending`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Unmet => "unmet",
            Self::Pending => "pending",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One line of the checklist: a rule of the policy, and how the password stands against it.
///
/// With feature `serde` it serialises as `{"code": …, "parameters": {…}, "state": …}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    sourced: Arc<Sourced>,
    state: State,
}

impl Requirement {
    pub(crate) fn new(sourced: Arc<Sourced>, state: State) -> Self {
        Self { sourced, state }
    }

    /// The stable name of the requirement.
    #[must_use]
    pub fn code(&self) -> Code {
        self.rule().code()
    }

    /// The numbers and classes that belong to the code, by name.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        self.rule().parameters()
    }

    /// The rule itself.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.sourced.rule
    }

    /// The scopes that ask for this rule as it stands, in alphabetical order: see
    /// [`PolicyDraft::scope`](crate::PolicyDraft::scope).
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.sourced.origins.iter().map(AsRef::as_ref)
    }

    /// How the password stands against the rule.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Requirement {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let parameters: std::collections::BTreeMap<_, _> = self.parameters().into_iter().collect();
        let mut fields = serializer.serialize_struct("Requirement", 3)?;
        fields.serialize_field("code", &self.code())?;
        fields.serialize_field("parameters", &parameters)?;
        fields.serialize_field("state", &self.state)?;
        fields.end()
    }
}

/// A fact about a password that a policy cannot know by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// Whether it is one of the earlier passwords that [`Awaited::History`] speaks of.
    Reused(bool),
    /// Whether it is known from a breach.
    Breached(bool),
    /// How long the current password, the one to be replaced, has been in use. `None` where there is
    /// none, and where it has been forgotten: then no minimum age holds.
    Age(Option<Duration>),
}

/// A fact that a verdict still waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Awaited {
    /// [`Fact::Reused`]: compare with the `last` latest passwords, the current one included, and with all
    /// that were in use within `days` days.
    History {
        /// How many; 0 for none.
        last: u16,
        /// Days; 0 for none.
        days: u16,
    },
    /// [`Fact::Breached`].
    Breach,
    /// [`Fact::Age`].
    Age,
}

/// The answer to one password: all requirements of the policy, met or not.
///
/// It owns the password (wiped on drop) so that [`accept`](Self::accept) can hand on exactly what was
/// judged.
#[must_use]
pub struct Verdict {
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) password: Zeroizing<String>,
    pub(crate) too_long: Option<TooLong>,
}

impl Verdict {
    /// Every requirement of the policy, always in the same order.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Tells the verdict a fact from outside. Requirements that this fact decides, and that are
    /// [`State::Pending`], become [`State::Met`] or [`State::Unmet`]; nothing else changes. Before anything is
    /// typed there is nothing to decide.
    pub fn settle(mut self, fact: Fact) -> Self {
        if self.password.is_empty() {
            return self;
        }
        for requirement in &mut self.requirements {
            if requirement.state != State::Pending {
                continue;
            }
            let met = match (requirement.rule(), fact) {
                (Rule::NotReused { .. }, Fact::Reused(reused)) => !reused,
                (Rule::NotBreached {}, Fact::Breached(breached)) => !breached,
                (Rule::MinimumAge { hours }, Fact::Age(age)) => {
                    age.is_none_or(|age| age >= Duration::from_hours((*hours).into()))
                }
                _ => continue,
            };
            requirement.state = if met { State::Met } else { State::Unmet };
        }
        self
    }

    /// The facts from outside that are still wanted, each once. With [`is_refused`](Self::is_refused) they
    /// need not be fetched: the password is refused already.
    pub fn awaits(&self) -> impl Iterator<Item = Awaited> {
        let pending = self.requirements.iter();
        pending
            .filter(|r| r.state == State::Pending && !self.password.is_empty())
            .filter_map(|r| match *r.rule() {
                Rule::NotReused { last, days } => Some(Awaited::History { last, days }),
                Rule::NotBreached {} => Some(Awaited::Breach),
                Rule::MinimumAge { .. } => Some(Awaited::Age),
                _ => None,
            })
    }

    /// The password in NFC, for whoever fetches a fact about it: a look-up in known breaches, a comparison
    /// with earlier hashes. What is to be hashed and stored is [`Accepted`], and nothing else.
    ///
    /// Empty if it was too long to be looked at.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.password
    }

    /// Whether a requirement is [`State::Unmet`]: no fact can make this password acceptable.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.requirements.iter().any(|r| r.state == State::Unmet)
    }

    /// Whether every requirement is [`State::Met`].
    #[must_use]
    pub fn is_acceptable(&self) -> bool {
        self.too_long.is_none() && self.requirements.iter().all(|r| r.state == State::Met)
    }

    /// Set if the password was above [`MAX_BYTES`](crate::MAX_BYTES) and was not looked at. Then the
    /// maximum length is [`State::Unmet`] and everything else [`State::Pending`].
    #[must_use]
    pub fn too_long(&self) -> Option<TooLong> {
        self.too_long
    }

    /// Turns an acceptable verdict into the accepted password.
    ///
    /// # Errors
    ///
    /// [`Unmet`], with all requirements, if one of them is not [`State::Met`].
    pub fn accept(self) -> Result<Accepted, Unmet> {
        if self.is_acceptable() {
            Ok(Accepted {
                password: self.password,
            })
        } else {
            Err(Unmet {
                requirements: self.requirements,
                too_long: self.too_long,
            })
        }
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict")
            .field("requirements", &self.requirements)
            .field("too_long", &self.too_long)
            .finish_non_exhaustive()
    }
}

/// A password that met every rule of its policy, in NFC. Only [`Verdict::accept`] makes one, so a
/// function that takes it cannot be given a password that was not checked. Wiped on drop.
pub struct Accepted {
    password: Zeroizing<String>,
}

impl Accepted {
    /// The password in NFC: hash this text, not the text that was received.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accepted(…)")
    }
}

/// The password was not accepted; holds every requirement with its state, and not the password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the password does not meet the policy")]
pub struct Unmet {
    requirements: Vec<Requirement>,
    too_long: Option<TooLong>,
}

impl Unmet {
    /// Every requirement of the policy, the met ones too, in the order of the verdict.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// The requirements, owned, for an answer that outlives this error.
    #[must_use]
    pub fn into_requirements(self) -> Vec<Requirement> {
        self.requirements
    }

    /// Set if the password was too long to be looked at.
    #[must_use]
    pub fn too_long(&self) -> Option<TooLong> {
        self.too_long
    }
}

/// A password above the hard ceiling, refused before any work was done on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the password has {bytes} bytes; at most {ceiling} are looked at")]
#[non_exhaustive]
pub struct TooLong {
    /// The length of the password in bytes of UTF-8.
    pub bytes: usize,
    /// The ceiling, [`MAX_BYTES`](crate::MAX_BYTES).
    pub ceiling: usize,
}
