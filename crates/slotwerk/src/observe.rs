//! Counts each event, traces it, and hands it to the host's sink.

use crate::auth::Inner;
use crate::event::Event;

impl Inner {
    pub(crate) fn hand_out(&self, event: &Event) {
        self.counted.count(&event.kind);
        #[cfg(feature = "tracing")]
        self.trace(event);
        self.events.record(event);
    }
}

#[cfg(feature = "tracing")]
mod tracing_events {
    use crate::auth::Inner;
    use crate::event::{Event, EventKind};
    use crate::scopes::audit_subject;
    use slotwerk_store::AccountKey;
    use std::fmt;

    /// An account in a trace: the first 8 bytes of its subject in the audit trail, as 16 hexadecimal digits.
    ///
    /// Account ids are the host's, and many hosts use names or addresses.
    pub(crate) struct Pseudonym([u8; 8]);

    impl fmt::Display for Pseudonym {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{:016x}", u64::from_be_bytes(self.0))
        }
    }

    impl Inner {
        /// The account of a span.
        pub(crate) fn pseudonym(&self, key: &AccountKey) -> Pseudonym {
            self.pseudonym_of(key.tenant(), key.account())
        }

        fn pseudonym_of(&self, tenant: &str, account: &str) -> Pseudonym {
            let subject = audit_subject(&self.keys, tenant, &[account.as_bytes()]);
            Pseudonym(subject.0.first_chunk().copied().unwrap_or_default())
        }

        /// The macros read their fields only where somebody listens.
        pub(super) fn trace(&self, event: &Event) {
            let tenant = event.tenant.as_deref();
            let account = || {
                let account = event.account.as_deref()?;
                let pseudonym = self.pseudonym_of(tenant.unwrap_or_default(), account);
                Some(tracing::field::display(pseudonym))
            };
            let (name, reason) = (event.kind.name(), event.kind.reason());
            if let EventKind::AuditSealed { mark } = event.kind {
                // The log keeps the mark outside the database.
                tracing::info!(event = name, tenant, mark = %mark);
            } else if needs_an_operator(&event.kind) {
                tracing::warn!(event = name, reason, tenant, account = account());
            } else {
                tracing::info!(event = name, reason, tenant, account = account());
            }
        }
    }

    /// Something does not work, or does not keep up. All other events are people's doing.
    fn needs_an_operator(kind: &EventKind) -> bool {
        matches!(
            kind,
            EventKind::ResetDroppedOutboxFull
                | EventKind::MailPostponed(_)
                | EventKind::MailAbandoned(_)
                | EventKind::AccountUnfit(_)
                | EventKind::HashUnusable
                | EventKind::AuthenticatorUnreadable
                | EventKind::TenantSourceFailed
                | EventKind::TenantUnfit
                | EventKind::IssuerShared
                | EventKind::OutboxUnreachable
                | EventKind::BudgetsUnreachable
                | EventKind::AuditNotSealed
                | EventKind::AuditChainBroken
                | EventKind::BreachCheckFailed
                | EventKind::Busy
                | EventKind::ClockRanAhead(_)
        )
    }
}
