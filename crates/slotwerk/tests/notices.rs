//! Notices arrive, and say what is true.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::{AddressError, Mail};
use slotwerk::store::{
    AccountKey, AuthenticatorRenamed, BudgetChanges, MemoryStore, OpenTicket, PasswordStanding,
    RenameAuthenticator, Stage, Store, Subject, TokenHash,
};
use slotwerk::{
    Account, AccountProblem, ChangePasswordOutcome, CodeOutcome, CompleteOutcome, EnrolmentOutcome,
    EventKind, Limits, OpenNotMeOutcome, RemoveOutcome, SecondFactor, SignInOutcome,
};
use std::sync::Arc;
use std::time::Duration;
use support::managing::*;
use support::{
    Enrolled, GOOD, NOBODY, OTHER, With, World, epoch_of, login, password, report_in, token_in,
    zuid,
};

/// A name that HTML has no place for, as an epoch may have stored it that did not know so.
#[tokio::test]
async fn no_name_of_an_authenticator_keeps_the_notice_about_it_back() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    added(&world, &ticket, "tablet").await;
    world.deliver().await;

    let account = AccountKey::new("zuid", grant.account()).unwrap();
    let now = world.clock.seconds();
    let of_before = OpenTicket {
        token: TokenHash([1; 32]),
        account: account.clone(),
        stage: Stage::Manage,
        standing: PasswordStanding::Good,
        epoch: epoch_of(&grant),
        expires_at: now + 60,
        max_live: 20,
        now,
        budgets: BudgetChanges::default(),
    };
    store.open_ticket(&of_before).await.unwrap();
    let tablet = store.authenticators(&account).await.unwrap().remove(1).id;
    let command = RenameAuthenticator {
        ticket: of_before.token,
        account,
        authenticator: tablet,
        name: Some("tablet\u{fdd0}".to_owned()),
        subject: Subject([0; 32]),
        now,
    };
    let renamed = store.rename_authenticator(&command).await.unwrap();
    assert_eq!(renamed, AuthenticatorRenamed::Renamed);

    let tablet = active(&world, grant.account()).await[1].id;
    let removed = world
        .auth
        .remove_authenticator("zuid", &ticket, tablet)
        .await;
    let removed = removed.unwrap();
    assert!(
        matches!(removed, RemoveOutcome::Removed { left: 1, .. }),
        "{removed:?}"
    );
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].kind(), "authenticator_removed");
    assert!(!mails[0].text().contains("tablet"));
}

#[tokio::test]
async fn who_loses_the_second_factor_to_a_help_desk_is_told_that_it_was_everything() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let forgotten = world.auth.forget_second_factor("zuid", grant.account());
    forgotten.await.unwrap();
    let mails = world.deliver().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].kind(), "second_factor_forgotten");
    says(
        &mails[0],
        "All authenticator apps and recovery codes were removed",
    );
    let summary = world.auth.second_factor("zuid", grant.account()).await;
    let summary = summary.unwrap();
    assert!(summary.authenticators.is_empty() && summary.recovery_codes_left == 0);
    says(&mails[0], "only your password protects it");
    world.enrol_ticket("zuid", "demo").await;
    says(&mails[0], "You were signed out everywhere.");
    assert!(!stands(&world, &grant).await);
}

#[tokio::test]
async fn the_notice_of_the_last_removal_says_that_no_code_is_asked_for() {
    const NO_CODE: &str = "No code is asked for at sign-in any more.";
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let tenant = zuid().with(|tenant| tenant.second_factor(SecondFactor::WhenEnrolled));
    world.auth.put_tenant(tenant).unwrap();
    let ticket = open(&world, &grant).await;
    let tablet = added(&world, &ticket, "tablet").await;
    world.deliver().await;
    let mut elsewhere = grant.clone();
    let mut here = grant;
    for last in [false, true] {
        let ticket = open(&world, &here).await;
        let one = active(&world, here.account()).await[0].id;
        let removed = world.auth.remove_authenticator("zuid", &ticket, one).await;
        let RemoveOutcome::Removed { grant, left } = removed.unwrap() else {
            panic!("expected to be removed");
        };
        assert_eq!(left == 0, last);
        let mails = world.deliver().await;
        assert_eq!(mails[0].kind(), "authenticator_removed");
        assert_eq!(mails[0].text().contains(NO_CODE), last);
        says(&mails[0], "signed out on other devices");
        assert!(!stands(&world, &elsewhere).await && stands(&world, &grant).await);
        let answer = sign_in_alone(&world).await;
        assert_eq!(
            matches!(answer, SignInOutcome::SignedIn(_)),
            last,
            "{answer:?}"
        );
        if !last {
            world.advance(60);
            elsewhere = granted(&world, &tablet).await;
        }
        here = grant;
    }
}

