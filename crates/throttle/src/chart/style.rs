//! Colours, and text that is safe to put into XML.

use std::fmt::{self, Write as _};

/// How many kinds of line there are before they repeat.
pub(super) const SERIES: usize = 6;

/// Every line has at least 3:1 and every text at least 4.5:1 to its background, light or dark (WCAG 2.2,
/// 1.4.11 and 1.4.3). Lines differ in their dashes too.
pub(super) const STYLE: &str = "
.swt-back{fill:#ffffff}
.swt-text,.swt-head,.swt-mark{font:13px system-ui,sans-serif;fill:#1b1f24}
.swt-head{font-size:16px;font-weight:600}
.swt-mark{font-weight:700;text-anchor:middle}
.swt-halo{stroke:#ffffff;stroke-width:4px}
.swt-end{text-anchor:end}
.swt-middle{text-anchor:middle}
.swt-grid{fill:none;stroke:#d5d9df;stroke-width:1}
.swt-limit{fill:none;stroke:#b00020;stroke-width:1.5;stroke-dasharray:2 4}
.swt-limit-text{fill:#b00020}
.swt-line{fill:none;stroke-width:2.5;stroke-linejoin:round}
.swt-0{stroke:#0b5cad}
.swt-1{stroke:#b3400f;stroke-dasharray:9 4}
.swt-2{stroke:#0a7347;stroke-dasharray:3 3}
.swt-3{stroke:#8a2f8f;stroke-dasharray:12 4 3 4}
.swt-4{stroke:#7a5c00;stroke-dasharray:5 5}
.swt-5{stroke:#4a4f57;stroke-dasharray:16 6}
.swt-fill-0{fill:#0b5cad}
.swt-fill-1{fill:#b3400f}
.swt-fill-2{fill:#0a7347}
.swt-fill-3{fill:#8a2f8f}
.swt-fill-4{fill:#7a5c00}
.swt-fill-5{fill:#4a4f57}
@media (prefers-color-scheme:dark){
.swt-back{fill:#16181d}
.swt-text,.swt-head,.swt-mark{fill:#e8eaed}
.swt-halo{stroke:#16181d}
.swt-grid{stroke:#3a3f47}
.swt-limit{stroke:#ff8a95}
.swt-limit-text{fill:#ff8a95}
.swt-0{stroke:#6db3f8}
.swt-1{stroke:#ff9d6e}
.swt-2{stroke:#56d39b}
.swt-3{stroke:#e08be6}
.swt-4{stroke:#e3c04d}
.swt-5{stroke:#c3c8d0}
.swt-fill-0{fill:#6db3f8}
.swt-fill-1{fill:#ff9d6e}
.swt-fill-2{fill:#56d39b}
.swt-fill-3{fill:#e08be6}
.swt-fill-4{fill:#e3c04d}
.swt-fill-5{fill:#c3c8d0}
}
";

/// At most this many characters, and an ellipsis for the rest.
pub(super) struct Shortened<'a>(pub(super) &'a str, pub(super) usize);

/// The characters of a name in the legend, and at the end of a line.
pub(super) const IN_LEGEND: usize = 48;
pub(super) const AT_LINE: usize = 20;

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(self.1) {
            None => f.write_str(self.0),
            Some((end, _)) => {
                f.write_str(self.0.get(..end).unwrap_or_default())?;
                f.write_char('…')
            }
        }
    }
}

/// As the text of an XML 1.0 document: markup escaped, and U+FFFD for what may not stand in one.
pub(super) struct Escaped<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.to_string().chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                other if other.is_control() => f.write_char('\u{fffd}')?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
