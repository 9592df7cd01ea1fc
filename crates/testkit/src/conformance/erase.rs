//! Accounts that are erased, and what is given out of them.

use super::attempt::{Answer, answer, budget, charge};
use super::fixture::{
    HOUR, NOW, STEP, SUBJECT, Seen, TENANT, advance, ann, begin, bob, chosen, enrolled, issued,
    job, jobs, keep, link, link_lives, other_ann, password, queued, ticket, ticket_lives, token,
    told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::must_change::require;
use super::race::{TASKS, race};
use super::session::{DAY, created, session, session_lives};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccountExport, AccountKey, AttemptKey, AuditKind, AuditReason, CreateSession, Credential,
    EraseAccount, ExportAccount, ExportedAuthenticator, ExportedEnrolment, ExportedSession,
    ExportedTicket, IssueReset, MailState, OpenTicket, PasswordStanding, ResetIssued,
    SessionCreated, SessionData, Stage, StepAdvanced, Store, Subject,
};

cases!(Account:
    erased_account_has_nothing_left,
    erasure_ends_what_was_issued,
    erasure_takes_its_budgets,
    erasure_leaves_other_accounts,
    erasure_names_the_actor,
    erased_account_can_begin_anew,
    export_gives_everything_but_secrets,
    racing_erasures_move_the_epoch,
    racing_erasure_and_sessions_agree,
);

pub(super) fn erase(account: &AccountKey) -> EraseAccount {
    EraseAccount {
        account: account.clone(),
        budgets: Vec::new(),
        subject: SUBJECT,
        actor: None,
        reason: None,
        now: NOW + 9,
    }
}

/// One of everything: an authenticator, ten codes, two passwords, a link, two tickets, an enrolment, a session.
async fn furnished(store: &dyn Store, account: &AccountKey, n: u8) -> Seen<()> {
    enrolled(store, account).await?;
    chosen(store, account, "one", keep(9, 0), NOW).await?;
    chosen(store, account, "two", keep(9, 0), NOW + 1).await?;
    let live = IssueReset {
        epoch: 2,
        ..link(account, n)
    };
    issued(store, &live).await?;
    for (n, stage) in [(n, Stage::Verify), (n + 1, Stage::Manage)] {
        let open = OpenTicket {
            epoch: 2,
            ..ticket(account, n, stage)
        };
        store.open_ticket(&open).await?;
    }
    let mut more = begin(account, n + 1, 9);
    (more.stage, more.most_active, more.mail) = (Stage::Manage, 5, None);
    let _ = store.begin_enrolment(&more).await?;
    let live = CreateSession {
        epoch: 2,
        data: SessionData::new(*b"host")?,
        ..session(account, n)
    };
    created(store, &live).await?;
    let _ = store.require_new_password(&require(account)).await?;
    Ok(())
}

fn export(account: &AccountKey) -> ExportAccount {
    ExportAccount {
        account: account.clone(),
        subjects: Vec::new(),
    }
}

/// What an account never seen has, under this epoch.
fn nothing(epoch: u64) -> AccountExport {
    AccountExport {
        epoch,
        ..AccountExport::default()
    }
}

async fn erased_account_has_nothing_left(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    furnished(store, &ann, 1).await?;
    let erased = store.erase_account(&erase(&ann)).await?;
    ensure_eq!(erased.epoch, 3, "the epoch");
    // Link, two tickets, enrolment, session, authenticator, ten codes, one past password.
    ensure_eq!(erased.rows, 17, "rows");
    let node = nodes.second();
    let left = node.export_account(&export(&ann)).await?;
    ensure_eq!(left, nothing(3), "what is left");
    let credential: Credential = node.credential(&ann).await?;
    ensure!(credential.hash.is_none(), "the hash");
    ensure_eq!(credential.epoch, 3, "the epoch that is read");
    let past = node.password_history(&ann, 9).await?;
    ensure!(past.is_empty(), "past passwords");
    ensure!(
        node.authenticators(&ann).await?.is_empty(),
        "authenticators"
    );
    ensure_eq!(node.recovery_codes_left(&ann).await?, 0, "recovery codes");
    let unseen = store.erase_account(&erase(&bob()?)).await?;
    ensure_eq!((unseen.epoch, unseen.rows), (1, 0), "an account never seen");
    Ok(())
}

