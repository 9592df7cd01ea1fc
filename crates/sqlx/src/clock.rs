//! The clock of this node against the clock of the database server.

use std::time::{SystemTime, UNIX_EPOCH};

/// From this difference on, a new connection emits an event: 2 seconds.
pub(crate) const REPORTED_MS: u64 = 2_000;

/// From this difference on, the store is not ready: 60 seconds, the tolerance of stored times.
pub(crate) const NOT_READY_MS: u64 = slotwerk_store::CLOCK_TOLERANCE * 1000;

/// This node's time minus the server's, in milliseconds.
pub(crate) fn ahead_ms(node: SystemTime, server_ms: i64) -> i64 {
    let node_ms = node.duration_since(UNIX_EPOCH).unwrap_or_default();
    let node_ms = i64::try_from(node_ms.as_millis()).unwrap_or(i64::MAX);
    node_ms.saturating_sub(server_ms)
}

/// Emits an event if the clocks differ by more than [`REPORTED_MS`].
pub(crate) fn report(ahead_ms: i64) {
    if ahead_ms.unsigned_abs() > REPORTED_MS {
        tracing::warn!(
            ahead_ms,
            "this node's clock differs from the database server's; set both by NTP"
        );
    }
}
