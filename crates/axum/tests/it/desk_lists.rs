//! The lists of the help desk, and the password rules.

use crate::support::{Office, PERSON, account};
use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;
use slotwerk::{AuditReason, By, Tenant, TestAuth};

#[tokio::test]
async fn second_factors_are_listed() {
    let mut office = Office::new().await;
    let shown = office.admin.open("desk/second-factors").await;
    assert!(shown.text.contains("1 account with an authenticator app"));
    office.enrol_person().await;
    let shown = office.admin.open("desk/second-factors").await;
    assert!(shown.text.contains("2 accounts with an authenticator app"));
    let person = shown.between("<th scope=\"row\"><a href=\"/test/desk/account/", "</th>");
    assert!(person.ends_with(">demo</a>"), "{person}");
    let rest = shown.text.split(">anna</a>").next().unwrap();
    let page = rest.rsplit("href=\"/test/").next().unwrap();
    let page = page.split('"').next().unwrap();
    let opened = office.admin.open(page).await;
    assert!(opened.text.contains("<h1>anna</h1>"), "{}", opened.text);
}

#[tokio::test]
async fn second_factors_come_in_pages() {
    let mut office = Office::new().await;
    for n in 100..125 {
        let login = format!("person{n}");
        office
            .service
            .test
            .people
            .add(account(&n.to_string(), &login));
        let mut browser = office.service.browser();
        office.service.enrol(&mut browser, &login).await;
    }
    let first = office.admin.open("desk/second-factors").await;
    assert_eq!(first.text.matches("<th scope=\"row\">").count(), 25);
    let next = first.between("href=\"/test/desk/second-factors?after=", "\"");
    let next = format!("desk/second-factors?after={next}");
    let last = office.admin.open(&next).await;
    assert_eq!(last.text.matches("<th scope=\"row\">").count(), 1);
    assert!(last.text.contains("person124"));
    assert!(!last.text.contains("?after="), "the last page");
    let nonsense = office.admin.open("desk/second-factors?after=x").await;
    assert_eq!(nonsense.status, 404);
}

#[tokio::test]
async fn trail_names_staff_in_pages() {
    let mut office = Office::new().await;
    let auth = office.service.test.auth.clone();
    let tenant = auth.tenant(TestAuth::TENANT).await.unwrap();
    for n in 0..51 {
        let reason = AuditReason::new(format!("<reason {n}>")).unwrap();
        let by = By::new("2").unwrap().because(reason);
        let admin = auth.admin(&tenant);
        admin.forget_second_factor(PERSON, &by).await.unwrap();
        office.service.test.clock.advance(1);
    }
    let page = office.find().await;
    let shown = office.admin.open(&page).await;
    let link = shown.between("href=\"/test/desk/trail?account=", "\"");
    let of_person = format!("desk/trail?account={link}");
    let first = office.admin.open(&of_person).await;
    assert!(first.text.contains("What happened to anna, newest first"));
    assert_eq!(first.text.matches("<td>colleague</td>").count(), 50);
    assert!(first.text.contains("&lt;reason 50&gt;"), "escaped");
    assert!(!first.text.contains("&lt;reason 0&gt;"));
    let next = first.between("href=\"/test/desk/trail?before=", "\"");
    let next = next.replace("&amp;", "&");
    let last = office
        .admin
        .open(&format!("desk/trail?before={next}"))
        .await;
    assert_eq!(last.text.matches("<td>colleague</td>").count(), 1);
    assert!(last.text.contains("&lt;reason 0&gt;"));
    assert!(!last.text.contains("?before="), "the last page");

    let all = office.admin.open("desk/trail").await;
    assert!(!all.text.contains(">anna<"), "the trail keeps no names");
    assert_eq!(office.admin.open("desk/trail?before=x").await.status, 404);
    assert_eq!(office.admin.open("desk/trail?account=3").await.status, 404);
}

#[tokio::test]
async fn rules_are_shown_by_group() {
    let mut office = Office::new().await;
    let brand = Brand::new("Test", "#1f5f8b").unwrap();
    let policy = |length| PolicyDraft::new().minimum_length(length).build().unwrap();
    let tenant = Tenant::builder(TestAuth::TENANT, brand, policy(15), "Test");
    let tenant = tenant.group_policy("nurses", policy(20)).build().unwrap();
    office.service.test.auth.put_tenant(tenant).unwrap();
    let page = office.admin.open("desk/rules").await;
    for text in [
        "Rules of nurses",
        "At least 15 characters",
        "At least 20 characters",
        "NIST SP 800-63B-4",
    ] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
}

#[tokio::test]
async fn sample_is_judged_and_not_repeated() {
    let mut office = Office::new().await;
    for (sample, verdict) in [
        ("short-sample", "does not meet the rules"),
        ("a sample that is long", "This password meets the rules."),
    ] {
        let fields = [("group", ""), ("password", sample)];
        let answer = office.admin.send("desk/rules", &fields).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.contains(verdict), "{}", answer.text);
        assert!(!answer.text.contains(sample));
    }
    let fields = [("group", ""), ("password", "")];
    let empty = office.admin.send("desk/rules", &fields).await;
    assert_eq!(empty.status, 422);
    let fields = [("group", "none"), ("password", "x")];
    let unknown = office.admin.send("desk/rules", &fields).await;
    assert_eq!(unknown.status, 400);
}

/// No page of the desk shows the id of an account.
#[tokio::test]
async fn ids_stay_hidden() {
    let mut office = Office::new().await;
    let id = "opaque-id-of-anna";
    office.service.test.people.remove(PERSON);
    office.service.test.people.add(account(id, "anna"));
    office.enrol_person().await;
    let page = office.find().await;
    assert!(!page.contains(id));
    for page in [page.as_str(), "desk/second-factors", "desk/trail"] {
        let shown = office.admin.open(page).await;
        assert!(!shown.text.contains(id), "{page}");
    }
}
