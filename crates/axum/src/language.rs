//! Which language a page is in: the account's, else what the browser asks for, else the tenant's.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Nl,
    En,
}

impl Language {
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// The language of a BCP 47 tag, if the portal speaks it.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "nl" => Some(Self::Nl),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first language of `Accept-Language` that the portal speaks.
    pub(crate) fn asked_for(headers: &HeaderMap) -> Option<Self> {
        let wanted = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        // No browser sends more; the parser sorts what it gets, and longer nonsense could upset that.
        let wanted = Some(wanted).filter(|wanted| wanted.len() <= 128)?;
        accept_language::parse(wanted)
            .iter()
            .find_map(|tag| Self::from_tag(tag))
    }

    pub(crate) fn of_policy(self) -> slotwerk::policy::Language {
        match self {
            Self::Nl => slotwerk::policy::Language::Nl,
            Self::En => slotwerk::policy::Language::En,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &'static str) -> Option<Language> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, value.parse().unwrap());
        Language::asked_for(&headers)
    }

    #[test]
    fn the_first_language_spoken_here_wins() {
        assert_eq!(asked("nl-NL,nl;q=0.9,en;q=0.8"), Some(Language::Nl));
        assert_eq!(asked("fr-FR, en-GB;q=0.7, nl;q=0.3"), Some(Language::En));
        assert_eq!(asked("en;q=0.2, nl;q=0.9"), Some(Language::Nl));
        assert_eq!(asked("fr"), None);
        assert_eq!(asked(";;q=,,"), None);
        let nonsense = "nl;q=nan,".repeat(100);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, nonsense.parse().unwrap());
        assert_eq!(Language::asked_for(&headers), None);
    }
}
