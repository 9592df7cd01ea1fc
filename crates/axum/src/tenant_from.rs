//! The tenant of a request: from the path, from the host name, or always the same.

use axum::http::header::{HOST, HeaderMap};
use std::fmt;
use std::sync::Arc;

/// Finds the id of the tenant that a host name belongs to.
pub type TenantOfHost = dyn Fn(&str) -> Option<String> + Send + Sync;

/// How a request names its tenant. The links in mail must fit: for `Path` set
/// [`AuthBuilder::public_url`](slotwerk::AuthBuilder::public_url). For `Host` set it with `{tenant}` in the host name, and
/// for `Fixed` set [`TenantBuilder::public_url`](slotwerk::TenantBuilder::public_url).
#[derive(Clone)]
#[non_exhaustive]
pub enum TenantFrom {
    /// The first part of the path: `/noord/sign-in`. The home page is `/noord/`.
    Path,
    /// The host name, without its port and in lowercase, by a function of the service: `https://noord.example/sign-in`.
    /// `None` is an unregistered tenant. The home page is `/account`.
    Host(Arc<TenantOfHost>),
    /// One tenant: `/sign-in`. The home page is `/account`.
    Fixed(String),
}

impl TenantFrom {
    /// The id that the request names. Whether it is a tenant's is for the facade to say.
    pub(crate) fn id(&self, path: &str, headers: &HeaderMap) -> String {
        match self {
            Self::Path => {
                let first = path.trim_start_matches('/').split('/').next();
                first.unwrap_or_default().to_owned()
            }
            Self::Host(find) => find(&host(headers)).unwrap_or_default(),
            Self::Fixed(id) => id.clone(),
        }
    }

    /// The beginning of every route.
    pub(crate) fn prefix(&self) -> &'static str {
        match self {
            Self::Path => "/{tenant}",
            Self::Host(_) | Self::Fixed(_) => "",
        }
    }

    /// The beginning of every address of a tenant.
    pub(crate) fn base(&self, tenant: &str) -> String {
        match self {
            Self::Path => format!("/{tenant}"),
            Self::Host(_) | Self::Fixed(_) => String::new(),
        }
    }

    /// The home page, after the beginning.
    pub(crate) fn home(&self) -> &'static str {
        match self {
            Self::Path => "/",
            Self::Host(_) | Self::Fixed(_) => "/account",
        }
    }
}

impl fmt::Debug for TenantFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "Path",
            Self::Host(_) => "Host(..)",
            Self::Fixed(_) => "Fixed(..)",
        })
    }
}

/// The host name of the request. A proxy passes it on.
fn host(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_host(host: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        headers
    }

    #[test]
    fn host_name_without_port() {
        let from = TenantFrom::Host(Arc::new(|host| {
            host.strip_suffix(".example").map(str::to_owned)
        }));
        for (header, id) in [
            ("noord.example", "noord"),
            ("Noord.Example:8443", "noord"),
            ("noord.example.", "noord"),
            ("noord.test", ""),
            ("[::1]:80", ""),
        ] {
            assert_eq!(from.id("/zuid/sign-in", &with_host(header)), id, "{header}");
        }
        assert_eq!(from.id("/", &HeaderMap::new()), "");
    }

    #[test]
    fn path_names_the_tenant() {
        let none = HeaderMap::new();
        for (path, id) in [("/noord/sign-in", "noord"), ("/noord", "noord"), ("/", "")] {
            assert_eq!(TenantFrom::Path.id(path, &none), id);
        }
        assert_eq!(TenantFrom::Path.base("noord"), "/noord");
    }

    #[test]
    fn fixed_tenant_has_no_prefix() {
        let from = TenantFrom::Fixed("noord".to_owned());
        assert_eq!(from.id("/zuid/", &HeaderMap::new()), "noord");
        assert_eq!((from.base("noord").as_str(), from.prefix()), ("", ""));
    }
}
