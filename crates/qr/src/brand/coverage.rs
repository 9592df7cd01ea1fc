//! How much of what error correction can repair a square in the middle of a symbol takes up.
//!
//! Where each codeword lies and which block it belongs to is asked of the `qrcode` crate, which draws the
//! symbols, instead of being kept in tables here: it draws codewords that spell their own number.

use std::collections::BTreeSet;

use qrcode::bits::Bits;
use qrcode::canvas::{Canvas, Module};
use qrcode::{Color, EcLevel, Version, ec};

use crate::QrError;

/// The block that suffers most: how many of its codewords are covered, and how many can be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) covered: usize,
    pub(super) repairable: usize,
}

/// What a square of `side` modules in the middle covers.
pub(super) fn of_square(version: Version, level: EcLevel, side: usize) -> Result<Damage, QrError> {
    let blocks = Blocks::of(version, level)?;
    let width = usize::try_from(version.width()).map_err(|_| QrError::Encoder)?;
    let first = width.saturating_sub(side) / 2;
    let inside = first..first + side;
    let covered: BTreeSet<usize> = codewords_by_module(version, level, &blocks)
        .into_iter()
        .filter(|place| inside.contains(&place.x) && inside.contains(&place.y))
        .map(|place| place.codeword)
        .collect();
    let mut by_block = vec![0_usize; blocks.count];
    for codeword in covered {
        if let Some(hit) = by_block.get_mut(blocks.of_codeword(codeword)) {
            *hit += 1;
        }
    }
    Ok(Damage {
        covered: by_block.into_iter().max().unwrap_or_default(),
        repairable: blocks.repairable,
    })
}

/// How the codewords of a symbol are dealt out to blocks (ISO/IEC 18004:2015, 7.6).
#[derive(Debug, PartialEq, Eq)]
struct Blocks {
    count: usize,
    /// Codewords of data and of error correction, in all blocks together.
    data: usize,
    correction: usize,
    /// Wrong codewords that each block can repair.
    repairable: usize,
}

impl Blocks {
    fn of(version: Version, level: EcLevel) -> Result<Self, QrError> {
        let refused = |_| QrError::Encoder;
        let data = Bits::new(version).max_len(level).map_err(refused)? / 8;
        // One codeword that is not zero makes every codeword of error correction in its own block
        // something else than zero, and those lie as far apart as there are blocks.
        let mut probe = vec![0_u8; data];
        probe.iter_mut().take(1).for_each(|first| *first = 1);
        let (_, correction) = ec::construct_codewords(&probe, version, level).map_err(refused)?;
        let second = correction.iter().skip(1).position(|byte| *byte != 0);
        let count = second.map_or(correction.len(), |at| at + 1);
        let repairable = ec::max_allowed_errors(version, level).map_err(refused)? / count;
        Ok(Self {
            count,
            data,
            correction: correction.len(),
            repairable,
        })
    }

    /// Codewords are taken from the blocks in turn, first all of data; the last blocks may hold one more.
    fn of_codeword(&self, codeword: usize) -> usize {
        let in_turn = self.data - self.data % self.count;
        match codeword.checked_sub(self.data) {
            Some(correction) => correction % self.count,
            None if codeword < in_turn => codeword % self.count,
            None => self.count - (self.data - codeword),
        }
    }
}

struct Place {
    x: usize,
    y: usize,
    codeword: usize,
}

