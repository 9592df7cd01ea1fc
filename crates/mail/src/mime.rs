//! A mail as RFC 5322 bytes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, UNIX_EPOCH};

use lettre::address::Envelope;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MessageId,
};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};

use crate::address::{Address, AddressError};
use crate::header;
use crate::mail::Mail;
use crate::message::LAST_SECOND;

/// The address that mail is sent from. Its domain also names the messages.
///
/// The display name beside it is the tenant's, from [`Mail::sender_name`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Address);

impl Sender {
    /// Checks and keeps the address.
    ///
    /// ```
    /// use slotwerk_mail::Sender;
    ///
    /// assert_eq!(Sender::new("no-reply@noord.example")?.address().domain(), "noord.example");
    /// assert!(Sender::new("Noord <no-reply@noord.example>").is_err());
    /// # Ok::<(), slotwerk_mail::AddressError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AddressError`] as for [`Address::parse`].
    pub fn new(address: &str) -> Result<Self, AddressError> {
        Address::parse(address).map(Self)
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.0
    }
}

/// Why a message could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MimeError {
    /// The message's name is not 1 to 64 letters, digits, dots, hyphens and underscores.
    #[error("a message is named by 1 to 64 letters, digits, dots, hyphens and underscores")]
    MessageId,
    /// The date lies after the year 9998.
    #[error("the date is after the year 9998")]
    Date,
    /// The writer refused an address or a part.
    #[error("the message could not be written")]
    Message,
}

impl Mail {
    /// The whole message, headers and all, lines ended by CRLF: ready for SMTP or for an `.eml` file.
    ///
    /// `multipart/alternative` of the text and a `multipart/related` of the HTML and its pictures.
    /// `Auto-Submitted: auto-generated` (RFC 3834) keeps holiday replies away.
    ///
    /// `message_id` is the part of the Message-ID before the `@`; the sender's domain follows it. With
    /// `None` it is derived from the mail and the date, so that the same mail of the same second, sent
    /// twice, is recognised as one. `date` is in seconds since the Unix epoch.
    ///
    /// The bytes are as secret as the mail.
    ///
    /// ```
    /// use slotwerk_mail::{Brand, Composer, Message, Sender};
    ///
    /// let brand = Brand::new("Arbodienst Noord", "#0b6e4f")?;
    /// let message = Message::PasswordChanged { account_name: "anna", when: None };
    /// let mail = Composer::new()?.compose(&message, &brand, "en", "anna@example.nl")?;
    /// let from = Sender::new("no-reply@noord.example")?;
    /// let bytes = mail.to_mime(&from, Some("a1"), 1_772_546_700)?;
    /// let text = String::from_utf8(bytes)?;
    /// assert!(text.contains("\r\nMessage-ID: <a1@noord.example>\r\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`MimeError::MessageId`] and [`MimeError::Date`] for values out of range.
    pub fn to_mime(
        &self,
        from: &Sender,
        message_id: Option<&str>,
        date: u64,
    ) -> Result<Vec<u8>, MimeError> {
        self.to_message(from, message_id, date)
            .map(|message| message.formatted())
    }

    pub(crate) fn to_message(
        &self,
        from: &Sender,
        message_id: Option<&str>,
        date: u64,
    ) -> Result<lettre::Message, MimeError> {
        if date > LAST_SECOND {
            return Err(MimeError::Date);
        }
        let name = match message_id {
            Some(name) => checked_name(name)?.to_owned(),
            None => self.derived_name(date),
        };
        let id = format!("<{name}@{}>", from.0.domain());
        let (sender, recipient) = (mailbox(None, &from.0), mailbox(None, self.to()));
        let envelope = Envelope::new(Some(sender.email), vec![recipient.email.clone()])
            .map_err(|_| MimeError::Message)?;
        let mut builder = lettre::Message::builder()
            .envelope(envelope)
            .from(mailbox(Some(self.sender_name()), &from.0))
            .to(recipient)
            .raw_header(header::subject(self.subject()).map_err(|_| MimeError::Message)?)
            .date(UNIX_EPOCH + Duration::from_secs(date))
            .header(MessageId::from(id));
        if let Some(address) = self.reply_to() {
            builder = builder.reply_to(mailbox(None, address));
        }
        for (header, value) in [
            ("Auto-Submitted", "auto-generated"),
            ("Content-Language", self.language()),
        ] {
            let header = HeaderName::new_from_ascii_str(header);
            builder = builder.raw_header(HeaderValue::new(header, value.to_owned()));
        }
        builder
            .multipart(self.parts(&self.derived_name(date))?)
            .map_err(|_| MimeError::Message)
    }

