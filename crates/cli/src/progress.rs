//! Progress on standard error, for people who watch.

use crate::context::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// A bar, or nothing where nobody watches.
pub(crate) struct Progress(ProgressBar);

/// In what a bar counts.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Bytes,
    Things,
}

impl Progress {
    /// `total` is `None` where the end is not known, as with a pipe.
    pub(crate) fn new(context: &Context, doing: String, unit: Unit, total: Option<u64>) -> Self {
        if !context.shows_progress {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = match (unit, total) {
            (Unit::Bytes, Some(_)) => {
                "{msg} [{wide_bar}] {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta}"
            }
            (Unit::Bytes, None) => {
                "{spinner} {msg} {binary_bytes} {binary_bytes_per_sec} {elapsed}"
            }
            (Unit::Things, Some(_)) => "{msg} [{wide_bar}] {human_pos}/{human_len} {eta}",
            (Unit::Things, None) => "{spinner} {msg} {human_pos} {per_sec} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("#> "));
        }
        bar.set_message(doing);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    pub(crate) fn at(&self, done: u64) {
        self.0.set_position(done);
    }
}

/// The line goes, so that what is said after it starts on an empty one.
impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
