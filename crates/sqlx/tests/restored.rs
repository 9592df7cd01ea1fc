//! A restored backup brings used secrets back; one command ends them.
#![cfg(feature = "sqlite")]

use crate::common;
use crate::sessions::session;

use common::{Database, NOW, ann, change, consume, furnish, job, link, ticket};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{ResetConsumed, SessionCreated, Stage, Store, TokenHash};
use slotwerk_testkit::conformance::block_on;

#[test]
fn restored_secrets_end() {
    block_on(async {
        let database = Database::new().await;
        furnish(&database.store).await;
        let backup = format!("{}.backup", database.path());
        database.run(&format!("VACUUM INTO '{backup}'")).await;
        // Since the backup the link was used, and somebody has signed in under the new epoch.
        let used = database.store.consume_reset(&consume(1, job(0xd0))).await;
        assert_eq!(used.unwrap(), ResetConsumed::Consumed { epoch: 1 });

        let store = SqlStore::connect(&backup).await.unwrap();
        let created = store.create_session(&session(5, 0)).await.unwrap();
        assert_eq!(created, SessionCreated::Created { pushed_out: 0 });
        let found = store.find_reset("noord", link(1, 0).token, NOW).await;
        assert!(found.unwrap().is_some(), "the backup brings the link back");
        let done = store.end_everything().await.unwrap();
        let counts = (
            done.accounts,
            done.links,
            done.tickets,
            done.enrolments,
            done.sessions,
        );
        assert_eq!(counts, (1, 1, 1, 0, 1));
        let found = store.find_reset("noord", link(1, 0).token, NOW).await;
        assert!(found.unwrap().is_none());
        let found = store.find_ticket("noord", TokenHash([8; 32]), NOW).await;
        assert!(found.unwrap().is_none());
        let found = store.find_session("noord", TokenHash([5; 32]), NOW).await;
        assert!(found.unwrap().is_none());
        let epoch = store.credential(&ann()).await.unwrap().epoch;
        assert!(epoch > 1, "a session of epoch 1 has ended: {epoch}");
        assert_eq!(store.recovery_codes_left(&ann()).await.unwrap(), 10);
        // The account goes on.
        let _ = store.change_password(&change(epoch)).await.unwrap();
        let open = ticket(9, Stage::Verify, epoch + 1);
        store.open_ticket(&open).await.unwrap();
        let found = store.find_ticket("noord", TokenHash([9; 32]), NOW).await;
        assert!(found.unwrap().is_some());
    });
}
