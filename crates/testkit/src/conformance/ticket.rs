//! Sign-in tickets.

use super::fixture::{
    HOUR, NOW, OTHER_TENANT, TENANT, ann, begin, bob, offer, other_ann, password, ticket,
    ticket_lives, token,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{EnrolmentBegun, OpenTicket, PasswordStanding, Stage, Ticket};

cases!(Ticket:
    a_ticket_is_found_as_opened_until_its_second,
    a_ticket_carries_what_was_learned_of_the_password,
    a_ticket_is_found_in_its_own_tenant_only,
    a_ticket_dies_with_the_version_it_was_opened_under,
    a_ticket_of_another_version_is_never_live,
    tickets_beyond_the_allowance_push_out_the_oldest,
    an_opened_ticket_always_stays,
    tickets_go_by_time_and_token,
    the_ticket_of_a_set_up_stays,
    racing_sign_ins_keep_the_allowance,
);

async fn a_ticket_is_found_as_opened_until_its_second(nodes: Nodes) -> CaseResult {
    for (n, stage) in [(1, Stage::Enrol), (2, Stage::Verify), (3, Stage::Manage)] {
        nodes
            .first()
            .open_ticket(&ticket(&ann()?, n, stage))
            .await?;
        let due = Ticket {
            account: ann()?,
            stage,
            standing: PasswordStanding::Good,
            epoch: 0,
            expires_at: NOW + HOUR,
        };
        for _ in 0..2 {
            let last = NOW + HOUR - 1;
            let found = nodes.second().find_ticket(TENANT, token(n), last).await?;
            ensure_eq!(found, Some(due.clone()), "in its last second");
        }
        let late = NOW + HOUR;
        let found = nodes.second().find_ticket(TENANT, token(n), late).await?;
        ensure_eq!(found, None, "at its expiry");
    }
    Ok(())
}

async fn a_ticket_carries_what_was_learned_of_the_password(nodes: Nodes) -> CaseResult {
    let standings = [
        PasswordStanding::Good,
        PasswordStanding::Expired,
        PasswordStanding::Unfit,
        PasswordStanding::MustChange,
        PasswordStanding::Breached,
    ];
    for (standing, n) in standings.into_iter().zip(1..) {
        let open = OpenTicket {
            standing,
            ..ticket(&ann()?, n, Stage::Verify)
        };
        nodes.first().open_ticket(&open).await?;
    }
    for (standing, n) in standings.into_iter().zip(1..) {
        let found = nodes.second().find_ticket(TENANT, token(n), NOW).await?;
        let found = found.map(|ticket| ticket.standing);
        ensure_eq!(found, Some(standing), "the standing of ticket {n}");
    }
    Ok(())
}

async fn a_ticket_is_found_in_its_own_tenant_only(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    store
        .open_ticket(&ticket(&ann()?, 1, Stage::Verify))
        .await?;
    let found = store.find_ticket(OTHER_TENANT, token(1), NOW).await?;
    ensure_eq!(found, None, "in another tenant");
    let found = store.find_ticket(TENANT, token(2), NOW).await?;
    ensure_eq!(found, None, "another ticket");
    Ok(())
}

async fn a_ticket_dies_with_the_version_it_was_opened_under(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    store
        .open_ticket(&ticket(&ann()?, 1, Stage::Verify))
        .await?;
    password(store, &ann()?, "new").await?;
    let lives = ticket_lives(nodes.second(), &ann()?, 1).await?;
    ensure!(!lives, "a ticket outlived the password");
    Ok(())
}

async fn a_ticket_of_another_version_is_never_live(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    password(store, &ann()?, "one").await?;
    for (n, epoch) in [(1, 0), (2, 2), (3, 1)] {
        let open = OpenTicket {
            epoch,
            ..ticket(&ann()?, n, Stage::Verify)
        };
        store.open_ticket(&open).await?;
        let due = epoch == 1;
        let lives = ticket_lives(store, &ann()?, n).await?;
        ensure_eq!(lives, due, "a ticket of epoch {epoch} lives");
    }
    Ok(())
}

async fn tickets_beyond_the_allowance_push_out_the_oldest(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let (bob, other) = (bob()?, other_ann()?);
    store.open_ticket(&ticket(&bob, 21, Stage::Verify)).await?;
    store
        .open_ticket(&ticket(&other, 22, Stage::Verify))
        .await?;
    // Whoever has only the password opens tickets at will, and none of another stage.
    for (n, stage) in [(23, Stage::Manage), (24, Stage::Enrol)] {
        store.open_ticket(&ticket(&ann()?, n, stage)).await?;
    }
    // Tokens fall while time rises: neither the token nor the expiry is the order.
    for n in [9, 8, 7, 6, 5] {
        let open = OpenTicket {
            max_live: 3,
            expires_at: NOW + HOUR + u64::from(n),
            now: NOW + 9 - u64::from(n),
            ..ticket(&ann()?, n, Stage::Verify)
        };
        store.open_ticket(&open).await?;
    }
    for (n, due) in [(9, false), (8, false), (7, true), (6, true), (5, true)] {
        let lives = ticket_lives(store, &ann()?, n).await?;
        ensure_eq!(lives, due, "ticket {n} lives");
    }
    for (n, stage) in [(23, Stage::Manage), (24, Stage::Enrol)] {
        let lives = ticket_lives(store, &ann()?, n).await?;
        ensure!(lives, "a ticket of stage {stage:?} was pushed out");
    }
    let others = ticket_lives(store, &bob, 21).await? && ticket_lives(store, &other, 22).await?;
    ensure!(others, "another account's ticket was pushed out");
    Ok(())
}

/// Two tickets live at once. The order in which a database got them does not matter.
async fn tickets_go_by_time_and_token(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let rounds: [(u8, u64, &[u8]); 7] = [
        (5, 10, &[5]),
        // From a node whose clock is behind.
        (6, 0, &[5, 6]),
        (1, 20, &[1, 5]),
        (9, 20, &[1, 9]),
        (4, 20, &[4, 9]),
        // From a clock that ran ahead: it goes first.
        (3, 1000, &[3, 9]),
        (2, 30, &[2, 9]),
    ];
    for (n, later, due) in rounds {
        let open = OpenTicket {
            max_live: 2,
            now: NOW + later,
            ..ticket(&ann, n, Stage::Verify)
        };
        store.open_ticket(&open).await?;
        let mut live = Vec::new();
        for n in 1..=9 {
            if ticket_lives(nodes.second(), &ann, n).await? {
                live.push(n);
            }
        }
        ensure_eq!(live, due, "tickets after {n}");
    }
    Ok(())
}

/// Sign-ins with the password alone must not push out the owner's set-up.
async fn the_ticket_of_a_set_up_stays(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let open = |n| OpenTicket {
        max_live: 2,
        ..ticket(&ann, n, Stage::Enrol)
    };
    store.open_ticket(&open(1)).await?;
    let begun = store.begin_enrolment(&begin(&ann, 1, 1)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(1, 1)), "the set-up");
    for n in [2, 3, 4, 5] {
        nodes.second().open_ticket(&open(n)).await?;
    }
    for (n, due) in [(1, true), (2, false), (3, false), (4, true), (5, true)] {
        let lives = ticket_lives(store, &ann, n).await?;
        ensure_eq!(lives, due, "ticket {n} lives");
    }
    Ok(())
}

async fn an_opened_ticket_always_stays(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    for (n, max_live) in [(1, 1), (2, 1), (3, 0)] {
        let open = OpenTicket {
            max_live,
            ..ticket(&ann()?, n, Stage::Verify)
        };
        store.open_ticket(&open).await?;
        let lives = ticket_lives(store, &ann()?, n).await?;
        ensure!(lives, "ticket {n} was pushed out by itself");
    }
    ensure!(!ticket_lives(store, &ann()?, 2).await?, "ticket 2 lives");
    Ok(())
}

async fn racing_sign_ins_keep_the_allowance(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    let mine = account.clone();
    race(&nodes, move |store, n| {
        let open = OpenTicket {
            max_live: 3,
            ..ticket(&mine, n, Stage::Verify)
        };
        async move { store.open_ticket(&open).await }
    })
    .await?;
    let mut live = 0;
    for n in 0..=u8::MAX {
        live += usize::from(ticket_lives(nodes.first(), &account, n).await?);
    }
    ensure_eq!(live, 3, "live tickets");
    Ok(())
}
