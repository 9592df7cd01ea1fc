//! One shard: a binary fuse filter over the keys whose upper bits are its number.

use xorf::{BinaryFuse16, BinaryFuse32, Descriptor, Filter as _};

/// How many bits are kept of each key, and so how often a password is taken for a breached one.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fingerprint {
    /// One in 65,536 of all other passwords is taken for a breached one; about 19 bits a key.
    Bits16,
    /// One in 4,294,967,296; about 37 bits a key.
    Bits32,
}

impl Fingerprint {
    /// 16 or 32.
    pub const fn bits(self) -> u8 {
        match self {
            Self::Bits16 => 16,
            Self::Bits32 => 32,
        }
    }

    pub(crate) const fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            16 => Some(Self::Bits16),
            32 => Some(Self::Bits32),
            _ => None,
        }
    }

    pub(crate) const fn bytes(self) -> usize {
        self.bits() as usize / 8
    }
}

/// More keys than this in one shard are refused at building and at opening.
pub(crate) const MAX_KEYS: u32 = 1 << 20;

/// More fingerprints than this are refused: the largest shard has at most a third more than keys.
const MAX_FINGERPRINTS: usize = MAX_KEYS as usize / 3 * 4;

/// Seed, length of a segment, its mask, length of all first segments.
pub(crate) const DESCRIPTOR: usize = 8 + 4 + 4 + 4;

/// Whether a shard of this length can hold this many keys.
pub(crate) fn is_plausible(fingerprint: Fingerprint, keys: u32, bytes: u32) -> bool {
    let Some(rest) = (bytes as usize).checked_sub(DESCRIPTOR) else {
        return keys == 0 && bytes == 0;
    };
    let fingerprints = rest / fingerprint.bytes();
    (1..=MAX_KEYS).contains(&keys)
        && rest.is_multiple_of(fingerprint.bytes())
        && (keys as usize..=MAX_FINGERPRINTS).contains(&fingerprints)
}

/// A filter in memory.
pub(crate) enum Shard {
    /// A filter cannot be made of nothing.
    Empty,
    Bits16(BinaryFuse16),
    Bits32(BinaryFuse32),
}

impl Shard {
    /// A filter over distinct keys. The same keys in the same order make the same filter.
    ///
    /// The filter is asked for every key before it is handed out, so that "no false negatives" does
    /// not rest on the construction being right.
    pub(crate) fn build(fingerprint: Fingerprint, keys: &[u64]) -> Option<Self> {
        let shard = match fingerprint {
            _ if keys.is_empty() => Self::Empty,
            Fingerprint::Bits16 => Self::Bits16(BinaryFuse16::try_from(keys).ok()?),
            Fingerprint::Bits32 => Self::Bits32(BinaryFuse32::try_from(keys).ok()?),
        };
        keys.iter().all(|&key| shard.contains(key)).then_some(shard)
    }

    #[inline]
    pub(crate) fn contains(&self, key: u64) -> bool {
        match self {
            Self::Empty => false,
            Self::Bits16(filter) => filter.contains(&key),
            Self::Bits32(filter) => filter.contains(&key),
        }
    }

    /// What it takes in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        let fingerprints = match self {
            Self::Empty => 0,
            Self::Bits16(filter) => filter.len() * 2,
            Self::Bits32(filter) => filter.len() * 4,
        };
        fingerprints + size_of::<Self>()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let descriptor = match self {
            Self::Empty => return Vec::new(),
            Self::Bits16(filter) => &filter.descriptor,
            Self::Bits32(filter) => &filter.descriptor,
        };
        let mut bytes = Vec::with_capacity(DESCRIPTOR + self.size());
        bytes.extend(descriptor.seed.to_le_bytes());
        bytes.extend(descriptor.segment_length.to_le_bytes());
        bytes.extend(descriptor.segment_length_mask.to_le_bytes());
        bytes.extend(descriptor.segment_count_length.to_le_bytes());
        match self {
            Self::Empty => {}
            Self::Bits16(filter) => {
                bytes.extend(filter.fingerprints.iter().flat_map(|f| f.to_le_bytes()));
            }
            Self::Bits32(filter) => {
                bytes.extend(filter.fingerprints.iter().flat_map(|f| f.to_le_bytes()));
            }
        }
        bytes
    }

    /// The filter in these bytes, if a query of it stays inside it: `None` otherwise.
    pub(crate) fn decode(fingerprint: Fingerprint, bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::Empty);
        }
        let (seed, rest) = bytes.split_first_chunk()?;
        let (segment_length, rest) = rest.split_first_chunk()?;
        let (mask, rest) = rest.split_first_chunk()?;
        let (count_length, rest) = rest.split_first_chunk()?;
        let descriptor = Descriptor {
            seed: u64::from_le_bytes(*seed),
            segment_length: u32::from_le_bytes(*segment_length),
            segment_length_mask: u32::from_le_bytes(*mask),
            segment_count_length: u32::from_le_bytes(*count_length),
        };
        if !rest.len().is_multiple_of(fingerprint.bytes())
            || !stays_inside(&descriptor, rest.len() / fingerprint.bytes())
        {
            return None;
        }
        Some(match fingerprint {
            Fingerprint::Bits16 => Self::Bits16(BinaryFuse16 {
                descriptor,
                fingerprints: rest
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&f| u16::from_le_bytes(f))
                    .collect(),
            }),
            Fingerprint::Bits32 => Self::Bits32(BinaryFuse32 {
                descriptor,
                fingerprints: rest
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&f| u32::from_le_bytes(f))
                    .collect(),
            }),
        })
    }
}

