//! Templates that lose something, load something or hang: none makes a mail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use std::collections::BTreeMap;

use common::{ACCOUNT, LINK, NOT_ME, PAGE, RECIPIENT, brand, messages, reset_link, set_up};
use html5gum::{DefaultEmitter, Token, Tokenizer};
use proptest::prelude::*;
use slotwerk_mail::{
    AppLinks, ComposeError, Composer, ComposerBuildError, ComposerBuilder, Flaw, Format, Mail,
    Message, Needed, Template, TemplateProblem,
};

fn write(composer: &Composer, message: &Message<'_>) -> Mail {
    composer
        .compose_reportable(message, &brand(), "nl", RECIPIENT, NOT_ME)
        .unwrap()
}

fn refusal(builder: ComposerBuilder) -> ComposerBuildError {
    builder.build().unwrap_err()
}

/// What is wrong with the first mail that a template makes.
fn flaw(template: Template, format: Format, source: &str) -> Flaw {
    let builder = match format {
        Format::Html => Composer::builder().template_html(template, source),
        Format::Text => Composer::builder().template_text(template, source),
    };
    match refusal(builder) {
        ComposerBuildError::Mail { flaw, .. } => flaw,
        other => panic!("{other}: {source}"),
    }
}

/// What is wrong with a layout that has this in its body, besides all that it should have.
fn addition(html: &str) -> Flaw {
    let layout = Template::Layout.source(Format::Html);
    let source = layout.replace("{% block body %}", &format!("{html}{{% block body %}}"));
    assert_ne!(source, layout);
    flaw(Template::Layout, Format::Html, &source)
}

/// The built-in source without a piece of it.
fn without(template: Template, format: Format, piece: &str) -> String {
    let source = template.source(format);
    let less = source.replace(piece, "");
    assert_ne!(less, source, "{piece}");
    less
}

#[test]
fn a_template_may_not_lose_what_the_mail_is_there_for() {
    let lacks = |what, part| Flaw::Lacks { what, part };
    let (html, text) = (Format::Html, Format::Text);
    let layout = |format| Template::Layout.source(format);
    for (template, format, source, due) in [
        (
            Template::Layout,
            html,
            layout(html).replace("{% block body %}{% endblock %}", ""),
            lacks(Needed::Link, html),
        ),
        (
            Template::Layout,
            text,
            layout(text).replace("{% block body %}{% endblock %}", ""),
            lacks(Needed::Link, text),
        ),
        (
            Template::Layout,
            html,
            without(Template::Layout, html, "href=\"{{ not_me.link }}\""),
            lacks(Needed::NotMeLink, html),
        ),
        (
            Template::Layout,
            text,
            without(Template::Layout, text, "{{ not_me.link }}"),
            lacks(Needed::NotMeLink, text),
        ),
        (
            Template::Layout,
            html,
            without(Template::Layout, html, "{{ brand.support }}</a>"),
            lacks(Needed::Support, html),
        ),
        (
            Template::Layout,
            html,
            without(Template::Layout, html, "href=\"{{ brand.support_href }}\""),
            lacks(Needed::Support, html),
        ),
        (
            Template::Layout,
            html,
            without(
                Template::Layout,
                html,
                "{{ t(\"support-line\", contact=brand.support) }}",
            ),
            lacks(Needed::Support, html),
        ),
        (
            Template::Layout,
            text,
            without(
                Template::Layout,
                text,
                "{{ t(\"support-line\", contact=brand.support) }}",
            ),
            lacks(Needed::Support, text),
        ),
        (
            Template::SetUp,
            html,
            without(Template::SetUp, html, "{{ secret_grouped }}"),
            lacks(Needed::SetUpCode, html),
        ),
        (
            Template::SetUp,
            text,
            without(Template::SetUp, text, "{{ secret_grouped }}"),
            lacks(Needed::SetUpCode, text),
        ),
        (
            Template::SetUp,
            html,
            without(Template::SetUp, html, "src=\"cid:{{ content_id }}\""),
            lacks(Needed::QrPicture, html),
        ),
        (
            Template::SetUp,
            html,
            without(Template::SetUp, html, "{{ qr_table }}"),
            lacks(Needed::QrTable, html),
        ),
        (
            Template::SetUp,
            html,
            Template::SetUp
                .source(html)
                .replace("{{ qr_table }}", "{{ qr_table|upper }}"),
            lacks(Needed::QrTable, html),
        ),
        (
            Template::SetUp,
            html,
            Template::SetUp
                .source(html)
                .replace("{{ qr_table }}", "<!-- {{ qr_table }} -->"),
            lacks(Needed::QrTable, html),
        ),
        (
            Template::ResetLink,
            text,
            without(Template::ResetLink, text, "{{ link }}"),
            lacks(Needed::Link, text),
        ),
        // As part of another word nobody can follow it.
        (
            Template::ResetLink,
            text,
            Template::ResetLink
                .source(text)
                .replace("{{ link }}", "({{ link }})"),
            lacks(Needed::Link, text),
        ),
        // What stands in a comment, a style or an attribute is not seen.
        (
            Template::SetUp,
            html,
            Template::SetUp
                .source(html)
                .replace("{{ secret_grouped }}", "<!-- {{ secret_grouped }} -->"),
            lacks(Needed::SetUpCode, html),
        ),
        (
            Template::SetUp,
            html,
            Template::SetUp.source(html).replace(
                "{{ secret_grouped }}",
                "<b title=\"{{ secret_grouped }}\"></b>",
            ),
            lacks(Needed::SetUpCode, html),
        ),
        // Lost only where there is nothing to report, or only for some contacts.
        (
            Template::Layout,
            html,
            layout(html).replace(
                "{%- if not_me %}",
                "{%- if not_me and brand.support == 'x' %}",
            ),
            lacks(Needed::NotMeLink, html),
        ),
    ] {
        assert_eq!(
            flaw(template, format, &source),
            due,
            "{template:?} {format}"
        );
    }
}

