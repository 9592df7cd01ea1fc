//! The web layer of one service: its settings, and the values that every request shares.

use crate::connections::ConnectionLimit;
use crate::cookies::Cookies;
use crate::desk_gate::DeskGate;
use crate::hooks::{Hooks, NoHooks};
use crate::local_address::is_local;
use crate::page::{Pages, PagesBuilder};
use crate::plain_page::PlainPages;
use crate::suggestions::Suggestions;
use crate::tenant_from::TenantFrom;
use crate::web_error::WebError;
use axum::extract::FromRef;
use axum::http::HeaderMap;
use axum_csrf::{CsrfConfig, Key, SameSite};
use slotwerk::{Auth, Client, TrustedProxies};
use slotwerk_words::Languages;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// The flow over HTTP. Cheap to clone.
///
/// [`router`](Self::router) gives the pages of every tenant. [`guard`](Self::guard) gives a host's own routes the same
/// headers and the same deadline.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    auth: Auth,
    pages: Pages,
    plain: PlainPages,
    csrf: CsrfConfig,
    cookies: Cookies,
    suggestions: Suggestions,
    proxies: TrustedProxies,
    /// Whether the log says already that a proxy is not among `proxies`.
    unnamed_proxy: AtomicBool,
    tenants: TenantFrom,
    home: Option<String>,
    style: String,
    hooks: Arc<dyn Hooks>,
    database_comes_back: bool,
    connections: usize,
    client_connections: usize,
    open: OnceLock<ConnectionLimit>,
    json_api: bool,
    desk_gate: Option<Arc<dyn DeskGate>>,
}

/// The settings of a [`Web`].
pub struct WebBuilder {
    auth: Auth,
    https: bool,
    cookie_prefix: String,
    proxies: TrustedProxies,
    pages: PagesBuilder,
    languages: Option<Languages>,
    tenants: TenantFrom,
    home: Option<String>,
    style: String,
    hooks: Arc<dyn Hooks>,
    database_comes_back: bool,
    connections: usize,
    client_connections: usize,
    json_api: bool,
    desk_gate: Option<Arc<dyn DeskGate>>,
}

impl Web {
    /// Begins with the defaults: http (for a developer's machine), no proxy, tenants by path, the built-in pages.
    #[must_use]
    pub fn builder(auth: Auth) -> WebBuilder {
        WebBuilder {
            auth,
            https: false,
            cookie_prefix: "slotwerk".to_owned(),
            proxies: TrustedProxies::none(),
            pages: PagesBuilder::default(),
            languages: None,
            tenants: TenantFrom::Path,
            home: None,
            style: String::new(),
            hooks: Arc::new(NoHooks),
            database_comes_back: true,
            connections: 10_000,
            client_connections: 100,
            json_api: false,
            desk_gate: None,
        }
    }

