//! Cookies and headers.

use crate::support::{LOGIN, Service};

#[tokio::test]
async fn https_cookies_belong_to_the_host() {
    let service = Service::with(|web| web.https(true).cookie_prefix("app"));
    let mut browser = service.browser();
    let page = browser.open("sign-in").await;
    assert_eq!(
        page.headers["strict-transport-security"],
        "max-age=31536000"
    );
    let secret = service.enrol(&mut browser, LOGIN).await;
    service.sign_in_again(&mut browser, LOGIN, &secret).await;
    assert_eq!(browser.jar.len(), 4, "{:?}", browser.jar.keys());
    assert!(
        browser
            .jar
            .keys()
            .all(|name| name.starts_with("__Host-app-"))
    );
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let service = Service::new();
    let mut browser = service.browser();
    for page in [
        "sign-in",
        "nothing-here",
        "/static/portal.css",
        "/unknown/sign-in",
    ] {
        let headers = browser.open(page).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{page}");
        assert!(!policy.contains("unsafe"), "{page}");
        assert_eq!(headers["cache-control"], "no-store", "{page}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{page}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{page}");
    }
}

#[tokio::test]
async fn session_cookie_is_for_http_only() {
    let service = Service::new();
    let mut browser = service.browser();
    service.set_password(&mut browser, LOGIN).await;
    browser.sign_in(LOGIN).await;
    browser.send("second-factor", &[("factor", "app")]).await;
    let page = browser.open("second-factor/enrol").await;
    let code = service.code(&page.between("id=\"secret\">", "<").replace(' ', ""));
    let answer = browser
        .send("second-factor/enrol", &[("code", &code)])
        .await;
    let cookies = answer.cookies();
    assert!(
        cookies
            .iter()
            .any(|line| line.starts_with("slotwerk-session-test="))
    );
    for line in cookies {
        assert!(
            line.contains("HttpOnly") && line.contains("Path=/"),
            "{line}"
        );
        assert!(!line.contains("Domain"), "{line}");
    }
}

#[tokio::test]
async fn sign_out_leaves_no_cookie() {
    let service = Service::new();
    let mut browser = service.browser();
    service.enrol(&mut browser, LOGIN).await;
    browser.send("sign-out", &[]).await;
    let left: Vec<_> = browser.jar.keys().cloned().collect();
    assert_eq!(left, ["slotwerk-csrf", "slotwerk-device-test"]);
}
