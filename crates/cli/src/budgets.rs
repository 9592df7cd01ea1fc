//! `slotwerk budgets clear`: gives attempt budgets back, in the database of a service.

use crate::args::ClearBudgets;
use crate::context::Context;
use crate::failure::{Answer, Failure, os};
use crate::keys;
use crate::output::Output;
use crate::texts;
use serde_json::json;
use slotwerk::keys::KeyRing;
use slotwerk::{BudgetsOf, Login, clear_budgets};
use slotwerk_sqlx::SqlStore;
use std::error::Error;
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
    // Opening would make a file where there is none.
    std::fs::metadata(&args.database)
        .and_then(|found| {
            if found.is_dir() {
                Err(std::io::ErrorKind::IsADirectory.into())
            } else {
                Ok(())
            }
        })
        .map_err(|error| unreadable(context, args, &os(context, &error)))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unreadable(context, args, &os(context, &error)))?;
    let cleared = runtime
        .block_on(cleared(args, &ring, whose))
        .map_err(|error| unreadable(context, args, &error))?;
    report(context, args, cleared)
}

async fn cleared(
    args: &ClearBudgets,
    ring: &KeyRing,
    whose: BudgetsOf<'_>,
) -> Result<u64, Box<dyn Error>> {
    let path = args.database.to_str().ok_or("the path is not UTF-8")?;
    let store = SqlStore::connect(path).await?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let cleared = clear_budgets(&store, ring, &args.tenant, whose, None, now).await;
    store.close().await;
    Ok(cleared?)
}

fn unreadable(context: &Context, args: &ClearBudgets, reason: &dyn std::fmt::Display) -> Failure {
    let message = context.say(texts::UNREADABLE, &[&reason]);
    Failure::input(message).at(&args.database, 0, 0)
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
