//! Whatever is not the token, spelled as it was issued, is refused, and refused alike.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use common::{NOW, SCOPE, hour, id, issued, key, reason, ring, selector_hash};
use proptest::prelude::*;
use slotwerk_keys::KeyRing;
use slotwerk_reset::*;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn try_token(presented: &str) -> Result<Verified, Refused> {
    inspect(&ring(), &SCOPE, presented, NOW)
}

#[test]
fn the_token_itself_is_verified() {
    let issued = issued(&ring());
    let verified = try_token(issued.token.expose()).unwrap();
    assert_eq!(selector_hash(&verified), issued.selector_hash);
    assert_eq!(verified.expires_at(), issued.expires_at);
    assert_eq!(verified.key_id(), id(2));
    assert_eq!(verified.purpose(), Purpose::PASSWORD_RESET);
}

#[test]
fn every_flipped_bit_of_the_bytes_is_refused() {
    let token = issued(&ring()).token;
    let bytes = Base64UrlUnpadded::decode_vec(token.expose()).unwrap();
    assert_eq!(bytes.len(), 56);
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refused = reason(try_token(&Base64UrlUnpadded::encode_string(&changed)));
        let expected = match bit / 8 {
            0 => Reason::Malformed,
            1 | 2 => Reason::UnknownKey,
            _ => Reason::Forged,
        };
        assert_eq!(refused, Some(expected), "bit {bit}");
    }
}

#[test]
fn every_flipped_bit_of_the_characters_is_refused() {
    let token = issued(&ring()).token;
    for at in 0..token.expose().len() {
        for bit in 0..7 {
            let mut changed = token.expose().as_bytes().to_vec();
            changed[at] ^= 1 << bit;
            assert!(
                try_token(std::str::from_utf8(&changed).unwrap()).is_err(),
                "{at}, bit {bit}"
            );
        }
    }
}

#[test]
fn every_other_character_at_every_place_is_refused() {
    let token = issued(&ring()).token;
    let original = token.expose();
    for at in 0..original.len() {
        for code in 0..128u8 {
            let with = char::from(code).to_string();
            if original[at..=at] != with {
                let mut changed = original.to_owned();
                changed.replace_range(at..=at, &with);
                assert!(try_token(&changed).is_err(), "{at} to {with:?}");
            }
        }
    }
}

/// The last character has two bits to spare: of the four that decode to the same bytes, one passes.
#[test]
fn only_one_spelling_passes() {
    let token = issued(&ring()).token;
    let (body, last) = token.expose().split_at(TOKEN_LENGTH - 1);
    let passing: Vec<String> = ALPHABET
        .iter()
        .map(|last| format!("{body}{}", char::from(*last)))
        .filter(|spelling| try_token(spelling).is_ok())
        .collect();
    assert_eq!(passing, [format!("{body}{last}")]);
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let token = issued(&ring()).token;
    let text = token.expose();
    for length in 0..text.len() {
        assert_eq!(reason(try_token(&text[..length])), Some(Reason::Malformed));
        assert_eq!(
            reason(try_token(&text[text.len() - length..])),
            Some(Reason::Malformed)
        );
    }
    for code in 0..=255u8 {
        let extra = char::from(code);
        assert_eq!(
            reason(try_token(&format!("{text}{extra}"))),
            Some(Reason::Malformed)
        );
        assert_eq!(
            reason(try_token(&format!("{extra}{text}"))),
            Some(Reason::Malformed)
        );
    }
}

/// The same for the other kind, which is read by the same code.
#[test]
fn a_storeless_token_is_refused_after_any_such_change() {
    let credential = Credential {
        account: "account-7",
        epoch: 3,
    };
    let issued = issue_storeless(&ring(), &SCOPE, &credential, NOW, hour(), [7; 16]).unwrap();
    let text = issued.token.expose();
    let try_it = |presented: &str| inspect_storeless(&ring(), &SCOPE, &credential, presented, NOW);
    assert!(try_it(text).is_ok());

    let bytes = Base64UrlUnpadded::decode_vec(text).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(try_it(&Base64UrlUnpadded::encode_string(&changed)).is_err());
    }
    for at in 0..text.len() {
        for code in 0..128u8 {
            let with = char::from(code).to_string();
            if text[at..=at] != with {
                let mut changed = text.to_owned();
                changed.replace_range(at..=at, &with);
                assert!(try_it(&changed).is_err(), "{at} to {with:?}");
            }
        }
        assert!(try_it(&text[..at]).is_err() && try_it(&text[at + 1..]).is_err());
    }
    for extra in (0..=255u8).map(char::from) {
        assert!(try_it(&format!("{text}{extra}")).is_err());
        assert!(try_it(&format!("{extra}{text}")).is_err());
    }
}

#[test]
fn long_input_is_refused_by_its_length() {
    for long in [
        "A".repeat(1 << 20),
        "\u{1f511}".repeat(1 << 18),
        issued(&ring()).token.expose().repeat(14_000),
    ] {
        assert!(long.len() > 1_000_000);
        assert_eq!(reason(try_token(&long)), Some(Reason::Malformed));
    }
}

