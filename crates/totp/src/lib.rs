//! Time-based one-time passwords (RFC 6238) for services: issue a secret, show it as an `otpauth`
//! URI, enrol a phone, verify a code once.
//!
//! ```
//! # use slotwerk_totp::*;
//! let (secret, params) = (Secret::from_entropy(&[0x5a; 20]), Parameters::ISSUED); // 20 random bytes
//! let uri = OtpauthUri::new(&secret, &params, "Noord", "j.devries")?; // draw as QR
//! let (progress, now) = (Progress::default(), 1_900_000_000); // what you stored; Unix time
//! let typed = code_at(&secret, &params, now / 30); // the phone does this
//! let code = Code::parse(&typed, &params)?; // an error of the form; charge an attempt afterwards
//! match verify(&secret, &params, Window::default(), &progress, &code, now) {
//!     Verdict::Accepted(accepted) => assert_eq!(accepted.step(), now / 30), // store it
//!     _ => unreachable!("the code is genuine"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here reads a clock, draws random bytes or remembers anything: `now` is in seconds since
//! the Unix epoch, entropy comes in as bytes, and what has to be remembered comes out in
//! [`Accepted`]. The helper [`Secret::generate`](Secret#method.generate) behind the feature `rand`
//! is the one exception.
//!
//! # Using a code once
//!
//! [`verify`] refuses every step at or below [`Progress::watermark`] and hands back the step it
//! matched. The code is used up only when that step is **stored, on the condition that it is still
//! above the stored watermark**, in one atomic statement; two nodes that verify the same code at the
//! same moment both receive [`Verdict::Accepted`], and that condition decides which one signs in.
//!
//! Two more things have to be stored, each on the condition that the watermark is still the one that was read:
//! [`Progress::corrected`] before verifying, when the server's clock had run ahead, and
//! [`RolledOver::progress`] before telling a person that a code was right and has run out.
//!
//! # The window
//!
//! A step is one period (30 s). With the default [`Window`] the codes of the current step and its
//! two neighbours are accepted; once an accepted code has shown how far the phone's clock is off
//! ([`Progress::drift`]), also those around the drifted step. The base window is never given up, so a phone
//! whose clock was put right works again: at once if it was slow, and if it was fast as soon as the right
//! time has passed the last code that was used ([`Progress::next_code_from`]), since no code may be used
//! twice. A slow drift is followed, one step a sign-in at most.
//!
//! A clock that is off by more is found by [`resynchronise`], with two codes in a row. What may be said of
//! a refused code is a [`Hint`]; how far the clock is off comes with an accepted one, as a [`ClockHint`].
//!
//! # What it does not protect against
//!
//! - **Guessing.** A six-digit code is one in a million, times [`Window::accepted_at_once`]. Charge
//!   an attempt budget before calling [`verify`], and keep a lifetime cap besides the waiting time.
//! - **Phishing.** A person can be led to type a live code into a copy of your page. TOTP is not
//!   phishing-resistant; WebAuthn is.
//! - **A reader of the secret.** The verifier needs the secret itself. Seal it at rest, and bind it
//!   to its account; this crate only keeps it out of logs and wipes its own copies.
//! - **Remnants inside the hash functions.** The HMAC state of the underlying crates is not wiped,
//!   and Base32 goes through a table, so an attacker who shares the processor's cache is out of scope.
//! - **Races between nodes**, unless the step is stored as described above.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
mod code;
mod enrolment;
mod keyed;
#[cfg(feature = "migration")]
mod migration;
mod parameters;
mod progress;
mod resync;
mod secret;
mod uri;
mod verify;
mod window;

pub use clock::ClockHint;
pub use code::{Code, MalformedCode, code_at};
pub use enrolment::{Confirmation, EnrolmentError, EnrolmentId, PendingEnrolment};
#[cfg(feature = "migration")]
#[cfg_attr(docsrs, doc(cfg(feature = "migration")))]
pub use migration::{Export, ExportError, Refusal, Refused};
pub use parameters::{Algorithm, Parameters, ParametersError};
pub use progress::{CLOCK_TOLERANCE, Progress};
pub use resync::{Search, SearchError, resynchronise};
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub use secret::EntropyError;
pub use secret::{Secret, SecretError};
pub use uri::{Label, MAX_URI_BYTES, OtpauthUri, Parsed, UriError, is_forbidden_in_labels};
pub use verify::{Accepted, Hint, RolledOver, Verdict, verify};
pub use window::{MAX_DRIFT, Window, WindowError};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
