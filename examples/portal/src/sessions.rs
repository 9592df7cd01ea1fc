//! Sessions in the portal's database, so that they survive a restart.
//!
//! The session store published for sqlx is built on another version of it than the one used here, and two cannot
//! link SQLite side by side. The table keeps a hash of each session's id: who reads it cannot take a
//! session over.

use crate::pool::{Pool, change, is_taken, on_each};
use async_trait::async_trait;
use sha2::{Digest, Sha256};
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
pub(crate) struct TableSessions {
    pool: Pool,
    lifetime: SessionLifetime,
    now: Now,
}

impl TableSessions {
    pub(crate) fn new(pool: Pool, lifetime: SessionLifetime) -> Self {
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
        let text = "DELETE FROM portal_sessions WHERE expires_at <= $1 OR expires_at > $2";
        change!(&self.pool, text, now, latest).map_err(backend)?;
        Ok(())
    }
}

#[async_trait]
impl SessionStore for TableSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // A new id does not begin the session anew: the layer hands over what the old one held.
        let began = (self.now)().into();
        record.data.entry(BEGAN.to_owned()).or_insert(began);
        // An id that is taken is drawn again; with 128 bits that is a formality.
        loop {
            let text = "INSERT INTO portal_sessions VALUES ($1, $2, $3)";
            let (id, data, end) = (key(&record.id), encode(record)?, self.end(record));
            match change!(&self.pool, text, &id, &data, end) {
                Ok(_) => return Ok(()),
                Err(error) if is_taken(&error) => {}
                Err(error) => return Err(backend(error)),
            }
            record.id = Id::default();
        }
    }

    /// Never brings a session back: one that was deleted meanwhile stays deleted.
    async fn save(&self, record: &Record) -> Result<()> {
        let text = "UPDATE portal_sessions SET data = $1, expires_at = $2 WHERE id = $3";
        let (id, data, end) = (key(&record.id), encode(record)?, self.end(record));
        change!(&self.pool, text, &data, end, &id).map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = (self.now)();
        let latest = now
            .saturating_add(self.lifetime.idle.whole_seconds())
            .saturating_add(CLOCK_TOLERANCE);
        let text = self.pool.text(
            "SELECT data, expires_at FROM portal_sessions
              WHERE id = $1 AND expires_at > $2 AND expires_at <= $3",
        );
        let id_hash = key(id);
        let row: Option<(String, i64)> = on_each!(&self.pool, connections => {
            let found = sqlx::query_as(text).bind(&id_hash).bind(now).bind(latest);
            found.fetch_optional(connections).await
        })
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
        let text = "DELETE FROM portal_sessions WHERE id = $1";
        change!(&self.pool, text, key(id)).map_err(backend)?;
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
    use crate::database::{self, Start};
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

    async fn sessions() -> TableSessions {
        let (_, pool) = database::open("sqlite::memory:", Start::New).await.unwrap();
        TableSessions {
            now: || NOW.get(),
            ..TableSessions::new(pool, LIFETIME)
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

    async fn ids(sessions: &TableSessions) -> Vec<Vec<u8>> {
        on_each!(&sessions.pool, connections => {
            let ids = sqlx::query_scalar("SELECT id FROM portal_sessions");
            ids.fetch_all(connections).await.unwrap()
        })
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
        assert!(ids(&sessions).await.is_empty());
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
        let ids = ids(&sessions).await;
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
