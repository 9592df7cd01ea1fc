//! What differs per tenant.

use crate::directory::Account;
use crate::fault::Fault;
use slotwerk_mail::{Brand, Composer};
use slotwerk_password::Params;
use slotwerk_policy::Policy;
use slotwerk_reset::LinkBuilder;
use std::collections::BTreeMap;
use std::time::Duration;

/// The settings of one tenant, checked. [`Tenant::builder`] makes them.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub(crate) id: String,
    pub(crate) brand: Brand,
    pub(crate) composer: Option<Composer>,
    pub(crate) policy: Policy,
    pub(crate) group_policies: BTreeMap<String, Policy>,
    pub(crate) hashing: Option<Params>,
    pub(crate) language: String,
    pub(crate) second_factor: SecondFactor,
    /// How long a browser is trusted; `None` trusts none.
    pub(crate) trusted_browser: Option<Duration>,
    pub(crate) enrolment_delivery: EnrolmentDelivery,
    pub(crate) issuer: String,
    pub(crate) links: Option<LinkBuilder>,
}

impl Tenant {
    /// The host's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Name, colour and contact, for mails.
    #[must_use]
    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// The password rules of accounts without a group.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The password rules of groups of accounts, by [`Account::group`].
    #[must_use]
    pub fn group_policies(&self) -> &BTreeMap<String, Policy> {
        &self.group_policies
    }

    /// The cost of hashing, where it is above the hasher's own.
    #[must_use]
    pub fn hashing(&self) -> Option<Params> {
        self.hashing
    }

    /// BCP 47 tag of the language for accounts without one.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Whether a sign-in needs a second factor.
    #[must_use]
    pub fn second_factor(&self) -> SecondFactor {
        self.second_factor
    }

    /// How long a browser is trusted after its person showed the second factor, if the tenant trusts any.
    #[must_use]
    pub fn trusted_browser(&self) -> Option<Duration> {
        self.trusted_browser
    }

    /// How the secret of a new authenticator reaches the person.
    #[must_use]
    pub fn enrolment_delivery(&self) -> EnrolmentDelivery {
        self.enrolment_delivery
    }

    /// The name shown in the authenticator app.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The rules for an account. A group without rules is a fault: the tenant's own rules might be laxer.
    pub(crate) fn policy_of(&self, account: &Account) -> Result<&Policy, Fault> {
        match &account.group {
            None => Ok(&self.policy),
            Some(group) => self
                .group_policies
                .get(group)
                .ok_or(Fault::Unusable("a group without a policy")),
        }
    }

    /// Every policy that an account of this tenant may be under.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &Policy> {
        std::iter::once(&self.policy).chain(self.group_policies.values())
    }
}

/// Whether a sign-in needs a second factor.
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