#[test]
fn a_forger_with_another_key_is_refused() {
    // Both key ids of the ring, neither of its keys.
    for number in [1, 2] {
        let forger = KeyRing::new(id(number), key(0x99));
        let token = issued(&forger).token;
        assert_eq!(reason(try_token(token.expose())), Some(Reason::Forged));
    }
}

#[test]
fn only_the_named_key_is_tried() {
    // The ring holds the very key that made the token, under another id.
    let token = issued(&KeyRing::new(id(7), key(0x22))).token;
    assert_eq!(reason(try_token(token.expose())), Some(Reason::UnknownKey));
    let moved = KeyRing::new(id(1), key(0x22))
        .rotate(id(2), key(0x11))
        .unwrap();
    let token = issued(&ring()).token;
    assert_eq!(
        reason(inspect(&moved, &SCOPE, token.expose(), NOW)),
        Some(Reason::Forged)
    );
}

#[test]
fn a_retired_key_verifies_and_a_revoked_one_does_not() {
    let token = issued(&KeyRing::new(id(1), key(0x11))).token;
    assert_eq!(try_token(token.expose()).unwrap().key_id(), id(1));
    let revoked = ring().revoke(id(1)).unwrap();
    assert_eq!(
        reason(inspect(&revoked, &SCOPE, token.expose(), NOW)),
        Some(Reason::RevokedKey)
    );
}

/// An expired forgery is a forgery: nothing in the header is believed before the tag.
#[test]
fn expiry_is_judged_after_the_tag() {
    let issued = issued(&ring());
    let mut bytes = Base64UrlUnpadded::decode_vec(issued.token.expose()).unwrap();
    bytes[55] ^= 1;
    let forged = Base64UrlUnpadded::encode_string(&bytes);
    let late = issued.expires_at;
    assert_eq!(
        reason(inspect(&ring(), &SCOPE, &forged, late)),
        Some(Reason::Forged)
    );
    assert_eq!(
        reason(inspect(&ring(), &SCOPE, issued.token.expose(), late)),
        Some(Reason::Expired)
    );
    // Moving the expiry on does not help an expired token.
    let mut bytes = Base64UrlUnpadded::decode_vec(issued.token.expose()).unwrap();
    bytes[3] = 0xff;
    let forged = Base64UrlUnpadded::encode_string(&bytes);
    assert_eq!(
        reason(inspect(&ring(), &SCOPE, &forged, late)),
        Some(Reason::Forged)
    );
}

#[test]
fn refusals_read_alike() {
    let said: Vec<String> = [
        try_token(""),
        try_token(issued(&KeyRing::new(id(7), key(7))).token.expose()),
        try_token(issued(&KeyRing::new(id(2), key(7))).token.expose()),
        inspect(&ring(), &SCOPE, issued(&ring()).token.expose(), NOW + 3600),
        inspect(
            &ring().revoke(id(1)).unwrap(),
            &SCOPE,
            issued(&KeyRing::new(id(1), key(0x11))).token.expose(),
            NOW,
        ),
    ]
    .into_iter()
    .map(|result| result.unwrap_err().to_string())
    .collect();
    assert_eq!(said, ["the token is not valid"; 5]);
}

proptest! {
    #[test]
    fn random_text_is_refused(text in ".{0,100}", alike in "[A-Za-z0-9_-]{75}", start in "AQA[BC][A-Za-z0-9_-]{70}[AEIMQUYcgkosw048]") {
        prop_assert_eq!(reason(try_token(&text)), Some(Reason::Malformed));
        prop_assert!(try_token(&alike).is_err());
        prop_assert!(try_token(&start).is_err());
    }

    #[test]
    fn random_bytes_are_refused(mut bytes: [u8; 32], more: [u8; 24]) {
        let mut all = [1, 0, 2].to_vec();
        all.extend_from_slice(&more[3..]);
        all.append(&mut bytes.to_vec());
        bytes.fill(0);
        prop_assert_eq!(reason(try_token(&Base64UrlUnpadded::encode_string(&all))), Some(Reason::Forged));
    }

    #[test]
    fn what_is_issued_is_verified(selector: [u8; 16], now in 0..(1u64 << 40) - 3600, tenant in ".{0,60}") {
        let scope = TokenScope::new(Purpose::SIGN_IN, &tenant);
        let issued = issue(&ring(), &scope, now, hour(), selector).unwrap();
        let text = issued.token.expose();
        prop_assert_eq!(text.len(), TOKEN_LENGTH);
        prop_assert!(text.as_bytes()[TOKEN_LENGTH - 1].is_ascii_alphanumeric());
        let verified = inspect(&ring(), &scope, text, now).unwrap();
        prop_assert_eq!(selector_hash(&verified), issued.selector_hash);
        prop_assert_eq!(verified.expires_at(), now + 3600);
        prop_assert_eq!(reason(inspect(&ring(), &scope, text, now + 3600)), Some(Reason::Expired));
    }
}