#[tokio::test]
async fn a_set_up_mail_says_how_long_is_really_left() {
    const DAY: u64 = 24 * 60 * 60;
    let world = World::new();
    world.with_password("noord", "demo").await;
    let begun = world.clock.seconds();
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    says(&world.deliver().await[0], "werken nog 24 uur.");
    // The same pending secret, and then, when that has expired, a fresh one.
    for (after, told) in [
        (3 * 3_600, "werken nog 21 uur."),
        (DAY - 40 * 60, "werken nog 40 minuten."),
        (DAY - 30, "werken nog 30 seconden."),
        (DAY + 1, "werken nog 24 uur."),
    ] {
        world.advance(begun + after - world.clock.seconds());
        let ticket = world.enrol_ticket("noord", "demo").await;
        let resent = world.auth.resend_enrolment("noord", &ticket).await;
        assert!(
            matches!(resent.unwrap(), EnrolmentOutcome::Mailed),
            "{told}"
        );
        says(&world.deliver().await[0], told);
    }
}

#[tokio::test]
async fn each_link_that_reports_a_mail_says_how_long_it_works() {
    let mut limits = Limits::default();
    limits.reset_lifetime = Duration::from_secs(20 * 60);
    limits.report_lifetime = Duration::from_secs(3 * 24 * 60 * 60);
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    world.request("noord", "demo").await;
    let reset = world.deliver().await.remove(0);
    says(&reset, "De link werkt hooguit 20 minuten.");
    let token = token_in(&reset);
    let done = world.auth.complete_reset("noord", &token, password(GOOD));
    assert!(matches!(
        done.await.unwrap(),
        CompleteOutcome::Changed { .. }
    ));
    let notice = world.deliver().await.remove(0);
    says(&notice, "De link werkt hooguit 3 dagen.");
    let (handle, token) = report_in(&notice);
    let inspect = || world.auth.inspect_not_me("noord", &handle, &token);
    world.advance(3 * 24 * 60 * 60 - 1);
    assert!(matches!(
        inspect().await.unwrap(),
        OpenNotMeOutcome::Open(_)
    ));
    world.advance(1);
    assert!(matches!(
        inspect().await.unwrap(),
        OpenNotMeOutcome::Invalid
    ));
}

#[tokio::test]
async fn a_notice_names_the_phone_that_was_brought_back_into_step() {
    let world = World::new();
    let Enrolled { grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let tablet = added(&world, &ticket, "tablet").await;
    world.deliver().await;
    world.advance(30);
    let ticket = world.verify_ticket("zuid", "demo").await;
    let ahead = world.clock.seconds() + 8 * 60;
    let (first, second) = (tablet.code(ahead), tablet.code(ahead + 30));
    let found = world
        .auth
        .resynchronise("zuid", &ticket, &first, &second)
        .await;
    assert!(matches!(found.unwrap(), CodeOutcome::SignedIn { .. }));
    let mails = world.deliver().await;
    assert_eq!(mails[0].kind(), "authenticator_resynchronised");
    says(&mails[0], "Authenticator: tablet");
}

const DEMO: &str = "demo@zuid.example";
const FAMILY: &str = "family@mail.example";
const WORK: &str = "work@mail.example";

/// Recipients of these mails, in order.
fn recipients(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.to().as_str()).collect()
}

/// `demo` with a change of password to be told about, and nothing sent yet.
async fn changed_password(further: &[&str]) -> World {
    let world = World::new();
    world.people.notify_demo_at(further);
    world.with_password("zuid", "demo").await;
    let changed =
        world
            .auth
            .change_password("zuid", "id-demo", password(GOOD), password(OTHER), &NOBODY);
    assert!(matches!(
        changed.await.unwrap(),
        ChangePasswordOutcome::Changed { .. }
    ));
    world
}

