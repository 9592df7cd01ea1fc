//! From where something was done: the notices tell it, without a whole address and without words of the request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk::mail::Mail;
use slotwerk::password::Password;
use slotwerk::{
    Account, Auth, ChangePasswordOutcome, CheckOutcome, Client, ConfirmOutcome, EnrolmentOutcome,
    Login, NewAndCurrent, NewAuthenticator, OpenOutcome, ResetToken, SessionState, SignInOutcome,
    TestAuth,
};

const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/18.0 Mobile/15E148 Safari/604.1";
const FIRST: &str = "blauwe fiets in de regen";
const SECOND: &str = "groene trein in de zon";
const THIRD: &str = "gele boot op het meer";

fn client() -> Client {
    Client::at([203, 0, 113, 77].into())
        .with_user_agent(SAFARI)
        .with_place("Utrecht, NL")
}

fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

/// The lines of a mail about the client.
fn told(mail: &Mail) -> Vec<&str> {
    assert!(!mail.text().contains("203.0.113.77") && !mail.html().contains("203.0.113.77"));
    let labels = ["Device: ", "Place: ", "Network: "];
    let value = |line| {
        labels
            .iter()
            .find_map(|label| str::strip_prefix(line, label))
    };
    mail.text().lines().filter_map(value).collect()
}

const ALL: [&str; 3] = ["Safari on iPhone", "Utrecht, NL", "203.0.113.x"];

/// A service with a person who has a password.
async fn service() -> TestAuth {
    let test = Auth::for_tests().unwrap();
    test.people
        .add(Account::new("7", "anna", "anna@example.com"));
    let tenant = test.auth.tenant(TestAuth::TENANT).await.unwrap();
    let admin = test.auth.admin(&tenant);
    admin.set_password("7", password(FIRST)).await.unwrap();
    test
}

#[tokio::test]
async fn notices_tell_who_used_the_handle() {
    let test = service().await;
    let of_help_desk = test.deliver().await.unwrap();
    assert!(
        told(&of_help_desk[0]).is_empty(),
        "nobody of the account did it"
    );

    let tenant = test.auth.tenant(TestAuth::TENANT).await.unwrap();
    let tenant = tenant.used_by(&client());
    let login = Login::parse("anna").unwrap();
    let signed_in = tenant.sign_in(&login, password(FIRST), &client()).await;
    let SignInOutcome::Enrol(step) = signed_in.unwrap() else {
        panic!("the first sign-in")
    };
    let EnrolmentOutcome::OnScreen(page) = step.begin().await.unwrap() else {
        panic!("the page shows the secret")
    };
    let new = NewAuthenticator::default();
    let confirmed = step.confirm(&test.code(&page).unwrap(), &new).await;
    let ConfirmOutcome::SignedIn { grant, .. } = confirmed.unwrap() else {
        panic!("the code was right")
    };
    let mails = test.deliver().await.unwrap();
    assert_eq!(
        (mails[0].kind(), told(&mails[0])),
        ("authenticator_added", ALL.to_vec())
    );

    let state = SessionState::begin(&grant);
    let CheckOutcome::Valid(session) = tenant.check(&state).await.unwrap() else {
        panic!("a new session")
    };
    let passwords = NewAndCurrent {
        current: password(FIRST),
        new: password(SECOND),
    };
    let changed = session.change_password(passwords, &client()).await;
    assert!(matches!(
        changed.unwrap(),
        ChangePasswordOutcome::Changed { .. }
    ));
    let mails = test.deliver().await.unwrap();
    assert_eq!(
        (mails[0].kind(), told(&mails[0])),
        ("password_changed", ALL.to_vec())
    );
}

#[tokio::test]
async fn mailed_link_tells_who_used_it() {
    let test = service().await;
    test.deliver().await.unwrap();
    for (client, due) in [(client(), ALL.to_vec()), (Client::unknown(), Vec::new())] {
        let tenant = test
            .auth
            .tenant(TestAuth::TENANT)
            .await
            .unwrap()
            .used_by(&client);
        let login = Login::parse("anna").unwrap();
        let _ = tenant.recovery().request(&login, &client).await.unwrap();
        let mails = test.deliver().await.unwrap();
        assert!(
            told(&mails[0]).is_empty(),
            "the link is for the mailbox alone"
        );
        let mut words = mails[0].text().split_whitespace();
        let link = words.find(|word| word.contains("/reset/")).unwrap();
        let token = ResetToken::from_text(link.rsplit('/').next().unwrap());
        let OpenOutcome::Open(link) = tenant.recovery().open(&token).await.unwrap() else {
            panic!("a live link")
        };
        let next = if due.is_empty() { THIRD } else { SECOND };
        link.complete(password(next)).await.unwrap();
        let mails = test.deliver().await.unwrap();
        assert_eq!(
            (mails[0].kind(), told(&mails[0])),
            ("password_changed", due)
        );
    }
}
