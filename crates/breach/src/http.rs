//! The range protocol over HTTP/1.1, with TLS by rustls and ring.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{HeaderValue, TRANSFER_ENCODING, USER_AGENT};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

use crate::{MAX_RESPONSE, RangeTransport, TransportError};

/// Fetches ranges over HTTPS. Needs a tokio runtime with its timer enabled.
///
/// Servers are trusted by Mozilla's roots, which are compiled in, and those of
/// [`trust`](Self::trust). Redirects are not followed and proxies are not used. Connections are kept
/// open for the next question.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    base: String,
    user_agent: HeaderValue,
    timeout: Duration,
    roots: Arc<RootCertStore>,
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

/// Why a transport cannot be made.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HttpConfigError {
    /// Not an absolute address, or one with a query, a fragment, a user name or a password.
    #[error("not a plain absolute address")]
    Address,
    /// Plain HTTP to anything but a loopback address such as `127.0.0.1` or `[::1]`.
    #[error("plain HTTP is for loopback addresses only")]
    Insecure,
    /// Empty, or not printable ASCII.
    #[error("not a user agent")]
    UserAgent,
    /// A timeout of zero.
    #[error("a timeout of zero")]
    Timeout,
    /// Not a certificate that can be trusted.
    #[error("not a certificate in DER")]
    Certificate,
}

impl HttpTransport {
    /// How long a whole exchange may take if nothing is said: 5 seconds.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

    /// A transport to the address that ranges are below: the 5 digits are appended to it, after a
    /// slash. The public service "Pwned Passwords" of Have I Been Pwned speaks this protocol, and
    /// several open programs serve a downloaded copy by it; which one to ask is yours to say.
    ///
    /// `user_agent` names your service to the source.
    ///
    /// ```
    /// use slotwerk_breach::{HttpTransport, RangeClient};
    ///
    /// let transport = HttpTransport::new("https://ranges.example/range/", "example-portal")?;
    /// let client = RangeClient::new(transport).minimum_count(1);
    /// # Ok::<(), slotwerk_breach::HttpConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`HttpConfigError::Address`], [`HttpConfigError::Insecure`], [`HttpConfigError::UserAgent`].
    pub fn new(base: &str, user_agent: &str) -> Result<Self, HttpConfigError> {
        let base = checked_address(base)?;
        let user_agent = HeaderValue::from_str(user_agent).ok();
        let user_agent = user_agent.filter(|value| !value.as_bytes().trim_ascii().is_empty());
        let user_agent = user_agent.ok_or(HttpConfigError::UserAgent)?;
        let roots = Arc::new(RootCertStore::from_iter(
            webpki_roots::TLS_SERVER_ROOTS.iter().cloned(),
        ));
        let client = client(&roots)?;
        Ok(Self {
            base,
            user_agent,
            timeout: Self::DEFAULT_TIMEOUT,
            roots,
            client,
        })
    }

    /// How long a whole exchange may take, from connecting to the last byte.
    ///
    /// # Errors
    ///
    /// [`HttpConfigError::Timeout`] if it is zero.
    pub fn timeout(mut self, timeout: Duration) -> Result<Self, HttpConfigError> {
        if timeout.is_zero() {
            return Err(HttpConfigError::Timeout);
        }
        self.timeout = timeout;
        Ok(self)
    }

    /// Trusts servers of this root certificate as well, in DER; for a mirror in your own network.
    ///
    /// # Errors
    ///
    /// [`HttpConfigError::Certificate`] if it is none.
    pub fn trust(mut self, root: &[u8]) -> Result<Self, HttpConfigError> {
        Arc::make_mut(&mut self.roots)
            .add(CertificateDer::from_slice(root).into_owned())
            .map_err(|_| HttpConfigError::Certificate)?;
        self.client = client(&self.roots)?;
        Ok(self)
    }

    async fn exchange(&self, prefix: &str, padding: bool) -> Result<Vec<u8>, TransportError> {
        let mut request = Request::get(format!("{}{prefix}", self.base))
            .header(USER_AGENT, self.user_agent.clone());
        if padding {
            request = request.header("Add-Padding", "true");
        }
        let request = request
            .body(Empty::new())
            .map_err(|_| TransportError::Other("no request can be made of this prefix"))?;
        let response = self.client.request(request).await.map_err(|error| {
            if error.is_connect() {
                TransportError::Unreachable
            } else {
                TransportError::Interrupted
            }
        })?;
        if response.status() != StatusCode::OK {
            return Err(TransportError::Status(response.status().as_u16()));
        }
        read(response).await
    }
}

