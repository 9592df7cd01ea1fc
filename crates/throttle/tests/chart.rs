//! The table and the chart, by their numbers and as XML.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use roxmltree::{Document, Node};
use slotwerk_throttle::{Allowance, Backoff, Budget, Labels, Named, SPANS, YEAR, table};

const SIX_DIGITS: u64 = 1_000_000;

fn chart(configurations: &[Named<'_>]) -> String {
    slotwerk_throttle::chart(configurations, &Labels::ENGLISH)
}

fn paced() -> Budget {
    Budget::new(5, Duration::from_secs(180)).unwrap()
}

fn three() -> [Named<'static>; 3] {
    let delays = Backoff::new(4, Duration::from_secs(30), Duration::from_secs(3_600)).unwrap();
    [
        Named::new("paced", paced(), 3, SIX_DIGITS),
        Named::new("delayed", paced().with_backoff(delays), 3, SIX_DIGITS),
        Named::new(
            "stopped",
            paced().with_hard_stop(100).unwrap(),
            3,
            SIX_DIGITS,
        ),
    ]
}

fn children<'a>(svg: &'a Document<'_>, name: &'static str) -> Vec<Node<'a, 'a>> {
    svg.descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)))
        .collect()
}

/// The points of each line, those of the upper chart first.
fn lines(svg: &Document<'_>) -> Vec<Vec<(f64, f64)>> {
    let number = |text: &str| text.parse::<f64>().unwrap();
    children(svg, "polyline")
        .iter()
        .map(|line| {
            let points = line.attribute("points").unwrap().split(' ');
            points
                .map(|point| point.split_once(',').unwrap())
                .map(|(x, y)| (number(x), number(y)))
                .collect()
        })
        .collect()
}

#[test]
fn the_table_has_the_known_values() {
    let rows = table(&three());
    assert_eq!(rows.len(), 3 * SPANS.len());
    let found = |name: &str, span: &str| {
        let row = rows.iter().find(|row| row.name == name && row.span == span);
        let row = row.unwrap();
        (row.tries, format!("{:.3e}", row.probability))
    };
    // 5 and one per three minutes; 1 - (1 - 3e-6)^tries.
    assert_eq!(found("paced", "hour"), (25, "7.500e-5".to_owned()));
    assert_eq!(found("paced", "day"), (485, "1.454e-3".to_owned()));
    assert_eq!(found("paced", "week"), (3_365, "1.004e-2".to_owned()));
    assert_eq!(found("paced", "30 days"), (14_405, "4.229e-2".to_owned()));
    // tests/vectors/guessing.csv has this one to sixty digits.
    assert_eq!(found("paced", "year"), (175_205, "4.088e-1".to_owned()));
    assert_eq!(found("paced", "10 years").0, 1_752_005);
    for span in ["day", "year", "10 years"] {
        assert_eq!(found("stopped", span), (100, "3.000e-4".to_owned()));
    }
    // Five at once; then 180, 180, 180, 240, 480, 960 s, and 1380 s are not enough for the next.
    assert_eq!(found("delayed", "hour").0, 11);
    assert_eq!(SPANS[4].1, YEAR);
    assert_eq!(SPANS[5].1, 10 * YEAR);
    assert!(SPANS.is_sorted_by(|one, other| one.1 < other.1));
}

#[test]
fn the_table_keeps_the_order_and_takes_none() {
    let rows = table(&three());
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(
        names[..7],
        [
            "paced", "paced", "paced", "paced", "paced", "paced", "delayed"
        ]
    );
    let spans: Vec<&str> = rows[..6].iter().map(|row| row.span).collect();
    assert_eq!(
        spans,
        ["hour", "day", "week", "30 days", "year", "10 years"]
    );
    assert!(table(&[]).is_empty());
}

