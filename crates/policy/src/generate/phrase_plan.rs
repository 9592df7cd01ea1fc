//! What a passphrase is made of under one policy.

use super::GenerateError;
use super::alphabet::permits;
use super::demands::{Demands, Lengths};
use super::phrase_bound::{Pieces, entropy_bits, share_that_fits};
use super::source::Source;
use super::word_list::WordList;
use crate::candidate::Candidate;
use crate::class::Class;
use crate::evaluate::Prepared;
use crate::fold::{fold, nfc};
use crate::keyboard::Layout;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::skeleton::skeleton;
use crate::subject::Subject;
use crate::verdict::State;
use unicode_normalization::char::is_combining_mark;

/// What six words out of 4,096 give: see [`PassphraseGenerator`](super::PassphraseGenerator).
const ENOUGH_BITS: f64 = 72.0;
const MOST_WORDS: u16 = 64;
const SHORTEST_WORD: u16 = 4;
const LONGEST_WORD: usize = 8;

/// In order of preference. None of them stands for a letter in leet speak.
const SEPARATORS: &str = "-._ ,~*=/:;#%&?";
const LONGEST_SEPARATOR: usize = 8;
/// If the policy allows none of these, the other symbols of ASCII are drawn from.
const SYMBOLS: &str = "#%&*=?_~:;,./-";

/// Digits and symbols at the end stand together in groups of this size at most.
const DIGITS_TOGETHER: u16 = 3;
const SYMBOLS_TOGETHER: u16 = 2;

/// A default is no good if hardly any phrase has a length that the policy accepts.
const FITS_SELDOM: f64 = 1.0 / 1024.0;

#[derive(Debug, Clone)]
pub(super) struct Settings {
    list: WordList,
    pub(super) words: Option<u16>,
    pub(super) separator: Option<String>,
}

impl Settings {
    pub(super) fn new(list: WordList) -> Self {
        Self {
            list,
            words: None,
            separator: None,
        }
    }
}

#[derive(Clone)]
pub(super) struct Plan {
    pieces: Pieces,
    pub(super) entropy_bits: f64,
}

/// What must come with the words.
struct Additions {
    capitals: u16,
    digits: u16,
    symbols: u16,
}