#[async_trait]
impl RangeTransport for HttpTransport {
    async fn fetch(&self, prefix: &str, padding: bool) -> Result<Vec<u8>, TransportError> {
        tokio::time::timeout(self.timeout, self.exchange(prefix, padding))
            .await
            .unwrap_or(Err(TransportError::Timeout))
    }
}

async fn read(response: Response<Incoming>) -> Result<Vec<u8>, TransportError> {
    // A body that just ends when the connection does cannot be told from one that was cut off between
    // two rows, and that would be a false "not breached".
    let encoding = response
        .headers()
        .get_all(TRANSFER_ENCODING)
        .iter()
        .next_back();
    let chunked = encoding.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"chunked"));
    let mut body = response.into_body();
    let length = body.size_hint().exact();
    if length.is_none() && !chunked {
        return Err(TransportError::Interrupted);
    }
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| TransportError::Interrupted)?;
        // Trailers say nothing here.
        let data = frame.into_data().unwrap_or_default();
        if bytes.len() + data.len() > MAX_RESPONSE {
            return Err(TransportError::TooLong);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// The address with one slash at its end.
fn checked_address(base: &str) -> Result<String, HttpConfigError> {
    let uri: Uri = base.parse().map_err(|_| HttpConfigError::Address)?;
    let host = uri.host().ok_or(HttpConfigError::Address)?;
    let authority = uri.authority().ok_or(HttpConfigError::Address)?;
    if authority.as_str().contains('@') || base.contains(['?', '#']) {
        return Err(HttpConfigError::Address);
    }
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_loopback(host) => {}
        Some("http") => return Err(HttpConfigError::Insecure),
        _ => return Err(HttpConfigError::Address),
    }
    Ok(format!("{}/", base.trim_end_matches('/')))
}

/// By its number: a name means what somebody's resolver says.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse()
        .is_ok_and(|address: IpAddr| address.is_loopback())
}

fn client(
    roots: &Arc<RootCertStore>,
) -> Result<Client<HttpsConnector<HttpConnector>, Empty<Bytes>>, HttpConfigError> {
    // Named here, so that nothing hangs on a default of the process.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| HttpConfigError::Certificate)?
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        // Which scheme is allowed was settled with the address.
        .https_or_http()
        .enable_http1()
        .build();
    Ok(Client::builder(TokioExecutor::new()).build(connector))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_loopback() {
        for (base, expected) in [
            ("https://ranges.example", Ok("https://ranges.example/")),
            (
                "https://ranges.example/a/range/",
                Ok("https://ranges.example/a/range/"),
            ),
            (
                "https://ranges.example:8443/range",
                Ok("https://ranges.example:8443/range/"),
            ),
            (
                "http://127.0.0.1:8080/range",
                Ok("http://127.0.0.1:8080/range/"),
            ),
            ("http://[::1]:8080", Ok("http://[::1]:8080/")),
            ("http://ranges.example", Err(HttpConfigError::Insecure)),
            ("http://localhost", Err(HttpConfigError::Insecure)),
            ("http://127.0.0.1.example", Err(HttpConfigError::Insecure)),
            ("http://10.0.0.1", Err(HttpConfigError::Insecure)),
            (
                "http://127.0.0.1@ranges.example",
                Err(HttpConfigError::Address),
            ),
            (
                "https://user:word@ranges.example",
                Err(HttpConfigError::Address),
            ),
            (
                "https://ranges.example/?key=1",
                Err(HttpConfigError::Address),
            ),
            ("https://ranges.example/#top", Err(HttpConfigError::Address)),
            ("ftp://ranges.example", Err(HttpConfigError::Address)),
            ("/range", Err(HttpConfigError::Address)),
            ("ranges.example", Err(HttpConfigError::Address)),
            ("", Err(HttpConfigError::Address)),
        ] {
            assert_eq!(checked_address(base), expected.map(str::to_owned), "{base}");
        }
    }
}
