//! `password verify`: is a password the one of a stored hash?

use crate::args::VerifyPassword;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::input::{self, has_nul};
use crate::output::Output;
use crate::password::{fresh_salt, hash_refused, hashable, hasher, not_hashed, params, peppered};
use crate::texts;
use serde_json::json;
use slotwerk_password::{HashError, Params, Password, PasswordHash, Verification};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A wrapped hash, and white space around it.
const MOST: usize = PasswordHash::MAX_WRAPPED_LEN + 64;

pub(crate) fn run(context: &Context, args: &VerifyPassword) -> Result<Answer, Failure> {
    let live = params(context, &args.cost)?;
    let (password, stored) = read(context, args)?;
    if stored.pepper_key().is_some() && args.pepper.pepper_keys.is_none() {
        return Err(Failure::usage(context.say(texts::NAME_THE_KEYS, &[])));
    }
    let peppered = peppered(context, &args.pepper)?;
    let verify = |ceiling: Params| -> Result<Result<Verification, HashError>, Failure> {
        let hasher = hasher(context, live, ceiling, &peppered)?;
        Ok(hasher.verify_blocking(password.clone(), &stored, fresh_salt(context)?))
    };
    let ceiling = match stored.params() {
        Some(asked) => both(live, asked.m_kib(), asked.t()),
        None => live,
    };
    let verdict = match verify(ceiling)? {
        // Under a pepper the cost is seen only now.
        Err(HashError::TooCostly { m_kib, t }) => verify(both(live, m_kib, t))?,
        other => other,
    };
    let verdict = verdict.map_err(|error| not_hashed(context, &error))?;
    show(context, args.replacement, &verdict)
}

/// What covers the live parameters and those of the stored hash. As strong as the live ones, it is above
/// the floor.
fn both(live: Params, m_kib: u32, t: u32) -> Params {
    Params::new(live.m_kib().max(m_kib), live.t().max(t), 1).unwrap_or(live)
}

fn read(context: &Context, args: &VerifyPassword) -> Result<(Password, PasswordHash), Failure> {
    let stdin = PathBuf::from("-");
    let passwords = args.password_file.as_ref().unwrap_or(&stdin);
    let argument = args.hash.as_deref().filter(|hash| *hash != "-");
    let hashes = match (argument, &args.hash_file) {
        (Some(hash), _) => {
            let stored = parse(context, hash.as_bytes(), None)?;
            let password = input::password(context, passwords)?;
            return Ok((hashable(context, password, passwords)?, stored));
        }
        (None, Some(file)) => file.as_path(),
        (None, None) => Path::new("-"),
    };
    let (password, hash) = if input::is_stdin(hashes) && input::is_stdin(passwords) {
        input::password_and_rest(context, MOST)?
    } else {
        let hash = input::secret(context, hashes, MOST)?;
        (input::password(context, passwords)?, hash)
    };
    let password = hashable(context, password, passwords)?;
    Ok((password, parse(context, &hash, Some(hashes))?))
}

fn parse(context: &Context, bytes: &[u8], file: Option<&Path>) -> Result<PasswordHash, Failure> {
    let refused = |message: String| match file {
        Some(file) => Failure::input(message).at(file, 0, 0),
        None => Failure::input(message),
    };
    // No kind of hash holds white space, and editors leave it in files.
    let bytes = match file {
        Some(_) => bytes.trim_ascii(),
        None => bytes,
    };
    if has_nul(bytes) {
        return Err(refused(context.say(texts::HAS_NUL, &[])));
    }
    if bytes.is_empty() {
        return Err(refused(context.say(texts::HASH_MISSING, &[])));
    }
    std::str::from_utf8(bytes)
        .map_err(|_| refused(context.say(texts::HASH_UNKNOWN, &[])))
        .and_then(|text| {
            PasswordHash::parse(text).map_err(|error| refused(hash_refused(context, &error)))
        })
}

/// With `--replacement` standard output is for that alone, so that it can be piped on.
fn show(
    context: &Context,
    wants_replacement: bool,
    verdict: &Verification,
) -> Result<Answer, Failure> {
    let (verified, replacement) = match verdict {
        Verification::Verified { replacement, .. } => (true, replacement.as_ref()),
        _ => (false, None),
    };
    let mut output = Output::new(context);
    if context.json {
        let shown = replacement.filter(|_| wants_replacement);
        output.json(&json!({
            "version": 1,
            "command": "password verify",
            "verified": verified,
            "replacement_due": replacement.is_some(),
            "replacement": shown.map(PasswordHash::as_str),
        }))?;
        output.finish()?;
        return Ok(Answer::of(verified));
    }
    let mut lines = vec![context.say(
        if verified {
            texts::PASSWORD_VERIFIED
        } else {
            texts::PASSWORD_REJECTED
        },
        &[],
    )];
    if replacement.is_some() {
        lines.push(context.say(texts::REPLACEMENT_DUE, &[]));
    }
    if wants_replacement {
        if let Some(hash) = replacement {
            output.raw(hash.as_str().as_bytes())?;
            output.raw(b"\n")?;
        }
        output.finish()?;
        for line in lines {
            // Beside the point for whoever closed standard error.
            let _ = writeln!(io::stderr().lock(), "{line}");
        }
    } else {
        for line in lines {
            output.line(&line)?;
        }
        output.finish()?;
    }
    Ok(Answer::of(verified))
}
