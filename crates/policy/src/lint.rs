//! What a policy has to do with NIST SP 800-63B-4 §3.1.1.2 and OWASP ASVS 5.0.

mod clause;
#[cfg(feature = "common-passwords")]
mod common;
mod concern;
mod en;
mod judge;
mod nl;

use crate::blocklist::Blocklist;
use crate::code::Code;
use crate::draft::PolicyDraft;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::text::Language;
use std::cmp::Reverse;

pub use clause::{Clause, Document};
#[cfg(feature = "common-passwords")]
pub(crate) use common::at_least as common_at_least;
pub use concern::{Concern, Severity};

/// What a policy does not say about itself, and what its findings depend on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LintContext<'a> {
    /// Whether the password is the only thing that people sign in with. Within multi-factor
    /// authentication it may be shorter.
    pub is_only_factor: bool,
    /// The list that the policy compares with, to count what is on it.
    pub blocklist: Option<&'a Blocklist>,
}

impl<'a> LintContext<'a> {
    /// The password is the only factor: NIST asks for 15 characters.
    #[must_use]
    pub fn only_factor() -> Self {
        Self {
            is_only_factor: true,
            blocklist: None,
        }
    }

    /// The password is only used together with another factor: NIST asks for 8 characters.
    #[must_use]
    pub fn within_multi_factor() -> Self {
        Self {
            is_only_factor: false,
            blocklist: None,
        }
    }

    /// With the list that the policy was built with.
    #[must_use]
    pub fn blocklist(self, blocklist: &'a Blocklist) -> Self {
        Self {
            blocklist: Some(blocklist),
            ..self
        }
    }
}

/// Something that a clause has to say about a policy. It is a remark: nothing is refused for it.
///
/// With feature `serde` it serialises as `{"severity": …, "concern": …, "clause": {"document": …, "section": …},
/// "code": …, "missing": …, "origins": […]}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    severity: Severity,
    concern: Concern,
    clause: Clause,
    subject: Subject,
    numbers: Numbers,
}

/// The rule that a finding is about, or the code of one that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Rule { rule: Rule, origins: Vec<String> },
    Missing(Code),
}

/// What a finding counts: what there is, and what the clause asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Numbers {
    found: usize,
    wanted: usize,
    /// The minimum length of the policy.
    shortest: usize,
}

impl Finding {
    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What it is about, for hosts that sort, count or translate findings.
    #[must_use]
    pub fn concern(&self) -> Concern {
        self.concern
    }

    /// The clause that has something to say about it.
    #[must_use]
    pub fn clause(&self) -> Clause {
        self.clause
    }

    /// The rule it is about; `None` if a rule is missing.
    #[must_use]
    pub fn rule(&self) -> Option<&Rule> {
        match &self.subject {
            Subject::Rule { rule, .. } => Some(rule),
            Subject::Missing(_) => None,
        }
    }

    /// The code of the rule it is about, or of the one that is missing.
    #[must_use]
    pub fn code(&self) -> Code {
        match &self.subject {
            Subject::Rule { rule, .. } => rule.code(),
            Subject::Missing(code) => *code,
        }
    }

    /// The scopes that ask for the rule, in alphabetical order. None for a rule that is missing, or whose
    /// draft has no name.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        let origins = match &self.subject {
            Subject::Rule { origins, .. } => origins.as_slice(),
            Subject::Missing(_) => &[],
        };
        origins.iter().map(String::as_str)
    }

    /// The finding in words, for whoever sets the rules: one or two sentences.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Nl => nl::text(self),
            Language::En => en::text(self),
        }
    }
}

impl Policy {
    /// What NIST SP 800-63B-4 §3.1.1.2 and OWASP ASVS 5.0 have to say about this policy, the worst first.
    ///
    /// A tenant may have reasons of its own, so that nothing is refused. What does not lie in the rules (hashing,
    /// attempts, paste, hints) is not judged.
    ///
    /// ```
    /// use slotwerk_policy::{Class, Language, LintContext, PolicyDraft, Severity};
    ///
    /// let policy = PolicyDraft::new()
    ///     .scope("noord")
    ///     .minimum_length(10)
    ///     .minimum_of_class(Class::Digit, 1)
    ///     .build()?;
    /// let findings = policy.lint(&LintContext::only_factor());
    ///
    /// let worst = &findings[0];
    /// assert_eq!(worst.severity(), Severity::Violation);
    /// assert_eq!(worst.clause().to_string(), "NIST SP 800-63B-4 §3.1.1.2");
    /// assert_eq!(worst.code().as_str(), "minimum-length");
    /// assert_eq!(worst.origins().collect::<Vec<_>>(), ["noord"]);
    /// assert_eq!(
    ///     worst.text(Language::En),
    ///     "The minimum is 10 characters. A password that is the only factor must have at least 15."
    /// );
    /// # Ok::<(), slotwerk_policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn lint(&self, context: &LintContext<'_>) -> Vec<Finding> {
        let mut findings = judge::findings(self, context);
        // Findings of one rule stay together, in the order in which they were made.
        findings.sort_by_key(|finding| (Reverse(finding.severity), finding.code()));
        findings
    }
}

impl PolicyDraft {
    /// A policy that breaks no clause of NIST SP 800-63B-4 §3.1.1.2 or ASVS 5.0 that rules can break: at least
    /// 15 characters, up to [`MAX_CHARACTERS`](crate::MAX_CHARACTERS), not one of the words of a blocklist, and
    /// nothing of the user's own data in it. No composition, no expiry.
    ///
    /// The host adds the [`blocklist`](Self::blocklist), such as `Blocklist::common`; without one it does not build. It does well to add the
    /// names that people would think of first, with [`without_words`](Self::without_words), and a breach check, with
    /// [`not_breached`](Self::not_breached), if it can answer it.
    ///
    /// ```
    /// use slotwerk_policy::{Blocklist, PolicyDraft, Subject};
    ///
    /// let list = Blocklist::from_words(["welkomwelkomwelkom"])?; // or the one that ships with this crate
    /// let policy = PolicyDraft::recommended().blocklist(list).build()?;
    /// let verdict = policy.check(&Subject::new(), "vier fietsen in de schuur");
    /// assert!(verdict.is_acceptable());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn recommended() -> Self {
        Self::new()
            .minimum_length(15)
            .without_attributes(4)
            .rule(Rule::NotBlocklisted { variants: false })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("Finding", 6)?;
        fields.serialize_field("severity", self.severity.as_str())?;
        fields.serialize_field("concern", self.concern.as_str())?;
        fields.serialize_field("clause", &self.clause)?;
        fields.serialize_field("code", &self.code())?;
        fields.serialize_field("missing", &self.rule().is_none())?;
        fields.serialize_field("origins", &self.origins().collect::<Vec<_>>())?;
        fields.end()
    }
}
