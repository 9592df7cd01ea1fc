//! The futures, as a host on any runtime uses them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use futures_util::future::join_all;
use slotwerk_password::{
    BuildError, Builder, HashError, Hasher, Params, ParamsError, ParseError, Password,
    PasswordHash, TooLong, Verification,
};

const SALT: [u8; 16] = [3; 16];

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

fn hasher() -> Hasher {
    Hasher::builder()
        .workers(2)
        .queue(14)
        .clock(|| std::time::Duration::ZERO)
        .build()
        .unwrap()
}

#[test]
fn public_types_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<BuildError>();
    crosses::<Builder>();
    crosses::<HashError>();
    crosses::<Hasher>();
    crosses::<Params>();
    crosses::<ParamsError>();
    crosses::<ParseError>();
    crosses::<Password>();
    crosses::<PasswordHash>();
    crosses::<TooLong>();
    crosses::<Verification>();
    #[cfg(feature = "rand")]
    crosses::<slotwerk_password::EntropyError>();
}

#[test]
fn futures_borrow_nothing_and_move_between_threads() {
    fn moves<F: Future<Output: Send> + Send + 'static>(future: F) -> F::Output {
        thread::spawn(move || block_on(future)).join().unwrap()
    }
    let hasher = hasher();
    let stored = moves(hasher.hash(password("right"), SALT)).unwrap();
    let verifying = hasher.verify(password("right"), &stored, SALT);
    drop(stored);
    let decoy = hasher.verify_decoy(password("right"));
    drop(hasher);
    assert!(matches!(
        moves(verifying),
        Ok(Verification::Verified { .. })
    ));
    assert_eq!(moves(decoy), Ok(()));
}

#[test]
fn many_at_once_get_their_own_answers() {
    let hasher = hasher();
    let stored = hasher.hash_blocking(password("client 5"), SALT).unwrap();
    let verdicts = block_on(join_all((0..16).map(|number| {
        hasher.verify(password(&format!("client {number}")), &stored, SALT)
    })));
    let verified: Vec<_> = verdicts
        .into_iter()
        .map(|verdict| {
            matches!(
                verdict.unwrap(),
                Verification::Verified {
                    replacement: None,
                    ..
                }
            )
        })
        .collect();
    assert_eq!(
        verified,
        (0..16).map(|number| number == 5).collect::<Vec<_>>()
    );
    assert_eq!(hasher.in_flight(), 0);
}

#[test]
fn a_future_dropped_after_its_first_poll_leaves_the_pool_usable() {
    let hasher = hasher();
    for _ in 1..hasher.capacity() {
        let mut future = pin!(hasher.hash(password("abandoned"), SALT));
        let _ = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
    }
    let stored = hasher.hash_blocking(password("right"), SALT).unwrap();
    let verdict = hasher
        .verify_blocking(password("right"), &stored, SALT)
        .unwrap();
    assert!(matches!(verdict, Verification::Verified { .. }));
}

#[test]
fn the_same_input_gives_the_same_hash_and_another_salt_another() {
    let hasher = hasher();
    let hash = |text, salt| {
        hasher
            .hash_blocking(password(text), salt)
            .unwrap()
            .as_str()
            .to_owned()
    };
    assert_eq!(hash("p", SALT), hash("p", SALT));
    assert_ne!(hash("p", SALT), hash("p", [4; 16]));
    assert_ne!(hash("p", SALT), hash("P", SALT));
    assert!(hash("p", SALT).starts_with("$argon2id$v=19$m=19456,t=2,p=1$AwMDAwMDAwMDAwMDAwMDAw$"));
    // Nothing is cut off: the last of 4096 bytes counts.
    let long = "x".repeat(Password::MAX_BYTES - 1);
    assert_ne!(
        hash(&format!("{long}a"), SALT),
        hash(&format!("{long}b"), SALT)
    );
}

#[test]
fn a_raised_cost_replaces_old_hashes_and_a_lowered_one_does_not() {
    let (old, new) = (Params::default(), Params::new(24_576, 3, 1).unwrap());
    let build = |params| {
        Hasher::builder()
            .params(params)
            .workers(1)
            .stored_ceiling(new)
            .build()
            .unwrap()
    };
    let (before, after) = (build(old), build(new));
    let stored = before.hash_blocking(password("right"), SALT).unwrap();
    let verdict = after
        .verify_blocking(password("right"), &stored, [9; 16])
        .unwrap();
    let Verification::Verified {
        replacement: Some(fresh),
        ..
    } = verdict
    else {
        panic!("{verdict:?}");
    };
    assert!(fresh.as_str().contains("m=24576,t=3,p=1$CQkJ"));
    for hasher in [&before, &after] {
        let verdict = hasher
            .verify_blocking(password("right"), &fresh, SALT)
            .unwrap();
        assert!(matches!(
            verdict,
            Verification::Verified {
                replacement: None,
                ..
            }
        ));
    }
    let verdict = after
        .verify_blocking(password("wrong"), &stored, SALT)
        .unwrap();
    assert!(matches!(verdict, Verification::Rejected));
}

#[test]
fn no_error_or_debug_shows_a_password() {
    let hasher = Hasher::builder().workers(1).queue(0).build().unwrap();
    let secret = "a-secret-nobody-may-see";
    let stored = hasher.hash_blocking(password(secret), SALT).unwrap();
    let verdict = hasher
        .verify_blocking(password(secret), &stored, SALT)
        .unwrap();
    let shown = format!("{:?} {stored:?} {verdict:?} {hasher:?}", password(secret));
    assert!(
        !shown.contains(secret) && !shown.contains("AwMD"),
        "{shown}"
    );
    let too_long = Password::new(secret.repeat(200)).unwrap_err();
    assert!(!format!("{too_long} {too_long:?}").contains(secret));
}

/// The parameters of a stored hash have no floor. They are no way around the floor of new hashes.
#[test]
fn stored_parameters_make_no_new_hashes() {
    const END: &str = "AAECAwQFBgcICQoLDA0ODw$z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc";
    for costs in [
        "m=8,t=1,p=1",
        "m=4096,t=3,p=1",
        "m=19455,t=2,p=1",
        "m=47103,t=1,p=1",
        "m=65536,t=3,p=4",
        "m=19456,t=2,p=2",
    ] {
        let stored = PasswordHash::parse(&format!("$argon2id$v=19${costs}${END}")).unwrap();
        let params = stored.params().unwrap();
        let built = Hasher::builder().workers(1).params(params).build();
        assert!(matches!(built, Err(BuildError::NotApproved)), "{costs}");
        let ceiling = Params::new(65_536, 64, 1).unwrap();
        let hasher = Hasher::builder().workers(1).stored_ceiling(ceiling);
        let raised = hasher.build().unwrap().raised_to(params);
        assert!(raised.is_err(), "{costs}");
    }
}
