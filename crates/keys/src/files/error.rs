//! Why a ring was not loaded or saved. None of it carries content, a path or a name: whoever asked
//! has those, and a key put where its path belongs must not come out in a log.

use std::io;

use thiserror::Error;

use crate::error::KeyRingError;

/// Why a ring was not loaded or saved.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyFileError {
    /// A folder, a pipe, a device or a socket.
    #[error("not a regular file")]
    NotAFile,
    /// The file to write is a symbolic link: replacing it would leave the file behind it as it was.
    #[error("a symbolic link: give the file that it stands for")]
    Symlink,
    /// The file belongs neither to root nor to the user who runs this process (Unix).
    #[error(
        "the key file belongs to another user: its owner must be root or the user who runs this"
    )]
    NotOurs,
    /// Others than its owner may read, write or run the file (Unix).
    #[error("the key file is open to its group or to others: allow its owner alone (mode 0600)")]
    Exposed,
    /// There is a file already.
    #[error("there is a file already, and it is not replaced")]
    Exists,
    /// Another process is changing a ring in this folder.
    #[error("another process is changing a ring in this folder")]
    Busy,
    /// The text begins with the mark of UTF-16, as some editors on Windows write it.
    #[error("the key text is UTF-16: save it as UTF-8")]
    Utf16,
    /// The text holds a NUL byte: it is UTF-16 without a mark, or no text.
    #[error("the key text holds a NUL byte: save it as UTF-8 text")]
    Nul,
    /// The text is not UTF-8.
    #[error("the key text is not UTF-8")]
    NotUtf8,
    /// The file lacks the key with which this process makes new values.
    #[error("the key file lacks the key in use")]
    OtherKey,
    /// The operating system gave no random bytes for a new key.
    #[cfg(feature = "rand")]
    #[error(transparent)]
    Entropy(#[from] crate::error::EntropyError),
    /// There is no such environment variable.
    #[error("the environment variable is not set")]
    NotSet,
    /// The text holds no ring, or the ring cannot be changed in this way.
    #[error(transparent)]
    Ring(#[from] KeyRingError),
    /// The operating system refused.
    #[error("{step}: {kind}")]
    Io {
        /// What was being done.
        step: FileStep,
        /// What kind of refusal it was.
        kind: io::ErrorKind,
    },
}

impl KeyFileError {
    pub(super) fn io(step: FileStep) -> impl Fn(io::Error) -> Self {
        move |error| Self::Io {
            step,
            kind: error.kind(),
        }
    }
}

/// What was being done with a file. Until [`Publish`](Self::Publish) has succeeded, the file that was
/// there before is as it was.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FileStep {
    /// Making its folder.
    #[error("making the folder of the key file")]
    Folder,
    /// Opening it, or asking what it is.
    #[error("opening the key file")]
    Open,
    /// Reading it.
    #[error("reading the key file")]
    Read,
    /// Locking its folder against another writer.
    #[error("locking the folder of the key file")]
    Lock,
    /// Making the new file beside it.
    #[error("making the new key file")]
    Create,
    /// Giving the new file the owner and the group of the old one.
    #[error("giving the new key file its owner")]
    Own,
    /// Writing the new file.
    #[error("writing the new key file")]
    Write,
    /// Waiting until the new file is on the disk.
    #[error("flushing the new key file")]
    Flush,
    /// Putting the new file in place of the old one.
    #[error("putting the new key file in place")]
    Publish,
    /// Waiting until that is on the disk too. The new ring is in place; a power cut may still bring the
    /// old one back.
    #[error("flushing the folder of the key file")]
    FlushFolder,
}
