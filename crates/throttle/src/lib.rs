//! Attempt budgets as pure decisions, with the arithmetic of guessing.
//!
//! For a service that checks passwords, codes or recovery codes and has to say how often a
//! stranger may try. A [`Budget`] is charged *before* the secret is looked at; the [`Decision`]
//! carries the [`State`] to write back, so that one atomic statement in a shared store enforces the
//! limit on every node.
//!
//! ```
//! use std::time::Duration;
//! use slotwerk_throttle::{Budget, Decision};
//!
//! // Five at once, then one every quarter of an hour, and never more than 100 misses in a row.
//! let budget = Budget::new(5, Duration::from_secs(15 * 60))?.with_hard_stop(100)?;
//! // Refuse at start-up what is too easy to guess: six digits, three of them valid at a time.
//! let budget = budget.within(0.001, 3, 1_000_000)?;
//!
//! let now_ms = 1_700_000_000_000;
//! match budget.charge(None, now_ms) {
//!     Decision::Granted { next } => assert_eq!(next.failures, 1), // store `next`, then verify
//!     Decision::Denied { retry_after } => println!("wait {retry_after:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The rule
//!
//! The budget is a generic cell rate algorithm (the virtual scheduling form of ITU-T I.371): the
//! state is one instant, the *theoretical arrival time*, and a count of consecutive failures. With
//! times in whole milliseconds and `capacity = burst × refill`, an attempt at `now` is granted when
//!
//! ```text
//! max(tat, now) + refill - now <= capacity   and   failures < hard_stop
//! ```
//!
//! and then the state becomes `tat = max(tat, now) + refill`, `failures = failures + 1`. A refusal
//! changes nothing. Whatever the order of arrival, no window of length `w` holds more than
//! `burst + ⌊w / refill⌋` granted attempts. After a success, [`Budget::settle`] sets `tat = now` and
//! `failures = 0`.
//!
//! # Delays and a lifetime cap
//!
//! A [`Backoff`] makes each failure in a row wait longer than the one before:
//! `delay(f) = min(cap, base × 2^(f - free - 1))` after the `f`-th failure, and none up to the
//! `free`-th. [`Budget::with_backoff`] puts it into the same two columns. When the delay is not zero
//! the state becomes
//!
//! ```text
//! tat = max(max(tat, now) + refill, now + (capacity - refill) + delay(failures + 1))
//! ```
//!
//! so that the condition above holds again at `now + delay`, or when the pace allows it if that is
//! later. A larger `tat` never grants more, so the bound on every window stays, and
//! [`Budget::most_tries`] gives the exact one.
//!
//! An [`Allowance`] is a budget with a cap on the failures of one authenticator in its whole life. It
//! needs a third number in the store, which a success does not reset.
//!
//! [`table`] and [`chart`] show what configurations are worth, from an hour to ten years.
//!
//! # The same in SQL
//!
//! Everything is integer arithmetic on two columns, `tat BIGINT` and `failures BIGINT`, so a store
//! needs no read before its write. Because `burst ≥ 1`, the condition above is the same as
//! `tat - now <= capacity - refill`, and a granted state always fits a signed 64-bit column
//! ([`State::LATEST_MS`]):
//!
//! ```sql
//! INSERT INTO attempts (subject, tat, failures)
//! VALUES (:subject, :now + :refill, 1)
//! ON CONFLICT (subject) DO UPDATE
//!    SET tat = CASE WHEN attempts.tat > :now THEN attempts.tat ELSE :now END + :refill,
//!        failures = CASE WHEN attempts.failures < 4294967295
//!                        THEN attempts.failures + 1 ELSE 4294967295 END
//!  WHERE attempts.tat - :now <= :capacity - :refill
//!    AND (:hard_stop IS NULL OR attempts.failures < :hard_stop)
//! ```
//!
//! One affected row is [`Decision::Granted`], none is [`Decision::Denied`]. The parameters are
//! [`Budget::refill_ms`], [`Budget::capacity_ms`] and [`Budget::hard_stop`]; `:now` is the
//! database's own clock or one clock agreed between the nodes. On a refusal read the row and call
//! [`Budget::retry_after`] on it. Settling is
//! `UPDATE attempts SET tat = :now, failures = 0 WHERE subject = :subject`. Present-day instants lie
//! below 2⁵³, so the same steps are exact in a Redis script, whose numbers are doubles.
//!
//! **With a [`Backoff`] this statement is not enough**: it would not delay anything. Then the new row
//! holds `GREATEST(:now + :refill, :now + :capacity - :refill + :first)` where `:first` is
//! [`Backoff::after`] one failure if that is not zero, and the update sets
//!
//! ```sql
//! tat = CASE WHEN attempts.failures < :free
//!            THEN GREATEST(attempts.tat, :now) + :refill
//!            ELSE GREATEST(GREATEST(attempts.tat, :now) + :refill,
//!                          :now + :capacity - :refill
//!                               + LEAST(:cap, :base << LEAST(attempts.failures - :free, 27))) END
//! ```
//!
//! with [`Backoff::free`], [`Backoff::base_ms`] and [`Backoff::cap_ms`]. At 27 doublings every delay
//! has reached its cap, and no product leaves 64 bits. An [`Allowance`] adds `spent = spent + 1`, and
//! `AND (:lifetime IS NULL OR attempts.spent < :lifetime)`; settling takes one off `spent`.
//!
//! # What it does not protect against
//!
//! * It keeps no state and reads no clock. Attempts that are verified before they are charged, or
//!   charged in memory on each of several nodes, are not limited by it.
//! * One budget covers one subject. An attacker who tries one password on each of many accounts
//!   stays inside every budget; that takes another key (tenant, network) or another defence.
//! * A hard stop can be provoked on purpose. Give known devices a budget of their own, and let a
//!   stopped account recover by another way.
//! * The probability assumes that every value is equally likely. That holds for generated codes; it
//!   does not hold for passwords people chose.
//! * Each success hands out a fresh burst and drops the delays; see [`Budget::most_tries`] for the
//!   arithmetic, and [`Allowance`] for a cap that a success does not reset.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod allowance;
mod backoff;
mod budget;
mod charge;
mod chart;
mod guessing;
mod table;

pub use allowance::{Allowance, Refusal, Ruling, Tally};
pub use backoff::Backoff;
pub use budget::{Budget, BudgetError};
pub use charge::{Decision, State};
pub use chart::{Labels, chart};
pub use guessing::{TooGenerous, YEAR, guess_probability};
pub use table::{Named, Row, SPANS, table};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
