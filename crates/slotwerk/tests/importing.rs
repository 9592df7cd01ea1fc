//! Accounts that come from another system with their password hashes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::password::{ForeignScheme, PasswordHash};
use slotwerk::store::{AccountKey, MemoryStore, Store};
use slotwerk::{EventKind, ImportHashOutcome, SignInOutcome};
use std::sync::Arc;
use support::{GOOD, NOBODY, World, login, password};

/// By Django 5.2.19, of "correct horse"; see `tests/vectors/foreign` of slotwerk-password.
const DJANGO: [(&str, ForeignScheme); 4] = [
    (
        "pbkdf2_sha256$1000$QFWe2881E4jxXk9Ow7MCdp$Ra0V2mxKEfTBzfcNDasapZSeW/M0RIdruEScx3nrbr0=",
        ForeignScheme::Pbkdf2Sha256,
    ),
    (
        "pbkdf2_sha1$1300$Eio0bCGXjOI53EF8wXFaim$sMczjBkPV+4i7gs17GTtDIDCNms=",
        ForeignScheme::Pbkdf2Sha1,
    ),
    (
        "bcrypt_sha256$$2b$05$UB4j8Bv1fE7fWYlr1ZzC0u2D.SXIRNPfq92LQeKn3K1fSBqcMQHQ.",
        ForeignScheme::BcryptSha256,
    ),
    (
        "bcrypt$$2b$05$J5WMvTZm.jhpB1a9FoPhUOH.HnNDEFbLgRLsvcSwJHPaHMoaRpOKy",
        ForeignScheme::Bcrypt,
    ),
];
/// Asks for 16 MiB, which the hasher of these tests has not.
const SCRYPT: &str =
    "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc";

async fn import(world: &World, account: &str, text: &str) -> ImportHashOutcome {
    let hash = PasswordHash::parse(text).unwrap();
    let import = world.auth.import_hash("noord", account, &hash);
    import.await.unwrap()
}

async fn sign_in(world: &World, text: &str) -> SignInOutcome {
    let demo = login("demo");
    let answer = world.auth.sign_in("noord", &demo, password(text), &NOBODY);
    answer.await.unwrap()
}

async fn stored(store: &MemoryStore) -> Option<String> {
    let key = AccountKey::new("noord", "id-demo").unwrap();
    store.credential(&key).await.unwrap().hash
}

#[tokio::test]
async fn an_imported_hash_signs_in_and_is_upgraded_by_it() {
    for (text, scheme) in DJANGO {
        assert_eq!(PasswordHash::parse(text).unwrap().foreign(), Some(scheme));
        let store = Arc::new(MemoryStore::new());
        let world = World::on(store.clone());
        assert_eq!(
            import(&world, "id-demo", text).await,
            ImportHashOutcome::Imported
        );
        assert_eq!(stored(&store).await.as_deref(), Some(text));

        let wrong = sign_in(&world, "correct hors").await;
        assert!(matches!(wrong, SignInOutcome::Rejected), "{wrong:?}");
        assert_eq!(stored(&store).await.as_deref(), Some(text));
        assert_eq!(world.count(EventKind::HashUpgraded), 0);

        let right = sign_in(&world, "correct horse").await;
        assert!(matches!(right, SignInOutcome::Enrol(_)), "{right:?}");
        assert!(stored(&store).await.unwrap().starts_with("$argon2id$v=19$"));
        assert_eq!(world.count(EventKind::HashUpgraded), 1);
        let again = sign_in(&world, "correct horse").await;
        assert!(matches!(again, SignInOutcome::Enrol(_)), "{again:?}");
        assert_eq!(world.count(EventKind::HashUpgraded), 1);
    }
}

#[tokio::test]
async fn an_import_never_takes_the_place_of_a_password() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    world.with_password("noord", "demo").await;
    let before = stored(&store).await;
    assert_eq!(
        import(&world, "id-demo", DJANGO[0].0).await,
        ImportHashOutcome::Kept
    );
    assert_eq!(stored(&store).await, before);
    assert!(matches!(
        sign_in(&world, GOOD).await,
        SignInOutcome::Enrol(_)
    ));
}

#[tokio::test]
async fn an_import_can_be_run_twice_and_mails_nobody() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    assert_eq!(
        import(&world, "id-demo", DJANGO[0].0).await,
        ImportHashOutcome::Imported
    );
    assert_eq!(
        import(&world, "id-demo", DJANGO[0].0).await,
        ImportHashOutcome::Kept
    );
    assert!(world.deliver().await.is_empty());
}

#[tokio::test]
async fn what_could_not_be_verified_is_not_imported() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    assert_eq!(
        import(&world, "id-demo", SCRYPT).await,
        ImportHashOutcome::TooCostly
    );
    assert_eq!(
        import(&world, "nobody", DJANGO[0].0).await,
        ImportHashOutcome::NoAccount
    );
    assert_eq!(stored(&store).await, None);
}