#[test]
fn a_template_may_not_load_run_or_send_anything() {
    let element = |name: &str| Flaw::Element(name.to_owned());
    let attribute = |name: &str| Flaw::Attribute(name.to_owned());
    for (html, due) in [
        ("<script>alert(1)</script>", element("script")),
        ("<SCRIPT src=x></SCRIPT>", element("script")),
        ("<link rel=stylesheet href=//e.example>", element("link")),
        ("<iframe src=//e.example></iframe>", element("iframe")),
        ("<object data=//e.example></object>", element("object")),
        ("<embed src=//e.example>", element("embed")),
        ("<svg><image href=//e.example></svg>", element("svg")),
        ("<math></math>", element("math")),
        ("<video poster=//e.example></video>", element("video")),
        ("<form action=//e.example></form>", element("form")),
        ("<input>", element("input")),
        ("<base href=//e.example>", element("base")),
        ("<v:image src=//e.example>", element("v:image")),
        ("<img src=https://e.example/p.png>", Flaw::Picture),
        ("<img src=//e.example/p.png>", Flaw::Picture),
        ("<img src=data:image/png,x>", Flaw::Picture),
        ("<img src=cid:other>", Flaw::Picture),
        ("<img src=x srcset=//e.example>", attribute("srcset")),
        ("<img src=x onerror=alert(1)>", attribute("onerror")),
        (
            "<table background=//e.example></table>",
            attribute("background"),
        ),
        ("<p onclick=x></p>", attribute("onclick")),
        ("<p src=//e.example></p>", attribute("src")),
        ("<p href=//e.example></p>", attribute("href")),
        ("<a ping=//e.example></a>", attribute("ping")),
        (
            "<meta http-equiv=refresh content=\"0;url=//e.example\">",
            attribute("http-equiv"),
        ),
        ("<a href=https://e.example>x</a>", Flaw::Target),
        ("<a href=javascript:alert(1)>x</a>", Flaw::Target),
        ("<a href=\"{{ account_name }}\">x</a>", Flaw::Target),
        ("<a href=\"{{ not_you }}\">x</a>", Flaw::Target),
        (
            "<p style=\"background:url(//e.example)\"></p>",
            Flaw::Style("//"),
        ),
        ("<p style=\"background:url(x)\"></p>", Flaw::Style("url(")),
        (
            "<p style=\"background:U&#82;L(x)\"></p>",
            Flaw::Style("url("),
        ),
        ("<p style=\"background:u\\72l(x)\"></p>", Flaw::Style("\\")),
        (
            "<p style=\"background:image-set('x' 1x)\"></p>",
            Flaw::Style("image-set("),
        ),
        ("<p style=\"background:src('x')\"></p>", Flaw::Style("src(")),
        ("<style>@IMPORT 'x';</style>", Flaw::Style("@import")),
        ("<style>@font-face{}</style>", Flaw::Style("@font-face")),
        (
            "<style>p{width:expression(x)}</style>",
            Flaw::Style("expression("),
        ),
        // Outlook reads these.
        (
            "<!--[if mso]><img src=//e.example><![endif]-->",
            Flaw::Target,
        ),
        (
            "<!--[if mso]><a href=//e.example>x</a><![endif]-->",
            Flaw::Target,
        ),
        (
            "<!--[if gte mso 9]><v:fill src=//e.example /><![endif]-->",
            element("v:fill"),
        ),
        (
            "<!--[if mso]><style>p{background:url(x)}</style><![endif]-->",
            Flaw::Style("url("),
        ),
        // Values where they are not text.
        ("<p {{ account_name }}></p>", attribute("$tenant")),
        ("<p class={{ account_name }}></p>", attribute("$tenant")),
        ("<{{ account_name }}></p>", element("x")),
        ("\u{202e}", Flaw::Control(Format::Html)),
        ("&#8238;", Flaw::Control(Format::Html)),
    ] {
        assert_eq!(addition(html), due, "{html}");
    }
    for html in [
        "<p class='a'class='b'>",
        "<p class=a class=b>",
        "<p",
        "<!x>",
        "</p class=x>",
        "<p title=a\"b>",
    ] {
        assert!(matches!(addition(html), Flaw::Malformed(_)), "{html}");
    }
    let deep = "<!--[if a]>".to_owned() + &"<!a ".repeat(9_000) + "-->";
    assert!(matches!(addition(&deep), Flaw::Malformed(_)));
}

