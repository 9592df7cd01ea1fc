//! The id of a kept session: its text for a cookie, and the hash that the store keeps instead.

use crate::auth::Inner;
use crate::fault::Fault;
use crate::scopes::session_hash;
use slotwerk_keys::KeyId;
use slotwerk_store::TokenHash;
use std::fmt::{self, Write as _};
use zeroize::Zeroizing;

/// The random bytes of an id.
const RANDOM: usize = 32;

/// The characters of an id: the key id and the random bytes, in hexadecimal.
const LENGTH: usize = 2 * (2 + RANDOM);

/// The id of a session that the store keeps: 256 random bits. The store has only a keyed hash of it.
///
/// Put it into a cookie with `HttpOnly`, `Secure` and `SameSite`, and into nothing else. Its holder is signed in.
#[derive(Clone)]
pub struct SessionToken(Zeroizing<String>);

impl SessionToken {
    /// Takes the text that [`expose`](Self::expose) gave, as the browser presents it. Any other text makes a token
    /// that [`Sessions::open`](crate::Sessions::open) answers with
    /// [`OpenSessionOutcome::Ended`](crate::OpenSessionOutcome::Ended).
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let fits = text.len() == LENGTH;
        Self(Zeroizing::new(if fits { text } else { "" }.to_owned()))
    }

    /// The text for the cookie: 68 digits and lowercase letters.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn new(key: KeyId, random: &[u8; RANDOM]) -> Self {
        // Room for all of it, so that no part stays behind in freed memory.
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        for byte in key.get().to_be_bytes().iter().chain(random) {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// The key it was made under and its random bytes. `None` for every spelling but its own.
    fn parts(&self) -> Option<(KeyId, Zeroizing<[u8; RANDOM]>)> {
        let (key, rest) = self.0.split_at_checked(4)?;
        let mut random = Zeroizing::new([0; RANDOM]);
        if rest.len() != 2 * RANDOM || !self.0.bytes().all(is_digit) {
            return None;
        }
        for (place, pair) in random.iter_mut().zip(rest.as_bytes().chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *place = u8::from_str_radix(pair, 16).ok()?;
        }
        let key = u16::from_str_radix(key, 16).ok()?;
        Some((KeyId::new(key), random))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

impl Inner {
    /// A new id of a session at this tenant, and its hash.
    pub(crate) fn new_session_token(
        &self,
        tenant: &str,
    ) -> Result<(SessionToken, TokenHash), Fault> {
        let random = Zeroizing::new(self.random::<RANDOM>()?);
        let key = self.keys.active();
        let hash = session_hash(&self.keys, key, tenant, random.as_slice())?;
        Ok((SessionToken::new(key, &random), hash))
    }

    /// The hash of a presented id. `None` if no id of this tenant can look like it, or its key was revoked.
    pub(crate) fn session_token_hash(
        &self,
        tenant: &str,
        token: &SessionToken,
    ) -> Option<TokenHash> {
        let (key, random) = token.parts()?;
        session_hash(&self.keys, key, tenant, random.as_slice()).ok()
    }
}
