//! What a ring is like now: numbers and states, and nothing of the keys.

use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::keys::reseal::counts_json;
use crate::output::Output;
use crate::texts;
use serde_json::{Value, json};
use slotwerk::SealedCounts;
use slotwerk_keys::{KeyId, KeyRing, KeyState};
use std::path::Path;

pub(crate) struct Report<'a> {
    command: &'static str,
    path: &'a Path,
    ring: &'a KeyRing,
    needed: Option<SealedCounts>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(command: &'static str, path: &'a Path, ring: &'a KeyRing) -> Self {
        Self {
            command,
            path,
            ring,
            needed: None,
        }
    }

    /// With what is still sealed under the key of the command.
    pub(crate) fn needed(self, counts: SealedCounts) -> Self {
        let needed = Some(counts);
        Self { needed, ..self }
    }

    /// Every key, for people on a line of its own.
    pub(crate) fn listed(&self, context: &Context) -> Result<Answer, Failure> {
        let mut output = Output::new(context);
        if context.json {
            output.json(&self.as_json(false))?;
        } else {
            for (id, state) in self.ring.states() {
                output.line(&format!("{id:>5} {}", self.state(context, id, state)))?;
            }
            output.line(&context.say(texts::KEYS_NEXT, &[&self.ring.next_id()]))?;
        }
        output.finish()?;
        Ok(Answer::Yes)
    }

    /// The change in a line for people, and all keys for programs.
    pub(crate) fn changed(&self, context: &Context, text: &str) -> Result<Answer, Failure> {
        self.told(context, text, true)
    }

    pub(crate) fn unchanged(&self, context: &Context) -> Result<Answer, Failure> {
        let text = context.say(texts::KEYS_UNCHANGED, &[&self.path.display()]);
        self.told(context, &text, false)
    }

    fn told(&self, context: &Context, text: &str, changed: bool) -> Result<Answer, Failure> {
        let mut output = Output::new(context);
        if context.json {
            output.json(&self.as_json(changed))?;
        } else {
            output.line(text)?;
        }
        output.finish()?;
        Ok(Answer::Yes)
    }

    fn as_json(&self, changed: bool) -> Value {
        let keys = self.ring.states().map(|(id, state)| {
            json!({
                "id": id.get(),
                "state": state.to_string(),
                "newer": self.is_newer(id, state),
            })
        });
        let mut report = json!({
            "version": 1,
            "command": self.command,
            "file": self.path.display().to_string(),
            "changed": changed,
            "active": self.ring.active().get(),
            "next": self.ring.next_id().get(),
            "keys": keys.collect::<Vec<_>>(),
        });
        if let (Some(counts), Some(report)) = (self.needed, report.as_object_mut()) {
            report.insert("sealed".to_owned(), counts_json(counts));
        }
        report
    }

    fn state(&self, context: &Context, id: KeyId, state: KeyState) -> String {
        let text = match state {
            KeyState::Active => texts::STATE_ACTIVE,
            KeyState::Retired if self.is_newer(id, state) => texts::STATE_NEWER,
            KeyState::Retired => texts::STATE_RETIRED,
            KeyState::Revoked => texts::STATE_REVOKED,
            other => return other.to_string(),
        };
        context.say(text, &[])
    }

    /// Retired, but after the active one by its number: the file does not tell a prepared key from one
    /// that was active for a while.
    fn is_newer(&self, id: KeyId, state: KeyState) -> bool {
        state == KeyState::Retired && id > self.ring.active()
    }
}
