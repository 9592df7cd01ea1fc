//! Which past passwords are kept, and which are forgotten.

use super::fixture::{HOUR, NOW, ann, chosen, keep, past, remembered, several};
use super::macros::{cases, ensure, ensure_eq};
use super::{CaseResult, Nodes};
use slotwerk_store::{AccountKey, KeepHistory, MAX_HISTORY};

cases!(History:
    what_is_neither_among_the_newest_nor_young_is_forgotten,
    a_change_that_keeps_nothing_forgets_everything,
    a_clock_that_was_set_back_changes_no_rank,
    no_more_past_passwords_than_the_bound_are_kept,
    a_history_follows_the_rule_of_what_is_kept,
);

async fn what_is_neither_among_the_newest_nor_young_is_forgotten(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    // Retired at hours 1 to 4; the fifth replacement, at hour 5, decides.
    let retired = [5, 4, 3, 2, 1].map(|hour| (format!("p{}", hour - 1), NOW + hour * HOUR));
    for (n, keep, stay) in [
        (0, keep(2, u64::MAX), 2),
        (1, keep(0, NOW + 4 * HOUR), 2),
        (2, keep(0, NOW + 4 * HOUR + 1), 1),
        (3, keep(1, NOW + 3 * HOUR), 3),
        (4, keep(4, NOW + 5 * HOUR), 4),
        (5, keep(1, NOW + 9 * HOUR), 1),
        (6, keep(0, NOW + 9 * HOUR), 0),
        (7, keep(0, 0), 5),
        (8, keep(u16::MAX, u64::MAX), 5),
    ] {
        let account = AccountKey::new("noord", format!("person {n}"))?;
        several(store, &account, 5).await?;
        chosen(store, &account, "p5", keep, NOW + 5 * HOUR).await?;
        let seen = remembered(nodes.second(), &account).await?;
        let due: Vec<_> = retired.iter().take(stay).cloned().collect();
        ensure_eq!(seen, due, "kept by {keep:?}");
    }
    Ok(())
}

async fn a_change_that_keeps_nothing_forgets_everything(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    several(store, &ann, 4).await?;
    let at = NOW + 4 * HOUR;
    chosen(store, &ann, "last", KeepHistory::NOTHING, at).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    ensure!(seen.is_empty(), "{seen:?} after a change that keeps none");
    // It does not come back when history is kept again.
    chosen(store, &ann, "anew", keep(24, 0), at + 1).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, past(&[("last", at + 1)]), "after a change that keeps");
    Ok(())
}

async fn a_clock_that_was_set_back_changes_no_rank(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let times = [NOW, NOW + 9 * HOUR, NOW + 2 * HOUR, NOW + 5 * HOUR];
    for (n, at) in times.into_iter().enumerate() {
        chosen(store, &ann, &format!("p{n}"), keep(24, u64::MAX), at).await?;
    }
    let [_, first, second, third] = times;
    let due = past(&[("p2", third), ("p1", second), ("p0", first)]);
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, due, "the order");
    // Of the two kept for their rank none is young; the one kept for its youth has no rank.
    chosen(store, &ann, "p4", keep(2, NOW + 9 * HOUR), NOW).await?;
    let due = past(&[("p3", NOW), ("p2", third), ("p0", first)]);
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, due, "kept by rank or by age");
    Ok(())
}

async fn no_more_past_passwords_than_the_bound_are_kept(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let all = keep(u16::MAX, 0);
    let replaced = usize::from(MAX_HISTORY) + 3;
    for n in 0..=replaced {
        chosen(store, &ann, &format!("p{n}"), all, NOW).await?;
    }
    let seen = remembered(nodes.second(), &ann).await?;
    let due: Vec<_> = (3..replaced)
        .rev()
        .map(|n| (format!("p{n}"), NOW))
        .collect();
    ensure_eq!(due.len(), usize::from(MAX_HISTORY), "the bound");
    ensure_eq!(seen, due, "the newest of {replaced}");
    Ok(())
}

/// Long mixed runs, compared with the pure rule after each step.
async fn a_history_follows_the_rule_of_what_is_kept(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    chosen(store, &ann, "p0", KeepHistory::NOTHING, NOW).await?;
    let mut due: Vec<(String, u64)> = Vec::new();
    let mut state = 0x2545_f491_u64;
    let mut draw = |below: u64| {
        // Knuth's MMIX constants: any sequence will do, as long as it is the same in every run.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for n in 1..=90 {
        let now = NOW + draw(40);
        let last = u16::try_from(draw(9)).unwrap_or_default() * 3;
        let since = match draw(8) {
            0 => 0,
            1 => u64::MAX,
            2 => i64::MAX.unsigned_abs(),
            _ => NOW + draw(40),
        };
        let keep = keep(last, since);
        chosen(store, &ann, &format!("p{n}"), keep, now).await?;
        due.insert(0, (format!("p{}", n - 1), now));
        let mut newer = 0..;
        due.retain(|(_, at)| newer.next().is_some_and(|newer| keep.keeps(newer, *at)));
        let seen = remembered(nodes.second(), &ann).await?;
        ensure_eq!(seen, due, "after step {n}, which keeps {keep:?}");
    }
    Ok(())
}
