//! A code of an authenticator, as a person or an app sends it.

use super::code::ErrorCode;
use super::problem::Problem;
use slotwerk::Code;

/// Six digits. Anything else is not a guess, so it is not charged.
pub(super) fn code(typed: &str) -> Result<Code, Problem> {
    Code::parse(typed).map_err(|_| ErrorCode::CodeMalformed.into())
}
