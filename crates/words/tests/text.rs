//! Inserting values into texts.

use proptest::prelude::*;
use slotwerk_words::{Arg, Languages};

const CODES: &str =
    "codes = { $count ->\n [0] none\n [one] one\n [few] few { $count }\n *[other] { $count }\n}";

fn codes(tag: &str, count: impl Into<Arg<'static>>) -> String {
    let set = Languages::new(tag, CODES).unwrap();
    let words = set.exact(tag).unwrap();
    words.text("codes", &[("count", count.into())]).unwrap()
}

#[test]
fn numbers_select_plural_forms() {
    for (tag, count, text) in [
        ("en", 0, "none"),
        ("en", 1, "one"),
        ("en", 3, "3"),
        ("pl", 3, "few 3"),
        ("pl", 12, "12"),
        ("pl", 22, "few 22"),
        ("ja", 1, "1"),
        // A language without plural rules gets those of English.
        ("tlh", 1, "one"),
        ("en", -1, "one"),
    ] {
        assert_eq!(codes(tag, count), text, "{tag} {count}");
    }
    assert!(codes("en", i64::MIN).starts_with("-9223"));
}

#[test]
fn digits_as_text_stay_text() {
    assert_eq!(codes("en", "1"), "1");
    assert_eq!(codes("en", "007"), "007");
}

#[test]
fn missing_text_or_value_is_an_error() {
    let set = Languages::new("en", "hello = Hello, { $name }!").unwrap();
    let words = set.exact("en").unwrap();
    let anna = [("name", "Anna".into())];
    assert_eq!(words.text("hello", &anna).unwrap(), "Hello, Anna!");
    let other = [("user", "Anna".into())];
    assert_eq!(words.text("hello", &other).unwrap_err().name, "hello");
    assert_eq!(words.text("bye", &anna).unwrap_err().name, "bye");
}

#[test]
fn errors_and_debug_show_no_value() {
    let set = Languages::new("en", "hello = Hello, { $name }!").unwrap();
    let words = set.exact("en").unwrap();
    let args = [("user", Arg::from("SECRET")), ("number", Arg::from(4711))];
    let error = words.text("hello", &args).unwrap_err();
    let shown = format!("{error} {error:?} {args:?} {set:?} {words:?}");
    assert!(
        !shown.contains("SECRET") && !shown.contains("4711"),
        "{shown}"
    );
    assert!(shown.contains("hello") && shown.contains("en"));
}

proptest! {
    #[test]
    fn values_are_data(value in "[{}$\"\\\\a-z \u{202e}]{0,20}") {
        let set = Languages::new("en", "hello = <{ $name }>").unwrap();
        let words = set.exact("en").unwrap();
        let text = words.text("hello", &[("name", value.as_str().into())]).unwrap();
        prop_assert_eq!(text, format!("<{value}>"));
    }
}
