//! From a message and a brand to a mail.

use std::fmt;
use std::sync::Arc;

use slotwerk_words::Languages;

use crate::address::{Address, AddressError};
use crate::brand::{Brand, NameError};
use crate::builder::{ComposerBuildError, ComposerBuilder};
use crate::desk::{Desk, Order};
use crate::engine::Sources;
use crate::inspect::{Flaw, inspect};
use crate::mail::Mail;
use crate::message::{Message, SET_UP_TEXTS};
use crate::origin::Origin;
use crate::report::ReportLink;

/// Writes mails. Make one and keep it: it holds the parsed texts and templates. Clones share them.
///
/// A tenant that wants words, a layout or a language of its own gets a composer of its own, made with
/// [`customise`](Self::customise) from that of the others.
#[derive(Clone)]
pub struct Composer {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) languages: Languages,
    /// One for each language, in the same order.
    pub(crate) desks: Vec<Arc<Desk>>,
    /// The place of the language for those that are not among them.
    pub(crate) fallback: usize,
    pub(crate) sources: Sources,
    /// Where a mail may lead besides its own links.
    pub(crate) links: Vec<String>,
}

/// Why a mail could not be composed. Names no address, link, code or account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The recipient's address.
    #[error(transparent)]
    Recipient(#[from] AddressError),
    /// The account name: 1 to 254 bytes, no control characters.
    #[error("the account name is refused: {0}")]
    AccountName(#[source] NameError),
    /// The issuer: 1 to 254 bytes, no control characters.
    #[error("the issuer is refused: {0}")]
    Issuer(#[source] NameError),
    /// The authenticator's name: 1 to 64 characters, no control characters.
    #[error("the authenticator's name is refused: {0}")]
    Authenticator(#[source] NameError),
    /// The link: https (or http to this machine), without user information, at most 2048 bytes.
    #[error("the link is refused")]
    Link,
    /// The validity: 1 second to 7 days; to 400 days for a [`ReportLink`].
    #[error("the validity is under 1 second, or longer than may be")]
    ValidFor,
    /// The set-up code: groups of Base32 characters divided by single spaces, at most 160 bytes.
    #[error("the set-up code is refused")]
    SetUpCode,
    /// The URI: starts with `otpauth://totp/`, and its QR symbol has at most
    /// [`MAX_SYMBOL_MODULES`](crate::MAX_SYMBOL_MODULES) modules along one side.
    #[error("the otpauth URI is refused")]
    OtpauthUri,
    /// A part of the origin: 1 to 64 bytes, no control characters.
    #[error("a part of the origin is rejected: {0}")]
    Origin(#[source] NameError),
    /// The moment: the years 1970 to 9998.
    #[error("the moment is after the year 9998")]
    When,
    /// A text does not fit its values; its name. The built-in ones all do.
    #[error("the text {0} is at fault")]
    Text(String),
    /// A template failed; its name. The built-in ones do not.
    #[error("the template {0} is at fault")]
    Template(String),
    /// The values of a mail of this kind are so long that it may become this many bytes; clients cut off at
    /// 100 kB.
    #[error("the mail {kind} may become {bytes} bytes, and clients cut off at 100 kB")]
    TooLarge {
        /// The kind of mail.
        kind: &'static str,
        /// How many bytes it may become on its way.
        bytes: usize,
    },
    /// The mail of this kind is not fit to be sent: a template of the host lost one of its links or added
    /// what has no place in a mail. See [`Flaw`].
    #[error("the mail {0} is not fit to be sent")]
    Unfit(&'static str),
}

/// The details that a mail adds to its message.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Details<'a> {
    /// A link "this was not me": see [`Composer::compose_reportable`].
    pub not_me: Option<ReportLink<'a>>,
    /// From where something was done. Notices show it; mails about a link or a set-up leave it out.
    pub origin: Option<Origin<'a>>,
}

impl<'a> Details<'a> {
    /// Adds a link "this was not me".
    #[must_use]
    pub fn not_me(mut self, link: ReportLink<'a>) -> Self {
        self.not_me = Some(link);
        self
    }

    /// Adds from where something was done.
    #[must_use]
    pub fn origin(mut self, origin: Origin<'a>) -> Self {
        self.origin = Some(origin);
        self
    }

    fn check(&self) -> Result<(), ComposeError> {
        self.not_me.map_or(Ok(()), |link| link.check())?;
        self.origin.map_or(Ok(()), |origin| origin.check())
    }
}

impl Composer {
    /// One that writes in Dutch and English. Parses texts and templates, which takes a few milliseconds.
    ///
    /// # Errors
    ///
    /// [`ComposerBuildError::BuiltIn`] if one of them is broken, which the tests of this crate rule out.
    pub fn new() -> Result<Self, ComposerBuildError> {
        let sources = Sources::default();
        let languages =
            Languages::mail().map_err(|error| ComposerBuildError::BuiltIn(error.to_string()))?;
        let mut desks = Vec::new();
        for words in languages.iter() {
            let desk = Desk::new(Arc::clone(words), &sources)
                .map_err(|error| ComposerBuildError::BuiltIn(error.to_string()))?;
            desks.push(Arc::new(desk));
        }
        let inner = Inner {
            languages,
            desks,
            fallback: 0,
            sources,
            links: Vec::new(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// One with other words, layouts or languages.
    pub fn builder() -> ComposerBuilder {
        ComposerBuilder::new(None)
    }

    /// The same with other words, layouts or languages; what is not replaced is shared.
    pub fn customise(&self) -> ComposerBuilder {
        ComposerBuilder::new(Some(self.clone()))
    }

    /// The languages it writes in: the tag of each, such as `nl`, and its own name for itself, such as
    /// "Nederlands".
    pub fn languages(&self) -> impl Iterator<Item = (&str, String)> {
        self.inner.languages.iter().map(|words| {
            let name = words.text("language-name", &[]);
            (words.tag(), name.unwrap_or_else(|_| words.tag().to_owned()))
        })
    }

    /// The tag of the language that a mail is written in when `tag` (BCP 47) is asked for: that language
    /// itself, else a less specific one (`de` for `de-AT`), else the
    /// [fallback](ComposerBuilder::fallback), which is English unless the host says otherwise.
    #[must_use]
    pub fn language_for(&self, tag: &str) -> &str {
        self.desk(tag).map_or("en", |desk| desk.words().tag())
    }

    /// Writes `message` to `to`, in the tenant's name.
    ///
    /// `language` is a BCP 47 tag, see [`language_for`](Self::language_for).
    ///
    /// # Errors
    ///
    /// [`ComposeError`] tells which value was refused.
    pub fn compose(
        &self,
        message: &Message<'_>,
        brand: &Brand,
        language: &str,
        to: &str,
    ) -> Result<Mail, ComposeError> {
        self.compose_with(message, brand, language, to, &Details::default())
    }

    /// The same with a link "this was not me", for the person who did not do what the mail is about.
    ///
    /// The mail says what the link is for, and for how long: that of a [`Message::ResetLink`] ends the mailed
    /// links, that of any other message locks the account. Like the link of a reset it is secret, and opening
    /// it must change nothing: mail scanners open links, too.
    ///
    /// ```
    /// use slotwerk_mail::{Brand, Composer, Message, ReportLink};
    /// use std::time::Duration;
    ///
    /// let brand = Brand::new("Arbodienst Noord", "#0b6e4f")?;
    /// let message = Message::PasswordChanged { account_name: "anna", when: None };
    /// let not_me = ReportLink {
    ///     link: "https://noord.example/not-me/AQAB",
    ///     valid_for: Duration::from_secs(7 * 24 * 3600),
    /// };
    /// let composer = Composer::new()?;
    /// let mail = composer.compose_reportable(&message, &brand, "en", "anna@example.nl", not_me)?;
    /// assert!(mail.text().contains("The link works for 7 days at most."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`compose`](Self::compose); [`ComposeError::Link`] and [`ComposeError::ValidFor`] for this link, too.
    pub fn compose_reportable(
        &self,
        message: &Message<'_>,
        brand: &Brand,
        language: &str,
        to: &str,
        not_me: ReportLink<'_>,
    ) -> Result<Mail, ComposeError> {
        let details = Details::default().not_me(not_me);
        self.compose_with(message, brand, language, to, &details)
    }

    /// The same with further details, such as from where something was done.
    ///
    /// ```
    /// use slotwerk_mail::{Brand, Composer, Details, Message, Origin};
    ///
    /// let brand = Brand::new("Arbodienst Noord", "#0b6e4f")?;
    /// let message = Message::PasswordChanged { account_name: "anna", when: None };
    /// let origin = Origin::default().device(Some("Firefox"), Some("Windows"));
    /// let details = Details::default().origin(origin);
    /// let mail = Composer::new()?.compose_with(&message, &brand, "en", "anna@example.nl", &details)?;
    /// assert!(mail.text().contains("Device: Firefox on Windows"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`compose_reportable`](Self::compose_reportable); [`ComposeError::Origin`] for the origin, too.
    pub fn compose_with(
        &self,
        message: &Message<'_>,
        brand: &Brand,
        language: &str,
        to: &str,
        details: &Details<'_>,
    ) -> Result<Mail, ComposeError> {
        let to = Address::parse(to)?;
        message.check()?;
        details.check()?;
        let order = Order {
            message,
            brand,
            details,
        };
        let unfit = ComposeError::Unfit(message.kind());
        let desk = self.desk(language).ok_or_else(|| unfit.clone())?;
        let draft = desk.write(&order, to)?;
        // A template may do one thing with the samples of the build, and another with these values.
        inspect(&draft, &order, &self.inner.links).map_err(|flaw| match flaw {
            Flaw::TooLarge(bytes) => ComposeError::TooLarge {
                kind: message.kind(),
                bytes,
            },
            // The other flaws quote the mail.
            _ => unfit,
        })?;
        Ok(draft.mail)
    }

    /// The subject of a [`Message::SetUp`], for the page that says which mail to look for.
    ///
    /// # Errors
    ///
    /// [`ComposeError::Text`] if the text does not fit the tenant's name.
    pub fn set_up_subject(&self, brand: &Brand, language: &str) -> Result<String, ComposeError> {
        let desk = self.desk(language);
        let desk = desk.ok_or(ComposeError::Unfit("set_up"))?;
        let subject = desk.subject(SET_UP_TEXTS, brand);
        subject.map_err(|error| ComposeError::Text(error.name))
    }

    fn desk(&self, tag: &str) -> Option<&Arc<Desk>> {
        let desks = &self.inner.desks;
        match self.inner.languages.find(tag) {
            Some(words) => desks.iter().find(|desk| Arc::ptr_eq(desk.words(), words)),
            None => desks.get(self.inner.fallback),
        }
    }
}

impl fmt::Debug for Composer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.languages.fmt(f)
    }
}
