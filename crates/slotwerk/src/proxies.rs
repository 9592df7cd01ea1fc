//! The address of a client behind proxies of one's own.

use crate::client::Client;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The most hops that are looked at; what is further left was not written by a proxy of yours.
const MOST_HOPS: usize = 32;

/// The networks in which your own proxies stand.
///
/// A client can put whatever it likes into `X-Forwarded-For`; each proxy appends the address it was
/// called from. So the list is read from the right, and the first address that is not one of your
/// proxies is the client's.
///
/// ```
/// use slotwerk::TrustedProxies;
///
/// let proxies = TrustedProxies::parse(["10.0.0.0/8", "::1"])?;
/// let peer = "10.0.0.7".parse().unwrap();
/// // The client claimed to be 203.0.113.9; the proxy saw it at 198.51.100.4.
/// let address = proxies.address(peer, ["203.0.113.9, 198.51.100.4"]);
/// assert_eq!(address.to_string(), "198.51.100.4");
/// // Somebody who is no proxy is believed nothing.
/// let stranger = "198.51.100.4".parse().unwrap();
/// assert_eq!(proxies.address(stranger, ["203.0.113.9"]), stranger);
/// # Ok::<(), slotwerk::NotANetwork>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
}

/// A text that names neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an IP address nor a network such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl TrustedProxies {
    /// No proxy: the peer is the client.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Networks in CIDR notation (RFC 4632), or single addresses. Name no network in which a client can
    /// have an address: it could then say where it comes from.
    ///
    /// # Errors
    ///
    /// [`NotANetwork`] with the text at fault.
    pub fn parse<T: AsRef<str>>(
        networks: impl IntoIterator<Item = T>,
    ) -> Result<Self, NotANetwork> {
        let parse = |text: &str| {
            let text = text.trim();
            let single = || text.parse::<IpAddr>().map(IpNet::from);
            text.parse::<IpNet>().or_else(|_| single()).ok()
        };
        let networks = networks
            .into_iter()
            .map(|text| parse(text.as_ref()).ok_or_else(|| NotANetwork(text.as_ref().to_owned())))
            .collect::<Result<_, _>>()?;
        Ok(Self { networks })
    }

    /// The client behind `peer`, the address that the connection comes from.
    ///
    /// `forwarded_for` are the values of all `X-Forwarded-For` headers, in their order, or of the `for`
    /// parameters of `Forwarded` (RFC 7239) where your proxy writes those. See [`address`](Self::address).
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded_for: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
    ) -> Client {
        Client::at(self.address(peer, forwarded_for))
    }

    /// The address alone: the rightmost hop that is no proxy of yours. Where a hop is not readable as an
    /// address (with or without a port), it is the proxy that wrote it: its clients then share a budget,
    /// which is better than a budget that a client can choose.
    pub fn address<'a>(
        &self,
        peer: IpAddr,
        forwarded_for: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
    ) -> IpAddr {
        let hops = forwarded_for
            .into_iter()
            .rev()
            .flat_map(|header| header.rsplit(','));
        let mut client = peer.to_canonical();
        for hop in hops.take(MOST_HOPS) {
            if !self.trusts(client) {
                break;
            }
            match read(hop) {
                Some(address) => client = address,
                None => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`, perhaps in quotes.
fn read(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"');
    let bare = hop
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(hop);
    let address = bare.parse::<IpAddr>().ok();
    let address = address.or_else(|| {
        hop.parse::<SocketAddr>()
            .ok()
            .map(|with_port| with_port.ip())
    });
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, headers: &[&str]) -> String {
        let proxies =
            TrustedProxies::parse(["10.0.0.0/8", "2001:db8:ffff::/48", "127.0.0.1"]).unwrap();
        let found = proxies.address(peer.parse().unwrap(), headers.iter().copied());
        found.to_string()
    }

    #[test]
    fn a_peer_that_is_no_proxy_is_the_client_whatever_it_says() {
        assert_eq!(
            address("203.0.113.5", &["10.0.0.1, 127.0.0.1"]),
            "203.0.113.5"
        );
        assert_eq!(
            TrustedProxies::none()
                .address([10, 0, 0, 1].into(), ["192.0.2.1"])
                .to_string(),
            "10.0.0.1"
        );
    }

    #[test]
    fn the_rightmost_hop_that_is_no_proxy_is_the_client() {
        assert_eq!(
            address("10.0.0.1", &["198.51.100.1, 203.0.113.9, 10.0.0.2"]),
            "203.0.113.9"
        );
        assert_eq!(address("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        // Several headers are one list.
        assert_eq!(
            address("10.0.0.1", &["198.51.100.1", "203.0.113.9", "10.0.0.2"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn an_invented_list_changes_nothing() {
        let long = "192.0.2.66, ".repeat(10_000);
        for invented in [
            "",
            "127.0.0.1",
            "10.0.0.2, 10.0.0.3",
            "unknown",
            "::",
            "'",
            &long,
        ] {
            let header = format!("{invented}, 203.0.113.9");
            assert_eq!(
                address("10.0.0.1", &[&header]),
                "203.0.113.9",
                "{invented:.20}"
            );
        }
    }

    #[test]
    fn without_a_readable_hop_it_is_the_proxy() {
        for header in [
            "",
            "unknown",
            "_hidden",
            "203.0.113.999",
            "203.0.113.9 198.51.100.1",
            "203.0.113.9, unknown",
        ] {
            assert_eq!(address("10.0.0.1", &[header]), "10.0.0.1", "{header}");
        }
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    #[test]
    fn hops_are_read_with_ports_brackets_and_as_ipv4_in_ipv6() {
        for hop in [
            "203.0.113.9:4711",
            "\"203.0.113.9\"",
            "::ffff:203.0.113.9",
            "[::ffff:203.0.113.9]:80",
        ] {
            assert_eq!(address("::ffff:10.0.0.1", &[hop]), "203.0.113.9", "{hop}");
        }
        for hop in [
            "2001:db8::1",
            "[2001:db8::1]",
            "[2001:db8::1]:4711",
            "\"[2001:db8::1]:4711\"",
        ] {
            assert_eq!(address("2001:db8:ffff::1", &[hop]), "2001:db8::1", "{hop}");
        }
    }

    #[test]
    fn more_hops_than_anybody_has_are_not_followed() {
        let proxies = ["10.0.0.2"; 40].join(",");
        assert_eq!(
            address("10.0.0.1", &[&format!("203.0.113.9,{proxies}")]),
            "10.0.0.2"
        );
    }

    #[test]
    fn a_text_that_is_no_network_is_named() {
        let error = TrustedProxies::parse(["10.0.0.0/8", "10.0.0.0/33"]).unwrap_err();
        assert!(error.to_string().contains("10.0.0.0/33"), "{error}");
        for text in ["", "proxy.example", "10.0.0.0-10.0.0.9", "::/129"] {
            assert!(TrustedProxies::parse([text]).is_err(), "{text}");
        }
    }
}
