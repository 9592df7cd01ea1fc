//! Mails that are kept as files besides.

use slotwerk_mail::{Brand, Composer, EmlFiles, Mail, Mailer, Message, SendError, Sender};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The next mailer: counts, and rejects if it should.
#[derive(Default)]
struct Next {
    sent: AtomicUsize,
    rejects: AtomicBool,
}

#[slotwerk_mail::async_trait]
impl Mailer for Next {
    async fn send(&self, _: &Mail) -> Result<(), SendError> {
        if self.rejects.load(Ordering::SeqCst) {
            return Err(SendError::transient("away"));
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("slotwerk-eml-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(folder))
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn mail() -> Mail {
    let brand = Brand::new("Noord", "#0b5c8a").unwrap();
    let message = Message::PasswordChanged {
        account_name: "demo",
        when: None,
    };
    let composer = Composer::new().unwrap();
    let mail = composer.compose(&message, &brand, "nl", "demo@noord.example");
    mail.unwrap()
}

fn into_files(folder: &Path) -> (Arc<Next>, EmlFiles) {
    let next = Arc::new(Next::default());
    let sender = Sender::new("no-reply@noord.example").unwrap();
    let files = EmlFiles::new(folder, next.clone(), sender).unwrap();
    (next, files.clock(Arc::new(|| 1_795_348_800)))
}

#[tokio::test]
async fn each_mail_is_a_file() {
    let folder = Folder::new("each");
    let (_, mailer) = into_files(&folder.0);
    for _ in 0..2 {
        mailer.send(&mail()).await.unwrap();
    }
    let names = ["1795348800-0000.eml", "1795348800-0001.eml"];
    assert_eq!(folder.files(), names.map(|name| folder.0.join(name)));
    let sender = Sender::new("no-reply@noord.example").unwrap();
    let eml = mail().to_mime(&sender, None, 1_795_348_800).unwrap();
    assert_eq!(fs::read(&folder.files()[0]).unwrap(), *eml);
}

#[cfg(unix)]
#[tokio::test]
async fn others_cannot_read_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("private");
    let (_, mailer) = into_files(&folder.0);
    mailer.send(&mail()).await.unwrap();
    let mode = fs::metadata(&folder.files()[0]).unwrap().permissions();
    assert_eq!(mode.mode() & 0o077, 0);
}

#[tokio::test]
async fn unwritable_file_sends_once() {
    let folder = Folder::new("unwritable");
    let (next, mailer) = into_files(&folder.0);
    let faults = Arc::new(AtomicUsize::new(0));
    let counted = faults.clone();
    let mailer = mailer.on_fault(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    fs::remove_dir(&folder.0).unwrap();
    assert!(mailer.send(&mail()).await.is_ok());
    assert_eq!(next.sent.load(Ordering::SeqCst), 1);
    assert_eq!(faults.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn unsent_mail_leaves_no_file() {
    let folder = Folder::new("unsent");
    let (next, mailer) = into_files(&folder.0);
    next.rejects.store(true, Ordering::SeqCst);
    assert!(mailer.send(&mail()).await.is_err());
    assert!(folder.files().is_empty());
}

#[test]
fn folder_below_a_file() {
    let folder = Folder::new("below");
    fs::write(&folder.0, "").unwrap();
    let sender = Sender::new("no-reply@noord.example").unwrap();
    let made = EmlFiles::new(folder.0.join("mails"), Arc::new(Next::default()), sender);
    assert!(made.is_err());
    fs::remove_file(&folder.0).unwrap();
}
