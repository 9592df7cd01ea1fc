//! From a message and a brand to a mail.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use fluent_bundle::FluentArgs;
use minijinja::{Environment, Value, context};
use slotwerk_qr::{Level, Symbol};
use zeroize::Zeroizing;

use crate::address::{Address, AddressError};
use crate::brand::{Brand, NameError};
use crate::colour::Colour;
use crate::mail::{InlineImage, Mail};
use crate::message::{Message, check_link};
use crate::templates;
use crate::texts::{Language, TextError, Texts};
use crate::wording;

/// Width in pixels that a QR symbol gets at most: fits a window of 320 pixels with its margins.
const QR_PX: usize = 248;
/// The widest symbol, in modules, that is drawn at level M; above it the table would grow too large.
const WIDEST_AT_M: usize = 57;
/// Stands in for the support contact while the sentence around it is cut in two.
const PLACEHOLDER: &str = "\u{FFFC}";

/// Writes mails. Make one and keep it: it holds the parsed texts and templates.
pub struct Composer {
    dutch: Desk,
    english: Desk,
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
    /// The validity: 1 second to 7 days.
    #[error("the validity is outside 1 second to 7 days")]
    ValidFor,
    /// The set-up code: groups of Base32 characters divided by single spaces, at most 160 bytes.
    #[error("the set-up code is refused")]
    SetUpCode,
    /// The URI: starts with `otpauth://totp/`, at most 400 bytes.
    #[error("the otpauth URI is refused")]
    OtpauthUri,
    /// The moment: the years 1970 to 9999.
    #[error("the moment is after the year 9999")]
    When,
    /// A built-in text or template is at fault; says which.
    #[error("the built-in text or template {0} is at fault")]
    BuiltIn(String),
}

/// What it takes to write in one language.
struct Desk {
    language: Language,
    texts: Arc<Texts>,
    templates: Environment<'static>,
}

/// The set-up mail's symbol in both of its forms.
struct QrForms {
    image: InlineImage,
    table: Zeroizing<String>,
    px: usize,
}

impl Composer {
    /// Parses texts and templates, which takes a few milliseconds.
    ///
    /// # Errors
    ///
    /// [`ComposeError::BuiltIn`] if one of them is broken, which the tests of this crate rule out.
    pub fn new() -> Result<Self, ComposeError> {
        Ok(Self {
            dutch: Desk::new(Language::Dutch)?,
            english: Desk::new(Language::English)?,
        })
    }

    /// Writes `message` to `to`, in the tenant's name.
    ///
    /// `language` is a BCP 47 tag; Dutch for `nl` and its regions, English for all else
    /// ([`Language::from_tag`]).
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
        self.write(message, brand, language, to, None)
    }

    /// The same with a link "this was not me", for the person who did not do what the mail is about.
    ///
    /// The mail says what the link is for: that of a [`Message::ResetLink`] ends the mailed links, that of
    /// any other message locks the account. Like the link of a reset it is secret, and opening it must
    /// change nothing: mail scanners open links, too.
    ///
    /// # Errors
    ///
    /// As [`compose`](Self::compose); [`ComposeError::Link`] for this link, too.
    pub fn compose_reportable(
        &self,
        message: &Message<'_>,
        brand: &Brand,
        language: &str,
        to: &str,
        not_me: &str,
    ) -> Result<Mail, ComposeError> {
        check_link(not_me)?;
        self.write(message, brand, language, to, Some(not_me))
    }

    fn write(
        &self,
        message: &Message<'_>,
        brand: &Brand,
        language: &str,
        to: &str,
        not_me: Option<&str>,
    ) -> Result<Mail, ComposeError> {
        let to = Address::parse(to)?;
        message.check()?;
        let desk = match Language::from_tag(language) {
            Language::Dutch => &self.dutch,
            Language::English => &self.english,
        };
        desk.write(message, brand, to, not_me)
    }
}

impl std::fmt::Debug for Composer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Composer")
    }
}

