//! The time: the system's, or for tests one that a file holds.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Time since the Unix epoch.
pub(crate) type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

pub(crate) fn clock(file: Option<PathBuf>) -> Clock {
    match file {
        None => Arc::new(|| {
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default()
        }),
        Some(file) => Arc::new(move || Duration::from_secs(seconds_in(&file))),
    }
}

fn seconds_in(file: &PathBuf) -> u64 {
    fs::read_to_string(file)
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}
