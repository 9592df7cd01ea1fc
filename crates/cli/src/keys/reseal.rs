//! `keys reseal`: the stored secrets and mails of a service under the active key.

use crate::args::ResealKeys;
use crate::context::Context;
use crate::database::OpenDatabase;
use crate::failure::{Answer, Failure};
use crate::keys::load;
use crate::output::{Output, plain};
use crate::progress::{Progress, Unit};
use crate::texts;
use serde_json::{Value, json};
use slotwerk::keys::{KeyFault, KeyId, KeyRing, ResealError};
use slotwerk::store::SealedRow;
use slotwerk::{Fault, Resealing, SealedCounts, SealedKeys, UnreadableValue};
use slotwerk_sqlx::SqlStore;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;

/// Unreadable values that are reported one by one. With the wrong keys every value is unreadable. `--json` reports all.
const MOST_TOLD: usize = 100;

pub(crate) fn run(context: &Context, args: &ResealKeys) -> Result<Answer, Failure> {
    let ring = load(context, &args.file.path)?;
    let database = OpenDatabase::open(context, &args.database)?;
    let shown = database.place();
    let mut run = Run {
        context,
        active: ring.active(),
        output: Output::new(context),
        totals: Totals::default(),
        told: 0,
    };
    // A failure to write the output says nothing about the database.
    let left = database.run(context, async |store| {
        let left = match run.reseal(store, &ring).await {
            Ok(left) => Ok(left),
            Err(Stop::Output(failure)) => Err(failure),
            Err(Stop::Fault(fault)) => {
                let values: [&dyn Display; 2] = [&run.totals.values(), &fault];
                let message = context.say(texts::RESEALING_STOPPED, &values);
                Err(Failure::input(message).at(Path::new(&shown), 0, 0))
            }
        };
        Ok::<_, Fault>(left)
    })??;
    run.report(&args.file.path, &shown, &left)
}

/// Why a run ended early.
enum Stop {
    Fault(Fault),
    Output(Failure),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

#[derive(Default)]
struct Totals {
    resealed: u64,
    unchanged: u64,
    stale: u64,
    unreadable: u64,
}

impl Totals {
    fn values(&self) -> u64 {
        self.resealed + self.unchanged + self.stale + self.unreadable
    }
}

struct Run<'a> {
    context: &'a Context,
    active: KeyId,
    output: Output<'a>,
    totals: Totals,
    told: usize,
}

impl Run<'_> {
    /// Seals every value again, and counts by key afterwards.
    async fn reseal(&mut self, store: &SqlStore, ring: &KeyRing) -> Result<SealedKeys, Stop> {
        let total = SealedKeys::of(store).await?.total();
        let doing = self.context.say(texts::RESEALING, &[]);
        let progress = Progress::new(self.context, doing, Unit::Things, Some(total));
        let mut resealing = Resealing::new(store, ring);
        while let Some(batch) = resealing.next_batch().await? {
            self.totals.resealed += batch.resealed;
            self.totals.unchanged += batch.unchanged;
            self.totals.stale += batch.stale;
            for value in &batch.unreadable {
                self.totals.unreadable += 1;
                self.tell(value).map_err(Stop::Output)?;
            }
            progress.at(self.totals.values());
        }
        Ok(SealedKeys::of(store).await?)
    }

    fn tell(&mut self, value: &UnreadableValue) -> Result<(), Failure> {
        if self.context.json {
            return self.output.json(&unreadable_json(value));
        }
        self.told += 1;
        if self.told <= MOST_TOLD {
            let text = unreadable_text(self.context, value);
            // If standard error is closed, nobody reads this.
            let _ = writeln!(io::stderr().lock(), "slotwerk: {}", plain(&text));
        }
        Ok(())
    }

    fn report(mut self, file: &Path, shown: &str, left: &SealedKeys) -> Result<Answer, Failure> {
        let others: Vec<_> = left.keys().filter(|(id, _)| *id != self.active).collect();
        if self.context.json {
            let summary = json!({
                "version": 1,
                "command": "keys reseal",
                "file": file.display().to_string(),
                "active": self.active.get(),
                "summary": {
                    "values": self.totals.values(),
                    "resealed": self.totals.resealed,
                    "unchanged": self.totals.unchanged,
                    "stale": self.totals.stale,
                    "unreadable": self.totals.unreadable,
                },
                "sealed_under": left.keys().map(|(id, counts)| json!({
                    "id": id.get(),
                    "authenticators": counts.authenticators,
                    "set_ups": counts.set_ups,
                    "mails": counts.mails,
                })).collect::<Vec<_>>(),
                "unnamed": counts_json(left.unnamed()),
            });
            self.output.json(&summary)?;
        } else {
            let values: [&dyn Display; 6] = [
                &self.totals.values(),
                &self.totals.resealed,
                &self.active,
                &self.totals.unchanged,
                &self.totals.stale,
                &self.totals.unreadable,
            ];
            self.output
                .line(&self.context.say(texts::RESEALED, &values))?;
            for (id, counts) in &others {
                self.output
                    .line(&sealed_under(self.context, *id, *counts))?;
            }
            let unnamed = left.unnamed();
            if unnamed.total() > 0 {
                let counts: [&dyn Display; 3] =
                    [&unnamed.authenticators, &unnamed.set_ups, &unnamed.mails];
                let text = self.context.say(texts::SEALED_UNDER_NONE, &counts);
                self.output.line(&text)?;
            } else if others.is_empty() {
                let text = self
                    .context
                    .say(texts::SEALED_UNDER_NO_OTHER, &[&self.active]);
                self.output.line(&text)?;
            }
        }
        self.output.finish()?;
        if self.totals.unreadable > 0 {
            let message = self
                .context
                .say(texts::NOT_RESEALED, &[&self.totals.unreadable]);
            return Err(Failure::input(message).at(Path::new(shown), 0, 0));
        }
        Ok(Answer::of(others.is_empty()))
    }
}

