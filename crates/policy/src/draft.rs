//! A policy as it is written down, before it is validated.

use crate::blocklist::Blocklist;
use crate::class::Class;
use crate::error::PolicyError;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::validate::validated;

/// A policy on its way: rules in any order, not yet validated.
///
/// Written in code with the methods below, or read from data with feature `serde`:
///
/// ```json
/// {"version": 1, "rules": [
///     {"rule": "minimum-length", "characters": 12},
///     {"rule": "maximum-length", "characters": 128},
///     {"rule": "minimum-of-class", "class": "digit", "characters": 1},
///     {"rule": "classes-present", "classes": ["uppercase", "lowercase", "symbol"], "at_least": 2},
///     {"rule": "minimum-distinct", "characters": 6},
///     {"rule": "maximum-run", "characters": 3},
///     {"rule": "without-attributes", "shortest_part": 4},
///     {"rule": "not-blocklisted"}
/// ]}
/// ```
///
/// A field, rule or version that this crate does not know is an error: a rule that is not understood
/// is never dropped. A blocklist is not data; the host adds it with [`blocklist`](Self::blocklist).
#[derive(Debug, Clone, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub struct PolicyDraft {
    #[cfg(feature = "serde")]
    version: Version,
    rules: Vec<Rule>,
    #[cfg_attr(feature = "serde", serde(skip))]
    blocklist: Option<Blocklist>,
}

impl PolicyDraft {
    /// A draft without rules. It needs at least [`minimum_length`](Self::minimum_length).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
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

    /// Adds [`Rule::MinimumOfClass`].
    #[must_use]
    pub fn minimum_of_class(self, class: Class, characters: u16) -> Self {
        self.rule(Rule::MinimumOfClass { class, characters })
    }

    /// Adds [`Rule::ClassesPresent`]: at least `at_least` of `classes`.
    #[must_use]
    pub fn classes_present(self, at_least: u16, classes: impl IntoIterator<Item = Class>) -> Self {
        let classes = classes.into_iter().collect();
        self.rule(Rule::ClassesPresent { classes, at_least })
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

    /// Adds [`Rule::WithoutAttributes`]; 4 is a good `shortest_part`.
    #[must_use]
    pub fn without_attributes(self, shortest_part: u16) -> Self {
        self.rule(Rule::WithoutAttributes { shortest_part })
    }

    /// Supplies the blocklist, and adds [`Rule::NotBlocklisted`] unless the draft has it already: a list
    /// that is supplied is also used.
    #[must_use]
    pub fn blocklist(mut self, blocklist: Blocklist) -> Self {
        self.blocklist = Some(blocklist);
        if self.rules.contains(&Rule::NotBlocklisted {}) {
            self
        } else {
            self.rule(Rule::NotBlocklisted {})
        }
    }

    /// The rules so far, in the order in which they were written.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Validates the draft. The rules of the policy are put in the order of [`Code`](crate::Code), and
    /// the platform's maximum length is added if none is set.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if a rule is missing, stands twice, is out of range or contradicts another one,
    /// or if a blocklist is asked for and none was supplied.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let rules = validated(self.rules, self.blocklist.is_some())?;
        Ok(Policy::from_validated(rules, self.blocklist))
    }
}

/// The version of the data format. Its only value is 1.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, Copy, Default, serde::Serialize, serde::Deserialize)]
#[serde(into = "u16", try_from = "u16")]
struct Version;

#[cfg(feature = "serde")]
impl From<Version> for u16 {
    fn from(_: Version) -> Self {
        1
    }
}

#[cfg(feature = "serde")]
impl TryFrom<u16> for Version {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        match number {
            1 => Ok(Self),
            other => Err(format!("version {other} of the policy format is not known")),
        }
    }
}
