//! Reading recovery codes: never a panic, one code for all its spellings, and no digest shared by two
//! codes, accounts or tenants.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_recovery::{CodeSet, RecoveryCode, StretchedCode};
use zeroize::Zeroizing;

static RING: LazyLock<KeyRing> = LazyLock::new(|| {
    KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]))
        .rotate(KeyId::new(2), MasterKey::from_bytes([0x22; 32]))
        .expect("a new id")
});

#[derive(Debug, arbitrary::Arbitrary)]
enum Input<'a> {
    /// Anything at all, twice.
    Raw(&'a str, &'a str),
    /// A code as somebody might type it over.
    Typed {
        entropy: [u8; 100],
        which: u8,
        habits: Vec<Habit>,
    },
    /// One code at two accounts.
    Accounts {
        tenants: [&'a str; 2],
        accounts: [&'a str; 2],
    },
}

#[derive(Debug, arbitrary::Arbitrary)]
enum Habit {
    LowerCase,
    NoHyphens,
    Spaces,
    LetterO,
    LetterI,
    LetterL,
    ListNumber,
    Quotes,
    ZeroWidth,
    FullWidth,
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Raw(one, other) => {
        let (one, other) = (read(one), read(other));
        if let (Some(one), Some(other)) = (one, other) {
            let same = one.expose() == other.expose();
            assert_eq!(digest(&one, "t", "a") == digest(&other, "t", "a"), same);
        }
    }
    Input::Typed {
        entropy,
        which,
        habits,
    } => {
        let Ok(set) = CodeSet::from_entropy(&entropy) else {
            return;
        };
        let code = &set.codes()[usize::from(which) % CodeSet::CODES];
        let mut text = code.expose().to_owned();
        for habit in habits.iter().take(8) {
            text = match habit {
                Habit::LowerCase => text.to_lowercase(),
                Habit::NoHyphens => text.replace('-', ""),
                Habit::Spaces => text.replace('-', " "),
                Habit::LetterO => text.replace('0', "O"),
                Habit::LetterI => text.replace('1', "I"),
                Habit::LetterL => text.replace('1', "l"),
                Habit::Quotes => format!("\u{201c}{text}.\u{201d}"),
                Habit::ZeroWidth => text.replace('-', "\u{200b}"),
                Habit::FullWidth => text.replace('A', "\u{ff21}"),
                // A second number would be a symbol too many.
                Habit::ListNumber if text.contains("3. ") => text,
                Habit::ListNumber => format!("3. {text}"),
            };
        }
        let typed = read(&text).expect("a spelling of a code");
        assert_eq!(typed.expose(), code.expose());
    }
    Input::Accounts { tenants, accounts } => {
        let code = RecoveryCode::parse("0123-4567-89AB-CDEF").expect("a code");
        let [one, other] = [0, 1].map(|n| digest(&code, tenants[n], accounts[n]));
        let same = tenants[0] == tenants[1] && accounts[0] == accounts[1];
        assert_eq!(one == other, same);
    }
});

fn read(text: &str) -> Option<RecoveryCode> {
    let code = RecoveryCode::parse(text).ok()?;
    let shown = code.expose();
    assert_eq!(shown.len(), 19);
    for (at, byte) in shown.bytes().enumerate() {
        let good = match at % 5 {
            4 => byte == b'-',
            _ => b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(&byte),
        };
        assert!(good, "not the form in which codes are shown");
    }
    let again = RecoveryCode::parse(shown).expect("what is shown can be read");
    assert_eq!(again.expose(), shown);
    let active = digest(&code, "tenant", "account");
    let usable = stretched(&code).digests(&RING, "tenant", "account");
    assert_eq!((usable.len(), usable[0].as_bytes()), (2, &active));
    Some(code)
}

/// The symbols themselves in the place of a password hash: the target looks at reading, not at Argon2.
fn stretched(code: &RecoveryCode) -> StretchedCode {
    let mut bytes = Zeroizing::new([0; 32]);
    bytes[..16].copy_from_slice(&code.hash_input());
    StretchedCode::from_bytes(bytes)
}

fn digest(code: &RecoveryCode, tenant: &str, account: &str) -> [u8; 32] {
    *stretched(code).digest(&RING, tenant, account).as_bytes()
}
