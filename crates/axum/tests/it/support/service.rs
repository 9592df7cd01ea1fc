//! The service under test: one tenant, one person, everything in memory.

use super::browser::{Answer, Browser};
use axum::Router;
use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;
use slotwerk::{Account, Auth, Client, Login, SecondFactor, Tenant, TestAuth};
use slotwerk_axum::{Web, WebBuilder};

pub(crate) const LOGIN: &str = "demo";
pub(crate) const PASSWORD: &str = "elf blauwe fietsen";

pub(crate) struct Service {
    pub(crate) test: TestAuth,
    pub(crate) router: Router,
}

impl Service {
    pub(crate) fn new() -> Self {
        Self::with(|web| web)
    }

    /// With other settings of the web layer.
    pub(crate) fn with(settings: impl FnOnce(WebBuilder) -> WebBuilder) -> Self {
        Self::beside(settings, |_| Router::new())
    }

    /// With routes of a host, too.
    pub(crate) fn beside(
        settings: impl FnOnce(WebBuilder) -> WebBuilder,
        own: impl FnOnce(&Web) -> Router<Web>,
    ) -> Self {
        let test = Auth::for_tests().unwrap();
        let mut account = Account::new("1", LOGIN, "demo@host.example");
        account.locale = None;
        test.people.add(account);
        let web = settings(Web::builder(test.auth.clone())).build().unwrap();
        let router = own(&web).merge(web.routes()).with_state(web.clone());
        Self {
            router: web.guard(router),
            test,
        }
    }

    /// From now on a password is enough for people without an authenticator.
    pub(crate) fn require_no_second_factor(&self) {
        let brand = Brand::new("Test", "#1f5f8b").unwrap();
        let policy = PolicyDraft::new().minimum_length(15).build().unwrap();
        let tenant = Tenant::builder(TestAuth::TENANT, brand, policy, "Test")
            .second_factor(SecondFactor::WhenEnrolled);
        self.test.auth.put_tenant(tenant.build().unwrap()).unwrap();
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), "/test")
    }

    /// The link of the mail that a person asks for.
    pub(crate) async fn mailed_link(&self, login: &str) -> String {
        let tenant = self.test.auth.tenant(TestAuth::TENANT).await.unwrap();
        let login = Login::parse(login).unwrap();
        let _ = tenant
            .recovery()
            .request(&login, &Client::unknown())
            .await
            .unwrap();
        let mails = self.test.deliver().await.unwrap();
        // A mail about a new password may come after it.
        let mut words = mails.iter().flat_map(|mail| mail.text().split_whitespace());
        let link = words.rfind(|word| word.contains("/reset/"));
        link.unwrap().to_owned()
    }

    /// Gives a person a password, by a mailed link.
    pub(crate) async fn set_password(&self, browser: &mut Browser, login: &str) {
        let link = self.mailed_link(login).await;
        let path = link.split_once("/reset/").unwrap().1;
        browser.open(&format!("reset/{path}")).await;
        let page = format!("reset/{path}");
        let answer = browser.send(&page, &[("password", PASSWORD)]).await;
        assert_eq!(answer.location(), "/test/sign-in?notice=changed");
    }

    /// Signs a person in for the first time, and returns the secret of the app.
    pub(crate) async fn enrol(&self, browser: &mut Browser, login: &str) -> String {
        self.set_password(browser, login).await;
        browser.sign_in(login).await;
        self.set_up_app(browser).await.0
    }

    /// Sets up an app after the password. Returns its secret, and the page with the recovery codes.
    pub(crate) async fn set_up_app(&self, browser: &mut Browser) -> (String, Answer) {
        browser.send("second-factor", &[("factor", "app")]).await;
        let page = browser.open("second-factor/enrol").await;
        let secret = page.between("id=\"secret\">", "<").replace(' ', "");
        let code = self.code(&secret);
        let answer = browser
            .send("second-factor/enrol", &[("code", &code)])
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        (secret, answer)
    }

    /// Signs a person in again, half a minute later.
    pub(crate) async fn sign_in_again(
        &self,
        browser: &mut Browser,
        login: &str,
        secret: &str,
    ) -> Answer {
        self.test.clock.advance(30);
        browser.sign_in(login).await;
        let code = self.code(secret);
        browser
            .send("second-factor/verify", &[("code", &code)])
            .await
    }

    /// The code that an app shows now.
    pub(crate) fn code(&self, secret: &str) -> String {
        use slotwerk::totp::{Parameters, Secret, code_at};
        let secret = Secret::from_base32(secret).unwrap();
        let step = Parameters::ISSUED.step_at(self.test.clock.seconds());
        code_at(&secret, &Parameters::ISSUED, step).to_string()
    }
}
