//! The state of the portal's own pages.

use crate::added_tenants::AddedTenants;
use crate::mailbox::LocalMailbox;
use axum::extract::FromRef;
use slotwerk_axum::Web;

#[derive(Clone)]
pub(crate) struct Portal {
    pub(crate) web: Web,
    pub(crate) added_tenants: AddedTenants,
    pub(crate) mailbox: Option<LocalMailbox>,
}

impl FromRef<Portal> for Web {
    fn from_ref(portal: &Portal) -> Self {
        portal.web.clone()
    }
}
