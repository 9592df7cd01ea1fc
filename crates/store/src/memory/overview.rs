//! Who of a tenant has a second factor.

use super::rows::Rows;
use crate::{AccountFactors, ListSecondFactors, SecondFactors};

impl Rows {
    pub(super) fn second_factors(&self, command: &ListSecondFactors) -> SecondFactors {
        let mut found = SecondFactors::default();
        for (account, active) in &self.authenticators {
            if account.tenant() != command.tenant || active.is_empty() {
                continue;
            }
            found.total_accounts += 1;
            found.total_authenticators += active.len() as u64;
            let id = account.account();
            let is_after = command.after.as_deref().is_none_or(|after| id > after);
            if is_after && found.accounts.len() < command.rows().into() {
                found.accounts.push(AccountFactors {
                    account: id.to_owned(),
                    authenticators: u32::try_from(active.len()).unwrap_or(u32::MAX),
                    recovery_codes: self.codes_left(account),
                });
            }
        }
        found
    }
}
