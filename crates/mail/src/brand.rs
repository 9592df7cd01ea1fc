//! How a tenant presents itself in its mail.

use slotwerk_words::is_forbidden;

use crate::address::Address;
use crate::app_links::AppLinks;
use crate::colour::{Colour, ColourError};
use crate::logo::Logo;
use crate::zone::{LocalTime, TimeZone};

/// A tenant's name, colour, support contact, time zone and the name its mail comes from.
///
/// ```
/// use slotwerk_mail::Brand;
///
/// let brand = Brand::new("Arbodienst Noord", "#0b6e4f")?
///     .with_support("hulp@noord.example")?
///     .with_sender_name("Noord, afdeling toegang")?
///     .with_time_zone("Europe/Amsterdam")?;
/// assert_eq!(brand.colour().readable_text().to_hex(), "#ffffff");
/// # Ok::<(), slotwerk_mail::BrandError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    name: String,
    colour: Colour,
    support: Option<String>,
    sender_name: String,
    time_zone: TimeZone,
    authenticator_app: Option<AppLinks>,
    logo: Option<Logo>,
    coloured_codes: bool,
}

/// Why a brand was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrandError {
    /// The tenant's name.
    #[error("the tenant's name is refused: {0}")]
    Name(#[source] NameError),
    /// The name of the sender.
    #[error("the sender's name is refused: {0}")]
    SenderName(#[source] NameError),
    /// The time zone: the IANA database has none of this name.
    #[error("there is no such time zone in the IANA database")]
    TimeZone,
    /// The support contact.
    #[error("the support contact is refused: {0}")]
    Support(#[source] NameError),
    /// The colour.
    #[error(transparent)]
    Colour(#[from] ColourError),
}

/// Why a name or another short text was refused. Does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing, or only white space.
    #[error("it is empty")]
    Empty,
    /// Longer than allowed.
    #[error("it is longer than {max} bytes")]
    TooLong {
        /// The most bytes of UTF-8 that are allowed.
        max: usize,
    },
    /// More characters than allowed.
    #[error("it is longer than {max} characters")]
    TooManyCharacters {
        /// The most characters (Unicode code points) that are allowed.
        max: usize,
    },
    /// A control character (CR, LF, NUL and the like), a line separator, a character that changes the
    /// direction of the text around it, or one of Unicode's noncharacters.
    #[error("it holds a control character or one that changes the direction of text")]
    Forbidden,
}

impl Brand {
    /// The longest name of a tenant and of a sender, in bytes of UTF-8.
    pub const MAX_NAME_BYTES: usize = 128;

    /// The longest support contact, in bytes of UTF-8.
    pub const MAX_SUPPORT_BYTES: usize = 200;

    /// A brand without a support contact, whose mail comes from `name` and tells times in UTC.
    ///
    /// The mails ask people to let you know when something was not their doing: set a contact with
    /// [`with_support`](Self::with_support), for them to do so.
    ///
    /// # Errors
    ///
    /// [`BrandError`] unless `name` is 1 to 128 bytes without control characters, and `colour` is
    /// written `#rrggbb`.
    pub fn new(name: &str, colour: &str) -> Result<Self, BrandError> {
        check_name(name, Self::MAX_NAME_BYTES).map_err(BrandError::Name)?;
        Ok(Self {
            name: name.to_owned(),
            colour: Colour::parse(colour)?,
            support: None,
            sender_name: name.to_owned(),
            time_zone: TimeZone::UTC,
            authenticator_app: Some(AppLinks::default()),
            logo: None,
            coloured_codes: false,
        })
    }

    /// Where people get help: a mail address, an https address, or other text such as a telephone number.
    ///
    /// A mail or https address becomes a link, and a mail address also receives the replies.
    ///
    /// # Errors
    ///
    /// [`BrandError::Support`] unless it is 1 to 200 bytes without control characters.
    pub fn with_support(mut self, contact: &str) -> Result<Self, BrandError> {
        check_name(contact, Self::MAX_SUPPORT_BYTES).map_err(BrandError::Support)?;
        self.support = Some(contact.to_owned());
        Ok(self)
    }

    /// Another display name for the From header than the tenant's name.
    ///
    /// # Errors
    ///
    /// [`BrandError::SenderName`] unless it is 1 to 128 bytes without control characters.
    pub fn with_sender_name(mut self, name: &str) -> Result<Self, BrandError> {
        check_name(name, Self::MAX_NAME_BYTES).map_err(BrandError::SenderName)?;
        self.sender_name = name.to_owned();
        Ok(self)
    }

    /// The zone whose clock the mail goes by, as the IANA database calls it: `Europe/Amsterdam`. A person who
    /// reads "your password was changed at 14:05" compares that with the clock on the wall.
    ///
    /// The database is the one this crate was built with; nothing is read from the machine.
    ///
    /// # Errors
    ///
    /// [`BrandError::TimeZone`] if there is no zone of this name.
    pub fn with_time_zone(mut self, name: &str) -> Result<Self, BrandError> {
        self.time_zone = TimeZone::named(name).ok_or(BrandError::TimeZone)?;
        Ok(self)
    }

    /// Another authenticator app than the [default](AppLinks::default) for people to download.
    #[must_use]
    pub fn with_authenticator_app(mut self, app: AppLinks) -> Self {
        self.authenticator_app = Some(app);
        self
    }

    /// Suggests no authenticator app: pages and mails name the stores, without links.
    #[must_use]
    pub fn without_authenticator_app(mut self) -> Self {
        self.authenticator_app = None;
        self
    }

    /// A logo for the pages.
    #[must_use]
    pub fn with_logo(mut self, logo: Logo) -> Self {
        self.logo = Some(logo);
        self
    }

    /// Whether the QR codes on the pages are in the tenant's colour, darkened until its contrast with white is at least
    /// 4.5. Default: black. Codes in mails stay black: some programs change colours in their dark mode.
    #[must_use]
    pub fn with_coloured_codes(mut self, coloured: bool) -> Self {
        self.coloured_codes = coloured;
        self
    }

    /// What the tenant's clock shows so many seconds after the Unix epoch; `None` after the year 9999.
    ///
    /// ```
    /// let brand = slotwerk_mail::Brand::new("Noord", "#0b6e4f")?.with_time_zone("Europe/Amsterdam")?;
    /// let local = brand.local_time(1_772_546_700).ok_or("after the year 9999")?;
    /// assert_eq!((local.hour, local.minute, local.zone.as_str()), (15, 5, "CET"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn local_time(&self, unix_seconds: u64) -> Option<LocalTime> {
        self.time_zone.local_time(unix_seconds)
    }

    /// The tenant's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tenant's colour.
    #[must_use]
    pub fn colour(&self) -> Colour {
        self.colour
    }

    /// Where people get help.
    #[must_use]
    pub fn support(&self) -> Option<&str> {
        self.support.as_deref()
    }

    /// The display name of the sender.
    #[must_use]
    pub fn sender_name(&self) -> &str {
        &self.sender_name
    }

    /// The authenticator app that people can download, if the tenant suggests one.
    #[must_use]
    pub fn authenticator_app(&self) -> Option<&AppLinks> {
        self.authenticator_app.as_ref()
    }

    /// Whether the QR codes on the pages are in the tenant's colour.
    #[must_use]
    pub fn coloured_codes(&self) -> bool {
        self.coloured_codes
    }

    /// The logo for the pages.
    #[must_use]
    pub fn logo(&self) -> Option<&Logo> {
        self.logo.as_ref()
    }

    /// The support contact, if it is a mail address.
    #[must_use]
    pub fn support_address(&self) -> Option<Address> {
        Address::parse(self.support()?).ok()
    }

    /// The support contact, if it is an https address.
    #[must_use]
    pub fn support_page(&self) -> Option<&str> {
        let is_link = |text: &&str| {
            text.starts_with("https://") && text.bytes().all(|b| b.is_ascii_graphic())
        };
        self.support().filter(is_link)
    }

    /// What a click on the support contact opens, if anything.
    pub(crate) fn support_href(&self) -> Option<String> {
        match self.support_address() {
            Some(address) => Some(format!("mailto:{}", escape_mailto(address.as_str()))),
            None => self.support_page().map(str::to_owned),
        }
    }
}

/// An address holds a few characters that mean something in a mailto URI (RFC 6068, section 2).
fn escape_mailto(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '%' => out.push_str("%25"),
            '?' => out.push_str("%3F"),
            '&' => out.push_str("%26"),
            '#' => out.push_str("%23"),
            '/' => out.push_str("%2F"),
            '`' => out.push_str("%60"),
            '^' => out.push_str("%5E"),
            '{' => out.push_str("%7B"),
            '|' => out.push_str("%7C"),
            '}' => out.push_str("%7D"),
            c => out.push(c),
        }
    }
    out
}

/// Whether `text` may stand in a header and in the running text of a mail.
pub(crate) fn check_name(text: &str, max: usize) -> Result<(), NameError> {
    if text.len() > max {
        return Err(NameError::TooLong { max });
    }
    if text.chars().any(is_forbidden) {
        return Err(NameError::Forbidden);
    }
    if text.trim().is_empty() {
        return Err(NameError::Empty);
    }
    Ok(())
}
