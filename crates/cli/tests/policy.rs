//! `policy check` and `policy explain`: verdicts, origins, both languages, for people and programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use support::{Scratch, fed, feed, run, slotwerk};

#[test]
fn the_checklist_shows_mark_text_and_origin() {
    let ran = fed(
        &["policy", "check", "platform.toml", "noord.json"],
        "arbodienst 24",
    );
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "✗ At least 14 characters [noord]\n\
         ✓ At most 128 characters [platform]\n\
         ✓ At least 2 digits [noord]\n\
         ✓ The same character at most 3 times in a row [noord]\n\
         ✓ Without your name, user name or mail address [platform]\n\
         ✗ Without the words “arbodienst” and “verzuim” [noord]\n\
         refused\n"
    );
    assert_eq!(ran.err, "");
}

#[test]
fn the_checklist_is_there_in_dutch() {
    let args = [
        "policy",
        "check",
        "platform.toml",
        "noord.json",
        "--lang",
        "nl",
    ];
    let ran = fed(&args, "arbodienst 24");
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out.lines().next(), Some("✗ Minstens 14 tekens [noord]"));
    assert_eq!(ran.out.lines().last(), Some("geweigerd"));
    let by_locale = feed(
        slotwerk(&args[..4]).env("LC_ALL", "nl_NL.UTF-8"),
        "arbodienst 24",
    );
    assert_eq!(by_locale.out, ran.out);
}

#[test]
fn programs_get_codes_parameters_states_and_origins() {
    let args = ["--json", "policy", "check", "platform.toml", "noord.json"];
    let refused = fed(&args, "arbodienst 24").json(1);
    assert_eq!(refused["version"], 1);
    assert_eq!(refused["command"], "policy check");
    assert_eq!(refused["outcome"], "refused");
    let first = &refused["requirements"][0];
    assert_eq!(first["code"], "minimum-length");
    assert_eq!(first["parameters"]["characters"], 14);
    assert_eq!(first["state"], "unmet");
    assert_eq!(first["origins"][0], "noord");
    assert_eq!(first["text"], "At least 14 characters");

    let accepted = fed(&args, "een lang wachtwoord 42\n").json(0);
    assert_eq!(accepted["outcome"], "accepted");
    let states = accepted["requirements"].as_array().unwrap();
    assert!(
        states.len() == 6 && states.iter().all(|r| r["state"] == "met"),
        "{states:?}"
    );
}

#[test]
fn merging_takes_the_stricter_whatever_the_order() {
    let both = [
        ["platform.toml", "noord.json"],
        ["noord.json", "platform.toml"],
    ];
    let explained = both.map(|[one, two]| run(&["policy", "explain", one, two]).out);
    assert_eq!(explained[0], explained[1]);
    assert!(
        explained[0].starts_with("At least 14 characters [noord]\n"),
        "{}",
        explained[0]
    );
}

#[test]
fn line_ends_after_a_password() {
    let scratch = Scratch::new();
    let policy = scratch.file(
        "p.json",
        r#"{"version":1,"rules":[{"rule":"minimum-length","characters":8},{"rule":"maximum-length","characters":8}]}"#,
    );
    for (input, code) in [
        ("12345678", 0),
        ("12345678\n", 0),
        ("12345678\r\n", 0),
        ("12345678\n\n", 0),
        ("\n12345678", 1),
        ("1234\n5678", 1),
        ("12345678 ", 1),
        ("1234567\n", 1),
        ("", 1),
    ] {
        assert_eq!(
            fed(&["policy", "check", &policy], input).code,
            Some(code),
            "{input:?}"
        );
        let file = scratch.file("password", input);
        let ran = run(&["policy", "check", &policy, "--password-file", &file]);
        assert_eq!(ran.code, Some(code), "{input:?} in a file");
    }
}

