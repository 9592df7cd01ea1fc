//! Random characters.

use super::alphabet::Alphabet;
use super::bound::{allowed, bits_for_strength, entropy_bits};
use super::demands::{Demands, Lengths};
use super::source::Source;
use super::tilt::Tilt;
use super::{ENOUGH_BITS, GenerateError, Generated, source};
use crate::candidate::Candidate;
use crate::class::Class;
use crate::evaluate::Prepared;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::skeleton::needle;
use crate::subject::Subject;
use crate::verdict::State;
use std::error::Error as StdError;
use std::fmt;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Up to this length a text is drawn in one piece.
const PIECE: usize = 16;

/// If what is forbidden may leave less of all texts than this, a text is put together from pieces.
const SELDOM: f64 = 0.25;

/// Makes random passwords that meet a policy.
///
/// ```
/// use slotwerk_policy::{Class, PasswordGenerator, PolicyDraft, Subject};
///
/// let policy = PolicyDraft::new()
///     .minimum_length(12)
///     .minimum_of_class(Class::Digit, 2)
///     .maximum_run(2)
///     .build()?;
/// let generator = PasswordGenerator::new(&policy);
///
/// # let mut state = 1_u64;
/// # let mut fill = |bytes: &mut [u8]| -> std::io::Result<()> {
/// #     for byte in bytes {
/// #         state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
/// #         *byte = state.to_be_bytes()[0];
/// #     }
/// #     Ok(())
/// # };
/// // `fill` asks the operating system for random bytes.
/// let password = generator.generate(&mut fill)?;
/// assert!(password.entropy_bits() >= 80.0);
/// assert!(policy.check(&Subject::new(), password.expose()).is_acceptable());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it draws from
///
/// All texts of the chosen length over printing ASCII without the space, as far as the policy allows those
/// characters, that meet every rule that can be decided here: composition, repetition, sequences, words,
/// the person's attributes, the blocklist, the estimated strength. Each is as likely as any other. Only if
/// these characters cannot meet the policy does it use the others that the policy names.
///
/// History, breach and age are facts from outside. No rule is broken, but these may be pending: check
/// what comes out as any other password.
///
/// # Length
///
/// Unless [`length`](Self::length) sets it: the policy's minimum, or as much more as makes 80 bits, the
/// strength of this family's recovery codes, within the policy's maximum. With all 94 characters that is
/// 13. At 10^12 guesses a second half of 2^80 possibilities take 19,000 years, and a slow hash makes that
/// many times longer.
///
/// # Entropy
///
/// The bits that are reported are the logarithm of the number of all texts less what the rules can take
/// away at most. The share that class and distinct-character rules refuse is computed; for repetition,
/// sequences, words and blocklist the sum over all places in the text is an upper bound. The blocklist
/// is taken to have 2^30 words. An estimate of strength counts as one bit, for which there is no proof.
/// If the sum is more than there is, 0 is reported.
///
/// # Bounds
///
/// The work of one call is bounded: at least 100,000 tries for 16 characters, and 15,000 for 256. If a
/// share `p` of tries succeeds, all of them fail with a probability below `exp(-15000 p)`; what comes out
/// is uniform but for that much. A share below 1 in 1,000 takes rules that hardly anything meets, such as
/// 60 different characters in 60.
#[derive(Clone)]
pub struct PasswordGenerator {
    policy: Policy,
    subject: Subject,
    length: Option<u16>,
    lookalikes: bool,
    plan: OnceLock<Plan>,
}

/// What is the same for every password of one generator.
#[derive(Clone)]
struct Plan {
    length: u16,
    alphabet: Alphabet,
    /// The alphabet in one list, for drawing every character alike.
    characters: Vec<char>,
    demands: Demands,
    tilt: Tilt,
    /// Whether texts are put together from pieces that break no rule: see [`Plan::draw`].
    in_pieces: bool,
    entropy_bits: f64,
}

