//! The table as a picture.

mod axis;
mod labels;
mod style;
mod words;

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::table::{Named, SPANS};
use axis::{Axis, chance_label, tries_label};
pub use labels::Labels;
use style::{AT_LINE, Escaped, IN_LEGEND, SERIES, STYLE, Shortened};

const WIDTH: f64 = 920.0;
const LEFT: f64 = 112.0;
const RIGHT: f64 = 724.0;
const PANEL_HEIGHT: f64 = 220.0;
const FIRST_TOP: f64 = 72.0;
const SECOND_TOP: f64 = 380.0;
const LEGEND_TOP: f64 = 664.0;
const LEGEND_LINE: f64 = 22.0;
/// Between the base lines of two names at the ends of lines.
const NAME_LINE: f64 = 14.0;
/// Points of a line, the first and the last included.
const POINTS: u32 = 97;

/// Draws the chance of a successful guess, and the tries allowed, against time from an hour to ten
/// years, as an SVG document of its own.
///
/// Both scales are logarithmic; a chance of zero, or one below the lowest line, lies on the bottom.
/// Light and dark follow the reader's setting; lines differ in colour, dashes and number, and the same
/// figures stand in `<desc>` and in the legend for whoever cannot see the lines. There is no script, no
/// font and no reference to anything outside. A name stands at the end of each line, cut after 20 characters, and in
/// the legend, cut after 48. Names are escaped. The height grows with the number of configurations. [`Labels`] says it in English or Dutch, or in words of
/// your own. Same input, same output.
///
/// ```
/// use std::time::Duration;
/// use slotwerk_throttle::{Budget, Labels, Named, chart};
///
/// let paced = Budget::new(5, Duration::from_secs(180))?;
/// let stopped = paced.with_hard_stop(100)?;
/// let shown = [
///     Named::new("5 per quarter of an hour", paced, 3, 1_000_000),
///     Named::new("and a stop at 100", stopped, 3, 1_000_000),
/// ];
/// let svg = chart(&shown, &Labels::ENGLISH);
/// assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
/// # Ok::<(), slotwerk_throttle::BudgetError>(())
/// ```
#[must_use]
pub fn chart(configurations: &[Named<'_>], labels: &Labels<'_>) -> String {
    let mut svg = String::new();
    // Writing to a string does not fail.
    let _ = draw(&mut svg, configurations, labels, None);
    svg
}

/// As [`chart`], with a line at the highest chance that is acceptable in a year, as
/// [`Allowance::within`](crate::Allowance::within) judges it.
///
/// ```
/// use slotwerk_throttle::{Labels, chart_within};
///
/// let svg = chart_within(&[], &Labels::ENGLISH, 0.005);
/// assert!(svg.contains("limit for a year: 1 in 200"));
/// ```
#[must_use]
pub fn chart_within(configurations: &[Named<'_>], labels: &Labels<'_>, limit: f64) -> String {
    let mut svg = String::new();
    // Writing to a string does not fail.
    let _ = draw(&mut svg, configurations, labels, Some(limit));
    svg
}

fn draw(
    svg: &mut String,
    all: &[Named<'_>],
    labels: &Labels<'_>,
    limit: Option<f64>,
) -> std::fmt::Result {
    let title = Escaped(labels.title);
    let height = LEGEND_TOP + LEGEND_LINE * all.len() as f64 + 8.0;
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"swt-title swt-desc\" lang=\"{}\">",
        Escaped(labels.language)
    )?;
    writeln!(svg, "<title id=\"swt-title\">{title}</title>")?;
    describe(svg, all, labels, limit)?;
    writeln!(svg, "<style>{STYLE}</style>")?;
    writeln!(
        svg,
        "<rect class=\"swt-back\" width=\"{WIDTH}\" height=\"{height}\"/>"
    )?;
    writeln!(
        svg,
        "<text class=\"swt-head\" x=\"16\" y=\"28\">{title}</text>"
    )?;

    let chances = all.iter().map(|named| named.probability(SPANS[0].1));
    let chances = Panel {
        top: FIRST_TOP,
        axis: Axis::for_chances(chances.chain(limit)),
    };
    panel(svg, labels, labels.chance_axis, &chances, chance_label)?;
    if let Some(limit) = limit {
        limit_line(svg, labels, &chances, limit)?;
    }
    lines(svg, all, &chances, |named, time| named.probability(time))?;

    let tries = Panel {
        top: SECOND_TOP,
        axis: Axis::for_tries(all.iter().map(|named| named.tries(SPANS[5].1))),
    };
    panel(svg, labels, labels.tries_axis, &tries, tries_label)?;
    lines(svg, all, &tries, |named, time| named.tries(time) as f64)?;

    legend(svg, all, labels)?;
    writeln!(svg, "</svg>")
}

fn describe(
    svg: &mut String,
    all: &[Named<'_>],
    labels: &Labels<'_>,
    limit: Option<f64>,
) -> std::fmt::Result {
    let description = Escaped(labels.description);
    write!(svg, "<desc id=\"swt-desc\">{description}")?;
    if let Some(limit) = limit {
        let (text, chance) = (labels.limit, labels.chance_in_words(limit));
        write!(svg, " {} {}.", Escaped(text), Escaped(chance))?;
    }
    for named in all {
        write!(svg, " {}:", Escaped(Shortened(named.name, IN_LEGEND)))?;
        for (index, ((_, window), span)) in SPANS.into_iter().zip(labels.spans).enumerate() {
            let comma = if index == 0 { "" } else { ";" };
            let figures = Figures {
                named,
                window,
                labels,
            };
            write!(svg, "{comma} {}, {figures}", Escaped(span))?;
        }
        write!(svg, ".")?;
    }
    writeln!(svg, "</desc>")
}

/// Tries and chance of a configuration after a span, in words.
struct Figures<'a> {
    named: &'a Named<'a>,
    window: Duration,
    labels: &'a Labels<'a>,
}

impl fmt::Display for Figures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}, {} {}",
            Escaped(self.labels.grouped(self.named.tries(self.window))),
            Escaped(self.labels.tries),
            Escaped(self.labels.chance),
            Escaped(
                self.labels
                    .chance_in_words(self.named.probability(self.window))
            )
        )
    }
}

