//! Which clause has something to say about which rule.

use super::{Clause, Concern, Finding, LintContext, Numbers, Severity, Subject};
use crate::characters::CharacterSet;
use crate::class::Class;
use crate::code::Code;
use crate::policy::Policy;
use crate::rule::{Rule, WhiteSpace};

/// NIST: where the password is the only factor. ASVS recommends it for all.
const ONLY_FACTOR: u16 = 15;
/// Both: a maximum below this is too low.
const MAXIMUM: u16 = 64;
/// ASVS 6.2.4.
const COMMON_PASSWORDS: usize = 3_000;
/// U+0021 to U+007E.
const PRINTING: std::ops::RangeInclusive<char> = '!'..='~';

pub(super) fn findings(policy: &Policy, context: &LintContext<'_>) -> Vec<Finding> {
    let length = |of: fn(&Rule) -> Option<u16>| policy.rules().find_map(of).unwrap_or_default();
    let mut notes = Notes {
        shortest: length(|rule| match rule {
            Rule::MinimumLength { characters } => Some(*characters),
            _ => None,
        }),
        longest: length(|rule| match rule {
            Rule::MaximumLength { characters } => Some(*characters),
            _ => None,
        }),
        context,
        // Replaced before anything is noted.
        subject: Subject::Missing(Code::MinimumLength),
        findings: Vec::new(),
    };
    for (rule, origins) in policy.origins() {
        notes.subject = Subject::Rule {
            rule: rule.clone(),
            origins: origins.map(str::to_owned).collect(),
        };
        notes.of_rule(rule);
    }
    notes.of_witness(policy);
    notes.of_missing(policy);
    notes.findings
}

struct Notes<'a> {
    /// The lengths that the policy allows.
    shortest: u16,
    longest: u16,
    context: &'a LintContext<'a>,
    /// What is being looked at.
    subject: Subject,
    findings: Vec<Finding>,
}

