//! A password that meets every rule, as the proof that there is one; or the rules that leave none.
//!
//! The search is exact where it ends: what it finds the evaluator itself has accepted, and what it rules out is
//! ruled out by counting or by trying everything. It gives up, and says so, after [`UNITS`] steps.

mod alphabet;
mod demand;
mod search;
#[cfg(test)]
mod work;

use crate::blocklist::Blocklist;
use crate::candidate::Candidate;
use crate::error::{Clash, PolicyError, Why};
use crate::evaluate::Prepared;
use crate::keyboard::Layout;
use crate::origin::Sourced;
use crate::policy::{MAX_CHARACTERS, MIN_CHARACTERS};
use crate::rule::{Rule, WhiteSpace};
use crate::subject::Subject;
use crate::verdict::State;
use alphabet::{Alphabet, Made, Pool};
use demand::{Demand, PerClass};
use search::{Budget, Found, Search, Spent, units};

/// How many characters are tried for one answer; usual policies take about as many as their password is long.
const UNITS: u32 = 300_000;
/// For finding out which of the rules clash, in all.
const UNITS_FOR_NAMES: u32 = 800_000;
/// How many before the next lengths or more characters are tried.
const UNITS_AT_FIRST: u32 = 4_000;
/// The same where strengths are estimated, which makes a search dearer and hardly ever longer.
const UNITS_AT_FIRST_ESTIMATING: u32 = 40_000;

/// A password that meets the rules, those about facts from outside and about people aside.
pub(crate) fn witness(
    rules: &[Sourced],
    blocklist: Option<&Blocklist>,
) -> Result<String, PolicyError> {
    let mut parts: Vec<Part> = rules
        .iter()
        .filter(|sourced| is_decided_here(&sourced.rule))
        .map(|sourced| Part {
            sourced,
            prepared: Prepared::of(&sourced.rule),
        })
        .collect();
    let all: Vec<&Part> = parts.iter().collect();
    let why = match decide(&all, blocklist, &mut Budget(UNITS)) {
        Answer::Password(password) => return Ok(password),
        Answer::Unknown => return Err(PolicyError::Undecided),
        Answer::None(why) => why,
    };
    let (clash, why) = clash(&mut parts, why, blocklist);
    Err(PolicyError::Contradiction { clash, why })
}

/// A rule, ready to be asked.
struct Part<'a> {
    sourced: &'a Sourced,
    prepared: Prepared,
}

enum Answer {
    Password(String),
    None(Why),
    Unknown,
}

/// Whether a password alone can break the rule.
fn is_decided_here(rule: &Rule) -> bool {
    !matches!(
        rule,
        Rule::WithoutAttributes { .. }
            | Rule::NotBreached {}
            | Rule::NotReused { .. }
            | Rule::MinimumAge { .. }
            | Rule::MaximumAge { .. }
    )
}

/// The rules that clash, without those that need not be there for it.
fn clash(parts: &mut Vec<Part>, mut why: Why, blocklist: Option<&Blocklist>) -> (Vec<Clash>, Why) {
    let mut budget = Budget(UNITS_FOR_NAMES);
    // From the end, so that the plainer rules stay where either would do.
    for index in (0..parts.len()).rev() {
        if budget.0 == 0 {
            break;
        }
        let others = parts.iter().enumerate().filter(|(i, _)| *i != index);
        let others: Vec<&Part> = others.map(|(_, part)| part).collect();
        if let Answer::None(reason) = decide(&others, blocklist, &mut budget) {
            why = reason;
            parts.remove(index);
        }
    }
    let clash = parts.iter().map(|part| Clash {
        rule: part.sourced.rule.clone(),
        origins: part
            .sourced
            .origins
            .iter()
            .map(|s| s.as_ref().to_owned())
            .collect(),
    });
    (clash.collect(), why)
}

