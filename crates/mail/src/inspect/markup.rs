//! What the HTML of a mail holds: its words, links and pictures, and none of what has no place in a mail.

use html5gum::{DefaultEmitter, Token, Tokenizer};
use zeroize::Zeroizing;

use super::Flaw;

/// How deep comments are followed into: Outlook reads what others take for a comment.
const MAX_COMMENTS: usize = 3;

/// The elements that a mail is made of: none that loads, runs, sends or nests another document.
const ELEMENTS: [&str; 52] = [
    "a",
    "article",
    "b",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "code",
    "col",
    "colgroup",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "li",
    "main",
    "meta",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "u",
    "ul",
];
/// Their attributes: none that loads or runs. Besides, `a` has `href` and `img` has `src`.
const ATTRIBUTES: [&str; 37] = [
    "align",
    "alt",
    "aria-hidden",
    "aria-label",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "charset",
    "class",
    "color",
    "colspan",
    "content",
    "dir",
    "face",
    "height",
    "hspace",
    "id",
    "lang",
    "name",
    "rel",
    "role",
    "rowspan",
    "scope",
    "size",
    "span",
    "style",
    "target",
    "title",
    "type",
    "valign",
    "vspace",
    "width",
    "xml:lang",
    "xmlns",
    "xmlns:o",
    "xmlns:v",
];

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

/// What is found in the HTML; the links and the set-up code are among it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) words: Zeroizing<String>,
    pub(super) targets: Zeroizing<Vec<String>>,
    pub(super) pictures: Vec<String>,
    /// Tables by their `id`.
    pub(super) tables: Vec<String>,
}

pub(super) fn read(html: &str) -> Result<Found, Flaw> {
    let mut found = Found::default();
    // Words that grow into a new place would leave a copy in the old one.
    found.words.reserve(html.len());
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
                if !ELEMENTS.contains(&name.as_str()) {
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
                None => found.words.push_str(&lossy(&text)),
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

/// What stands in a comment must be as harmless, and does not count as there: only Outlook shows it.
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
        _ => ATTRIBUTES.contains(&name),
    };
    if !fits {
        return Err(Flaw::Attribute(name.to_owned()));
    }
    match name {
        "href" => found.targets.push(value),
        "src" => found.pictures.push(value),
        "id" if element == "table" => found.tables.push(value),
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

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
