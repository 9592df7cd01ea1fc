//! The words that passphrases are made of.

/// A list of words that comes with this crate: 4,096 different ones of 4 to 8 letters a to z, 12 bits
/// each. `data/README.md` tells where they are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WordList {
    /// Dutch.
    Nl,
    /// English.
    En,
}

impl WordList {
    /// The words in ascending order.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let text = match self {
            Self::Nl => include_str!("../../data/passphrase-nl.txt"),
            Self::En => include_str!("../../data/passphrase-en.txt"),
        };
        text.lines()
    }
}
