//! A secret that was shown but not yet confirmed.

use crate::{
    Accepted, CLOCK_TOLERANCE, Code, Hint, OtpauthUri, Parameters, Progress, Secret, UriError,
    Verdict, Window, verify,
};
use core::time::Duration;
use thiserror::Error;

/// The handle of one enrolment: 16 bytes that the caller chose at random. Not a secret.
///
/// Activate on the condition that the pending enrolment still has this id, and a code that was
/// typed for a secret since replaced activates nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnrolmentId([u8; 16]);

impl EnrolmentId {
    /// Wraps 16 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// An enrolment with impossible times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EnrolmentError {
    /// Shorter than a minute, longer than 24 hours, or not in whole seconds.
    #[error("a pending enrolment lives for 60 seconds to 24 hours, in whole seconds")]
    Lifetime,
}

/// What came of a code typed during enrolment. Treat whatever is not [`Confirmation::Confirmed`] as
/// a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "a confirmed enrolment counts only when it is stored"]
pub enum Confirmation {
    /// The phone has the secret. Activate it with [`Accepted::progress`] as its first progress:
    /// the code just typed is used up, and will not sign in.
    Confirmed(Accepted),
    /// The code is not the phone's. Nothing has changed; the person may try again.
    Rejected(Hint),
    /// Too late, or more than [`CLOCK_TOLERANCE`] before it began. Begin again, with a new secret.
    Expired,
}

/// A secret on its way to a phone: shown, mailed, scanned, but not active until a code proves it
/// arrived.
///
/// The value never changes. A wrong code, a refreshed page, a mail sent again leave the secret, its
/// id and its expiry as they are, so a QR symbol that was scanned stays good.
///
/// ```
/// use core::time::Duration;
/// use slotwerk_totp::{
///     Code, Confirmation, EnrolmentId, Parameters, PendingEnrolment, Secret, code_at,
/// };
///
/// let pending = PendingEnrolment::new(
///     EnrolmentId::from_bytes([9; 16]),
///     Secret::from_entropy(&[3; 20]),
///     Parameters::ISSUED,
///     9_000,
///     Duration::from_secs(1_800),
/// )?;
/// let shown = code_at(pending.secret(), &Parameters::ISSUED, 301);
/// let code = Code::parse(&shown, &Parameters::ISSUED)?;
/// let Confirmation::Confirmed(accepted) = pending.confirm(&code, 9_030) else { panic!() };
/// assert_eq!(accepted.progress().watermark, Some(301));
/// assert_eq!(pending.confirm(&code, 10_800), Confirmation::Expired);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PendingEnrolment {
    id: EnrolmentId,
    secret: Secret,
    parameters: Parameters,
    window: Window,
    created_at: u64,
    expires_at: u64,
}

impl PendingEnrolment {
    const SHORTEST: u64 = 60;
    const LONGEST: u64 = 24 * 60 * 60;

    /// Begins an enrolment that expires `lifetime` (60 s to 24 h, whole seconds) after `created_at`
    /// (seconds since the Unix epoch).
    ///
    /// # Errors
    ///
    /// [`EnrolmentError::Lifetime`], also when the expiry does not fit in 64 bits.
    pub fn new(
        id: EnrolmentId,
        secret: Secret,
        parameters: Parameters,
        created_at: u64,
        lifetime: Duration,
    ) -> Result<Self, EnrolmentError> {
        let expires_at = (lifetime.subsec_nanos() == 0)
            .then(|| created_at.checked_add(lifetime.as_secs()))
            .flatten()
            .ok_or(EnrolmentError::Lifetime)?;
        Self::restore(id, secret, parameters, created_at, expires_at)
    }

    /// Takes up an enrolment that was stored, by its own times.
    ///
    /// # Errors
    ///
    /// [`EnrolmentError::Lifetime`] when the times are not 60 seconds to 24 hours apart.
    pub fn restore(
        id: EnrolmentId,
        secret: Secret,
        parameters: Parameters,
        created_at: u64,
        expires_at: u64,
    ) -> Result<Self, EnrolmentError> {
        match expires_at.checked_sub(created_at) {
            Some(Self::SHORTEST..=Self::LONGEST) => Ok(Self {
                id,
                secret,
                parameters,
                window: Window::default(),
                created_at,
                expires_at,
            }),
            _ => Err(EnrolmentError::Lifetime),
        }
    }

    /// The same enrolment, confirmed within another window than the default one.
    #[must_use]
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Checks the first code at a time `now`, in seconds since the Unix epoch. At `expires_at` and after,
    /// and more than [`CLOCK_TOLERANCE`] before `created_at`, the answer is [`Confirmation::Expired`]
    /// whatever the code: the clock is wrong now, or was wrong when the enrolment began.
    pub fn confirm(&self, code: &Code, now: u64) -> Confirmation {
        let began = now.saturating_add(CLOCK_TOLERANCE) >= self.created_at;
        if !began || now >= self.expires_at {
            return Confirmation::Expired;
        }
        let untouched = Progress::default();
        match verify(
            &self.secret,
            &self.parameters,
            self.window,
            &untouched,
            code,
            now,
        ) {
            Verdict::Accepted(accepted) => Confirmation::Confirmed(accepted),
            // The first watermark will be above it: a window that only moves on admits no earlier step.
            Verdict::RolledOver(_) => Confirmation::Rejected(Hint::WaitForNext),
            Verdict::Rejected(hint) => Confirmation::Rejected(hint),
        }
    }

    /// The URI to draw as a QR symbol: the same one every time it is asked for.
    ///
    /// # Errors
    ///
    /// See [`OtpauthUri::new`].
    pub fn uri(&self, issuer: &str, account: &str) -> Result<OtpauthUri, UriError> {
        OtpauthUri::new(&self.secret, &self.parameters, issuer, account)
    }

    /// The handle of this enrolment.
    #[must_use]
    pub const fn id(&self) -> EnrolmentId {
        self.id
    }

    /// The secret, to seal for the store or to show for typing over.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The parameters that the phone was told.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// When it began, in seconds since the Unix epoch.
    #[must_use]
    pub const fn created_at(&self) -> u64 {
        self.created_at
    }

    /// The first second at which it is dead, in seconds since the Unix epoch.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.expires_at
    }
}
