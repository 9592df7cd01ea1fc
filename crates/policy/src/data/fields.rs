//! Tables and values, taken for what a policy needs of them or refused.

use super::kinds::{Named, listed};
use super::node::{Entry, Node, Quoted, Value};
use super::read::Fault;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The entries of a table that have not been looked at yet.
pub(super) struct Fields<'a> {
    pub(super) at: usize,
    entries: Vec<Entry<'a>>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(
        tree: Node<'a>,
        refusal: impl FnOnce(&Value<'_>) -> String,
    ) -> Result<Self, Fault> {
        let entries = match tree.value {
            Value::Table(entries) => entries,
            other => return Err(Fault::new(tree.at, refusal(&other))),
        };
        let mut seen = BTreeSet::new();
        if let Some(twice) = entries.iter().find(|entry| !seen.insert(&entry.key)) {
            let message = format!("field `{}` stands twice", Quoted(&twice.key));
            return Err(Fault::new(twice.at, message));
        }
        let at = tree.at;
        Ok(Self { at, entries })
    }

    pub(super) fn each_known(
        &self,
        known: &[&str],
        refusal: impl FnOnce(Quoted<'_>) -> String,
    ) -> Result<(), Fault> {
        match self
            .entries
            .iter()
            .find(|entry| !known.contains(&&*entry.key))
        {
            Some(entry) => Err(Fault::new(entry.at, refusal(Quoted(&entry.key)))),
            None => Ok(()),
        }
    }

    pub(super) fn optional(&mut self, key: &str) -> Option<Node<'a>> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(index).node)
    }

    pub(super) fn required(
        &mut self,
        key: &str,
        lacking: impl FnOnce() -> String,
    ) -> Result<Node<'a>, Fault> {
        self.optional(key)
            .ok_or_else(|| Fault::new(self.at, lacking()))
    }
}

impl<'a> Node<'a> {
    pub(super) fn count(&self, field: &str) -> Result<u16, Fault> {
        let number = match &self.value {
            Value::Number(number) => number.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| {
            let (found, most) = (&self.value, u16::MAX);
            let message =
                format!("`{field}` must be a whole number from 0 to {most}; this is {found}");
            Fault::new(self.at, message)
        })
    }

    /// `what` is what a message calls it.
    pub(super) fn text(self, what: &str) -> Result<Cow<'a, str>, Fault> {
        match self.value {
            Value::Text(text) => Ok(text),
            other => {
                let message = format!("{what} must be a text; this is {other}");
                Err(Fault::new(self.at, message))
            }
        }
    }

    pub(super) fn list(
        self,
        refusal: impl FnOnce(&Value<'_>) -> String,
    ) -> Result<Vec<Self>, Fault> {
        match self.value {
            Value::List(nodes) => Ok(nodes),
            other => Err(Fault::new(self.at, refusal(&other))),
        }
    }

    pub(super) fn named<T: Named>(self, what: &str) -> Result<T, Fault> {
        let at = self.at;
        let written = self.text(what)?;
        let known = T::all().iter().find(|(name, _)| *name == written);
        known.map(|&(_, value)| value).ok_or_else(|| {
            let names = listed(T::all().iter().map(|&(name, _)| name));
            let message = format!(
                "there is no {} `{}`; there are {names}",
                T::WHAT,
                Quoted(&written)
            );
            Fault::new(at, message)
        })
    }
}
