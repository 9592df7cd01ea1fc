//! `slotwerk audit prune`: retention.

use super::{report, unreadable, with_store};
use crate::args::PruneAudit;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::keys;
use crate::output::Output;
use crate::texts;
use serde_json::json;
use slotwerk::{AuditChain, AuditPruneOutcome};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: u64 = 24 * 60 * 60;

pub(crate) fn prune(context: &Context, args: &PruneAudit) -> Result<Answer, Failure> {
    let ring = keys::load(context, &args.keys)?;
    let tenant = &args.tenant;
    let outcome = with_store(context, &args.database, async |store| {
        let keep = Duration::from_secs(u64::from(args.keep_days).saturating_mul(DAY));
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let chain = AuditChain::new(store, &ring, tenant);
        let pruned = chain.prune(keep, now.unwrap_or_default()).await;
        pruned.map_err(|fault| unreadable(context, &fault))
    })?;
    let mut output = Output::new(context);
    let (answer, rows, mark, refused) = match &outcome {
        AuditPruneOutcome::Pruned { rows, mark } => (Answer::Yes, *rows, *mark, None),
        AuditPruneOutcome::Refused(found) => {
            (report::answer(found.verdict()), 0, None, Some(found))
        }
        AuditPruneOutcome::Raced => {
            return Err(unreadable(context, &context.say(texts::AUDIT_RACED, &[])));
        }
    };
    if context.json {
        output.json(&json!({
            "version": 1,
            "command": "audit prune",
            "tenant": tenant,
            "removed": rows,
            "mark": mark.map(|mark| mark.to_string()),
            "refused": refused.map(|found| report::json(tenant, found)),
        }))?;
    } else if let Some(found) = refused {
        output.line(&context.say(texts::AUDIT_REFUSED, &[tenant]))?;
        report::lines(context, &mut output, tenant, found)?;
    } else {
        output.line(&context.say(texts::AUDIT_PRUNED, &[tenant, &rows]))?;
        if let Some(mark) = mark {
            output.line(&context.say(texts::AUDIT_END, &[&mark]))?;
        }
    }
    output.finish()?;
    Ok(answer)
}
