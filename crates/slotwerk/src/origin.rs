//! From where something was done, for the notice about it: no whole address, and no words of the request.

use crate::client::Client;
use crate::device::{Browser, Device, System};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The facts about the client in a notice. They wait in the outbox, sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    #[serde(default)]
    device: Device,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    network: Option<String>,
}

impl Origin {
    /// What there is to tell of a client; `None` if that is nothing.
    pub(crate) fn of(client: &Client) -> Option<Self> {
        let origin = Self {
            device: client.device(),
            place: client.place().map(str::to_owned),
            network: client.address().map(network),
        };
        Some(origin).filter(|origin| *origin != Self::default())
    }

    pub(crate) fn in_mail(&self) -> slotwerk_mail::Origin<'_> {
        let Device { browser, system } = self.device;
        slotwerk_mail::Origin::default()
            .device(browser.map(Browser::name), system.map(System::name))
            .place(self.place.as_deref())
            .network(self.network.as_deref())
    }
}

/// The network of an address: 24 bits of an IPv4 address, 48 of an IPv6 address.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.x")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:x")
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_whole_address_is_kept() {
        let of = |address: &str| network(address.parse().unwrap());
        assert_eq!(of("203.0.113.77"), "203.0.113.x");
        assert_eq!(of("::ffff:203.0.113.77"), "203.0.113.x");
        assert_eq!(of("2001:db8:7:1:2:3:4:5"), "2001:db8:7:x");
    }

    #[test]
    fn unknown_client_has_no_origin() {
        assert_eq!(Origin::of(&Client::unknown()), None);
        let curl = Client::unknown().with_user_agent("curl/8.5");
        assert_eq!(Origin::of(&curl), None);
    }
}
