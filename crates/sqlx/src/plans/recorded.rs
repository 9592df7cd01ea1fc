//! Statements that have run in this program, with the arguments of their first run.

use crate::statement::{Query, Statement, sql};
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A statement and the arguments of its first run.
#[derive(Clone)]
pub(crate) struct Recorded {
    pub(crate) statement: &'static Statement,
    arguments: Vec<Argument>,
}

#[derive(Clone)]
enum Argument {
    Number(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Id(String),
}

/// By file, line, and address, since several statements may stand on one line.
type Key = (&'static str, u32, usize);

static RECORDED: Mutex<BTreeMap<Key, Recorded>> = Mutex::new(BTreeMap::new());

/// Records a statement that runs.
pub(crate) fn record(statement: &'static Statement, values: &[Value<'_>]) {
    let address = std::ptr::from_ref(statement) as usize;
    let key = (statement.at.file(), statement.at.line(), address);
    lock().entry(key).or_insert_with(|| Recorded {
        statement,
        arguments: values.iter().map(Argument::from).collect(),
    });
}

/// The statements that have run, in the order of the source.
pub(crate) fn recorded() -> Vec<Recorded> {
    lock().values().cloned().collect()
}

fn lock() -> MutexGuard<'static, BTreeMap<Key, Recorded>> {
    RECORDED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<&Value<'_>> for Argument {
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::Text(text.map(str::to_owned)),
            Value::Bytes(bytes) => Self::Bytes(bytes.map(<[u8]>::to_vec)),
            Value::Id(id) => Self::Id(id.to_owned()),
        }
    }
}

impl Recorded {
    /// Another statement with the same arguments.
    pub(crate) fn bound_to(&self, statement: &'static Statement) -> Query<'_> {
        let query = sql(statement);
        self.arguments
            .iter()
            .fold(query, |query, argument| match argument {
                Argument::Number(number) => query.bind(*number),
                Argument::Text(text) => query.bind(text),
                Argument::Bytes(bytes) => query.bind(bytes),
                Argument::Id(id) => query.id(id),
            })
    }

    /// The types of the arguments, as PostgreSQL knows them.
    pub(crate) fn postgres_types(&self) -> Vec<sqlx::postgres::PgTypeInfo> {
        use sqlx::{Postgres, Type};
        let of = |argument: &Argument| match argument {
            Argument::Number(_) => <i64 as Type<Postgres>>::type_info(),
            Argument::Text(_) | Argument::Id(_) => <str as Type<Postgres>>::type_info(),
            Argument::Bytes(_) => <[u8] as Type<Postgres>>::type_info(),
        };
        self.arguments.iter().map(of).collect()
    }
}