#[tokio::test]
async fn notices_go_to_every_address() {
    let world = changed_password(&[FAMILY, WORK]).await;
    let before = world.count(EventKind::MailSent);
    let mails = world.deliver().await;
    assert_eq!(recipients(&mails), [DEMO, FAMILY, WORK]);
    assert_eq!(world.count(EventKind::MailSent) - before, 3);
    for mail in &mails {
        assert_eq!(mail.kind(), "password_changed");
        let (handle, token) = report_in(mail);
        let link = world.auth.inspect_not_me("zuid", &handle, &token).await;
        assert!(matches!(link.unwrap(), OpenNotMeOutcome::Open(_)));
    }
}

#[tokio::test]
async fn links_and_secrets_have_one_address() {
    let world = World::new();
    world.people.notify_demo_at(&[FAMILY, WORK]);
    world.request("noord", "demo").await;
    let link = world.deliver().await;
    assert_eq!(recipients(&link), ["demo@noord.example"]);
    let token = token_in(&link[0]);
    let done = world.auth.complete_reset("noord", &token, password(GOOD));
    assert!(matches!(
        done.await.unwrap(),
        CompleteOutcome::Changed { .. }
    ));
    assert_eq!(world.deliver().await.len(), 3, "the notice");
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    let set_up = world.deliver().await;
    assert_eq!(set_up[0].kind(), "set_up");
    assert_eq!(recipients(&set_up), ["demo@noord.example"]);
}

#[tokio::test]
async fn failed_address_is_tried_alone() {
    let world = changed_password(&[FAMILY, WORK]).await;
    world.mailer.fail_transiently(1);
    let mut mails = world.deliver().await;
    assert_eq!(recipients(&mails), [FAMILY, WORK]);
    for _ in 0..3 {
        world.advance(15 * 60);
        mails.extend(world.deliver().await);
    }
    assert_eq!(recipients(&mails), [FAMILY, WORK, DEMO]);
}

#[tokio::test]
async fn refused_address_holds_up_nobody() {
    let world = changed_password(&[FAMILY, WORK]).await;
    world.mailer.fail_permanently(1);
    let mut mails = world.deliver().await;
    world.advance(15 * 60);
    mails.extend(world.deliver().await);
    assert_eq!(recipients(&mails), [FAMILY, WORK]);
    assert_eq!(world.abandoned().len(), 1);
    assert!(world.postponed().is_empty());
}

#[tokio::test]
async fn malformed_address_holds_up_nobody() {
    let world = changed_password(&["no address", WORK]).await;
    let before = world.abandoned().len();
    let mails = world.deliver().await;
    assert_eq!(recipients(&mails), [DEMO, WORK]);
    assert_eq!(world.abandoned().len() - before, 1);
}

#[tokio::test]
async fn one_address_gets_one_notice() {
    let world = changed_password(&[FAMILY, DEMO, FAMILY]).await;
    let mails = world.deliver().await;
    assert_eq!(recipients(&mails), [DEMO, FAMILY]);
}

#[tokio::test]
async fn addresses_for_notices_are_bounded() {
    let further = ["a@m.example", "b@m.example", "c@m.example", "d@m.example"];
    let mut account = Account::new("7", "anna", "anna@m.example");
    account.notice_addresses = further.map(str::to_owned).to_vec();
    assert_eq!(account.check(), Ok(()));
    account.notice_addresses.push("e@m.example".to_owned());
    let problem = AccountProblem::TooManyNoticeAddresses;
    assert_eq!(account.check(), Err(problem));
    account.notice_addresses = vec!["josé@m.example".to_owned()];
    let problem = AccountProblem::NoticeAddress(AddressError::LocalPartNotAscii);
    assert_eq!(account.check(), Err(problem));

    let [a, b, c, d] = further;
    let world = changed_password(&[a, b, c, d, "e@m.example"]).await;
    let mails = world.deliver().await;
    assert_eq!(recipients(&mails), [DEMO, a, b, c, d]);
}

fn says(mail: &Mail, words: &str) {
    assert!(mail.text().contains(words), "{words}: {}", mail.text());
}

async fn sign_in_alone(world: &World) -> SignInOutcome {
    let demo = login("demo");
    let answer = world.auth.sign_in("zuid", &demo, password(GOOD), &NOBODY);
    answer.await.unwrap()
}
