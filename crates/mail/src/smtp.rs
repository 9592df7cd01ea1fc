//! Sending over SMTP.

mod url;

use std::error::Error as _;
use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::runtime::Handle;

use crate::mail::Mail;
use crate::mailer::{Mailer, SendError};
use crate::mime::Sender;
use url::{Encryption, Server};

pub use url::UrlPart;

type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// How long one exchange with the server may take by default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

/// A [`Mailer`] over SMTP, with a pool of connections.
///
/// It runs on the tokio runtime of its first sending; outside one it cannot send. It may be made and
/// dropped anywhere.
///
/// ```no_run
/// use slotwerk_mail::{Sender, SmtpMailer};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sender = Sender::new("no-reply@noord.example")?;
/// let mailer = SmtpMailer::builder("smtps://user:password@mail.noord.example", sender)?.build()?;
/// # Ok(())
/// # }
/// ```
pub struct SmtpMailer {
    settings: AsyncSmtpTransportBuilder,
    connections: OnceLock<Connections>,
    sender: Sender,
    clock: Clock,
    timeout: Duration,
}

/// The pool starts a task when it is made and another when it is dropped, and each needs the runtime.
struct Connections {
    transport: Option<AsyncSmtpTransport<Tokio1Executor>>,
    runtime: Handle,
}

impl Drop for Connections {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        drop(self.transport.take());
    }
}

/// Settings of an [`SmtpMailer`].
pub struct SmtpMailerBuilder {
    server: Server,
    root_certificates: Vec<Certificate>,
    sender: Sender,
    clock: Clock,
    timeout: Duration,
    allow_plaintext: bool,
}

/// Why the settings were rejected. Never repeats the URL, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpConfigError {
    /// Not `smtp://host` or `smtps://host`, or with a query other than `tls=required` or
    /// `tls=opportunistic`.
    #[error("the mail server is given as smtps://host or smtp://host?tls=required")]
    Url,
    /// A character that a URL gives another meaning stands in the user name or the password.
    #[error(
        "encode `{}` in {part} as `%{:02X}`",
        character.escape_default(),
        u32::from(*character)
    )]
    Unencoded {
        /// Which character: `/`, `?`, `#`, `%`, a tab or a line end.
        character: char,
        /// Where it stands.
        part: UrlPart,
    },
    /// A user name without a password or the other way round.
    #[error("the mail server's URL has a user name or a password, but not both")]
    Credentials,
    /// The connection might not be encrypted, and the server is another machine.
    #[error("mail to another machine must be encrypted: use smtps:// or ?tls=required")]
    Plaintext,
    /// The time allowed is outside 1 second to 5 minutes.
    #[error("the time allowed for sending is outside 1 second to 5 minutes")]
    Timeout,
    /// The root certificates are not certificates in PEM form, or there is none.
    #[error("no certificate in PEM form, or one that cannot be used")]
    Certificates,
}

/// What went wrong in the exchange, without the server's words: those tend to repeat the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpFault {
    /// The server answered with this code.
    #[error("the mail server answered {0}")]
    Answered(u16),
    /// It took too long.
    #[error("the mail server took too long")]
    TimedOut,
    /// No encrypted connection came about.
    #[error("no encrypted connection to the mail server came about")]
    Tls,
    /// No connection came about, or it broke.
    #[error("the connection to the mail server failed")]
    Connection,
    /// The server does not speak SMTP, lacks what is needed (such as a way to sign in), or said what
    /// cannot be understood.
    #[error("the mail server could not be understood")]
    Protocol,
    /// The message could not be written.
    #[error("the message could not be written")]
    Message,
    /// Sending was tried outside a tokio runtime.
    #[error("mail is sent from within a tokio runtime only")]
    NoRuntime,
}

impl SmtpMailer {
    /// Settings for the server at `url`, with mail sent from `sender`.
    ///
    /// - `smtps://user:password@host:465`: encrypted from the start.
    /// - `smtp://user:password@host:587?tls=required`: encrypted by STARTTLS, or no mail is sent.
    /// - `smtp://localhost:25`: not encrypted; only to this machine, unless
    ///   [`SmtpMailerBuilder::danger_allow_plaintext`] is set. So too `?tls=opportunistic`.
    ///
    /// The host is a name or an IP address, IPv6 in brackets: `smtp://[::1]:2525`. User name and password are
    /// percent-encoded. A path is the name to greet the server with; without it that is the sender's domain.
    ///
    /// # Errors
    ///
    /// [`SmtpConfigError`] for any other URL.
    pub fn builder(url: &str, sender: Sender) -> Result<SmtpMailerBuilder, SmtpConfigError> {
        Ok(SmtpMailerBuilder {
            server: Server::parse(url)?,
            root_certificates: Vec::new(),
            sender,
            clock: Arc::new(system_clock),
            timeout: DEFAULT_TIMEOUT,
            allow_plaintext: false,
        })
    }
}

