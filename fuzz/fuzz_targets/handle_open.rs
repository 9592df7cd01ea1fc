//! Opening account handles: never a panic, and nothing opens but what was sealed, in its one spelling,
//! for the purpose and the tenant it was sealed for.
#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_reset::{Purpose, TokenScope, open_account, seal_account};

const ACCOUNTS: [&str; 3] = ["", "account-7", "account-78"];
const SCOPES: [TokenScope<'static>; 3] = [
    TokenScope::new(Purpose::NOT_ME, "tenant-a"),
    TokenScope::new(Purpose::NOT_ME, "tenant-b"),
    TokenScope::new(Purpose::KNOWN_DEVICE, "tenant-a"),
];

struct Fixture {
    ring: KeyRing,
    /// Place in `SCOPES`, account, handle.
    sealed: Vec<(usize, &'static str, String)>,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let old = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]));
    let mut sealed = Vec::new();
    let mut seal = |ring: &KeyRing, fill: u8| {
        for (at, scope) in SCOPES.iter().enumerate() {
            for account in ACCOUNTS {
                let handle = seal_account(ring, scope, account, [fill; 24]).expect("short");
                sealed.push((at, account, handle.as_str().to_owned()));
            }
        }
    };
    seal(&old, 1);
    let ring = old
        .rotate(KeyId::new(2), MasterKey::from_bytes([0x22; 32]))
        .expect("a new id");
    seal(&ring, 2);
    Fixture { ring, sealed }
});

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    scope: u8,
    presented: Presented<'a>,
}

#[derive(Debug, arbitrary::Arbitrary)]
enum Presented<'a> {
    /// Anything at all.
    Text(&'a str),
    /// Anything in the right alphabet.
    Bytes(&'a [u8]),
    /// A handle as it was sealed, for whatever scope.
    Genuine { which: u8 },
    /// A handle with bytes changed, cut off or added.
    Damaged {
        which: u8,
        xor: Vec<(u8, u8)>,
        keep: u8,
        tail: &'a [u8],
    },
    /// A handle with a part of its text replaced.
    Edited {
        which: u8,
        at: u8,
        skip: u8,
        by: &'a str,
    },
}

fuzz_target!(|input: Input<'_>| {
    let Fixture { ring, sealed } = &*FIXTURE;
    let handle = |which: u8| sealed[usize::from(which) % sealed.len()].2.as_str();
    let presented = match input.presented {
        Presented::Text(text) => text.to_owned(),
        Presented::Bytes(bytes) => Base64UrlUnpadded::encode_string(bytes),
        Presented::Genuine { which } => handle(which).to_owned(),
        Presented::Damaged {
            which,
            xor,
            keep,
            tail,
        } => {
            let mut bytes = Base64UrlUnpadded::decode_vec(handle(which)).expect("a handle");
            for (at, mask) in xor {
                let at = usize::from(at) % bytes.len();
                bytes[at] ^= mask;
            }
            bytes.truncate(usize::from(keep));
            bytes.extend_from_slice(tail);
            Base64UrlUnpadded::encode_string(&bytes)
        }
        Presented::Edited {
            which,
            at,
            skip,
            by,
        } => {
            let text = handle(which);
            let at = usize::from(at).min(text.len());
            let end = (at + usize::from(skip)).min(text.len());
            format!("{}{by}{}", &text[..at], &text[end..])
        }
    };
    let place = usize::from(input.scope) % SCOPES.len();
    let expected = sealed
        .iter()
        .find(|(at, _, handle)| *at == place && *handle == presented)
        .map(|(_, account, _)| (*account).to_owned());
    let opened = open_account(ring, &SCOPES[place], &presented).ok();
    assert_eq!(opened, expected);
});
