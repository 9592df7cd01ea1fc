//! How long a mail may become on its way.

use super::Flaw;
use crate::desk::Draft;
use crate::mail::Mail;

/// Gmail cuts a message off at about 102 kB.
const MAX_BYTES: usize = 100_000;
/// What the headers of a message and of its parts take at most.
const HEADER_BYTES: usize = 4_000;
/// Longest subject in bytes of UTF-8: the longest name of a tenant, and a sentence around it.
const MAX_SUBJECT: usize = 400;

pub(super) fn check_size(draft: &Draft) -> Result<(), Flaw> {
    if draft.mail.subject.len() > MAX_SUBJECT {
        return Err(Flaw::Subject);
    }
    let bytes = largest(&draft.mail);
    if bytes >= MAX_BYTES {
        return Err(Flaw::TooLarge(bytes));
    }
    Ok(())
}

/// As many bytes as the message can become on its way, at most.
pub(crate) fn largest(mail: &Mail) -> usize {
    let pictures: usize = mail.images.iter().map(|image| image.png.len()).sum();
    // Base64 in lines of 76.
    let pictures = (pictures / 57 + mail.images.len()) * 78;
    HEADER_BYTES + encoded(&mail.text) + encoded(&mail.html) + pictures
}

/// As it stands with CRLF, or as quoted-printable in lines of 76 where that cannot be.
fn encoded(text: &str) -> usize {
    let lines = text.lines().count();
    if text.is_ascii() && text.lines().all(|line| line.len() <= 998) {
        return text.len() + lines;
    }
    let octets: usize = text
        .bytes()
        .map(|b| {
            if b.is_ascii_graphic() && b != b'=' || b == b' ' {
                1
            } else {
                3
            }
        })
        .sum();
    octets + octets / 73 * 3
}
