//! Writes the mails of one language.

use std::sync::Arc;

use minijinja::{Environment, Value, context};
use slotwerk_words::{TextError, Words};
use zeroize::Zeroizing;

use crate::address::Address;
use crate::app_links::AppLinks;
use crate::brand::Brand;
use crate::colour::Colour;
use crate::compose::ComposeError;
use crate::compose::Details;
use crate::engine::Sources;
use crate::mail::Mail;
use crate::message::Message;
use crate::origin::Origin;
use crate::qr::QrForms;
use crate::report::ReportLink;
use crate::template::Format;
use crate::wording;

/// Stands in for the support contact while the sentence around it is cut in two.
const PLACEHOLDER: &str = "\u{FFFC}";

/// What it takes to write in one language.
pub(crate) struct Desk {
    words: Arc<Words>,
    html: Environment<'static>,
    text: Environment<'static>,
}

/// A mail to write.
pub(crate) struct Order<'a> {
    pub(crate) message: &'a Message<'a>,
    pub(crate) brand: &'a Brand,
    pub(crate) details: &'a Details<'a>,
}

/// A mail, with the table of its QR symbol if it has one.
pub(crate) struct Draft {
    pub(crate) mail: Mail,
    pub(crate) qr_table: Option<Zeroizing<String>>,
}

/// Why a mail could not be written: the fault of a text or template, or of a value.
pub(crate) enum Unwritten {
    Text(TextError),
    Template(minijinja::Error),
    Uri,
}

impl Desk {
    pub(crate) fn new(words: Arc<Words>, sources: &Sources) -> Result<Self, minijinja::Error> {
        Ok(Self {
            html: sources.engine(Format::Html, &words)?,
            text: sources.engine(Format::Text, &words)?,
            words,
        })
    }

    pub(crate) fn words(&self) -> &Arc<Words> {
        &self.words
    }

    /// Writes a mail whose values have been checked.
    pub(crate) fn write(&self, order: &Order<'_>, to: Address) -> Result<Draft, Unwritten> {
        let Order {
            message,
            brand,
            details,
        } = *order;
        let symbol = match message {
            Message::SetUp { otpauth_uri, .. } => {
                let label = self.words.text("setup-picture", &[])?;
                Some(QrForms::draw(otpauth_uri, &label).map_err(|_| Unwritten::Uri)?)
            }
            _ => None,
        };
        let subject = self.subject(message.text_prefix(), brand)?;
        let not_me = match details.not_me {
            Some(ReportLink { link, valid_for }) => {
                let line = self.words.text(message.not_me_text(), &[])?;
                let duration = wording::duration(&self.words, valid_for)?;
                let args = [("duration", duration.into())];
                let validity = self.words.text("not-me-validity", &args)?;
                Some(context! { link, line, validity })
            }
            None => None,
        };
        let shared = self.values(order, &subject, symbol.as_ref())?;
        let values = context! { not_me, ..shared };
        let text = render(&self.text, message, &values)?;
        let html = render(&self.html, message, &values)?;
        let (images, qr_table) = match symbol {
            Some(symbol) => (vec![symbol.image], Some(symbol.table)),
            None => (Vec::new(), None),
        };
        let mail = Mail {
            to,
            sender_name: brand.sender_name().to_owned(),
            reply_to: brand.support_address(),
            kind: message.kind(),
            language: self.words.tag().to_owned(),
            subject,
            text,
            html,
            images,
        };
        Ok(Draft { mail, qr_table })
    }

    /// Everything a template may name; those of another message stay undefined, and naming them fails.
    fn values(
        &self,
        order: &Order<'_>,
        subject: &str,
        symbol: Option<&QrForms>,
    ) -> Result<Value, TextError> {
        let Order { message, brand, .. } = *order;
        let own = match *message {
            Message::ResetLink {
                link, valid_for, ..
            }
            | Message::Invitation {
                link, valid_for, ..
            } => context! { link, duration => wording::duration(&self.words, valid_for)? },
            Message::SetUp {
                issuer,
                secret_grouped,
                valid_for,
                page,
                ..
            } => context! {
                issuer,
                page,
                app => brand.authenticator_app().map(app_values),
                secret_grouped,
                duration => wording::duration(&self.words, valid_for)?,
                content_id => symbol.map(|symbol| symbol.image.content_id()),
                qr_px => symbol.map(|symbol| symbol.px),
                qr_table => symbol.map(|symbol| Value::from_safe_string(symbol.table.to_string())),
            },
            _ => self.notice_values(message)?,
        };
        let shared = context! {
            language => self.words.tag(),
            subject,
            preview => self.preview(message)?,
            title => self.of(message, "title")?,
            not_you => self.of(message, "not-you")?,
            support_line => self.around_support()?,
            brand => brand_values(brand),
            account_name => message.account_name(),
            facts_rows => self.facts(order)?,
        };
        Ok(context! { ..own, ..shared })
    }

