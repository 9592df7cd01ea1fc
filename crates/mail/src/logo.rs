//! A tenant's logo, for its pages.

use std::fmt;
use std::sync::Arc;

/// The first bytes of a PNG file, up to the type of its first chunk.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// A tenant's logo: a PNG or an SVG file of at most 64 KiB. Clones share it.
///
/// It stands on the pages, beside the tenant's name. Mails have the name alone: many programs block pictures, and the
/// set-up mail has no room for one below the size at which programs cut mails off.
///
/// ```
/// use slotwerk_mail::Logo;
///
/// let logo = Logo::svg(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>"#)?;
/// assert_eq!(logo.media_type(), "image/svg+xml");
/// # Ok::<(), slotwerk_mail::LogoError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    bytes: Arc<[u8]>,
    is_svg: bool,
}

/// Why a logo was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoError {
    /// The file is larger than 64 KiB.
    #[error("the logo is larger than 64 KiB")]
    TooLarge,
    /// The file is no PNG.
    #[error("the logo is no PNG file")]
    NotPng,
    /// A side of the picture is not 1 to 1024 pixels long.
    #[error("a side of the logo is not 1 to 1024 pixels long")]
    Size,
    /// The file is no SVG: its first element is another one than `svg`, or it has no namespace.
    #[error("the logo is no SVG file")]
    NotSvg,
    /// The SVG holds a script, an event handler, foreign HTML or a document type. No browser runs them in a logo.
    #[error(
        "the SVG of the logo holds a script, an event handler, foreign HTML or a document type"
    )]
    Active,
}

impl Logo {
    /// The largest file, in bytes.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// The longest side of a PNG, in pixels.
    pub const MAX_SIDE: u32 = 1024;

    /// Takes a PNG file. Its header is checked, and its pixels are not.
    ///
    /// # Errors
    ///
    /// [`LogoError`] says what is wrong with it.
    pub fn png(file: &[u8]) -> Result<Self, LogoError> {
        let new = Self::bounded(file, false)?;
        let side = |at: usize| {
            let bytes = file.get(at..at + 4)?;
            bytes.try_into().ok().map(u32::from_be_bytes)
        };
        let sides = [side(PNG.len()), side(PNG.len() + 4)];
        if !file.starts_with(PNG) || sides.contains(&None) {
            return Err(LogoError::NotPng);
        }
        let fits = |side: u32| (1..=Self::MAX_SIDE).contains(&side);
        if !sides.into_iter().flatten().all(fits) {
            return Err(LogoError::Size);
        }
        Ok(new)
    }

    /// Takes an SVG file without scripts.
    ///
    /// # Errors
    ///
    /// [`LogoError`] says what is wrong with it.
    pub fn svg(file: &str) -> Result<Self, LogoError> {
        let new = Self::bounded(file.as_bytes(), true)?;
        let lower = file.to_ascii_lowercase();
        if !first_element(&lower).is_some_and(|tag| tag.contains("http://www.w3.org/2000/svg")) {
            return Err(LogoError::NotSvg);
        }
        let active = [
            "<script",
            "<foreignobject",
            "<!doctype",
            "<!entity",
            "javascript:",
        ];
        if active.iter().any(|word| lower.contains(word)) || has_handler(&lower) {
            return Err(LogoError::Active);
        }
        Ok(new)
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its media type: `image/png` or `image/svg+xml`.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        if self.is_svg {
            "image/svg+xml"
        } else {
            "image/png"
        }
    }

    fn bounded(file: &[u8], is_svg: bool) -> Result<Self, LogoError> {
        if file.len() > Self::MAX_BYTES {
            return Err(LogoError::TooLarge);
        }
        Ok(Self {
            bytes: file.into(),
            is_svg,
        })
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({}, {} bytes)", self.media_type(), self.bytes.len())
    }
}

/// The start tag of the first element, if that is `svg`. Before it may be an XML declaration and comments.
fn first_element(lower: &str) -> Option<&str> {
    let mut rest = lower.trim_start_matches('\u{feff}').trim_start();
    loop {
        let (_, after) = if rest.starts_with("<?") {
            rest.split_once("?>")?
        } else if rest.starts_with("<!--") {
            rest.split_once("-->")?
        } else {
            break;
        };
        rest = after.trim_start();
    }
    let tag = rest.strip_prefix("<svg")?.split('>').next()?;
    tag.starts_with(char::is_whitespace).then_some(tag)
}

/// Whether an attribute such as `onload` stands in the file.
fn has_handler(lower: &str) -> bool {
    lower
        .split(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'' || c == '/')
        .any(|word| {
            let name = word.split('=').next().unwrap_or_default();
            name.len() > 2
                && name.starts_with("on")
                && name.bytes().all(|b| b.is_ascii_lowercase())
                && (word.contains('=') || lower.contains(&format!("{name} =")))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>"#;

    fn png(width: u32, height: u32) -> Vec<u8> {
        [
            PNG,
            &width.to_be_bytes(),
            &height.to_be_bytes(),
            &[8, 6, 0, 0, 0],
        ]
        .concat()
    }

    #[test]
    fn plain_files_are_accepted() {
        let declared = format!("\u{feff}<?xml version=\"1.0\"?>\n<!-- a mark -->\n{PLAIN}");
        for file in [PLAIN, &declared] {
            assert_eq!(Logo::svg(file).unwrap().bytes(), file.as_bytes());
        }
        assert_eq!(Logo::png(&png(1024, 1)).unwrap().media_type(), "image/png");
    }

    #[test]
    fn other_types_are_rejected() {
        for file in [
            "",
            "GIF89a",
            "<html></html>",
            "<svgx xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<svg></svg>",
        ] {
            assert_eq!(Logo::svg(file), Err(LogoError::NotSvg), "{file}");
            assert_eq!(Logo::png(file.as_bytes()), Err(LogoError::NotPng), "{file}");
        }
        assert_eq!(Logo::png(PLAIN.as_bytes()), Err(LogoError::NotPng));
        let cut = png(8, 8);
        assert_eq!(Logo::png(&cut[..PNG.len() + 6]), Err(LogoError::NotPng));
    }

    #[test]
    fn bounds_are_kept() {
        for (width, height) in [(0, 8), (8, 0), (1025, 8), (8, u32::MAX)] {
            assert_eq!(Logo::png(&png(width, height)), Err(LogoError::Size));
        }
        let long = PLAIN.replace("M0 0", &"M0 0 ".repeat(Logo::MAX_BYTES / 5));
        assert_eq!(Logo::svg(&long), Err(LogoError::TooLarge));
        let large = [png(8, 8), vec![0; Logo::MAX_BYTES]].concat();
        assert_eq!(Logo::png(&large), Err(LogoError::TooLarge));
    }

    #[test]
    fn active_content_is_rejected() {
        for (from, to) in [
            ("<path", "<script>alert(1)</script><path"),
            ("<path", "<SCRIPT href=\"x\"/><path"),
            ("<path", "<path onload=\"alert(1)\""),
            ("<path", "<path\nonClick = 'alert(1)'"),
            ("<path", "<foreignObject/><path"),
            ("<path", "<a href=\"javascript:alert(1)\"/><path"),
        ] {
            let file = PLAIN.replace(from, to);
            assert_eq!(Logo::svg(&file), Err(LogoError::Active), "{file}");
        }
    }
}
