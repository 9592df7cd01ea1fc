//! Logs each event of the facade as one line.

use serde::Serialize;
use slotwerk::keys::{KeyId, KeyRing, MasterKey, Scope};
use slotwerk::{Event, EventKind, EventSink, MailProblem, SendProblem};
use std::fmt::{Debug, Formatter, Result as FmtResult};
use std::io::{self, Write};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// The purpose of the key behind the pseudonyms.
const PURPOSE: &str = "slotwerk-event-log";

/// An [`EventSink`] that writes one line for each event, as text or JSON.
///
/// A line names the time, the event, its reason, the tenant and the account. The account is a pseudonym of 16 hexadecimal
/// digits, because many hosts use login names as ids. It stays the same under one key ring and one name of the service.
/// No line holds a name, an address or a secret.
///
/// ```text
/// portal: 2026-11-22T12:00:00Z sign_in_rejected reason=wrong_password tenant=noord account=1f2e3d4c5b6a7988
/// ```
///
/// ```
/// use slotwerk::Auth;
/// use slotwerk::keys::{KeyId, KeyRing, MasterKey};
/// use slotwerk_axum::{EventLog, LogFormat};
/// use std::sync::Arc;
///
/// let keys = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32])); // the ring of the service
/// let log = EventLog::new("portal", &keys).format(LogFormat::Json);
/// let builder = Auth::builder().events(Arc::new(log));
/// # drop(builder);
/// ```
///
/// For a service that collects its logs with `tracing`, the feature `tracing` of the facade emits the same events.
#[must_use = "events are logged by the facade that gets the log"]
pub struct EventLog {
    service: String,
    format: LogFormat,
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
    write: Box<dyn Fn(&str) + Send + Sync>,
    /// A ring of the log alone: a derived key lives no longer than its ring, and the service's ring goes to the facade.
    pseudonyms: KeyRing,
}

/// The form of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogFormat {
    /// The name of the service, and `name=value` for each field.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// The text is neither `text` nor `json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use text or json")]
pub struct UnknownLogFormat;

impl FromStr for LogFormat {
    type Err = UnknownLogFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(UnknownLogFormat),
        }
    }
}

/// The fields of a line.
#[derive(Serialize)]
struct Entry<'a> {
    time: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<String>,
}

impl EventLog {
    /// Logs as text on standard error, with the time of the system. `service` begins each line of text, and the pseudonyms
    /// of two services differ.
    pub fn new(service: &str, keys: &KeyRing) -> Self {
        let scope = Scope::new(PURPOSE, service);
        let key = keys.derive_active(&scope).1.mac(&[b"pseudonyms"]);
        Self {
            service: service.to_owned(),
            format: LogFormat::Text,
            clock: Box::new(system_time),
            write: Box::new(to_standard_error),
            pseudonyms: KeyRing::new(KeyId::new(1), MasterKey::from_bytes(key)),
        }
    }

    /// The form of a line. Default: [`LogFormat::Text`].
    pub fn format(mut self, format: LogFormat) -> Self {
        self.format = format;
        self
    }

    /// The time since 1970. Give the clock of the facade, if it has another than the system's.
    pub fn clock(mut self, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Hands each line, without its end, to `write` instead of standard error. It is called on the path of a request and
    /// should not wait.
    pub fn write_to(mut self, write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.write = Box::new(write);
        self
    }

    fn line(&self, tenant: Option<&str>, account: Option<&str>, kind: EventKind) -> String {
        let mark = match kind {
            // The log keeps the mark outside the database.
            EventKind::AuditSealed { mark } => Some(mark.to_string()),
            _ => None,
        };
        let entry = Entry {
            time: rfc_3339((self.clock)().as_secs()),
            event: kind.name(),
            reason: reason(kind),
            tenant,
            account: account.map(|account| self.pseudonym(tenant.unwrap_or_default(), account)),
            mark,
        };
        match self.format {
            LogFormat::Text => format!("{}: {}", self.service, text(&entry)),
            LogFormat::Json => serde_json::to_string(&entry).unwrap_or_default(),
        }
    }

    fn pseudonym(&self, tenant: &str, account: &str) -> String {
        let scope = Scope::new(PURPOSE, &self.service);
        let key = self.pseudonyms.derive_active(&scope).1;
        let mac = key.mac(&[tenant.as_bytes(), account.as_bytes()]);
        let shown = mac.iter().take(8);
        shown.map(|byte| format!("{byte:02x}")).collect()
    }
}

impl EventSink for EventLog {
    fn record(&self, event: &Event) {
        let (tenant, account) = (event.tenant.as_deref(), event.account.as_deref());
        (self.write)(&self.line(tenant, account, event.kind));
    }
}

impl Debug for EventLog {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        f.debug_struct("EventLog")
            .field("service", &self.service)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

fn system_time() -> Duration {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default()
}

/// Writes in one call, so that lines of two threads do not mix. A log that is full or closed stops no request.
fn to_standard_error(line: &str) {
    let line = format!("{line}\n");
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

fn text(entry: &Entry<'_>) -> String {
    let mut line = format!("{} {}", entry.time, entry.event);
    let fields = [
        ("reason", entry.reason.as_deref()),
        ("tenant", entry.tenant),
        ("account", entry.account.as_deref()),
        ("mark", entry.mark.as_deref()),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            line.push_str(&format!(" {name}={value}"));
        }
    }
    line
}

/// The reason of an event, with the code of the mail server where it gave one.
fn reason(kind: EventKind) -> Option<String> {
    let reason = kind.reason()?;
    Some(match kind {
        EventKind::MailPostponed(MailProblem::NotSent(SendProblem::Answered(code)))
        | EventKind::MailAbandoned(MailProblem::NotSent(SendProblem::Answered(code))) => {
            format!("{reason}.{code}")
        }
        _ => reason.to_owned(),
    })
}

/// The moment in UTC, such as `2026-11-22T12:00:00Z`.
fn rfc_3339(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    let Ok(moment) = time::OffsetDateTime::from_unix_timestamp(seconds) else {
        return format!("@{seconds}");
    };
    let (date, hour) = (moment.date(), moment.hour());
    let (minute, second) = (moment.minute(), moment.second());
    format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk::mail::AddressError;
    use slotwerk::{AccountProblem, RejectedSignIn};

    fn log(format: LogFormat, key: u8) -> EventLog {
        let keys = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([key; 32]));
        let log = EventLog::new("portal", &keys).format(format);
        log.clock(|| Duration::from_secs(1_795_348_800))
    }

