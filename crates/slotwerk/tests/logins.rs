//! Login names in all the ways in which people type and paste them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use slotwerk::{
    Account, AccountProblem, EventKind, Login, LoginError, RejectedSignIn, SignInOutcome, Throttled,
};
use support::{GOOD, NOBODY, World, login, password};

/// Names as people type them, with their folded form. Sources: `NormalizationTest.txt`, `CaseFolding.txt` and the
/// examples of RFC 8265, section 3.6, where a character of theirs is named.
const FOLDED: [(&str, &str); 40] = [
    ("demo", "demo"),
    (" Demo ", "demo"),
    ("DEMO@Noord.Example", "demo@noord.example"),
    // A letter and its accent, apart and together.
    ("re\u{301}my", "rémy"),
    ("r\u{e9}my", "rémy"),
    ("RE\u{301}MY", "rémy"),
    ("a\u{30a}ngstro\u{308}m", "ångström"),
    ("\u{212b}ngström", "ångström"),
    ("q\u{323}\u{307}", "q\u{323}\u{307}"),
    ("q\u{307}\u{323}", "q\u{323}\u{307}"),
    // Full-width and half-width.
    ("ｄｅｍｏ", "demo"),
    ("ＤＥＭＯ１", "demo1"),
    ("ｄｅｍｏ＠ｎｏｏｒｄ．ｅｘａｍｐｌｅ", "demo@noord.example"),
    ("ﾔﾏﾀﾞ", "ヤマダ"),
    // Spaces that are none, and characters that nobody sees.
    ("\u{a0}demo\u{a0}", "demo"),
    ("\u{3000}demo", "demo"),
    ("jan\u{a0}jansen", "jan jansen"),
    ("demo\u{200b}", "demo"),
    ("\u{feff}demo", "demo"),
    ("de\u{ad}mo", "demo"),
    ("de\u{2060}mo", "demo"),
    ("\u{202a}demo\u{202c}", "demo"),
    ("\u{202e}demo", "demo"),
    ("demo\u{200b} ", "demo"),
    ("de\u{200d}m\u{fe0f}o", "demo"),
    ("demo\u{e0020}\u{e007f}", "demo"),
    ("\u{3164}demo\u{115f}", "demo"),
    // Full case folding.
    ("Strasse", "strasse"),
    ("STRAẞE", "strasse"),
    ("straße", "strasse"),
    ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
    ("σίσυφος", "σίσυφοσ"),
    ("ИВАН", "иван"),
    ("ՄԱՐԻԱ", "մարիա"),
    ("\u{13a0}\u{ab70}", "\u{13a0}\u{13a0}"),
    // Compatibility characters.
    ("\u{212a}elvin", "kelvin"),
    ("ﬁdel", "fidel"),
    ("ſara", "sara"),
    ("demo²", "demo2"),
    ("Ⅳ", "iv"),
];

#[test]
fn spellings_of_one_name_fold_together() {
    for (typed, folded) in FOLDED {
        let login = Login::parse(typed).unwrap();
        assert_eq!(login.folded(), folded, "{typed:?}");
        assert_eq!(login.typed(), typed.trim(), "{typed:?}");
    }
}

#[test]
fn scripts_stay_apart() {
    let names = [
        "paypal",
        "pаypal",
        "ρaypal",
        "pay-pal",
        "pay pal",
        "ıkea",
        "ikea",
        "i\u{307}kea",
        "l1",
        "li",
        "o0",
        "oo",
    ];
    let folded: std::collections::BTreeSet<String> = names
        .iter()
        .map(|name| login(name).folded().to_owned())
        .collect();
    assert_eq!(folded.len(), names.len(), "{folded:?}");
    assert_eq!(login("İkea").folded(), "i\u{307}kea");
}

#[test]
fn unusable_names_are_rejected() {
    let long = "a".repeat(255);
    // One character that NFKC makes 18.
    let grows = "\u{fdfa}".repeat(10);
    for (typed, error) in [
        ("", LoginError::Empty),
        (" \u{a0}\u{3000}", LoginError::Empty),
        ("\u{200b}\u{feff}\u{202e}", LoginError::Empty),
        (" \u{200b} ", LoginError::Empty),
        (&long, LoginError::TooLong),
        (&"é".repeat(128), LoginError::TooLong),
        (&grows, LoginError::TooLong),
        ("de\0mo", LoginError::ControlCharacter),
        ("de\nmo", LoginError::ControlCharacter),
        ("de\tmo", LoginError::ControlCharacter),
        ("de\u{85}mo", LoginError::ControlCharacter),
        ("de\u{2028}mo", LoginError::ControlCharacter),
        ("de\u{fffe}mo", LoginError::ControlCharacter),
        ("de\u{fdd0}mo", LoginError::ControlCharacter),
        (":", LoginError::OnlyColons),
        (" : :: ", LoginError::OnlyColons),
        ("：", LoginError::OnlyColons),
        (":\u{200b}", LoginError::OnlyColons),
    ] {
        assert_eq!(Login::parse(typed).unwrap_err(), error, "{typed:?}");
    }
    for typed in [
        "a".repeat(254),
        "é".repeat(127),
        "noord:anna".to_owned(),
        "😀".to_owned(),
    ] {
        assert!(Login::parse(&typed).is_ok(), "{typed:?}");
    }
}

