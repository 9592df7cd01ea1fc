//! The portal's own pages.

pub(crate) mod front;
pub(crate) mod mail;
