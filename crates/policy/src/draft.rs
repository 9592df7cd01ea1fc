//! A policy as it is written down, before it is validated.

use crate::blocklist::Blocklist;
use crate::class::Class;
use crate::error::PolicyError;
use crate::origin::{Sourced, merged};
use crate::policy::Policy;
use crate::rule::{Rule, SequenceKind};
use crate::validate::{sound, validated};
use crate::words::Words;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A policy on its way: rules in any order, not yet validated.
///
/// Written in code with the methods below, or read from JSON or TOML (features `json` and `toml`):
///
/// ```json
/// {"version": 1, "scope": "noord", "rules": [
///     {"rule": "minimum-length", "characters": 12},
///     {"rule": "maximum-length", "characters": 128},
///     {"rule": "minimum-of-class", "class": "digit", "characters": 1, "below": 15},
///     {"rule": "classes-present", "classes": ["uppercase", "lowercase", "symbol"], "at_least": 2},
///     {"rule": "minimum-distinct", "characters": 6},
///     {"rule": "allowed-characters", "printable_ascii": true, "classes": ["letter"]},
///     {"rule": "forbidden-characters", "characters": "\"\\"},
///     {"rule": "white-space", "allowed": "inside"},
///     {"rule": "maximum-run", "characters": 3},
///     {"rule": "without-repeated-block", "shortest": 3},
///     {"rule": "maximum-sequence", "kind": "qwerty", "characters": 4},
///     {"rule": "without-attributes", "shortest_part": 4},
///     {"rule": "without-words", "words": ["arbodienst", "verzuim"]},
///     {"rule": "not-blocklisted", "variants": true},
///     {"rule": "not-breached"},
///     {"rule": "minimum-strength", "score": 3},
///     {"rule": "not-reused", "last": 5, "days": 365},
///     {"rule": "minimum-age", "hours": 24},
///     {"rule": "maximum-age", "days": 365}
/// ]}
/// ```
///
/// A field, rule or version that this crate does not know is an error: a rule that is not understood
/// is never dropped. A blocklist is not data; the host adds it with [`blocklist`](Self::blocklist).
///
/// # Scopes
///
/// A platform sets a floor, a tenant adds to it, a group within the tenant adds again:
///
/// ```
/// # use slotwerk_policy::{PolicyDraft, Rule};
/// let platform = PolicyDraft::new().scope("platform").minimum_length(12).maximum_run(4);
/// let tenant = PolicyDraft::new().scope("noord").minimum_length(10).maximum_run(3);
/// let policy = platform.merge(tenant).build()?;
///
/// let lines: Vec<String> = policy
///     .requirements()
///     .iter()
///     .map(|r| format!("{} {:?}", r.code(), r.origins().collect::<Vec<_>>()))
///     .collect();
/// assert_eq!(lines[0], "minimum-length [\"platform\"]");
/// assert_eq!(lines[2], "maximum-run [\"noord\"]");
/// # Ok::<(), slotwerk_policy::PolicyError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct PolicyDraft {
    /// What was written under `scope`.
    rules: Vec<Rule>,
    scope: Option<Arc<str>>,
    /// What came of drafts that were merged into this one.
    merged: Vec<Sourced>,
    blocklist: Option<Blocklist>,
    /// The first thing that was wrong with a draft that was merged: a merge must not hide it.
    fault: Option<PolicyError>,
}

impl PolicyDraft {
    /// The greatest number of rules that one draft may hold.
    pub const MAX_RULES: usize = 64;
    /// The greatest length of a scope's name, in bytes.
    pub const MAX_SCOPE_BYTES: usize = 64;

    /// A draft without rules. It needs at least [`minimum_length`](Self::minimum_length).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the scope that the rules of this draft belong to, for
    /// [`Requirement::origins`](crate::Requirement::origins).
    #[must_use]
    pub fn scope(mut self, name: &str) -> Self {
        self.scope = Some(name.into());
        self
    }

    /// Adds a rule. The methods below are short forms of this one.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Adds [`Rule::MinimumLength`]: 15 where the password is the only factor, 8 or more otherwise.
    #[must_use]
    pub fn minimum_length(self, characters: u16) -> Self {
        self.rule(Rule::MinimumLength { characters })
    }

    /// Adds [`Rule::MaximumLength`]. Without it the maximum is [`MAX_CHARACTERS`](crate::MAX_CHARACTERS).
    #[must_use]
    pub fn maximum_length(self, characters: u16) -> Self {
        self.rule(Rule::MaximumLength { characters })
    }

    /// Adds [`Rule::MinimumOfClass`] for passwords of every length.
    #[must_use]
    pub fn minimum_of_class(self, class: Class, characters: u16) -> Self {
        self.rule(Rule::MinimumOfClass {
            class,
            characters,
            below: None,
        })
    }

    /// Adds [`Rule::ClassesPresent`] for passwords of every length: at least `at_least` of `classes`.
    #[must_use]
    pub fn classes_present(self, at_least: u16, classes: impl IntoIterator<Item = Class>) -> Self {
        self.rule(Rule::ClassesPresent {
            classes: classes.into_iter().collect(),
            at_least,
            below: None,
        })
    }

