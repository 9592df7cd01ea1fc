//! One rule against one password.

use crate::blocklist::Blocklist;
use crate::candidate::Candidate;
use crate::keyboard::Layout;
use crate::rule::{Rule, WhiteSpace};
use crate::skeleton::needle;
use crate::strength;
use crate::subject::Subject;
use crate::verdict::State;

/// What a rule needs at every check and is worth working out once.
pub(crate) enum Prepared {
    Nothing,
    Layout(Box<Layout>),
    /// What must not occur: see [`needle`].
    Needles(Vec<String>),
}

impl Prepared {
    pub(crate) fn of(rule: &Rule) -> Self {
        match rule {
            Rule::MaximumSequence { kind, .. } => Self::Layout(Box::new(Layout::of(*kind))),
            Rule::WithoutWords { words } => {
                Self::Needles(words.iter().map(|word| needle(word).to_string()).collect())
            }
            _ => Self::Nothing,
        }
    }

    /// How a password that is not empty stands against `rule`, which `self` was prepared for.
    pub(crate) fn state(
        &self,
        rule: &Rule,
        subject: &Subject,
        candidate: &Candidate,
        blocklist: Option<&Blocklist>,
    ) -> State {
        let length = candidate.length();
        let at_most = |n: usize, limit: u16| n <= usize::from(limit);
        let at_least = |n: usize, limit: u16| n >= usize::from(limit);
        // Above its limit a conditional rule asks nothing.
        let is_spared =
            |below: Option<u16>| below.is_some_and(|below| length >= usize::from(below));
        let met = match rule {
            Rule::MinimumLength { characters } => at_least(length, *characters),
            Rule::MaximumLength { characters } => at_most(length, *characters),
            Rule::MinimumOfClass {
                class,
                characters,
                below,
            } => is_spared(*below) || at_least(candidate.of_class(*class), *characters),
            Rule::ClassesPresent {
                classes,
                at_least: needed,
                below,
            } => {
                let present = classes.iter().filter(|&k| candidate.of_class(k) > 0);
                is_spared(*below) || at_least(present.count(), *needed)
            }
            Rule::MinimumDistinct { characters } => at_least(candidate.distinct(), *characters),
            Rule::AllowedCharacters { set } => {
                candidate.characters.iter().all(|&c| set.contains(c))
            }
            Rule::ForbiddenCharacters { characters } => {
                !candidate.characters.iter().any(|&c| characters.contains(c))
            }
            Rule::WhiteSpace { allowed } => match allowed {
                WhiteSpace::Inside => !candidate.has_white_space_at_an_end(),
                WhiteSpace::Nowhere => !candidate.characters.iter().any(|c| c.is_whitespace()),
            },
            Rule::MaximumRun { characters } => at_most(candidate.longest_run(), *characters),
            Rule::WithoutRepeatedBlock { shortest } => {
                !candidate.has_repeated_block(usize::from(*shortest))
            }
            Rule::MaximumSequence { characters, .. } => match self {
                Self::Layout(layout) => {
                    at_most(layout.longest_sequence(&candidate.characters), *characters)
                }
                // Cannot be: `of` gives every such rule its layout. Were it to change, nothing would pass.
                _ => false,
            },
            Rule::WithoutAttributes { shortest_part } => {
                !subject.occurs_in(candidate, *shortest_part)
            }
            Rule::WithoutWords { .. } => match self {
                Self::Needles(words) => !words.iter().any(|word| candidate.contains(word)),
                _ => false,
            },
            // Building refuses the rule without a list; were that to change, nothing would pass.
            Rule::NotBlocklisted { variants } => blocklist.is_some_and(|list| {
                let folded = candidate.folded();
                !(list.contains_folded(folded) || (*variants && list.contains_variant(folded)))
            }),
            Rule::MinimumStrength { score } => strength::score(candidate, subject) >= *score,
            Rule::NotBreached {} | Rule::NotReused { .. } | Rule::MinimumAge { .. } => {
                return State::Pending;
            }
            Rule::MaximumAge { .. } => true,
        };
        if met { State::Met } else { State::Unmet }
    }
}
