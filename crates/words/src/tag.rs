//! Checks language tags, and looks up the language that fits a tag.

use unic_langid::{CharacterDirection, LanguageIdentifier};

use crate::languages::LanguageError;

/// Longest tag of a language that a host adds, in bytes. RFC 5646, section 4.4.1: no tag needs to be longer.
pub const MAX_TAG: usize = 35;
/// Longest tag that is looked up, in bytes. It has room for extensions.
const MAX_ASKED: usize = 128;

/// Reads the tag of a language that a host adds or names.
pub(crate) fn parse(tag: &str) -> Result<LanguageIdentifier, LanguageError> {
    let invalid = || LanguageError::Tag(tag.to_owned());
    if tag.len() > MAX_TAG {
        return Err(invalid());
    }
    let language: LanguageIdentifier = tag.parse().map_err(|_| invalid())?;
    if language.language.is_empty() {
        return Err(invalid());
    }
    if language.character_direction() != CharacterDirection::LTR {
        return Err(LanguageError::Direction(tag.to_owned()));
    }
    Ok(language)
}

/// Finds the place of the tag that fits `asked`.
///
/// Without an exact match, the last subtags are left out one by one, so that `de-AT` finds `de` (RFC 4647,
/// section 3.4). Extensions and private subtags (RFC 5646, sections 2.2.6 and 2.2.7) do not name a language. Nor does
/// the part that POSIX puts behind a dot or an `@`.
pub(crate) fn look_up<'a>(
    tags: impl Iterator<Item = &'a str> + Clone,
    asked: &str,
) -> Option<usize> {
    if asked.len() > MAX_ASKED {
        return None;
    }
    let posix = asked.split(['.', '@']).next().unwrap_or_default();
    let subtags = posix.split(['-', '_']).take_while(|part| part.len() != 1);
    let asked = subtags.collect::<Vec<_>>().join("-");
    let asked = asked.parse::<LanguageIdentifier>().ok()?.to_string();
    let mut range = asked.as_str();
    loop {
        if let Some(found) = tags.clone().position(|tag| tag == range) {
            return Some(found);
        }
        (range, _) = range.rsplit_once('-')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAGS: [&str; 5] = ["en", "nl", "de", "de-CH", "zh-Hant"];

    fn found(asked: &str) -> Option<&'static str> {
        look_up(TAGS.into_iter(), asked).map(|at| TAGS[at])
    }

    #[test]
    fn tags_find_their_language() {
        for (asked, tag) in [
            ("nl", "nl"),
            ("NL", "nl"),
            ("nl-BE", "nl"),
            ("nl_NL", "nl"),
            ("nl-Latn-NL", "nl"),
            ("de-AT", "de"),
            ("de-CH", "de-CH"),
            ("de-CH-1996", "de-CH"),
            ("zh-Hant-TW", "zh-Hant"),
            ("en-GB", "en"),
            ("nl-NL-u-nu-latn", "nl"),
            ("nl-u-nu-latn", "nl"),
            ("nl-x-arbo", "nl"),
            ("de-CH-t-en-x-y", "de-CH"),
            ("nl_NL.UTF-8", "nl"),
            ("nl_NL@euro", "nl"),
            ("de_CH.ISO-8859-1@euro", "de-CH"),
        ] {
            assert_eq!(found(asked), Some(tag), "{asked}");
        }
    }

    #[test]
    fn other_tags_find_none() {
        for asked in [
            "fr", "zh", "zh-Hans", "ar", "", "nld", "nl\r\n", "../nl", "x", "-", "x-nl", "u-nl",
            ".nl", "@nl", "C.UTF-8", "POSIX",
        ] {
            assert_eq!(found(asked), None, "{asked}");
        }
        let longest = format!("nl-x-{}", "a".repeat(MAX_ASKED - 5));
        assert_eq!(found(&longest), Some("nl"));
        assert_eq!(found(&format!("{longest}a")), None);
    }
}