    /// `boundary` stands in no part, being a hash of them; a random one would make each call's bytes differ.
    fn parts(&self, boundary: &str) -> Result<MultiPart, MimeError> {
        let text = text_part(ContentType::TEXT_PLAIN, self.text())?;
        let html = text_part(ContentType::TEXT_HTML, self.html())?;
        let alternative = MultiPart::alternative()
            .boundary(format!("alternative-{boundary}"))
            .singlepart(text);
        if self.inline_images().is_empty() {
            return Ok(alternative.singlepart(html));
        }
        let png = ContentType::parse("image/png").map_err(|_| MimeError::Message)?;
        let mut related = MultiPart::related()
            .boundary(format!("related-{boundary}"))
            .singlepart(html);
        for image in self.inline_images() {
            let name = String::from("qr.png");
            let part = Attachment::new_inline_with_name(image.content_id().to_owned(), name)
                .body(image.png().to_vec(), png.clone());
            related = related.singlepart(part);
        }
        Ok(alternative.multipart(related))
    }

    /// The same for the same mail at the same second, and not a secret's only cover: what is hashed holds a token or a set-up code of 128 bits and more,
    /// or nothing that is secret.
    fn derived_name(&self, date: u64) -> String {
        let [first, second] = [1_u8, 2].map(|half| {
            let mut hasher = DefaultHasher::new();
            (half, date, self.to(), self.subject(), self.html()).hash(&mut hasher);
            hasher.finish()
        });
        format!("{first:016x}{second:016x}")
    }
}

fn checked_name(name: &str) -> Result<&str, MimeError> {
    let fits = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && name.split('.').all(|atom| !atom.is_empty());
    if fits {
        Ok(name)
    } else {
        Err(MimeError::MessageId)
    }
}

/// [`Address`] is stricter than the writer's own check, apart from the underscore in a domain.
fn mailbox(name: Option<&str>, address: &Address) -> Mailbox {
    let email = lettre::Address::new_dangerous(address.local_part(), address.domain());
    Mailbox::new(name.map(str::to_owned), email)
}

/// As it stands where every server can carry that, and as quoted-printable where not. Never 8bit: a
/// server on the way may lack it.
fn text_part(content_type: ContentType, text: &str) -> Result<SinglePart, MimeError> {
    // RFC 5322, section 2.1.1. The writer's own limit is 76 octets, and past it quoted-printable would
    // turn each of the many `=` in a table into three octets.
    let fits = text.is_ascii() && text.lines().all(|line| line.len() <= 998);
    let body = if fits {
        let lines: String = text.lines().flat_map(|line| [line, "\r\n"]).collect();
        Body::dangerous_pre_encoded(lines.into_bytes(), ContentTransferEncoding::SevenBit)
    } else {
        Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable)
            .map_err(|_| MimeError::Message)?
    };
    Ok(SinglePart::builder().header(content_type).body(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::largest;
    use crate::{Composer, samples};

    #[test]
    fn no_message_is_longer_than_was_reckoned() {
        let sender = Sender::new("no-reply@mail.example").unwrap();
        let composer = Composer::new().unwrap();
        let long = "é".repeat(60);
        let brands = samples::brands().unwrap();
        for brand in brands.map(|brand| brand.with_sender_name(&long).unwrap()) {
            for message in samples::messages(true) {
                let to = samples::RECIPIENT;
                let mail = composer.compose(&message, &brand, "nl", to).unwrap();
                let bytes = mail.to_mime(&sender, None, 0).unwrap().len();
                let reckoned = largest(&mail);
                assert!(bytes <= reckoned, "{bytes} {reckoned}");
                // Nor is it much shorter, or ordinary mails would be refused.
                assert!(reckoned < bytes + bytes / 10 + 4_000, "{bytes} {reckoned}");
            }
        }
    }
}
