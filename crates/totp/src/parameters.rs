//! Hash function, number of digits and period.

use core::time::Duration;
use thiserror::Error;

/// The hash function inside the HMAC.
///
/// Issue [`Algorithm::Sha1`]: it is what every phone app supports. Google Authenticator ignores the
/// other two and Microsoft Authenticator computes wrong codes for them. The known attacks on SHA-1 are
/// collisions, which HMAC does not depend on. The others are here to verify secrets that another
/// system issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC-SHA-1 (RFC 4226).
    Sha1,
    /// HMAC-SHA-256 (RFC 6238 §1.2).
    Sha256,
    /// HMAC-SHA-512 (RFC 6238 §1.2).
    Sha512,
}

impl Algorithm {
    /// The name in an `otpauth` URI: `SHA1`, `SHA256` or `SHA512`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// The algorithm of that name, in either case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Sha1, Self::Sha256, Self::Sha512]
            .into_iter()
            .find(|algorithm| name.eq_ignore_ascii_case(algorithm.name()))
    }
}

/// Everything but the secret that a code depends on.
///
/// ```
/// use core::time::Duration;
/// use slotwerk_totp::{Algorithm, Parameters};
///
/// let imported = Parameters::new(Algorithm::Sha256, 8, Duration::from_secs(60))?;
/// assert_eq!(imported.step_at(119), 1);
/// # Ok::<(), slotwerk_totp::ParametersError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parameters {
    algorithm: Algorithm,
    digits: u8,
    period: u64,
}

/// Parameters outside their range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParametersError {
    /// Fewer than 6 digits (RFC 4226 §5.3) or more than 8.
    #[error("a code of {digits} digits is out of range: 6 to 8")]
    Digits {
        /// The number of digits that was asked for.
        digits: u8,
    },
    /// Not a whole number of seconds from 15 to 120 (NIST SP 800-63B-4 §3.1.4 sets the upper end).
    #[error("a period of {period:?} is out of range: whole seconds, 15 to 120")]
    Period {
        /// The period that was asked for.
        period: Duration,
    },
}

impl Parameters {
    /// What to issue: SHA-1, 6 digits, 30 seconds. Also the [`Default`].
    pub const ISSUED: Self = Self {
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 30,
    };

    /// Checks the ranges: 6 to 8 digits, a period of 15 to 120 whole seconds.
    ///
    /// # Errors
    ///
    /// [`ParametersError`] names the value that is out of range.
    pub const fn new(
        algorithm: Algorithm,
        digits: u8,
        period: Duration,
    ) -> Result<Self, ParametersError> {
        if digits < 6 || digits > 8 {
            return Err(ParametersError::Digits { digits });
        }
        let seconds = period.as_secs();
        if period.subsec_nanos() != 0 || seconds < 15 || seconds > 120 {
            return Err(ParametersError::Period { period });
        }
        Ok(Self {
            algorithm,
            digits,
            period: seconds,
        })
    }

    /// The hash function.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The number of digits, 6 to 8.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        self.digits
    }

    /// The time one code is current, 15 to 120 whole seconds.
    #[must_use]
    pub const fn period(&self) -> Duration {
        Duration::from_secs(self.period)
    }

    /// The step at a time in seconds since the Unix epoch: the `T` of RFC 6238 §4.2, with `T0` = 0.
    #[must_use]
    pub const fn step_at(&self, now: u64) -> u64 {
        now / self.period
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self::ISSUED
    }
}
