//! What differs per tenant.

use crate::directory::Account;
use crate::fault::Fault;
use crate::label::account_name;
use crate::login::{Login, shown};
use slotwerk_mail::{Brand, ComposeError, Composer, Message, ReportLink};
use slotwerk_password::Params;
use slotwerk_policy::Policy;
use slotwerk_totp::{OtpauthUri, Parameters, Secret};
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest link in a mail: a public address of 512 bytes, a tenant's id, and the two parts that tokens have.
const LONGEST_LINK_BYTES: usize = 920;

/// An address to write a mail to that is never sent.
const SAMPLE: &str = "sample@mail.example";

/// One tenant's settings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tenant {
    /// The host's id, 1 to 64 bytes of `a-z`, `0-9`, `-` and `_`; part of links.
    pub id: String,
    /// Name, colour and contact, for mails.
    pub brand: Brand,
    /// The words, layout and languages of its mails, where they are not those of all.
    pub composer: Option<Composer>,
    /// The password rules.
    pub policy: Policy,
    /// The password rules of groups of accounts, by [`Account::group`]. Each is a whole policy: merge
    /// platform, tenant and group when you make it ([`PolicyDraft::merge`](slotwerk_policy::PolicyDraft::merge)).
    pub group_policies: BTreeMap<String, Policy>,
    /// The cost of hashing a password, where this tenant asks for more than the hasher was built with;
    /// less is refused at build. `None` is the hasher's own.
    pub hashing: Option<Params>,
    /// BCP 47 tag of the language for accounts without one.
    pub language: String,
    /// Whether a second factor is asked for.
    pub second_factor: SecondFactor,
    /// How long a browser is trusted; `None`, the default, trusts none. See
    /// [`trusted_browser`](Self::trusted_browser).
    pub trusted_browser: Option<Duration>,
    /// How the secret of a new authenticator reaches the person.
    pub enrolment_delivery: EnrolmentDelivery,
    /// The issuer shown in the authenticator app, 1 to 128 bytes of UTF-8 in any script. Must differ between
    /// tenants, or one tenant's entry replaces the other's.
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
            composer: None,
            policy,
            group_policies: BTreeMap::new(),
            hashing: None,
            language: "en".to_owned(),
            second_factor: SecondFactor::Required,
            trusted_browser: None,
            enrolment_delivery: EnrolmentDelivery::OnScreen,
            issuer: issuer.into(),
        }
    }

    /// Sets the words, layout and languages of this tenant's mails: a composer that was
    /// [customised](Composer::customise), say.
    #[must_use]
    pub fn composer(mut self, composer: Composer) -> Self {
        self.composer = Some(composer);
        self
    }

    /// Sets the password rules of a group of accounts.
    #[must_use]
    pub fn group_policy(mut self, group: impl Into<String>, policy: Policy) -> Self {
        self.group_policies.insert(group.into(), policy);
        self
    }

    /// Raises the cost of hashing a password or a recovery code.
    #[must_use]
    pub fn hashing(mut self, params: Params) -> Self {
        self.hashing = Some(params);
        self
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

    /// Trusts a browser for so long after its person showed the second factor: 1 hour to 30 days, in whole seconds.
    /// In a trusted browser the password is enough. See [`TenantAuth::trust_browser`](crate::TenantAuth::trust_browser).
    ///
    /// This lowers the protection. Somebody who copies the cookie, or who sits down at the browser, needs only the
    /// password. Such a sign-in has one factor, so it does not meet NIST SP 800-63B-4 at AAL2. Changing the second
    /// factor still takes a code.
    ///
    /// Any other setting ends the trust that was given under this one. Where it comes back within that time, so does
    /// the trust.
    #[must_use]
    pub fn trusted_browser(mut self, lifetime: Duration) -> Self {
        self.trusted_browser = Some(lifetime);
        self
    }

    /// Sets how the secret of a new authenticator reaches the person.
    #[must_use]
    pub fn enrolment_delivery(mut self, delivery: EnrolmentDelivery) -> Self {
        self.enrolment_delivery = delivery;
        self
    }

    /// The rules for an account. A group that nobody told us the rules of is a fault: the tenant's own
    /// rules might be laxer.
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

    /// Whether the mail with the secret of a new authenticator can be written for every account: it is the largest
    /// mail, and it grows with issuer and login name. Tenants that show the secret on the page send none.
    pub(crate) fn check_set_up_mail(&self, composer: &Composer) -> Result<(), ComposeError> {
        if self.enrolment_delivery == EnrolmentDelivery::OnScreen {
            return Ok(());
        }
        let composer = self.composer.as_ref().unwrap_or(composer);
        let link = format!("{:a<LONGEST_LINK_BYTES$}", "https://login.example/");
        let not_me = ReportLink {
            link: &link,
            valid_for: Duration::from_secs(400 * 24 * 3600),
        };
        let secret = Secret::from_entropy(&[0; 20]);
        // The first grows most in HTML, the second in plain text and in the symbol.
        for character in ['&', 'é'] {
            let login = shown(&character.to_string().repeat(Login::MAX_BYTES));
            let account_name = account_name(&self.issuer, &login, u32::MAX);
            let uri = OtpauthUri::new(&secret, &Parameters::ISSUED, &self.issuer, &account_name);
            let uri = uri.map_err(|_| ComposeError::OtpauthUri)?;
            let message = Message::SetUp {
                account_name: &account_name,
                issuer: &self.issuer,
                secret_grouped: &secret.to_grouped(),
                otpauth_uri: uri.expose(),
                valid_for: Duration::from_secs(24 * 3600),
            };
            for (language, _) in composer.languages() {
                composer.compose_reportable(&message, &self.brand, language, SAMPLE, not_me)?;
            }
        }
        Ok(())
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
