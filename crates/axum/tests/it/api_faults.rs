//! Faults of the infrastructure behind the JSON API: 503 for what passes, 500 for what does not.

use crate::support::{Api, PASSWORD, Service};
use serde_json::{Value, json};
use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::mail::Brand;
use slotwerk::password::{Hasher, Params};
use slotwerk::policy::PolicyDraft;
use slotwerk::store::MemoryStore;
use slotwerk::{
    Account, Auth, Directory, DirectoryError, Login, Tenant, TestAuth, TestMailbox, async_trait,
};
use slotwerk_axum::Web;
use std::sync::Arc;

/// Longer than an id may be.
const LONG: usize = 129;

/// A directory with one account whose id no store can hold. For anybody else it fails.
struct Faulty;

const CAUSE: &str = "connection refused by 10.0.0.7";

#[async_trait]
impl Directory for Faulty {
    async fn find(&self, _: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        if login.folded() == "long" {
            let account = Account::new("x".repeat(LONG), "long", "long@host.example");
            return Ok(Some(account));
        }
        Err(CAUSE.into())
    }

    async fn get(&self, _: &str, _: &str) -> Result<Option<Account>, DirectoryError> {
        Err(CAUSE.into())
    }
}

fn faulty_service() -> Service {
    let policy = PolicyDraft::new().minimum_length(15).build().unwrap();
    let brand = Brand::new("Test", "#1f5f8b").unwrap();
    let params = Params::danger_weak(64, 1, 1).unwrap();
    let hasher = Hasher::builder().params(params).workers(1).build();
    let auth = Auth::builder()
        .store(Arc::new(MemoryStore::new()))
        .directory(Arc::new(Faulty))
        .mailer(Arc::new(TestMailbox::default()))
        .keys(KeyRing::new(
            KeyId::new(1),
            MasterKey::from_bytes(*b"keys of tests are known to all!!"),
        ))
        .hasher(hasher.unwrap())
        .public_url("https://login.example")
        .tenant(
            Tenant::builder(TestAuth::TENANT, brand, policy, "Test")
                .build()
                .unwrap(),
        )
        .build()
        .unwrap();
    let web = Web::builder(auth).json_api(true).build().unwrap();
    Service {
        router: web.router(),
        test: Auth::for_tests().unwrap(),
    }
}

fn credentials(login: &str) -> Value {
    json!({"login": login, "password": PASSWORD})
}

#[tokio::test]
async fn directory_that_fails_is_temporary() {
    let service = faulty_service();
    for mut api in [Api::browser(&service).await, Api::app(&service).await] {
        let reply = api.post("sign-in", credentials("anna")).await;
        assert_eq!(reply.problem(), (503, "unavailable"));
        assert!(reply.headers.contains_key("retry-after"));
        assert!(!reply.json.to_string().contains(CAUSE), "{}", reply.json);
        // The answer to a request for a link looks nobody up.
        let asked = api
            .post("password-reset/request", json!({"login": "anna"}))
            .await;
        assert_eq!(asked.next(), "check_mail");
    }
}

#[tokio::test]
async fn unusable_account_is_a_fault() {
    let service = faulty_service();
    for mut api in [Api::browser(&service).await, Api::app(&service).await] {
        let reply = api.post("sign-in", credentials("long")).await;
        assert_eq!(reply.problem(), (500, "fault"));
        assert!(!reply.headers.contains_key("retry-after"));
        let text = reply.json.to_string();
        assert!(!text.contains("xxx") && !text.contains(PASSWORD), "{text}");
    }
}
