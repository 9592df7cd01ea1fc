//! Argon2 as others store it: the variants i and d, version 16, and Django's form.

use ::argon2::{Algorithm, Version};
use base64ct::Base64Unpadded;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{ForeignError, ForeignScheme};
use crate::error::HashError;
use crate::memory::Memory;
use crate::params::Params;
use crate::text::{Field, MAX_FIELD, argon2_costs};

#[derive(Clone)]
pub(crate) struct Argon2 {
    variant: Algorithm,
    version: Version,
    params: Params,
    salt: Field,
    output: Field,
}

/// The PHC string, with or without Django's `argon2` in front. Argon2id of version 19 without it
/// is our own form, and so is every text that only resembles it.
pub(super) fn parse(text: &str) -> Option<Result<Argon2, ForeignError>> {
    let foreign = ["argon2i$", "argon2d$", "argon2id$v=16$", "argon2id$m="];
    let body = text.strip_prefix("argon2$").or_else(|| {
        let body = text.strip_prefix('$')?;
        foreign
            .iter()
            .any(|start| body.starts_with(start))
            .then_some(body)
    });
    body.map(read)
}

/// `argon2i$v=19$m=…,t=…,p=…$salt$output`. Without `v=` it is version 16.
fn read(text: &str) -> Result<Argon2, ForeignError> {
    let (variant, rest) = text.split_once('$').ok_or(ForeignError::Structure)?;
    let variant = match variant {
        "argon2d" => Algorithm::Argon2d,
        "argon2i" => Algorithm::Argon2i,
        "argon2id" => Algorithm::Argon2id,
        _ => return Err(ForeignError::Algorithm),
    };
    let (version, rest) = match rest.strip_prefix("v=") {
        None => (Version::V0x10, rest),
        Some(rest) => match rest.split_once('$') {
            Some(("16", rest)) => (Version::V0x10, rest),
            Some(("19", rest)) => (Version::V0x13, rest),
            _ => return Err(ForeignError::Version),
        },
    };
    let mut parts = rest.split('$');
    let (Some(costs), Some(salt), Some(output), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ForeignError::Structure);
    };
    let (m, t, p) = argon2_costs(costs).ok_or(ForeignError::Parameters)?;
    Ok(Argon2 {
        variant,
        version,
        params: Params::bounded(m, t, p).map_err(|_| ForeignError::Cost)?,
        salt: Field::decode::<Base64Unpadded>(salt, 8..=MAX_FIELD).ok_or(ForeignError::Salt)?,
        output: Field::decode::<Base64Unpadded>(output, 16..=MAX_FIELD)
            .ok_or(ForeignError::Output)?,
    })
}

impl Argon2 {
    pub(super) fn matches(
        &self,
        memory: &mut Memory,
        password: &[u8],
    ) -> Result<Choice, HashError> {
        let mut buffer = Zeroizing::new([0; MAX_FIELD]);
        let stored = self.output.bytes();
        let computed = buffer.get_mut(..stored.len()).ok_or(HashError::Failed)?;
        let costs = ::argon2::Params::new(
            self.params.m_kib(),
            self.params.t(),
            self.params.p(),
            Some(stored.len()),
        )
        .map_err(|_| HashError::Failed)?;
        let argon2 = ::argon2::Argon2::new(self.variant, self.version, costs);
        memory.run_with(&argon2, password, self.salt.bytes(), computed)?;
        Ok(computed.ct_eq(stored))
    }

    pub(super) const fn params(&self) -> Params {
        self.params
    }

    /// Argon2id of version 19: foreign in its spelling only.
    pub(super) fn is_current(&self) -> bool {
        matches!(
            (self.variant, self.version),
            (Algorithm::Argon2id, Version::V0x13)
        )
    }

    pub(super) const fn scheme(&self) -> ForeignScheme {
        match self.variant {
            Algorithm::Argon2d => ForeignScheme::Argon2d,
            Algorithm::Argon2i => ForeignScheme::Argon2i,
            Algorithm::Argon2id => ForeignScheme::Argon2id,
        }
    }
}
