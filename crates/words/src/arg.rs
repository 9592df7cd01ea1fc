//! A value to insert into a text.

use std::borrow::Cow;

use fluent_bundle::FluentValue;

/// A value to insert into a text.
///
/// A number selects the plural form. Pass digits that are not an amount, such as a year or a user name, as text.
#[derive(Clone)]
#[non_exhaustive]
pub enum Arg<'a> {
    /// Words, inserted as they are.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(i64),
}

impl<'a> Arg<'a> {
    pub(crate) fn as_fluent(&'a self) -> FluentValue<'a> {
        match self {
            Self::Text(text) => FluentValue::from(text.as_ref()),
            Self::Number(number) => FluentValue::from(*number),
        }
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Arg<'_> {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u8> for Arg<'_> {
    fn from(number: u8) -> Self {
        Self::Number(number.into())
    }
}

/// Shows the kind of the value and not the value, which can be a name or a link.
impl std::fmt::Debug for Arg<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Number(_) => "Number(..)",
        })
    }
}
