//! The search for one password: character by character, never further than a rule that is broken already
//! or can no longer be met.

use super::alphabet::Letter;
use super::demand::{Demand, PerClass, Supply};
use crate::class::Class;
use crate::keyboard::Layout;
use crate::skeleton::skeleton;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// How much work may still be done. One unit is about one character tried, among few others and few words.
pub(super) struct Budget(pub(super) u32);

/// No work is left to be done.
pub(super) struct Spent;

impl Budget {
    pub(super) fn spend(&mut self, units: u32) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(units).ok_or(Spent)?;
        Ok(())
    }
}

/// What a search that ended has found.
pub(super) enum Found {
    Password(String),
    /// Nothing among these characters, and whether whole passwords were refused only when they were judged.
    Nothing {
        judged: bool,
    },
}

/// What a password of a length between two bounds must be like, as far as it can be told from its beginning.
pub(super) struct Search<'a> {
    pub(super) letters: &'a [Letter],
    pub(super) shortest: usize,
    pub(super) longest: usize,
    pub(super) demand: &'a Demand,
    pub(super) distinct: usize,
    pub(super) run: usize,
    pub(super) block: Option<usize>,
    pub(super) sequences: &'a [(&'a Layout, usize)],
    pub(super) words: &'a [Vec<char>],
    pub(super) no_white_ends: bool,
    /// The last word about a whole password.
    pub(super) accepts: &'a dyn Fn(&str) -> bool,
    /// Whether that takes an estimate of its strength.
    pub(super) is_estimated: bool,
}

/// What it takes to judge a whole password, besides what its length and the rules add; with an estimate, 4 for
/// each character squared, up to as many characters as are looked at.
const UNITS_TO_JUDGE: usize = 4;
const CHARACTERS_ESTIMATED: usize = 64;

impl Search<'_> {
    /// Tries everything, until there is a password.
    pub(super) fn run(&self, budget: &mut Budget) -> Result<Found, Spent> {
        budget.spend(units(self.letters.len() / 16))?;
        let mut state = State::new(self);
        Ok(if state.descend(budget)? {
            Found::Password(state.text.iter().collect())
        } else {
            Found::Nothing {
                judged: state.judged,
            }
        })
    }
}

/// A beginning of a password.
struct State<'a> {
    search: &'a Search<'a>,
    supply: Supply,
    is_plain: bool,
    text: Vec<char>,
    folded: Vec<char>,
    skeleton: Vec<char>,
    settled: Settled,
    have: PerClass,
    used: Vec<u16>,
    distinct: usize,
    /// How many letters of each class have not been used yet.
    fresh: PerClass,
    /// The only letter of a class, where there is but one.
    only: Vec<(Class, char)>,
    judged: bool,
}

/// What can no longer change of the folded text, where characters combine: all that stands before the last one
/// which stands alone. Where none combines, everything is settled at once and this is not used.
#[derive(Default)]
struct Settled {
    folded: Vec<char>,
    skeleton: Vec<char>,
    /// Where in the text, and in its letters folded one by one, the rest begins.
    rest: Rest,
    /// How it was before each character that settled something.
    earlier: Vec<(usize, Rest)>,
}

#[derive(Clone, Copy, Default)]
struct Rest {
    text: usize,
    folded: usize,
}

/// The order in which letters are tried: those first that a rule still asks for, then those used least, then
/// those that are easy to type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_idle: bool,
    used: u16,
    is_odd: bool,
    index: usize,
}

impl<'a> State<'a> {
    fn new(search: &'a Search<'a>) -> Self {
        let letters = search.letters;
        let mut fresh = PerClass::default();
        letters
            .iter()
            .for_each(|letter| fresh.add(letter.signature));
        let only = Class::ALL.into_iter().filter_map(|class| {
            let mut of_class = letters
                .iter()
                .filter(|letter| letter.signature.contains(class));
            match (of_class.next(), of_class.next()) {
                (Some(letter), None) => Some((class, letter.c)),
                _ => None,
            }
        });
        Self {
            search,
            supply: Supply::of(letters.iter().map(|letter| letter.signature)),
            is_plain: letters.iter().all(|letter| letter.is_plain),
            text: Vec::with_capacity(search.longest),
            folded: Vec::with_capacity(search.longest),
            skeleton: Vec::with_capacity(search.longest),
            settled: Settled::default(),
            have: PerClass::default(),
            used: vec![0; letters.len()],
            distinct: 0,
            fresh,
            only: only.collect(),
            judged: false,
        }
    }

