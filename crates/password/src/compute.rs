//! What one job computes: a hash, a verification, a decoy. Pure, over a worker's memory.

use std::hint::black_box;
use std::sync::Arc;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::error::HashError;
use crate::foreign::LongBcrypt;
use crate::memory::Memory;
use crate::params::Params;
use crate::password::Password;
use crate::pepper::{Owner, Peppered};
use crate::stored::{PasswordHash, Plain};

/// Bytes of output in a new hash.
pub(crate) const OUTPUT: usize = 32;
/// What a decoy is compared with. No password hashes to it but by a chance of 2^-256.
const DECOY_OUTPUT: [u8; OUTPUT] = [0; OUTPUT];
pub(crate) const DECOY_SALT: [u8; 16] = *b"slotwerk-decoy-1";

/// The answer to a password.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum Verification {
    /// The password is not the one of the stored hash.
    Rejected,
    /// The password is the one of the stored hash. Only this crate can say so.
    #[non_exhaustive]
    Verified {
        /// A hash of the same password with today's parameters, if the stored one is weaker
        /// ([`Params::is_weaker_than`]), or the same hash under today's pepper. Store it by compare-and-swap against the old hash; if
        /// that fails, the sign-in is none the worse.
        replacement: Option<PasswordHash>,
    },
}

/// What a job is computed under.
#[derive(Clone)]
pub(crate) struct Terms {
    /// The parameters of new hashes.
    pub(crate) live: Params,
    /// The costliest stored hash.
    pub(crate) ceiling: Params,
    /// What bcrypt hashes do with passwords they cannot take whole.
    pub(crate) long_bcrypt: LongBcrypt,
    pub(crate) pepper: Option<Arc<Peppered>>,
    pub(crate) owner: Arc<Owner>,
    /// A hash at the cost of `live` that is nobody's, made beforehand: a decoy then begins as any
    /// verification does, with a hash at hand.
    pub(crate) nobodys: Option<Arc<PasswordHash>>,
}

/// See [`Terms::nobodys`]. There is always one: the lengths are right.
pub(crate) fn nobodys(live: Params) -> Option<Arc<PasswordHash>> {
    PasswordHash::assemble(live, &DECOY_SALT, &DECOY_OUTPUT).map(Arc::new)
}

impl Terms {
    pub(crate) fn hash(
        &self,
        memory: &mut Memory,
        password: &Password,
        salt: &[u8; 16],
    ) -> Result<PasswordHash, HashError> {
        let mut output = Zeroizing::new([0; OUTPUT]);
        let nfc = password.forms();
        memory.run(self.live, nfc.nfc(), salt, output.as_mut_slice())?;
        let plain =
            PasswordHash::assemble(self.live, salt, output.as_slice()).ok_or(HashError::Failed)?;
        self.wrapped(plain)
    }

    /// The work before an answer is that of the live parameters for every form of the password,
    /// whatever is stored, unless the stored hash costs more. Only an accepted password adds to it.
    pub(crate) fn verify(
        &self,
        memory: &mut Memory,
        password: &Password,
        stored: &PasswordHash,
        fresh_salt: &[u8; 16],
    ) -> Result<Verification, HashError> {
        let inner = match &self.pepper {
            Some(peppered) => peppered.open(stored, &self.owner)?,
            None => stored.clone(),
        };
        self.compare(memory, password, stored, inner, fresh_salt)
    }

    /// The same steps as [`Terms::verify`] takes for a hash of today that does not match.
    pub(crate) fn decoy(
        &self,
        memory: &mut Memory,
        password: &Password,
        nobodys: &PasswordHash,
    ) -> Result<Verification, HashError> {
        if let Some(peppered) = &self.pepper {
            peppered.open_nothing()?;
        }
        self.compare(memory, password, nobodys, nobodys.clone(), &DECOY_SALT)
    }

