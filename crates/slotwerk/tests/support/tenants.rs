//! The tenants of the tests.

use slotwerk::mail::Brand;
use slotwerk::policy::{Class, PolicyDraft};
use slotwerk::{EnrolmentDelivery, SecondFactor, Tenant, TenantBuilder};

pub(crate) trait With {
    /// The tenant with some settings changed.
    fn with(self, change: impl FnOnce(TenantBuilder) -> TenantBuilder) -> Self;
}

impl With for Tenant {
    fn with(self, change: impl FnOnce(TenantBuilder) -> TenantBuilder) -> Self {
        change(self.into_builder()).build().unwrap()
    }
}

/// `noord` under another id and with another issuer.
pub(crate) fn renamed(id: &str, issuer: &str) -> Tenant {
    let noord = noord();
    let (brand, policy) = (noord.brand().clone(), noord.policy().clone());
    Tenant::builder(id, brand, policy, issuer)
        .language("nl")
        .enrolment_delivery(EnrolmentDelivery::MailedBothFactorsInOneMailbox)
        .build()
        .unwrap()
}

pub(crate) fn noord() -> Tenant {
    let policy = PolicyDraft::new().minimum_length(10).build().unwrap();
    Tenant::builder("noord", brand("Arbodienst Noord"), policy, "Noord")
        .language("nl")
        .enrolment_delivery(EnrolmentDelivery::MailedBothFactorsInOneMailbox)
        .build()
        .unwrap()
}

/// `noord` with these rules, and without a second factor, so that a sign-in ends at once.
pub(crate) fn noord_with(policy: PolicyDraft) -> Tenant {
    let policy = policy.minimum_length(10).build().unwrap();
    Tenant::builder("noord", brand("Arbodienst Noord"), policy, "Noord")
        .language("nl")
        .second_factor(SecondFactor::WhenEnrolled)
        .build()
        .unwrap()
}

pub(crate) fn zuid() -> Tenant {
    let policy = PolicyDraft::new()
        .minimum_length(15)
        .minimum_of_class(Class::Digit, 1)
        .build()
        .unwrap();
    Tenant::builder("zuid", brand("Arbodienst Zuid"), policy, "Zuid")
        .build()
        .unwrap()
}

fn brand(name: &str) -> Brand {
    Brand::new(name, "#1f5f8b").unwrap()
}
