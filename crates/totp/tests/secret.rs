//! Secrets: sizes, Base32 in and out, and what they do not show.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use core::time::Duration;
use proptest::prelude::*;
use slotwerk_totp::{
    Algorithm, EnrolmentId, OtpauthUri, Parameters, ParametersError, PendingEnrolment, Secret,
    SecretError, code_at,
};

#[test]
fn only_16_to_64_bytes_are_a_secret() {
    for bytes in 0..=200 {
        let result = Secret::from_bytes(&vec![7; bytes]);
        match bytes {
            0..16 => assert_eq!(result.unwrap_err(), SecretError::TooShort { bytes }),
            16..=64 => assert_eq!(result.unwrap().expose().len(), bytes),
            _ => assert_eq!(result.unwrap_err(), SecretError::TooLong { bytes }),
        }
    }
}

#[test]
fn base32_is_read_as_people_copy_it() {
    // "abcdefghijklmnopqrst" and one byte more, which needs padding where padding is written.
    let plain = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOU";
    for text in [
        plain,
        "mfrggzdfmztwq2lknnwg23tpobyxe43uou",
        "MFRG GZDF MZTW Q2LK NNWG 23TP OBYX E43U OU",
        "mfrg-gzdf-mztw-q2lk-nnwg-23tp-obyx-e43u-ou",
        "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOU======",
        "  MFRGGZDFMZTWQ2LK\nNNWG23TPOBYXE43UOU== \u{a0}\r\n",
    ] {
        let secret = Secret::from_base32(text).unwrap();
        assert_eq!(secret.expose(), b"abcdefghijklmnopqrstu");
        assert_eq!(*secret.to_base32(), plain);
    }
}

