//! Arguments of statements and columns of rows: numbers, texts, bytes and ids.

use crate::connection::Row;
use sqlx::Row as _;

/// An argument of a statement.
#[derive(Clone, Copy)]
pub(crate) enum Value<'q> {
    Number(Option<i64>),
    Text(Option<&'q str>),
    Bytes(Option<&'q [u8]>),
    /// The id of a tenant or an account. MySQL stores it as bytes: its binary collations ignore trailing spaces.
    Id(&'q str),
}

macro_rules! value {
    ($($from:ty => |$value:ident| $to:expr;)+) => {
        $(impl<'q> From<$from> for Value<'q> {
            fn from($value: $from) -> Self {
                $to
            }
        })+
    };
}

value! {
    i64 => |number| Self::Number(Some(number));
    Option<i64> => |number| Self::Number(number);
    &'q str => |text| Self::Text(Some(text));
    &'q String => |text| Self::Text(Some(text));
    Option<&'q str> => |text| Self::Text(text);
    &'q Option<String> => |text| Self::Text(text.as_deref());
    &'q [u8] => |bytes| Self::Bytes(Some(bytes));
    &'q Vec<u8> => |bytes| Self::Bytes(Some(bytes));
    Option<&'q [u8]> => |bytes| Self::Bytes(bytes);
    &'q Option<Vec<u8>> => |bytes| Self::Bytes(bytes.as_deref());
}

/// A column of a row.
pub(crate) trait Cell: Sized {
    fn read(row: &Row, index: usize) -> Result<Self, sqlx::Error>;
}

macro_rules! cell {
    ($($type:ty),+) => {
        $(impl Cell for $type {
            fn read(row: &Row, index: usize) -> Result<Self, sqlx::Error> {
                match row {
                    #[cfg(feature = "sqlite")]
                    Row::Sqlite(row) => row.try_get(index),
                    #[cfg(feature = "postgres")]
                    Row::Postgres(row) => row.try_get(index),
                    #[cfg(feature = "mysql")]
                    Row::Mysql(row) => row.try_get(index),
                }
            }
        })+
    };
}

cell!(
    i64,
    Option<i64>,
    String,
    Option<String>,
    Vec<u8>,
    Option<Vec<u8>>
);

/// The id of a tenant or an account, as [`Value::Id`] stores it.
pub(crate) struct StoredId(pub(crate) String);

impl Cell for StoredId {
    fn read(row: &Row, index: usize) -> Result<Self, sqlx::Error> {
        match row {
            #[cfg(feature = "mysql")]
            Row::Mysql(row) => {
                let bytes: Vec<u8> = row.try_get(index)?;
                let id = String::from_utf8(bytes);
                id.map(Self)
                    .map_err(|error| sqlx::Error::Decode(error.into()))
            }
            #[cfg(any(feature = "sqlite", feature = "postgres"))]
            row => String::read(row, index).map(Self),
        }
    }
}

impl Cell for Option<StoredId> {
    fn read(row: &Row, index: usize) -> Result<Self, sqlx::Error> {
        match row {
            #[cfg(feature = "mysql")]
            Row::Mysql(row) => {
                let bytes: Option<Vec<u8>> = row.try_get(index)?;
                let id = bytes.map(String::from_utf8).transpose();
                id.map(|id| id.map(StoredId))
                    .map_err(|error| sqlx::Error::Decode(error.into()))
            }
            #[cfg(any(feature = "sqlite", feature = "postgres"))]
            row => Ok(<Option<String>>::read(row, index)?.map(StoredId)),
        }
    }
}
