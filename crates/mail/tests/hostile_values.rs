//! What hostile values cannot do: end a header, leave an attribute, become a script.
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
    ACCOUNT, CODE, LINK, NOT_ME, RECIPIENT, URI, added_to, brand, dated, messages, renamed,
    reset_link,
};
use proptest::prelude::*;
use slotwerk_mail::{
    Address, AddressError, Brand, BrandError, Colour, ComposeError, Composer, Mail, Message,
    NameError, ReportLink, Template, is_forbidden_in_names,
};

fn refusal(message: &Message<'_>) -> Option<ComposeError> {
    let composer = Composer::new().unwrap();
    composer.compose(message, &brand(), "nl", RECIPIENT).err()
}

fn with_link(link: &str) -> Option<ComposeError> {
    refusal(&Message::ResetLink {
        link,
        valid_for: Duration::from_secs(60),
        account_name: ACCOUNT,
    })
}

fn report(link: &str, valid_for: Duration) -> Result<Mail, ComposeError> {
    let composer = Composer::new().unwrap();
    let not_me = ReportLink { link, valid_for };
    composer.compose_reportable(&reset_link(), &brand(), "nl", RECIPIENT, not_me)
}

#[test]
fn addresses_that_could_end_a_header_or_name_two_people_are_refused() {
    for (text, error) in [
        ("", AddressError::NoSingleAt),
        ("anna", AddressError::NoSingleAt),
        ("anna@a.nl@b.nl", AddressError::NoSingleAt),
        ("anna@example.nl,eve@example.com", AddressError::NoSingleAt),
        ("@example.nl", AddressError::LocalPart),
        ("anna,eve@example.nl", AddressError::LocalPart),
        ("anna;eve@example.nl", AddressError::LocalPart),
        ("Anna <anna@example.nl", AddressError::LocalPart),
        ("\"anna\"@example.nl", AddressError::LocalPart),
        ("an na@example.nl", AddressError::LocalPart),
        ("anna\r\nBcc: x@example.nl", AddressError::LocalPart),
        ("anna\0@example.nl", AddressError::LocalPart),
        (".anna@example.nl", AddressError::LocalPart),
        ("an..na@example.nl", AddressError::LocalPart),
        ("änna@example.nl", AddressError::LocalPartNotAscii),
        ("josé@example.com", AddressError::LocalPartNotAscii),
        ("ίαν@παράδειγμα.gr", AddressError::LocalPartNotAscii),
        ("иван@example.ru", AddressError::LocalPartNotAscii),
        ("jan\u{200b}@example.nl", AddressError::LocalPartNotAscii),
        ("anna@", AddressError::Domain),
        ("anna@example.nl\r\n", AddressError::Domain),
        ("anna@example.nl\0", AddressError::Domain),
        ("anna@example.nl>", AddressError::Domain),
        ("anna@-example.nl", AddressError::Domain),
        ("anna@example..nl", AddressError::Domain),
        ("anna@example.nl.", AddressError::Domain),
        ("anna@[127.0.0.1]", AddressError::Domain),
        ("anna@127.0.0.1", AddressError::Domain),
        ("anna@example.nl\t", AddressError::Domain),
        ("anna@example.n_l", AddressError::Domain),
        ("anna@_", AddressError::Domain),
        ("anna@exa mple.nl", AddressError::Domain),
        ("anna@exämple.nl\u{2028}", AddressError::Domain),
        ("anna@ä\u{202e}.nl", AddressError::Domain),
        ("anna@ä>.nl", AddressError::Domain),
        ("anna@-ä.nl", AddressError::Domain),
    ] {
        assert_eq!(Address::parse(text).unwrap_err(), error, "{text:?}");
    }
    let long = format!("{}@example.nl", "a".repeat(65));
    assert_eq!(Address::parse(&long), Err(AddressError::TooLong));
    let long = format!("a@{}nl", "example.".repeat(32));
    assert_eq!(Address::parse(&long), Err(AddressError::TooLong));
}