#[test]
fn the_lines_go_through_the_known_values() {
    let text = chart(&three());
    let svg = Document::parse(&text).unwrap();
    let lines = lines(&svg);
    assert_eq!(lines.len(), 6);
    // The upper chart spans five decades from 1e-5 to 1 over 220, the lower seven from 1.
    let chance = |y: f64| 10_f64.powf((292.0 - y) / 220.0 * 5.0 - 5.0);
    let tries = |y: f64| 10_f64.powf((600.0 - y) / 220.0 * 7.0);
    let near = |got: f64, want: f64| (got / want - 1.0).abs() < 0.01;
    for (line, named) in lines.iter().zip(three()) {
        let first = guess(named, SPANS[0].1);
        let last = guess(named, SPANS[5].1);
        assert!(near(chance(line[0].1), first), "{}", named.name);
        assert!(near(chance(line[96].1), last), "{}", named.name);
    }
    for (line, named) in lines[3..].iter().zip(three()) {
        let first = named.allowance.most_tries(SPANS[0].1, 0) as f64;
        let last = named.allowance.most_tries(SPANS[5].1, 0) as f64;
        assert!(near(tries(line[0].1), first), "{}", named.name);
        assert!(near(tries(line[96].1), last), "{}", named.name);
    }
    for line in &lines {
        assert_eq!(line.len(), 97);
        assert!(near(line[0].0, 112.0) && near(line[96].0, 724.0));
        // Time goes right, and chance and tries never fall.
        assert!(line.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 >= w[1].1));
    }
    // A year stands where its tick is.
    let year = 112.0 + 612.0 * (8_760_f64.ln() / 87_600_f64.ln());
    let label = children(&svg, "text");
    let label = label
        .iter()
        .find(|node| node.text() == Some("year"))
        .unwrap();
    assert!(near(label.attribute("x").unwrap().parse().unwrap(), year));
}

fn guess(named: Named<'_>, window: Duration) -> f64 {
    let tries = named.allowance.most_tries(window, 0);
    slotwerk_throttle::guess_probability(tries, named.accepted_at_once, named.space)
}

#[test]
fn the_chart_says_in_words_what_it_shows() {
    let text = chart(&three());
    let svg = Document::parse(&text).unwrap();
    let root = svg.root_element();
    assert!(root.has_tag_name(("http://www.w3.org/2000/svg", "svg")));
    assert_eq!(root.attribute("role"), Some("img"));
    let named: Vec<&str> = root
        .attribute("aria-labelledby")
        .unwrap()
        .split(' ')
        .collect();
    let (title, desc) = (children(&svg, "title")[0], children(&svg, "desc")[0]);
    // A title counts as one only where it comes first.
    assert_eq!(root.first_element_child(), Some(title));
    assert_eq!(
        [title.attribute("id"), desc.attribute("id")],
        [Some(named[0]), Some(named[1])]
    );
    assert_eq!(title.text(), Some("Guessing against time"));
    let said = desc.text().unwrap();
    assert!(
        said.contains(" paced: hour, 25 tries, chance 1 in 13,000; day, 485 tries, chance"),
        "{said}"
    );
    assert!(
        said.contains("; year, 175,205 tries, chance 41 in 100;"),
        "{said}"
    );
    let legend = " 100 tries, chance 1 in 3,300 in a year";
    assert!(text.contains(&format!(">3. stopped:{legend}</text>")));
}

#[test]
fn the_chart_speaks_the_language_of_its_labels() {
    let text = slotwerk_throttle::chart(&three(), &Labels::DUTCH);
    let svg = Document::parse(&text).unwrap();
    assert_eq!(svg.root_element().attribute("lang"), Some("nl"));
    let said: Vec<&str> = children(&svg, "text")
        .iter()
        .filter_map(Node::text)
        .collect();
    for expected in [
        "Raden tegen de tijd",
        "Kans op een goede gok",
        "Toegestane pogingen",
        "30 dagen",
        "10 jaar",
        "1 op 1.000",
        "zeker",
        "3. stopped: 100 pogingen, kans 1 op 3.300 in een jaar",
    ] {
        assert!(said.contains(&expected), "{expected}");
    }
    for english in ["tries", "chance", "year", "week:", "hour", "Guessing"] {
        assert!(!text.contains(english), "{english}");
    }
    assert_eq!(Labels::ENGLISH.spans, SPANS.map(|(span, _)| span));
}

