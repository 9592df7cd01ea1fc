//! Configurations as they are given: by options, and by what named ones change in those.

use crate::args;
use crate::context::Context;
use crate::failure::Failure;
use crate::texts;
use humantime::{format_duration, parse_duration};
use slotwerk_throttle::{Allowance, Backoff, Budget, BudgetError, Named};
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

/// Each is an option too.
const NAMES: [&str; 8] = [
    "burst",
    "refill",
    "hard-stop",
    "backoff",
    "lifetime",
    "codes",
    "accepted",
    "successes",
];

#[derive(Clone)]
pub(crate) struct Settings {
    burst: u32,
    refill: Duration,
    hard_stop: Option<u32>,
    backoff: Option<Waits>,
    lifetime: Option<u32>,
    pub(crate) codes: u64,
    pub(crate) accepted: u32,
    pub(crate) successes: u32,
}

#[derive(Clone, Copy)]
struct Waits {
    free: u32,
    first: Duration,
    last: Duration,
}

/// One that can be.
pub(crate) struct Configuration {
    pub(crate) name: String,
    pub(crate) settings: Settings,
    pub(crate) allowance: Allowance,
}

impl Configuration {
    pub(crate) fn named(&self) -> Named<'_> {
        let settings = &self.settings;
        Named::new(
            &self.name,
            self.allowance,
            settings.accepted,
            settings.codes,
        )
        .with_successes(settings.successes)
    }
}

/// The pace that `slotwerk` takes for codes unless it is told otherwise, without the end to a life.
impl Default for Settings {
    fn default() -> Self {
        Self {
            burst: 5,
            refill: Duration::from_secs(15 * 60),
            hard_stop: Some(100),
            backoff: None,
            lifetime: None,
            codes: 1_000_000,
            accepted: 3,
            successes: 0,
        }
    }
}

pub(crate) fn of_options(context: &Context, args: &args::Settings) -> Result<Settings, Failure> {
    let given = [
        &args.burst,
        &args.refill,
        &args.hard_stop,
        &args.backoff,
        &args.lifetime,
        &args.codes,
        &args.accepted,
        &args.successes,
    ];
    let mut settings = Settings::default();
    for (name, value) in NAMES.into_iter().zip(given) {
        if let Some(value) = value {
            settings.set(name, value).ok_or_else(|| {
                let option = format!("--{name}");
                Failure::usage(context.say(texts::INVALID_VALUE, &[&option, value]))
            })?;
        }
    }
    Ok(settings)
}

impl Settings {
    pub(crate) fn unnamed(self, context: &Context) -> Result<Configuration, Failure> {
        let allowance = self
            .allowance()
            .map_err(|refused| Failure::usage(refused.text(context)))?;
        Ok(Configuration {
            name: context.say(texts::THROTTLE_UNNAMED, &[]),
            settings: self,
            allowance,
        })
    }

    /// `NAME` or `NAME:SETTING=VALUE,…`.
    pub(crate) fn varied(&self, context: &Context, text: &str) -> Result<Configuration, Failure> {
        let usage = |text, values: &[&dyn Display]| Failure::usage(context.say(text, values));
        let (name, changes) = match text.split_once(':') {
            None => (text, None),
            Some((name, changes)) => (name, Some(changes)),
        };
        if name.is_empty() || name.contains('=') {
            return Err(usage(texts::THROTTLE_NO_NAME, &[&text]));
        }
        let of_name = |text: String| usage(texts::THROTTLE_OF_NAME, &[&name, &text]);
        let mut settings = self.clone();
        let mut seen = Vec::new();
        for change in changes.into_iter().flat_map(|changes| changes.split(',')) {
            let (setting, value) = change
                .split_once('=')
                .ok_or_else(|| usage(texts::THROTTLE_NO_NAME, &[&text]))?;
            if !NAMES.contains(&setting) {
                let known = NAMES.join(", ");
                let text = context.say(texts::THROTTLE_NO_SETTING, &[&setting, &known]);
                return Err(of_name(text));
            }
            if seen.contains(&setting) {
                return Err(of_name(context.say(texts::THROTTLE_TWICE, &[&setting])));
            }
            seen.push(setting);
            settings
                .set(setting, value)
                .ok_or_else(|| of_name(context.say(texts::INVALID_VALUE, &[&setting, &value])))?;
        }
        let allowance = settings
            .allowance()
            .map_err(|refused| of_name(refused.text(context)))?;
        Ok(Configuration {
            name: name.to_owned(),
            settings,
            allowance,
        })
    }

