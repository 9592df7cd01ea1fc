//! A logarithmic scale over whole decades.

use super::labels::Labels;
use std::ops::RangeInclusive;

/// From ten to the power `low` at the bottom to ten to the power `high` at the top.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    low: i32,
    high: i32,
}

impl Axis {
    /// From the decade of the smallest chance, or 10⁻¹⁸, up to certainty.
    pub(super) fn for_chances(chances: impl Iterator<Item = f64>) -> Self {
        let least = chances
            .filter(|chance| *chance > 0.0)
            .fold(0.1, f64::min)
            .max(1e-18);
        Self {
            low: (least.log10().floor() as i32).min(-1),
            high: 0,
        }
    }

    /// From one try up to the decade of the most.
    pub(super) fn for_tries(tries: impl Iterator<Item = u64>) -> Self {
        let most = tries.max().unwrap_or(1).max(10);
        Self {
            low: 0,
            high: (most as f64).log10().ceil() as i32,
        }
    }

    /// The decades that get a line: all of them, or every second or third where there are many.
    pub(super) fn decades(self) -> impl Iterator<Item = i32> {
        let range: RangeInclusive<i32> = self.low..=self.high;
        let every = 1 + (self.high - self.low) / 10;
        // Counted from the top or from the bottom, so that 1 is among them.
        range.filter(move |decade| decade % every == 0)
    }

    /// Where a value lies, from 0 at the bottom to 1 at the top.
    pub(super) fn place(self, value: f64) -> f64 {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        if value > 0.0 {
            ((value.log10() - low) / (high - low)).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// Digits that are written out. Further ones would not fit beside the chart.
const WRITTEN_OUT: u32 = 6;

/// A number of tries: `1,000`, or `10⁹`.
pub(super) fn tries_label(decade: i32, labels: &Labels<'_>) -> String {
    let digits = decade.unsigned_abs();
    if digits <= WRITTEN_OUT {
        return labels.grouped(10_u64.pow(digits));
    }
    let raised = digits.to_string();
    let raised: String = raised.chars().map(superscript).collect();
    format!("10{raised}")
}

/// A chance: `1 in 1,000`.
pub(super) fn chance_label(decade: i32, labels: &Labels<'_>) -> String {
    if decade == 0 {
        return labels.certainty.to_owned();
    }
    format!("{} {}", labels.one_in, tries_label(decade, labels))
}

fn superscript(digit: char) -> char {
    match digit {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    }
}