/// Epoch 0 does not come back: a token that only its epoch ends stays over.
async fn erasure_ends_what_was_issued(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    issued(store, &link(&ann, 1)).await?;
    let open = ticket(&ann, 1, Stage::Verify);
    store.open_ticket(&open).await?;
    created(store, &session(&ann, 1)).await?;
    for due in [1, 2] {
        let erased = nodes.second().erase_account(&erase(&ann)).await?;
        ensure_eq!(erased.epoch, due, "the epoch");
        ensure_eq!(store.credential(&ann).await?.epoch, due, "the epoch read");
    }
    ensure!(!link_lives(store, &ann, 1).await?, "the link");
    ensure!(!ticket_lives(store, &ann, 1).await?, "the ticket");
    ensure!(!session_lives(store, &ann, 1).await?, "the session");
    let late = store.issue_reset(&link(&ann, 2)).await?;
    ensure_eq!(late, ResetIssued::Stale, "a link of epoch 0");
    let late = store.create_session(&session(&ann, 2)).await?;
    ensure_eq!(late, SessionCreated::Stale, "a session of epoch 0");
    store.open_ticket(&ticket(&ann, 2, Stage::Verify)).await?;
    ensure!(!ticket_lives(store, &ann, 2).await?, "a ticket of epoch 0");
    Ok(())
}

async fn erasure_takes_its_budgets(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let once = budget(1, 60_000)?;
    for key in [1, 2, 3] {
        answer(store, &charge(key, once, NOW * 1000)).await?;
    }
    let command = EraseAccount {
        budgets: [1, 2, 2, 9].map(|n| AttemptKey::durable([n; 32])).to_vec(),
        ..erase(&ann()?)
    };
    let erased = store.erase_account(&command).await?;
    ensure_eq!(erased.rows, 2, "rows");
    for (key, due) in [(1, true), (2, true), (3, false)] {
        let outcome = answer(nodes.second(), &charge(key, once, NOW * 1000)).await?;
        let granted = matches!(outcome, Answer::Granted { .. });
        ensure_eq!(granted, due, "budget {key} is whole");
    }
    Ok(())
}

async fn erasure_leaves_other_accounts(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let others = [(bob()?, 0x11), (other_ann()?, 0x21)];
    furnished(store, &ann, 1).await?;
    let mut before = Vec::new();
    for (other, n) in &others {
        furnished(store, other, *n).await?;
        before.push(store.export_account(&export(other)).await?);
    }
    queued(store, &job(1)).await?;
    let _ = store.erase_account(&erase(&ann)).await?;
    for ((other, _), before) in others.iter().zip(before) {
        let after = nodes.second().export_account(&export(other)).await?;
        ensure_eq!(after, before, "{other:?}");
    }
    let hash = store.credential(&bob()?).await?.hash;
    ensure_eq!(hash.as_deref(), Some("two"), "another's hash");
    let left = jobs(store).await?;
    ensure_eq!(left.len(), 1, "jobs");
    Ok(())
}

async fn erasure_names_the_actor(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    password(store, &ann, "one").await?;
    let command = EraseAccount {
        actor: Some(Subject([9; 32])),
        reason: Some(AuditReason::new("left the school")?),
        ..erase(&ann)
    };
    let _ = store.erase_account(&command).await?;
    let rows = nodes.second().audit_trail(TENANT, 0, 10).await?;
    let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
    let due = [AuditKind::PasswordChanged, AuditKind::AccountErased];
    ensure_eq!(kinds, due, "the trail");
    let right = rows.last().is_some_and(|row| {
        (row.at, row.subject, row.actor) == (NOW + 9, SUBJECT, command.actor)
            && row.reason == command.reason
    });
    ensure!(right, "the last row: {:?}", rows.last());
    Ok(())
}

