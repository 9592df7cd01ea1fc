//! What a hash costs: the Argon2id cost parameters and their order.

use std::hash::{Hash, Hasher};

use thiserror::Error;

/// Memory that the primitive itself asks for: eight blocks of 1 KiB a lane.
const MIN_KIB_PER_LANE: u32 = 8;

/// The cost of an Argon2id hash: memory, passes and lanes.
///
/// The default is 19456 KiB, two passes, one lane.
///
/// ```
/// use slotwerk_password::Params;
///
/// let today = Params::default();
/// let raised = Params::new(65_536, 3, 1)?;
/// assert!(today.is_weaker_than(&raised));
/// assert!(Params::new(4096, 2, 1).is_err());
/// # Ok::<(), slotwerk_password::ParamsError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Params {
    m_kib: u32,
    t: u32,
    p: u32,
    /// Weak on purpose, for tests. Says nothing of the cost.
    danger: bool,
}

/// Why cost parameters were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// The memory is outside what this crate works with.
    #[error("memory of {m_kib} KiB is outside {min} to {max} KiB")]
    Memory {
        /// The memory asked for, in KiB.
        m_kib: u32,
        /// The least memory for this number of lanes, in KiB.
        min: u32,
        /// The most memory, in KiB.
        max: u32,
    },
    /// The number of passes is outside 1 to [`Params::MAX_T`].
    #[error("{t} passes are outside 1 to {max}", max = Params::MAX_T)]
    Passes {
        /// The passes asked for.
        t: u32,
    },
    /// The number of lanes is outside 1 to [`Params::MAX_P`].
    #[error("{p} lanes are outside 1 to {max}", max = Params::MAX_P)]
    Lanes {
        /// The lanes asked for.
        p: u32,
    },
    /// More than one lane, for a new hash.
    #[error("a new hash has one lane, not {p}")]
    NotOneLane {
        /// The lanes asked for.
        p: u32,
    },
    /// The parameters are below the approved minimum for this number of passes.
    #[error("{m_kib} KiB with {t} passes is below the minimum: at least {floor_kib} KiB")]
    BelowFloor {
        /// The memory asked for, in KiB.
        m_kib: u32,
        /// The passes asked for.
        t: u32,
        /// The least memory for so many passes, in KiB.
        floor_kib: u32,
    },
}

impl Params {
    /// The most memory of one hash: 1 GiB, in KiB.
    pub const MAX_M_KIB: u32 = 1024 * 1024;
    /// The most passes of one hash.
    pub const MAX_T: u32 = 64;
    /// The most lanes of one hash.
    pub const MAX_P: u32 = 16;

    /// Parameters at or above the approved minimum (OWASP ASVS 5.0, 11.4.2): one pass with at
    /// least 47104 KiB, two with 19456 KiB, three or more with 12288 KiB; one lane.
    ///
    /// `m_kib` is the memory in KiB, at most [`Params::MAX_M_KIB`]; `t` the passes, at most
    /// [`Params::MAX_T`]; `p` the lanes, which are 1. Stored hashes with up to [`Params::MAX_P`] lanes
    /// still verify: they were made elsewhere.
    ///
    /// # Errors
    ///
    /// [`ParamsError`] names the number that is out of bounds and the bound.
    pub const fn new(m_kib: u32, t: u32, p: u32) -> Result<Self, ParamsError> {
        let params = match Self::bounded(m_kib, t, p) {
            Ok(params) => params,
            Err(error) => return Err(error),
        };
        if p != 1 {
            return Err(ParamsError::NotOneLane { p });
        }
        let floor_kib = params.floor_kib();
        if m_kib < floor_kib {
            return Err(ParamsError::BelowFloor {
                m_kib,
                t,
                floor_kib,
            });
        }
        Ok(params)
    }

    /// Parameters below the approved minimum, for tests that need thousands of hashes.
    ///
    /// A hash made with them is guessed cheaply. The ceilings still hold.
    ///
    /// # Errors
    ///
    /// [`ParamsError`], as from [`Params::new`] but for the floor and the one lane.
    #[cfg(any(test, feature = "danger-weak-params"))]
    #[cfg_attr(docsrs, doc(cfg(feature = "danger-weak-params")))]
    pub const fn danger_weak(m_kib: u32, t: u32, p: u32) -> Result<Self, ParamsError> {
        match Self::bounded(m_kib, t, p) {
            Ok(params) => Ok(Self {
                danger: true,
                ..params
            }),
            Err(error) => Err(error),
        }
    }

    /// Whether a new hash may have them. All from [`Params::new`] may; parameters of a stored hash can be
    /// too low, or have more lanes.
    #[must_use]
    pub const fn is_approved(&self) -> bool {
        self.meets_floor() && self.p == 1
    }

    /// Approved, or weak on purpose.
    pub(crate) const fn may_be_live(&self) -> bool {
        self.is_approved() || self.danger
    }

