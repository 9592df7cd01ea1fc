//! Secrets in the bodies of requests and answers.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Deref;
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// A text that is wiped on drop and that no log shows.
#[derive(ToSchema)]
#[schema(value_type = String, format = Password)]
pub(crate) struct SecretText(Zeroizing<String>);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl Deref for SecretText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A secret that an answer shows to the person, such as a recovery code.
#[derive(ToSchema)]
#[schema(value_type = String)]
pub(crate) struct ShownSecret(Zeroizing<String>);

impl ShownSecret {
    pub(crate) fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl Serialize for ShownSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
