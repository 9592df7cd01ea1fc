//! Lifetimes and the moment of expiry.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use common::{NOW, PURPOSES, SCOPE, SELECTOR, id, key, lifetime, reason, ring};
use slotwerk_keys::KeyRing;
use slotwerk_reset::*;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn lifetimes_are_one_second_to_a_day() {
    use LifetimeError::*;
    let cases = [
        (Duration::ZERO, Err(Zero)),
        (Duration::from_nanos(1), Err(NotWholeSeconds)),
        (Duration::from_millis(999), Err(NotWholeSeconds)),
        (Duration::from_millis(1500), Err(NotWholeSeconds)),
        (DAY + Duration::from_nanos(1), Err(TooLong { limit: DAY })),
        (DAY + SECOND, Err(TooLong { limit: DAY })),
        (400 * DAY, Err(TooLong { limit: DAY })),
        // One more than 32 bits can hold, and so on: nothing wraps around into range.
        (
            Duration::from_secs((1 << 32) + 1),
            Err(TooLong { limit: DAY }),
        ),
        (Duration::MAX, Err(TooLong { limit: DAY })),
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
fn lasting_lifetimes_are_one_second_to_400_days() {
    use LifetimeError::*;
    let limit = 400 * DAY;
    let cases = [
        (Duration::ZERO, Err(Zero)),
        (Duration::from_millis(1500), Err(NotWholeSeconds)),
        (limit + Duration::from_nanos(1), Err(TooLong { limit })),
        (limit + SECOND, Err(TooLong { limit })),
        (Duration::from_secs((1 << 32) + 1), Err(TooLong { limit })),
        (Duration::MAX, Err(TooLong { limit })),
    ];
    for (duration, expected) in cases {
        assert_eq!(Lifetime::lasting(duration), expected, "{duration:?}");
    }
    for duration in [SECOND, DAY, DAY + SECOND, limit] {
        assert_eq!(Lifetime::lasting(duration).unwrap().as_duration(), duration);
    }
    assert_eq!(
        [DAY, limit].map(|limit| TooLong { limit }.to_string()),
        [
            "a token must not live longer than 24 hours",
            "a token must not live longer than 9600 hours"
        ]
    );
}

/// The longest lifetime of each purpose, as `FORMAT.md` has it.
fn longest(purpose: Purpose) -> Duration {
    match purpose.name() {
        "known-device" | "not-me" => 400 * DAY,
        "trusted-browser" => 30 * DAY,
        _ => DAY,
    }
}

#[test]
fn only_purposes_that_grant_nothing_may_last() {
    let ring = ring();
    let own = Purpose::new("invoice-link").unwrap();
    let day = Lifetime::lasting(DAY).unwrap();
    let credential = Credential {
        account: "a",
        epoch: 1,
    };
    let issue_both = |purpose, lifetime| {
        let scope = TokenScope::new(purpose, "tenant-a");
        let stored = issue(&ring, &scope, NOW, lifetime, SELECTOR).map(|it| it.expires_at);
        let storeless = issue_storeless(&ring, &scope, &credential, NOW, lifetime, SELECTOR);
        assert_eq!(stored, storeless.map(|it| it.expires_at));
        stored
    };
    for purpose in PURPOSES.into_iter().chain([own]) {
        let longest = longest(purpose);
        assert_eq!(purpose.may_last(), longest > DAY);
        assert_eq!(issue_both(purpose, day), Ok(NOW + 86_400));
        for duration in [DAY + SECOND, 30 * DAY, 30 * DAY + SECOND, 400 * DAY] {
            let lifetime = Lifetime::lasting(duration).unwrap();
            let expected = if duration <= longest {
                Ok(NOW + duration.as_secs())
            } else {
                Err(IssueError::LifetimeTooLong)
            };
            assert_eq!(issue_both(purpose, lifetime), expected, "{purpose:?}");
        }
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

/// Rotating keeps every token to its last second, and revoking kills it before that.
#[test]
fn a_retired_key_verifies_until_its_last_token_expires() {
    let old = || KeyRing::new(id(1), key(0x11));
    let credential = Credential {
        account: "a",
        epoch: 1,
    };
    // The last thing that the old key did.
    let stored = issue(&old(), &SCOPE, NOW, lifetime(86_400), SELECTOR).unwrap();
    let storeless = issue_storeless(&old(), &SCOPE, &credential, NOW, lifetime(86_400), SELECTOR);
    let storeless = storeless.unwrap();
    let both = |ring: &KeyRing, now| {
        let one = reason(inspect(ring, &SCOPE, stored.token.expose(), now));
        let text = storeless.token.expose();
        let other = reason(inspect_storeless(ring, &SCOPE, &credential, text, now));
        assert_eq!(one, other);
        one
    };
    // Rotated many times since.
    let mut ring = old();
    for next in 2..=9 {
        ring = ring.rotate(id(next), key(next as u8)).unwrap();
        for now in [NOW, NOW + 86_399] {
            assert_eq!(both(&ring, now), None);
        }
        assert_eq!(both(&ring, NOW + 86_400), Some(Reason::Expired));
    }
    let ring = ring.revoke(id(1)).unwrap();
    for now in [NOW, NOW + 86_399, NOW + 86_400] {
        assert_eq!(both(&ring, now), Some(Reason::RevokedKey));
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
        epoch: 1,
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

/// A token whose issuer's clock ran ahead is invalid until its expiry is one that a right clock could
/// have written.
#[test]
fn expiry_beyond_the_maximum_is_invalid() {
    let ring = ring();
    let credential = Credential {
        account: "a",
        epoch: 1,
    };
    let own = Purpose::new("invoice-link").unwrap();
    for purpose in PURPOSES.into_iter().chain([own]) {
        let scope = TokenScope::new(purpose, "tenant-a");
        let longest = longest(purpose).as_secs();
        let stored = |ahead| issue(&ring, &scope, NOW + ahead, lifetime(60), SELECTOR).unwrap();
        let storeless = |ahead| {
            let issued = issue_storeless(
                &ring,
                &scope,
                &credential,
                NOW + ahead,
                lifetime(60),
                SELECTOR,
            );
            issued.unwrap()
        };
        let seen = |ahead| {
            let one = reason(inspect(&ring, &scope, stored(ahead).token.expose(), NOW));
            let text = storeless(ahead).token;
            let other = inspect_storeless(&ring, &scope, &credential, text.expose(), NOW);
            assert_eq!(one, reason(other), "{purpose:?}, {ahead}");
            one
        };
        for ahead in [0, 1, 3600, longest - 60, longest] {
            assert_eq!(seen(ahead), None, "{purpose:?}, {ahead}");
        }
        for ahead in [
            longest + 1,
            longest + 3600,
            200 * 86_400,
            2000 * 86_400,
            1 << 39,
        ] {
            let expected = (ahead > longest).then_some(Reason::ExpiryTooFar);
            assert_eq!(seen(ahead), expected, "{purpose:?}, {ahead}");
        }
    }
}

/// The longest lifetime itself, and clocks that are a minute apart, are no sign of a wrong clock.
#[test]
fn longest_lifetime_a_minute_apart() {
    let ring = ring();
    for (purpose, longest) in [
        (Purpose::PASSWORD_RESET, Lifetime::new(DAY).unwrap()),
        (Purpose::KNOWN_DEVICE, Lifetime::lasting(400 * DAY).unwrap()),
        (
            Purpose::TRUSTED_BROWSER,
            Lifetime::lasting(30 * DAY).unwrap(),
        ),
    ] {
        let scope = TokenScope::new(purpose, "tenant-a");
        let token = issue(&ring, &scope, NOW, longest, SELECTOR).unwrap().token;
        let at = |now| reason(inspect(&ring, &scope, token.expose(), now));
        assert_eq!(at(NOW), None);
        assert_eq!(at(NOW - 60), None);
        assert_eq!(at(NOW - 61), Some(Reason::ExpiryTooFar));
        assert_eq!(at(0), Some(Reason::ExpiryTooFar));
    }
}

/// Nothing in the header counts before the tag: a forged expiry is a forgery, not a wrong clock.
#[test]
fn forged_far_expiry_is_a_forgery() {
    let ring = ring();
    let issued = issue(&ring, &SCOPE, NOW, lifetime(60), SELECTOR).unwrap();
    let mut bytes = Base64UrlUnpadded::decode_vec(issued.token.expose()).unwrap();
    bytes[3] = 0xff;
    let forged = Base64UrlUnpadded::encode_string(&bytes);
    assert_eq!(
        reason(inspect(&ring, &SCOPE, &forged, NOW)),
        Some(Reason::Forged)
    );
}
