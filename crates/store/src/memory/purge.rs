//! Housekeeping: rows that can no longer matter, a batch at a time.

use super::rows::Rows;
use crate::is_in_time;
use std::collections::BTreeMap;

impl Rows {
    pub(super) fn purge(&mut self, now: u64, limit: u32) -> u64 {
        let now_ms = now.saturating_mul(1000);
        let mut batch = Batch {
            left: limit as usize,
            gone: 0,
        };
        batch.take(&mut self.resets, |row| {
            !is_in_time(row.open.expires_at, now)
        });
        batch.take(&mut self.tickets, |row| {
            !is_in_time(row.ticket.expires_at, now)
        });
        batch.take(&mut self.pending, |row| !is_in_time(row.expires_at, now));
        batch.take(&mut self.sessions, |row| row.is_over(now));
        batch.take(&mut self.attempts, |row| {
            row.tally.state.tat_ms <= now_ms.saturating_sub(row.keep_ms)
        });
        let far = self.attempts.values_mut().filter(|row| row.is_far(now_ms));
        for row in far.take(batch.left) {
            row.pull_in(now_ms);
        }
        batch.gone
    }
}

/// The rows that one purge may still change.
struct Batch {
    left: usize,
    gone: u64,
}

impl Batch {
    fn take<K: Ord, V>(&mut self, rows: &mut BTreeMap<K, V>, is_over: impl Fn(&V) -> bool) {
        rows.retain(|_, row| {
            let goes = self.left > 0 && is_over(row);
            if goes {
                self.left -= 1;
                self.gone += 1;
            }
            !goes
        });
    }
}
