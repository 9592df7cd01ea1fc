//! Known answers, equal work, and the limits of the pool.

use proptest::prelude::*;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::pepper::Owner;

fn weak(m: u32, t: u32) -> Params {
    Params::danger_weak(m, t, 1).unwrap()
}

fn hasher(live: Params) -> Hasher {
    let builder = Hasher::builder().params(live).workers(1).queue(1);
    builder.stored_ceiling(weak(19_456, 3)).build().unwrap()
}

fn code() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(b"0123456789ABCDEF".to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Computed with argon2-cffi 25.1.0: hash_secret_raw(b"0123456789ABCDEF", salt, t, m, 1, 32, Type.ID).
#[test]
fn known_answers() {
    let salt: [u8; 16] = core::array::from_fn(|place| u8::try_from(place * 0x11).unwrap());
    for (m, t, expected) in [
        (
            19_456,
            2,
            "e8d1c247658fe7e394bc0643ec739cab98005ac6046e782ce1ca1b54beeeddaf",
        ),
        (
            12_288,
            3,
            "efc703c27243f8df6c59d427ca3f3e5af8d65a11d9df924354ab92050d6d578f",
        ),
    ] {
        let hasher = hasher(weak(m, t));
        let made = hasher.stretch_blocking(code(), &hasher.stretching(salt));
        assert_eq!(hex(made.unwrap().as_slice()), expected, "m={m} t={t}");
    }
}

#[test]
fn text_is_canonical() {
    let how = hasher(weak(64, 2)).stretching([0xff; 16]);
    let text = how.to_string();
    assert_eq!(text, "$argon2id$v=19$m=64,t=2,p=1$/////////////////////w");
    assert_eq!(text.parse::<Stretching>().unwrap(), how);
    let longest = Stretching {
        params: Params::danger_weak(Params::MAX_M_KIB, Params::MAX_T, Params::MAX_P).unwrap(),
        salt: [0xff; 16],
    };
    assert_eq!(longest.to_string().len(), Stretching::MAX_LEN);
}

#[test]
fn malformed_texts_are_rejected() {
    let good = "$argon2id$v=19$m=64,t=2,p=1$/////////////////////w";
    assert!(good.parse::<Stretching>().is_ok(), "control");
    for bad in [
        "",
        "$",
        "argon2id$v=19$m=64,t=2,p=1$/////////////////////w",
        "$argon2i$v=19$m=64,t=2,p=1$/////////////////////w",
        "$argon2id$v=16$m=64,t=2,p=1$/////////////////////w",
        "$argon2id$m=64,t=2,p=1$/////////////////////w",
        "$argon2id$v=19$m=064,t=2,p=1$/////////////////////w",
        "$argon2id$v=19$t=2,m=64,p=1$/////////////////////w",
        "$argon2id$v=19$m=1048577,t=2,p=1$/////////////////////w",
        "$argon2id$v=19$m=64,t=65,p=1$/////////////////////w",
        "$argon2id$v=19$m=64,t=2,p=0$/////////////////////w",
        "$argon2id$v=19$m=64,t=2,p=1$",
        "$argon2id$v=19$m=64,t=2,p=1$////////////////////",
        "$argon2id$v=19$m=64,t=2,p=1$//////////////////////8",
        "$argon2id$v=19$m=64,t=2,p=1$/////////////////////x",
        "$argon2id$v=19$m=64,t=2,p=1$/////////////////////w==",
        "$argon2id$v=19$m=64,t=2,p=1$/////////////////////w$AAAA",
        "$argon2id$v=19$m=64,t=2,p=1$/////////////////////w ",
    ] {
        assert!(bad.parse::<Stretching>().is_err(), "{bad}");
    }
}

#[test]
fn salt_secret_and_parameters_change_it() {
    let hasher = hasher(weak(64, 2));
    let how = hasher.stretching([1; 16]);
    let made = hasher.stretch_blocking(code(), &how).unwrap();
    let other = Zeroizing::new(b"0123456789ABCDEG".to_vec());
    assert_ne!(hasher.stretch_blocking(other, &how).unwrap(), made);
    let salted = hasher.stretching([2; 16]);
    assert_ne!(hasher.stretch_blocking(code(), &salted).unwrap(), made);
    let raised = hasher.raised_to(weak(64, 3)).unwrap();
    let costlier = raised.stretching([1; 16]);
    assert_ne!(raised.stretch_blocking(code(), &costlier).unwrap(), made);
    // Earlier parameters still give the earlier bytes.
    assert_eq!(raised.stretch_blocking(code(), &how).unwrap(), made);
}

#[test]
fn busy_costly_and_closed_differ() {
    let hasher = hasher(weak(64, 2));
    let how = hasher.stretching([1; 16]);
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let job = move |_: &mut Memory| Ok(gate.recv().is_ok());
    let running = hasher.pool.submit(hasher.lane(), job).unwrap();
    let queued = hasher.stretch(code(), &how);
    let refused = hasher.stretch_blocking(code(), &how);
    assert_eq!(refused.err(), Some(HashError::Busy));
    drop(release);
    assert!(block_on(queued).is_ok());
    drop(running);

    let costly: Stretching = "$argon2id$v=19$m=65536,t=2,p=1$/////////////////////w"
        .parse()
        .unwrap();
    let refused = hasher.stretch_blocking(code(), &costly);
    let due = HashError::TooCostly {
        m_kib: 65_536,
        t: 2,
    };
    assert_eq!(refused.err(), Some(due));

    block_on(hasher.shut_down());
    let refused = hasher.stretch_blocking(code(), &how);
    assert_eq!(refused.err(), Some(HashError::Closed));
}

/// One tenant's codes leave room in the queue for the passwords of another.
#[test]
fn tenants_take_turns() {
    let builder = Hasher::builder().params(weak(64, 2)).workers(1).queue(3);
    let hasher = builder.build().unwrap();
    let (noord, zuid) = (
        hasher.owned_by(Owner::new("noord", "jan")),
        hasher.owned_by(Owner::new("zuid", "demo")),
    );
    let how = hasher.stretching([1; 16]);
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let (started, is_running) = std::sync::mpsc::channel();
    let job = move |_: &mut Memory| {
        started.send(()).unwrap();
        Ok(gate.recv().is_ok())
    };
    let running = hasher.pool.submit(noord.lane(), job).unwrap();
    is_running.recv().unwrap();
    let waiting = [(); 3].map(|()| noord.stretch(code(), &how));
    let mut refused = pin!(noord.stretch(code(), &how));
    let mut now = Context::from_waker(Waker::noop());
    let refused = refused.as_mut().poll(&mut now);
    assert!(
        matches!(refused, Poll::Ready(Err(HashError::Busy))),
        "noord has filled the queue"
    );
    let other = zuid.stretch(code(), &how);
    drop(release);
    for made in waiting {
        assert!(block_on(made).is_ok());
    }
    assert!(block_on(other).is_ok());
    drop(running);
}

/// A whole set takes one place in the queue.
#[test]
fn a_set_is_one_job() {
    let hasher = hasher(weak(64, 2));
    let how = hasher.stretching([1; 16]);
    let secrets: Vec<_> = (0..16).map(|n| Zeroizing::new(vec![n; 16])).collect();
    let before = hasher.computed();
    let made = block_on(hasher.stretch_all(secrets.clone(), &how)).unwrap();
    assert_eq!(hasher.computed() - before, 1);
    assert_eq!(made.len(), 16);
    for (secret, made) in secrets.iter().zip(&made) {
        let alone = hasher.stretch_blocking(secret.clone(), &how).unwrap();
        assert_eq!(*made, alone, "in the same order");
    }
    let more = vec![secrets[0].clone(); 17];
    let refused = block_on(hasher.stretch_all(more, &how));
    assert_eq!(refused.err(), Some(HashError::TooMany { limit: 16 }));
}

#[test]
fn memory_is_wiped_afterwards() {
    let terms = hasher(weak(64, 2)).terms.clone();
    let mut memory = Memory::reserve(64).unwrap();
    let how = Stretching {
        params: weak(64, 2),
        salt: [1; 16],
    };
    terms
        .stretch(&mut memory, &code(), &how, &mut [0; 32])
        .unwrap();
    assert!(!memory.is_blank(), "control");
    memory.wipe();
    assert!(memory.is_blank());
}

proptest! {
    /// Old sets, new sets and the decoy of an account without codes take the same work.
    #[test]
    fn cheaper_stretchings_cost_as_much(m in 8_u32..=64, t in 1_u32..=4) {
        let live = weak(64, 4);
        let terms = hasher(live).terms.clone();
        let mut memory = Memory::reserve(64).unwrap();
        let how = Stretching { params: weak(m, t), salt: [1; 16] };
        terms
        .stretch(&mut memory, &code(), &how, &mut [0; 32])
        .unwrap();
        let work = memory.filled();
        // Argon2 rounds memory down to whole segments, four blocks at most in each pass.
        let rounding = 4 * (4 + 4) + 8;
        prop_assert!(work <= live.work() && work + rounding >= live.work(), "{}", work);
    }
}
