//! The ring as text, one key a line, for a file or an environment variable.

use std::collections::BTreeSet;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use zeroize::Zeroizing;

use crate::error::{KeyRingError, LineProblem};
use crate::key::{KeyId, MasterKey};
use crate::ring::{Entry, KeyRing, KeyState};

/// 32 bytes in unpadded base64url.
const KEY_CHARS: usize = 43;
/// An id of five digits, the longest state, a key, two blanks and a line end.
const LINE_CHARS: usize = 5 + 1 + 7 + 1 + KEY_CHARS + 1;

impl KeyRing {
    /// Reads a ring, one key a line: `<id> <active|retired|revoked> <key>`, separated by blanks.
    ///
    /// The id is a decimal number up to 65535; the key is 32 bytes in unpadded base64url (RFC 4648,
    /// §5). A revoked line needs no key; one that it still has must not stand under another id that is
    /// in use, and is dropped after the text is read. `#` starts a comment,
    /// up to the end of the line; empty lines are skipped. Retired keys keep their order.
    ///
    /// ```
    /// # use slotwerk_keys::{KeyId, KeyRing};
    /// let ring = KeyRing::parse("
    ///     ## rotated in May
    ///     2 active  IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI
    ///     1 retired ERERERERERERERERERERERERERERERERERERERERERE
    ///     0 revoked
    /// ")?;
    /// assert_eq!(ring.active(), KeyId::new(2));
    /// # Ok::<(), slotwerk_keys::KeyRingError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Line`] with the line's number and what was expected there, never with what was
    /// found; [`KeyRingError::NoActive`]; [`KeyRingError::TextTooLong`].
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        if text.len() > Self::MAX_TEXT {
            return Err(KeyRingError::TextTooLong {
                limit: Self::MAX_TEXT,
            });
        }
        let mut read = Read::default();
        for (index, line) in text.lines().enumerate() {
            let content = line.split('#').next().unwrap_or_default();
            if !content.trim_ascii().is_empty() {
                read.line(content).map_err(|problem| KeyRingError::Line {
                    line: index + 1,
                    problem,
                })?;
            }
        }
        let active = read.active.ok_or(KeyRingError::NoActive)?;
        Ok(Self::from_checked(active, read.retired, read.revoked))
    }

    /// Writes the ring as [`parse`](Self::parse) reads it, without comments. This is the secret itself;
    /// the text is wiped when dropped.
    ///
    /// A text goes through its life by reading it, changing the ring and writing it again:
    ///
    /// ```
    /// # use slotwerk_keys::{KeyId, KeyRing, MasterKey};
    /// # let text = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32])).to_text();
    /// let ring = KeyRing::parse(&text)?;
    /// let next = ring.next_id();
    /// let text = ring.rotate(next, MasterKey::from_bytes([0x22; 32]))?.to_text(); // use random bytes
    /// let text = KeyRing::parse(&text)?.revoke(KeyId::new(1))?.to_text();
    /// assert_eq!(*text, "2 active IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI\n1 revoked\n");
    /// # Ok::<(), slotwerk_keys::KeyRingError>(())
    /// ```
    pub fn to_text(&self) -> Zeroizing<String> {
        let lines = self.entries().count() + self.revoked().count();
        // All of it at once: growing would leave copies of keys in freed memory.
        let mut text = Zeroizing::new(String::with_capacity(lines * LINE_CHARS));
        for entry in self.entries() {
            let state = if entry.id == self.active() {
                KeyState::Active
            } else {
                KeyState::Retired
            };
            push_words(&mut text, entry.id, state);
            let mut chars = Zeroizing::new([0; KEY_CHARS]);
            if let Ok(key) = Base64UrlUnpadded::encode(entry.key.bytes(), chars.as_mut_slice()) {
                text.push(' ');
                text.push_str(key);
            }
            text.push('\n');
        }
        for id in self.revoked() {
            push_words(&mut text, id, KeyState::Revoked);
            text.push('\n');
        }
        text
    }
}