/// One of the two charts.
struct Panel {
    top: f64,
    axis: Axis,
}

impl Panel {
    fn bottom(&self) -> f64 {
        self.top + PANEL_HEIGHT
    }

    fn height_of(&self, value: f64) -> f64 {
        self.bottom() - PANEL_HEIGHT * self.axis.place(value)
    }
}

/// The frame, the grid and the labels of one of the two charts.
fn panel(
    svg: &mut String,
    labels: &Labels<'_>,
    heading: &str,
    panel: &Panel,
    label: impl Fn(i32, &Labels<'_>) -> String,
) -> std::fmt::Result {
    let (top, bottom) = (panel.top, panel.bottom());
    writeln!(
        svg,
        "<text class=\"swt-text\" x=\"16\" y=\"{}\">{}</text>",
        top - 14.0,
        Escaped(heading)
    )?;
    for decade in panel.axis.decades() {
        let y = panel.height_of(10_f64.powi(decade));
        writeln!(
            svg,
            "<path class=\"swt-grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>\
             <text class=\"swt-text swt-end\" x=\"{}\" y=\"{:.1}\">{}</text>",
            LEFT - 8.0,
            y + 4.0,
            Escaped(label(decade, labels))
        )?;
    }
    for ((_, window), span) in SPANS.into_iter().zip(labels.spans) {
        let x = LEFT + (RIGHT - LEFT) * along(window);
        writeln!(
            svg,
            "<path class=\"swt-grid\" d=\"M{x:.1} {top}V{bottom}\"/>\
             <text class=\"swt-text swt-middle\" x=\"{x:.1}\" y=\"{}\">{}</text>",
            bottom + 20.0,
            Escaped(span)
        )?;
    }
    Ok(())
}

/// The highest acceptable chance, and its words above it.
fn limit_line(
    svg: &mut String,
    labels: &Labels<'_>,
    panel: &Panel,
    limit: f64,
) -> std::fmt::Result {
    let y = panel.height_of(limit);
    writeln!(
        svg,
        "<path class=\"swt-limit\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>"
    )?;
    let chance = labels.chance_in_words(limit);
    for class in ["swt-halo", "swt-limit-text"] {
        let hidden = if class == "swt-halo" {
            " aria-hidden=\"true\""
        } else {
            ""
        };
        writeln!(
            svg,
            "<text class=\"swt-text {class}\" x=\"{}\" y=\"{:.1}\"{hidden}>{} {}</text>",
            LEFT + 6.0,
            y - 5.0,
            Escaped(labels.limit),
            Escaped(&chance)
        )?;
    }
    Ok(())
}

/// A line for each configuration, with its number on it and its name at its end.
fn lines(
    svg: &mut String,
    all: &[Named<'_>],
    panel: &Panel,
    value: impl Fn(&Named<'_>, Duration) -> f64,
) -> std::fmt::Result {
    let mut ends = Vec::new();
    for (number, named) in all.iter().enumerate() {
        let point = |step: u32| {
            let part = f64::from(step) / f64::from(POINTS - 1);
            let x = LEFT + (RIGHT - LEFT) * part;
            (x, panel.height_of(value(named, time(part))))
        };
        line(svg, number, point)?;
        ends.push(point(POINTS - 1).1);
    }
    let heights = apart(&ends, panel.top, panel.bottom());
    for ((number, named), y) in all.iter().enumerate().zip(heights) {
        writeln!(
            svg,
            "<text class=\"swt-text swt-fill-{}\" x=\"{}\" y=\"{:.1}\">{}. {}</text>",
            number % SERIES,
            RIGHT + 10.0,
            y + 4.0,
            number + 1,
            Escaped(Shortened(named.name, AT_LINE))
        )?;
    }
    Ok(())
}

/// Heights near these, in the same order, with room for a name between any two.
fn apart(ends: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = ends.iter().copied().enumerate().collect();
    order.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut least = top;
    for (_, y) in &mut order {
        *y = y.max(least);
        least = *y + NAME_LINE;
    }
    let mut most = bottom;
    for (_, y) in order.iter_mut().rev() {
        *y = y.min(most);
        most = *y - NAME_LINE;
    }
    order.sort_by_key(|(number, _)| *number);
    order.into_iter().map(|(_, y)| y).collect()
}

fn line(svg: &mut String, number: usize, point: impl Fn(u32) -> (f64, f64)) -> std::fmt::Result {
    let series = number % SERIES;
    write!(
        svg,
        "<polyline class=\"swt-line swt-{series}\" data-series=\"{}\" points=\"",
        number + 1
    )?;
    for step in 0..POINTS {
        let (x, y) = point(step);
        let blank = if step == 0 { "" } else { " " };
        write!(svg, "{blank}{x:.1},{y:.1}")?;
    }
    writeln!(svg, "\"/>")?;
    // Each number at another place, so that lines on top of each other can be told apart.
    let (x, y) = point((8 + 11 * (number % 8)) as u32);
    // A halo of its own under the number, as not every reader paints a text's outline first.
    for class in ["swt-halo".to_owned(), format!("swt-fill-{series}")] {
        writeln!(
            svg,
            "<text class=\"swt-mark {class}\" x=\"{x:.1}\" y=\"{:.1}\" aria-hidden=\"true\">{}</text>",
            y - 6.0,
            number + 1
        )?;
    }
    Ok(())
}

fn legend(svg: &mut String, all: &[Named<'_>], labels: &Labels<'_>) -> std::fmt::Result {
    for (number, named) in all.iter().enumerate() {
        let y = LEGEND_TOP + LEGEND_LINE * number as f64;
        let (_, window) = SPANS[4];
        let figures = Figures {
            named,
            window,
            labels,
        };
        write!(
            svg,
            "<path class=\"swt-line swt-{}\" d=\"M16 {}H60\"/>\
             <text class=\"swt-text\" x=\"72\" y=\"{y}\">{}. {}: {figures} {}",
            number % SERIES,
            y - 4.0,
            number + 1,
            Escaped(Shortened(named.name, IN_LEGEND)),
            Escaped(labels.in_a_year)
        )?;
        if named.successes_per_year > 0 {
            let successes = Escaped(labels.successes);
            write!(svg, "; {successes} {}", named.successes_per_year)?;
        }
        writeln!(svg, "</text>")?;
    }
    Ok(())
}

/// Where a span lies between an hour (0) and ten years (1).
fn along(window: Duration) -> f64 {
    (window.as_secs_f64() / hour()).ln() / scale().ln()
}

/// The span that lies there, in whole seconds.
fn time(part: f64) -> Duration {
    // At most ten years of seconds, which fits; a cast saturates.
    Duration::from_secs((hour() * scale().powf(part)).round() as u64)
}

fn hour() -> f64 {
    SPANS[0].1.as_secs_f64()
}

fn scale() -> f64 {
    SPANS[5].1.as_secs_f64() / hour()
}
