//! TOTP steps: each accepted once, with its ticket or not at all.

use super::fixture::{
    STEP, advance, ann, bob, dead_tickets, enrolled, id, other_ann, ticket, ticket_lives, told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::{AccountKey, AdvanceTotpStep, AuditKind, Stage, StepAdvanced, Store};
use slotwerk_store::{Authenticator, MoveWatermark, WatermarkMoved};

cases!(Factor:
    a_later_step_is_accepted_and_ends_the_sign_in,
    a_replayed_step_leaves_the_ticket,
    a_step_of_another_authenticator_is_refused,
    a_dead_ticket_leaves_the_watermark,
    racing_uses_of_one_step_have_one_winner,
    racing_steps_under_one_ticket_have_one_winner,
    a_watermark_moves_from_the_one_read,
    a_disbelieved_step_is_never_accepted,
    racing_watermark_moves_have_one_winner,
    racing_moves_and_steps_lose_no_step,
);

const ADVANCED: StepAdvanced = StepAdvanced::Advanced { epoch: 0 };

/// Ann, enrolled, with a ticket to verify under.
async fn ready(store: &dyn Store) -> Result<AccountKey, Mismatch> {
    let ann = ann()?;
    enrolled(store, &ann).await?;
    store.open_ticket(&ticket(&ann, 8, Stage::Verify)).await?;
    Ok(ann)
}

/// Watermark and drift of the one authenticator.
async fn progress(store: &dyn Store, account: &AccountKey) -> Result<Vec<(u64, i8)>, Mismatch> {
    let list = store.authenticators(account).await?;
    Ok(list.iter().map(|a| (a.watermark, a.drift)).collect())
}

async fn a_later_step_is_accepted_and_ends_the_sign_in(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let outcome = store.advance_totp_step(&advance(&ann, 8, STEP + 1)).await?;
    ensure_eq!(outcome, ADVANCED, "the next step");
    let store = nodes.second();
    let seen = progress(store, &ann).await?;
    ensure_eq!(seen, [(STEP + 1, 1)], "watermark and drift");
    ensure!(!ticket_lives(store, &ann, 8).await?, "the ticket lives");
    let again = store.advance_totp_step(&advance(&ann, 8, STEP + 2)).await?;
    ensure_eq!(again, StepAdvanced::TicketInvalid, "the spent ticket");
    let told = told_of(store, AuditKind::CodeAccepted).await?;
    ensure_eq!(told, 1, "codes told of");
    Ok(())
}

async fn a_replayed_step_leaves_the_ticket(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    for step in [STEP, STEP - 1, 0] {
        let outcome = store.advance_totp_step(&advance(&ann, 8, step)).await?;
        ensure_eq!(outcome, StepAdvanced::Replayed, "step {step}");
        let lives = ticket_lives(store, &ann, 8).await?;
        ensure!(lives, "a replay spent the ticket");
    }
    let seen = progress(store, &ann).await?;
    ensure_eq!(seen, [(STEP, -1)], "watermark and drift");
    let told = told_of(store, AuditKind::CodeAccepted).await?;
    ensure_eq!(told, 0, "codes told of");
    let next = store.advance_totp_step(&advance(&ann, 8, STEP + 1)).await?;
    ensure_eq!(next, ADVANCED, "the next step");
    Ok(())
}

async fn a_step_of_another_authenticator_is_refused(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let unknown = AdvanceTotpStep {
        authenticator: id(7),
        ..advance(&ann, 8, STEP + 1)
    };
    let outcome = store.advance_totp_step(&unknown).await?;
    ensure_eq!(outcome, StepAdvanced::Replayed, "an unknown one");
    // The same id under another account is another authenticator.
    for (other, n) in [(bob()?, 9), (other_ann()?, 10)] {
        store.open_ticket(&ticket(&other, n, Stage::Verify)).await?;
        let outcome = store
            .advance_totp_step(&advance(&other, n, STEP + 1))
            .await?;
        ensure_eq!(outcome, StepAdvanced::Replayed, "Ann's under {other:?}");
    }
    let seen = progress(store, &ann).await?;
    ensure_eq!(seen, [(STEP, -1)], "watermark and drift");
    ensure!(ticket_lives(store, &ann, 8).await?, "the ticket was spent");
    Ok(())
}

async fn a_dead_ticket_leaves_the_watermark(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    for (what, ticket) in dead_tickets(store, Stage::Verify).await? {
        let command = AdvanceTotpStep {
            ticket,
            ..advance(&ann, 0, STEP + 1)
        };
        let outcome = store.advance_totp_step(&command).await?;
        ensure_eq!(
            outcome,
            StepAdvanced::TicketInvalid,
            "under a ticket {what}"
        );
        let seen = progress(store, &ann).await?;
        ensure_eq!(seen, [(STEP, -1)], "watermark after a ticket {what}");
    }
    let told = told_of(store, AuditKind::CodeAccepted).await?;
    ensure_eq!(told, 0, "codes told of");
    // So the code still works where it should.
    let right = store.advance_totp_step(&advance(&ann, 8, STEP + 1)).await?;
    ensure_eq!(right, ADVANCED, "under the live ticket");
    Ok(())
}

async fn racing_uses_of_one_step_have_one_winner(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    for n in 0..12 {
        let open = ticket(&ann, 0x40 + n, Stage::Verify);
        store.open_ticket(&open).await?;
    }
    let mine = ann.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = advance(&mine, 0x40 + n, STEP + 1);
        async move { Ok((n, store.advance_totp_step(&command).await?)) }
    })
    .await?;
    let winners = outcomes.iter().filter(|(_, o)| *o == ADVANCED).count();
    ensure_eq!(winners, 1, "winners");
    for (n, outcome) in outcomes {
        let lives = ticket_lives(store, &ann, 0x40 + n).await?;
        ensure_eq!(lives, outcome != ADVANCED, "ticket {n} lives");
    }
    let told = told_of(store, AuditKind::CodeAccepted).await?;
    ensure_eq!(told, 1, "codes told of");
    Ok(())
}

