//! Writing a ring: wholly, or not at all.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::{FileStep, KeyFileError};
use crate::error::KeyRingError;
use crate::ring::KeyRing;

impl KeyRing {
    /// Writes the ring to the file at `path`, in place of one that is there.
    ///
    /// Whoever reads the file, also after a crash or a power cut, finds the old ring or the new one:
    /// the text goes to a new file in the same folder, `.<name>.new`, readable by its owner alone
    /// (0600), is flushed to the disk, takes the name, and the folder is flushed. On Unix
    /// the file keeps its owner and group, so that root may save for a service, and the folder is locked
    /// meanwhile. A crash can leave the new file behind: the next save removes it on Unix, and elsewhere
    /// is refused as [`KeyFileError::Busy`] until somebody does.
    ///
    /// Comments in the file are lost. The old ring's bytes may stay on the disk where the file system
    /// left them, so delete the disk or the volume, not the file, to be rid of a key.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`]. The file that was there is as it was, unless the step is
    /// [`FileStep::FlushFolder`].
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn save_file(&self, path: impl AsRef<Path>) -> Result<(), KeyFileError> {
        let place = Place::lock(path.as_ref())?;
        place.put(&self.to_text(), Over::Anything, &mut go_on)
    }

    /// Writes the ring to a new file at `path`, as [`save_file`](Self::save_file) does, but never over
    /// one that is there: that might be the only copy of a ring in use.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Exists`], or as [`save_file`](Self::save_file).
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn create_file(&self, path: impl AsRef<Path>) -> Result<(), KeyFileError> {
        let place = Place::lock(path.as_ref())?;
        place.put(&self.to_text(), Over::Nothing, &mut go_on)
    }

    /// Loads the ring at `path`, changes it, and saves it, so that of two such changes at once neither
    /// is lost: on Unix the folder is locked, and the second is refused. Root may do so to another user's
    /// file, which stays that user's. Gives the new ring.
    ///
    /// ```no_run
    /// # use slotwerk_keys::{KeyId, KeyRing, MasterKey};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let key = MasterKey::from_bytes([0x22; 32]); // use random bytes
    /// let ring = KeyRing::update_file("keys.txt", |ring| {
    ///     let id = ring.next_id();
    ///     ring.rotate(id, key)
    /// })?;
    /// for (id, state) in ring.states() {
    ///     println!("{id} {state}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`load_file`](Self::load_file) and [`save_file`](Self::save_file);
    /// [`KeyFileError::Busy`]; and [`KeyFileError::Ring`] with the error of `change`, after which
    /// nothing was written.
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    pub fn update_file(
        path: impl AsRef<Path>,
        change: impl FnOnce(Self) -> Result<Self, KeyRingError>,
    ) -> Result<Self, KeyFileError> {
        let place = Place::lock(path.as_ref())?;
        place.existing(Over::Anything)?;
        let ring = change(Self::load_file_to_manage(path.as_ref())?)?;
        place.put(&ring.to_text(), Over::Anything, &mut go_on)?;
        Ok(ring)
    }
}

/// What a new file may replace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Anything,
    Nothing,
}

/// Asked before each step, so that a test can fail it or die there.
type Before<'a> = &'a mut dyn FnMut(FileStep) -> io::Result<()>;

fn go_on(_: FileStep) -> io::Result<()> {
    Ok(())
}

/// Where a ring is to be written, with its folder locked.
struct Place<'a> {
    path: &'a Path,
    new: PathBuf,
    folder: Folder,
}

impl<'a> Place<'a> {
    fn lock(path: &'a Path) -> Result<Self, KeyFileError> {
        let name = path.file_name().ok_or(KeyFileError::NotAFile)?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(".new");
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Ok(Self {
            path,
            new: folder.join(hidden),
            folder: Folder::lock(folder)?,
        })
    }

    /// The file to be replaced, if there is one and it may be.
    fn existing(&self, over: Over) -> Result<Option<Metadata>, KeyFileError> {
        match fs::symlink_metadata(self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(KeyFileError::io(FileStep::Open)(error)),
            Ok(_) if over == Over::Nothing => Err(KeyFileError::Exists),
            Ok(metadata) if metadata.is_symlink() => Err(KeyFileError::Symlink),
            Ok(metadata) if !metadata.is_file() => Err(KeyFileError::NotAFile),
            Ok(metadata) => Ok(Some(metadata)),
        }
    }