impl Desk {
    fn new(language: Language) -> Result<Self, ComposeError> {
        let texts = Arc::new(Texts::new(language)?);
        let templates =
            templates::environment(Arc::clone(&texts)).map_err(|error| built_in(&error))?;
        Ok(Self {
            language,
            texts,
            templates,
        })
    }

    fn write(
        &self,
        message: &Message<'_>,
        brand: &Brand,
        to: Address,
        not_me: Option<&str>,
    ) -> Result<Mail, ComposeError> {
        let symbol = match message {
            Message::SetUp { otpauth_uri, .. } => Some(self.qr_forms(otpauth_uri)?),
            _ => None,
        };
        let subject = self.line(message, "subject", brand)?;
        let not_me = match not_me {
            Some(link) => Some(context! { link, line => self.text(message.not_me_text(), &[])? }),
            None => None,
        };
        let shared = self.values(message, brand, &subject, symbol.as_ref())?;
        let values = context! { not_me, ..shared };
        let text = self.render(message, "txt", &values)?;
        let html = self.render(message, "html", &values)?;
        Ok(Mail {
            to,
            sender_name: brand.sender_name().to_owned(),
            reply_to: brand.support_address(),
            kind: message.kind(),
            language: self.language,
            subject,
            text,
            html,
            images: symbol.map(|symbol| symbol.image).into_iter().collect(),
        })
    }

    /// Everything a template may name; those of another message stay undefined, and naming them fails.
    fn values(
        &self,
        message: &Message<'_>,
        brand: &Brand,
        subject: &str,
        symbol: Option<&QrForms>,
    ) -> Result<Value, ComposeError> {
        let support_line = self.text("support-line", &[("contact", PLACEHOLDER)])?;
        let shared = context! {
            language => self.language.tag(),
            subject,
            preview => self.preview(message)?,
            title => self.line(message, "title", brand)?,
            not_you => self.line(message, "not-you", brand)?,
            support_line => support_line.split(PLACEHOLDER).map(str::to_owned).collect::<Vec<_>>(),
            brand => brand_values(brand),
            account_name => message.account_name(),
            facts_rows => self.facts(message)?,
        };
        let own = match *message {
            Message::ResetLink {
                link, valid_for, ..
            } => context! { link, duration => wording::duration(&self.texts, valid_for)? },
            Message::SetUp {
                issuer,
                secret_grouped,
                ..
            } => context! {
                issuer,
                secret_grouped,
                content_id => symbol.map(|symbol| symbol.image.content_id()),
                qr_px => symbol.map(|symbol| symbol.px),
                qr_table => symbol.map(|symbol| Value::from_safe_string(symbol.table.to_string())),
            },
            _ => self.notice_values(message)?,
        };
        Ok(context! { ..own, ..shared })
    }

    /// What a mail consists of that tells of something that has happened.
    fn notice_values(&self, message: &Message<'_>) -> Result<Value, ComposeError> {
        let prefix = message.text_prefix();
        let highlight = match *message {
            Message::RecoveryCodeUsed { remaining, .. } => {
                let mut args = FluentArgs::new();
                args.set("remaining", remaining);
                Some(self.texts.get("recovery-remaining", &args)?)
            }
            _ => None,
        };
        Ok(context! {
            intro => self.text(&format!("{prefix}-intro"), &[])?,
            highlight,
            next => self.text(&format!("{prefix}-next"), &[])?,
        })
    }

    /// What a mail client shows beside the subject.
    fn preview(&self, message: &Message<'_>) -> Result<String, ComposeError> {
        let key = format!("{}-preview", message.text_prefix());
        match message {
            Message::ResetLink { valid_for, .. } => {
                let duration = wording::duration(&self.texts, *valid_for)?;
                self.text(&key, &[("duration", &duration)])
            }
            _ => self.text(&key, &[]),
        }
    }

