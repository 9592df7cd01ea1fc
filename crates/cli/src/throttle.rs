//! `slotwerk throttle explain`: what attempt budgets are worth.

mod report;
mod settings;

use crate::args::ExplainThrottle;
use crate::context::Context;
use crate::failure::{Answer, Failure, os};
use crate::texts;
use report::Report;
use settings::Configuration;
use slotwerk_policy::Language;
use slotwerk_throttle::{Labels, Named, TooGenerous, chart, chart_within};
use std::path::Path;

/// Configurations side by side, at most.
const MOST: usize = 16;

pub(crate) fn explain(context: &Context, args: &ExplainThrottle) -> Result<Answer, Failure> {
    let all = configurations(context, args)?;
    let judged: Vec<Option<bool>> = all
        .iter()
        .map(|one| {
            args.within
                .map(|limit| is_within(context, one, limit))
                .transpose()
        })
        .collect::<Result<_, _>>()?;
    let named: Vec<Named<'_>> = all.iter().map(Configuration::named).collect();
    let labels = labels(context);
    if let Some(path) = &args.svg {
        let svg = match args.within {
            None => chart(&named, &labels),
            Some(limit) => chart_within(&named, &labels, limit),
        };
        write_chart(context, path, &svg)?;
    }
    let report = Report {
        all: &all,
        named: &named,
        labels,
        within: args.within,
        judged: &judged,
        svg: args.svg.as_deref(),
    };
    report.write(context)?;
    Ok(Answer::of(!judged.contains(&Some(false))))
}

fn configurations(
    context: &Context,
    args: &ExplainThrottle,
) -> Result<Vec<Configuration>, Failure> {
    if args.configurations.len() > MOST {
        return Err(Failure::usage(
            context.say(texts::THROTTLE_TOO_MANY, &[&MOST]),
        ));
    }
    let base = settings::of_options(context, &args.settings)?;
    if args.configurations.is_empty() {
        return Ok(vec![base.unnamed(context)?]);
    }
    args.configurations
        .iter()
        .map(|text| base.varied(context, text))
        .collect()
}

fn is_within(context: &Context, one: &Configuration, limit: f64) -> Result<bool, Failure> {
    let settings = &one.settings;
    let judged = one
        .allowance
        .within(limit, settings.successes, settings.accepted, settings.codes);
    match judged {
        Ok(_) => Ok(true),
        Err(TooGenerous::Above { .. }) => Ok(false),
        Err(_) => Err(Failure::usage(
            context.say(texts::THROTTLE_LIMIT, &[&limit]),
        )),
    }
}

fn labels(context: &Context) -> Labels<'static> {
    match context.language {
        Language::Nl => Labels::DUTCH,
        _ => Labels::ENGLISH,
    }
}

fn write_chart(context: &Context, path: &Path, svg: &str) -> Result<(), Failure> {
    std::fs::write(path, svg).map_err(|error| {
        let reason = os(context, &error);
        Failure::output(context.say(texts::CHART_NOT_WRITTEN, &[&reason])).at(path, 0, 0)
    })
}
