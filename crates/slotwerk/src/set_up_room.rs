//! Whether the mail with the secret of a new authenticator has room for every account. It is the largest mail, and it
//! grows with login name, issuer and brand.

use crate::label::account_name;
use crate::login::{Login, shown};
use crate::tenant::{EnrolmentDelivery, Tenant};
use slotwerk_mail::{AppLinks, Brand, BrandError, ComposeError, Composer, Message, ReportLink};
use slotwerk_totp::{OtpauthUri, Parameters, Secret};
use std::time::Duration;

/// The longest link in a mail: a public address of 512 bytes, a tenant's id, and the two parts that tokens have.
const LONGEST_LINK_BYTES: usize = 920;

/// The longest address of a page: a public address of 512 bytes, a tenant's id, and the path of the set-up.
const LONGEST_PAGE_BYTES: usize = 600;

/// The longest issuer of a tenant.
const LONGEST_ISSUER_BYTES: usize = 128;

/// An address to write a mail to that is never sent.
const SAMPLE: &str = "sample@mail.example";

/// The first grows most in HTML, the second in plain text and in the symbol.
const LARGE: [&str; 2] = ["&", "é"];

/// Writes the set-up mail of a tenant for the longest login names, in each language. Tenants that show the secret on
/// the page send none.
pub(crate) fn check_set_up_mail(tenant: &Tenant, composer: &Composer) -> Result<(), ComposeError> {
    if tenant.enrolment_delivery == EnrolmentDelivery::OnScreen {
        return Ok(());
    }
    write_for_longest_logins(composer, &tenant.brand, &tenant.issuer)
}

/// Whether these texts have room for every brand and every issuer. Then no tenant needs a check: each takes several
/// milliseconds, and a service may load thousands of tenants a minute.
pub(crate) fn have_room_for_all(composer: &Composer) -> bool {
    LARGE.iter().all(|large| has_room(composer, large).is_ok())
}

/// Whether there is room for the largest brand and the longest issuer of this character.
fn has_room(composer: &Composer, large: &str) -> Result<(), Box<dyn std::error::Error>> {
    let issuer = large.repeat(LONGEST_ISSUER_BYTES / large.len());
    let brand = largest_brand(large)?;
    Ok(write_for_longest_logins(composer, &brand, &issuer)?)
}

fn largest_brand(large: &str) -> Result<Brand, BrandError> {
    let text = |bytes: usize| large.repeat(bytes / large.len());
    let address = format!(
        "{:a<1$}",
        "https://store.example/",
        AppLinks::MAX_ADDRESS_BYTES
    );
    let app =
        AppLinks::new(&text(AppLinks::MAX_NAME_BYTES), &address, &address).unwrap_or_default();
    Brand::new(&text(Brand::MAX_NAME_BYTES), "#000000")?
        .with_authenticator_app(app)
        .with_sender_name(&text(Brand::MAX_NAME_BYTES))?
        .with_support(&text(Brand::MAX_SUPPORT_BYTES))
}

fn write_for_longest_logins(
    composer: &Composer,
    brand: &Brand,
    issuer: &str,
) -> Result<(), ComposeError> {
    let link = format!("{:a<LONGEST_LINK_BYTES$}", "https://login.example/");
    let page = format!("{:a<LONGEST_PAGE_BYTES$}", "https://login.example/");
    let not_me = ReportLink {
        link: &link,
        valid_for: Duration::from_secs(400 * 24 * 3600),
    };
    let secret = Secret::from_entropy(&[0; 20]);
    for large in LARGE {
        let login = shown(&large.repeat(Login::MAX_BYTES));
        let account_name = account_name(issuer, &login, u32::MAX);
        let uri = OtpauthUri::new(&secret, &Parameters::ISSUED, issuer, &account_name);
        let uri = uri.map_err(|_| ComposeError::OtpauthUri)?;
        let message = Message::SetUp {
            account_name: &account_name,
            issuer,
            secret_grouped: &secret.to_grouped(),
            otpauth_uri: uri.expose(),
            valid_for: Duration::from_secs(24 * 3600),
            page: Some(&page),
        };
        for (language, _) in composer.languages() {
            composer.compose_reportable(&message, brand, language, SAMPLE, not_me)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn built_in_texts_have_room() {
        let composer = Composer::new().unwrap();
        for large in LARGE {
            has_room(&composer, large).unwrap();
        }
    }
}
