//! Sealed values: paged, and replaced while everything else goes on.

use super::fixture::{
    HOUR, NOW, OTHER_TENANT, Seen, TENANT, advance, ann, begin, bob, confirm, enrolled, finish, id,
    job, jobs, lease, offer, other_ann, queued, ticket,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::{TASKS, race};
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::{
    AccountKey, BeginEnrolment, EnrolmentConfirmed, Id, MAX_SEALED_PAGE, NewJob, PostponeJob,
    ReplaceSealed, SealedPage, SealedReplaced, SealedRow, SealedValue, Stage, StepAdvanced, Store,
};

cases!(Sealed:
    sealed_values_are_paged,
    sealed_pages_are_bounded,
    replaced_secret_keeps_its_row,
    replaced_set_up_can_be_confirmed,
    replacement_needs_the_value_read,
    advanced_step_outlasts_a_replacement,
    held_job_stays_held,
    postponed_payload_is_not_replaced,
    confirmed_set_up_is_met_again,
    racing_resealers_have_one_winner,
    racing_postponement_keeps_its_payload,
);

/// A page after this row.
async fn page(store: &dyn Store, after: Option<&SealedRow>, limit: u16) -> Seen<Vec<SealedValue>> {
    let after = after.cloned();
    Ok(store.sealed_page(&SealedPage { after, limit }).await?)
}

/// The value in a row, as a page gives it.
async fn sealed(store: &dyn Store, row: &SealedRow) -> Seen<Option<Vec<u8>>> {
    let all = page(store, None, MAX_SEALED_PAGE).await?;
    let found = all.into_iter().find(|value| value.row == *row);
    Ok(found.map(|value| value.sealed))
}

fn replace(row: &SealedRow, expected: &[u8], replacement: &[u8]) -> ReplaceSealed {
    ReplaceSealed {
        row: row.clone(),
        expected: expected.to_vec(),
        replacement: replacement.to_vec(),
    }
}

async fn replaced(store: &dyn Store, command: &ReplaceSealed) -> Seen<()> {
    match store.replace_sealed(command).await? {
        SealedReplaced::Replaced => Ok(()),
        SealedReplaced::Stale => Err(Mismatch("a replacement was refused".to_owned())),
    }
}

async fn is_stale(store: &dyn Store, command: &ReplaceSealed) -> Seen<bool> {
    Ok(store.replace_sealed(command).await? == SealedReplaced::Stale)
}

fn authenticator(account: &AccountKey) -> SealedRow {
    SealedRow::Authenticator {
        account: account.clone(),
        id: id(1),
    }
}

fn set_up(account: &AccountKey, n: u8) -> SealedRow {
    SealedRow::Enrolment {
        account: account.clone(),
        id: id(n),
    }
}

fn queued_row(n: u8) -> SealedRow {
    SealedRow::Job {
        id: id(n),
        tenant: TENANT.to_owned(),
    }
}

/// Begins set-up `n` under ticket `n`, without a mail.
async fn begun(store: &dyn Store, account: &AccountKey, n: u8) -> CaseResult {
    store.open_ticket(&ticket(account, n, Stage::Enrol)).await?;
    let command = BeginEnrolment {
        mail: None,
        ..begin(account, n, n)
    };
    let _ = store.begin_enrolment(&command).await?;
    Ok(())
}

/// Values of each kind, written in another order than that of the pages. Returns them in that order.
async fn values(store: &dyn Store) -> Seen<Vec<SealedValue>> {
    let job_of = |n: u8, tenant: &str| NewJob {
        tenant: tenant.to_owned(),
        ..job(n)
    };
    for job in [
        job_of(9, TENANT),
        job_of(3, OTHER_TENANT),
        job_of(5, TENANT),
    ] {
        queued(store, &job).await?;
    }
    let active = ["b", "a", "Z", "10", "9"];
    for account in active {
        enrolled(store, &AccountKey::new(TENANT, account)?).await?;
    }
    enrolled(store, &other_ann()?).await?;
    let pending = [AccountKey::new(OTHER_TENANT, "a")?, bob()?, ann()?];
    for (account, n) in pending.iter().zip([0x21, 0x22, 0x23]) {
        begun(store, account, n).await?;
    }
    let mut due = vec![
        (set_up(&ann()?, 0x23), 0x23, 40),
        (set_up(&bob()?, 0x22), 0x22, 40),
        (set_up(&AccountKey::new(OTHER_TENANT, "a")?, 0x21), 0x21, 40),
    ];
    for account in ["10", "9", "Z", "a", "b"] {
        due.push((authenticator(&AccountKey::new(TENANT, account)?), 1, 40));
    }
    due.push((authenticator(&other_ann()?), 1, 40));
    for (n, tenant) in [(3, OTHER_TENANT), (5, TENANT), (9, TENANT)] {
        let row = SealedRow::Job {
            id: id(n),
            tenant: tenant.to_owned(),
        };
        due.push((row, n, 3));
    }
    let value = |(row, byte, length)| SealedValue {
        row,
        sealed: vec![byte; length],
    };
    Ok(due.into_iter().map(value).collect())
}

async fn sealed_values_are_paged(nodes: Nodes) -> CaseResult {
    let (first, second) = (nodes.first(), nodes.second());
    ensure_eq!(page(first, None, 9).await?, [], "without any");
    let due = values(first).await?;
    let whole = page(second, None, MAX_SEALED_PAGE).await?;
    ensure_eq!(whole, due, "one page");
    for limit in [1, 2, 5] {
        let mut seen: Vec<SealedValue> = Vec::new();
        // One more than there are: the last page is empty.
        for _ in 0..=due.len() {
            let after = seen.last().map(|value| value.row.clone());
            let found = page(second, after.as_ref(), limit).await?;
            ensure!(found.len() <= usize::from(limit), "a page over {limit}");
            seen.extend(found);
        }
        let rows: Vec<_> = seen.iter().map(|value| &value.row).collect();
        ensure!(seen == due, "pages of {limit}: {rows:?}");
    }
    // The last row of a page may be gone by the next one.
    let gone = SealedRow::Authenticator {
        account: AccountKey::new(TENANT, "90")?,
        id: id(0),
    };
    let rest = page(second, Some(&gone), MAX_SEALED_PAGE).await?;
    let due: Vec<_> = due.into_iter().skip(5).collect();
    ensure_eq!(rest, due, "after a row that is gone");
    Ok(())
}

async fn sealed_pages_are_bounded(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for n in 0..=MAX_SEALED_PAGE {
        let [high, low] = n.to_be_bytes();
        let mut bytes = [0; 16];
        (bytes[0], bytes[1]) = (high, low);
        let job = NewJob {
            id: Id(bytes),
            capacity: u32::MAX,
            ..job(1)
        };
        queued(store, &job).await?;
    }
    for (limit, due) in [(0, 1), (u16::MAX, MAX_SEALED_PAGE)] {
        let found = page(nodes.second(), None, limit).await?.len();
        ensure_eq!(found, usize::from(due), "values by {limit}");
    }
    Ok(())
}

async fn replaced_secret_keeps_its_row(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for account in [&ann, &bob()?, &other_ann()?] {
        enrolled(store, account).await?;
    }
    let mut due = store.authenticators(&ann).await?;
    replaced(store, &replace(&authenticator(&ann), &[1; 40], b"anew")).await?;
    for authenticator in &mut due {
        authenticator.sealed = b"anew".to_vec();
    }
    let seen = nodes.second().authenticators(&ann).await?;
    ensure_eq!(seen, due, "everything but the secret");
    for other in [bob()?, other_ann()?] {
        let secret = sealed(nodes.second(), &authenticator(&other)).await?;
        ensure_eq!(secret, Some(vec![1; 40]), "of {other:?}");
    }
    Ok(())
}

async fn replaced_set_up_can_be_confirmed(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    begun(store, &ann, 1).await?;
    replaced(store, &replace(&set_up(&ann, 1), &[1; 40], b"anew")).await?;
    let pending = nodes.second().pending_enrolment(&ann, NOW + 1).await?;
    let mut due = offer(1, 1);
    due.sealed = b"anew".to_vec();
    ensure_eq!(pending, Some(due), "everything but the secret");
    let confirmed = store.confirm_enrolment(&confirm(&ann, 1, 1)).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 0 };
    ensure_eq!(confirmed, due, "outcome");
    let secret = sealed(nodes.second(), &authenticator(&ann)).await?;
    ensure_eq!(secret, Some(b"anew".to_vec()), "the authenticator's secret");
    Ok(())
}

