//! What a chart says.

/// The words of a [`chart`](crate::chart), all escaped when they are drawn.
///
/// ```
/// use slotwerk_throttle::{Labels, chart};
///
/// let mut labels = Labels::DUTCH;
/// labels.title = "Raden bij de balie";
/// assert!(chart(&[], &labels).contains("lang=\"nl\""));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Labels<'a> {
    /// The language of all of it, as a BCP 47 tag.
    pub language: &'a str,
    /// What the chart is called.
    pub title: &'a str,
    /// What it shows, for whoever cannot see it. The figures follow.
    pub description: &'a str,
    /// Above the upper chart.
    pub chance_axis: &'a str,
    /// Above the lower chart.
    pub tries_axis: &'a str,
    /// The spans, in the order of [`SPANS`](crate::SPANS).
    pub spans: [&'a str; 6],
    /// After a number of tries.
    pub tries: &'a str,
    /// Before a chance.
    pub chance: &'a str,
    /// After the figures of a year.
    pub in_a_year: &'a str,
    /// Before the limit of [`chart_within`](crate::chart_within).
    pub limit: &'a str,
    /// Between groups of three digits.
    pub digit_group: char,
    /// A chance of zero.
    pub no_chance: &'a str,
    /// A chance of one.
    pub certainty: &'a str,
    /// Before the number in a chance such as "1 in 3,300".
    pub one_in: &'a str,
    /// After the number in a chance such as "41 in 100".
    pub in_100: &'a str,
    /// A chance above 0.99.
    pub over_99: &'a str,
    /// Before how often the owner succeeds in a year, where that is not never.
    pub successes: &'a str,
}

impl Labels<'static> {
    /// English.
    pub const ENGLISH: Self = Self {
        language: "en",
        title: "Guessing against time",
        description: "Two line charts, both over time from an hour to ten years: the chance that a \
                      stranger guesses right, and the tries allowed.",
        chance_axis: "Chance of a successful guess",
        tries_axis: "Tries allowed",
        spans: ["hour", "day", "week", "30 days", "year", "10 years"],
        tries: "tries",
        chance: "chance",
        in_a_year: "in a year",
        limit: "limit for a year:",
        digit_group: ',',
        no_chance: "none",
        certainty: "certain",
        one_in: "1 in",
        in_100: "in 100",
        over_99: "over 99 in 100",
        successes: "successes",
    };

    /// Dutch.
    pub const DUTCH: Self = Self {
        language: "nl",
        title: "Raden tegen de tijd",
        description: "Twee lijngrafieken, beide over de tijd van een uur tot tien jaar: de kans dat een \
                      vreemde goed raadt, en de toegestane pogingen.",
        chance_axis: "Kans op een goede gok",
        tries_axis: "Toegestane pogingen",
        spans: ["uur", "dag", "week", "30 dagen", "jaar", "10 jaar"],
        tries: "pogingen",
        chance: "kans",
        in_a_year: "in een jaar",
        limit: "grens voor een jaar:",
        digit_group: '.',
        no_chance: "geen",
        certainty: "zeker",
        one_in: "1 op",
        in_100: "op 100",
        over_99: "meer dan 99 op 100",
        successes: "keer gelukt",
    };
}
