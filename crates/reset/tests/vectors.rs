//! The tokens of `tests/vectors/tokens.txt`, which Python made: verdict for verdict, and made again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use common::{PURPOSES, id, lifetime, storeless_verdict, unhex, untext, verdict};
use slotwerk_keys::{KeyRing, MasterKey};
use slotwerk_reset::*;
use std::collections::BTreeMap;

const FILE: &str = include_str!("vectors/tokens.txt");

fn lines(kind: &str) -> Vec<Vec<&'static str>> {
    FILE.lines()
        .filter_map(|line| line.strip_prefix(kind)?.strip_prefix(' '))
        .map(|line| line.split(' ').collect())
        .collect()
}

fn ring() -> KeyRing {
    let text: String = lines("key")
        .iter()
        .map(|key| {
            let master = Base64UrlUnpadded::encode_string(&unhex(key[2]));
            format!("{} {} {master}\n", key[0], key[1])
        })
        .collect();
    KeyRing::parse(&text).unwrap()
}

fn purpose(hexadecimal: &str) -> Purpose {
    common::purpose(untext(hexadecimal).leak())
}

#[test]
fn every_verdict_is_the_expected_one() {
    let ring = ring();
    let mut seen = BTreeMap::<String, u32>::new();
    for line in lines("check") {
        let &[what, tenant, now, presented, expected] = &line[..] else {
            panic!("{line:?}");
        };
        let tenant = untext(tenant);
        let scope = TokenScope::new(purpose(what), &tenant);
        let result = inspect(&ring, &scope, &untext(presented), now.parse().unwrap());
        assert_eq!(verdict(&result), expected, "{line:?}");
        *seen
            .entry(expected.split(':').next().unwrap().to_owned())
            .or_default() += 1;
    }
    let least = [
        ("ok", 30),
        ("malformed", 40),
        ("forged", 90),
        ("expired", 25),
        ("unknown-key", 3),
        ("revoked-key", 2),
        ("expiry-too-far", 30),
    ];
    for (kind, count) in least {
        assert!(seen[kind] >= count, "{kind}: {}", seen[kind]);
    }
}

#[test]
fn every_storeless_verdict_is_the_expected_one() {
    let ring = ring();
    let cases = lines("storeless");
    assert!(cases.len() >= 11);
    for line in cases {
        let &[what, tenant, account, epoch, now, presented, expected] = &line[..] else {
            panic!("{line:?}");
        };
        let (tenant, account) = (untext(tenant), untext(account));
        let scope = TokenScope::new(purpose(what), &tenant);
        let credential = Credential {
            account: &account,
            epoch: epoch.parse().unwrap(),
        };
        let now = now.parse().unwrap();
        let said = inspect_storeless(&ring, &scope, &credential, &untext(presented), now);
        assert_eq!(storeless_verdict(&said), expected, "{line:?}");
    }
}

#[test]
fn every_pasted_link_reads_as_expected() {
    let cases = lines("pasted");
    let (mut read, mut refused) = (0, 0);
    for line in cases {
        let &[presented, expected] = &line[..] else {
            panic!("{line:?}");
        };
        let presented = untext(presented);
        let said = match Token::from_pasted(&presented) {
            Ok(token) => format!("ok:{}", common::hex(token.expose().as_bytes())),
            Err(refused) => common::reason_name(refused.reason()).to_owned(),
        };
        assert_eq!(said, expected, "{presented:?}");
        *(if said == "malformed" {
            &mut refused
        } else {
            &mut read
        }) += 1;
    }
    assert!(read >= 90 && refused >= 20, "{read}, {refused}");
}

/// What Python made is, character for character, what this crate makes of the same ingredients.
#[test]
fn genuine_tokens_are_made_again() {
    let masters: BTreeMap<String, [u8; 32]> = lines("key")
        .iter()
        .map(|key| (key[0].to_owned(), unhex(key[2]).try_into().unwrap()))
        .collect();
    let mut made = 0;
    for line in lines("check") {
        let Some(ok) = line[4].strip_prefix("ok:") else {
            continue;
        };
        let (key, rest) = ok.split_once(':').unwrap();
        let (expiry, _) = rest.split_once(':').unwrap();
        let master = MasterKey::from_bytes(masters[key]);
        let ring = KeyRing::new(id(key.parse().unwrap()), master);
        let presented = untext(line[3]);
        let mut bytes = [0; 56];
        Base64UrlUnpadded::decode(&presented, &mut bytes).unwrap();
        let selector: [u8; 16] = bytes[8..24].try_into().unwrap();

        let tenant = untext(line[1]);
        let scope = TokenScope::new(purpose(line[0]), &tenant);
        let expiry: u64 = expiry.parse().unwrap();
        let issued = issue(&ring, &scope, expiry - 60, lifetime(60), selector).unwrap();
        assert_eq!(issued.token.expose(), presented, "{line:?}");
        assert_eq!(issued.expires_at, expiry);
        made += 1;
    }
    assert!(made >= 30, "only {made}");
}

#[test]
fn the_purposes_have_the_names_in_the_specification() {
    let specification = include_str!("../FORMAT.md");
    for purpose in PURPOSES {
        assert!(
            specification.contains(&format!("`{}`", purpose.name())),
            "{purpose:?}"
        );
    }
}