async fn racing_steps_under_one_ticket_have_one_winner(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let mine = ann.clone();
    let outcomes = race(&nodes, move |store, n| {
        // Rising in the order in which the start lets them go: the watermark alone would refuse none.
        let step = STEP + 1 + u64::from((n + 1) % 12);
        let command = advance(&mine, 8, step);
        async move { Ok((step, store.advance_totp_step(&command).await?)) }
    })
    .await?;
    let winners: Vec<(u64, i8)> = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome == ADVANCED)
        .map(|(step, _)| (*step, 1))
        .collect();
    ensure_eq!(winners.len(), 1, "winners");
    let seen = progress(store, &ann).await?;
    ensure_eq!(seen, winners, "watermark and drift");
    Ok(())
}

/// Moves the watermark of Ann's authenticator from `expected`.
fn moving(account: &AccountKey, expected: u64, watermark: u64) -> MoveWatermark {
    MoveWatermark {
        account: account.clone(),
        authenticator: id(1),
        expected,
        watermark,
        disbelieved: Some(expected),
    }
}

async fn a_watermark_moves_from_the_one_read(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let before = store.authenticators(&ann).await?;
    let elsewhere = MoveWatermark {
        authenticator: id(7),
        ..moving(&ann, STEP, STEP - 9)
    };
    for (what, command) in [
        ("a watermark from before", moving(&ann, STEP - 1, STEP - 9)),
        ("a later watermark", moving(&ann, STEP + 1, STEP - 9)),
        ("an unknown authenticator", elsewhere),
        ("another account", moving(&bob()?, STEP, STEP - 9)),
        ("another tenant", moving(&other_ann()?, STEP, STEP - 9)),
    ] {
        let outcome = store.move_watermark(&command).await?;
        ensure_eq!(outcome, WatermarkMoved::Stale, "{what}");
        let seen = store.authenticators(&ann).await?;
        ensure_eq!(seen, before, "after {what}");
    }
    // Down, as after a clock that ran ahead, and up, as after a code that earned a hint.
    let mut mark = STEP;
    for to in [STEP - 9, STEP - 5] {
        let outcome = store.move_watermark(&moving(&ann, mark, to)).await?;
        ensure_eq!(outcome, WatermarkMoved::Moved, "to {to}");
        let due: Vec<Authenticator> = before
            .iter()
            .map(|one| Authenticator {
                watermark: to,
                disbelieved: Some(mark),
                ..one.clone()
            })
            .collect();
        let seen = nodes.second().authenticators(&ann).await?;
        ensure_eq!(seen, due, "moved to {to}");
        mark = to;
    }
    ensure!(ticket_lives(store, &ann, 8).await?, "the ticket was spent");
    let told = told_of(store, AuditKind::CodeAccepted).await?;
    ensure_eq!(told, 0, "codes told of");
    let outcome = store.advance_totp_step(&advance(&ann, 8, STEP - 4)).await?;
    ensure_eq!(outcome, ADVANCED, "a step above the moved watermark");
    Ok(())
}

