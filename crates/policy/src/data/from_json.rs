//! JSON (RFC 8259) into a tree with places.
//!
//! Written out here because serde_json does not tell where a value stands, keeps the last of two equal keys,
//! and reads numbers in another way once any crate of a program switches that on.

use super::node::{Entry, Node, Value};
use super::read::Fault;
use std::borrow::Cow;

/// How deep lists and tables may be nested. A policy needs 4.
const MAX_DEPTH: usize = 16;

pub(super) fn tree(text: &str) -> Result<Node<'_>, Fault> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.value(0)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => {
            Err(reader.fault("the policy ends before this; there must be nothing behind it"))
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        self.skip_space();
        let at = self.at;
        let value = match self.peek() {
            Some('{' | '[') if depth >= MAX_DEPTH => {
                let message = format!("lists and tables are nested more than {MAX_DEPTH} deep");
                return Err(self.fault(message));
            }
            Some('{') => self.table(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Text(self.string()?),
            Some('-' | '0'..='9') => Value::Number(Cow::Borrowed(self.number()?)),
            Some('a'..='z') => self.word()?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node { at, value })
    }

    fn table(&mut self, depth: usize) -> Result<Value<'a>, Fault> {
        self.next();
        let mut entries = Vec::new();
        self.skip_space();
        if self.takes('}') {
            return Ok(Value::Table(entries));
        }
        loop {
            self.skip_space();
            let at = self.at;
            if self.peek() != Some('"') {
                return Err(self.unexpected("a field in double quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.takes(':') {
                return Err(self.unexpected("`:`"));
            }
            let node = self.value(depth + 1)?;
            entries.push(Entry { at, key, node });
            self.skip_space();
            if self.takes('}') {
                return Ok(Value::Table(entries));
            }
            if !self.takes(',') {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value<'a>, Fault> {
        self.next();
        let mut nodes = Vec::new();
        self.skip_space();
        if self.takes(']') {
            return Ok(Value::List(nodes));
        }
        loop {
            nodes.push(self.value(depth + 1)?);
            self.skip_space();
            if self.takes(']') {
                return Ok(Value::List(nodes));
            }
            if !self.takes(',') {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    /// Borrows what has no escapes in it.
    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let opening = self.at;
        self.next();
        let start = self.at;
        let mut unescaped: Option<String> = None;
        loop {
            let at = self.at;
            match self.next() {
                Some('"') => {
                    let plain = self.text.get(start..at).unwrap_or_default();
                    return Ok(unescaped.map_or(Cow::Borrowed(plain), Cow::Owned));
                }
                Some('\\') => {
                    let before = self.text.get(start..at).unwrap_or_default();
                    let c = self.escaped(at)?;
                    unescaped.get_or_insert_with(|| before.to_owned()).push(c);
                }
                Some('\0'..='\u{1f}') => {
                    let message =
                        "a text goes on over the end of its line, or holds a control character";
                    return Err(Fault::new(at, message));
                }
                Some(c) => {
                    if let Some(text) = &mut unescaped {
                        text.push(c);
                    }
                }
                None => return Err(Fault::new(opening, "this text is not closed with `\"`")),
            }
        }
    }

    /// What stands behind the backslash at `at`.
    fn escaped(&mut self, at: usize) -> Result<char, Fault> {
        let c = match self.next() {
            Some(c @ ('"' | '\\' | '/')) => Some(c),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.code_unit().and_then(|unit| match unit {
                0xd800..=0xdbff => {
                    let paired = self.takes('\\') && self.takes('u');
                    let low = self
                        .code_unit()
                        .filter(|low| paired && (0xdc00..=0xdfff).contains(low))?;
                    char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
                }
                unit => char::from_u32(unit),
            }),
            _ => None,
        };
        c.ok_or_else(|| Fault::new(at, "this backslash stands for no character"))
    }

    fn code_unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + self.next()?.to_digit(16)?;
        }
        Some(unit)
    }

    fn number(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        self.takes('-');
        // No zeros in front.
        if !self.takes('0') {
            self.digits()?;
        }
        if self.takes('.') {
            self.digits()?;
        }
        if self.takes('e') || self.takes('E') {
            if !self.takes('+') {
                self.takes('-');
            }
            self.digits()?;
        }
        if matches!(self.peek(), Some('0'..='9')) {
            return Err(Fault::new(start, "a number does not begin with a zero"));
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        if !matches!(self.peek(), Some('0'..='9')) {
            return Err(self.unexpected("a digit"));
        }
        while matches!(self.peek(), Some('0'..='9')) {
            self.next();
        }
        Ok(())
    }

    fn word(&mut self) -> Result<Value<'a>, Fault> {
        let start = self.at;
        while matches!(self.peek(), Some('a'..='z')) {
            self.next();
        }
        match self.text.get(start..self.at).unwrap_or_default() {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            "null" => Ok(Value::Nothing),
            _ => {
                let message = "expected a value here; texts stand in double quotes";
                Err(Fault::new(start, message))
            }
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.next();
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn takes(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        if is_next {
            self.at += c.len_utf8();
        }
        is_next
    }

    fn unexpected(&self, expected: &str) -> Fault {
        match self.peek() {
            Some(_) => self.fault(format!("expected {expected} here")),
            None => self.fault(format!("the text ends here; expected {expected}")),
        }
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.at, message)
    }
}
