//! `slotwerk audit verify`: whether rows or checkpoints were altered.

use super::{report, tenants, unreadable, with_store};
use crate::args::VerifyAudit;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::keys;
use crate::output::Output;
use crate::progress::{Progress, Unit};
use crate::texts;
use serde_json::json;
use slotwerk::{AuditChain, AuditReport, AuditVerdict, CheckpointMark};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn verify(context: &Context, args: &VerifyAudit) -> Result<Answer, Failure> {
    let expect = args.expect.as_deref().map(str::parse::<CheckpointMark>);
    let expect = expect
        .transpose()
        .map_err(|_| Failure::usage(context.say(texts::AUDIT_MARK, &[])))?;
    let ring = keys::load(context, &args.keys)?;
    let found: Vec<(String, AuditReport)> = with_store(context, &args.database, async |store| {
        let mut found = Vec::new();
        for tenant in tenants(context, store, args.tenant.as_deref()).await? {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let doing = context.say(texts::AUDIT_VERIFYING, &[&tenant]);
            let progress = Progress::new(context, doing, Unit::Things, None);
            let chain = AuditChain::new(store, &ring, &tenant);
            let mut at = |rows| progress.at(rows);
            let verified = chain.verify(expect, now.unwrap_or_default(), &mut at);
            let report = verified
                .await
                .map_err(|fault| unreadable(context, &fault))?;
            drop(progress);
            found.push((tenant, report));
        }
        Ok(found)
    })?;
    let mut output = Output::new(context);
    let worst = found.iter().map(|(_, report)| report.verdict());
    let worst = worst.max_by_key(|verdict| report::rank(*verdict));
    let worst = worst.unwrap_or(AuditVerdict::Intact);
    if context.json {
        let tenants = found.iter().map(|(tenant, one)| report::json(tenant, one));
        output.json(&json!({
            "version": 1,
            "command": "audit verify",
            "verdict": report::name(worst),
            "tenants": tenants.collect::<Vec<_>>(),
        }))?;
    } else if found.is_empty() {
        output.line(&context.say(texts::AUDIT_NO_ROWS, &[]))?;
    } else {
        for (tenant, one) in &found {
            report::lines(context, &mut output, tenant, one)?;
        }
    }
    output.finish()?;
    Ok(report::answer(worst))
}