fn push_words(text: &mut String, id: KeyId, state: KeyState) {
    text.push_str(&id.to_string());
    text.push(' ');
    text.push_str(&state.to_string());
}

/// What has been read so far.
#[derive(Default)]
struct Read {
    active: Option<Entry>,
    retired: Vec<Entry>,
    revoked: BTreeSet<KeyId>,
    /// Keys that still stand on revoked lines: under another id, they would be in use again.
    revoked_keys: Vec<MasterKey>,
}

impl Read {
    fn line(&mut self, content: &str) -> Result<(), LineProblem> {
        let mut words = content.split_ascii_whitespace();
        let (Some(id), Some(state), key, None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(LineProblem::Fields);
        };
        let id = parse_id(id).ok_or(LineProblem::Id)?;
        let state = parse_state(state).ok_or(LineProblem::State)?;
        let key = key.map(parse_key).transpose()?;
        self.check_id(id)?;
        match (state, key) {
            (KeyState::Revoked, key) => self.add_revoked(id, key),
            (_, None) => Err(LineProblem::Fields),
            (KeyState::Active, Some(_)) if self.active.is_some() => Err(LineProblem::SecondActive),
            (KeyState::Active, Some(key)) => {
                self.check_key(&key)?;
                self.active = Some(Entry { id, key });
                Ok(())
            }
            (KeyState::Retired, Some(key)) => {
                self.check_key(&key)?;
                self.retired.push(Entry { id, key });
                Ok(())
            }
        }
    }

    fn add_revoked(&mut self, id: KeyId, key: Option<MasterKey>) -> Result<(), LineProblem> {
        if self.revoked.len() >= KeyRing::MAX_REVOKED {
            return Err(LineProblem::TooMany);
        }
        if let Some(key) = key {
            if self.is_usable(&key) {
                return Err(LineProblem::DuplicateKey);
            }
            self.revoked_keys.push(key);
        }
        self.revoked.insert(id);
        Ok(())
    }

    fn check_id(&self, id: KeyId) -> Result<(), LineProblem> {
        if self.revoked.contains(&id) || self.usable().any(|entry| entry.id == id) {
            return Err(LineProblem::DuplicateId);
        }
        Ok(())
    }

    fn check_key(&self, key: &MasterKey) -> Result<(), LineProblem> {
        if key.is_zero() {
            return Err(LineProblem::Placeholder);
        }
        let is_revoked = self.revoked_keys.iter().any(|old| old.same_as(key).into());
        if is_revoked || self.is_usable(key) {
            return Err(LineProblem::DuplicateKey);
        }
        if self.usable().count() >= KeyRing::MAX_USABLE {
            return Err(LineProblem::TooMany);
        }
        Ok(())
    }

    fn is_usable(&self, key: &MasterKey) -> bool {
        self.usable().any(|entry| entry.key.same_as(key).into())
    }

    fn usable(&self) -> impl Iterator<Item = &Entry> {
        self.active.iter().chain(&self.retired)
    }
}

fn parse_id(word: &str) -> Option<KeyId> {
    // Not `parse` alone: that accepts a sign and leading zeros, and an id has one spelling.
    let id: u16 = word.parse().ok()?;
    (id.to_string() == word).then_some(KeyId::new(id))
}

fn parse_state(word: &str) -> Option<KeyState> {
    match word {
        "active" => Some(KeyState::Active),
        "retired" => Some(KeyState::Retired),
        "revoked" => Some(KeyState::Revoked),
        _ => None,
    }
}

fn parse_key(word: &str) -> Result<MasterKey, LineProblem> {
    if word.len() != KEY_CHARS {
        return Err(LineProblem::Key);
    }
    let mut key = MasterKey::zeroed();
    Base64UrlUnpadded::decode(word, key.bytes_mut()).map_err(|_| LineProblem::Key)?;
    Ok(key)
}
