//! Symbols against those of another encoder, and the choice of the smallest size.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use proptest::prelude::*;
use qrcode::bits::Bits;
use qrcode::optimize::Segment;
use qrcode::types::Mode;
use qrcode::{EcLevel, QrCode, Version};
use slotwerk_qr::{Level, MAX_BYTES, QrError, Symbol};

fn rows(symbol: &Symbol) -> Vec<String> {
    let width = symbol.width();
    (0..width)
        .map(|y| {
            (0..width)
                .map(|x| if symbol.is_dark(x, y) { '#' } else { '.' })
                .collect()
        })
        .collect()
}

const LEVELS: [(Level, EcLevel); 4] = [
    (Level::L, EcLevel::L),
    (Level::M, EcLevel::M),
    (Level::Q, EcLevel::Q),
    (Level::H, EcLevel::H),
];

fn version_of(symbol: &Symbol) -> i16 {
    i16::try_from((symbol.width() - 17) / 4).unwrap()
}

fn can_write(data: &[u8], mode: Mode) -> bool {
    let all_in = |set: &[u8]| data.iter().all(|byte| set.contains(byte));
    match mode {
        Mode::Numeric => all_in(b"0123456789"),
        Mode::Alphanumeric => all_in(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"),
        _ => true,
    }
}

/// Whether the text fits, cut in the best of all ways.
fn fits(data: &[u8], version: i16, level: EcLevel) -> bool {
    let version = Version::Normal(version);
    let mut fewest = vec![0];
    for end in 1..=data.len() {
        let mut best = usize::MAX;
        for begin in 0..end {
            for mode in [Mode::Numeric, Mode::Alphanumeric, Mode::Byte] {
                if can_write(&data[begin..end], mode) {
                    let segment = Segment { mode, begin, end };
                    best = best.min(fewest[begin] + segment.encoded_len(version));
                }
            }
        }
        fewest.push(best);
    }
    // Beyond ASCII, UTF-8 is named first: a mode indicator and one byte.
    let charset = if data.is_ascii() { 0 } else { 12 };
    charset + fewest[data.len()] <= Bits::new(version).max_len(level).unwrap()
}

/// Each entry: level, text, and its symbol under each mask.
fn vectors() -> Vec<(Level, String, Vec<Vec<String>>)> {
    let mut out: Vec<(Level, String, Vec<Vec<String>>)> = Vec::new();
    for line in include_str!("vectors/symbols.txt").lines() {
        if line.starts_with("# ") {
            continue;
        } else if let Some(rest) = line.strip_prefix("symbol ") {
            let (level, text) = rest.split_once(' ').unwrap();
            let level = match level {
                "L" => Level::L,
                "M" => Level::M,
                "Q" => Level::Q,
                _ => Level::H,
            };
            out.push((level, text.to_owned(), Vec::new()));
        } else if line.starts_with("mask ") {
            out.last_mut().unwrap().2.push(Vec::new());
        } else {
            let symbol = out.last_mut().unwrap().2.last_mut().unwrap();
            symbol.push(line.to_owned());
        }
    }
    out
}

#[test]
fn the_symbol_is_the_one_of_another_encoder() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 3);
    for (level, text, masks) in vectors {
        assert_eq!(masks.len(), 8);
        let ours = rows(&Symbol::encode(&text, level).unwrap());
        let equal = masks.iter().filter(|theirs| **theirs == ours).count();
        assert_eq!(equal, 1, "{text}");
    }
}

/// The greedy cut of the qrcode crate makes one URI in ten a size larger, says the README.
#[test]
fn some_uris_make_a_smaller_symbol_than_the_greedy_cut() {
    let base32: Vec<char> = ('A'..='Z').chain('2'..='7').collect();
    let (mut all, mut smaller) = (0_usize, 0_usize);
    for secret in 0..25_usize {
        // Letters without order, the same at each run.
        let letters = (0..32).scan(1 + 37 * secret, |state, _| {
            *state = *state * 13 % 1009;
            Some(base32[*state % 32])
        });
        let secret: String = letters.collect();
        for length in 1..=40 {
            let account = "a".repeat(length);
            let uri = format!("otpauth://totp/Noord:{account}?secret={secret}&issuer=Noord");
            let ours = Symbol::encode(&uri, Level::M).unwrap();
            let greedy = QrCode::with_error_correction_level(&uri, EcLevel::M).unwrap();
            assert!(ours.width() <= greedy.width());
            all += 1;
            smaller += usize::from(ours.width() < greedy.width());
        }
    }
    assert!((all / 12..all / 8).contains(&smaller), "{smaller} of {all}");
}

#[test]
fn another_text_or_level_gives_another_symbol() {
    let (_, _, masks) = vectors().remove(0);
    for (text, level) in [("01234568", Level::M), ("01234567", Level::L)] {
        let other = rows(&Symbol::encode(text, level).unwrap());
        assert!(!masks.contains(&other), "{text}");
    }
}

#[test]
fn nothing_and_too_much_are_refused() {
    assert_eq!(Symbol::encode("", Level::M).unwrap_err(), QrError::Empty);
    let long = "é".repeat(MAX_BYTES / 2 + 1);
    assert_eq!(
        Symbol::encode(&long, Level::L).unwrap_err(),
        QrError::TooLong {
            bytes: MAX_BYTES + 2
        }
    );
    assert!(Symbol::encode(&"x".repeat(1 << 20), Level::L).is_err());
}

#[test]
fn the_longest_data_fits_at_every_level() {
    let longest = "é".repeat(MAX_BYTES / 2);
    for level in [Level::L, Level::M, Level::Q, Level::H] {
        assert!(Symbol::encode(&longest, level).is_ok(), "{level:?}");
    }
}

#[test]
fn debug_shows_no_module() {
    let symbol = Symbol::encode("SECRET", Level::M).unwrap();
    assert_eq!(
        format!("{symbol:?}"),
        "Symbol { width: 21, modules: \"redacted\" }"
    );
}

#[test]
fn errors_do_not_name_the_data() {
    let error = Symbol::encode(&"GEZDGNBV".repeat(200), Level::M).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("GEZD"));
}

#[test]
fn a_symbol_is_wiped_on_drop() {
    fn check<T: zeroize::ZeroizeOnDrop>() {}
    check::<Symbol>();
}

#[test]
fn public_types_are_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Symbol>();
    check::<Level>();
    check::<QrError>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No way to cut the text into runs fits one version smaller; and one does fit this version.
    #[test]
    fn the_symbol_is_the_smallest_that_fits(text in "([0-9]{1,40}|[A-Z2-7]{1,40}|[ -~é]{1,60}){1,4}", level in 0_usize..4) {
        let (ours, theirs) = LEVELS[level];
        let version = version_of(&Symbol::encode(&text, ours).unwrap());
        prop_assert!(fits(text.as_bytes(), version, theirs));
        prop_assert!(version == 1 || !fits(text.as_bytes(), version - 1, theirs));
        if text.is_ascii() {
            let greedy = QrCode::with_error_correction_level(&text, theirs).unwrap();
            prop_assert!(Version::Normal(version).width() <= greedy.version().width());
        }
    }

    #[test]
    fn any_text_within_bounds_encodes(text in any::<String>().prop_filter("empty", |t| !t.is_empty())) {
        prop_assume!(text.len() <= MAX_BYTES);
        prop_assert!(Symbol::encode(&text, Level::H).is_ok());
    }
}