    /// What a mail consists of that tells of something that has happened.
    fn notice_values(&self, message: &Message<'_>) -> Result<Value, TextError> {
        let highlight = match *message {
            Message::RecoveryCodeUsed { remaining, .. } => {
                let args = [("remaining", remaining.into())];
                Some(self.words.text("recovery-remaining", &args)?)
            }
            Message::AuthenticatorRemoved { last: true, .. } => {
                Some(self.words.text("removed-last", &[])?)
            }
            _ => None,
        };
        Ok(context! {
            intro => self.of(message, "intro")?,
            highlight,
            next => self.of(message, "next")?,
        })
    }

    /// What a mail client shows beside the subject.
    fn preview(&self, message: &Message<'_>) -> Result<String, TextError> {
        match message {
            Message::ResetLink { valid_for, .. } | Message::Invitation { valid_for, .. } => {
                let duration = wording::duration(&self.words, *valid_for)?;
                let key = format!("{}-preview", message.text_prefix());
                wording::line(&self.words, &key, "duration", &duration)
            }
            _ => self.of(message, "preview"),
        }
    }

    /// The words before and after the support contact.
    fn around_support(&self) -> Result<[String; 2], TextError> {
        let args = [("contact", PLACEHOLDER.into())];
        let line = self.words.text("support-line", &args)?;
        match line.split(PLACEHOLDER).collect::<Vec<_>>()[..] {
            [before, after] => Ok([before.to_owned(), after.to_owned()]),
            _ => Err(TextError {
                name: "support-line".to_owned(),
            }),
        }
    }

    fn facts(&self, order: &Order<'_>) -> Result<Vec<[String; 2]>, TextError> {
        let Order { message, brand, .. } = *order;
        let label = |key: &str| self.words.text(key, &[]);
        let mut rows = vec![[label("label-user-name")?, message.account_name().to_owned()]];
        if let Some(authenticator) = message.authenticator() {
            let label = match message {
                Message::AuthenticatorReplaced { .. } => label("label-new-authenticator")?,
                _ => label("label-authenticator")?,
            };
            rows.push([label, authenticator.to_owned()]);
        }
        // Messages are checked before: no moment is too late to be told.
        if let Some(local) = message.when().and_then(|when| brand.local_time(when)) {
            rows.push([label("label-time")?, wording::moment(&self.words, &local)?]);
        }
        let origin = order.details.origin.filter(|_| message.is_notice());
        if let Some(origin) = origin {
            if let Some(device) = self.device(&origin)? {
                rows.push([label("label-device")?, device]);
            }
            let rest = [
                ("label-place", origin.place),
                ("label-network", origin.network),
            ];
            for (name, part) in rest {
                if let Some(part) = part {
                    rows.push([label(name)?, part.to_owned()]);
                }
            }
        }
        Ok(rows)
    }

    /// "Firefox on Windows", or the one that is known.
    fn device(&self, origin: &Origin<'_>) -> Result<Option<String>, TextError> {
        match (origin.browser, origin.system) {
            (Some(browser), Some(system)) => {
                let both = [("browser", browser.into()), ("system", system.into())];
                self.words.text("device", &both).map(Some)
            }
            (one, other) => Ok(one.or(other).map(str::to_owned)),
        }
    }

    /// The subject of the mail whose texts have this prefix.
    pub(crate) fn subject(&self, prefix: &str, brand: &Brand) -> Result<String, TextError> {
        let key = format!("{prefix}-subject");
        wording::line(&self.words, &key, "tenant", brand.name())
    }

    /// One of the texts that this message has of its own.
    fn of(&self, message: &Message<'_>, part: &str) -> Result<String, TextError> {
        let key = format!("{}-{part}", message.text_prefix());
        self.words.text(&key, &[])
    }
}

fn render(
    engine: &Environment<'static>,
    message: &Message<'_>,
    values: &Value,
) -> Result<Zeroizing<String>, minijinja::Error> {
    let rendered = engine.get_template(message.kind())?.render(values)?;
    let rendered = Zeroizing::new(rendered);
    // With room from the start: text that grows into a new place leaves a copy in the old one.
    let mut page = Zeroizing::new(String::with_capacity(rendered.len() + 1));
    page.push_str(&rendered);
    page.push('\n');
    Ok(page)
}

fn app_values(app: &AppLinks) -> Value {
    context! {
        name => app.name(),
        app_store => app.app_store(),
        google_play => app.google_play(),
    }
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

impl From<TextError> for Unwritten {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl From<minijinja::Error> for Unwritten {
    fn from(error: minijinja::Error) -> Self {
        Self::Template(error)
    }
}

impl From<Unwritten> for ComposeError {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::Text(error) => Self::Text(error.name),
            Unwritten::Template(error) => {
                Self::Template(error.name().unwrap_or("templates").to_owned())
            }
            Unwritten::Uri => Self::OtpauthUri,
        }
    }
}
