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
    pub(crate) bound_to: &'a [&'a [u8]],
}

/// A stored token: the store binds it to an account.
pub(crate) const STORED: Kind<'_> = Kind {
    label: STORED_LABEL,
    bound_to: &[],
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
    let header = header(id, expires_at, selector);
    let tag = key.mac(&parts(kind, scope, &header));

    let mut bytes = Zeroizing::new([0; BYTES]);
    for (to, from) in bytes.iter_mut().zip(header.iter().chain(&tag)) {
        *to = *from;
    }
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
    key.verify_mac(&parts(kind, scope, header), tag)
        .map_err(|_| Reason::Forged)?;

    Ok(Opened {
        key_id,
        expires_at: u64::from_be_bytes([0, 0, 0, e4, e3, e2, e1, e0]),
        selector: Zeroizing::new(*selector),
    })
}

fn header(id: KeyId, expires_at: u64, selector: &[u8; 16]) -> Zeroizing<[u8; HEADER]> {
    let [k1, k0] = id.get().to_be_bytes();
    let [_, _, _, e4, e3, e2, e1, e0] = expires_at.to_be_bytes();
    let fixed = [VERSION, k1, k0, e4, e3, e2, e1, e0];
    let mut header = Zeroizing::new([0; HEADER]);
    for (to, from) in header.iter_mut().zip(fixed.iter().chain(selector)) {
        *to = *from;
    }
    header
}

/// What the tag covers; the keys crate puts the length before each part.
fn parts<'a>(kind: &Kind<'a>, scope: &TokenScope<'a>, header: &'a [u8; HEADER]) -> Vec<&'a [u8]> {
    let mut parts = vec![
        kind.label.as_bytes(),
        scope.purpose.name().as_bytes(),
        scope.tenant.as_bytes(),
        header.as_slice(),
    ];
    parts.extend_from_slice(kind.bound_to);
    parts
}

pub(crate) fn reason(fault: KeyFault) -> Reason {
    match fault {
        KeyFault::Revoked(_) => Reason::RevokedKey,
        _ => Reason::UnknownKey,
    }
}
