//! The log on standard error.

use std::fmt;
use std::io::{self, Write};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

/// Writes lines to standard output.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.trim_end_matches('\n'))?;
    out.flush()
}

/// Writes a line of the log. A log that is full or closed stops nothing.
pub(crate) fn complain(service: &str, text: &str) {
    let _ = writeln!(io::stderr().lock(), "{service}: {text}");
}

/// Writes the messages of the libraries into the log: warnings and errors, and of the watches the good news too. The
/// event log has the rest. Does nothing if something else collects them already.
pub(crate) fn install(service: &'static str) {
    let wanted = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("slotwerk_axum", LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .event_format(Lines { service })
        .log_internal_errors(false)
        .with_filter(wanted);
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

struct Lines {
    service: &'static str,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        write!(line, "{}: ", self.service)?;
        if *event.metadata().level() == Level::WARN {
            line.write_str("warning: ")?;
        }
        let fields = context.field_format();
        fields.format_fields(line.by_ref(), event)?;
        writeln!(line)
    }
}
