//! The symbol as text, for a terminal.

use crate::Symbol;

/// What the terminal shows behind its letters. There is no third: the symbol needs one of its two colours to
/// be the light one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ground {
    /// Light letters on a dark ground, as most terminals have.
    #[default]
    Dark,
    /// Dark letters on a light ground, as on paper.
    Light,
}

impl Symbol {
    /// The symbol in half-block characters for a dark [`Ground`]; see [`Symbol::text_on`].
    #[must_use]
    pub fn text(&self) -> String {
        self.text_on(Ground::Dark)
    }

    /// The symbol in half-block characters, two rows of modules to a line, quiet zone included, each
    /// line ended by a line feed.
    ///
    /// On a dark ground the light modules are inked, on a light one the dark modules are. On the other
    /// ground it shows inverted, which most scanners read as well.
    #[must_use]
    pub fn text_on(&self, ground: Ground) -> String {
        let side = self.width_with_quiet_zone();
        // A character takes up to three bytes.
        let mut out = String::with_capacity((side + 1) * side.div_ceil(2) * 3);
        let inked = |x, y| match ground {
            // Below the last row lies nothing, which stays without ink.
            Ground::Dark => y < side && !self.is_dark_in_frame(x, y),
            Ground::Light => self.is_dark_in_frame(x, y),
        };
        for y in (0..side).step_by(2) {
            for x in 0..side {
                out.push(match (inked(x, y), inked(x, y + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            out.push('\n');
        }
        out
    }
}
