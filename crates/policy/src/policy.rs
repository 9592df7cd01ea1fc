//! A validated policy, and how it judges a password.

use crate::blocklist::Blocklist;
use crate::candidate::Candidate;
use crate::rule::{Code, Rule};
use crate::subject::Subject;
use crate::verdict::{Requirement, State, TooLong, Verdict};
use std::sync::Arc;
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
#[derive(Debug, Clone)]
pub struct Policy {
    rules: Arc<[Rule]>,
    blocklist: Option<Blocklist>,
}

impl Policy {
    /// Both come from `PolicyDraft::build`, which has validated and ordered them.
    pub(crate) fn from_validated(rules: Vec<Rule>, blocklist: Option<Blocklist>) -> Self {
        Self {
            rules: rules.into(),
            blocklist,
        }
    }

    /// The rules in the order of the checklist. A maximum length is always among them.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The requirements before anything was typed: the same as the verdict on an empty password.
    ///
    /// What a rule asks for is [`State::Unmet`], what a rule forbids is [`State::Pending`].
    #[must_use]
    pub fn requirements(&self) -> Vec<Requirement> {
        self.judge(|rule| {
            if rule.is_demand() {
                State::Unmet
            } else {
                State::Pending
            }
        })
    }

    /// Judges `password` by every rule at once.
    ///
    /// The work is bounded: above [`MAX_BYTES`] the password is refused unseen.
    pub fn check(&self, subject: &Subject, password: &str) -> Verdict {
        let bytes = password.len();
        if bytes > MAX_BYTES {
            return Verdict {
                requirements: self.judge(|rule| match rule.code() {
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
            self.judge(|rule| {
                if self.satisfies(rule, subject, &candidate) {
                    State::Met
                } else {
                    State::Unmet
                }
            })
        };
        Verdict {
            requirements,
            password: candidate.nfc,
            too_long: None,
        }
    }

    fn judge(&self, state: impl Fn(&Rule) -> State) -> Vec<Requirement> {
        self.rules
            .iter()
            .map(|rule| Requirement::new(rule.clone(), state(rule)))
            .collect()
    }

    fn satisfies(&self, rule: &Rule, subject: &Subject, candidate: &Candidate) -> bool {
        match *rule {
            Rule::MinimumLength { characters } => candidate.characters >= usize::from(characters),
            Rule::MaximumLength { characters } => candidate.characters <= usize::from(characters),
            Rule::MinimumOfClass { class, characters } => {
                candidate.of_class(class) >= usize::from(characters)
            }
            Rule::ClassesPresent { classes, at_least } => {
                let present = classes
                    .iter()
                    .filter(|&class| candidate.of_class(class) > 0);
                present.count() >= usize::from(at_least)
            }
            Rule::MinimumDistinct { characters } => candidate.distinct >= usize::from(characters),
            Rule::MaximumRun { characters } => candidate.longest_run <= usize::from(characters),
            Rule::WithoutAttributes { shortest_part } => !subject
                .words(shortest_part)
                .iter()
                .any(|word| candidate.folded.contains(word.as_str())),
            // Building refuses the rule without a list; were that to change, nothing would pass.
            Rule::NotBlocklisted {} => self
                .blocklist
                .as_ref()
                .is_some_and(|list| !list.contains_folded(&candidate.folded)),
        }
    }
}
