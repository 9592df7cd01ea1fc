//! `keys revoke`: asks before it does what cannot be undone, and refuses while a stored value needs the key.

use crate::args::RevokeKey;
use crate::context::Context;
use crate::database::OpenDatabase;
use crate::failure::{Answer, Failure};
use crate::input;
use crate::keys::{fault, load, report::Report, reseal, update};
use crate::output::plain;
use crate::texts;
use slotwerk::{SealedCounts, SealedKeys};
use slotwerk_keys::{KeyFileError, KeyId, KeyRing, KeyRingError, KeyState};
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

/// Longer than any number of a key, and all that is read of an answer.
const LONGEST_ANSWER: u64 = 64;

pub(crate) fn run(context: &Context, args: &RevokeKey) -> Result<Answer, Failure> {
    let path = &args.file.path;
    let id = KeyId::new(args.key);
    let ring = load(context, path)?;
    let refused = |error: KeyRingError| fault::refused(context, path, KeyFileError::Ring(error));
    // Nobody is asked about what cannot be done.
    match ring.state(id) {
        None => return Err(refused(KeyRingError::UnknownId(id))),
        Some(KeyState::Active) => return Err(refused(KeyRingError::ActiveId(id))),
        Some(KeyState::Revoked) => {
            return Report::new("keys revoke", path, &ring).unchanged(context);
        }
        Some(_) => {}
    }
    if !args.lose_sealed {
        let counts = sealed_under(context, args, id)?;
        if counts.total() > 0 {
            return still_needed(context, path, &ring, id, counts);
        }
    }
    if !args.yes && !is_confirmed(context, id, args.lose_sealed)? {
        let _ = writeln!(
            io::stderr().lock(),
            "{}",
            context.say(texts::KEYS_NOT_REVOKED, &[])
        );
        return Ok(Answer::No);
    }
    let ring = update(context, path, |ring| ring.revoke(id))?;
    let text = context.say(texts::KEYS_REVOKED, &[&path.display(), &id]);
    Report::new("keys revoke", path, &ring).changed(context, &text)
}

/// The values of the service's database that the key seals.
fn sealed_under(context: &Context, args: &RevokeKey, id: KeyId) -> Result<SealedCounts, Failure> {
    if !OpenDatabase::is_named(&args.database) {
        return Err(Failure::usage(context.say(texts::KEYS_NO_DATABASE, &[])));
    }
    let database = OpenDatabase::open(context, &args.database)?;
    let found = database.run(context, async |store| SealedKeys::of(store).await)?;
    Ok(found.under(id))
}

fn still_needed(
    context: &Context,
    path: &Path,
    ring: &KeyRing,
    id: KeyId,
    counts: SealedCounts,
) -> Result<Answer, Failure> {
    if context.json {
        Report::new("keys revoke", path, ring)
            .needed(counts)
            .unchanged(context)?;
    }
    for text in [
        reseal::sealed_under(context, id, counts),
        context.say(texts::KEYS_STILL_NEEDED, &[]),
    ] {
        let _ = writeln!(io::stderr().lock(), "{}", plain(&text));
    }
    Ok(Answer::No)
}

/// Asks for the number again. It is the same in every language, and no habit types it.
fn is_confirmed(context: &Context, id: KeyId, lose_sealed: bool) -> Result<bool, Failure> {
    let (stdin, mut stderr) = (io::stdin(), io::stderr().lock());
    if !stdin.is_terminal() || !stderr.is_terminal() {
        return Err(Failure::usage(context.say(texts::KEYS_CONFIRM, &[])));
    }
    let mut warning = context.say(texts::KEYS_WILL_REVOKE, &[&id]);
    if lose_sealed {
        warning.push(' ');
        warning.push_str(&context.say(texts::KEYS_WILL_LOSE, &[]));
    }
    let question = context.say(texts::KEYS_TYPE_ID, &[&id]);
    let mut typed = Vec::new();
    write!(stderr, "{}\n{question}", plain(&warning))
        .and_then(|()| stderr.flush())
        .and_then(|()| {
            let mut answer = stdin.lock().take(LONGEST_ANSWER);
            answer.read_until(b'\n', &mut typed)
        })
        .map_err(|error| input::unreadable(context, Path::new("-"), &error))?;
    Ok(typed.trim_ascii() == id.to_string().as_bytes())
}
