//! The help desk over the JSON API.

use crate::support::{Api, LOGIN, Office, PASSWORD, PERSON, Service, row};
use serde_json::{Value, json};
use slotwerk_axum::DeskAct;

const REASON: &str = "ticket 4711";

/// Each operation about an account that changes it, with its act.
const CHANGING: [(&str, DeskAct); 5] = [
    ("desk/unlock", DeskAct::Unlock),
    ("desk/end-sessions", DeskAct::EndSessions),
    ("desk/require-new-password", DeskAct::RequireNewPassword),
    ("desk/invite", DeskAct::Invite),
    ("desk/second-factor/reset", DeskAct::ResetSecondFactor),
];

/// Each operation that only reads, with a body and its act.
fn reading() -> [(&'static str, Value, DeskAct); 5] {
    [
        ("desk/find", json!({"login": "anna"}), DeskAct::Find),
        ("desk/account", json!({"account_id": PERSON}), DeskAct::Find),
        ("desk/second-factors", json!({}), DeskAct::ListSecondFactors),
        ("desk/trail", json!({}), DeskAct::ReadTrail),
        (
            "desk/rules/check",
            json!({"password": "x"}),
            DeskAct::SeeRules,
        ),
    ]
}

fn order(account: &str) -> Value {
    json!({"account_id": account, "reason": REASON})
}

/// The administrator at a program of either mode, signed in.
async fn signed_in(office: &Office, is_app: bool) -> Api {
    let mut api = if is_app {
        Api::app(&office.service).await
    } else {
        Api::browser(&office.service).await
    };
    let reply = office
        .service
        .sign_in_by_api(&mut api, &office.secret)
        .await;
    assert_eq!(reply.next(), "signed_in");
    api
}

#[tokio::test]
async fn acts_do_what_they_say() {
    for is_app in [false, true] {
        let office = Office::new().await;
        let mut api = signed_in(&office, is_app).await;
        let invited = api.post("desk/invite", order(PERSON)).await;
        assert_eq!(invited.json["outcome"], "invited");
        assert_eq!(office.mailed().await, ["invitation"]);
        let mut person = office.enrol_person().await;
        let again = api.post("desk/invite", order(PERSON)).await;
        assert_eq!(again.problem(), (409, "password_exists"));

        office.lock_out().await;
        for outcome in ["unlocked", "not_locked"] {
            let unlocked = api.post("desk/unlock", order(PERSON)).await;
            assert_eq!(unlocked.json["outcome"], outcome);
        }
        assert_eq!(office.mailed().await, ["account_unlocked"]);
        for outcome in ["ended", "no_sessions"] {
            let ended = api.post("desk/end-sessions", order(PERSON)).await;
            assert_eq!(ended.json["outcome"], outcome);
        }
        assert!(!person.is_signed_in().await);
        assert_eq!(office.mailed().await, ["sessions_ended"]);
        for outcome in ["required", "already_required"] {
            let required = api.post("desk/require-new-password", order(PERSON)).await;
            assert_eq!(required.json["outcome"], outcome);
        }
        assert_eq!(office.mailed().await, ["new_password_required"]);
        let reset = api.post("desk/second-factor/reset", order(PERSON)).await;
        assert_eq!(reset.json["outcome"], "reset");
        assert_eq!(office.authenticators().await, 0);
        assert_eq!(office.mailed().await, ["second_factor_forgotten"]);
        let mut acts = [
            "budgets-cleared",
            "invited",
            "new-password-required",
            "second-factor-forgotten",
            "sessions-ended",
        ]
        .map(|act| row(act, "1", REASON));
        acts.sort_unstable();
        let mut trail = office.trail().await;
        trail.sort_unstable();
        assert_eq!(trail, acts);
    }
}

#[tokio::test]
async fn account_is_found_and_explained() {
    let office = Office::new().await;
    let mut api = signed_in(&office, true).await;
    let found = api.post("desk/find", json!({"login": "ANNA"})).await;
    assert_eq!(found.json["account_id"], PERSON);
    let nobody = api.post("desk/find", json!({"login": "nobody"})).await;
    assert_eq!(nobody.problem(), (404, "unknown_account"));

    let about = json!({"account_id": PERSON});
    let shown = api.post("desk/account", about.clone()).await;
    assert_eq!(shown.json["obstacles"][0]["code"], "no_password");
    office.enrol_person().await;
    office.lock_out().await;
    let shown = api.post("desk/account", about).await;
    assert_eq!(shown.json["obstacles"].as_array().unwrap().len(), 1);
    let obstacle = &shown.json["obstacles"][0];
    assert_eq!(obstacle["code"], "password");
    assert!(obstacle["ends_after_seconds"].as_u64().unwrap() > 0);
    assert_eq!(shown.json["authenticators"], 1);
    assert_eq!(shown.json["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn lists_and_rules_are_read() {
    let office = Office::new().await;
    office.enrol_person().await;
    let mut api = signed_in(&office, false).await;
    api.post("desk/end-sessions", order(PERSON)).await;
    let factors = api.post("desk/second-factors", json!({})).await;
    assert_eq!(factors.json["total_accounts"], 2);
    assert_eq!(factors.json["accounts"][1]["login"], "anna");
    let rest = api.post("desk/second-factors", json!({"after": "1"})).await;
    assert_eq!(rest.json["accounts"].as_array().unwrap().len(), 1);

    let trail = api.post("desk/trail", json!({"account_id": PERSON})).await;
    let newest = &trail.json["rows"][0];
    assert_eq!(newest["act"], "sessions-ended");
    assert_eq!(newest["about_login"], "anna");
    assert_eq!(newest["actor_login"], LOGIN);
    assert_eq!(newest["reason"], REASON);
    let wrong = api.post("desk/trail", json!({"before": "x"})).await;
    assert_eq!(wrong.problem(), (400, "invalid_body"));

    let rules = api.get("desk/rules").await;
    let group = &rules.json["groups"][0];
    assert_eq!(group["requirements"][0]["code"], "minimum-length");
    assert!(group["findings"].as_array().is_some());
    for (sample, accepted) in [("short", false), ("a sample that is long", true)] {
        let checked = api
            .post("desk/rules/check", json!({"password": sample}))
            .await;
        assert_eq!(checked.json["is_accepted"], accepted, "{sample}");
        assert!(!checked.json.to_string().contains(sample));
    }
    let body = json!({"password": "x", "group": "none"});
    let unknown = api.post("desk/rules/check", body).await;
    assert_eq!(unknown.problem(), (404, "unknown_group"));
}

#[tokio::test]
async fn colleague_approves_once() {
    let office = Office::new().await;
    office.enrol_person().await;
    office.gate.ask_for_approval();
    let mut api = signed_in(&office, true).await;
    let requested = api.post("desk/second-factor/reset", order(PERSON)).await;
    assert_eq!(requested.json["outcome"], "approval_needed");
    assert_eq!(office.authenticators().await, 1);
    let body = json!({"approval": requested.json["approval"]});
    let own = api.post("desk/second-factor/approve", body.clone()).await;
    assert_eq!(own.problem(), (403, "own_request"));

    let mut browser = office.service.browser();
    office.service.set_password(&mut browser, "colleague").await;
    let mut colleague = Api::browser(&office.service).await;
    office
        .service
        .enrol_person_by_api(&mut colleague, "colleague")
        .await;
    let shown = colleague
        .post("desk/second-factor/inspect", body.clone())
        .await;
    assert_eq!(shown.json["login"], "anna");
    assert_eq!(shown.json["requester"], LOGIN);
    assert_eq!(shown.json["reason"], REASON);
    let approve = "desk/second-factor/approve";
    let approved = colleague.post(approve, body.clone()).await;
    assert_eq!(approved.json["outcome"], "reset");
    let reason = format!("{REASON} (requested by 1)");
    let due = row("second-factor-forgotten", "2", &reason);
    assert_eq!(office.trail().await, [due]);
    let again = colleague.post(approve, body.clone()).await;
    assert_eq!(again.problem(), (410, "approval_invalid"));
    let again = colleague.post("desk/second-factor/inspect", body).await;
    assert_eq!(again.problem(), (410, "approval_invalid"));
}

#[tokio::test]
async fn own_account_and_missing_reason() {
    let office = Office::new().await;
    let mut api = signed_in(&office, true).await;
    let own = api.post("desk/second-factor/reset", order("1")).await;
    assert_eq!(own.problem(), (403, "own_account"));
    let body = json!({"account_id": PERSON, "reason": " "});
    let missing = api.post("desk/second-factor/reset", body).await;
    assert_eq!(missing.problem(), (422, "reason_invalid"));
    for (operation, _) in CHANGING {
        let body = json!({"account_id": PERSON, "reason": "x".repeat(201)});
        let long = api.post(operation, body).await;
        assert_eq!(long.problem(), (422, "reason_invalid"), "{operation}");
        let unknown = api.post(operation, order("nobody")).await;
        assert_eq!(unknown.problem(), (404, "unknown_account"), "{operation}");
    }
    assert!(office.trail().await.is_empty());
}

#[tokio::test]
async fn each_operation_needs_its_permission() {
    let office = Office::new().await;
    let mut api = signed_in(&office, true).await;
    for (operation, own) in CHANGING {
        office.gate.refuse(&[own]);
        for account in [PERSON, "nobody"] {
            let refused = api.post(operation, order(account)).await;
            let due = (403, "desk_not_allowed");
            assert_eq!(refused.problem(), due, "{operation} {account}");
        }
    }
    for (operation, body, own) in reading() {
        office.gate.refuse(&[own]);
        let refused = api.post(operation, body).await;
        assert_eq!(refused.problem(), (403, "desk_not_allowed"), "{operation}");
    }
    let refused = api.get("desk/rules").await;
    assert_eq!(refused.problem(), (403, "desk_not_allowed"));
    assert!(office.trail().await.is_empty());
}

#[tokio::test]
async fn signed_out_caller_learns_nothing() {
    let office = Office::new().await;
    for is_app in [false, true] {
        let mut api = match is_app {
            true => Api::app(&office.service).await,
            false => Api::browser(&office.service).await,
        };
        for (operation, _) in CHANGING {
            let refused = api.post(operation, order(PERSON)).await;
            assert_eq!(refused.problem(), (401, "session_ended"), "{operation}");
        }
        for (operation, body, _) in reading() {
            let refused = api.post(operation, body).await;
            assert_eq!(refused.problem(), (401, "session_ended"), "{operation}");
        }
    }
}

#[tokio::test]
async fn forged_call_changes_nothing() {
    let office = Office::new().await;
    let mut api = signed_in(&office, false).await;
    api.csrf = "forged".to_owned();
    for (operation, _) in CHANGING {
        let refused = api.post(operation, order(PERSON)).await;
        assert_eq!(
            refused.problem(),
            (403, "csrf_token_invalid"),
            "{operation}"
        );
    }
    assert!(office.trail().await.is_empty());
}

#[tokio::test]
async fn change_needs_a_recent_second_factor() {
    let office = Office::new().await;
    let mut api = signed_in(&office, true).await;
    office.service.test.clock.advance(20 * 60);
    for (operation, _) in CHANGING {
        let refused = api.post(operation, order(PERSON)).await;
        assert_eq!(refused.problem(), (403, "step_up_needed"), "{operation}");
    }
    let found = api.post("desk/find", json!({"login": "anna"})).await;
    assert_eq!(found.status, 200, "reading");
    let own = json!({"password": PASSWORD});
    assert_eq!(api.post("step-up/begin", own).await.next(), "verify");
    let code = json!({"code": office.service.code(&office.secret)});
    assert_eq!(
        api.post("second-factor/verify", code).await.next(),
        "signed_in"
    );
    let invited = api.post("desk/invite", order(PERSON)).await;
    assert_eq!(invited.json["outcome"], "invited");
}

#[tokio::test]
async fn gate_that_fails_is_a_fault() {
    let office = Office::new().await;
    let mut api = signed_in(&office, true).await;
    office.gate.set_away(true);
    for (operation, _) in CHANGING {
        let fault = api.post(operation, order(PERSON)).await;
        assert_eq!(fault.problem(), (503, "unavailable"), "{operation}");
    }
    for (operation, body, _) in reading() {
        let fault = api.post(operation, body).await;
        assert_eq!(fault.problem(), (503, "unavailable"), "{operation}");
    }
}

#[tokio::test]
async fn without_gate_there_is_no_operation() {
    let service = Service::with_api().await;
    let mut api = Api::app(&service).await;
    let found = api.post("desk/find", json!({"login": "anna"})).await;
    assert_eq!(found.problem(), (404, "not_found"));
    let paths = api.document()["paths"].as_object().unwrap();
    assert!(paths.keys().all(|path| !path.starts_with("/desk")));
    let office = Office::new().await;
    let api = Api::app(&office.service).await;
    let paths = api.document()["paths"].as_object().unwrap();
    let of_desk = paths.keys().filter(|path| path.starts_with("/desk"));
    assert_eq!(of_desk.count(), 13);
}

#[tokio::test]
async fn administrator_without_app_is_told() {
    let office = Office::new().await;
    office.service.require_no_second_factor();
    office
        .service
        .set_password(&mut office.service.browser(), "colleague")
        .await;
    for mut api in [
        Api::app(&office.service).await,
        Api::browser(&office.service).await,
    ] {
        let credentials = json!({"login": "colleague", "password": PASSWORD});
        assert_eq!(api.post("sign-in", credentials).await.next(), "signed_in");
        for (operation, _) in CHANGING {
            let reply = api.post(operation, order(PERSON)).await;
            assert_eq!(reply.problem(), (403, "no_authenticator"), "{operation}");
        }
        let begun = api.post("authenticators/add/begin", json!({})).await;
        assert_eq!(begun.next(), "enrol");
    }
}
