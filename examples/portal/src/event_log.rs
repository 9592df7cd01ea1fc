//! The log of events: one line each on standard error, for the operator.
//!
//! A line names tenant and event. The account is a pseudonym that stays the same for as long as the key does:
//! the portal's account ids hold login names, and a log must not.

use crate::clock::Clock;
use clap::ValueEnum;
use serde::Serialize;
use slotwerk::keys::{KeyId, KeyRing, MasterKey, Scope};
use slotwerk::{Event, EventKind, EventSink, MailProblem, SendProblem};
use std::io::{self, Write};

const LOG: Scope<'static> = Scope::new("portal-log", "portal");

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// `portal: 2026-11-22T12:00:00Z mail_sent tenant=noord account=1f2e3d4c5b6a7988`
    Text,
    /// One JSON object a line.
    Json,
}

pub(crate) struct EventLog {
    format: LogFormat,
    clock: Clock,
    /// A ring of the log alone: a derived key lives no longer than its ring, and that one is the facade's.
    pseudonyms: KeyRing,
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
}

impl EventLog {
    pub(crate) fn new(format: LogFormat, clock: Clock, keys: &KeyRing) -> Self {
        let key = keys.derive_active(&LOG).1.mac(&[b"pseudonyms"]);
        Self {
            format,
            clock,
            pseudonyms: KeyRing::new(KeyId::new(1), MasterKey::from_bytes(key)),
        }
    }

    fn line(&self, tenant: Option<&str>, account: Option<&str>, kind: EventKind) -> String {
        let entry = Entry {
            time: rfc_3339((self.clock)().as_secs()),
            event: kind.name(),
            reason: reason(kind),
            tenant,
            account: account.map(|account| self.pseudonym(tenant.unwrap_or_default(), account)),
        };
        match self.format {
            LogFormat::Text => text(&entry),
            LogFormat::Json => serde_json::to_string(&entry).unwrap_or_default(),
        }
    }

    fn pseudonym(&self, tenant: &str, account: &str) -> String {
        let key = self.pseudonyms.derive_active(&LOG).1;
        let mac = key.mac(&[tenant.as_bytes(), account.as_bytes()]);
        mac.iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl EventSink for EventLog {
    fn record(&self, event: &Event) {
        let mut line = self.line(
            event.tenant.as_deref(),
            event.account.as_deref(),
            event.kind,
        );
        line.push('\n');
        // In one call, so that lines of two threads do not mix. Nobody can be told that the log is closed.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

fn text(entry: &Entry<'_>) -> String {
    let mut line = format!("portal: {} {}", entry.time, entry.event);
    let fields = [
        ("reason", entry.reason.as_deref()),
        ("tenant", entry.tenant),
        ("account", entry.account.as_deref()),
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
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        moment.year(),
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk::mail::AddressError;
    use slotwerk::{AccountProblem, RejectedSignIn};
    use std::sync::Arc;
    use std::time::Duration;

    fn log(format: LogFormat, key: u8) -> EventLog {
        let keys = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([key; 32]));
        let clock: Clock = Arc::new(|| Duration::from_secs(1_795_348_800));
        EventLog::new(format, clock, &keys)
    }

    const WRONG: EventKind = EventKind::SignInRejected(RejectedSignIn::WrongPassword);

    #[test]
    fn text_lines_name_event_and_reason() {
        let line = log(LogFormat::Text, 1).line(Some("noord"), Some("noord-demo"), WRONG);
        let begin = "portal: 2026-11-22T12:00:00Z sign_in_rejected reason=wrong_password tenant=noord account=";
        let account = line.strip_prefix(begin).unwrap();
        assert!(account.len() == 16 && account.bytes().all(|b| b.is_ascii_hexdigit()));
        let line = log(LogFormat::Text, 1).line(None, None, EventKind::OutboxUnreachable);
        assert_eq!(line, "portal: 2026-11-22T12:00:00Z outbox_unreachable");
    }

    #[test]
    fn json_lines_have_the_same_fields() {
        let line =
            log(LogFormat::Json, 1).line(Some("zuid"), Some("zuid-demo"), EventKind::MailSent);
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
        assert_ne!(
            one.pseudonym("noord", "noord-demo"),
            one.pseudonym("zuid", "noord-demo")
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
    fn moments_out_of_range_are_written() {
        assert_eq!(rfc_3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc_3339(u64::MAX), format!("@{}", i64::MAX));
    }
}
