//! The start of every text that is read: a UTF-8 mark is skipped, and other encodings are rejected by name.

use std::fmt;
use std::io::{self, Read};
use zeroize::Zeroizing;

/// Why something is not a text that this program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotPlainText {
    Utf16,
    Utf32,
    /// UTF-16 without a mark, or no text at all.
    Nul,
}

impl fmt::Display for NotPlainText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "UTF-16",
            Self::Utf32 => "UTF-32",
            Self::Nul => "a NUL byte",
        })
    }
}

impl std::error::Error for NotPlainText {}

impl From<NotPlainText> for io::Error {
    fn from(reason: NotPlainText) -> Self {
        Self::new(io::ErrorKind::InvalidData, reason)
    }
}

/// A reader that looks at the first bytes before it hands any out.
///
/// NUL bytes further on are for the caller to reject, who knows the line: see [`has_nul`].
pub(crate) struct PlainText<R> {
    reader: R,
    /// The first bytes, without a mark. `None` until something was read.
    head: Option<Head>,
}

/// The longest mark has four bytes.
struct Head {
    bytes: Zeroizing<[u8; 4]>,
    start: usize,
    end: usize,
}

impl<R: Read> PlainText<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, head: None }
    }

    fn begin(&mut self) -> io::Result<Head> {
        let mut bytes = Zeroizing::new([0; 4]);
        let mut end = 0;
        while let Some(room) = bytes.get_mut(end..).filter(|room| !room.is_empty()) {
            match self.reader.read(room) {
                Ok(0) => break,
                Ok(count) => end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let start = match bytes.get(..end).unwrap_or_default() {
            [0xff, 0xfe, 0, 0] | [0, 0, 0xfe, 0xff] => return Err(NotPlainText::Utf32.into()),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(NotPlainText::Utf16.into()),
            [0xef, 0xbb, 0xbf, ..] => 3,
            _ => 0,
        };
        Ok(Head { bytes, start, end })
    }
}

impl<R: Read> Read for PlainText<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.head.is_none() {
            self.head = Some(self.begin()?);
        }
        if let Some(head) = &mut self.head
            && head.start < head.end
        {
            let mut rest = head.bytes.get(head.start..head.end).unwrap_or_default();
            let count = rest.read(buffer)?;
            head.start += count;
            return Ok(count);
        }
        self.reader.read(buffer)
    }
}

/// Whether a text holds a NUL byte.
pub(crate) fn has_nul(text: &[u8]) -> bool {
    text.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte at a time, as a slow pipe does.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn all(bytes: &[u8]) -> Result<Vec<u8>, Option<NotPlainText>> {
        let mut outcomes = [true, false].map(|slow| {
            let mut out = Vec::new();
            let read = if slow {
                PlainText::new(Slow(bytes)).read_to_end(&mut out)
            } else {
                PlainText::new(bytes).read_to_end(&mut out)
            };
            let reason = |error: io::Error| error.get_ref()?.downcast_ref().copied();
            read.map(|_| out).map_err(reason)
        });
        assert_eq!(outcomes[0], outcomes[1], "{bytes:x?}");
        std::mem::replace(&mut outcomes[0], Ok(Vec::new()))
    }

    #[test]
    fn marks_are_skipped_or_rejected() {
        for (bytes, text) in [
            (&b""[..], &b""[..]),
            (b"a", b"a"),
            (b"abc", b"abc"),
            (b"abcde", b"abcde"),
            (b"\xef\xbb\xbf", b""),
            (b"\xef\xbb\xbfa", b"a"),
            (b"\xef\xbb\xbfabc", b"abc"),
            // One mark only, and only whole ones.
            (b"\xef\xbb\xbf\xef\xbb\xbfa", b"\xef\xbb\xbfa"),
            (b"\xef\xbb", b"\xef\xbb"),
            (b"\xff", b"\xff"),
        ] {
            assert_eq!(all(bytes).as_deref(), Ok(text), "{bytes:x?}");
        }
        for (bytes, reason) in [
            (&b"\xff\xfe"[..], NotPlainText::Utf16),
            (b"\xfe\xff", NotPlainText::Utf16),
            (b"\xff\xfea\0", NotPlainText::Utf16),
            (b"\xfe\xff\0a", NotPlainText::Utf16),
            (b"\xff\xfe\0\0", NotPlainText::Utf32),
            (b"\0\0\xfe\xff", NotPlainText::Utf32),
        ] {
            assert_eq!(all(bytes), Err(Some(reason)), "{bytes:x?}");
        }
    }
}
