//! Collects the settings of a tenant and checks them.

use crate::label::leaves_room;
use crate::set_up_room::check_set_up_mail;
use crate::tenant::{EnrolmentDelivery, SecondFactor, Tenant};
use slotwerk_mail::{Brand, ComposeError, Composer, is_forbidden_in_names};
use slotwerk_password::Params;
use slotwerk_policy::Policy;
use slotwerk_reset::{Lifetime, LinkBuilder, LinkError};
use std::collections::BTreeMap;
use std::time::Duration;

/// The shortest time for which a tenant may trust a browser.
const SHORTEST_TRUST: Duration = Duration::from_hours(1);

/// Collects the settings of a [`Tenant`].
#[derive(Clone, Debug)]
#[must_use = "no tenant exists until build() is called"]
pub struct TenantBuilder {
    tenant: Tenant,
    public_url: Option<String>,
}

impl Tenant {
    /// Starts the settings of a tenant, with the safe defaults: second factor required, secret shown on the page.
    ///
    /// * `id`: the host's id, 1 to 64 bytes of `a-z`, `0-9`, `-` and `_`. Links contain it.
    /// * `brand`: name, colour and contact, for mails.
    /// * `policy`: the password rules.
    /// * `issuer`: the name shown in the authenticator app, 1 to 128 bytes of UTF-8 in any script. Two tenants
    ///   with one issuer replace each other's entries in some apps.
    ///
    /// ```
    /// use slotwerk::{Tenant, mail::Brand, policy::{Blocklist, PolicyDraft}};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let rules = PolicyDraft::recommended().blocklist(Blocklist::common()).build()?;
    /// let brand = Brand::new("Noord", "#1f5f8b")?;
    /// let noord = Tenant::builder("noord", brand, rules, "Noord").language("nl").build()?;
    /// assert_eq!(noord.id(), "noord");
    /// # Ok(()) }
    /// ```
    pub fn builder(
        id: impl Into<String>,
        brand: Brand,
        policy: Policy,
        issuer: impl Into<String>,
    ) -> TenantBuilder {
        TenantBuilder::new(id.into(), brand, policy, issuer.into())
    }

    /// Goes back to the builder, to change some of the settings.
    pub fn into_builder(self) -> TenantBuilder {
        TenantBuilder::from(self)
    }
}

impl From<Tenant> for TenantBuilder {
    fn from(tenant: Tenant) -> Self {
        Self {
            tenant,
            public_url: None,
        }
    }
}

impl TenantBuilder {
    pub(crate) fn new(id: String, brand: Brand, policy: Policy, issuer: String) -> Self {
        Self::from(Tenant {
            id,
            brand,
            composer: None,
            policy,
            group_policies: BTreeMap::new(),
            hashing: None,
            language: "en".to_owned(),
            second_factor: SecondFactor::Required,
            trusted_browser: None,
            enrolment_delivery: EnrolmentDelivery::OnScreen,
            issuer,
            links: None,
        })
    }

