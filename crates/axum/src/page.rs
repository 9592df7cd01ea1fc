//! Turning a template and its values into an answer.

use crate::language::Language;
use crate::tenant_from::TenantFrom;
use crate::web_error::WebError;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use minijinja::value::{Kwargs, Serde};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value, context,
};
use slotwerk::mail::LocalTime;
use slotwerk::{SecondFactor, Tenant};
use slotwerk_words::{Arg, Languages};
use std::collections::BTreeMap;
use std::sync::Arc;

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// Every template, in the binary.
        pub(crate) const TEMPLATES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../templates/", $name)))),*];
    };
}

templates![
    "authenticators.html",
    "base.html",
    "change.html",
    "clock.html",
    "desk/account.html",
    "desk/approve.html",
    "desk/factors.html",
    "desk/find.html",
    "desk/links.html",
    "desk/requested.html",
    "desk/reset.html",
    "desk/rules.html",
    "desk/trail.html",
    "enrol.html",
    "error.html",
    "factor.html",
    "footer.html",
    "forgot.html",
    "get_app.html",
    "home.html",
    "new_password.html",
    "next_code.html",
    "not_me.html",
    "progress.html",
    "recovery.html",
    "recovery_codes.html",
    "recovery_codes.txt",
    "remove.html",
    "rename.html",
    "renew_codes.html",
    "reset.html",
    "reset_dead.html",
    "reveal.html",
    "sessions.html",
    "set_up.html",
    "set_up_material.html",
    "sign_in.html",
    "step_up.html",
    "support.html",
    "verify.html",
    "wait.html",
];

#[derive(Clone)]
pub(crate) struct Pages {
    environment: Arc<Environment<'static>>,
    languages: Arc<Languages>,
    /// The service's own home page, if it has one.
    front: Option<Arc<str>>,
}

/// The templates and values of a host, beside the built-in ones or in their place.
#[derive(Default)]
pub(crate) struct PagesBuilder {
    templates: BTreeMap<String, String>,
    globals: Vec<(&'static str, Value)>,
    front: Option<Arc<str>>,
}

/// A tenant, as templates see it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct TenantName {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Where its people get help.
    pub(crate) support: Option<String>,
    /// Whether that is a mail address.
    pub(crate) support_by_mail: bool,
    /// Its address, if it is one on the web.
    pub(crate) support_link: Option<String>,
    /// The address of its logo.
    pub(crate) logo: Option<String>,
    /// Whether its QR codes are in its colour.
    pub(crate) coloured_codes: bool,
    /// Whether every sign-in takes a second factor.
    pub(crate) two_step: bool,
    /// The beginning of the addresses of its pages.
    pub(crate) base: String,
    /// The address of its home page.
    pub(crate) home: String,
}

impl TenantName {
    pub(crate) fn new(tenant: &Tenant, from: &TenantFrom) -> Self {
        let brand = tenant.brand();
        let base = from.base(tenant.id());
        Self {
            id: tenant.id().to_owned(),
            name: brand.name().to_owned(),
            support: brand.support().map(str::to_owned),
            support_by_mail: brand.support_address().is_some(),
            support_link: brand.support_page().map(str::to_owned),
            logo: brand
                .logo()
                .map(|_| format!("/static/brand/{}/logo", tenant.id())),
            coloured_codes: brand.coloured_codes(),
            two_step: tenant.second_factor() == SecondFactor::Required,
            home: format!("{base}{}", from.home()),
            base,
        }
    }
}

/// What every page needs.
pub(crate) struct Common<'a> {
    pub(crate) language: &'a Language,
    pub(crate) tenant: Option<&'a TenantName>,
    pub(crate) csrf: &'a str,
    /// Whether somebody who is signed in has been asked to confirm who they are.
    pub(crate) stepping_up: bool,
}

impl PagesBuilder {
    pub(crate) fn template(&mut self, name: &str, source: &str) {
        self.templates.insert(name.to_owned(), source.to_owned());
    }

    pub(crate) fn global(&mut self, name: &'static str, value: Value) {
        self.globals.push((name, value));
    }

    /// The service's own home page, to which the name at the top of each page leads.
    pub(crate) fn front(&mut self, address: &str) {
        self.front = Some(address.into());
    }

