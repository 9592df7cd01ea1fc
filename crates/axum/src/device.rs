//! The device of a request, and the form in which its session keeps it.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use slotwerk::{Device, HostData};

/// The `User-Agent` header as text; empty without one.
pub(crate) fn user_agent(headers: &HeaderMap) -> &str {
    let agent = headers.get(USER_AGENT);
    agent
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default()
}

pub(crate) fn kept(headers: &HeaderMap) -> HostData {
    let device = Device::from_user_agent(user_agent(headers));
    let json = serde_json::to_vec(&device).unwrap_or_default();
    HostData::new(json).unwrap_or_default()
}

pub(crate) fn from_kept(data: &HostData) -> Device {
    serde_json::from_slice(data.as_bytes()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk::{Browser, System};

    #[test]
    fn session_keeps_the_device() {
        let mut headers = HeaderMap::new();
        assert_eq!(from_kept(&kept(&headers)), Device::default());
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
        headers.insert(USER_AGENT, agent.parse().unwrap());
        let device = from_kept(&kept(&headers));
        assert_eq!(device.browser, Some(Browser::Firefox));
        assert_eq!(device.system, Some(System::Linux));
        assert_eq!(from_kept(&HostData::default()), Device::default());
    }
}
