//! Policies as JSON and TOML.
//!
//! Each format is read into one tree that knows where everything stands, and one reader turns that into rules:
//! so every format refuses the same things, in the same words, at the place that is wrong.

mod fields;
#[cfg(feature = "json")]
mod from_json;
#[cfg(feature = "toml")]
mod from_toml;
mod kinds;
mod node;
mod read;

use crate::draft::PolicyDraft;
#[cfg(any(feature = "json", feature = "toml"))]
use crate::error::PolicyError;
use crate::rule::Rule;
use node::Node;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};
#[cfg(any(feature = "json", feature = "toml"))]
use thiserror::Error as ThisError;

/// Why a text could not be read as a policy, and where.
#[cfg(any(feature = "json", feature = "toml"))]
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct DataError {
    /// The line, counted from 1; 0 if the text was too long to be read.
    pub line: usize,
    /// The column in the line, in characters, counted from 1; 0 if the text was too long to be read.
    pub column: usize,
    /// What is wrong, in one line. What it quotes from the text is cut off and free of control characters.
    pub message: String,
    /// Set if the text could be read, and a rule in it is one that
    /// [`PolicyDraft::build`] would refuse whatever else is in the policy.
    pub refused: Option<PolicyError>,
}

#[cfg(any(feature = "json", feature = "toml"))]
impl PolicyDraft {
    /// The longest text that is read, in bytes: 1 MiB.
    pub const MAX_DATA_BYTES: usize = 1024 * 1024;

    /// Reads a draft from JSON (RFC 8259). A byte order mark before it is passed over.
    ///
    /// ```
    /// # use slotwerk_policy::PolicyDraft;
    /// let error = PolicyDraft::from_json(
    ///     r#"{"version": 1, "rules": [
    ///            {"rule": "maximum-run", "charaters": 3}
    ///     ]}"#,
    /// )
    /// .unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2, column 36: rule `maximum-run` has no field `charaters`; it has `characters`"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// [`DataError`] with the place of what is wrong if the text is no JSON, or has a field, rule, value or version
    /// that is not known, or a rule that makes no sense by itself.
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn from_json(text: &str) -> Result<Self, DataError> {
        Self::from_text(text, from_json::tree)
    }

    /// Reads a draft from TOML: `version = 1`, and one table `[[rules]]` for each rule.
    ///
    /// ```
    /// # use slotwerk_policy::PolicyDraft;
    /// let draft = PolicyDraft::from_toml(
    ///     r#"
    ///     version = 1
    ///     scope = "noord"
    ///
    ///     [[rules]]
    ///     rule = "minimum-length"
    ///     characters = 12
    ///
    ///     [[rules]]
    ///     rule = "without-words"
    ///     words = ["arbodienst", "verzuim"]
    ///     "#,
    /// )?;
    /// assert_eq!(draft.rules().count(), 2);
    /// # Ok::<(), slotwerk_policy::DataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DataError`] with the place of what is wrong if the text is no TOML, or has a field, rule, value or version
    /// that is not known, or a rule that makes no sense by itself.
    #[cfg(feature = "toml")]
    #[cfg_attr(docsrs, doc(cfg(feature = "toml")))]
    pub fn from_toml(text: &str) -> Result<Self, DataError> {
        Self::from_text(text, from_toml::tree)
    }

    fn from_text(
        text: &str,
        tree: fn(&str) -> Result<Node<'_>, read::Fault>,
    ) -> Result<Self, DataError> {
        if text.len() > Self::MAX_DATA_BYTES {
            return Err(DataError {
                line: 0,
                column: 0,
                message: format!(
                    "the text has {} bytes; at most {} are read",
                    text.len(),
                    Self::MAX_DATA_BYTES
                ),
                refused: None,
            });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let read = tree(text).and_then(|tree| read::draft(tree, read::Soundness::Required));
        let (scope, rules) = read.map_err(|fault| {
            let before = text.get(..fault.at).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            DataError {
                line: before.matches('\n').count() + 1,
                column: before.chars().count() + 1
                    - before.get(..line_start).unwrap_or_default().chars().count(),
                message: fault.message,
                refused: fault.refused,
            }
        })?;
        Ok(Self::read(scope, rules))
    }
}

/// Without places: see `PolicyDraft::from_json` and `PolicyDraft::from_toml` for those.
impl<'de> Deserialize<'de> for PolicyDraft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = Node::deserialize(deserializer)?;
        let (scope, rules) = read::draft(tree, read::Soundness::LeftToBuild)
            .map_err(|f| D::Error::custom(f.message))?;
        Ok(Self::read(scope, rules))
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = Node::deserialize(deserializer)?;
        read::rule(tree).map_err(|fault| D::Error::custom(fault.message))
    }
}

impl Serialize for PolicyDraft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = 2 + usize::from(self.scope_name().is_some());
        let mut fields = serializer.serialize_struct("PolicyDraft", fields)?;
        fields.serialize_field("version", &read::VERSION)?;
        match self.scope_name() {
            Some(scope) => fields.serialize_field("scope", scope)?,
            None => fields.skip_field("scope")?,
        }
        fields.serialize_field("rules", &self.rules().collect::<Vec<_>>())?;
        fields.end()
    }
}