#[test]
fn stored_names_show_what_they_are() {
    let check = |login: &str| Account::new("1", login, "demo@noord.example").check();
    assert_eq!(check("Rémy Jansen"), Ok(()));
    for (login, error) in [
        ("demo\u{202e}", LoginError::Invisible),
        ("de\u{200b}mo", LoginError::Invisible),
        (&"a".repeat(255), LoginError::TooLong),
        (&"a".repeat(320), LoginError::TooLong),
        (":", LoginError::OnlyColons),
        ("", LoginError::Empty),
    ] {
        assert_eq!(check(login), Err(AccountProblem::Login(error)), "{login:?}");
    }
    for id in ["", &"x".repeat(129)] {
        let account = Account::new(id, "demo", "demo@noord.example");
        assert_eq!(account.check(), Err(AccountProblem::Id));
    }
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(typed in prop_oneof!["\\PC{1,40}", any::<String>(), "[a-zA-Z\u{e9}\u{301}\u{130}\u{131}ςΣßﬁ\u{345}\u{3099}\u{200b}\u{ad} ]{1,20}"]) {
        if let Ok(login) = Login::parse(&typed) {
            let again = Login::parse(login.folded()).unwrap();
            prop_assert_eq!(again.folded(), login.folded());
            prop_assert!(login.folded().len() <= Login::MAX_BYTES);
        }
    }

    #[test]
    fn spaces_and_case_never_matter(name in "[a-z0-9.@_é-]{1,30}", before in "[ \u{a0}\u{200b}]{0,3}", after in "[ \u{3000}\u{2060}]{0,3}") {
        let typed = format!("{before}{}{after}", name.to_uppercase());
        let (plain, typed) = (Login::parse(&name).unwrap(), Login::parse(&typed).unwrap());
        prop_assert_eq!(plain.folded(), typed.folded());
    }
}

/// Every character, alone and between letters: a fold must not depend on what Unicode calls it.
#[test]
fn every_character_folds_once() {
    for character in '\0'..=char::MAX {
        let Ok(login) = Login::parse(&format!("a{character}b")) else {
            continue;
        };
        let again = Login::parse(login.folded()).unwrap();
        assert_eq!(again.folded(), login.folded(), "{character:?}");
    }
}

/// No mail came for any of these before.
#[tokio::test]
async fn every_spelling_gets_its_mail() {
    let world = World::new();
    world.people.rename_demo("rémy");
    for typed in [
        "rémy",
        "re\u{301}my",
        "ＲＥ\u{301}ＭＹ",
        "rémy\u{200b}",
        "\u{a0}Rémy ",
        "r\u{ad}émy",
    ] {
        world.advance(3600);
        world.request("noord", typed).await;
        assert_eq!(world.deliver().await.len(), 1, "{typed:?}");
    }
}

#[tokio::test]
async fn spellings_share_one_budget() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    // For a name that nobody has as for one that somebody has.
    for spellings in [
        ["demo", "DEMO", "ｄｅｍｏ", "de\u{200b}mo", "\u{202e}demo"],
        [
            "kelvin",
            "\u{212a}elvin",
            "KELVIN",
            "ｋelvin",
            "kel\u{2060}vin",
        ],
    ] {
        for typed in spellings {
            let wrong = password("niet dit wachtwoord 1");
            let answer = world
                .auth
                .sign_in("zuid", &login(typed), wrong, &NOBODY)
                .await;
            assert!(matches!(answer.unwrap(), SignInOutcome::Rejected));
        }
        let throttled = EventKind::SignInRejected(RejectedSignIn::Throttled);
        let before = world.count(throttled);
        let right = password(GOOD);
        let answer = world
            .auth
            .sign_in("zuid", &login(spellings[0]), right, &NOBODY)
            .await;
        assert!(matches!(
            answer.unwrap(),
            SignInOutcome::Throttled(Throttled::Wait(_))
        ));
        assert_eq!(world.count(throttled), before + 1);
    }
}