impl Plan {
    pub(super) fn new(
        policy: &Policy,
        subject: &Subject,
        settings: &Settings,
    ) -> Result<Self, GenerateError> {
        let separator = separator(policy, settings)?;
        let judge = Judge::new(policy, subject, &separator);
        let lengths = Lengths::of(policy);
        let numbers = match settings.words {
            Some(words) if (1..=MOST_WORDS).contains(&words) => words..=words,
            Some(words) => return Err(GenerateError::Words { words }),
            None => 1..=MOST_WORDS,
        };
        let is_default = settings.words.is_none();
        let mut known: Option<(Vec<u16>, Vec<&'static str>)> = None;
        let mut enough = None;
        for words in numbers {
            let additions =
                Additions::of(policy, words, &separator).ok_or(GenerateError::TooLittle)?;
            let capitals = additions.capitals_of_a_word(words);
            let usable = match known.take() {
                Some((same, usable)) if same == capitals => usable,
                _ => judge.usable(settings.list, &capitals),
            };
            if usable.is_empty() {
                return Err(GenerateError::TooLittle);
            }
            let drawn = f64::from(words) * (usable.len() as f64).log2();
            let has_letters = additions.leaves_enough(policy, words, &separator);
            if is_default && !(drawn >= ENOUGH_BITS && has_letters) {
                known = Some((capitals, usable));
                continue;
            }
            enough.get_or_insert(words);
            let pieces = Pieces {
                words,
                usable,
                capitals: additions.capitals.into(),
                separator: separator.clone(),
                groups: judge.groups(&additions)?,
            };
            let fits = share_that_fits(&pieces, lengths);
            // Where half of the phrases fit, that costs a bit, which is not worth a word.
            let is_good = fits >= 0.5 || drawn + fits.log2() >= ENOUGH_BITS && fits >= FITS_SELDOM;
            if fits <= 0.0 || (is_default && !is_good) {
                known = Some((capitals, pieces.usable));
                continue;
            }
            let bits = if has_letters {
                entropy_bits(&pieces, policy, subject, fits)
            } else {
                0.0
            };
            return Ok(Self {
                pieces,
                entropy_bits: bits,
            });
        }
        Err(
            enough.map_or(GenerateError::TooLittle, |words| GenerateError::Words {
                words,
            }),
        )
    }

    pub(super) fn draw(
        &self,
        text: &mut String,
        source: &mut Source<'_>,
    ) -> Result<(), GenerateError> {
        let pieces = &self.pieces;
        let count = usize::from(pieces.words);
        for index in 0..count {
            let word = source.one_of(&pieces.usable)?;
            if index > 0 {
                text.push_str(&pieces.separator);
            }
            // The first letters of all words come before any second letter.
            let capitals = (pieces.capitals + count - 1 - index) / count;
            push_word(text, word, capitals);
        }
        for group in &pieces.groups {
            let index = source.below(group.len() as u64)?;
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            text.push_str(&pieces.separator);
            text.push_str(group.get(index).ok_or(GenerateError::TooLittle)?);
        }
        Ok(())
    }

    /// So that a text need not be moved while it grows.
    pub(super) fn most_bytes(&self) -> usize {
        let groups = self.pieces.groups.len();
        let words = usize::from(self.pieces.words);
        words * LONGEST_WORD + groups * 4 + (words + groups) * self.pieces.separator.len()
    }
}

fn push_word(text: &mut String, word: &str, capitals: usize) {
    text.extend(word.chars().enumerate().map(|(place, c)| {
        if place < capitals {
            c.to_ascii_uppercase()
        } else {
            c
        }
    }));
}

/// What keeps the words apart. It starts with no letter and holds none, nor anything that stands for one:
/// so the words can be told from the text, and two phrases are never the same text.
fn separator(policy: &Policy, settings: &Settings) -> Result<String, GenerateError> {
    let is_good = |c: char| {
        let mut buffer = [0; 4];
        let text: &str = c.encode_utf8(&mut buffer);
        let stays = *nfc(text) == *text && *skeleton(&fold(text)) == *text;
        let is_mark = c.is_alphanumeric() || c.is_control() || is_combining_mark(c);
        stays && !is_mark && permits(policy, c)
    };
    match &settings.separator {
        Some(text) => {
            let fits = (1..=LONGEST_SEPARATOR).contains(&text.chars().count());
            (fits && text.chars().all(is_good)).then(|| text.clone())
        }
        None => SEPARATORS.chars().find(|&c| is_good(c)).map(String::from),
    }
    .ok_or(GenerateError::Separator)
}

impl Additions {
    /// For phrases of the shortest length possible: longer ones have to meet less.
    fn of(policy: &Policy, words: u16, separator: &str) -> Option<Self> {
        let demands = Self::demands(policy, words, separator);
        let mut all = Self {
            capitals: demands.minimum(Class::Uppercase),
            digits: demands.minimum(Class::Digit),
            symbols: 0,
        };
        let symbols = demands.minimum(Class::Symbol);
        all.symbols = symbols.saturating_sub(all.symbols_between(words, separator));
        for &(classes, at_least) in &demands.present {
            let wanted = [Class::Uppercase, Class::Digit, Class::Symbol];
            for class in wanted.into_iter().filter(|&k| classes.contains(k)) {
                let there = classes
                    .iter()
                    .filter(|&k| all.contains(k, words, separator))
                    .count();
                if there >= usize::from(at_least) || all.contains(class, words, separator) {
                    continue;
                }
                match class {
                    Class::Uppercase if ('A'..='Z').any(|c| permits(policy, c)) => all.capitals = 1,
                    Class::Digit if ('0'..='9').any(|c| permits(policy, c)) => all.digits = 1,
                    Class::Symbol
                        if ('!'..='~').any(|c| class.contains(c) && permits(policy, c)) =>
                    {
                        all.symbols = 1
                    }
                    _ => {}
                }
            }
            let there = classes
                .iter()
                .filter(|&k| all.contains(k, words, separator))
                .count();
            if there < usize::from(at_least) {
                return None;
            }
        }
        Some(all)
    }

    fn demands(policy: &Policy, words: u16, separator: &str) -> Demands {
        let between = u16::try_from(separator.chars().count()).unwrap_or(u16::MAX);
        let shortest = (words * SHORTEST_WORD).saturating_add((words - 1).saturating_mul(between));
        Demands::of(policy, shortest.max(Lengths::of(policy).shortest))
    }

    /// Whether there are letters enough, capitals and small ones, however short the words are.
    fn leaves_enough(&self, policy: &Policy, words: u16, separator: &str) -> bool {
        let demands = Self::demands(policy, words, separator);
        let letters = words * SHORTEST_WORD;
        letters >= demands.minimum(Class::Letter)
            && letters
                >= self
                    .capitals
                    .saturating_add(demands.minimum(Class::Lowercase).max(1))
    }

