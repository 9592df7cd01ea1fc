//! oathtool, pyotp and otplib agree with this crate, in both directions: a thousand random secrets, times,
//! algorithms, numbers of digits and periods each.
//!
//! Needs oathtool (OATH Toolkit), a Python with the packages of `tests/peers/requirements.txt` (its path in
//! SLOTWERK_PYTHON), and Node with what `npm ci` installs in `tests/peers`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
#[cfg(feature = "migration")]
use slotwerk_totp::Export;
use slotwerk_totp::{OtpauthUri, Parameters, Progress, Secret, Window, code_at};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use support::{parameters, secrets, verify};

const CASES: usize = 1_000;

/// Names that people have and apps must show as they are.
const NAMES: [&str; 8] = [
    "Noord",
    "Arbo Noord",
    "Zo\u{eb} & Zonen",
    "a+b@noord.example",
    "50% = half?",
    "#1 / #2",
    "\u{5317}\u{533a}",
    "n.de-vries_1~2",
];

struct Case {
    secret: Secret,
    params: Parameters,
    now: u64,
    issuer: &'static str,
    account: &'static str,
    code: String,
    uri: OtpauthUri,
}

impl Case {
    fn accepts(&self, code: &str) -> bool {
        let (window, progress) = (Window::STRICT, Progress::default());
        let verdict = verify(
            &self.secret,
            &self.params,
            window,
            &progress,
            code,
            self.now,
        );
        let step = verdict.accepted().map(|accepted| accepted.step());
        assert!(step.is_none() || step == Some(self.params.step_at(self.now)));
        step.is_some()
    }

    /// Another code of as many digits.
    fn wrong(&self) -> String {
        let (rest, last) = self.code.split_at(self.code.len() - 1);
        let last = last.parse::<u8>().unwrap();
        format!("{rest}{}", (last + 1) % 10)
    }

    fn parameters_as_text(&self) -> [String; 3] {
        [
            self.params.algorithm().name().to_owned(),
            self.params.digits().to_string(),
            self.params.period().as_secs().to_string(),
        ]
    }

    fn line(&self) -> String {
        let [algorithm, digits, period] = self.parameters_as_text();
        let (secret, wrong) = (self.secret.to_base32(), self.wrong());
        let Self {
            now,
            issuer,
            account,
            code,
            ..
        } = self;
        let uri = self.uri.expose();
        format!(
            "{}\t{now}\t{algorithm}\t{digits}\t{period}\t{issuer}\t{account}\t{code}\t{wrong}\t{uri}",
            *secret
        )
    }

    /// What a peer wrote about this case.
    fn judge(&self, peer: &str, row: &str) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [code, ours, wrong, uri, read @ ..] = &fields[..] else {
            panic!("{peer}: {row}");
        };
        assert_eq!(
            (*code, *ours, *wrong),
            (self.code.as_str(), "yes", "no"),
            "{peer}"
        );
        assert!(self.accepts(code) && !self.accepts(&self.wrong()), "{peer}");

        let secret = self.secret.to_base32();
        let [algorithm, digits, period] = self.parameters_as_text();
        let written = [
            &**secret,
            &algorithm,
            &digits,
            &period,
            self.issuer,
            self.account,
        ];
        assert_eq!(read, written, "{peer} reads {}", self.uri.expose());

        let parsed = OtpauthUri::parse(uri).unwrap_or_else(|error| panic!("{peer} {uri}: {error}"));
        assert_eq!(
            parsed.secret().expose(),
            self.secret.expose(),
            "{peer} {uri}"
        );
        assert_eq!(parsed.parameters(), &self.params, "{peer} {uri}");
        assert_eq!(parsed.issuer(), Some(self.issuer), "{peer} {uri}");
        assert_eq!(parsed.account(), self.account, "{peer} {uri}");
    }
}

fn cases() -> Vec<Case> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    // The Key URI format has no seven digits.
    let written = parameters().prop_filter("no URI", |params| params.digits() != 7);
    let parameters = prop_oneof![1 => Just(Parameters::ISSUED), 4 => written];
    let names = (0..NAMES.len(), 0..NAMES.len());
    let all = (secrets(), parameters, 0..20_000_000_000_u64, names);
    (0..CASES)
        .map(|_| {
            let (secret, params, now, names) = all.new_tree(&mut runner).unwrap().current();
            let (issuer, account) = (NAMES[names.0], NAMES[names.1]);
            Case {
                code: (*code_at(&secret, &params, params.step_at(now))).clone(),
                uri: OtpauthUri::new(&secret, &params, issuer, account).unwrap(),
                secret,
                params,
                now,
                issuer,
                account,
            }
        })
        .collect()
}