/// Finds a password for the rules, or that there is none. The limits that hold for every policy, 8 and 256
/// characters, hold here too.
fn decide(parts: &[&Part], blocklist: Option<&Blocklist>, budget: &mut Budget) -> Answer {
    let rules: Vec<&Rule> = parts.iter().map(|part| &part.sourced.rule).collect();
    let limits = Limits::of(&rules);
    if limits.shortest > limits.longest {
        return Answer::None(limits.room(limits.shortest, limits.longest));
    }
    let alphabet = Alphabet::of(&rules);
    let mut open = Vec::new();
    let mut why = None;
    let stretches = limits.stretches(&rules, &alphabet);
    let work = (stretches.len() + alphabet.listed().div_ceil(32)) * rules.len() / 4;
    if budget.spend(units(work)).is_err() {
        budget.0 = 0;
        return Answer::Unknown;
    }
    for stretch in stretches {
        match stretch {
            Ok(stretch) => open.push(stretch),
            Err(reason) => why = Some(reason),
        }
    }
    let asked = Asked::new(parts, blocklist, &limits);
    let mut pools = Made::of(&alphabet);
    let at_first = if limits.strong > 0 {
        UNITS_AT_FIRST_ESTIMATING
    } else {
        UNITS_AT_FIRST
    };
    // First a little of everything, then all that is left for what is left.
    let mut left = Vec::new();
    for stretch in open {
        match asked.search(&stretch, &mut pools, at_first, budget) {
            Answer::Password(password) => return Answer::Password(password),
            Answer::None(reason) => why = Some(reason),
            Answer::Unknown => left.push(stretch),
        }
    }
    let (mut unknown, mut waiting) = (false, u32::try_from(left.len()).unwrap_or(u32::MAX));
    for stretch in left {
        let share = budget.0 / waiting.max(1);
        waiting -= 1;
        match asked.search_thoroughly(&stretch, &mut pools, share, budget) {
            Answer::Password(password) => return Answer::Password(password),
            Answer::None(reason) => why = Some(reason),
            Answer::Unknown => unknown = true,
        }
    }
    match why {
        Some(why) if !unknown => Answer::None(why),
        _ => Answer::Unknown,
    }
}

/// The numbers among the rules.
struct Limits {
    shortest: u16,
    longest: u16,
    /// How many characters any password of the strength that is asked for has.
    strong: u16,
    distinct: u16,
    run: u16,
    block: Option<u16>,
    no_white_ends: bool,
}

impl Limits {
    fn of(rules: &[&Rule]) -> Self {
        let mut limits = Self {
            shortest: MIN_CHARACTERS,
            longest: MAX_CHARACTERS,
            strong: 0,
            distinct: 0,
            run: MAX_CHARACTERS,
            block: None,
            no_white_ends: false,
        };
        for rule in rules {
            match **rule {
                Rule::MinimumLength { characters } => {
                    limits.shortest = limits.shortest.max(characters);
                }
                Rule::MaximumLength { characters } => {
                    limits.longest = limits.longest.min(characters);
                }
                Rule::MinimumDistinct { characters } => {
                    limits.distinct = limits.distinct.max(characters);
                }
                Rule::MaximumRun { characters } => limits.run = limits.run.min(characters),
                Rule::WithoutRepeatedBlock { shortest } => {
                    limits.block = Some(limits.block.map_or(shortest, |known| known.min(shortest)));
                }
                Rule::WhiteSpace { allowed } => {
                    limits.no_white_ends |= allowed == WhiteSpace::Inside
                }
                Rule::MinimumStrength { score } => limits.strong = strong(score),
                _ => {}
            }
        }
        limits
    }

    fn room(&self, needed: u16, allowed: u16) -> Why {
        Why::Room { needed, allowed }
    }

    /// The lengths in stretches over which the same class rules hold, each with what it asks for or why no
    /// password has such a length.
    fn stretches(&self, rules: &[&Rule], alphabet: &Alphabet) -> Vec<Result<Stretch, Why>> {
        let mut starts = vec![self.shortest];
        starts.extend(rules.iter().filter_map(|rule| match rule {
            Rule::MinimumOfClass { below, .. } | Rule::ClassesPresent { below, .. } => *below,
            _ => None,
        }));
        starts.retain(|start| (self.shortest..=self.longest).contains(start));
        starts.sort_unstable();
        starts.dedup();
        let ends = starts.iter().skip(1).map(|next| next - 1);
        let ends: Vec<u16> = ends.chain([self.longest]).collect();
        let (supply, variety, count) = (alphabet.supply(), alphabet.variety(), alphabet.count());
        let nothing = PerClass::default();
        let stretches = starts.iter().zip(ends);
        stretches
            .map(|(&start, end)| {
                let demand = Demand::at(rules.iter().copied(), start);
                if count == Some(0) {
                    return Err(Why::NoCharacterLeft { class: None });
                }
                let classes = demand.open(&nothing, supply);
                let classes =
                    classes.map_err(|class| Why::NoCharacterLeft { class: Some(class) })?;
                let left = count.map_or(MAX_CHARACTERS, |n| u16::try_from(n).unwrap_or(u16::MAX));
                if self.distinct > left {
                    return Err(Why::Variety {
                        needed: self.distinct,
                        left,
                    });
                }
                let repeats = demand.repeats(&nothing, &variety, supply);
                let various = self.distinct + repeats;
                let needed = start.max(classes).max(various).max(self.strong);
                if needed > end {
                    return Err(self.room(needed, end));
                }
                Ok(Stretch {
                    shortest: needed,
                    longest: end,
                    demand,
                })
            })
            .collect()
    }
}

