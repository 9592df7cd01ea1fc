//! The symbol as text, for a terminal.

use crate::Symbol;

impl Symbol {
    /// The symbol in half-block characters, two rows of modules to a line, quiet zone included, each
    /// line ended by a line feed.
    ///
    /// Light modules are the inked ones, so that it scans on a terminal with light text on a dark
    /// ground. On a light ground it shows inverted, which most scanners read as well.
    #[must_use]
    pub fn text(&self) -> String {
        let side = self.width_with_quiet_zone();
        let mut out = String::with_capacity(side * side * 2);
        for y in (0..side).step_by(2) {
            for x in 0..side {
                // Below the last row lies nothing, which stays without ink.
                let below_is_dark = y + 1 >= side || self.is_dark_in_frame(x, y + 1);
                out.push(match (self.is_dark_in_frame(x, y), below_is_dark) {
                    (false, false) => '█',
                    (false, true) => '▀',
                    (true, false) => '▄',
                    (true, true) => ' ',
                });
            }
            out.push('\n');
        }
        out
    }
}
