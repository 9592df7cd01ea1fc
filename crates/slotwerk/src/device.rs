//! The browser and the system of a request, by their families: for a person to recognise, never for a decision.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Marks in a `User-Agent`, the more specific ones first: each browser also names those that it descends from.
const BROWSERS: [(&str, Browser); 7] = [
    ("Edg", Browser::Edge),
    ("OPR/", Browser::Opera),
    ("SamsungBrowser/", Browser::SamsungInternet),
    ("Firefox/", Browser::Firefox),
    ("FxiOS/", Browser::Firefox),
    ("Chrome/", Browser::Chrome),
    ("Safari/", Browser::Safari),
];

const SYSTEMS: [(&str, System); 7] = [
    ("iPhone", System::IPhone),
    ("iPad", System::IPad),
    ("Android", System::Android),
    ("CrOS", System::ChromeOs),
    ("Windows", System::Windows),
    ("Mac OS X", System::MacOs),
    ("Linux", System::Linux),
];

/// The family of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Browser {
    /// Chrome, and browsers that say nothing else.
    Chrome,
    /// Edge.
    Edge,
    /// Firefox.
    Firefox,
    /// Opera.
    Opera,
    /// Safari.
    Safari,
    /// Samsung Internet.
    SamsungInternet,
}

/// The family of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum System {
    /// Android.
    Android,
    /// ChromeOS.
    ChromeOs,
    /// An iPad.
    IPad,
    /// An iPhone.
    IPhone,
    /// Linux.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// What is known of the device behind a request. Its words are those of this list: nothing of the request itself is kept.
///
/// ```
/// use slotwerk::{Browser, Device, System};
///
/// let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0";
/// let device = Device::from_user_agent(agent);
/// assert_eq!((device.browser, device.system), (Some(Browser::Firefox), Some(System::Windows)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Device {
    /// The family of the browser, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "names")]
    pub browser: Option<Browser>,
    /// The family of the system, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "names")]
    pub system: Option<System>,
}

impl Device {
    /// Looks for known names in a `User-Agent` header.
    #[must_use]
    pub fn from_user_agent(agent: &str) -> Self {
        fn find<T: Copy>(families: &[(&str, T)], agent: &str) -> Option<T> {
            let mut families = families.iter();
            let found = families.find(|(mark, _)| agent.contains(mark));
            found.map(|(_, family)| *family)
        }
        Self {
            browser: find(&BROWSERS, agent),
            system: find(&SYSTEMS, agent),
        }
    }
}

impl Browser {
    const ALL: [Self; 6] = [
        Self::Chrome,
        Self::Edge,
        Self::Firefox,
        Self::Opera,
        Self::Safari,
        Self::SamsungInternet,
    ];

    /// The name that people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Firefox => "Firefox",
            Self::Opera => "Opera",
            Self::Safari => "Safari",
            Self::SamsungInternet => "Samsung Internet",
        }
    }
}

impl System {
    const ALL: [Self; 7] = [
        Self::Android,
        Self::ChromeOs,
        Self::IPad,
        Self::IPhone,
        Self::Linux,
        Self::MacOs,
        Self::Windows,
    ];

    /// The name that people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Android => "Android",
            Self::ChromeOs => "ChromeOS",
            Self::IPad => "iPad",
            Self::IPhone => "iPhone",
            Self::Linux => "Linux",
            Self::MacOs => "macOS",
            Self::Windows => "Windows",
        }
    }
}

/// A family that is stored by its name.
trait Named: Sized + 'static {
    const KNOWN: &'static [Self];
    fn known_name(&self) -> &'static str;
}

impl Named for Browser {
    const KNOWN: &'static [Self] = &Self::ALL;
    fn known_name(&self) -> &'static str {
        self.name()
    }
}

impl Named for System {
    const KNOWN: &'static [Self] = &Self::ALL;
    fn known_name(&self) -> &'static str {
        self.name()
    }
}

/// Families as their names. A name of a later version is unknown and no error: what holds it stays readable.
mod names {
    use super::{Deserialize, Deserializer, Named, Serializer};

    pub(super) fn serialize<T: Named, S: Serializer>(
        family: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match family {
            Some(family) => serializer.serialize_some(family.known_name()),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, T: Named + Copy, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let name = Option::<String>::deserialize(deserializer)?;
        let known = |name: String| T::KNOWN.iter().find(|known| known.known_name() == name);
        Ok(name.and_then(known).copied())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(agent: &str) -> (Option<&str>, Option<&str>) {
        let device = Device::from_user_agent(agent);
        let stored = serde_json::to_string(&device).unwrap();
        assert_eq!(serde_json::from_str::<Device>(&stored).unwrap(), device);
        (
            device.browser.map(Browser::name),
            device.system.map(System::name),
        )
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
            assert_eq!(names(agent), (Some(browser), Some(system)), "{agent}");
        }
        assert_eq!(names("curl/8.5"), (None, None));
        assert_eq!(names(""), (None, None));
    }

    #[test]
    fn stored_names_are_read() {
        let stored = r#"{"browser":"Samsung Internet","system":"ChromeOS"}"#;
        let device: Device = serde_json::from_str(stored).unwrap();
        assert_eq!(device.browser, Some(Browser::SamsungInternet));
        assert_eq!(device.system, Some(System::ChromeOs));
        let later: Device =
            serde_json::from_str(r#"{"browser":"Later","system":"Linux"}"#).unwrap();
        assert_eq!((later.browser, later.system), (None, Some(System::Linux)));
        assert_eq!(
            serde_json::from_str::<Device>("{}").unwrap(),
            Device::default()
        );
    }
}