async fn replacement_needs_the_value_read(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    enrolled(store, &ann).await?;
    begun(store, &bob()?, 2).await?;
    queued(store, &job(3)).await?;
    let before = page(store, None, MAX_SEALED_PAGE).await?;
    ensure_eq!(before.len(), 3, "values");
    for value in &before {
        let other = replace(&value.row, b"another value", b"anew");
        ensure!(is_stale(store, &other).await?, "another value in {value:?}");
    }
    let elsewhere = [
        (authenticator(&bob()?), vec![1; 40]),
        (authenticator(&other_ann()?), vec![1; 40]),
        (set_up(&ann, 2), vec![2; 40]),
        (set_up(&bob()?, 1), vec![2; 40]),
        (
            SealedRow::Authenticator {
                account: ann.clone(),
                id: id(2),
            },
            vec![1; 40],
        ),
        (queued_row(4), vec![3; 3]),
        (
            SealedRow::Job {
                id: id(3),
                tenant: OTHER_TENANT.to_owned(),
            },
            vec![3; 3],
        ),
    ];
    for (row, value) in elsewhere {
        let elsewhere = replace(&row, &value, b"anew");
        ensure!(is_stale(store, &elsewhere).await?, "no such row: {row:?}");
    }
    let after = page(nodes.second(), None, MAX_SEALED_PAGE).await?;
    ensure_eq!(after, before, "the values");
    Ok(())
}

