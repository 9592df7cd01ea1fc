//! Modules read back by rqrr, a decoder in Rust that shares nothing with the encoder.
//!
//! `tests/decode.rs` reads pictures, with other decoders; it needs programs besides Rust's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use proptest::prelude::*;
use rqrr::{DeQRError, Grid, SimpleGrid};
use slotwerk_qr::{Level, MAX_BYTES, Symbol};

const LEVELS: [Level; 4] = [Level::L, Level::M, Level::Q, Level::H];

/// What is read when the modules are wrong for which `wrong` says so.
fn read(symbol: &Symbol, wrong: impl Fn(usize, usize) -> bool) -> Result<String, DeQRError> {
    let grid = SimpleGrid::from_func(symbol.width(), |x, y| symbol.is_dark(x, y) != wrong(x, y));
    Grid::new(grid).decode().map(|(_, text)| text)
}

fn uri(length: usize) -> String {
    let uri = "otpauth://totp/Noord:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Noord&x=";
    uri.chars().cycle().take(length).collect()
}

#[test]
fn every_length_is_read_back_at_every_level() {
    for level in LEVELS {
        for length in (1..=MAX_BYTES).step_by(43) {
            let symbol = Symbol::encode(&uri(length), level).unwrap();
            assert_eq!(
                read(&symbol, |_, _| false).unwrap(),
                uri(length),
                "{level:?}"
            );
        }
    }
}

#[test]
fn too_much_damage_is_not_read_back() {
    for level in LEVELS {
        let symbol = Symbol::encode(&uri(100), level).unwrap();
        let half = symbol.width() / 2;
        let text = read(&symbol, |x, y| {
            (9..half + 9).contains(&x) && (9..half + 9).contains(&y)
        });
        assert_ne!(text.ok(), Some(uri(100)), "{level:?}");
    }
}

#[cfg(feature = "branded")]
mod branded {
    use slotwerk_qr::brand::{Brand, Logo, Rgb};

    use super::*;

    /// What a logo can be at worst: every module under its plate wrong. And half of what the level
    /// repairs is left, so that a plate of a larger symbol's size is read as well.
    #[test]
    fn a_symbol_is_read_back_with_every_module_under_the_logo_wrong() {
        let logo = Logo::from_rgba(1, 1, vec![0; 4]).unwrap();
        let brand = Brand::new(Rgb::BLACK, Rgb::WHITE).unwrap().with_logo(logo);
        for length in (1..=MAX_BYTES).step_by(43) {
            let branded = brand.encode(&uri(length)).unwrap();
            let symbol = branded.symbol();
            let (middle, plate) = (symbol.width() / 2, branded.plate_width());
            for side in [plate, plate + plate / 8] {
                let text = read(symbol, |x, y| {
                    2 * x.abs_diff(middle) <= side && 2 * y.abs_diff(middle) <= side
                });
                assert_eq!(text.unwrap(), uri(length));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_read_back(
        text in "([0-9]{0,40}|[A-Z$%*+./: -]{0,40}|[ -~]{0,60}|\\PC{0,40}){1,4}",
        level in 0_usize..4,
    ) {
        prop_assume!(!text.is_empty() && text.len() <= MAX_BYTES);
        let symbol = Symbol::encode(&text, LEVELS[level]).unwrap();
        prop_assert_eq!(read(&symbol, |_, _| false).unwrap(), text);
    }
}
