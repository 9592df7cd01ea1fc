//! A database of version 1: its recovery codes have no hashing, and they keep working until a new set comes.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{Database, NOW, ann, codes, subject, ticket};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{
    BudgetChanges, CodeDigest, RecoveryCodeSpent, RecoveryCodesRenewed, RenewRecoveryCodes,
    ReplacedCodes, SpendRecoveryCode, Stage, Store, TokenHash,
};
use slotwerk_testkit::conformance::block_on;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

/// A file as version 1 left it, with two recovery codes of Ann.
async fn version_1(path: &str) {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let pool = SqlitePoolOptions::new().connect_with(options).await;
    let pool = pool.unwrap();
    for sql in [
        include_str!("../src/schema/sqlite/1_tables.sql"),
        "CREATE TABLE slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY)",
        "INSERT INTO slotwerk_schema (version) VALUES (1)",
        "INSERT INTO slotwerk_recovery_codes (tenant, account, digest)
             VALUES ('noord', 'ann', zeroblob(32)), ('noord', 'ann', unhex(hex(zeroblob(31)) || '01'))",
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&pool)
            .await
            .unwrap();
    }
    pool.close().await;
}

#[test]
fn version_1_codes_work_until_renewed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("slotwerk.db");
    let path = path.to_str().unwrap();
    block_on(async {
        version_1(path).await;
        let store = SqlStore::connect(path).await.unwrap();
        assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 2);
        let hashing = store.recovery_code_hashing(&ann()).await.unwrap();
        assert_eq!(hashing, None, "these codes were not hashed slowly");

        store
            .open_ticket(&ticket(7, Stage::Verify, 0))
            .await
            .unwrap();
        let spend = SpendRecoveryCode {
            ticket: TokenHash([7; 32]),
            account: ann(),
            digests: vec![CodeDigest([0; 32])],
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let spent = store.spend_recovery_code(&spend).await.unwrap();
        assert!(
            matches!(spent, RecoveryCodeSpent::Spent { remaining: 1, .. }),
            "{spent:?}"
        );

        store
            .open_ticket(&ticket(8, Stage::Manage, 0))
            .await
            .unwrap();
        let renew = RenewRecoveryCodes {
            replaces: ReplacedCodes::Any,
            ticket: TokenHash([8; 32]),
            account: ann(),
            recovery_codes: codes([CodeDigest([9; 32])]),
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let renewed = store.renew_recovery_codes(&renew).await.unwrap();
        assert_eq!(renewed, RecoveryCodesRenewed::Renewed);
        let hashing = store.recovery_code_hashing(&ann()).await.unwrap();
        assert_eq!(hashing, Some(codes([]).hashing));
        assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 1);
    });
}

#[test]
fn long_hashing_is_a_fault() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        store
            .open_ticket(&ticket(8, Stage::Manage, 0))
            .await
            .unwrap();
        for (length, fits) in [(128, true), (129, false)] {
            let mut recovery_codes = codes([CodeDigest([9; 32])]);
            recovery_codes.hashing = "x".repeat(length);
            let renew = RenewRecoveryCodes {
                replaces: ReplacedCodes::Any,
                ticket: TokenHash([8; 32]),
                account: ann(),
                recovery_codes,
                notice: None,
                subject: subject(),
                now: NOW,
                budgets: BudgetChanges::default(),
            };
            let renewed = store.renew_recovery_codes(&renew).await;
            assert_eq!(renewed.is_ok(), fits, "{length} bytes");
        }
    });
}
