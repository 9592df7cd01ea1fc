//! The template engine, and how values enter HTML and text.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use slotwerk_words::{Arg, Words};

use crate::template::{Format, Template};

/// Bounds the work of a template and the memory it takes, about 64 bytes each. The built-in ones take less
/// than a tenth.
const FUEL: u64 = 50_000;
/// Longest source of a template, in bytes of UTF-8.
const MAX_SOURCE: usize = 64 * 1024;

/// Why a template was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateProblem {
    /// It is longer than 64 KiB.
    #[error("it is longer than 64 KiB")]
    TooLong,
    /// It has `|safe` or `autoescape`, which have no place here: values are always escaped.
    #[error("it has |safe or autoescape, and values are always escaped")]
    Unescaped,
    /// It is not in the engine's syntax.
    #[error("line {line} is at fault: {detail}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What the engine says of it.
        detail: String,
    },
}

/// The sources of templates: the built-in ones, and those of a host in their place.
#[derive(Clone, Default)]
pub(crate) struct Sources(BTreeMap<(Template, bool), Arc<str>>);

impl Sources {
    pub(crate) fn replace(&mut self, template: Template, format: Format, source: &str) {
        let source = source.replace("\r\n", "\n");
        self.0
            .insert((template, format == Format::Html), source.into());
    }

    /// Checks those of a host.
    pub(crate) fn check(&self) -> Result<(), (Template, Format, TemplateProblem)> {
        for ((template, is_html), source) in &self.0 {
            let format = if *is_html { Format::Html } else { Format::Text };
            check_source(source).map_err(|problem| (*template, format, problem))?;
        }
        Ok(())
    }

    /// An engine for all templates of one format, with `t("key", argument=value)` for the texts of one
    /// language.
    pub(crate) fn engine(
        &self,
        format: Format,
        words: &Arc<Words>,
    ) -> Result<Environment<'static>, Error> {
        let mut engine = bare(format, words);
        for &template in Template::ALL {
            match self.0.get(&(template, format == Format::Html)) {
                Some(source) => engine.add_template_owned(template.name(), source.to_string())?,
                None => engine.add_template(template.name(), template.source(format))?,
            }
        }
        Ok(engine)
    }
}

/// An engine each for HTML and text, so that no template can make the one of the other.
fn bare(format: Format, words: &Arc<Words>) -> Environment<'static> {
    let mut engine = Environment::new();
    // In debug mode the engine's errors quote the values at hand, secrets included.
    engine.set_debug(false);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine.remove_filter("safe");
    engine.remove_global("debug");
    // The writers below do not ask whether to escape; this tells the engine which of its own strings,
    // such as those of macros, are HTML.
    match format {
        Format::Html => {
            engine.set_auto_escape_callback(|_| AutoEscape::Html);
            engine.set_formatter(write_html);
        }
        Format::Text => {
            engine.set_auto_escape_callback(|_| AutoEscape::None);
            engine.set_formatter(write_text);
        }
    }
    let words = Arc::clone(words);
    engine.add_function("t", move |key: &str, arguments: Kwargs| {
        text(&words, key, &arguments)
    });
    engine
}

/// The engine refuses both when it comes across them; this also finds them where no sample leads.
fn check_source(source: &str) -> Result<(), TemplateProblem> {
    if source.len() > MAX_SOURCE {
        return Err(TemplateProblem::TooLong);
    }
    let unescaped = source.match_indices("safe").any(|(at, word)| {
        let before = source.get(..at).unwrap_or_default().trim_end();
        let after = source.get(at + word.len()..).unwrap_or_default();
        let is_filter = before.ends_with('|') || before.ends_with("filter");
        is_filter && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    });
    if unescaped || source.contains("autoescape") {
        return Err(TemplateProblem::Unescaped);
    }
    let mut engine = Environment::new();
    engine.set_debug(false);
    engine
        .add_template("template", source)
        .map_err(|error| TemplateProblem::Syntax {
            line: error.line().unwrap_or(1),
            detail: error.detail().unwrap_or("it cannot be read").to_owned(),
        })
}