    fn facts(&self, message: &Message<'_>) -> Result<Vec<[String; 2]>, ComposeError> {
        let name = self.text("label-user-name", &[])?;
        let mut rows = vec![[name, message.account_name().to_owned()]];
        if let Some(authenticator) = message.authenticator() {
            let label = match message {
                Message::AuthenticatorReplaced { .. } => "label-new-authenticator",
                _ => "label-authenticator",
            };
            rows.push([self.text(label, &[])?, authenticator.to_owned()]);
        }
        if let Some(when) = message.when() {
            let moment = wording::moment(&self.texts, when)?;
            rows.push([self.text("label-time", &[])?, moment]);
        }
        Ok(rows)
    }

    /// One of the texts that every mail has.
    fn line(
        &self,
        message: &Message<'_>,
        part: &str,
        brand: &Brand,
    ) -> Result<String, ComposeError> {
        let key = format!("{}-{part}", message.text_prefix());
        self.text(&key, &[("tenant", brand.name())])
    }

    fn text(&self, key: &str, arguments: &[(&str, &str)]) -> Result<String, ComposeError> {
        let mut args = FluentArgs::new();
        for &(name, value) in arguments {
            args.set(name, value);
        }
        Ok(self.texts.get(key, &args)?)
    }

    fn render(
        &self,
        message: &Message<'_>,
        extension: &str,
        values: &Value,
    ) -> Result<Zeroizing<String>, ComposeError> {
        let name = format!("{}.{extension}", message.kind());
        self.templates
            .get_template(&name)
            .and_then(|template| template.render(values))
            .map(|mut page| {
                page.push('\n');
                Zeroizing::new(page)
            })
            .map_err(|error| built_in(&error))
    }

    fn qr_forms(&self, uri: &str) -> Result<QrForms, ComposeError> {
        let refused = |_| ComposeError::OtpauthUri;
        let mut symbol = Symbol::encode(uri, Level::M).map_err(refused)?;
        if symbol.width() > WIDEST_AT_M {
            // On a screen nothing gets dirty: a smaller symbol is worth more than its correction.
            symbol = Symbol::encode(uri, Level::L).map_err(refused)?;
        }
        let side = symbol.width_with_quiet_zone();
        let module_px = (QR_PX / side).clamp(2, 6);
        let label = self.text("setup-picture", &[])?;
        let table = symbol
            .html_table_labelled(u32::try_from(module_px).unwrap_or(2), &label)
            .map(Zeroizing::new)
            .map_err(refused)?;
        // Twice the size at which it is shown, for screens with fine pixels.
        let png = symbol
            .png(u32::try_from(module_px * 2).unwrap_or(4))
            .map_err(refused)?;
        let content_id = content_id(&png);
        Ok(QrForms {
            image: InlineImage { content_id, png },
            table,
            px: side * module_px,
        })
    }
}

/// Differs whenever the picture does: some clients keep pictures by their Content-ID across mails, and
/// would show the symbol of an earlier set-up.
fn content_id(png: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    png.hash(&mut hasher);
    format!("qr-{:016x}@slotwerk", hasher.finish())
}

fn brand_values(brand: &Brand) -> Value {
    let colour = brand.colour();
    // On the white card: the brand's colour for a link if it can be read there, and a border for a
    // button that would hardly stand out.
    let link = if colour.contrast(Colour::WHITE) >= 4.5 {
        colour.to_hex()
    } else {
        String::from("#1d4ed8")
    };
    let edge = if colour.contrast(Colour::WHITE) >= 3.0 {
        colour.to_hex()
    } else {
        String::from("#6b7280")
    };
    context! {
        name => brand.name(),
        colour => colour.to_hex(),
        text_colour => colour.readable_text().to_hex(),
        link_colour => link,
        edge_colour => edge,
        support => brand.support(),
        support_href => brand.support_href(),
    }
}

impl From<TextError> for ComposeError {
    fn from(error: TextError) -> Self {
        Self::BuiltIn(error.0)
    }
}

fn built_in(error: &minijinja::Error) -> ComposeError {
    ComposeError::BuiltIn(error.name().unwrap_or("templates").to_owned())
}
