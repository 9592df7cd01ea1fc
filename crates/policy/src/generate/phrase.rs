//! Random words.

use super::password::work_of_a_check;
use super::phrase_plan::{Plan, Settings};
use super::source::Source;
use super::word_list::WordList;
use super::{GenerateError, Generated, source};
use crate::policy::Policy;
use crate::subject::Subject;
use std::error::Error as StdError;
use std::fmt;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Makes passphrases that meet a policy: `storm-wafel-inkt-boog-kruimel-vest`.
///
/// ```
/// use slotwerk_policy::{Class, PassphraseGenerator, PolicyDraft, Subject, WordList};
///
/// let policy = PolicyDraft::new()
///     .minimum_length(15)
///     .minimum_of_class(Class::Uppercase, 1)
///     .minimum_of_class(Class::Digit, 1)
///     .build()?;
/// let generator = PassphraseGenerator::new(&policy, WordList::Nl);
///
/// # let mut state = 1_u64;
/// # let mut fill = |bytes: &mut [u8]| -> std::io::Result<()> {
/// #     for byte in bytes {
/// #         state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
/// #         *byte = state.to_be_bytes()[0];
/// #     }
/// #     Ok(())
/// # };
/// // `fill` asks the operating system for random bytes. The result is like `Storm-wafel-…-vest-7`.
/// let phrase = generator.generate(&mut fill)?;
/// assert!(phrase.entropy_bits() > 72.0);
/// assert!(policy.check(&Subject::new(), phrase.expose()).is_acceptable());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it draws from
///
/// Words, each with the same probability, out of those of the list that break no rule by themselves; all
/// phrases that meet every rule which can be decided here are equally likely. What the policy asks for besides
/// small letters comes at fixed places, so that only what is drawn counts: capitals at the beginning of
/// the first words, then at their second letter, and so on; digits, and after them symbols, at the end,
/// behind a separator and drawn, three digits or two symbols together. If the separator is a symbol it
/// counts as one.
///
/// History, breach and age are facts from outside: check what comes out as any other password.
///
/// # Number of words
///
/// Unless [`words`](Self::words) sets it: as many as make 72 bits, which is six out of the whole list,
/// more if the policy forbids many words or asks for more characters. Six is what the Electronic Frontier
/// Foundation (eff.org/dice) and, since 2014, the inventor of Diceware advise, with lists of 7,776 words
/// and so 77 bits; at 10^12 guesses a second half of 2^72 possibilities take 75 years, and a slow hash
/// makes that many times longer. Where the policy's maximum length has no room for them there is an error,
/// not a shorter phrase.
///
/// # Entropy
///
/// The bits that are reported are the logarithm of the number of all phrases, less what the rules can
/// take away at most. The share that lengths refuse is computed; words that repeat each other, attributes
/// that reach across a separator and the blocklist (taken to have 2^30 words) are bounded by the sum over
/// all places; different characters by the number of letters that are missing on average. An estimate
/// of strength counts as one bit, for which there is no proof. If the sum is more than there is, 0 is
/// reported.
///
/// # Bounds
///
/// The first call takes some milliseconds, because every word is judged. The work of one call is bounded,
/// as for passwords: some tens of thousands of tries.
#[derive(Clone)]
pub struct PassphraseGenerator {
    policy: Policy,
    subject: Subject,
    settings: Settings,
    plan: OnceLock<Plan>,
}

impl PassphraseGenerator {
    /// A generator for this policy.
    #[must_use]
    pub fn new(policy: &Policy, list: WordList) -> Self {
        Self {
            policy: policy.clone(),
            subject: Subject::new(),
            settings: Settings::new(list),
            plan: OnceLock::new(),
        }
    }

    /// Sets the number of words, 1 to 64.
    #[must_use]
    pub fn words(mut self, words: u16) -> Self {
        self.settings.words = Some(words);
        self.plan = OnceLock::new();
        self
    }

    /// Sets what stands between the words: 1 to 8 symbols or spaces that cannot be read as letters. Without
    /// it, the first of `-._ ,~*=/:;#%&?` that the policy allows.
    #[must_use]
    pub fn separator(mut self, separator: &str) -> Self {
        self.settings.separator = Some(separator.to_owned());
        self.plan = OnceLock::new();
        self
    }

    /// Sets the person that the phrase is for: their names will not occur in it if the policy says so.
    #[must_use]
    pub fn subject(mut self, subject: &Subject) -> Self {
        self.subject = subject.clone();
        self.plan = OnceLock::new();
        self
    }

    /// The entropy of what [`generate`](Self::generate) makes, before anything is made.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Words`], [`GenerateError::Separator`] and [`GenerateError::TooLittle`].
    pub fn entropy_bits(&self) -> Result<f64, GenerateError> {
        Ok(self.plan()?.entropy_bits)
    }

    /// Makes a passphrase. `fill` must fill the whole slice with bytes from a cryptographically secure
    /// generator; it is called for 64 bytes at a time.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Entropy`] if `fill` fails, [`GenerateError::EntropyStuck`] if what it gives cannot
    /// be random, [`GenerateError::Words`] if the number of words does not fit the policy,
    /// [`GenerateError::Separator`] if the separator does not, or none does, [`GenerateError::TooLittle`]
    /// if the policy leaves no words or not the digits and symbols it asks for,
    /// [`GenerateError::NoneFound`] if the bounded number of tries did not help.
    pub fn generate<E: Into<Box<dyn StdError + Send + Sync>>>(
        &self,
        fill: impl FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Generated, GenerateError> {
        let plan = self.plan()?;
        let mut fill = source(fill);
        let mut source = Source::new(&mut fill);
        let mut text = Zeroizing::new(String::with_capacity(plan.most_bytes()));
        loop {
            text.clear();
            plan.draw(&mut text, &mut source)?;
            source.charge(work_of_a_check(&self.policy, text.len()))?;
            if !self.policy.check(&self.subject, &text).is_refused() {
                return Ok(Generated::new(text, plan.entropy_bits));
            }
        }
    }

    fn plan(&self) -> Result<&Plan, GenerateError> {
        if let Some(plan) = self.plan.get() {
            return Ok(plan);
        }
        let plan = Plan::new(&self.policy, &self.subject, &self.settings)?;
        Ok(self.plan.get_or_init(|| plan))
    }
}

impl fmt::Debug for PassphraseGenerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassphraseGenerator")
            .field("policy", &self.policy)
            .field("subject", &self.subject)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
