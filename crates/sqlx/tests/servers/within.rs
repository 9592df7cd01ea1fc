//! Commands inside a transaction of the host, on servers.

use crate::server::Server;
use slotwerk_sqlx::{HostDatabase, SqlStore, Within};
use slotwerk_store::{AccountErased, AccountKey, EraseAccount, ErrorKind, Store, Subject};
use slotwerk_testkit::conformance::block_on;
use sqlx::Executor;

fn erase() -> EraseAccount {
    EraseAccount {
        account: AccountKey::new("noord", "ann").unwrap(),
        budgets: Vec::new(),
        subject: Subject([5; 32]),
        actor: None,
        reason: None,
        now: 1_700_000_000,
    }
}

async fn epoch(store: &SqlStore) -> u64 {
    store.credential(&erase().account).await.unwrap().epoch
}

/// The host commits or undoes an erasure together with its own write.
async fn both_or_neither<DB>(store: &SqlStore, pool: &sqlx::Pool<DB>)
where
    DB: HostDatabase,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    pool.execute("CREATE TABLE users (id BIGINT)")
        .await
        .unwrap();
    pool.execute("INSERT INTO users VALUES (1)").await.unwrap();
    for commits in [false, true] {
        let within: Within<DB> = store.within(pool.begin().await.unwrap());
        let AccountErased { epoch: inside, .. } =
            within.store().erase_account(&erase()).await.unwrap();
        let mut transaction = within.into_transaction().await.unwrap();
        (&mut *transaction)
            .execute("DELETE FROM users")
            .await
            .unwrap();
        assert_eq!(epoch(store).await, 0, "nothing shows before the commit");
        if commits {
            transaction.commit().await.unwrap();
            assert_eq!(epoch(store).await, inside);
        } else {
            transaction.rollback().await.unwrap();
            assert_eq!(epoch(store).await, 0);
        }
    }
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_commits_both_or_neither() {
    block_on(async {
        let (store, _, address) = Server::Postgres.stores("within").await;
        let pool = sqlx::PgPool::connect(&address).await.unwrap();
        both_or_neither(&store, &pool).await;
    });
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_commits_both_or_neither() {
    block_on(async {
        let (store, _, address) = Server::Mariadb.stores("within").await;
        let pool = SqlStore::mysql_pool_options()
            .connect(&address)
            .await
            .unwrap();
        both_or_neither(&store, &pool).await;
    });
}

/// A deadlock with another transaction is the host's to repeat.
#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn conflict_is_not_repeated_inside() {
    block_on(async {
        let (store, _, address) = Server::Postgres.stores("within_conflict").await;
        let pool = SqlStore::postgres_pool_options()
            .connect(&address)
            .await
            .unwrap();
        let _ = store.erase_account(&erase()).await.unwrap();
        let mut holder = pool.begin().await.unwrap();
        (&mut *holder)
            .execute("SELECT * FROM slotwerk_credentials FOR UPDATE")
            .await
            .unwrap();
        let mut host = pool.begin().await.unwrap();
        (&mut *host)
            .execute("SET LOCAL lock_timeout = '50ms'")
            .await
            .unwrap();
        let within: Within<sqlx::Postgres> = store.within(host);
        let fault = within.store().erase_account(&erase()).await.unwrap_err();
        assert_eq!(fault.kind(), ErrorKind::Conflict);
        holder.rollback().await.unwrap();
        // The savepoint has undone the command: the host's transaction goes on.
        let _ = within.store().erase_account(&erase()).await.unwrap();
        let transaction = within.into_transaction().await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(epoch(&store).await, 2);
    });
}
