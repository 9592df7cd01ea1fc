//! A hashing pool that is busy when told so.

use super::password;
use slotwerk::password::{Hasher, Params, PasswordHash};

/// A pool of one worker without a queue, and a job that keeps it for longer than a sign-in takes.
#[derive(Clone)]
pub(crate) struct OneWorker {
    pub(crate) hasher: Hasher,
    costly: PasswordHash,
}

impl OneWorker {
    pub(crate) fn new() -> Self {
        let hasher = Hasher::builder()
            .params(Params::danger_weak(64, 1, 1).unwrap())
            .stored_ceiling(Params::danger_weak(32 * 1024, 64, 1).unwrap())
            .workers(1)
            .queue(0)
            .build()
            .unwrap();
        let tail =
            "m=32768,t=64,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
        let costly = format!("$argon2id$v=19${tail}");
        let costly = PasswordHash::parse(&costly).unwrap();
        Self { hasher, costly }
    }

    pub(crate) fn occupy(&self) {
        // The call itself hands the job over; nobody needs its answer.
        tokio::spawn(self.hasher.verify(password("guess"), &self.costly, [1; 16]));
    }

    pub(crate) async fn wait(&self) {
        while self.hasher.in_flight() > 0 {
            tokio::task::yield_now().await;
        }
    }
}
