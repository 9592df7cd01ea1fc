//! The key ring in its file: readable by its owner only.

use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyFileError {
    #[error("the key file {} cannot be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("the key file {} can be read by others: chmod 600 {}", path.display(), path.display())]
    Exposed { path: PathBuf },
    #[error("the key file {} is not one: {source}", path.display())]
    Malformed {
        path: PathBuf,
        source: slotwerk::keys::KeyRingError,
    },
    #[error("the key file {} cannot be made: {source}", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("the random source failed, so no keys were made")]
    Entropy,
}

/// The key ring, and whether it was made just now.
pub(crate) fn open_or_make(path: &Path) -> Result<(KeyRing, bool), KeyFileError> {
    match fs::metadata(path) {
        Ok(metadata) => {
            if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
                return Err(KeyFileError::Exposed {
                    path: path.to_owned(),
                });
            }
            let unreadable = |source| KeyFileError::Unreadable {
                path: path.to_owned(),
                source,
            };
            let text = zeroize::Zeroizing::new(fs::read_to_string(path).map_err(unreadable)?);
            let ring = KeyRing::parse(&text).map_err(|source| KeyFileError::Malformed {
                path: path.to_owned(),
                source,
            })?;
            Ok((ring, false))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(path).map(|ring| (ring, true))
        }
        Err(source) => Err(KeyFileError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

fn make(path: &Path) -> Result<KeyRing, KeyFileError> {
    let unwritable = |source| KeyFileError::Unwritable {
        path: path.to_owned(),
        source,
    };
    let key = MasterKey::generate().map_err(|_| KeyFileError::Entropy)?;
    let ring = KeyRing::new(KeyId::new(1), key);
    if let Some(directory) = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
    {
        fs::create_dir_all(directory).map_err(unwritable)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(unwritable)?;
    file.write_all(ring.to_text().as_bytes())
        .map_err(unwritable)?;
    file.sync_all().map_err(unwritable)?;
    Ok(ring)
}
