//! `password hash`: a password becomes what is stored of it.

use crate::args::Hash;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::input;
use crate::output::Output;
use crate::password::{fresh_salt, hashable, hasher, not_hashed, params, peppered};
use crate::texts;
use serde_json::json;
use std::path::PathBuf;

pub(crate) fn run(context: &Context, args: &Hash) -> Result<Answer, Failure> {
    let params = params(context, &args.cost)?;
    let hasher = hasher(context, params, params, &peppered(context, &args.pepper)?)?;
    let stdin = PathBuf::from("-");
    let path = args.password_file.as_ref().unwrap_or(&stdin);
    let password = hashable(context, input::password(context, path)?, path)?;
    // A forgotten pipe, rather than somebody's password.
    if password.expose().is_empty() {
        return Err(Failure::input(context.say(texts::PASSWORD_EMPTY, &[])).at(path, 0, 0));
    }
    let stored = hasher
        .hash_blocking(password, fresh_salt(context)?)
        .map_err(|error| not_hashed(context, &error))?;
    let mut output = Output::new(context);
    if context.json {
        output.json(&json!({
            "version": 1,
            "command": "password hash",
            "hash": stored.as_str(),
            "memory_kib": params.m_kib(),
            "passes": params.t(),
            "pepper_key": stored.pepper_key().map(|key| key.get()),
        }))?;
    } else {
        output.raw(stored.as_str().as_bytes())?;
        output.raw(b"\n")?;
    }
    output.finish()?;
    Ok(Answer::Yes)
}
