//! Reading tokens and handles as they come back from mails: opened, copied, wrapped and quoted.
//!
//! The text is percent-decoded once, which a host's router may have done already. Inside the text, characters
//! that mail programs add to break a line are skipped: white space, control and zero-width characters, soft
//! hyphens, and `=`, the soft break of quoted-printable. Their place in the text means nothing, since none of
//! them is in the alphabet of base64url. The caller decides what may follow.

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

/// The longest text from a link that is looked at, in bytes. A handle of
/// [`MAX_HANDLE`](crate::MAX_HANDLE) with a soft break in every line fits.
pub const MAX_PASTED: usize = 512;

/// The letters of base64url at the start of `presented`, at most `limit`, and the first character after them
/// that is neither one of them nor skipped. `None` if the text is too long.
pub(crate) fn read(presented: &str, limit: usize) -> Option<(Zeroizing<String>, Option<char>)> {
    if presented.len() > MAX_PASTED {
        return None;
    }
    // Room for all of it: growing would leave copies behind that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(presented.len()));
    bytes.extend(percent_decode_str(presented));
    let mut letters = Zeroizing::new(String::with_capacity(limit));
    for c in characters(&bytes) {
        if letters.len() == limit {
            return Some((letters, Some(c)));
        }
        if is_letter(c) {
            letters.push(c);
        } else if !is_skipped(c) {
            return Some((letters, Some(c)));
        }
    }
    Some((letters, None))
}

/// The characters of a text, with a replacement character for what is not UTF-8.
fn characters(bytes: &[u8]) -> impl Iterator<Item = char> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let broken = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(broken)
    })
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn is_skipped(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '=' | '\u{ad}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}
