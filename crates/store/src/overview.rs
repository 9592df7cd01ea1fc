//! Who of a tenant has a second factor.

/// The most accounts of one page.
pub const MAX_FACTOR_PAGE: u16 = 500;

/// See [`Store::second_factors`](crate::Store::second_factors).
#[derive(Clone, Debug)]
pub struct ListSecondFactors {
    /// Whose accounts.
    pub tenant: String,
    /// Accounts after this one, in the order of the bytes of their ids: the last one of the page before.
    pub after: Option<String>,
    /// How many accounts at most, from 1 to [`MAX_FACTOR_PAGE`]. Anything else becomes the nearer of the two.
    pub limit: u16,
}

impl ListSecondFactors {
    /// The limit within its bounds.
    #[must_use]
    pub fn rows(&self) -> u16 {
        self.limit.clamp(1, MAX_FACTOR_PAGE)
    }
}

/// A page of the accounts that have a second factor, and the totals of the tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecondFactors {
    /// In the order of the bytes of their ids.
    pub accounts: Vec<AccountFactors>,
    /// How many accounts of the tenant have an active authenticator.
    pub total_accounts: u64,
    /// How many active authenticators the tenant has.
    pub total_authenticators: u64,
}

/// The second factor of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFactors {
    /// The account's id within the tenant.
    pub account: String,
    /// How many authenticators are active; never 0.
    pub authenticators: u32,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}
