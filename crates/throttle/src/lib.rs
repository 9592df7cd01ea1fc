//! Attempt budgets: limits on guessing passwords and codes, as pure functions.
//!
//! A service that checks passwords, codes or recovery codes must limit how often a stranger may try.
//! It charges a [`Budget`] *before* it checks the secret. The [`Decision`] carries the [`State`] to
//! write back. One atomic statement in a shared store then enforces the limit on every node. The crate
//! also computes the chance that a stranger guesses right.
//!
//! ```
//! use std::time::Duration;
//! use slotwerk_throttle::{Budget, Decision};
//!
//! // Five at once, then one every quarter of an hour, and never more than 100 misses in a row.
//! let budget = Budget::new(5, Duration::from_secs(15 * 60))?.with_hard_stop(100)?;
//! // Reject at start-up a budget that makes guessing easy. Six digits, three codes valid at a time:
//! let budget = budget.within(0.001, 3, 1_000_000)?;
//!
//! let now_ms = 1_700_000_000_000;
//! match budget.charge(None, now_ms) {
//!     Decision::Granted { next, .. } => assert_eq!(next.failures, 1), // store `next`, then verify
//!     Decision::Denied { retry_after } => println!("wait {retry_after:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The rule
//!
//! The budget is a generic cell rate algorithm (the virtual scheduling form of ITU-T I.371). Its state
//! is one instant, the *theoretical arrival time* (`tat`), and two counts of failures. Times are in whole
//! milliseconds, and `capacity = burst × refill`. An attempt at `now` is granted when
//!
//! ```text
//! max(tat, now) + refill - now <= capacity   and   failures < hard_stop
//! ```
//!
//! and then the state becomes `tat = max(tat, now) + refill`, `failures = failures + 1`. A denied attempt
//! changes nothing. In any order of arrival, no window of length `w` holds more than
//! `burst + ⌊w / refill⌋` granted attempts.
//!
//! # Delays and a lifetime cap
//!
//! A [`Backoff`] doubles the delay with each failure: `delay(f) = min(cap, base × 2^(f - free - 1))` after
//! the `f`-th failure. Up to the `free`-th failure there is no delay. [`Budget::with_backoff`] adds the
//! delay to the same instant. When the delay is not zero, the state becomes
//!
//! ```text
//! tat = max(max(tat, now) + refill, now + (capacity - refill) + delay(recent + 1))
//! ```
//!
//! so the condition above holds again at `now + delay`, or when the pace allows it, if that is later. A
//! larger `tat` never grants more, so the bound on every window still holds. [`Budget::most_tries`] returns
//! the exact bound.
//!
//! The second count of failures, `recent`, sets the delay. Time resets it, not a success: a charge
//! begins at zero when `tat + forgotten_after <= now` ([`Budget::forgotten_after_ms`]).
//!
//! An [`Allowance`] is a budget with a cap on the failures of one authenticator in its whole life. It
//! needs a fourth number in the store, `spent`. A success subtracts only its own attempt from it.
//!
//! # Returning attempts after a success
//!
//! [`Budget::settle`] gives back the attempt that succeeded and no other, and sets `failures` to zero.
//! It does not change the pace and the delays that a stranger's attempts have caused. Otherwise a stranger
//! could find out which accounts exist: only a real account has an owner who signs in and resets them.
//! [`Budget::lift`] gives everything back, after a recovery.
//!
//! # Clock errors
//!
//! An arrival time beyond `now + capacity + longest delay + 60 s` is not believed. It counts as
//! `now + capacity - refill`, so one attempt is granted at once, and then the normal pace applies. The
//! charge writes the corrected time, and [`Receipt::clock_ran_ahead`] reports it. `failures`, `recent`
//! and `spent` stay. A stored time that was written under a much larger budget looks the same.
//!
//! # In a store
//!
//! All arithmetic is in this crate. A store keeps the four numbers as columns and takes three steps
//! in one transaction:
//!
//! ```sql
//! SELECT tat, failures, recent, spent FROM attempts WHERE subject = :subject  -- FOR UPDATE
//! ```
//!
//! [`Allowance::charge`] decides. If it denies the attempt, the store writes nothing. If it grants the
//! attempt, the store writes `next`, on the condition that the row is still as it was read:
//!
//! ```sql
//! UPDATE attempts
//!    SET tat = :next_tat, failures = :next_failures, recent = :next_recent, spent = :next_spent
//!  WHERE subject = :subject
//!    AND tat = :tat AND failures = :failures AND recent = :recent AND spent = :spent
//! ```
//!
//! If there is no row, the store inserts one, guarded by the primary key. If one row was affected, the
//! attempt may go on. If none was, another charge was faster: start again. Settling takes the same steps
//! with [`Allowance::settle`]. For the current time, use the database's clock or one clock that all nodes
//! agree on. Every value that `charge` returns fits a signed 64-bit column ([`State::LATEST_MS`]).
//!
//! # What it does not protect against
//!
//! * The crate keeps no state and reads no clock. It does not limit attempts that are verified before they
//!   are charged, or that each of several nodes charges in its own memory.
//! * One budget covers one subject. An attacker who tries one password on each of many accounts
//!   stays inside every budget. Limit that by another key (tenant, network) or another defence.
//! * An attacker can trigger a hard stop on purpose. Give known browsers a separate budget, and let a
//!   locked account recover in another way.
//! * The probability assumes that every value is equally likely. That holds for generated codes. It does
//!   not hold for passwords that people chose.
//! * A success resets the count towards the hard stop, and a recovery gives the whole budget back.
//!   [`Budget::most_tries`] has the arithmetic. [`Allowance`] has a cap that neither resets. At the hard
//!   stop, a stranger can distinguish an account whose owner signs in from an unknown account.
//! * While an attempt is being checked, it counts like any other. A person who tries at the same moment
//!   may have to wait because of it.
//! * Several clocks that differ by more than 60 s can together grant more than one budget.

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
pub use charge::{CLOCK_TOLERANCE, Decision, Receipt, State};
pub use chart::{Labels, chart, chart_within};
pub use guessing::{TooGenerous, YEAR, guess_probability};
pub use table::{Named, Row, SPANS, table};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