#[test]
fn names_and_addresses_of_the_user_are_looked_for() {
    let check = ["policy", "check", "platform.toml"];
    let password = "Fietsen met N00r!";
    assert_eq!(fed(&check, password).code, Some(0));
    for (flag, value) in [
        ("--name", "Noor de Vries"),
        ("--user-name", "noor"),
        ("--mail", "noor@example.com"),
    ] {
        let ran = fed(&[&check[..], &[flag, value]].concat(), password);
        assert_eq!(ran.code, Some(1), "{flag}");
        assert!(ran.out.contains("✗ Without your name"), "{}", ran.out);
    }
}

#[test]
fn what_is_not_known_here_leaves_it_undecided() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    let words = scratch.file("words", "correct horse battery staple\n");
    let build = [
        "blocklist",
        "build",
        "--words",
        &words,
        "--bits",
        "32",
        "--output",
        &filter,
    ];
    assert_eq!(run(&build).code, Some(0));

    let check = ["policy", "check", "outside.toml", "--common"];
    let ran = fed(&check, "een lang wachtwoord 42");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out
            .contains("? Not known from a data breach [outside]\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("undecided"), "{}", ran.out);

    let with_filter = [&check[..], &["--breach", &filter]].concat();
    assert_eq!(
        fed(&with_filter, "een lang wachtwoord 42").code,
        Some(1),
        "history is not known"
    );
    let with_all = [&with_filter[..], &["--new-account"]].concat();
    let ran = fed(&with_all, "een lang wachtwoord 42");
    assert_eq!(
        (ran.code, ran.out.lines().last()),
        (Some(0), Some("accepted"))
    );
    let ran = fed(&with_all, "correct horse battery staple");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out
            .contains("✗ Not known from a data breach [outside]\n"),
        "{}",
        ran.out
    );
    // One password gets the whole list, though it is refused already.
    let list = scratch.file("list", "correct horse battery staple\n");
    let listed = [&with_all[..], &["--blocklist", &list]].concat();
    let ran = fed(&listed, "correct horse battery staple");
    assert!(
        ran.out.contains("✗ Not a commonly used password"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("✗ Not known from a data breach"),
        "{}",
        ran.out
    );
    let only_new = [&check[..], &["--new-account"]].concat();
    assert_eq!(
        fed(&only_new, "een lang wachtwoord 42").code,
        Some(1),
        "a breach is not known"
    );
}

#[test]
fn a_password_is_looked_up_in_nfc_however_it_was_typed() {
    let scratch = Scratch::new();
    let filter = scratch.path("f.slwb");
    // The list has it decomposed.
    let words = scratch.file("words", "cafe\u{301} aan de gracht\n");
    let build = [
        "blocklist",
        "build",
        "--words",
        &words,
        "--bits",
        "32",
        "--output",
        &filter,
    ];
    assert_eq!(run(&build).code, Some(0));
    let check = [
        "policy",
        "check",
        "outside.toml",
        "--common",
        "--new-account",
        "--breach",
        &filter,
    ];
    for password in ["caf\u{e9} aan de gracht", "cafe\u{301} aan de gracht"] {
        assert_eq!(fed(&check, password).code, Some(1), "{password:?}");
        assert_eq!(
            fed(&["blocklist", "query", &filter], password).code,
            Some(1),
            "{password:?}"
        );
    }
    assert_eq!(fed(&check, "cafe aan de gracht").code, Some(0));
    // The policy's own list, by the policy crate.
    let listed = ["policy", "check", "platform.toml", "--blocklist", &words];
    for password in ["caf\u{e9} aan de gracht", "cafe\u{301} aan de gracht"] {
        assert_eq!(fed(&listed, password).code, Some(1), "{password:?}");
    }
    assert_eq!(fed(&listed, "cafe aan de gracht").code, Some(0));
}