    const WRONG: EventKind = EventKind::SignInRejected(RejectedSignIn::WrongPassword);

    #[test]
    fn text_names_event_and_reason() {
        let line = log(LogFormat::Text, 1).line(Some("noord"), Some("noord-demo"), WRONG);
        let begin = "portal: 2026-11-22T12:00:00Z sign_in_rejected reason=wrong_password tenant=noord account=";
        let account = line.strip_prefix(begin).unwrap();
        assert!(account.len() == 16 && account.bytes().all(|b| b.is_ascii_hexdigit()));
        let line = log(LogFormat::Text, 1).line(None, None, EventKind::OutboxUnreachable);
        assert_eq!(line, "portal: 2026-11-22T12:00:00Z outbox_unreachable");
    }

    #[test]
    fn json_has_the_same_fields() {
        let log = log(LogFormat::Json, 1);
        let line = log.line(Some("zuid"), Some("zuid-demo"), EventKind::MailSent);
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["time"], "2026-11-22T12:00:00Z");
        assert_eq!(value["event"], "mail_sent");
        assert_eq!(value["tenant"], "zuid");
        assert_eq!(value["account"].as_str().unwrap().len(), 16);
        assert!(value.get("reason").is_none());
        assert!(!line.contains('\n'));
    }

    #[test]
    fn accounts_are_pseudonyms() {
        let (one, other) = (log(LogFormat::Text, 1), log(LogFormat::Text, 2));
        let line = one.line(Some("noord"), Some("noord-demo"), WRONG);
        assert!(!line.contains("demo"), "{line}");
        assert_eq!(line, one.line(Some("noord"), Some("noord-demo"), WRONG));
        assert_ne!(line, one.line(Some("noord"), Some("noord-extra1"), WRONG));
        assert_ne!(line, other.line(Some("noord"), Some("noord-demo"), WRONG));
        let at = |tenant| one.pseudonym(tenant, "noord-demo");
        assert_ne!(at("noord"), at("zuid"));
    }

    #[test]
    fn mark_of_the_audit_is_logged() {
        let mark = format!("7:{}", "ab".repeat(32)).parse().unwrap();
        let kind = EventKind::AuditSealed { mark };
        let line = log(LogFormat::Text, 1).line(Some("noord"), None, kind);
        assert!(
            line.ends_with(&format!("mark=7:{}", "ab".repeat(32))),
            "{line}"
        );
    }

    #[test]
    fn reasons_are_plain_words() {
        let account = AccountProblem::Mail(AddressError::LocalPartNotAscii);
        let mail = MailProblem::NotSent(SendProblem::Answered(550));
        for (kind, expected) in [
            (WRONG, Some("wrong_password")),
            (
                EventKind::AccountUnfit(account),
                Some("mail.local_part_not_ascii"),
            ),
            (
                EventKind::MailAbandoned(mail),
                Some("not_sent.answered.550"),
            ),
            (EventKind::MailSent, None),
        ] {
            assert_eq!(reason(kind).as_deref(), expected);
        }
    }

    #[test]
    fn moments_out_of_range() {
        assert_eq!(rfc_3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc_3339(u64::MAX), format!("@{}", i64::MAX));
    }

    #[test]
    fn formats_by_name() {
        assert_eq!("json".parse(), Ok(LogFormat::Json));
        assert_eq!("text".parse(), Ok(LogFormat::Text));
        assert_eq!("JSON".parse::<LogFormat>(), Err(UnknownLogFormat));
    }
}
