//! The key file at the start of a service, and while it runs.

use std::io;
use std::path::{Path, PathBuf};

use super::error::KeyFileError;
use crate::derive::Scope;
use crate::key::KeyId;
use crate::ring::KeyRing;

impl KeyRing {
    /// Reads the ring as [`load_file`](Self::load_file) does. `None` if there is no file.
    ///
    /// A service that finds a ring ran before. So a missing database is a fault then, and not a first start.
    ///
    /// # Errors
    ///
    /// As [`load_file`](Self::load_file).
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn find_file(path: impl AsRef<Path>) -> Result<Option<Self>, KeyFileError> {
        match Self::load_file(path) {
            Ok(ring) => Ok(Some(ring)),
            Err(KeyFileError::Io {
                kind: io::ErrorKind::NotFound,
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a ring with one random key, and its file as [`create_file`](Self::create_file) does. Makes the folder too, if
    /// it is missing. If another process made the file first, this gives the ring of that process.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use slotwerk_keys::KeyRing;
    ///
    /// # let folder = std::env::temp_dir().join(format!("slotwerk-keys-doc-{}", std::process::id()));
    /// let path = folder.join("keys.txt");
    /// let ring = match KeyRing::find_file(&path)? {
    ///     Some(ring) => ring,
    ///     None => KeyRing::generate_file(&path)?, // readable by its owner only
    /// };
    /// assert_eq!(KeyRing::load_file(&path)?.active(), ring.active());
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Entropy`], or as [`create_file`](Self::create_file) and [`load_file`](Self::load_file).
    #[cfg(feature = "rand")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "files", feature = "rand"))))]
    pub fn generate_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        use super::error::FileStep;
        use crate::key::MasterKey;

        let path = path.as_ref();
        let ring = Self::new(KeyId::new(1), MasterKey::generate()?);
        let folder = path.parent();
        if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(KeyFileError::io(FileStep::Folder))?;
        }
        match ring.create_file(path) {
            Ok(()) => Ok(ring),
            Err(KeyFileError::Exists) => Self::load_file(path),
            Err(error) => Err(error),
        }
    }
}

/// Checks that the key file still holds the key with which this process makes new values.
///
/// For a readiness check: without that key, the next start fails or loses what was sealed. The check keeps a tag of the
/// key, and not the key.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use slotwerk_keys::{KeyFileCheck, KeyRing};
///
/// let ring = KeyRing::load_file("keys.txt")?;
/// let check = KeyFileCheck::new("keys.txt", &ring);
/// // The ring goes to the facade. Later, again and again:
/// check.run()?;
/// # Ok(()) }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
#[derive(Clone, Debug)]
pub struct KeyFileCheck {
    path: PathBuf,
    active: KeyId,
    tag: [u8; 32],
}

impl KeyFileCheck {
    const SCOPE: Scope<'static> = Scope::new("slotwerk-key-file-check", "");
    const PARTS: &'static [&'static [u8]] = &[b"check"];

    /// Remembers the active key of `ring`, which was read from the file at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, ring: &KeyRing) -> Self {
        let (active, key) = ring.derive_active(&Self::SCOPE);
        Self {
            path: path.into(),
            active,
            tag: key.mac(Self::PARTS),
        }
    }

    /// Reads the file, and compares.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::OtherKey`] if the key is missing, revoked or another one, or as [`KeyRing::load_file`].
    pub fn run(&self) -> Result<(), KeyFileError> {
        let ring = KeyRing::load_file(&self.path)?;
        let key = ring.derive(self.active, &Self::SCOPE);
        let is_same = |key: crate::DerivedKey<'_>| key.verify_mac(Self::PARTS, &self.tag).is_ok();
        key.is_ok_and(is_same)
            .then_some(())
            .ok_or(KeyFileError::OtherKey)
    }
}
