//! Opening sealed values: never a panic, and nothing opens but what was sealed, for the subject and
//! the scope it was sealed for.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_keys::{KeyId, KeyRing, MasterKey, Scope};

const PLAINTEXT: &[u8] = b"twenty bytes secret!";
const SUBJECT: &[u8] = b"account-7";
const SCOPE: Scope<'static> = Scope::new("totp-secret", "tenant-a");

struct Fixture {
    ring: KeyRing,
    /// Under the retired key, and under the active one.
    sealed: [Vec<u8>; 2],
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let first = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]));
    let second = first
        .rotate(KeyId::new(2), MasterKey::from_bytes([0x22; 32]))
        .expect("a new id");
    let retired = second
        .seal(&SCOPE, SUBJECT, [0x5a; 24], PLAINTEXT)
        .expect("within the bounds");
    let third = second
        .rotate(KeyId::new(3), MasterKey::from_bytes([0x33; 32]))
        .expect("a new id")
        .revoke(KeyId::new(1))
        .expect("not the active one");
    let active = third
        .seal(&SCOPE, SUBJECT, [0xa5; 24], PLAINTEXT)
        .expect("within the bounds");
    Fixture {
        ring: third,
        sealed: [retired, active],
    }
});

#[derive(Debug, arbitrary::Arbitrary)]
enum Input<'a> {
    /// Any bytes at all.
    Raw(&'a [u8]),
    /// A sealed value with bytes changed, cut off or added.
    Edited {
        active: bool,
        xor: Vec<(u8, u8)>,
        keep: u8,
        tail: &'a [u8],
    },
    /// A sealed value presented for another subject, purpose or tenant, or any of them.
    Elsewhere {
        active: bool,
        subject: Option<&'a [u8]>,
        purpose: Option<&'a str>,
        tenant: Option<&'a str>,
    },
}

fuzz_target!(|input: Input<'_>| {
    let Fixture { ring, sealed } = &*FIXTURE;
    match input {
        Input::Raw(bytes) => check(bytes),
        Input::Edited {
            active,
            xor,
            keep,
            tail,
        } => {
            let mut bytes = sealed[usize::from(active)].clone();
            for (at, mask) in xor {
                let at = usize::from(at) % bytes.len();
                bytes[at] ^= mask;
            }
            bytes.truncate(usize::from(keep));
            bytes.extend_from_slice(tail);
            check(&bytes);
        }
        Input::Elsewhere {
            active,
            subject,
            purpose,
            tenant,
        } => {
            let subject = subject.unwrap_or(SUBJECT);
            let purpose = purpose.unwrap_or(SCOPE.purpose());
            let tenant = tenant.unwrap_or(SCOPE.tenant());
            let scope = Scope::new(purpose, tenant);
            let opened = ring.open(&scope, subject, &sealed[usize::from(active)]);
            let home = (subject, purpose, tenant) == (SUBJECT, SCOPE.purpose(), SCOPE.tenant());
            assert_eq!(opened.is_ok(), home);
        }
    }
});

fn check(bytes: &[u8]) {
    let Fixture { ring, sealed } = &*FIXTURE;
    let opened = ring.open(&SCOPE, SUBJECT, bytes);
    let genuine = sealed.iter().any(|value| value == bytes);
    assert_eq!(opened.is_ok(), genuine, "opened what was never sealed");
    if let Ok(plaintext) = opened {
        assert_eq!(plaintext.as_slice(), PLAINTEXT);
    }
}
