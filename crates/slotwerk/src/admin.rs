//! The calls of a help desk or a migration, by subject.

mod access;
mod by;
mod data;
mod find;
mod invite;
mod password;
mod report;
mod second_factor;
mod sessions;
mod trail;
mod unlock;

pub use access::ForgetSecondFactorOutcome;
pub use by::{By, InvalidActor};
pub use data::{
    AccountData, StoredAct, StoredAuthenticator, StoredSession, StoredSetUp, StoredSignIn,
};
pub use invite::InviteOutcome;
pub use password::{ImportHashOutcome, SetPasswordOutcome};
pub use report::{AccountStatus, BudgetReport, PendingSetUp, ReportedBudget, SignInReport};
pub use sessions::{AccountSession, AccountSessionId, NotASessionId};
pub use trail::{NotATrailPosition, TrailPage, TrailPosition, TrailQuery, TrailRow, TrailSubject};
pub use unlock::UnlockOutcome;

use crate::tenant_auth::TenantAuth;

/// The calls of a help desk or a migration at one tenant: see [`Auth::admin`](crate::Auth::admin). They do not check
/// the caller: the host authorises before. Calls on behalf of a person name that person with [`By`].
#[derive(Clone, Copy, Debug)]
pub struct Admin<'a> {
    pub(crate) tenant: &'a TenantAuth,
}
