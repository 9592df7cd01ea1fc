//! Who of a tenant has a second factor.

use super::erase::erase;
use super::fixture::{OTHER_TENANT, TENANT, ann, bob, enrolled, other_ann, password};
use super::macros::{cases, ensure_eq};
use super::{CaseResult, Nodes};
use slotwerk_store::{AccountFactors, AccountKey, ListSecondFactors, SecondFactors};

cases!(Factor:
    second_factors_are_counted,
    second_factors_are_paged,
);

fn list(tenant: &str, limit: u16) -> ListSecondFactors {
    ListSecondFactors {
        tenant: tenant.to_owned(),
        after: None,
        limit,
    }
}

async fn second_factors_are_counted(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let none = store.second_factors(&list(TENANT, 9)).await?;
    ensure_eq!(none, SecondFactors::default(), "without any");
    enrolled(store, &ann).await?;
    enrolled(store, &other_ann()?).await?;
    password(store, &bob()?, "one").await?;
    for tenant in [TENANT, OTHER_TENANT] {
        let seen = nodes.second().second_factors(&list(tenant, 9)).await?;
        let due = SecondFactors {
            accounts: vec![AccountFactors {
                account: "ann".to_owned(),
                authenticators: 1,
                recovery_codes: 10,
            }],
            total_accounts: 1,
            total_authenticators: 1,
        };
        ensure_eq!(seen, due, "in {tenant}");
    }
    let _ = store.erase_account(&erase(&ann)).await?;
    let none = nodes.second().second_factors(&list(TENANT, 9)).await?;
    ensure_eq!(none, SecondFactors::default(), "after an erasure");
    Ok(())
}

async fn second_factors_are_paged(nodes: Nodes) -> CaseResult {
    let ids = ["10", "9", "Zoe", "a", "b", "ä"];
    for id in ids.iter().rev() {
        let account = AccountKey::new(TENANT, *id)?;
        enrolled(nodes.first(), &account).await?;
    }
    let mut seen = Vec::new();
    let mut page = list(TENANT, 0);
    for (limit, due) in [(0, 1), (2, 2), (9, 3), (9, 0)] {
        page.limit = limit;
        let found = nodes.second().second_factors(&page).await?;
        ensure_eq!(found.accounts.len(), due, "accounts by {limit}");
        ensure_eq!(found.total_accounts, 6, "the total");
        seen.extend(found.accounts.into_iter().map(|found| found.account));
        page.after = seen.last().cloned();
    }
    ensure_eq!(seen, ids, "in the order of their bytes");
    Ok(())
}