    /// Lets the class rules written so far hold only for passwords shorter than `characters`.
    #[must_use]
    pub fn composition_only_below(mut self, characters: u16) -> Self {
        for rule in &mut self.rules {
            if let Rule::MinimumOfClass { below, .. } | Rule::ClassesPresent { below, .. } = rule {
                *below = Some(characters);
            }
        }
        self
    }

    /// Adds [`Rule::MinimumDistinct`].
    #[must_use]
    pub fn minimum_distinct(self, characters: u16) -> Self {
        self.rule(Rule::MinimumDistinct { characters })
    }

    /// Adds [`Rule::MaximumRun`].
    #[must_use]
    pub fn maximum_run(self, characters: u16) -> Self {
        self.rule(Rule::MaximumRun { characters })
    }

    /// Adds [`Rule::WithoutRepeatedBlock`].
    #[must_use]
    pub fn without_repeated_block(self, shortest: u16) -> Self {
        self.rule(Rule::WithoutRepeatedBlock { shortest })
    }

    /// Adds [`Rule::MaximumSequence`].
    #[must_use]
    pub fn maximum_sequence(self, kind: SequenceKind, characters: u16) -> Self {
        self.rule(Rule::MaximumSequence { kind, characters })
    }

    /// Adds [`Rule::WithoutAttributes`]; 4 is a good `shortest_part`.
    #[must_use]
    pub fn without_attributes(self, shortest_part: u16) -> Self {
        self.rule(Rule::WithoutAttributes { shortest_part })
    }

    /// Adds [`Rule::WithoutWords`].
    #[must_use]
    pub fn without_words<S: AsRef<str>>(self, words: impl IntoIterator<Item = S>) -> Self {
        let words = Words::from_iter(words);
        self.rule(Rule::WithoutWords { words })
    }

    /// Supplies a blocklist, beside those supplied before, and adds [`Rule::NotBlocklisted`] unless the
    /// draft has it already: a list that is supplied is also used.
    #[must_use]
    pub fn blocklist(mut self, blocklist: Blocklist) -> Self {
        self.blocklist = Some(match self.blocklist.take() {
            Some(known) => known.and(&blocklist),
            None => blocklist,
        });
        let is_asked_for = |rule: &Rule| matches!(rule, Rule::NotBlocklisted { .. });
        if self.rules.iter().any(is_asked_for) || self.merged.iter().any(|s| is_asked_for(&s.rule))
        {
            self
        } else {
            self.rule(Rule::NotBlocklisted { variants: false })
        }
    }

    /// Adds [`Rule::NotBreached`].
    #[must_use]
    pub fn not_breached(self) -> Self {
        self.rule(Rule::NotBreached {})
    }

    /// Adds [`Rule::NotReused`].
    #[must_use]
    pub fn not_reused(self, last: u16, days: u16) -> Self {
        self.rule(Rule::NotReused { last, days })
    }

    /// The rules written in this draft so far, in the order in which they were written, after those of
    /// the drafts it was merged from.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.merged.iter().map(|s| &s.rule).chain(&self.rules)
    }

    /// Both drafts in one: a password meets the result exactly if it meets both. Of two rules about the
    /// same thing the stricter stays, whichever draft it comes from, and the blocklists are put together.
    ///
    /// The order of merging makes no difference. What is wrong with one of the drafts (a rule that stands
    /// twice, a number out of range) is kept for [`build`](Self::build) to tell.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        let blocklist = match (&self.blocklist, &other.blocklist) {
            (Some(one), Some(two)) => Some(one.clone().and(two)),
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        let (one, fault) = self.sourced();
        let (two, other_fault) = other.sourced();
        Self {
            merged: merged(one, two),
            blocklist,
            fault: fault.or(other_fault),
            ..Self::default()
        }
    }

    /// Validates the draft. The rules of the policy are put in the order of [`Code`](crate::Code), and
    /// the platform's maximum length is added if none is set.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if a rule is missing, stands twice, is out of range or contradicts another one,
    /// or if a blocklist is asked for and none was supplied.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let blocklist = self.blocklist.clone();
        let (rules, fault) = self.sourced();
        if let Some(fault) = fault {
            return Err(fault);
        }
        let (rules, witness) = validated(rules, blocklist.as_ref())?;
        Ok(Policy::from_validated(rules, blocklist, witness))
    }

    /// The rules under the name of their scope, and what is wrong with them.
    fn sourced(self) -> (Vec<Sourced>, Option<PolicyError>) {
        let fault = match self.fault {
            Some(fault) => Some(fault),
            None => sound(&self.rules, self.scope.as_deref()).err(),
        };
        if fault.is_some() {
            // Nothing will be built of these, so there is no point in merging them, however many they are.
            return (Vec::new(), fault);
        }
        let origins: BTreeSet<Arc<str>> = self.scope.into_iter().collect();
        let written = self.rules.into_iter().map(|rule| Sourced {
            rule,
            origins: origins.clone(),
        });
        let rules = merged(self.merged, written.collect());
        (rules, None)
    }

    #[cfg(feature = "serde")]
    pub(crate) fn read(scope: Option<String>, rules: Vec<Rule>) -> Self {
        Self {
            rules,
            scope: scope.map(Into::into),
            ..Self::default()
        }
    }

    #[cfg(feature = "serde")]
    pub(crate) fn scope_name(&self) -> Option<&str> {
        self.scope.as_deref()
    }
}
