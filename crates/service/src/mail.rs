//! How mail leaves: through a mail server, and into files besides.

use crate::options::ServiceOptions;
use crate::service::Clock;
use crate::start_error::StartError;
use slotwerk::mail::{EmlFiles, Mailer, Sender, SmtpMailer};
use slotwerk_axum::Watch;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a mail server may take; a restart waits for the mail in hand no longer than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often the mail server is tried.
const PROBE_EVERY: Duration = Duration::from_secs(60);

const URL: &str = "--smtp-url";

/// Through the mail server, whose certificate may come from the authority in a file.
pub(crate) fn smtp(
    options: &ServiceOptions,
    sender: &Sender,
    clock: &Clock,
) -> Result<SmtpMailer, StartError> {
    let url = options.smtp_url.as_deref();
    let url = url
        .ok_or("name the mail server")
        .map_err(StartError::usage(URL))?;
    let builder = SmtpMailer::builder(url, sender.clone());
    let builder = builder.map_err(StartError::usage(URL))?;
    let mut builder = builder.timeout(PATIENCE).clock(seconds(clock));
    if let Some(path) = &options.smtp_ca {
        let option = format!("--smtp-ca {}", path.display());
        let pem = std::fs::read(path).map_err(StartError::usage(&option))?;
        let with_ca = builder.root_certificates(&pem);
        builder = with_ca.map_err(StartError::usage(&option))?;
    }
    builder.build().map_err(StartError::usage(URL))
}

/// Tries the mail server at the start and from then on. Mail waits while it cannot be used, so the service goes on.
pub(crate) fn watch(mailer: &Arc<SmtpMailer>) -> Watch {
    let mailer = mailer.clone();
    let probe = move || {
        let mailer = mailer.clone();
        async move { mailer.probe().await }
    };
    Watch::builder(URL, probe)
        .every(PROBE_EVERY)
        .patience(2 * PATIENCE)
        .meanwhile("mail waits until the server can be used")
        .when_back("the server can be used again")
        .build()
}

/// The mailer, which keeps each mail as a file besides.
pub(crate) fn with_files(
    folder: &Path,
    mailer: Arc<dyn Mailer>,
    sender: &Sender,
    clock: &Clock,
) -> Result<Arc<dyn Mailer>, StartError> {
    let option = format!("--outbox-dir {}", folder.display());
    let files = EmlFiles::new(folder, mailer, sender.clone());
    let files = files.map_err(StartError::failed(option))?;
    let report = |error| tracing::warn!("--outbox-dir: {error}");
    Ok(Arc::new(files.clock(seconds(clock)).on_fault(report)))
}

fn seconds(clock: &Clock) -> Arc<dyn Fn() -> u64 + Send + Sync> {
    let clock = clock.clone();
    Arc::new(move || clock().as_secs())
}