#[test]
fn no_label_can_break_out_of_the_chart() {
    let evil = "\"></text><script>'&\u{1b}";
    let mut labels = Labels::ENGLISH;
    labels.language = evil;
    labels.title = evil;
    labels.description = evil;
    labels.chance_axis = evil;
    labels.tries_axis = evil;
    labels.spans = [evil; 6];
    labels.tries = evil;
    labels.chance = evil;
    labels.in_a_year = evil;
    labels.limit = evil;
    labels.digit_group = '<';
    labels.no_chance = evil;
    labels.certainty = evil;
    labels.one_in = evil;
    labels.in_100 = evil;
    labels.over_99 = evil;
    labels.successes = evil;
    let shown = three().map(|named| named.with_successes(3));
    let text = slotwerk_throttle::chart_within(&shown, &labels, 0.005);
    let svg = Document::parse(&text).unwrap();
    assert!(children(&svg, "script").is_empty());
    assert!(!text.contains('\u{1b}'));
    assert_eq!(children(&svg, "text").len(), {
        let plain = slotwerk_throttle::chart_within(&shown, &Labels::ENGLISH, 0.005);
        children(&Document::parse(&plain).unwrap(), "text").len()
    });
}

#[test]
fn axes_speak_like_the_table() {
    let text = chart(&three());
    let svg = Document::parse(&text).unwrap();
    let texts = children(&svg, "text");
    let said: Vec<&str> = texts.iter().filter_map(Node::text).collect();
    for label in [
        "certain",
        "1 in 10",
        "1 in 1,000",
        "1 in 100,000",
        "1,000",
        "10⁷",
    ] {
        assert!(said.contains(&label), "{label}: {said:?}");
    }
    let said = children(&svg, "desc")[0].text().unwrap();
    assert!(!said.contains("e-"), "no powers: {said}");
}

#[test]
fn names_stand_at_line_ends() {
    // Sixteen lines with the same end.
    let all: Vec<_> = (0..16).map(|_| three()[0]).collect();
    let text = chart(&all);
    let svg = Document::parse(&text).unwrap();
    let texts = children(&svg, "text");
    for name in ["1. paced", "16. paced"] {
        let found = texts.iter().filter(|node| node.text() == Some(name));
        let beside = found.filter(|node| node.attribute("x") == Some("734"));
        assert_eq!(beside.count(), 2, "in both charts: {name}");
    }
    let mut heights: Vec<f64> = texts
        .iter()
        .filter(|node| node.attribute("x") == Some("734"))
        .map(|node| node.attribute("y").unwrap().parse().unwrap())
        .collect();
    assert_eq!(heights.len(), 32);
    heights.sort_by(f64::total_cmp);
    let gaps = heights.windows(2).map(|two| two[1] - two[0]);
    assert!(
        gaps.fold(f64::MAX, f64::min) > 13.8,
        "no two overlap: {heights:?}"
    );
}

#[test]
fn limit_is_drawn_at_its_height() {
    let text = slotwerk_throttle::chart_within(&three(), &Labels::ENGLISH, 0.001);
    let svg = Document::parse(&text).unwrap();
    let paths = children(&svg, "path");
    let limit = paths
        .iter()
        .find(|node| node.attribute("class") == Some("swt-limit"));
    // Two of five decades from 1e-5, over 220.
    assert_eq!(limit.unwrap().attribute("d"), Some("M112 204.0H724"));
    let said = children(&svg, "desc")[0].text().unwrap();
    assert!(said.contains(" limit for a year: 1 in 1,000."), "{said}");
    assert!(!chart(&three()).contains("limit for a year"));
    // A limit below every line has room, too: the axis begins at 1e-9 then, and the limit stands above its end.
    let low = slotwerk_throttle::chart_within(&three(), &Labels::ENGLISH, 2e-9);
    assert!(low.contains("M112 284.6H724"));
}

