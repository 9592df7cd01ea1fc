//! Looks a written mail over before it leaves, whatever the templates of a host have made of it.

mod markup;
mod size;

use slotwerk_words::is_forbidden;
use zeroize::Zeroizing;

use crate::desk::{Draft, Order};
use crate::engine::ascii_html;
use crate::mail::Mail;
use crate::message::Message;
use crate::template::Format;
use markup::Found;

#[cfg(test)]
pub(crate) use size::largest;

/// What is wrong with a mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// A part lacks something that it is there for.
    #[error("the {part} lacks {what}")]
    Lacks {
        /// What it lacks.
        what: Needed,
        /// Which part lacks it.
        part: Format,
    },
    /// An element that a mail may not have, since it loads, runs or sends something.
    #[error("the HTML has an element {0:?}")]
    Element(String),
    /// An attribute that a mail may not have.
    #[error("the HTML has an attribute {0:?}")]
    Attribute(String),
    /// A picture from elsewhere.
    #[error("the HTML shows a picture that is not in the mail")]
    Picture,
    /// A link that is neither one of the mail's own nor one that the host named with
    /// [`ComposerBuilder::link`](crate::ComposerBuilder::link).
    #[error("the HTML has a link that is not expected")]
    Target,
    /// A style that loads something, or an escape in one.
    #[error("a style holds {0:?}")]
    Style(&'static str),
    /// HTML that is not well formed, which readers take in different ways.
    #[error("the HTML is not well formed: {0}")]
    Malformed(&'static str),
    /// A control character, or one that changes the direction of text.
    #[error("the {0} holds a control character or one that changes the direction of text")]
    Control(Format),
    /// The subject is longer than 400 bytes.
    #[error("the subject is longer than 400 bytes")]
    Subject,
    /// The message may become 100 kB or more, with this many bytes.
    #[error("the message may become {0} bytes, and clients cut off at 100 kB")]
    TooLarge(usize),
    /// A text does not fit its values; its name.
    #[error("the text {0} does not fit its values")]
    Text(String),
    /// A template failed; what the engine says.
    #[error("a template failed: {0}")]
    Template(String),
}

/// What a mail is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Needed {
    /// The link to choose a new password.
    #[error("the link")]
    Link,
    /// The link back to the page of a set-up.
    #[error("the link to the page")]
    Page,
    /// The link "this was not me".
    #[error("the link to report the mail")]
    NotMeLink,
    /// The set-up code.
    #[error("the set-up code")]
    SetUpCode,
    /// The QR symbol as a picture.
    #[error("the picture of the QR symbol")]
    QrPicture,
    /// The QR symbol as a table.
    #[error("the table of the QR symbol")]
    QrTable,
    /// The support contact.
    #[error("the support contact")]
    Support,
}

/// Whether a mail has what it is there for, and nothing that has no place in it.
pub(crate) fn inspect(draft: &Draft, order: &Order<'_>, links: &[String]) -> Result<(), Flaw> {
    let mail = &draft.mail;
    check_characters(&mail.text, Format::Text)?;
    let found = read_html(draft)?;
    check_characters(&found.words, Format::Html)?;
    check_links(mail, &found, order, links)?;
    check_support(mail, &found, order)?;
    check_set_up_code(mail, &found, order)?;
    check_pictures(mail, &found)?;
    size::check_size(draft)
}

fn read_html(draft: &Draft) -> Result<Found, Flaw> {
    let html = &draft.mail.html;
    let (Some(table), Some(image)) = (&draft.qr_table, draft.mail.images.first()) else {
        return markup::read(html);
    };
    // The table is long and our own: what matters is that it stands whole where an element may stand.
    let stand_in = format!("<table id=\"{}\"></table>", image.content_id);
    let table = Zeroizing::new(ascii_html(table, false));
    need(html.contains(&*table), Needed::QrTable, Format::Html)?;
    let found = markup::read(&Zeroizing::new(html.replace(&*table, &stand_in)))?;
    let is_whole = found.tables.contains(&image.content_id);
    need(is_whole, Needed::QrTable, Format::Html)?;
    Ok(found)
}

/// The links that the message has are there in both parts, and in the HTML no other leads anywhere.
fn check_links(
    mail: &Mail,
    found: &Found,
    order: &Order<'_>,
    links: &[String],
) -> Result<(), Flaw> {
    let app = match *order.message {
        Message::SetUp { .. } => order.brand.authenticator_app(),
        _ => None,
    };
    let reset = match *order.message {
        Message::ResetLink { link, .. } | Message::Invitation { link, .. } => {
            Some((link, Needed::Link))
        }
        Message::SetUp {
            page: Some(page), ..
        } => Some((page, Needed::Page)),
        _ => None,
    };
    let not_me = order
        .details
        .not_me
        .map(|report| (report.link, Needed::NotMeLink));
    let own: Vec<_> = reset.into_iter().chain(not_me).collect();
    let support = order.brand.support_href();
    for target in found.targets.iter() {
        let known = own.iter().any(|(link, _)| link == target)
            || support.as_ref() == Some(target)
            || app.is_some_and(|app| [app.app_store(), app.google_play()].contains(&&**target))
            || links.contains(target);
        if !known {
            return Err(Flaw::Target);
        }
    }
    for (link, what) in own {
        let linked = found.targets.iter().any(|target| target == link);
        need(linked, what, Format::Html)?;
        let apart = mail.text.split_whitespace().any(|word| word == link);
        need(apart, what, Format::Text)?;
    }
    Ok(())
}

fn check_support(mail: &Mail, found: &Found, order: &Order<'_>) -> Result<(), Flaw> {
    let Some(support) = order.brand.support() else {
        return Ok(());
    };
    let href = order.brand.support_href();
    let linked = href.is_none_or(|href| found.targets.contains(&href));
    let named = found.words.contains(support);
    need(linked && named, Needed::Support, Format::Html)?;
    need(mail.text.contains(support), Needed::Support, Format::Text)
}

fn check_set_up_code(mail: &Mail, found: &Found, order: &Order<'_>) -> Result<(), Flaw> {
    let Message::SetUp { secret_grouped, .. } = *order.message else {
        return Ok(());
    };
    let parts = [(&*found.words, Format::Html), (&*mail.text, Format::Text)];
    for (part, format) in parts {
        need(part.contains(secret_grouped), Needed::SetUpCode, format)?;
    }
    Ok(())
}

/// Each picture of the mail is shown, and no other.
fn check_pictures(mail: &Mail, found: &Found) -> Result<(), Flaw> {
    let own: Vec<String> = mail
        .images
        .iter()
        .map(|image| format!("cid:{}", image.content_id))
        .collect();
    for source in &own {
        need(
            found.pictures.contains(source),
            Needed::QrPicture,
            Format::Html,
        )?;
    }
    if found.pictures.iter().all(|source| own.contains(source)) {
        Ok(())
    } else {
        Err(Flaw::Picture)
    }
}

fn need(is_there: bool, what: Needed, part: Format) -> Result<(), Flaw> {
    if is_there {
        Ok(())
    } else {
        Err(Flaw::Lacks { what, part })
    }
}

fn check_characters(text: &str, part: Format) -> Result<(), Flaw> {
    let forbidden = |c: char| is_forbidden(c) && c != '\n' && c != '\t';
    if text.chars().any(forbidden) {
        return Err(Flaw::Control(part));
    }
    Ok(())
}
