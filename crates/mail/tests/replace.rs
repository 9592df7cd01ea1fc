//! Words, layouts and languages of a host's own: what is taken, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{NOT_ME, PHONE, RECIPIENT, brand, messages, set_up};
use proptest::prelude::*;
use slotwerk_mail::{
    Composer, ComposerBuildError, ComposerBuilder, Flaw, Format, Mail, Message, Template,
    TextProblem,
};

const GERMAN: &str = include_str!("texts/de.ftl");

fn write(composer: &Composer, message: &Message<'_>, language: &str) -> Mail {
    composer
        .compose_reportable(message, &brand(), language, RECIPIENT, NOT_ME)
        .unwrap()
}

fn refusal(builder: ComposerBuilder) -> ComposerBuildError {
    builder.build().unwrap_err()
}

/// Why texts in the place of some Dutch ones are refused.
fn text_problem(texts: &str) -> (Option<String>, TextProblem) {
    match refusal(Composer::builder().texts("nl", texts)) {
        ComposerBuildError::Text {
            language,
            key,
            problem,
        } => {
            assert_eq!(language, "nl");
            (key, problem)
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_language_added_is_complete_in_every_message() {
    let composer = Composer::builder().language("de", GERMAN).build().unwrap();
    let languages: Vec<_> = composer.languages().collect();
    assert_eq!(
        languages,
        [
            ("en", "English".to_owned()),
            ("nl", "Nederlands".to_owned()),
            ("de", "Deutsch".to_owned())
        ]
    );
    for (message, (english, dutch)) in messages().iter().zip(messages().iter().map(|message| {
        let other = |language| write(&composer, message, language);
        (other("en"), other("nl"))
    })) {
        let mail = write(&composer, message, "de-AT");
        assert_eq!(mail.language(), "de");
        assert!(mail.html().contains("<html lang=\"de\">"));
        assert!(mail.subject().contains("Arbodienst Noord"));
        // No sentence of another language is left.
        for other in [english, dutch] {
            assert_ne!(mail.subject(), other.subject());
            for line in other.text().lines().filter(|line| line.len() > 30) {
                assert!(
                    !mail.text().contains(line) || line.contains("http") || line.contains(PHONE),
                    "{line}"
                );
            }
        }
        if !["set_up", "reset_link", "invitation"].contains(&message.kind()) {
            assert!(mail.text().contains("3. März 2026, 15:05 Uhr (CET)"));
        }
    }
}

#[test]
fn a_language_that_is_asked_for_is_found_or_falls_back() {
    let builder = || {
        Composer::builder()
            .language("de", GERMAN)
            .language("de-CH", GERMAN)
    };
    let composer = builder().build().unwrap();
    for (asked, found) in [
        ("de", "de"),
        ("de-AT", "de"),
        ("de-CH", "de-CH"),
        ("DE_ch", "de-CH"),
        ("nl-BE", "nl"),
        ("fr", "en"),
        ("ar", "en"),
        ("", "en"),
        ("de\r\n", "en"),
    ] {
        assert_eq!(composer.language_for(asked), found, "{asked}");
    }
    let dutch = builder().fallback("nl").build().unwrap();
    let asked = ["fr", "ar-EG", "", "x", "de-AT", "en-GB"];
    let found = asked.map(|tag| dutch.language_for(tag).to_owned());
    assert_eq!(found, ["nl", "nl", "nl", "nl", "de", "en"]);
    let again = dutch.customise().build().unwrap();
    assert_eq!(again.language_for("fr"), "nl", "a copy keeps its fallback");
}

#[test]
fn languages_that_cannot_be_are_refused() {
    let tag = |tag: &str| tag.to_owned();
    let long = "de-abcd1-abcd2-abcd3-abcd4-abcd5-abcd6";
    assert!(long.len() > 35);
    for bad in ["", "und", "x", "de\r\n", "German language", "de--AT", long] {
        let refused = refusal(Composer::builder().language(bad, GERMAN));
        assert_eq!(refused, ComposerBuildError::Tag(tag(bad)));
    }
    for right_to_left in ["ar", "he-IL", "fa"] {
        let refused = refusal(Composer::builder().language(right_to_left, GERMAN));
        assert_eq!(refused, ComposerBuildError::Direction(tag(right_to_left)));
    }
    for twice in [
        Composer::builder().language("nl", GERMAN),
        Composer::builder()
            .language("de", GERMAN)
            .language("DE", GERMAN),
    ] {
        assert!(matches!(
            refusal(twice),
            ComposerBuildError::LanguageExists(_)
        ));
    }
    for missing in [
        Composer::builder().texts("de", ""),
        Composer::builder().texts("nl-BE", ""),
        Composer::builder().fallback("de"),
    ] {
        assert!(matches!(
            refusal(missing),
            ComposerBuildError::NoSuchLanguage(_)
        ));
    }
}

#[test]
fn a_language_lacks_no_text_has_none_too_many_and_names_the_same_values() {
    let refused = |texts: &str| match refusal(Composer::builder().language("de", texts)) {
        ComposerBuildError::Text { key, problem, .. } => (key, problem),
        other => panic!("{other}"),
    };
    // Each text in its turn.
    let entries: Vec<&str> = GERMAN
        .split_inclusive('\n')
        .collect::<Vec<_>>()
        .chunk_by(|_, next| next.starts_with([' ', '}']))
        .map(<[&str]>::concat)
        .map(|entry| &*entry.leak())
        .collect();
    let mut seen = 0;
    for entry in &entries {
        let Some((key, _)) = entry.split_once(" =") else {
            continue;
        };
        seen += 1;
        let less: String = entries
            .iter()
            .filter(|other| *other != entry)
            .copied()
            .collect();
        let missing = (Some(key.to_owned()), TextProblem::Missing);
        assert_eq!(refused(&less), missing);
    }
    assert!(seen > 90, "{seen}");
    let with = |more: &str| refused(&format!("{GERMAN}\n{more}\n"));
    let key = |key: &str| Some(key.to_owned());
    assert_eq!(with("extra = x"), (key("extra"), TextProblem::Unknown));
    assert_eq!(
        with("reset-title = x"),
        (key("reset-title"), TextProblem::Twice)
    );
    let less = GERMAN.replacen("{ $duration } ab dem", "ab dem", 1);
    let leaves_out = TextProblem::LeavesOut("duration".to_owned());
    assert_eq!(refused(&less), (key("reset-validity"), leaves_out));
}

#[test]
fn texts_replace_those_of_one_language_and_the_last_one_counts() {
    let first = "changed-intro = Eerste zin.\nchanged-title = Eerste titel";
    let composer = Composer::builder()
        .texts("nl", first)
        .texts(
            "nl",
            "changed-intro =\r\n    Tweede zin:\r\n    <b>\"{\"{\"}{ \"$x\" }\"</b> {\"}\"}\r\n",
        )
        .build()
        .unwrap();
    let message = &messages()[2];
    let mail = write(&composer, message, "nl");
    assert!(
        mail.text().contains("Tweede zin:\n<b>\"{$x\"</b> }"),
        "{}",
        mail.text()
    );
    assert!(!mail.text().contains("Eerste zin") && mail.text().contains("Eerste titel"));
    assert!(
        mail.html().contains("&lt;b&gt;&quot;{$x"),
        "markup in a text is text"
    );
    let plain = Composer::new().unwrap();
    for other in messages()
        .iter()
        .filter(|other| other.kind() != message.kind())
    {
        assert_eq!(
            write(&composer, other, "nl").html(),
            write(&plain, other, "nl").html()
        );
    }
    assert_eq!(
        write(&composer, message, "en").html(),
        write(&plain, message, "en").html()
    );
}

#[test]
fn texts_that_do_not_fit_are_refused_by_their_name() {
    let of = |key: &str, problem| (Some(key.to_owned()), problem);
    let not_given = |value: &str| TextProblem::NotGiven(value.to_owned());
    for (texts, refused) in [
        ("titel = x", of("titel", TextProblem::Unknown)),
        (
            "reset-title = x\nreset-title = y",
            of("reset-title", TextProblem::Twice),
        ),
        // No subject is given more than the tenant's name.
        (
            "setup-subject = { $tenant } { $secret_grouped }",
            of("setup-subject", not_given("secret_grouped")),
        ),
        (
            "reset-subject = { $tenant }: { $link }",
            of("reset-subject", not_given("link")),
        ),
        (
            "reset-subject = { $tenant } { $account_name }",
            of("reset-subject", not_given("account_name")),
        ),
        (
            "reset-subject = Hallo",
            of("reset-subject", TextProblem::LeavesOut("tenant".to_owned())),
        ),
        (
            "reset-intro = { $tenant ->\n *[other] x\n}",
            of("reset-intro", not_given("tenant")),
        ),
        // A value named in a choice only would still be one too many.
        (
            "recovery-remaining = { $remaining ->\n [0] { $link }\n *[other] { $remaining }\n}",
            of("recovery-remaining", not_given("link")),
        ),
        (
            "support-line = Bel ons.",
            of("support-line", TextProblem::LeavesOut("contact".to_owned())),
        ),
        ("-merk = Noord", of("-merk", TextProblem::Unsupported)),
        (
            "reset-title = { reset-subject }",
            of("reset-title", TextProblem::Unsupported),
        ),
        (
            "reset-title = { -merk }",
            of("reset-title", TextProblem::Unsupported),
        ),
        (
            "reset-title = { NUMBER(1) }",
            of("reset-title", TextProblem::Unsupported),
        ),
        (
            "reset-title = { 1 }",
            of("reset-title", TextProblem::Unsupported),
        ),
        (
            "reset-title = { { \"x\" } }",
            of("reset-title", TextProblem::Unsupported),
        ),
        (
            "reset-title = x\n    .attribute = y",
            of("reset-title", TextProblem::Unsupported),
        ),
        (
            "reset-title =\n    .attribute = y",
            of("reset-title", TextProblem::Unsupported),
        ),
        // Whatever becomes a header, or stands beside one, is one line.
        (
            "reset-subject = { $tenant }\n    Bcc: x",
            of("reset-subject", TextProblem::Forbidden),
        ),
        (
            "reset-subject = { $tenant }{ \"\\u000d\\u000aBcc: x\" }",
            of("reset-subject", TextProblem::Forbidden),
        ),
        (
            "reset-subject = { $tenant ->\n *[other] a\n    b { $tenant }\n}",
            of("reset-subject", TextProblem::Forbidden),
        ),
        (
            "reset-title = a\n    b",
            of("reset-title", TextProblem::Forbidden),
        ),
        (
            "reset-intro = a\u{202e}b",
            of("reset-intro", TextProblem::Forbidden),
        ),
        (
            "reset-intro = a\u{0}b",
            of("reset-intro", TextProblem::Forbidden),
        ),
        (
            "reset-intro = { \"a\u{2028}b\" }",
            of("reset-intro", TextProblem::Forbidden),
        ),
        (
            "reset-title = x\nreset-intro = { $",
            (None, TextProblem::Syntax { line: 2 }),
        ),
        ("geen sleutel", (None, TextProblem::Syntax { line: 1 })),
        (&"#".repeat(65_537), (None, TextProblem::TooLong)),
        (
            &format!("reset-title = {}", "{".repeat(60_000)),
            (None, TextProblem::TooDeep { line: 1 }),
        ),
    ] {
        assert_eq!(text_problem(texts), refused, "{texts:.80}");
    }
    let endless = format!("reset-subject = {{ $tenant }} {}", "x".repeat(400));
    let ComposerBuildError::Mail { flaw, .. } = refusal(Composer::builder().texts("nl", &endless))
    else {
        panic!("a mail")
    };
    assert_eq!(flaw, Flaw::Subject);
    // The contact twice cannot be made a link; that shows when the sample is written.
    let twice = Composer::builder().texts("nl", "support-line = { $contact } { $contact }");
    let ComposerBuildError::Mail { flaw, .. } = refusal(twice) else {
        panic!("a mail")
    };
    assert_eq!(flaw, Flaw::Text("support-line".to_owned()));
}

#[test]
fn a_layout_and_a_message_are_replaced_in_all_languages() {
    let html = "<!doctype html><html lang=\"{{ language }}\"><head><title>{{ subject }}</title></head><body>\
        <p>{{ brand.name }}</p>{% block body %}{% endblock %}<p>{{ not_you }}</p>\
        {% if not_me %}<a href=\"{{ not_me.link }}\">{{ t('not-me-link') }}</a>{% endif %}\
        {% if brand.support_href %}<a href=\"{{ brand.support_href }}\">{{ brand.support }}</a>\
        {% elif brand.support %}{{ brand.support }}{% endif %}\
        <p><a href=\"https://noord.example/privacy\">Privacy</a></p></body></html>";
    let text = "{% block body %}{% endblock %}\n{% if not_me %}{{ not_me.link }}{% endif %}\n\
        {% if brand.support %}{{ brand.support }}{% endif %}\nPrivacy: https://noord.example/privacy\n";
    let notice = "{% extends 'layout' %}{% block body %}<h1>{{ title }}</h1>{{ intro }}\
        {% for row in facts_rows %}<br>{{ row[0] }}: {{ row[1] }}{% endfor %}{% endblock %}";
    let own = "{% extends 'layout' %}{% block body %}Own words.{% endblock %}";
    let builder = Composer::builder()
        .template_html(Template::Layout, html)
        .template_text(Template::Layout, text)
        .template_html(Template::Notice, notice)
        .template_text(Template::PasswordChanged, own);
    let refused = ComposerBuildError::Mail {
        language: "en".to_owned(),
        kind: "reset_link",
        flaw: Flaw::Target,
    };
    assert_eq!(
        refusal(builder.clone()),
        refused,
        "a link that was not announced"
    );
    let composer = builder
        .link("https://noord.example/privacy")
        .build()
        .unwrap();
    for language in ["nl", "en"] {
        for message in messages() {
            let mail = write(&composer, &message, language);
            assert!(mail.html().contains(">Privacy</a>"));
            assert!(
                mail.text()
                    .ends_with("Privacy: https://noord.example/privacy\n")
            );
            assert_eq!(
                mail.text().contains("Own words."),
                message.kind() == "password_changed"
            );
            let is_notice = !["reset_link", "invitation", "set_up"].contains(&message.kind());
            assert_eq!(
                mail.html().contains("<br>"),
                is_notice || mail.html().contains("<br><a")
            );
        }
    }
    for link in [
        "http://noord.example/",
        "javascript:alert(1)",
        "https://a@b/",
        "",
    ] {
        let refused = refusal(Composer::builder().link(link));
        assert_eq!(refused, ComposerBuildError::Link(link.to_owned()));
    }
}

#[test]
fn a_composer_of_a_tenant_builds_on_another_and_leaves_it_as_it_was() {
    let all = Composer::builder().language("de", GERMAN).build().unwrap();
    let tenant = all
        .customise()
        .texts("de", "changed-title = Neu")
        .template_text(
            Template::Layout,
            &Template::Layout.source(Format::Text).replace("-- ", "=="),
        )
        .build()
        .unwrap();
    let message = &messages()[2];
    let (before, after) = (write(&all, message, "de"), write(&tenant, message, "de"));
    assert!(after.text().contains("\nNeu\n") && after.text().contains("\n=="));
    assert!(!before.text().contains("\nNeu\n") && before.text().contains("\n-- \n"));
    let next = tenant
        .customise()
        .texts("nl", "changed-title = Nieuw")
        .build()
        .unwrap();
    assert!(write(&next, message, "de").text().contains("\nNeu\n"));
    assert!(write(&next, message, "nl").text().contains("\n=="));
    fn check<T: Clone + Send + Sync + 'static>(_: &T) {}
    check(&all);
}

#[test]
fn the_english_texts_are_there_to_start_from() {
    let copy = Composer::builder().language("fr", ComposerBuilder::ENGLISH);
    let composer = copy.build().unwrap();
    let (copy, english) = (
        write(&composer, &set_up(), "fr"),
        write(&composer, &set_up(), "en"),
    );
    assert_eq!(copy.text(), english.text());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a host writes into a text, there is a mail or a refusal, and never another element.
    #[test]
    fn any_text_is_words_or_refused(words in "[ -~\\n{}$<>\"'&é]{0,60}") {
        let texts = format!("changed-title = {words}\nchanged-subject = {{ $tenant }} {words}\n");
        if let Ok(composer) = Composer::builder().texts("nl", &texts).build() {
            let mail = write(&composer, &messages()[2], "nl");
            let plain = write(&Composer::new().unwrap(), &messages()[2], "nl");
            let tags = |mail: &Mail| mail.html().matches('<').count();
            prop_assert_eq!(tags(&mail), tags(&plain));
            prop_assert!(!mail.subject().contains(char::is_control));
        }
    }
}
