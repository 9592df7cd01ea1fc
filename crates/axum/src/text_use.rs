//! Tests that templates and texts fit together.

use slotwerk_words::Languages;

#[test]
fn every_text_that_a_template_asks_for_exists() {
    let texts = Languages::pages().unwrap();
    for (name, source) in crate::page::TEMPLATES {
        for asked in source
            .split("t(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            let exists = texts.catalogue().values(asked).is_some();
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
    for name in Languages::pages().unwrap().catalogue().names() {
        let joined = JOINED.iter().any(|start| name.starts_with(start))
            && name
                .match_indices('-')
                .any(|(at, _)| quoted(&name[at + 1..]));
        assert!(quoted(name) || joined, "nothing uses {name}");
    }
}
