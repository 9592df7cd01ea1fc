//! The way into an authenticator app: where to download one, and the steps that a person has to take.

use crate::support::{LOGIN, Service};
use slotwerk::mail::{AppLinks, Brand, Logo};
use slotwerk::policy::PolicyDraft;
use slotwerk::{EnrolmentDelivery, Tenant, TestAuth};

/// Settings of the tenant under test, with another brand.
pub(crate) fn tenant(brand: Brand) -> slotwerk::TenantBuilder {
    let policy = PolicyDraft::new().minimum_length(15).build().unwrap();
    Tenant::builder(TestAuth::TENANT, brand, policy, "Test")
}

fn brand() -> Brand {
    Brand::new("Test", "#1f5f8b").unwrap()
}

async fn choice_page(service: &Service) -> String {
    let mut browser = service.browser();
    service.set_password(&mut browser, LOGIN).await;
    browser.sign_in(LOGIN).await;
    plain(&browser.open("second-factor").await.text)
}

/// A page without the entities that stand for slashes.
fn plain(page: &str) -> String {
    page.replace("&#x2f;", "/")
}

#[tokio::test]
async fn choice_page_links_to_both_stores() {
    let service = Service::new();
    let page = choice_page(&service).await;
    let app = AppLinks::default();
    for address in [app.app_store(), app.google_play()] {
        assert!(page.contains(&format!("href=\"{address}\"")), "{address}");
    }
    assert!(page.contains(app.name()));
    assert_eq!(page.matches("<svg").count(), 2, "a QR code for each store");
    assert_eq!(page.matches("rel=\"noopener noreferrer\"").count(), 2);
}

#[tokio::test]
async fn tenant_suggests_its_own_app() {
    let service = Service::new();
    let app = AppLinks::new("Sleutelbos", "https://a.example/1", "https://b.example/2").unwrap();
    let own = tenant(brand().with_authenticator_app(app)).build().unwrap();
    service.test.auth.put_tenant(own).unwrap();
    let page = choice_page(&service).await;
    assert!(page.contains("Sleutelbos") && page.contains("href=\"https://a.example/1\""));
    assert!(!page.contains("apple.com"));
}

#[tokio::test]
async fn tenant_without_app_has_no_links() {
    let service = Service::new();
    let own = tenant(brand().without_authenticator_app()).build().unwrap();
    service.test.auth.put_tenant(own).unwrap();
    let page = choice_page(&service).await;
    assert!(page.contains("from the App Store or Google Play"));
    assert!(!page.contains("apple.com") && !page.contains("<svg"));
}

#[tokio::test]
async fn set_up_opens_app_first() {
    let service = Service::new();
    let mut browser = service.browser();
    service.set_password(&mut browser, LOGIN).await;
    browser.sign_in(LOGIN).await;
    browser.send("second-factor", &[("factor", "app")]).await;
    let page = plain(&browser.open("second-factor/enrol").await.text);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    let link = at("<a class=\"button\" href=\"otpauth://totp");
    assert!(at("<div class=\"on-phone\">") < link && link < at("figure class=\"qr\""));
}

#[tokio::test]
async fn mailed_set_up_names_its_mail() {
    let service = Service::new();
    let delivery = EnrolmentDelivery::MailedBothFactorsInOneMailbox;
    let brand = brand().with_sender_name("Test, access").unwrap();
    let own = tenant(brand).enrolment_delivery(delivery).build().unwrap();
    service.test.auth.put_tenant(own).unwrap();
    let mut browser = service.browser();
    service.set_password(&mut browser, LOGIN).await;
    browser.sign_in(LOGIN).await;
    browser.send("second-factor", &[("factor", "app")]).await;
    let page = browser.open("second-factor/enrol").await.text;
    let mails = service.test.deliver().await.unwrap();
    let mail = mails.iter().find(|mail| mail.kind() == "set_up").unwrap();
    for words in ["d•••@host.example", mail.sender_name(), mail.subject()] {
        assert!(
            page.contains(&format!("<dd>{words}</dd>")),
            "{words}: {page}"
        );
    }
    assert!(!page.contains("demo@host.example"), "never a whole address");
    assert!(
        page.contains("choose “New code”"),
        "by the name of the button"
    );

    let back = "https://login.example/test/second-factor/enrol";
    assert!(mail.text().lines().any(|line| line == back));
    assert_eq!(browser.open("second-factor/enrol").await.status, 200);
}

