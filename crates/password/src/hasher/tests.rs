//! The service over a saturated pool, and its limits.

use std::sync::mpsc;

use futures_util::FutureExt;

use super::*;
use crate::BuildError;

const SALT: [u8; 16] = [1; 16];

fn weak(m: u32, t: u32) -> Params {
    Params::danger_weak(m, t, 1).unwrap()
}

fn hasher(workers: usize, queue: usize) -> Hasher {
    Hasher::builder()
        .params(weak(32, 2))
        .workers(workers)
        .queue(queue)
        .build()
        .unwrap()
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

/// Occupies one worker until the returned sender is dropped.
fn hold(hasher: &Hasher) -> mpsc::Sender<()> {
    let (release, gate) = mpsc::channel::<()>();
    // Its receiver must stay for the job not to be skipped.
    let held = hasher
        .pool
        .submit(&"".into(), move |_| Ok(gate.recv().is_ok()))
        .unwrap();
    std::mem::forget(held);
    release
}

#[test]
fn every_call_is_busy_when_saturated() {
    let hasher = hasher(1, 1);
    let stored = hasher.hash_blocking(password("right"), SALT).unwrap();
    let release = hold(&hasher);
    let queued = hasher.verify(password("right"), &stored, SALT);
    assert_eq!((hasher.in_flight(), hasher.capacity()), (2, 2));
    // Asked once, without waiting: the refusal is there at once. Then the twins that would wait.
    let busy = Some(Some(HashError::Busy));
    let now = hasher.hash(password("x"), SALT).now_or_never();
    assert_eq!(now.map(Result::err), busy);
    let now = hasher.verify(password("x"), &stored, SALT).now_or_never();
    assert_eq!(now.map(Result::err), busy);
    let now = hasher.verify_decoy(password("x")).now_or_never();
    assert_eq!(now.map(Result::err), busy);
    let refused = hasher.hash_blocking(password("x"), SALT);
    assert_eq!(refused.err(), Some(HashError::Busy));
    let refused = hasher.verify_blocking(password("x"), &stored, SALT);
    assert_eq!(refused.err(), Some(HashError::Busy));
    let refused = hasher.verify_decoy_blocking(password("x"));
    assert_eq!(refused, Err(HashError::Busy));
    drop(release);
    assert!(matches!(
        block_on(queued),
        Ok(Verification::Verified { replacement: None })
    ));
    assert!(hasher.hash_blocking(password("x"), SALT).is_ok());
    assert_eq!(hasher.in_flight(), 0);
}

#[test]
fn dropped_futures_leave_the_pool_usable() {
    let hasher = hasher(1, 9);
    let release = hold(&hasher);
    for _ in 0..8 {
        drop(hasher.hash(password("abandoned"), SALT));
    }
    let work_done = hasher
        .pool
        .submit(&"".into(), |memory| Ok(memory.filled()))
        .unwrap();
    drop(release);
    assert_eq!(block_on(work_done), Ok(Ok(0)));
    assert_eq!(hasher.in_flight(), 0);
    assert!(hasher.hash_blocking(password("x"), SALT).is_ok());
}

#[test]
fn a_future_outlives_the_hasher() {
    let hasher = hasher(1, 4);
    let release = hold(&hasher);
    let pending = hasher.hash(password("right"), SALT);
    drop(hasher);
    drop(release);
    assert!(block_on(pending).is_ok());
}

#[test]
fn a_stored_hash_above_the_ceiling_is_refused_before_it_is_queued() {
    let hasher = Hasher::builder()
        .params(weak(64, 2))
        .workers(1)
        .stored_ceiling(weak(128, 3))
        .build()
        .unwrap();
    let asks = |m, t| {
        let stored = PasswordHash::assemble(weak(m, t), &SALT, &[0; 32]).unwrap();
        hasher.verify(password("x"), &stored, SALT)
    };
    for (m, t) in [(128, 3), (64, 6), (8, 48), (128, 1)] {
        assert!(
            matches!(block_on(asks(m, t)), Ok(Verification::Rejected)),
            "{m} {t}"
        );
    }
    let release = hold(&hasher);
    for (m, t) in [(129, 1), (128, 4), (8, 49), (Params::MAX_M_KIB, 64)] {
        let refused = asks(m, t).now_or_never().map(Result::err);
        assert_eq!(refused, Some(Some(HashError::TooCostly { m_kib: m, t })));
        assert_eq!(hasher.in_flight(), 1);
    }
    drop(release);
}

#[test]
fn without_a_ceiling_four_times_the_passes_are_allowed() {
    let hasher = hasher(1, 1);
    let asks = |m, t| {
        let stored = PasswordHash::assemble(weak(m, t), &SALT, &[0; 32]).unwrap();
        hasher.verify_blocking(password("x"), &stored, SALT).err()
    };
    assert_eq!(asks(32, 8), None);
    assert_eq!(asks(32, 9), Some(HashError::TooCostly { m_kib: 32, t: 9 }));
    assert_eq!(asks(33, 1), Some(HashError::TooCostly { m_kib: 33, t: 1 }));
}

#[test]
fn numbers_out_of_range_do_not_build() {
    let builder = || Hasher::builder().params(weak(8, 1));
    assert!(matches!(
        builder().workers(0).build(),
        Err(BuildError::Workers(0))
    ));
    assert!(matches!(
        builder().workers(257).build(),
        Err(BuildError::Workers(257))
    ));
    assert!(matches!(
        builder().queue(16_385).build(),
        Err(BuildError::Queue(16_385))
    ));
    assert!(matches!(
        builder()
            .params(weak(64, 2))
            .stored_ceiling(weak(63, 64))
            .build(),
        Err(BuildError::CeilingBelowParams)
    ));
    assert!(matches!(
        builder()
            .params(weak(64, 2))
            .stored_ceiling(weak(100, 1))
            .build(),
        Err(BuildError::CeilingBelowParams)
    ));
    assert!(builder().workers(1).queue(0).build().is_ok());
}

#[test]
fn debug_says_the_limits_and_no_more() {
    let debug = format!("{:?}", hasher(1, 3));
    assert!(
        debug.contains("m_kib: 32") && debug.contains("capacity: 4"),
        "{debug}"
    );
}

#[test]
fn clones_share_one_pool() {
    let first = hasher(1, 0);
    let second = first.clone();
    let release = hold(&first);
    let now = second.hash(password("x"), SALT).now_or_never();
    assert_eq!(now.map(Result::err), Some(Some(HashError::Busy)));
    drop(release);
}

#[test]
fn after_a_shutdown_every_clone_says_so() {
    let first = hasher(1, 2);
    let second = first.clone().owned_by(Owner::new("tenant", "account"));
    let stored = first.hash_blocking(password("right"), SALT).unwrap();
    block_on(first.shut_down());
    let closed = Some(HashError::Closed);
    assert_eq!(second.hash_blocking(password("x"), SALT).err(), closed);
    assert_eq!(
        second
            .verify_blocking(password("right"), &stored, SALT)
            .err(),
        closed
    );
    assert_eq!(second.verify_decoy_blocking(password("x")).err(), closed);
    block_on(second.shut_down());
}

#[test]
fn the_deadline_is_that_of_the_builder() {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    let now = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&now);
    let hasher = Hasher::builder()
        .params(weak(32, 1))
        .workers(1)
        .deadline(Duration::from_millis(20))
        .clock(move || Duration::from_millis(read.load(Ordering::SeqCst)))
        .build()
        .unwrap();
    let release = hold(&hasher);
    let late = hasher.hash(password("x"), SALT);
    now.store(1, Ordering::SeqCst);
    let in_time = hasher.hash(password("x"), SALT);
    now.store(21, Ordering::SeqCst);
    drop(release);
    assert_eq!(block_on(late).err(), Some(HashError::Busy));
    assert!(block_on(in_time).is_ok());
    for refused in [
        Duration::ZERO,
        Duration::from_micros(999),
        Duration::from_millis(60_001),
    ] {
        let built = Hasher::builder()
            .params(weak(8, 1))
            .deadline(refused)
            .build();
        assert!(matches!(built, Err(BuildError::Deadline(_))), "{refused:?}");
    }
}

