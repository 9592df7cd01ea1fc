//! Why a request gets another answer than the page of its address.

use axum::http::StatusCode;
use slotwerk::store::ErrorKind;
use slotwerk::{Fault, StepError};
use std::error::Error;

/// Why a request is not answered with a page of the flow.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// No such page.
    NotFound,
    /// No such tenant.
    NoTenant,
    /// The page does not know this method.
    Method,
    /// The form is not one that this portal's pages send.
    BadForm,
    /// More than a form of this portal can hold.
    TooLarge,
    /// Not a form at all.
    ContentType,
    /// The form does not come from a page of this portal, or from one that is too old.
    Csrf,
    /// The host does not let this person do that at the help desk.
    DeskNotAllowed,
    /// Another page of the tenant's comes first: its address below the tenant's.
    Elsewhere(&'static str),
    /// Slotwerk's infrastructure failed.
    Auth(Fault),
    /// A fault of the host or of this crate, for the log.
    Fault(Box<dyn Error + Send + Sync>),
    /// The host's own database is away.
    Away(Box<dyn Error + Send + Sync>),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::UnknownTenant => Self::NoTenant,
            fault => Self::Auth(fault),
        }
    }
}

impl From<StepError> for Refusal {
    /// A sign-in that ended in between: it begins again.
    fn from(error: StepError) -> Self {
        match error {
            StepError::TicketInvalid => Self::Elsewhere("sign-in?notice=over"),
            StepError::Fault(fault) => fault.into(),
        }
    }
}

impl Refusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::NoTenant => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Csrf | Self::DeskNotAllowed => StatusCode::FORBIDDEN,
            Self::Elsewhere(_) => StatusCode::SEE_OTHER,
            Self::Auth(fault) => StatusCode::from_u16(fault.http_status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether the database cannot be used just now, or broke off: the person may try again.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Auth(Fault::Store(fault)) => {
                matches!(fault.kind(), ErrorKind::Unavailable | ErrorKind::InDoubt)
            }
            Self::Auth(Fault::Directory(_) | Fault::TenantSource(_)) | Self::Away(_) => true,
            _ => false,
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NoTenant => "no-tenant",
            Self::Method => "method",
            Self::BadForm => "bad-form",
            Self::TooLarge => "too-large",
            Self::ContentType => "content-type",
            Self::Csrf => "csrf",
            Self::DeskNotAllowed => "desk",
            Self::Elsewhere(_) | Self::Auth(_) | Self::Fault(_) | Self::Away(_) => "fault",
        }
    }

    pub(crate) fn log(&self) {
        match self {
            Self::Auth(fault) => tracing::error!("{fault}"),
            Self::Fault(error) | Self::Away(error) => log(error.as_ref()),
            _ => {}
        }
    }
}

/// Logs an error with its causes.
fn log(error: &dyn Error) {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        line.push_str(": ");
        line.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    tracing::error!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk::store::StoreError;

    #[test]
    fn status_tells_a_retry_apart() {
        for (kind, status) in [(ErrorKind::Unavailable, 503), (ErrorKind::Corrupt, 500)] {
            let refusal = Refusal::from(Fault::from(StoreError::new(kind)));
            assert_eq!(refusal.status().as_u16(), status);
            assert_eq!(refusal.kind(), "fault");
        }
        let stranger = Refusal::from(Fault::UnknownTenant);
        assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn only_an_absent_database_is_away() {
        for refusal in [
            Refusal::from(Fault::from(StoreError::new(ErrorKind::Unavailable))),
            Refusal::from(Fault::from(StoreError::new(ErrorKind::InDoubt))),
        ] {
            assert!(refusal.is_away(), "{refusal:?}");
        }
        for refusal in [
            Refusal::from(Fault::from(StoreError::new(ErrorKind::Corrupt))),
            Refusal::NotFound,
            Refusal::Csrf,
        ] {
            assert!(!refusal.is_away(), "{refusal:?}");
        }
    }
}
