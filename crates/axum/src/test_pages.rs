//! Pages and tenants for unit tests.

use crate::cookies::Cookies;
use crate::page::{Pages, PagesBuilder};
use crate::plain_page::PlainPages;
use crate::tenant_from::TenantFrom;
use slotwerk::Tenant;
use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;
use slotwerk_words::Languages;

pub(crate) fn pages() -> Pages {
    PagesBuilder::default()
        .load(Languages::pages().unwrap())
        .unwrap()
}

/// A tenant that speaks Dutch.
pub(crate) fn noord() -> Tenant {
    let brand = Brand::new("Arbodienst Noord", "#0b5c8a").unwrap();
    let policy = PolicyDraft::new().minimum_length(12).build().unwrap();
    let tenant = Tenant::builder("noord", brand, policy, "Arbodienst Noord");
    tenant.language("nl").build().unwrap()
}

/// Plain pages that know [`noord`].
pub(crate) fn plain_pages() -> PlainPages {
    let cookies = Cookies {
        prefix: "slotwerk".to_owned(),
        https: false,
    };
    let plain = PlainPages::new(pages(), TenantFrom::Path, cookies);
    plain.learn(&noord());
    plain
}
