//! Symbols against those of another encoder, and the choice of the smallest size.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use proptest::prelude::*;
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

    /// One version smaller does not hold the data.
    #[test]
    fn the_symbol_is_the_smallest_that_fits(text in "[ -~]{1,300}", level in 0_usize..4) {
        let (ours, theirs) = [
            (Level::L, EcLevel::L),
            (Level::M, EcLevel::M),
            (Level::Q, EcLevel::Q),
            (Level::H, EcLevel::H),
        ][level];
        let symbol = Symbol::encode(&text, ours).unwrap();
        let version = i16::try_from((symbol.width() - 17) / 4).unwrap();
        prop_assert!(QrCode::with_version(&text, Version::Normal(version), theirs).is_ok());
        if version > 1 {
            let smaller = QrCode::with_version(&text, Version::Normal(version - 1), theirs);
            prop_assert!(smaller.is_err());
        }
    }

    #[test]
    fn any_text_within_bounds_encodes(text in any::<String>().prop_filter("empty", |t| !t.is_empty())) {
        prop_assume!(text.len() <= MAX_BYTES);
        prop_assert!(Symbol::encode(&text, Level::H).is_ok());
    }
}