impl Notes<'_> {
    fn note(&mut self, severity: Severity, concern: Concern, clause: Clause) {
        self.count(severity, concern, clause, 0, 0);
    }

    fn count(
        &mut self,
        severity: Severity,
        concern: Concern,
        clause: Clause,
        found: usize,
        wanted: usize,
    ) {
        self.findings.push(Finding {
            severity,
            concern,
            clause,
            subject: self.subject.clone(),
            numbers: Numbers {
                found,
                wanted,
                shortest: self.shortest.into(),
            },
        });
    }

    fn of_rule(&mut self, rule: &Rule) {
        use Severity::{Advice, Violation, Warning};
        match rule {
            Rule::MinimumLength { characters } => self.minimum(*characters),
            Rule::MaximumLength { characters } if *characters < MAXIMUM => {
                let (found, wanted) = ((*characters).into(), MAXIMUM.into());
                self.count(Warning, Concern::MaximumTooLow, Clause::NIST, found, wanted);
                self.count(
                    Violation,
                    Concern::MaximumTooLow,
                    Clause::MAXIMUM,
                    found,
                    wanted,
                );
            }
            Rule::MinimumOfClass { below, .. } | Rule::ClassesPresent { below, .. } => {
                match below {
                    Some(below) if *below <= self.shortest => {
                        let below = usize::from(*below);
                        self.count(
                            Advice,
                            Concern::CompositionWithoutEffect,
                            Clause::NIST,
                            below,
                            0,
                        );
                    }
                    _ => {
                        // With a condition too: below that length it is composition all the same.
                        self.note(Violation, Concern::Composition, Clause::NIST);
                        self.note(Violation, Concern::Composition, Clause::COMPOSITION);
                    }
                }
            }
            Rule::AllowedCharacters { set } => {
                self.characters(|c| !set.contains(c), !accepts_unicode(set));
            }
            Rule::ForbiddenCharacters { characters } => {
                let beyond_ascii = !characters.as_str().is_ascii();
                self.characters(|c| characters.contains(c), beyond_ascii);
            }
            Rule::WhiteSpace { allowed } => match allowed {
                WhiteSpace::Nowhere => self.characters(|c| c == ' ', false),
                WhiteSpace::Inside => {
                    self.note(Advice, Concern::SpaceAtEndsRefused, Clause::NIST);
                }
            },
            // The clause names mixtures of types of characters, and "other composition rules" beside them.
            Rule::MinimumDistinct { .. }
            | Rule::MaximumRun { .. }
            | Rule::WithoutRepeatedBlock { .. }
            | Rule::MaximumSequence { .. } => {
                self.note(Advice, Concern::PatternsRefused, Clause::NIST);
            }
            // "The entire password", "not substrings": that is about the blocklist.
            Rule::WithoutAttributes { .. } | Rule::WithoutWords { .. } => {
                self.note(Advice, Concern::PartsCompared, Clause::NIST);
            }
            Rule::NotBlocklisted { variants } => {
                if *variants {
                    self.note(Advice, Concern::VariantsCompared, Clause::NIST);
                }
                self.blocklist();
            }
            Rule::MinimumStrength { .. } => {
                self.note(Advice, Concern::StrengthEstimated, Clause::NIST);
            }
            Rule::NotReused { .. } => self.note(Advice, Concern::History, Clause::NIST),
            Rule::MinimumAge { .. } => self.note(Warning, Concern::MinimumAge, Clause::CHANGE),
            Rule::MaximumAge { .. } => {
                self.note(Violation, Concern::MaximumAge, Clause::NIST);
                self.note(Violation, Concern::MaximumAge, Clause::ROTATION);
            }
            Rule::MaximumLength { .. } | Rule::NotBreached {} => {}
        }
    }

    fn minimum(&mut self, characters: u16) {
        let (found, wanted) = (characters.into(), ONLY_FACTOR.into());
        if characters >= ONLY_FACTOR {
            return;
        }
        // Less than the 8 characters that both ask for in any case cannot be built.
        if self.context.is_only_factor {
            self.count(
                Severity::Violation,
                Concern::MinimumTooLow,
                Clause::NIST,
                found,
                wanted,
            );
        }
        self.count(
            Severity::Warning,
            Concern::MinimumTooLow,
            Clause::LENGTH,
            found,
            wanted,
        );
    }

    fn characters(&mut self, is_refused: impl Fn(char) -> bool, unicode_is_refused: bool) {
        let ascii = PRINTING.filter(|&c| is_refused(c)).count();
        let warnings = [
            (ascii > 0, Concern::AsciiRefused),
            (is_refused(' '), Concern::SpaceRefused),
            (unicode_is_refused, Concern::UnicodeRefused),
        ];
        for (_, concern) in warnings.iter().filter(|(is_so, _)| *is_so) {
            self.count(
                Severity::Warning,
                *concern,
                Clause::NIST,
                ascii,
                PRINTING.count(),
            );
        }
        if warnings.iter().any(|(is_so, _)| *is_so) {
            self.note(
                Severity::Violation,
                Concern::CharactersLimited,
                Clause::COMPOSITION,
            );
        }
    }

    /// How many of the words are passwords that the policy would otherwise accept, by their length.
    fn blocklist(&mut self) {
        let Some(list) = self.context.blocklist else {
            self.note(
                Severity::Warning,
                Concern::BlocklistUncounted,
                Clause::COMMON,
            );
            return;
        };
        let too_long = list.len_at_least(self.longest.saturating_add(1));
        let words = list.len_at_least(self.shortest).saturating_sub(too_long);
        if words < COMMON_PASSWORDS {
            self.count(
                Severity::Violation,
                Concern::BlocklistTooSmall,
                Clause::COMMON,
                words,
                COMMON_PASSWORDS,
            );
        }
    }

    /// A witness is looked for among what is easy to type first. The finding is laid at the rule that most likely
    /// asks too much.
    fn of_witness(&mut self, policy: &Policy) {
        if policy.witness().chars().all(is_typable) {
            return;
        }
        let blame = |rule: &Rule| match rule {
            Rule::AllowedCharacters { .. } => 0,
            Rule::ForbiddenCharacters { .. } => 1,
            Rule::MinimumOfClass { .. } => 2,
            Rule::MinimumDistinct { .. } => 3,
            _ => 4,
        };
        let blamed = policy.origins().min_by_key(|(rule, _)| blame(rule));
        if let Some((rule, origins)) = blamed {
            self.subject = Subject::Rule {
                rule: rule.clone(),
                origins: origins.map(str::to_owned).collect(),
            };
            self.note(Severity::Warning, Concern::HardToType, Clause::NIST);
        }
    }

    /// A blocklist may hold breached passwords and words from the context too, and a breached set the common
    /// passwords: then the policy alone does not show that a clause is met, nor that it is not.
    fn of_missing(&mut self, policy: &Policy) {
        use Severity::{Advice, Violation, Warning};
        let has = |code| policy.rules().any(|rule| rule.code() == code);
        let (list, breached) = (has(Code::NotBlocklisted), has(Code::NotBreached));
        if !list {
            self.subject = Subject::Missing(Code::NotBlocklisted);
            if !breached {
                self.note(Violation, Concern::NoBlocklist, Clause::NIST);
            }
            let severity = if breached { Warning } else { Violation };
            self.note(severity, Concern::NoBlocklist, Clause::COMMON);
        }
        let unless_listed = if list { Warning } else { Violation };
        if !breached {
            self.subject = Subject::Missing(Code::NotBreached);
            self.note(unless_listed, Concern::NoBreachCheck, Clause::BREACHED);
        }
        if !has(Code::WithoutWords) {
            self.subject = Subject::Missing(Code::WithoutWords);
            self.note(Warning, Concern::NoContextWords, Clause::WORDS_DOCUMENTED);
            self.note(unless_listed, Concern::NoContextWords, Clause::WORDS_USED);
        }
        if !has(Code::WithoutAttributes) {
            self.subject = Subject::Missing(Code::WithoutAttributes);
            self.note(Advice, Concern::NoAttributes, Clause::NIST);
        }
    }
}

/// Printing ASCII and the letters of Latin-1 and of Latin Extended-A and -B.
fn is_typable(c: char) -> bool {
    matches!(c, ' '..='~') || (matches!(c, '\u{aa}'..='\u{24f}') && Class::Letter.contains(c))
}

/// These three classes hold everything but white space.
fn accepts_unicode(set: &CharacterSet) -> bool {
    let all = [Class::Letter, Class::Digit, Class::Symbol];
    all.into_iter().all(|class| set.classes.contains(class))
}
