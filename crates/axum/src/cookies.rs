//! The cookies of a browser: their names, their attributes, and reading them.

use axum::http::header::{COOKIE, HeaderMap};
use cookie::{Cookie, CookieBuilder, SameSite};

/// How cookies are named and guarded.
#[derive(Clone, Debug)]
pub(crate) struct Cookies {
    /// In front of every name.
    pub(crate) prefix: String,
    /// Whether people reach the service over https.
    pub(crate) https: bool,
}

/// The kinds of cookies of a tenant. Each tenant has its own of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The token of the session.
    Session,
    /// The state of the flow.
    Flow,
    /// The token by which a browser is known again.
    KnownBrowser,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Flow => "flow",
            Self::KnownBrowser => "device",
        }
    }

    /// `Lax` where a link in a mail must find the person signed in.
    fn same_site(self) -> SameSite {
        match self {
            Self::Session | Self::Flow => SameSite::Lax,
            Self::KnownBrowser => SameSite::Strict,
        }
    }
}

impl Cookies {
    /// The name at a tenant. Under https it begins with `__Host-` (RFC 6265bis, section 4.1.3.2), so that no other host
    /// of the domain can set it.
    pub(crate) fn name(&self, kind: Kind, tenant: &str) -> String {
        let host = if self.https { "__Host-" } else { "" };
        format!("{host}{}-{}-{tenant}", self.prefix, kind.name())
    }

    /// The name of the cookie that holds the chosen language. One choice counts at every tenant.
    fn language_name(&self) -> String {
        let host = if self.https { "__Host-" } else { "" };
        format!("{host}{}-language", self.prefix)
    }

    /// The tag of the language that the person chose.
    pub(crate) fn language(&self, headers: &HeaderMap) -> Option<String> {
        presented(headers, &self.language_name())
    }

    /// A cookie that keeps the chosen language for a year.
    pub(crate) fn keep_language(&self, tag: &str) -> Cookie<'static> {
        let cookie = self.guarded(self.language_name(), tag.to_owned());
        let cookie = cookie.same_site(SameSite::Lax);
        cookie.max_age(time::Duration::days(365)).build()
    }

    /// The value that the browser presents.
    pub(crate) fn presented(
        &self,
        kind: Kind,
        tenant: &str,
        headers: &HeaderMap,
    ) -> Option<String> {
        presented(headers, &self.name(kind, tenant))
    }

    /// A cookie that lasts until the browser is closed.
    pub(crate) fn build(&self, kind: Kind, tenant: &str, value: String) -> CookieBuilder<'static> {
        let cookie = self.guarded(self.name(kind, tenant), value);
        cookie.same_site(kind.same_site())
    }

    fn guarded(&self, name: String, value: String) -> CookieBuilder<'static> {
        Cookie::build((name, value))
            .http_only(true)
            .secure(self.https)
            .path("/")
    }

    /// A cookie that removes the one that the browser has.
    pub(crate) fn removal(&self, kind: Kind, tenant: &str) -> Cookie<'static> {
        let empty = self.build(kind, tenant, String::new());
        empty.max_age(time::Duration::ZERO).build()
    }
}

fn presented(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(COOKIE).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| Cookie::split_parse(value.to_owned()).flatten())
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "session-2=x; a=b".parse().unwrap());
        headers.append(COOKIE, "c=d; session=y".parse().unwrap());
        assert_eq!(presented(&headers, "session").as_deref(), Some("y"));
        assert_eq!(presented(&headers, "sess"), None);
    }

    #[test]
    fn https_cookies_belong_to_the_host() {
        let cookies = |https| Cookies {
            prefix: "slotwerk".to_owned(),
            https,
        };
        let cookie = |https| {
            let cookie = cookies(https).build(Kind::Session, "noord", "t".to_owned());
            cookie.build().to_string()
        };
        assert_eq!(
            cookie(true),
            "__Host-slotwerk-session-noord=t; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
        assert_eq!(
            cookie(false),
            "slotwerk-session-noord=t; HttpOnly; SameSite=Lax; Path=/"
        );
    }
}
