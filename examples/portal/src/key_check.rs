//! Checks that all nodes on one database have the same key file.
//!
//! With other keys, a node would reject every link, code and form of the other nodes.

use crate::pool::{Pool, change, is_taken, on_each};
use slotwerk::keys::{KeyId, KeyRing, Scope};

/// Why the key file does not fit the database.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyCheckError {
    #[error(
        "key {0} is not the one that this database was used with: copy the key file of the other nodes here, or if it \
         is lost, empty the table portal_keys; then open links and set-up authenticator apps no longer work"
    )]
    Other(u16),
    #[error("the check value of a key could not be read or stored: {0}")]
    Database(#[from] sqlx::Error),
}

/// Compares each usable key with the check value that the first node left. Leaves one for each new key.
pub(crate) async fn check(keys: &KeyRing, pool: &Pool) -> Result<(), KeyCheckError> {
    for id in keys.usable() {
        let Some(value) = check_value(keys, id) else {
            continue;
        };
        let text = "INSERT INTO portal_keys (id, check_value) VALUES ($1, $2)";
        let number = i64::from(id.get());
        let kept = match kept(pool, number).await? {
            Some(kept) => kept,
            None => match change!(pool, text, number, &value) {
                Ok(_) => continue,
                // Another node was faster.
                Err(error) if is_taken(&error) => kept(pool, number).await?.unwrap_or_default(),
                Err(error) => return Err(error.into()),
            },
        };
        if kept != value {
            return Err(KeyCheckError::Other(id.get()));
        }
    }
    Ok(())
}

/// The value that shows which key it is, and nothing of the key. `None` if the ring cannot use the key.
pub(crate) fn check_value(keys: &KeyRing, id: KeyId) -> Option<Vec<u8>> {
    let derived = keys.derive(id, &Scope::new("portal-key-check", "portal"));
    Some(derived.ok()?.mac(&[b"check"]).to_vec())
}

async fn kept(pool: &Pool, id: i64) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let text = pool.text("SELECT check_value FROM portal_keys WHERE id = $1");
    on_each!(pool, connections => {
        sqlx::query_scalar(text).bind(id).fetch_optional(connections).await
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{self, Start};
    use slotwerk::keys::MasterKey;

    fn ring(id: u16, byte: u8) -> KeyRing {
        KeyRing::new(KeyId::new(id), MasterKey::from_bytes([byte; 32]))
    }

    #[tokio::test]
    async fn other_key_file_is_rejected() {
        let (_, pool) = database::open("sqlite::memory:", Start::New).await.unwrap();
        check(&ring(1, 1), &pool).await.unwrap();
        check(&ring(1, 1), &pool).await.unwrap();
        let other = check(&ring(1, 2), &pool).await;
        assert!(matches!(other, Err(KeyCheckError::Other(1))));
        // A key that no node has used yet.
        let rotated = ring(1, 1).rotate(KeyId::new(2), MasterKey::from_bytes([2; 32]));
        check(&rotated.unwrap(), &pool).await.unwrap();
        assert!(check(&ring(2, 3), &pool).await.is_err());
    }
}
