//! A mailer that keeps what it is given.

use slotwerk_mail::{Mail, Mailer, SendError, async_trait};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A [`Mailer`] for tests. Clones share one pile of mails.
///
/// ```
/// use slotwerk_testkit::FakeMailer;
///
/// let mailer = FakeMailer::new();
/// mailer.fail_transiently(2); // the next two are not sent, and may be tried again
/// assert!(mailer.sent().is_empty());
/// ```
#[derive(Clone, Default)]
pub struct FakeMailer {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    sent: Vec<Mail>,
    failures: VecDeque<Failure>,
    attempts: u64,
}

#[derive(Clone, Copy)]
enum Failure {
    Transient,
    Permanent,
}

impl FakeMailer {
    /// A mailer that has sent nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fails the next `times` mails (after failures told of earlier) in a way that may pass.
    pub fn fail_transiently(&self, times: usize) {
        self.fail(Failure::Transient, times);
    }

    /// Fails the next `times` mails (after failures told of earlier) in a way that will not pass.
    pub fn fail_permanently(&self, times: usize) {
        self.fail(Failure::Permanent, times);
    }

    /// Copies of the mails sent, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.state().sent.clone()
    }

    /// The mails sent, oldest first; they are forgotten here.
    #[must_use]
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.state().sent)
    }

    /// How often sending was tried, failures included.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.state().attempts
    }

    fn fail(&self, failure: Failure, times: usize) {
        let failures = std::iter::repeat_n(failure, times);
        self.state().failures.extend(failures);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for FakeMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FakeMailer")
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Mailer for FakeMailer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let mut state = self.state();
        state.attempts = state.attempts.saturating_add(1);
        match state.failures.pop_front() {
            Some(Failure::Transient) => Err(SendError::transient("told to fail for now")),
            Some(Failure::Permanent) => Err(SendError::permanent("told to refuse")),
            None => {
                state.sent.push(mail.clone());
                Ok(())
            }
        }
    }
}
