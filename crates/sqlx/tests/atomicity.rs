//! A transition that fails at any of its writes has not happened at all.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{
    Database, NOW, all_or_nothing, ann, begin, change, confirm, consume, furnish, job, link,
    subject, ticket,
};
use slotwerk_store::{
    AccessRevoked, AdvanceTotpStep, BudgetChanges, ChangePassword, ClearRecheck, CodeDigest,
    ConfirmEnrolment, Forget, Id, Invited, IssueReset, KeepHistory, RequireNewPassword,
    RevokeAccess, RevokeLinks, SpendRecoveryCode, Stage, Store, TokenHash,
};
use slotwerk_testkit::conformance::block_on;

fn revoke(expected_epoch: Option<u64>) -> RevokeAccess {
    RevokeAccess {
        account: ann(),
        expected_epoch,
        forget: Forget::Nothing,
        notice: None,
        subject: subject(),
        actor: None,
        reason: None,
        now: NOW,
    }
}

#[test]
fn using_a_link_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let writes = [
            "DELETE ON slotwerk_resets",
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_tickets",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = consume(1, job(0xd0));
        all_or_nothing(&database, &writes, || {
            database.store.consume_reset(&command)
        })
        .await;
        // With a password set, that is retired.
        let _ = database.store.issue_reset(&link(2, 1)).await.unwrap();
        let writes = [
            "INSERT ON slotwerk_password_history",
            "UPDATE ON slotwerk_credentials",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = consume(2, job(0xd1));
        all_or_nothing(&database, &writes, || {
            database.store.consume_reset(&command)
        })
        .await;
    });
}

#[test]
fn changing_a_password_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let _ = database.store.issue_reset(&link(1, 0)).await.unwrap();
        let open = ticket(8, Stage::Verify, 0);
        database.store.open_ticket(&open).await.unwrap();
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_resets",
            "DELETE ON slotwerk_tickets",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = ChangePassword {
            notice: Some(job(0xd0)),
            ..change(0)
        };
        let set = || database.store.change_password(&command);
        all_or_nothing(&database, &writes, set).await;
    });
}

#[test]
fn retiring_a_password_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        for epoch in 0..4 {
            let _ = store.change_password(&change(epoch)).await.unwrap();
        }
        // The newest stays, so that there is one to add and older ones to remove.
        let writes = [
            "INSERT ON slotwerk_password_history",
            "DELETE ON slotwerk_password_history",
            "UPDATE ON slotwerk_credentials",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = ChangePassword {
            keep: KeepHistory {
                last: 1,
                since: u64::MAX,
            },
            notice: Some(job(0xd0)),
            ..change(4)
        };
        all_or_nothing(&database, &writes, || store.change_password(&command)).await;
        let past = store.password_history(&ann(), 9).await.unwrap();
        let hashes: Vec<_> = past.iter().map(|past| past.hash.as_str()).collect();
        assert_eq!(hashes, ["hash 3"]);
    });
}

#[test]
fn clearing_a_mark_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let marked = ChangePassword {
            recheck: true,
            ..change(0)
        };
        let _ = store.change_password(&marked).await.unwrap();
        let command = ClearRecheck {
            account: ann(),
            epoch: 1,
        };
        let writes = ["UPDATE ON slotwerk_credentials"];
        all_or_nothing(&database, &writes, || store.clear_recheck(&command)).await;
    });
}

#[test]
fn a_revocation_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let _ = store.issue_reset(&link(1, 0)).await.unwrap();
        store
            .open_ticket(&ticket(7, Stage::Enrol, 0))
            .await
            .unwrap();
        let _ = store.begin_enrolment(&begin(7)).await.unwrap();
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_resets",
            "DELETE ON slotwerk_tickets",
            "DELETE ON slotwerk_pending_enrolments",
            "INSERT ON slotwerk_audit",
        ];
        let command = revoke(None);
        all_or_nothing(&database, &writes, || store.revoke_access(&command)).await;
    });
}

#[test]
fn a_revocation_of_an_account_never_seen_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let writes = ["INSERT ON slotwerk_credentials", "INSERT ON slotwerk_audit"];
        let command = revoke(None);
        let revoke = || database.store.revoke_access(&command);
        all_or_nothing(&database, &writes, revoke).await;
    });
}

#[test]
fn a_password_is_forgotten_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let _ = store.change_password(&change(0)).await.unwrap();
        let _ = store.issue_reset(&link(1, 1)).await.unwrap();
        let writes = [
            "INSERT ON slotwerk_password_history",
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_resets",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = RevokeAccess {
            forget: Forget::Password,
            notice: Some(job(0xd0)),
            ..revoke(Some(1))
        };
        all_or_nothing(&database, &writes, || store.revoke_access(&command)).await;
        let past = store.password_history(&ann(), 9).await.unwrap();
        assert_eq!(past[0].hash, "hash 0");
    });
}