/// Each module of data or error correction, and its codeword.
fn codewords_by_module(version: Version, level: EcLevel, blocks: &Blocks) -> Vec<Place> {
    let all = blocks.data + blocks.correction;
    let mut empty = Canvas::new(version, level);
    empty.draw_all_functional_patterns();
    // One drawing for each binary digit of a codeword's number.
    let digits = usize::BITS - all.leading_zeros();
    let drawings: Vec<Canvas> = (0..digits)
        .map(|digit| {
            let mut canvas = empty.clone();
            let spelled: Vec<u8> = (0..all)
                .map(|number| if number >> digit & 1 == 1 { 0xff } else { 0 })
                .collect();
            canvas.draw_data(&spelled, &[]);
            canvas
        })
        .collect();
    let mut places = Vec::with_capacity(8 * all);
    for (y, cy) in (0..).zip(0..version.width()) {
        for (x, cx) in (0..).zip(0..version.width()) {
            let mut codeword = None;
            for (digit, canvas) in drawings.iter().enumerate() {
                if let Module::Unmasked(colour) = canvas.get(cx, cy) {
                    let bit = usize::from(colour == Color::Dark) << digit;
                    codeword = Some(codeword.unwrap_or(0) | bit);
                }
            }
            if let Some(codeword) = codeword {
                places.push(Place { x, y, codeword });
            }
        }
    }
    places
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;

    /// ISO/IEC 18004:2015, table 9: version, level, blocks, codewords of data and of correction, repairable.
    const TABLE_9: [(i16, EcLevel, [usize; 4]); 8] = [
        (1, EcLevel::H, [1, 9, 17, 8]),
        (3, EcLevel::Q, [2, 34, 36, 9]),
        (5, EcLevel::Q, [4, 62, 72, 9]),
        (7, EcLevel::H, [5, 66, 130, 13]),
        (10, EcLevel::H, [8, 122, 224, 14]),
        (15, EcLevel::Q, [12, 295, 360, 15]),
        (25, EcLevel::H, [35, 538, 1050, 15]),
        (40, EcLevel::Q, [68, 1666, 2040, 15]),
    ];

    #[test]
    fn blocks_are_those_of_the_standard() {
        for (version, level, [count, data, correction, repairable]) in TABLE_9 {
            let expected = Blocks {
                count,
                data,
                correction,
                repairable,
            };
            let blocks = Blocks::of(Version::Normal(version), level).unwrap();
            assert_eq!(blocks, expected, "{version}");
        }
    }

    #[test]
    fn every_codeword_has_eight_modules_and_a_block_of_its_own_size() {
        for (version, level, _) in TABLE_9 {
            let version = Version::Normal(version);
            let blocks = Blocks::of(version, level).unwrap();
            let all = blocks.data + blocks.correction;
            let mut modules = vec![0; all];
            for place in codewords_by_module(version, level, &blocks) {
                modules[place.codeword] += 1;
            }
            assert!(modules.iter().all(|count| *count == 8), "{version:?}");
            let mut sizes = vec![0; blocks.count];
            for codeword in 0..all {
                sizes[blocks.of_codeword(codeword)] += 1;
            }
            // Short blocks first, long ones last, by one codeword.
            let long = blocks.data % blocks.count;
            let short = all / blocks.count;
            assert!(
                sizes[..blocks.count - long]
                    .iter()
                    .all(|size| *size == short)
            );
            assert!(
                sizes[blocks.count - long..]
                    .iter()
                    .all(|size| *size == short + 1)
            );
        }
    }

    /// Which codewords belong together, seen in the codewords themselves: a change to one of data changes
    /// the correction of its own block only.
    #[test]
    fn a_change_of_data_stays_within_its_block() {
        for (version, level, _) in TABLE_9 {
            let version = Version::Normal(version);
            let blocks = Blocks::of(version, level).unwrap();
            for changed in (0..blocks.data).step_by(7) {
                let mut probe = vec![0; blocks.data];
                probe[changed] = 0x5a;
                let (data, correction) = ec::construct_codewords(&probe, version, level).unwrap();
                let at = data.iter().position(|byte| *byte != 0).unwrap();
                let touched: BTreeSet<usize> = (0..correction.len())
                    .filter(|at| correction[*at] != 0)
                    .map(|at| blocks.of_codeword(blocks.data + at))
                    .collect();
                assert_eq!(touched, BTreeSet::from([blocks.of_codeword(at)]));
            }
        }
    }

    #[test]
    fn a_larger_square_covers_more_and_the_whole_symbol_everything() {
        let (version, level) = (Version::Normal(7), EcLevel::H);
        let covered: Vec<usize> = [1, 5, 9, 13, 45]
            .map(|side| of_square(version, level, side).unwrap().covered)
            .to_vec();
        assert!(
            covered.is_sorted() && covered[1] < covered[3],
            "{covered:?}"
        );
        assert_eq!(covered[4], 40);
    }
}
