//! What every request shares.

use crate::added_tenants::AddedTenants;
use crate::clock::Clock;
use crate::mailbox::LocalMailbox;
use crate::page::Pages;
use crate::renewals::Renewals;
use crate::suggestions::Suggestions;
use crate::users::Users;
use axum::extract::FromRef;
use axum_csrf::{CsrfConfig, Key, SameSite};
use slotwerk::keys::{KeyRing, Scope};
use slotwerk::{Auth, TrustedProxies};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

#[derive(Clone)]
pub(crate) struct Portal {
    pub(crate) auth: Auth,
    pub(crate) pages: Pages,
    pub(crate) users: Users,
    pub(crate) added_tenants: AddedTenants,
    pub(crate) renewals: Renewals,
    pub(crate) mailbox: Option<LocalMailbox>,
    pub(crate) csrf: CsrfConfig,
    pub(crate) clock: Clock,
    pub(crate) suggestions: Suggestions,
    pub(crate) proxies: TrustedProxies,
    /// Whether the log says already that a proxy is not among `proxies`.
    pub(crate) unnamed_proxy: Arc<AtomicBool>,
    /// Whether the database is on a server, which may be away for a while.
    pub(crate) database_is_a_server: bool,
    /// Whether people reach the portal over https.
    pub(crate) https: bool,
}

impl FromRef<Portal> for CsrfConfig {
    fn from_ref(portal: &Portal) -> Self {
        portal.csrf.clone()
    }
}

/// The CSRF middleware under keys derived from the ring, so that a page stays good over a restart.
pub(crate) fn csrf(keys: &KeyRing, https: bool) -> CsrfConfig {
    let derived = keys.derive_active(&Scope::new("portal-csrf", "portal")).1;
    let cookie_key = [derived.mac(&[b"cookie-1"]), derived.mac(&[b"cookie-2"])].concat();
    let salt: String = derived
        .mac(&[b"salt"])
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    CsrfConfig::new()
        .with_cookie_name("portal-csrf")
        .with_cookie_path("/")
        .with_cookie_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(https)
        // Nobody but this very host can have set it then.
        .with_prefix_with_host(https)
        .with_key(Some(Key::from(&cookie_key)))
        .with_salt(salt)
}
