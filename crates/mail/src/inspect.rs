//! Looks a written mail over before it leaves, whatever the templates of a host have made of it.

use html5gum::{DefaultEmitter, Token, Tokenizer};

use crate::brand::is_forbidden;
use crate::desk::{Draft, Order};
use crate::engine::ascii_html;
use crate::mail::Mail;
use crate::message::Message;
use crate::template::Format;

/// Gmail cuts a message off at about 102 kB.
const MAX_BYTES: usize = 100_000;
/// What the headers of a message and of its parts take at most.
const HEADER_BYTES: usize = 4_000;
/// How deep comments are followed into: Outlook reads what others take for a comment.
const MAX_COMMENTS: usize = 3;

/// The elements that a mail is made of: none that loads, runs, sends or nests another document.
const ELEMENTS: &str = " html head meta title style body div span p br hr h1 h2 h3 h4 strong b em i u s \
    small sub sup blockquote pre code table caption colgroup col thead tbody tfoot tr th td ul ol li dl dt \
    dd a img center font article section header footer main ";
/// Their attributes: none that loads or runs. `href` is for `a` only, and `src` for `img`.
const ATTRIBUTES: &str = " align alt aria-hidden aria-label bgcolor border cellpadding cellspacing charset \
    class color colspan content dir face height hspace href id lang name rel role rowspan scope size span \
    src style target title type valign vspace width xml:lang xmlns xmlns:o xmlns:v ";
/// By which a style sheet loads something, runs something, or hides one of these words.
const IN_STYLES: [&str; 14] = [
    "\\",
    "//",
    "url(",
    "src(",
    "src=",
    "image(",
    "image-set(",
    "cross-fade(",
    "@import",
    "@font-face",
    "expression(",
    "behavior",
    "-moz-binding",
    "progid",
];

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

/// What is found in the HTML.
#[derive(Default)]
struct Found {
    words: String,
    targets: Vec<String>,
    pictures: Vec<String>,
}