/// zxcvbn never takes a password of n characters for harder to guess than 10^n, so that the scores, which
/// begin beyond 10^3, 10^6, 10^8 and 10^10 guesses, have their shortest lengths.
fn strong(score: u16) -> u16 {
    match score {
        0 => 0,
        1 => 4,
        2 => 7,
        3 => 9,
        _ => 11,
    }
}

/// Lengths over which the same rules hold.
struct Stretch {
    shortest: u16,
    longest: u16,
    demand: Demand,
}

/// All that one search after another needs.
struct Asked<'a> {
    parts: &'a [&'a Part<'a>],
    blocklist: Option<&'a Blocklist>,
    limits: &'a Limits,
    sequences: Vec<(&'a Layout, usize)>,
    words: Vec<Vec<char>>,
}

impl<'a> Asked<'a> {
    fn new(
        parts: &'a [&'a Part<'a>],
        blocklist: Option<&'a Blocklist>,
        limits: &'a Limits,
    ) -> Self {
        let mut asked = Self {
            parts,
            blocklist,
            limits,
            sequences: Vec::new(),
            words: Vec::new(),
        };
        for part in parts {
            match (&part.sourced.rule, &part.prepared) {
                (Rule::MaximumSequence { characters, .. }, Prepared::Layout(layout)) => {
                    asked.sequences.push((layout, usize::from(*characters)));
                }
                (_, Prepared::Needles(needles)) => {
                    let words = needles.iter().map(|word| word.chars().collect());
                    asked.words.extend(words);
                }
                _ => {}
            }
        }
        asked
    }

    /// One set of characters after another, each as far as `share` goes.
    fn search(
        &self,
        stretch: &Stretch,
        pools: &mut Made<'_>,
        share: u32,
        budget: &mut Budget,
    ) -> Answer {
        for index in 0.. {
            let Ok(Some(pool)) = pools.get(index, budget) else {
                break;
            };
            match self.search_pool(stretch, pool, share, budget) {
                Answer::Unknown => {}
                known => return known,
            }
        }
        Answer::Unknown
    }

    /// All the characters at once.
    fn search_thoroughly(
        &self,
        stretch: &Stretch,
        pools: &mut Made<'_>,
        share: u32,
        budget: &mut Budget,
    ) -> Answer {
        match pools.last(budget) {
            Ok(Some(pool)) => self.search_pool(stretch, pool, share, budget),
            _ => Answer::Unknown,
        }
    }

    fn nothing_left(&self) -> Why {
        Why::NothingLeft {
            shortest: self.limits.shortest,
            longest: self.limits.longest,
        }
    }

    fn search_pool(
        &self,
        stretch: &Stretch,
        pool: &Pool,
        share: u32,
        budget: &mut Budget,
    ) -> Answer {
        let search = Search {
            letters: &pool.letters,
            shortest: usize::from(stretch.shortest),
            longest: usize::from(stretch.longest),
            demand: &stretch.demand,
            distinct: usize::from(self.limits.distinct),
            run: usize::from(self.limits.run),
            block: self.limits.block.map(usize::from),
            sequences: &self.sequences,
            words: &self.words,
            no_white_ends: self.limits.no_white_ends,
            accepts: &|password| self.accepts(password),
            is_estimated: self.limits.strong > 0,
        };
        let mut own = Budget(share.min(budget.0));
        let given = own.0;
        let found = search.run(&mut own);
        budget.0 -= given - own.0;
        match found {
            Ok(Found::Password(password)) => Answer::Password(password),
            Ok(Found::Nothing { judged })
                if pool.is_whole || (pool.is_representative && !judged) =>
            {
                Answer::None(self.nothing_left())
            }
            Ok(Found::Nothing { .. }) | Err(Spent) => Answer::Unknown,
        }
    }

    /// What the evaluator says, which has the last word.
    fn accepts(&self, password: &str) -> bool {
        let candidate = Candidate::new(password);
        let subject = Subject::new();
        self.parts.iter().all(|part| {
            let rule = &part.sourced.rule;
            let state = part
                .prepared
                .state(rule, &subject, &candidate, self.blocklist);
            state == State::Met
        })
    }
}
