//! Where a request comes from: for budgets, and for the notices about what was done.

use crate::device::Device;
use slotwerk_mail::is_forbidden_in_names;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use zeroize::Zeroizing;

/// Longest place, in bytes of UTF-8.
const MAX_PLACE: usize = 64;

/// The client of a request, as the host sees it: its address, its device, and the tokens of a known and of a trusted
/// browser that it presents.
///
/// The address must be one the host can vouch for: the peer's own, or what
/// [`TrustedProxies::client`](crate::TrustedProxies::client) finds. Never take it from a header that a
/// client can send.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Client {
    address: Option<IpAddr>,
    browser: Option<Zeroizing<String>>,
    trusted_browser: Option<Zeroizing<String>>,
    device: Device,
    place: Option<String>,
}

impl Client {
    /// A client at this address.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        Self {
            address: Some(address),
            ..Self::unknown()
        }
    }

    /// A client whose address is not known; no budget per client applies.
    #[must_use]
    pub const fn unknown() -> Self {
        Self {
            address: None,
            browser: None,
            trusted_browser: None,
            device: Device {
                browser: None,
                system: None,
            },
            place: None,
        }
    }

    /// Adds the token that [`TenantAuth::known_browser`](crate::TenantAuth::known_browser) gave this browser, as the
    /// browser presents it. It needs no checking before: one that is none does nothing.
    #[must_use]
    pub fn with_known_browser(mut self, token: &str) -> Self {
        self.browser = kept(token);
        self
    }

    /// Adds the token that [`TenantAuth::trust_browser`](crate::TenantAuth::trust_browser) gave this browser, as the
    /// browser presents it. It needs no checking before: an invalid one is ignored.
    #[must_use]
    pub fn with_trusted_browser(mut self, token: &str) -> Self {
        self.trusted_browser = kept(token);
        self
    }

    /// Adds the families of browser and system, as the `User-Agent` header names them. Notices about what this client
    /// does show them. Nothing else of the header is kept.
    #[must_use]
    pub fn with_user_agent(mut self, agent: &str) -> Self {
        self.device = Device::from_user_agent(agent);
        self
    }

    /// Adds the place of the address, such as "Utrecht, NL", as the host's own service for that finds it. Notices
    /// about what this client does show it. Ignored unless it is 1 to 64 bytes without control characters.
    #[must_use]
    pub fn with_place(mut self, place: &str) -> Self {
        let fits = (1..=MAX_PLACE).contains(&place.len())
            && !place.trim().is_empty()
            && !place.chars().any(is_forbidden_in_names);
        self.place = fits.then(|| place.to_owned());
        self
    }

    pub(crate) fn device(&self) -> Device {
        self.device
    }

    pub(crate) fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// The whole address. Never store or show it.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.address
    }

    pub(crate) fn browser(&self) -> Option<&str> {
        self.browser.as_ref().map(|token| token.as_str())
    }

    pub(crate) fn trusted_browser(&self) -> Option<&str> {
        self.trusted_browser.as_ref().map(|token| token.as_str())
    }

    /// The address that budgets count for this client: an IPv4 address, or an IPv6 network of 64 bits,
    /// within which a single host may take any address it likes. A limit of the host's own, such as one on
    /// connections, counts clients the same way with it.
    ///
    /// ```
    /// use slotwerk::Client;
    /// use std::net::IpAddr;
    ///
    /// let address = |text: &str| Client::at(text.parse::<IpAddr>().unwrap()).budget_address();
    /// assert_eq!(address("2001:db8::1"), address("2001:db8::ffff"));
    /// assert_eq!(address("::ffff:192.0.2.7"), address("192.0.2.7"));
    /// ```
    #[must_use]
    pub fn budget_address(&self) -> Option<IpAddr> {
        self.address.map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 => v4,
        })
    }
}

impl fmt::Debug for Client {
    /// Shows no address: it is about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("has_address", &self.address.is_some())
            .field("has_known_browser", &self.browser.is_some())
            .field("has_trusted_browser", &self.trusted_browser.is_some())
            .finish_non_exhaustive()
    }
}

/// A text that is as long as a token.
fn kept(token: &str) -> Option<Zeroizing<String>> {
    let fits = token.len() == slotwerk_reset::TOKEN_LENGTH;
    fits.then(|| Zeroizing::new(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(text: &str) -> IpAddr {
        Client::at(text.parse().unwrap()).budget_address().unwrap()
    }

    #[test]
    fn ipv6_hosts_of_one_network_share_a_budget() {
        assert_eq!(
            budget("2001:db8:1:2::1"),
            budget("2001:db8:1:2:ffff:ffff:ffff:ffff")
        );
        assert_ne!(budget("2001:db8:1:2::1"), budget("2001:db8:1:3::1"));
    }

    #[test]
    fn an_ipv4_address_in_ipv6_dress_is_the_same_client() {
        assert_eq!(budget("192.0.2.7"), budget("::ffff:192.0.2.7"));
        assert_ne!(budget("192.0.2.7"), budget("192.0.2.8"));
    }

    #[test]
    fn what_has_not_the_length_of_a_token_is_none() {
        let client = Client::unknown();
        assert_eq!(client.clone().with_known_browser("").browser(), None);
        assert_eq!(
            client.clone().with_known_browser(&"A".repeat(76)).browser(),
            None
        );
        let browser = "A".repeat(75);
        assert_eq!(
            client.with_known_browser(&browser).browser(),
            Some(&*browser)
        );
    }

    #[test]
    fn unfit_places_are_ignored() {
        let place = |text: &str| {
            Client::unknown()
                .with_place(text)
                .place()
                .map(str::to_owned)
        };
        assert_eq!(place("Utrecht, NL").as_deref(), Some("Utrecht, NL"));
        let long = "a".repeat(65);
        for unfit in ["", " ", "Utrecht\r\nBcc: x", "\u{202e}NL", &long] {
            assert_eq!(place(unfit), None, "{unfit:?}");
        }
    }

    #[test]
    fn debug_shows_neither_address_nor_token() {
        let client = Client::at([192, 0, 2, 7].into()).with_known_browser(&"A".repeat(75));
        assert_eq!(
            format!("{client:?}"),
            "Client { has_address: true, has_known_browser: true, has_trusted_browser: false, .. }"
        );
    }
}
