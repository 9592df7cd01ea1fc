//! Standard output: buffered, wiped, and safe to show.

use crate::context::Context;
use crate::failure::Failure;
use std::borrow::Cow;
use std::io::{self, Write};
use zeroize::{Zeroize as _, Zeroizing};

/// Room for the buffer, in bytes.
const ROOM: usize = 64 * 1024;

/// Standard output behind a buffer that is wiped: generated passwords pass through it.
pub(crate) struct Output<'a> {
    context: &'a Context,
    sink: Box<dyn Write>,
    buffer: Zeroizing<Vec<u8>>,
}

impl<'a> Output<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self {
            context,
            sink: stdout(),
            buffer: Zeroizing::new(Vec::with_capacity(ROOM)),
        }
    }

    /// A line for people. Control characters from files are made visible, so that no file can write
    /// to the terminal what it likes.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.raw(plain(text).as_bytes())?;
        self.raw(b"\n")
    }

    /// A line for programs.
    pub(crate) fn json(&mut self, value: &serde_json::Value) -> Result<(), Failure> {
        self.raw(escaped(&value.to_string()).as_bytes())?;
        self.raw(b"\n")
    }

    /// These bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.buffer.len() + bytes.len() > ROOM {
            self.flush()?;
        }
        if bytes.len() > ROOM {
            return self.tell(|sink, _| sink.write_all(bytes));
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// To be called at the end: dropping writes nothing, because it could not tell of a failure.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.flush()?;
        self.tell(|sink, _| sink.flush())
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        let done = self.tell(|sink, buffer| sink.write_all(buffer));
        self.buffer.as_mut_slice().zeroize();
        self.buffer.clear();
        done
    }

    fn tell(
        &mut self,
        write: impl FnOnce(&mut dyn Write, &[u8]) -> io::Result<()>,
    ) -> Result<(), Failure> {
        write(&mut self.sink, &self.buffer).map_err(|error| Failure::written(self.context, &error))
    }
}

/// The file itself, since the buffer of the standard library's handle is never wiped.
#[cfg(unix)]
fn stdout() -> Box<dyn Write> {
    use std::os::fd::AsFd as _;
    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(fd) => Box::new(std::fs::File::from(fd)),
        Err(_) => Box::new(io::stdout()),
    }
}

#[cfg(not(unix))]
fn stdout() -> Box<dyn Write> {
    Box::new(io::stdout())
}

/// JSON with what could steer a terminal as escapes. It can only stand inside strings, where the escape
/// means the same.
pub(crate) fn escaped(json: &str) -> Cow<'_, str> {
    if !json.contains(steers) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        if steers(c) {
            // All of these are in the basic plane.
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    Cow::Owned(text)
}

/// The text with what could steer a terminal, or turn the reading direction around, made visible.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if steers(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_made_visible() {
        assert_eq!(plain("Noord “é” 🙂"), "Noord “é” 🙂");
        assert_eq!(plain("a\nb"), "a\\u{a}b");
        assert_eq!(plain("\u{1b}[2Jx\u{7f}\r"), "\\u{1b}[2Jx\\u{7f}\\u{d}");
        assert_eq!(plain("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(plain("a\u{202e}b\u{2066}"), "a\\u{202e}b\\u{2066}");
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"a": "\u{9b}31m \u{202e}\u{7f} é \n"});
        let text = value.to_string();
        let safe = escaped(&text);
        assert_eq!(safe, "{\"a\":\"\\u009b31m \\u202e\\u007f é \\n\"}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&safe).unwrap(),
            value
        );
    }
}
