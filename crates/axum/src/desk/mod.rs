//! The help desk of a tenant: what its pages and its JSON operations share.

mod account;
mod admission;
mod approval;
mod obstacle;
mod reason;
mod rules;
mod trail;

pub(crate) use crate::desk_gate::DeskAct;
pub(crate) use account::Reference;
pub(crate) use admission::{Denied, Desk};
pub(crate) use approval::{ApproveOutcome, RequestOutcome};
pub(crate) use obstacle::{Obstacle, obstacles};
pub(crate) use reason::typed_reason;
pub(crate) use rules::judged;
pub(crate) use trail::{Named, ReadRow, read_trail};