/// A query reads at `h` below the length of all first segments, and at `h` moved one and two segments
/// on with its lower bits changed. All of it is inside when segments are aligned powers of two and
/// two more of them follow.
fn stays_inside(descriptor: &Descriptor, fingerprints: usize) -> bool {
    let segment = u64::from(descriptor.segment_length);
    let first = u64::from(descriptor.segment_count_length);
    segment.is_power_of_two()
        && u64::from(descriptor.segment_length_mask) == segment - 1
        && first >= segment
        && first.is_multiple_of(segment)
        && u64::try_from(fingerprints) == Ok(first + 2 * segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(count: u64) -> Vec<u64> {
        let mut state = 7;
        let mut keys: Vec<u64> = (0..count).map(|_| xorf::splitmix64(&mut state)).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn shards_of_every_small_size_hold_their_keys_and_survive_encoding() {
        for fingerprint in [Fingerprint::Bits16, Fingerprint::Bits32] {
            for count in (1..=300).chain([1_000, 11_515, 20_000]) {
                let keys = keys(count);
                let shard = Shard::build(fingerprint, &keys).map(|shard| shard.encode());
                let bytes = shard.unwrap_or_default();
                let length = u32::try_from(bytes.len()).unwrap_or_default();
                assert!(
                    is_plausible(fingerprint, keys.len() as u32, length),
                    "{count}"
                );
                let read = Shard::decode(fingerprint, &bytes);
                assert!(
                    read.is_some_and(|s| keys.iter().all(|&key| s.contains(key))),
                    "{count}"
                );
            }
        }
    }

    #[test]
    fn a_shard_without_keys_is_no_bytes_and_holds_nothing() {
        for fingerprint in [Fingerprint::Bits16, Fingerprint::Bits32] {
            let shard = Shard::build(fingerprint, &[]);
            assert!(shard.is_some_and(|shard| shard.encode().is_empty()));
            let shard = Shard::decode(fingerprint, &[]);
            assert!(shard.is_some_and(|shard| (0..1000).all(|key| !shard.contains(key))));
        }
    }

    #[test]
    fn descriptors_that_lead_outside_are_refused() {
        let sound = || Descriptor {
            seed: 1,
            segment_length: 4,
            segment_length_mask: 3,
            segment_count_length: 8,
        };
        assert!(stays_inside(&sound(), 16));
        assert!(!stays_inside(&sound(), 15) && !stays_inside(&sound(), 17));
        let wrong = [
            Descriptor {
                segment_length: 0,
                segment_length_mask: u32::MAX,
                ..sound()
            },
            Descriptor {
                segment_length: 3,
                segment_length_mask: 2,
                ..sound()
            },
            Descriptor {
                segment_length_mask: 7,
                ..sound()
            },
            Descriptor {
                segment_count_length: 0,
                ..sound()
            },
            Descriptor {
                segment_count_length: 6,
                ..sound()
            },
            Descriptor {
                segment_count_length: u32::MAX - 3,
                ..sound()
            },
            Descriptor {
                segment_length: 1 << 31,
                segment_length_mask: (1 << 31) - 1,
                ..sound()
            },
        ];
        for descriptor in wrong {
            for fingerprints in 0..64 {
                assert!(!stays_inside(&descriptor, fingerprints), "{descriptor:?}");
            }
        }
    }

    #[test]
    fn lengths_that_no_shard_has_are_refused() {
        let plausible = |keys, bytes| is_plausible(Fingerprint::Bits16, keys, bytes);
        assert!(plausible(0, 0) && plausible(12, 20 + 24));
        assert!(
            !plausible(1, 0) && !plausible(0, 44),
            "keys and bytes go together"
        );
        assert!(
            !plausible(1, 19) && !plausible(12, 20 + 25),
            "whole fingerprints"
        );
        assert!(
            !plausible(13, 20 + 24),
            "a fingerprint for each key at least"
        );
        assert!(!plausible(MAX_KEYS + 1, 4 << 20) && !plausible(1, u32::MAX));
    }
}
