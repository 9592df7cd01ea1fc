//! `slotwerk budgets clear`: gives attempt budgets back, in the database of a service.

use crate::args::ClearBudgets;
use crate::context::Context;
use crate::database::OpenDatabase;
use crate::failure::{Answer, Failure};
use crate::keys;
use crate::output::Output;
use crate::texts;
use serde_json::json;
use slotwerk::{BudgetsOf, Login, clear_budgets};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn clear(context: &Context, args: &ClearBudgets) -> Result<Answer, Failure> {
    let login = args
        .login
        .as_deref()
        .map(Login::parse)
        .transpose()
        .map_err(|_| Failure::usage(context.say(texts::BUDGETS_LOGIN, &[])))?;
    let whose = match (&args.account, &login, args.address) {
        (Some(account), ..) => BudgetsOf::Account(account),
        (None, Some(login), _) => BudgetsOf::Login(login),
        (None, None, Some(address)) => BudgetsOf::Client(address),
        (None, None, None) => BudgetsOf::Tenant,
    };
    let ring = keys::load(context, &args.keys)?;
    let database = OpenDatabase::open(context, &args.database)?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let cleared = database.run(context, async |store| {
        clear_budgets(store, &ring, &args.tenant, whose, None, now).await
    })?;
    report(context, args, cleared)
}

fn report(context: &Context, args: &ClearBudgets, cleared: u64) -> Result<Answer, Failure> {
    let mut output = Output::new(context);
    if context.json {
        output.json(&json!({
            "version": 1,
            "command": "budgets clear",
            "tenant": args.tenant,
            "cleared": cleared,
        }))?;
    } else if cleared == 0 {
        output.line(&context.say(texts::BUDGETS_NONE, &[&args.tenant]))?;
    } else {
        output.line(&context.say(texts::BUDGETS_CLEARED, &[&args.tenant, &cleared]))?;
    }
    output.finish()?;
    Ok(Answer::of(cleared > 0))
}
