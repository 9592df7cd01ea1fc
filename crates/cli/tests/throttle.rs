//! `throttle explain`: the figures, the words, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use serde_json::{Value, json};
use std::fs;
use support::{Ran, Scratch, run};

fn explain(args: &[&str]) -> Ran {
    run(&[&["throttle", "explain"], args].concat())
}

#[test]
fn without_arguments_it_is_the_pace_that_a_service_has_for_codes() {
    let ran = explain(&["--json"]);
    let document = ran.json(0);
    let one = &document["configurations"][0];
    let budget = slotwerk::Limits::default().code_attempts.budget();
    assert_eq!(one["burst"], budget.burst());
    assert_eq!(one["refill_ms"], budget.refill_ms());
    assert_eq!(one["hard_stop"], json!(budget.hard_stop()));
    assert_eq!(one["backoff"].is_null(), budget.backoff().is_none());
    // Six digits, and the steps before and after.
    assert_eq!(
        (&one["codes"], &one["accepted"]),
        (&json!(1_000_000), &json!(3))
    );
    let chance = budget.guess_probability_per_year(3, 1_000_000);
    assert_eq!(one["probability_per_year"], chance);
    assert!(chance <= slotwerk::Limits::default().code_guess_probability_per_year);
}

#[test]
fn the_figures_are_those_of_the_crate_in_both_languages() {
    let ran = explain(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_eq!(
        ran.out,
        "as given: 5 at once, 1 more each 15m, stop at 100 in a row, 3 of 1,000,000 codes right\n\
        \u{20}         tries       chance\n\
         hour          9  1 in 37,000\n\
         day         100   1 in 3,300\n\
         week        100   1 in 3,300\n\
         30 days     100   1 in 3,300\n\
         year        100   1 in 3,300\n\
         10 years    100   1 in 3,300\n\
         as given: the chance that a stranger guesses right within a year: 1 in 3,300\n"
    );
    // 5 and one per three minutes: 175,205 a year, which is 0.4088 to sixty digits in slotwerk-throttle.
    let args = ["--refill", "3m", "--hard-stop", "none", "--lang", "nl"];
    let ran = explain(&args);
    let first = "zoals opgegeven: 5 ineens, 1 meer per 3m, 3 van 1.000.000 codes goed\n";
    assert!(ran.out.starts_with(first), "{}", ran.out);
    for line in [
        "jaar        175.205           41 op 100",
        "10 jaar   1.752.005  meer dan 99 op 100",
    ] {
        assert!(ran.out.lines().any(|shown| shown == line), "{}", ran.out);
    }
    assert!(
        ran.out.contains("zonder harde stop; NIST SP 800-63B-4"),
        "{}",
        ran.out
    );
}

#[test]
fn several_stand_side_by_side_and_differ_in_what_they_say() {
    let ran = explain(&[
        "--codes",
        "100000000",
        "now",
        "strict:burst=3,refill=1h,hard-stop=20,codes=1000000",
        "waits:backoff=4/30s/1h,lifetime=1000,successes=365",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for line in [
        "1 now: 5 at once, 1 more each 15m, stop at 100 in a row, 3 of 100,000,000 codes right",
        "2 strict: 3 at once, 1 more each 1h, stop at 20 in a row, 3 of 1,000,000 codes right",
        "3 waits: 5 at once, 1 more each 15m, after 4 failures waits of 30s to 1h, stop at 100 in a row, \
         1,000 failures in its life, 3 of 100,000,000 codes right, the owner succeeds 365 times a year",
        "          1: tries       1: chance  2: tries    2: chance  3: tries       3: chance",
        "year           100    1 in 330,000        20  1 in 16,000     1,000     1 in 33,000",
        "strict: the chance that a stranger guesses right within a year: 1 in 16,000",
    ] {
        assert!(
            ran.out.lines().any(|shown| shown == line),
            "{line}\n{}",
            ran.out
        );
    }
    let document = explain(&[
        "waits:backoff=4/30s/1h,lifetime=1000,successes=365",
        "--json",
    ])
    .json(0);
    let one = &document["configurations"][0];
    assert_eq!(one["name"], "waits");
    assert_eq!(
        one["backoff"],
        json!({"free": 4, "first_ms": 30_000, "last_ms": 3_600_000})
    );
    assert_eq!(
        (&one["lifetime"], &one["successes"]),
        (&json!(1_000), &json!(365))
    );
    let spans = one["spans"].as_array().unwrap();
    let named: Vec<&Value> = spans.iter().map(|span| &span["span"]).collect();
    assert_eq!(
        named,
        ["hour", "day", "week", "30 days", "year", "10 years"]
    );
    assert_eq!(
        (&spans[4]["seconds"], &spans[4]["tries"]),
        (&json!(31_536_000), &json!(1_000))
    );
    assert_eq!(spans[4]["probability"], one["probability_per_year"]);
}

#[test]
fn a_limit_decides_the_exit_code() {
    // 100 tries: 2.9996e-4.
    for (limit, code, word) in [
        ("0.001", 0, "within"),
        ("0.0003", 0, "within"),
        ("0.00029", 1, "above"),
        ("0", 1, "above"),
    ] {
        let ran = explain(&["--within", limit]);
        assert_eq!(ran.code, Some(code), "{limit}");
        assert!(
            ran.out
                .contains(&format!("1 in 3,300, which is {word} {limit}\n")),
            "{}",
            ran.out
        );
        let document = explain(&["--within", limit, "--json"]).json(code);
        assert_eq!(document["configurations"][0]["within"], code == 0);
        assert_eq!(document["within"], limit.parse::<f64>().unwrap());
    }
    assert_eq!(
        explain(&["--json"]).json(0)["configurations"][0]["within"],
        Value::Null
    );
    // One that is above is enough, and the owner's successes count.
    let ran = explain(&["--within", "0.001", "good", "bad:successes=365", "fine"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("bad: the chance that a stranger guesses right within a year: 11 in 100, which is above 0.001\n"), "{}", ran.out);
    assert!(ran.out.contains("fine: the chance that a stranger guesses right within a year: 1 in 3,300, which is within 0.001\n"));
    for limit in ["1", "1.5", "NaN", "inf", "-0.1"] {
        let ran = explain(&[&format!("--within={limit}")]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{limit}");
        assert!(
            ran.err.contains("--within is at least 0 and below 1"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn what_makes_no_budget_is_refused_in_words() {
    for (option, value, en, nl) in [
        (
            "burst",
            "0",
            "burst is 1 to 1000, not 0",
            "burst is 1 tot en met 1000, geen 0",
        ),
        (
            "burst",
            "1001",
            "burst is 1 to 1000, not 1001",
            "burst is 1 tot en met 1000, geen 1001",
        ),
        (
            "refill",
            "0s",
            "refill is 1ms to 30days, in whole milliseconds, not 0s",
            "refill is 1ms tot en met 30days, in hele milliseconden, geen 0s",
        ),
        (
            "refill",
            "31days",
            "refill is 1ms to 30days, in whole milliseconds, not 1month 13h 26m 24s",
            "refill is 1ms tot",
        ),
        (
            "refill",
            "1500us",
            "refill is 1ms to 30days, in whole milliseconds, not 1ms 500us",
            "refill is 1ms tot",
        ),
        (
            "hard-stop",
            "0",
            "hard-stop is 1 to 100 failures in a row (NIST SP 800-63B-4 §3.2.2), not 0",
            "hard-stop is 1 tot en met 100 mislukkingen op rij",
        ),
        (
            "hard-stop",
            "101",
            "hard-stop is 1 to 100 failures in a row (NIST SP 800-63B-4 §3.2.2), not 101",
            "hard-stop is 1 tot",
        ),
        (
            "backoff",
            "100/1s/1h",
            "backoff lets at most 99 failures go free, not 100",
            "backoff laat hoogstens 99 mislukkingen vrij, geen 100",
        ),
        (
            "backoff",
            "4/2h/1h",
            "backoff starts with 1ms up to its last wait, in whole milliseconds, not 2h",
            "backoff begint met 1ms",
        ),
        (
            "backoff",
            "4/1s/25h",
            "backoff ends with at most 24h, in whole milliseconds, not 1day 1h",
            "backoff eindigt met hoogstens 24h",
        ),
        (
            "lifetime",
            "100001",
            "lifetime is 1 to 100000 failures, not 100001",
            "lifetime is 1 tot en met 100000 mislukkingen, geen 100001",
        ),
        (
            "accepted",
            "0",
            "accepted is 1 to the number of codes, not 0",
            "accepted is 1 tot en met het aantal codes, geen 0",
        ),
        (
            "codes",
            "2",
            "accepted is 1 to the number of codes, not 3",
            "accepted is 1 tot en met het aantal codes, geen 3",
        ),
        (
            "codes",
            "0",
            "accepted is 1 to the number of codes, not 3",
            "accepted is",
        ),
    ] {
        let flag = format!("--{option}");
        explain(&[&flag, value]).failed(2, &format!("slotwerk: {en}"));
        let spec = format!("Zuid:{option}={value}");
        explain(&["fine", &spec]).failed(2, &format!("slotwerk: Zuid: {en}"));
        let dutch = explain(&[&flag, value, "--lang", "nl"]);
        assert!(
            dutch.err.starts_with(&format!("slotwerk: {nl}")),
            "{}",
            dutch.err
        );
    }
}

#[test]
fn what_is_no_value_or_no_setting_is_refused_by_its_name() {
    for (option, value) in [
        ("burst", "5x"),
        ("burst", "+5"),
        ("burst", "five"),
        ("burst", "4294967296"),
        ("refill", "15"),
        ("refill", "-1s"),
        ("hard-stop", "None"),
        ("backoff", "4/30s"),
        ("backoff", "4/30s/1h/2h"),
        ("backoff", "4/30/1h"),
        ("lifetime", "1.5"),
        ("codes", "18446744073709551616"),
        ("successes", "never"),
    ] {
        explain(&[&format!("--{option}={value}")])
            .failed(2, &format!("slotwerk: --{option} cannot be {value}"));
        explain(&[&format!("a:{option}={value}")])
            .failed(2, &format!("slotwerk: a: {option} cannot be {value}"));
    }
    for nameless in ["", ":burst=5", "burst=5", "a:burst", "a:"] {
        explain(&[nameless]).failed(
            2,
            &format!("slotwerk: {nameless}: give NAME, or NAME:SETTING=VALUE,…"),
        );
    }
    explain(&["a:bursts=5"]).failed(
        2,
        "slotwerk: a: bursts is no setting: there are burst, refill, hard-stop, backoff, lifetime, codes, accepted, successes",
    );
    explain(&["a:burst=5,burst=6"]).failed(2, "slotwerk: a: burst is given twice");
    explain(&["a"; 17]).failed(2, "slotwerk: at most 16 configurations are shown");
    assert_eq!(explain(&["a"; 16]).code, Some(0));
    // A name cannot steer the terminal.
    let ran = explain(&["a\u{1b}[2Jb\nc"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.contains("a\\u{1b}[2Jb\\u{a}c: 5 at once"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains('\u{1b}'));
}

#[test]
fn the_chart_is_written_in_the_users_language() {
    let scratch = Scratch::new();
    let file = &scratch.file("chart.svg", "something older");
    let ran = explain(&["nu", "streng:hard-stop=10", "--svg", file, "--lang", "nl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.ends_with(&format!("{file}: de grafiek\n")),
        "{}",
        ran.out
    );
    let svg = fs::read_to_string(file).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("lang=\"nl\""));
    assert!(
        svg.contains("2. streng: 10 pogingen, kans 1 op 33.000 in een jaar</text>"),
        "{svg}"
    );
    let ran = explain(&["<b>&", "--svg", file, "--json"]);
    assert_eq!(ran.json(0)["svg"], *file);
    let svg = fs::read_to_string(file).unwrap();
    assert!(
        svg.contains("1. &lt;b&gt;&amp;: 100 tries, chance 1 in 3,300 in a year"),
        "{svg}"
    );
    // Not within the limit, but drawn: that is what it is looked at for.
    fs::remove_file(file).unwrap();
    assert_eq!(
        explain(&["--within", "0.0001", "--svg", file]).code,
        Some(1)
    );
    let svg = fs::read_to_string(file).unwrap();
    assert!(
        svg.contains(">limit for a year: 1 in 10,000</text>"),
        "{svg}"
    );

    let nowhere = &scratch.path("none/chart.svg");
    explain(&["--svg", nowhere]).failed(
        4,
        &format!("slotwerk: {nowhere}: the chart cannot be written: no such file or directory"),
    );
    let refused = &scratch.path("refused.svg");
    assert_eq!(explain(&["--svg", refused, "--burst", "0"]).code, Some(2));
    assert!(!fs::exists(refused).unwrap());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_no_yes() {
    let full = || fs::File::create("/dev/full").unwrap();
    let mut command = support::slotwerk(&["throttle", "explain"]);
    assert_eq!(
        command.stdout(full()).output().unwrap().status.code(),
        Some(4)
    );
    let ran = explain(&["--svg", "/dev/full"]);
    ran.failed(
        4,
        "slotwerk: /dev/full: the chart cannot be written: the disk is full",
    );
}
