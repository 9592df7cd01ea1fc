//! Uniform integers from random bytes, and the bound on the work that is done with them.

use super::GenerateError;
use zeroize::Zeroizing;

/// Bytes are asked for in blocks of this size.
const BLOCK: usize = 64;

/// What one call may spend: 1 for each byte, 8 for each character that is judged, more for an estimate
/// of strength. The whole of it takes a few tenths of a second.
const BUDGET: u64 = 1 << 26;

/// Random bytes on their way to characters.
pub(super) struct Source<'a> {
    fill: &'a mut dyn FnMut(&mut [u8]) -> Result<(), GenerateError>,
    block: Zeroizing<[u8; BLOCK]>,
    used: usize,
    budget: u64,
}

impl<'a> Source<'a> {
    pub(super) fn new(fill: &'a mut dyn FnMut(&mut [u8]) -> Result<(), GenerateError>) -> Self {
        Self {
            fill,
            block: Zeroizing::new([0; BLOCK]),
            used: BLOCK,
            budget: BUDGET,
        }
    }

    /// Pays for work. The bound is on all of it, not on the tries only, because tries differ in length.
    pub(super) fn charge(&mut self, work: u64) -> Result<(), GenerateError> {
        self.budget = self
            .budget
            .checked_sub(work)
            .ok_or(GenerateError::NoneFound)?;
        Ok(())
    }

    /// An integer below `end`, each with the same probability; 0 if `end` is 0.
    ///
    /// As many bits are drawn as hold all of them, in whole bytes, and drawn again if they are too many.
    /// Folding those back by a remainder would favour the small ones.
    pub(super) fn below(&mut self, end: u64) -> Result<u64, GenerateError> {
        let Some(greatest) = end.checked_sub(1) else {
            return Ok(0);
        };
        let zeros = greatest.leading_zeros();
        let mask = u64::MAX.checked_shr(zeros).unwrap_or(0);
        loop {
            let mut drawn = 0_u64;
            for _ in 0..(64 - zeros).div_ceil(8) {
                drawn = drawn << 8 | u64::from(self.byte()?);
            }
            if drawn & mask < end {
                return Ok(drawn & mask);
            }
        }
    }

    /// One of `items`, each with the same probability.
    pub(super) fn one_of<T: Copy>(&mut self, items: &[T]) -> Result<T, GenerateError> {
        let index = self.below(items.len() as u64)?;
        let item = items.get(usize::try_from(index).unwrap_or(usize::MAX));
        item.copied().ok_or(GenerateError::TooLittle)
    }

    fn byte(&mut self) -> Result<u8, GenerateError> {
        self.charge(1)?;
        if self.used >= BLOCK {
            (self.fill)(self.block.as_mut_slice())?;
            let mut bytes = self.block.iter();
            let first = bytes.next();
            if bytes.all(|byte| Some(byte) == first) {
                return Err(GenerateError::EntropyStuck);
            }
            self.used = 0;
        }
        let byte = self.block.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        Ok(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting() -> impl FnMut(&mut [u8]) -> Result<(), GenerateError> {
        let mut next = 0_u8;
        move |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
            Ok(())
        }
    }

    #[test]
    fn every_integer_is_as_likely_as_the_next() {
        // All 256 bytes, each once, have to give every integer the same number of times.
        for end in [2_u64, 3, 10, 94, 95, 128, 200, 255, 256] {
            let mut fill = counting();
            let mut source = Source::new(&mut fill);
            let each = 256 / end.next_power_of_two();
            let mut counts = vec![0; usize::try_from(end).unwrap()];
            for _ in 0..each * end {
                counts[usize::try_from(source.below(end).unwrap()).unwrap()] += 1;
            }
            assert!(counts.iter().all(|&n| n == each), "{end}: {counts:?}");
        }
    }

    #[test]
    fn as_many_bytes_are_drawn_as_are_needed() {
        let mut fill = counting();
        let mut source = Source::new(&mut fill);
        assert_eq!((source.below(0).unwrap(), source.below(1).unwrap()), (0, 0));
        assert_eq!(source.below(1 << 16).unwrap(), 0x0001);
        assert_eq!(source.below(257).unwrap(), 0x0003);
        assert_eq!(source.below(u64::MAX).unwrap(), 0x0405_0607_0809_0a0b);
        // 0x0e0f is 0x060f without its upper bits, and too much; 0x1011 is 0x0011.
        assert_eq!(source.below(1 << 8).unwrap(), 0x0c);
        assert_eq!(source.below(1 << 8).unwrap(), 0x0d);
        assert_eq!(source.below(0x060f).unwrap(), 0x0011);
    }

    #[test]
    fn a_source_that_stands_still_and_one_that_never_gives_a_fair_byte_end() {
        let mut still = |bytes: &mut [u8]| {
            bytes.fill(0);
            Ok(())
        };
        let error = Source::new(&mut still).below(10).unwrap_err();
        assert!(matches!(error, GenerateError::EntropyStuck), "{error}");

        let mut unfair = |bytes: &mut [u8]| {
            bytes.fill(255);
            bytes[0] = 254;
            Ok(())
        };
        let error = Source::new(&mut unfair).below(10).unwrap_err();
        assert!(matches!(error, GenerateError::NoneFound), "{error}");
    }
}
