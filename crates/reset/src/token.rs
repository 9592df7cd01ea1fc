//! The token's text, and what the store keeps of it.

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::{Reason, Refused};
use crate::pasted;

/// How long a token is, in ASCII characters: always this.
pub const TOKEN_LENGTH: usize = 75;

/// Label of the hash of a selector.
const SELECTOR_LABEL: &str = "slotwerk/reset/v1/selector";

/// The text that goes into a link: unpadded base64url, [`TOKEN_LENGTH`] characters, of which the last
/// is always a letter or a digit, so that no mail program cuts it off as punctuation.
///
/// Whoever has it may do what it allows, so it can be neither printed nor compared; it is wiped on
/// drop.
pub struct Token(Zeroizing<String>);

impl Token {
    pub(crate) fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// Reads the token at the end of a link, without what mail programs add to it. Nothing is verified: pass
    /// the [text](Self::expose) on to [`inspect`](crate::inspect).
    ///
    /// A token is 75 letters of base64url. After them everything is ignored that does not begin with an ASCII
    /// letter or digit: punctuation, brackets, quotation marks, `/`, `%20`, parameters, a fragment.
    /// Between them, white space, zero-width characters and `=` are skipped, which line breaks leave behind.
    /// `FORMAT.md` has the rule, and `tests/vectors/pasted.txt` examples.
    ///
    /// Two different tokens are never read as one, and a token reads as itself. Use it for links only: a
    /// cookie has one spelling.
    ///
    /// ```
    /// # use slotwerk_reset::Token;
    /// let plain = "AQAB".repeat(18) + "AQA";
    /// let pasted = format!("{plain}).");
    /// assert_eq!(Token::from_pasted(&pasted)?.expose(), plain);
    /// # Ok::<(), slotwerk_reset::Refused>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Refused`] as [`Reason::Malformed`] if there is no token, or if the text is longer than
    /// [`MAX_PASTED`](crate::MAX_PASTED), which is checked first.
    pub fn from_pasted(presented: &str) -> Result<Self, Refused> {
        match pasted::read(presented, TOKEN_LENGTH) {
            Some((text, next))
                if text.len() == TOKEN_LENGTH
                    && next.is_none_or(|c| !c.is_ascii_alphanumeric()) =>
            {
                Ok(Self(text))
            }
            _ => Err(Refused::new(Reason::Malformed)),
        }
    }

    /// The text itself, for the link and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// What the store keeps of a token: the SHA-256 of its 16-byte selector, under a label. Not a secret:
/// neither the selector nor the token can be found from it, since a selector has 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SelectorHash([u8; 32]);

impl SelectorHash {
    /// A hash as the store kept it.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash, to be stored.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn of(selector: &[u8; 16]) -> Self {
        let mut hash = Sha256::new();
        for part in [SELECTOR_LABEL.as_bytes(), selector] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}
