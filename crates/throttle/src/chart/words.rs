//! Chances and large numbers as people say them.

use super::labels::Labels;

impl Labels<'_> {
    /// A chance as people say it, to two digits, and never less than it is.
    ///
    /// ```
    /// use slotwerk_throttle::Labels;
    ///
    /// assert_eq!(Labels::ENGLISH.chance_in_words(2.999e-4), "1 in 3,300");
    /// assert_eq!(Labels::DUTCH.chance_in_words(0.41), "41 op 100");
    /// ```
    #[must_use]
    pub fn chance_in_words(&self, chance: f64) -> String {
        if chance <= 0.0 {
            return self.no_chance.to_owned();
        }
        if chance >= 1.0 {
            return self.certainty.to_owned();
        }
        if chance < 0.1 {
            // A cast saturates.
            let one_in = two_digits((1.0 / chance).floor() as u64);
            return format!("{} {}", self.one_in, self.grouped(one_in));
        }
        match (100.0 * chance).ceil() as u64 {
            100.. => self.over_99.to_owned(),
            of_100 => format!("{of_100} {}", self.in_100),
        }
    }

    /// A number in groups of three digits: `1,000,000`, or `1.000.000` in Dutch.
    #[must_use]
    pub fn grouped(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.digit_group);
            }
            text.push(digit);
        }
        text
    }
}

/// Zeros after the first two digits.
fn two_digits(number: u64) -> u64 {
    let mut scale = 1;
    while number / scale >= 100 {
        scale *= 10;
    }
    number / scale * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_never_too_small() {
        for (chance, en, nl) in [
            (0.0, "none", "geen"),
            (
                9.5e-19,
                "1 in 1,000,000,000,000,000,000",
                "1 op 1.000.000.000.000.000.000",
            ),
            (2.999_55e-4, "1 in 3,300", "1 op 3.300"),
            (1.0 / 1_999.0, "1 in 1,900", "1 op 1.900"),
            (0.001, "1 in 1,000", "1 op 1.000"),
            (0.05, "1 in 20", "1 op 20"),
            (0.099_9, "1 in 10", "1 op 10"),
            (0.1, "10 in 100", "10 op 100"),
            (0.408_8, "41 in 100", "41 op 100"),
            (0.99, "99 in 100", "99 op 100"),
            (0.990_1, "over 99 in 100", "meer dan 99 op 100"),
            (0.999_999, "over 99 in 100", "meer dan 99 op 100"),
            (1.0, "certain", "zeker"),
        ] {
            assert_eq!(Labels::ENGLISH.chance_in_words(chance), en, "{chance}");
            assert_eq!(Labels::DUTCH.chance_in_words(chance), nl, "{chance}");
        }
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let en = |number| Labels::ENGLISH.grouped(number);
        assert_eq!([en(0), en(999), en(1_000)], ["0", "999", "1,000"]);
        assert_eq!(en(123_456), "123,456");
        assert_eq!(en(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(Labels::DUTCH.grouped(1_234_567), "1.234.567");
    }

    proptest::proptest! {
        #[test]
        fn rounding_is_close_and_never_up(one_in in 11_u64..u64::MAX / 4) {
            let said = two_digits(one_in);
            proptest::prop_assert!(said <= one_in && one_in - said <= one_in / 10);
        }
    }
}
