//! The time: the system's, or for tests one that a file holds.

use slotwerk_service::{Clock, StartError};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// The file must hold a time at the start. While it holds none later, the clock stands still.
pub(crate) fn clock(file: Option<PathBuf>) -> Result<Clock, StartError> {
    let Some(file) = file else {
        return Ok(Arc::new(|| UNIX_EPOCH.elapsed().unwrap_or_default()));
    };
    let last = AtomicU64::new(seconds_in(&file)?);
    Ok(Arc::new(move || {
        if let Ok(now) = seconds_in(&file) {
            last.store(now, Ordering::Relaxed);
        }
        Duration::from_secs(last.load(Ordering::Relaxed))
    }))
}

fn seconds_in(file: &Path) -> Result<u64, StartError> {
    let option = format!("--clock-file {}", file.display());
    let bytes = fs::read(file).map_err(StartError::failed(&option))?;
    let text = std::str::from_utf8(&bytes).ok();
    // Editors on Windows put a mark before the text.
    let seconds = text.and_then(|text| text.trim_start_matches('\u{feff}').trim().parse().ok());
    let how = "write the time into it as UTF-8, in whole seconds since 1970";
    seconds.ok_or(how).map_err(StartError::failed(&option))
}
