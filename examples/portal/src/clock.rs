//! The time: the system's, or for tests one that a file holds.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use std::{fs, io};

/// Time since the Unix epoch.
pub(crate) type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Why a file holds no time.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClockFileError {
    #[error("--clock-file {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("--clock-file {}: write the time into it as UTF-8, in whole seconds since 1970", path.display())]
    NoTime { path: PathBuf },
}

/// The file must hold a time at the start. While it holds none later, the clock stands still.
pub(crate) fn clock(file: Option<PathBuf>) -> Result<Clock, ClockFileError> {
    let Some(file) = file else {
        return Ok(Arc::new(|| {
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default()
        }));
    };
    let last = AtomicU64::new(seconds_in(&file)?);
    Ok(Arc::new(move || {
        if let Ok(now) = seconds_in(&file) {
            last.store(now, Ordering::Relaxed);
        }
        Duration::from_secs(last.load(Ordering::Relaxed))
    }))
}

fn seconds_in(file: &Path) -> Result<u64, ClockFileError> {
    let path = || file.to_owned();
    let bytes = fs::read(file).map_err(|source| ClockFileError::Unreadable {
        path: path(),
        source,
    })?;
    let text = std::str::from_utf8(&bytes).ok();
    // Editors on Windows put a mark before the text.
    let seconds = text.and_then(|text| text.trim_start_matches('\u{feff}').trim().parse().ok());
    seconds.ok_or_else(|| ClockFileError::NoTime { path: path() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn times_of_other_platforms_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clock");
        for text in ["1700000000", "\u{feff}1700000000\r\n\r\n", " 1700000000 \n"] {
            fs::write(&file, text).unwrap();
            let now = clock(Some(file.clone())).unwrap()();
            assert_eq!(now.as_secs(), 1_700_000_000, "{text:?}");
        }
    }

    #[test]
    fn a_lost_file_stops_the_clock() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clock");
        fs::write(&file, "1700000000").unwrap();
        let now = clock(Some(file.clone())).unwrap();
        for broken in ["", "12x"] {
            fs::write(&file, broken).unwrap();
            assert_eq!(now().as_secs(), 1_700_000_000, "not 1970");
        }
        fs::remove_file(&file).unwrap();
        assert_eq!(now().as_secs(), 1_700_000_000);
        assert!(clock(Some(file)).is_err());
    }
}
