//! Words, layouts and languages of the host's own.

use std::sync::Arc;

use slotwerk_words::{LanguageError, Languages, MAIL_ENGLISH, TextProblem};

use crate::address::Address;
use crate::compose::{Composer, Details, Inner};
use crate::desk::{Desk, Order, Unwritten};
use crate::engine::TemplateProblem;
use crate::inspect::{Flaw, inspect};
use crate::message::check_link;
use crate::samples;
use crate::template::{Format, Template};

/// Makes a [`Composer`] with words, layouts or languages of the host's own.
///
/// [`build`](Self::build) writes a sample of each mail in each language, and refuses what would not do: a
/// text that is missing, a layout that loses a link.
///
/// ```
/// use slotwerk_mail::{Brand, Composer, Format, Message, Template};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # const GERMAN: &str = include_str!("../tests/texts/de.ftl");
/// // GERMAN has every text that `ComposerBuilder::ENGLISH` has.
/// let layout = Template::Layout.source(Format::Html).replace("border-radius:10px", "border-radius:0");
/// let composer = Composer::builder()
///     .language("de", GERMAN)
///     .texts("nl", "changed-intro = Het wachtwoord van dit account is vernieuwd.")
///     .template_html(Template::Layout, &layout)
///     .build()?;
///
/// let brand = Brand::new("Arbodienst Noord", "#0b6e4f")?;
/// let message = Message::PasswordChanged { account_name: "anna", when: None };
/// let write = |language| composer.compose(&message, &brand, language, "anna@example.nl");
/// assert_eq!(write("de-AT")?.subject(), "Dein Passwort für Arbodienst Noord wurde geändert");
/// assert!(write("nl")?.text().contains("is vernieuwd"));
/// assert!(write("en")?.html().contains("border-radius:0"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is made before build()"]
pub struct ComposerBuilder {
    base: Option<Composer>,
    languages: Vec<(String, String)>,
    texts: Vec<(String, String)>,
    templates: Vec<(Template, Format, String)>,
    links: Vec<String>,
    fallback: Option<String>,
}

/// Why a composer could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposerBuildError {
    /// This is no BCP 47 tag of a language.
    #[error("{0:?} is no language tag")]
    Tag(String),
    /// The language is not written from left to right, as the layouts are.
    #[error("{0} is not written from left to right")]
    Direction(String),
    /// A language was added that is there already.
    #[error("{0} is there already")]
    LanguageExists(String),
    /// Texts, or the fallback, are for a language that is not there.
    #[error("there is no language {0}")]
    NoSuchLanguage(String),
    /// A text was refused, or a whole source.
    #[error("{language}: the text {} is refused: {problem}", key.as_deref().unwrap_or("source"))]
    Text {
        /// The language's tag.
        language: String,
        /// The text's name; absent if the source is at fault.
        key: Option<String>,
        /// Why.
        #[source]
        problem: TextProblem,
    },
    /// A template was refused.
    #[error("the {format} template {} is refused: {problem}", template.name())]
    Template {
        /// Which template.
        template: Template,
        /// Its format.
        format: Format,
        /// Why.
        #[source]
        problem: TemplateProblem,
    },
    /// A link is no plain https.
    #[error("the link {0:?} is refused")]
    Link(String),
    /// A mail does not come out fit to be sent.
    #[error("{language}: the mail {kind} is not fit to be sent: {flaw}")]
    Mail {
        /// The language's tag.
        language: String,
        /// The kind of mail, as [`Message::kind`](crate::Message::kind).
        kind: &'static str,
        /// What is wrong with it.
        #[source]
        flaw: Flaw,
    },
    /// A built-in text or template is broken, which the tests of this crate rule out.
    #[error("the built-in texts or templates are at fault: {0}")]
    BuiltIn(String),
}

impl ComposerBuilder {
    pub(crate) fn new(base: Option<Composer>) -> Self {
        Self {
            base,
            languages: Vec::new(),
            texts: Vec::new(),
            templates: Vec::new(),
            links: Vec::new(),
            fallback: None,
        }
    }

    /// Adds a language: its BCP 47 tag and all of its texts, in the syntax of [Fluent].
    ///
    /// It has each text that [`ComposerBuilder::ENGLISH`] has, and each names the same values. A text consists of
    /// words, values and choices between them. Terms, functions, attributes and references to other texts are
    /// rejected, and no text gets a secret. Markup in a text is shown as it stands.
    ///
    /// [Fluent]: https://projectfluent.org/fluent/guide/
    pub fn language(mut self, tag: &str, texts: &str) -> Self {
        self.languages.push((tag.to_owned(), texts.to_owned()));
        self
    }

    /// Replaces some texts of a language that is there, under the same rules. Later ones win.
    pub fn texts(mut self, tag: &str, texts: &str) -> Self {
        self.texts.push((tag.to_owned(), texts.to_owned()));
        self
    }

    /// Replaces a template for HTML, in all languages.
    ///
    /// Templates are the host's code, and are checked against mistakes: values are always escaped; the HTML
    /// is well formed and loads and runs nothing; each link, the set-up code, both forms of the QR symbol
    /// and the support contact are in it. What the check does not see is what a style hides.
    pub fn template_html(mut self, template: Template, source: &str) -> Self {
        let source = source.to_owned();
        self.templates.push((template, Format::Html, source));
        self
    }

