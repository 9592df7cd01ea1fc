//! Where a request comes from, as far as budgets care.

use std::net::{IpAddr, Ipv6Addr};

/// The client of a request, as the host sees it.
///
/// The address must be one the host can vouch for: the peer's own, or the rightmost hop that a proxy
/// of yours has written. Never take it from a header that a client can send.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Client {
    address: Option<IpAddr>,
}

impl Client {
    /// A client at this address.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        Self {
            address: Some(address),
        }
    }

    /// A client whose address is not known; no budget per client applies.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// What one client can hardly have more than one of: an IPv4 address, or an IPv6 network of 64
    /// bits, within which a single host may take any address it likes.
    pub(crate) fn budget_address(&self) -> Option<IpAddr> {
        self.address.map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 => v4,
        })
    }
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
}
