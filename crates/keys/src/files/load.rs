//! Reading a ring.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::error::{FileStep, KeyFileError};
use crate::error::KeyRingError;
use crate::ring::KeyRing;

impl KeyRing {
    /// Reads the ring in the file at `path`, in the form of [`parse`](Self::parse). A UTF-8 mark at its start is
    /// skipped.
    ///
    /// On Unix the file must belong to root or to the effective user of this process, since its owner can
    /// always read and change it. Its mode must allow nothing to its group or to others, which an
    /// access-control list shows there too. On other systems neither is checked. It must be a regular
    /// file of at most [`MAX_TEXT`](Self::MAX_TEXT) bytes. A symbolic link is followed, because
    /// container platforms mount secrets as links, and what it stands for is held to the same rules.
    /// The open file is checked as well, so that nobody can exchange it in between.
    ///
    /// Whoever may write to the folder can put another ring there: see to the folder as well. What was
    /// read is wiped; the copy in the system's file cache is not ours to wipe.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`], without the path.
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn load_file(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        read(open(path.as_ref(), Owner::trusted(), || ())?)
    }

    /// Reads the ring as [`load_file`](Self::load_file) does, except that root may read any user's file: for
    /// showing it to its operator and for changing it, not for using its keys.
    ///
    /// # Errors
    ///
    /// As [`load_file`](Self::load_file).
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn load_file_to_manage(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        read(open(path.as_ref(), Owner::managed(), || ())?)
    }

    /// Reads the ring in the environment variable `name`, in the form of [`parse`](Self::parse).
    ///
    /// The copy that is made of the value is wiped. The variable itself stays: removing it is not safe
    /// while other threads run, and would not reach the block in which the system handed it over. So
    /// the keys remain in the process's memory, in `/proc/<pid>/environ` for the same user and for
    /// root, in what child processes inherit unless they are started without it, and perhaps in the
    /// service manager's own records. Where there is a choice, take a file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::NotSet`], [`KeyFileError::NotUtf8`], [`KeyFileError::Utf16`], [`KeyFileError::Nul`], or [`KeyFileError::Ring`]; none repeats the
    /// name or the value.
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn load_env(name: impl AsRef<OsStr>) -> Result<Self, KeyFileError> {
        let value = std::env::var_os(name).ok_or(KeyFileError::NotSet)?;
        // The same allocation, now wiped on drop.
        let bytes = Zeroizing::new(value.into_encoded_bytes());
        parse(&bytes)
    }
}

/// `between` is where somebody else may exchange the file.
fn open(path: &Path, owner: Owner, between: impl FnOnce()) -> Result<File, KeyFileError> {
    // Asked before it is opened as well: opening a pipe waits for somebody at its other end.
    check(
        &fs::metadata(path).map_err(KeyFileError::io(FileStep::Open))?,
        owner,
    )?;
    between();
    let file = File::open(path).map_err(KeyFileError::io(FileStep::Open))?;
    check(
        &file.metadata().map_err(KeyFileError::io(FileStep::Open))?,
        owner,
    )?;
    Ok(file)
}

fn check(metadata: &Metadata, owner: Owner) -> Result<(), KeyFileError> {
    if !metadata.is_file() {
        return Err(KeyFileError::NotAFile);
    }
    if !owner.owns(metadata) {
        return Err(KeyFileError::NotOurs);
    }
    if is_exposed(metadata) {
        return Err(KeyFileError::Exposed);
    }
    if metadata.len() > KeyRing::MAX_TEXT as u64 {
        let limit = KeyRing::MAX_TEXT;
        return Err(KeyRingError::TextTooLong { limit }.into());
    }
    Ok(())
}

/// Whose key file is accepted, besides root's.
#[derive(Clone, Copy)]
enum Owner {
    #[cfg(unix)]
    User(u32),
    Any,
}

impl Owner {
    #[cfg(unix)]
    fn trusted() -> Self {
        Self::User(rustix::process::geteuid().as_raw())
    }

    #[cfg(unix)]
    fn managed() -> Self {
        let user = rustix::process::geteuid();
        if user.is_root() {
            Self::Any
        } else {
            Self::User(user.as_raw())
        }
    }

    #[cfg(unix)]
    fn owns(self, metadata: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        match self {
            Self::User(user) => [0, user].contains(&metadata.uid()),
            Self::Any => true,
        }
    }

    #[cfg(not(unix))]
    fn trusted() -> Self {
        Self::Any
    }

    #[cfg(not(unix))]
    fn managed() -> Self {
        Self::Any
    }

    #[cfg(not(unix))]
    fn owns(self, _: &Metadata) -> bool {
        true
    }
}

#[cfg(unix)]
fn is_exposed(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_exposed(_: &Metadata) -> bool {
    false
}

/// Reads to the end, or one byte past what [`KeyRing::parse`] allows, into one allocation: growing
/// would leave copies of keys in freed memory.
fn read(mut file: File) -> Result<KeyRing, KeyFileError> {
    let mut bytes = Zeroizing::new(vec![0; KeyRing::MAX_TEXT + 1]);
    let mut filled = 0;
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(KeyFileError::io(FileStep::Read)(error)),
        }
    }
    parse(bytes.get(..filled).unwrap_or_default())
}

/// A UTF-8 mark before the text is skipped.
fn parse(bytes: &[u8]) -> Result<KeyRing, KeyFileError> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(KeyFileError::Utf16);
    }
    if bytes.contains(&0) {
        return Err(KeyFileError::Nul);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Where it stops being UTF-8 would tell something of the keys.
    let text = std::str::from_utf8(bytes).map_err(|_| KeyFileError::NotUtf8)?;
    Ok(KeyRing::parse(text)?)
}

#[cfg(all(test, unix))]
mod tests;