#[test]
fn an_owner_who_signs_in_hands_out_fresh_budgets_evenly() {
    let stopped = three()[2];
    let daily = stopped.with_successes(365);
    let rows = table(&[stopped, daily]);
    let tries = |at: usize| -> Vec<u64> {
        let rows = &rows[6 * at..6 * at + 6];
        rows.iter().map(|row| row.tries).collect()
    };
    assert_eq!(tries(0), [25, 100, 100, 100, 100, 100]);
    // One in an hour, rounded up: two bursts and 20 refills. One in a day, 7, 30, 365, 3650, each of
    // which begins another hundred.
    assert_eq!(tries(1), [30, 200, 800, 3_100, 36_600, 365_100]);
    for (row, (_, window)) in rows[6..].iter().zip(SPANS) {
        let days = window.as_secs().div_ceil(86_400) as u32;
        assert_eq!(row.tries, daily.allowance.most_tries(window, days));
        let chance = slotwerk_throttle::guess_probability(row.tries, 3, SIX_DIGITS);
        assert!((row.probability - chance).abs() < 1e-15);
    }
    let text = chart(&[daily.with_successes(12)]);
    assert!(text.contains(" in a year; successes 12</text>"), "{text}");
    assert!(!chart(&three()).contains("successes"));
    // The most that there can be does not overflow.
    let rows = table(&[stopped.with_successes(u32::MAX)]);
    assert!(rows.iter().all(|row| row.tries > 0));
}

#[test]
fn the_chart_is_inert_and_stands_alone() {
    let text = chart(&three());
    let svg = Document::parse(&text).unwrap();
    let allowed = [
        "svg", "title", "desc", "style", "rect", "text", "path", "polyline",
    ];
    for node in svg.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(allowed.contains(&name), "{name}");
        for attribute in node.attributes() {
            let name = attribute.name();
            assert!(!name.starts_with("on") && !name.contains("href"), "{name}");
        }
    }
    let style = children(&svg, "style")[0].text().unwrap();
    assert!(!style.contains("url") && !style.contains("@import"));
    assert_eq!(text.matches("http").count(), 1, "the namespace alone");
    let ids: Vec<&str> = svg
        .descendants()
        .filter_map(|node| node.attribute("id"))
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

/// Relative luminance of `#rrggbb` (WCAG 2.2).
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn lines_and_text_stand_out_in_light_and_in_dark() {
    assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9);
    let text = chart(&three());
    let svg = Document::parse(&text).unwrap();
    let style = children(&svg, "style")[0].text().unwrap();
    let (light, dark) = style
        .split_once("@media (prefers-color-scheme:dark)")
        .unwrap();
    for sheet in [light, dark] {
        let colour = |class: &str, property: &str| {
            let line = sheet
                .lines()
                .find(|line| line.trim_start_matches('.').split(['{', ',']).next() == Some(class));
            let after = line.unwrap().split(property).nth(1).unwrap();
            after[..7].to_owned()
        };
        let back = colour("swt-back", "fill:");
        assert!(contrast(&colour("swt-text", "fill:"), &back) >= 4.5);
        assert!(contrast(&colour("swt-limit-text", "fill:"), &back) >= 4.5);
        assert!(contrast(&colour("swt-limit", "stroke:"), &back) >= 3.0);
        for series in 0..6 {
            let line = colour(&format!("swt-{series}"), "stroke:");
            let mark = colour(&format!("swt-fill-{series}"), "fill:");
            assert!(contrast(&line, &back) >= 3.0, "{line} on {back}");
            assert!(contrast(&mark, &back) >= 4.5, "{mark} on {back}");
        }
    }
    // Colour is not the only thing that tells the lines apart.
    let dashes: BTreeSet<&str> = light.split("stroke-dasharray:").skip(1).collect();
    assert_eq!(
        dashes.len(),
        6,
        "five lines and the limit; one line is solid"
    );
}

