//! The address of a client behind proxies of one's own.

use crate::client::Client;
use ipnet::{IpNet, Ipv4Net};
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
    /// Networks are read as addresses are: `::ffff:10.0.0.0/104` is `10.0.0.0/8`. An IPv6 network that is
    /// wider than the IPv4-mapped block (`::ffff:0:0/96`) holds IPv6 addresses alone, so `::/0` names no
    /// IPv4 address.
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
            let network = text.parse::<IpNet>().or_else(|_| single());
            network.ok().map(canonical)
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

    /// The address alone: the rightmost hop that is no proxy of yours. Empty elements of the list count for
    /// nothing (RFC 9110 §5.6.1.2). Where a hop is not readable as an address (with or without a port), the
    /// answer is the proxy that wrote it: its clients then share a budget, which is better than a budget
    /// that a client can choose.
    pub fn address<'a>(
        &self,
        peer: IpAddr,
        forwarded_for: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
    ) -> IpAddr {
        let hops = forwarded_for
            .into_iter()
            .rev()
            .flat_map(|header| header.rsplit(','))
            .filter(|hop| !hop.trim_matches([' ', '\t']).is_empty());
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

    /// Whether this address is one of your proxies.
    ///
    /// A host can warn with it: forwarding headers from a peer that is not trusted are ignored, and a
    /// proxy that nobody named makes all its clients share one budget.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }
}

/// The bits that all IPv4-mapped IPv6 addresses begin with (RFC 4291 §2.5.5.2).
const MAPPED_BITS: u8 = 96;

/// Addresses are compared in their canonical form, so networks need theirs, too.
fn canonical(network: IpNet) -> IpNet {
    let mapped = match network.addr().to_canonical() {
        IpAddr::V4(v4) if network.addr().is_ipv6() => {
            let bits = network.prefix_len().checked_sub(MAPPED_BITS);
            bits.and_then(|bits| Ipv4Net::new(v4, bits).ok())
        }
        _ => None,
    };
    mapped.map_or(network, IpNet::from)
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
    fn mapped_networks_are_ipv4_networks() {
        let trusts = |network: &str, address: &str| {
            let proxies = TrustedProxies::parse([network]).unwrap();
            proxies.trusts(address.parse().unwrap())
        };
        for (network, inside, outside) in [
            ("::ffff:127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("::ffff:127.0.0.1/128", "::ffff:127.0.0.1", "127.0.0.2"),
            ("::ffff:10.0.0.0/104", "10.200.0.1", "11.0.0.1"),
            ("::ffff:a00:0/104", "10.200.0.1", "11.0.0.1"),
            ("::ffff:10.1.2.3/112", "10.1.255.255", "10.2.0.0"),
            ("::ffff:0:0/96", "203.0.113.9", "2001:db8::1"),
            ("10.0.0.1/8", "::ffff:10.9.9.9", "::ffff:11.0.0.1"),
            ("2001:db8::/32", "2001:db8::1", "2001:db9::1"),
            // Wider than the mapped block: IPv6 alone.
            ("::/0", "2001:db8::1", "203.0.113.9"),
            ("::ffff:0:0/95", "::fffe:0:1", "203.0.113.9"),
        ] {
            assert!(trusts(network, inside), "{network} has {inside}");
            assert!(!trusts(network, outside), "{network} has not {outside}");
        }
    }

    #[test]
    fn empty_elements_count_for_nothing() {
        for header in [
            "203.0.113.9,",
            "203.0.113.9, ,",
            ",,203.0.113.9,\t,,",
            "198.51.100.1,,203.0.113.9,,10.0.0.2,",
        ] {
            assert_eq!(address("10.0.0.1", &[header]), "203.0.113.9", "{header}");
        }
        assert_eq!(
            address("10.0.0.1", &["203.0.113.9", "", ",", "10.0.0.2"]),
            "203.0.113.9"
        );
        let commas = ",".repeat(10_000);
        assert_eq!(
            address("10.0.0.1", &[&format!("203.0.113.9{commas}")]),
            "203.0.113.9"
        );
        // A hop that holds something else is still a hop.
        assert_eq!(address("10.0.0.1", &["203.0.113.9, \"\""]), "10.0.0.1");
    }

    #[test]
    fn several_headers_keep_their_order() {
        // Each reading order gives another answer, so a wrong one fails.
        let headers = ["192.0.2.1", "198.51.100.7, 10.0.0.2", "10.0.0.3"];
        assert_eq!(address("10.0.0.1", &headers), "198.51.100.7");
        let reversed = ["10.0.0.3", "198.51.100.7, 10.0.0.2", "192.0.2.1"];
        assert_eq!(address("10.0.0.1", &reversed), "192.0.2.1");
        let untrusted_last = ["10.0.0.2", "192.0.2.1", "203.0.113.9"];
        assert_eq!(address("10.0.0.1", &untrusted_last), "203.0.113.9");
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
