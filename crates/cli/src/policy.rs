//! `slotwerk policy …`

pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod lint;
mod source;
mod stream;
