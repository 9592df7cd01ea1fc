//! `slotwerk password …`

pub(crate) mod calibrate;
pub(crate) mod hash;
pub(crate) mod rewrap;
pub(crate) mod verify;

use crate::args::{Cost, PepperOf};
use crate::context::Context;
use crate::failure::Failure;
use crate::input;
use crate::keys;
use crate::texts;
use slotwerk_password::{
    BuildError, ForeignError, HashError, Hasher, Owner, Params, ParamsError, ParseError, Password,
    PasswordHash, PepperFault, RingPepper, generate_salt,
};
use std::path::Path;
use std::sync::Arc;

/// The parameters of new hashes.
fn params(context: &Context, cost: &Cost) -> Result<Params, Failure> {
    Params::new(cost.memory_kib, cost.passes, 1)
        .map_err(|error| Failure::usage(params_refused(context, &error)))
}

/// The pepper, and whose hash it is.
struct Peppered {
    pepper: Option<Arc<RingPepper>>,
    owner: Owner,
}

/// A pepper with the keys of a file.
fn pepper(context: &Context, path: &Path) -> Result<RingPepper, Failure> {
    Ok(RingPepper::new(keys::load(context, path)?))
}

fn peppered(context: &Context, args: &PepperOf) -> Result<Peppered, Failure> {
    let pepper = match &args.pepper_keys {
        Some(file) => Some(Arc::new(pepper(context, file)?)),
        None => None,
    };
    let owner = Owner::new(
        args.tenant.as_deref().unwrap_or_default(),
        args.account.as_deref().unwrap_or_default(),
    );
    Ok(Peppered { pepper, owner })
}

/// A hasher for one hash at a time, which also verifies what costs up to `ceiling`.
fn hasher(
    context: &Context,
    live: Params,
    ceiling: Params,
    peppered: &Peppered,
) -> Result<Hasher, Failure> {
    let mut builder = Hasher::builder()
        .workers(1)
        .queue(1)
        .params(live)
        .stored_ceiling(ceiling);
    if let Some(pepper) = peppered.pepper.clone() {
        builder = builder.pepper(pepper);
    }
    let hasher = builder
        .build()
        .map_err(|error| not_built(context, &error, ceiling))?;
    Ok(hasher.owned_by(peppered.owner.clone()))
}

/// What was read, for the hasher.
fn hashable(context: &Context, read: input::Password, path: &Path) -> Result<Password, Failure> {
    let text = match read {
        input::Password::Text(mut text) => Password::new(std::mem::take(&mut *text)).ok(),
        input::Password::TooLong => None,
    };
    text.ok_or_else(|| {
        let message = context.say(texts::PASSWORD_TOO_LONG, &[&Password::MAX_BYTES]);
        Failure::input(message).at(path, 0, 0)
    })
}

fn fresh_salt(context: &Context) -> Result<[u8; 16], Failure> {
    generate_salt().map_err(|_| Failure::input(context.say(texts::NO_ENTROPY, &[])))
}

fn not_built(context: &Context, error: &BuildError, ceiling: Params) -> Failure {
    Failure::input(match error {
        BuildError::Memory(_) => context.say(texts::NO_MEMORY, &[&ceiling.m_kib()]),
        other => other.to_string(),
    })
}

fn not_hashed(context: &Context, error: &HashError) -> Failure {
    Failure::input(match error {
        HashError::Pepper { key, fault } => fault_text(context, *fault, &key.get()),
        _ => context.say(texts::NOT_COMPUTED, &[]),
    })
}

fn fault_text(context: &Context, fault: PepperFault, key: &u32) -> String {
    match fault {
        PepperFault::UnknownKey => context.say(texts::PEPPER_KEY_UNKNOWN, &[key]),
        PepperFault::NotAuthentic => context.say(texts::PEPPER_NOT_AUTHENTIC, &[]),
        PepperFault::NotWrapped => context.say(texts::PEPPER_NOT_WRAPPED, &[]),
        _ => context.say(texts::PEPPER_UNAVAILABLE, &[]),
    }
}

fn params_refused(context: &Context, error: &ParamsError) -> String {
    match error {
        ParamsError::BelowFloor {
            m_kib,
            t,
            floor_kib,
        } => context.say(texts::BELOW_FLOOR, &[m_kib, t, floor_kib]),
        ParamsError::Memory { m_kib, min, max } => {
            context.say(texts::MEMORY_OUTSIDE, &[m_kib, min, max])
        }
        ParamsError::Passes { t } => context.say(texts::PASSES_OUTSIDE, &[t, &Params::MAX_T]),
        other => other.to_string(),
    }
}

/// Names the part that is wrong, never what stands there.
fn hash_refused(context: &Context, error: &ParseError) -> String {
    match error {
        ParseError::TooLong => context.say(texts::HASH_TOO_LONG, &[&PasswordHash::MAX_WRAPPED_LEN]),
        ParseError::Structure | ParseError::Algorithm => context.say(texts::HASH_UNKNOWN, &[]),
        ParseError::Version => context.say(texts::HASH_VERSION, &[]),
        ParseError::Parameters => context.say(texts::HASH_PARAMETERS, &[]),
        ParseError::Cost(error) => params_refused(context, error),
        ParseError::Salt | ParseError::Output => context.say(texts::HASH_DAMAGED, &[]),
        ParseError::Foreign(error) => match error {
            ForeignError::Structure | ForeignError::Algorithm => {
                context.say(texts::HASH_UNKNOWN, &[])
            }
            ForeignError::Version => context.say(texts::HASH_VERSION, &[]),
            ForeignError::Parameters => context.say(texts::HASH_PARAMETERS, &[]),
            ForeignError::Cost => context.say(texts::HASH_COST, &[]),
            ForeignError::Salt | ForeignError::Output => context.say(texts::HASH_DAMAGED, &[]),
            other => other.to_string(),
        },
        ParseError::Wrapping => context.say(texts::HASH_WRAPPING, &[]),
        other => other.to_string(),
    }
}
