//! From where something was done, for the notice about it.

use crate::brand::check_name;
use crate::compose::ComposeError;

/// Longest part of an origin, in bytes of UTF-8.
const MAX_PART: usize = 64;

/// From where something was done, as far as it is known. The notice about it shows the parts, so that its reader can
/// answer "was this you?".
///
/// Each part is 1 to 64 bytes of UTF-8 without control characters. Take browser and system from a list of known names,
/// never from a request: the person who made that request may be a stranger, and the mail would carry their words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin<'a> {
    /// The family of the browser, such as "Firefox".
    pub browser: Option<&'a str>,
    /// The family of the system, such as "Windows".
    pub system: Option<&'a str>,
    /// The place, such as "Utrecht, NL".
    pub place: Option<&'a str>,
    /// The network, such as "203.0.113.x". Never a whole address.
    pub network: Option<&'a str>,
}

impl<'a> Origin<'a> {
    /// Adds the families of browser and system.
    #[must_use]
    pub fn device(mut self, browser: Option<&'a str>, system: Option<&'a str>) -> Self {
        (self.browser, self.system) = (browser, system);
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn place(mut self, place: Option<&'a str>) -> Self {
        self.place = place;
        self
    }

    /// Adds the network.
    #[must_use]
    pub fn network(mut self, network: Option<&'a str>) -> Self {
        self.network = network;
        self
    }

    pub(crate) fn check(&self) -> Result<(), ComposeError> {
        let parts = [self.browser, self.system, self.place, self.network];
        for part in parts.into_iter().flatten() {
            check_name(part, MAX_PART).map_err(ComposeError::Origin)?;
        }
        Ok(())
    }
}
