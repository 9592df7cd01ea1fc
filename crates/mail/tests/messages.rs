//! What each mail says, and what none of them holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use std::time::Duration;

use common::{
    ACCOUNT, CODE, LINK, NOT_ME, PHONE, URI, all, authenticator_added, compose, compose_reportable,
    invitation, messages, reset_link, set_up,
};
use slotwerk_mail::{
    Address, AddressError, Brand, BrandError, Colour, ComposeError, Composer, ComposerBuildError,
    ComposerBuilder, InlineImage, Mail, Message, SendError,
};

/// The running text of an HTML document, entities decoded.
fn visible(html: &str) -> String {
    let body = html.split("</style>").nth(1).unwrap();
    let mut out = String::new();
    for piece in body.split('<') {
        out.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    let mut decoded = String::new();
    for (i, piece) in out.split("&#").enumerate() {
        match piece.split_once(';') {
            Some((number, rest)) if i > 0 => {
                decoded.push(char::from_u32(number.parse().unwrap()).unwrap());
                decoded.push_str(rest);
            }
            _ => decoded.push_str(piece),
        }
    }
    decoded
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// What a mail of [`messages`] has to say, in its order.
const DUTCH: [&[&str]; 16] = [
    &[LINK, "30 minuten"],
    &[
        CODE,
        "Arbodienst Noord",
        "Verwijder deze mail",
        "De QR-code en de instelcode werken nog 24 uur. Vraag daarna op de inlogpagina een nieuwe aan.",
    ],
    &[MOMENT_NL, "nieuw wachtwoord"],
    &[
        MOMENT_NL,
        PHONE,
        "vraagt dit account voortaan om een code",
        OUT_NL,
    ],
    &[
        MOMENT_NL,
        PHONE,
        "de codes uit je andere apps blijven werken",
    ],
    &[
        MOMENT_NL,
        PHONE,
        "codes uit de oude app werken niet meer",
        OUT_NL,
    ],
    &[
        MOMENT_NL,
        PHONE,
        "codes uit die app werken niet meer",
        OUT_NL,
    ],
    &[
        MOMENT_NL,
        PHONE,
        "codes uit die app werken niet meer",
        "Bij het inloggen wordt nu geen code meer gevraagd.",
    ],
    &[
        MOMENT_NL,
        "Alle authenticator-apps en herstelcodes zijn van dit account verwijderd.",
        "beschermt alleen je wachtwoord het account",
        "Je bent overal uitgelogd.",
    ],
    &[MOMENT_NL, "Je kunt weer inloggen."],
    &[MOMENT_NL, "uitgelogd op alle apparaten"],
    &[MOMENT_NL, "een nieuw wachtwoord kiest"],
    &[MOMENT_NL, PHONE, "datum en tijd op automatisch"],
    &[MOMENT_NL, "De eerdere herstelcodes werken niet meer"],
    &[MOMENT_NL, "nog 3 herstelcodes"],
    &[
        LINK,
        ACCOUNT,
        "24 uur",
        "dan kun je inloggen",
        "Is de link verlopen?",
    ],
];
const ENGLISH: [&[&str]; 16] = [
    &[LINK, "30 minutes"],
    &[
        CODE,
        "Arbodienst Noord",
        "Delete this mail",
        "The QR code and set-up code work for 24 hours. After that, ask for new ones on the sign-in page.",
    ],
    &[MOMENT_EN, "new password"],
    &[
        MOMENT_EN,
        PHONE,
        "From now on, this account asks for a code",
        OUT_EN,
    ],
    &[MOMENT_EN, PHONE, "codes from your other apps still work"],
    &[
        MOMENT_EN,
        PHONE,
        "Codes from the old app no longer work",
        OUT_EN,
    ],
    &[
        MOMENT_EN,
        PHONE,
        "Codes from that app no longer work",
        OUT_EN,
    ],
    &[
        MOMENT_EN,
        PHONE,
        "Codes from that app no longer work",
        "No code is asked for at sign-in any more.",
    ],
    &[
        MOMENT_EN,
        "All authenticator apps and recovery codes were removed from this account.",
        "only your password protects it",
        "You were signed out everywhere.",
    ],
    &[MOMENT_EN, "You can sign in again."],
    &[MOMENT_EN, "signed this account out on all devices"],
    &[MOMENT_EN, "choose a new password for this account"],
    &[MOMENT_EN, PHONE, "date and time to automatic"],
    &[MOMENT_EN, "The earlier recovery codes no longer work"],
    &[MOMENT_EN, "3 recovery codes left"],
    &[
        LINK,
        ACCOUNT,
        "24 hours",
        "An account was made for you",
        "Too late?",
    ],
];
const MOMENT_NL: &str = "3 maart 2026, 15:05 (CET)";
const MOMENT_EN: &str = "3 March 2026, 15:05 (CET)";
const OUT_NL: &str = "Op andere apparaten en in andere browsers ben je uitgelogd.";
const OUT_EN: &str = "You were signed out on other devices and in other browsers.";

#[test]
fn each_mail_says_its_piece_in_text_and_html() {
    for (language, pieces, not_you) in [
        ("nl", DUTCH, "Was jij dit niet?"),
        ("en", ENGLISH, "Was this not you?"),
    ] {
        for (message, phrases) in messages().iter().zip(pieces) {
            let mail = compose(message, language);
            let html = visible(mail.html());
            let common = [ACCOUNT, not_you, "hulp@noord.example", "Arbodienst Noord"];
            for phrase in phrases.iter().chain(&common) {
                assert!(
                    mail.text().contains(phrase),
                    "{phrase} in text, {message:?}"
                );
                assert!(html.contains(phrase), "{phrase} in HTML, {message:?}");
            }
            assert_eq!(mail.language(), language);
            assert!(mail.html().contains(&format!("<html lang=\"{language}\">")));
            assert_eq!(mail.to().as_str(), common::RECIPIENT);
            assert_eq!(mail.kind(), message.kind());
        }
    }
}

/// What stands in the elements of a class, tags left out.
fn cells(html: &str, class: &str) -> Vec<String> {
    html.split(&format!("class=\"{class}\""))
        .skip(1)
        .map(|rest| {
            let (_, inner) = rest.split_once('>').unwrap();
            let cell = inner.split_once("</td>").unwrap().0;
            visible(&format!("</style>{cell}")).trim().to_owned()
        })
        .collect()
}

/// Who reads the text part only misses no fact, no link and no word of advice.
#[test]
fn the_text_part_alone_says_what_the_html_says() {
    let german = Composer::builder()
        .language("de", include_str!("texts/de.ftl"))
        .build()
        .unwrap();
    for (language, message) in ["nl", "en", "de"]
        .into_iter()
        .flat_map(|language| messages().map(|message| (language, message)))
    {
        let mail = german
            .compose_reportable(
                &message,
                &common::brand(),
                language,
                common::RECIPIENT,
                NOT_ME,
            )
            .unwrap();
        let (text, html) = (mail.text(), mail.html());
        let facts = [cells(html, "fact"), cells(html, "fact-name")].concat();
        assert!(facts.len() >= 2);
        for fact in facts.iter().filter(|fact| !fact.is_empty()) {
            assert!(text.contains(fact), "{fact}: {text}");
        }
        for target in html.split("href=\"").skip(1) {
            let target = target.split('"').next().unwrap();
            let shown = target.strip_prefix("mailto:").unwrap_or(target);
            assert!(text.contains(shown), "{shown}");
        }
        for link in [LINK, NOT_ME.link] {
            if text.contains(link) {
                assert!(
                    text.lines().any(|line| line == link),
                    "on a line of its own"
                );
            }
        }
        // The set-up mail tells in its own words what cannot be done with text.
        let paragraphs = match mail.kind() {
            "set_up" => "<p style=\"margin:0\"",
            _ => "<p style=\"margin:0 0 20px",
        };
        for paragraph in html.split(paragraphs).skip(1) {
            let paragraph = paragraph.split_once('>').unwrap().1;
            let paragraph = paragraph.split_once("</p>").unwrap().0;
            let words = visible(&format!("</style>{paragraph}"));
            assert!(text.contains(words.trim()), "{words}: {text}");
        }
        for (line, next) in text.lines().zip(text.lines().skip(1)) {
            assert!(!line.ends_with(':') || next.is_empty(), "{line}");
            assert!(!line.starts_with(' ') && (!line.ends_with(' ') || line == "-- "));
        }
        assert!(!text.contains("\n\n\n") && !text.contains("&#") && text.ends_with('\n'));
    }
}

const AT_MOST: [&str; 2] = [
    "De link werkt hooguit 7 dagen.",
    "The link works for 7 days at most.",
];

#[test]
fn a_mail_that_can_be_reported_says_what_the_link_does_and_for_how_long() {
    let locks = [
        ("nl", "account meteen op slot", "Dit was ik niet"),
        ("en", "locks the account at once", "This was not me"),
    ];
    let stops = [
        ("nl", "links laten vervallen", "Dit was ik niet"),
        (
            "en",
            "every link that was mailed for this account",
            "This was not me",
        ),
    ];
    for message in messages() {
        let expected = match message.kind() {
            "reset_link" | "invitation" => stops,
            _ => locks,
        };
        for ((language, what, label), most) in expected.into_iter().zip(AT_MOST) {
            let mail = compose_reportable(&message, language);
            let html = visible(mail.html());
            assert!(mail.text().contains(what) && html.contains(what), "{what}");
            assert!(mail.text().lines().any(|line| line == NOT_ME.link));
            assert!(mail.html().contains(&format!("href=\"{}\"", NOT_ME.link)));
            assert!(html.contains(label));
            assert!(mail.text().lines().any(|line| line == most) && html.contains(most));
            // Without the link there is no word of it.
            let plain = compose(&message, language);
            for part in [plain.text(), plain.html()] {
                assert!(!part.contains(what) && !part.contains("not-me") && !part.contains(label));
                assert!(!part.contains(most));
            }
        }
    }
}

#[test]
fn subjects_name_the_tenant_and_no_secret() {
    for mail in all() {
        let subject = mail.subject();
        assert!(subject.contains("Arbodienst Noord"), "{subject}");
        assert!(subject.chars().count() <= 78 && !subject.chars().any(char::is_control));
        for secret in [ACCOUNT, PHONE, "GEZD", "AQAB", "http", "otpauth"] {
            assert!(!subject.contains(secret), "{subject}");
        }
    }
}

#[test]
fn nothing_is_loaded_from_outside_and_nothing_runs() {
    for mail in all() {
        let html = mail.html().to_ascii_lowercase();
        for word in [
            "<script",
            "javascript:",
            "data:",
            "url(",
            "@import",
            "<link",
            "<iframe",
            "<form",
            "<object",
            "onload",
            "onerror",
            "srcset",
            "background=",
            "<svg",
            "<base",
        ] {
            assert!(!html.contains(word), "{word} in {}", mail.kind());
        }
        for source in html.split("src=\"").skip(1) {
            assert!(source.starts_with("cid:"));
        }
        for target in html.split("href=\"").skip(1) {
            let known = [
                "https://noord.example/reset/",
                "https://noord.example/not-me/",
                "mailto:hulp@noord.example\"",
            ];
            assert!(known.iter().any(|start| target.starts_with(start)));
        }
    }
}

#[test]
fn html_keeps_to_dark_themes_and_narrow_screens() {
    for mail in all() {
        let html = mail.html();
        for word in [
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "<meta name=\"supported-color-schemes\" content=\"light dark\">",
            "prefers-color-scheme: dark",
            "max-width:600px",
            "<meta charset=\"utf-8\">",
        ] {
            assert!(html.contains(word), "{word}");
        }
        assert!(html.is_ascii());
        assert!(html.lines().all(|line| line.len() <= 998));
    }
}

#[test]
fn set_up_has_the_symbol_twice_and_its_picture_by_content_id() {
    for language in ["nl", "en"] {
        let mail = compose(&set_up(), language);
        let [image] = mail.inline_images() else {
            panic!("one picture")
        };
        let html = mail.html();
        let at = |needle: &str| html.find(needle).unwrap_or_else(|| panic!("{needle}"));
        let picture = at(&format!("<img src=\"cid:{}\"", image.content_id()));
        let table = at("<table role=\"img\"");
        assert!(picture < table && table < at(CODE));
        assert!(image.png().starts_with(b"\x89PNG"));
        assert!(!html.contains("otpauth:"), "the URI is in the symbol only");
    }
}

/// Some clients keep pictures by Content-ID across mails.
#[test]
fn another_secret_has_another_content_id() {
    let id = |uri: &str| {
        let message = Message::SetUp {
            account_name: ACCOUNT,
            issuer: "Noord",
            secret_grouped: CODE,
            otpauth_uri: uri,
            valid_for: Duration::from_secs(60),
        };
        compose(&message, "nl").inline_images()[0]
            .content_id()
            .to_owned()
    };
    assert_eq!(id(URI), id(URI));
    assert_ne!(id(URI), id(&URI.replace("GEZD", "MFRG")));
}

#[test]
fn other_mails_carry_no_picture_and_no_secret() {
    for mail in all().iter().filter(|mail| mail.kind() != "set_up") {
        assert!(mail.inline_images().is_empty());
        assert!(!mail.html().contains("cid:"));
        if !["reset_link", "invitation"].contains(&mail.kind()) {
            assert!(!mail.html().contains("/reset/") && !mail.text().contains("/reset/"));
        }
    }
}

#[test]
fn invitation_asks_for_a_first_password() {
    for language in ["nl", "en"] {
        let (mail, reset) = (
            compose(&invitation(), language),
            compose(&reset_link(), language),
        );
        assert_eq!(mail.kind(), "invitation");
        assert_ne!(mail.subject(), reset.subject());
        // Its reader has no password yet, and asked for nothing.
        for wrong in ["nieuw wachtwoord", "new password", "gevraagd", "asked for"] {
            let said = mail.text().contains(wrong) || visible(mail.html()).contains(wrong);
            assert!(!said, "{language}: {wrong}");
        }
        assert!(mail.text().lines().any(|line| line == LINK));
        assert!(mail.html().contains(&format!("href=\"{LINK}\"")));
    }
}

#[test]
fn counts_have_their_plural() {
    for (remaining, dutch, english) in [
        (0, "geen herstelcodes meer", "no recovery codes left"),
        (1, "nog 1 herstelcode over", "is 1 recovery code left"),
        (9, "nog 9 herstelcodes over", "are 9 recovery codes left"),
    ] {
        let message = Message::RecoveryCodeUsed {
            account_name: ACCOUNT,
            remaining,
            when: None,
        };
        assert!(compose(&message, "nl").text().contains(dutch));
        assert!(compose(&message, "en").text().contains(english));
    }
}

#[test]
fn what_is_not_known_of_a_notice_is_left_out() {
    let (account_name, authenticator, when) = (ACCOUNT, None, None);
    for message in [
        Message::PasswordChanged { account_name, when },
        Message::AuthenticatorAdded {
            account_name,
            authenticator,
            first: true,
            when,
        },
        Message::AuthenticatorReplaced {
            account_name,
            authenticator,
            when,
        },
        Message::AuthenticatorRemoved {
            account_name,
            authenticator,
            last: true,
            when,
        },
        Message::SecondFactorForgotten { account_name, when },
        Message::AccountUnlocked { account_name, when },
        Message::SessionsEnded { account_name, when },
        Message::NewPasswordRequired { account_name, when },
        Message::AuthenticatorResynchronised {
            account_name,
            authenticator,
            when,
        },
        Message::RecoveryCodesRenewed { account_name, when },
        Message::RecoveryCodeUsed {
            account_name,
            remaining: 3,
            when,
        },
    ] {
        let mail = compose(&message, "nl");
        for part in [mail.text(), &visible(mail.html())] {
            assert!(!part.contains("Tijdstip") && !part.contains("uthenticator:"));
            assert!(!part.contains("Nieuwe authenticator\n") && !part.contains("(CET)"));
            assert!(part.contains(ACCOUNT));
        }
    }
}

#[test]
fn a_removal_speaks_of_the_last_code_only_after_the_last_app() {
    for language in ["nl", "en"] {
        let messages = messages();
        let removed = messages
            .iter()
            .filter(|message| message.kind() == "authenticator_removed");
        let told = removed.map(|message| {
            let text = compose(message, language).text().to_owned();
            text.contains("geen code meer") || text.contains("No code is asked")
        });
        assert_eq!(told.collect::<Vec<_>>(), [false, true]);
    }
}

#[test]
fn unknown_languages_get_english() {
    for language in ["de", "fy-NL", "ar", "", "xx\r\n", &"n".repeat(1 << 16)] {
        assert_eq!(compose(&reset_link(), language).language(), "en");
    }
    assert_eq!(compose(&reset_link(), "nl-BE").language(), "nl");
}

#[test]
fn composing_twice_gives_the_same_mail() {
    for (one, two) in all().iter().zip(all()) {
        assert_eq!(one.html(), two.html());
        assert_eq!(one.text(), two.text());
    }
}

#[test]
fn a_brand_without_support_has_no_support_section() {
    let brand = Brand::new("Zuid", "#ffc53d").unwrap();
    let mail = Composer::new()
        .unwrap()
        .compose(&reset_link(), &brand, "en", common::RECIPIENT)
        .unwrap();
    assert!(!mail.text().contains("Need help?") && !mail.html().contains("Need help?"));
    assert!(mail.reply_to().is_none());
}

#[test]
fn support_is_a_link_only_where_that_is_safe() {
    for (contact, href) in [
        (
            "hulp@noord.example",
            Some("href=\"mailto:hulp@noord.example\""),
        ),
        (
            "a?b&c@noord.example",
            Some("href=\"mailto:a%3Fb%26c@noord.example\""),
        ),
        (
            "https://noord.example/hulp",
            Some("href=\"https://noord.example/hulp\""),
        ),
        ("https://x\" onclick=\"y", None),
        ("http://noord.example", None),
        ("javascript:alert(1)", None),
        ("+31 20 555 01 23", None),
    ] {
        let brand = Brand::new("Noord", "#0b6e4f")
            .unwrap()
            .with_support(contact)
            .unwrap();
        let message = authenticator_added();
        let mail = Composer::new()
            .unwrap()
            .compose(&message, &brand, "en", common::RECIPIENT)
            .unwrap();
        match href {
            Some(href) => assert!(mail.html().contains(href), "{contact}"),
            None => assert!(!mail.html().contains("href"), "{contact}"),
        }
        assert!(mail.text().contains(contact));
    }
}

#[test]
fn every_colour_gets_readable_text() {
    for red in (0..=255_u8).step_by(15) {
        for green in (0..=255_u8).step_by(15) {
            for blue in (0..=255_u8).step_by(15) {
                let hex = format!("#{red:02x}{green:02x}{blue:02x}");
                let colour = Colour::parse(&hex).unwrap();
                assert_eq!(colour.to_hex(), hex);
                assert!(colour.contrast(colour.readable_text()) >= 4.5, "{hex}");
            }
        }
    }
    assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 1e-9);
    let text = |hex: &str| Colour::parse(hex).unwrap().readable_text();
    assert_eq!(text("#0B6E4F"), Colour::WHITE);
    assert_eq!(text("#ffc53d"), Colour::BLACK);
}

#[test]
fn debug_and_display_show_nothing_private() {
    let secrets = [
        LINK,
        "AQAB",
        "GEZD",
        "otpauth",
        ACCOUNT,
        PHONE,
        common::RECIPIENT,
    ];
    let mut shown = String::new();
    for (mail, message) in all().iter().zip(messages().iter().cycle()) {
        let (images, to) = (mail.inline_images(), mail.to());
        shown.push_str(&format!("{mail:?}{message:?}{images:?}{to:?}"));
    }
    let errors = [
        Address::parse("anna@example.nl\n").unwrap_err().to_string(),
        SendError::transient("refused anna@example.nl").to_string(),
        format!("{:?}", SendError::permanent("refused anna@example.nl")),
    ];
    shown.push_str(&errors.concat());
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(shown.contains("reset_link"));
}

#[test]
fn public_types_are_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Address>();
    check::<AddressError>();
    check::<Brand>();
    check::<BrandError>();
    check::<Colour>();
    check::<ComposeError>();
    check::<Composer>();
    check::<InlineImage>();
    check::<ComposerBuilder>();
    check::<ComposerBuildError>();
    check::<Mail>();
    check::<Message<'static>>();
    check::<SendError>();
}

#[test]
fn composed_values_are_wiped_on_drop() {
    fn check<T: zeroize::ZeroizeOnDrop>() {}
    check::<Mail>();
    check::<InlineImage>();
}
