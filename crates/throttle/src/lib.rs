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
//! * Each success hands out a fresh burst; see [`Budget::most_tries`] for the arithmetic.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod budget;
mod charge;
mod guessing;

pub use budget::{Budget, BudgetError};
pub use charge::{Decision, State};
pub use guessing::{TooGenerous, YEAR, guess_probability};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
