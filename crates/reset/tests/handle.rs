//! Account handles: opened where they were sealed for, and nowhere else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use common::{PURPOSES, id, key, reason, ring, unhex, untext};
use proptest::prelude::*;
use slotwerk_keys::{KeyRing, MasterKey, Scope};
use slotwerk_reset::*;

const SCOPE: TokenScope<'_> = TokenScope::new(Purpose::NOT_ME, "tenant-a");
const ACCOUNT: &str = "account-7";
const TENANTS: [&str; 4] = ["", "tenant-a", "tenant-b", "tenant-a "];
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn sealed() -> String {
    let handle = seal_account(&ring(), &SCOPE, ACCOUNT, [0x5a; 24]).unwrap();
    handle.as_str().to_owned()
}

fn refusal(presented: &str) -> Option<Reason> {
    reason(open_account(&ring(), &SCOPE, presented))
}

#[test]
fn handles_are_those_that_libsodium_makes() {
    let lines = include_str!("vectors/handles.txt").lines();
    let mut made = 0;
    for line in lines.filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split(' ').collect();
        let &[key_id, master, purpose, tenant, account, nonce, handle] = &columns[..] else {
            panic!("{line}");
        };
        let master = MasterKey::from_bytes(unhex(master).try_into().unwrap());
        let ring = KeyRing::new(id(key_id.parse().unwrap()), master);
        let (tenant, account) = (untext(tenant), untext(account));
        let scope = TokenScope::new(common::purpose(untext(purpose).leak()), &tenant);
        let nonce = unhex(nonce).try_into().unwrap();

        let sealed = seal_account(&ring, &scope, &account, nonce).unwrap();
        assert_eq!(sealed.as_str(), handle);
        assert_eq!(open_account(&ring, &scope, handle).unwrap(), account);
        made += 1;
    }
    assert_eq!(made, 4);
}

#[test]
fn every_flipped_bit_truncation_and_extension_is_refused() {
    let handle = sealed();
    assert_eq!(refusal(&handle), None);
    let bytes = Base64UrlUnpadded::decode_vec(&handle).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let expected = match bit / 8 {
            0 => Reason::Malformed,
            1 | 2 => Reason::UnknownKey,
            _ => Reason::Forged,
        };
        let refused = refusal(&Base64UrlUnpadded::encode_string(&changed));
        assert_eq!(refused, Some(expected), "bit {bit}");
    }
    for length in 0..handle.len() {
        assert!(refusal(&handle[..length]).is_some(), "{length}");
        assert!(refusal(&handle[length + 1..]).is_some(), "{length}");
    }
    for extra in (0..=255u8).map(char::from) {
        assert!(refusal(&format!("{handle}{extra}")).is_some(), "{extra:?}");
        assert!(refusal(&format!("{extra}{handle}")).is_some(), "{extra:?}");
    }
}

#[test]
fn only_one_spelling_opens() {
    // Accounts of three lengths, so that the last character has no, two and four bits to spare.
    for account in ["account-77", "account-789", "account-7"] {
        let handle = seal_account(&ring(), &SCOPE, account, [7; 24]).unwrap();
        let (body, last) = handle.as_str().split_at(handle.as_str().len() - 1);
        let passing: Vec<String> = ALPHABET
            .chars()
            .filter(|last| refusal(&format!("{body}{last}")).is_none())
            .map(String::from)
            .collect();
        assert_eq!(passing, [last]);
    }
    let handle = sealed();
    for at in 0..handle.len() {
        for code in 0..128u8 {
            let with = char::from(code).to_string();
            if handle[at..=at] != with {
                let mut changed = handle.clone();
                changed.replace_range(at..=at, &with);
                assert!(refusal(&changed).is_some(), "{at} to {with:?}");
            }
        }
    }
}

#[test]
fn every_purpose_and_tenant_is_refused_at_every_other() {
    let ring = ring();
    let scopes: Vec<TokenScope<'_>> = PURPOSES
        .iter()
        .flat_map(|purpose| TENANTS.map(|tenant| TokenScope::new(*purpose, tenant)))
        .collect();
    for made in &scopes {
        let handle = seal_account(&ring, made, ACCOUNT, [1; 24]).unwrap();
        for tried in &scopes {
            let refused = reason(open_account(&ring, tried, handle.as_str()));
            let expected = (made != tried).then_some(Reason::Forged);
            assert_eq!(refused, expected, "{made:?} at {tried:?}");
        }
    }
    // Nor is anything else that the ring seals a handle.
    let scope = Scope::new("totp-secret", "tenant-a");
    let other = ring.seal(&scope, &[], [1; 24], b"secret").unwrap();
    let other = Base64UrlUnpadded::encode_string(&other);
    assert_eq!(refusal(&other), Some(Reason::Forged));
}

