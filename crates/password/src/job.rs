//! One thing to compute, and who waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_channel::oneshot;

use crate::error::HashError;
use crate::memory::Memory;

/// A job, whatever it computes.
pub(crate) trait AnyJob: Send {
    /// Computes, unless it is `late` or nobody waits any more; calls `ends`, and tells the result,
    /// in this order; `ends` hears whether there was anything computed. Wiping the memory is for the caller.
    fn run(self: Box<Self>, memory: &mut Memory, late: bool, ends: &mut dyn FnMut(bool));
    /// Whether nobody waits any more.
    fn is_abandoned(&self) -> bool;
    /// Tells that it was not computed.
    fn refuse(self: Box<Self>);
}

pub(crate) struct Job<T, F> {
    compute: F,
    sender: oneshot::Sender<Result<T, HashError>>,
}

impl<T, F> Job<T, F>
where
    T: Send + 'static,
    F: FnOnce(&mut Memory) -> Result<T, HashError> + Send + 'static,
{
    /// A job, and where its result is heard.
    pub(crate) fn pair(compute: F) -> (Box<dyn AnyJob>, oneshot::Receiver<Result<T, HashError>>) {
        let (sender, receiver) = oneshot::channel();
        (Box::new(Self { compute, sender }), receiver)
    }
}

impl<T, F> AnyJob for Job<T, F>
where
    T: Send + 'static,
    F: FnOnce(&mut Memory) -> Result<T, HashError> + Send + 'static,
{
    fn run(self: Box<Self>, memory: &mut Memory, late: bool, ends: &mut dyn FnMut(bool)) {
        let Self { compute, sender } = *self;
        let wanted = !late && !sender.is_canceled();
        let result = if wanted {
            catch_unwind(AssertUnwindSafe(|| compute(memory))).ok()
        } else {
            drop(compute);
            Some(Err(HashError::Busy))
        };
        ends(wanted);
        if let Some(result) = result {
            // An error means that nobody waits any more.
            let _ = sender.send(result);
        }
    }

    fn is_abandoned(&self) -> bool {
        self.sender.is_canceled()
    }

    fn refuse(self: Box<Self>) {
        // A waker may panic when told; that is no matter of whoever found the job too late.
        let sender = self.sender;
        drop(self.compute);
        let _ = catch_unwind(AssertUnwindSafe(|| sender.send(Err(HashError::Busy))));
    }
}