    /// Everything but the floor and the one lane: stored hashes may be older than these.
    pub(crate) const fn bounded(m_kib: u32, t: u32, p: u32) -> Result<Self, ParamsError> {
        if t == 0 || t > Self::MAX_T {
            return Err(ParamsError::Passes { t });
        }
        if p == 0 || p > Self::MAX_P {
            return Err(ParamsError::Lanes { p });
        }
        let (min, max) = (MIN_KIB_PER_LANE * p, Self::MAX_M_KIB);
        if m_kib < min || m_kib > max {
            return Err(ParamsError::Memory { m_kib, min, max });
        }
        Ok(Self {
            m_kib,
            t,
            p,
            danger: false,
        })
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn m_kib(&self) -> u32 {
        self.m_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn t(&self) -> u32 {
        self.t
    }

    /// Lanes.
    #[must_use]
    pub const fn p(&self) -> u32 {
        self.p
    }

    /// Whether a hash with these parameters should be replaced by one with `other`.
    ///
    /// True in two cases, and a strict partial order (nothing is weaker than itself, two are
    /// never each weaker than the other, and it chains), so that nodes which run with different
    /// parameters for a while do not replace each other's hashes back and forth:
    ///
    /// 1. these are below the approved minimum and `other` is not; or
    /// 2. both are on the same side of that minimum, and a guess costs less here by *both*
    ///    measures: computation (memory × passes) and memory held over time (memory² × passes).
    ///
    /// Where one measure is higher and the other lower, neither is weaker. Lanes do not count:
    /// they change neither measure.
    #[must_use]
    pub fn is_weaker_than(&self, other: &Self) -> bool {
        match (self.meets_floor(), other.meets_floor()) {
            (false, true) => true,
            (true, false) => false,
            _ => self.work() < other.work() && self.memory_time() < other.memory_time(),
        }
    }

    /// Blocks of 1 KiB filled over all passes.
    pub(crate) fn work(&self) -> u64 {
        u64::from(self.m_kib) * u64::from(self.t)
    }

    /// Whether what costs `other` can be computed with what these allow: at most their memory and
    /// their work.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.m_kib >= other.m_kib && self.work() >= other.work()
    }

    /// At most 2^20 × 2^20 × 2^6: far from overflow.
    fn memory_time(&self) -> u64 {
        u64::from(self.m_kib) * self.work()
    }

    /// One run that adds to the work of these parameters what they lack to that of `live`,
    /// within the memory of `live`; none if they lack nothing that a run could add.
    #[cfg(test)]
    pub(crate) fn shortfall(&self, live: &Self) -> Option<Self> {
        live.rest_after(self.work())
    }

    /// One run that makes up for what `work` lacks to the work of these parameters, within their
    /// memory.
    pub(crate) fn rest_after(&self, work: u64) -> Option<Self> {
        let missing = self.work().checked_sub(work)?;
        let passes = missing.div_ceil(u64::from(self.m_kib)).max(1);
        let m_kib = u32::try_from(missing / passes).ok()?;
        Self::bounded(m_kib, u32::try_from(passes).ok()?, 1).ok()
    }

    /// The same memory with more passes, up to the ceiling for passes.
    pub(crate) fn with_passes_times(self, factor: u32) -> Self {
        Self {
            t: self.t.saturating_mul(factor).min(Self::MAX_T),
            ..self
        }
    }

    const fn meets_floor(&self) -> bool {
        self.m_kib >= self.floor_kib()
    }

    const fn floor_kib(&self) -> u32 {
        match self.t {
            0 | 1 => 47_104,
            2 => 19_456,
            _ => 12_288,
        }
    }
}

impl Default for Params {
    fn default() -> Self {
        Self {
            m_kib: 19_456,
            t: 2,
            p: 1,
            danger: false,
        }
    }
}

/// By cost alone, wherever they come from.
impl PartialEq for Params {
    fn eq(&self, other: &Self) -> bool {
        (self.m_kib, self.t, self.p) == (other.m_kib, other.t, other.p)
    }
}

impl Eq for Params {}

impl Hash for Params {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.m_kib, self.t, self.p).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_floor_is_that_of_asvs_11_4_2() {
        for (t, floor) in [
            (1, 47_104),
            (2, 19_456),
            (3, 12_288),
            (4, 12_288),
            (64, 12_288),
        ] {
            assert!(Params::new(floor, t, 1).is_ok(), "t={t}");
            assert_eq!(
                Params::new(floor - 1, t, 1),
                Err(ParamsError::BelowFloor {
                    m_kib: floor - 1,
                    t,
                    floor_kib: floor
                }),
            );
        }
        let default = Params::default();
        assert_eq!(
            Params::new(default.m_kib(), default.t(), default.p()),
            Ok(default)
        );
    }

