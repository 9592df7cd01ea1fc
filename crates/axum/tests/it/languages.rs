//! Languages, texts and templates of a host.

use crate::support::Service;
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
