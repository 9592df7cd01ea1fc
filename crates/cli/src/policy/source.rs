//! From policy files and word lists to a policy.

use crate::args::Source;
use crate::context::Context;
use crate::failure::Failure;
use crate::input::{self, Line, Lines};
use crate::texts;
use slotwerk_policy::{
    Blocklist, BlocklistError, MAX_BYTES, Policy, PolicyDraft, PolicyError, Rule,
};
use std::path::Path;

/// What to do where a policy asks for a blocklist and none was named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unlisted {
    /// The answer depends on it, so it has to be named.
    Refuse,
    /// Take the list that comes with the library.
    UseCommon,
}

pub(crate) fn policy(
    context: &Context,
    source: &Source,
    unlisted: Unlisted,
) -> Result<Policy, Failure> {
    Ok(policy_and_list(context, source, unlisted)?.0)
}

/// Reads the files as scopes of one policy, in order, and validates what comes of it. The list is the one
/// that was named.
pub(crate) fn policy_and_list(
    context: &Context,
    source: &Source,
    unlisted: Unlisted,
) -> Result<(Policy, Option<Blocklist>), Failure> {
    let named = source.policies.iter().chain(&source.blocklists);
    if named.filter(|path| input::is_stdin(path)).count() > 1 {
        return Err(Failure::usage(context.say(texts::STDIN_TWICE, &[])));
    }
    let mut drafts = Vec::new();
    for path in &source.policies {
        drafts.push(draft(context, path)?);
    }
    let named = blocklist(context, source)?;
    let asks = |rule: &Rule| matches!(rule, Rule::NotBlocklisted { .. });
    let blocklist = match named.clone() {
        None if unlisted == Unlisted::UseCommon
            && drafts.iter().any(|draft| draft.rules().any(asks)) =>
        {
            Some(Blocklist::common())
        }
        other => other,
    };
    let with_list = |draft: PolicyDraft| match &blocklist {
        Some(list) => draft.blocklist(list.clone()),
        None => draft,
    };
    let merged = drafts
        .iter()
        .cloned()
        .reduce(PolicyDraft::merge)
        .unwrap_or_default();
    let built = with_list(merged).build().map_err(|error| {
        let message = error.text(context.language);
        if error == PolicyError::BlocklistMissing {
            return Failure::usage(context.say(texts::NAME_A_BLOCKLIST, &[]));
        }
        // The file that is at fault by itself; if none is, they are together.
        let same =
            |draft: &PolicyDraft| with_list(draft.clone()).build().err().as_ref() == Some(&error);
        let guilty = drafts
            .iter()
            .zip(&source.policies)
            .find(|(draft, _)| same(draft));
        match guilty {
            Some((_, path)) => Failure::input(message).at(path, 0, 0),
            None => Failure::input(message),
        }
    });
    Ok((built?, named))
}

/// One file. Where it names no scope, its own name is the origin of its rules.
fn draft(context: &Context, path: &Path) -> Result<PolicyDraft, Failure> {
    let text = input::text(context, path, PolicyDraft::MAX_DATA_BYTES)?;
    let read = if is_json(path, &text) {
        PolicyDraft::from_json(&text)
    } else {
        PolicyDraft::from_toml(&text)
    };
    let draft = read.map_err(|error| {
        let message = error.message.trim_end().replace('\n', "; ");
        Failure::input(message).at(path, error.line as u64, error.column as u64)
    })?;
    // The library shows a scope only in what it writes.
    let written = serde_json::to_value(&draft).unwrap_or_default();
    Ok(if written.get("scope").is_some() {
        draft
    } else {
        draft.scope(&name_of(path))
    })
}

fn is_json(path: &Path, text: &str) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => true,
        Some("toml") => false,
        _ => text.trim_start().starts_with('{'),
    }
}

fn name_of(path: &Path) -> String {
    if input::is_stdin(path) {
        return "stdin".to_owned();
    }
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    let end = name.floor_char_boundary(PolicyDraft::MAX_SCOPE_BYTES);
    name.get(..end).unwrap_or_default().to_owned()
}

/// All lists that were named, in one.
fn blocklist(context: &Context, source: &Source) -> Result<Option<Blocklist>, Failure> {
    let mut all = source.common.then(Blocklist::common);
    for path in &source.blocklists {
        let list = words(context, path)?;
        all = Some(match all {
            Some(lists) => lists.and(&list),
            None => list,
        });
    }
    Ok(all)
}

/// One word on each line.
fn words(context: &Context, path: &Path) -> Result<Blocklist, Failure> {
    let mut lines = Lines::new(input::open(context, path)?.reader);
    let mut fault = None;
    let words = std::iter::from_fn(|| match lines.next() {
        Ok(None) => None,
        Ok(Some(Line::Whole(line))) => match std::str::from_utf8(line) {
            Ok(word) => Some(word.to_owned()),
            Err(error) => {
                let column = error.valid_up_to() as u64 + 1;
                fault = Some(Failure::input(context.say(texts::NOT_UTF8, &[])).at(
                    path,
                    lines.number,
                    column,
                ));
                None
            }
        },
        Ok(Some(Line::Nul)) => {
            fault = Some(input::nul_in(context, path, lines.number));
            None
        }
        Ok(Some(Line::TooLong)) => {
            fault = Some(too_long(context).at(path, lines.number, 0));
            None
        }
        Err(error) => {
            fault = Some(input::unreadable(context, path, &error));
            None
        }
    });
    let list = Blocklist::from_words(words);
    if let Some(fault) = fault {
        return Err(fault);
    }
    list.map_err(|error| {
        let line = match error {
            BlocklistError::TooLarge { index } | BlocklistError::WordTooLong { index } => index + 1,
            _ => 0,
        };
        Failure::input(list_refused(context, &error)).at(path, line as u64, 0)
    })
}

fn list_refused(context: &Context, error: &BlocklistError) -> String {
    match error {
        BlocklistError::Empty => context.say(texts::LIST_EMPTY, &[]),
        BlocklistError::TooLarge { .. } => {
            let (words, bytes) = (Blocklist::MAX_WORDS, Blocklist::MAX_TEXT_BYTES);
            context.say(texts::LIST_TOO_LARGE, &[&words, &bytes])
        }
        BlocklistError::WordTooLong { .. } => context.say(texts::LINE_TOO_LONG, &[&MAX_BYTES]),
        other => other.to_string(),
    }
}

fn too_long(context: &Context) -> Failure {
    Failure::input(context.say(texts::LINE_TOO_LONG, &[&MAX_BYTES]))
}
