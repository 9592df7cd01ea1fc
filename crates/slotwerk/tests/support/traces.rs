//! A subscriber that keeps everything: spans, their fields, events, and which span each event was in.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, MutexGuard};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// The subscriber of this thread until it is dropped. A test on a runtime of one thread sees all its traces and
/// nobody else's.
pub(crate) struct Traces {
    seen: Arc<Mutex<Seen>>,
    _guard: DefaultGuard,
}

#[derive(Default)]
pub(crate) struct Seen {
    /// Each span and each event as one text with all of its fields.
    pub(crate) texts: Vec<String>,
    pub(crate) spans: Vec<Fields>,
    /// Each event with the spans that were entered.
    pub(crate) events: Vec<(Fields, Vec<Fields>)>,
    /// The spans that are entered now.
    pub(crate) entered: Vec<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub(crate) name: &'static str,
    pub(crate) level: Level,
    fields: Vec<(&'static str, String)>,
}

impl Fields {
    fn of(metadata: &'static Metadata<'static>) -> Self {
        Self {
            name: metadata.name(),
            level: *metadata.level(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.push((field.name(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push((field.name(), value.to_owned()));
    }
}

impl Traces {
    pub(crate) fn begin() -> Self {
        let seen = Arc::<Mutex<Seen>>::default();
        let guard = tracing::subscriber::set_default(Keeps(seen.clone()));
        Self {
            seen,
            _guard: guard,
        }
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }
}

struct Keeps(Arc<Mutex<Seen>>);

impl Subscriber for Keeps {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::of(attributes.metadata());
        attributes.record(&mut fields);
        let mut seen = self.0.lock().unwrap();
        seen.texts.push(text(attributes.metadata(), &fields));
        seen.spans.push(fields);
        Id::from_u64(seen.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut seen = self.0.lock().unwrap();
        let span = &mut seen.spans[span.into_u64() as usize - 1];
        values.record(span);
        let later = format!("{span:?}");
        seen.texts.push(later);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::of(event.metadata());
        event.record(&mut fields);
        let mut seen = self.0.lock().unwrap();
        seen.texts.push(text(event.metadata(), &fields));
        let spans = seen.entered.iter();
        let within = spans.map(|id| seen.spans[*id as usize - 1].clone());
        let within = within.collect();
        seen.events.push((fields, within));
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().entered.push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        let last = self.0.lock().unwrap().entered.pop();
        assert_eq!(last, Some(span.into_u64()), "spans end in order");
    }
}

fn text(metadata: &Metadata<'_>, fields: &Fields) -> String {
    let mut text = format!("{} {}", metadata.target(), metadata.name());
    for (name, value) in &fields.fields {
        let _ = write!(text, " {name}={value}");
    }
    text
}
