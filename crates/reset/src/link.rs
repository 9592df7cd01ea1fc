//! The link that a mail carries, built from the configured public address alone.

use std::fmt;

use url::{Host, Url};
use zeroize::Zeroizing;

use crate::error::{LinkError, SegmentError};
use crate::token::Token;

/// Builds links on the service's public address, which comes from configuration. It is never given a
/// request, so a forged `Host` or `X-Forwarded-Host` header cannot reach a mail.
///
/// The token is the **last path segment**, not a query parameter. Mail gateways and click trackers add,
/// drop and reorder parameters, analytics records them by default, a duplicated one has two meanings,
/// and mail programs that handle quoted-printable badly eat `=` with what follows. A path segment is
/// there once or not at all. The token's alphabet needs no escaping in it.
///
/// The page at that address must not pass the address on: answer with `Referrer-Policy: no-referrer`
/// and `Cache-Control: no-store`, load nothing from other sites, and mask the segment in access logs.
#[derive(Clone, Debug)]
pub struct LinkBuilder {
    base: Url,
}

impl LinkBuilder {
    /// How long the public address may be, in bytes.
    pub const MAX_ADDRESS: usize = 512;

    /// Checks the public address: `https`, a host, perhaps a port and a path to build on. `http` is
    /// accepted for the machine itself (`localhost`, 127.0.0.0/8, `::1`), for development.
    ///
    /// ```
    /// # use slotwerk_reset::{LinkBuilder, LinkError};
    /// assert!(LinkBuilder::new("https://example.org/portal").is_ok());
    /// assert_eq!(LinkBuilder::new("http://example.org").unwrap_err(), LinkError::Insecure);
    /// ```
    ///
    /// # Errors
    ///
    /// [`LinkError`], which says what is wrong with it.
    pub fn new(public_url: &str) -> Result<Self, LinkError> {
        if public_url.len() > Self::MAX_ADDRESS {
            return Err(LinkError::TooLong);
        }
        let base = Url::parse(public_url).map_err(|_| LinkError::NotAUrl)?;
        let host = base.host().ok_or(LinkError::NotWeb)?;
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(LinkError::Insecure),
            _ => return Err(LinkError::NotWeb),
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(LinkError::UserInfo);
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(LinkError::QueryOrFragment);
        }
        Ok(Self { base })
    }

    /// The link for a token: the public address, the segments, the token.
    ///
    /// Each segment stays one segment: blanks, letters beyond ASCII and the like are percent-encoded.
    ///
    /// ```
    /// # use slotwerk_keys::{KeyId, KeyRing, MasterKey};
    /// # use slotwerk_reset::*;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]));
    /// # let scope = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-a");
    /// # let lifetime = Lifetime::new(std::time::Duration::from_secs(3600))?;
    /// # let token = issue(&ring, &scope, 1_790_000_000, lifetime, [0x5a; 16])?.token;
    /// let links = LinkBuilder::new("https://example.org/portal")?;
    /// let link = links.link(&["tenant-a", "reset"], &token)?;
    /// assert!(link.expose().starts_with("https://example.org/portal/tenant-a/reset/AQ"));
    /// assert_eq!(links.link(&["..", "reset"], &token).unwrap_err(), SegmentError::Dots);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SegmentError`] for the first segment that [cannot be one](Self::check_segment).
    pub fn link(&self, path_segments: &[&str], token: &Token) -> Result<Link, SegmentError> {
        let mut url = self.below(path_segments)?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(token.expose());
        }
        Ok(Link(Zeroizing::new(url.into())))
    }

    /// The address of a page without a token: the public address and the segments.
    ///
    /// ```
    /// # use slotwerk_reset::LinkBuilder;
    /// let links = LinkBuilder::new("https://example.org/portal")?;
    /// assert_eq!(links.page(&["tenant-a", "sign-in"])?, "https://example.org/portal/tenant-a/sign-in");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SegmentError`] for the first segment that [cannot be one](Self::check_segment).
    pub fn page(&self, path_segments: &[&str]) -> Result<String, SegmentError> {
        Ok(self.below(path_segments)?.into())
    }

    fn below(&self, path_segments: &[&str]) -> Result<Url, SegmentError> {
        for segment in path_segments {
            Self::check_segment(segment)?;
        }
        let mut url = self.base.clone();
        // Only addresses without a host have no path, and those were refused.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            path.extend(path_segments);
        }
        Ok(url)
    }

    /// Checks a text that is to be a path segment of links, such as a tenant's id: when the tenant is set up,
    /// not when the first mail goes out.
    ///
    /// # Errors
    ///
    /// [`SegmentError`], which says what is wrong with it.
    pub fn check_segment(segment: &str) -> Result<(), SegmentError> {
        if segment.chars().any(char::is_control) {
            return Err(SegmentError::Control);
        }
        if segment.contains(['/', '\\', '?', '#']) {
            return Err(SegmentError::Separator);
        }
        let is_encoded = |text: &[u8]| matches!(text, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
        if segment.as_bytes().windows(3).any(is_encoded) {
            return Err(SegmentError::Encoded);
        }
        match segment {
            "" => Err(SegmentError::Empty),
            "." | ".." => Err(SegmentError::Dots),
            _ => Ok(()),
        }
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// A link with a token in it: as secret as the token, and treated the same.
pub struct Link(Zeroizing<String>);

impl Link {
    /// The link itself, for the mail and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(..)")
    }
}
