//! The browser and the system of a session, by the `User-Agent` header: for a person to recognise, never for a decision.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use serde::{Deserialize, Serialize};
use slotwerk::HostData;

/// Families, the more specific ones first: each browser also names those that it descends from.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// What a session shows of its device, each if it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) browser: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) system: Option<String>,
}

impl Device {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let agent = headers
            .get(USER_AGENT)
            .and_then(|agent| agent.to_str().ok());
        let agent = agent.unwrap_or_default();
        let find = |families: &[(&str, &str)]| {
            let mut families = families.iter();
            let found = families.find(|(mark, _)| agent.contains(mark));
            found.map(|(_, name)| (*name).to_owned())
        };
        Self {
            browser: find(&BROWSERS),
            system: find(&SYSTEMS),
        }
    }

    /// The form in which the session keeps it.
    pub(crate) fn kept(&self) -> HostData {
        let json = serde_json::to_vec(self).unwrap_or_default();
        HostData::new(json).unwrap_or_default()
    }

    pub(crate) fn from_kept(data: &HostData) -> Self {
        serde_json::from_slice(data.as_bytes()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(agent: &'static str) -> (Option<String>, Option<String>) {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, agent.parse().unwrap());
        let device = Device::of(&headers);
        assert_eq!(Device::from_kept(&device.kept()), device);
        (device.browser, device.system)
    }

    #[test]
    fn families_are_recognised() {
        for (agent, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
                "Firefox",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile \
                 Safari/537.36",
                "Chrome",
                "Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 \
                 Safari/537.36 Edg/130.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
                "Chrome",
                "Linux",
            ),
        ] {
            let found = named(agent);
            assert_eq!(
                found,
                (Some(browser.into()), Some(system.into())),
                "{agent}"
            );
        }
        assert_eq!(named("curl/8.5"), (None, None));
        assert_eq!(Device::of(&HeaderMap::new()), Device::default());
        assert_eq!(Device::from_kept(&HostData::default()), Device::default());
    }
}