    /// Parses every template.
    pub(crate) fn load(self, languages: Languages) -> Result<Pages, WebError> {
        let mut environment = Environment::new();
        // Otherwise its errors quote the values of a page, secrets included.
        environment.set_debug(false);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".txt") {
                AutoEscape::None
            } else {
                AutoEscape::Html
            }
        });
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        for (name, source) in self.templates {
            environment.add_template_owned(name, source)?;
        }
        for (name, value) in self.globals {
            environment.add_global(name, value);
        }
        let languages = Arc::new(languages);
        environment.add_function("t", {
            let languages = languages.clone();
            move |state: &State, name: &str, values: Kwargs| text(&languages, state, name, &values)
        });
        environment.add_function("moment", {
            let languages = languages.clone();
            move |state: &State, local: Value| {
                let names = ["day", "month", "year", "time", "zone"];
                moment(&languages, state, &local, "moment", &names)
            }
        });
        environment.add_function("date", {
            let languages = languages.clone();
            move |state: &State, local: Value| {
                moment(&languages, state, &local, "date", &["day", "month", "year"])
            }
        });
        Ok(Pages {
            environment: Arc::new(environment),
            languages,
            front: self.front,
        })
    }
}

impl Pages {
    /// The texts in every language.
    pub(crate) fn languages(&self) -> &Languages {
        &self.languages
    }

    /// The language for somebody whose own is unknown.
    pub(crate) fn fallback(&self) -> Option<&Language> {
        self.languages.iter().next()
    }

    pub(crate) fn render(
        &self,
        template: &str,
        common: &Common<'_>,
        own: Value,
    ) -> Result<String, Error> {
        let home = common.tenant.map_or("/", |tenant| &tenant.home);
        let shared = context! {
            lang => common.language.tag(),
            languages => self.choices(),
            tenant => common.tenant.map(Serde),
            base => address(common.tenant.map_or("", |tenant| &tenant.base)),
            home => address(home),
            front => address(self.front.as_deref().unwrap_or(home)),
            csrf => common.csrf,
            stepping_up => common.stepping_up,
        };
        self.environment
            .get_template(template)?
            .render(context! { ..own, ..shared })
    }

    /// Every language, by the name that it gives itself.
    fn choices(&self) -> Vec<Value> {
        let choice = |words: &Language| {
            let name = words.text("language-name", &[]);
            context! { tag => words.tag(), name => name.unwrap_or_default() }
        };
        self.languages.iter().map(choice).collect()
    }

    /// A page as an answer. A template that fails is a mistake in it: it is logged, and the
    /// person gets the shortest of pages.
    pub(crate) fn answer(
        &self,
        status: StatusCode,
        template: &str,
        common: &Common<'_>,
        own: Value,
    ) -> Response {
        match self.render(template, common, own) {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!("{template}: {error}");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Html("<!doctype html><title>500</title><h1>500</h1>"),
                )
                    .into_response()
            }
        }
    }
}

/// An address of a tenant, which holds no character that HTML reserves. Escaping would write its slashes as entities.
fn address(text: &str) -> Value {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    if text.bytes().all(is_plain) {
        Value::from_safe_string(text.to_owned())
    } else {
        Value::from(text)
    }
}

fn text(
    languages: &Languages,
    state: &State,
    name: &str,
    values: &Kwargs,
) -> Result<String, Error> {
    let mut filled = Vec::new();
    for name in values.args() {
        let value = values.get::<Value>(name)?;
        // A number stays one, so that plurals come out right; a login name of digits stays a name.
        let value = match i64::try_from(value.clone()) {
            Ok(number) if value.is_number() => Arg::from(number),
            _ => Arg::from(value.to_string()),
        };
        filled.push((name, value));
    }
    in_words(languages, state, name, &filled)
}

