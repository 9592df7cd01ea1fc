//! Sessions in the portal's database, so that they survive a restart.
//!
//! The store published for sqlx is built on another version of it than the one used here, and two cannot
//! link SQLite side by side. The table keeps a hash of each session's id: who reads it cannot take a
//! session over.

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use time::{Duration, OffsetDateTime};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

#[derive(Clone, Debug)]
pub(crate) struct SqliteSessions {
    pool: SqlitePool,
    /// How long a session lasts without a request. Each request saves it.
    idle: Duration,
}

impl SqliteSessions {
    pub(crate) fn new(pool: SqlitePool, idle: Duration) -> Self {
        Self { pool, idle }
    }

    fn end(&self) -> i64 {
        OffsetDateTime::now_utc()
            .saturating_add(self.idle)
            .unix_timestamp()
    }

    pub(crate) async fn delete_expired(&self) -> Result<()> {
        sqlx::query("DELETE FROM portal_sessions WHERE expires_at <= ?")
            .bind(OffsetDateTime::now_utc().unix_timestamp())
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

#[async_trait]
impl SessionStore for SqliteSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // An id that is taken is drawn again; with 128 bits that is a formality.
        loop {
            let inserted = sqlx::query("INSERT OR IGNORE INTO portal_sessions VALUES (?, ?, ?)")
                .bind(key(&record.id))
                .bind(encode(record)?)
                .bind(self.end())
                .execute(&self.pool)
                .await
                .map_err(backend)?;
            if inserted.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    /// Never brings a session back: one that was deleted meanwhile stays deleted.
    async fn save(&self, record: &Record) -> Result<()> {
        sqlx::query("UPDATE portal_sessions SET data = ?, expires_at = ? WHERE id = ?")
            .bind(encode(record)?)
            .bind(self.end())
            .bind(key(&record.id))
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row: Option<(String, i64)> = sqlx::query_as(
            "SELECT data, expires_at FROM portal_sessions WHERE id = ? AND expires_at > ?",
        )
        .bind(key(id))
        .bind(OffsetDateTime::now_utc().unix_timestamp())
        .fetch_optional(&self.pool)
        .await
        .map_err(backend)?;
        row.map(|(data, expires_at)| {
            Ok(Record {
                id: *id,
                data: serde_json::from_str(&data)
                    .map_err(|error| Error::Decode(error.to_string()))?,
                expiry_date: OffsetDateTime::from_unix_timestamp(expires_at)
                    .map_err(|error| Error::Decode(error.to_string()))?,
            })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("DELETE FROM portal_sessions WHERE id = ?")
            .bind(key(id))
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

fn key(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::SqlitePoolOptions;

    async fn sessions() -> SqliteSessions {
        sessions_for(Duration::hours(1)).await
    }

    async fn sessions_for(idle: Duration) -> SqliteSessions {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect("sqlite::memory:")
            .await
            .unwrap();
        sqlx::raw_sql(crate::database::TABLES)
            .execute(&pool)
            .await
            .unwrap();
        SqliteSessions::new(pool, idle)
    }

    fn record(id: i128) -> Record {
        let mut record = Record {
            id: Id(id),
            data: Default::default(),
            expiry_date: OffsetDateTime::now_utc() + Duration::hours(1),
        };
        record.data.insert("noord".to_owned(), "somebody".into());
        record
    }

    #[tokio::test]
    async fn a_session_is_found_again_until_it_is_deleted() {
        let (sessions, mut record) = (sessions().await, record(1));
        sessions.create(&mut record).await.unwrap();
        let found = sessions.load(&record.id).await.unwrap().unwrap();
        assert_eq!(found.data, record.data);
        sessions.delete(&record.id).await.unwrap();
        assert!(sessions.load(&record.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_deleted_session_is_not_saved_back() {
        let (sessions, mut record) = (sessions().await, record(1));
        sessions.create(&mut record).await.unwrap();
        sessions.delete(&record.id).await.unwrap();
        sessions.save(&record).await.unwrap();
        assert!(sessions.load(&record.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_session_ends_without_requests_whatever_its_cookie_says() {
        let (sessions, mut record) = (sessions_for(Duration::ZERO).await, record(1));
        sessions.create(&mut record).await.unwrap();
        assert!(sessions.load(&record.id).await.unwrap().is_none());
        sessions.save(&record).await.unwrap();
        assert!(sessions.load(&record.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_id_that_is_taken_is_drawn_again() {
        let (sessions, mut first, mut second) = (sessions().await, record(1), record(1));
        sessions.create(&mut first).await.unwrap();
        sessions.create(&mut second).await.unwrap();
        assert_ne!(first.id, second.id);
    }

    #[tokio::test]
    async fn the_table_does_not_hold_the_id_that_the_browser_has() {
        let (sessions, mut record) = (sessions().await, record(0x0123_4567_89ab_cdef));
        sessions.create(&mut record).await.unwrap();
        let ids: Vec<Vec<u8>> = sqlx::query_scalar("SELECT id FROM portal_sessions")
            .fetch_all(&sessions.pool)
            .await
            .unwrap();
        assert_eq!(ids.len(), 1);
        assert_ne!(ids[0], record.id.0.to_be_bytes());
        // Its SHA-256, by Python's hashlib.
        let hash: String = ids[0].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hash,
            "a351376df77193605719792f2f1a0551968921500bf62abd2c1e2ce2b5b53028"
        );
    }
}