    #[test]
    fn new_hashes_have_one_lane() {
        for p in [2, 3, 4, 8, Params::MAX_P] {
            let refused = Params::new(65_536, 3, p);
            assert_eq!(refused, Err(ParamsError::NotOneLane { p }));
            let stored = Params::bounded(65_536, 3, p).unwrap();
            assert!(!stored.is_approved(), "p={p}");
        }
        assert!(Params::default().is_approved());
        assert!(!Params::bounded(19_455, 2, 1).unwrap().is_approved());
    }

    #[test]
    fn the_ceilings_hold_for_weak_parameters_too() {
        assert!(Params::danger_weak(Params::MAX_M_KIB, Params::MAX_T, Params::MAX_P).is_ok());
        for make in [Params::new, Params::danger_weak] {
            assert!(make(Params::MAX_M_KIB, Params::MAX_T, 1).is_ok());
            assert!(matches!(
                make(Params::MAX_M_KIB + 1, 2, 1),
                Err(ParamsError::Memory { .. })
            ));
            assert!(matches!(
                make(u32::MAX, 2, 1),
                Err(ParamsError::Memory { .. })
            ));
            assert!(matches!(
                make(19_456, 0, 1),
                Err(ParamsError::Passes { t: 0 })
            ));
            assert!(matches!(
                make(19_456, 65, 1),
                Err(ParamsError::Passes { t: 65 })
            ));
            assert!(matches!(
                make(19_456, u32::MAX, 1),
                Err(ParamsError::Passes { .. })
            ));
            assert!(matches!(
                make(19_456, 2, 0),
                Err(ParamsError::Lanes { p: 0 })
            ));
            assert!(matches!(
                make(19_456, 2, 17),
                Err(ParamsError::Lanes { p: 17 })
            ));
        }
        assert!(matches!(
            Params::danger_weak(15, 1, 2),
            Err(ParamsError::Memory { .. })
        ));
        assert!(Params::danger_weak(16, 1, 2).is_ok());
    }

    #[test]
    fn known_pairs_are_ordered_as_documented() {
        let params = |m, t| Params::danger_weak(m, t, 1).unwrap();
        let live = Params::default();
        for weaker in [
            params(4096, 3),
            params(19_455, 2),
            params(12_288, 3),
            params(4096, 64),
        ] {
            assert!(weaker.is_weaker_than(&live), "{weaker:?}");
            assert!(!live.is_weaker_than(&weaker), "{weaker:?}");
        }
        // More memory but less computation, or the reverse: neither is weaker.
        let (wide, long) = (params(65_536, 1), params(32_768, 3));
        assert!(!wide.is_weaker_than(&long) && !long.is_weaker_than(&wide));
        let lanes = Params::danger_weak(19_456, 2, 4).unwrap();
        assert!(!lanes.is_weaker_than(&live) && !live.is_weaker_than(&lanes));
    }

    fn any_params() -> impl Strategy<Value = Params> {
        let memory = prop_oneof![
            128..=Params::MAX_M_KIB,
            Just(12_288),
            Just(19_456),
            Just(47_104),
            10_000..50_000u32
        ];
        (memory, 1..=Params::MAX_T, 1..=Params::MAX_P)
            .prop_map(|(m, t, p)| Params::danger_weak(m, t, p).unwrap())
    }

    proptest! {
        #[test]
        fn weaker_is_a_strict_partial_order(a in any_params(), b in any_params(), c in any_params()) {
            prop_assert!(!a.is_weaker_than(&a));
            prop_assert!(!(a.is_weaker_than(&b) && b.is_weaker_than(&a)));
            if a.is_weaker_than(&b) && b.is_weaker_than(&c) {
                prop_assert!(a.is_weaker_than(&c));
            }
        }

        #[test]
        fn raising_memory_or_passes_makes_the_old_weaker(a in any_params(), m in 0u32..4096, t in 0u32..4) {
            prop_assume!(m + t > 0);
            if let Ok(raised) = Params::danger_weak(a.m_kib + m, a.t + t, a.p) {
                prop_assert!(a.is_weaker_than(&raised));
                prop_assert!(!raised.is_weaker_than(&a));
            }
        }

        #[test]
        fn below_the_floor_is_weaker_than_any_approved(a in any_params(), b in any_params()) {
            if !a.meets_floor() && b.meets_floor() {
                prop_assert!(a.is_weaker_than(&b));
            }
        }

        #[test]
        fn the_shortfall_makes_up_the_work(stored in any_params(), live in any_params()) {
            let added = stored.shortfall(&live).map_or(0, |run| run.work());
            if stored.work() >= live.work() {
                prop_assert_eq!(added, 0);
            } else {
                // Rounding the memory down loses less than one block a pass.
                let gap = live.work() - stored.work() - added;
                prop_assert!(gap <= u64::from(MIN_KIB_PER_LANE.max(live.t)));
            }
            if let Some(run) = stored.shortfall(&live) {
                prop_assert!(run.m_kib <= live.m_kib);
            }
        }
    }
}