#[test]
fn keys_rotate_and_are_revoked() {
    let old = KeyRing::new(id(1), key(0x11));
    let handle = seal_account(&old, &SCOPE, ACCOUNT, [1; 24]).unwrap();
    assert_eq!(refusal(handle.as_str()), None, "retired");
    let revoked = ring().revoke(id(1)).unwrap();
    let refused = reason(open_account(&revoked, &SCOPE, handle.as_str()));
    assert_eq!(refused, Some(Reason::RevokedKey));
    let lost = KeyRing::new(id(2), key(0x22));
    let refused = reason(open_account(&lost, &SCOPE, handle.as_str()));
    assert_eq!(refused, Some(Reason::UnknownKey));
    // The very key, under another id: only the named one is tried.
    let moved = KeyRing::new(id(2), key(0x11));
    let refused = reason(open_account(&moved, &SCOPE, handle.as_str()));
    assert_eq!(refused, Some(Reason::UnknownKey));
}

#[test]
fn a_handle_does_not_show_the_account() {
    let one = seal_account(&ring(), &SCOPE, ACCOUNT, [1; 24]).unwrap();
    let two = seal_account(&ring(), &SCOPE, ACCOUNT, [2; 24]).unwrap();
    let bytes = |handle: &AccountHandle| Base64UrlUnpadded::decode_vec(handle.as_str()).unwrap();
    // Past key id and nonce, nothing of two handles of one account is alike.
    assert_ne!(bytes(&one)[27..36], bytes(&two)[27..36]);
    for handle in [&one, &two] {
        let shown = bytes(handle);
        assert!(
            !shown
                .windows(4)
                .any(|run| ACCOUNT.as_bytes().windows(4).any(|part| part == run))
        );
        assert_eq!(format!("{handle:?}"), "AccountHandle(..)");
    }
}

#[test]
fn lengths_are_bounded_on_both_sides() {
    let (account, tenant) = ("a".repeat(MAX_ACCOUNT), "t".repeat(MAX_TENANT));
    let scope = TokenScope::new(Purpose::NOT_ME, &tenant);
    let handle = seal_account(&ring(), &scope, &account, [1; 24]).unwrap();
    assert_eq!(handle.as_str().len(), MAX_HANDLE);
    assert_eq!(
        open_account(&ring(), &scope, handle.as_str()).unwrap(),
        account
    );

    let refused = seal_account(&ring(), &scope, &format!("{account}a"), [1; 24]);
    assert_eq!(refused.unwrap_err(), IssueError::AccountTooLong);
    let longer = format!("{tenant}t");
    let longer = TokenScope::new(Purpose::NOT_ME, &longer);
    let refused = seal_account(&ring(), &longer, "", [1; 24]);
    assert_eq!(refused.unwrap_err(), IssueError::TenantTooLong);
    let refused = reason(open_account(&ring(), &longer, handle.as_str()));
    assert_eq!(refused, Some(Reason::Malformed));

    // A genuine sealed value of a longer account, which this crate would not have made.
    let inner = Scope::new("slotwerk/reset/v1/account/not-me", "tenant-a");
    let of = |account: &[u8]| {
        let sealed = ring().seal(&inner, &[], [1; 24], account).unwrap();
        Base64UrlUnpadded::encode_string(&sealed)
    };
    assert_eq!(refusal(&of(&[b'a'; MAX_ACCOUNT])), None);
    assert_eq!(
        refusal(&of(&[b'a'; MAX_ACCOUNT + 1])),
        Some(Reason::Malformed)
    );
    assert_eq!(refusal(&of(b"\xff")), Some(Reason::Malformed));
    assert_eq!(refusal(&"A".repeat(1 << 20)), Some(Reason::Malformed));
}

proptest! {
    #[test]
    fn what_is_sealed_opens(account in ".{0,60}", tenant in ".{0,60}", nonce: [u8; 24]) {
        let scope = TokenScope::new(Purpose::KNOWN_DEVICE, &tenant);
        let handle = seal_account(&ring(), &scope, &account, nonce).unwrap();
        prop_assert!(handle.as_str().chars().all(|c| ALPHABET.contains(c)));
        prop_assert_eq!(open_account(&ring(), &scope, handle.as_str()), Ok(account));
    }

    #[test]
    fn nothing_made_up_opens(text in ".{0,100}", alike in "AQA[BC][A-Za-z0-9_-]{56,90}") {
        prop_assert!(refusal(&text).is_some());
        prop_assert!(refusal(&alike).is_some());
    }
}
