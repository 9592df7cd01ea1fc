//! Where mailed links lead: to the service's address, or to a tenant's own.

use crate::fault::Fault;
use crate::tenant::Tenant;
use slotwerk_reset::{Link, LinkBuilder, LinkError, Token};

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
        const UNUSABLE: Fault = Fault::Unusable("the public address of a tenant");
        let made = match (&tenant.links, self) {
            (Some(own), _) => own.link(page, token),
            (None, Self::OfTenants) => return Err(UNUSABLE),
            (None, Self::Path(base)) => {
                let mut path = vec![tenant.id.as_str()];
                path.extend(page);
                base.link(&path, token)
            }
            (None, Self::Pattern(pattern)) => LinkBuilder::new(&pattern.replace(PLACE, &tenant.id))
                .map_err(|_| UNUSABLE)?
                .link(page, token),
        };
        made.map_err(|_| UNUSABLE)
    }
}
