//! Phones over 400 days: how many honest sign-ins are accepted, with how many steps acceptable at once, next
//! to two peers on the same traces.
//!
//! The table of the README is what comes out, row by row.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::peers_simulated;
use crate::support;

use peers_simulated::{Django, Libpam, Typed, Verifier};
use slotwerk_totp::{Parameters, Progress, Search, Secret, Verdict, Window, code_at};
use std::collections::BTreeSet;
use support::{resynchronise, rfc_secret, verify};

const DAYS: u64 = 400;
const DAY: i64 = 86_400;
const STEP: i64 = 30;
const BEGIN: i64 = 1_800_000_000;

/// A person types up to three codes, one after the other, then gives up.
const PATIENCE: usize = 3;

/// Seeds of each kind of phone.
const PHONES: u64 = 10;

/// This crate, as a sign-in page would use it: single codes twice, then two in a row, of which the person
/// has typed the first before.
struct Ours {
    secret: Secret,
    search: Search,
    progress: Progress,
    before: Option<Typed>,
    tried: usize,
}

impl Ours {
    fn new(search: Search) -> Self {
        Self {
            secret: rfc_secret(20),
            search,
            progress: Progress::default(),
            before: None,
            tried: 0,
        }
    }

    fn code(&self, typed: Typed) -> String {
        let step = u64::try_from(typed.step).unwrap();
        (*code_at(&self.secret, &Parameters::ISSUED, step)).clone()
    }
}

impl Verifier for Ours {
    fn acceptable(&self) -> usize {
        let drift = i64::from(self.progress.drift);
        let steps: BTreeSet<i64> = (-1..=1).chain(drift - 1..=drift + 1).collect();
        steps.len()
    }

    fn sign_in(&mut self, typed: Typed) -> bool {
        let params = Parameters::ISSUED;
        let now = u64::try_from(typed.now).unwrap();
        let code = self.code(typed);
        let window = Window::default();
        let accepted = match verify(&self.secret, &params, window, &self.progress, &code, now) {
            Verdict::Accepted(accepted) => Some(accepted),
            _ => self.before.filter(|_| self.tried == 2).and_then(|before| {
                let first = self.code(before);
                let (secret, progress) = (&self.secret, &self.progress);
                resynchronise(secret, &params, self.search, progress, &first, &code, now)
            }),
        };
        self.tried = (self.tried + 1) % PATIENCE;
        self.before = Some(typed);
        if let Some(accepted) = accepted {
            self.progress = accepted.progress();
            self.tried = 0;
        }
        accepted.is_some()
    }
}

/// SplitMix64: the same traces on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % u64::try_from(high - low + 1).unwrap()).cast_signed()
    }
}

/// How a phone and its owner behave.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    /// Seconds gained a day.
    rate: i64,
    /// Every so many days, on average, the clock is wrong by something in between, for some days.
    fault: Option<(i64, [i64; 2])>,
    /// Days after which the owner puts the clock right.
    corrected: Option<i64>,
    /// Seconds from reading a code to sending it.
    typing: [i64; 2],
    /// Hours between two sign-ins.
    pause: [i64; 2],
}

const USUAL: Kind = Kind {
    name: "set by the network",
    rate: 0,
    fault: None,
    corrected: None,
    typing: [3, 25],
    pause: [4, 44],
};

const KINDS: [Kind; 9] = [
    USUAL,
    Kind {
        name: "5 s a day fast",
        rate: 5,
        ..USUAL
    },
    Kind {
        name: "5 s a day slow",
        rate: -5,
        ..USUAL
    },
    Kind {
        name: "5 s a day fast, put right monthly",
        rate: 5,
        corrected: Some(30),
        ..USUAL
    },
    Kind {
        name: "battery dead, minutes off for days",
        rate: 2,
        fault: Some((40, [-550, 550])),
        ..USUAL
    },
    Kind {
        name: "set five minutes ahead, then back",
        fault: Some((25, [300, 300])),
        ..USUAL
    },
    Kind {
        name: "an hour ahead or behind for days",
        fault: Some((30, [-3_600, 3_600])),
        ..USUAL
    },
    Kind {
        name: "slow to type",
        typing: [10, 50],
        ..USUAL
    },
    Kind {
        name: "5 s a day fast, every ten days",
        rate: 5,
        pause: [120, 360],
        ..USUAL
    },
];

/// The sign-ins of one phone: each up to three codes.
fn trace(kind: Kind, seed: u64) -> Vec<[Typed; PATIENCE]> {
    let mut random = Random(seed);
    let (mut now, mut right_at, mut fault) = (BEGIN, BEGIN, 0);
    let mut sign_ins = Vec::new();
    let mut changes_at = kind
        .fault
        .map(|(days, _)| now + random.between(1, 2 * days) * DAY);
    while now < BEGIN + DAYS.cast_signed() * DAY {
        now += random.between(kind.pause[0] * 3_600, kind.pause[1] * 3_600);
        if let (Some((days, [low, high])), Some(at)) = (kind.fault, changes_at)
            && now >= at
        {
            // A whole hour is one or the other and nothing in between.
            let whole = high == 3_600;
            let value = random.between(low, high);
            fault = match fault {
                0 if whole => value.signum() * high,
                0 => value,
                _ => 0,
            };
            right_at = at;
            let lasts = if fault == 0 { 2 * days } else { 15 };
            changes_at = Some(at + random.between(1, lasts) * DAY);
        }
        if let Some(days) = kind.corrected
            && now >= right_at + days * DAY
        {
            right_at = now;
        }
        let ahead = fault + kind.rate * (now - right_at) / DAY;
        let typing = random.between(kind.typing[0], kind.typing[1]);
        sign_ins.push(core::array::from_fn(|place| {
            // The next code, a step later.
            let now = now + STEP * i64::try_from(place).unwrap();
            let step = (now + ahead - typing).div_euclid(STEP);
            Typed { now, step }
        }));
    }
    sign_ins
}

