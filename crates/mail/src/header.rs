//! The Subject header.

use std::fmt;

use email_encoding::headers::rfc2047;
use email_encoding::headers::writer::EmailWriter;
use lettre::message::header::{HeaderName, HeaderValue};

/// The Subject header, which a reader decodes to `text` and to nothing else.
///
/// RFC 2047 gives `=?` a meaning in a header. A tenant's name may hold it, so such a text is encoded although
/// it is ASCII. The From header needs no such care: its writer encodes every name with `=` or `?` in it.
pub(crate) fn subject(text: &str) -> Result<HeaderValue, fmt::Error> {
    let name = HeaderName::new_from_ascii_str("Subject");
    if text.is_ascii() && !text.contains("=?") {
        return Ok(HeaderValue::new(name, text.to_owned()));
    }
    let encoded = encoded_words(text, "Subject: ".len())?;
    Ok(HeaderValue::dangerous_new_pre_encoded(
        name,
        text.to_owned(),
        encoded,
    ))
}

/// The whole of `text` as encoded words, after as many characters on the line.
fn encoded_words(text: &str, line_length: usize) -> Result<String, fmt::Error> {
    let mut encoded = String::new();
    rfc2047::encode(
        text,
        &mut EmailWriter::new(&mut encoded, line_length, 0, false),
    )?;
    Ok(encoded)
}
