//! Keeps each mail as a file besides.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::mail::Mail;
use crate::mailer::{Mailer, SendError};
use crate::mime::Sender;

type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;
type Report = Arc<dyn Fn(io::Error) + Send + Sync>;

/// A [`Mailer`] that sends through another one and keeps each sent mail as an `.eml` file.
///
/// For development and tests. The files hold what the mails hold: links that work and secrets. On Unix only their owner
/// can read them. They are written on the thread that sends.
///
/// ```
/// use std::sync::Arc;
/// use slotwerk_mail::{EmlFiles, Mailer, Sender};
///
/// # fn wrap(mailer: Arc<dyn Mailer>, folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
/// let sender = Sender::new("no-reply@noord.example")?;
/// let mailer = EmlFiles::new(folder, mailer, sender)?.on_fault(|error| eprintln!("{error}"));
/// # drop(mailer);
/// # Ok(())
/// # }
/// ```
pub struct EmlFiles {
    folder: PathBuf,
    next: Arc<dyn Mailer>,
    sender: Sender,
    clock: Clock,
    report: Report,
}

impl EmlFiles {
    /// Keeps the mails that `next` accepts in `folder`, which it makes if it is missing.
    ///
    /// # Errors
    ///
    /// An [`io::Error`] if the folder cannot be made.
    pub fn new(
        folder: impl Into<PathBuf>,
        next: Arc<dyn Mailer>,
        sender: Sender,
    ) -> io::Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        Ok(Self {
            folder,
            next,
            sender,
            clock: Arc::new(system_time),
            report: Arc::new(drop),
        })
    }

    /// Seconds since 1970, for the date and the name of a file. Default: the system's clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Fn() -> u64 + Send + Sync>) -> Self {
        self.clock = clock;
        self
    }

    /// Calls this if a file cannot be written. The mail is sent all the same. Default: the fault is dropped.
    #[must_use]
    pub fn on_fault(mut self, report: impl Fn(io::Error) + Send + Sync + 'static) -> Self {
        self.report = Arc::new(report);
        self
    }

    /// Writes under a name that sorts by time. The file appears whole or not at all, so a reader never sees half a mail.
    /// Several processes may write into one folder.
    fn write(&self, eml: &[u8], now: u64) -> io::Result<()> {
        let process = std::process::id();
        for n in 0.. {
            let file = self.folder.join(format!("{now}-{n:04}.eml"));
            if file.exists() {
                continue;
            }
            let unfinished = self.folder.join(format!(".{now}-{n:04}-{process}.part"));
            private_file(&unfinished)?.write_all(eml)?;
            // Unlike a rename, a link replaces no file.
            let linked = fs::hard_link(&unfinished, file);
            fs::remove_file(unfinished)?;
            match linked {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                linked => return linked,
            }
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl Mailer for EmlFiles {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let now = (self.clock)();
        let eml = mail.to_mime(&self.sender, None, now);
        let eml = eml.map_err(SendError::permanent)?;
        self.next.send(mail).await?;
        // The mail has left. A file that cannot be written must not send it again.
        if let Err(error) = self.write(&eml, now) {
            (self.report)(error);
        }
        Ok(())
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn system_time() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}
