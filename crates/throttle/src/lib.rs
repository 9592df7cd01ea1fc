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
//!     Decision::Granted { next, .. } => assert_eq!(next.failures, 1), // store `next`, then verify
//!     Decision::Denied { retry_after } => println!("wait {retry_after:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The rule
//!
//! The budget is a generic cell rate algorithm (the virtual scheduling form of ITU-T I.371): the
//! state is one instant, the *theoretical arrival time*, and two counts of failures. With
//! times in whole milliseconds and `capacity = burst × refill`, an attempt at `now` is granted when
//!
//! ```text
//! max(tat, now) + refill - now <= capacity   and   failures < hard_stop
//! ```
//!
//! and then the state becomes `tat = max(tat, now) + refill`, `failures = failures + 1`. A refusal
//! changes nothing. Whatever the order of arrival, no window of length `w` holds more than
//! `burst + ⌊w / refill⌋` granted attempts.
//!
//! # Delays and a lifetime cap
//!
//! A [`Backoff`] makes each failure wait longer than the one before:
//! `delay(f) = min(cap, base × 2^(f - free - 1))` after the `f`-th failure, and none up to the
//! `free`-th. [`Budget::with_backoff`] puts it into the same instant. When the delay is not zero
//! the state becomes
//!
//! ```text
//! tat = max(max(tat, now) + refill, now + (capacity - refill) + delay(recent + 1))
//! ```
//!
//! so that the condition above holds again at `now + delay`, or when the pace allows it if that is
//! later. A larger `tat` never grants more, so the bound on every window stays, and
//! [`Budget::most_tries`] gives the exact one.
//!
//! The delays go by the second count, `recent`. Time alone resets it: a charge begins at zero when
//! `tat + forgotten_after <= now` ([`Budget::forgotten_after_ms`]).
//!
//! An [`Allowance`] is a budget with a cap on the failures of one authenticator in its whole life. It
//! needs a fourth number in the store, `spent`, from which a success takes off only its own attempt.
//!
//! # What a success gives back
//!
//! [`Budget::settle`] gives back the attempt that succeeded and no other, and sets `failures` to zero.
//! Pace and delays stay as a stranger has left them. Otherwise a stranger could find out who exists: an
//! owner signs in now and then, and for a name that nobody has, nobody does. [`Budget::lift`] gives
//! everything back, after a recovery.
//!
//! # A clock that was wrong
//!
//! An arrival time beyond `now + capacity + longest delay + 60 s` is disbelieved: it counts as
//! `now + capacity - refill`, so that one attempt is granted at once and then the normal pace. The
//! charge writes the corrected time, and [`Receipt::clock_ran_ahead`] reports it. `failures`, `recent`
//! and `spent` stay. A stored time that was written under a much larger budget looks the same.
//!
//! # In a store
//!
//! The arithmetic exists once, here. A store keeps the four numbers as columns and takes three steps
//! in one transaction:
//!
//! ```sql
//! SELECT tat, failures, recent, spent FROM attempts WHERE subject = :subject  -- FOR UPDATE
//! ```
//!
//! [`Allowance::charge`] decides. On a refusal the store writes nothing. On a grant it writes `next`
//! under the condition that the row is still the one it has read:
//!
//! ```sql
//! UPDATE attempts
//!    SET tat = :next_tat, failures = :next_failures, recent = :next_recent, spent = :next_spent
//!  WHERE subject = :subject
//!    AND tat = :tat AND failures = :failures AND recent = :recent AND spent = :spent
//! ```
//!
//! Without a row it inserts one, and the primary key guards. One affected row: the attempt may go on.
//! None: another charge was faster, so start again. Settling takes the same steps with
//! [`Allowance::settle`]. `:now` is the database's own clock or one clock agreed between the nodes.
//! Every value that `charge` returns fits a signed 64-bit column ([`State::LATEST_MS`]).
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
//! * A success resets the count towards the hard stop, and a recovery gives the whole budget back: see
//!   [`Budget::most_tries`] for the arithmetic, and [`Allowance`] for a cap that neither resets. At the
//!   hard stop somebody can tell an account whose owner signs in from a name that nobody has.
//! * While an attempt is looked at, it counts like any other. Somebody who tries at the same moment can
//!   be given its wait.
//! * Clocks that differ by more than 60 s can grant more together than one budget.

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
pub use chart::{Labels, chart};
pub use guessing::{TooGenerous, YEAR, guess_probability};
pub use table::{Named, Row, SPANS, table};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
