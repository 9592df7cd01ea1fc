//! `slotwerk audit export`: the rows of the trail as JSON lines or CSV.

use super::{tenants, unreadable, with_store};
use crate::args::{ExportAudit, ExportFormat};
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::output::Output;
use crate::progress::{Progress, Unit};
use crate::texts;
use serde_json::json;
use slotwerk::AuditExport;
use slotwerk::store::AuditRecord;

const HEADER: &[u8] = b"tenant,number,id,at,kind,subject,actor,reason,checkpoint\r\n";

pub(crate) fn export(context: &Context, args: &ExportAudit) -> Result<Answer, Failure> {
    let mut output = Output::new(context);
    with_store(context, &args.database, async |store| {
        if let ExportFormat::Csv = args.format {
            output.raw(HEADER)?;
        }
        for tenant in tenants(context, store, args.tenant.as_deref()).await? {
            let doing = context.say(texts::AUDIT_EXPORTING, &[&tenant]);
            let progress = Progress::new(context, doing, Unit::Things, None);
            let mut export = AuditExport::new(store, &tenant);
            let mut done: u64 = 0;
            loop {
                let page = export.next_page().await;
                let Some(page) = page.map_err(|fault| unreadable(context, &fault))? else {
                    break;
                };
                for row in &page {
                    match args.format {
                        ExportFormat::Jsonl => output.json(&as_json(&tenant, row))?,
                        ExportFormat::Csv => output.raw(as_csv(&tenant, row).as_bytes())?,
                    }
                    done = done.saturating_add(1);
                    progress.at(done);
                }
            }
        }
        Ok(())
    })?;
    output.finish()?;
    Ok(Answer::Yes)
}

fn as_json(tenant: &str, row: &AuditRecord) -> serde_json::Value {
    json!({
        "tenant": tenant,
        "number": row.number,
        "id": hex(&row.id.0),
        "at": row.at,
        "kind": row.kind,
        "subject": hex(&row.subject.0),
        "actor": row.actor.map(|actor| hex(&actor.0)),
        "reason": row.reason,
        "checkpoint": row.checkpoint,
    })
}

/// As RFC 4180 has it. An absent value is empty.
fn as_csv(tenant: &str, row: &AuditRecord) -> String {
    let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    format!(
        "{},{},{},{},{},{},{},{},{}\r\n",
        quoted(tenant),
        row.number,
        hex(&row.id.0),
        row.at,
        quoted(&row.kind),
        hex(&row.subject.0),
        row.actor.map(|actor| hex(&actor.0)).unwrap_or_default(),
        row.reason.as_deref().map(quoted).unwrap_or_default(),
        number(row.checkpoint),
    )
}

/// A text in quotes. An apostrophe keeps a spreadsheet from running a text as a formula.
fn quoted(text: &str) -> String {
    let apostrophe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_texts_are_quoted() {
        assert_eq!(quoted("lost \"phone\", 2"), "\"lost \"\"phone\"\", 2\"");
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
    }
}