/// Each was accepted by the host and lost by the mailer before.
#[test]
fn domains_become_a_labels() {
    for (typed, kept) in [
        ("anna@exämple.nl", "anna@xn--exmple-cua.nl"),
        ("anna@EXÄMPLE.nl", "anna@xn--exmple-cua.nl"),
        ("anna@exa\u{308}mple.nl", "anna@xn--exmple-cua.nl"),
        ("anna@straße.de", "anna@xn--strae-oqa.de"),
        (
            "info@παράδειγμα.δοκιμή",
            "info@xn--hxajbheg2az3al.xn--jxalpdlp",
        ),
        (
            "info@пример.испытание",
            "info@xn--e1afmkfd.xn--80akhbyknj4f",
        ),
        ("info@例え.テスト", "info@xn--r8jz45g.xn--zckzah"),
        ("info@例え。テスト", "info@xn--r8jz45g.xn--zckzah"),
        ("info@مثال.إختبار", "info@xn--mgbh0fb.xn--kgbechtv"),
        (
            "jan@sub_dömain.example.nl",
            "jan@xn--sub_dmain-47a.example.nl",
        ),
    ] {
        assert_eq!(Address::parse(typed).unwrap().as_str(), kept, "{typed}");
    }
}

#[test]
fn spaces_around_addresses_are_removed() {
    for typed in [
        "anna@example.nl ",
        "  anna@example.nl",
        "\u{a0}anna@example.nl\u{a0}",
        "anna@example.nl\u{200b}",
        "\u{feff}anna@example.nl",
        "\u{202a}anna@example.nl\u{202c}",
        "anna@example.nl\u{3000}",
        "\u{ad}anna@example.nl\u{2060}",
    ] {
        let kept = Address::parse(typed).unwrap();
        assert_eq!(kept.as_str(), "anna@example.nl", "{typed:?}");
    }
}

#[test]
fn ordinary_addresses_are_accepted() {
    for text in [
        "anna@example.nl",
        "anna.de-vries+werk@sub.example.nl",
        "o'neil_1@example.co.uk",
        "a@xn--exmple-cua.nl",
        "root@localhost",
        "jan@sub_domain.example.nl",
        "jan@_mail.example.nl",
    ] {
        let address = Address::parse(text).unwrap();
        let (local, domain) = text.split_once('@').unwrap();
        assert_eq!((address.local_part(), address.domain()), (local, domain));
    }
}

#[test]
fn a_recipient_that_is_no_address_is_refused() {
    let composer = Composer::new().unwrap();
    let outcome = composer.compose(&reset_link(), &brand(), "nl", "a@b.nl\nBcc: c@d.nl");
    assert!(matches!(outcome, Err(ComposeError::Recipient(_))));
}

#[test]
fn names_with_control_or_direction_characters_are_refused() {
    let forbidden = [
        "a\rb",
        "a\nb",
        "a\0b",
        "a\u{7f}b",
        "a\u{85}b",
        "a\u{2028}b",
        "a\u{202e}b",
        "a\u{2066}b",
        "a\u{fdd0}b",
        "a\u{fdef}b",
        "a\u{fffe}b",
        "a\u{ffff}b",
        "a\u{1fffe}b",
        "a\u{10ffff}b",
    ];
    for name in forbidden {
        let refused = NameError::Forbidden;
        assert_eq!(Brand::new(name, "#000000"), Err(BrandError::Name(refused)));
        assert_eq!(
            brand().with_sender_name(name),
            Err(BrandError::SenderName(refused))
        );
        assert_eq!(
            brand().with_support(name),
            Err(BrandError::Support(refused))
        );
        let message = added_to(name);
        assert_eq!(refusal(&message), Some(ComposeError::AccountName(refused)));
        for message in messages() {
            if let Some(message) = renamed(message, Some(name)) {
                let refused = ComposeError::Authenticator(refused);
                assert_eq!(refusal(&message), Some(refused));
            }
        }
        let message = Message::SetUp {
            account_name: ACCOUNT,
            issuer: name,
            secret_grouped: CODE,
            otpauth_uri: URI,
            valid_for: Duration::from_secs(60),
            page: None,
        };
        assert_eq!(refusal(&message), Some(ComposeError::Issuer(refused)));
    }
    for name in ["", "   "] {
        assert_eq!(
            Brand::new(name, "#000000"),
            Err(BrandError::Name(NameError::Empty))
        );
    }
    let longest = "é".repeat(64);
    assert!(Brand::new(&longest, "#000000").is_ok());
    let refused = BrandError::Name(NameError::TooLong { max: 128 });
    assert_eq!(Brand::new(&format!("{longest}x"), "#000000"), Err(refused));
    assert_eq!(Brand::new(&"x".repeat(1 << 20), "#000000"), Err(refused));
}

