//! Inspecting reset tokens: never a panic, and nothing verifies but a token that was issued, for the
//! scope it was issued for, before its expiry.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_reset::{
    CLOCK_TOLERANCE, Credential, Lifetime, Purpose, SelectorHash, Token, TokenScope, inspect,
    inspect_storeless, issue, issue_storeless,
};

const NOW: u64 = 1_790_000_000;
const CREDENTIAL: Credential<'static> = Credential {
    account: "account-7",
    epoch: 3,
};
const PURPOSES: [Purpose; 7] = Purpose::BUILT_IN;
const TENANTS: [&str; 3] = ["tenant-a", "tenant-b", ""];

struct Fixture {
    ring: KeyRing,
    issued: Vec<Genuine>,
    storeless: String,
}

struct Genuine {
    purpose: Purpose,
    tenant: &'static str,
    text: String,
    expires_at: u64,
    selector_hash: SelectorHash,
    /// The key it was made under is not revoked.
    alive: bool,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let key = |id: u8| (KeyId::new(u16::from(id)), MasterKey::from_bytes([id; 32]));
    let (id, master) = key(1);
    let mut ring = KeyRing::new(id, master);
    let mut issued = Vec::new();
    for next in 2..=4u8 {
        for (at, purpose) in PURPOSES.into_iter().enumerate() {
            for (place, tenant) in TENANTS.into_iter().enumerate() {
                let selector = [next, at as u8, place as u8].map(|n| [n; 5]).concat();
                let mut full = [0; 16];
                full[..15].copy_from_slice(&selector);
                let scope = TokenScope::new(purpose, tenant);
                let made = issue(&ring, &scope, NOW, hour(), full).expect("a good scope");
                issued.push(Genuine {
                    purpose,
                    tenant,
                    text: made.token.expose().to_owned(),
                    expires_at: made.expires_at,
                    selector_hash: made.selector_hash,
                    alive: next != 2,
                });
            }
        }
        let (id, master) = key(next);
        ring = ring.rotate(id, master).expect("a new id");
    }
    let ring = ring.revoke(KeyId::new(1)).expect("not the active one");
    let scope = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-a");
    let storeless = issue_storeless(&ring, &scope, &CREDENTIAL, NOW, hour(), [9; 16])
        .expect("a good scope")
        .token
        .expose()
        .to_owned();
    Fixture {
        ring,
        issued,
        storeless,
    }
});

/// The last expiry that a right clock can have written.
fn latest(purpose: Purpose, now: u64) -> u64 {
    let ahead = purpose.longest() + CLOCK_TOLERANCE;
    now.saturating_add(ahead.as_secs())
}

fn hour() -> Lifetime {
    Lifetime::new(Duration::from_secs(3_600)).expect("within a day")
}

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    purpose: u8,
    tenant: u8,
    when: When,
    presented: Presented<'a>,
}

#[derive(Debug, arbitrary::Arbitrary)]
enum When {
    /// Any second there is.
    Any(u64),
    /// So many seconds from the expiry.
    NearExpiry(i8),
}

#[derive(Debug, arbitrary::Arbitrary)]
enum Presented<'a> {
    /// Anything at all.
    Text(&'a str),
    /// Bytes in the right alphabet and length, so that the tag is reached.
    Bytes([u8; 56]),
    /// A token as it was issued, for whatever scope.
    Genuine { which: u8 },
    /// A token with bits flipped under the encoding.
    Flipped { which: u8, xor: Vec<(u8, u8)> },
    /// A token with a part of its text replaced.
    Edited {
        which: u8,
        at: u8,
        skip: u8,
        by: &'a str,
    },
}

fuzz_target!(|input: Input<'_>| {
    let fixture = &*FIXTURE;
    let scope = TokenScope::new(
        PURPOSES[usize::from(input.purpose) % PURPOSES.len()],
        TENANTS[usize::from(input.tenant) % TENANTS.len()],
    );
    let now = match input.when {
        When::Any(second) => second,
        When::NearExpiry(by) => (NOW + 3_600).saturating_add_signed(i64::from(by)),
    };
    let token = |which: u8| {
        let which = usize::from(which) % (fixture.issued.len() + 1);
        fixture
            .issued
            .get(which)
            .map_or(fixture.storeless.as_str(), |genuine| genuine.text.as_str())
    };
    let presented = match input.presented {
        Presented::Text(text) => text.to_owned(),
        Presented::Bytes(bytes) => Base64UrlUnpadded::encode_string(&bytes),
        Presented::Genuine { which } => token(which).to_owned(),
        Presented::Flipped { which, xor } => {
            let mut bytes = Base64UrlUnpadded::decode_vec(token(which)).expect("an issued token");
            for (at, mask) in xor {
                bytes[usize::from(at) % 56] ^= mask;
            }
            Base64UrlUnpadded::encode_string(&bytes)
        }
        Presented::Edited {
            which,
            at,
            skip,
            by,
        } => {
            let text = token(which);
            let at = usize::from(at).min(text.len());
            let end = (at + usize::from(skip)).min(text.len());
            format!("{}{by}{}", &text[..at], &text[end..])
        }
    };

    let genuine = fixture.issued.iter().find(|genuine| {
        (genuine.purpose, genuine.tenant) == (scope.purpose, scope.tenant)
            && genuine.text == presented
            && genuine.alive
            && now < genuine.expires_at
            && genuine.expires_at <= latest(scope.purpose, now)
    });
    match (inspect(&fixture.ring, &scope, &presented, now), genuine) {
        (Ok(verified), Some(genuine)) => {
            assert_eq!(verified.selector_hash_for(&scope), Ok(genuine.selector_hash));
            assert_eq!(verified.expires_at(), genuine.expires_at);
        }
        (Err(refused), None) => assert_eq!(refused.to_string(), "the token is not valid"),
        (Ok(_), None) => panic!("verified what was never issued"),
        (Err(refused), Some(_)) => panic!("refused a genuine token: {:?}", refused.reason()),
    }

    let home = (scope.purpose, scope.tenant) == (Purpose::PASSWORD_RESET, "tenant-a");
    let in_time = now < NOW + 3_600 && NOW + 3_600 <= latest(scope.purpose, now);
    let good = home && presented == fixture.storeless && in_time;
    let storeless = inspect_storeless(&fixture.ring, &scope, &CREDENTIAL, &presented, now);
    assert_eq!(storeless.is_ok(), good, "storeless");

    // Reading a link again changes nothing, and a token reads as itself.
    if let Ok(read) = Token::from_pasted(&presented) {
        let again = Token::from_pasted(read.expose()).expect("a token");
        assert_eq!(again.expose(), read.expose());
    }
    if genuine.is_some() {
        let read = Token::from_pasted(&presented).expect("a genuine token");
        assert_eq!(read.expose(), presented);
    }
});
