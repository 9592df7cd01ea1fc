//! From text to modules: the one place that talks to the encoder.
//!
//! Codewords, error correction and every module are the `qrcode` crate's. Ours are the cut into segments
//! and the choice of the mask: a mistake there could make a symbol larger or harder to read, not wrong.

use qrcode::bits::Bits;
use qrcode::canvas::Canvas;
use qrcode::optimize::{Segment, total_encoded_len};
use qrcode::{Color, EcLevel, Version, ec};
use zeroize::Zeroizing;

use crate::{Level, QrError, mask, segments};

/// The largest version of each group; within a group a segment costs the same bits.
const GROUPS: [(i16, i16); 3] = [(1, 9), (10, 26), (27, 40)];

/// What names UTF-8 to a scanner (AIM ECI assignment 26), and the bits that takes: a mode and one byte.
/// Without it bytes above 0x7f are ISO 8859-1 by the standard, and anybody's guess in practice.
const UTF_8: u32 = 26;
const UTF_8_BITS: usize = 12;

/// The modules row by row, 1 for dark and 0 for light, and how many make a row.
pub(crate) fn modules(data: &str, level: Level) -> Result<(Vec<u8>, usize), QrError> {
    let (version, segments) = smallest(data.as_bytes(), level)?;
    let (data, correction) = codewords(data.as_bytes(), version, level, segments)?;
    let width = modules_along(version)?;

    let mut canvas = Canvas::new(version, ec_level(level));
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    canvas.apply_mask(mask::best(&canvas, width, level));
    let modules = canvas
        .into_colors()
        .into_iter()
        .map(|colour| u8::from(colour == Color::Dark))
        .collect();
    Ok((modules, width))
}

/// How many modules make a row of the symbol that [`modules`] draws.
pub(crate) fn width(data: &str, level: Level) -> Result<usize, QrError> {
    let (version, _) = smallest(data.as_bytes(), level)?;
    modules_along(version)
}

fn modules_along(version: Version) -> Result<usize, QrError> {
    usize::try_from(version.width()).map_err(|_| QrError::Encoder)
}

/// The smallest version that holds the data, and how the data is cut to fit it.
fn smallest(data: &[u8], level: Level) -> Result<(Version, Vec<Segment>), QrError> {
    for (first, last) in GROUPS {
        let segments = segments::cheapest(data, Version::Normal(last));
        let charset = if data.is_ascii() { 0 } else { UTF_8_BITS };
        let needed = charset + total_encoded_len(&segments, Version::Normal(last));
        for version in (first..=last).map(Version::Normal) {
            let room = Bits::new(version).max_len(ec_level(level));
            if needed <= room.map_err(|_| QrError::Encoder)? {
                return Ok((version, segments));
            }
        }
    }
    Err(QrError::Encoder)
}

type Codewords = Zeroizing<Vec<u8>>;

/// Data and error correction, interleaved as they are drawn.
fn codewords(
    data: &[u8],
    version: Version,
    level: Level,
    segments: Vec<Segment>,
) -> Result<(Codewords, Codewords), QrError> {
    let refused = |_| QrError::Encoder;
    let mut bits = Bits::new(version);
    if !data.is_ascii() {
        bits.push_eci_designator(UTF_8).map_err(refused)?;
    }
    bits.push_segments(data, segments.into_iter())
        .map_err(refused)?;
    bits.push_terminator(ec_level(level)).map_err(refused)?;
    let bytes = Zeroizing::new(bits.into_bytes());
    let (data, correction) =
        ec::construct_codewords(&bytes, version, ec_level(level)).map_err(refused)?;
    Ok((Zeroizing::new(data), Zeroizing::new(correction)))
}

fn ec_level(level: Level) -> EcLevel {
    match level {
        Level::L => EcLevel::L,
        Level::M => EcLevel::M,
        Level::Q => EcLevel::Q,
        Level::H => EcLevel::H,
    }
}
