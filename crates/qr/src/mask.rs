//! Which of the eight masks a symbol gets: the one with the fewest penalty points (ISO/IEC 18004:2015,
//! 7.8.3), the first of them when several have as few.
//!
//! Rows and columns are kept as bits, so that one instruction looks at 64 modules. Where the standard
//! leaves room, this is how it is read here, and by the reference in `tests/mask.rs`:
//!
//! - the whole symbol is scored, with the format information of the mask in it;
//! - a pattern like a finder (1:1:3:1:1, in modules) counts once, whether the four light modules are
//!   before it, behind it or both; what lies outside of the symbol is light, as the quiet zone is;
//! - the share of dark modules counts in whole steps of 5 % away from a half.

use qrcode::canvas::{Canvas, MaskPattern, Module};
use zeroize::Zeroizing;

use crate::Level;
use crate::bits::Bits;

/// Penalty points, named as in the standard.
const N2: u32 = 3;
const N3: u32 = 40;
const N4: u32 = 10;

/// The best mask for what is drawn on `canvas`: functional patterns and data, not yet masked.
pub(crate) fn best(canvas: &Canvas, width: usize, level: Level) -> MaskPattern {
    match width {
        ..=64 => Drawn::<1>::read(canvas, width).best(level),
        65..=128 => Drawn::<2>::read(canvas, width).best(level),
        _ => Drawn::<3>::read(canvas, width).best(level),
    }
}

/// The lines of a symbol in one direction: its rows, or its columns.
type Lines<const W: usize> = Zeroizing<Vec<Bits<W>>>;

/// The symbol before masking, and which of its modules a mask turns, by rows and by columns.
struct Drawn<const W: usize> {
    width: usize,
    rows: Lines<W>,
    columns: Lines<W>,
    free_rows: Lines<W>,
    free_columns: Lines<W>,
}

impl<const W: usize> Drawn<W> {
    fn read(canvas: &Canvas, width: usize) -> Self {
        let empty = || Zeroizing::new(vec![Bits::NONE; width]);
        let mut drawn = Self {
            width,
            rows: empty(),
            columns: empty(),
            free_rows: empty(),
            free_columns: empty(),
        };
        for (y, cy) in (0..width).zip(0_i16..) {
            for (x, cx) in (0..width).zip(0_i16..) {
                let module = canvas.get(cx, cy);
                if module.is_dark() {
                    set(&mut drawn.rows, &mut drawn.columns, x, y);
                }
                // What is not masked yet, the few modules behind the last codeword among them.
                if !matches!(module, Module::Masked(_)) {
                    set(&mut drawn.free_rows, &mut drawn.free_columns, x, y);
                }
            }
        }
        drawn
    }

    fn best(&self, level: Level) -> MaskPattern {
        let mut best = (u32::MAX, MaskPattern::Checkerboard);
        for (number, mask) in (0_u32..).zip(&MASKS) {
            let penalty = self.penalty(mask, format_information(level, number));
            if penalty < best.0 {
                best = (penalty, mask.pattern);
            }
        }
        best.1
    }

    fn penalty(&self, mask: &Mask, format: u32) -> u32 {
        let mut rows = masked(&self.rows, &self.free_rows, &mask.rows);
        let mut columns = masked(&self.columns, &self.free_columns, &mask.columns);
        for (bit, places) in (0_usize..15).map(|bit| (bit, format_places(bit, self.width))) {
            if format >> bit & 1 == 1 {
                for (x, y) in places {
                    set(&mut rows, &mut columns, x, y);
                }
            }
        }
        runs_and_finders(&rows, self.width)
            + runs_and_finders(&columns, self.width)
            + blocks(&rows, self.width)
            + balance(&rows, self.width)
    }
}

/// The lines with those modules turned that the mask turns. Each mask repeats after twelve lines.
fn masked<const W: usize>(lines: &Lines<W>, free: &Lines<W>, mask: &[[u64; 3]; 12]) -> Lines<W> {
    let lines = lines.iter().zip(free.iter()).zip(mask.iter().cycle());
    Zeroizing::new(
        lines
            .map(|((line, free), mask)| *line ^ (*free & Bits::from_words(mask)))
            .collect(),
    )
}

fn set<const W: usize>(rows: &mut [Bits<W>], columns: &mut [Bits<W>], x: usize, y: usize) {
    if let (Some(row), Some(column)) = (rows.get_mut(y), columns.get_mut(x)) {
        row.set(x);
        column.set(y);
    }
}

