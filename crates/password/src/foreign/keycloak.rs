//! Keycloak's exported password credentials, rewritten as a text that can be stored.

use std::borrow::Cow;

use base64ct::{Base64, Base64Unpadded, Encoding};
use serde::Deserialize;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::text::MAX_FIELD;
use crate::{ParseError, PasswordHash};

/// Why a credential that Keycloak exported was not taken over. Names the part, never its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeycloakError {
    /// One of the two texts is longer than [`PasswordHash::KEYCLOAK_MAX_LEN`].
    #[error("a part of the credential is longer than {max} bytes", max = PasswordHash::KEYCLOAK_MAX_LEN)]
    TooLong,
    /// `secretData` is not the JSON that Keycloak writes for a password.
    #[error("secretData is not JSON with value and salt")]
    SecretData,
    /// `credentialData` is not the JSON that Keycloak writes for a password.
    #[error("credentialData is not JSON with algorithm, hashIterations and its parameters")]
    CredentialData,
    /// `algorithm` or `type` is not one that is read here.
    #[error("the algorithm of the credential is not supported")]
    Algorithm,
    /// `version` is neither 1.0 nor 1.3.
    #[error("the Argon2 version of the credential is not supported")]
    Version,
    /// Salt or value is not base64 of at most 64 bytes, or the value is not `hashLength` long.
    #[error("salt or value of the credential is malformed")]
    Encoding,
    /// Rewritten, it is refused like any stored hash out of bounds.
    #[error(transparent)]
    Refused(#[from] ParseError),
}

#[derive(Deserialize)]
struct SecretData<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
    #[serde(borrow)]
    salt: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialData<'a> {
    #[serde(borrow)]
    algorithm: Cow<'a, str>,
    hash_iterations: u32,
    #[serde(borrow, default)]
    additional_parameters: Parameters<'a>,
}

/// Each a list of one: the form is that of a multi-valued map.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Parameters<'a> {
    #[serde(borrow, rename = "type")]
    variant: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    version: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    memory: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    parallelism: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    hash_length: Vec<Cow<'a, str>>,
}

impl PasswordHash {
    /// The most bytes of each of the two texts of [`PasswordHash::from_keycloak`].
    pub const KEYCLOAK_MAX_LEN: usize = 2048;

    /// Takes over a password credential from a Keycloak export (`secretData` and
    /// `credentialData` of an entry of `credentials`, each a text of JSON).
    ///
    /// Argon2 in its variants and versions becomes a PHC string; Argon2id of version 1.3 is then
    /// a hash like this crate's own. With feature `pbkdf2`, `pbkdf2`, `pbkdf2-sha256` and
    /// `pbkdf2-sha512` are taken over as well. Store [`PasswordHash::as_str`].
    ///
    /// ```
    /// use slotwerk_password::PasswordHash;
    ///
    /// let secret = r#"{"value":"z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc=","salt":"AAECAwQFBgcICQoLDA0ODw=="}"#;
    /// let credential = r#"{"hashIterations":2,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],
    ///     "memory":["19456"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}"#;
    /// let stored = PasswordHash::from_keycloak(secret, credential)?;
    /// assert!(stored.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$AAECAw"));
    /// # Ok::<(), slotwerk_password::KeycloakError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeycloakError`] names the part that was not understood or is out of bounds.
    #[cfg_attr(docsrs, doc(cfg(feature = "keycloak")))]
    pub fn from_keycloak(secret_data: &str, credential_data: &str) -> Result<Self, KeycloakError> {
        if secret_data.len().max(credential_data.len()) > Self::KEYCLOAK_MAX_LEN {
            return Err(KeycloakError::TooLong);
        }
        let secret: SecretData<'_> =
            serde_json::from_str(secret_data).map_err(|_| KeycloakError::SecretData)?;
        let credential: CredentialData<'_> =
            serde_json::from_str(credential_data).map_err(|_| KeycloakError::CredentialData)?;
        let (salt, _) = recode(&secret.salt)?;
        let (value, len) = recode(&secret.value)?;
        let iterations = credential.hash_iterations;
        let head = match credential.algorithm.as_ref() {
            "argon2" => argon2_head(&credential.additional_parameters, iterations, len)?,
            #[cfg(feature = "pbkdf2")]
            name @ ("pbkdf2" | "pbkdf2-sha256" | "pbkdf2-sha512") => {
                format!("${name}$i={iterations},l={len}")
            }
            _ => return Err(KeycloakError::Algorithm),
        };
        let text = Zeroizing::new(format!("{head}${}${}", salt.as_str(), value.as_str()));
        Ok(Self::parse(&text)?)
    }
}

fn argon2_head(
    parameters: &Parameters<'_>,
    iterations: u32,
    len: usize,
) -> Result<String, KeycloakError> {
    let variant = match single(&parameters.variant)? {
        variant @ ("d" | "i" | "id") => variant,
        _ => return Err(KeycloakError::Algorithm),
    };
    let version = match single(&parameters.version)? {
        "1.0" => 16,
        "1.3" => 19,
        _ => return Err(KeycloakError::Version),
    };
    if number(&parameters.hash_length)? as usize != len {
        return Err(KeycloakError::Encoding);
    }
    let (memory, lanes) = (
        number(&parameters.memory)?,
        number(&parameters.parallelism)?,
    );
    Ok(format!(
        "$argon2{variant}$v={version}$m={memory},t={iterations},p={lanes}"
    ))
}

fn single<'a>(list: &'a [Cow<'_, str>]) -> Result<&'a str, KeycloakError> {
    match list {
        [only] => Ok(only),
        _ => Err(KeycloakError::CredentialData),
    }
}

fn number(list: &[Cow<'_, str>]) -> Result<u32, KeycloakError> {
    let text = single(list)?;
    text.parse().map_err(|_| KeycloakError::CredentialData)
}

/// From padded base64 to unpadded, and how many bytes it stands for.
fn recode(text: &str) -> Result<(Zeroizing<String>, usize), KeycloakError> {
    let mut buffer = Zeroizing::new([0; MAX_FIELD]);
    let bytes = Base64::decode(text, buffer.as_mut_slice()).map_err(|_| KeycloakError::Encoding)?;
    let unpadded = Zeroizing::new(Base64Unpadded::encode_string(bytes));
    Ok((unpadded, bytes.len()))
}