    /// Replaces a template for plain text, in all languages. The text has to hold what the HTML does.
    pub fn template_text(mut self, template: Template, source: &str) -> Self {
        let source = source.to_owned();
        self.templates.push((template, Format::Text, source));
        self
    }

    /// Permits templates to lead to this address, such as a privacy statement. Any other is refused that is
    /// not the mail's own.
    pub fn link(mut self, url: &str) -> Self {
        self.links.push(url.to_owned());
        self
    }

    /// The language for those that are not there. English unless this says otherwise.
    pub fn fallback(mut self, tag: &str) -> Self {
        self.fallback = Some(tag.to_owned());
        self
    }

    /// Every text there is, in English: what a language added has to have.
    pub const ENGLISH: &'static str = MAIL_ENGLISH;

    /// Checks everything, and writes a sample of each mail in each language. Takes some 10 ms per language.
    ///
    /// # Errors
    ///
    /// [`ComposerBuildError`] tells what was refused, and why.
    pub fn build(self) -> Result<Composer, ComposerBuildError> {
        let base = match self.base.clone() {
            Some(base) => base,
            None => Composer::new()?,
        };
        let languages = self.all_languages(&base)?;
        let mut sources = base.inner.sources.clone();
        for (template, format, source) in &self.templates {
            sources.replace(*template, *format, source);
        }
        sources
            .check()
            .map_err(|(template, format, problem)| ComposerBuildError::Template {
                template,
                format,
                problem,
            })?;
        let mut links = base.inner.links.clone();
        for link in &self.links {
            check_link(link).map_err(|_| ComposerBuildError::Link(link.clone()))?;
            links.push(link.clone());
        }
        let mut desks = Vec::new();
        for words in languages.iter() {
            let same = base
                .inner
                .desks
                .iter()
                .find(|desk| Arc::ptr_eq(desk.words(), words));
            let desk = match same {
                Some(desk) if self.templates.is_empty() => Arc::clone(desk),
                _ => Arc::new(
                    Desk::new(Arc::clone(words), &sources)
                        .map_err(|error| ComposerBuildError::BuiltIn(error.to_string()))?,
                ),
            };
            desks.push(desk);
        }
        let fallback = match &self.fallback {
            Some(tag) => {
                let words = languages.exact(tag).map_err(rejected)?;
                let place = desks
                    .iter()
                    .position(|desk| Arc::ptr_eq(desk.words(), words));
                place.unwrap_or(base.inner.fallback)
            }
            None => base.inner.fallback,
        };
        for desk in &desks {
            try_out(desk, &links)?;
        }
        let inner = Inner {
            languages,
            desks,
            fallback,
            sources,
            links,
        };
        Ok(Composer {
            inner: Arc::new(inner),
        })
    }

    /// Those of the base, those added, and those replaced.
    fn all_languages(&self, base: &Composer) -> Result<Languages, ComposerBuildError> {
        let mut languages = base.inner.languages.clone();
        for (tag, source) in &self.languages {
            languages = languages.add(tag, source).map_err(rejected)?;
        }
        for (tag, source) in &self.texts {
            languages = languages.replace(tag, source).map_err(rejected)?;
        }
        Ok(languages)
    }
}

impl std::fmt::Debug for ComposerBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ComposerBuilder")
    }
}

fn rejected(error: LanguageError) -> ComposerBuildError {
    match error {
        LanguageError::Tag(tag) => ComposerBuildError::Tag(tag),
        LanguageError::Direction(tag) => ComposerBuildError::Direction(tag),
        LanguageError::Exists(tag) => ComposerBuildError::LanguageExists(tag),
        LanguageError::Missing(tag) => ComposerBuildError::NoSuchLanguage(tag),
        LanguageError::Text { language, rejected } => ComposerBuildError::Text {
            language,
            key: rejected.name,
            problem: rejected.problem,
        },
        other => ComposerBuildError::BuiltIn(other.to_string()),
    }
}

/// Writes every mail with everything, and with as little as can be.
fn try_out(desk: &Desk, links: &[String]) -> Result<(), ComposerBuildError> {
    let built_in = |error: &dyn std::error::Error| ComposerBuildError::BuiltIn(error.to_string());
    let brands = samples::brands().map_err(|error| built_in(&error))?;
    let to = Address::parse(samples::RECIPIENT).map_err(|error| built_in(&error))?;
    for (brand, full) in brands.iter().zip([true, false, false]) {
        let details = if full {
            Details::default()
                .not_me(samples::NOT_ME)
                .origin(samples::ORIGIN)
        } else {
            Details::default()
        };
        for message in &samples::messages(full) {
            let order = Order {
                message,
                brand,
                details: &details,
            };
            let written = desk.write(&order, to.clone()).map_err(flaw_of);
            let outcome = written.and_then(|draft| inspect(&draft, &order, links));
            outcome.map_err(|flaw| ComposerBuildError::Mail {
                language: desk.words().tag().to_owned(),
                kind: message.kind(),
                flaw,
            })?;
        }
    }
    Ok(())
}

/// The values are samples, and nothing about them needs to be kept back.
fn flaw_of(unwritten: Unwritten) -> Flaw {
    match unwritten {
        Unwritten::Text(error) => Flaw::Text(error.name),
        Unwritten::Template(error) => Flaw::Template(error.to_string()),
        Unwritten::Uri => Flaw::Template(String::from("the QR symbol cannot be drawn")),
    }
}
