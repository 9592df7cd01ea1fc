//! The statements that the sources declare.

use std::panic::Location;
use std::path::Path;

/// One `static` of a source file, with one or several statements.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) file: String,
    /// From its line to the one before the next declaration.
    pub(crate) lines: std::ops::Range<u32>,
    pub(crate) name: String,
    pub(crate) statements: usize,
}

impl Declared {
    /// Whether a statement stands within this declaration.
    pub(crate) fn holds(&self, at: &Location<'_>) -> bool {
        Path::new(at.file()).ends_with(&self.file) && self.lines.contains(&at.line())
    }
}

/// Whether a statement is one of those declared under these files and names.
pub(crate) fn is_one_of(at: &Location<'_>, names: &[(&str, &str)]) -> bool {
    let named = |declared: &Declared| {
        let name = (declared.file.as_str(), declared.name.as_str());
        names.contains(&name) && declared.holds(at)
    };
    let declared = declared();
    for name in names {
        let is_there = |one: &Declared| (one.file.as_str(), one.name.as_str()) == *name;
        assert!(
            declared.iter().any(is_there),
            "{name:?} is declared nowhere"
        );
    }
    declared.iter().any(named)
}

/// Every statement of the commands, as the sources declare them.
pub(crate) fn declared() -> Vec<Declared> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut declared = Vec::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        declared.extend(declared_in(name, &source));
    }
    declared
}

fn declared_in(file: &str, source: &str) -> Vec<Declared> {
    let mut found: Vec<Declared> = Vec::new();
    for (line, text) in (1..).zip(source.lines()) {
        let text = text.trim_start_matches("pub(crate) ");
        let Some((name, rest)) = text
            .strip_prefix("static ")
            .and_then(|rest| rest.split_once(": "))
        else {
            continue;
        };
        if let Some(last) = found.last_mut() {
            last.lines.end = line;
        }
        found.push(Declared {
            file: file.to_owned(),
            lines: line..u32::MAX,
            name: name.to_owned(),
            statements: how_many(rest),
        });
    }
    found
}

/// How many statements a type holds: `Statement` one, `[[Statement; 2]; 3]` six, another none.
fn how_many(rest: &str) -> usize {
    let (of_type, _) = rest.split_once(" =").unwrap_or((rest, ""));
    if !of_type.trim_start_matches('[').starts_with("Statement") {
        return 0;
    }
    let length = |part: &str| part.trim_end_matches(']').parse::<usize>().unwrap();
    of_type.split("; ").skip(1).map(length).product()
}

#[test]
fn counts_arrays_of_statements() {
    let source = "
static ONE: Statement = Statement::new(
pub(crate) static SIX: [[Statement; 2]; 3] = [
static NAMES: [&str; 3] = [";
    let counts: Vec<usize> = declared_in("x.rs", source)
        .iter()
        .map(|declared| declared.statements)
        .collect();
    assert_eq!(counts, [1, 6, 0]);
}
