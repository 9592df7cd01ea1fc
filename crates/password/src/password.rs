//! A password in memory, and the forms of it that are hashed.

use std::fmt;

use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::Zeroizing;

/// Canonical composition can lengthen UTF-8 text, but at most threefold.
const NFC_GROWTH: usize = 3;

/// A password as the user typed it: at most [`Password::MAX_BYTES`], wiped on drop.
///
/// It is hashed in Unicode normalisation form C, so that the same characters typed on another
/// keyboard or system give the same hash; nothing is trimmed, folded or cut off.
///
/// ```
/// use slotwerk_password::Password;
///
/// let password = Password::new("correct horse battery staple")?;
/// assert_eq!(format!("{password:?}"), "Password(..)");
/// # Ok::<(), slotwerk_password::TooLong>(())
/// ```
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// The password is longer than [`Password::MAX_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the password is longer than {max} bytes", max = Password::MAX_BYTES)]
#[non_exhaustive]
pub struct TooLong;

impl Password {
    /// The most bytes of UTF-8 in a password.
    pub const MAX_BYTES: usize = 4096;

    /// Takes the password over. A `String` handed in is wiped on drop from here on, also when it
    /// is refused; a `&str` is copied, and the original stays the caller's to wipe.
    ///
    /// # Errors
    ///
    /// [`TooLong`] above [`Password::MAX_BYTES`] bytes. An empty password is accepted: what is
    /// too short is for the password policy to say.
    pub fn new(password: impl Into<String>) -> Result<Self, TooLong> {
        let password = Zeroizing::new(password.into());
        if password.len() > Self::MAX_BYTES {
            return Err(TooLong);
        }
        Ok(Self(password))
    }

    /// The password as it was typed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn forms(&self) -> Forms<'_> {
        let raw = self.0.as_str();
        let nfc = (!is_nfc(raw)).then(|| {
            // Growing would leave an unwiped copy behind.
            let mut text = Zeroizing::new(String::with_capacity(raw.len() * NFC_GROWTH));
            text.extend(raw.nfc());
            text
        });
        Forms { raw, nfc }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// The forms of one password that a stored hash may have been made from.
pub(crate) struct Forms<'a> {
    raw: &'a str,
    nfc: Option<Zeroizing<String>>,
}

impl Forms<'_> {
    /// What new hashes are made from.
    pub(crate) fn nfc(&self) -> &[u8] {
        self.nfc
            .as_ref()
            .map_or(self.raw, |nfc| nfc.as_str())
            .as_bytes()
    }

    /// NFC first, then the raw form if it differs. How many there are depends on what was typed
    /// and on nothing that is stored.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let raw = self.nfc.is_some().then_some(self.raw.as_bytes());
        std::iter::once(self.nfc()).chain(raw)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn forms(text: &str) -> Vec<Vec<u8>> {
        Password::new(text)
            .unwrap()
            .forms()
            .iter()
            .map(<[u8]>::to_vec)
            .collect()
    }

    #[test]
    fn the_bound_counts_bytes() {
        assert!(Password::new("x".repeat(Password::MAX_BYTES)).is_ok());
        assert_eq!(
            Password::new("x".repeat(Password::MAX_BYTES + 1)).unwrap_err(),
            TooLong
        );
        assert_eq!(
            Password::new("é".repeat(Password::MAX_BYTES / 2 + 1)).unwrap_err(),
            TooLong
        );
        assert!(Password::new("").is_ok());
    }

    #[test]
    fn one_form_when_already_composed_two_when_not() {
        assert_eq!(forms("caf\u{e9}"), ["caf\u{e9}".as_bytes()]);
        assert_eq!(
            forms("cafe\u{301}"),
            ["caf\u{e9}".as_bytes(), "cafe\u{301}".as_bytes()]
        );
        assert_eq!(forms(" plain "), [" plain ".as_bytes()]);
        // U+212B ANGSTROM SIGN is a singleton: it never stays as it is in NFC.
        assert_eq!(
            forms("\u{212b}"),
            ["\u{c5}".as_bytes(), "\u{212b}".as_bytes()]
        );
    }

    #[test]
    fn compatibility_characters_stay_distinct() {
        assert_eq!(forms("\u{fb01}"), ["\u{fb01}".as_bytes()]);
        assert_eq!(forms("\u{2460}"), ["\u{2460}".as_bytes()]);
        assert_ne!(forms("\u{ff21}"), forms("A"));
        // Beside something that does have to be composed, too.
        assert_eq!(forms("\u{fb01}e\u{301}")[0], "\u{fb01}\u{e9}".as_bytes());
    }

    #[test]
    fn debug_shows_nothing() {
        let password = Password::new("hunter2").unwrap();
        assert!(!format!("{password:?}").contains("hunter2"));
        assert_eq!(password.expose(), "hunter2");
    }

    #[test]
    fn composing_never_outgrows_what_was_set_aside() {
        // U+1D160 MUSICAL SYMBOL EIGHTH NOTE has the greatest growth: 4 bytes become 12.
        let password = Password::new("\u{1d160}".repeat(1024)).unwrap();
        let nfc = password.forms().nfc.unwrap();
        assert_eq!(nfc.len(), 12 * 1024);
        assert!(nfc.capacity() >= nfc.len() && nfc.capacity() < 12 * 1024 + 64);
    }

    proptest! {
        #[test]
        fn nfc_is_stable_and_fits(text in "\\PC{0,64}") {
            let password = Password::new(text.clone()).unwrap();
            let forms = password.forms();
            let nfc = std::str::from_utf8(forms.nfc()).unwrap().to_owned();
            prop_assert!(is_nfc(&nfc));
            prop_assert!(nfc.len() <= text.len() * NFC_GROWTH);
            let again = Password::new(nfc.clone()).unwrap();
            let again = again.forms();
            prop_assert_eq!(again.iter().collect::<Vec<_>>(), vec![nfc.as_bytes()]);
            prop_assert_eq!(forms.iter().count(), if nfc == text { 1 } else { 2 });
        }
    }
}
