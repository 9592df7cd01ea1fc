//! The sessions of the crate `tower-sessions`, in the store of the facade.

use sha2::{Digest, Sha256};
use slotwerk::store::{
    AccountKey, CreateSession, LONGEST_SESSION, RotateSession, Session, SessionCreated,
    SessionData, SessionRotated, Store, StoreError, TokenHash,
};
use slotwerk::{Auth, async_trait};
use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::{Error, Result};

/// In front of the accounts that hold these sessions. No account of a directory has such an id.
const HOLDER: &str = "tower-sessions/";

/// How many accounts hold the sessions of a tenant. A new session locks one of them.
const HOLDERS: u32 = 64;

/// Keeps the values of the host's own visitors, signed in or not, where Slotwerk keeps its sessions. A host then needs
/// no second session store.
///
/// The crate `tower-sessions` reads and writes these values, and sets another cookie. They sign nobody in: use
/// [`SignedIn`](crate::SignedIn) for that. They also outlive a sign-out and a new password. Values about a person belong
/// beside the account's id; compare it with the one of `SignedIn` before you use them.
///
/// A session has at most 4,096 bytes of JSON and lives at most 31 days. [`most`](Self::most) bounds their number: beyond
/// it, the oldest go. [`Web::serve`](crate::Web::serve) purges those that are over.
///
/// ```no_run
/// # fn host(auth: slotwerk::Auth, store: std::sync::Arc<dyn slotwerk::store::Store>) {
/// use slotwerk_axum::HostSessions;
/// use tower_sessions::SessionManagerLayer;
///
/// let layer = SessionManagerLayer::new(HostSessions::new(auth, store, "noord")).with_secure(true);
/// # }
/// ```
#[derive(Clone)]
pub struct HostSessions {
    auth: Auth,
    store: Arc<dyn Store>,
    tenant: Arc<str>,
    /// The most sessions of one holder.
    of_one_holder: u32,
}

impl HostSessions {
    /// Keeps the sessions of a tenant in this store, by the clock of the facade. The store is the one that
    /// [`AuthBuilder::store`](slotwerk::AuthBuilder::store) got. Default: at most 100,000 sessions.
    #[must_use]
    pub fn new(auth: Auth, store: Arc<dyn Store>, tenant: &str) -> Self {
        let sessions = Self {
            auth,
            store,
            tenant: tenant.into(),
            of_one_holder: 0,
        };
        sessions.most(100_000)
    }

    /// The most sessions of the tenant, about. They are spread over 64 parts by their ids, and each part keeps its
    /// share: at least one.
    #[must_use]
    pub fn most(mut self, sessions: u32) -> Self {
        self.of_one_holder = sessions.div_ceil(HOLDERS).max(1);
        self
    }

    fn now(&self) -> u64 {
        self.auth.now().as_secs()
    }

    /// The id has 128 random bits, so that a hash without a key does not tell it.
    fn token(id: &Id) -> TokenHash {
        let hash = Sha256::new_with_prefix("slotwerk host session");
        TokenHash(hash.chain_update(id.0.to_be_bytes()).finalize().into())
    }

    fn holder(&self, token: TokenHash) -> Result<AccountKey> {
        let [first, ..] = token.0;
        let part = u32::from(first) % HOLDERS;
        AccountKey::new(&*self.tenant, format!("{HOLDER}{part}"))
            .map_err(|error| Error::Backend(error.to_string()))
    }

    async fn find(&self, id: &Id) -> Result<Option<Session>> {
        let found = self
            .store
            .find_session(&self.tenant, Self::token(id), self.now());
        found.await.map_err(backend)
    }
}

#[async_trait]
impl SessionStore for HostSessions {
    /// Begins a session. If another session has its id, the record gets a new one.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = encode(record)?;
        while self.find(&record.id).await?.is_some() {
            record.id = Id::default();
        }
        let (token, now) = (Self::token(&record.id), self.now());
        let expires_at = end(record, now)?;
        let command = CreateSession {
            token,
            account: self.holder(token)?,
            epoch: 0,
            data,
            expires_at,
            idle_secs: expires_at.saturating_sub(now),
            max_live: self.of_one_holder,
            now,
        };
        match self.store.create_session(&command).await.map_err(backend)? {
            SessionCreated::Created { .. } => Ok(()),
            SessionCreated::Stale => Err(Error::Backend("the holder has a password".to_owned())),
        }
    }

    /// Replaces the values and the end of a session. A session that is over stays so: a late request must not bring back
    /// what a sign-out has deleted.
    async fn save(&self, record: &Record) -> Result<()> {
        let (data, now) = (encode(record)?, self.now());
        let (token, expires_at) = (Self::token(&record.id), end(record, now)?);
        let command = RotateSession {
            from: token,
            to: token,
            account: self.holder(token)?,
            from_epoch: 0,
            epoch: 0,
            data,
            expires_at,
            idle_secs: expires_at.saturating_sub(now),
            now,
        };
        match self.store.rotate_session(&command).await.map_err(backend)? {
            SessionRotated::Rotated => Ok(()),
            SessionRotated::Over | SessionRotated::Stale => {
                Err(Error::Backend("the session is over".to_owned()))
            }
        }
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        self.find(id)
            .await?
            .map(|session| decode(*id, &session))
            .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let token = Self::token(id);
        let ended = self.store.end_session(&self.holder(token)?, token).await;
        ended.map(|_| ()).map_err(backend)
    }
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

fn encode(record: &Record) -> Result<SessionData> {
    let json =
        serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    SessionData::new(json).map_err(|error| Error::Encode(error.to_string()))
}

fn decode(id: Id, session: &Session) -> Result<Record> {
    let data = serde_json::from_slice(session.data.as_bytes());
    let end = i64::try_from(session.expires_at).unwrap_or(i64::MAX);
    let end = OffsetDateTime::from_unix_timestamp(end);
    Ok(Record {
        id,
        data: data.map_err(|error| Error::Decode(error.to_string()))?,
        expiry_date: end.map_err(|error| Error::Decode(error.to_string()))?,
    })
}

/// The second in which the session ends.
fn end(record: &Record, now: u64) -> Result<u64> {
    let end = u64::try_from(record.expiry_date.unix_timestamp()).unwrap_or(0);
    if end > now.saturating_add(LONGEST_SESSION) {
        return Err(Error::Encode(
            "a session lives at most 31 days: set a nearer expiry".to_owned(),
        ));
    }
    Ok(end)
}

impl fmt::Debug for HostSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostSessions")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
