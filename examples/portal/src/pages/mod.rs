//! The portal's own pages.

pub(crate) mod api_demo;
pub(crate) mod front;
pub(crate) mod mail;