#[test]
fn parameters_are_raised_and_never_lowered() {
    let hasher = Hasher::builder()
        .params(weak(64, 2))
        .workers(1)
        .stored_ceiling(weak(128, 4))
        .build()
        .unwrap();
    for (m, t) in [(64, 2), (64, 3), (128, 1), (128, 4), (65, 2)] {
        let raised = hasher.raised_to(weak(m, t)).unwrap();
        assert_eq!(raised.params(), weak(m, t));
        let stored = raised.hash_blocking(password("right"), SALT).unwrap();
        assert_eq!(stored.params(), Some(weak(m, t)));
        let verdict = hasher.verify_blocking(password("right"), &stored, SALT);
        assert!(matches!(
            verdict,
            Ok(Verification::Verified { replacement: None })
        ));
    }
    for (m, t) in [(63, 4), (64, 1), (127, 1), (8, 64)] {
        let refused = hasher.raised_to(weak(m, t)).map(|raised| raised.params());
        assert!(
            matches!(
                refused,
                Err(RaiseError::Lower {
                    floor_kib: 64,
                    floor_t: 2,
                    ..
                })
            ),
            "{m} {t}"
        );
    }
    for (m, t) in [(129, 3), (128, 5), (64, 9)] {
        let refused = hasher.raised_to(weak(m, t)).map(|raised| raised.params());
        assert!(
            matches!(refused, Err(RaiseError::AboveCeiling { .. })),
            "{m} {t}"
        );
    }
    let strict = hasher.raised_to(weak(128, 2)).unwrap();
    assert!(strict.raised_to(weak(64, 4)).is_err());
    // The older hash is replaced at the tenant's cost, and a decoy costs as much.
    let old = hasher.hash_blocking(password("right"), SALT).unwrap();
    let verdict = strict
        .verify_blocking(password("right"), &old, SALT)
        .unwrap();
    let Verification::Verified {
        replacement: Some(fresh),
    } = verdict
    else {
        panic!("{verdict:?}");
    };
    assert_eq!(fresh.params(), Some(weak(128, 2)));
    assert_eq!(hasher.memory_kib(), 128);
}

#[test]
fn the_people_of_one_tenant_are_not_kept_out_by_a_crowd_at_another() {
    let hasher = hasher(1, 4);
    let release = hold(&hasher);
    let of = |tenant: &str, account: &str| hasher.owned_by(Owner::new(tenant, account));
    let crowd: Vec<_> = (0..4)
        .map(|number| of("crowd", &number.to_string()).hash(password("x"), SALT))
        .collect();
    assert!(!of("crowd", "one more").has_room());
    let refused = of("crowd", "one more").hash_blocking(password("x"), SALT);
    assert_eq!(refused.err(), Some(HashError::Busy));
    assert!(of("other", "guest").has_room());
    let guest = of("other", "guest").verify_decoy(password("x"));
    drop(release);
    assert_eq!(block_on(guest), Ok(()));
    assert!(crowd.into_iter().all(|job| block_on(job).is_ok()));
}
