//! Sources that a tenant or an attacker wrote.

use proptest::prelude::*;
use slotwerk_words::{
    Catalogue, Languages, MAX_BRACES, MAX_SOURCE, RejectedText, TextProblem, is_forbidden,
};

fn problem(source: &str) -> (Option<String>, TextProblem) {
    let RejectedText { name, problem } = Catalogue::of(source).unwrap_err();
    (name, problem)
}

fn of(name: &str, problem: TextProblem) -> (Option<String>, TextProblem) {
    (Some(name.to_owned()), problem)
}

#[test]
fn long_sources_are_rejected() {
    let comment = "#".repeat(MAX_SOURCE);
    assert!(Catalogue::of(&comment).is_ok());
    let too_long = (None, TextProblem::TooLong);
    assert_eq!(problem(&format!("{comment}#")), too_long);
}

/// Each of these would overflow the stack of the parser.
#[test]
fn deep_nesting_is_rejected_before_parsing() {
    for (step, line) in [
        ("{", 1),
        ("{\n", 65),
        (" {\n", 65),
        ("{\r\n", 65),
        ("F(", 1),
        ("F(\n", 64),
        ("F(\"}})\",", 1),
        ("F(x: ", 1),
        ("{ $x ->\n *[a] ", 65),
        ("{ $x ->\n *[a] ) ", 65),
    ] {
        let start = if step.starts_with('F') {
            "a = {"
        } else {
            "a = "
        };
        let deep = step.repeat(60_000 / step.len());
        let rejected = problem(&format!("{start}{deep}"));
        assert_eq!(rejected, (None, TextProblem::TooDeep { line }), "{step:?}");
    }
}

#[test]
fn nesting_is_counted_for_each_text() {
    let text = |braces: usize| format!("a = {}\n", "{ $x } ".repeat(braces));
    let set = Languages::new("en", &text(MAX_BRACES)).unwrap();
    let words = set.exact("en").unwrap();
    assert!(words.text("a", &[("x", "y".into())]).is_ok());
    let too_deep = (None, TextProblem::TooDeep { line: 1 });
    assert_eq!(problem(&text(MAX_BRACES + 1)), too_deep);
    let second = text(MAX_BRACES).replace("a =", "b-2_c  =");
    let comment = format!("# {}\n", "(".repeat(MAX_BRACES));
    let both = format!("{}{comment}{second}", text(MAX_BRACES));
    assert_eq!(Catalogue::of(&both).unwrap().names().count(), 2);
}

#[test]
fn syntax_errors_name_their_line() {
    for (source, line) in [
        ("no name", 1),
        ("a = x\nb = { $", 2),
        ("a = x\r\n\r\nb = { $", 3),
        ("a = { $x ->\n [one] y\n}", 3),
    ] {
        let syntax = (None, TextProblem::Syntax { line });
        assert_eq!(problem(source), syntax, "{source}");
    }
}

#[test]
fn only_words_values_and_choices() {
    for source in [
        "a = { b }",
        "a = { -b }",
        "a = { NUMBER($x) }",
        "a = { 1 }",
        "a = { { \"x\" } }",
        "a = x\n    .attribute = y",
        "a =\n    .attribute = y",
        "a = { $x ->\n *[other] { b }\n}",
        "a = { NUMBER($x) ->\n *[other] y\n}",
    ] {
        let unsupported = of("a", TextProblem::Unsupported);
        assert_eq!(problem(source), unsupported, "{source}");
    }
    assert_eq!(problem("-a = x"), of("-a", TextProblem::Unsupported));
    assert!(Catalogue::of("a = { $x ->\n [0] y\n *[other] { $x }{ \"{\" }\n}").is_ok());
}

#[test]
fn control_and_direction_characters_are_rejected() {
    for words in [
        "\u{0}", "\u{1b}", "\r", "\u{202e}", "\u{2066}", "\u{2028}", "\u{fffc}", "\u{ffff}",
    ] {
        for source in [
            format!("a = x{words}y"),
            format!("a = {{ \"{words}\" }}"),
            format!("a = {{ $x ->\n *[other] x{words}y\n}}"),
        ] {
            let forbidden = of("a", TextProblem::Forbidden);
            assert_eq!(problem(&source), forbidden, "{source:?}");
        }
    }
}

#[test]
fn escapes_are_checked_as_characters() {
    for escape in ["\\u202E", "\\U00202E", "\\u0000", "\\u000D"] {
        let source = format!("a = x{{ \"{escape}\" }}y");
        let forbidden = of("a", TextProblem::Forbidden);
        assert_eq!(problem(&source), forbidden, "{source}");
    }
    let set = Languages::new("en", "a = 5{ \"\\u00A0\" }km").unwrap();
    let words = set.exact("en").unwrap();
    assert_eq!(words.text("a", &[]).unwrap(), "5\u{a0}km");
}

#[test]
fn subjects_titles_and_previews_have_one_line() {
    for name in ["a-subject", "a-title", "a-preview"] {
        for value in [
            "x\n    y",
            "{ \"\\u000A\" }",
            "{ $x ->\n *[other] x\n    y\n}",
        ] {
            let forbidden = of(name, TextProblem::Forbidden);
            assert_eq!(problem(&format!("{name} = {value}")), forbidden);
            assert!(Catalogue::of(&format!("a = {value}")).is_ok());
        }
    }
}

#[test]
fn names_occur_once() {
    assert_eq!(problem("a = x\na = y"), of("a", TextProblem::Twice));
}

proptest! {
    #[test]
    fn any_source_is_accepted_or_rejected(
        parts in prop::collection::vec(
            prop_oneof!["[ -~]{0,3}", "\\PC", Just(String::from("\na = ")), Just(String::from("{ $x }")),
                Just(String::from("{ $x ->\n *[other] ")), Just(String::from("\n}")), Just(String::from("{ \"")),
                Just(String::from("\" }")), Just(String::from("\\u00A0"))],
            0..20,
        ),
        number: i64,
    ) {
        if let Ok(set) = Languages::new("en", &parts.concat()) {
            let words = set.exact("en").unwrap();
            for name in set.catalogue().names() {
                let values = set.catalogue().values(name).unwrap();
                let args: Vec<_> = values.map(|value| (value, number.into())).collect();
                let text = words.text(name, &args).unwrap();
                prop_assert!(text.chars().all(|c| c == '\n' || !is_forbidden(c)));
            }
        }
    }
}
