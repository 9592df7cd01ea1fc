//! The symbol as an HTML table, for mail clients that block images.

use crate::escape::attribute;
use crate::symbol::check_module_px;
use crate::{QrError, Symbol};

/// A line of a mail has at most 998 octets (RFC 5322, section 2.1.1).
const LINE_LIMIT: usize = 900;
/// The widest symbol, in modules, whose dark cells have a style beside their attribute (version 13).
const WIDEST_STYLED: usize = 69;

impl Symbol {
    /// The symbol as an HTML table of `module_px` pixels to a module, quiet zone included, labelled "QR".
    ///
    /// See [`Symbol::html_table_labelled`].
    ///
    /// # Errors
    ///
    /// [`QrError::ModuleSize`] unless `module_px` is 1 to [`MAX_MODULE_PX`](crate::MAX_MODULE_PX).
    pub fn html_table(&self, module_px: u32) -> Result<String, QrError> {
        self.html_table_labelled(module_px, "QR")
    }

    /// As [`Symbol::html_table`], with the text that a screen reader says instead of the table.
    ///
    /// Made for mail: a run of equal modules is one cell; white is explicit on the table, black on each
    /// dark cell, both as attribute and as style, so that a client that drops one of them still draws the
    /// symbol; sizes are fixed in pixels; `color-scheme` asks dark themes to leave it alone; no image,
    /// script or outside resource.
    /// No line is longer than mail allows, as long as `label` is not: it stays on one line, which has room
    /// for 500 bytes of it. `&`, `<`, `>` and quotes take up to six each.
    /// It is HTML, not XML: the end tags of rows and cells are left out, as HTML permits, and that keeps
    /// the symbol of an otpauth URI below 40 kB.
    ///
    /// A symbol of more than 69 modules is black by the attribute alone: it would be twice as large
    /// otherwise, and mail clients cut long mails off.
    ///
    /// # Errors
    ///
    /// [`QrError::ModuleSize`] unless `module_px` is 1 to [`MAX_MODULE_PX`](crate::MAX_MODULE_PX).
    pub fn html_table_labelled(&self, module_px: u32, label: &str) -> Result<String, QrError> {
        let px = check_module_px(module_px)?;
        let side = self.width_with_quiet_zone();
        let total = side * px;
        let label = attribute(label);
        let black = if self.width() > WIDEST_STYLED {
            "bgcolor=#000"
        } else {
            "bgcolor=#000 style=background:#000"
        };
        let mut out = Lines::default();
        out.push(&format!(
            "<table role=\"img\" aria-label=\"{label}\" border=\"0\" cellpadding=\"0\" \
             cellspacing=\"0\" width=\"{total}\" height=\"{total}\" bgcolor=\"#ffffff\" \
             style=\"width:{total}px;height:{total}px;table-layout:fixed;border-collapse:collapse;\
             border-spacing:0;border:0;line-height:0;font-size:0;mso-line-height-rule:exactly;\
             background:#ffffff;color-scheme:light only;forced-color-adjust:none\">"
        ));
        for y in 0..side {
            out.new_line();
            out.push(&format!("<tr height={px}>"));
            if y == 0 {
                // The first row is quiet zone: it carries no run, so it can fix the width of each column.
                for _ in 0..side {
                    out.push(&format!("<td width={px} height={px}>"));
                }
                continue;
            }
            for (dark, x, length) in self.runs(y) {
                if x == 0 {
                    // Some clients size a row by its cells only; one cell is enough.
                    out.push(&format!("<td colspan={length} height={px}>"));
                } else if dark {
                    let span = span(length);
                    out.push(&format!("<td{span} {black}>"));
                } else if x + length == side {
                    // What is missing at the end of a row shows the white of the table.
                    break;
                } else if length <= 3 {
                    // Shorter than a cell with a colspan.
                    out.push(&"<td>".repeat(length));
                } else {
                    out.push(&format!("<td colspan={length}>"));
                }
            }
        }
        out.push("</table>");
        Ok(out.text)
    }
}

fn span(length: usize) -> String {
    if length > 1 {
        format!(" colspan={length}")
    } else {
        String::new()
    }
}

/// Text broken into lines between tags.
#[derive(Default)]
struct Lines {
    text: String,
    line_start: usize,
}

impl Lines {
    fn push(&mut self, tag: &str) {
        if self.text.len() - self.line_start + tag.len() > LINE_LIMIT {
            self.new_line();
        }
        self.text.push_str(tag);
    }

    fn new_line(&mut self) {
        self.text.push('\n');
        self.line_start = self.text.len();
    }
}
