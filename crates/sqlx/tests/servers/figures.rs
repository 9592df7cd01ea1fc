//! Figures of a run, for the report of the proof.

use std::fs::OpenOptions;
use std::io::Write;

/// Prints a figure, and appends it to the file that `SLOTWERK_FIGURES` names.
#[allow(clippy::print_stdout)]
pub(crate) fn figure(line: &str) {
    println!("{line}");
    if let Ok(path) = std::env::var("SLOTWERK_FIGURES") {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        writeln!(file, "{line}").unwrap();
    }
}
