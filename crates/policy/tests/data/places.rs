//! Where a text is refused, and texts with something wrong in them.

use super::*;
use slotwerk_policy::DataError;

pub(super) type Read = fn(&str) -> Result<PolicyDraft, DataError>;

/// Reads a text in which `⟦` stands before what is wrong.
#[track_caller]
pub(super) fn refuses(read: Read, marked: &str, message: &str) {
    let (before, _) = marked.split_once('⟦').expect("a mark");
    let text = marked.replacen('⟦', "", 1);
    let line = before.split('\n').count();
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    let error = read(&text).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("line {line}, column {column}: {message}"),
        "{marked}"
    );
}

/// No text makes it panic, and a refusal names a place in the text.
pub(super) fn answers(read: Read, text: &str) {
    if let Err(error) = read(text) {
        let line = text
            .split('\n')
            .nth(error.line - 1)
            .expect("a line of the text");
        assert!(
            (1..=line.chars().count() + 1).contains(&error.column),
            "{error} {text:?}"
        );
        assert!(error.message.chars().count() < 500, "{error}");
        assert!(!error.message.contains(char::is_control), "{error}");
    }
}

/// Up to three characters of a text replaced, taken out or put in.
pub(super) fn mutated(text: String) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(String::new()),
        "[\\[\\]{}\":,=.0-9a-f\\\\ \n\r\t-]{1,2}",
        "\\PC",
        Just("\0".to_owned()),
        Just("\\ud83d".to_owned()),
        Just("\\ude00".to_owned()),
        Just("\"rule\"".to_owned()),
        Just("1e9".to_owned()),
        Just("-0".to_owned()),
    ];
    let place = any::<proptest::sample::Index>();
    let edits = proptest::collection::vec((place, 0_usize..3, piece), 1..4);
    edits.prop_map(move |edits| {
        let mut characters: Vec<char> = text.chars().collect();
        for (place, removed, piece) in edits {
            let start = place.index(characters.len() + 1);
            let end = (start + removed).min(characters.len());
            characters.splice(start..end, piece.chars());
        }
        characters.into_iter().collect()
    })
}
