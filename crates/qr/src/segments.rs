//! How text is cut into runs of digits, of upper-case letters and of bytes, so that it takes the fewest
//! bits (ISO/IEC 18004:2015, 7.4).
//!
//! The `qrcode` crate merges neighbours from left to right, which for one otpauth URI in ten takes so many
//! bits more that the symbol is a size larger. It also takes pairs of bytes above 0x80 for Shift JIS,
//! which garbles UTF-8; that mode is never chosen here.

use qrcode::optimize::Segment;
use qrcode::types::{Mode, Version};

const MODES: [Mode; 3] = [Mode::Byte, Mode::Alphanumeric, Mode::Numeric];

/// Costs are counted in sixths of a bit: a digit takes 10/3 of a bit, a letter 11/2.
const BIT: usize = 6;

const NEVER: usize = usize::MAX / 2;

/// The cheapest segments for `data` in a symbol of `version`.
///
/// For each byte, and for each mode that may be open behind it, it is noted in which mode the byte is
/// written at the least cost; the way back from the end gives the modes.
pub(crate) fn cheapest(data: &[u8], version: Version) -> Vec<Segment> {
    let headers =
        MODES.map(|mode| BIT * (version.mode_bits_count() + mode.length_bits_count(version)));
    let mut costs = headers;
    let mut steps: Vec<[usize; 3]> = Vec::with_capacity(data.len());
    for &byte in data {
        let mut written = costs;
        for (cost, mode) in written.iter_mut().zip(MODES) {
            *cost = cost.saturating_add(cost_of(byte, mode)).min(NEVER);
        }
        let mut step = [0, 1, 2];
        for (to, ((cost, from), header)) in costs.iter_mut().zip(&mut step).zip(headers).enumerate()
        {
            *cost = NEVER;
            for (candidate, &stay) in written.iter().enumerate() {
                let change = whole_bits(stay) + header;
                let total = if candidate == to { stay } else { change };
                if total < *cost {
                    (*cost, *from) = (total, candidate);
                }
            }
        }
        steps.push(step);
    }
    let end = (0_usize..)
        .zip(costs.map(whole_bits))
        .min_by_key(|end| end.1);
    way_back(&steps, end.map_or(0, |(mode, _)| mode))
}

/// Follows the steps from the last byte to the first, and joins equal modes.
fn way_back(steps: &[[usize; 3]], last: usize) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut at = last;
    for (begin, step) in steps.iter().enumerate().rev() {
        at = step.get(at).copied().unwrap_or_default();
        let mode = MODES.get(at).copied().unwrap_or(Mode::Byte);
        match segments.last_mut() {
            Some(segment) if segment.mode == mode => segment.begin = begin,
            _ => segments.push(Segment {
                mode,
                begin,
                end: begin + 1,
            }),
        }
    }
    segments.reverse();
    segments
}

fn cost_of(byte: u8, mode: Mode) -> usize {
    match (mode, byte) {
        (Mode::Numeric, b'0'..=b'9') => 10 * BIT / 3,
        (Mode::Alphanumeric, b'0'..=b'9' | b'A'..=b'Z')
        | (Mode::Alphanumeric, b' ' | b'$' | b'%' | b'*' | b'+' | b'-' | b'.' | b'/' | b':') => {
            11 * BIT / 2
        }
        (Mode::Byte, _) => 8 * BIT,
        _ => NEVER,
    }
}

fn whole_bits(cost: usize) -> usize {
    cost.next_multiple_of(BIT)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::expect_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qrcode::optimize::{Parser, total_encoded_len};

    fn can_write(data: &[u8], mode: Mode) -> bool {
        let of = |set: &[u8]| data.iter().all(|byte| set.contains(byte));
        match mode {
            Mode::Numeric => of(b"0123456789"),
            Mode::Alphanumeric => of(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"),
            Mode::Byte => true,
            Mode::Kanji => false,
        }
    }

    /// Every way to cut the text, by the crate's own count of bits.
    fn fewest_bits(data: &[u8], version: Version) -> usize {
        let mut best = vec![0];
        for end in 1..=data.len() {
            let mut fewest = usize::MAX;
            for begin in 0..end {
                for mode in MODES {
                    if can_write(&data[begin..end], mode) {
                        let last = Segment { mode, begin, end };
                        fewest = fewest.min(best[begin] + last.encoded_len(version));
                    }
                }
            }
            best.push(fewest);
        }
        best[data.len()]
    }

    proptest! {
        #[test]
        fn no_other_cut_takes_fewer_bits(
            text in "([0-9]{0,9}|[A-Z:]{0,9}|[a-z]{0,3}|[ -~é]{0,4}){1,8}",
            version in prop::sample::select(vec![9_i16, 26, 40]),
        ) {
            let (data, version) = (text.as_bytes(), Version::Normal(version));
            let segments = cheapest(data, version);
            let mut at = 0;
            for segment in &segments {
                prop_assert_eq!(segment.begin, at);
                prop_assert!(segment.begin < segment.end);
                prop_assert!(can_write(&data[segment.begin..segment.end], segment.mode));
                at = segment.end;
            }
            prop_assert_eq!(at, data.len());
            let bits = total_encoded_len(&segments, version);
            prop_assert_eq!(bits, fewest_bits(data, version));
        }
    }

    #[test]
    fn the_greedy_cut_takes_more() {
        let version = Version::Normal(9);
        let uri = b"otpauth://totp/N:a?secret=K3PDG4NBVGYKTQ6JQGE5DGNBVGYHTQOJ2&issuer=N";
        let ours = total_encoded_len(&cheapest(uri, version), version);
        let greedy: Vec<Segment> = Parser::new(uri).optimize(version).collect();
        let greedy = total_encoded_len(&greedy, version);
        assert!(ours + 12 <= greedy, "{ours} against {greedy}");
    }
}