#[test]
fn authenticators_have_names_of_1_to_64_characters() {
    for message in messages() {
        let refused = |name: &str| renamed(message, Some(name)).map(|message| refusal(&message));
        let Some(outcome) = refused("x") else {
            continue;
        };
        assert_eq!(outcome, None);
        // Four bytes each.
        assert_eq!(refused(&"𝒜".repeat(64)), Some(None));
        let too_long = NameError::TooManyCharacters { max: 64 };
        for (name, error) in [
            ("", NameError::Empty),
            (" \u{3000}", NameError::Empty),
            (&"x".repeat(65), too_long),
            (&"x".repeat(1 << 20), too_long),
        ] {
            let due = Some(ComposeError::Authenticator(error));
            assert_eq!(refused(name), Some(due));
        }
    }
}

#[test]
fn colours_that_could_leave_a_style_are_refused() {
    for colour in [
        "", "#", "#fff", "red", "000000", "#00000g", "#0000000", "#000000;", "#0000é", "#+00000",
        "# 00000",
    ] {
        assert!(Colour::parse(colour).is_err(), "{colour}");
        assert!(Brand::new("Noord", colour).is_err(), "{colour}");
    }
}

#[test]
fn links_that_are_not_plain_https_are_refused() {
    for link in [
        "",
        "https://",
        "https:///reset",
        "javascript:alert(1)",
        "data:text/html,x",
        "//noord.example/reset",
        "http://noord.example/reset",
        "http://localhost.example/reset",
        "http://127.0.0.1.example/reset",
        "http://localhost@noord.example/reset",
        "https://noord.example@eve.example/reset",
        "https://noord.example/a b",
        "https://noord.example/\r\nBcc:x",
        "https://noord.example/\"onclick=",
        "https://noord.example/<b>",
        "https://noord.example\\@eve.example/",
        "https://nöord.example/",
    ] {
        assert_eq!(with_link(link), Some(ComposeError::Link), "{link}");
    }
    let long = format!("https://noord.example/{}", "a".repeat(2048));
    assert_eq!(with_link(&long), Some(ComposeError::Link));
    for link in [
        LINK,
        "https://noord.example:8443/r?t=A-_&x=%20#y",
        "http://localhost:8080/noord/reset/A",
        "http://127.0.0.1:8080/noord/reset/A",
        "http://[::1]:8080/noord/reset/A",
    ] {
        assert_eq!(with_link(link), None, "{link}");
    }
}

#[test]
fn set_up_values_that_are_not_what_they_claim_are_refused() {
    let set_up = |secret_grouped: &str, otpauth_uri: &str| {
        refusal(&Message::SetUp {
            account_name: ACCOUNT,
            issuer: "Noord",
            secret_grouped,
            otpauth_uri,
            valid_for: Duration::from_secs(60),
            page: None,
        })
    };
    for code in [
        "",
        " ",
        "gezd",
        "GEZ1",
        "GEZD  GNBV",
        "GEZD\nGNBV",
        &"A".repeat(161),
    ] {
        assert_eq!(set_up(code, URI), Some(ComposeError::SetUpCode), "{code}");
    }
    for uri in [
        "",
        "https://noord.example",
        "otpauth://hotp/x?secret=A",
        "otpauth://totp/a b",
        "otpauth://totp/a\r\nb",
        &format!("otpauth://totp/{}", "a".repeat(630)),
        &format!("otpauth://totp/{}", "%D0".repeat(337)),
    ] {
        assert_eq!(set_up(CODE, uri), Some(ComposeError::OtpauthUri), "{uri}");
    }
}

