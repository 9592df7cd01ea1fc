//! Time-based one-time passwords (RFC 6238) for services: secrets, `otpauth` URIs, enrolment and
//! verification that accepts each code once.
//!
//! ```
//! # use slotwerk_totp::*;
//! let (secret, params) = (Secret::from_entropy(&[0x5a; 20]), Parameters::ISSUED); // 20 random bytes
//! let uri = OtpauthUri::new(&secret, &params, "Noord", "j.devries")?; // draw as QR
//! let (progress, now) = (Progress::default(), 1_900_000_000); // what you stored; Unix time
//! let typed = code_at(&secret, &params, now / 30); // the phone does this
//! let code = Code::parse(&typed, &params)?; // a form error; charge an attempt afterwards
//! match verify(&secret, &params, Window::default(), &progress, &code, now) {
//!     Verdict::Accepted(accepted) => assert_eq!(accepted.step(), now / 30), // store it
//!     _ => unreachable!("the code is genuine"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate reads no clock, draws no random bytes and stores nothing. The caller passes in `now`, in
//! seconds since the Unix epoch, and entropy as bytes. It also stores what [`Accepted`] returns. The one
//! exception is [`Secret::generate`](Secret#method.generate), behind the feature `rand`, which draws bytes.
//!
//! # Using a code once
//!
//! [`verify`] rejects every step at or below [`Progress::watermark`] and returns the step it matched.
//! The code is consumed only when the caller **stores that step, on the condition that it is still
//! above the stored watermark**, in one atomic statement. If two nodes verify the same code at the same
//! moment, both receive [`Verdict::Accepted`]. The condition then decides which one signs in.
//!
//! Store two more values, each on the condition that the watermark is still the one that was read:
//!
//! - [`Progress::corrected`], before verifying, if the server's clock had run ahead;
//! - [`RolledOver::progress`], before the page says that a code was right but has expired.
//!
//! # The window
//!
//! A step is one period (30 s). The default [`Window`] accepts the codes of the current step and its
//! two neighbours. An accepted code shows how far the phone's clock is off ([`Progress::drift`]). From
//! then on, the codes around the drifted step are accepted too. The second window follows a drift that
//! grows slowly, by at most one step per sign-in.
//!
//! The base window always stays open, so a phone works again after its clock was corrected. If the clock
//! was slow, the phone works at once. If it was fast, the phone works when the right time has passed the
//! last code that was used ([`Progress::next_code_from`]), since no code may be used twice.
//!
//! If a clock is off by more, [`resynchronise`] finds it with two codes in a row. A [`Hint`] holds what a
//! page may say about a rejected code. A [`ClockHint`] comes with an accepted code and says how far the
//! clock is off.
//!
//! # What it does not protect against
//!
//! - **Guessing.** A guess of six digits is right once in a million, times [`Window::accepted_at_once`].
//!   Charge an attempt budget before calling [`verify`]. Besides the waiting time, keep a lifetime cap.
//! - **Phishing.** An attacker can lead a person to type a valid code into a copy of your page. TOTP is
//!   not phishing-resistant; WebAuthn is.
//! - **A reader of the secret.** The verifier needs the secret itself. Seal it at rest, and bind it
//!   to its account. This crate only keeps it out of logs and wipes its own copies.
//! - **Remnants inside the hash functions.** The underlying crates do not wipe their HMAC state. Base32
//!   goes through a table, so an attacker who shares the processor's cache is out of scope.
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
