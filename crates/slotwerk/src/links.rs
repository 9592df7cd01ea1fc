//! Where mailed links lead: to the service's address, or to a tenant's own.

use crate::fault::Fault;
use crate::tenant::Tenant;
use slotwerk_reset::{Link, LinkBuilder, LinkError, SegmentError, Token};

/// The place of the tenant's id in the service's address.
const PLACE: &str = "{tenant}";

/// The service's public address.
pub(crate) enum Links {
    /// Every tenant has its own address.
    OfTenants,
    /// The tenant's id is a segment of the path after it.
    Path(LinkBuilder),
    /// The tenant's id stands in it, in the host name or in the path.
    Pattern(String),
}

impl Links {
    /// Takes an address with or without `{tenant}` in it.
    pub(crate) fn new(public_url: &str) -> Result<Self, LinkError> {
        if !public_url.contains(PLACE) {
            return LinkBuilder::new(public_url).map(Self::Path);
        }
        LinkBuilder::new(&public_url.replace(PLACE, "tenant"))?;
        Ok(Self::Pattern(public_url.to_owned()))
    }

    /// Checks that links to a tenant can be made. `None` if nobody gave an address for it.
    pub(crate) fn check(&self, tenant: &Tenant) -> Option<Result<(), LinkError>> {
        match self {
            _ if tenant.links.is_some() => Some(Ok(())),
            Self::OfTenants => None,
            Self::Path(_) => Some(Ok(())),
            Self::Pattern(pattern) => {
                Some(LinkBuilder::new(&pattern.replace(PLACE, &tenant.id)).map(|_| ()))
            }
        }
    }

    /// The link to a page of a tenant.
    pub(crate) fn link(
        &self,
        tenant: &Tenant,
        page: &[&str],
        token: &Token,
    ) -> Result<Link, Fault> {
        self.make(tenant, page, |base, path| base.link(path, token))
    }

    /// The address of a page of a tenant.
    pub(crate) fn page(&self, tenant: &Tenant, page: &[&str]) -> Result<String, Fault> {
        self.make(tenant, page, LinkBuilder::page)
    }

    /// Makes something of the tenant's address and the path of the page below it.
    fn make<T>(
        &self,
        tenant: &Tenant,
        page: &[&str],
        make: impl FnOnce(&LinkBuilder, &[&str]) -> Result<T, SegmentError>,
    ) -> Result<T, Fault> {
        const UNUSABLE: Fault = Fault::Unusable("the public address of a tenant");
        let made = match (&tenant.links, self) {
            (Some(own), _) => make(own, page),
            (None, Self::OfTenants) => return Err(UNUSABLE),
            (None, Self::Path(base)) => {
                let mut path = vec![tenant.id.as_str()];
                path.extend(page);
                make(base, &path)
            }
            (None, Self::Pattern(pattern)) => {
                let own = LinkBuilder::new(&pattern.replace(PLACE, &tenant.id));
                make(&own.map_err(|_| UNUSABLE)?, page)
            }
        };
        made.map_err(|_| UNUSABLE)
    }
}
