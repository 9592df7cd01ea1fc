//! The examples of `--help`. Commands are the same in every language.

/// The examples of a command, by its path without the name of the program.
pub(crate) fn examples(path: &str) -> &'static [&'static str] {
    let found = EXAMPLES.iter().find(|(known, _)| *known == path);
    found.map_or(&[], |(_, examples)| examples)
}

const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "slotwerk",
        &[
            "slotwerk policy explain platform.toml tenant.toml",
            "slotwerk completions bash > ~/.local/share/bash-completion/completions/slotwerk",
            "slotwerk man | man -l -",
        ],
    ),
    (
        "policy check",
        &[
            "slotwerk policy check tenant.toml < password.txt",
            "slotwerk policy check tenant.toml --each-line --json < passwords.txt",
            "slotwerk policy check tenant.toml --user-name anna --breach breached.filter",
        ],
    ),
    (
        "policy lint",
        &["slotwerk policy lint platform.toml tenant.toml --single-factor"],
    ),
    (
        "policy explain",
        &["slotwerk policy explain platform.toml tenant.toml"],
    ),
    (
        "policy generate",
        &[
            "slotwerk policy generate tenant.toml --count 10",
            "slotwerk policy generate tenant.toml --passphrase en --words 6",
        ],
    ),
    (
        "blocklist build",
        &[
            "slotwerk blocklist build --hashes pwned.txt --bits 16 -o breached.filter",
            "slotwerk blocklist build --words own-words.txt --bits 32 -o own.filter",
        ],
    ),
    (
        "blocklist query",
        &["slotwerk blocklist query breached.filter < password.txt"],
    ),
    (
        "blocklist info",
        &["slotwerk blocklist info breached.filter"],
    ),
    (
        "blocklist verify",
        &["slotwerk blocklist verify breached.filter"],
    ),
    (
        "password calibrate",
        &["slotwerk password calibrate --target-ms 250 --workers 4"],
    ),
    (
        "password hash",
        &["slotwerk password hash --memory-kib 19456 --passes 2 < password.txt"],
    ),
    (
        "password verify",
        &["slotwerk password verify --hash-file hash.txt --password-file password.txt"],
    ),
    (
        "password rewrap",
        &["slotwerk password rewrap --pepper-keys pepper.txt < hashes.txt"],
    ),
    ("keys new", &["slotwerk keys new /etc/portal/keys.txt"]),
    ("keys list", &["slotwerk keys list /etc/portal/keys.txt"]),
    (
        "keys prepare",
        &["slotwerk keys prepare /etc/portal/keys.txt"],
    ),
    (
        "keys rotate",
        &[
            "slotwerk keys rotate /etc/portal/keys.txt",
            "slotwerk keys rotate /etc/portal/keys.txt --new",
        ],
    ),
    (
        "keys retire",
        &["slotwerk keys retire /etc/portal/keys.txt 2 --to 1"],
    ),
    (
        "keys reseal",
        &["slotwerk keys reseal /etc/portal/keys.txt --database portal.sqlite"],
    ),
    (
        "keys revoke",
        &["slotwerk keys revoke /etc/portal/keys.txt 1 --database portal.sqlite"],
    ),
    (
        "throttle explain",
        &[
            "slotwerk throttle explain --burst 5 --refill 3m --within 0.005",
            "slotwerk throttle explain now capped:lifetime=1000 --svg budgets.svg",
        ],
    ),
    (
        "budgets clear",
        &[
            "slotwerk budgets clear --database portal.sqlite --keys keys.txt --tenant noord --login anna",
            "slotwerk budgets clear --database portal.sqlite --keys keys.txt --tenant noord --address 192.0.2.7",
        ],
    ),
    (
        "schema print",
        &[
            "slotwerk schema print --dialect postgres",
            "slotwerk schema print --dialect mysql --after 10",
        ],
    ),
    (
        "schema grants",
        &["slotwerk schema grants --dialect postgres --role portal"],
    ),
    (
        "database after-restore",
        &["slotwerk database after-restore --database portal.sqlite"],
    ),
    (
        "audit verify",
        &[
            "slotwerk audit verify --database portal.sqlite --keys keys.txt",
            "slotwerk audit verify --database portal.sqlite --keys keys.txt --tenant noord --expect 7:0123",
        ],
    ),
    (
        "audit export",
        &["slotwerk audit export --database portal.sqlite --format jsonl > audit.jsonl"],
    ),
    (
        "audit prune",
        &[
            "slotwerk audit prune --database portal.sqlite --keys keys.txt --tenant noord --keep-days 365",
        ],
    ),
    (
        "completions",
        &[
            "slotwerk completions bash > ~/.local/share/bash-completion/completions/slotwerk",
            "slotwerk completions zsh > ~/.zfunc/_slotwerk",
            "slotwerk completions fish > ~/.config/fish/completions/slotwerk.fish",
        ],
    ),
    (
        "man",
        &[
            "slotwerk man | man -l -",
            "slotwerk man ~/.local/share/man/man1",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::{Command, CommandFactory as _};

    fn leaves(command: &Command, path: &str, found: &mut Vec<String>) {
        if command.get_subcommands().next().is_none() {
            found.push(path.to_owned());
        }
        for below in command.get_subcommands() {
            let path = format!("{path} {}", below.get_name());
            leaves(below, path.trim_start(), found);
        }
    }

    #[test]
    fn every_command_has_examples() {
        let mut found = Vec::new();
        leaves(&Cli::command(), "", &mut found);
        assert!(found.len() > 25, "{found:?}");
        for path in found {
            assert!(!examples(&path).is_empty(), "{path}");
        }
    }

    #[test]
    fn examples_can_be_parsed() {
        for (path, examples) in EXAMPLES {
            for example in *examples {
                // The rest is for the shell.
                let words = example.split(' ');
                let words: Vec<_> = words
                    .take_while(|word| !["<", ">", "|"].contains(word))
                    .collect();
                let parsed = Cli::command().try_get_matches_from(&words);
                assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
                let begin = format!("slotwerk {path}");
                let belongs = *path == "slotwerk" || example.starts_with(&begin);
                assert!(belongs, "{path}: {example}");
            }
        }
    }
}
