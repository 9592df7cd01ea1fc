//! Reads a source of texts within bounds.

use std::sync::Arc;

use fluent_bundle::FluentResource;

use crate::catalogue::{Catalogue, RejectedText, TextProblem};

/// Longest source of texts, in bytes of UTF-8.
pub const MAX_SOURCE: usize = 64 * 1024;
/// Most `{` and `(` in one text. The parser recurses at each one, so this bounds its stack. The formatter stops at
/// 100 values in one text, so every accepted text can be formatted.
pub const MAX_BRACES: usize = 64;

/// A parsed source, with the names and values of its texts.
pub(crate) struct Source {
    pub(crate) resource: Arc<FluentResource>,
    pub(crate) catalogue: Catalogue,
}

impl Source {
    pub(crate) fn read(source: &str) -> Result<Self, RejectedText> {
        let resource = parse(source)?;
        let catalogue = Catalogue::of_resource(&resource)?;
        Ok(Self {
            resource: Arc::new(resource),
            catalogue,
        })
    }
}

fn parse(source: &str) -> Result<FluentResource, RejectedText> {
    let rejected = |problem| RejectedText {
        name: None,
        problem,
    };
    if source.len() > MAX_SOURCE {
        return Err(rejected(TextProblem::TooLong));
    }
    let source = source.replace("\r\n", "\n");
    if let Some(line) = too_deep(&source) {
        return Err(rejected(TextProblem::TooDeep { line }));
    }
    FluentResource::try_new(source).map_err(|(resource, errors)| {
        let at = errors.first().map_or(0, |error| error.pos.start);
        let before = resource.source().get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        rejected(TextProblem::Syntax { line })
    })
}

/// The first line that exceeds [`MAX_BRACES`].
///
/// Closing braces do not lower the count: they can stand within quotes, where they close nothing.
fn too_deep(source: &str) -> Option<usize> {
    let mut braces = 0;
    for (line, text) in (1..).zip(source.split('\n')) {
        if text.starts_with('#') {
            continue;
        }
        if starts_text(text) {
            braces = 0;
        }
        braces += text.matches(['{', '(']).count();
        if braces > MAX_BRACES {
            return Some(line);
        }
    }
    None
}

/// Whether a line starts with a name and `=`. Within braces such a line is a syntax error, which ends any recursion, and
/// so is a line that starts with `#`.
fn starts_text(line: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let rest = line.trim_start_matches(is_name);
    rest.len() < line.len() && rest.trim_start_matches(' ').starts_with('=')
}