    /// The facade behind the pages.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.0.auth
    }

    /// The count of connections, which begins with the first listener.
    pub(crate) fn connection_limit(&self) -> ConnectionLimit {
        let inner = &self.0;
        let begin = || {
            ConnectionLimit::new(
                inner.connections,
                inner.client_connections,
                inner.proxies.clone(),
            )
        };
        inner.open.get_or_init(begin).clone()
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn open_connections(&self) -> usize {
        self.0.open.get().map_or(0, ConnectionLimit::open)
    }

    pub(crate) fn pages(&self) -> &Pages {
        &self.0.pages
    }

    /// Pages that are made without session and database.
    #[must_use]
    pub fn plain_pages(&self) -> &PlainPages {
        &self.0.plain
    }

    /// How a request names its tenant.
    pub(crate) fn tenants(&self) -> &TenantFrom {
        &self.0.tenants
    }

    pub(crate) fn hooks(&self) -> &dyn Hooks {
        self.0.hooks.as_ref()
    }

    /// Whether the router has the JSON API.
    pub(crate) fn has_json_api(&self) -> bool {
        self.0.json_api
    }

    /// The host's authorisation of the help desk, if there is one.
    pub(crate) fn desk_gate(&self) -> Option<&Arc<dyn DeskGate>> {
        self.0.desk_gate.as_ref()
    }

    /// The host's own rules of style.
    pub(crate) fn style(&self) -> &str {
        &self.0.style
    }

    /// The host's page for after the sign-in.
    pub(crate) fn home(&self) -> Option<&str> {
        self.0.home.as_deref()
    }

    pub(crate) fn cookies(&self) -> &Cookies {
        &self.0.cookies
    }

    pub(crate) fn suggestions(&self) -> &Suggestions {
        &self.0.suggestions
    }

    /// Whether it helps to wait when the database cannot be used.
    pub(crate) fn database_comes_back(&self) -> bool {
        self.0.database_comes_back
    }

    /// The client behind the trusted proxies.
    pub(crate) fn proxied(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let forwarded = headers.get_all("x-forwarded-for");
        // A value that is no text is a hop that is not readable.
        let hops: Vec<_> = forwarded
            .iter()
            .map(|value| value.to_str().unwrap_or_default())
            .collect();
        let proxies = &self.0.proxies;
        if !proxies.trusts(peer) {
            self.warn_of_unnamed_proxy(headers);
        }
        proxies.client(peer, hops)
    }

    /// Says once that somebody who is not trusted sends forwarding headers. It may be a proxy that the settings do not
    /// name: all its clients then share one budget.
    fn warn_of_unnamed_proxy(&self, headers: &HeaderMap) {
        const FORWARDING: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];
        let forwards = FORWARDING.iter().any(|name| headers.contains_key(*name));
        if forwards && !self.0.unnamed_proxy.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "ignored forwarding headers (X-Forwarded-For, Forwarded or X-Real-IP) of an address that the trusted \
                 proxies do not name; if that is your proxy, all its clients share one budget"
            );
        }
    }
}

impl FromRef<Web> for CsrfConfig {
    fn from_ref(web: &Web) -> Self {
        web.0.csrf.clone()
    }
}

impl WebBuilder {
    /// Whether people reach the service over https. Then cookies are `Secure` and belong to the host (`__Host-`), and
    /// browsers stay with https for a year. Default: `false`.
    #[must_use]
    pub fn https(mut self, https: bool) -> Self {
        self.https = https;
        self
    }

