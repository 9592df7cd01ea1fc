//! TOML into a tree with places.

use super::node::{Entry, Node, Value};
use super::read::Fault;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) fn tree(text: &str) -> Result<Node<'_>, Fault> {
    // The parser bounds how deep tables and lists are nested.
    match DeTable::parse(text) {
        Ok(document) => Ok(Node {
            at: 0,
            value: table(document.into_inner()),
        }),
        Err(error) => {
            let at = error.span().map_or(text.len(), |span| span.start);
            Err(Fault::new(at, error.message()))
        }
    }
}

fn node(value: Spanned<DeValue<'_>>) -> Node<'_> {
    let at = value.span().start;
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text),
        DeValue::Integer(number) => {
            // What is below zero or far too large is refused by every field, as it is written.
            let plain = u64::from_str_radix(number.as_str(), number.radix());
            Value::Number(
                plain
                    .map_or_else(|_| number.to_string(), |n| n.to_string())
                    .into(),
            )
        }
        DeValue::Float(number) => Value::Number(number.to_string().into()),
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Datetime(_) => Value::Other("a date or time"),
        DeValue::Array(list) => Value::List(list.into_iter().map(node).collect()),
        DeValue::Table(entries) => table(entries),
    };
    Node { at, value }
}

/// The parser sorts its tables by key.
fn table(entries: DeTable<'_>) -> Value<'_> {
    let mut entries: Vec<Entry<'_>> = entries
        .into_iter()
        .map(|(key, value)| Entry {
            at: key.span().start,
            key: key.into_inner(),
            node: node(value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.at);
    Value::Table(entries)
}