/// The style sheet is not words: a value in it may not become one.
#[test]
fn a_value_does_not_escape_from_where_it_stands() {
    for html in [
        "<style>p::after{content:'{{ account_name }}'}</style>",
        "<title>{{ account_name }}</title>",
        "<p title=\"{{ account_name }}\">{{ account_name }}</p>",
        "{% set x %}<b>{{ account_name }}</b>{% endset %}{{ x }}{{ x|replace('b', 'i') }}",
        "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(account_name) }}",
        "{{ account_name|escape }}",
        "{{ '<script>' }}",
    ] {
        let layout = Template::Layout.source(Format::Html);
        let source = layout.replace("{% block body %}", &format!("{html}{{% block body %}}"));
        let composer = Composer::builder()
            .template_html(Template::Layout, &source)
            .build()
            .unwrap_or_else(|error| panic!("{html}: {error}"));
        let name = "</style></title>\"'><script>";
        let message = Message::RecoveryCodesRenewed {
            account_name: name,
            when: None,
        };
        let mail = write(&composer, &message);
        assert!(
            !mail.html().contains("<script") && !mail.html().contains(name),
            "{html}"
        );
    }
}

#[test]
fn a_template_may_not_turn_escaping_off_hang_or_fail() {
    let problem =
        |source: &str| match refusal(Composer::builder().template_html(Template::Notice, source)) {
            ComposerBuildError::Template {
                template: Template::Notice,
                format: Format::Html,
                problem,
            } => problem,
            other => panic!("{other}"),
        };
    for source in [
        "{{ intro|safe }}",
        "{% autoescape false %}{{ intro }}{% endautoescape %}",
        "{% if false %}{{ intro | safe }}{% endif %}",
    ] {
        assert_eq!(problem(source), TemplateProblem::Unescaped, "{source}");
    }
    assert_eq!(problem(&" ".repeat(65_537)), TemplateProblem::TooLong);
    for source in ["a\n{{", "a\n{% if %}", "a\n{% endblock %}"] {
        let TemplateProblem::Syntax { line, .. } = problem(source) else {
            panic!("{source}")
        };
        assert_eq!(line, 2, "{source}");
    }
    for source in [
        "{{ no_such_value }}",
        "{{ link }}",
        "{{ t('no-such-text') }}",
        "{{ t('reset-subject') }}",
        "{{ intro|no_such_filter }}",
        "{{ facts_rows }}",
        "{{ debug() }}",
        "{% extends 'no-such-template' %}",
        "{% extends 'notice' %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 100000000 }}",
    ] {
        let flaw = flaw(Template::Notice, Format::Html, source);
        assert!(matches!(flaw, Flaw::Template(_)), "{source}: {flaw}");
    }
    let large = "{{ 'x' * 100000 }}";
    assert!(matches!(addition(large), Flaw::TooLarge(_)));
    let text = Template::Layout.source(Format::Text);
    let flaw = flaw(Template::Layout, Format::Text, &format!("{text}\u{7}"));
    assert_eq!(flaw, Flaw::Control(Format::Text));
}

