//! The two tenants of the demonstration: different rules, different colours, different ways to deliver
//! the secret of a new authenticator.

use slotwerk::mail::Brand;
use slotwerk::policy::{Blocklist, Policy, PolicyDraft};
use slotwerk::{EnrolmentDelivery, Tenant};
use std::error::Error;

/// Why a tenant cannot be made.
pub(crate) type UnfitTenant = Box<dyn Error + Send + Sync>;

/// Both. `knows_breaches`: the operator has named a filter of breached passwords.
pub(crate) fn both(knows_breaches: bool) -> Result<[Tenant; 2], UnfitTenant> {
    Ok([noord()?, zuid(knows_breaches)?])
}

/// The user guide's way: Dutch, and the set-up of the authenticator by mail.
fn noord() -> Result<Tenant, UnfitTenant> {
    let rules = PolicyDraft::from_toml(include_str!("../policies/noord.toml"))?;
    let brand = Brand::new("Arbodienst Noord", "#0b5c8a")?
        .with_support("help@noord.example")?
        .with_time_zone("Europe/Amsterdam")?;
    let tenant = Tenant::builder("noord", brand, on_the_floor(rules)?, "Arbodienst Noord")
        .language("nl")
        .enrolment_delivery(EnrolmentDelivery::MailedBothFactorsInOneMailbox);
    Ok(tenant.build()?)
}

/// The safer way: stricter rules, and the secret on the page only. Breached passwords are refused if the
/// operator has named a filter of them.
fn zuid(knows_breaches: bool) -> Result<Tenant, UnfitTenant> {
    let mut rules = PolicyDraft::from_toml(include_str!("../policies/zuid.toml"))?;
    if knows_breaches {
        rules = rules.not_breached();
    }
    let brand = Brand::new("Arbodienst Zuid", "#7a3b12")?
        .with_support("help@zuid.example")?
        .with_time_zone("Europe/Amsterdam")?;
    let tenant = Tenant::builder("zuid", brand, on_the_floor(rules)?, "Arbodienst Zuid");
    Ok(tenant.language("en").build()?)
}

/// A tenant's rules on top of the platform's. The stricter of two wins, whosever it is.
pub(crate) fn on_the_floor(rules: PolicyDraft) -> Result<Policy, UnfitTenant> {
    let platform = PolicyDraft::from_toml(include_str!("../policies/platform.toml"))?;
    let policy = platform.blocklist(Blocklist::common()).merge(rules);
    Ok(policy.build()?)
}