    /// How many capitals a word may have: all words have as many, or some of them one more.
    fn capitals_of_a_word(&self, words: u16) -> Vec<u16> {
        let least = self.capitals / words;
        let some_have_more = !self.capitals.is_multiple_of(words);
        (least..=least + u16::from(some_have_more)).collect()
    }

    fn symbols_between(&self, words: u16, separator: &str) -> u16 {
        let each = separator
            .chars()
            .filter(|&c| Class::Symbol.contains(c))
            .count();
        let groups = u16::from(self.digits > 0);
        u16::try_from(each)
            .unwrap_or(u16::MAX)
            .saturating_mul(words - 1 + groups)
    }

    fn contains(&self, class: Class, words: u16, separator: &str) -> bool {
        match class {
            Class::Uppercase => self.capitals > 0,
            Class::Lowercase | Class::Letter => true,
            Class::Digit => self.digits > 0,
            Class::Symbol => self.symbols > 0 || self.symbols_between(words, separator) > 0,
        }
    }
}

/// What breaks no rule by itself, between two separators.
struct Judge<'a> {
    policy: &'a Policy,
    rules: Vec<(&'a Rule, Prepared)>,
    /// The rules about sequences, which may run on from the separator.
    layouts: Vec<Layout>,
    subject: &'a Subject,
    separator: &'a str,
}

impl<'a> Judge<'a> {
    fn new(policy: &'a Policy, subject: &'a Subject, separator: &'a str) -> Self {
        let rules = policy.rules().filter(|rule| {
            matches!(
                rule,
                Rule::AllowedCharacters { .. }
                    | Rule::ForbiddenCharacters { .. }
                    | Rule::MaximumRun { .. }
                    | Rule::MaximumSequence { .. }
                    | Rule::WithoutRepeatedBlock { .. }
                    | Rule::WithoutWords { .. }
                    | Rule::WithoutAttributes { .. }
            )
        });
        let layouts = policy.rules().filter_map(|rule| match rule {
            Rule::MaximumSequence { kind, .. } => Some(Layout::of(*kind)),
            _ => None,
        });
        Self {
            policy,
            rules: rules.map(|rule| (rule, Prepared::of(rule))).collect(),
            layouts: layouts.collect(),
            subject,
            separator,
        }
    }

    fn accepts(&self, piece: &str) -> bool {
        let text = format!("{0}{piece}{0}", self.separator);
        let candidate = Candidate::new(&text);
        !self.rules.iter().any(|(rule, prepared)| {
            prepared.state(rule, self.subject, &candidate, None) == State::Unmet
        })
    }

    /// The words of a list that are accepted with each of these numbers of capitals.
    fn usable(&self, list: WordList, capitals: &[u16]) -> Vec<&'static str> {
        let is_usable = |word: &&str| {
            capitals.iter().all(|&capitals| {
                let mut text = String::with_capacity(word.len());
                push_word(&mut text, word, capitals.into());
                self.accepts(&text)
            })
        };
        if self.rules.is_empty() {
            return list.words().collect();
        }
        list.words().filter(is_usable).collect()
    }

    /// All that the groups at the end are drawn from, group by group.
    fn groups(&self, additions: &Additions) -> Result<Vec<Vec<String>>, GenerateError> {
        let digits: Vec<char> = ('0'..='9').filter(|&c| self.may_follow(c)).collect();
        let mut symbols: Vec<char> = SYMBOLS.chars().filter(|&c| self.may_follow(c)).collect();
        if symbols.is_empty() {
            let others = ('!'..='~').filter(|&c| Class::Symbol.contains(c));
            symbols = others.filter(|&c| self.may_follow(c)).collect();
        }
        let mut groups = Vec::new();
        for (pool, mut left, together) in [
            (digits, additions.digits, DIGITS_TOGETHER),
            (symbols, additions.symbols, SYMBOLS_TOGETHER),
        ] {
            while left > 0 {
                let size = left.min(together);
                left -= size;
                let mut group = vec![String::new()];
                for _ in 0..size {
                    let longer = group
                        .iter()
                        .flat_map(|text| pool.iter().map(move |c| format!("{text}{c}")));
                    group = longer.collect();
                }
                group.retain(|text| self.accepts(text));
                if group.is_empty() {
                    return Err(GenerateError::TooLittle);
                }
                groups.push(group);
            }
        }
        Ok(groups)
    }

    /// Whether a group may hold `c`: no run and no sequence reaches into it from the separator.
    fn may_follow(&self, c: char) -> bool {
        let is_apart = |s: char| {
            self.layouts
                .iter()
                .all(|layout| layout.longest_sequence(&[s, c]) < 2)
        };
        permits(self.policy, c) && self.separator.chars().all(|s| s != c && is_apart(s))
    }
}