impl PasswordGenerator {
    /// A generator for this policy.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self {
            policy: policy.clone(),
            subject: Subject::new(),
            length: None,
            lookalikes: true,
            plan: OnceLock::new(),
        }
    }

    /// Sets the length, in characters. The policy must accept it.
    #[must_use]
    pub fn length(self, characters: u16) -> Self {
        Self {
            length: Some(characters),
            plan: OnceLock::new(),
            ..self
        }
    }

    /// Sets the person that the password is for: their names will not occur in it if the policy says so.
    #[must_use]
    pub fn subject(self, subject: &Subject) -> Self {
        Self {
            subject: subject.clone(),
            plan: OnceLock::new(),
            ..self
        }
    }

    /// Leaves out `0`, `O`, `1`, `l`, `I` and `|`, for passwords that are read from paper.
    #[must_use]
    pub fn without_lookalikes(self) -> Self {
        Self {
            lookalikes: false,
            plan: OnceLock::new(),
            ..self
        }
    }

    /// The entropy of what [`generate`](Self::generate) makes, before anything is made.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Length`] and [`GenerateError::TooLittle`].
    pub fn entropy_bits(&self) -> Result<f64, GenerateError> {
        Ok(self.plan()?.entropy_bits)
    }

    /// Makes a password. `fill` must fill the whole slice with bytes from a cryptographically secure
    /// generator; it is called for 64 bytes at a time.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Entropy`] if `fill` fails, [`GenerateError::EntropyStuck`] if what it gives cannot
    /// be random, [`GenerateError::Length`] if the policy does not accept the length that was set,
    /// [`GenerateError::TooLittle`] if the characters that remain cannot meet the policy at that length,
    /// [`GenerateError::NoneFound`] if the bounded number of tries did not help.
    pub fn generate<E: Into<Box<dyn StdError + Send + Sync>>>(
        &self,
        fill: impl FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Generated, GenerateError> {
        let plan = self.plan()?;
        let mut fill = source(fill);
        let mut source = Source::new(&mut fill);
        let length = usize::from(plan.length);
        let work = work_of_a_check(&self.policy, length);
        let rules = if plan.in_pieces {
            self.rules_for_pieces()
        } else {
            Vec::new()
        };
        let mut text = Zeroizing::new(String::with_capacity(length * 4));
        loop {
            let characters = plan.draw(length, &rules, &self.subject, &mut source)?;
            if !plan.meets_demands(&characters, &mut source)? {
                continue;
            }
            source.charge(work)?;
            text.clear();
            text.extend(characters.iter());
            let verdict = self.policy.check(&self.subject, &text);
            // A text that normalisation changes is another one, perhaps of another length.
            if !verdict.is_refused() && *verdict.password == *text {
                return Ok(Generated::new(text, plan.entropy_bits));
            }
        }
    }

    /// The rules that a text breaks as soon as a part of it breaks them.
    fn rules_for_pieces(&self) -> Vec<(&Rule, Prepared)> {
        let rules = self.policy.rules().filter(|rule| {
            matches!(
                rule,
                Rule::MaximumRun { .. }
                    | Rule::MaximumSequence { .. }
                    | Rule::WithoutRepeatedBlock { .. }
                    | Rule::WithoutWords { .. }
                    | Rule::WithoutAttributes { .. }
            )
        });
        rules.map(|rule| (rule, Prepared::of(rule))).collect()
    }

    fn plan(&self) -> Result<&Plan, GenerateError> {
        if let Some(plan) = self.plan.get() {
            return Ok(plan);
        }
        let plan = self.new_plan()?;
        Ok(self.plan.get_or_init(|| plan))
    }

    fn new_plan(&self) -> Result<Plan, GenerateError> {
        let lengths = Lengths::of(&self.policy);
        if let Some(asked) = self.length {
            if !(lengths.shortest..=lengths.longest).contains(&asked) {
                return Err(GenerateError::Length {
                    asked,
                    shortest: lengths.shortest,
                    longest: lengths.longest,
                });
            }
            return self.plan_for(asked).ok_or(GenerateError::TooLittle);
        }
        // The first that is enough, or else the one with most.
        let mut best: Option<Plan> = None;
        for length in lengths.shortest..=lengths.longest {
            let Some(plan) = self.plan_for(length) else {
                continue;
            };
            if plan.entropy_bits >= ENOUGH_BITS {
                return Ok(plan);
            }
            // Where no bound can be shown, it is better to have as many texts as would be enough.
            let is_better = |best: &Plan| {
                plan.entropy_bits > best.entropy_bits
                    || (best.entropy_bits <= 0.0 && best.bits_of_all_texts() < ENOUGH_BITS)
            };
            if best.as_ref().is_none_or(is_better) {
                best = Some(plan);
            }
        }
        best.ok_or(GenerateError::TooLittle)
    }

    fn plan_for(&self, length: u16) -> Option<Plan> {
        let demands = Demands::of(&self.policy, length);
        let alphabet = Alphabet::of(&self.policy, &demands, length, self.lookalikes)?;
        let demands = demands.with_what_follows(alphabet.classes());
        let words = forbidden_words(&self.policy, &self.subject);
        let characters: Vec<char> = alphabet.characters().collect();
        let allowed = allowed(&alphabet, &self.policy, &words, length);
        let mut plan = Plan {
            length,
            tilt: Tilt::of(&alphabet, &demands, length),
            in_pieces: usize::from(length) > PIECE && allowed < SELDOM,
            entropy_bits: 0.0,
            characters,
            alphabet,
            demands,
        };
        // The bound costs more than to know that it cannot be enough.
        let is_worth_it = self.length.is_some()
            || plan.bits_of_all_texts() >= ENOUGH_BITS
            || length == Lengths::of(&self.policy).longest;
        if is_worth_it {
            plan.entropy_bits = entropy_bits(
                &plan.alphabet,
                &plan.demands,
                &self.policy,
                &words,
                allowed,
                length,
            );
        }
        Some(plan)
    }
}

