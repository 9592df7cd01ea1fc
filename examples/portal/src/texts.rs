//! The portal's texts, in Dutch and English.

use crate::language::Language;
use slotwerk_words::{Arg, LanguageError, Languages, TextError};

pub(crate) struct Texts(Languages);

impl Texts {
    pub(crate) fn load() -> Result<Self, LanguageError> {
        Languages::pages().map(Self)
    }

    /// A text with its values filled in.
    pub(crate) fn get(
        &self,
        language: Language,
        name: &str,
        values: &[(&str, Arg<'_>)],
    ) -> Result<String, TextError> {
        let words = self.0.find(language.tag()).ok_or_else(|| TextError {
            name: name.to_owned(),
        })?;
        words.text(name, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_portal_has_texts() {
        let texts = Texts::load().unwrap();
        let sign_in = |language| texts.get(language, "sign-in", &[]).unwrap();
        assert_ne!(sign_in(Language::Nl), sign_in(Language::En));
    }

    #[test]
    fn every_text_that_a_template_asks_for_exists() {
        let texts = Texts::load().unwrap();
        for (name, source) in crate::page::TEMPLATES {
            for asked in source
                .split("t(\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                let exists = texts.0.catalogue().values(asked).is_some();
                assert!(exists, "{name} asks for {asked}");
            }
        }
    }

    /// Starts of the names that a template or a page joins from parts.
    const JOINED: [&str; 8] = [
        "clock-",
        "enrol-mail-",
        "error-",
        "front-",
        "not-me-",
        "notice-",
        "problem-",
        "standing-",
    ];

    #[test]
    fn every_text_is_used() {
        let mut sources = String::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src"
        ))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => sources += &std::fs::read_to_string(path).unwrap(),
                }
            }
        }
        for (_, template) in crate::page::TEMPLATES {
            sources += template;
        }
        let quoted = |part: &str| sources.contains(&format!("\"{part}\""));
        for name in Texts::load().unwrap().0.catalogue().names() {
            let joined = JOINED.iter().any(|start| name.starts_with(start))
                && name
                    .match_indices('-')
                    .any(|(at, _)| quoted(&name[at + 1..]));
            assert!(quoted(name) || joined, "nothing uses {name}");
        }
    }
}