/// The values that a key still seals, for people.
pub(super) fn sealed_under(context: &Context, id: KeyId, counts: SealedCounts) -> String {
    let values: [&dyn Display; 4] = [&id, &counts.authenticators, &counts.set_ups, &counts.mails];
    context.say(texts::SEALED_UNDER, &values)
}

/// The same for programs.
pub(super) fn counts_json(counts: SealedCounts) -> Value {
    json!({
        "authenticators": counts.authenticators,
        "set_ups": counts.set_ups,
        "mails": counts.mails,
    })
}

fn unreadable_text(context: &Context, value: &UnreadableValue) -> String {
    let (text, tenant, account) = match &value.row {
        SealedRow::Authenticator { account, .. } => (
            texts::SEALED_AUTHENTICATOR,
            account.tenant(),
            account.account(),
        ),
        SealedRow::Enrolment { account, .. } => {
            (texts::SEALED_SET_UP, account.tenant(), account.account())
        }
        SealedRow::Job { tenant, .. } => (texts::SEALED_MAIL, tenant.as_str(), ""),
    };
    let whose = context.say(text, &[&tenant, &account]);
    let why = match value.reason {
        ResealError::Key(KeyFault::Unknown(id)) => context.say(texts::KEYS_UNKNOWN_ID, &[&id]),
        ResealError::Key(KeyFault::Revoked(id)) => context.say(texts::SEALED_KEY_REVOKED, &[&id]),
        ResealError::WrongKey(id) => context.say(texts::SEALED_WRONG_KEY, &[&id]),
        ResealError::Malformed => context.say(texts::SEALED_MALFORMED, &[]),
        other => other.to_string(),
    };
    format!("{whose}: {why}")
}

fn unreadable_json(value: &UnreadableValue) -> Value {
    let (kind, tenant, account, id) = match &value.row {
        SealedRow::Authenticator { account, id } => (
            "authenticator",
            account.tenant(),
            Some(account.account()),
            id,
        ),
        SealedRow::Enrolment { account, id } => {
            ("set-up", account.tenant(), Some(account.account()), id)
        }
        SealedRow::Job { id, tenant } => ("mail", tenant.as_str(), None, id),
    };
    let (fault, key) = match value.reason {
        ResealError::Key(KeyFault::Unknown(id)) => ("unknown-key", Some(id)),
        ResealError::Key(KeyFault::Revoked(id)) => ("revoked-key", Some(id)),
        ResealError::WrongKey(id) => ("does-not-open", Some(id)),
        _ => ("malformed", None),
    };
    let id: String = id.0.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "kind": kind,
        "tenant": tenant,
        "account": account,
        "id": id,
        "fault": fault,
        "key": key.map(KeyId::get),
    })
}
