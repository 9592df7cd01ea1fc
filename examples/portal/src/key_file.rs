//! The key ring in its file: readable by its owner only.

use slotwerk::keys::{EntropyError, KeyFileError, KeyId, KeyRing, MasterKey};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error("--keys {}: {source}", path.display())]
    File { path: PathBuf, source: KeyFileError },
    #[error("--keys {}: its folder cannot be made: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("--keys: {0}")]
    Entropy(#[from] EntropyError),
}

/// The key ring, if there is one.
pub(crate) fn open(path: &Path) -> Result<Option<KeyRing>, KeysError> {
    match KeyRing::load_file(path) {
        Ok(ring) => Ok(Some(ring)),
        Err(KeyFileError::Io {
            kind: io::ErrorKind::NotFound,
            ..
        }) => Ok(None),
        Err(source) => Err(refused(path, source)),
    }
}

pub(crate) fn make(path: &Path) -> Result<KeyRing, KeysError> {
    let ring = KeyRing::new(KeyId::new(1), MasterKey::generate()?);
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(|source| KeysError::Folder {
            path: path.to_owned(),
            source,
        })?;
    }
    // Never over a file that was put there meanwhile.
    match ring.create_file(path) {
        Ok(()) => Ok(ring),
        // Another node that starts just now has made it.
        Err(KeyFileError::Io {
            kind: io::ErrorKind::AlreadyExists,
            ..
        }) => KeyRing::load_file(path).map_err(|source| refused(path, source)),
        Err(source) => Err(refused(path, source)),
    }
}

fn refused(path: &Path, source: KeyFileError) -> KeysError {
    KeysError::File {
        path: path.to_owned(),
        source,
    }
}
