//! The symbol itself: a square of modules, and who may look at it.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{QrError, encode};

/// Light modules around the symbol on each side (ISO/IEC 18004, section on the quiet zone). Always drawn.
pub const QUIET_ZONE: usize = 4;

/// The most bytes of data that [`Symbol::encode`] takes: fits a symbol at every [`Level`].
pub const MAX_BYTES: usize = 1024;

/// The most pixels along one module in [`Symbol::png`] and [`Symbol::html_table`].
pub const MAX_MODULE_PX: u32 = 32;

/// How much of the symbol may be damaged and still read: about 7, 15, 25 or 30 % of the codewords.
///
/// [`Level::M`] suits a screen or a mail. More correction makes a larger symbol. ISO/IEC 18004 has these four
/// and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// About 7 %.
    L,
    /// About 15 %.
    #[default]
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

/// A QR symbol: `width` by `width` modules, each dark or light.
///
/// Treated as a secret, because an authenticator's symbol is one: wiped on drop, redacted `Debug`, no
/// comparison.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Symbol {
    modules: Vec<u8>,
    width: usize,
}

impl Symbol {
    /// Encodes `data` in the smallest symbol that holds it at the given level.
    ///
    /// Runs of digits and of upper-case letters are packed tighter than other text, which is what makes
    /// the Base32 secret of an otpauth URI cheap. The text is cut into such runs in the best of all ways
    /// (ISO/IEC 18004:2015, 7.4), and the mask is the one with the fewest penalty points (7.8.3).
    ///
    /// What is not ASCII is written as UTF-8, and said to be.
    ///
    /// ```
    /// use slotwerk_qr::{Level, Symbol};
    ///
    /// assert_eq!(Symbol::encode("0123456789", Level::M)?.width(), 21);
    /// # Ok::<(), slotwerk_qr::QrError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`QrError::Empty`] for no data, [`QrError::TooLong`] above [`MAX_BYTES`] bytes.
    pub fn encode(data: &str, level: Level) -> Result<Self, QrError> {
        check(data)?;
        let (modules, width) = encode::modules(data, level)?;
        Ok(Self { modules, width })
    }

    /// The [width](Self::width) of the symbol that [`encode`](Self::encode) makes, without making it.
    ///
    /// ```
    /// use slotwerk_qr::{Level, Symbol};
    ///
    /// assert_eq!(Symbol::width_of("0123456789", Level::M)?, 21);
    /// # Ok::<(), slotwerk_qr::QrError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    pub fn width_of(data: &str, level: Level) -> Result<usize, QrError> {
        check(data)?;
        encode::width(data, level)
    }

    /// Modules along one side, without the quiet zone: 21, 25, … 177.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Modules along one side, with the quiet zone on both sides.
    #[must_use]
    pub fn width_with_quiet_zone(&self) -> usize {
        self.width + 2 * QUIET_ZONE
    }

    /// Whether the module in column `x` and row `y` is dark; anything outside the symbol is light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.width && self.modules.get(y * self.width + x).copied() == Some(1)
    }

    /// As [`Symbol::is_dark`], counted from the corner of the quiet zone.
    pub(crate) fn is_dark_in_frame(&self, x: usize, y: usize) -> bool {
        match (x.checked_sub(QUIET_ZONE), y.checked_sub(QUIET_ZONE)) {
            (Some(x), Some(y)) => self.is_dark(x, y),
            _ => false,
        }
    }

    /// One row of the frame as runs of equal modules: `(dark, first column, length)`.
    pub(crate) fn runs(&self, y: usize) -> Vec<(bool, usize, usize)> {
        let mut runs: Vec<(bool, usize, usize)> = Vec::new();
        for x in 0..self.width_with_quiet_zone() {
            let dark = self.is_dark_in_frame(x, y);
            match runs.last_mut() {
                Some(run) if run.0 == dark => run.2 += 1,
                _ => runs.push((dark, x, 1)),
            }
        }
        runs
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Symbol")
            .field("width", &self.width)
            .field("modules", &"redacted")
            .finish()
    }
}

fn check(data: &str) -> Result<(), QrError> {
    match data.len() {
        0 => Err(QrError::Empty),
        1..=MAX_BYTES => Ok(()),
        bytes => Err(QrError::TooLong { bytes }),
    }
}

pub(crate) fn check_module_px(module_px: u32) -> Result<usize, QrError> {
    match usize::try_from(module_px) {
        Ok(px) if (1..=MAX_MODULE_PX).contains(&module_px) => Ok(px),
        _ => Err(QrError::ModuleSize { module_px }),
    }
}
