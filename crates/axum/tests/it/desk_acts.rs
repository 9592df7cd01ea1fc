//! The acts of the help desk, on its pages: each does what it says, names its actor and mails the person.

use crate::support::{Office, row};

const REASON: &str = "ticket 4711";

#[tokio::test]
async fn account_is_unlocked() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let page = office.find().await;
    let before = office.admin.open(&page).await;
    assert!(
        before.text.contains("We know of nothing"),
        "{}",
        before.text
    );
    office.lock_out().await;
    assert!(office.is_locked_out().await, "a control");
    let locked = office.admin.open(&page).await;
    assert!(
        locked
            .text
            .contains("A wrong password was entered too many times.")
    );

    let unlock = format!("{page}/unlock");
    let answer = office.admin.send(&unlock, &[("reason", REASON)]).await;
    assert_eq!(answer.location(), format!("/test/{page}?notice=unlocked"));
    assert!(!office.is_locked_out().await);
    assert_eq!(office.trail().await, [row("budgets-cleared", "1", REASON)]);
    assert_eq!(office.mailed().await, ["account_unlocked"]);
}

#[tokio::test]
async fn nothing_to_unlock() {
    let mut office = Office::new().await;
    let page = office.find().await;
    let unlock = format!("{page}/unlock");
    let answer = office.admin.send(&unlock, &[("reason", "")]).await;
    assert_eq!(answer.location(), format!("/test/{page}?notice=not-locked"));
    let shown = office
        .admin
        .open(&format!("{page}?notice=not-locked"))
        .await;
    assert!(shown.text.contains("There was nothing to unlock."));
    assert!(office.trail().await.is_empty());
    assert!(office.mailed().await.is_empty());
}

#[tokio::test]
async fn sessions_are_ended() {
    let mut office = Office::new().await;
    let mut person = office.enrol_person().await;
    let page = office.find().await;
    let shown = office.admin.open(&page).await;
    assert!(
        shown
            .text
            .contains("<caption>Where this person is signed in</caption>")
    );

    let end = format!("{page}/end-sessions");
    let answer = office.admin.send(&end, &[("reason", REASON)]).await;
    assert_eq!(answer.location(), format!("/test/{page}?notice=ended"));
    assert!(!person.is_signed_in().await);
    assert_eq!(office.trail().await, [row("sessions-ended", "1", REASON)]);
    assert_eq!(office.mailed().await, ["sessions_ended"]);

    let again = office.admin.send(&end, &[("reason", "")]).await;
    assert_eq!(again.location(), format!("/test/{page}?notice=no-sessions"));
    assert!(office.mailed().await.is_empty());
    assert!(office.admin.is_signed_in().await, "the administrator stays");
}

#[tokio::test]
async fn new_password_is_required() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let page = office.find().await;
    let require = format!("{page}/require-password");
    let answer = office.admin.send(&require, &[("reason", REASON)]).await;
    assert_eq!(answer.location(), format!("/test/{page}?notice=required"));
    let shown = office.admin.open(&page).await;
    assert!(
        shown
            .text
            .contains("A new one is asked for at the next sign-in")
    );
    let due = row("new-password-required", "1", REASON);
    assert_eq!(office.trail().await, [due]);
    assert_eq!(office.mailed().await, ["new_password_required"]);

    let again = office.admin.send(&require, &[("reason", "")]).await;
    assert!(again.location().ends_with("?notice=required-already"));
    assert!(office.mailed().await.is_empty());
}

#[tokio::test]
async fn person_is_invited() {
    let mut office = Office::new().await;
    let page = office.find().await;
    let shown = office.admin.open(&page).await;
    assert!(shown.text.contains("The account has no password yet."));
    let none = format!("{page}/require-password");
    let answer = office.admin.send(&none, &[("reason", "")]).await;
    assert_eq!(answer.status, 409);

    let invite = format!("{page}/invite");
    let answer = office.admin.send(&invite, &[("reason", REASON)]).await;
    assert_eq!(answer.location(), format!("/test/{page}?notice=invited"));
    assert_eq!(office.mailed().await, ["invitation"]);
    assert_eq!(office.trail().await, [row("invited", "1", REASON)]);

    office.enrol_person().await;
    let answer = office.admin.send(&invite, &[("reason", "")]).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("has a password already"));
    assert!(office.mailed().await.is_empty());
}

#[tokio::test]
async fn second_factor_is_reset() {
    let mut office = Office::new().await;
    let mut person = office.enrol_person().await;
    let page = office.find().await;
    let reset = format!("{page}/reset");
    let form = office.admin.open(&reset).await;
    assert!(form.text.contains("Reset two-step verification of anna?"));
    let without = office.admin.send(&reset, &[("reason", "  ")]).await;
    assert_eq!(without.status, 422);
    assert!(without.text.contains("Enter the reason."));
    assert_eq!(office.authenticators().await, 1);

    let answer = office.admin.send(&reset, &[("reason", REASON)]).await;
    assert_eq!(answer.location(), format!("/test/{page}?notice=reset"));
    assert_eq!(office.authenticators().await, 0);
    assert!(!person.is_signed_in().await);
    let due = row("second-factor-forgotten", "1", REASON);
    assert_eq!(office.trail().await, [due]);
    assert_eq!(office.mailed().await, ["second_factor_forgotten"]);
}

#[tokio::test]
async fn long_reason_is_rejected() {
    let mut office = Office::new().await;
    office.enrol_person().await;
    let page = office.find().await;
    let long = "x".repeat(201);
    for act in ["unlock", "end-sessions", "require-password", "reset"] {
        let form = format!("{page}/{act}");
        let answer = office.admin.send(&form, &[("reason", &long)]).await;
        assert_eq!(answer.status, 422, "{act}");
        assert!(answer.text.contains(&long), "{act}: the reason is kept");
    }
    assert!(office.trail().await.is_empty());
}

#[tokio::test]
async fn own_second_factor_stays() {
    let mut office = Office::new().await;
    let answer = office.admin.send("desk", &[("login", "demo")]).await;
    let page = answer.location().strip_prefix("/test/").unwrap().to_owned();
    let shown = office.admin.open(&page).await;
    assert!(!shown.text.contains("/reset\""), "no link to it");
    let reset = format!("{page}/reset");
    assert_eq!(office.admin.open(&reset).await.status, 403);
    let answer = office.admin.send(&reset, &[("reason", REASON)]).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text.contains("your own account"), "{}", answer.text);
    assert!(office.admin.is_signed_in().await);
}

#[tokio::test]
async fn unknown_name_is_a_message() {
    let mut office = Office::new().await;
    for (login, text) in [
        ("nobody", "There is no account with this user name."),
        ("", "Enter a user name."),
    ] {
        let answer = office.admin.send("desk", &[("login", login)]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains(text), "{}", answer.text);
    }
}

#[tokio::test]
async fn disabled_account_is_found() {
    let mut office = Office::new().await;
    let mut anna = crate::support::account("3", "anna");
    anna.enabled = false;
    office.service.test.people.add(anna);
    let page = office.find().await;
    let shown = office.admin.open(&page).await;
    assert!(shown.text.contains("The account is disabled."));
    let invite = format!("{page}/invite");
    assert_eq!(
        office.admin.send(&invite, &[("reason", "")]).await.status,
        409
    );
}
