//! `policy lint` and `policy generate`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use std::collections::BTreeSet;
use support::{Scratch, fed, run};

const BOTH: [&str; 2] = ["platform.toml", "noord.json"];

#[test]
fn violations_make_the_answer_no() {
    let ran = run(&["policy", "lint", "platform.toml", "noord.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out
            .starts_with("violation: NIST SP 800-63B-4 §3.1.1.2: minimum-length [noord]\n    "),
        "{}",
        ran.out
    );
    let clean = run(&["policy", "lint", "recommended.toml", "--common"]);
    assert_eq!(clean.code, Some(0), "{}", clean.out);
    assert!(clean.out.contains("violations 0, "), "{}", clean.out);
}

#[test]
fn what_is_asked_depends_on_the_second_factor() {
    let short = |more: &[&str]| {
        let json = run(&[&["policy", "lint", "platform.toml", "--json"], more].concat()).json(1);
        let findings = json["findings"].as_array().unwrap().clone();
        assert_eq!(json["only_factor"], !more.contains(&"--with-second-factor"));
        findings
            .iter()
            .any(|f| f["concern"] == "minimum-too-low" && f["severity"] == "violation")
    };
    assert!(short(&[]));
    assert!(short(&["--single-factor"]));
    assert!(!short(&["--with-second-factor"]));
}

#[test]
fn findings_are_data_for_programs_and_dutch_for_people() {
    let lint = ["policy", "lint", "platform.toml", "noord.json"];
    let json = run(&[&lint[..], &["--json", "--lang", "nl"]].concat()).json(1);
    assert_eq!(json["version"], 1);
    assert_eq!(json["command"], "policy lint");
    let first = &json["findings"][0];
    assert_eq!(first["severity"], "violation");
    assert_eq!(first["code"], "minimum-length");
    assert_eq!(first["origins"][0], "noord");
    assert_eq!(first["missing"], false);
    assert_eq!(first["clause"]["section"], "3.1.1.2");
    let text = first["text"].as_str().unwrap();
    let dutch = run(&[&lint[..], &["--lang", "nl"]].concat());
    assert!(
        dutch.out.contains(text) && dutch.out.starts_with("overtreding: "),
        "{}",
        dutch.out
    );
    assert!(!run(&lint).out.contains(text));
}

#[test]
fn the_list_is_counted_where_it_is_named() {
    let scratch = Scratch::new();
    let small = scratch.file("list", "een lang wachtwoord dat vaak voorkomt\n");
    let concerns = |more: &[&str]| {
        let args = ["policy", "lint", "recommended.toml", "--json"];
        let ran = run(&[&args[..], more].concat());
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let findings = json["findings"].as_array().unwrap().clone();
        let about_list = findings
            .iter()
            .filter(|f| f["code"] == "not-blocklisted")
            .count();
        (ran.code, about_list)
    };
    assert_eq!(concerns(&["--common"]), (Some(0), 0));
    assert_eq!(concerns(&["--blocklist", &small]).1, 1, "too few");
    assert_eq!(concerns(&[]).1, 1, "not known");
}

#[test]
fn generated_passwords_meet_the_policy_and_differ() {
    let ran = run(&[&["policy", "generate", "--count", "200"], &BOTH[..]].concat());
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.err.starts_with("entropy of each, in bits: "),
        "{}",
        ran.err
    );
    let bits: f64 = ran.err.trim().rsplit(' ').next().unwrap().parse().unwrap();
    assert!((80.0..100.0).contains(&bits), "{bits}");
    let all: BTreeSet<&str> = ran.out.lines().collect();
    assert_eq!(all.len(), 200);
    let check = [&["policy", "check", "--each-line"], &BOTH[..]].concat();
    let checked = fed(&check, &ran.out);
    assert!(checked.code == Some(0), "{}", checked.out);
    assert!(
        checked.out.starts_with("         200 lines\n"),
        "{}",
        checked.out
    );
}

#[test]
fn the_length_is_the_one_that_was_asked_for() {
    let ran = run(&[&["policy", "generate", "--length", "40"], &BOTH[..]].concat());
    assert_eq!(ran.out.trim_end_matches('\n').chars().count(), 40);
    let ran = run(&[&["policy", "generate", "--length", "13"], &BOTH[..]].concat());
    ran.failed(
        2,
        "slotwerk: the policy accepts 14 to 128 characters, not 13",
    );
    let dutch = run(&[
        &["policy", "generate", "--length", "13", "--lang", "nl"],
        &BOTH[..],
    ]
    .concat());
    dutch.failed(
        2,
        "slotwerk: het beleid staat 14 tot en met 128 tekens toe, geen 13",
    );
}

#[test]
fn programs_get_one_document_however_many() {
    let args = [
        &["policy", "generate", "--count", "3000", "--json"],
        &BOTH[..],
    ]
    .concat();
    let json = run(&args).json(0);
    assert_eq!(json["version"], 1);
    assert_eq!(json["command"], "policy generate");
    assert_eq!(json["passwords"].as_array().unwrap().len(), 3000);
    assert!(json["entropy_bits"].as_f64().unwrap() >= 80.0);
}

#[test]
fn a_policy_that_compares_takes_the_built_in_list() {
    let ran = run(&["policy", "generate", "outside.toml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn passphrases_are_of_words_in_either_language() {
    for language in ["nl", "en"] {
        let args = [
            "policy",
            "generate",
            "platform.toml",
            "--passphrase",
            language,
            "--count",
            "50",
        ];
        let ran = run(&args);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let all: BTreeSet<&str> = ran.out.lines().collect();
        assert_eq!(all.len(), 50);
        let checked = fed(
            &["policy", "check", "platform.toml", "--each-line"],
            &ran.out,
        );
        assert_eq!(checked.code, Some(0), "{}", checked.out);
    }
    let args = [
        "policy",
        "generate",
        "platform.toml",
        "--passphrase",
        "nl",
        "--words",
        "6",
    ];
    let ran = run(&[&args[..], &["--separator", "."]].concat());
    assert_eq!(ran.out.trim_end().split('.').count(), 6, "{}", ran.out);
    assert_eq!(
        run(&[&args[..], &["--separator", "x"]].concat()).code,
        Some(2)
    );
    let ran = run(&["policy", "generate", "platform.toml", "--words", "6"]);
    ran.failed(
        2,
        "slotwerk: missing: --passphrase <nl|en>\nFor more information, try --help.",
    );
    let long = [
        "policy",
        "generate",
        "platform.toml",
        "--passphrase",
        "nl",
        "--words",
        "64",
    ];
    assert_eq!(run(&long).code, Some(2));
}