impl Plan {
    fn bits_of_all_texts(&self) -> f64 {
        f64::from(self.length) * (self.characters.len() as f64).log2()
    }

    /// Draws `length` characters such that no rule of `rules` is broken by them alone.
    ///
    /// A long text is put together from two halves that were drawn in the same way, and both are drawn again
    /// if they do not go together. Each text that breaks no rule is made of two halves that break none, so it
    /// comes out with the same probability as if whole texts had been drawn until one was good; but a
    /// fault costs the piece it is in, not everything.
    fn draw(
        &self,
        length: usize,
        rules: &[(&Rule, Prepared)],
        subject: &Subject,
        source: &mut Source<'_>,
    ) -> Result<Zeroizing<Vec<char>>, GenerateError> {
        loop {
            let mut characters = Zeroizing::new(Vec::with_capacity(length));
            if length <= PIECE || rules.is_empty() {
                for _ in 0..length {
                    characters.push(if self.tilt.is_even() {
                        source.one_of(&self.characters)?
                    } else {
                        self.tilt.draw(&self.alphabet, source)?
                    });
                }
            } else {
                let half = length / 2;
                characters.extend(self.draw(half, rules, subject, source)?.iter());
                characters.extend(self.draw(length - half, rules, subject, source)?.iter());
            }
            if rules.is_empty() {
                return Ok(characters);
            }
            source.charge(8 * length as u64)?;
            let mut text = Zeroizing::new(String::with_capacity(length * 4));
            text.extend(characters.iter());
            let candidate = Candidate::new(&text);
            let breaks = |(rule, prepared): &(&Rule, Prepared)| {
                prepared.state(rule, subject, &candidate, None) == State::Unmet
            };
            if !rules.iter().any(breaks) {
                return Ok(characters);
            }
        }
    }

    /// Whether the characters meet the demands, and are kept: see [`Tilt`].
    fn meets_demands(
        &self,
        characters: &[char],
        source: &mut Source<'_>,
    ) -> Result<bool, GenerateError> {
        if self.tilt.is_even() {
            // The check that follows looks at the demands as well.
            return Ok(true);
        }
        let counts = Class::ALL.map(|class| {
            let count = characters.iter().filter(|&&c| class.contains(c)).count();
            u16::try_from(count).unwrap_or(u16::MAX)
        });
        let mut minima = self.demands.minima().zip(counts);
        if minima.any(|((_, minimum), count)| count < minimum) {
            return Ok(false);
        }
        self.tilt.keeps(&self.demands, counts, source)
    }
}

/// The words that must not occur: see [`needle`].
pub(super) fn forbidden_words(policy: &Policy, subject: &Subject) -> Vec<String> {
    let mut forbidden = Vec::new();
    for rule in policy.rules() {
        match rule {
            Rule::WithoutWords { words } => {
                forbidden.extend(words.iter().map(|word| needle(word).to_string()));
            }
            Rule::WithoutAttributes { shortest_part } => {
                forbidden.extend(subject.words(*shortest_part));
            }
            _ => {}
        }
    }
    forbidden
}

/// What judging a text costs. An estimate of strength takes thousands of times as long as all other rules.
pub(super) fn work_of_a_check(policy: &Policy, length: usize) -> u64 {
    let estimates = bits_for_strength(policy, u16::MAX) != Some(0.0);
    let strength = if estimates { 1 << 17 } else { 0 };
    8 * length as u64 + strength
}

impl fmt::Debug for PasswordGenerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordGenerator")
            .field("policy", &self.policy)
            .field("subject", &self.subject)
            .field("length", &self.length)
            .field("lookalikes", &self.lookalikes)
            .finish_non_exhaustive()
    }
}
