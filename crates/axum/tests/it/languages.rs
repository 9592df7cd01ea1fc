//! Languages, texts and templates of a host.

use crate::support::Service;
use slotwerk::Account;
use slotwerk_axum::words::{Languages, PAGES_ENGLISH};

/// English, with the texts of one page in German: a whole language is a file of that length.
fn german() -> String {
    let page = [
        ("sign-in-title", "Anmelden"),
        ("user-name", "Benutzername"),
        ("password", "Passwort"),
        ("forgot-link", "Passwort vergessen?"),
    ];
    let lines = PAGES_ENGLISH.lines().map(|line| {
        let name = line.split(" =").next().unwrap_or_default();
        match page.iter().find(|(text, _)| *text == name) {
            Some((name, words)) => format!("{name} = {words}\n"),
            None => format!("{line}\n"),
        }
    });
    lines.collect()
}

#[tokio::test]
async fn third_language_is_added() {
    let languages = Languages::pages().unwrap().add("de", &german()).unwrap();
    let service = Service::with(|web| web.languages(languages));
    let mut browser = service.browser().with_header("accept-language", "de-AT");
    let page = browser.open("sign-in").await;
    assert!(page.text.contains("<html lang=\"de\">"));
    assert!(page.text.contains("Benutzername") && page.text.contains("Passwort vergessen?"));
    let mut other = service.browser().with_header("accept-language", "nl");
    assert!(other.open("sign-in").await.text.contains("Gebruikersnaam"));
}

#[tokio::test]
async fn chosen_language_is_remembered() {
    let service = Service::new();
    let mut browser = service.browser().with_header("accept-language", "en");
    let page = browser.open("sign-in?notice=over").await;
    assert!(page.text.contains("href=\"?language=nl\""));
    let answer = browser.open("sign-in?language=nl").await;
    assert_eq!((answer.status, answer.location()), (303, "/test/sign-in"));
    assert!(browser.open("sign-in").await.text.contains("lang=\"nl\">"));
    let unknown = browser.open("/nobodys/sign-in").await;
    assert!(unknown.text.contains("<html lang=\"nl\">"), "other tenants");

    browser.open("forgot?language=en").await;
    let page = browser.open("forgot").await.text;
    assert!(page.contains("<html lang=\"en\">"));
}

/// The account's own is Dutch.
#[tokio::test]
async fn chosen_language_beats_the_account() {
    let service = Service::new();
    let mut account = Account::new("2", "extra", "extra@host.example");
    account.locale = Some("nl".to_owned());
    service.test.people.add(account);
    service.set_password(&mut service.browser(), "extra").await;
    let page = async |chosen| {
        let mut browser = service.browser().with_header("accept-language", "en");
        browser.open(chosen).await;
        browser.sign_in("extra").await;
        browser.open("second-factor").await.text
    };
    assert!(page("sign-in").await.contains("<html lang=\"nl\">"));
    let chosen = page("sign-in?language=en").await;
    assert!(chosen.contains("<html lang=\"en\">"));
}

#[tokio::test]
async fn choice_leads_to_this_host_only() {
    let service = Service::new();
    let mut browser = service.browser();
    for address in [
        "//other.example/?language=nl",
        "/test/sign-in?language=xx",
        "/test/sign-in?x=1&language=nl",
    ] {
        let answer = browser.open(address).await;
        assert!(answer.headers.get("location").is_none(), "{address}");
        assert!(!browser.jar.contains_key("slotwerk-language"), "{address}");
    }
}

#[tokio::test]
async fn one_text_is_replaced() {
    let languages = Languages::pages()
        .unwrap()
        .replace("en", "forgot-link = Lost your password?")
        .unwrap();
    let service = Service::with(|web| web.languages(languages));
    let page = service.browser().open("sign-in").await;
    assert!(page.text.contains("Lost your password?") && page.text.contains("User name"));
}

#[tokio::test]
async fn one_template_is_replaced() {
    let footer = "<p>{{ brand_line }} – {{ tenant.name }}</p>";
    let service = Service::with(|web| {
        web.template("footer.html", footer)
            .global("brand_line", "Care for people")
    });
    let page = service.browser().open("sign-in").await;
    assert!(page.text.contains("<p>Care for people – Test</p>"));
}

#[tokio::test]
async fn one_page_is_replaced() {
    let page = "<!doctype html><title>Own</title><form method=post action=\"{{ base }}/forgot\">\
        <input type=hidden name=csrf value=\"{{ csrf }}\"><input name=login></form>";
    let service = Service::with(|web| web.template("forgot.html", page));
    let answer = service.browser().open("forgot").await;
    assert!(answer.text.starts_with("<!doctype html><title>Own</title>"));
    assert!(answer.text.contains("action=\"/test/forgot\""));
}

#[tokio::test]
async fn one_style_is_replaced() {
    let service = Service::with(|web| web.style(".card { border-radius: 0 }"));
    let style = service.browser().open("/static/portal.css").await.text;
    assert!(style.contains("--surface") && style.ends_with(".card { border-radius: 0 }"));
}

#[test]
fn broken_template_is_an_error() {
    let test = slotwerk::Auth::for_tests().unwrap();
    let web = slotwerk_axum::Web::builder(test.auth.clone()).template("x.html", "{% if %}");
    assert!(web.build().is_err());
}
