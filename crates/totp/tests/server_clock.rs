//! A server clock that ran ahead and was put right: nobody is locked out, and no used code comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use slotwerk_totp::{
    CLOCK_TOLERANCE, Hint, MAX_DRIFT, Parameters, Progress, Search, Secret, Verdict, Window,
    code_at,
};
use support::{parameters, resynchronise, rfc_secret, secrets, verify, windows};

const NOW: u64 = 2_000_000_010;
const DAY: u64 = 86_400;
const WAIT: Verdict = Verdict::Rejected(Hint::WaitForNext);

/// The bounds of every finding: a minute and a half is believed, the rest is not.
const STEPPED: [u64; 7] = [
    150,
    3_600,
    DAY,
    7 * DAY,
    365 * DAY,
    200 * 365 * DAY,
    u64::MAX / 2,
];

/// One server: stores what the crate says, as the documentation asks.
struct Server {
    secret: Secret,
    stored: Progress,
}

impl Server {
    fn new() -> Self {
        Self {
            secret: rfc_secret(20),
            stored: Progress::default(),
        }
    }

    fn code(&self, at: u64) -> String {
        (*code_at(&self.secret, &Parameters::ISSUED, at / 30)).clone()
    }

    /// Signs in with this code at this time of the server's clock.
    fn sign_in(&mut self, code: &str, now: u64) -> Verdict {
        let (params, window) = (Parameters::ISSUED, Window::default());
        if let Some(corrected) = self.stored.corrected(&params, window, now) {
            self.stored = corrected;
        }
        let verdict = verify(&self.secret, &params, window, &self.stored, code, now);
        match verdict {
            Verdict::Accepted(accepted) => self.stored = accepted.progress(),
            Verdict::RolledOver(rolled) => self.stored = rolled.progress(),
            _ => {}
        }
        verdict
    }

    fn is_accepted(&mut self, code: &str, now: u64) -> bool {
        self.sign_in(code, now).accepted().is_some()
    }
}

#[test]
fn corrected_clock_costs_a_minute() {
    for ahead in STEPPED {
        let mut server = Server::new();
        let wrong = NOW + ahead;
        assert!(server.is_accepted(&server.code(wrong), wrong), "{ahead}");
        // Put right: the code on the phone may have been used before, so the next one is needed.
        assert_eq!(server.sign_in(&server.code(NOW), NOW), WAIT, "{ahead}");
        let from = server.stored.next_code_from(&Parameters::ISSUED);
        assert!(from <= NOW + 60, "{ahead}: {from}");
        assert!(server.is_accepted(&server.code(from), from), "{ahead}");
        // From then on as ever.
        for later in [30, 60, DAY] {
            let now = from + later;
            assert!(
                server.is_accepted(&server.code(now), now),
                "{ahead} {later}"
            );
        }
    }
}

#[test]
fn disbelieved_step_stays_used() {
    for ahead in [3_600, DAY, 365 * DAY] {
        let mut server = Server::new();
        let wrong = NOW + ahead;
        let seen = server.code(wrong);
        assert!(server.is_accepted(&seen, wrong));
        let mut now = NOW + 90;
        assert_eq!(server.sign_in(&server.code(NOW), NOW), WAIT);
        assert!(server.is_accepted(&server.code(now), now));
        // At every second of its time, alone and as either half of a pair.
        for now in wrong - 60..wrong + 120 {
            assert!(!server.is_accepted(&seen, now), "{ahead} {now}");
        }
        let (params, search) = (Parameters::ISSUED, Search::default());
        for (first, second) in [(wrong - 30, wrong), (wrong, wrong + 30)] {
            let (first, second) = (server.code(first), server.code(second));
            let before = server.stored;
            let found = resynchronise(
                &server.secret,
                &params,
                search,
                &before,
                &first,
                &second,
                wrong,
            );
            assert_eq!(found, None, "{ahead}");
        }
        // Control: its neighbours are codes like any other.
        now = wrong + 60;
        assert!(server.is_accepted(&server.code(now), now), "{ahead}");
    }
}

#[test]
fn earlier_codes_stay_used() {
    for ahead in STEPPED {
        let mut server = Server::new();
        let used = server.code(NOW);
        assert!(server.is_accepted(&used, NOW));
        let wrong = NOW + 5 + ahead;
        assert!(server.is_accepted(&server.code(wrong), wrong));
        for now in NOW + 6..NOW + 90 {
            assert!(!server.is_accepted(&used, now), "{ahead} {now}");
        }
    }
}

