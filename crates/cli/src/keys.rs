//! `slotwerk keys …`: the life of a key ring in its file.

mod fault;
mod report;
pub(crate) mod reseal;
pub(crate) mod revoke;

use crate::args::{KeyFile, RetireKey, RotateKeys};
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::input;
use crate::texts;
use report::Report;
use slotwerk_keys::{KeyId, KeyRing, KeyRingError, KeyState, MasterKey};
use std::path::Path;

/// The ring in a file that nobody but its owner can open, for using its keys.
pub(crate) fn load(context: &Context, path: &Path) -> Result<KeyRing, Failure> {
    refuse_standard_input(context, path)?;
    KeyRing::load_file(path).map_err(|error| fault::refused(context, path, error))
}

/// The same for showing or changing it: root may do that for the user of a service.
fn load_to_manage(context: &Context, path: &Path) -> Result<KeyRing, Failure> {
    refuse_standard_input(context, path)?;
    KeyRing::load_file_to_manage(path).map_err(|error| fault::refused(context, path, error))
}

pub(crate) fn new(context: &Context, args: &KeyFile) -> Result<Answer, Failure> {
    let path = &args.path;
    refuse_standard_input(context, path)?;
    let ring = KeyRing::new(KeyId::new(1), fresh(context)?);
    ring.create_file(path)
        .map_err(|error| fault::refused(context, path, error))?;
    let text = context.say(texts::KEYS_MADE, &[&path.display(), &ring.active()]);
    Report::new("keys new", path, &ring).changed(context, &text)
}

pub(crate) fn list(context: &Context, args: &KeyFile) -> Result<Answer, Failure> {
    let ring = load_to_manage(context, &args.path)?;
    Report::new("keys list", &args.path, &ring).listed(context)
}

pub(crate) fn prepare(context: &Context, args: &KeyFile) -> Result<Answer, Failure> {
    let path = &args.path;
    let key = fresh(context)?;
    let mut id = KeyId::new(0);
    let ring = update(context, path, |ring| {
        id = ring.next_id();
        ring.prepare(id, key)
    })?;
    let text = context.say(texts::KEYS_PREPARED, &[&path.display(), &id]);
    Report::new("keys prepare", path, &ring).changed(context, &text)
}

pub(crate) fn rotate(context: &Context, args: &RotateKeys) -> Result<Answer, Failure> {
    let path = &args.file.path;
    if let Some(to) = args.to {
        let ring = load_to_manage(context, path)?;
        let (old, to) = (ring.active(), KeyId::new(to));
        if old == to {
            return Report::new("keys rotate", path, &ring).unchanged(context);
        }
        let ring = update(context, path, |ring| ring.retire(old, to))?;
        return rotated(context, "keys rotate", path, &ring, old);
    }
    let key = fresh(context)?;
    let mut old = KeyId::new(0);
    let mut passed_over = None;
    let updated = update(context, path, |ring| {
        old = ring.active();
        // Whoever has brought a prepared key to every node does not mean to make yet another one, which
        // no other node would know.
        passed_over = newer(&ring).filter(|_| !args.new_key);
        if passed_over.is_some() {
            return Err(KeyRingError::NotActive(old));
        }
        let id = ring.next_id();
        ring.rotate(id, key)
    });
    if let Some(newer) = passed_over {
        let message = context.say(texts::KEYS_NEWER, &[&newer]);
        return Err(Failure::usage(message).at(path, 0, 0));
    }
    rotated(context, "keys rotate", path, &updated?, old)
}

pub(crate) fn retire(context: &Context, args: &RetireKey) -> Result<Answer, Failure> {
    let path = &args.file.path;
    let (id, to) = (KeyId::new(args.key), KeyId::new(args.to));
    let ring = load_to_manage(context, path)?;
    // Not written anew for nothing: that would cost its comments.
    if ring.active() == to && ring.state(id) == Some(KeyState::Retired) {
        return Report::new("keys retire", path, &ring).unchanged(context);
    }
    let ring = update(context, path, |ring| ring.retire(id, to))?;
    rotated(context, "keys retire", path, &ring, id)
}

fn rotated(
    context: &Context,
    command: &'static str,
    path: &Path,
    ring: &KeyRing,
    retired: KeyId,
) -> Result<Answer, Failure> {
    let values: [&dyn std::fmt::Display; 3] = [&path.display(), &ring.active(), &retired];
    let text = context.say(texts::KEYS_ROTATED, &values);
    Report::new(command, path, ring).changed(context, &text)
}

fn update(
    context: &Context,
    path: &Path,
    change: impl FnOnce(KeyRing) -> Result<KeyRing, KeyRingError>,
) -> Result<KeyRing, Failure> {
    refuse_standard_input(context, path)?;
    KeyRing::update_file(path, change).map_err(|error| fault::refused(context, path, error))
}

/// The first usable key that came after the active one, by its number.
fn newer(ring: &KeyRing) -> Option<KeyId> {
    ring.usable().find(|id| *id > ring.active())
}

fn fresh(context: &Context) -> Result<MasterKey, Failure> {
    MasterKey::generate().map_err(|_| Failure::input(context.say(texts::NO_ENTROPY, &[])))
}

fn refuse_standard_input(context: &Context, path: &Path) -> Result<(), Failure> {
    if input::is_stdin(path) {
        return Err(Failure::usage(context.say(texts::KEYS_STANDARD_INPUT, &[])));
    }
    Ok(())
}