/// These parts of a moment, as [`local_time`] gives it, in the words of this text.
fn moment(
    languages: &Languages,
    state: &State,
    local: &Value,
    text: &str,
    parts: &[&'static str],
) -> Result<String, Error> {
    let mut filled = Vec::new();
    for &name in parts {
        let value = local.get_attr(name)?;
        if value.is_undefined() {
            let message = "not a moment on a clock";
            return Err(Error::new(ErrorKind::UndefinedError, message));
        }
        let value = match u8::try_from(value.clone()) {
            Ok(number) => Arg::from(number),
            Err(_) => Arg::from(value.to_string()),
        };
        filled.push((name, value));
    }
    in_words(languages, state, text, &filled)
}

/// As templates see it: year and time as texts, so that they are not written as amounts are.
pub(crate) fn local_time(local: &LocalTime) -> Value {
    context! {
        day => local.day,
        month => local.month,
        year => local.year.to_string(),
        time => format!("{:02}:{:02}", local.hour, local.minute),
        zone => local.zone.as_str(),
    }
}

/// The text in the language of the page.
fn in_words(
    languages: &Languages,
    state: &State,
    name: &str,
    filled: &[(&str, Arg<'_>)],
) -> Result<String, Error> {
    let tag = state.lookup("lang");
    let tag = tag.as_ref().and_then(Value::as_str).unwrap_or_default();
    let words = languages.iter().find(|words| words.tag() == tag);
    let words = words.ok_or_else(|| Error::new(ErrorKind::UndefinedError, "lang"))?;
    words
        .text(name, filled)
        .map_err(|error| Error::new(ErrorKind::UndefinedError, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pages::{noord, pages};
    use slotwerk::mail::Brand;

    #[test]
    fn an_error_in_a_template_quotes_no_value() {
        let pages = pages();
        let mut environment = Environment::clone(&pages.environment);
        let source = "{% set secret = value %}{{ t('no-such-text', text=secret) }}";
        environment.add_template("x.html", source).unwrap();
        let template = environment.get_template("x.html").unwrap();
        let values = context! { lang => "nl", value => "SECRET" };
        let error = template.render(values).unwrap_err();
        assert!(!format!("{error} {error:?} {error:#}").contains("SECRET"));
    }

    #[test]
    fn a_login_name_of_digits_is_shown_as_it_is() {
        let pages = pages();
        let mut environment = Environment::clone(&pages.environment);
        let source = "{{ t('enrol-scan-caption', account=name) }}";
        environment.add_template("x.html", source).unwrap();
        let template = environment.get_template("x.html").unwrap();
        let shown = template.render(context! { lang => "en", name => "007" });
        assert!(shown.unwrap().contains("007"));
    }

    #[test]
    fn whatever_becomes_of_a_code_is_said_in_both_languages() {
        let pages = pages();
        let noord = TenantName::new(&noord(), &TenantFrom::Path);
        let status = |template, language: &Language, problem: &str| {
            let common = Common {
                language,
                tenant: Some(&noord),
                csrf: "",
                stepping_up: false,
            };
            let own = context! { problem, wait_seconds => 60, notice => () };
            pages
                .answer(StatusCode::OK, template, &common, own)
                .status()
        };
        let of_both = [
            "wrong",
            "malformed",
            "empty",
            "throttled",
            "locked",
            "spent",
        ];
        for language in pages.languages().iter() {
            for problem in of_both.iter().chain(&["wait", "later", "one-spent"]) {
                assert_eq!(
                    status("verify.html", language, problem),
                    StatusCode::OK,
                    "{problem}"
                );
            }
            for problem in of_both {
                assert_eq!(
                    status("clock.html", language, problem),
                    StatusCode::OK,
                    "{problem}"
                );
            }
        }
        // Control: what has no words makes no page.
        let fault = StatusCode::INTERNAL_SERVER_ERROR;
        let english = pages.fallback().unwrap();
        assert_eq!(status("verify.html", english, "unheard-of"), fault);
    }

    #[test]
    fn a_moment_is_written_in_the_persons_language() {
        let pages = pages();
        let template = pages.environment.template_from_str("{{ moment(at) }}");
        let template = template.unwrap();
        let brand = Brand::new("Noord", "#0b5c8a").unwrap();
        let brand = brand.with_time_zone("Europe/Amsterdam").unwrap();
        let at = |lang: &str, at: u64| {
            let at = local_time(&brand.local_time(at).unwrap());
            template.render(context! { lang, at }).unwrap()
        };
        // As `TZ=Europe/Amsterdam date -d @…` has it.
        assert_eq!(at("en", 1_772_546_700), "3 March 2026, 15:05\u{a0}CET");
        assert_eq!(at("nl", 1_772_546_700), "3 maart 2026, 15:05\u{a0}CET");
        assert_eq!(at("en", 951_782_399), "29 February 2000, 00:59\u{a0}CET");
        assert_eq!(at("nl", 1_782_864_000), "1 juli 2026, 02:00\u{a0}CEST");
        assert!(template.render(context! { lang => "en", at => 5 }).is_err());
    }
}
