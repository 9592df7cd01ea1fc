//! Rings, tokens and hexadecimal for the tests.
#![allow(dead_code)]

use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_reset::{
    Issued, Lifetime, Purpose, Reason, Refused, SelectorHash, TokenScope, Verified,
    VerifiedStoreless, issue,
};
use std::time::Duration;

pub(crate) const NOW: u64 = 1_790_000_000;
pub(crate) const SELECTOR: [u8; 16] = *b"sixteen selector";
pub(crate) const SCOPE: TokenScope<'_> = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-a");
pub(crate) const PURPOSES: [Purpose; 7] = Purpose::BUILT_IN;

/// The purpose of this name, built in or a host's.
pub(crate) fn purpose(name: &'static str) -> Purpose {
    let built_in = PURPOSES.into_iter().find(|known| known.name() == name);
    built_in.unwrap_or_else(|| Purpose::new(name).unwrap())
}

pub(crate) fn id(id: u16) -> KeyId {
    KeyId::new(id)
}

pub(crate) fn key(fill: u8) -> MasterKey {
    MasterKey::from_bytes([fill; 32])
}

/// Key 1 retired, key 2 active.
pub(crate) fn ring() -> KeyRing {
    KeyRing::new(id(1), key(0x11))
        .rotate(id(2), key(0x22))
        .unwrap()
}

pub(crate) fn hour() -> Lifetime {
    lifetime(3600)
}

pub(crate) fn lifetime(seconds: u64) -> Lifetime {
    Lifetime::new(Duration::from_secs(seconds)).unwrap()
}

pub(crate) fn issued(ring: &KeyRing) -> Issued {
    issue(ring, &SCOPE, NOW, hour(), SELECTOR).unwrap()
}

pub(crate) fn reason<T>(result: Result<T, Refused>) -> Option<Reason> {
    result.err().map(|refused| refused.reason())
}

/// The hash that a proof hands out for its own scope.
pub(crate) fn selector_hash(proof: &Verified) -> SelectorHash {
    let own = TokenScope::new(proof.purpose(), proof.tenant());
    proof.selector_hash_for(&own).unwrap()
}

/// How the Python verifier would put it.
pub(crate) fn verdict(result: &Result<Verified, Refused>) -> String {
    match result {
        Ok(verified) => format!(
            "ok:{}:{}:{}",
            verified.key_id(),
            verified.expires_at(),
            hex(selector_hash(verified).as_bytes())
        ),
        Err(refused) => reason_name(refused.reason()).to_owned(),
    }
}

pub(crate) fn storeless_verdict(result: &Result<VerifiedStoreless, Refused>) -> String {
    match result {
        Ok(verified) => format!("ok:{}:{}", verified.key_id(), verified.expires_at()),
        Err(refused) => reason_name(refused.reason()).to_owned(),
    }
}

pub(crate) fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::Malformed => "malformed",
        Reason::UnknownKey => "unknown-key",
        Reason::RevokedKey => "revoked-key",
        Reason::Forged => "forged",
        Reason::Expired => "expired",
        Reason::ExpiryTooFar => "expiry-too-far",
        _ => "new",
    }
}

/// Hexadecimal, with `-` for nothing.
pub(crate) fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".to_owned();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    if text == "-" {
        return Vec::new();
    }
    assert_eq!(text.len() % 2, 0, "odd hex");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex"))
        .collect()
}

pub(crate) fn untext(hexadecimal: &str) -> String {
    String::from_utf8(unhex(hexadecimal)).expect("UTF-8")
}