/// What it answers. A peer that is not there is a failure.
fn talk(peer: &str, command: &mut Command, input: String) -> String {
    let mut child = command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers"))
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{peer}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{peer}: {}", output.status);
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// One line for each case.
fn ask(peer: &str, command: &mut Command, cases: &[Case]) {
    let input = cases.iter().fold(String::new(), |mut input, case| {
        writeln!(input, "{}", case.line()).unwrap();
        input
    });
    let rows = talk(peer, command, input);
    assert_eq!(rows.lines().count(), cases.len(), "{peer}");
    for (case, row) in cases.iter().zip(rows.lines()) {
        case.judge(peer, row);
    }
}

fn oathtool(case: &Case, more: &[&str]) -> (bool, String) {
    let [algorithm, digits, period] = case.parameters_as_text();
    let secret = case.secret.to_base32();
    let output = Command::new("oathtool")
        .args([&format!("--totp={algorithm}"), "--base32", &secret])
        .args(["--digits", &digits])
        .args(["--time-step-size", &format!("{period}s")])
        .args(["--now", &format!("@{}", case.now)])
        .args(more)
        .env("TZ", "UTC")
        .output()
        .expect("oathtool must be installed for this test");
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.success(), text.trim().to_owned())
}

#[test]
#[ignore = "needs oathtool, python with pyotp, and node with otplib"]
fn oathtool_pyotp_and_otplib_agree_on_a_thousand_random_cases_in_both_directions() {
    let cases = cases();
    for case in &cases {
        let (made, theirs) = oathtool(case, &[]);
        assert!(
            made && theirs == case.code && case.accepts(&theirs),
            "oathtool: {theirs}"
        );
        // It looks for a code within a window of none, and says how far off it was.
        let (accepted, distance) = oathtool(case, &["--window", "0", &case.code]);
        assert!(accepted && distance == "0", "oathtool: {distance}");
    }
    // Control, on a few: a wrong code is refused.
    for case in &cases[..20] {
        assert!(!oathtool(case, &["--window", "0", &case.wrong()]).0);
    }

    let interpreter = std::env::var_os("SLOTWERK_PYTHON").expect("SLOTWERK_PYTHON names a Python");
    ask("pyotp", Command::new(interpreter).arg("peers.py"), &cases);
    ask("otplib", Command::new("node").arg("peers.mjs"), &cases);
}

#[cfg(feature = "migration")]
#[test]
#[ignore = "needs python with otpa"]
fn exports_that_otpa_writes_are_read() {
    // The form knows 30 seconds only, and no seven digits.
    let mut cases = cases();
    for case in &mut cases {
        let digits = if case.params.digits() == 6 { 6 } else { 8 };
        let period = Parameters::ISSUED.period();
        case.params = Parameters::new(case.params.algorithm(), digits, period).unwrap();
        case.uri = OtpauthUri::new(&case.secret, &case.params, case.issuer, case.account).unwrap();
    }
    let input: Vec<&str> = cases.iter().map(|case| case.uri.expose()).collect();
    let interpreter = std::env::var_os("SLOTWERK_PYTHON").expect("SLOTWERK_PYTHON names a Python");
    let exports = talk(
        "otpa",
        Command::new(interpreter).arg("export.py"),
        input.join("\n"),
    );

    let mut read = 0;
    for (place, line) in exports.lines().enumerate() {
        let export = Export::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(export.number() as usize, place + 1);
        assert_eq!(
            (export.total() as usize, export.batch_id()),
            (CASES / 10, 7)
        );
        for (entry, case) in export.entries().iter().zip(&cases[read..]) {
            let entry = entry.as_ref().unwrap();
            assert_eq!(entry.secret().expose(), case.secret.expose());
            assert_eq!(entry.parameters(), &case.params);
            assert_eq!(
                (entry.issuer(), entry.account()),
                (Some(case.issuer), case.account)
            );
        }
        read += export.entries().len();
    }
    assert_eq!(read, CASES);
}