    /// Whether `text` can be completed, and if so, does it.
    fn descend(&mut self, budget: &mut Budget) -> Result<bool, Spent> {
        let room = self.search.longest - self.text.len();
        let Ok(open) = self.search.demand.open(&self.have, self.supply) else {
            return Ok(false);
        };
        if usize::from(open) > room || !self.can_still_vary(room) || !self.can_still_repeat(room) {
            return Ok(false);
        }
        if open == 0 && self.is_whole() {
            budget.spend(self.units_to_judge())?;
            let text: String = self.text.iter().collect();
            if (self.search.accepts)(&text) {
                return Ok(true);
            }
            self.judged = true;
        }
        if room == 0 {
            return Ok(false);
        }
        let mut tried = None;
        while let Some(rank) = self.next(tried, open) {
            tried = Some(rank);
            budget.spend(self.units_to_try())?;
            if self.push(rank.index) {
                if self.descend(budget)? {
                    return Ok(true);
                }
                self.pop(rank.index);
            }
        }
        Ok(false)
    }

    fn units_to_judge(&self) -> u32 {
        let length = self.text.len();
        let estimated = if self.search.is_estimated {
            length.min(CHARACTERS_ESTIMATED)
        } else {
            0
        };
        let blocks = self.search.block.map_or(0, |_| length * length / 1024);
        let parts = length / 16 + self.search.words.len() / 8 + blocks;
        units(UNITS_TO_JUDGE * (1 + estimated * estimated) + parts)
    }

    fn units_to_try(&self) -> u32 {
        let length = self.text.len();
        let blocks = self.search.block.map_or(0, |_| length / 32);
        let combining = if self.is_plain {
            0
        } else {
            1 + (length - self.settled.rest.text) / 32
        };
        let choices = self.search.letters.len() / 256 + self.search.words.len() / 128;
        units(1 + choices + blocks + combining)
    }

    /// Whether the text could be a password as it is, the classes aside.
    fn is_whole(&self) -> bool {
        let ends_white = || self.text.last().is_some_and(|c| c.is_whitespace());
        self.text.len() >= self.search.shortest
            && self.distinct >= self.search.distinct
            && !(self.search.no_white_ends && ends_white())
    }

    /// Whether enough different characters fit, beside those that classes with few characters take up.
    fn can_still_vary(&self, room: usize) -> bool {
        let wanted = self.search.distinct.saturating_sub(self.distinct);
        let repeats = self
            .search
            .demand
            .repeats(&self.have, &self.fresh, self.supply);
        wanted <= self.search.letters.len() - self.distinct && wanted + usize::from(repeats) <= room
    }

    /// Whether a class that has one character only gets enough of it in runs that are short enough.
    fn can_still_repeat(&self, room: usize) -> bool {
        let run = self.search.run;
        self.only.iter().all(|&(class, c)| {
            let left = usize::from(self.search.demand.left_of(class, &self.have));
            if left == 0 {
                return true;
            }
            let at_once = run.saturating_sub(self.trailing(c));
            let most = if room <= at_once {
                room
            } else {
                let later = room - at_once - 1;
                at_once + later - later / (run + 1)
            };
            left <= most
        })
    }

    fn trailing(&self, c: char) -> usize {
        self.text
            .iter()
            .rev()
            .take_while(|&&last| last == c)
            .count()
    }

    /// The letter that comes after `tried`.
    fn next(&self, tried: Option<Rank>, open: u16) -> Option<Rank> {
        // There are few combinations of classes and many letters.
        let mut helps: Vec<(crate::ClassSet, bool)> = Vec::new();
        let letters = self.search.letters.iter().zip(&self.used).enumerate();
        let ranks = letters.filter_map(|(index, (letter, used))| {
            let kind = letter.signature;
            let known = helps.iter().find(|(known, _)| *known == kind);
            let does_help = match known {
                Some(&(_, does_help)) => does_help,
                None => {
                    let does_help = open > 0 && self.would_help(kind, open);
                    helps.push((kind, does_help));
                    does_help
                }
            };
            let rank = Rank {
                is_idle: !does_help,
                used: *used,
                is_odd: !letter.is_typable,
                index,
            };
            tried.is_none_or(|tried| rank > tried).then_some(rank)
        });
        ranks.min()
    }

    fn would_help(&self, kind: crate::ClassSet, open: u16) -> bool {
        let mut have = self.have;
        have.add(kind);
        self.search
            .demand
            .open(&have, self.supply)
            .is_ok_and(|after| after < open)
    }

