//! Texts and languages of a host, and which language a person gets.

use std::sync::Arc;

use slotwerk_words::{LanguageError, Languages, MAX_TAG, PAGES_ENGLISH, TextProblem};

/// All page texts in English but one, which is in German.
fn german() -> String {
    let lines = PAGES_ENGLISH.lines();
    let rest = lines.filter(|line| !line.starts_with("sign-in ="));
    let rest = rest.collect::<Vec<_>>().join("\n");
    format!("{rest}\nsign-in = Anmelden\n")
}

fn sign_in(set: &Languages, asked: &str) -> Option<String> {
    let words = set.find(asked)?;
    Some(words.text("sign-in", &[]).unwrap())
}

fn problem(result: Result<Languages, LanguageError>) -> (Option<String>, TextProblem) {
    match result.unwrap_err() {
        LanguageError::Text { language, rejected } => {
            assert_eq!(language, "de");
            (rejected.name, rejected.problem)
        }
        other => panic!("{other}"),
    }
}

#[test]
fn host_adds_german_pages() {
    let pages = Languages::pages().unwrap().add("de", &german()).unwrap();
    assert_eq!(sign_in(&pages, "de-AT").unwrap(), "Anmelden");
    assert_eq!(sign_in(&pages, "fr"), None);
    let words = pages.find("de").unwrap();
    let wait = words.text("wait-minutes", &[("count", 1.into())]);
    assert!(wait.unwrap().contains("1 minute."));
}

#[test]
fn host_replaces_one_page_text() {
    let plain = Languages::pages().unwrap();
    let dutch = plain.clone();
    let pages = dutch
        .replace("nl", "sign-in = Aanmelden\ncancel = Stop")
        .and_then(|pages| pages.replace("nl", "sign-in = Inloggen maar"))
        .unwrap();
    assert_eq!(sign_in(&pages, "nl-NL").unwrap(), "Inloggen maar");
    assert_eq!(sign_in(&pages, "en"), sign_in(&plain, "en"));
    assert_ne!(sign_in(&pages, "nl"), sign_in(&plain, "nl"));
    let cancel = |set: &Languages| set.exact("nl").unwrap().text("cancel", &[]).unwrap();
    assert_eq!(cancel(&pages), "Stop");
    let other = |set: &Languages| set.exact("nl").unwrap().text("password", &[]).unwrap();
    assert_eq!(other(&pages), other(&plain));
}

#[test]
fn replacing_leaves_other_languages_shared() {
    let plain = Languages::pages().unwrap();
    let pages = plain.clone().replace("nl", "cancel = Stop").unwrap();
    let shared = |tag| Arc::ptr_eq(plain.exact(tag).unwrap(), pages.exact(tag).unwrap());
    assert!(shared("en") && !shared("nl"));
}

#[test]
fn added_language_must_be_complete() {
    let add = |source: &str| Languages::pages().unwrap().add("de", source);
    let name = |name: &str| Some(name.to_owned());
    let less = german().replace("sign-in = Anmelden\n", "");
    assert_eq!(problem(add(&less)), (name("sign-in"), TextProblem::Missing));
    let with = |more: &str| problem(add(&format!("{}{more}\n", german())));
    let unknown = (name("extra"), TextProblem::Unknown);
    assert_eq!(with("extra = x"), unknown);
    assert_eq!(with("sign-in = x"), (name("sign-in"), TextProblem::Twice));
}

#[test]
fn replaced_text_must_name_its_values() {
    let set = Languages::new("de", "hello = Hallo { $name }!").unwrap();
    let replace = |source: &str| problem(set.clone().replace("de", source));
    let name = Some("hello".to_owned());
    let leaves_out = TextProblem::LeavesOut("name".to_owned());
    assert_eq!(replace("hello = Hallo!"), (name.clone(), leaves_out));
    let not_given = TextProblem::NotGiven("mail".to_owned());
    assert_eq!(
        replace("hello = Hallo { $name }, { $mail }!"),
        (name, not_given)
    );
    let unknown = (Some("bye".to_owned()), TextProblem::Unknown);
    assert_eq!(replace("bye = Tschüss"), unknown);
}

#[test]
fn invalid_tags_are_rejected() {
    let long = format!("de-{}", "abcde-".repeat(6))
        .trim_end_matches('-')
        .to_owned();
    assert!(long.len() > MAX_TAG);
    for bad in ["", "und", "x", "de\r\n", "German language", "de--AT", &long] {
        let error = Languages::new(bad, "").unwrap_err();
        assert_eq!(error, LanguageError::Tag(bad.to_owned()));
    }
    for right_to_left in ["ar", "he-IL", "fa"] {
        let error = Languages::new(right_to_left, "").unwrap_err();
        assert_eq!(error, LanguageError::Direction(right_to_left.to_owned()));
    }
    assert!(Languages::new("ja", "").is_ok());
}

#[test]
fn languages_are_added_once() {
    let set = || Languages::new("de", "").unwrap();
    let exists = LanguageError::Exists("DE".to_owned());
    assert_eq!(set().add("DE", "").unwrap_err(), exists);
    assert!(set().add("de-CH", "").is_ok());
    let missing = LanguageError::Missing("de-AT".to_owned());
    assert_eq!(set().replace("de-AT", "").unwrap_err(), missing);
    assert_eq!(set().exact("de-AT").unwrap_err(), missing);
}

#[test]
fn sets_can_be_shared_between_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Languages>();
    check::<slotwerk_words::Words>();
    check::<slotwerk_words::Catalogue>();
    check::<LanguageError>();
}
