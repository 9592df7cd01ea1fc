//! Budgets in Redis: one value for each, changed by scripts that run alone.

use crate::fault::RedisFault;
use crate::link::Link;
use redis::{Cmd, Script};
use slotwerk_store::{AttemptKey, BudgetCharge, Charged, OnDenial, SettleAttempt};
use slotwerk_throttle::{Allowance, Receipt, Refusal, State, Tally};
use std::fmt::Write;
use std::time::Duration;

pub(crate) struct Budgets {
    link: Link,
    prefix: String,
    charge: Script,
    settle: Script,
}

impl Budgets {
    pub(crate) fn new(link: Link, prefix: String) -> Self {
        Self {
            link,
            prefix,
            charge: Script::new(include_str!("charge.lua")),
            settle: Script::new(include_str!("settle.lua")),
        }
    }

    pub(crate) fn with_link(self, change: impl FnOnce(Link) -> Link) -> Self {
        Self {
            link: change(self.link),
            ..self
        }
    }

    /// Charges budgets in their order, all in one script, at the server's time.
    pub(crate) async fn charge(
        &self,
        charges: &[BudgetCharge],
        on_denial: OnDenial,
    ) -> Result<Vec<Charged>, RedisFault> {
        let mut call = self.charge.prepare_invoke();
        call.arg(u8::from(on_denial == OnDenial::Stop));
        for charge in charges {
            call.key(self.name(&charge.key))
                .arg(&numbers(charge.allowance)[..]);
        }
        let call = &call;
        self.link
            .call(|mut connection| async move {
                let answers = call.invoke_async(&mut connection).await;
                let answers: Vec<Vec<u64>> = answers.map_err(RedisFault::Failed)?;
                let answers: Result<Vec<_>, _> = answers.iter().map(|one| charged(one)).collect();
                answers.and_then(|answers| complete(answers, charges.len(), on_denial))
            })
            .await
    }

    /// Gives attempts back that have succeeded. One stays charged if its budget was charged again since, or was lost.
    pub(crate) async fn settle(&self, settled: &[SettleAttempt]) -> Result<u64, RedisFault> {
        let mut call = self.settle.prepare_invoke();
        for settle in settled {
            let (before, after) = (settle.receipt.before, settle.receipt.after);
            let before = State {
                failures: 0,
                ..before
            };
            call.key(self.name(&settle.key));
            call.arg(value(after)).arg(value(before));
            call.arg(matters_until(settle.allowance, before));
        }
        let call = &call;
        self.link
            .call(|mut connection| async move {
                let settled = call.invoke_async(&mut connection).await;
                settled.map_err(RedisFault::Failed)
            })
            .await
    }

    /// Deletes budgets, so that they are whole. Returns how many there were.
    pub(crate) async fn delete(&self, keys: &[AttemptKey]) -> Result<u64, RedisFault> {
        if keys.is_empty() {
            return Ok(0);
        }
        self.command("DEL", keys).await
    }

    /// Reads budgets, one answer for each key.
    pub(crate) async fn read(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>, RedisFault> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let values: Vec<Option<String>> = self.command("MGET", keys).await?;
        if values.len() != keys.len() {
            return Err(RedisFault::Answer);
        }
        let tally = |value: Option<String>| value.and_then(|value| tally(&value));
        Ok(values.into_iter().map(tally).collect())
    }

    async fn command<T: redis::FromRedisValue>(
        &self,
        name: &str,
        keys: &[AttemptKey],
    ) -> Result<T, RedisFault> {
        let mut call = Cmd::new();
        call.arg(name);
        for key in keys {
            call.arg(self.name(key));
        }
        let call = &call;
        self.link
            .call(|mut connection| async move {
                let answer = call.query_async(&mut connection).await;
                answer.map_err(RedisFault::Failed)
            })
            .await
    }

    fn name(&self, key: &AttemptKey) -> String {
        let mut name = self.prefix.clone();
        for byte in key.0 {
            // Writing to a string does not fail.
            let _ = write!(name, "{byte:02x}");
        }
        name
    }
}

/// What the script needs to know of an allowance: the pace, how far ahead an arrival time may be, and the delays.
fn numbers(allowance: Allowance) -> [u64; 7] {
    let budget = allowance.budget();
    let delays = budget.backoff();
    [
        budget.refill_ms(),
        budget.capacity_ms().saturating_sub(budget.refill_ms()),
        budget.reach_ms(),
        budget.forgotten_after_ms(),
        delays.map_or(0, |delays| u64::from(delays.free())),
        delays.map_or(0, |delays| delays.base_ms()),
        delays.map_or(0, |delays| delays.cap_ms()),
    ]
}

/// Reads an answer of the script to one charge.
fn charged(answer: &[u64]) -> Result<Charged, RedisFault> {
    let state = |tat_ms: u64, failures: u64, recent: u64| {
        let count = |count| u32::try_from(count).map_err(|_| RedisFault::Answer);
        let (failures, recent) = (count(failures)?, count(recent)?);
        Ok::<_, RedisFault>(State {
            tat_ms,
            failures,
            recent,
        })
    };
    let (malformed, charged) = match *answer {
        [0, malformed, wait_ms] => {
            let refusal = Refusal::Wait(Duration::from_millis(wait_ms));
            (malformed, Charged::Denied { refusal })
        }
        [
            1,
            malformed,
            ahead,
            tat,
            failures,
            recent,
            next_tat,
            next_failures,
            next_recent,
        ] => {
            let receipt = Receipt {
                before: state(tat, failures, recent)?,
                after: state(next_tat, next_failures, next_recent)?,
                clock_ran_ahead: ahead == 1,
            };
            (malformed, Charged::Granted { receipt })
        }
        _ => return Err(RedisFault::Answer),
    };
    if malformed == 1 {
        warn_malformed();
    }
    Ok(charged)
}

/// Each charge has an answer, up to the denial that stops.
fn complete(
    answers: Vec<Charged>,
    charges: usize,
    on_denial: OnDenial,
) -> Result<Vec<Charged>, RedisFault> {
    let stops = |answer: &Charged| matches!(answer, Charged::Denied { .. });
    let due = match on_denial {
        OnDenial::Continue => None,
        OnDenial::Stop => answers.iter().position(stops),
    };
    if answers.len() == due.map_or(charges, |at| at.saturating_add(1)) {
        Ok(answers)
    } else {
        Err(RedisFault::Answer)
    }
}

fn value(state: State) -> String {
    format!("{} {} {}", state.tat_ms, state.failures, state.recent)
}

/// Reads a value. Without a lifetime, attempts in a life mean nothing: Redis does not keep them.
fn tally(value: &str) -> Option<Tally> {
    let tally = parse(value).map(|state| Tally { state, spent: 0 });
    if tally.is_none() {
        warn_malformed();
    }
    tally
}

fn parse(value: &str) -> Option<State> {
    let is_plain = value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b' ');
    let mut parts = value.split(' ').filter(|_| is_plain);
    let state = State {
        tat_ms: parts.next()?.parse().ok()?,
        failures: parts.next()?.parse().ok()?,
        recent: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(state)
}

/// When a state can no longer deny or delay an attempt.
fn matters_until(allowance: Allowance, state: State) -> u64 {
    let kept = allowance.keep_ms(&Tally { state, spent: 0 });
    state.tat_ms.saturating_add(kept)
}

/// A value that this version does not write counts as lost.
fn warn_malformed() {
    tracing::warn!(
        event = "redis_value_unusable",
        "a budget in Redis is malformed"
    );
}
