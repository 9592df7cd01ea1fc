//! What configurations are worth, from an hour to ten years.

use std::time::Duration;

use crate::{Allowance, YEAR, guess_probability};

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// The spans of [`table`], shortest first, each with its name. A year is [`YEAR`](crate::YEAR), and
/// ten years are ten of them.
pub const SPANS: [(&str, Duration); 6] = [
    ("hour", Duration::from_secs(HOUR)),
    ("day", Duration::from_secs(DAY)),
    ("week", Duration::from_secs(7 * DAY)),
    ("30 days", Duration::from_secs(30 * DAY)),
    ("year", Duration::from_secs(365 * DAY)),
    ("10 years", Duration::from_secs(10 * 365 * DAY)),
];

/// A configuration with a name to show it under, and what it protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named<'a> {
    /// The name.
    pub name: &'a str,
    /// How often a stranger may try.
    pub allowance: Allowance,
    /// How many values are right at any moment.
    pub accepted_at_once: u32,
    /// How many values there are, all equally likely.
    pub space: u64,
    /// How often the owner succeeds in a year: [`Budget::most_tries`](crate::Budget::most_tries).
    pub successes_per_year: u32,
}

impl<'a> Named<'a> {
    /// `allowance` is an [`Allowance`] or a [`Budget`](crate::Budget); the numbers are those of
    /// [`guess_probability`].
    pub fn new(
        name: &'a str,
        allowance: impl Into<Allowance>,
        accepted_at_once: u32,
        space: u64,
    ) -> Self {
        Self {
            name,
            allowance: allowance.into(),
            accepted_at_once,
            space,
            successes_per_year: 0,
        }
    }

    /// The same, for an owner who does not stay away but succeeds `per_year` times in a
    /// [`YEAR`], evenly spread; in another span as many as fall into it, rounded up.
    #[must_use]
    pub const fn with_successes(self, per_year: u32) -> Self {
        Self {
            successes_per_year: per_year,
            ..self
        }
    }

    /// The most tries within `window`.
    pub(crate) fn tries(&self, window: Duration) -> u64 {
        let expected = u128::from(self.successes_per_year) * window.as_millis();
        let successes = expected.div_ceil(YEAR.as_millis());
        let successes = u32::try_from(successes).unwrap_or(u32::MAX);
        self.allowance.most_tries(window, successes)
    }

    /// The chance that one of them is right.
    pub(crate) fn probability(&self, window: Duration) -> f64 {
        guess_probability(self.tries(window), self.accepted_at_once, self.space)
    }
}

/// One line of the table: a configuration after one span.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The name of the configuration.
    pub name: String,
    /// The name of the span, of [`SPANS`].
    pub span: &'static str,
    /// The span.
    pub window: Duration,
    /// The most tries a stranger gets in it.
    pub tries: u64,
    /// The chance that one of them is right, 0 to 1.
    pub probability: f64,
}

/// What each configuration is worth after each of [`SPANS`]: the spans of the first, then those of the
/// second, and so on.
///
/// ```
/// use std::time::Duration;
/// use slotwerk_throttle::{Budget, Named, table};
///
/// let paced = Budget::new(5, Duration::from_secs(180))?;
/// for row in table(&[Named::new("5 per quarter of an hour", paced, 3, 1_000_000)]) {
///     println!("{:>8} {:>8} tries  {:.1e}", row.span, row.tries, row.probability);
/// }
/// # Ok::<(), slotwerk_throttle::BudgetError>(())
/// ```
#[must_use]
pub fn table(configurations: &[Named<'_>]) -> Vec<Row> {
    let rows = |named: &Named<'_>| {
        let named = *named;
        SPANS.map(|(span, window)| Row {
            name: named.name.to_owned(),
            span,
            window,
            tries: named.tries(window),
            probability: named.probability(window),
        })
    };
    configurations.iter().flat_map(rows).collect()
}
