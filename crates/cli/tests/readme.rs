//! The examples of the README are run as they stand there, and must say what they say there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![cfg(unix)]

use crate::support;

use slotwerk_sqlx::SqlStore;
use std::fs;
use std::path::Path;
use std::process::Command;
use support::{Scratch, data};

/// A line after `$ `, and what it shows.
fn examples(readme: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut is_inside = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            is_inside = line == "```console";
        } else if is_inside {
            match line.strip_prefix("$ ") {
                Some(command) => found.push((command.to_owned(), String::new())),
                None => found.last_mut().unwrap().1.push_str(&format!("{line}\n")),
            }
        }
    }
    found
}

#[test]
fn every_example_of_the_readme_says_what_it_says() {
    let scratch = Scratch::new();
    for file in fs::read_dir(data()).unwrap() {
        let file = file.unwrap();
        fs::copy(
            file.path(),
            scratch.path(file.file_name().to_str().unwrap()),
        )
        .unwrap();
    }
    let database = scratch.path("service.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { SqlStore::connect(&database).await.unwrap().close().await });
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let examples = examples(&fs::read_to_string(readme).unwrap());
    assert!(examples.len() >= 12, "{} examples", examples.len());
    let program = Path::new(env!("CARGO_BIN_EXE_slotwerk"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    for (command, shown) in &examples {
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(scratch.path(""))
            .env_clear()
            .env("PATH", &path)
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(&said, shown, "$ {command}");
    }
    for command in [
        "policy check",
        "policy lint",
        "policy explain",
        "policy generate",
        "blocklist build",
        "blocklist query",
        "blocklist info",
        "blocklist verify",
        "password calibrate",
        "password hash",
        "password verify",
        "password rewrap",
        "keys new",
        "keys list",
        "keys prepare",
        "keys rotate",
        "keys retire",
        "keys reseal",
        "keys revoke",
        "throttle explain",
    ] {
        let is_shown =
            |(example, _): &(String, String)| example.contains(&format!("slotwerk {command}"));
        assert!(examples.iter().any(is_shown), "no example of {command}");
    }
}
