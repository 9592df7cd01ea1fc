//! A line of up to `64 * W` modules, one bit each: dark is 1, the first module is the lowest bit.

use std::ops::{BitAnd, BitOr, BitXor, Not, Shl, Shr};

use zeroize::Zeroize;

#[derive(Clone, Copy)]
pub(crate) struct Bits<const W: usize>([u64; W]);

impl<const W: usize> Bits<W> {
    pub(crate) const NONE: Self = Self([0; W]);

    /// The first `W` of the words, lowest first.
    pub(crate) fn from_words(words: &[u64]) -> Self {
        let mut bits = Self::NONE;
        for (ours, theirs) in bits.0.iter_mut().zip(words) {
            *ours = *theirs;
        }
        bits
    }

    /// The first `count` bits set.
    pub(crate) fn first(count: usize) -> Self {
        let mut bits = Self::NONE;
        for at in 0..count {
            bits.set(at);
        }
        bits
    }

    pub(crate) fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    /// How many are set.
    pub(crate) fn count(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    fn with(mut self, other: Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        for (ours, theirs) in self.0.iter_mut().zip(other.0) {
            *ours = combine(*ours, theirs);
        }
        self
    }
}

impl<const W: usize> BitAnd for Bits<W> {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        self.with(other, |ours, theirs| ours & theirs)
    }
}

impl<const W: usize> BitOr for Bits<W> {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.with(other, |ours, theirs| ours | theirs)
    }
}

impl<const W: usize> BitXor for Bits<W> {
    type Output = Self;
    fn bitxor(self, other: Self) -> Self {
        self.with(other, |ours, theirs| ours ^ theirs)
    }
}

impl<const W: usize> Not for Bits<W> {
    type Output = Self;
    fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }
}

/// Towards the first module, by 1 to 63.
impl<const W: usize> Shr<u32> for Bits<W> {
    type Output = Self;
    fn shr(mut self, by: u32) -> Self {
        let mut carried = 0;
        for word in self.0.iter_mut().rev() {
            let carry = *word << (u64::BITS - by);
            *word = *word >> by | carried;
            carried = carry;
        }
        self
    }
}

/// Away from the first module, by 1 to 63.
impl<const W: usize> Shl<u32> for Bits<W> {
    type Output = Self;
    fn shl(mut self, by: u32) -> Self {
        let mut carried = 0;
        for word in &mut self.0 {
            let carry = *word >> (u64::BITS - by);
            *word = *word << by | carried;
            carried = carry;
        }
        self
    }
}

impl<const W: usize> Zeroize for Bits<W> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}