async fn advanced_step_outlasts_a_replacement(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    enrolled(store, &ann).await?;
    for n in [5, 6] {
        store.open_ticket(&ticket(&ann, n, Stage::Verify)).await?;
    }
    let step = NOW / 30 + 1;
    let read = page(store, None, 1).await?;
    // A code is accepted between the two.
    let code = advance(&ann, 5, step);
    let accepted = nodes.second().advance_totp_step(&code).await?;
    let due = StepAdvanced::Advanced { epoch: 0 };
    ensure_eq!(accepted, due, "the code");
    for value in &read {
        replaced(store, &replace(&value.row, &value.sealed, b"anew")).await?;
    }
    let code = advance(&ann, 6, step);
    let again = nodes.second().advance_totp_step(&code).await?;
    ensure_eq!(again, StepAdvanced::Replayed, "the code again");
    let secret = sealed(nodes.second(), &authenticator(&ann)).await?;
    ensure_eq!(secret, Some(b"anew".to_vec()), "the secret");
    Ok(())
}

async fn held_job_stays_held(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    queued(store, &job(1)).await?;
    let end = NOW + HOUR / 60;
    let held = nodes.second().lease_jobs(&lease(NOW, end, 9)).await?;
    ensure_eq!(held.len(), 1, "leased jobs");
    replaced(store, &replace(&queued_row(1), &[1; 3], b"anew")).await?;
    let none = store.lease_jobs(&lease(end - 1, end + 9, 9)).await?;
    ensure_eq!(none, [], "a second worker");
    // The worker dies: the next one has the new payload, and one attempt more.
    let again = store.lease_jobs(&lease(end, end + 9, 9)).await?;
    let seen: Vec<_> = again
        .iter()
        .map(|job| (job.attempt, &job.payload))
        .collect();
    ensure_eq!(seen, [(2, &b"anew".to_vec())], "the next worker");
    let done = nodes.second().finish_job(&finish(id(1), 2)).await?;
    ensure!(done, "the job was not finished");
    ensure_eq!(jobs(store).await?, [], "jobs left");
    let late = replace(&queued_row(1), b"anew", b"later");
    ensure!(is_stale(store, &late).await?, "replaced after the end");
    Ok(())
}

fn postpone(payload: Option<&[u8]>) -> PostponeJob {
    PostponeJob {
        id: id(1),
        attempt: 1,
        ready_at: NOW + 60,
        payload: payload.map(<[u8]>::to_vec),
        waited: false,
        note: None,
    }
}

