//! Hashes secrets that are not passwords, such as recovery codes, into bytes for a keyed digest.

use core::fmt;
use core::str::FromStr;
use std::hint::black_box;

use base64ct::{Base64Unpadded, Encoding as _};
use zeroize::Zeroizing;

use crate::blocking::block_on;
use crate::compute::{DECOY_SALT, OUTPUT, Terms};
use crate::error::HashError;
use crate::hasher::{Hasher, answer};
use crate::memory::Memory;
use crate::params::Params;
use crate::stored::ParseError;
use crate::text::{Field, argon2_costs};

/// Bytes of a salt.
const SALT: usize = 16;

/// How a secret was hashed by [`Hasher::stretch`]: Argon2id's parameters and the salt. Stored beside what was
/// made of the output, so that later parameters do not invalidate it.
///
/// As text it is a hash in the PHC string format without the output:
/// `$argon2id$v=19$m=19456,t=2,p=1$<salt>`, at most [`Stretching::MAX_LEN`] bytes. It holds no secret.
///
/// ```
/// use slotwerk_password::{Hasher, Stretching};
/// use zeroize::Zeroizing;
///
/// let hasher = Hasher::builder().workers(1).build()?;
/// let how = hasher.stretching([0x5a; 16]); // sixteen fresh random bytes for each set of codes
/// let made = hasher.stretch_blocking(Zeroizing::new(b"0123456789ABCDEF".to_vec()), &how)?;
///
/// let stored: Stretching = how.to_string().parse()?;
/// let again = hasher.stretch_blocking(Zeroizing::new(b"0123456789ABCDEF".to_vec()), &stored)?;
/// assert_eq!(made, again);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretching {
    params: Params,
    salt: [u8; SALT],
}

impl Stretching {
    /// The longest text, in bytes: every number at its maximum.
    pub const MAX_LEN: usize = "$argon2id$v=19$m=1048576,t=64,p=16$".len() + 22;

    /// The most secrets of one [`Hasher::stretch_all`]: it keeps a worker for so many hashes.
    pub const MAX_AT_ONCE: usize = 16;

    /// The parameters.
    #[must_use]
    pub const fn params(&self) -> Params {
        self.params
    }
}

impl FromStr for Stretching {
    type Err = ParseError;

    /// Every number is bounded before anything is allocated, as [`PasswordHash::parse`](crate::PasswordHash::parse)
    /// does. Parameters below today's minimum are accepted: the text may be old.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (algorithm, rest) = text
            .strip_prefix('$')
            .and_then(|text| text.split_once('$'))
            .ok_or(ParseError::Structure)?;
        let (version, rest) = rest.split_once('$').ok_or(ParseError::Structure)?;
        let (costs, salt) = rest.split_once('$').ok_or(ParseError::Structure)?;
        if algorithm != "argon2id" {
            return Err(ParseError::Algorithm);
        }
        if version != "v=19" {
            return Err(ParseError::Version);
        }
        let (m, t, p) = argon2_costs(costs).ok_or(ParseError::Parameters)?;
        let params = Params::bounded(m, t, p)?;
        let salt = Field::decode::<Base64Unpadded>(salt, SALT..=SALT).ok_or(ParseError::Salt)?;
        let salt = salt.bytes().try_into().map_err(|_| ParseError::Salt)?;
        Ok(Self { params, salt })
    }
}

impl fmt::Display for Stretching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (params, salt) = (self.params, Base64Unpadded::encode_string(&self.salt));
        let (m, t, p) = (params.m_kib(), params.t(), params.p());
        write!(f, "$argon2id$v=19$m={m},t={t},p={p}${salt}")
    }
}

impl Hasher {
    /// How new secrets are to be hashed: with the live parameters, under this salt of sixteen random bytes.
    #[must_use]
    pub fn stretching(&self, salt: [u8; 16]) -> Stretching {
        let params = self.terms.live;
        Stretching { params, salt }
    }

    /// Hashes a secret of high entropy with Argon2id, on the same threads and in the same queue as passwords.
    /// The same secret and the same [`Stretching`] give the same 32 bytes.
    ///
    /// The bytes are as secret as what went in: put them through a keyed digest and store that. The pepper is
    /// not involved. If `how` costs less than the live parameters, the call makes up the difference, so the
    /// time depends on the live parameters.
    ///
    /// # Errors
    ///
    /// [`HashError::TooCostly`] when `how` is above the ceiling for stored hashes, [`HashError::Busy`] when
    /// the queue is full or the wait was too long, [`HashError::Closed`] after [`Hasher::shut_down`],
    /// [`HashError::Failed`] when the job was lost.
    pub fn stretch(
        &self,
        secret: Zeroizing<Vec<u8>>,
        how: &Stretching,
    ) -> impl Future<Output = Result<Zeroizing<[u8; 32]>, HashError>> + Send + 'static + use<> {
        let made = self.stretch_all(vec![secret], how);
        // A copy, so that the one in the vector is wiped with it.
        async move { made.await?.first().cloned().ok_or(HashError::Failed) }
    }

    /// Hashes several secrets under one salt, as [`Hasher::stretch`] does each, in one job: a set of new codes
    /// takes one place in the queue and waits once. The answer is in the same order.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::stretch`], and [`HashError::TooMany`] for more than [`Stretching::MAX_AT_ONCE`].
    pub fn stretch_all(
        &self,
        secrets: Vec<Zeroizing<Vec<u8>>>,
        how: &Stretching,
    ) -> impl Future<Output = Result<Vec<Zeroizing<[u8; 32]>>, HashError>> + Send + 'static + use<>
    {
        let (terms, how) = (self.terms.clone(), how.clone());
        let waiting = terms
            .affords_stretching(&how, secrets.len())
            .and_then(|()| {
                self.pool.submit(self.lane(), move |memory| {
                    let mut made = Vec::with_capacity(secrets.len());
                    for secret in &secrets {
                        let mut output = Zeroizing::new([0; OUTPUT]);
                        terms.stretch(memory, secret, &how, &mut output)?;
                        made.push(output);
                    }
                    Ok(made)
                })
            });
        answer(waiting)
    }

    /// [`Hasher::stretch`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::stretch`].
    pub fn stretch_blocking(
        &self,
        secret: Zeroizing<Vec<u8>>,
        how: &Stretching,
    ) -> Result<Zeroizing<[u8; 32]>, HashError> {
        block_on(self.stretch(secret, how))
    }
}

impl Terms {
    fn affords_stretching(&self, how: &Stretching, secrets: usize) -> Result<(), HashError> {
        if secrets > Stretching::MAX_AT_ONCE {
            let limit = Stretching::MAX_AT_ONCE;
            return Err(HashError::TooMany { limit });
        }
        if !self.ceiling.covers(&how.params) {
            let (m_kib, t) = (how.params.m_kib(), how.params.t());
            return Err(HashError::TooCostly { m_kib, t });
        }
        Ok(())
    }

    fn stretch(
        &self,
        memory: &mut Memory,
        secret: &[u8],
        how: &Stretching,
        output: &mut [u8; OUTPUT],
    ) -> Result<(), HashError> {
        memory.run(how.params, secret, &how.salt, output)?;
        if let Some(rest) = self.live.rest_after(how.params.work()) {
            let mut unused = Zeroizing::new([0; OUTPUT]);
            memory.run(rest, secret, &DECOY_SALT, unused.as_mut_slice())?;
            black_box(&unused);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