async fn erased_account_can_begin_anew(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    furnished(store, &ann, 1).await?;
    let _ = store.erase_account(&erase(&ann)).await?;
    let epoch = password(nodes.second(), &ann, "new").await?;
    ensure_eq!(epoch, 4, "the epoch");
    let live = CreateSession {
        epoch,
        ..session(&ann, 7)
    };
    created(store, &live).await?;
    ensure!(session_lives(store, &ann, 7).await?, "a session");
    let open = OpenTicket {
        epoch,
        ..ticket(&ann, 8, Stage::Verify)
    };
    store.open_ticket(&open).await?;
    let code = advance(&ann, 8, STEP + 100);
    let advanced = store.advance_totp_step(&code).await?;
    ensure_eq!(advanced, StepAdvanced::Replayed, "the old authenticator");
    Ok(())
}

async fn export_gives_everything_but_secrets(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let none = nodes.second().export_account(&export(&ann)).await?;
    ensure_eq!(none, nothing(0), "an account never seen");
    furnished(store, &ann, 1).await?;
    furnished(store, &bob()?, 0x11).await?;
    let command = ExportAccount {
        subjects: vec![Subject([1; 32]), SUBJECT],
        ..export(&ann)
    };
    let mut seen = nodes.second().export_account(&command).await?;
    let told = seen.audit.split_off(0);
    let due = AccountExport {
        epoch: 2,
        has_password: true,
        password_set_at: Some(NOW + 1),
        recheck: false,
        must_change: true,
        past_passwords: vec![NOW + 1],
        links: vec![NOW + HOUR],
        tickets: [Stage::Manage, Stage::Verify]
            .map(|stage| ExportedTicket {
                stage,
                standing: PasswordStanding::Good,
                expires_at: NOW + HOUR,
            })
            .to_vec(),
        enrolment: Some(ExportedEnrolment {
            mail: MailState::Queued,
            expires_at: NOW + HOUR,
        }),
        authenticators: vec![ExportedAuthenticator {
            name: Some("phone".to_owned()),
            added_at: NOW + 1,
            used_at: NOW + 1,
        }],
        recovery_codes: 10,
        sessions: vec![ExportedSession {
            created_at: NOW,
            touched_at: NOW,
            expires_at: NOW + DAY,
            data: SessionData::new(*b"host")?,
        }],
        audit: Vec::new(),
    };
    ensure_eq!(seen, due, "the export");
    // Both accounts have the same subject here.
    ensure_eq!(told.len(), 8, "audit rows");
    let newest = told.first().map(|row| row.kind);
    ensure_eq!(newest, Some(AuditKind::NewPasswordRequired), "the newest");
    Ok(())
}

async fn racing_erasures_move_the_epoch(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    let mine = account.clone();
    let outcomes = race(&nodes, move |store, _| {
        let command = erase(&mine);
        async move { store.erase_account(&command).await }
    })
    .await?;
    let mut epochs: Vec<u64> = outcomes.iter().map(|erased| erased.epoch).collect();
    epochs.sort_unstable();
    let due: Vec<u64> = (1..=TASKS as u64).collect();
    ensure_eq!(epochs, due, "each erasure has its epoch");
    let told = told_of(nodes.first(), AuditKind::AccountErased).await?;
    ensure_eq!(told, TASKS, "times told of");
    Ok(())
}

/// A session that began before the erasure is gone with it, and none begins after it under the old epoch.
async fn racing_erasure_and_sessions_agree(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    created(nodes.first(), &session(&account, 0xf0)).await?;
    let mine = account.clone();
    let outcomes = race(&nodes, move |store, n| {
        let (erase, begin) = (erase(&mine), session(&mine, n));
        async move {
            if n.is_multiple_of(4) {
                return Ok(Some(store.erase_account(&erase).await?));
            }
            let _ = store.create_session(&begin).await?;
            Ok(None)
        }
    })
    .await?;
    let mut epochs: Vec<u64> = outcomes.iter().flatten().map(|e| e.epoch).collect();
    epochs.sort_unstable();
    ensure_eq!(epochs, [1, 2, 3], "epochs");
    for n in 0..u8::MAX {
        let lives = nodes.first().find_session(TENANT, token(n), NOW).await?;
        ensure!(lives.is_none(), "session {n} lives");
    }
    let left = nodes.first().export_account(&export(&account)).await?;
    ensure_eq!(left, nothing(3), "what is left");
    Ok(())
}
