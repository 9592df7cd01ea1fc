//! The two tenants of the demonstration: different rules, different colours, different ways to deliver
//! the secret of a new authenticator.

use slotwerk::mail::{Brand, BrandError};
use slotwerk::policy::{Blocklist, BlocklistError, Class, PolicyDraft, PolicyError};
use slotwerk::{EnrolmentDelivery, Tenant};

/// Why the demonstration tenants could not be made: a mistake in this file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TenantError {
    #[error("a tenant's brand is refused: {0}")]
    Brand(#[from] BrandError),
    #[error("a tenant's policy is refused: {0}")]
    Policy(#[from] PolicyError),
    #[error("a tenant's blocklist is refused: {0}")]
    Blocklist(#[from] BlocklistError),
}

/// Words that everybody here would try first.
const OBVIOUS: [&str; 12] = [
    "arbodienst",
    "arbodienstnoord",
    "arbodienstzuid",
    "password1234567",
    "qwertyuiop12345",
    "verzuim",
    "verzuimmelding",
    "wachtwoord",
    "wachtwoord12345",
    "welkom01",
    "welkom12345",
    "ziekmelding",
];

/// The user guide's way: Dutch, and the set-up of the authenticator by mail.
pub(crate) fn noord() -> Result<Tenant, TenantError> {
    let policy = PolicyDraft::new()
        .minimum_length(10)
        .minimum_of_class(Class::Uppercase, 1)
        .minimum_of_class(Class::Lowercase, 1)
        .minimum_of_class(Class::Digit, 1)
        .without_attributes(4)
        .blocklist(Blocklist::from_words(OBVIOUS)?)
        .build()?;
    let brand = Brand::new("Arbodienst Noord", "#0b5c8a")?.with_support("help@noord.example")?;
    Ok(Tenant::new("noord", brand, policy, "Arbodienst Noord")
        .language("nl")
        .enrolment_delivery(EnrolmentDelivery::MailedBothFactorsInOneMailbox))
}

/// The safer way: stricter rules, and the secret on the page only.
pub(crate) fn zuid() -> Result<Tenant, TenantError> {
    let policy = PolicyDraft::new()
        .minimum_length(15)
        .classes_present(
            3,
            [
                Class::Uppercase,
                Class::Lowercase,
                Class::Digit,
                Class::Symbol,
            ],
        )
        .minimum_distinct(8)
        .maximum_run(3)
        .without_attributes(3)
        .blocklist(Blocklist::from_words(OBVIOUS)?)
        .build()?;
    let brand = Brand::new("Arbodienst Zuid", "#7a3b12")?.with_support("help@zuid.example")?;
    Ok(Tenant::new("zuid", brand, policy, "Arbodienst Zuid").language("en"))
}