#[test]
fn a_name_cannot_break_out_of_the_chart() {
    let name = "</text><script>alert('&\"1\")</script>\u{0}\u{ffff}\u{1b}";
    let text = chart(&[Named::new(name, paced(), 3, SIX_DIGITS)]);
    let svg = Document::parse(&text).unwrap();
    assert!(children(&svg, "script").is_empty());
    let shown = "</text><script>alert('&\"1\")</script>\u{fffd}\u{fffd}\u{fffd}";
    let said = children(&svg, "desc")[0].text().unwrap();
    assert!(said.contains(shown), "{said}");
    let long = "é".repeat(49);
    let text = chart(&[Named::new(&long, paced(), 3, SIX_DIGITS)]);
    assert!(text.contains(&format!(" {}…:", "é".repeat(48))));
    assert!(!text.contains(&long));
}

#[test]
fn none_many_and_extreme_configurations_are_drawn() {
    let text = chart(&[]);
    let svg = Document::parse(&text).unwrap();
    assert!(lines(&svg).is_empty());

    let many: Vec<Named<'_>> = (0..20).map(|_| three()[0]).collect();
    let text = chart(&many);
    let svg = Document::parse(&text).unwrap();
    assert_eq!(lines(&svg).len(), 40);
    let height: f64 = svg
        .root_element()
        .attribute("height")
        .unwrap()
        .parse()
        .unwrap();
    for node in children(&svg, "text") {
        let y: f64 = node.attribute("y").unwrap().parse().unwrap();
        assert!(y > 0.0 && y < height);
    }
    // Lines on top of each other have their numbers side by side.
    let places: BTreeSet<&str> = children(&svg, "text")
        .iter()
        .filter(|node| {
            node.attribute("class")
                .is_some_and(|class| class.contains("swt-mark"))
        })
        .map(|node| node.attribute("x").unwrap())
        .collect();
    assert_eq!(places.len(), 8);

    let fastest = Budget::new(1_000, Duration::from_millis(1)).unwrap();
    let extremes = [
        Named::new("never", fastest, 0, SIX_DIGITS),
        Named::new("always", fastest, 1, 1),
        Named::new(
            "hardly",
            Allowance::new(paced()).with_lifetime(1).unwrap(),
            1,
            u64::MAX,
        ),
    ];
    let text = chart(&extremes);
    let svg = Document::parse(&text).unwrap();
    let lines = lines(&svg);
    assert!(lines[0].iter().all(|(_, y)| (*y - 292.0).abs() < 0.01));
    assert!(lines[1].iter().all(|(_, y)| (*y - 72.0).abs() < 0.01));
    assert!(!text.contains("NaN") && !text.contains("inf"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_chart_is_xml_inside_its_frame_and_the_same_twice(
        all in prop::collection::vec(
            (".{0,60}", 1u32..=1_000, 1u64..=2_592_000_000, prop::option::of(1u32..=100), 0u32..9, any::<u64>()),
            0..9,
        ),
    ) {
        let named: Vec<Named<'_>> = all
            .iter()
            .map(|(name, burst, refill, stop, accepted, space)| {
                let mut budget = Budget::new(*burst, Duration::from_millis(*refill)).unwrap();
                if let Some(stop) = stop {
                    budget = budget.with_hard_stop(*stop).unwrap();
                }
                Named::new(name, budget, *accepted, *space)
            })
            .collect();
        let text = chart(&named);
        prop_assert_eq!(&text, &chart(&named));
        let svg = Document::parse(&text).unwrap();
        let lines = lines(&svg);
        prop_assert_eq!(lines.len(), 2 * named.len());
        for (at, line) in lines.iter().enumerate() {
            let (top, bottom) = if at < named.len() { (72.0, 292.0) } else { (380.0, 600.0) };
            for (x, y) in line {
                prop_assert!((84.0..=724.0).contains(x) && (top..=bottom).contains(y));
            }
        }
    }
}