    /// Sets the password rules of accounts without a group.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.tenant.policy = policy;
        self
    }

    /// Sets the password rules of a group of accounts. Each is a whole policy: merge platform, tenant and group
    /// when you make it ([`PolicyDraft::merge`](slotwerk_policy::PolicyDraft::merge)).
    pub fn group_policy(mut self, group: impl Into<String>, policy: Policy) -> Self {
        self.tenant.group_policies.insert(group.into(), policy);
        self
    }

    /// Sets the name shown in the authenticator app.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.tenant.issuer = issuer.into();
        self
    }

    /// Sets the words, layout and languages of this tenant's mails: a composer that was
    /// [customised](Composer::customise), say.
    pub fn composer(mut self, composer: Composer) -> Self {
        self.tenant.composer = Some(composer);
        self
    }

    /// Raises the cost of hashing a password or a recovery code above the hasher's own.
    /// [`AuthBuilder::build`](crate::AuthBuilder::build) rejects a lower one.
    pub fn hashing(mut self, params: Params) -> Self {
        self.tenant.hashing = Some(params);
        self
    }

    /// Sets the language for accounts without one, as a BCP 47 tag. Default `en`.
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.tenant.language = tag.into();
        self
    }

    /// Sets whether a sign-in needs a second factor.
    pub fn second_factor(mut self, second_factor: SecondFactor) -> Self {
        self.tenant.second_factor = second_factor;
        self
    }

    /// Trusts a browser for so long after its person showed the second factor: 1 hour to 30 days, in whole seconds.
    /// In a trusted browser the password is enough. See [`TenantAuth::trust_browser`](crate::TenantAuth::trust_browser).
    ///
    /// This lowers the protection. Somebody who copies the cookie, or who sits down at the browser, needs only the
    /// password. Such a sign-in has one factor, so it does not meet NIST SP 800-63B-4 at AAL2. Changing the second
    /// factor still takes a code.
    ///
    /// Any other setting ends the trust given under this one. If this setting comes back within that time, the trust
    /// comes back too.
    pub fn trusted_browser(mut self, lifetime: Duration) -> Self {
        self.tenant.trusted_browser = Some(lifetime);
        self
    }

    /// Sets how the secret of a new authenticator reaches the person.
    pub fn enrolment_delivery(mut self, delivery: EnrolmentDelivery) -> Self {
        self.tenant.enrolment_delivery = delivery;
        self
    }

    /// Sets the address of this tenant's own pages: its own domain, a subdomain, or a path. Its links read
    /// `{public_url}/reset/…`, without the tenant's id. A set-up mail leads back to `{public_url}/second-factor/enrol`. Without it, the address of the
    /// [service](crate::AuthBuilder::public_url) holds.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Checks everything that the tenant's settings alone can tell.
    ///
    /// # Errors
    ///
    /// [`TenantError`] names the first setting that cannot be used.
    pub fn build(self) -> Result<Tenant, TenantError> {
        let Self {
            mut tenant,
            public_url,
        } = self;
        if !is_usable_id(&tenant.id) {
            return Err(TenantError::Id);
        }
        // The QR code and the mail each have their rules.
        let unfit = tenant.issuer.chars().any(is_forbidden_in_names);
        if unfit || !leaves_room(&tenant.issuer) {
            return Err(TenantError::Issuer);
        }
        if !tenant.trusted_browser.is_none_or(may_be_trusted) {
            return Err(TenantError::TrustedBrowser);
        }
        if let Some(url) = public_url {
            tenant.links = Some(LinkBuilder::new(&url).map_err(TenantError::PublicUrl)?);
        }
        // The built-in texts have room for every tenant.
        if let Some(composer) = &tenant.composer {
            check_set_up_mail(&tenant, composer).map_err(TenantError::SetUpMail)?;
        }
        Ok(tenant)
    }
}

/// A setting of a tenant that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TenantError {
    /// The id.
    #[error("the tenant's id is not 1 to 64 bytes of a-z, 0-9, - and _")]
    Id,
    /// The issuer.
    #[error(
        "the tenant's issuer is not 1 to 128 bytes that an authenticator app and a QR code beside it can show"
    )]
    Issuer,
    /// The time for which a browser is trusted.
    #[error(
        "the tenant trusts a browser for less than 1 hour, for more than 30 days, or for parts of seconds"
    )]
    TrustedBrowser,
    /// The public address of the tenant cannot carry links.
    #[error("the tenant's public address cannot carry links")]
    PublicUrl(#[source] LinkError),
    /// The mail with the secret of a new authenticator cannot be written for the longest login name: issuer or
    /// brand is too long, or the templates lack something.
    #[error("the tenant's set-up mail cannot be written")]
    SetUpMail(#[source] ComposeError),
}

/// Whether a tenant may trust browsers for so long.
fn may_be_trusted(lifetime: Duration) -> bool {
    (SHORTEST_TRUST..=Lifetime::MAX_TRUSTED).contains(&lifetime) && lifetime.subsec_nanos() == 0
}

/// Whether a text can be a tenant's id: 1 to 64 bytes of `a-z`, `0-9`, `-` and `_`.
pub(crate) fn is_usable_id(id: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    !id.is_empty() && id.len() <= 64 && id.bytes().all(allowed)
}
