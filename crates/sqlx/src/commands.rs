//! The commands of the contract: their statements, and the order of these.

pub(crate) mod attempt;
pub(crate) mod audit;
pub(crate) mod checkpoint;
pub(crate) mod column;
pub(crate) mod credential;
pub(crate) mod enrolment;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod factor;
pub(crate) mod history;
pub(crate) mod must_change;
pub(crate) mod outbox;
pub(crate) mod overview;
pub(crate) mod purge;
pub(crate) mod recovery;
pub(crate) mod reset;
pub(crate) mod restored;
pub(crate) mod sealed;
pub(crate) mod session;
pub(crate) mod ticket;

use crate::statement::Statement;

/// Every statement of every command.
pub(crate) fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        attempt::ALL,
        audit::ALL,
        checkpoint::ALL,
        credential::ALL,
        enrolment::ALL,
        erase::ALL,
        export::ALL,
        factor::ALL,
        history::ALL,
        must_change::ALL,
        outbox::ALL,
        overview::ALL,
        purge::ALL,
        recovery::ALL,
        reset::ALL,
        restored::ALL,
        sealed::ALL,
        session::ALL,
        ticket::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
