//! Answers that are not a page of the flow: what went wrong, in the person's language.

use crate::away::{Away, retry_later};
use crate::pool;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::store::ErrorKind;
use slotwerk::{Fault, StepError};
use std::error::Error;
use tower_sessions::session::Error as SessionError;
use tower_sessions::session_store;

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
    /// Another page of the tenant's comes first: its address below the tenant's.
    Elsewhere(&'static str),
    /// Slotwerk's infrastructure failed.
    Auth(Fault),
    /// The portal's own trouble, for the log.
    Fault(Box<dyn Error + Send + Sync>),
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

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(Box::new(error))
    }
}

impl From<SessionError> for Refusal {
    fn from(error: SessionError) -> Self {
        Self::Fault(Box::new(error))
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::NoTenant => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Csrf => StatusCode::FORBIDDEN,
            Self::Elsewhere(_) => StatusCode::SEE_OTHER,
            Self::Auth(fault) => StatusCode::from_u16(fault.http_status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The page that was sent, rendered again with the user name that was typed, if the database is away.
    pub(crate) fn typed_again(
        self,
        visit: &Visit,
        render: impl FnOnce(StatusCode, &'static str) -> Response,
    ) -> Result<Response, Self> {
        if !visit.portal.database_is_a_server || !self.is_away() {
            return Err(self);
        }
        self.log();
        Ok(retry_later(render(StatusCode::SERVICE_UNAVAILABLE, "away")))
    }

    /// Whether the database cannot be used just now, or broke off: the person may try again.
    fn is_away(&self) -> bool {
        match self {
            Self::Auth(Fault::Store(fault)) => {
                matches!(fault.kind(), ErrorKind::Unavailable | ErrorKind::InDoubt)
            }
            Self::Auth(Fault::Directory(_) | Fault::TenantSource(_)) => true,
            Self::Fault(error) => is_away(error.as_ref()),
            _ => false,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NoTenant => "no-tenant",
            Self::Method => "method",
            Self::BadForm => "bad-form",
            Self::TooLarge => "too-large",
            Self::ContentType => "content-type",
            Self::Csrf => "csrf",
            Self::Elsewhere(_) | Self::Auth(_) | Self::Fault(_) => "fault",
        }
    }

    pub(crate) fn page(self, visit: &Visit) -> Response {
        if let Self::Elsewhere(page) = self {
            return visit
                .redirect(page)
                .unwrap_or_else(|refusal| refusal.page(visit));
        }
        self.log();
        if self.is_away() {
            return Away::answer(visit.language);
        }
        let values = context! { status => self.status().as_u16(), kind => self.kind() };
        visit.page(self.status(), "error.html", values)
    }

    fn log(&self) {
        match self {
            Self::Auth(fault) => crate::complain(&fault.to_string()),
            Self::Fault(error) => log(error.as_ref()),
            _ => {}
        }
    }
}

fn is_away(error: &(dyn Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<sqlx::Error>() {
        return pool::is_away(error);
    }
    matches!(
        error.downcast_ref::<SessionError>(),
        Some(SessionError::Store(session_store::Error::Backend(_)))
    )
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
    crate::complain(&line);
}

/// For an address that no page has.
pub(crate) async fn no_page(visit: Visit) -> Response {
    Refusal::NotFound.page(&visit)
}

/// For a method that a page does not know.
pub(crate) async fn no_method(visit: Visit) -> Response {
    Refusal::Method.page(&visit)
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
        let backend = session_store::Error::Backend("timed out".to_owned());
        for refusal in [
            Refusal::from(Fault::from(StoreError::new(ErrorKind::Unavailable))),
            Refusal::from(Fault::from(StoreError::new(ErrorKind::InDoubt))),
            Refusal::from(sqlx::Error::PoolTimedOut),
            Refusal::from(SessionError::Store(backend)),
        ] {
            assert!(refusal.is_away(), "{refusal:?}");
        }
        for refusal in [
            Refusal::from(Fault::from(StoreError::new(ErrorKind::Corrupt))),
            Refusal::from(sqlx::Error::RowNotFound),
            Refusal::NotFound,
            Refusal::Csrf,
        ] {
            assert!(!refusal.is_away(), "{refusal:?}");
        }
    }
}