async fn postponed_payload_is_not_replaced(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    queued(store, &job(1)).await?;
    let _ = store.lease_jobs(&lease(NOW, NOW + 60, 1)).await?;
    let half_done = postpone(Some(b"half done"));
    let postponed = nodes.second().postpone_job(&half_done).await?;
    ensure!(postponed, "not postponed");
    let late = replace(&queued_row(1), &[1; 3], b"anew");
    ensure!(
        is_stale(store, &late).await?,
        "replaced the postponed payload"
    );
    let seen = sealed(nodes.second(), &queued_row(1)).await?;
    ensure_eq!(seen, Some(b"half done".to_vec()), "the payload");
    // A postponement without a payload leaves the one that replaced it.
    queued(store, &job(2)).await?;
    let _ = store.lease_jobs(&lease(NOW, NOW + 60, 1)).await?;
    replaced(store, &replace(&queued_row(2), &[2; 3], b"anew")).await?;
    let unchanged = PostponeJob {
        id: id(2),
        ..postpone(None)
    };
    ensure!(store.postpone_job(&unchanged).await?, "not postponed");
    let seen = sealed(nodes.second(), &queued_row(2)).await?;
    ensure_eq!(seen, Some(b"anew".to_vec()), "the replaced payload");
    Ok(())
}

async fn confirmed_set_up_is_met_again(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    begun(store, &ann, 1).await?;
    let read = page(store, None, 1).await?;
    let rows: Vec<_> = read.iter().map(|value| value.row.clone()).collect();
    ensure_eq!(rows, [set_up(&ann, 1)], "the first page");
    let unnoticed = slotwerk_store::ConfirmEnrolment {
        notice: None,
        ..confirm(&ann, 1, 1)
    };
    let _ = nodes.second().confirm_enrolment(&unnoticed).await?;
    for value in &read {
        let late = replace(&value.row, &value.sealed, b"anew");
        ensure!(is_stale(store, &late).await?, "replaced a confirmed set-up");
    }
    let next = page(store, rows.last(), 9).await?;
    let rows: Vec<_> = next.into_iter().map(|value| value.row).collect();
    ensure_eq!(rows, [authenticator(&ann)], "the next page");
    Ok(())
}

async fn racing_resealers_have_one_winner(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    enrolled(nodes.first(), &ann).await?;
    begun(nodes.first(), &bob()?, 2).await?;
    queued(nodes.first(), &job(3)).await?;
    for value in page(nodes.first(), None, 9).await? {
        let row = value.row.clone();
        let outcomes = race(&nodes, move |store, n| {
            let command = replace(&value.row, &value.sealed, &[n; 5]);
            async move { Ok((n, store.replace_sealed(&command).await?)) }
        })
        .await?;
        let winners = outcomes
            .iter()
            .filter(|(_, outcome)| *outcome == SealedReplaced::Replaced);
        let winners: Vec<u8> = winners.map(|(n, _)| *n).collect();
        ensure_eq!(winners.len(), 1, "winners at {row:?} of {TASKS}");
        let left = sealed(nodes.second(), &row).await?;
        ensure_eq!(left, winners.first().map(|n| vec![*n; 5]), "the value");
    }
    Ok(())
}

/// A worker puts a job back half done, while others seal its payload again. The work that is done must stay done.
async fn racing_postponement_keeps_its_payload(nodes: Nodes) -> CaseResult {
    queued(nodes.first(), &job(1)).await?;
    let held = nodes.first().lease_jobs(&lease(NOW, NOW + 60, 1)).await?;
    ensure_eq!(held.len(), 1, "leased jobs");
    let outcomes = race(&nodes, move |store, n| async move {
        if n == 0 {
            return store.postpone_job(&postpone(Some(b"half done"))).await;
        }
        let command = replace(&queued_row(1), &[1; 3], &[n; 5]);
        Ok(store.replace_sealed(&command).await? == SealedReplaced::Replaced)
    })
    .await?;
    ensure_eq!(outcomes.first(), Some(&true), "the postponement");
    let resealed = outcomes.iter().skip(1).filter(|won| **won).count();
    ensure!(resealed <= 1, "{resealed} replacements");
    let left = sealed(nodes.second(), &queued_row(1)).await?;
    ensure_eq!(left, Some(b"half done".to_vec()), "the payload");
    ensure_eq!(jobs(nodes.second()).await?.len(), 1, "jobs");
    Ok(())
}