#[test]
fn pair_above_the_correction() {
    let mut server = Server::new();
    let wrong = NOW + DAY;
    assert!(server.is_accepted(&server.code(wrong), wrong));
    let (params, search) = (Parameters::ISSUED, Search::default());
    for ahead in 0..15_u64 {
        let shown = NOW + ahead * 30;
        let (first, second) = (server.code(shown), server.code(shown + 30));
        let found = resynchronise(
            &server.secret,
            &params,
            search,
            &server.stored,
            &first,
            &second,
            NOW,
        );
        // Nothing that any window accepts now is above it: the widest reaches four steps.
        assert_eq!(found.is_some(), ahead > 4, "{ahead}");
        if let Some(found) = found {
            assert_eq!(found.progress().disbelieved, Some(wrong / 30));
        }
    }
}

#[test]
fn nodes_a_minute_apart() {
    let mut server = Server::new();
    for ahead in [0, 1, 30, 59, 60] {
        let now = NOW + ahead * 100;
        assert!(server.is_accepted(&server.code(now + ahead), now + ahead));
        let (params, window) = (Parameters::ISSUED, Window::default());
        assert_eq!(
            server.stored.corrected(&params, window, now),
            None,
            "{ahead}"
        );
    }
}

#[test]
fn extreme_times_do_not_panic() {
    let params = Parameters::ISSUED;
    for watermark in [None, Some(0), Some(u64::MAX / 30), Some(u64::MAX)] {
        for drift in [i8::MIN, -MAX_DRIFT, 0, MAX_DRIFT, i8::MAX] {
            for now in [0, 59, 60, u64::MAX - 60, u64::MAX] {
                let progress = Progress {
                    watermark,
                    drift,
                    disbelieved: None,
                };
                let corrected = progress.corrected(&params, Window::default(), now);
                let mark = corrected.and_then(|corrected| corrected.watermark);
                assert!(mark.is_none_or(|mark| Some(mark) < watermark));
            }
        }
    }
}

fn progress() -> impl Strategy<Value = Progress> {
    let marks = prop::option::of(prop_oneof![0..200_000_000_u64, any::<u64>()]);
    let drifts = prop_oneof![Just(0), -6_i8..=6, any::<i8>()];
    (marks, drifts).prop_map(|(watermark, drift)| Progress {
        watermark,
        drift,
        disbelieved: None,
    })
}

proptest! {
    #[test]
    fn correction_is_idempotent(
        (params, window, stored) in (parameters(), windows(), progress()),
        now in prop_oneof![0..4_000_000_000_u64, any::<u64>()],
    ) {
        let Some(corrected) = stored.corrected(&params, window, now) else {
            return Ok(());
        };
        prop_assert!(corrected.watermark < stored.watermark);
        prop_assert!(corrected.watermark >= Some(params.step_at(now)));
        prop_assert_eq!(corrected.disbelieved, stored.watermark);
        prop_assert_eq!(corrected.drift, stored.drift);
        // Believed from then on, so that one write is enough.
        for later in [0, 1, 59, 3_600, DAY] {
            let again = corrected.corrected(&params, window, now.saturating_add(later));
            prop_assert_eq!(again, None);
        }
    }

    #[test]
    fn corrected_watermark_covers_the_window(
        (secret, params, window, stored) in (secrets(), parameters(), windows(), progress()),
        now in 10_000..4_000_000_000_u64,
        offset in prop_oneof![-8_i64..=8, -130_i64..=130],
    ) {
        prop_assume!(stored.corrected(&params, window, now).is_some());
        let step = params.step_at(now).saturating_add_signed(offset);
        let code = code_at(&secret, &params, step);
        let verdict = verify(&secret, &params, window, &stored, &code, now);
        prop_assert!(verdict.accepted().is_none(), "{:?}", verdict);
    }

    #[test]
    fn honest_clock_is_believed(
        (secret, params, window) in (secrets(), parameters(), windows()),
        begin in -MAX_DRIFT..=MAX_DRIFT,
        history in prop::collection::vec((0_u64..400, -6_i64..=6, any::<bool>(), any::<bool>()), 1..60),
        skew in 0..=CLOCK_TOLERANCE,
    ) {
        let mut stored = Progress { watermark: None, drift: begin, disbelieved: None };
        let mut now = 1_000_000_000;
        for (pause, offset, drifted, in_a_row) in history {
            now += pause;
            let near = if drifted { i64::from(stored.drift) } else { 0 };
            let step = params.step_at(now).saturating_add_signed(offset + near);
            let [first, second] = [step - 1, step].map(|step| code_at(&secret, &params, step));
            let accepted = if in_a_row {
                resynchronise(&secret, &params, Search::HOUR, &stored, &first, &second, now)
            } else {
                verify(&secret, &params, window, &stored, &second, now).accepted()
            };
            stored = accepted.map_or(stored, |accepted| accepted.progress());
            // Also by another node, whose clock is behind.
            prop_assert_eq!(stored.corrected(&params, window, now - skew), None);
        }
    }
}