#[tokio::test]
async fn steps_are_shown_on_the_way() {
    let service = Service::new();
    let step = |page: &str| {
        let (_, rest) = page.split_once("aria-current=\"step\"")?;
        let (rest, _) = rest.split_once("</li>")?;
        rest.rsplit(' ').next().map(str::to_owned)
    };
    let mut browser = service.browser();
    let link = service.mailed_link(LOGIN).await;
    let path = link.split_once("/test/").unwrap().1;
    assert_eq!(
        step(&browser.open(path).await.text).as_deref(),
        Some("Password")
    );
    service.set_password(&mut browser, LOGIN).await;
    let page = browser.open("sign-in?notice=changed").await.text;
    assert_eq!(step(&page).as_deref(), Some("Password"));
    assert_eq!(step(&browser.open("sign-in").await.text), None);
    browser.sign_in(LOGIN).await;
    assert_eq!(
        step(&browser.open("second-factor").await.text).as_deref(),
        Some("App")
    );
    browser.send("second-factor", &[("factor", "app")]).await;
    let page = browser.open("second-factor/enrol").await;
    assert_eq!(step(&page.text).as_deref(), Some("App"));
    let secret = page.between("id=\"secret\">", "<").replace(' ', "");
    let code = service.code(&secret);
    let codes = browser
        .send("second-factor/enrol", &[("code", &code)])
        .await;
    assert_eq!(step(&codes.text).as_deref(), Some("Done"));
    assert_eq!(step(&browser.open("").await.text), None);
}

/// A tenant that asks for no second factor has no step for the app.
#[tokio::test]
async fn no_second_factor_no_steps() {
    let service = Service::new();
    service.require_no_second_factor();
    let link = service.mailed_link(LOGIN).await;
    let path = link.split_once("/test/").unwrap().1;
    let page = service.browser().open(path).await.text;
    assert!(page.contains("id=\"password\"") && !page.contains("aria-current=\"step\""));
}

#[tokio::test]
async fn logo_is_only_a_picture() {
    const SVG: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>"#;
    let service = Service::new();
    let mut browser = service.browser();
    let address = "/static/brand/test/logo";
    assert_eq!(browser.open(address).await.status, 404, "it has none yet");
    assert!(!browser.open("sign-in").await.text.contains("/logo"));

    let own = tenant(brand().with_logo(Logo::svg(SVG).unwrap()));
    service.test.auth.put_tenant(own.build().unwrap()).unwrap();
    let page = plain(&browser.open("sign-in").await.text);
    assert!(
        page.contains(&format!("<img class=\"logo\" src=\"{address}\" alt=\"\">")),
        "{page}"
    );
    let logo = browser.open(address).await;
    assert_eq!((logo.status, logo.text.as_str()), (200, SVG));
    assert_eq!(logo.headers["content-type"], "image/svg+xml");
    assert_eq!(logo.headers["x-content-type-options"], "nosniff");
    let policy = logo.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && policy.ends_with("sandbox"),
        "{policy}"
    );
    assert_eq!(browser.open("/static/brand/nobody/logo").await.status, 404);
}

#[tokio::test]
async fn codes_are_black_by_default() {
    let service = Service::new();
    let mut browser = service.browser();
    assert!(
        !browser
            .open("sign-in")
            .await
            .text
            .contains("coloured-codes")
    );
    let own = tenant(brand().with_coloured_codes(true));
    service.test.auth.put_tenant(own.build().unwrap()).unwrap();
    assert!(
        browser
            .open("sign-in")
            .await
            .text
            .contains("tenant-test coloured-codes")
    );
}