#[test]
fn durations_outside_the_range_are_refused() {
    let week = 7 * 24 * 3600;
    for (valid_for, fits) in [
        (Duration::ZERO, false),
        (Duration::from_millis(999), false),
        (Duration::from_secs(1), true),
        (Duration::from_secs(week), true),
        (Duration::from_secs(week + 1), false),
        (Duration::MAX, false),
    ] {
        let reset = Message::ResetLink {
            link: LINK,
            valid_for,
            account_name: ACCOUNT,
        };
        let set_up = Message::SetUp {
            account_name: ACCOUNT,
            issuer: "Noord",
            secret_grouped: CODE,
            otpauth_uri: URI,
            valid_for,
            page: None,
        };
        let due = (!fits).then_some(ComposeError::ValidFor);
        for message in [reset, set_up] {
            assert_eq!(refusal(&message), due, "{message:?} {valid_for:?}");
        }
    }
    for (seconds, fits) in [
        (0, false),
        (1, true),
        (34_560_000, true),
        (34_560_001, false),
    ] {
        let valid_for = Duration::from_secs(seconds);
        let refused = report(NOT_ME.link, valid_for).err();
        assert_eq!(refused, (!fits).then_some(ComposeError::ValidFor));
    }
}

#[test]
fn a_link_to_report_is_as_clean_as_the_link_of_a_reset() {
    let report = |link: &str| report(link, NOT_ME.valid_for);
    assert!(report("https://noord.example/not-me/x").is_ok());
    for link in [
        "",
        "javascript:alert(1)",
        "http://noord.example/not-me/x",
        "https://noord.example/not me",
        "https://noord.example/\r\nBcc: x",
        "https://noord.example@evil.example/",
        "https://noord.example/\"onclick=\"",
    ] {
        assert_eq!(report(link).err(), Some(ComposeError::Link), "{link}");
    }
    let link = |count| format!("https://noord.example/{}", "x".repeat(count));
    assert!(report(&link(2026)).is_ok());
    assert_eq!(report(&link(2027)).err(), Some(ComposeError::Link));
}

#[test]
fn moments_after_the_year_9998_are_refused() {
    for late in [253_370_764_800, u64::MAX] {
        for message in messages() {
            let Some(message) = dated(message, late) else {
                continue;
            };
            assert_eq!(refusal(&message), Some(ComposeError::When));
        }
    }
}

#[test]
fn errors_repeat_no_value() {
    let errors = [
        with_link("https://noord.example/GEZD EZAB").unwrap(),
        refusal(&added_to("GEZD\n")).unwrap(),
    ];
    for error in errors {
        assert!(!format!("{error} {error:?}").contains("GEZD"));
    }
}

