//! What the JSON API logs: no secret.

use crate::support::{Api, LOGIN, PASSWORD, Service};
use serde_json::json;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps every field of every span and event of this thread.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<String>>);

impl Visit for Kept {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        attributes.record(&mut self.clone());
        writeln!(self.0.lock().unwrap(), "{}", attributes.metadata().name()).unwrap();
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn no_secret_in_the_log() {
    let kept = Kept::default();
    // With a single subscriber, a thread without one would switch the spans that it meets first off for all threads.
    let _second = tracing::Dispatch::new(Kept::default());
    let _guard = tracing::subscriber::set_default(kept.clone());
    let service = Service::with_api().await;
    let mut secrets = vec![PASSWORD.to_owned(), LOGIN.to_owned()];
    let mut api = Api::app(&service).await;
    let broken = format!(r#"{{"login":"demo","password":["{PASSWORD}"]}}"#);
    api.post_text("sign-in", &broken).await;
    let secret = service.enrol_by_api(&mut api).await;
    secrets.push(service.code(&secret));
    service.sign_in_by_api(&mut api, &secret).await;
    let renewed = api.post("recovery-codes/renew", json!({})).await;
    let codes = renewed.json["recovery_codes"].as_array().unwrap();
    secrets.extend(codes.iter().map(|code| code.as_str().unwrap().to_owned()));
    secrets.extend([secret, api.session.unwrap(), api.state.unwrap()]);

    let log = kept.0.lock().unwrap();
    assert!(
        log.contains("sign_in") && log.contains("session_begin"),
        "{log}"
    );
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
