//! The token's bytes, as `FORMAT.md` has them: where they are written, read and tagged.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use slotwerk_keys::{KeyFault, KeyId, KeyRing, Scope};
use zeroize::Zeroizing;

use crate::error::Reason;
use crate::scope::{MAX_TENANT, TokenScope};
use crate::token::{TOKEN_LENGTH, Token};

/// Label of the key and of the tag of a token whose selector is stored.
pub(crate) const STORED_LABEL: &str = "slotwerk/reset/v1";
/// The same for a token that is bound to a credential.
pub(crate) const STORELESS_LABEL: &str = "slotwerk/reset/v1/storeless";
/// The last second that 40 bits can name.
pub(crate) const MAX_EXPIRY: u64 = (1 << 40) - 1;

const VERSION: u8 = 1;
const HEADER: usize = 1 + 2 + 5 + 16;
const TAG: usize = 32;
const BYTES: usize = HEADER + TAG;

/// What kind of token it is, and what its tag covers besides scope and header.
pub(crate) struct Kind<'a> {
    pub(crate) label: &'static str,
    /// The account and the version of its credential, unless the store binds the token to an account.
    pub(crate) credential: Option<(&'a [u8], &'a [u8])>,
}

/// A stored token: the store binds it to an account.
pub(crate) const STORED: Kind<'_> = Kind {
    label: STORED_LABEL,
    credential: None,
};

/// What a genuine token says.
pub(crate) struct Opened {
    pub(crate) key_id: KeyId,
    pub(crate) expires_at: u64,
    pub(crate) selector: Zeroizing<[u8; 16]>,
}

/// Writes and tags a token under the active key. `expires_at` is at most [`MAX_EXPIRY`].
pub(crate) fn write(
    ring: &KeyRing,
    kind: &Kind<'_>,
    scope: &TokenScope<'_>,
    expires_at: u64,
    selector: &[u8; 16],
) -> Token {
    let (id, key) = ring.derive_active(&Scope::new(kind.label, scope.tenant));
    let mut bytes = Zeroizing::new([0; BYTES]);
    let (header, tag) = bytes.split_at_mut(HEADER);
    fill_header(header, id, expires_at, selector);
    tag.copy_from_slice(&tagged(kind, scope, header, |parts| key.mac(parts)));
    // Base64 of 56 bytes into the 75 characters that it takes.
    let text = Base64UrlUnpadded::encode_string(bytes.as_slice());
    Token::new(Zeroizing::new(text))
}

/// Reads a presented token and believes it only if its tag is right. The order of the checks is
/// `FORMAT.md`'s: nothing after a failed one is looked at, and no key but the named one is tried.
pub(crate) fn read(
    ring: &KeyRing,
    kind: &Kind<'_>,
    scope: &TokenScope<'_>,
    presented: &str,
) -> Result<Opened, Reason> {
    if presented.len() != TOKEN_LENGTH || scope.tenant.len() > MAX_TENANT {
        return Err(Reason::Malformed);
    }
    let mut bytes = Zeroizing::new([0; BYTES]);
    // Refuses what another decoder might accept: padding, other alphabets, and set trailing bits.
    Base64UrlUnpadded::decode(presented, bytes.as_mut_slice()).map_err(|_| Reason::Malformed)?;
    let header: &[u8; HEADER] = bytes.first_chunk().ok_or(Reason::Malformed)?;
    let tag: &[u8; TAG] = bytes.last_chunk().ok_or(Reason::Malformed)?;

    let &[version, k1, k0, e4, e3, e2, e1, e0, ref selector @ ..] = header;
    if version != VERSION {
        return Err(Reason::Malformed);
    }
    let key_id = KeyId::new(u16::from_be_bytes([k1, k0]));
    let key = ring
        .derive(key_id, &Scope::new(kind.label, scope.tenant))
        .map_err(reason)?;
    tagged(kind, scope, header, |parts| key.verify_mac(parts, tag)).map_err(|_| Reason::Forged)?;

    Ok(Opened {
        key_id,
        expires_at: u64::from_be_bytes([0, 0, 0, e4, e3, e2, e1, e0]),
        selector: Zeroizing::new(*selector),
    })
}

fn fill_header(header: &mut [u8], id: KeyId, expires_at: u64, selector: &[u8; 16]) {
    let [k1, k0] = id.get().to_be_bytes();
    let [_, _, _, e4, e3, e2, e1, e0] = expires_at.to_be_bytes();
    let (fixed, random) = header.split_at_mut(HEADER - selector.len());
    fixed.copy_from_slice(&[VERSION, k1, k0, e4, e3, e2, e1, e0]);
    random.copy_from_slice(selector);
}

/// Hands `then` what the tag covers; the keys crate puts the length before each part.
fn tagged<R>(
    kind: &Kind<'_>,
    scope: &TokenScope<'_>,
    header: &[u8],
    then: impl FnOnce(&[&[u8]]) -> R,
) -> R {
    let [label, purpose, tenant] =
        [kind.label, scope.purpose.name(), scope.tenant].map(str::as_bytes);
    match kind.credential {
        None => then(&[label, purpose, tenant, header]),
        Some((account, version)) => then(&[label, purpose, tenant, header, account, version]),
    }
}

pub(crate) fn reason(fault: KeyFault) -> Reason {
    match fault {
        KeyFault::Revoked(_) => Reason::RevokedKey,
        _ => Reason::UnknownKey,
    }
}
