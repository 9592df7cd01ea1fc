//! The symbol as an SVG image.

use std::fmt::Write as _;

use crate::Symbol;
use crate::escape::attribute;

impl Symbol {
    /// The symbol as an SVG image: a white square and one black path, one unit a module, quiet zone
    /// included, labelled "QR".
    ///
    /// It has a `viewBox` and no size, so that the page decides: a multiple of
    /// [`Symbol::width_with_quiet_zone`] in pixels gives modules of one size. And no style attribute, so that it
    /// shows under a strict Content-Security-Policy.
    #[must_use]
    pub fn svg(&self) -> String {
        self.svg_labelled("QR")
    }

    /// As [`Symbol::svg`], with the text that a screen reader says instead of the picture.
    #[must_use]
    pub fn svg_labelled(&self, label: &str) -> String {
        let side = self.width_with_quiet_zone();
        let label = attribute(label);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
             aria-label=\"{label}\" shape-rendering=\"crispEdges\">\
             <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
        );
        for y in 0..side {
            for (_, x, length) in self.runs(y).into_iter().filter(|run| run.0) {
                // Writing to a String cannot fail.
                let _ = write!(out, "M{x} {y}h{length}v1h-{length}z");
            }
        }
        out.push_str("\"/></svg>");
        out
    }
}
