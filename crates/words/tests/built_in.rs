//! The built-in texts of pages and mails.

use slotwerk_words::{Catalogue, Languages, MAIL_ENGLISH, PAGES_ENGLISH};

const DUTCH: [&str; 2] = [
    include_str!("../texts/mail.nl.ftl"),
    include_str!("../texts/pages.nl.ftl"),
];

#[test]
fn languages_have_the_same_texts() {
    for (english, dutch) in [MAIL_ENGLISH, PAGES_ENGLISH].into_iter().zip(DUTCH) {
        let english = Catalogue::of(english).unwrap();
        assert_eq!(Catalogue::of(dutch).unwrap(), english);
        let count = english.names().count();
        assert!(count > 90, "the texts were read: {count}");
    }
}

#[test]
fn sets_load_in_both_languages() {
    for set in [Languages::mail().unwrap(), Languages::pages().unwrap()] {
        let tags: Vec<_> = set.iter().map(|words| words.tag()).collect();
        assert_eq!(tags, ["en", "nl"]);
    }
}

#[test]
fn texts_are_complete_and_translated() {
    for set in [Languages::mail().unwrap(), Languages::pages().unwrap()] {
        let (mut same, mut count) = (0, 0);
        for name in set.catalogue().names() {
            let values = set.catalogue().values(name).unwrap();
            let args: Vec<_> = values.map(|value| (value, 3.into())).collect();
            let [english, dutch] = ["en", "nl"].map(|tag| {
                let words = set.exact(tag).unwrap();
                words.text(name, &args).unwrap()
            });
            assert!(!english.trim().is_empty() && !dutch.trim().is_empty());
            same += usize::from(english == dutch);
            count += 1;
        }
        assert!(same * 10 < count, "{same} of {count} texts are the same");
    }
}

/// A subject is shown on a locked phone.
#[test]
fn subjects_name_the_tenant_only() {
    let mail = Catalogue::of(MAIL_ENGLISH).unwrap();
    let subjects = mail.names().filter(|name| name.ends_with("-subject"));
    let mut seen = 0;
    for name in subjects {
        let values: Vec<_> = mail.values(name).unwrap().collect();
        assert_eq!(values, ["tenant"], "{name}");
        seen += 1;
    }
    assert!(seen > 9, "{seen}");
}

#[test]
fn pages_have_names_of_months() {
    let pages = Languages::pages().unwrap();
    let args = [
        ("day", 3.into()),
        ("month", 7.into()),
        ("year", "2026".into()),
        ("time", "02:00".into()),
        ("zone", "CEST".into()),
    ];
    let moment = |tag| pages.exact(tag).unwrap().text("moment", &args).unwrap();
    assert_eq!(moment("en"), "3 July 2026, 02:00\u{a0}CEST");
    assert_eq!(moment("nl"), "3 juli 2026, 02:00\u{a0}CEST");
}
