//! Every threat model in the workspace names only tests that exist and says of each row how it is shown;
//! every crate has one. The table of clauses names tests that exist and every clause of a crate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The conformance suite's cases are not tests by themselves: each store runs them by this macro.
const SUITE: &str = "testkit/src/conformance/";
const SUITE_MACROS: [&str; 2] = [
    "conformance_tests!(",
    "slotwerk_testkit::conformance_tests!(",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The directories of packages below these folders.
fn packages(folders: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(root().join(folder)).expect(folder) {
            let path = entry.expect(folder).path();
            if path.join("Cargo.toml").is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What a threat model names as `path/file.rs::name` or, for the browser's, `path/file.mjs::name`.
fn named(text: &str) -> Vec<(&str, &str)> {
    let quoted = text.split('`').skip(1).step_by(2);
    let pairs = quoted.filter_map(|quoted| quoted.split_once("::"));
    pairs
        .filter(|(file, _)| {
            let file = Path::new(file);
            let extension = file.extension().and_then(|extension| extension.to_str());
            matches!(extension, Some("rs" | "mjs"))
        })
        .collect()
}

/// What is wrong with a reference, if anything.
fn problem(package: &Path, file: &str, name: &str) -> Option<String> {
    let Ok(source) = fs::read_to_string(package.join(file)) else {
        return Some(format!("{file} does not exist"));
    };
    let found = if file.contains(SUITE) {
        let cases = slotwerk_testkit::conformance::cases();
        cases.iter().any(|case| case.name == name) && runs_the_suite(package)
    } else if file.ends_with(".rs") {
        has_test(&source, name)
    } else {
        runs_in_browser(&source, name)
    };
    (!found).then(|| format!("{file} has no test `{name}`"))
}

fn runs_the_suite(package: &Path) -> bool {
    let tests = fs::read_dir(package.join("tests")).expect("tests");
    let mut sources = tests.filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok());
    sources.any(|source| {
        let mut lines = source.lines().map(str::trim_start);
        lines.any(|line| SUITE_MACROS.iter().any(|name| line.starts_with(name)))
    })
}

/// Whether a function of this name stands in the source with a mark of a test right above it.
fn has_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let declares = |line: &str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let rest = line.strip_prefix("fn ").and_then(|l| l.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with('('))
    };
    let is_mark = |line: &&str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    lines.iter().enumerate().any(|(at, line)| {
        let above = lines[..at].iter().rev();
        let mut attributes =
            above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        declares(line) && attributes.any(is_mark)
    })
}

/// Whether a line calls a test of this name: not in a comment, and without options that could skip it.
fn runs_in_browser(source: &str, name: &str) -> bool {
    let mut in_comment = false;
    source.lines().map(str::trim_start).any(|line| {
        in_comment |= line.starts_with("/*");
        let called = if in_comment { None } else { browser_test(line) };
        in_comment &= !line.contains("*/");
        called.is_some_and(|text| is_called(text, name))
    })
}

/// The name in a call of `test`, `t.test` or a story's `step`, with its quotation marks.
fn browser_test(line: &str) -> Option<&str> {
    let line = line.strip_prefix("await ").unwrap_or(line);
    let calls = ["test(", "t.test(", "step("];
    let call = calls.iter().find_map(|call| line.strip_prefix(call))?;
    let quote = call.chars().next().filter(|c| "'\"`".contains(*c))?;
    let end = call[1..].find(quote)? + 2;
    let body = call[end..].strip_prefix(", ")?;
    (!body.starts_with('{')).then(|| &call[..end])
}

/// What is filled into a name between back ticks, a tenant's say, is no part of it.
fn is_called(quoted: &str, name: &str) -> bool {
    let text = &quoted[1..quoted.len() - 1];
    if !quoted.starts_with('`') {
        return text == name;
    }
    let fixed = text.split("${").enumerate().map(|(n, part)| match n {
        0 => part,
        _ => part.split_once('}').map_or("", |(_, fixed)| fixed),
    });
    fixed
        .map(|part| part.trim_matches([' ', ':', ',']))
        .filter(|part| !part.is_empty())
        .any(|part| part == name)
}