/// Whether a mail has what it is there for, and nothing that has no place in it.
pub(crate) fn inspect(draft: &Draft, order: &Order<'_>, links: &[String]) -> Result<(), Flaw> {
    let mail = &draft.mail;
    check_characters(&mail.text, Format::Text)?;
    let found = read(&mail.html)?;
    check_characters(&found.words, Format::Html)?;

    let own = match *order.message {
        Message::ResetLink { link, .. } => Some((link, Needed::Link)),
        _ => None,
    };
    let own: Vec<_> = own
        .into_iter()
        .chain(order.not_me.map(|link| (link, Needed::NotMeLink)))
        .collect();
    let support_href = order.brand.support_href();
    for target in &found.targets {
        let known = own.iter().any(|(link, _)| link == target)
            || support_href.as_ref() == Some(target)
            || links.contains(target);
        if !known {
            return Err(Flaw::Target);
        }
    }
    for (link, what) in own {
        need(
            found.targets.iter().any(|target| target == link),
            what,
            Format::Html,
        )?;
        let apart = mail.text.split_whitespace().any(|word| word == link);
        need(apart, what, Format::Text)?;
    }
    if let Some(support) = order.brand.support() {
        let linked = support_href.is_none_or(|href| found.targets.contains(&href));
        need(
            linked && found.words.contains(support),
            Needed::Support,
            Format::Html,
        )?;
        need(mail.text.contains(support), Needed::Support, Format::Text)?;
    }
    if let Message::SetUp { secret_grouped, .. } = *order.message {
        need(
            found.words.contains(secret_grouped),
            Needed::SetUpCode,
            Format::Html,
        )?;
        need(
            mail.text.contains(secret_grouped),
            Needed::SetUpCode,
            Format::Text,
        )?;
    }
    for image in &mail.images {
        let source = format!("cid:{}", image.content_id);
        need(
            found.pictures.contains(&source),
            Needed::QrPicture,
            Format::Html,
        )?;
    }
    let is_own = |source: &String| {
        let id = source.strip_prefix("cid:");
        mail.images
            .iter()
            .any(|image| id == Some(&image.content_id))
    };
    if !found.pictures.iter().all(is_own) {
        return Err(Flaw::Picture);
    }
    if let Some(table) = &draft.qr_table {
        let table = ascii_html(table, false);
        need(mail.html.contains(&table), Needed::QrTable, Format::Html)?;
    }
    check_size(draft)
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

fn check_size(draft: &Draft) -> Result<(), Flaw> {
    let bytes = largest(&draft.mail);
    if bytes >= MAX_BYTES {
        return Err(Flaw::TooLarge(bytes));
    }
    Ok(())
}

/// As many bytes as the message can become on its way, at most.
pub(crate) fn largest(mail: &Mail) -> usize {
    let pictures: usize = mail.images.iter().map(|image| image.png.len()).sum();
    // Base64 in lines of 76.
    let pictures = (pictures / 57 + mail.images.len()) * 78;
    HEADER_BYTES + encoded(&mail.text) + encoded(&mail.html) + pictures
}

/// As it stands with CRLF, or as quoted-printable in lines of 76 where that cannot be.
fn encoded(text: &str) -> usize {
    let lines = text.lines().count();
    if text.is_ascii() && text.lines().all(|line| line.len() <= 998) {
        return text.len() + lines;
    }
    let octets: usize = text
        .bytes()
        .map(|b| {
            if b.is_ascii_graphic() && b != b'=' || b == b' ' {
                1
            } else {
                3
            }
        })
        .sum();
    octets + octets / 73 * 3
}

fn read(html: &str) -> Result<Found, Flaw> {
    let mut found = Found::default();
    read_into(html, &mut found, 0)?;
    Ok(found)
}

fn read_into(html: &str, found: &mut Found, comments: usize) -> Result<(), Flaw> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    // The element whose text is no words: `style`, or the title, which is the subject.
    let mut aside: Option<&'static str> = None;
    for token in Tokenizer::new_with_emitter(html, emitter) {
        match token.map_err(|never| match never {})? {
            Token::StartTag(tag) => {
                let name = lossy(&tag.name);
                if !is_in(ELEMENTS, &name) {
                    return Err(Flaw::Element(name));
                }
                for (attribute, value) in &tag.attributes {
                    read_attribute(&name, &lossy(attribute), lossy(value), found)?;
                }
                aside = match name.as_str() {
                    "style" => Some("style"),
                    "title" => Some("title"),
                    _ => None,
                };
            }
            Token::EndTag(_) => aside = None,
            Token::String(text) => match aside {
                Some("style") => check_style(&lossy(&text))?,
                Some(_) => {}
                // What only Outlook shows does not count.
                None if comments == 0 => found.words.push_str(&lossy(&text)),
                None => {}
            },
            Token::Comment(inner) => {
                if comments == MAX_COMMENTS {
                    return Err(Flaw::Malformed("comments within comments"));
                }
                let inner = lossy(&inner);
                // Without the condition, which may hold a `>` of its own.
                let inner = match inner.split_once("]>") {
                    Some((_, inner)) => inner,
                    None => &inner,
                };
                read_comment(inner, comments)?;
            }
            Token::Error(error) if comments == 0 => {
                return Err(Flaw::Malformed(error.value.as_str()));
            }
            Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    Ok(())
}

/// What stands in a comment must be as harmless, and is not what the mail is there for.
fn read_comment(inner: &str, comments: usize) -> Result<(), Flaw> {
    let mut elsewhere = Found::default();
    read_into(inner, &mut elsewhere, comments + 1)?;
    if elsewhere.targets.is_empty() && elsewhere.pictures.is_empty() {
        Ok(())
    } else {
        Err(Flaw::Target)
    }
}

fn read_attribute(element: &str, name: &str, value: String, found: &mut Found) -> Result<(), Flaw> {
    let fits = match name {
        "href" => element == "a",
        "src" => element == "img",
        _ => is_in(ATTRIBUTES, name),
    };
    if !fits {
        return Err(Flaw::Attribute(name.to_owned()));
    }
    match name {
        "href" => found.targets.push(value),
        "src" => found.pictures.push(value),
        "style" => check_style(&value)?,
        _ => {}
    }
    Ok(())
}

fn check_style(style: &str) -> Result<(), Flaw> {
    let style = style.to_ascii_lowercase();
    match IN_STYLES.iter().find(|&&word| style.contains(word)) {
        Some(word) => Err(Flaw::Style(word)),
        None => Ok(()),
    }
}

fn is_in(list: &str, word: &str) -> bool {
    !word.contains(' ') && list.contains(&format!(" {word} "))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