#[test]
fn template_and_fluent_syntax_in_values_stays_text() {
    for name in [
        "{{ link }}",
        "{% raw %}",
        "{ $tenant }",
        "{ reset-title }",
        "<b>&amp;</b>",
        "\"'`",
    ] {
        let brand = Brand::new(name, "#0b6e4f").unwrap();
        let message = renamed(added_to(name), Some(name)).unwrap();
        let mail = Composer::new()
            .unwrap()
            .compose(&message, &brand, "nl", RECIPIENT)
            .unwrap();
        assert!(mail.text().contains(&format!("Gebruikersnaam: {name}")));
        assert!(mail.text().contains(&format!("Authenticator: {name}")));
        assert!(mail.subject().ends_with(name));
        assert!(!mail.html().contains("<b>"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_accepted_address_holds_nothing_that_means_something_to_a_header(text in "[ -~\r\n\0é]{0,20}@[ -~\r\n\0é]{0,20}") {
        if let Ok(address) = Address::parse(&text) {
            let kept = address.as_str();
            let hostile = |c: char| c.is_control() || c.is_whitespace() || "<>,;:\"()[]\\".contains(c);
            prop_assert!(!kept.contains(hostile));
            prop_assert!(kept.is_ascii());
            let typed = text.trim_matches(' ');
            prop_assert!(!typed.is_ascii() || kept == typed);
            let again = Address::parse(kept).unwrap();
            prop_assert_eq!(again.as_str(), kept);
        }
    }

    #[test]
    fn any_accepted_name_stays_inside_its_element(name in prop_oneof!["\\PC{1,40}", any::<String>()]) {
        prop_assume!(Brand::new(&name, "#0b6e4f").is_ok());
        prop_assume!(name.chars().count() <= 64);
        let brand = Brand::new(&name, "#0b6e4f").unwrap();
        let composer = Composer::new().unwrap();
        let message = renamed(added_to(&name), Some(&name)).unwrap();
        let mail = composer.compose(&message, &brand, "en", RECIPIENT).unwrap();
        let plain = renamed(added_to("x"), Some("x")).unwrap();
        let other = composer
            .compose(&plain, &Brand::new("x", "#0b6e4f").unwrap(), "en", RECIPIENT)
            .unwrap();
        let tags = |html: &str| html.matches('<').count();
        prop_assert_eq!(tags(mail.html()), tags(other.html()));
        prop_assert!(mail.html().is_ascii());
        prop_assert!(!mail.subject().contains(['\r', '\n', '\0']));
    }
}

/// Whoever names an authenticator must not be able to keep the notice about it from being sent.
#[test]
fn every_character_that_a_name_may_hold_can_be_mailed() {
    // Little around the names, so that a million characters are soon through.
    let html = "<!doctype html><html><body>{{ brand.name }}{% for row in facts_rows %}{{ row[1] }}<br>{% endfor %}\
        {% if not_me %}<a href='{{ not_me.link }}'>x</a>{% endif %}\
        {% if brand.support_href %}<a href='{{ brand.support_href }}'>x</a>{% endif %}\
        {% if brand.support %}{{ brand.support }}{% endif %}</body></html>";
    let text = "{{ brand.name }}{% for row in facts_rows %} {{ row[1] }}{% endfor %}\
        {% if not_me %} {{ not_me.link }}{% endif %}{% if brand.support %} {{ brand.support }}{% endif %}";
    let composer = Composer::builder()
        .template_html(Template::AuthenticatorRemoved, html)
        .template_text(Template::AuthenticatorRemoved, text)
        .build()
        .unwrap();
    let permitted: Vec<char> = ('\0'..=char::MAX)
        .filter(|&c| !is_forbidden_in_names(c))
        .collect();
    assert!(permitted.len() > 1_000_000);
    // Each is in the name of an authenticator, and in that of a brand or of an account; a letter beside them,
    // so that no name is white space only.
    for some in permitted.chunks(62) {
        let (first, rest) = some.split_at(some.len() / 2);
        let name = |part: &[char]| -> String { std::iter::once(&'x').chain(part).collect() };
        let (account, authenticator) = (name(rest), name(some));
        let brand = Brand::new(&name(first), "#0b6e4f").unwrap();
        let message = Message::AuthenticatorRemoved {
            account_name: &account,
            authenticator: Some(&authenticator),
            last: false,
            when: None,
        };
        let mail = composer.compose(&message, &brand, "en", RECIPIENT);
        let codes = || some.iter().map(|&c| format!("{:x}", u32::from(c)));
        assert!(mail.is_ok(), "{mail:?}: {:?}", codes().collect::<Vec<_>>());
    }
}

#[test]
fn a_name_that_is_refused_can_be_left_out() {
    for message in messages() {
        let Some(message) = renamed(message, Some("a\u{fdd0}")) else {
            continue;
        };
        assert!(matches!(
            refusal(&message),
            Some(ComposeError::Authenticator(_))
        ));
        assert_eq!(refusal(&message.without_authenticator()), None);
    }
}

#[test]
fn a_time_zone_that_is_none_is_refused() {
    for name in [
        "",
        "Europe/Rotterdam",
        "../../etc/localtime",
        "Europe/Amsterdam\0",
        "Etc/Unknown",
        "é",
    ] {
        assert_eq!(
            brand().with_time_zone(name),
            Err(BrandError::TimeZone),
            "{name:?}"
        );
    }
}