fn text(words: &Words, key: &str, arguments: &Kwargs) -> Result<String, Error> {
    let mut args = Vec::new();
    for name in arguments.args() {
        let value: Value = arguments.peek(name)?;
        let value = match (value.as_str(), value.as_i64()) {
            (Some(text), _) => Arg::from(text.to_owned()),
            (None, Some(number)) => Arg::from(number),
            (None, None) => return Err(refuse()),
        };
        args.push((name, value));
    }
    words
        .text(key, &args)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

/// HTML is kept to ASCII: it then needs no transfer encoding, which would make the table of a QR
/// symbol a fifth larger, and no client can mistake its character set.
fn write_html(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let text = ascii_html(&written(value)?, !value.is_safe());
    out.write_str(&text).map_err(|_| refuse())
}

fn write_text(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    out.write_str(&written(value)?).map_err(|_| refuse())
}

/// Strings and whole numbers, and nothing else, so that no "none" reaches a reader.
fn written(value: &Value) -> Result<String, Error> {
    match (value.as_str(), value.as_i64()) {
        (Some(text), _) => Ok(text.to_owned()),
        (None, Some(number)) => Ok(number.to_string()),
        (None, None) => Err(refuse()),
    }
}

pub(crate) fn ascii_html(text: &str, escape: bool) -> String {
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
mod tests {
    use super::*;
    use slotwerk_words::Languages;

    fn render(format: Format, source: &str, value: Option<&str>) -> Result<String, Error> {
        let languages = Languages::mail().unwrap();
        let mut engine = bare(format, languages.exact("en").unwrap());
        engine.add_template("x", source).unwrap();
        let values = minijinja::context! { value };
        engine.get_template("x").unwrap().render(values)
    }

    #[test]
    fn values_are_escaped_and_missing_ones_refused() {
        let page = render(Format::Html, "{{ value }}", Some("<é\"'&>"));
        assert_eq!(page.unwrap(), "&lt;&#233;&quot;&#39;&amp;&gt;");
        let page = render(Format::Text, "{{ value }}", Some("<é>"));
        assert_eq!(page.unwrap(), "<é>");
        assert!(render(Format::Html, "{{ other }}", Some("x")).is_err());
        assert!(render(Format::Html, "{{ value }}", None).is_err());
    }

    /// Whether or not the check of sources notices.
    #[test]
    fn no_template_turns_escaping_off() {
        for source in [
            "{% autoescape false %}{{ value }}{% endautoescape %}",
            "{% autoescape 'none' %}{{ value }}{% endautoescape %}",
            "{% autoescape false %}{% set x %}{{ value }}{% endset %}{{ x }}{% endautoescape %}",
            "{% macro m(x) %}{{ x }}{% endmacro %}{% autoescape false %}{{ m(value) }}{% endautoescape %}",
            "{% autoescape false %}{% macro m(x) %}{{ x }}{% endmacro %}{% endautoescape %}{{ m(value) }}",
            "{% filter upper %}{{ value }}{% endfilter %}",
            "{% set x = value %}{{ x ~ x }}",
            "{{ [value, value]|join('<') }}",
            "{{ value|replace('z', '<') }}",
            "{{ value * 2 }}",
        ] {
            let page = render(Format::Html, source, Some("<b>")).unwrap();
            assert!(
                !page.contains("<b>") && !page.contains("<B>"),
                "{source}: {page}"
            );
            assert!(
                page.to_ascii_lowercase().contains("lt;b"),
                "{source}: {page}"
            );
        }
        for source in [
            "{{ value|safe }}",
            "{{ [value]|map('safe')|join }}",
            "{% filter safe %}{{ value }}{% endfilter %}",
        ] {
            assert!(
                render(Format::Html, source, Some("<b>")).is_err(),
                "{source}"
            );
        }
    }

    #[test]
    fn sources_that_would_turn_escaping_off_are_refused_unseen() {
        for source in [
            "{{ value|safe }}",
            "{{ value | safe }}",
            "{{ value |\n safe|upper }}",
            "{{value|upper|safe}}",
            "{% if false %}{{ value|safe }}{% endif %}",
            "{% filter safe %}x{% endfilter %}",
            "{%- autoescape false -%}x{% endautoescape %}",
        ] {
            assert_eq!(
                check_source(source),
                Err(TemplateProblem::Unescaped),
                "{source}"
            );
        }
        for template in Template::ALL {
            for format in [Format::Html, Format::Text] {
                assert_eq!(
                    check_source(template.source(format)),
                    Ok(()),
                    "{template:?}"
                );
            }
        }
        let prose = "safe and sound, {{ value|upper }} is safe { safe }";
        assert_eq!(check_source(prose), Ok(()));
    }

    #[test]
    fn work_without_end_is_cut_off() {
        for source in [
            "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}",
            "{{ 'x' * 100000000 }}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% include 'x' %}",
        ] {
            assert!(render(Format::Text, source, Some("x")).is_err(), "{source}");
        }
        let deep = "{{ ".to_owned() + &"(".repeat(50_000);
        assert!(check_source(&deep).is_err());
        let deep = "{% if value %}".repeat(4_000);
        assert!(check_source(&deep).is_err());
    }

    #[test]
    fn errors_of_the_engine_quote_no_value() {
        let source = "{% set link = value %}{{ t('no-such-text', contact=link) }}";
        let error = render(Format::Html, source, Some("SECRET")).unwrap_err();
        assert!(!format!("{error} {error:?} {error:#}").contains("SECRET"));
    }
}
