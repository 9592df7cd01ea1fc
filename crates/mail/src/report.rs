//! The link "this was not me".

use std::fmt;
use std::time::Duration;

use crate::compose::ComposeError;
use crate::message::check_link;

/// Longest validity: more than a year, for a host that keeps its notices reportable.
const LONGEST: Duration = Duration::from_secs(400 * 24 * 3600);

/// A link "this was not me", for the person who did not do what a mail is about: see
/// [`Composer::compose_reportable`](crate::Composer::compose_reportable).
///
/// `Debug` is redacted.
#[derive(Clone, Copy)]
pub struct ReportLink<'a> {
    /// The link: https, or http to this machine; at most 2048 bytes. Secret.
    ///
    /// Keep it below 900 bytes, an `&` counted as five, for a [`Message::SetUp`](crate::Message::SetUp) whose
    /// other values are near their bounds: with a longer one that mail would grow beyond 100 kB, and is
    /// [`Unfit`](ComposeError::Unfit).
    pub link: &'a str,
    /// How long the link works at most, from the moment of sending: 1 s to 400 days. Shown like the validity of
    /// a [`Message::ResetLink`](crate::Message::ResetLink).
    pub valid_for: Duration,
}

impl ReportLink<'_> {
    pub(crate) fn check(&self) -> Result<(), ComposeError> {
        check_link(self.link)?;
        if (Duration::from_secs(1)..=LONGEST).contains(&self.valid_for) {
            Ok(())
        } else {
            Err(ComposeError::ValidFor)
        }
    }
}

impl fmt::Debug for ReportLink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReportLink(redacted)")
    }
}
