//! The estimate of zxcvbn, within bounds.

use crate::candidate::Candidate;
use crate::subject::Subject;

/// How many characters are estimated. The cost grows faster than the length; what comes after can only
/// make a password harder to guess, so a longer one is not judged too well.
#[cfg(feature = "strength")]
const LOOKED_AT: usize = 64;

/// 0 to 4.
#[cfg(feature = "strength")]
pub(crate) fn score(candidate: &Candidate, subject: &Subject) -> u16 {
    use zeroize::Zeroizing;
    let mut text = Zeroizing::new(String::with_capacity(candidate.nfc.len()));
    text.extend(candidate.characters.iter().take(LOOKED_AT));
    let inputs: Vec<&str> = subject.values().collect();
    u16::from(u8::from(zxcvbn::zxcvbn(&text, &inputs).score()))
}

/// Building refuses the rule without the feature; were that to change, nothing would pass.
#[cfg(not(feature = "strength"))]
pub(crate) fn score(_: &Candidate, _: &Subject) -> u16 {
    0
}