    /// `inner` is what `stored` is or holds.
    fn compare(
        &self,
        memory: &mut Memory,
        password: &Password,
        stored: &PasswordHash,
        inner: PasswordHash,
        fresh_salt: &[u8; 16],
    ) -> Result<Verification, HashError> {
        self.affords(&inner)?;
        let hash = inner.plain()?;
        let forms = password.forms();
        let mut accepted = Choice::from(0);
        for form in forms.iter() {
            // Every form is tried, also after a match: the time says nothing about which it was.
            accepted |= match hash {
                Plain::Argon2id(hash) => {
                    let mut buffer = Zeroizing::new([0; 64]);
                    let output = buffer
                        .get_mut(..hash.output().len())
                        .ok_or(HashError::Failed)?;
                    memory.run(hash.params, form, hash.salt(), output)?;
                    output.ct_eq(hash.output())
                }
                Plain::Foreign(foreign) => foreign.matches(memory, form, self.long_bcrypt)?,
            };
        }
        if bool::from(accepted) {
            return Ok(Verification::Verified {
                replacement: self.replacement(memory, password, stored, inner, fresh_salt),
            });
        }
        let work = match hash {
            Plain::Argon2id(hash) => hash.params.work(),
            Plain::Foreign(foreign) => foreign.work(),
        };
        if let Some(rest) = self.live.rest_after(work) {
            for form in forms.iter() {
                let mut unused = Zeroizing::new([0; OUTPUT]);
                memory.run(rest, form, &DECOY_SALT, unused.as_mut_slice())?;
                black_box(&unused);
            }
        }
        Ok(Verification::Rejected)
    }

    /// What to store instead of `stored`, whose password was right. A fault in renewing the hash
    /// must not turn a right password away: there is just no replacement then.
    fn replacement(
        &self,
        memory: &mut Memory,
        password: &Password,
        stored: &PasswordHash,
        inner: PasswordHash,
        fresh_salt: &[u8; 16],
    ) -> Option<PasswordHash> {
        if inner.is_weaker_than(&self.live) {
            return self.hash(memory, password, fresh_salt).ok();
        }
        let pepper = &self.pepper.as_ref()?.pepper;
        if stored.pepper_key() == Some(pepper.active()) {
            return None;
        }
        self.wrapped(inner).ok()
    }

    pub(crate) fn wrap(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        match &self.pepper {
            Some(peppered) => peppered.rewrap(stored, &self.owner),
            None => Ok(None),
        }
    }

    pub(crate) fn import(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        match &self.pepper {
            Some(peppered) => stored.import(&*peppered.pepper, &self.owner),
            None => Ok(None),
        }
    }

    fn wrapped(&self, plain: PasswordHash) -> Result<PasswordHash, HashError> {
        match &self.pepper {
            Some(peppered) => peppered.wrap(&plain, &self.owner),
            None => Ok(plain),
        }
    }