#[test]
fn every_test_named_in_a_threat_model_exists() {
    let (mut problems, mut models, mut tests) = (Vec::new(), 0, BTreeSet::new());
    for package in packages(&["crates", "examples"]) {
        let Ok(text) = fs::read_to_string(package.join("THREATS.md")) else {
            continue;
        };
        models += 1;
        for (file, name) in named(&text) {
            let from = package.file_name().expect("a name").to_string_lossy();
            tests.insert(format!("{from}/{file}::{name}"));
            if let Some(problem) = problem(&package, file, name) {
                problems.push(format!("{from}/THREATS.md: {problem}"));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(models >= 13, "{models} threat models");
    assert!(tests.len() >= 300, "{} tests are named", tests.len());
}

/// The threat models of all packages, with the folder and the name of each.
fn models() -> Vec<(PathBuf, String, String)> {
    let packages = packages(&["crates", "examples"]).into_iter();
    packages
        .filter_map(|package| {
            let text = fs::read_to_string(package.join("THREATS.md")).ok()?;
            let name = package.file_name()?.to_string_lossy().into_owned();
            Some((package, name, text))
        })
        .collect()
}

/// The first and the last cell of each row of the tables of attacks. A row that only divides a table has
/// nothing in its last cell.
fn attacks(text: &str) -> Vec<(&str, &str)> {
    let mut in_attacks = false;
    let mut rows = Vec::new();
    for line in text.lines() {
        let Some(row) = line.strip_prefix('|').and_then(|row| row.strip_suffix('|')) else {
            in_attacks = false;
            continue;
        };
        let first = row.split('|').next().unwrap_or_default().trim();
        let last = row.rsplit(" | ").next().unwrap_or_default().trim();
        if first.to_lowercase().starts_with("attack") {
            in_attacks = true;
        } else if in_attacks && !first.starts_with("---") && !last.is_empty() {
            rows.push((first, last));
        }
    }
    rows
}

/// The fault in the last cell of a row, if any: it begins with `test: ` and names one, or with
/// `by construction: ` and says what makes it so.
fn unmarked(shown: &str) -> Option<&'static str> {
    if let Some(tests) = shown.strip_prefix("test: ") {
        return named(tests).is_empty().then_some("names no test");
    }
    match shown.strip_prefix("by construction: ") {
        Some(why) if why.starts_with(|c: char| c.is_alphabetic()) => None,
        Some(_) => Some("does not say what makes it so"),
        None => Some("begins with neither `test: ` nor `by construction: `"),
    }
}

#[test]
fn each_row_has_its_mark() {
    let (mut problems, mut rows) = (Vec::new(), 0);
    for (_, name, text) in models() {
        let attacks = attacks(&text);
        assert!(!attacks.is_empty(), "{name} has a table of attacks");
        for (attack, shown) in attacks {
            rows += 1;
            if let Some(problem) = unmarked(shown) {
                problems.push(format!("{name}/THREATS.md: {attack:?} {problem}"));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(rows >= 300, "{rows} rows");
}

/// Numbers of three parts and more in a text, without what stands between back ticks.
fn clauses(text: &str) -> BTreeSet<&str> {
    let prose = text.split('`').step_by(2);
    let words = prose.flat_map(|prose| prose.split(|c: char| !c.is_ascii_digit() && c != '.'));
    words
        .map(|word| word.trim_matches('.'))
        .filter(|word| word.split('.').count() >= 3)
        .collect()
}

#[test]
fn the_table_has_every_clause() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(package.join("CLAUSES.md")).expect("CLAUSES.md");
    let in_table = clauses(&table);
    assert!(in_table.len() >= 40, "{in_table:?}");
    let mut missing = Vec::new();
    for (_, name, text) in models() {
        let list = text.split_once("## Clauses").map_or("", |(_, list)| list);
        for line in list
            .lines()
            .filter(|l| l.contains("ASVS") || l.contains("NIST"))
        {
            let first = line.trim_start_matches('|').split('|').next();
            for clause in clauses(first.unwrap_or_default()) {
                if !in_table.contains(clause) {
                    missing.push(format!("{name}: {clause}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_table_of_clauses_is_sound() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(package.join("CLAUSES.md")).expect("CLAUSES.md");
    let tests = named(&table);
    assert!(tests.len() >= 40, "{} tests are named", tests.len());
    for (file, name) in tests {
        assert_eq!(problem(package, file, name), None);
    }
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("Status"));
    for row in rows {
        let status = row.split(" | ").nth(2).unwrap_or_default();
        let known = ["met", "deviation", "host", "not applicable"];
        assert!(known.contains(&status), "{status:?} in {row}");
    }
}

#[test]
fn every_crate_has_a_threat_model_that_names_tests() {
    for package in packages(&["crates"]) {
        let path = package.join("THREATS.md");
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let count = named(&text).len();
        assert!(count >= 10, "{} names {count} tests", path.display());
    }
}

#[test]
fn the_guard_sees_which_browser_tests_run() {
    let source = "
        test('at the top', async t => {
          await t.test(\"below it\", inAFunction)
          await step(`${tenant}: in a story, ${js ? 'on' : 'off'}`, async () => {})
          // test('commented out', async t => {
          /* test('commented out at length', async t => {
             test('commented out, too', async t => { */
          test.skip('skipped', async t => {
          test('left out', { skip: true }, async t => {
          say('only said', async t => {
        test('after that', async t => {
    ";
    for name in ["at the top", "below it", "in a story", "after that"] {
        assert!(runs_in_browser(source, name), "{name}");
    }
    for name in [
        "commented out",
        "commented out at length",
        "commented out, too",
        "skipped",
        "left out",
        "only said",
        "at the",
        "story",
        "${tenant}: in a story",
        "",
    ] {
        assert!(!runs_in_browser(source, name), "{name}");
    }
}

#[test]
fn the_guard_sees_unmarked_rows() {
    let text = "
| Attack | Answer | Shown by |
|---|---|---|
| one | a | test: `tests/a.rs::b` |
| **Group** | | |
| two | b | `tests/a.rs::b` |

| Clause | How | Shown by |
|---|---|---|
| three | c | `tests/a.rs::b` |
";
    let rows = attacks(text);
    assert_eq!(
        rows,
        [("one", "test: `tests/a.rs::b`"), ("two", "`tests/a.rs::b`")]
    );
    assert_eq!(unmarked(rows[0].1), None);
    assert!(unmarked(rows[1].1).is_some());
    for wrong in [
        "test: see there",
        "by construction: `tests/a.rs::b`",
        "by construction: ",
        "-",
    ] {
        assert!(unmarked(wrong).is_some(), "{wrong}");
    }
    assert_eq!(
        unmarked("by construction: no type has it; `tests/a.rs::b`"),
        None
    );
    let found = clauses("| ASVS 5.0, 6.5.1, 9.2.1 to 9.2.4; NIST §4.2.1.2. Not `1.2.3` nor 5.0 |");
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["4.2.1.2", "6.5.1", "9.2.1", "9.2.4"]
    );
}

#[test]
fn the_guard_sees_what_is_missing() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let here = "tests/threats.rs";
    assert_eq!(
        problem(package, here, "the_guard_sees_what_is_missing"),
        None
    );
    assert!(problem(package, here, "no_such_test").is_some());
    assert!(
        problem(package, here, "the_guard").is_some(),
        "a part of a name"
    );
    assert!(
        problem(package, here, "named").is_some(),
        "a helper is no test"
    );
    assert!(problem(package, "tests/none.rs", "named").is_some());
    let case = "racing_uses_of_one_link_have_one_winner";
    let suite = "../testkit/src/conformance/reset.rs";
    assert!(
        problem(package, suite, case).is_some(),
        "this crate does not run the suite"
    );
    let store = root().join("crates/store");
    assert_eq!(problem(&store, suite, case), None);
    assert!(problem(&store, suite, "no_such_case").is_some());
    let text = "see `tests/a.rs::b`, `Rule::C`, `src/d/e.rs::f` and `browser/g.test.mjs::h i`";
    assert_eq!(
        named(text),
        [
            ("tests/a.rs", "b"),
            ("src/d/e.rs", "f"),
            ("browser/g.test.mjs", "h i")
        ]
    );
}
