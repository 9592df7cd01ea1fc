//! What a build reads: hashes and words, whatever the file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::io::{self, BufRead, Read};

use common::{ABC, builder, open, written};
use proptest::prelude::*;
use slotwerk_breach::{BuildError, Key, MAX_LINE};

#[test]
fn hashes_in_every_published_form() {
    let mut builder = builder();
    let text = format!(
        "{ABC}:3\r\n{}\n\n{}:12   \n",
        ABC.to_lowercase(),
        "f".repeat(40)
    );
    let added = builder.add_hashes(text.as_bytes(), |_| ()).unwrap();
    assert_eq!((added.lines, added.keys, added.left_out), (4, 3, 1));
    let filter = open(&written(builder));
    assert_eq!(filter.len(), 2, "one of them twice");
    assert!(filter.contains(&Key::of_password("abc")).unwrap());
    assert!(filter.contains(&Key::from_u64(u64::MAX)).unwrap());
    assert!(!filter.contains(&Key::of_password("abd")).unwrap());
}

#[test]
fn words_are_taken_as_bytes() {
    let mut builder = builder();
    let added = builder.add_words(
        &b"\xef\xbb\xbffirst\r\n\n two \n\xff\xfe\nno\xc3\xabl"[..],
        |_| (),
    );
    let added = added.unwrap();
    assert_eq!((added.lines, added.keys, added.left_out), (5, 4, 1));
    let filter = open(&written(builder));
    assert_eq!(filter.len(), 4);
    for word in ["first", " two ", "noël"] {
        assert!(filter.contains(&Key::of_password(word)).unwrap(), "{word}");
    }
    assert!(filter.contains(&Key::of_bytes(b"\xff\xfe")).unwrap());
    assert!(!filter.contains(&Key::of_password("two")).unwrap());
    assert!(!filter.contains(&Key::of_password("")).unwrap());
}

#[test]
fn hashes_seen_too_seldom_and_padding_are_left_out() {
    let text = format!(
        "{ABC}:10\n{}:9\n{}\n{}:0\n",
        "1".repeat(40),
        "2".repeat(40),
        "3".repeat(40)
    );
    for (minimum, keys) in [(0, 4), (1, 3), (2, 2), (10, 1)] {
        let mut builder = builder().minimum_count(minimum);
        let added = builder.add_hashes(text.as_bytes(), |_| ()).unwrap();
        assert_eq!((added.keys, added.left_out), (keys, 4 - keys), "{minimum}");
    }
    // The default is 1.
    assert_eq!(
        builder().add_hashes(text.as_bytes(), |_| ()).unwrap().keys,
        3
    );
}

#[test]
fn a_malformed_line_is_refused_with_its_number() {
    let ntlm = &ABC[..32];
    for bad in [
        "password",
        ntlm,
        "{",
        &ABC[..39],
        &format!("{ABC}0"),
        &format!(" {ABC}"),
        &format!("{ABC}:"),
        &format!("{ABC}:1:1"),
        &format!("{}g", &ABC[..39]),
        &"é".repeat(20),
    ] {
        let text = format!("{ABC}:1\r\n\r\n{bad}\r\n");
        let error = builder().add_hashes(text.as_bytes(), |_| ()).unwrap_err();
        assert!(
            matches!(error, BuildError::Malformed { line: 3 }),
            "{bad}: {error:?}"
        );
        let shown = format!("{error} {error:?}");
        assert!(bad.len() < 20 || !shown.contains(bad), "{shown}");
    }
}

/// A gigabyte, and more, without the end of a line; counts what was taken of it.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        unreachable!("a BufRead is read by fill_buf")
    }
}

impl BufRead for Endless {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&[b'x'; 1 << 16])
    }
    fn consume(&mut self, amount: usize) {
        self.0 += amount as u64;
    }
}

#[test]
fn a_file_without_line_ends_is_refused_after_a_few_kilobytes() {
    for words in [false, true] {
        let mut endless = Endless(0);
        let mut builder = builder();
        let result = match words {
            true => builder.add_words(&mut endless, |_| ()),
            false => builder.add_hashes(&mut endless, |_| ()),
        };
        assert!(matches!(result, Err(BuildError::LineTooLong { line: 1 })));
        assert!(endless.0 <= MAX_LINE as u64 + 2, "{} bytes", endless.0);
    }
}

/// Hands out some lines, then fails as an unreadable disk does.
struct Failing(&'static [u8]);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("bad sector")),
            count => Ok(count),
        }
    }
}

#[test]
fn an_unreadable_input_is_a_typed_error() {
    let reader = io::BufReader::new(Failing(b"one\ntwo\n"));
    let error = builder().add_words(reader, |_| ()).unwrap_err();
    assert!(matches!(&error, BuildError::Io { .. }));
    assert!(error.to_string().contains("bad sector"), "{error}");
}

proptest! {
    /// Whatever the bytes, reading them ends in a count or a typed error.
    #[test]
    fn any_input_is_counted_or_refused(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        let lines = text.split(|&byte| byte == b'\n').count() as u64;
        let words = builder().add_words(&text[..], |_| ()).unwrap();
        prop_assert!(words.lines <= lines && words.keys + words.left_out == words.lines);
        match builder().add_hashes(&text[..], |_| ()) {
            Ok(added) => prop_assert_eq!(added.keys + added.left_out, added.lines),
            Err(BuildError::Malformed { line }) => prop_assert!(line <= lines),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
