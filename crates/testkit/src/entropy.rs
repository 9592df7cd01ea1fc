//! Bytes that look like entropy and are the same in every run.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A deterministic source of bytes for tests. Clones draw from the same stream.
///
/// No two draws of eight bytes or more are alike, so that ids and selectors made from them are not.
/// It is *not* a random generator: never let it near a real secret.
///
/// ```
/// use slotwerk_testkit::FakeEntropy;
///
/// let entropy = FakeEntropy::new(7);
/// let fill = entropy.handle();
/// let (mut one, mut two) = ([0; 16], [0; 16]);
/// fill(&mut one)?;
/// fill(&mut two)?;
/// assert_ne!(one, two);
/// entropy.fail(true);
/// assert!(fill(&mut one).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FakeEntropy {
    drawn: Arc<AtomicU64>,
    failing: Arc<AtomicBool>,
}

impl FakeEntropy {
    /// A stream; the same seed gives the same bytes.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self {
            drawn: Arc::new(AtomicU64::new(u64::from(seed) << 32)),
            failing: Arc::default(),
        }
    }

    /// Makes every draw fail, as an operating system without entropy does, or ends that.
    pub fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }

    /// Fills `bytes`.
    ///
    /// # Errors
    ///
    /// While told to [`fail`](Self::fail); `bytes` is left as it was.
    pub fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        if self.failing.load(Ordering::SeqCst) {
            return Err(io::Error::other("the fake entropy source was told to fail"));
        }
        for chunk in bytes.chunks_mut(8) {
            let word = mix(self.drawn.fetch_add(1, Ordering::SeqCst)).to_be_bytes();
            for (byte, fresh) in chunk.iter_mut().zip(word) {
                *byte = fresh;
            }
        }
        Ok(())
    }

    /// The source as a function, for what asks for one.
    pub fn handle(&self) -> impl Fn(&mut [u8]) -> io::Result<()> + Send + Sync + 'static {
        let entropy = self.clone();
        move |bytes| entropy.fill(bytes)
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): a bijection, so different counters give
/// different words.
pub(crate) fn mix(counter: u64) -> u64 {
    let z = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
