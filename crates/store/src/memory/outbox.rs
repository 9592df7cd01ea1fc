//! Jobs: added, leased in turn, finished or put back.

use super::rows::Rows;
use crate::{Backlog, FinishJob, Id, Job, LeaseJobs, MailNote, NewJob, PostponeJob};
use std::collections::BTreeMap;

pub(super) struct JobRow {
    pub(super) tenant: String,
    pub(super) payload: Vec<u8>,
    created_at: u64,
    /// The end of the lease while one is held.
    ready_at: u64,
    attempt: u32,
    waits: u32,
    held: bool,
    ran_ahead: bool,
}

impl Rows {
    pub(super) fn insert_job(&mut self, job: &NewJob) {
        self.jobs.entry(job.id).or_insert_with(|| JobRow {
            tenant: job.tenant.clone(),
            payload: job.payload.clone(),
            created_at: job.created_at,
            ready_at: job.ready_at,
            attempt: 0,
            waits: 0,
            held: false,
            ran_ahead: false,
        });
    }

    pub(super) fn lease_jobs(&mut self, command: &LeaseJobs) -> Vec<Job> {
        self.correct_jobs(command);
        let mut leased = Vec::new();
        for id in self.ready_in_turn(command) {
            if let Some(row) = self.jobs.get_mut(&id) {
                let ran_ahead = row.ran_ahead || row.created_at > command.latest_created_at();
                row.ready_at = command.lease_until;
                row.attempt = row.attempt.saturating_add(1);
                row.created_at = row.created_at.min(command.now);
                row.held = true;
                row.ran_ahead = false;
                leased.push(Job {
                    id,
                    tenant: row.tenant.clone(),
                    payload: row.payload.clone(),
                    attempt: row.attempt,
                    waits: row.waits,
                    created_at: row.created_at,
                    ran_ahead,
                });
            }
        }
        leased
    }

    /// Makes jobs ready whose time no right clock can have written.
    fn correct_jobs(&mut self, command: &LeaseJobs) {
        for row in self.jobs.values_mut() {
            let latest = if row.held {
                command.latest_lease_end()
            } else {
                command.latest_ready_at()
            };
            if row.ready_at > latest {
                row.ready_at = command.now;
                row.held = false;
                row.ran_ahead = true;
            }
        }
    }

    /// The jobs to lease: the oldest of each tenant in turn, then the second of each, and so on.
    fn ready_in_turn(&self, command: &LeaseJobs) -> Vec<Id> {
        let mut waiting: BTreeMap<&str, Vec<(u64, Id)>> = BTreeMap::new();
        for (id, row) in &self.jobs {
            if row.ready_at <= command.now && !command.skip.contains(&row.tenant) {
                let jobs = waiting.entry(&row.tenant).or_default();
                jobs.push((row.ready_at, *id));
            }
        }
        let mut turns: Vec<(usize, bool, &str, Id)> = Vec::new();
        for (tenant, mut jobs) in waiting {
            jobs.sort_unstable();
            let begun_with = command.after.as_deref().is_none_or(|after| tenant > after);
            for (round, (_, id)) in jobs.into_iter().enumerate() {
                turns.push((round, !begun_with, tenant, id));
            }
        }
        turns.sort_unstable();
        turns.truncate(command.limit as usize);
        turns.into_iter().map(|(.., id)| id).collect()
    }

    pub(super) fn finish_job(&mut self, command: &FinishJob) -> bool {
        let row = self.jobs.get(&command.id);
        let held = row.is_some_and(|row| row.attempt == command.attempt);
        if held {
            self.jobs.remove(&command.id);
            self.take_note(command.note.as_ref());
        }
        held
    }

    pub(super) fn postpone_job(&mut self, command: &PostponeJob) -> bool {
        match self.jobs.get_mut(&command.id) {
            Some(row) if row.attempt == command.attempt => {
                row.ready_at = command.ready_at;
                row.waits = row.waits.saturating_add(u32::from(command.waited));
                row.held = false;
                if let Some(payload) = &command.payload {
                    row.payload.clone_from(payload);
                }
                self.take_note(command.note.as_ref());
                true
            }
            _ => false,
        }
    }

    pub(super) fn outbox_backlog(&self, now: u64) -> Backlog {
        let jobs = self.jobs.values();
        let waiting = jobs.filter(|row| !row.held || row.ready_at <= now);
        let ready_at = waiting.clone().map(|row| row.ready_at);
        Backlog {
            waiting: waiting.count() as u64,
            oldest_ready_at: ready_at.filter(|at| *at <= now).min(),
        }
    }

    pub(super) fn take_note(&mut self, note: Option<&MailNote>) {
        if let Some(note) = note
            && let Some(pending) = self.pending.get_mut(&note.account)
            && pending.id == note.enrolment
        {
            pending.mail = note.state;
        }
    }
}