#[derive(Default, Clone, Copy)]
struct Score {
    sign_ins: usize,
    accepted: usize,
    at_once: usize,
    codes: usize,
    acceptable: usize,
}

impl Score {
    fn add(&mut self, verifier: &mut dyn Verifier, trace: &[[Typed; PATIENCE]]) {
        for codes in trace {
            self.sign_ins += 1;
            for (place, typed) in codes.iter().enumerate() {
                self.codes += 1;
                self.acceptable += verifier.acceptable();
                if verifier.sign_in(*typed) {
                    self.accepted += 1;
                    self.at_once += usize::from(place == 0);
                    break;
                }
            }
        }
    }

    fn percent(part: usize, whole: usize) -> f64 {
        100.0 * f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
    }

    fn shown(&self) -> String {
        format!(
            "{:.1} % ({:.1} %), {:.1}",
            Self::percent(self.accepted, self.sign_ins),
            Self::percent(self.at_once, self.sign_ins),
            Self::percent(self.acceptable, self.codes) / 100.0,
        )
    }
}

/// The score of a fresh verifier for each phone of a kind.
fn score(kind: Kind, fresh: impl Fn() -> Box<dyn Verifier>) -> Score {
    let mut score = Score::default();
    for seed in 0..PHONES {
        score.add(&mut *fresh(), &trace(kind, seed));
    }
    score
}

/// The smallest number of steps acceptable at once with which a peer accepts as many, at the first code and in
/// all.
fn steps_needed(
    kind: Kind,
    ours: Score,
    mut settings: impl Iterator<Item = i64>,
    peer: impl Fn(i64) -> Box<dyn Verifier>,
) -> usize {
    let suffices = |setting: &i64| {
        let theirs = score(kind, || peer(*setting));
        theirs.accepted >= ours.accepted && theirs.at_once >= ours.at_once
    };
    let setting = settings.find(suffices).expect("some window is wide enough");
    peer(setting).acceptable()
}

#[test]
fn ours_accepts_at_least_as_many_honest_sign_ins_on_every_kind_of_phone() {
    let django = |tolerance| Box::new(Django::new(tolerance)) as Box<dyn Verifier>;
    let libpam = |window| Box::new(Libpam::new(window)) as Box<dyn Verifier>;
    let (tolerances, windows) = (|| 1..=1_500, || (3..=3_001).step_by(2));

    let mut most = [0, 0];
    for kind in KINDS {
        let ours = score(kind, || Box::new(Ours::new(Search::default())));
        let hour = score(kind, || Box::new(Ours::new(Search::HOUR)));
        let peers = [
            score(kind, || django(1)),
            score(kind, || libpam(3)),
            score(kind, || libpam(17)),
        ];
        // The search of an hour for an hour: the default one does not reach that far, and libpam does.
        let reaches = kind.name != KINDS[6].name;
        let best = if reaches { ours } else { hour };
        for theirs in peers {
            assert!(best.accepted >= theirs.accepted, "{}", kind.name);
        }
        assert!(ours.accepted >= peers[0].accepted, "{}", kind.name);
        for theirs in &peers[..2] {
            assert!(best.at_once >= theirs.at_once, "{}", kind.name);
        }
        let needed = [
            steps_needed(kind, best, tolerances(), django),
            steps_needed(kind, best, windows(), libpam),
        ];
        for (most, needed) in most.iter_mut().zip(needed) {
            *most = needed.max(*most);
        }
        let row = format!(
            "| {} | {} | {} | {} | {} | {} | {}, {} |",
            kind.name,
            ours.shown(),
            hour.shown(),
            peers[0].shown(),
            peers[1].shown(),
            peers[2].shown(),
            needed[0],
            needed[1],
        );
        assert!(include_str!("../README.md").contains(&row), "{row}");
    }

    // A service sets one window for all of its phones.
    assert_eq!(most, [243, 241]);
    assert_eq!(Window::default().accepted_at_once(), 6);
}

#[test]
fn a_trace_is_the_same_every_time_and_another_for_each_phone() {
    let steps = |kind, seed| -> Vec<i64> {
        let codes = trace(kind, seed);
        codes.iter().map(|codes| codes[0].step).collect()
    };
    for kind in KINDS {
        assert_eq!(steps(kind, 1), steps(kind, 1), "{}", kind.name);
        assert_ne!(steps(kind, 1), steps(kind, 2), "{}", kind.name);
    }
    // And it is what its name says: the last code of a clock that gains five seconds a day is 2000 off.
    let last = trace(KINDS[1], 1).pop().unwrap()[0];
    let offset = last.step - last.now.div_euclid(STEP);
    assert!((64..=67).contains(&offset), "{offset}");
}
