//! Input as lines: `HASH:COUNT` text and word lists, without trusting their length.

use std::io::{BufRead, Read as _};

use crate::{BuildError, Key};

/// A line of input holds at most this many bytes, its end not counted.
pub const MAX_LINE: usize = 4096;

/// Lines of a reader. A line that is too long is refused after [`MAX_LINE`] bytes of it.
pub(crate) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    /// Lines handed out so far.
    pub(crate) number: u64,
    /// Bytes taken from the reader so far.
    pub(crate) bytes: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            line: Vec::new(),
            number: 0,
            bytes: 0,
        }
    }

    /// The next line without its LF or CR LF, and without a byte order mark before the first one.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, BuildError> {
        self.line.clear();
        let bound = MAX_LINE as u64 + 2;
        let taken = (&mut self.reader)
            .take(bound)
            .read_until(b'\n', &mut self.line)
            .map_err(BuildError::io("reading the input"))?;
        if taken == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += taken as u64;
        let mut line = self.line.as_slice();
        line = line.strip_suffix(b"\n").unwrap_or(line);
        line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > MAX_LINE {
            return Err(BuildError::LineTooLong { line: self.number });
        }
        if self.number == 1 {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        Ok(Some(line))
    }
}

/// A hash and how often it was seen; without a count, once.
///
/// Trailing blanks are dropped: some of the published files are padded with them.
pub(crate) fn hash_and_count(line: &[u8]) -> Option<(Key, u64)> {
    let line = line.trim_ascii_end();
    let (hash, rest) = line.split_at_checked(40)?;
    let count = match rest.split_first() {
        None => 1,
        Some((b':', digits)) => count(digits)?,
        Some(_) => return None,
    };
    Some((Key::from_hex(hash)?, count))
}

/// A decimal number without sign.
pub(crate) fn count(digits: &[u8]) -> Option<u64> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Result<Vec<Vec<u8>>, BuildError> {
        let mut lines = Lines::new(input);
        let mut found = Vec::new();
        while let Some(line) = lines.next()? {
            found.push(line.to_vec());
        }
        assert_eq!(lines.bytes, input.len() as u64);
        Ok(found)
    }

    #[test]
    fn lines_end_in_lf_cr_lf_or_the_end() {
        let lines = all(b"\xef\xbb\xbfa\r\nb\n\n\xef\xbb\xbfc\rd\r\n e").unwrap_or_default();
        let expected: [&[u8]; 5] = [b"a", b"b", b"", b"\xef\xbb\xbfc\rd", b" e"];
        assert_eq!(lines, expected);
        assert_eq!(all(b"").unwrap_or_default(), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn the_longest_line_is_4096_bytes() {
        assert_eq!(MAX_LINE, 4096);
        for end in ["", "\n", "\r\n"] {
            let line = [vec![b'x'; MAX_LINE], end.into()].concat();
            assert!(
                all(&line).is_ok_and(|lines| lines.concat().len() == MAX_LINE),
                "{end:?}"
            );
            let line = [b"first\n".to_vec(), vec![b'x'; MAX_LINE + 1], end.into()].concat();
            assert!(
                matches!(all(&line), Err(BuildError::LineTooLong { line: 2 })),
                "{end:?}"
            );
        }
    }

    #[test]
    fn a_hash_may_have_a_count() {
        let hash = "A9993E364706816ABA3E25717850C26C9CD0D89D";
        let count_of = |rest: &str| hash_and_count(format!("{hash}{rest}").as_bytes()).map(|f| f.1);
        assert_eq!(count_of(""), Some(1));
        assert_eq!(count_of(":0"), Some(0));
        assert_eq!(count_of(":37359195   "), Some(37_359_195));
        assert_eq!(count_of(":18446744073709551615"), Some(u64::MAX));
        for rest in [
            ":",
            ":+1",
            ":-1",
            ":1x",
            ": 1",
            ":18446744073709551616",
            "0",
            ";1",
            ":1:1",
        ] {
            assert_eq!(count_of(rest), None, "{rest}");
        }
        assert!(hash_and_count(b"").is_none() && hash_and_count(&[0xff; 40]).is_none());
    }
}
