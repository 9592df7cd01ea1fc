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

/// How long a session lasts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionLifetime {
    /// Without a request. Each request saves the session.
    pub(crate) idle: Duration,
    /// In all, however many requests there are.
    pub(crate) absolute: Duration,
}

/// Where a session keeps when it began, in whole seconds since 1970. No tenant's id has a colon.
pub(crate) const BEGAN: &str = "portal:began";

/// Seconds that the clocks of two nodes may differ.
const CLOCK_TOLERANCE: i64 = 60;

/// The time, in whole seconds since 1970.
type Now = fn() -> i64;

fn system_time() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

#[derive(Clone, Debug)]
pub(crate) struct SqliteSessions {
    pool: SqlitePool,
    lifetime: SessionLifetime,
    now: Now,
}

impl SqliteSessions {
    pub(crate) fn new(pool: SqlitePool, lifetime: SessionLifetime) -> Self {
        Self {
            pool,
            lifetime,
            now: system_time,
        }
    }

    /// When a session ends that is used now; in the past if it has lasted long enough.
    fn end(&self, record: &Record) -> i64 {
        let now = (self.now)();
        let idle = now.saturating_add(self.lifetime.idle.whole_seconds());
        // A session without a beginning, or with one that lies ahead, has no time left.
        let began = record.data.get(BEGAN).and_then(serde_json::Value::as_i64);
        let began = began.filter(|began| *began <= now.saturating_add(CLOCK_TOLERANCE));
        began.map_or(now, |began| {
            idle.min(began.saturating_add(self.lifetime.absolute.whole_seconds()))
        })
    }

    pub(crate) async fn delete_expired(&self) -> Result<()> {
        let now = (self.now)();
        // What lies further ahead than any session lasts was written by a clock that was wrong.
        let latest = now
            .saturating_add(self.lifetime.idle.whole_seconds())
            .saturating_add(CLOCK_TOLERANCE);
        sqlx::query("DELETE FROM portal_sessions WHERE expires_at <= ? OR expires_at > ?")
            .bind(now)
            .bind(latest)
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

#[async_trait]
impl SessionStore for SqliteSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // A new id does not begin the session anew: the layer hands over what the old one held.
        let began = (self.now)().into();
        record.data.entry(BEGAN.to_owned()).or_insert(began);
        // An id that is taken is drawn again; with 128 bits that is a formality.
        loop {
            let inserted = sqlx::query("INSERT OR IGNORE INTO portal_sessions VALUES (?, ?, ?)")
                .bind(key(&record.id))
                .bind(encode(record)?)
                .bind(self.end(record))
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
            .bind(self.end(record))
            .bind(key(&record.id))
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = (self.now)();
        let row: Option<(String, i64)> = sqlx::query_as(
            "SELECT data, expires_at FROM portal_sessions
              WHERE id = ? AND expires_at > ? AND expires_at <= ?",
        )
        .bind(key(id))
        .bind(now)
        .bind(
            now.saturating_add(self.lifetime.idle.whole_seconds())
                .saturating_add(CLOCK_TOLERANCE),
        )
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
    use std::cell::Cell;

    const LIFETIME: SessionLifetime = SessionLifetime {
        idle: Duration::hours(1),
        absolute: Duration::hours(12),
    };

    thread_local! {
        static NOW: Cell<i64> = const { Cell::new(1_900_000_000) };
    }

    fn wait(time: Duration) {
        NOW.set(NOW.get() + time.whole_seconds());
    }

    async fn sessions() -> SqliteSessions {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect("sqlite::memory:")
            .await
            .unwrap();
        sqlx::raw_sql(crate::database::TABLES)
            .execute(&pool)
            .await
            .unwrap();
        SqliteSessions {
            now: || NOW.get(),
            ..SqliteSessions::new(pool, LIFETIME)
        }
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
    async fn session_lives_until_deleted() {
        let (sessions, mut record) = (sessions().await, record(1));
        sessions.create(&mut record).await.unwrap();
        let found = sessions.load(&record.id).await.unwrap().unwrap();
        assert_eq!(found.data, record.data);
        sessions.delete(&record.id).await.unwrap();
        assert!(sessions.load(&record.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn deleted_session_stays_deleted() {
        let (sessions, mut record) = (sessions().await, record(1));
        sessions.create(&mut record).await.unwrap();
        sessions.delete(&record.id).await.unwrap();
        sessions.save(&record).await.unwrap();
        assert!(sessions.load(&record.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn idle_session_ends() {
        let (sessions, mut record) = (sessions().await, record(1));
        sessions.create(&mut record).await.unwrap();
        wait(Duration::minutes(59));
        sessions.save(&record).await.unwrap();
        wait(Duration::minutes(59));
        assert!(sessions.load(&record.id).await.unwrap().is_some());
        wait(Duration::minutes(1));
        assert!(sessions.load(&record.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn busy_session_ends_after_twelve_hours() {
        let (sessions, mut record) = (sessions().await, record(1));
        sessions.create(&mut record).await.unwrap();
        for request in 1..24 {
            wait(Duration::minutes(30));
            let found = sessions.load(&record.id).await.unwrap();
            sessions.save(&found.expect("still live")).await.unwrap();
            // A new id, as after a sign-in, does not lengthen it.
            if request % 5 == 0 {
                record.id = Id(i128::from(request) + 1);
                sessions.create(&mut record).await.unwrap();
            }
        }
        wait(Duration::minutes(30));
        assert!(sessions.load(&record.id).await.unwrap().is_none());
        sessions.save(&record).await.unwrap();
        assert!(sessions.load(&record.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn clock_ahead_lengthens_no_session() {
        let (sessions, mut kept, mut swept) = (sessions().await, record(1), record(2));
        wait(Duration::days(365));
        sessions.create(&mut kept).await.unwrap();
        sessions.create(&mut swept).await.unwrap();
        wait(-Duration::days(365));
        assert!(sessions.load(&kept.id).await.unwrap().is_none());
        sessions.save(&kept).await.unwrap();
        assert!(
            sessions.load(&kept.id).await.unwrap().is_none(),
            "began in a year"
        );
        sessions.delete_expired().await.unwrap();
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM portal_sessions")
            .fetch_one(&sessions.pool)
            .await
            .unwrap();
        assert_eq!(left, 0);
    }

    #[tokio::test]
    async fn taken_id_is_drawn_again() {
        let (sessions, mut first, mut second) = (sessions().await, record(1), record(1));
        sessions.create(&mut first).await.unwrap();
        sessions.create(&mut second).await.unwrap();
        assert_ne!(first.id, second.id);
    }

    #[tokio::test]
    async fn table_holds_no_session_id() {
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