    /// Whether the cost of a stored hash is within the ceiling, as far as it can be seen.
    pub(crate) fn affords(&self, stored: &PasswordHash) -> Result<(), HashError> {
        match stored.params() {
            Some(asked) if !self.ceiling.covers(&asked) => Err(HashError::TooCostly {
                m_kib: asked.m_kib(),
                t: asked.t(),
            }),
            _ => stored.foreign_cost().map_or(Ok(()), |foreign| {
                let (m_kib, t) = (
                    foreign.memory_kib(),
                    foreign.argon2_params().map_or(1, |p| p.t()),
                );
                let within = m_kib <= self.ceiling.m_kib()
                    && foreign
                        .argon2_params()
                        .is_none_or(|p| self.ceiling.covers(&p));
                if within {
                    Ok(())
                } else {
                    Err(HashError::TooCostly { m_kib, t })
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALT: [u8; 16] = [7; 16];
    const FRESH: [u8; 16] = [8; 16];

    fn password(text: &str) -> Password {
        Password::new(text).unwrap()
    }

    fn weak(m: u32, t: u32) -> Params {
        Params::danger_weak(m, t, 1).unwrap()
    }

    fn terms(live: Params) -> Terms {
        Terms {
            live,
            ceiling: Params::danger_weak(1024, 64, 1).unwrap(),
            long_bcrypt: LongBcrypt::Refuse,
            pepper: None,
            owner: Arc::default(),
            nobodys: nobodys(live),
        }
    }

    fn hash(
        memory: &mut Memory,
        live: Params,
        password: &Password,
        salt: &[u8; 16],
    ) -> Result<PasswordHash, HashError> {
        terms(live).hash(memory, password, salt)
    }

    fn verify(
        memory: &mut Memory,
        live: Params,
        password: &Password,
        stored: &PasswordHash,
        salt: &[u8; 16],
    ) -> Result<Verification, HashError> {
        terms(live).verify(memory, password, stored, salt)
    }

    fn decoy(memory: &mut Memory, live: Params, password: &Password) -> Result<(), HashError> {
        let verdict = terms(live).decoy(memory, password, &nobodys(live).unwrap())?;
        assert!(matches!(verdict, Verification::Rejected));
        Ok(())
    }

    fn work_of<T>(memory: &mut Memory, job: impl FnOnce(&mut Memory) -> T) -> (u64, T) {
        let before = memory.filled();
        let result = job(memory);
        (memory.filled() - before, result)
    }

    fn raw_hash(memory: &mut Memory, params: Params, bytes: &[u8]) -> PasswordHash {
        let mut output = [0; OUTPUT];
        memory.run(params, bytes, &SALT, &mut output).unwrap();
        PasswordHash::assemble(params, &SALT, &output).unwrap()
    }

    #[test]
    fn a_decoy_does_the_work_of_the_live_parameters() {
        let mut memory = Memory::reserve(64).unwrap();
        let (work, result) = work_of(&mut memory, |m| decoy(m, weak(64, 3), &password("guess")));
        assert_eq!((work, result), (64 * 3, Ok(())));
    }

    #[test]
    fn a_refusal_does_the_work_of_the_decoy_for_composed_and_decomposed_input() {
        let live = weak(64, 2);
        let mut memory = Memory::reserve(64).unwrap();
        let stored = raw_hash(&mut memory, live, "caf\u{e9}".as_bytes());
        for guess in ["plain", "decompose\u{301}d"] {
            let guess = password(guess);
            let (refusal, verdict) =
                work_of(&mut memory, |m| verify(m, live, &guess, &stored, &FRESH));
            assert!(matches!(verdict, Ok(Verification::Rejected)));
            let (decoy, _) = work_of(&mut memory, |m| decoy(m, live, &guess));
            assert_eq!(refusal, decoy);
        }
    }

    #[test]
    fn a_match_in_the_first_form_still_tries_the_second() {
        let live = weak(64, 2);
        let mut memory = Memory::reserve(64).unwrap();
        let composed = raw_hash(&mut memory, live, "caf\u{e9}".as_bytes());
        let raw = raw_hash(&mut memory, live, "cafe\u{301}".as_bytes());
        let typed = password("cafe\u{301}");
        let mut works = Vec::new();
        for stored in [composed, raw] {
            let (work, verdict) =
                work_of(&mut memory, |m| verify(m, live, &typed, &stored, &FRESH));
            assert!(matches!(
                verdict,
                Ok(Verification::Verified { replacement: None })
            ));
            works.push(work);
        }
        assert_eq!(works, [2 * 64 * 2, 2 * 64 * 2]);
    }

    #[test]
    fn a_hash_of_the_raw_form_is_replaced_by_one_of_nfc() {
        let (old, live) = (weak(32, 1), weak(64, 2));
        let mut memory = Memory::reserve(64).unwrap();
        let stored = raw_hash(&mut memory, old, "cafe\u{301}".as_bytes());
        let verdict = verify(&mut memory, live, &password("cafe\u{301}"), &stored, &FRESH).unwrap();
        let Verification::Verified {
            replacement: Some(fresh),
        } = verdict
        else {
            panic!("{verdict:?}");
        };
        let Ok(Plain::Argon2id(inner)) = fresh.plain() else {
            panic!("not our own");
        };
        assert_eq!(inner.salt(), FRESH);
        // The composed spelling alone now matches: one form, one run.
        let verdict = verify(&mut memory, live, &password("caf\u{e9}"), &fresh, &FRESH).unwrap();
        assert!(matches!(
            verdict,
            Verification::Verified { replacement: None }
        ));
    }

    #[test]
    fn composed_input_does_not_match_a_hash_of_the_raw_form() {
        let live = weak(32, 1);
        let mut memory = Memory::reserve(32).unwrap();
        let stored = raw_hash(&mut memory, live, "cafe\u{301}".as_bytes());
        let verdict = verify(&mut memory, live, &password("caf\u{e9}"), &stored, &FRESH).unwrap();
        assert!(matches!(verdict, Verification::Rejected));
    }

    #[test]
    fn every_output_length_is_compared_whole() {
        let live = weak(32, 1);
        let mut memory = Memory::reserve(32).unwrap();
        for len in 16..=64 {
            let mut output = vec![0; len];
            memory.run(live, b"password", &SALT, &mut output).unwrap();
            let stored = PasswordHash::assemble(live, &SALT, &output).unwrap();
            let verdict = verify(&mut memory, live, &password("password"), &stored, &FRESH);
            assert!(
                matches!(verdict, Ok(Verification::Verified { .. })),
                "{len}"
            );
            output[len - 1] ^= 1;
            let altered = PasswordHash::assemble(live, &SALT, &output).unwrap();
            let verdict = verify(&mut memory, live, &password("password"), &altered, &FRESH);
            assert!(matches!(verdict, Ok(Verification::Rejected)), "{len}");
        }
    }

    fn small() -> impl Strategy<Value = Params> {
        (8u32..=64, 1u32..=4).prop_map(|(m, t)| weak(m, t))
    }

    proptest! {
        #[test]
        fn a_replacement_comes_only_for_a_weaker_hash(old in small(), live in small(), text in "\\PC{0,12}") {
            let mut memory = Memory::reserve(64).unwrap();
            let password = password(&text);
            let stored = hash(&mut memory, old, &password, &SALT).unwrap();
            let verdict = verify(&mut memory, live, &password, &stored, &FRESH).unwrap();
            let Verification::Verified { replacement } = verdict else {
                return Err(TestCaseError::fail("rejected"));
            };
            prop_assert_eq!(replacement.is_some(), old.is_weaker_than(&live));
            if let Some(fresh) = replacement {
                prop_assert_eq!(fresh.params(), Some(live));
                let again = verify(&mut memory, live, &password, &fresh, &SALT).unwrap();
                let settled = matches!(again, Verification::Verified { replacement: None });
                prop_assert!(settled);
            }
        }

        #[test]
        fn a_refusal_costs_at_least_about_the_decoy_whatever_is_stored(old in small(), live in small()) {
            let mut memory = Memory::reserve(64).unwrap();
            let stored = hash(&mut memory, old, &password("right"), &SALT).unwrap();
            let guess = password("wrong");
            let (refusal, verdict) = work_of(&mut memory, |m| verify(m, live, &guess, &stored, &FRESH));
            prop_assert!(matches!(verdict, Ok(Verification::Rejected)));
            let (decoy, _) = work_of(&mut memory, |m| decoy(m, live, &guess));
            // Argon2 rounds memory down to whole segments, four blocks at most in each pass.
            let rounding = 4 * (4 + 4) + 8;
            prop_assert!(refusal + rounding >= decoy, "{} {}", refusal, decoy);
            if old.work() <= live.work() {
                prop_assert!(refusal <= decoy + rounding, "{} {}", refusal, decoy);
            }
        }

        #[test]
        fn another_password_is_rejected(right in "\\PC{0,12}", wrong in "\\PC{0,12}") {
            let mut memory = Memory::reserve(8).unwrap();
            let (right, wrong) = (password(&right), password(&wrong));
            prop_assume!(right.forms().nfc() != wrong.forms().nfc());
            let stored = hash(&mut memory, weak(8, 1), &right, &SALT).unwrap();
            // The raw form of a guess may be the password only if that is not in NFC, and
            // what was hashed is.
            let verdict = verify(&mut memory, weak(8, 1), &wrong, &stored, &FRESH).unwrap();
            prop_assert!(matches!(verdict, Verification::Rejected));
        }
    }
}