    fn put(&self, text: &str, over: Over, before: Before<'_>) -> Result<(), KeyFileError> {
        let existing = self.existing(over)?;
        let mut doing = |step| before(step).map_err(KeyFileError::io(step));

        doing(FileStep::Create)?;
        self.folder.clear(&self.new)?;
        let mut file = create(&self.new)?;
        let unpublished = Unpublished(&self.new);
        if let Some(existing) = existing {
            doing(FileStep::Own)?;
            give_to_owner_of(&existing, &file).map_err(KeyFileError::io(FileStep::Own))?;
        }
        // Straight from the text, which is wiped, and not through a buffer, which is not.
        for line in text.split_inclusive('\n') {
            doing(FileStep::Write)?;
            file.write_all(line.as_bytes())
                .map_err(KeyFileError::io(FileStep::Write))?;
        }
        doing(FileStep::Flush)?;
        file.sync_all().map_err(KeyFileError::io(FileStep::Flush))?;
        doing(FileStep::Publish)?;
        match over {
            Over::Anything => {
                fs::rename(&self.new, self.path).map_err(KeyFileError::io(FileStep::Publish))?;
                unpublished.keep();
            }
            // Unlike a rename, a link takes no name that is taken. The other name goes with the guard.
            Over::Nothing => {
                fs::hard_link(&self.new, self.path).map_err(|error| match error.kind() {
                    io::ErrorKind::AlreadyExists => KeyFileError::Exists,
                    _ => KeyFileError::io(FileStep::Publish)(error),
                })?;
                drop(unpublished);
            }
        }
        doing(FileStep::FlushFolder)?;
        self.folder.flush()
    }
}

fn create(path: &Path) -> Result<File, KeyFileError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Busy,
        _ => KeyFileError::io(FileStep::Create)(error),
    })
}

/// Removes the new file, unless it has taken its place.
struct Unpublished<'a>(&'a Path);

impl Unpublished<'_> {
    fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unpublished<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0);
    }
}

#[cfg(unix)]
fn give_to_owner_of(existing: &Metadata, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (existing.uid(), existing.gid()) {
        return Ok(());
    }
    fchown(file, Some(existing.uid()), Some(existing.gid()))
}

#[cfg(not(unix))]
fn give_to_owner_of(_: &Metadata, _: &File) -> io::Result<()> {
    Ok(())
}

/// A folder, locked as long as this lives where a folder can be opened.
#[cfg(unix)]
struct Folder(File);

#[cfg(unix)]
impl Folder {
    fn lock(path: &Path) -> Result<Self, KeyFileError> {
        let folder = File::open(path).map_err(KeyFileError::io(FileStep::Lock))?;
        match folder.try_lock() {
            Ok(()) => Ok(Self(folder)),
            Err(fs::TryLockError::WouldBlock) => Err(KeyFileError::Busy),
            Err(fs::TryLockError::Error(error)) => Err(KeyFileError::io(FileStep::Lock)(error)),
        }
    }

    /// Removes what a crash has left: under the lock, nobody else can be writing it.
    fn clear(&self, new: &Path) -> Result<(), KeyFileError> {
        match fs::remove_file(new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(KeyFileError::io(FileStep::Create)(error))
            }
            _ => Ok(()),
        }
    }

    fn flush(&self) -> Result<(), KeyFileError> {
        self.0
            .sync_all()
            .map_err(KeyFileError::io(FileStep::FlushFolder))
    }
}

#[cfg(unix)]
impl Drop for Folder {
    /// Closing alone would not do while a process that another thread has just forked still holds a
    /// copy of the descriptor.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

#[cfg(not(unix))]
struct Folder;

#[cfg(not(unix))]
impl Folder {
    fn lock(_: &Path) -> Result<Self, KeyFileError> {
        Ok(Self)
    }

    /// Without a lock the new file may be somebody's, and making it is then refused.
    fn clear(&self, _: &Path) -> Result<(), KeyFileError> {
        Ok(())
    }

    fn flush(&self) -> Result<(), KeyFileError> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests;
