//! Characters that have no place in a text or a name.

/// Whether a text, or a name shown in one, must not hold this character. These are control characters, line ends,
/// marks that change the direction of the text around them, and characters that HTML does not know.
///
/// Hosts that take names from people use it too.
#[must_use]
pub fn is_forbidden(c: char) -> bool {
    // Unicode's noncharacters, the last two of each plane and 32 more: HTML takes a reference to one for an error.
    let is_none = u32::from(c) & 0xFFFE == 0xFFFE || ('\u{FDD0}'..='\u{FDEF}').contains(&c);
    is_none
        || c.is_control()
        || matches!(c,
            '\u{2028}' | '\u{2029}' // line and paragraph separator
            | '\u{061C}' | '\u{200E}' | '\u{200F}' // direction marks
            | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFC}')
}
