//! The codes of many steps of one secret.
//!
//! [`code_at`](crate::code_at) keys the HMAC for each code anew and writes it as text. Verification needs
//! several codes of one secret, and only to compare them: here the key is set up once, and a code is a
//! number. Every test of `verify` holds the two against each other, since it makes its codes with
//! `code_at`.

use crate::{Algorithm, Parameters, Secret};
use hmac::HmacCore;
use hmac::digest::core_api::{Buffer, FixedOutputCore};
use hmac::digest::generic_array::{ArrayLength, GenericArray};
use hmac::digest::typenum::{IsLess, Le, NonZero, U256};
use hmac::digest::{KeyInit, Output};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroize;

pub(crate) struct Keyed {
    mac: Keys,
    modulus: u32,
}

enum Keys {
    Sha1(HmacCore<Sha1>),
    Sha256(HmacCore<Sha256>),
    Sha512(HmacCore<Sha512>),
}

impl Keyed {
    pub(crate) fn new(secret: &Secret, params: &Parameters) -> Self {
        let key = secret.expose();
        Self {
            mac: match params.algorithm() {
                Algorithm::Sha1 => Keys::Sha1(keyed(key)),
                Algorithm::Sha256 => Keys::Sha256(keyed(key)),
                Algorithm::Sha512 => Keys::Sha512(keyed(key)),
            },
            modulus: 10_u32.pow(u32::from(params.digits())),
        }
    }

    /// The code of a step, as the number that its digits are.
    pub(crate) fn number_at(&self, step: u64) -> u32 {
        #[cfg(test)]
        computed::count();
        let number = match &self.mac {
            Keys::Sha1(mac) => truncated(mac.clone(), step),
            Keys::Sha256(mac) => truncated(mac.clone(), step),
            Keys::Sha512(mac) => truncated(mac.clone(), step),
        };
        number % self.modulus
    }
}

/// A key of at most a block is padded with zeros to a whole one (RFC 2104 §2); a secret is 64 bytes at
/// most, the smallest block.
fn keyed<M: KeyInit>(key: &[u8]) -> M
where
    M::KeySize: ArrayLength<u8>,
{
    let mut block = GenericArray::default();
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mac = M::new(&block);
    block.as_mut_slice().zeroize();
    mac
}

/// RFC 4226 §5.3: four bytes from where the last one points, without the sign bit.
///
/// The message is one short block, so this uses the block interface of the hmac crate. Its buffered interface copies
/// more, which took a tenth of the time of a verification.
fn truncated<M: FixedOutputCore>(mut mac: M, step: u64) -> u32
where
    M::BlockSize: IsLess<U256>,
    Le<M::BlockSize, U256>: NonZero,
{
    let mut message = Buffer::<M>::new(&step.to_be_bytes());
    let mut tag = Output::<M>::default();
    mac.finalize_fixed_core(&mut message, &mut tag);
    let from = tag.last().map_or(0, |last| usize::from(last & 15));
    let word = tag.get(from..).and_then(|rest| rest.first_chunk());
    // Never missing: the shortest of the three has 20 bytes, and 15 + 4 are 19.
    u32::from_be_bytes(word.copied().unwrap_or_default()) & 0x7fff_ffff
}

/// How many codes were computed: what the tests count, instead of time.
#[cfg(test)]
pub(crate) mod computed {
    use std::cell::Cell;

    std::thread_local!(static CODES: Cell<usize> = const { Cell::new(0) });

    pub(super) fn count() {
        CODES.set(CODES.get() + 1);
    }

    pub(crate) fn during<T>(work: impl FnOnce() -> T) -> (T, usize) {
        let before = CODES.get();
        let result = work();
        (result, CODES.get() - before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code_at;
    use core::time::Duration;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_number_is_the_code_that_totp_lite_computes(
            secret in prop::collection::vec(any::<u8>(), 16..=64),
            algorithm in prop::sample::select(vec![Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]),
            digits in 6_u8..=8,
            step in any::<u64>(),
        ) {
            let secret = Secret::from_bytes(&secret).unwrap();
            let params = Parameters::new(algorithm, digits, Duration::from_secs(30)).unwrap();
            let number = Keyed::new(&secret, &params).number_at(step);
            let text = format!("{number:0width$}", width = usize::from(digits));
            prop_assert_eq!(text, (*code_at(&secret, &params, step)).clone());
        }
    }
}
