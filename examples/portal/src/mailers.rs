//! How mail leaves the portal: to a mail server or to the local mailbox, and to files besides.

use crate::clock::Clock;
use crate::health::MailState;
use crate::mailbox::LocalMailbox;
use async_trait::async_trait;
use slotwerk::mail::{Mail, Mailer, SendError, Sender, SmtpConfigError, SmtpMailer};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The address that the demonstration writes from.
pub(crate) const SENDER: &str = "no-reply@portal.example";

/// How long a mail server may take; a restart waits for the mail in hand no longer than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why mail cannot go through the mail server. Never repeats its URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SmtpError {
    #[error("--smtp-url: {0}")]
    Url(#[from] SmtpConfigError),
    #[error("--smtp-ca: name the mail server with --smtp-url, too")]
    CaAlone,
    #[error("--smtp-ca {}: {source}", path.display())]
    CaFile { path: PathBuf, source: io::Error },
    #[error("--smtp-ca {}: {source}", path.display())]
    Ca {
        path: PathBuf,
        source: SmtpConfigError,
    },
}

/// Through a mail server, whose certificate may come from the authority in the file.
pub(crate) fn smtp(
    url: &str,
    ca: Option<&Path>,
    sender: Sender,
    clock: Clock,
) -> Result<SmtpMailer, SmtpError> {
    let mut builder = SmtpMailer::builder(url, sender)?
        .timeout(PATIENCE)
        .clock(Arc::new(move || clock().as_secs()));
    if let Some(path) = ca {
        let pem = fs::read(path).map_err(|source| SmtpError::CaFile {
            path: path.to_owned(),
            source,
        })?;
        builder = builder
            .root_certificates(&pem)
            .map_err(|source| SmtpError::Ca {
                path: path.to_owned(),
                source,
            })?;
    }
    Ok(builder.build()?)
}

/// How often the mail server is tried.
const PROBE_EVERY: Duration = Duration::from_secs(60);

/// Tries the mail server at start and from then on. Mail waits while it cannot be used, so the portal goes on.
pub(crate) async fn keep_probing(mailer: Arc<SmtpMailer>, state: MailState) {
    loop {
        let fault = mailer.probe().await.err();
        let worked = state.set(fault.is_none());
        match fault {
            Some(fault) if worked => crate::complain(&format!(
                "warning: --smtp-url: {fault}; mail waits until the server can be used"
            )),
            None if !worked => crate::complain("--smtp-url: the server can be used again"),
            _ => {}
        }
        tokio::time::sleep(PROBE_EVERY).await;
    }
}

/// Into the local mailbox.
pub(crate) struct ToMailbox {
    pub(crate) mailbox: LocalMailbox,
    pub(crate) sender: Sender,
    pub(crate) clock: Clock,
}

#[async_trait]
impl Mailer for ToMailbox {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let now = (self.clock)().as_secs();
        let eml = mail
            .to_mime(&self.sender, None, now)
            .map_err(SendError::permanent)?;
        self.mailbox
            .keep(mail, &self.sender, &eml, now)
            .await
            .map_err(SendError::transient)
    }
}

/// On its way, and as a file besides. The files hold what the mails hold: live links and secrets.
pub(crate) struct AlsoToFiles {
    pub(crate) directory: PathBuf,
    pub(crate) sender: Sender,
    pub(crate) clock: Clock,
    pub(crate) next: Arc<dyn Mailer>,
}

#[async_trait]
impl Mailer for AlsoToFiles {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let now = (self.clock)().as_secs();
        let eml = mail
            .to_mime(&self.sender, None, now)
            .map_err(SendError::permanent)?;
        self.next.send(mail).await?;
        // The mail has left. A file that cannot be written must not send it again.
        if let Err(error) = self.write(&eml, now) {
            crate::complain(&format!("--outbox-dir: {error}"));
        }
        Ok(())
    }
}

impl AlsoToFiles {
    /// Under a name that sorts by time. It appears whole or not at all: a reader never sees half a mail. Several
    /// processes may write into one directory.
    fn write(&self, eml: &[u8], now: u64) -> io::Result<()> {
        let process = std::process::id();
        for n in 0.. {
            let file = self.directory.join(format!("{now}-{n:04}.eml"));
            if file.exists() {
                continue;
            }
            let unfinished = self.directory.join(format!(".{now}-{n:04}-{process}.part"));
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&unfinished)?
                .write_all(eml)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk::mail::{Brand, Composer, Message};
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Default)]
    struct Counted(AtomicUsize);

    #[async_trait]
    impl Mailer for Counted {
        async fn send(&self, _: &Mail) -> Result<(), SendError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    }

    fn mail() -> Mail {
        let brand = Brand::new("Noord", "#0b5c8a").unwrap();
        let message = Message::PasswordChanged {
            account_name: "demo",
            when: None,
        };
        let composer = Composer::new().unwrap();
        composer
            .compose(&message, &brand, "nl", "demo@noord.example")
            .unwrap()
    }

    fn to_files(directory: PathBuf) -> (Arc<Counted>, AlsoToFiles) {
        let next = Arc::new(Counted::default());
        let mailer = AlsoToFiles {
            directory,
            sender: Sender::new(SENDER).unwrap(),
            clock: Arc::new(|| Duration::from_secs(1_795_348_800)),
            next: next.clone(),
        };
        (next, mailer)
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_does_not_send_the_mail_again() {
        let (next, mailer) = to_files(PathBuf::from("/no/such/directory"));
        assert!(mailer.send(&mail()).await.is_ok());
        assert_eq!(next.0.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn each_mail_is_a_file_of_its_own_that_others_cannot_read() {
        let directory = tempfile::tempdir().unwrap();
        let (_, mailer) = to_files(directory.path().to_owned());
        for _ in 0..2 {
            mailer.send(&mail()).await.unwrap();
        }
        let files: Vec<_> = fs::read_dir(directory.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .collect();
        assert_eq!(files.len(), 2);
        for file in files {
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{:?}", file.path());
        }
    }
}