impl SmtpMailerBuilder {
    /// Another clock for the Date header, in seconds since the Unix epoch. By default the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Fn() -> u64 + Send + Sync>) -> Self {
        self.clock = clock;
        self
    }

    /// How long sending one mail may take: 1 second to 5 minutes; 20 seconds by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Accepts certificates of the server that were issued by these root certificates, besides the public
    /// ones (Mozilla's list, as it was when this program was built). For a mail server with a certificate
    /// of an organisation's own authority.
    ///
    /// `pem` is the content of a file with one or more certificates in PEM form.
    ///
    /// # Errors
    ///
    /// [`SmtpConfigError::Certificates`] if it holds no certificate, or something else in PEM form.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, SmtpConfigError> {
        // Editors of some platforms write a byte order mark.
        let pem = pem.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(pem);
        let begin = b"-----BEGIN CERTIFICATE-----";
        let holds_some = pem.windows(begin.len()).any(|window| window == begin);
        let certificate = Certificate::from_pem(pem).ok().filter(|_| holds_some);
        let certificate = certificate.ok_or(SmtpConfigError::Certificates)?;
        self.root_certificates.push(certificate);
        Ok(self)
    }

    /// Lets mail travel to another machine without encryption. Whoever is on the way reads the reset
    /// links in it. For a closed network or a demonstration only.
    #[must_use]
    pub fn danger_allow_plaintext(mut self) -> Self {
        self.allow_plaintext = true;
        self
    }

    /// Checks the settings. Does not connect yet.
    ///
    /// # Errors
    ///
    /// [`SmtpConfigError`] tells which setting was refused.
    pub fn build(self) -> Result<SmtpMailer, SmtpConfigError> {
        let encryption = self.server.encryption;
        let is_encrypted = matches!(encryption, Encryption::Required | Encryption::FromTheStart);
        if !is_encrypted && !self.allow_plaintext && !self.server.is_loopback {
            return Err(SmtpConfigError::Plaintext);
        }
        if !(Duration::from_secs(1)..=Duration::from_secs(300)).contains(&self.timeout) {
            return Err(SmtpConfigError::Timeout);
        }
        let tls = self.tls()?;
        let server = self.server;
        let hello_name = server
            .hello_name
            .unwrap_or_else(|| self.sender.address().domain().to_owned());
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
                .port(server.port)
                .tls(tls)
                .hello_name(ClientId::Domain(hello_name))
                .timeout(Some(self.timeout));
        if let Some(credentials) = server.credentials {
            builder = builder.credentials(credentials);
        }
        Ok(SmtpMailer {
            settings: builder,
            connections: OnceLock::new(),
            sender: self.sender,
            clock: self.clock,
            timeout: self.timeout,
        })
    }
}

impl SmtpMailerBuilder {
    fn tls(&self) -> Result<Tls, SmtpConfigError> {
        let mut parameters = TlsParameters::builder(self.server.host.clone());
        for certificate in &self.root_certificates {
            parameters = parameters.add_root_certificate(certificate.clone());
        }
        let parameters = parameters
            .build()
            .map_err(|_| SmtpConfigError::Certificates)?;
        Ok(match self.server.encryption {
            Encryption::Never => Tls::None,
            Encryption::Opportunistic => Tls::Opportunistic(parameters),
            Encryption::Required => Tls::Required(parameters),
            Encryption::FromTheStart => Tls::Wrapper(parameters),
        })
    }
}

impl SmtpMailer {
    /// Connects, greets, encrypts and signs in as for a mail, and sends none. Call it at start, so that a
    /// wrong password or certificate is noticed before the first mail waits for it. The connection is kept
    /// for that mail.
    ///
    /// # Errors
    ///
    /// [`SmtpFault`] says what did not work. It may pass: report it, and go on.
    pub async fn probe(&self) -> Result<(), SmtpFault> {
        let transport = self.transport()?;
        match tokio::time::timeout(self.timeout, transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(SmtpFault::Protocol),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => Err(SmtpFault::TimedOut),
        }
    }

    fn transport(&self) -> Result<&AsyncSmtpTransport<Tokio1Executor>, SmtpFault> {
        let runtime = Handle::try_current().map_err(|_| SmtpFault::NoRuntime)?;
        let connections = self.connections.get_or_init(|| Connections {
            transport: Some(self.settings.clone().build()),
            runtime,
        });
        connections.transport.as_ref().ok_or(SmtpFault::NoRuntime)
    }
}

#[async_trait::async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = mail
            .to_message(&self.sender, Some(&unique_name()), (self.clock)())
            .map_err(|_| SendError::permanent(SmtpFault::Message))?;
        let transport = self.transport().map_err(SendError::transient)?;
        // The transport's own limit is for each command; this one is for all of them together.
        match tokio::time::timeout(self.timeout, transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(classify(&error)),
            Err(_) => Err(SendError::transient(SmtpFault::TimedOut)),
        }
    }
}

/// A 5xx answer is about this mail or this address and stays; all else may pass.
fn classify(error: &lettre::transport::smtp::Error) -> SendError {
    match fault(error) {
        SmtpFault::Answered(code) if error.is_permanent() && !is_about_us(code) => {
            SendError::permanent(SmtpFault::Answered(code))
        }
        fault => SendError::transient(fault),
    }
}

fn fault(error: &lettre::transport::smtp::Error) -> SmtpFault {
    if let Some(code) = error.status() {
        SmtpFault::Answered(u16::from(code))
    } else if error.is_timeout() {
        SmtpFault::TimedOut
    } else if error.is_tls() || is_handshake(error) {
        SmtpFault::Tls
    } else if error.is_client() || error.is_response() {
        SmtpFault::Protocol
    } else {
        SmtpFault::Connection
    }
}

/// The transport counts a certificate that is not trusted as a connection that failed. Its cause is what the TLS
/// library could not accept, which it reports as invalid data.
fn is_handshake(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let io_error = error.downcast_ref::<std::io::Error>();
        if io_error.is_some_and(|error| error.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// 530, 534, 535 and 538 (RFC 4954): the server does not accept our credentials. A mail that meets a
/// password that was changed too late is not lost for it.
fn is_about_us(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

/// Unlike any other name, not unpredictable: each of the standard library's hashers has keys of its own.
fn unique_name() -> String {
    let [first, second] = [(); 2].map(|()| RandomState::new().build_hasher().finish());
    format!("{first:016x}{second:016x}")
}

fn system_clock() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpMailer(redacted)")
    }
}

impl fmt::Debug for SmtpMailerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpMailerBuilder(redacted)")
    }
}
