//! Lifetimes and the moment of expiry.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use common::{NOW, SCOPE, SELECTOR, lifetime, reason, ring};
use slotwerk_reset::*;
use std::time::Duration;

#[test]
fn lifetimes_are_one_second_to_a_day() {
    use LifetimeError::*;
    let cases = [
        (Duration::ZERO, Err(Zero)),
        (Duration::from_nanos(1), Err(NotWholeSeconds)),
        (Duration::from_millis(999), Err(NotWholeSeconds)),
        (Duration::from_millis(1500), Err(NotWholeSeconds)),
        (
            Duration::from_secs(86400) + Duration::from_nanos(1),
            Err(TooLong),
        ),
        (Duration::from_secs(86401), Err(TooLong)),
        // One more than 32 bits can hold, and so on: nothing wraps around into range.
        (Duration::from_secs((1 << 32) + 1), Err(TooLong)),
        (Duration::MAX, Err(TooLong)),
    ];
    for (duration, expected) in cases {
        assert_eq!(Lifetime::new(duration), expected, "{duration:?}");
    }
    for seconds in [1, 1800, 86400] {
        let duration = Duration::from_secs(seconds);
        assert_eq!(Lifetime::new(duration).unwrap().as_duration(), duration);
    }
}

#[test]
fn a_token_is_dead_at_its_expiry() {
    let ring = ring();
    for seconds in [1, 3600, 86400] {
        let issued = issue(&ring, &SCOPE, NOW, lifetime(seconds), SELECTOR).unwrap();
        assert_eq!(issued.expires_at, NOW + seconds);
        let at = |now| reason(inspect(&ring, &SCOPE, issued.token.expose(), now));
        assert_eq!(at(NOW), None);
        assert_eq!(at(NOW + seconds - 1), None);
        assert_eq!(at(NOW + seconds), Some(Reason::Expired));
        assert_eq!(at(NOW + seconds + 1), Some(Reason::Expired));
        assert_eq!(at(u64::MAX), Some(Reason::Expired));
        // Inspecting used nothing up.
        assert_eq!(at(NOW), None);
    }
}

#[test]
fn an_expiry_beyond_the_field_is_an_error() {
    let last = (1u64 << 40) - 1;
    let issue_at = |now| issue(&ring(), &SCOPE, now, lifetime(60), SELECTOR);
    assert_eq!(issue_at(last - 60).unwrap().expires_at, last);
    for now in [
        last - 59,
        last,
        1 << 40,
        u64::MAX - 60,
        u64::MAX - 59,
        u64::MAX,
    ] {
        assert_eq!(
            issue_at(now).unwrap_err(),
            IssueError::ExpiryOutOfRange,
            "{now}"
        );
    }
    let credential = Credential {
        account: "a",
        version: 1,
    };
    let refused = issue_storeless(
        &ring(),
        &SCOPE,
        &credential,
        u64::MAX,
        lifetime(60),
        SELECTOR,
    );
    assert_eq!(refused.unwrap_err(), IssueError::ExpiryOutOfRange);
}