#[test]
fn base32_that_is_none_is_refused() {
    let long = "A".repeat(257);
    let most = "A".repeat(256);
    for (text, error) in [
        ("", SecretError::TooShort { bytes: 0 }),
        ("====", SecretError::TooShort { bytes: 0 }),
        ("MFRGGZDFMZTWQ2LK", SecretError::TooShort { bytes: 10 }),
        // One symbol decodes to nothing, three and six leave bits over.
        ("A", SecretError::NotCanonical),
        (
            "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UA",
            SecretError::NotCanonical,
        ),
        (
            "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UAAA",
            SecretError::NotCanonical,
        ),
        (
            "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UAAAAAA",
            SecretError::NotCanonical,
        ),
        // Unused bits set: without the check this would be another spelling of "...t" and "u".
        (
            "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV",
            SecretError::NotCanonical,
        ),
        (
            "MFRG=GZDFMZTWQ2LKNNWG23TPOBYXE43U",
            SecretError::Symbol { position: 5 },
        ),
        (
            "MFRG0ZDFMZTWQ2LKNNWG23TPOBYXE43U",
            SecretError::Symbol { position: 5 },
        ),
        (
            "MFRG_GZDFMZTWQ2LKNNWG23TPOBYXE43U",
            SecretError::Symbol { position: 5 },
        ),
        (
            "MFRG\0GZDFMZTWQ2LKNNWG23TPOBYXE43U",
            SecretError::Symbol { position: 5 },
        ),
        (
            "ＭFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
            SecretError::Symbol { position: 1 },
        ),
        (
            "ſFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
            SecretError::Symbol { position: 1 },
        ),
        (&long, SecretError::TextTooLong { bytes: 257 }),
        (&most, SecretError::TooLong { bytes: 160 }),
    ] {
        assert_eq!(Secret::from_base32(text).unwrap_err(), error, "{text:?}");
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    let with = |digits, period| Parameters::new(Algorithm::Sha1, digits, period);
    for digits in 0..=u8::MAX {
        let result = with(digits, Duration::from_secs(30));
        match digits {
            6..=8 => assert_eq!(result.unwrap().digits(), digits),
            _ => assert_eq!(result.unwrap_err(), ParametersError::Digits { digits }),
        }
    }
    for seconds in (0..=200).chain([u64::MAX]) {
        let period = Duration::from_secs(seconds);
        match seconds {
            15..=120 => assert_eq!(with(6, period).unwrap().period(), period),
            _ => assert_eq!(
                with(6, period).unwrap_err(),
                ParametersError::Period { period }
            ),
        }
    }
    let period = Duration::from_millis(30_500);
    assert_eq!(
        with(6, period).unwrap_err(),
        ParametersError::Period { period }
    );
    assert_eq!(
        with(6, Duration::from_secs(30)).unwrap(),
        Parameters::ISSUED
    );
}

#[test]
fn nothing_printed_contains_the_secret_or_the_names() {
    let secret = Secret::from_bytes(b"abcdefghijklmnopqrst").unwrap();
    let uri = OtpauthUri::new(&secret, &Parameters::ISSUED, "Noord", "jan").unwrap();
    let parsed = OtpauthUri::parse(uri.expose()).unwrap();
    let mut printed = format!("{secret:?} {secret:#?} {uri:?} {uri:#?} {parsed:?} {parsed:#?}");
    let id = EnrolmentId::from_bytes([1; 16]);
    let lifetime = Duration::from_secs(60);
    let pending = PendingEnrolment::new(id, secret, Parameters::ISSUED, 0, lifetime).unwrap();
    printed += &format!("{pending:?} {pending:#?}");
    // Texts that hold it, too.
    let secret = pending.secret();
    printed += &format!("{:?} {:?}", secret.to_base32(), secret.to_grouped());
    let code = code_at(secret, &Parameters::ISSUED, 1);
    let printed_code = format!("{code:?}");
    assert!(!printed_code.contains(&*code), "{printed_code}");
    // Errors from texts with the secret in them: cut short, mangled, twice.
    for text in [
        "otpauth://totp/Noord:jan?secret=MFRGGZDFMZTWQ2LK",
        "otpauth://totp/Noord:jan?secret=MFRGGZDFMZTWQ2LK8",
        "otpauth://totp/Noord:jan?secretMFRGGZDFMZTWQ2LK=1",
        "otpauth://totp/Noord:jan?secret=MFRGGZDFMZTWQ2LK&secret=MFRGGZDFMZTWQ2LK",
        "otpauth://totp/Noord:jan?algorithm=MFRGGZDFMZTWQ2LK&secret=MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
    ] {
        let error = OtpauthUri::parse(text).unwrap_err();
        printed += &format!("{error} {error:?} {:?}", std::error::Error::source(&error));
    }
    for leak in ["MFRG", "mfrg", "abcd", "97, 98", "Noord", "jan"] {
        assert!(!printed.contains(leak), "{leak} in {printed}");
    }
}

#[cfg(feature = "rand")]
#[test]
fn generated_secrets_have_20_bytes_and_differ() {
    let (one, two) = (Secret::generate().unwrap(), Secret::generate().unwrap());
    assert_eq!(one.expose().len(), 20);
    assert_ne!(one.expose(), two.expose());
    assert_ne!(one.expose(), [0; 20]);
}

proptest! {
    #[test]
    fn base32_round_trips(bytes in prop::collection::vec(any::<u8>(), 16..=64)) {
        let secret = Secret::from_bytes(&bytes).unwrap();
        let (plain, grouped) = (secret.to_base32(), secret.to_grouped());
        prop_assert_eq!(plain.len(), (bytes.len() * 8).div_ceil(5));
        prop_assert!(grouped.split(' ').rev().skip(1).all(|group| group.len() == 4));
        prop_assert_eq!(grouped.replace(' ', ""), plain.as_str());
        for text in [plain, grouped] {
            let read = Secret::from_base32(&text.to_lowercase()).unwrap();
            prop_assert_eq!(read.expose(), &bytes[..]);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[A-Za-z2-7=\\- \\PC]{0,120}") {
        if let Ok(secret) = Secret::from_base32(&text) {
            let bare: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
            prop_assert!(*secret.to_base32() == bare.to_uppercase());
        }
    }

    #[test]
    fn entropy_is_used_as_it_is(entropy in any::<[u8; 20]>()) {
        let secret = Secret::from_entropy(&entropy);
        prop_assert_eq!(secret.expose(), &entropy[..]);
    }
}