    /// The beginning of every cookie's name: letters, digits and hyphens. Default: `slotwerk`. Two services on one host
    /// name need two prefixes.
    #[must_use]
    pub fn cookie_prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.cookie_prefix);
        self
    }

    /// How a request names its tenant. Default: by the first part of the path.
    #[must_use]
    pub fn tenant_from(mut self, from: TenantFrom) -> Self {
        self.tenants = from;
        self
    }

    /// The page that a person sees after the sign-in, unless they asked for another one. An address of this host, such as
    /// `/app`. The name at the top of each page leads there, too. It is the same for all tenants. Default: the page of the
    /// account.
    #[must_use]
    pub fn home(mut self, address: &str) -> Self {
        self.home = Some(address.to_owned());
        self
    }

    /// The proxies whose `X-Forwarded-For` names the client. Default: none, so the peer of the connection is the client.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Adds a template of the host, or replaces the built-in one of that name, such as `footer.html`. Its syntax is that of
    /// [minijinja]; values are escaped if the name ends in `.html`. [`build`](Self::build) reports a wrong one.
    #[must_use]
    pub fn template(mut self, name: &str, source: &str) -> Self {
        self.pages.template(name, source);
        self
    }

    /// The texts of the pages, such as [`Languages::pages`] with some texts replaced or a language added. The first
    /// language is for people whose own is unknown. Default: English and Dutch.
    #[must_use]
    pub fn languages(mut self, languages: Languages) -> Self {
        self.languages = Some(languages);
        self
    }

    /// The host's own work after a step of the flow.
    #[must_use]
    pub fn hooks(mut self, hooks: Arc<dyn Hooks>) -> Self {
        self.hooks = hooks;
        self
    }

    /// CSS to add to the built-in style, such as other values of its custom properties. Default: empty. The
    /// Content-Security-Policy lets it load nothing from other hosts.
    #[must_use]
    pub fn style(mut self, css: &str) -> Self {
        css.clone_into(&mut self.style);
        self
    }

    /// A value that every template can read by this name.
    #[must_use]
    pub fn global(mut self, name: &'static str, value: impl Into<minijinja::Value>) -> Self {
        self.pages.global(name, value.into());
        self
    }

    /// Whether a database that cannot be used comes back by itself, as a server that restarts does. Then a page asks the
    /// person to try again. Otherwise the page reports an error. Default: `true`.
    #[must_use]
    pub fn database_comes_back(mut self, comes_back: bool) -> Self {
        self.database_comes_back = comes_back;
        self
    }

    /// The most open connections, in all and of one client: an IPv4 address, or an IPv6 network of 64 bits. Connections
    /// of a trusted proxy count in all only. Defaults: 10,000 and 100.
    #[must_use]
    pub fn connections(mut self, most: usize, of_one_client: usize) -> Self {
        self.connections = most;
        self.client_connections = of_one_client;
        self
    }

    /// Mounts the JSON API for single-page and native apps below `api/v1/` of each tenant, such as
    /// `/noord/api/v1/sign-in`. Its OpenAPI document is at `api/v1/openapi.json`. Default: `false`.
    #[must_use]
    pub fn json_api(mut self, json_api: bool) -> Self {
        self.json_api = json_api;
        self
    }

    /// Mounts the pages of the help desk and the tenant's administrator below `desk` of each tenant, such as `/noord/desk`,
    /// and with the [JSON API](Self::json_api) its operations below `api/v1/desk`. The host decides who may do what: see
    /// [`DeskGate`]. Default: none of these addresses exists.
    #[must_use]
    pub fn help_desk(mut self, gate: Arc<dyn DeskGate>) -> Self {
        self.desk_gate = Some(gate);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`WebError`] names the first setting that cannot be used.
    pub fn build(self) -> Result<Web, WebError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if self.cookie_prefix.is_empty() || !self.cookie_prefix.bytes().all(fits) {
            return Err(WebError::CookiePrefix(self.cookie_prefix));
        }
        if let Some(home) = self.home.as_ref().filter(|home| !is_local(home)) {
            return Err(WebError::Home(home.clone()));
        }
        let languages = match self.languages {
            Some(languages) => languages,
            None => Languages::pages()?,
        };
        let mut pages = self.pages;
        if let Some(home) = &self.home {
            pages.front(home);
        }
        let pages = pages.load(languages)?;
        let csrf = csrf(&self.auth, &self.cookie_prefix, self.https);
        let cookies = Cookies {
            prefix: self.cookie_prefix,
            https: self.https,
        };
        Ok(Web(Arc::new(Inner {
            plain: PlainPages::new(pages.clone(), self.tenants.clone(), cookies.clone()),
            tenants: self.tenants,
            home: self.home,
            style: self.style,
            hooks: self.hooks,
            pages,
            csrf,
            cookies,
            auth: self.auth,
            suggestions: Suggestions::default(),
            proxies: self.proxies,
            unnamed_proxy: AtomicBool::new(false),
            database_comes_back: self.database_comes_back,
            connections: self.connections,
            client_connections: self.client_connections,
            open: OnceLock::new(),
            json_api: self.json_api,
            desk_gate: self.desk_gate,
        })))
    }
}

/// The CSRF middleware under keys derived from the ring, so that a form stays valid over a restart.
fn csrf(auth: &Auth, prefix: &str, https: bool) -> CsrfConfig {
    let cookie_key = [
        auth.host_key("csrf-cookie-1").as_slice(),
        auth.host_key("csrf-cookie-2").as_slice(),
    ]
    .concat();
    let salt = auth.host_key("csrf-salt");
    let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
    CsrfConfig::new()
        .with_cookie_name(&format!("{prefix}-csrf"))
        .with_cookie_path("/")
        .with_cookie_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(https)
        // No other host of the domain can have set it then.
        .with_prefix_with_host(https)
        .with_key(Some(Key::from(&cookie_key)))
        .with_salt(salt)
}
