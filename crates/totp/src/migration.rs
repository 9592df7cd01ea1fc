//! The export of Google Authenticator: several accounts in one `otpauth-migration` URI.

mod error;
mod wire;

use crate::uri::decode;
use crate::{Algorithm, MAX_URI_BYTES, Parameters, Parsed, Secret};
use base64ct::{Base64, Encoding};
use core::fmt;
pub use error::{ExportError, Refusal, Refused};
use wire::{Entry, Payload};
use zeroize::Zeroizing;

/// What one QR symbol of a Google Authenticator export ("transfer accounts") says. Other apps write the
/// same form.
///
/// An export of more than ten accounts comes as several symbols: [`number`](Self::number) of
/// [`total`](Self::total), with one [`batch_id`](Self::batch_id).
///
/// ```
/// use slotwerk_totp::{Export, Parameters, Refusal};
///
/// let export = Export::parse(
///     "otpauth-migration://offline?data=\
///      Ci4KFGFiY2RlZmdoaWprbG1ub3BxcnN0EglOb29yZDpqYW4aBU5vb3JkIAEoATACEAEYAQ==",
/// )?;
/// for entry in export.entries() {
///     match entry {
///         Ok(account) => assert_eq!((account.issuer(), account.account()), (Some("Noord"), "jan")),
///         Err(refused) => println!("{:?} {}: {}", refused.issuer(), refused.account(), refused.reason()),
///     }
/// }
/// # Ok::<(), slotwerk_totp::ExportError>(())
/// ```
pub struct Export {
    entries: Vec<Result<Parsed, Refused>>,
    index: u32,
    total: u32,
    batch_id: i32,
}

impl Export {
    /// The longest URI that is read, in bytes: what the largest QR symbol holds, and some.
    pub const MAX_BYTES: usize = 4096;
    /// The most symbols that one export may say it has: ten thousand accounts.
    pub const MAX_TOTAL: u32 = 1_000;

    /// Reads the URI.
    ///
    /// It is one export or none: whatever is not well-formed, unknown or there twice refuses the whole.
    /// An account that is well-formed but cannot be used here, a counter-based one for instance, is
    /// refused by itself, with its name, and the others are read.
    ///
    /// # Errors
    ///
    /// [`ExportError`] says what is wrong, without repeating any of the text.
    pub fn parse(text: &str) -> Result<Self, ExportError> {
        if text.len() > Self::MAX_BYTES {
            return Err(ExportError::TooLong);
        }
        let rest = text
            .strip_prefix("otpauth-migration://")
            .ok_or(ExportError::Scheme)?;
        let data = rest
            .strip_prefix("offline?data=")
            .or_else(|| rest.strip_prefix("offline/?data="))
            .ok_or(ExportError::Malformed)?;
        let base64 = decode(data).map_err(|_| ExportError::Malformed)?;
        // Into bytes that are wiped, for what comes before a wrong character are secrets already.
        let mut buffer = Zeroizing::new(vec![0; base64.len()]);
        let bytes =
            Base64::decode(base64.as_bytes(), &mut buffer).map_err(|_| ExportError::Base64)?;
        let payload = Payload::read(bytes)?;

        // The second version has an id for each account, and is otherwise the first.
        if !matches!(payload.version, None | Some(1 | 2)) {
            return Err(ExportError::Version);
        }
        let (index, total) = (
            payload.batch_index.unwrap_or(0),
            payload.batch_size.unwrap_or(1),
        );
        if index >= total || total > Self::MAX_TOTAL {
            return Err(ExportError::Malformed);
        }
        if payload.entries.is_empty() {
            return Err(ExportError::Empty);
        }
        Ok(Self {
            entries: payload.entries.iter().map(read).collect(),
            index,
            total,
            batch_id: payload.batch_id.unwrap_or(0),
        })
    }

    /// The accounts, in the order of the phone.
    pub fn entries(&self) -> &[Result<Parsed, Refused>] {
        &self.entries
    }

    /// The accounts, to keep.
    pub fn into_entries(self) -> Vec<Result<Parsed, Refused>> {
        self.entries
    }

    /// Which symbol of the export this is, from 1 on.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.index.saturating_add(1)
    }

    /// How many symbols the export says it has, 1 to [`MAX_TOTAL`](Self::MAX_TOTAL).
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.total
    }

    /// A number that all symbols of one export have in common.
    #[must_use]
    pub const fn batch_id(&self) -> i32 {
        self.batch_id
    }
}

/// The accounts stay out: their names are personal data.
impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("entries", &self.entries.len())
            .field("index", &self.index)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

fn read(entry: &Entry<'_>) -> Result<Parsed, Refused> {
    let (issuer, account) = names(entry);
    account_of(entry, issuer, account)
        .map_err(|reason| Refused::new(issuer.map(str::to_owned), account.to_owned(), reason))
}

fn account_of(entry: &Entry<'_>, issuer: Option<&str>, account: &str) -> Result<Parsed, Refusal> {
    match entry.kind {
        Some(2) => {}
        Some(1) => return Err(Refusal::CounterBased),
        _ => return Err(Refusal::Type),
    }
    let algorithm = match entry.algorithm.unwrap_or(0) {
        0 | 1 => Algorithm::Sha1,
        2 => Algorithm::Sha256,
        3 => Algorithm::Sha512,
        _ => return Err(Refusal::Algorithm),
    };
    let digits = match entry.digits.unwrap_or(0) {
        0 | 1 => 6,
        2 => 8,
        _ => return Err(Refusal::Digits),
    };
    // The form has no period: the app knows none but this.
    let period = Parameters::ISSUED.period();
    let parameters = Parameters::new(algorithm, digits, period).map_err(|_| Refusal::Digits)?;
    let secret = Secret::from_bytes(entry.secret.unwrap_or_default())?;
    let issuer = issuer.map(str::to_owned);
    Ok(Parsed::new(secret, parameters, issuer, account.to_owned())?)
}

/// The issuer stands in its own field, before the account, in both, or nowhere.
fn names<'a>(entry: &Entry<'a>) -> (Option<&'a str>, &'a str) {
    let name = entry.name.unwrap_or_default();
    let prefixed = name.split_once(':');
    let account = |rest: &'a str| rest.trim_start_matches(' ');
    match (entry.issuer.filter(|issuer| !issuer.is_empty()), prefixed) {
        (Some(issuer), Some((prefix, rest))) if prefix == issuer => (Some(issuer), account(rest)),
        (Some(issuer), _) => (Some(issuer), name),
        (None, Some((prefix, rest))) => (Some(prefix), account(rest)),
        (None, None) => (None, name),
    }
}

/// An export is longer than any URI of one account.
const _: () = assert!(Export::MAX_BYTES > MAX_URI_BYTES);
