//! The table as a picture.

mod axis;
mod labels;
mod style;

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::table::{Named, SPANS};
use axis::{Axis, decade_label};
pub use labels::Labels;
use style::{Escaped, SERIES, STYLE, Shortened};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 724.0;
const PANEL_HEIGHT: f64 = 220.0;
const FIRST_TOP: f64 = 72.0;
const SECOND_TOP: f64 = 380.0;
const LEGEND_TOP: f64 = 664.0;
const LEGEND_LINE: f64 = 22.0;
/// Points of a line, the first and the last included.
const POINTS: u32 = 97;

/// Draws the chance of a successful guess, and the tries allowed, against time from an hour to ten
/// years, as an SVG document of its own.
///
/// Both scales are logarithmic; a chance of zero, or one below the lowest line, lies on the bottom.
/// Light and dark follow the reader's setting; lines differ in colour, dashes and number, and the same
/// figures stand in `<desc>` and in the legend for whoever cannot see the lines. There is no script, no
/// font and no reference to anything outside. Names are escaped, and cut after 48 characters. The
/// height grows with the number of configurations. [`Labels`] says it in English or Dutch, or in words of
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
    let _ = draw(&mut svg, configurations, labels);
    svg
}

fn draw(svg: &mut String, all: &[Named<'_>], labels: &Labels<'_>) -> std::fmt::Result {
    let title = Escaped(labels.title);
    let height = LEGEND_TOP + LEGEND_LINE * all.len() as f64 + 8.0;
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"swt-title swt-desc\" lang=\"{}\">",
        Escaped(labels.language)
    )?;
    writeln!(svg, "<title id=\"swt-title\">{title}</title>")?;
    describe(svg, all, labels)?;
    writeln!(svg, "<style>{STYLE}</style>")?;
    writeln!(
        svg,
        "<rect class=\"swt-back\" width=\"{WIDTH}\" height=\"{height}\"/>"
    )?;
    writeln!(
        svg,
        "<text class=\"swt-head\" x=\"16\" y=\"28\">{title}</text>"
    )?;

    let chances = Axis::for_chances(all.iter().map(|named| named.probability(SPANS[0].1)));
    panel(svg, labels, labels.chance_axis, FIRST_TOP, chances)?;
    for (at, named) in all.iter().enumerate() {
        line(svg, at, FIRST_TOP, chances, |time| named.probability(time))?;
    }

    let tries = Axis::for_tries(all.iter().map(|named| named.tries(SPANS[5].1)));
    panel(svg, labels, labels.tries_axis, SECOND_TOP, tries)?;
    for (at, named) in all.iter().enumerate() {
        line(svg, at, SECOND_TOP, tries, |time| named.tries(time) as f64)?;
    }

    legend(svg, all, labels)?;
    writeln!(svg, "</svg>")
}

fn describe(svg: &mut String, all: &[Named<'_>], labels: &Labels<'_>) -> std::fmt::Result {
    let description = Escaped(labels.description);
    write!(svg, "<desc id=\"swt-desc\">{description}")?;
    for named in all {
        write!(svg, " {}:", Escaped(Shortened(named.name)))?;
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
            "{} {}, {} {:.1e}",
            self.named.tries(self.window),
            Escaped(self.labels.tries),
            Escaped(self.labels.chance),
            self.named.probability(self.window)
        )
    }
}

/// The frame, the grid and the labels of one of the two charts.
fn panel(
    svg: &mut String,
    labels: &Labels<'_>,
    heading: &str,
    top: f64,
    axis: Axis,
) -> std::fmt::Result {
    let bottom = top + PANEL_HEIGHT;
    writeln!(
        svg,
        "<text class=\"swt-text\" x=\"16\" y=\"{}\">{}</text>",
        top - 14.0,
        Escaped(heading)
    )?;
    for decade in axis.decades() {
        let y = bottom - PANEL_HEIGHT * axis.place(10_f64.powi(decade));
        writeln!(
            svg,
            "<path class=\"swt-grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>\
             <text class=\"swt-text swt-end\" x=\"{}\" y=\"{:.1}\">{}</text>",
            LEFT - 8.0,
            y + 4.0,
            decade_label(decade)
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

fn line(
    svg: &mut String,
    number: usize,
    top: f64,
    axis: Axis,
    value: impl Fn(Duration) -> f64,
) -> std::fmt::Result {
    let point = |step: u32| {
        let part = f64::from(step) / f64::from(POINTS - 1);
        let x = LEFT + (RIGHT - LEFT) * part;
        (
            x,
            top + PANEL_HEIGHT * (1.0 - axis.place(value(time(part)))),
        )
    };
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
            Escaped(Shortened(named.name)),
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