/// A template can tell samples from the mails of later.
#[test]
fn a_mail_that_comes_out_unfit_later_is_not_sent() {
    for (added, what) in [
        (
            "{% if account_name == 'anna.devries' %}<img src='https://e.example/{{ account_name }}'>{% endif %}",
            "picture",
        ),
        (
            "{% if account_name == 'anna.devries' %}<script></script>{% endif %}",
            "script",
        ),
        (
            "{% if account_name == 'anna.devries' %}{{ 'x' * 100000 }}{% endif %}",
            "size",
        ),
    ] {
        let layout = Template::Layout.source(Format::Html);
        let source = layout.replace("{% block body %}", &format!("{added}{{% block body %}}"));
        let composer = Composer::builder()
            .template_html(Template::Layout, &source)
            .build()
            .unwrap();
        for message in messages() {
            let outcome = composer.compose(&message, &brand(), "nl", RECIPIENT);
            let kind = message.kind();
            match outcome.unwrap_err() {
                ComposeError::TooLarge { kind: named, .. } => {
                    assert_eq!((named, what), (kind, "size"));
                }
                error => {
                    assert_ne!(what, "size");
                    assert_eq!(error, ComposeError::Unfit(kind), "{what}");
                }
            }
        }
    }
    let reset = Template::ResetLink.source(Format::Text);
    let source = reset.replace(
        "{{ link }}",
        "{% if account_name != 'anna.devries' %}{{ link }}{% endif %}",
    );
    let composer = Composer::builder()
        .template_text(Template::ResetLink, &source)
        .build()
        .unwrap();
    let outcome = composer.compose(&reset_link(), &brand(), "nl", RECIPIENT);
    let error = outcome.unwrap_err();
    assert_eq!(error, ComposeError::Unfit("reset_link"));
    for secret in [ACCOUNT, LINK, RECIPIENT] {
        assert!(!format!("{error} {error:?}").contains(secret));
    }
    assert!(
        composer
            .compose(&set_up(), &brand(), "nl", RECIPIENT)
            .is_ok()
    );
}

/// The elements that a reader of the HTML sees begin, with their attributes.
fn start_tags(html: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let tokens = Tokenizer::new_with_emitter(html, emitter).map(|token| match token {
        Ok(token) => token,
        Err(never) => match never {},
    });
    let tags = tokens.filter_map(|token| match token {
        Token::StartTag(tag) => Some(tag),
        _ => None,
    });
    tags.map(|tag| {
        let attributes = tag.attributes.iter();
        let attributes = attributes.map(|(name, value)| (text(name), text(value)));
        (text(&tag.name), attributes.collect())
    })
    .collect()
}

/// A control of the test below: it would see what must not be there.
#[test]
fn what_may_not_be_in_a_mail_would_be_noticed() {
    let html = "<p title='<script>'>&lt;script&gt;<!--<script>--><SCRIPT></SCRIPT><img SRC=x><a href='&#106;s:'>";
    let tags = start_tags(html);
    let names: Vec<_> = tags.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["p", "script", "img", "a"]);
    assert_eq!(
        (tags[2].1["src"].as_str(), tags[3].1["href"].as_str()),
        ("x", "js:")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a host writes into a template, there is a fit mail or a refusal.
    #[test]
    fn any_template_is_fit_or_refused(html in "([ -~\\n]|<img src=x>|<a href=x></a>|<script>|<script></script>|<style>|</style>|<!--|-->|\\{\\{ account_name \\}\\}){0,12}") {
        let layout = Template::Layout.source(Format::Html);
        let source = layout.replace("{% block body %}", &format!("{html}{{% block body %}}"));
        if let Ok(composer) = Composer::builder().template_html(Template::Layout, &source).build() {
            for message in [reset_link(), set_up()] {
                let mail = write(&composer, &message);
                let tags = start_tags(mail.html());
                prop_assert!(tags.iter().all(|(name, _)| name != "script"));
                let values = |of: &str, called: &str| -> Vec<String> {
                    let tags = tags.iter().filter(|(name, _)| name == of);
                    tags.filter_map(|(_, attributes)| attributes.get(called).cloned()).collect()
                };
                prop_assert!(values("img", "src").iter().all(|src| src.starts_with("cid:")));
                let app = AppLinks::default();
                let known = [
                    LINK,
                    NOT_ME.link,
                    PAGE,
                    "mailto:hulp@noord.example",
                    app.app_store(),
                    app.google_play(),
                ];
                let targets = values("a", "href");
                prop_assert!(targets.iter().all(|target| known.contains(&target.as_str())));
                let own = if mail.kind() == "reset_link" { LINK } else { NOT_ME.link };
                prop_assert!(targets.iter().any(|target| target == own));
            }
        }
    }
}
