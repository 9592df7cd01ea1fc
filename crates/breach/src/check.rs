//! One question, whatever answers it: is this password known from a breach?

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use crate::{Filter, FilterError, Key, TransportError};

/// Something that knows breached passwords.
#[async_trait]
pub trait BreachCheck: Send + Sync + 'static {
    /// Whether this password, as UTF-8 and as it is hashed for sign-in (NFC in this family), is known
    /// from a breach.
    ///
    /// Somebody waits for the answer, so give up in time and return a fault: no caller sets a limit of its
    /// own, for want of a timer that fits every runtime. (The client for the range interface has one: five
    /// seconds, unless told otherwise.)
    ///
    /// A fault is not a verdict. [`checked`] turns it into one by an explicit choice.
    ///
    /// # Errors
    ///
    /// [`BreachFault`] when there is no answer.
    async fn is_breached(&self, password: &str) -> Result<bool, BreachFault>;
}

/// Why there is no answer. Holds nothing that follows from the password: it can be logged beside the
/// user's name.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BreachFault {
    /// The source of ranges did not give an answer.
    #[error("the source of breached passwords gave no answer: {0}")]
    Unavailable(#[from] TransportError),
    /// The source of ranges gave an answer that is not in its format.
    #[error("the source of breached passwords gave an answer that cannot be read")]
    Malformed,
    /// The filter could not be read.
    #[error("the filter of breached passwords could not be read: {0}")]
    Unreadable(io::ErrorKind),
    /// The filter is damaged.
    #[error("the filter of breached passwords is damaged")]
    Damaged,
}

impl From<FilterError> for BreachFault {
    fn from(error: FilterError) -> Self {
        match error {
            FilterError::Io(error) => Self::Unreadable(error.kind()),
            // Without the shard's number, which is a part of the password's hash.
            _ => Self::Damaged,
        }
    }
}

/// The filter answers at once if the shard is in memory. If not, it reads some 300 or 600 kB from the
/// file on the thread that polls: a millisecond for a local disk, but keep it off a network drive.
#[async_trait]
impl BreachCheck for Filter {
    async fn is_breached(&self, password: &str) -> Result<bool, BreachFault> {
        Ok(self.contains(&Key::of_password(password))?)
    }
}

#[async_trait]
impl<T: BreachCheck + ?Sized> BreachCheck for Arc<T> {
    async fn is_breached(&self, password: &str) -> Result<bool, BreachFault> {
        (**self).is_breached(password).await
    }
}

/// Two sources: breached if either says so. The second one is asked only if the first one does not
/// know the password, so put the filter first and the range source second.
///
/// If neither says "breached" and one had a fault, that fault is the answer: one clean bill is not
/// two.
#[derive(Clone, Debug)]
pub struct Layered<A, B> {
    first: A,
    second: B,
}

impl<A, B> Layered<A, B> {
    /// Asks `first`, then `second`.
    pub const fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

#[async_trait]
impl<A: BreachCheck, B: BreachCheck> BreachCheck for Layered<A, B> {
    async fn is_breached(&self, password: &str) -> Result<bool, BreachFault> {
        let first = self.first.is_breached(password).await;
        if first == Ok(true) {
            return first;
        }
        if self.second.is_breached(password).await? {
            return Ok(true);
        }
        first
    }
}

/// What to do with a password that could not be checked. There is no default: each is right somewhere.
// Exhaustive on purpose, as `Answer` is: a choice that a caller does not know is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnFailure {
    /// Accept it ("fail open"). Nobody is kept out, and a breached password may get in for good.
    Accept,
    /// Refuse it ("fail closed"). Nobody can set a password while the source is down.
    Refuse,
    /// Accept it and check again at the next sign-in, when the password is at hand once more.
    AcceptAndCheckAgain,
}

/// The answer to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Not known from a breach.
    Clean,
    /// Known from a breach.
    Breached,
    /// Not checked. What to do is what was chosen for this case.
    Unchecked {
        /// The choice.
        on_failure: OnFailure,
        /// Why it was needed; for the log.
        fault: BreachFault,
    },
}

impl Answer {
    /// Whether the password may be set, as far as breaches go.
    pub const fn accepts(&self) -> bool {
        match self {
            Self::Clean => true,
            Self::Breached => false,
            Self::Unchecked { on_failure, .. } => !matches!(on_failure, OnFailure::Refuse),
        }
    }

    /// Whether the password was accepted unchecked and is to be checked at the next sign-in. Keep this
    /// with the account; an [`Answer`] that says no clears it.
    pub const fn check_again(&self) -> bool {
        matches!(
            self,
            Self::Unchecked {
                on_failure: OnFailure::AcceptAndCheckAgain,
                ..
            }
        )
    }
}

/// Asks, and applies the choice if there is no answer.
///
/// ```
/// use slotwerk_breach::{Answer, BreachCheck, BreachFault, OnFailure, checked};
///
/// struct Down;
///
/// #[async_trait::async_trait]
/// impl BreachCheck for Down {
///     async fn is_breached(&self, _: &str) -> Result<bool, BreachFault> {
///         Err(BreachFault::Malformed)
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let answer = checked(&Down, OnFailure::AcceptAndCheckAgain, "hunter2").await;
/// assert!(answer.accepts() && answer.check_again());
/// let answer = checked(&Down, OnFailure::Refuse, "hunter2").await;
/// assert!(!answer.accepts() && answer != Answer::Breached);
/// # });
/// ```
pub async fn checked(
    check: &(impl BreachCheck + ?Sized),
    on_failure: OnFailure,
    password: &str,
) -> Answer {
    match check.is_breached(password).await {
        Ok(true) => Answer::Breached,
        Ok(false) => Answer::Clean,
        Err(fault) => Answer::Unchecked { on_failure, fault },
    }
}
