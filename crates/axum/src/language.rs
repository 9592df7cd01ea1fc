//! The language of a page: the one that the person chose, else the account's, else the one that the browser asks for, else
//! the tenant's.

use crate::cookies::Cookies;
use axum::http::header::{ACCEPT_LANGUAGE, HeaderValue, SET_COOKIE};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use slotwerk_words::{Languages, Words};
use std::sync::Arc;

/// The texts of one language.
pub(crate) type Language = Arc<Words>;

/// The language of a BCP 47 tag, if there are texts in it.
pub(crate) fn of_tag(languages: &Languages, tag: &str) -> Option<Language> {
    languages.find(tag).cloned()
}

/// The language that the person chose earlier.
pub(crate) fn chosen(
    languages: &Languages,
    cookies: &Cookies,
    headers: &HeaderMap,
) -> Option<Language> {
    let tag = cookies.language(headers)?;
    languages.exact(&tag).ok().cloned()
}

/// The answer to a person who chooses a language: it keeps the choice, and leads back to the same page. The link of the
/// choice is `?language=nl`, so that no page needs to repeat its own address.
pub(crate) fn choose(
    languages: &Languages,
    cookies: &Cookies,
    method: &Method,
    uri: &Uri,
) -> Option<Response> {
    let tag = uri.query()?.strip_prefix("language=")?;
    let language = languages.exact(tag).ok()?;
    // A browser takes what follows two slashes for another host.
    let elsewhere = uri.path().starts_with("//") || uri.path().starts_with("/\\");
    if *method != Method::GET || elsewhere {
        return None;
    }
    let cookie = cookies.keep_language(language.tag()).to_string();
    let mut response = Redirect::to(uri.path()).into_response();
    let value = HeaderValue::from_str(&cookie).ok()?;
    response.headers_mut().insert(SET_COOKIE, value);
    Some(response)
}

/// The first language of `Accept-Language` that there are texts in.
pub(crate) fn asked_for(languages: &Languages, headers: &HeaderMap) -> Option<Language> {
    let wanted = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    // No browser sends more; the parser sorts the tags, and longer nonsense could upset that.
    let wanted = Some(wanted).filter(|wanted| wanted.len() <= 128)?;
    accept_language::parse(wanted)
        .iter()
        .find_map(|tag| of_tag(languages, tag))
}

/// The language of the requirements of a password, which are in Dutch and English.
pub(crate) fn of_policy(language: &Words) -> slotwerk::policy::Language {
    if is_dutch(language) {
        slotwerk::policy::Language::Nl
    } else {
        slotwerk::policy::Language::En
    }
}

pub(crate) fn is_dutch(language: &Words) -> bool {
    language.tag().split('-').next() == Some("nl")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, value.parse().unwrap());
        let language = asked_for(&Languages::pages().unwrap(), &headers)?;
        Some(language.tag().to_owned())
    }

    #[test]
    fn first_language_with_texts_wins() {
        for (header, tag) in [
            ("nl-NL,nl;q=0.9,en;q=0.8", Some("nl")),
            ("fr-FR, en-GB;q=0.7, nl;q=0.3", Some("en")),
            ("en;q=0.2, nl;q=0.9", Some("nl")),
            ("fr", None),
            (";;q=,,", None),
        ] {
            assert_eq!(asked(header).as_deref(), tag, "{header}");
        }
        let nonsense = "nl;q=nan,".repeat(100);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, nonsense.parse().unwrap());
        assert!(asked_for(&Languages::pages().unwrap(), &headers).is_none());
    }
}