/// The history is written first, so that a guard that fails after it has to undo it.
#[test]
fn a_stale_revocation_leaves_no_trace() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let _ = store.change_password(&change(0)).await.unwrap();
        // More past passwords than are kept: the first write of a revocation removes the oldest.
        database
            .run(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 30)
                 INSERT INTO slotwerk_password_history (tenant, account, epoch, hash, retired_at)
                 SELECT tenant, account, 100 + n, 'past', 1 FROM slotwerk_credentials, n",
            )
            .await;
        let before = database.contents().await;
        for epoch in [0, 2, i64::MAX.unsigned_abs()] {
            let command = RevokeAccess {
                forget: Forget::Password,
                notice: Some(job(0xd0)),
                ..revoke(Some(epoch))
            };
            let outcome = store.revoke_access(&command).await.unwrap();
            assert_eq!(outcome, AccessRevoked::Stale);
            assert_eq!(database.contents().await, before);
        }
    });
}

#[test]
fn invitation_is_atomic() {
    block_on(async {
        let database = Database::new().await;
        let command = IssueReset {
            invited: Some(Invited {
                subject: subject(),
                actor: None,
                reason: None,
            }),
            ..link(1, 0)
        };
        let writes = ["INSERT ON slotwerk_resets", "INSERT ON slotwerk_audit"];
        let issue = || database.store.issue_reset(&command);
        all_or_nothing(&database, &writes, issue).await;
    });
}

#[test]
fn links_are_revoked_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        for n in 1..=3 {
            let _ = store.issue_reset(&link(n, 0)).await.unwrap();
        }
        let writes = ["DELETE ON slotwerk_resets", "INSERT ON slotwerk_audit"];
        let command = RevokeLinks {
            account: ann(),
            expected_epoch: 0,
            subject: subject(),
            now: NOW,
        };
        all_or_nothing(&database, &writes, || store.revoke_links(&command)).await;
    });
}

#[test]
fn enrolment_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        store
            .open_ticket(&ticket(7, Stage::Enrol, 0))
            .await
            .unwrap();
        let writes = [
            "UPDATE ON slotwerk_credentials",
            "INSERT ON slotwerk_pending_enrolments",
            "INSERT ON slotwerk_outbox",
        ];
        let command = begin(7);
        all_or_nothing(&database, &writes, || store.begin_enrolment(&command)).await;
        let _ = store.issue_reset(&link(1, 0)).await.unwrap();
        let writes = [
            "DELETE ON slotwerk_tickets",
            "INSERT ON slotwerk_authenticators",
            "DELETE ON slotwerk_pending_enrolments",
            "UPDATE ON slotwerk_credentials",
            "DELETE ON slotwerk_resets",
            "INSERT ON slotwerk_recovery_codes",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = ConfirmEnrolment {
            revokes: true,
            ..confirm(7)
        };
        all_or_nothing(&database, &writes, || store.confirm_enrolment(&command)).await;
    });
}

#[test]
fn a_step_is_accepted_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let writes = [
            "DELETE ON slotwerk_tickets",
            "UPDATE ON slotwerk_authenticators",
            "INSERT ON slotwerk_audit",
        ];
        let command = AdvanceTotpStep {
            ticket: TokenHash([8; 32]),
            account: ann(),
            authenticator: Id([1; 16]),
            step: 101,
            drift: 0,
            resynchronised: false,
            notice: None,
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let advance = || database.store.advance_totp_step(&command);
        all_or_nothing(&database, &writes, advance).await;
    });
}

#[test]
fn a_recovery_code_is_spent_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let writes = [
            "DELETE ON slotwerk_tickets",
            "DELETE ON slotwerk_recovery_codes",
            "INSERT ON slotwerk_audit",
            "INSERT ON slotwerk_outbox",
        ];
        let command = SpendRecoveryCode {
            ticket: TokenHash([8; 32]),
            account: ann(),
            digests: vec![CodeDigest([3; 32])],
            notice: Some(job(0xd0)),
            subject: subject(),
            now: NOW,
            budgets: BudgetChanges::default(),
        };
        let spend = || database.store.spend_recovery_code(&command);
        all_or_nothing(&database, &writes, spend).await;
    });
}

#[test]
fn opening_a_ticket_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        for n in 1..=5 {
            let open = ticket(n, Stage::Verify, 0);
            database.store.open_ticket(&open).await.unwrap();
        }
        let writes = ["INSERT ON slotwerk_tickets", "DELETE ON slotwerk_tickets"];
        let command = ticket(6, Stage::Verify, 0);
        let open = || database.store.open_ticket(&command);
        all_or_nothing(&database, &writes, open).await;
    });
}

#[test]
fn a_purge_happens_whole_or_not_at_all() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let _ = store.issue_reset(&link(1, 0)).await.unwrap();
        store
            .open_ticket(&ticket(7, Stage::Enrol, 0))
            .await
            .unwrap();
        let _ = store.begin_enrolment(&begin(7)).await.unwrap();
        let writes = [
            "DELETE ON slotwerk_resets",
            "DELETE ON slotwerk_tickets",
            "DELETE ON slotwerk_pending_enrolments",
        ];
        all_or_nothing(&database, &writes, || store.purge(NOW + 86_400, u32::MAX)).await;
    });
}

#[test]
fn mark_is_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let store = &database.store;
        let _ = store.change_password(&change(0)).await.unwrap();
        let command = RequireNewPassword {
            account: ann(),
            subject: subject(),
            actor: Some(subject()),
            reason: None,
            now: NOW,
            notice: None,
        };
        let writes = ["UPDATE ON slotwerk_credentials", "INSERT ON slotwerk_audit"];
        all_or_nothing(&database, &writes, || store.require_new_password(&command)).await;
    });
}