#[test]
fn a_policy_that_compares_with_a_list_wants_one() {
    let ran = fed(
        &["policy", "check", "outside.toml"],
        "een lang wachtwoord 42",
    );
    ran.failed(
        2,
        "slotwerk: the policy compares with a blocklist: name one with --blocklist FILE, or give --common",
    );
    let scratch = Scratch::new();
    let list = scratch.file("list", "Een Lang Wachtwoord 42\r\n\r\niets anders\n");
    let check = ["policy", "check", "outside.toml", "--blocklist", &list];
    let ran = fed(&check, "een lang wachtwoord 42");
    assert!(
        ran.out.contains("✗ Not a commonly used password"),
        "{}",
        ran.out
    );
    let ran = fed(&check, "iets dat er niet op staat");
    assert!(
        ran.out.contains("✓ Not a commonly used password"),
        "{}",
        ran.out
    );
}

#[test]
fn a_list_adds_the_rule_where_the_policy_has_none() {
    let scratch = Scratch::new();
    let list = scratch.file("list", "een lang wachtwoord\n");
    let check = ["policy", "check", "platform.toml"];
    assert_eq!(fed(&check, "een lang wachtwoord").code, Some(0));
    let with_list = [&check[..], &["--blocklist", &list]].concat();
    assert_eq!(fed(&with_list, "een lang wachtwoord").code, Some(1));
    // Of the list that is built in.
    assert_eq!(fed(&check, "qwertyuiop123").code, Some(0));
    let with_common = [&check[..], &["--common"]].concat();
    assert_eq!(fed(&with_common, "qwertyuiop123").code, Some(1));
}

#[test]
fn explain_shows_rules_data_maximum_age_and_attributes() {
    let args = [
        "policy",
        "explain",
        "platform.toml",
        "noord.json",
        "outside.toml",
    ];
    let ran = run(&args);
    assert_eq!(ran.code, Some(0));
    for line in [
        "At least 15 characters [outside]\n    minimum-length characters=15\n",
        "    without-words words=[\"arbodienst\",\"verzuim\"]\n",
        "    not-reused last=5 days=0\n",
        "A password is replaced when it is this many days old: 365 [outside]\n    maximum-age days=365\n",
        "For the input field:\n    autocomplete=\"new-password\"\n    passwordrules=\"minlength: 15;",
    ] {
        assert!(ran.out.contains(line), "{line}\n{}", ran.out);
    }
    let nl = run(&[&args[..], &["--lang", "nl"]].concat());
    assert!(
        nl.out.starts_with("Minstens 15 tekens [outside]\n"),
        "{}",
        nl.out
    );

    let json = run(&[&args[..], &["--json"]].concat()).json(0);
    assert_eq!(json["command"], "policy explain");
    assert_eq!(json["requirements"][0]["parameters"]["characters"], 15);
    assert_eq!(json["requirements"][0].get("state"), None);
    assert_eq!(json["maximum_age"]["days"], 365);
    assert_eq!(json["maximum_age"]["origins"][0], "outside");
    assert_eq!(json["html"]["autocomplete"], "new-password");
    let without = run(&["policy", "explain", "platform.toml", "--json"]).json(0);
    assert!(without["maximum_age"].is_null());
}

#[test]
fn a_file_without_a_scope_gives_its_own_name() {
    let scratch = Scratch::new();
    let rules = r#"{"version": 1, "rules": [{"rule": "minimum-length", "characters": 9}]}"#;
    let named = scratch.file("groep.json", rules);
    let ran = run(&["policy", "explain", &named]);
    assert!(
        ran.out.starts_with("At least 9 characters [groep.json]\n"),
        "{}",
        ran.out
    );
    let ran = fed(&["policy", "explain", "-"], rules);
    assert!(
        ran.out.starts_with("At least 9 characters [stdin]\n"),
        "{}",
        ran.out
    );
    // A name longer than a scope's may be, cut at a whole character.
    let long = format!("{}{}", "a", "é".repeat(40));
    let ran = run(&["policy", "explain", &scratch.file(&long, rules)]);
    let expected = format!("At least 9 characters [a{}]\n", "é".repeat(31));
    assert!(ran.out.starts_with(&expected), "{}{}", ran.out, ran.err);
}
