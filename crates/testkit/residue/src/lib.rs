//! Finds secrets in memory that was freed, for tests on Linux.
//!
//! ```
//! use slotwerk_residue::Watch;
//!
//! let (secret, watch) = (*b"0123456789abcdef", Watch::begin());
//! assert_eq!(watch.residue(&secret, || drop([0; 16].to_vec())), 0);
//! assert!(watch.residue(&secret, || drop(secret.to_vec())) > 0);
//! ```
//!
//! A program that uses this crate gets its global allocator. Right after each block is freed, the block is
//! read again through `/proc/self/mem`, which needs no `unsafe`, and searched for pieces of the secret. Each
//! new block is filled with zeros the same way, so that nothing of an earlier one is found there. By
//! then the C library has written its links over the first bytes: over eight of the block, since a header
//! stands before it. So the first eight bytes of a secret prove nothing, and a secret needs at least
//! sixteen.
//!
//! Not seen: the stack, memory that is still allocated, and large blocks whose pages went back to the system.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use tracking_allocator::{AllocationGroupId, AllocationRegistry, AllocationTracker, Allocator};

#[global_allocator]
static ALLOCATOR: Allocator<std::alloc::System> = Allocator::system();

/// Bytes in a row that count as a piece.
const PIECE: usize = 8;

/// The secret to search for.
static SECRET: RwLock<Vec<u8>> = RwLock::new(Vec::new());
static FOUND: AtomicUsize = AtomicUsize::new(0);
/// One watch at a time.
static TURN: Mutex<()> = Mutex::new(());

/// The right to search. There is one in a program: tests that begin with it take turns, so none frees a
/// secret while another searches for the same.
pub struct Watch {
    _turn: MutexGuard<'static, ()>,
}

impl Watch {
    /// Waits for its turn.
    #[must_use]
    pub fn begin() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        // An error says that it was set before.
        let _ = AllocationRegistry::set_global_tracker(Search);
        let _ = memory();
        Self { _turn: turn }
    }

    /// Runs `action`, and counts the blocks freed meanwhile, by any thread, that still held eight bytes in
    /// a row of `secret`. A secret shorter than eight bytes is never found.
    pub fn residue(&self, secret: &[u8], action: impl FnOnce()) -> usize {
        set(secret);
        FOUND.store(0, Ordering::SeqCst);
        AllocationRegistry::enable_tracking();
        action();
        AllocationRegistry::disable_tracking();
        set(&[]);
        FOUND.load(Ordering::SeqCst)
    }

    /// Panics unless `action` leaves nothing of `secret` in freed memory, and unless the search finds an
    /// ordinary copy of it: a secret that could not be found proves nothing.
    ///
    /// # Panics
    ///
    /// As said.
    #[track_caller]
    pub fn leaves_nothing(&self, secret: &[u8], action: impl FnOnce()) {
        let control = self.residue(secret, || drop(black_box(secret.to_vec())));
        assert!(control > 0, "the search finds a copy that was dropped");
        let found = self.residue(secret, action);
        assert_eq!(found, 0, "freed blocks with the secret");
    }
}

fn set(secret: &[u8]) {
    let mut kept = SECRET.write().unwrap_or_else(PoisonError::into_inner);
    *kept = secret.to_vec();
}

fn memory() -> Option<&'static File> {
    static MEMORY: OnceLock<Option<File>> = OnceLock::new();
    MEMORY
        .get_or_init(|| {
            let mut options = File::options();
            options.read(true).write(true).open("/proc/self/mem").ok()
        })
        .as_ref()
}

struct Search;

impl AllocationTracker for Search {
    /// A new block begins empty: what an earlier one left there, a control perhaps, is not this one's.
    fn allocated(&self, address: usize, size: usize, _: usize, _: AllocationGroupId) {
        let Some(memory) = memory() else {
            return;
        };
        let zeros = [0; 4096];
        let mut at = 0;
        while let Some(piece) = zeros.get(..zeros.len().min(size - at))
            && !piece.is_empty()
            && memory.write_all_at(piece, (address + at) as u64).is_ok()
        {
            at += piece.len();
        }
    }

    fn deallocated(
        &self,
        address: usize,
        size: usize,
        _: usize,
        _: AllocationGroupId,
        _: AllocationGroupId,
    ) {
        // On the stack: what was read here must not be found in the next block.
        let mut buffer = [0; 4096];
        let (Some(memory), Ok(secret)) = (memory(), SECRET.try_read()) else {
            return;
        };
        let mut at = 0;
        while at + PIECE <= size {
            let length = buffer.len().min(size - at);
            let Some(read) = buffer.get_mut(..length) else {
                return;
            };
            if memory.read_exact_at(read, (address + at) as u64).is_err() {
                return;
            }
            if secret.windows(PIECE).any(|piece| contains(read, piece)) {
                FOUND.fetch_add(1, Ordering::SeqCst);
                return;
            }
            // The next one begins where a piece could have begun that this one cut off.
            at += length - (PIECE - 1);
        }
    }
}

fn contains(block: &[u8], piece: &[u8]) -> bool {
    block.windows(PIECE).any(|window| window == piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Differs in every eight bytes.
    fn secret(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n * 37 % 251) as u8 ^ 0xa5).collect()
    }

    #[test]
    fn dropped_copies_are_found() {
        let watch = Watch::begin();
        for length in [16, 19, 20, 32, 64, 1000, 100_000] {
            let secret = secret(length);
            let dropped = watch.residue(&secret, || drop(black_box(secret.clone())));
            assert!(dropped > 0, "{length}");
            let within = watch.residue(&secret, || {
                let mut longer = vec![0; 100];
                longer.extend(&secret);
                drop(black_box(longer));
            });
            assert!(within > 0, "{length} within a block");
        }
    }

    #[test]
    fn growing_leaves_copies() {
        let watch = Watch::begin();
        let secret = secret(32);
        let grown = watch.residue(&secret, || {
            let mut list = black_box(secret.clone());
            list.reserve(1000);
            list.fill(0);
            drop(black_box(list));
        });
        assert!(grown > 0);
    }

    #[test]
    fn other_threads_are_watched() {
        let watch = Watch::begin();
        let secret = secret(32);
        let found = watch.residue(&secret, || {
            std::thread::scope(|scope| {
                scope.spawn(|| drop(black_box(secret.clone())));
            });
        });
        assert!(found > 0);
    }

    #[test]
    fn earlier_blocks_are_not_blamed() {
        let watch = Watch::begin();
        let secret = secret(64);
        for _ in 0..20 {
            drop(black_box(secret.clone()));
            let unwritten = watch.residue(&secret, || {
                drop(black_box(Vec::<u8>::with_capacity(64)));
                drop(black_box(vec![0_u8; 64]));
            });
            assert_eq!(unwritten, 0);
        }
    }

    #[test]
    fn wiped_and_live_copies_are_not() {
        let watch = Watch::begin();
        let secret = secret(64);
        let wiped = watch.residue(&secret, || {
            let mut copy = black_box(secret.clone());
            copy.fill(0);
            drop(black_box(copy));
            drop(black_box(vec![1; 5000]));
        });
        assert_eq!(wiped, 0);
        let mut kept = Vec::new();
        assert_eq!(watch.residue(&secret, || kept = secret.clone()), 0);
        assert_eq!(kept, secret);
    }
}
