//! A verification, for people and programs.

use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::output::Output;
use crate::texts;
use serde_json::{Value, json};
use slotwerk::{AuditFinding, AuditReport, AuditVerdict};

pub(super) fn answer(verdict: AuditVerdict) -> Answer {
    match verdict {
        AuditVerdict::Intact => Answer::Yes,
        AuditVerdict::Altered => Answer::Altered,
        _ => Answer::No,
    }
}

/// Orders verdicts: of several, the highest decides.
pub(super) fn rank(verdict: AuditVerdict) -> u8 {
    answer(verdict).code()
}

pub(super) fn name(verdict: AuditVerdict) -> &'static str {
    match verdict {
        AuditVerdict::Intact => "intact",
        AuditVerdict::Altered => "altered",
        _ => "unproven",
    }
}

pub(super) fn lines(
    context: &Context,
    output: &mut Output<'_>,
    tenant: &str,
    report: &AuditReport,
) -> Result<(), Failure> {
    let verdict = match report.verdict() {
        AuditVerdict::Intact => texts::AUDIT_INTACT,
        AuditVerdict::Altered => texts::AUDIT_ALTERED,
        _ => texts::AUDIT_UNPROVEN,
    };
    output.line(&context.say(verdict, &[&tenant]))?;
    let counts = context.say(
        texts::AUDIT_COUNTS,
        &[
            &report.rows,
            &report.checkpoints,
            &report.removed,
            &report.unsealed,
        ],
    );
    output.line(&counts)?;
    if let Some(end) = report.end {
        output.line(&context.say(texts::AUDIT_END, &[&end]))?;
    }
    if report.late > 0 {
        output.line(&context.say(texts::AUDIT_LATE, &[&report.late]))?;
    }
    if report.overdue > 0 {
        output.line(&context.say(texts::AUDIT_OVERDUE, &[&report.overdue]))?;
    }
    for one in &report.findings {
        output.line(&finding(context, one))?;
    }
    if report.more > 0 {
        output.line(&context.say(texts::AUDIT_MORE, &[&report.more]))?;
    }
    Ok(())
}

fn finding(context: &Context, finding: &AuditFinding) -> String {
    match finding {
        AuditFinding::RowAltered { checkpoint, row } => {
            context.say(texts::AUDIT_ROW_ALTERED, &[row, checkpoint])
        }
        AuditFinding::RowMissing { checkpoint, row } => {
            context.say(texts::AUDIT_ROW_MISSING, &[row, checkpoint])
        }
        AuditFinding::RowAdded { checkpoint, row } => {
            context.say(texts::AUDIT_ROW_ADDED, &[row, checkpoint])
        }
        AuditFinding::CheckpointAltered { checkpoint } => {
            context.say(texts::AUDIT_CHECKPOINT_ALTERED, &[checkpoint])
        }
        AuditFinding::CheckpointsMissing { first, last } => {
            context.say(texts::AUDIT_CHECKPOINTS_MISSING, &[first, last])
        }
        AuditFinding::ChainBroken { checkpoint } => {
            context.say(texts::AUDIT_CHAIN_BROKEN, &[checkpoint])
        }
        AuditFinding::EndMissing { expected } => context.say(texts::AUDIT_END_MISSING, &[expected]),
        AuditFinding::KeyUnusable { checkpoint, fault } => {
            context.say(texts::AUDIT_KEY_UNUSABLE, &[checkpoint, fault])
        }
        AuditFinding::Unreadable { after } => context.say(texts::AUDIT_ROW_UNREADABLE, &[after]),
        other => other.to_string(),
    }
}

pub(super) fn json(tenant: &str, report: &AuditReport) -> Value {
    let findings = report.findings.iter().map(|finding| {
        let (checkpoint, row) = match finding {
            AuditFinding::RowAltered { checkpoint, row }
            | AuditFinding::RowMissing { checkpoint, row }
            | AuditFinding::RowAdded { checkpoint, row } => (Some(*checkpoint), Some(*row)),
            AuditFinding::CheckpointAltered { checkpoint }
            | AuditFinding::ChainBroken { checkpoint }
            | AuditFinding::KeyUnusable { checkpoint, .. }
            | AuditFinding::CheckpointsMissing {
                first: checkpoint, ..
            } => (Some(*checkpoint), None),
            AuditFinding::EndMissing { expected } => (Some(expected.number()), None),
            _ => (None, None),
        };
        json!({
            "finding": finding.name(),
            "checkpoint": checkpoint,
            "row": row,
            "text": finding.to_string(),
        })
    });
    json!({
        "tenant": tenant,
        "verdict": name(report.verdict()),
        "rows": report.rows,
        "checkpoints": report.checkpoints,
        "removed": report.removed,
        "late": report.late,
        "unsealed": report.unsealed,
        "overdue": report.overdue,
        "end": report.end.map(|end| end.to_string()),
        "findings": findings.collect::<Vec<_>>(),
        "more": report.more,
    })
}