/// N1 points for each run of five equal modules in a line and one for each module more; N3 points for
/// each pattern like a finder with four light modules on a side.
fn runs_and_finders<const W: usize>(lines: &[Bits<W>], width: usize) -> u32 {
    let pairs = Bits::first(width - 1);
    let mut points = 0;
    for &line in lines {
        // A bit for each module that equals the next one; four in a row are a run of five.
        let equal = !(line ^ (line >> 1)) & pairs;
        let two = equal & (equal >> 1);
        let fives = two & (two >> 2);
        // A run of n has n - 4 such bits and one start, which makes n - 2 points.
        let starts = fives & !(fives << 1);
        points += fives.count() + 2 * starts.count();

        let light = !line;
        let like_finder = line
            & (light >> 1)
            & (line >> 2)
            & (line >> 3)
            & (line >> 4)
            & (light >> 5)
            & (line >> 6);
        // Whether there is a dark one among the four modules before, and among the four behind.
        let before = (line << 1) | (line << 2) | (line << 3) | (line << 4);
        let behind = (line >> 7) | (line >> 8) | (line >> 9) | (line >> 10);
        points += N3 * (like_finder & !(before & behind)).count();
    }
    points
}

/// N2 points for each square of two by two equal modules.
fn blocks<const W: usize>(rows: &[Bits<W>], width: usize) -> u32 {
    let pairs = Bits::first(width - 1);
    let mut points = 0;
    for (&above, &below) in rows.iter().zip(rows.iter().skip(1)) {
        let mixed = (above ^ (above >> 1)) | (below ^ (below >> 1)) | (above ^ below);
        points += N2 * (!mixed & pairs).count();
    }
    points
}

/// N4 points for each whole step of 5 % that the share of dark modules is away from a half.
fn balance<const W: usize>(rows: &[Bits<W>], width: usize) -> u32 {
    let dark: usize = rows.iter().map(|row| row.count() as usize).sum();
    let all = width * width;
    let steps = (2 * dark).abs_diff(all) * 10 / all;
    N4 * u32::try_from(steps).unwrap_or(u32::MAX / N4)
}

/// The fifteen bits that name level and mask (ISO/IEC 18004:2015, 7.9.1).
fn format_information(level: Level, mask: u32) -> u32 {
    let level = match level {
        Level::L => 0b01,
        Level::M => 0b00,
        Level::Q => 0b11,
        Level::H => 0b10,
    };
    let data = level << 3 | mask;
    let mut rest = data << 10;
    for bit in (10..15).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= 0b101_0011_0111 << (bit - 10);
        }
    }
    (data << 10 | rest) ^ 0b101_0100_0001_0010
}

/// The two places, column and row, of a bit of the format information (figure 25).
fn format_places(bit: usize, width: usize) -> [(usize, usize); 2] {
    let by_the_corner = match bit {
        0..=5 => (8, bit),
        6 | 7 => (8, bit + 1),
        8 => (7, 8),
        _ => (14 - bit, 8),
    };
    let along_the_edges = match bit {
        0..=7 => (width - 1 - bit, 8),
        _ => (8, width + bit - 15),
    };
    [by_the_corner, along_the_edges]
}

/// One mask: a bit for each module that it turns, in the first twelve rows and the first twelve columns.
struct Mask {
    pattern: MaskPattern,
    rows: [[u64; 3]; 12],
    columns: [[u64; 3]; 12],
}

static MASKS: [Mask; 8] = [
    mask(MaskPattern::Checkerboard),
    mask(MaskPattern::HorizontalLines),
    mask(MaskPattern::VerticalLines),
    mask(MaskPattern::DiagonalLines),
    mask(MaskPattern::LargeCheckerboard),
    mask(MaskPattern::Fields),
    mask(MaskPattern::Diamonds),
    mask(MaskPattern::Meadow),
];

/// Whether a mask turns the module in row `i` and column `j` (ISO/IEC 18004:2015, table 10).
const fn turns(pattern: MaskPattern, i: u32, j: u32) -> bool {
    match pattern {
        MaskPattern::Checkerboard => (i + j).is_multiple_of(2),
        MaskPattern::HorizontalLines => i.is_multiple_of(2),
        MaskPattern::VerticalLines => j.is_multiple_of(3),
        MaskPattern::DiagonalLines => (i + j).is_multiple_of(3),
        MaskPattern::LargeCheckerboard => (i / 2 + j / 3).is_multiple_of(2),
        MaskPattern::Fields => i * j % 2 + i * j % 3 == 0,
        MaskPattern::Diamonds => (i * j % 2 + i * j % 3).is_multiple_of(2),
        MaskPattern::Meadow => ((i + j) % 2 + i * j % 3).is_multiple_of(2),
    }
}

const fn mask(pattern: MaskPattern) -> Mask {
    Mask {
        pattern,
        rows: lines(pattern, false),
        columns: lines(pattern, true),
    }
}

const fn lines(pattern: MaskPattern, columns: bool) -> [[u64; 3]; 12] {
    let mut all = [[0; 3]; 12];
    let mut rest: &mut [[u64; 3]] = &mut all;
    let mut number = 0;
    while let Some((line, behind)) = rest.split_first_mut() {
        let mut words: &mut [u64] = line;
        let mut at = 0;
        while let Some((word, more)) = words.split_first_mut() {
            let mut bit = 0;
            while bit < u64::BITS {
                let (i, j) = if columns { (at, number) } else { (number, at) };
                if turns(pattern, i, j) {
                    *word |= 1 << bit;
                }
                bit += 1;
                at += 1;
            }
            words = more;
        }
        number += 1;
        rest = behind;
    }
    all
}