    /// `None` if the value is none. Whether it is within bounds is for [`allowance`](Self::allowance).
    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "burst" => self.burst = number(value)?,
            "refill" => self.refill = parse_duration(value).ok()?,
            "hard-stop" => self.hard_stop = unless_none(value, number)?,
            "backoff" => self.backoff = unless_none(value, waits)?,
            "lifetime" => self.lifetime = unless_none(value, number)?,
            "codes" => self.codes = number(value)?,
            "accepted" => self.accepted = number(value)?,
            "successes" => self.successes = number(value)?,
            _ => return None,
        }
        Some(())
    }

    fn allowance(&self) -> Result<Allowance, Refused> {
        let mut budget = Budget::new(self.burst, self.refill)?;
        if let Some(stop) = self.hard_stop {
            budget = budget.with_hard_stop(stop)?;
        }
        if let Some(waits) = self.backoff {
            budget = budget.with_backoff(Backoff::new(waits.free, waits.first, waits.last)?);
        }
        let mut allowance = Allowance::new(budget);
        if let Some(lifetime) = self.lifetime {
            allowance = allowance.with_lifetime(lifetime)?;
        }
        // With none accepted, or no codes, nothing could be guessed, and every budget would do.
        if self.accepted == 0 || u64::from(self.accepted) > self.codes {
            return Err(Refused::Accepted(self.accepted));
        }
        Ok(allowance)
    }
}

fn number<T: FromStr>(text: &str) -> Option<T> {
    // `from_str` takes a sign.
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn unless_none<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match text {
        "none" => Some(None),
        text => parse(text).map(Some),
    }
}

/// `FREE/FIRST/LAST`.
fn waits(text: &str) -> Option<Waits> {
    let mut parts = text.split('/');
    let (Some(free), Some(first), Some(last), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    Some(Waits {
        free: number(free)?,
        first: parse_duration(first).ok()?,
        last: parse_duration(last).ok()?,
    })
}

enum Refused {
    Budget(BudgetError),
    Accepted(u32),
}

impl From<BudgetError> for Refused {
    fn from(error: BudgetError) -> Self {
        Self::Budget(error)
    }
}

impl Refused {
    fn text(&self, context: &Context) -> String {
        let error = match self {
            Self::Budget(error) => error,
            Self::Accepted(accepted) => {
                return context.say(texts::THROTTLE_ACCEPTED, &[accepted]);
            }
        };
        let time = |text, time: &Duration| context.say(text, &[&format_duration(*time)]);
        match error {
            BudgetError::Burst(burst) => {
                context.say(texts::THROTTLE_BURST, &[&Budget::MAX_BURST, burst])
            }
            BudgetError::Refill(refill) => time(texts::THROTTLE_REFILL, refill),
            BudgetError::HardStop(stop) => {
                context.say(texts::THROTTLE_HARD_STOP, &[&Budget::MAX_HARD_STOP, stop])
            }
            BudgetError::Free(free) => {
                context.say(texts::THROTTLE_FREE, &[&Backoff::MAX_FREE, free])
            }
            BudgetError::Base(base) => time(texts::THROTTLE_BASE, base),
            BudgetError::Cap(cap) => time(texts::THROTTLE_CAP, cap),
            BudgetError::Lifetime(lifetime) => context.say(
                texts::THROTTLE_LIFETIME,
                &[&Allowance::MAX_LIFETIME, lifetime],
            ),
            other => other.to_string(),
        }
    }
}
