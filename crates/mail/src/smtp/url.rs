//! The URL of a mail server.

use std::fmt;

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::SmtpConfigError;

/// A mail server as its URL names it, decoded.
pub(super) struct Server {
    /// A name in ASCII or an IP address, without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
    /// The name to greet the server with, where it is not the sender's domain.
    pub(super) hello_name: Option<String>,
    /// Whether the server is this machine.
    pub(super) is_loopback: bool,
}

/// When the connection is encrypted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    Never,
    /// By STARTTLS, if the server offers it.
    Opportunistic,
    /// By STARTTLS.
    Required,
    /// From the start.
    FromTheStart,
}

/// The part of a URL that holds a character which must be percent-encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlPart {
    /// Before the first colon.
    UserName,
    /// Between the first colon and the last `@`.
    Password,
}

impl fmt::Display for UrlPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UserName => "the user name",
            Self::Password => "the password",
        })
    }
}

impl Server {
    pub(super) fn parse(text: &str) -> Result<Self, SmtpConfigError> {
        check_user_info(text)?;
        let url = Url::parse(text).map_err(|_| SmtpConfigError::Url)?;
        if url.fragment().is_some() {
            return Err(SmtpConfigError::Url);
        }
        let (encryption, standard_port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Encryption::FromTheStart, 465),
            ("smtp", None) => (Encryption::Never, 25),
            ("smtp", Some("tls=required")) => (Encryption::Required, 587),
            ("smtp", Some("tls=opportunistic")) => (Encryption::Opportunistic, 587),
            _ => return Err(SmtpConfigError::Url),
        };
        let host = url.host_str().filter(|host| !host.is_empty());
        // The scheme is not one for which the URL parser knows what a host is.
        let host = host.and_then(|host| Host::parse(host).ok());
        let host = host.ok_or(SmtpConfigError::Url)?;
        let hello_name = url.path().trim_matches('/');
        Ok(Self {
            is_loopback: is_loopback(&host),
            host: match host {
                Host::Domain(name) => name,
                Host::Ipv4(address) => address.to_string(),
                Host::Ipv6(address) => address.to_string(),
            },
            port: url.port().unwrap_or(standard_port),
            encryption,
            credentials: credentials(&url)?,
            hello_name: (!hello_name.is_empty()).then(|| hello_name.to_owned()),
        })
    }
}

/// Finds the characters with which a URL parser would cut user name or password short, or which it would
/// drop. A password that is copied into the URL as it stands may hold any of them.
fn check_user_info(text: &str) -> Result<(), SmtpConfigError> {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let Some((user_info, _)) = rest.rsplit_once('@') else {
        return Ok(());
    };
    let cuts = |c: char| matches!(c, '/' | '?' | '#' | '\t' | '\r' | '\n');
    match user_info.find(cuts) {
        None => Ok(()),
        Some(at) => {
            let (before, rest) = user_info.split_at(at);
            let part = if before.contains(':') {
                UrlPart::Password
            } else {
                UrlPart::UserName
            };
            let character = rest.chars().next().unwrap_or_default();
            Err(SmtpConfigError::Unencoded { character, part })
        }
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpConfigError> {
    let (user, password) = (url.username(), url.password().unwrap_or_default());
    if user.is_empty() != password.is_empty() {
        return Err(SmtpConfigError::Credentials);
    }
    if user.is_empty() {
        return Ok(None);
    }
    let user = decoded(user, UrlPart::UserName)?;
    Ok(Some(Credentials::new(
        user,
        decoded(password, UrlPart::Password)?,
    )))
}

/// Text fails to decode when it holds a `%` that is not encoded.
fn decoded(text: &str, part: UrlPart) -> Result<String, SmtpConfigError> {
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => Err(SmtpConfigError::Unencoded {
            character: '%',
            part,
        }),
    }
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => crate::message::is_loopback(name),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
