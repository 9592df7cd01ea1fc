//! `password calibrate`: its form, and what it says; what it chooses is tested where it is chosen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use support::run;

const CALIBRATE: [&str; 10] = [
    "password",
    "calibrate",
    "--memory-mib",
    "24",
    "--workers",
    "1",
    "--samples",
    "1",
    "--target-ms",
    "10000",
];

#[test]
fn calibration_proposes_what_can_be_pasted() {
    let json = run(&[&CALIBRATE[..], &["--json"]].concat()).json(0);
    assert_eq!(json["command"], "password calibrate");
    assert_eq!(json["memory_kib_per_hash"], 24 * 1024);
    let measured = json["measured"].as_array().unwrap();
    let costs: Vec<(u64, u64)> = measured
        .iter()
        .map(|row| {
            (
                row["memory_kib"].as_u64().unwrap(),
                row["passes"].as_u64().unwrap(),
            )
        })
        .collect();
    assert!(
        costs.contains(&(12_288, 3)) && costs.contains(&(19_456, 2)),
        "{costs:?}"
    );
    for row in measured {
        assert!(row["median_ms"].as_f64().unwrap() > 0.0, "{row}");
        assert_eq!(row["median_ms"], row["p95_ms"], "of one sample");
    }
    let proposal = &json["proposal"];
    assert_eq!(proposal["workers"], 1);
    assert_eq!(proposal["deadline_ms"], 2_000);
    let pasted = proposal["rust"].as_str().unwrap();
    assert!(
        pasted.starts_with("Hasher::builder().params(Params::new("),
        "{pasted}"
    );
    assert!(
        pasted.ends_with(".deadline(Duration::from_millis(2_000)).build()?"),
        "{pasted}"
    );
}

#[test]
fn calibration_shows_a_table_and_bars_in_both_languages() {
    for (lang, first, second, last) in [
        (
            "en",
            "target 10000 ms; memory 24 MiB, workers 1: at most 24 MiB a hash; samples 1",
            "    memory KiB  passes   median ms    p95 ms",
            "to expect: up to ",
        ),
        (
            "nl",
            "doel 10000 ms; geheugen 24 MiB, werkers 1: hoogstens 24 MiB per hash; metingen 1",
            "  geheugen KiB  rondes  mediaan ms    p95 ms",
            "te verwachten: tot ",
        ),
    ] {
        let ran = run(&[&CALIBRATE[..], &["--lang", lang]].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        let lines: Vec<&str> = ran.out.lines().collect();
        assert_eq!(lines[..2], [first, second]);
        assert_eq!(
            lines.iter().filter(|line| line.starts_with('→')).count(),
            1,
            "{}",
            ran.out
        );
        assert!(
            lines.iter().filter(|line| line.contains('█')).count() >= 2,
            "{}",
            ran.out
        );
        assert!(lines[lines.len() - 2].starts_with(last), "{}", ran.out);
        assert!(
            lines[lines.len() - 1].starts_with("Hasher::builder()"),
            "{}",
            ran.out
        );
    }
}

/// No machine fills 12 MiB three times over within a millisecond.
#[test]
fn a_target_below_the_floor_is_told_and_is_no_yes() {
    let args = [
        "password",
        "calibrate",
        "--target-ms",
        "1",
        "--workers",
        "2",
        "--memory-mib",
        "12",
        "--samples",
        "1",
    ];
    let ran = run(&args);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("\nthe target of 1 ms is too short: "),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("\nparameters: memory 12288 KiB, passes 3; "),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("\nmemory allows workers 1, not 2\n"),
        "{}",
        ran.out
    );
    let dutch = run(&[&args[..], &["--lang", "nl"]].concat());
    assert!(
        dutch.out.contains("\nhet doel van 1 ms is te kort: "),
        "{}",
        dutch.out
    );
    for wrong in [
        ["--target-ms", "0"],
        ["--memory-mib", "11"],
        ["--workers", "0"],
        ["--samples", "0"],
    ] {
        let ran = run(&[&["password", "calibrate"], &wrong[..]].concat());
        assert!(ran.code == Some(2) && ran.out.is_empty(), "{wrong:?}");
    }
}
