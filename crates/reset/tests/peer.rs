//! An independent verifier in Python says the same of every token.
//!
//! Run with `cargo test -p slotwerk-reset --test peer -- --ignored`. Without `python3` this fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use common::{NOW, PURPOSES, hex, id, storeless_verdict, verdict};
use slotwerk_keys::{KeyRing, MasterKey};
use slotwerk_reset::*;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

const VERIFIER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peer/verify_token.py");
const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/tokens.txt");
const TENANTS: [&str; 5] = [
    "",
    "a",
    "tenant-a",
    "tenant-b",
    "gemeente \u{2019}s-Hertogenbosch",
];

const VERDICTS: [&str; 7] = [
    "ok",
    "malformed",
    "unknown-key",
    "revoked-key",
    "forged",
    "expired",
    "expiry-too-far",
];

#[test]
#[ignore = "needs python3"]
fn python_agrees_on_every_vector() {
    let checked = Command::new("python3")
        .args(["-B", VERIFIER, VECTORS])
        .output()
        .expect("python3 runs");
    let complaints = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{complaints}");
    let verdicts = String::from_utf8(checked.stdout).unwrap().lines().count();
    let vectors = std::fs::read_to_string(VECTORS).unwrap();
    let cases = vectors.lines().filter(|line| {
        ["check ", "storeless ", "pasted "]
            .iter()
            .any(|kind| line.starts_with(kind))
    });
    assert_eq!(verdicts, cases.count());
}

#[test]
#[ignore = "needs python3"]
fn python_agrees_on_ten_thousand_random_tokens() {
    let mut random = Random(0x5107_3e2c);
    let masters: [[u8; 32]; 4] = std::array::from_fn(|_| random.bytes());
    let ring_of = |number: u16| {
        KeyRing::new(
            id(number),
            MasterKey::from_bytes(masters[number as usize - 1]),
        )
    };
    // Key 1 active, 2 retired, 3 revoked, 4 unknown.
    let ring = KeyRing::new(id(3), MasterKey::from_bytes(masters[2]))
        .rotate(id(2), MasterKey::from_bytes(masters[1]))
        .and_then(|ring| ring.rotate(id(1), MasterKey::from_bytes(masters[0])))
        .and_then(|ring| ring.revoke(id(3)))
        .unwrap();

    let mut input = format!(
        "key 1 active {}\nkey 2 retired {}\nkey 3 revoked -\n",
        hex(&masters[0]),
        hex(&masters[1])
    );
    let mut ours = Vec::new();
    for _ in 0..10_000 {
        let number = [1, 1, 1, 1, 2, 2, 3, 4][random.below(8)];
        let made = random.scope();
        let lifetime = Lifetime::new(Duration::from_secs(1 + random.below(86400) as u64)).unwrap();
        let stored = random.below(2) == 0;
        let bound_to = random.credential();
        let token = if stored {
            let issued = issue(&ring_of(number), &made, NOW, lifetime, random.bytes());
            issued.unwrap().token
        } else {
            let (ring, selector) = (ring_of(number), random.bytes());
            let issued = issue_storeless(&ring, &made, &bound_to, NOW, lifetime, selector);
            issued.unwrap().token
        };
        let expires_at = NOW + lifetime.as_duration().as_secs();
        let presented = random.damage(token.expose());
        let tried = if random.below(8) == 0 {
            random.scope()
        } else {
            made
        };
        let early = expires_at - tried.purpose.longest().as_secs() - 60;
        let now = [NOW, NOW, expires_at - 1, expires_at, early, early - 1][random.below(6)];

        let (purpose, tenant) = (
            hex(tried.purpose.name().as_bytes()),
            hex(tried.tenant.as_bytes()),
        );
        let shown = hex(presented.as_bytes());
        // Now and then one kind is presented as the other.
        if stored != (random.below(20) == 0) {
            let said = inspect(&ring, &tried, &presented, now);
            ours.push(("check", verdict(&said)));
            input += &format!("check {purpose} {tenant} {now} {shown}\n");
        } else {
            let bound_to = match random.below(8) {
                0 => random.credential(),
                _ => bound_to,
            };
            let said = inspect_storeless(&ring, &tried, &bound_to, &presented, now);
            ours.push(("storeless", storeless_verdict(&said)));
            let (account, epoch) = (hex(bound_to.account.as_bytes()), bound_to.epoch);
            input += &format!("storeless {purpose} {tenant} {account} {epoch} {now} {shown}\n");
        }
    }

    let theirs = ask(input);
    let mut seen = BTreeMap::<(&str, &str), u32>::new();
    for (at, ((kind, ours), theirs)) in ours.iter().zip(theirs.lines()).enumerate() {
        assert_eq!(ours, theirs, "token {at}");
        let verdict = ours.split(':').next().unwrap();
        *seen.entry((kind, verdict)).or_default() += 1;
    }
    assert_eq!((theirs.lines().count(), ours.len()), (10_000, 10_000));
    for kind in ["check", "storeless"] {
        for verdict in VERDICTS {
            let count = seen.get(&(kind, verdict));
            assert!(count.is_some_and(|count| *count > 150), "{seen:?}");
        }
    }
}

/// What the verifier says of `input`, line for line.
fn ask(input: String) -> String {
    let mut child = Command::new("python3")
        .args(["-B", VERIFIER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut stdin = child.stdin.take().unwrap();
    // From a thread of its own, or both sides could wait for the other to read.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// SplitMix64: the same tokens in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next() as u8)
    }

    fn scope(&mut self) -> TokenScope<'static> {
        TokenScope::new(
            PURPOSES[self.below(PURPOSES.len())],
            TENANTS[self.below(TENANTS.len())],
        )
    }

    fn credential(&mut self) -> Credential<'static> {
        Credential {
            account: ["", "account-7", "account-8", "personeelsnummer \u{e9}"][self.below(4)],
            epoch: [0, 1, 2, 256, u64::MAX][self.below(5)],
        }
    }

    /// Half the time the text as it is.
    fn damage(&mut self, text: &str) -> String {
        let mut bytes = Base64UrlUnpadded::decode_vec(text).unwrap();
        match self.below(12) {
            0 => {
                let at = self.below(bytes.len() * 8);
                bytes[at / 8] ^= 1 << (at % 8);
                Base64UrlUnpadded::encode_string(&bytes)
            }
            1 => {
                bytes.truncate(self.below(56));
                Base64UrlUnpadded::encode_string(&bytes)
            }
            2 => {
                let (at, with) = (
                    self.below(75),
                    char::from(self.below(128) as u8).to_string(),
                );
                let mut changed = text.to_owned();
                changed.replace_range(at..=at, &with);
                changed
            }
            3 => Base64UrlUnpadded::encode_string(&self.bytes::<56>()),
            4 => {
                bytes[2] = 1 + self.below(4) as u8;
                Base64UrlUnpadded::encode_string(&bytes)
            }
            5 => format!("{text}{}", ["=", "A", " ", "\n", "\u{e9}"][self.below(5)]),
            _ => text.to_owned(),
        }
    }
}
