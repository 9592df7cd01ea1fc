//! How large each message is: the table of the README is measured, and kept true.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::{compose_reportable, messages};
use slotwerk_mail::{Message, Sender};

/// Gmail cuts a message off at about 102 kB.
const LIMIT: usize = 100_000;
const README: &str = include_str!("../README.md");

/// Of the whole message as sent, and of its text part.
fn measure(message: &Message<'_>, language: &str) -> (usize, usize) {
    let mail = compose_reportable(message, language);
    let sender = Sender::new("no-reply@noord.example").unwrap();
    let bytes = mail.to_mime(&sender, Some("a1"), 1_772_546_700).unwrap();
    (bytes.len(), mail.text().len())
}

fn rows() -> Vec<(String, [usize; 4])> {
    messages()
        .iter()
        .map(|message| {
            let which = match message {
                Message::AuthenticatorAdded { first: false, .. } => ", not the first",
                Message::AuthenticatorRemoved { last: true, .. } => ", the last",
                _ => "",
            };
            let name = format!("`{}`{which}", message.kind());
            let ((nl, nl_text), (en, en_text)) = (measure(message, "nl"), measure(message, "en"));
            (name, [nl, nl_text, en, en_text])
        })
        .collect()
}

fn table(rows: &[(String, [usize; 4])]) -> String {
    let mut table =
        String::from("| Message | nl | text part | en | text part |\n|---|---:|---:|---:|---:|\n");
    for (name, [nl, nl_text, en, en_text]) in rows {
        table.push_str(&format!(
            "| {name} | {nl} | {nl_text} | {en} | {en_text} |\n"
        ));
    }
    table
}

#[test]
fn the_table_of_the_readme_is_what_is_measured() {
    let rows = rows();
    let due = table(&rows);
    let table = README
        .split("<!-- sizes -->\n")
        .nth(1)
        .expect("two markers");
    let lines: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(lines.len(), rows.len(), "the table should be\n{due}");
    for ((name, sizes), line) in rows.iter().zip(lines) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells[1], name, "the table should be\n{due}");
        for (cell, size) in cells[2..6].iter().zip(sizes) {
            let told: usize = cell.parse().unwrap();
            // A word more or less, or another release of the compressor, is no news.
            assert!(
                told.abs_diff(*size) * 50 <= *size,
                "{name}: the table should be\n{due}"
            );
        }
    }
}

#[test]
fn every_message_stays_far_below_the_limit_of_gmail() {
    for (name, [nl, _, en, _]) in rows() {
        assert!(nl < LIMIT / 2 && en < LIMIT / 2, "{name}");
    }
}