    /// Adds a letter, unless no password could begin like that.
    fn push(&mut self, index: usize) -> bool {
        let Some(letter) = self.search.letters.get(index) else {
            return false;
        };
        let is_white = letter.signature.is_empty();
        if self.trailing(letter.c) >= self.search.run
            || (is_white && self.text.is_empty() && self.search.no_white_ends)
        {
            return false;
        }
        self.text.push(letter.c);
        self.folded.extend(&letter.folded);
        self.skeleton.extend(&letter.skeleton);
        self.have.add(letter.signature);
        if let Some(used) = self.used.get_mut(index) {
            *used += 1;
            if *used == 1 {
                self.distinct += 1;
                self.fresh.remove(letter.signature);
            }
        }
        let settles = self.settles(letter);
        if settles {
            self.settle(letter.folded.len());
        }
        if self.breaks_a_ban(letter.folded.len(), settles) {
            self.pop(index);
            return false;
        }
        true
    }

    fn pop(&mut self, index: usize) {
        let Some(letter) = self.search.letters.get(index) else {
            return;
        };
        self.text.pop();
        if self.settles(letter)
            && let Some((length, rest)) = self.settled.earlier.pop()
        {
            self.settled.folded.truncate(length);
            self.settled.skeleton.truncate(length);
            self.settled.rest = rest;
        }
        self.folded
            .truncate(self.folded.len() - letter.folded.len());
        self.skeleton
            .truncate(self.skeleton.len() - letter.skeleton.len());
        self.have.remove(letter.signature);
        if let Some(used) = self.used.get_mut(index) {
            *used -= 1;
            if *used == 0 {
                self.distinct -= 1;
                self.fresh.add(letter.signature);
            }
        }
    }

    /// Whether nothing that comes after `letter` changes what stands before it. A character that folding drops
    /// keeps nothing apart.
    fn settles(&self, letter: &Letter) -> bool {
        !self.is_plain && letter.is_plain && !letter.folded.is_empty()
    }

    /// Settles everything but the last letter, which was folded to `added` characters.
    fn settle(&mut self, added: usize) {
        let end = self.folded.len() - added;
        let settled = &mut self.settled;
        settled.earlier.push((settled.folded.len(), settled.rest));
        let rest = self.folded.get(settled.rest.folded..end);
        let rest: String = rest.unwrap_or_default().iter().copied().nfc().collect();
        settled.folded.extend(rest.chars());
        settled.skeleton.extend(skeleton(&rest).chars());
        settled.rest = Rest {
            text: self.text.len() - 1,
            folded: end,
        };
    }

    /// Whether the last `added` characters of the folded text, or what was settled by the last of them, complete
    /// something that is forbidden wherever it stands.
    fn breaks_a_ban(&self, added: usize, has_settled: bool) -> bool {
        let too_long = |&(layout, most): &(&Layout, usize)| {
            let tail = self.text.len().saturating_sub(most + 1);
            let tail = self.text.get(tail..).unwrap_or_default();
            layout.longest_sequence(tail) > most
        };
        if self.search.sequences.iter().any(too_long) {
            return true;
        }
        if self.is_plain {
            let before = self.folded.len() - added;
            return self.ends_in_a_ban(&self.folded, &self.skeleton, before);
        }
        // What combines changes what was folded before it, as far as that is not settled.
        let settled = &self.settled;
        let rest = self.text.get(settled.rest.text..).unwrap_or_default();
        let before = settled.earlier.last().map_or(0, |(length, _)| *length);
        !is_nfc(&rest.iter().collect::<String>())
            || (has_settled && self.ends_in_a_ban(&settled.folded, &settled.skeleton, before))
    }

    /// Whether something forbidden ends after the first `before` characters.
    fn ends_in_a_ban(&self, folded: &[char], skeleton: &[char], before: usize) -> bool {
        (before + 1..=folded.len()).any(|end| {
            let folded = folded.get(..end).unwrap_or_default();
            let skeleton = skeleton.get(..end).unwrap_or_default();
            let ends_in_square = |shortest| (shortest..=end / 2).any(|n| is_square(folded, n));
            self.search.block.is_some_and(ends_in_square)
                || self
                    .search
                    .words
                    .iter()
                    .any(|word| skeleton.ends_with(word) || folded.ends_with(word))
        })
    }
}

pub(super) fn units(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Whether the last `half` characters stand twice at the end.
fn is_square(text: &[char], half: usize) -> bool {
    let (before, second) = text.split_at(text.len() - half);
    before.ends_with(second)
}
