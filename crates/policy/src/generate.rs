//! Passwords and passphrases that meet a policy.
//!
//! Both are drawn uniformly from a set that can be described, and the entropy that is reported is never
//! more than the logarithm of that set's size. Random bytes are passed in: nothing here draws its own.

mod alphabet;
mod bound;
mod demands;
mod password;
#[cfg(feature = "passphrases")]
mod phrase;
#[cfg(feature = "passphrases")]
mod phrase_bound;
#[cfg(feature = "passphrases")]
mod phrase_plan;
mod shares;
mod source;
mod tilt;
#[cfg(feature = "passphrases")]
mod word_list;

pub use password::PasswordGenerator;
#[cfg(feature = "passphrases")]
#[cfg_attr(docsrs, doc(cfg(feature = "passphrases")))]
pub use phrase::PassphraseGenerator;
#[cfg(feature = "passphrases")]
#[cfg_attr(docsrs, doc(cfg(feature = "passphrases")))]
pub use word_list::WordList;

use std::error::Error as StdError;
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// A password or passphrase that was generated. Wiped on drop, and not shown by `Debug`.
pub struct Generated {
    text: Zeroizing<String>,
    entropy_bits: f64,
}

impl Generated {
    pub(crate) fn new(text: Zeroizing<String>, entropy_bits: f64) -> Self {
        Self { text, entropy_bits }
    }

    /// The text, in NFC. Check it as any other password: [`Policy::check`](crate::Policy::check) turns
    /// it into what may be hashed, and asks for the facts that no generator can know.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// How hard it is to guess for somebody who knows the policy, the generator and its settings, but
    /// not the random bytes: at most the logarithm to base 2 of the number of texts that could have come
    /// out, all of them equally likely.
    ///
    /// A lower bound. 0 means that no bound could be shown, not that there is one possibility only.
    #[must_use]
    pub fn entropy_bits(&self) -> f64 {
        self.entropy_bits
    }
}

impl fmt::Debug for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generated")
            .field("entropy_bits", &self.entropy_bits)
            .finish_non_exhaustive()
    }
}

/// Why nothing was generated. There is no fallback: an error never comes with a weaker password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The source of random bytes failed.
    #[error("no random bytes could be had")]
    Entropy(#[source] Box<dyn StdError + Send + Sync>),
    /// The source gave 64 times the same byte. A working one does that once in 2^504 times.
    #[error("the source of random bytes repeats itself")]
    EntropyStuck,
    /// The length that was asked for is not one the policy accepts.
    #[error("the policy accepts {shortest} to {longest} characters, not {asked}")]
    Length {
        /// How many characters were asked for.
        asked: u16,
        /// The policy's minimum length.
        shortest: u16,
        /// The policy's maximum length.
        longest: u16,
    },
    /// The characters or words that the policy leaves to draw from cannot meet its demands.
    #[error("what the policy and the settings allow is too little to draw from")]
    TooLittle,
    /// The number of words is not 1 to 64, or as many do not fit the policy's lengths, or the default
    /// number does not fit.
    #[error("{words} words do not fit the policy's lengths")]
    Words {
        /// How many words were asked for, or are the default.
        words: u16,
    },
    /// The separator is empty, has more than 8 characters, or has one that is a letter or a digit, could
    /// be read as one, is a combining mark or a control character, or is refused by the policy.
    #[error("the words cannot be kept apart by this separator")]
    Separator,
    /// The bounded number of tries went by without a text that the policy accepts.
    #[error("no password was found that the policy accepts")]
    NoneFound,
}

/// 80 bits. At 10^12 guesses a second, which no slow hash allows, half of the possibilities take
/// 19,000 years.
pub(crate) const ENOUGH_BITS: f64 = 80.0;

/// The caller's source as the generators use it.
fn source<E: Into<Box<dyn StdError + Send + Sync>>>(
    mut fill: impl FnMut(&mut [u8]) -> Result<(), E>,
) -> impl FnMut(&mut [u8]) -> Result<(), GenerateError> {
    move |bytes| fill(bytes).map_err(|error| GenerateError::Entropy(error.into()))
}
