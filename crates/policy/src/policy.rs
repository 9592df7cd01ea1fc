//! A validated policy, and how it judges a password.

use crate::blocklist::Blocklist;
use crate::candidate::Candidate;
use crate::code::Code;
use crate::evaluate::Prepared;
use crate::origin::Sourced;
use crate::rule::Rule;
use crate::subject::Subject;
use crate::verdict::{Requirement, State, TooLong, Verdict};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// The longest password that is looked at, in bytes of UTF-8 as received: 4096.
///
/// Above it a password is refused before it is normalised. No password that could meet a policy is
/// above it: see [`MAX_CHARACTERS`].
pub const MAX_BYTES: usize = 4096;

/// The greatest maximum length a policy can set, in code points after NFC: 256.
///
/// No code point of a text in NFC has a canonically equivalent spelling of more than 12 bytes, so a
/// password above [`MAX_BYTES`] always has more characters than this. That makes "too many bytes" and
/// "too many characters" one refusal, and the message about it true.
pub const MAX_CHARACTERS: u16 = 256;

/// The smallest minimum length a policy can set: 8 (NIST SP 800-63B-4 §3.1.1.2, ASVS 5.0 6.2.1).
pub const MIN_CHARACTERS: u16 = 8;

/// A set of rules that is known not to contradict itself. Immutable; cloning shares it.
///
/// [`PolicyDraft::build`](crate::PolicyDraft::build) makes one.
#[derive(Clone)]
pub struct Policy(Arc<Inner>);

struct Inner {
    lines: Vec<Line>,
    /// In force, but no line of the checklist.
    maximum_age: Option<Arc<Sourced>>,
    blocklist: Option<Blocklist>,
    witness: String,
}

/// One line of the checklist with what is worth working out once.
struct Line {
    sourced: Arc<Sourced>,
    prepared: Prepared,
}

impl Policy {
    /// All come from `PolicyDraft::build`, which has validated and ordered them.
    pub(crate) fn from_validated(
        rules: Vec<Sourced>,
        blocklist: Option<Blocklist>,
        witness: String,
    ) -> Self {
        let is_line = |sourced: &Sourced| !matches!(sourced.rule, Rule::MaximumAge { .. });
        let (lines, ages): (Vec<_>, Vec<_>) = rules.into_iter().partition(is_line);
        let line = |sourced: Sourced| Line {
            prepared: Prepared::of(&sourced.rule),
            sourced: Arc::new(sourced),
        };
        Self(Arc::new(Inner {
            lines: lines.into_iter().map(line).collect(),
            maximum_age: ages.into_iter().next().map(Arc::new),
            blocklist,
            witness,
        }))
    }

    /// The rules in the order of the checklist; a maximum length is always among them, and a maximum
    /// age, which is no line of the list, comes last.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        let lines = self.0.lines.iter().map(|line| &line.sourced);
        lines.chain(&self.0.maximum_age).map(|s| &s.rule)
    }

    /// The rules that are lines of the checklist.
    #[cfg(feature = "browser")]
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Rule> {
        self.0.lines.iter().map(|line| &line.sourced.rule)
    }

    /// Whence each of [`rules`](Self::rules): the scopes that ask for it as it stands, in alphabetical order.
    /// None for the maximum length that every policy has, and for rules of a draft without a name.
    pub fn origins(&self) -> impl Iterator<Item = (&Rule, impl Iterator<Item = &str>)> {
        let lines = self.0.lines.iter().map(|line| &line.sourced);
        lines
            .chain(&self.0.maximum_age)
            .map(|s| (&s.rule, s.origins.iter().map(AsRef::as_ref)))
    }

    /// How long a password may be used, if there is a limit.
    #[must_use]
    pub fn maximum_age(&self) -> Option<Duration> {
        match self.0.maximum_age.as_ref()?.rule {
            Rule::MaximumAge { days } => Some(Duration::from_hours(24 * u64::from(days))),
            _ => None,
        }
    }

    /// A password that meets every rule, made when the policy was built, as the proof that there is one.
    /// It is the same each time and of no use to anybody: see the generator for passwords to use.
    ///
    /// Facts from outside and the words about a person are not known when a policy is built.
    #[must_use]
    pub fn witness(&self) -> &str {
        &self.0.witness
    }

    /// The requirements before anything was typed: the same as the verdict on an empty password.
    ///
    /// What a rule asks for is [`State::Unmet`], what a rule forbids is [`State::Pending`].
    #[must_use]
    pub fn requirements(&self) -> Vec<Requirement> {
        self.judge(|line| {
            if line.sourced.rule.is_demand() {
                State::Unmet
            } else {
                State::Pending
            }
        })
    }

    /// Judges `password` by every rule at once.
    ///
    /// Rules about facts from outside (an earlier password, a breach, the age of the current password) are
    /// [`State::Pending`] until [`Verdict::settle`] is told the fact.
    ///
    /// The work is bounded: above [`MAX_BYTES`] the password is refused unseen.
    pub fn check(&self, subject: &Subject, password: &str) -> Verdict {
        let bytes = password.len();
        if bytes > MAX_BYTES {
            return Verdict {
                requirements: self.judge(|line| match line.sourced.rule.code() {
                    Code::MaximumLength => State::Unmet,
                    _ => State::Pending,
                }),
                password: Zeroizing::default(),
                too_long: Some(TooLong {
                    bytes,
                    ceiling: MAX_BYTES,
                }),
            };
        }
        let candidate = Candidate::new(password);
        let requirements = if password.is_empty() {
            self.requirements()
        } else {
            let blocklist = self.0.blocklist.as_ref();
            self.judge(|line| {
                line.prepared
                    .state(&line.sourced.rule, subject, &candidate, blocklist)
            })
        };
        Verdict {
            requirements,
            password: candidate.nfc,
            too_long: None,
        }
    }

    fn judge(&self, state: impl Fn(&Line) -> State) -> Vec<Requirement> {
        let lines = self.0.lines.iter();
        lines
            .map(|line| Requirement::new(Arc::clone(&line.sourced), state(line)))
            .collect()
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("rules", &self.rules().collect::<Vec<_>>())
            .field("blocklist", &self.0.blocklist)
            .finish_non_exhaustive()
    }
}
