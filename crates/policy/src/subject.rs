//! What is known of the person whose password is judged.

use crate::candidate::Candidate;
use crate::error::SubjectError;
use crate::fold::{fold, nfc};
use crate::skeleton::{core, needle};
use std::fmt;

/// The attributes of the user that a password must not contain.
///
/// A value is judged by the parts between its separators (white space, ASCII punctuation, typographic
/// hyphens and apostrophes), as far as they have the length that
/// [`Rule::WithoutAttributes`](crate::Rule::WithoutAttributes) asks for: `Jan-Willem de Vries` gives
/// `willem` and `vries` at 4. If no part is that long, the value is judged whole, with and without its
/// separators: `jan.de.wit` gives `jan.de.wit` and `jandewit`.
///
/// Digits and symbols at the ends of a part are left off as long as enough remains (`vries85` gives `vries`),
/// and leet speak is undone in the part and in the password: `Vr13s` is found as well. A part without any letter
/// (`1985`) is found as it is.
///
/// A subject without attributes is allowed: then that rule has nothing to find.
///
/// ```
/// # use slotwerk_policy::Subject;
/// let subject = Subject::new()
///     .user_name("n.devries")?
///     .mail_address("noor.devries@example.com")?
///     .name("Noor de Vries")?;
/// # Ok::<(), slotwerk_policy::SubjectError>(())
/// ```
#[derive(Clone, Default)]
pub struct Subject {
    folded: Vec<String>,
}

impl Subject {
    /// The greatest length of one attribute, in bytes of UTF-8.
    pub const MAX_ATTRIBUTE_BYTES: usize = 512;
    /// The greatest number of attributes of one subject.
    pub const MAX_ATTRIBUTES: usize = 16;

    /// A subject of whom nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the name the user signs in with. Of a mail address only the local part counts.
    ///
    /// # Errors
    ///
    /// [`SubjectError`] if the value or the number of attributes is above its limit.
    pub fn user_name(self, user_name: &str) -> Result<Self, SubjectError> {
        self.mail_address(user_name)
    }

    /// Adds a mail address, of which the local part counts (what stands before the last `@`).
    ///
    /// # Errors
    ///
    /// [`SubjectError`] if the value or the number of attributes is above its limit.
    pub fn mail_address(self, address: &str) -> Result<Self, SubjectError> {
        // The length is judged before the part is taken, so that the bound is on what was passed in.
        if address.len() > Self::MAX_ATTRIBUTE_BYTES {
            return Err(SubjectError::AttributeTooLong {
                bytes: address.len(),
            });
        }
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
        self.name(local)
    }

    /// Adds a name: given name, family name, display name, or any other word tied to the user.
    ///
    /// # Errors
    ///
    /// [`SubjectError`] if the value or the number of attributes is above its limit.
    pub fn name(mut self, name: &str) -> Result<Self, SubjectError> {
        if name.len() > Self::MAX_ATTRIBUTE_BYTES {
            return Err(SubjectError::AttributeTooLong { bytes: name.len() });
        }
        if self.folded.len() >= Self::MAX_ATTRIBUTES {
            return Err(SubjectError::TooManyAttributes);
        }
        self.folded.push(fold(&nfc(name)).to_string());
        Ok(self)
    }

    /// Whether one of the words occurs in a password.
    pub(crate) fn occurs_in(&self, password: &Candidate, shortest: u16) -> bool {
        let mut found = false;
        self.each_word(shortest, |word| found = found || password.contains(word));
        found
    }

    /// The words that a password must not contain, each once: see [`needle`].
    #[cfg(any(feature = "browser", feature = "generate", test))]
    pub(crate) fn words(&self, shortest: u16) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        self.each_word(shortest, |word| words.push(word.to_owned()));
        words.sort_unstable();
        words.dedup();
        words
    }

    /// The attributes, folded and whole.
    #[cfg(feature = "strength")]
    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.folded.iter().map(String::as_str)
    }

    fn each_word(&self, shortest: u16, mut found: impl FnMut(&str)) {
        let long_enough = |word: &str| word.chars().count() >= usize::from(shortest);
        for value in &self.folded {
            let mut any = false;
            for part in value.split(is_separator).filter(|part| long_enough(part)) {
                any = true;
                let core = core(part);
                found(&needle(if long_enough(core) { core } else { part }));
            }
            // What contains the whole value contains its parts too, so it only adds to a value of
            // nothing but short parts.
            if !any {
                let whole = value.trim_matches(is_separator);
                let joined: String = value.split(is_separator).collect();
                for word in [whole, &joined]
                    .into_iter()
                    .filter(|word| long_enough(word))
                {
                    found(&needle(word));
                }
            }
        }
    }
}

/// White space, ASCII punctuation, hyphens and dashes (U+2010 to U+2015), curly apostrophes. Not "all
/// that is no letter": combining marks inside Indic or Hebrew words would cut those words up.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2018}' | '\u{2019}')
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({} attributes)", self.folded.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(subject: Subject, shortest: u16) -> Vec<String> {
        subject.words(shortest)
    }

    #[test]
    fn a_value_is_judged_by_its_parts_or_whole() {
        let by = |name: &str, shortest| words(Subject::new().name(name).unwrap(), shortest);
        assert_eq!(by("Noor de Vries", 4), ["noor", "vries"]);
        assert_eq!(by("jan.de.wit", 4), ["jan.de.wit", "jandewit"]);
        assert_eq!(by("vries1985", 4), ["vries"]);
        assert_eq!(by("vries1985", 6), ["vriesigbs"]);
        assert_eq!(by("1985", 4), ["1985"]);
        assert_eq!(by("Renée d’Arc", 3), ["arc", "renée"]);
        assert_eq!(by("Bo", 3), [""; 0]);
        assert_eq!(by(" -- ", 3), [""; 0]);
        assert_eq!(by("हिन्दी", 3), ["हिन्दी"]);
    }

    #[test]
    fn of_an_address_only_the_local_part_counts() {
        let subject = Subject::new()
            .mail_address("\"a@b\"@example.com")
            .unwrap()
            .user_name("mirjam@dienst.example")
            .unwrap();
        assert_eq!(words(subject, 3), ["aab", "mirjam"]);
    }

    #[test]
    fn attributes_are_bounded() {
        let long = "é".repeat(Subject::MAX_ATTRIBUTE_BYTES / 2 + 1);
        let refused = SubjectError::AttributeTooLong { bytes: long.len() };
        assert_eq!(Subject::new().name(&long).unwrap_err(), refused);
        assert_eq!(Subject::new().user_name(&long).unwrap_err(), refused);
        let at_domain = format!("noor@{}", "a".repeat(Subject::MAX_ATTRIBUTE_BYTES));
        assert!(Subject::new().mail_address(&at_domain).is_err());

        let mut subject = Subject::new();
        for _ in 0..Subject::MAX_ATTRIBUTES {
            subject = subject.name("Noor").unwrap();
        }
        assert_eq!(
            subject.name("Noor").unwrap_err(),
            SubjectError::TooManyAttributes
        );
    }

    #[test]
    fn debug_shows_no_attribute() {
        let subject = Subject::new().name("Noor").unwrap();
        assert_eq!(format!("{subject:?}"), "Subject(1 attributes)");
    }
}
