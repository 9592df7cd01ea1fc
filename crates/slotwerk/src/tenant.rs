//! What differs per tenant.

use slotwerk_mail::Brand;
use slotwerk_policy::Policy;

/// One tenant's settings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tenant {
    /// The host's id, 1 to 64 bytes of `a-z`, `0-9`, `-` and `_`; part of links.
    pub id: String,
    /// Name, colour and contact, for mails.
    pub brand: Brand,
    /// The password rules.
    pub policy: Policy,
    /// BCP 47 tag of the language for accounts without one.
    pub language: String,
    /// Whether a second factor is asked for.
    pub second_factor: SecondFactor,
    /// How the secret of a new authenticator reaches the person.
    pub enrolment_delivery: EnrolmentDelivery,
    /// The issuer shown in the authenticator app. Must differ between tenants, or one tenant's entry
    /// replaces the other's.
    pub issuer: String,
}

impl Tenant {
    /// A tenant with the safe defaults: second factor required, secret shown on the page.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        brand: Brand,
        policy: Policy,
        issuer: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            brand,
            policy,
            language: "en".to_owned(),
            second_factor: SecondFactor::Required,
            enrolment_delivery: EnrolmentDelivery::OnScreen,
            issuer: issuer.into(),
        }
    }

    /// Sets the language for accounts without one.
    #[must_use]
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.language = tag.into();
        self
    }

    /// Sets whether a second factor is asked for.
    #[must_use]
    pub fn second_factor(mut self, second_factor: SecondFactor) -> Self {
        self.second_factor = second_factor;
        self
    }

    /// Sets how the secret of a new authenticator reaches the person.
    #[must_use]
    pub fn enrolment_delivery(mut self, delivery: EnrolmentDelivery) -> Self {
        self.enrolment_delivery = delivery;
        self
    }

    pub(crate) fn has_usable_id(&self) -> bool {
        let allowed =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        !self.id.is_empty() && self.id.len() <= 64 && self.id.bytes().all(allowed)
    }
}

/// Whether a second factor is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecondFactor {
    /// Every sign-in ends with a code; an account without an authenticator must set one up.
    Required,
    /// The password is enough, unless the account has an authenticator.
    WhenEnrolled,
}

/// How the secret of a new authenticator reaches the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EnrolmentDelivery {
    /// On the page, right after the password.
    OnScreen,
    /// By mail. The reset link and the secret then travel through the same mailbox: whoever reads
    /// that mailbox, now or ever after if the mail stays there, holds both factors.
    MailedBothFactorsInOneMailbox,
}
