//! The templates, one engine per language, and how values enter HTML.

use std::sync::Arc;

use fluent_bundle::{FluentArgs, FluentValue};
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use crate::texts::Texts;

const TEMPLATES: [(&str, &str); 7] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("layout.txt", include_str!("templates/layout.txt")),
    ("parts.html", include_str!("templates/parts.html")),
    ("reset_link.html", include_str!("templates/reset_link.html")),
    ("reset_link.txt", include_str!("templates/reset_link.txt")),
    ("set_up.html", include_str!("templates/set_up.html")),
    ("set_up.txt", include_str!("templates/set_up.txt")),
];

/// What every mail is written with that tells of something that has happened.
const NOTICE: [(&str, &str); 2] = [
    ("html", include_str!("templates/notice.html")),
    ("txt", include_str!("templates/notice.txt")),
];

/// The kinds of mail that are notices.
const NOTICES: [&str; 7] = [
    "password_changed",
    "authenticator_added",
    "authenticator_replaced",
    "authenticator_removed",
    "authenticator_resynchronised",
    "recovery_codes_renewed",
    "recovery_code_used",
];

/// All templates, with `t("key", argument=value)` for the texts of one language.
pub(crate) fn environment(texts: Arc<Texts>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    // In debug mode the engine's errors quote the values at hand, secrets included.
    environment.set_debug(false);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.set_formatter(write_value);
    environment.add_function("t", move |key: &str, arguments: Kwargs| {
        text(&texts, key, &arguments)
    });
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    for kind in NOTICES {
        for (extension, source) in NOTICE {
            environment.add_template_owned(format!("{kind}.{extension}"), source)?;
        }
    }
    Ok(environment)
}

fn text(texts: &Texts, key: &str, arguments: &Kwargs) -> Result<String, Error> {
    let mut args = FluentArgs::new();
    for name in arguments.args() {
        let value: Value = arguments.peek(name)?;
        let value = match (value.as_str(), value.as_i64()) {
            (Some(text), _) => FluentValue::from(text.to_owned()),
            (None, Some(number)) => FluentValue::from(number),
            (None, None) => return Err(refuse()),
        };
        args.set(name.to_owned(), value);
    }
    texts
        .get(key, &args)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

/// Writes strings and whole numbers, and refuses the rest, so that no "none" reaches a reader.
///
/// HTML is kept to ASCII: it then needs no transfer encoding, which would make the table of a QR
/// symbol a fifth larger, and no client can mistake its character set.
fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    let text = match (value.as_str(), value.as_i64()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(number)) => number.to_string(),
        (None, None) => return Err(refuse()),
    };
    let written = match state.auto_escape() {
        AutoEscape::None => out.write_str(&text),
        _ => out.write_str(&ascii_html(&text, !value.is_safe())),
    };
    written.map_err(|_| refuse())
}

fn ascii_html(text: &str, escape: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' if escape => out.push_str("&amp;"),
            '<' if escape => out.push_str("&lt;"),
            '>' if escape => out.push_str("&gt;"),
            '"' if escape => out.push_str("&quot;"),
            '\'' if escape => out.push_str("&#39;"),
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    out
}

fn refuse() -> Error {
    Error::new(ErrorKind::InvalidOperation, "a value has the wrong type")
}

#[cfg(test)]
pub(crate) fn all_sources() -> String {
    TEMPLATES
        .iter()
        .chain(&NOTICE)
        .map(|(_, source)| *source)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn templates_are_ascii_and_hold_no_fixed_wording() {
        for (name, source) in TEMPLATES.into_iter().chain(NOTICE) {
            assert!(source.is_ascii(), "{name}");
            assert!(
                !source.contains("|safe") && !source.contains("autoescape"),
                "{name}"
            );
        }
    }

    #[test]
    fn values_are_escaped_and_missing_ones_refused() {
        let texts = Arc::new(Texts::new(Language::English).unwrap());
        let mut environment = environment(texts).unwrap();
        environment.add_template("x.html", "{{ value }}").unwrap();
        let template = environment.get_template("x.html").unwrap();
        let page = template.render(minijinja::context! { value => "<é\"'&>" });
        assert_eq!(page.unwrap(), "&lt;&#233;&quot;&#39;&amp;&gt;");
        assert!(template.render(minijinja::context! {}).is_err());
        let none: Option<&str> = None;
        assert!(
            template
                .render(minijinja::context! { value => none })
                .is_err()
        );
    }

    #[test]
    fn errors_of_the_engine_quote_no_value() {
        let texts = Arc::new(Texts::new(Language::English).unwrap());
        let mut environment = environment(texts).unwrap();
        let source = "{% set link = value %}{{ t('no-such-text', contact=link) }}";
        environment.add_template("x.html", source).unwrap();
        let template = environment.get_template("x.html").unwrap();
        let error = template
            .render(minijinja::context! { value => "SECRET" })
            .unwrap_err();
        assert!(!format!("{error} {error:?} {error:#}").contains("SECRET"));
    }
}
