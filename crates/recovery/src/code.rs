//! One code: 80 bits, sixteen symbols.

use crate::typed;
use core::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// Crockford's Base32: no I, L, O (which look like digits) and no U.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Symbols of five bits each: 16 × 5 = 80, nothing left over.
pub(crate) const SYMBOLS: usize = 16;

/// Shown in groups of this many.
const GROUP: usize = 4;

/// A single-use recovery code, wiped when dropped.
///
/// There is no `Display`, no comparison and no `Clone`; `Debug` shows nothing.
///
/// ```
/// use slotwerk_recovery::RecoveryCode;
///
/// let code = RecoveryCode::parse(" ol2k-7v9m q3xz wd1e ")?;
/// assert_eq!(code.expose(), "012K-7V9M-Q3XZ-WD1E");
/// assert_eq!(format!("{code:?}"), "RecoveryCode(..)");
/// # Ok::<(), slotwerk_recovery::Malformed>(())
/// ```
pub struct RecoveryCode {
    /// `XXXX-XXXX-XXXX-XXXX`, upper case.
    grouped: Zeroizing<String>,
}

/// The text is no recovery code. What is wrong with it is not said: it came from somebody who
/// claims to have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a recovery code")]
pub struct Malformed;

impl RecoveryCode {
    /// Reads a code as people type and paste it.
    ///
    /// - **Symbols**: either case; the letter O for zero, I or L for one; full-width letters and digits.
    /// - **Between them**: white space of any kind and hyphens, also the dashes that word processors make
    ///   of hyphens.
    /// - **Anywhere**: soft hyphens, zero-width characters and marks of the writing direction are ignored.
    /// - **Around the code**: quotes, brackets, bullets and punctuation.
    /// - **In front**: a list number of one or two digits with a mark after it, such as `3.`, `3)`, `(3)`
    ///   or `3:`. Without a mark the digits are symbols, so `3 ABCD-…` has seventeen and is malformed.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for anything else: another number of symbols, the letter U, foreign letters
    /// and digits, other characters between the symbols, more than 128 bytes. Such a text cannot be a
    /// guess, so it need not cost an attempt.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        typed::read(text).map(|symbols| Self::from_symbols(&symbols))
    }

    /// The code with these bits, most significant first.
    pub(crate) fn from_bits(bits: &[u8; 10]) -> Self {
        let mut symbols = Zeroizing::new([0; SYMBOLS]);
        // Five bytes are eight symbols exactly, so that each half stands alone.
        for (bytes, symbols) in bits.chunks_exact(5).zip(symbols.chunks_exact_mut(8)) {
            let mut word = bytes
                .iter()
                .fold(0, |word, &byte| word << 8 | u64::from(byte));
            for symbol in symbols.iter_mut().rev() {
                let [.., low] = (word & 31).to_be_bytes();
                *symbol = ALPHABET.get(usize::from(low)).copied().unwrap_or_default();
                word >>= 5;
            }
        }
        Self::from_symbols(&symbols)
    }

    fn from_symbols(symbols: &[u8; SYMBOLS]) -> Self {
        // Reserved at once: growing would leave copies of the code behind.
        let mut grouped = Zeroizing::new(String::with_capacity(SYMBOLS + SYMBOLS / GROUP));
        for (place, &symbol) in symbols.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                grouped.push('-');
            }
            grouped.push(char::from(symbol));
        }
        Self { grouped }
    }

    /// The code as it is shown: `XXXX-XXXX-XXXX-XXXX`. Show it once, to its owner, and keep it
    /// nowhere.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.grouped
    }

    /// The sixteen symbols in uppercase, without hyphens: what goes into the password hash.
    #[must_use]
    pub fn hash_input(&self) -> Zeroizing<Vec<u8>> {
        let mut symbols = Zeroizing::new(Vec::with_capacity(self.grouped.len()));
        symbols.extend(self.grouped.bytes().filter(|&byte| byte != b'-'));
        symbols
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}