/// It was used while the clock ran ahead, and its own time is still to come.
async fn a_disbelieved_step_is_never_accepted(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    store.open_ticket(&ticket(&ann, 9, Stage::Verify)).await?;
    let (right, ahead) = (STEP, STEP + 2_880);
    let outcome = store.advance_totp_step(&advance(&ann, 8, ahead)).await?;
    ensure_eq!(outcome, ADVANCED, "while the clock was ahead");
    let outcome = store.move_watermark(&moving(&ann, ahead, right)).await?;
    ensure_eq!(outcome, WatermarkMoved::Moved, "the correction");
    let outcome = store
        .advance_totp_step(&advance(&ann, 9, right + 1))
        .await?;
    ensure_eq!(outcome, ADVANCED, "the next step");
    for n in [10, 11] {
        store.open_ticket(&ticket(&ann, n, Stage::Verify)).await?;
    }
    let outcome = nodes
        .second()
        .advance_totp_step(&advance(&ann, 10, ahead))
        .await?;
    ensure_eq!(outcome, StepAdvanced::Replayed, "at its own time");
    ensure!(
        ticket_lives(store, &ann, 10).await?,
        "a replay spent the ticket"
    );
    let outcome = store
        .advance_totp_step(&advance(&ann, 10, ahead - 1))
        .await?;
    ensure_eq!(outcome, ADVANCED, "the step before");
    let outcome = store
        .advance_totp_step(&advance(&ann, 11, ahead + 1))
        .await?;
    ensure_eq!(outcome, ADVANCED, "the step after");
    let seen = store.authenticators(&ann).await?;
    let kept: Vec<_> = seen.iter().map(|one| one.disbelieved).collect();
    ensure_eq!(kept, [Some(ahead)], "what is remembered");
    Ok(())
}

async fn racing_watermark_moves_have_one_winner(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let mine = ann.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = moving(&mine, STEP, STEP - 1 - u64::from(n));
        async move { Ok((command.watermark, store.move_watermark(&command).await?)) }
    })
    .await?;
    let winners: Vec<(u64, i8)> = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome == WatermarkMoved::Moved)
        .map(|(mark, _)| (*mark, -1))
        .collect();
    ensure_eq!(winners.len(), 1, "winners");
    let seen = progress(store, &ann).await?;
    ensure_eq!(seen, winners, "watermark and drift");
    Ok(())
}

/// A correction that was decided on before a code was accepted must not bring that code back.
async fn racing_moves_and_steps_lose_no_step(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    for n in 0..12 {
        let open = ticket(&ann, 0x40 + n, Stage::Verify);
        store.open_ticket(&open).await?;
    }
    let mine = ann.clone();
    let outcomes = race(&nodes, move |store, n| {
        let step = advance(&mine, 0x40 + n, STEP + 1);
        let back = moving(&mine, STEP, STEP - 1 - u64::from(n));
        async move {
            if n % 3 == 1 {
                let _ = store.move_watermark(&back).await?;
                return Ok(None);
            }
            Ok(Some(store.advance_totp_step(&step).await?))
        }
    })
    .await?;
    let winners = outcomes.iter().filter(|o| **o == Some(ADVANCED)).count();
    ensure_eq!(winners, 1, "winners");
    let seen = progress(store, &ann).await?;
    ensure_eq!(seen, [(STEP + 1, 1)], "watermark and drift");
    Ok(())
}
