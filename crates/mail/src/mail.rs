//! A composed mail.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::address::Address;

/// A mail that is ready to send: made by [`Composer::compose`](crate::Composer::compose) only.
///
/// Its parts may hold a reset link or a set-up code. They are wiped on drop, and `Debug` leaves them out.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Mail {
    #[zeroize(skip)]
    pub(crate) to: Address,
    pub(crate) sender_name: String,
    #[zeroize(skip)]
    pub(crate) reply_to: Option<Address>,
    #[zeroize(skip)]
    pub(crate) kind: &'static str,
    pub(crate) language: String,
    pub(crate) subject: String,
    pub(crate) text: Zeroizing<String>,
    pub(crate) html: Zeroizing<String>,
    pub(crate) images: Vec<InlineImage>,
}

impl Mail {
    /// Who receives it.
    #[must_use]
    pub fn to(&self) -> &Address {
        &self.to
    }

    /// The display name for the From header: the tenant's.
    #[must_use]
    pub fn sender_name(&self) -> &str {
        &self.sender_name
    }

    /// Where replies go: the tenant's support address, if it has one.
    #[must_use]
    pub fn reply_to(&self) -> Option<&Address> {
        self.reply_to.as_ref()
    }

    /// The kind of mail, as [`Message::kind`](crate::Message::kind).
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The BCP 47 tag of the language that it was written in.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// One line, without any secret or account name.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The plain text, complete by itself; lines end in a line feed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The HTML document: ASCII, refers to nothing but [`Mail::inline_images`], as `cid:` addresses.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The pictures that the HTML refers to.
    #[must_use]
    pub fn inline_images(&self) -> &[InlineImage] {
        &self.images
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("kind", &self.kind)
            .field("language", &self.language)
            .field("images", &self.images.len())
            .finish_non_exhaustive()
    }
}

/// A picture inside a mail. Wiped on drop: the QR symbol is the secret.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct InlineImage {
    pub(crate) content_id: String,
    pub(crate) png: Vec<u8>,
}

impl InlineImage {
    /// What stands after `cid:` in the HTML, and between angle brackets in the Content-ID header.
    #[must_use]
    pub fn content_id(&self) -> &str {
        &self.content_id
    }

    /// The picture as a PNG file.
    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }
}

impl fmt::Debug for InlineImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InlineImage(redacted)")
    }
}
